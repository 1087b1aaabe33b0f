//! A collection stays what it is: no change makes an object of an array of records, or the other way round.

use crate::document::change::Refusal;
use crate::document::container::{Place as Spotted, Shape};
use crate::document::state::Context;
use crate::text::json::walk::{self, Sort};

use super::place::{Place, unfit};
use super::replacing::{HOLDERS, looked_up};
use super::spot::Spot;

/// Why `text` cannot stand in the place of `old`, at `depth` in its document; `None` if it can. `among_records`: the
/// document is an object of records, so that what is in it is one.
pub(super) fn obstacle(old: Spotted<'_>, depth: usize, among_records: bool, text: &[u8]) -> Option<String> {
    let sort = walk::sort(text);
    let (is, empty) = (sort != old.sort()).then(|| held(old, depth, among_records))??;
    let found = match sort {
        Sort::Object => "an object",
        Sort::Array => "an array",
        Sort::Null => "null",
        _ => "a single value",
    };
    Some(format!("{is} stays one, found {found}; write one record at its own path, or empty it by PUT {empty}"))
}

/// A PUT that would make something else of a collection, or of one in an object that stays.
pub(super) fn check_put(
    context: &Context,
    old: Spotted<'_>,
    spot: &Spot,
    among_records: bool,
    text: &[u8],
) -> Result<(), Refusal> {
    match obstacle_within(context, old, (spot.depth, among_records), text, HOLDERS) {
        Some(reason) => Err(Refusal::KindChange { reason }),
        None => Ok(()),
    }
}

fn obstacle_within(
    context: &Context,
    old: Spotted<'_>,
    (depth, among_records): (usize, bool),
    text: &[u8],
    holders: usize,
) -> Option<String> {
    if let Some(reason) = obstacle(old, depth, among_records, text) {
        return Some(reason);
    }
    if holders == 0 || walk::sort(text) != Sort::Object || old.sort() != Sort::Object {
        return None;
    }
    let mut made = None;
    let old = looked_up(context, old, text, &mut made);
    walk::members(text).find_map(|member| {
        let inner = old.under(&walk::decode(&text[member.start..member.name_end]))?;
        let value = &text[member.value..member.end];
        obstacle_within(context, inner, (depth + 1, among_records), value, holders - 1)
    })
}

/// The same of a patch.
pub(super) fn check_patch(old: Spotted<'_>, depth: usize, among_records: bool, text: &[u8]) -> Result<(), Refusal> {
    obstacle(old, depth, among_records, text).map_or(Ok(()), |reason| Err(unfit(reason)))
}

/// What records it holds, if it is a whole collection or a document of some, and what empties it.
fn held(old: Spotted<'_>, depth: usize, among_records: bool) -> Option<(&'static str, &'static str)> {
    let is_whole = depth == 0 || (depth == 1 && !among_records);
    if has_records(old) {
        Some(("an array of records", "[]"))
    } else if is_whole && are_records(old) {
        Some(("an object of records", "{}"))
    } else if depth == 0 && holds_collections(old) {
        Some(("an object of collections", "{}"))
    } else {
        None
    }
}

/// It is an array, and a record is in it.
fn has_records(place: Spotted<'_>) -> bool {
    match place {
        Spotted::Large(container) => matches!(container.shape, Shape::Array(_)) && container.has_records(),
        Spotted::Leaf { text, .. } => {
            walk::sort(text) == Sort::Array && walk::elements(text).any(|(start, _)| text.get(start) == Some(&b'{'))
        }
    }
}

/// It is an object, and every member is a record.
fn are_records(place: Spotted<'_>) -> bool {
    match place {
        Spotted::Large(container) => matches!(container.shape, Shape::Object) && container.are_records(),
        Spotted::Leaf { text, .. } => {
            let mut members = walk::members(text).peekable();
            walk::sort(text) == Sort::Object
                && members.peek().is_some()
                && members.all(|member| text.get(member.value) == Some(&b'{'))
        }
    }
}

/// It is an object, and a member is an array of records.
fn holds_collections(place: Spotted<'_>) -> bool {
    match place {
        Spotted::Large(container) if matches!(container.shape, Shape::Object) => {
            container.numbers().any(|number| has_records(container.child(number)))
        }
        _ => false,
    }
}

impl Place<'_> {
    /// The document is an object of records.
    pub(super) fn is_among_records(&self) -> bool {
        are_records(self.document.root.place())
    }
}

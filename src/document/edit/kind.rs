//! A collection stays what it is: no change makes an object of an array of records, or the other way round.

use crate::document::change::Refusal;
use crate::document::container::{Place as Spotted, Shape};
use crate::document::state::Context;
use crate::text::json::walk::{self, Sort};
use crate::text::key;

use super::place::{Place, unfit};
use super::replacing::{HOLDERS, looked_up};
use super::spot::Spot;

/// Where a value stands.
#[derive(Clone, Copy)]
pub(super) struct Stand<'s> {
    pub(super) context: &'s Context,
    /// How deep in its document.
    pub(super) depth: usize,
    /// Its name in the object around it.
    pub(super) name: Option<&'s str>,
    /// The document is an object of records, so that what is in it is one.
    pub(super) among_records: bool,
}

impl<'s> Stand<'s> {
    pub(super) fn of(context: &'s Context, spot: &'s Spot, among_records: bool) -> Stand<'s> {
        Stand { context, depth: spot.depth, name: spot.name.as_deref(), among_records }
    }
}

/// Why `text` cannot stand in the place of `old`; `None` if it can.
fn obstacle(old: Spotted<'_>, stand: Stand<'_>, text: &[u8]) -> Option<String> {
    let sort = walk::sort(text);
    if sort == old.sort() {
        let (start, end) = strays(text).next()?;
        let found = named(walk::sort(&text[start..end]));
        return are_keyed(old, stand).then(|| format!("an array of records stays one, found {found} in it"));
    }
    let (is, empty) = held(old, stand)?;
    let found = named(sort);
    Some(format!("{is} stays one, found {found}; write one record at its own path, or empty it by PUT {empty}"))
}

fn named(sort: Sort) -> &'static str {
    match sort {
        Sort::Object => "an object",
        Sort::Array => "an array",
        Sort::Null => "null",
        _ => "a single value",
    }
}

/// Where the elements of an array stand that are no records.
fn strays(array: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let elements = (walk::sort(array) == Sort::Array).then(|| walk::elements(array));
    elements.into_iter().flatten().filter(|(start, _)| array.get(*start) != Some(&b'{'))
}

/// A PUT that would make something else of a collection, or of one in an object that stays.
pub(super) fn check_put(old: Spotted<'_>, stand: Stand<'_>, text: &[u8]) -> Result<(), Refusal> {
    match obstacle_within(old, stand, text, HOLDERS) {
        Some(reason) => Err(Refusal::KindChange { reason }),
        None => Ok(()),
    }
}

fn obstacle_within(old: Spotted<'_>, stand: Stand<'_>, text: &[u8], holders: usize) -> Option<String> {
    if let Some(reason) = obstacle(old, stand, text) {
        return Some(reason);
    }
    if holders == 0 || walk::sort(text) != Sort::Object || old.sort() != Sort::Object {
        return None;
    }
    let mut made = None;
    let old = looked_up(stand.context, old, text, &mut made);
    walk::members(text).find_map(|member| {
        let name = walk::decode(&text[member.start..member.name_end]);
        let inner = Stand { depth: stand.depth + 1, name: Some(&name), ..stand };
        obstacle_within(old.under(&name)?, inner, &text[member.value..member.end], holders - 1)
    })
}

/// The same of a merge patch, which comes to what is inside by itself.
pub(super) fn check_merge(old: Spotted<'_>, stand: Stand<'_>, text: &[u8]) -> Result<(), Refusal> {
    refused(obstacle(old, stand, text))
}

/// The same of what operations of a JSON Patch have made of `old`, or of what is in it. `written`: the text, where all of
/// it is theirs.
pub(super) fn check_patched(
    (old, new): (Spotted<'_>, Spotted<'_>),
    stand: Stand<'_>,
    written: Option<&[u8]>,
) -> Result<(), Refusal> {
    let alike: &[u8] = match new.sort() {
        Sort::Object => b"{}",
        Sort::Array if has_strays(new) => b"[0]",
        Sort::Array => b"[]",
        _ => b"0",
    };
    refused(obstacle_within(old, stand, written.unwrap_or(alike), HOLDERS))
}

fn refused(obstacle: Option<String>) -> Result<(), Refusal> {
    obstacle.map_or(Ok(()), |reason| Err(unfit(reason)))
}

/// What records it holds, if it is a whole collection or a document of some, and what empties it.
fn held(old: Spotted<'_>, stand: Stand<'_>) -> Option<(&'static str, &'static str)> {
    let is_whole = stand.depth == 0 || (stand.depth == 1 && !stand.among_records);
    if has_records(old) {
        Some(("an array of records", "[]"))
    } else if is_whole && are_records(old) {
        Some(("an object of records", "{}"))
    } else if stand.depth == 0 && holds_collections(old) {
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

/// It is an array of nothing but records, and some have keys.
fn are_keyed(array: Spotted<'_>, stand: Stand<'_>) -> bool {
    let is_keyed = match array {
        Spotted::Large(container) => matches!(container.shape, Shape::Array(_)) && container.is_keyed(),
        Spotted::Leaf { text, .. } => {
            let member = stand.context.reading.rule.member(stand.name);
            let key = |(start, end): (usize, usize)| walk::member(&text[start..end], member).and_then(key::text_of);
            walk::sort(text) == Sort::Array && walk::elements(text).any(|element| key(element).is_some())
        }
    };
    is_keyed && !has_strays(array)
}

/// An element of the array is no record.
fn has_strays(array: Spotted<'_>) -> bool {
    match array {
        Spotted::Large(container) => !container.are_records() && container.len() > 0,
        Spotted::Leaf { text, .. } => strays(text).next().is_some(),
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

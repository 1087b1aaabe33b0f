//! What is in a value stays what it is where the value is replaced: the collections in it, and the type of their keys.

use crate::document::change::Refusal;
use crate::document::container::{Place as Spotted, Value};
use crate::document::state::Context;
use crate::text::json::walk::{self, Sort};
use crate::text::key::{self, KeyStats};

use super::object::fill_key;
use super::siblings::fitting;
use super::spot::{Spot, new_value};

/// The value `text` in the place of `old`. Where records replace records, and where an object replaces one that holds
/// some, keys keep the type that they have there.
pub(super) fn replacement(context: &Context, old: Spotted<'_>, text: &[u8], spot: &Spot) -> Result<Value, Refusal> {
    let kept = with_kept_types(context, old, text, spot.name.as_deref(), HOLDERS);
    laid_out(context, old, kept.as_deref().unwrap_or(text), spot)
}

/// The value `text` in the place of `old`, in the style of what is around it; what stands there so stays as it is laid
/// out.
pub(super) fn laid_out(context: &Context, old: Spotted<'_>, text: &[u8], spot: &Spot) -> Result<Value, Refusal> {
    if old.is_json(text) { Ok(old.to_value()) } else { new_value(context, text, spot) }
}

/// So many objects may stand around a collection for it to be looked for in what replaces them.
pub(super) const HOLDERS: usize = 2;

/// More members than this are not looked for one by one.
const FEW: usize = 16;

/// `old`, in which the members of the object `text` are going to be looked for by name; an index of it is `made` if they
/// are many.
pub(super) fn looked_up<'o>(
    context: &Context,
    old: Spotted<'o>,
    text: &[u8],
    made: &'o mut Option<Value>,
) -> Spotted<'o> {
    match old {
        Spotted::Leaf { owner, text: own } if walk::members(text).nth(FEW).is_some() => {
            *made = Value::indexed(context, owner.slice_ref(own), None).ok();
            made.as_ref().map_or(old, Value::place)
        }
        few => few,
    }
}

/// `None`: `text` stays as it is.
fn with_kept_types(
    context: &Context,
    old: Spotted<'_>,
    text: &[u8],
    name: Option<&str>,
    holders: usize,
) -> Option<Vec<u8>> {
    let (sort, mut out, mut done) = (walk::sort(text), Vec::new(), 0);
    if sort != old.sort() {
        return None;
    }
    let mut put = |start: usize, end: usize, new: &[u8]| {
        out.extend_from_slice(&text[done..start]);
        out.extend_from_slice(new);
        done = end;
    };
    match sort {
        Sort::Object if holders > 0 => {
            let mut made = None;
            let old = looked_up(context, old, text, &mut made);
            for member in walk::members(text) {
                let value = &text[member.value..member.end];
                if !matches!(walk::sort(value), Sort::Object | Sort::Array) {
                    continue;
                }
                let name = walk::decode(&text[member.start..member.name_end]);
                let kept =
                    old.under(&name).and_then(|old| with_kept_types(context, old, value, Some(&name), holders - 1));
                kept.iter().for_each(|new| put(member.value, member.end, new));
            }
        }
        Sort::Array => {
            let member = context.reading.rule.member(name);
            let stats = key_stats(old, member);
            for (start, end) in walk::elements(text).filter(|_| stats.count() > 0) {
                let element = &text[start..end];
                let Some(token) = walk::member(element, member) else { continue };
                match fitting(&stats, member, token) {
                    Ok(fit) if *fit != *token => put(start, end, &fill_key(element, member, &fit)),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    (done > 0).then(|| [&out, &text[done..]].concat())
}

/// What is known of the keys of an array.
fn key_stats(array: Spotted<'_>, member: &str) -> KeyStats {
    match array {
        Spotted::Large(container) => container.stats,
        Spotted::Leaf { text, .. } => {
            let mut stats = KeyStats::default();
            let keys = walk::elements(text).filter_map(|(start, end)| walk::member(&text[start..end], member));
            keys.filter(|token| key::text_of(token).is_some()).for_each(|token| stats.add(token));
            stats
        }
    }
}

//! JSON Merge Patch (RFC 7396).

use crate::document::change::Refusal;
use crate::document::container::{Place as Spotted, Value};
use crate::document::node::Kind;
use crate::document::state::Context;
use crate::text::json::walk::{self, Sort};

use super::kind::{self, Stand};
use super::place::{Edited, Place, unfit};
use super::replacing::replacement;
use super::rewrite::{append, check_unambiguous, closed, modify_node, opened};
use super::spot::{Spot, child_spot, new_value};

/// Merges `patch` into the node.
pub(super) fn merge(place: Place<'_>, patch: &[u8]) -> Result<Edited, Refusal> {
    let context = &place.document.context;
    let among_records = place.is_among_records();
    let is_object = walk::sort(patch) == Sort::Object;
    if is_object && place.node()?.kind() == Kind::Array && place.node()?.is_empty() {
        return Err(unfit("a collection, here an empty one, takes no members; POST adds records to it"));
    }
    modify_node(&place, &mut |old, spot| merged(context, old, patch, spot, among_records))
}

/// `MergePatch(old, patch)` of RFC 7396 section 2.
fn merged(
    context: &Context,
    old: Spotted<'_>,
    patch: &[u8],
    spot: &Spot,
    among_records: bool,
) -> Result<Value, Refusal> {
    kind::check_merge(old, Stand::of(context, spot, among_records), patch)?;
    if walk::sort(patch) != Sort::Object {
        return replacement(context, old, patch, spot);
    }
    if old.sort() != Sort::Object {
        return new_value(context, &without_nulls(patch), spot);
    }
    let mut container = opened(context, old, spot)?;
    check_unambiguous(&container)?;
    for member in walk::members(patch) {
        let name = walk::decode(&patch[member.start..member.name_end]);
        let value = &patch[member.value..member.end];
        let number = container.locate(&name);
        match number {
            Some(number) if value == b"null" => container.remove(number),
            None if value == b"null" => {}
            Some(number) => {
                let inner = child_spot(context, &container, Some(number), Some(&name), spot);
                let value = merged(context, container.child(number), value, &inner, among_records)?;
                container.replace(number, value);
            }
            None => append(context, &mut container, Some(&name), &without_nulls(value), spot)?,
        }
    }
    closed(context, container, spot)
}

/// A patch applied to nothing: its members that are null, at any depth of objects, are left out.
fn without_nulls(patch: &[u8]) -> Vec<u8> {
    if walk::sort(patch) != Sort::Object {
        return patch.to_vec();
    }
    let mut out = vec![b'{'];
    for member in walk::members(patch) {
        let value = &patch[member.value..member.end];
        if value == b"null" {
            continue;
        }
        if out.len() > 1 {
            out.push(b',');
        }
        out.extend_from_slice(&patch[member.start..member.name_end]);
        out.push(b':');
        out.extend_from_slice(&without_nulls(value));
    }
    out.push(b'}');
    out
}

//! The member that queries show the keys as by which an object holds its records: outside of them, as the file has it,
//! there is no place for a key in a list of records.

use std::borrow::Cow;
use std::collections::HashSet;

use super::presence::{has_member, holds_of_some};
use crate::document::{Kind, Node};
use crate::text::key;

/// What the key of a record is shown as, unless the records have another member of that name.
const ID: &str = "id";

/// What it is shown as then; with as many `_` before it as are needed where they have that too.
const KEY: &str = "key";

/// The member that the key of a record is shown as: the one that holds it, or that of an object of records. No record has
/// another member of that name, so that nothing of the record is lost, nor its key.
pub fn shown_key(collection: Node<'_>) -> Cow<'_, str> {
    collection.key_name().unwrap_or_else(|| outside_key(collection))
}

/// The same of an object of records.
pub(super) fn outside_key(collection: Node<'_>) -> Cow<'static, str> {
    if !has_member(collection, ID) || !is_another_id(collection) {
        return Cow::Borrowed(ID);
    }
    if !has_member(collection, KEY) {
        return Cow::Borrowed(KEY);
    }
    let lead = |name: &str| name.strip_suffix(KEY).filter(|lead| lead.bytes().all(|byte| byte == b'_')).map(str::len);
    let names = collection.values().flat_map(|record| record.children()).map(|(name, _)| name);
    let taken: HashSet<usize> = names.filter_map(|name| lead(&name)).collect();
    let free = (1..).find(|length| !taken.contains(length)).unwrap_or_default();
    Cow::Owned("_".repeat(free) + KEY)
}

/// Some record has an `id` of its own that is not the key by which it is held.
fn is_another_id(collection: Node<'_>) -> bool {
    let is_another = |name: &str, record: Node<'_>| {
        record.child(ID).is_some_and(|own| own.raw().and_then(key::text_of).is_none_or(|own| own != name))
    };
    if let Some(container) = collection.container().filter(|container| container.remembers_names()) {
        let holds =
            |number| is_another(&container.name(number).unwrap_or_default(), collection.by_number(container, number));
        return holds_of_some(container, container.first_named_otherwise(ID), holds);
    }
    collection.kind() == Kind::Object && collection.children().any(|(name, record)| is_another(&name, record))
}

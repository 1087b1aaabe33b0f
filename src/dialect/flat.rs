//! The data that `names` and `pairs` work on: a flat map, an object whose members are no objects and no arrays.

use std::borrow::Cow;

use super::python::Value;
use crate::document::{Kind, Node, View};

/// Whether the data is a flat map.
pub(super) fn is_flat(view: &View) -> bool {
    view.root().kind() == Kind::Object
        && view.root().children().all(|(_, node)| !matches!(node.kind(), Kind::Object | Kind::Array | Kind::Table))
}

/// The members, in the order of the file; none if the data is no map.
pub(super) fn members(view: &View) -> impl Iterator<Item = (Cow<'_, str>, Value<'_>)> {
    let root = view.root();
    let members = (root.kind() == Kind::Object).then(|| root.children());
    members.into_iter().flatten().map(|(name, node)| (name, value(node)))
}

/// The value of a member.
pub(super) fn member<'v>(view: &'v View, name: &str) -> Option<Value<'v>> {
    let root = view.root();
    (root.kind() == Kind::Object).then(|| root.child(name)).flatten().map(value)
}

fn value(node: Node<'_>) -> Value<'_> {
    node.string().map_or_else(|| Value::Literal(literal(node)), Value::Text)
}

fn literal(node: Node<'_>) -> Cow<'_, str> {
    let mut text = Vec::new();
    node.write_text(&mut text);
    String::from_utf8_lossy(&text).into_owned().into()
}

impl<'a> Value<'a> {
    /// The text without the quotes of JSON.
    pub(super) fn into_text(self) -> Cow<'a, str> {
        match self {
            Value::Text(text) | Value::Literal(text) => text,
        }
    }
}

/// A JSON string.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The text of a JSON value: that of a string without its quotes and escapes, that of anything else as it is.
pub(super) fn text_of(json: &[u8]) -> String {
    match serde_json::from_slice(json) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::from_utf8_lossy(json).into_owned(),
    }
}

/// A JSON object of strings.
pub(super) fn object<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let members = members.into_iter().map(|(name, value)| format!("{}: {}", quoted(name), quoted(value)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

//! Names that no URL leads to: every client takes `.` and `..` out of a path before it sends it, escaped or not (RFC 3986
//! 5.2.4, WHATWG URL). What stands in a file already is reached by a query; nothing new is made under such a name.

use http::StatusCode;
use memchr::memmem;
use serde_json::{Map, Value};

use super::refusal::Problem;
use crate::document::{Action, Node, View};

/// Whether the action makes a member or key that no URL would lead to.
///
/// # Errors
/// 422, naming it.
pub(super) fn check<S: AsRef<str>>(action: &Action, view: &View, path: &[S]) -> Result<(), Problem> {
    let node = view.find(path).ok();
    if let (Action::Put(_), None, Some(last)) = (action, node, path.last())
        && is_dots(last.as_ref())
    {
        return Err(unreachable(last.as_ref()));
    }
    let (text, needles): (_, &[&str]) = match action {
        Action::Put(text) | Action::Merge(text) | Action::Post(text) | Action::Create(text) | Action::Update(text) => {
            (text, &["\".\"", "\"..\"", "\\u002"])
        }
        Action::Patch(text) => (text, &["/.\"", "/..\"", "\\u002"]),
        _ => return Ok(()),
    };
    if !needles.iter().any(|needle| memmem::find(text, needle.as_bytes()).is_some()) {
        return Ok(());
    }
    let Ok(value) = serde_json::from_slice(text) else { return Ok(()) };
    let keys = [node, path.split_last().and_then(|(_, above)| view.find(above).ok())];
    let key = keys.iter().flatten().find_map(Node::key_name);
    match made(action, &value, node, key.as_deref()) {
        Some(name) => Err(unreachable(&name)),
        None => Ok(()),
    }
}

fn is_dots(name: &str) -> bool {
    matches!(name, "." | "..")
}

fn unreachable(name: &str) -> Problem {
    let detail =
        format!("no URL leads to the name '{name}', since '.' and '..' are taken out of every path; expected another");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreachable-name", detail)
}

/// A name of that kind that the value brings to the node, or is the key of.
fn made(action: &Action, value: &Value, node: Option<Node<'_>>, key: Option<&str>) -> Option<String> {
    let is_new = |name: &str| is_dots(name) && node.is_none_or(|node| node.child(name).is_none());
    match (action, value) {
        (Action::Patch(_), Value::Array(operations)) => operations.iter().find_map(|operation| {
            let adds = matches!(operation["op"].as_str()?, "add" | "copy" | "move");
            let (_, last) = operation["path"].as_str()?.rsplit_once('/')?;
            (adds && is_new(last)).then(|| last.to_string())
        }),
        (_, Value::Array(elements)) => elements.iter().find_map(|element| key_of(element.as_object()?, key?, is_new)),
        (action, Value::Object(members)) => {
            let stays = |value: &Value| !(matches!(action, Action::Merge(_)) && value.is_null());
            let name = members.iter().find(|(name, value)| is_new(name) && stays(value)).map(|(name, _)| name.clone());
            name.or_else(|| key_of(members, key?, is_new))
        }
        _ => None,
    }
}

/// The key that a record has, if it is one of that kind.
fn key_of(record: &Map<String, Value>, key: &str, is_new: impl Fn(&str) -> bool) -> Option<String> {
    record.get(key)?.as_str().filter(|text| is_new(text)).map(str::to_string)
}

//! Names that no URL leads to: every client takes `.` and `..` out of a path before it sends it, escaped or not (RFC 3986
//! 5.2.4, WHATWG URL). What stands in a file already is reached by a query; nothing new is made under such a name.

use http::StatusCode;
use memchr::memmem;
use serde_json::Value;

use super::refusal::Problem;
use crate::document::{Action, Node, View};
use crate::text::KeyRule;

/// Whether the action makes a member or key, at any depth, that no URL would lead to.
///
/// # Errors
/// 422, naming it.
pub(super) fn check<S: AsRef<str>>(action: &Action, view: &View, path: &[S]) -> Result<(), Problem> {
    let node = view.find(path).ok();
    let last = path.last().map(AsRef::as_ref);
    if let (Action::Put(_), None, Some(last)) = (action, node, last)
        && is_dots(last)
    {
        return Err(unreachable(last));
    }
    let (Action::Put(text)
    | Action::Merge(text)
    | Action::Post(text)
    | Action::Create(text)
    | Action::Update(text)
    | Action::Patch(text)) = action
    else {
        return Ok(());
    };
    let needles = ["\".\"", "\"..\"", "/.\"", "/..\"", "\\u002"];
    if !needles.iter().any(|needle| memmem::find(text, needle.as_bytes()).is_some()) {
        return Ok(());
    }
    let Ok(value) = serde_json::from_slice(text) else { return Ok(()) };
    let rule = view.rule();
    let found = match (action, &value) {
        (Action::Patch(_), Value::Array(operations)) => operations.iter().find_map(|it| patched(rule, it, node)),
        _ => {
            let above = |steps: usize| view.find(path.get(..path.len().checked_sub(steps)?)?).ok();
            let key = [node, above(1)].iter().flatten().find_map(Node::key_name);
            let own = key.as_deref().and_then(|key| key_of(&value, key));
            // A single value that is itself the key of the element that it is a member of.
            let is_key = above(2).and_then(|node| node.key_name()).is_some_and(|key| Some(&*key) == last);
            let own = own.or_else(|| value.as_str().filter(|_| is_key));
            let inner = key.as_deref().unwrap_or_else(|| rule.member(last));
            let is_merge = matches!(action, Action::Merge(_));
            own.filter(|key| is_new(key, node))
                .map(str::to_string)
                .or_else(|| made(rule, &value, node, (inner, is_merge)))
        }
    };
    found.map_or(Ok(()), |name| Err(unreachable(&name)))
}

fn is_dots(name: &str) -> bool {
    matches!(name, "." | "..")
}

/// Whether it is a name of that kind, which nothing at the node has yet.
fn is_new(name: &str, node: Option<Node<'_>>) -> bool {
    is_dots(name) && node.is_none_or(|node| node.child(name).is_none())
}

fn unreachable(name: &str) -> Problem {
    let detail =
        format!("no URL leads to the name '{name}', since '.' and '..' are taken out of every path; expected another");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreachable-name", detail)
}

/// A name of that kind that the value brings to the node; `key`: the member that holds the key of its elements, if it is
/// an array. In a merge patch null brings nothing.
fn made(rule: &KeyRule, value: &Value, node: Option<Node<'_>>, (key, is_merge): (&str, bool)) -> Option<String> {
    let child = |name: &str| node.and_then(|node| node.child(name));
    match value {
        Value::Object(members) => {
            members.iter().filter(|(_, value)| !(is_merge && value.is_null())).find_map(|(name, value)| {
                let inner = || made(rule, value, child(name), (rule.member(Some(name)), is_merge));
                if is_new(name, node) { Some(name.clone()) } else { inner() }
            })
        }
        Value::Array(elements) => elements.iter().find_map(|element| {
            let own = key_of(element, key);
            let inner = || made(rule, element, own.and_then(child), (rule.member(None), is_merge));
            own.filter(|own| is_new(own, node)).map(str::to_string).or_else(inner)
        }),
        _ => None,
    }
}

/// The same of an operation of a JSON Patch on the node.
fn patched(rule: &KeyRule, operation: &Value, node: Option<Node<'_>>) -> Option<String> {
    let pointer = operation["path"].as_str()?;
    let tokens: Vec<String> =
        pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    let above = |steps: usize| {
        let tokens = tokens.get(..tokens.len().checked_sub(steps)?)?;
        tokens.iter().try_fold(node?, |node, token| node.child(token))
    };
    let adds = matches!(operation["op"].as_str()?, "add" | "copy" | "move");
    let last = tokens.last().filter(|last| adds && is_new(last, above(1)));
    let value = operation.get("value").filter(|_| operation["op"] != "test");
    last.cloned().or_else(|| {
        let value = value?;
        let holds_key = |steps: usize| above(steps).and_then(|node| node.key_name());
        let own = holds_key(1).and_then(|key| key_of(value, &key).map(str::to_string));
        let is_key = holds_key(2).is_some_and(|key| tokens.last().is_some_and(|last| *last == *key));
        let own = own.or_else(|| value.as_str().filter(|_| is_key).map(str::to_string));
        let key = rule.member(tokens.last().map(String::as_str));
        own.filter(|own| is_new(own, above(1))).or_else(|| made(rule, value, above(0), (key, false)))
    })
}

/// The key that a record has, if it is a text.
fn key_of<'r>(record: &'r Value, key: &str) -> Option<&'r str> {
    record.get(key)?.as_str()
}

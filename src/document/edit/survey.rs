//! One look at all of a text that comes in: what in it could not be reached once it is stored.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::document::change::{Action, Refusal};
use crate::text::json::walk::{self, Sort};
use crate::text::key::{self, KeyRule};

use super::place::unfit;

/// Keys that two elements of an array have.
type Twins = Vec<String>;

/// Where the walk is: inside of these, the innermost last.
enum Frame<'t> {
    /// An object, the name of the member that the walk is at, and the key if one of its members is.
    Object { name: Cow<'t, str>, is_named: bool, key: Option<Cow<'t, str>> },
    /// An array, which member holds the keys in it, and those found.
    Array { member: &'t str, keys: HashSet<Cow<'t, str>> },
}

/// Refuses an action with member names that are no text, and so could not be reached once they are stored.
pub(super) fn check_names(action: &Action) -> Result<(), Refusal> {
    let body = match action {
        Action::Put(body) | Action::Merge(body) | Action::Post(body) | Action::Create(body) | Action::Update(body) => {
            body
        }
        Action::Patch(patch) => patch,
        Action::Delete { .. } | Action::Rows(_) => return Ok(()),
    };
    // Nearly no text says a surrogate in digits.
    match memchr::memmem::find(body, b"\\u").map(|_| survey(&KeyRule::default(), None, body)) {
        Some(Err(refusal)) => Err(refusal),
        _ => Ok(()),
    }
}

/// Refuses an action that would give one key to two elements, of which one could not be reached, unless `old`, the text
/// that was there, has it twice as well. `name`: that of the node.
pub(super) fn check(
    action: &Action,
    rule: &KeyRule,
    name: Option<&str>,
    old: &dyn Fn() -> Vec<u8>,
) -> Result<(), Refusal> {
    let twins = match action {
        Action::Put(body) | Action::Merge(body) | Action::Post(body) | Action::Create(body) | Action::Update(body) => {
            survey(rule, name, body)?
        }
        Action::Patch(patch) => in_patch(rule, name, patch)?,
        Action::Delete { .. } | Action::Rows(_) => return Ok(()),
    };
    if twins.is_empty() {
        return Ok(());
    }
    let before: HashSet<String> = survey(rule, name, &old()).unwrap_or_default().into_iter().collect();
    match twins.into_iter().find(|twin| !before.contains(twin)) {
        Some(name) => Err(Refusal::Taken { name }),
        None => Ok(()),
    }
}

/// The same of the operations of a JSON Patch.
fn in_patch(rule: &KeyRule, name: Option<&str>, patch: &[u8]) -> Result<Twins, Refusal> {
    let mut twins = Vec::new();
    if walk::sort(patch) != Sort::Array {
        return Ok(twins);
    }
    for (start, end) in walk::elements(patch) {
        let operation = &patch[start..end];
        let path = walk::member(operation, "path").unwrap_or_default();
        if walk::has_lone_surrogate(path) {
            return Err(no_text(path));
        }
        let path = walk::decode(path);
        let last = path.rsplit_once('/').map(|(_, last)| last.replace("~1", "/").replace("~0", "~"));
        let is_test = walk::member(operation, "op").is_some_and(|op| walk::is_name(op, "test"));
        if let Some(value) = walk::member(operation, "value").filter(|_| !is_test) {
            twins.extend(survey(rule, last.as_deref().or(name), value)?);
        }
    }
    Ok(twins)
}

fn no_text(token: &[u8]) -> Refusal {
    let token = String::from_utf8_lossy(token);
    unfit(format!("the name {token} holds half of a surrogate pair, expected whole characters"))
}

/// The keys that two elements have, of any array in `text`, which stands under `name`.
fn survey(rule: &KeyRule, name: Option<&str>, text: &[u8]) -> Result<Twins, Refusal> {
    let (mut frames, mut twins, mut at): (Vec<Frame<'_>>, Twins, usize) = (Vec::new(), Vec::new(), 0);
    while let Some(byte) = text.get(at) {
        let mut end = at + 1;
        match byte {
            b'{' => frames.push(Frame::Object { name: Cow::Borrowed(""), is_named: false, key: None }),
            b'[' => {
                let under = match frames.last() {
                    Some(Frame::Object { name, .. }) => Some(&**name),
                    Some(Frame::Array { .. }) => None,
                    None => name,
                };
                frames.push(Frame::Array { member: rule.member(under), keys: HashSet::new() });
            }
            b'}' | b']' => leave(&mut frames, &mut twins),
            b',' => {
                if let Some(Frame::Object { is_named, .. }) = frames.last_mut() {
                    *is_named = false;
                }
            }
            b' ' | b'\n' | b'\r' | b'\t' | b':' => {}
            _ => {
                end = walk::skip_value(text, at);
                scalar(&mut frames, &text[at..end])?;
            }
        }
        at = end.max(at + 1);
    }
    Ok(twins)
}

/// A string or another single value: a name, perhaps a key.
fn scalar<'t>(frames: &mut [Frame<'t>], token: &'t [u8]) -> Result<(), Refusal> {
    let (last, above) = match frames {
        [.., above, last] => (last, Some(&*above)),
        [last] => (last, None),
        [] => return Ok(()),
    };
    let Frame::Object { name, is_named, key } = last else { return Ok(()) };
    if !*is_named {
        if walk::has_lone_surrogate(token) {
            return Err(no_text(token));
        }
        (*name, *is_named) = (walk::decode(token), true);
        return Ok(());
    }
    if let Some(Frame::Array { member, .. }) = above
        && *member == &**name
    {
        *key = key::text_of(token);
    }
    Ok(())
}

/// An object or array ends; if it is an element with a key, the array around it learns the key.
fn leave(frames: &mut Vec<Frame<'_>>, twins: &mut Twins) {
    let Some(Frame::Object { key: Some(key), .. }) = frames.pop() else { return };
    if let Some(Frame::Array { keys, .. }) = frames.last_mut()
        && let Some(twin) = keys.replace(key)
    {
        twins.push(twin.into_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_two_elements_have() {
        let rule = KeyRule { by_collection: vec![("tags".to_owned(), "slug".to_owned())], ..KeyRule::default() };
        for (text, expected) in [
            (r#"[{"id":1},{"id":2}]"#, &[][..]),
            (r#"[{"id":1},{"id":"1"},{"id":1}]"#, &["1", "1"]),
            (r#"[{"id":{"x":1}},{"id":{"x":1}},{"id":null},{"id":null}]"#, &[]),
            (r#"{"tags":[{"id":1},{"id":1}],"posts":[{"id":1,"n":[{"id":"a]"},{"id":"a]"}]}]}"#, &["a]"]),
            (r#"{"tags":[{"slug":"x"},{"slug":"\u0078"}]}"#, &["x"]),
            (r#"[{"a":{"id":1}},{"a":{"id":1}},"id",1,"id",1]"#, &[]),
        ] {
            assert_eq!(survey(&rule, None, text.as_bytes()).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn names_are_text() {
        for (text, good) in [
            (r#"{"a":"\ud83d"}"#, true),
            (r#"{"\ud83d\ude00":1}"#, true),
            (r#"{"\ud83d":1}"#, false),
            (r#"{"a":[{"b\udc00":1}]}"#, false),
        ] {
            assert_eq!(survey(&KeyRule::default(), None, text.as_bytes()).is_ok(), good, "{text}");
        }
    }
}

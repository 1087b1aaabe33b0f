//! JSON Patch (RFC 6902).

use bytes::Bytes;

use crate::document::change::Refusal;
use crate::document::container::{Container, Place as Spotted, Value, index};
use crate::document::layout;
use crate::document::state::Context;
use crate::text::json::equal::equal;
use crate::text::json::print::Flow;
use crate::text::json::walk::{self, Sort};

use super::rewrite::{
    Spot, Step, append, check_unambiguous, child_spot, modify, modify_node, new_value, opened, rewrite, step_number,
};
use super::{Edited, Place};

/// Applies the operations in `patch` to the node, all or none.
pub(super) fn patch(place: Place<'_>, patch: &[u8]) -> Result<Edited, Refusal> {
    let context = &place.document.context;
    modify_node(&place, &mut |old, spot| apply(context, old, patch, spot))
}

/// What the operations make of a value.
pub(super) fn apply(context: &Context, old: Spotted<'_>, patch: &[u8], spot: &Spot) -> Result<Value, Refusal> {
    if walk::sort(patch) != Sort::Array {
        return Err(malformed("a JSON Patch is an array of operations"));
    }
    let mut value = old.to_value();
    for (number, (start, end)) in walk::elements(patch).enumerate() {
        let operation = Operation::read(&patch[start..end], number)?;
        value = operation.apply(context, value, spot)?;
    }
    Ok(value)
}

fn malformed(reason: impl Into<String>) -> Refusal {
    Refusal::Patch { reason: reason.into(), test_failed: false }
}

struct Operation<'p> {
    number: usize,
    op: String,
    path: Vec<String>,
    from: Option<Vec<String>>,
    value: Option<&'p [u8]>,
}

impl<'p> Operation<'p> {
    fn read(text: &'p [u8], number: usize) -> Result<Operation<'p>, Refusal> {
        let member = |name: &str| {
            let token = walk::member(text, name).filter(|token| walk::sort(token) == Sort::String)?;
            Some(walk::decode(token).into_owned())
        };
        let fault = |what: &str| malformed(format!("operation {number}: {what}"));
        let op = member("op").ok_or_else(|| fault("expected a member 'op'"))?;
        let path = member("path").ok_or_else(|| fault("expected a member 'path'"))?;
        let path = pointer(&path).ok_or_else(|| fault("'path' is no JSON pointer"))?;
        let from = match op.as_str() {
            "move" | "copy" => {
                let from = member("from").ok_or_else(|| fault("expected a member 'from'"))?;
                Some(pointer(&from).ok_or_else(|| fault("'from' is no JSON pointer"))?)
            }
            _ => None,
        };
        let value = walk::member(text, "value");
        match op.as_str() {
            "add" | "replace" | "test" if value.is_none() => return Err(fault("expected a member 'value'")),
            "add" | "replace" | "test" | "remove" | "move" | "copy" => {}
            other => {
                return Err(fault(&format!("expected add, remove, replace, move, copy or test, found '{other}'")));
            }
        }
        Ok(Operation { number, op, path, from, value })
    }

    fn apply(&self, context: &Context, value: Value, spot: &Spot) -> Result<Value, Refusal> {
        let text = self.value.unwrap_or_default();
        match self.op.as_str() {
            "add" => self.add(context, &value, text, spot),
            "remove" => self.remove(context, &value, &self.path, spot),
            "replace" => self.replace(context, &value, text, spot),
            "test" => self.test(context, value, text, spot),
            _ => self.copy(context, value, spot),
        }
    }

    fn fault(&self, what: &str) -> Refusal {
        malformed(format!("operation {} ({}): {what}", self.number, self.op))
    }

    fn nowhere(&self, path: &[String]) -> Refusal {
        self.fault(&format!("there is nothing at '{}'", shown(path)))
    }

    fn add(&self, context: &Context, value: &Value, text: &[u8], spot: &Spot) -> Result<Value, Refusal> {
        let Some((name, above)) = self.path.split_last() else { return new_value(context, text, spot) };
        let mut act = |container: &mut Container, spot: &Spot| {
            check_unambiguous(container)?;
            if container.has_names() {
                return match container.locate(name) {
                    Some(number) => {
                        let inner = child_spot(context, container, Some(number), Some(name), spot);
                        container.replace(number, new_value(context, text, &inner)?);
                        Ok(())
                    }
                    None => append(context, container, Some(name), text, spot),
                };
            }
            match index(name) {
                None if name == "-" => append(context, container, None, text, spot),
                Some(at) if at == container.len() => append(context, container, None, text, spot),
                Some(at) if at < container.len() => insert(context, container, at, text, spot),
                _ => Err(self.nowhere(&self.path)),
            }
        };
        let steps = tokens(above);
        let changed = self.within(rewrite(context, value.place(), spot, &steps, &mut act))?;
        changed.ok_or_else(|| self.nowhere(above))
    }

    fn remove(&self, context: &Context, value: &Value, path: &[String], spot: &Spot) -> Result<Value, Refusal> {
        let Some((name, above)) = path.split_last() else {
            return Err(self.fault("the node itself cannot be removed by a patch; DELETE does"));
        };
        let mut act = |container: &mut Container, _: &Spot| {
            check_unambiguous(container)?;
            let number = step_number(container, &Step::Token(name))?.ok_or_else(|| self.nowhere(path))?;
            container.remove(number);
            Ok(())
        };
        let changed = self.within(rewrite(context, value.place(), spot, &tokens(above), &mut act))?;
        changed.ok_or_else(|| self.nowhere(path))
    }

    fn replace(&self, context: &Context, value: &Value, text: &[u8], spot: &Spot) -> Result<Value, Refusal> {
        let mut make = |_: Spotted<'_>, spot: &Spot| new_value(context, text, spot);
        let changed = modify(context, value.place(), spot, &tokens(&self.path), &mut make)?;
        changed.ok_or_else(|| self.nowhere(&self.path))
    }

    fn test(&self, context: &Context, value: Value, text: &[u8], spot: &Spot) -> Result<Value, Refusal> {
        let found = self.look(context, &value, &self.path, spot)?;
        if equal(&found, text) {
            return Ok(value);
        }
        let reason = format!("operation {} (test): '{}' holds another value", self.number, shown(&self.path));
        Err(Refusal::Patch { reason, test_failed: true })
    }

    fn copy(&self, context: &Context, value: Value, spot: &Spot) -> Result<Value, Refusal> {
        let from = self.from.as_deref().unwrap_or_default();
        let text = self.look(context, &value, from, spot)?;
        if self.op == "copy" {
            return self.add(context, &value, &text, spot);
        }
        if from == self.path {
            return Ok(value);
        }
        if self.path.starts_with(from) {
            return Err(self.fault("a value cannot be moved into itself"));
        }
        let without = self.remove(context, &value, from, spot)?;
        self.add(context, &without, &text, spot)
    }

    /// The text of the value at `path`.
    fn look(&self, context: &Context, value: &Value, path: &[String], spot: &Spot) -> Result<Bytes, Refusal> {
        let mut found = Bytes::new();
        let mut make = |place: Spotted<'_>, _: &Spot| {
            let value = place.to_value();
            found = value.to_bytes();
            Ok(value)
        };
        match modify(context, value.place(), spot, &tokens(path), &mut make)? {
            Some(_) => Ok(found),
            None => Err(self.nowhere(path)),
        }
    }

    /// A step into a single value leads nowhere, rather than being not permitted.
    fn within(&self, result: Result<Option<Value>, Refusal>) -> Result<Option<Value>, Refusal> {
        match result {
            Err(Refusal::NotPermitted { .. }) => Err(self.nowhere(&self.path)),
            other => other,
        }
    }
}

/// Puts an element before the one at `at`. The numbers of those after it would all be others, so the array is read anew.
fn insert(context: &Context, container: &mut Container, at: usize, text: &[u8], spot: &Spot) -> Result<(), Refusal> {
    let inner = child_spot(context, container, None, None, spot);
    let value = new_value(context, text, &inner)?.to_bytes();
    let whole = container.to_bytes();
    let fresh = Value::Leaf(whole.clone());
    let before = opened(context, fresh.place(), spot)?;
    let start = before.start(u32::try_from(at).unwrap_or(u32::MAX));
    let separator = match before.last_gap() {
        Some(gap) => Bytes::copy_from_slice(gap),
        None => layout::layout(&before, &context.style, &spot.flow).separator,
    };
    let spliced = [&whole[..start], &value, &separator, &whole[start..]].concat();
    let stats = container.stats;
    *container = opened(context, Value::Leaf(spliced.into()).place(), spot)?;
    container.stats.remember(&stats);
    Ok(())
}

/// The reference tokens of a JSON pointer (RFC 6901).
fn pointer(text: &str) -> Option<Vec<String>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let tokens = text.strip_prefix('/')?.split('/');
    tokens
        .map(|token| {
            let rest = token.replace("~0", "").replace("~1", "");
            (!rest.contains('~')).then(|| token.replace("~1", "/").replace("~0", "~"))
        })
        .collect()
}

fn shown(path: &[String]) -> String {
    path.iter().map(|token| format!("/{}", token.replace('~', "~0").replace('/', "~1"))).collect()
}

fn tokens(path: &[String]) -> Vec<Step<'_>> {
    path.iter().map(|token| Step::Token(token)).collect()
}

/// What the operations make of a text, for tables, whose rows are patched as the objects that they are shown as.
pub(super) fn patched_text(context: &Context, text: Bytes, patch: &[u8]) -> Result<Bytes, Refusal> {
    let spot = Spot { flow: Flow::Line, name: None, depth: 0 };
    apply(context, Value::Leaf(text).place(), patch, &spot).map(|value| value.to_bytes())
}

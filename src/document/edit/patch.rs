//! JSON Patch (RFC 6902).

use std::collections::HashSet;

use bytes::Bytes;

use crate::document::bounds::OPERATIONS;
use crate::document::change::Refusal;
use crate::document::container::{Container, Place as Spotted, Value, index};
use crate::text::json::equal::equal;
use crate::text::json::print::Flow;
use crate::text::json::walk::{self, Sort};

use super::insertions::Insertions;
use super::meter::Meter;
use super::place::{Edited, Place};
use super::rewrite::{Step, append, check_unambiguous, modify, modify_node, rewrite, step_number};
use super::spot::{Spot, child_spot};
use super::{kind, replacing, siblings};

/// Applies the operations in `patch` to the node, all or none.
pub(super) fn patch(place: Place<'_>, patch: &[u8]) -> Result<Edited, Refusal> {
    let context = &place.document.context;
    let meter = Meter::new(context, place.room);
    let among_records = place.is_among_records();
    modify_node(&place, &mut |old, spot| {
        let operations = operations(patch)?;
        let new = apply(&meter, old, &operations, spot)?;
        let writing = operations.iter().filter(|operation| !matches!(&*operation.op, "test" | "remove"));
        let mut settled = Settled { meter: &meter, among_records, done: HashSet::new() };
        writing.into_iter().try_for_each(|operation| settled.check((old, new.place()), &operation.path, spot))?;
        Ok(new)
    })
}

/// Whether what the patch has written may stay: a collection is what it was, and no two elements have one key.
struct Settled<'s, 'c> {
    meter: &'s Meter<'c>,
    among_records: bool,
    /// The places that were looked at: many operations lead through the same ones.
    done: HashSet<&'s [String]>,
}

impl<'s> Settled<'s, '_> {
    /// Checks the places on the way to `path`.
    fn check(
        &mut self,
        (old, new): (Spotted<'_>, Spotted<'_>),
        path: &'s [String],
        spot: &Spot,
    ) -> Result<(), Refusal> {
        self.meter.work(self.meter.context.large)?;
        let rule = &self.meter.context.reading.rule;
        let mut name = spot.name.as_deref();
        let (mut before, mut by_name) = (Some(old), true);
        let mut after = new;
        for at in 0..=path.len() {
            let is_new = self.done.insert(&path[..at]);
            // An index may lead elsewhere than before.
            if let Some(before) = before.filter(|_| by_name && is_new) {
                let written = (at == path.len()).then(|| after.json());
                self.meter.work(written.as_ref().map_or(0, Bytes::len))?;
                let (context, depth, among_records) = (self.meter.context, spot.depth + at, self.among_records);
                let stand = kind::Stand { context, depth, name, among_records };
                kind::check_patched((before, after), stand, written.as_deref())?;
            }
            if let Some(name) = is_new.then(|| siblings::new_twin(before, after, rule.member(name))).flatten() {
                return Err(Refusal::Taken { name });
            }
            let Some(token) = path.get(at) else { break };
            by_name &= after.sort() == Sort::Object;
            name = (after.sort() == Sort::Object).then_some(token);
            before = before.and_then(|place| place.under(token));
            let Some(next) = after.under(token) else { break };
            after = next;
        }
        Ok(())
    }
}

/// What the operations make of a value.
fn apply(meter: &Meter<'_>, old: Spotted<'_>, operations: &[Operation<'_>], spot: &Spot) -> Result<Value, Refusal> {
    let (mut value, mut rest) = (old.to_value(), operations);
    while let Some((operation, following)) = rest.split_first() {
        let (next, taken) = operation.apply(meter, value, spot, following)?;
        (value, rest) = (next, &following[taken..]);
    }
    Ok(value)
}

fn operations(patch: &[u8]) -> Result<Vec<Operation<'_>>, Refusal> {
    if walk::sort(patch) != Sort::Array {
        return Err(malformed("a JSON Patch is an array of operations"));
    }
    let elements: Vec<_> = walk::elements(patch).take(OPERATIONS.most + 1).collect();
    if OPERATIONS.is_passed_by(elements.len()) {
        let reason = format!("a JSON Patch may hold at most {} operations; send the rest in another", OPERATIONS.most);
        return Err(Refusal::TooMuch { reason });
    }
    let read = |(number, (start, end)): (usize, &(usize, usize))| Operation::read(&patch[*start..*end], number);
    elements.iter().enumerate().map(read).collect()
}

fn malformed(reason: impl Into<String>) -> Refusal {
    Refusal::Patch { reason: reason.into(), test_failed: false }
}

/// One operation as it was sent.
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

    /// What it makes of `value`, and how many of the operations `following` it were applied with it.
    fn apply(
        &self,
        meter: &Meter<'_>,
        value: Value,
        spot: &Spot,
        following: &[Operation<'_>],
    ) -> Result<(Value, usize), Refusal> {
        let text = self.value.unwrap_or_default();
        // Each container on the way is read and written again, unless it has an index.
        meter.work((self.path.len() + 1) * meter.context.large)?;
        let alone = |value: Value| (value, 0);
        match self.op.as_str() {
            "add" => self.add(meter, &value, text, spot, following),
            "remove" => self.remove(meter, &value, &self.path, spot).map(alone),
            "replace" => self.replace(meter, &value, text, spot).map(alone),
            "test" => self.test(meter, value, text, spot).map(alone),
            _ => self.copy(meter, value, spot).map(alone),
        }
    }

    /// Where it puts which element, if it adds one by index to the array at `array`.
    fn as_insertion(&self, array: &[String]) -> Option<(usize, &'p [u8])> {
        let (name, above) = self.path.split_last().filter(|_| self.op == "add")?;
        Some((index(name).filter(|_| above == array)?, self.value?))
    }

    fn fault(&self, what: &str) -> Refusal {
        malformed(format!("operation {} ({}): {what}", self.number, self.op))
    }

    fn nowhere(&self, path: &[String]) -> Refusal {
        self.fault(&format!("there is nothing at '{}'", shown(path)))
    }

    fn add(
        &self,
        meter: &Meter<'_>,
        value: &Value,
        text: &[u8],
        spot: &Spot,
        following: &[Operation<'_>],
    ) -> Result<(Value, usize), Refusal> {
        let context = meter.context;
        meter.grow(text.len())?;
        let Some((name, above)) = self.path.split_last() else {
            return Ok((replacing::replacement(context, value.place(), text, spot)?, 0));
        };
        let mut taken = 0;
        let mut act = |container: &mut Container, spot: &Spot| {
            check_unambiguous(container)?;
            if container.has_names() {
                return match container.locate(name) {
                    Some(number) => {
                        let inner = child_spot(context, container, Some(number), Some(name), spot);
                        let value = replacing::replacement(context, container.child(number), text, &inner)?;
                        container.replace(number, value);
                        Ok(())
                    }
                    None => append(context, container, Some(name), text, spot),
                };
            }
            match index(name) {
                None if name == "-" => append(context, container, None, &siblings::fitted(container, text)?, spot),
                Some(at) if at == container.len() => {
                    append(context, container, None, &siblings::fitted(container, text)?, spot)
                }
                Some(at) if at < container.len() => {
                    let mut run = Insertions::new(meter, container, spot)?;
                    run.insert(at, text)?;
                    taken = run.take(following.iter().map(|operation| operation.as_insertion(above)))?;
                    run.finish(container)
                }
                _ => Err(self.nowhere(&self.path)),
            }
        };
        let steps = tokens(above);
        let changed = self.within(rewrite(context, value.place(), spot, &steps, &mut act))?;
        Ok((changed.ok_or_else(|| self.nowhere(above))?, taken))
    }

    fn remove(&self, meter: &Meter<'_>, value: &Value, path: &[String], spot: &Spot) -> Result<Value, Refusal> {
        let Some((name, above)) = path.split_last() else {
            return Err(self.fault("the node itself cannot be removed by a patch; DELETE does"));
        };
        let mut act = |container: &mut Container, _: &Spot| {
            check_unambiguous(container)?;
            // An element is found by counting where others were taken out before.
            meter.work(container.len())?;
            let number = step_number(container, &Step::Token(name))?.ok_or_else(|| self.nowhere(path))?;
            container.remove(number);
            Ok(())
        };
        let changed = self.within(rewrite(meter.context, value.place(), spot, &tokens(above), &mut act))?;
        changed.ok_or_else(|| self.nowhere(path))
    }

    fn replace(&self, meter: &Meter<'_>, value: &Value, text: &[u8], spot: &Spot) -> Result<Value, Refusal> {
        meter.grow(text.len())?;
        let mut make = |old: Spotted<'_>, spot: &Spot| replacing::replacement(meter.context, old, text, spot);
        let changed = modify(meter.context, value.place(), spot, &tokens(&self.path), &mut make)?;
        changed.ok_or_else(|| self.nowhere(&self.path))
    }

    fn test(&self, meter: &Meter<'_>, value: Value, text: &[u8], spot: &Spot) -> Result<Value, Refusal> {
        let found = self.look(meter, &value, &self.path, spot)?;
        if equal(&found, text) {
            return Ok(value);
        }
        let reason = format!("operation {} (test): '{}' holds another value", self.number, shown(&self.path));
        Err(Refusal::Patch { reason, test_failed: true })
    }

    fn copy(&self, meter: &Meter<'_>, value: Value, spot: &Spot) -> Result<Value, Refusal> {
        let from = self.from.as_deref().unwrap_or_default();
        let text = self.look(meter, &value, from, spot)?;
        if self.op == "copy" {
            return self.add(meter, &value, &text, spot, &[]).map(|(value, _)| value);
        }
        if from == self.path {
            return Ok(value);
        }
        if self.path.starts_with(from) {
            return Err(self.fault("a value cannot be moved into itself"));
        }
        let without = self.remove(meter, &value, from, spot)?;
        // What was moved is not more than before.
        meter.shrink(text.len());
        self.add(meter, &without, &text, spot, &[]).map(|(value, _)| value)
    }

    /// The text of the value at `path`.
    fn look(&self, meter: &Meter<'_>, value: &Value, path: &[String], spot: &Spot) -> Result<Bytes, Refusal> {
        let mut found = Bytes::new();
        let mut make = |place: Spotted<'_>, _: &Spot| {
            found = place.json();
            meter.work(found.len())?;
            Ok(place.to_value())
        };
        match modify(meter.context, value.place(), spot, &tokens(path), &mut make)? {
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
pub(super) fn patched_text(place: &Place<'_>, text: Bytes, patch: &[u8]) -> Result<Bytes, Refusal> {
    let spot = Spot { flow: Flow::Line, name: None, depth: 0 };
    let meter = Meter::new(&place.document.context, place.room);
    apply(&meter, Value::Leaf(text).place(), &operations(patch)?, &spot).map(|value| value.to_bytes())
}

//! Random changes to random documents, against a plain model: parse, edit, compare. And no byte outside of the change
//! may differ.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::{Given, apply};
use crate::document::View;
use crate::document::change::{Action, Refusal};
use crate::document::state::{Document, Format, Reading};
use crate::text::{CellTypes, KeyRule};

/// A document with members, keyed records, keyed elements and plain arrays.
fn document(random: &mut Rng) -> Value {
    let mut root = Map::new();
    for number in 0..random.usize(1..6) {
        let value = match random.u8(..4) {
            0 => {
                let mut ids: Vec<usize> = (1..random.usize(2..80)).collect();
                random.shuffle(&mut ids);
                ids.into_iter().map(|id| record(random, Some(id))).collect()
            }
            1 => (0..random.usize(..60))
                .map(|number| (format!("k{number}"), record(random, None)))
                .collect::<Map<_, _>>()
                .into(),
            2 => (0..random.usize(..60)).map(|_| scalar(random)).collect(),
            _ => value(random, 3),
        };
        root.insert(format!("m{number}"), value);
    }
    Value::Object(root)
}

fn record(random: &mut Rng, id: Option<usize>) -> Value {
    let mut members = Map::new();
    if let Some(id) = id {
        members.insert("id".to_owned(), json!(id));
    }
    for name in ["name", "x", "é\"", "deep"].iter().take(random.usize(..5)) {
        members.insert((*name).to_owned(), if *name == "deep" { value(random, 2) } else { scalar(random) });
    }
    Value::Object(members)
}

fn value(random: &mut Rng, depth: usize) -> Value {
    match random.u8(..6) {
        0 if depth > 0 => {
            (0..random.usize(..5)).map(|n| (format!("v{n}"), value(random, depth - 1))).collect::<Map<_, _>>().into()
        }
        1 if depth > 0 => (0..random.usize(..5)).map(|_| scalar(random)).collect(),
        _ => scalar(random),
    }
}

fn scalar(random: &mut Rng) -> Value {
    let texts = [
        "1",
        "-0",
        "1.0",
        "1e400",
        "12345678901234567890123",
        "true",
        "null",
        "\"\"",
        "\"a,]}\"",
        "\"\\u00e9\\n\"",
        "0.5e-3",
    ];
    serde_json::from_str(texts[random.usize(..texts.len())]).unwrap()
}

/// Prints with the white space of one of several kinds of file.
fn printed(value: &Value, random: &mut Rng) -> String {
    match random.u8(..4) {
        0 => value.to_string(),
        1 => serde_json::to_string_pretty(value).unwrap() + "\n",
        2 => serde_json::to_string_pretty(value).unwrap().replace("  ", "\t").replace('\n', "\r\n"),
        _ => {
            let mut out = String::from("\n ");
            ragged(value, random, &mut out);
            out + "\t\n"
        }
    }
}

fn white(random: &mut Rng, out: &mut String) {
    out.push_str(["", "", " ", "\n", "\t ", "\r\n  "][random.usize(..6)]);
}

fn ragged(value: &Value, random: &mut Rng, out: &mut String) {
    let (open, close) = if value.is_object() { ('{', '}') } else { ('[', ']') };
    let children: Vec<(Option<&String>, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (Some(name), value)).collect(),
        Value::Array(elements) => elements.iter().map(|value| (None, value)).collect(),
        scalar => return out.push_str(&scalar.to_string()),
    };
    out.push(open);
    for (position, (name, value)) in children.into_iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        white(random, out);
        if let Some(name) = name {
            out.push_str(&json!(name).to_string());
            white(random, out);
            out.push(':');
            white(random, out);
        }
        ragged(value, random, out);
        white(random, out);
    }
    out.push(close);
}

/// A path to some value of the model, by key where elements have keys.
fn path(model: &Value, random: &mut Rng) -> Vec<String> {
    let mut path = Vec::new();
    let mut at = model;
    while random.u8(..5) > 0 || path.is_empty() {
        let step = match at {
            Value::Object(members) if !members.is_empty() => {
                members.keys().nth(random.usize(..members.len())).unwrap().clone()
            }
            Value::Array(elements) if !elements.is_empty() => {
                let ids: Vec<_> = elements.iter().filter_map(|element| element.get("id")).collect();
                match ids.is_empty() {
                    true => random.usize(..elements.len()).to_string(),
                    false => ids[random.usize(..ids.len())].to_string(),
                }
            }
            _ => break,
        };
        at = child(at, &step).unwrap();
        path.push(step);
    }
    path
}

fn is_keyed(array: &Value) -> bool {
    array.as_array().is_some_and(|elements| elements.iter().any(|element| element.get("id").is_some()))
}

fn position(array: &Value, step: &str) -> Option<usize> {
    let elements = array.as_array()?;
    if is_keyed(array) {
        return elements.iter().position(|element| element.get("id").map(ToString::to_string).as_deref() == Some(step));
    }
    step.parse().ok().filter(|at| *at < elements.len())
}

fn child<'m>(model: &'m Value, step: &str) -> Option<&'m Value> {
    match model {
        Value::Object(members) => members.get(step),
        array => array.get(position(array, step)?),
    }
}

fn child_mut<'m>(model: &'m mut Value, step: &str) -> Option<&'m mut Value> {
    let at = position(model, step);
    match model {
        Value::Object(members) => members.get_mut(step),
        array => array.get_mut(at?),
    }
}

fn node<'m>(model: &'m mut Value, path: &[String]) -> Option<&'m mut Value> {
    path.iter().try_fold(model, |at, step| child_mut(at, step))
}

/// What RFC 7396 says.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else { return target.clone_from(patch) };
    if !target.is_object() {
        *target = json!({});
    }
    let members = target.as_object_mut().unwrap();
    for (name, value) in patch {
        if value.is_null() {
            members.shift_remove(name);
        } else {
            merge(members.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// A change: where, what, and what it makes of the model; `None` if it is to be refused.
type Change = (Vec<String>, Action, Option<Value>);

fn text(value: &Value) -> Bytes {
    Bytes::from(value.to_string())
}

/// A change of some kind at some place.
fn change(model: &Value, random: &mut Rng) -> Change {
    let makers = [put, merged, deleted, posted, put_beside, patched];
    loop {
        let path = path(model, random);
        if let Some(change) = makers[random.usize(..makers.len())](model, path, random) {
            return change;
        }
    }
}

fn put(model: &Value, path: Vec<String>, random: &mut Rng) -> Option<Change> {
    let mut next = model.clone();
    let (name, above) = path.split_last().unwrap();
    let parent_keyed = is_keyed(node(&mut next, above).unwrap());
    let new = if parent_keyed { record(random, None) } else { value(random, 3) };
    let mut stored = new.clone();
    if parent_keyed {
        let mut members = Map::new();
        members.insert("id".to_owned(), name.parse::<u64>().unwrap().into());
        members.extend(new.as_object().unwrap().clone());
        stored = Value::Object(members);
    }
    let old = node(&mut next, &path).unwrap();
    if is_keyed(old) && new.is_array() {
        // Keys that are filled in are for the tables of cases to test.
        return None;
    }
    let lost = loses_within(old, path.len(), are_records(model), &new, false);
    *old = stored;
    let broken = lost || broken_key(model, &next, &path);
    Some((path, Action::Put(text(&new)), (!broken).then_some(next)))
}

fn merged(model: &Value, path: Vec<String>, random: &mut Rng) -> Option<Change> {
    let mut next = model.clone();
    let patch = value(random, 3);
    let old = node(&mut next, &path).unwrap();
    let lost = old.as_array().is_some_and(|old| old.is_empty() && patch.is_object())
        || loses_within(old, path.len(), are_records(model), &patch, true);
    merge(old, &patch);
    let broken = lost || broken_key(model, &next, &path);
    Some((path, Action::Merge(text(&patch)), (!broken).then_some(next)))
}

fn deleted(model: &Value, path: Vec<String>, _random: &mut Rng) -> Option<Change> {
    let mut next = model.clone();
    let (name, above) = path.split_last().unwrap();
    let parent = node(&mut next, above).unwrap();
    let at = position(parent, name);
    match parent {
        Value::Object(members) => drop(members.shift_remove(name)),
        Value::Array(elements) => drop(elements.remove(at.unwrap())),
        _ => unreachable!(),
    }
    let broken = broken_key(model, &next, &path) || whole(model, &path);
    Some((path, Action::Delete { dependent: None }, (!broken).then_some(next)))
}

fn posted(model: &Value, path: Vec<String>, random: &mut Rng) -> Option<Change> {
    let mut next = model.clone();
    let new = record(random, None);
    let target = node(&mut next, &path).unwrap();
    let keyed = is_keyed(target);
    let given = new.as_object().unwrap();
    let taken = target.as_object().is_some_and(|members| given.keys().any(|name| members.contains_key(name)));
    let fits = match target {
        Value::Object(members) => {
            members.extend(given.clone());
            !taken
        }
        // The keys that are given are for the tables of cases to test.
        Value::Array(elements) if !keyed && !elements.is_empty() => {
            elements.push(new.clone());
            true
        }
        Value::Array(_) => return None,
        _ => false,
    };
    Some((path, Action::Post(text(&new)), fits.then_some(next)))
}

fn put_beside(model: &Value, path: Vec<String>, random: &mut Rng) -> Option<Change> {
    let mut next = model.clone();
    let new = value(random, 2);
    let members = node(&mut next, &path)?.as_object_mut()?;
    let depth = path.len() + 1;
    let lost = members.get("added").is_some_and(|old| loses_within(old, depth, are_records(model), &new, false));
    if members.get("added").is_some_and(|old| is_keyed(old) && new.is_array()) {
        return None;
    }
    members.insert("added".to_owned(), new.clone());
    let path = [path.as_slice(), &["added".to_owned()]].concat();
    Some((path, Action::Put(text(&new)), (!lost).then_some(next)))
}

fn patched(model: &Value, path: Vec<String>, random: &mut Rng) -> Option<Change> {
    let mut next = model.clone();
    let elements = node(&mut next, &path)?.as_array_mut()?;
    let at = random.usize(..=elements.len());
    let new = json!({"id": 1000 + random.usize(..1_000_000), "n": [at]});
    elements.insert(at, new.clone());
    let patch = json!([{"op": "add", "path": format!("/{at}"), "value": new}]);
    Some((path, Action::Patch(text(&patch)), Some(next)))
}

/// Some element on the way has not the key any more by which it was found.
fn broken_key(before: &Value, after: &Value, path: &[String]) -> bool {
    (1..=path.len()).any(|length| {
        let (mut old, mut new) = (before.clone(), after.clone());
        let Some(array) = node(&mut old, &path[..length - 1]).filter(|array| is_keyed(array)) else { return false };
        let at = position(array, &path[length - 1]).unwrap();
        let key = array[at]["id"].clone();
        let there = node(&mut new, &path[..length - 1])
            .is_some_and(|array| array.get(at).and_then(|e| e.get("id")) == Some(&key));
        // A record that was removed itself is no record that lost its key.
        !there && length < path.len()
            || !there
                && length == path.len()
                && node(&mut new, &path[..length - 1]).unwrap().as_array().map(Vec::len)
                    == array_len(before, &path[..length - 1])
    })
}

fn array_len(model: &Value, path: &[String]) -> Option<usize> {
    node(&mut model.clone(), path)?.as_array().map(Vec::len)
}

fn are_records(value: &Value) -> bool {
    value.as_object().is_some_and(|members| !members.is_empty() && members.values().all(Value::is_object))
}

/// A collection would become something else.
fn loses(old: &Value, depth: usize, among_records: bool, new: &Value) -> bool {
    let are_all = |elements: &Vec<Value>| elements.iter().all(Value::is_object);
    match old {
        Value::Array(elements) if is_keyed(old) && are_all(elements) => !new.as_array().is_some_and(are_all),
        Value::Array(elements) => !new.is_array() && elements.iter().any(Value::is_object),
        Value::Object(_) => !new.is_object() && are_records(old) && depth == 1 && !among_records,
        _ => false,
    }
}

/// The same, or one in it would. In a patch null takes a member away.
fn loses_within(old: &Value, depth: usize, among_records: bool, new: &Value, is_patch: bool) -> bool {
    let within = |(name, new): (&String, &Value)| {
        let old = old.get(name.as_str()).filter(|_| !is_patch || !new.is_null());
        old.is_some_and(|old| loses_within(old, depth + 1, among_records, new, is_patch))
    };
    loses(old, depth, among_records, new)
        || new.as_object().filter(|_| old.is_object()).is_some_and(|new| new.iter().any(within))
}

/// A collection that is emptied, not removed.
fn whole(model: &Value, path: &[String]) -> bool {
    let records = are_records;
    let of_root = path.len() == 1 && !records(model);
    let target = node(&mut model.clone(), path).unwrap().clone();
    match &target {
        Value::Array(elements) => of_root || elements.first().is_some_and(Value::is_object),
        Value::Object(_) => of_root && records(&target),
        _ => false,
    }
}

/// All that differs between the two lies within one stretch of `before` that holds no more than `most` bytes, and of
/// `after` no more than it has to be.
fn untouched(before: &[u8], after: &[u8]) -> (usize, usize) {
    let front = std::iter::zip(before, after).take_while(|(one, other)| one == other).count();
    let back =
        std::iter::zip(before[front..].iter().rev(), after[front..].iter().rev()).take_while(|(a, b)| a == b).count();
    (front, back)
}

#[test]
fn random_changes_do_what_the_model_does_and_touch_nothing_else() {
    let rounds = std::env::var("HTTPKIT_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(150);
    let (mut made, mut refused) = (0, 0);
    for seed in 0..rounds {
        let mut random = Rng::with_seed(seed);
        let mut model = document(&mut random);
        let reading = Reading {
            rule: Arc::new(KeyRule::default()),
            format: Format::Json,
            types: CellTypes::Text,
            encoding: None,
            stem: None,
        };
        let text = Bytes::from(printed(&model, &mut random));
        let read = Document::read(text, &reading, &mut Vec::new(), &mut |_| {}).unwrap();
        let mut view = View { mounts: vec![read], mounted: false, modified: SystemTime::now() };
        for round in 0..40 {
            if model.as_object().is_none_or(Map::is_empty) {
                break;
            }
            let before = view.mounts[0].to_bytes();
            let (path, action, expected) = change(&model, &mut random);
            let said =
                format!("seed {seed}, round {round}: {action:?} at {path:?} of {}", String::from_utf8_lossy(&before));
            let old = view.find(&path).ok().map(|node| node.text().concat());
            let applied = apply(&view, &path, &action, usize::MAX, &mut Given::new());
            let Some(next) = expected else {
                let refusal = applied.err().unwrap_or_else(|| panic!("not refused, {said}"));
                assert!(!matches!(refusal, Refusal::Storage { .. }), "{refusal}, {said}");
                refused += 1;
                continue;
            };
            view.mounts[0] = applied.unwrap_or_else(|refusal| panic!("{refusal}, {said}")).document;
            let after = view.mounts[0].to_bytes();
            let found: Value = serde_json::from_slice(&after)
                .unwrap_or_else(|e| panic!("{e}, {said}\nNOW {}", String::from_utf8_lossy(&after)));
            assert_eq!(found.to_string(), next.to_string(), "{said}");
            check_untouched(&before, &after, &action, old.as_deref(), &said);
            model = next;
            made += 1;
        }
    }
    assert!(made > refused, "{made} made, {refused} refused");
}

fn check_untouched(before: &[u8], after: &[u8], action: &Action, old: Option<&[u8]>, said: &str) {
    let (front, back) = untouched(before, after);
    let changed = before.len() - front - back;
    let now = String::from_utf8_lossy(after);
    match (action, old) {
        // Within the node that was there.
        (Action::Put(_) | Action::Merge(_), Some(old)) => {
            assert!(changed <= old.len(), "{changed} bytes changed, {said}\nnow {now}");
        }
        // One stretch goes, with one separator, unless what held it is empty then.
        (Action::Delete { .. }, Some(old)) => {
            let added = after.len() - front - back;
            assert!(
                added == 0 || (changed > old.len() && added <= 2),
                "{added} bytes for {changed}, {said}\nnow {now}"
            );
            let gone = &before[front..before.len() - back];
            let white = gone.iter().filter(|byte| byte.is_ascii_whitespace()).count();
            assert!(gone.len() >= old.len() && white <= gone.len(), "{said}");
        }
        // One stretch comes, unless it goes into what was empty.
        (Action::Put(_), None) | (Action::Post(_) | Action::Patch(_), _) => {
            assert!(
                changed == 0
                    || before[front..before.len() - back]
                        .iter()
                        .all(|o| o.is_ascii_whitespace() || b"[]{}".contains(o)),
                "{changed} bytes changed, {said}\nnow {now}"
            );
        }
        _ => {}
    }
}

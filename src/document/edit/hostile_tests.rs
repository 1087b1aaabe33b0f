//! Bodies of few bytes that order much work, or much of a document.

use bytes::Bytes;

use crate::document::change::{Action, Refusal};
use crate::document::edit::{Given, apply};
use crate::document::state::Format;
use crate::document::view::View;
use crate::text::key::KeyRule;

fn view(text: &str, format: Format) -> View {
    super::tests::view(text, format, KeyRule::default())
}

fn json(text: &str) -> View {
    view(text, Format::Json)
}

/// What becomes of the document, and what the answer says.
fn changed(view: &View, path: &[&str], action: Action, room: usize) -> Result<(String, String), Refusal> {
    let path: Vec<String> = path.iter().map(|segment| (*segment).to_owned()).collect();
    let applied = apply(view, &path, &action, room, &mut Given::new())?;
    let mut after = view.clone();
    after.mounts[0] = applied.document.clone();
    let text = |pieces: Vec<Bytes>| String::from_utf8(pieces.concat()).unwrap();
    Ok((String::from_utf8(after.mounts[0].to_bytes().to_vec()).unwrap(), text(applied.outcome(&after).text)))
}

fn patched(text: &str, operations: &[String], room: usize) -> Result<String, Refusal> {
    let patch = format!("[{}]", operations.join(","));
    changed(&json(text), &[], Action::Patch(patch.into()), room).map(|(document, _)| document)
}

#[track_caller]
fn too_much<T: std::fmt::Debug>(result: Result<T, Refusal>, limit: &str) {
    match result {
        Err(Refusal::TooMuch { reason }) => assert!(reason.contains(limit), "{reason}"),
        other => panic!("expected TooMuch with {limit}, found {other:?}"),
    }
}

#[test]
fn copies_that_double_end_at_the_room() {
    let double = r#"{"op":"copy","from":"/a","path":"/a/-"}"#.to_owned();
    let big = r#"{"op":"copy","from":"/a","path":"/b"}"#.to_owned();
    too_much(patched(r#"{"a":["x"]}"#, &vec![double; 40], 1 << 20), "1048576 bytes");
    assert!(patched(r#"{"a":["x"]}"#, std::slice::from_ref(&big), 8).is_ok());
    too_much(patched(r#"{"a":["xxxxx"]}"#, &[big], 8), "8 bytes");
    // What is moved is there already.
    let moves: Vec<String> = ["/b", "/a", "/b"]
        .map(|to| format!(r#"{{"op":"move","from":"{}","path":"{to}"}}"#, if to == "/b" { "/a" } else { "/b" }))
        .to_vec();
    assert!(patched(r#"{"a":"0123456789"}"#, &moves, 16).is_ok());
}

#[test]
fn operations_are_counted() {
    let operation = r#"{"op":"test","path":"/a","value":1}"#.to_owned();
    assert!(patched(r#"{"a":1}"#, &vec![operation.clone(); 1000], 9).is_ok());
    too_much(patched(r#"{"a":1}"#, &vec![operation; 1001], 9), "1000 operations");
}

/// One look at each, however many there are on both sides: one by one would take minutes.
#[test]
fn members_that_replace_others_are_each_looked_for_once() {
    let object = |name: &str, count: usize, value: &str| {
        let members: Vec<String> = (0..count).map(|number| format!("\"{name}{number}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    };
    let text = format!("{{\"o\":{},\"filler\":\"{}\"}}", object("old", 1500, "[]"), "x".repeat(2 << 20));
    let body = object("new", 300_000, "[]");
    let start = std::time::Instant::now();
    let (after, _) = changed(&json(&text), &["o"], Action::Put(body.clone().into()), 1 << 20).unwrap();
    assert!(after.len() > body.len() && start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn work_on_a_large_array_is_counted() {
    let elements: Vec<String> = (0..400_000).map(|number| format!("{{\"n\":{number}}}")).collect();
    let text = format!("{{\"a\":[{}],\"b\":[1]}}", elements.join(","));
    // Each second operation is elsewhere, so that the array is written anew for each.
    let apart: Vec<String> = (0..1000)
        .map(|number| format!(r#"{{"op":"add","path":"/{}/0","value":1}}"#, if number % 2 == 0 { "a" } else { "b" }))
        .collect();
    too_much(patched(&text, &apart, 1 << 20), "256 MiB");
    // One after the other they cost one reading.
    let together = vec![r#"{"op":"add","path":"/a/0","value":1}"#.to_owned(); 60];
    assert!(patched(&text, &together, 1 << 20).is_ok());
}

/// Far more than any of these takes in a debug build on a busy machine, and far less than the square of its size.
const SOON: std::time::Duration = std::time::Duration::from_secs(20);

#[test]
fn keys_that_change_places_are_looked_at_once() {
    let count = 20_000;
    let records: Vec<String> = (0..count).map(|key| format!("{{\"id\":{key}}}")).collect();
    let shift: Vec<String> =
        (0..1000).map(|at| format!(r#"{{"op":"replace","path":"/{at}/id","value":{}}}"#, (at + 1) % 1000)).collect();
    let start = std::time::Instant::now();
    assert!(patched(&format!("[{}]", records.join(",")), &shift, 1 << 20).unwrap().starts_with("[{\"id\":1},"));
    // The last records are found by counting only what is gone before them.
    let ends: Vec<String> =
        (0..990).map(|at| format!(r#"{{"op":"add","path":"/{}/n","value":1}}"#, count - 1 - at)).collect();
    assert!(patched(&format!("[{}]", records.join(",")), &ends, 1 << 20).is_ok());
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[test]
fn columns_that_each_record_brings_are_bounded() {
    let records: Vec<String> = (0..20_000).map(|column| format!("{{\"c{column}\":1}}")).collect();
    let body = Action::Post(format!("[{}]", records.join(",")).into());
    let blank = view("", Format::Csv { tab: false });
    too_much(changed(&blank, &[], body, 1 << 20), "4 times");
    // As JSON each row repeats the names of the columns.
    let columns: Vec<String> = (0..200).map(|column| format!("column with a long name {column}")).collect();
    let rows: Vec<String> = (0..5_000).map(|key| format!("{{\"id\":{key}}}")).collect();
    let table = view(&format!("id,{}\n1\n", columns.join(",")), Format::Csv { tab: false });
    too_much(changed(&table, &[], Action::Put(format!("[{}]", rows.join(",")).into()), 1 << 20), "4 times");
}

#[test]
fn keys_that_stand_twice_are_compared_in_one_pass() {
    let records: Vec<String> = (0..60_000).map(|key| format!("{{\"id\":{}}}", key / 2)).collect();
    let text = format!("[{}]", records.join(","));
    let start = std::time::Instant::now();
    assert!(changed(&json(&text), &[], Action::Put(text.clone().into()), 1 << 20).is_ok());
    // Each key could be the index of a record that has none.
    let records: Vec<String> = (0..40_000).map(|key| format!("{{\"id\":\"a{key}\"}}")).collect();
    let added: Vec<String> = (0..40_000).rev().map(|key| format!("{{\"id\":\"{key}\"}}")).collect();
    let keyless = json(&format!("[{},{{\"n\":1}}]", records.join(",")));
    assert!(changed(&keyless, &[], Action::Post(format!("[{}]", added.join(",")).into()), 1 << 20).is_ok());
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[test]
fn elements_put_in_together_stand_where_each_alone_would() {
    let mut random = fastrand::Rng::with_seed(6902);
    for round in 0..200 {
        let layout = *random.choice(&["[1, 2, 3]", "[\n  1,\n  2\n]", "[1]", "[ {\"id\":7} ,{\"id\":8}]"]).unwrap();
        let text = format!("{{\"a\": {layout}}}");
        let mut length = serde_json::from_str::<Vec<serde_json::Value>>(layout).unwrap().len();
        let operations: Vec<String> = (0..random.usize(1..12))
            .map(|number| {
                let at = random.usize(..=length);
                length += 1;
                format!(r#"{{"op":"add","path":"/a/{at}","value":{{"id":{}}}}}"#, 100 + number)
            })
            .collect();
        let one_by_one = operations
            .iter()
            .fold(text.clone(), |text, operation| patched(&text, std::slice::from_ref(operation), usize::MAX).unwrap());
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let together = patched(&text, &operations, usize::MAX).unwrap();
        assert_eq!(value(&together), value(&one_by_one), "{round}: {text} {operations:?}");
    }
}

#[test]
fn records_of_a_wide_table_are_counted_by_the_rows_that_they_make() {
    let header: Vec<String> = (0..5_000).map(|number| format!("c{number}")).collect();
    let table = view(&format!("{}\n", header.join(",")), Format::Csv { tab: false });
    let empty = format!("[{}]", vec!["{}"; 1_000].join(","));
    too_much(changed(&table, &[], Action::Post(empty.into()), 100 << 10), "4 times --max-body");
    let members: Vec<String> = header.iter().map(|name| format!("{name:?}:\"x\"")).collect();
    let record = format!("{{{}}}", members.join(","));
    let (document, _) = changed(&table, &[], Action::Post(record.into()), 1 << 20).unwrap();
    assert_eq!(document.lines().nth(1).unwrap().matches('x').count(), 5_000);
}

#[test]
fn white_space_is_not_multiplied() {
    let gap = " ".repeat(10_000);
    for text in [format!("[1,{gap}2]"), format!("[\n{gap}1,\n{gap}2\n]"), format!("{{\"a\":{gap}1,{gap}\"b\":2}}")] {
        let body = if text.starts_with('[') {
            format!("[{}]", vec!["1"; 1_000].join(","))
        } else {
            let members: Vec<String> = (0..1_000).map(|number| format!("\"m{number}\":1")).collect();
            format!("{{{}}}", members.join(","))
        };
        let sent = body.len();
        let (document, _) = changed(&json(&text), &[], Action::Post(body.into()), 1 << 20).unwrap();
        assert!(document.len() < text.len() + 100 * sent, "{} of {sent}", document.len());
    }
    // An element at a great depth has no line of its own where that makes many times of it.
    let deep = format!("{}{}{}", "[".repeat(120), vec!["1"; 100_000].join(","), "]".repeat(120));
    let (document, _) = changed(
        &json("{\n    \"a\": {\n        \"b\": 1\n    }\n}"),
        &["a"],
        Action::Put(deep.clone().into()),
        1 << 20,
    )
    .unwrap();
    assert!(document.len() < 9 * deep.len(), "{} of {}", document.len(), deep.len());
}

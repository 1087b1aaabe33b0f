//! Schemas of made-up documents, written down shortly.

use bytes::Bytes;

use super::{Schema, Type};
use crate::document::View;
use crate::document::state::{Document, Format, Reading};
use crate::text::{CellTypes, KeyRule};

fn view(text: &str, format: Format, types: CellTypes) -> View {
    let reading = Reading { rule: KeyRule::default().into(), format, types, encoding: None, stem: None };
    let text = Bytes::copy_from_slice(text.as_bytes());
    let document = Document::read(text, &reading, &mut Vec::new(), &mut |_| {}).unwrap();
    View { mounts: vec![document], mounted: false, modified: std::time::SystemTime::UNIX_EPOCH }
}

/// `{a: integer, b?: string|null}`, `[integer]`, `{*: ...}` of records; `?` is a member that may not be there.
fn short(schema: &Schema) -> String {
    let types = schema.types();
    let name = |kind: &Type| match kind {
        Type::Object if schema.is_records() => format!("{{*: {}}}", schema.items().map(short).unwrap_or_default()),
        Type::Object => {
            let member = |member: &super::Member| {
                let mark = if schema.requires(member) { "" } else { "?" };
                format!("{}{mark}: {}", member.name(), short(member.schema()))
            };
            format!("{{{}}}", schema.members().iter().map(member).collect::<Vec<_>>().join(", "))
        }
        Type::Array => format!("[{}]", schema.items().map(short).unwrap_or_default()),
        Type::String => schema.format().map_or("string", crate::text::format::Format::name).to_string(),
        other => other.name().to_string(),
    };
    if types.is_empty() { "any".to_string() } else { types.iter().map(name).collect::<Vec<_>>().join("|") }
}

#[test]
fn what_is_found_out_of_json() {
    for (text, expected) in [
        ("5", "integer"),
        ("1.0", "number"),
        ("1e400", "number"),
        ("\"x\"", "string"),
        ("null", "any"),
        ("[]", "[]"),
        ("[1, 2.5, null]", "[number|null]"),
        ("[true, \"x\"]", "[string|boolean]"),
        ("[1, \"x\", true, [], {}]", "[any]"),
        ("[[1], [\"x\"]]", "[[string|integer]]"),
        ("{}", "{}"),
        // What is there once: its members come and go.
        (r#"{"a": 1, "b": {"c": true}}"#, "{a?: integer, b?: {c?: boolean}}"),
        // Records: what all have, each has.
        (r#"[{"id": 1, "a": "x"}, {"id": 2, "b": null}]"#, "[{id: integer, a?: string, b?: any}]"),
        (r#"[{"a": 1, "a": 2}, {}]"#, "[{a?: integer}]"),
        (r#"[{}, {"a": 1, "a": 2}]"#, "[{a?: integer}]"),
        (r#"[{"a": {"n": 1}}, {"a": {"n": 2, "m": 3}}]"#, "[{a: {n: integer, m?: integer}}]"),
        (r#"{"Kim": {"g": 1}, "Lee": {"g": 2, "h": "x"}}"#, "{*: {g: integer, h?: string}}"),
        (r#"{"db": {"host": "x"}, "ui": {"dark": true}}"#, "{db?: {host?: string}, ui?: {dark?: boolean}}"),
        (r#"{"Kim": {"g": 1}}"#, "{Kim?: {g?: integer}}"),
        (r#"{"all": {"Kim": {"g": 1}, "Lee": {"g": 2}}}"#, "{all?: {*: {g: integer}}}"),
        // Formats where all values have them.
        (r#"["2026-05-02", "2026-05-03", null]"#, "[date|null]"),
        (r#"["2026-05-02", "soon"]"#, "[string]"),
        (r#"[{"at": "2026-05-02T14:10:55Z"}]"#, "[{at: date-time}]"),
        ("[\"a\\u0040b.example\"]", "[email]"),
    ] {
        let schema = view(text, Format::Json, CellTypes::Text).schema(false);
        assert_eq!(short(&schema), expected, "{text}");
        assert_eq!(schema.fault(text.as_bytes(), None), None, "{text} keeps to what it was found out of");
        // The same where each container has an index of its own.
        let wide = text.replace(", ", &format!(",{}", " ".repeat(20_000)));
        assert_eq!(short(&view(&wide, Format::Json, CellTypes::Text).schema(false)), expected, "{text}, large");
    }
}

#[test]
fn an_integer_is_a_whole_number_however_it_is_written() {
    let schema = |text| view(text, Format::Json, CellTypes::Text).schema(false);
    for (found, text, is_taken) in [
        ("[1]", "[1.0, 1e0, 10e-1, -0.0, 1.50e1, 1e400, 12345678901234567890.0]", true),
        ("[1]", "[1.5]", false),
        ("[1]", "[1e-1]", false),
        ("[1]", "[15.01e1]", false),
        ("[1, null]", "[2.0, null]", true),
        ("[1, \"x\"]", "[2.5]", false),
        ("[1.0]", "[1.5, 2]", true),
        ("[1, 1.0]", "[1.5, 2]", true),
    ] {
        assert_eq!(schema(found).fault(text.as_bytes(), None).is_none(), is_taken, "{text} where {found} was found");
    }
}

#[test]
fn what_is_found_out_of_csv_and_lines() {
    let csv = |text: &str, types| short(&view(text, Format::Csv { tab: false }, types).schema(false));
    let text = "id,name,born,n,ok\n1,a,2026-05-02,007,true\n2,,2026-05-03,5,false\n";
    let expected = "[{id: string, name: string, born: date, n: string, ok: string}]";
    assert_eq!(csv(text, CellTypes::Text), expected);
    let expected = "[{id: integer, name: string|null, born: date, n: string|integer, ok: boolean}]";
    assert_eq!(csv(text, CellTypes::Auto), expected);
    assert_eq!(csv("id,name\n", CellTypes::Text), "[{id: string, name: string}]");
    assert_eq!(csv("id,name\n", CellTypes::Auto), "[{id: any, name: any}]");
    assert_eq!(csv("key,value\ncolor,red\nn,5\n", CellTypes::Auto), "{color?: string, n?: integer}");
    let lines = view("{\"id\": 1}\n{\"id\": 2, \"x\": \"y\"}\n", Format::Lines, CellTypes::Text);
    assert_eq!(short(&lines.schema(false)), "[{id: integer, x?: string}]");
}

#[test]
fn a_schema_has_limits() {
    let members = |count: usize| (0..count).map(|n| format!("\"m{n}\": {n}")).collect::<Vec<_>>().join(", ");
    let of = |text: String| view(&text, Format::Json, CellTypes::Text).schema(false);
    let items = |schema: &Schema| schema.items().map(|items| items.members().len());
    assert_eq!(items(&of(format!("[{{{}}}]", members(300)))), Some(super::MEMBERS));
    assert_eq!(of(format!("{{{}}}", members(300))).members().len(), super::MEMBERS);
    // Each record has a member of its own with many in it.
    let many: Vec<String> = (0..100).map(|n| format!("{{\"r{n}\": {{{}}}}}", members(100))).collect();
    let many = of(format!("[{}]", many.join(", ")));
    let places = many.items().unwrap().members().iter().map(|member| 1 + member.schema().members().len());
    assert_eq!(places.sum::<usize>() + 1, super::PLACES);
    let deep = of(format!("{}1{}", "[".repeat(100), "]".repeat(100)));
    let mut levels = std::iter::successors(Some(&*deep), |schema| schema.items());
    assert_eq!(levels.by_ref().count(), super::DEPTH + 1);
}

#[test]
fn the_schema_that_is_kept_is_that_of_the_first_state() {
    let mut view = view("[{\"id\": 1}]", Format::Json, CellTypes::Text);
    let kept = view.schema(true);
    let later =
        Document::read("[{\"id\": \"x\"}]".into(), &view.mounts[0].context.reading, &mut Vec::new(), &mut |_| {});
    view.mounts[0] = Document { schema: view.mounts[0].schema.clone(), ..later.unwrap() };
    assert_eq!(view.schema(true), kept);
    assert_eq!(short(&view.schema(false)), "[{id: string}]");
    assert_eq!(view.mounts[0].reread().unwrap().schema.get(), Some(&kept));
}

//! Files that are odd but valid, each through every kind of write: what stands around the node that is changed stays
//! byte for byte, and the node becomes what it should be.

use serde_json::Value;

use super::tests::{action, view};
use super::{Given, apply};
use crate::document::state::Format;
use crate::text::KeyRule;

const NODE: &str = r#"{"a": 1, "list": [{"id": 1, "v": "x"}, {"id": 2}]}"#;

/// What stands before and behind the node, which is at `/target`.
const AROUND: &[(&str, &str)] = &[
    ("{\"target\":", "}"),
    // A byte order mark, tabs, CRLF, spaces at the ends of lines, and after the end of it all.
    (
        "\u{feff}{\r\n\t\"e\": \"\\u00e9\\/\\ud83d\\ude00\",  \r\n\t\"target\": ",
        ",   \r\n\t\"z\": [[],[ [ 1 ] ],{}]   \r\n}\r\n  \r\n",
    ),
    // Numbers that no double holds, or not as they are written.
    ("{ \"n\" :[1e400,-0 , 1.0,1E+2, 1234567890123456789012345678901234567890] ,\n\"target\" : ", "\n,\"m\":-0.0e-0 }"),
    // A member name twice, elsewhere; names that are escaped.
    (
        "{\n  \"twice\": {\"a\": 1, \"a\": 2},\n  \"t\\u0061rget 2\": null,\n  \"t\\u0061rget\": ",
        ",\n  \"\\u0074hrice\": [\"\\\"}]\", \"\\\\\"]\n}\n\n",
    ),
    ("  {\"\":{\"\":[]},\"deep\":[[[[[[{\"x\":[]}]]]]]],\"target\":", " , \"end\" : true\t}\t"),
];

/// A write to the node or to what is in it, and what the node is then.
const WRITES: &[(&str, &str)] = &[
    ("PUT /target {\"q\":[1,{\"r\":-0}]}", r#"{"q":[1,{"r":-0}]}"#),
    ("PUT /target 1e400", "1e400"),
    ("PUT /target/a \"\\u0041\"", r#"{"a":"A","list":[{"id":1,"v":"x"},{"id":2}]}"#),
    ("PUT /target/new []", r#"{"a":1,"list":[{"id":1,"v":"x"},{"id":2}],"new":[]}"#),
    ("PUT /target/list/2 {\"v\":1.0}", r#"{"a":1,"list":[{"id":1,"v":"x"},{"id":2,"v":1.0}]}"#),
    ("PUT /target/list/7 {\"v\":1}", r#"{"a":1,"list":[{"id":1,"v":"x"},{"id":2},{"id":7,"v":1}]}"#),
    ("MERGE /target {\"a\":null,\"c\":{\"d\":1}}", r#"{"list":[{"id":1,"v":"x"},{"id":2}],"c":{"d":1}}"#),
    ("MERGE /target/list/1 {\"v\":null,\"w\":2}", r#"{"a":1,"list":[{"id":1,"w":2},{"id":2}]}"#),
    (
        "PATCH /target [{\"op\":\"test\",\"path\":\"/a\",\"value\":1},{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/b\"}]",
        r#"{"list":[{"id":1,"v":"x"},{"id":2}],"b":1}"#,
    ),
    ("PATCH /target/list [{\"op\":\"remove\",\"path\":\"/0\"}]", r#"{"a":1,"list":[{"id":2}]}"#),
    ("POST /target {\"p\":\"\",\"o\":{}}", r#"{"a":1,"list":[{"id":1,"v":"x"},{"id":2}],"p":"","o":{}}"#),
    ("POST /target/list {\"v\":1}", r#"{"a":1,"list":[{"id":1,"v":"x"},{"id":2},{"id":3,"v":1}]}"#),
    (
        "POST /target/list [{\"v\":1},{\"id\":9}]",
        r#"{"a":1,"list":[{"id":1,"v":"x"},{"id":2},{"id":3,"v":1},{"id":9}]}"#,
    ),
    ("DELETE /target/a", r#"{"list":[{"id":1,"v":"x"},{"id":2}]}"#),
    ("DELETE /target/list/1", r#"{"a":1,"list":[{"id":2}]}"#),
    ("DELETE /target/list/1/v", r#"{"a":1,"list":[{"id":1},{"id":2}]}"#),
    ("UPDATE / {\"target\":\"new\"}", "\"new\""),
];

fn changed(file: &str, line: &str) -> String {
    let (path, action) = action(line);
    let view = view(file, Format::Json, KeyRule::default());
    let applied = apply(&view, &path, &action, usize::MAX, &mut Given::new());
    let document = applied.unwrap_or_else(|refusal| panic!("{line}: {refusal}: {file}")).document;
    String::from_utf8(document.to_bytes().to_vec()).unwrap()
}

#[test]
fn every_kind_of_write_leaves_what_is_around_it_as_it_is() {
    for (before, behind) in AROUND {
        let file = format!("{before}{NODE}{behind}");
        // In an object of records the pairs of the old routes are a record.
        let takes_pairs = !before.starts_with("{\"target");
        for (line, expected) in WRITES.iter().filter(|(line, _)| takes_pairs || !line.starts_with("UPDATE")) {
            let after = changed(&file, line);
            let node = after.strip_prefix(before).and_then(|rest| rest.strip_suffix(behind));
            let node = node.unwrap_or_else(|| panic!("{line}: {after}"));
            let json =
                |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|e| panic!("{line}: {e}: {text}"));
            assert_eq!(json(node), json(expected), "{line}: {after}");
        }
        // What is added to the root comes last, before the white space at its end.
        let additions = ["POST / {\"k\":\"v\"}", "PUT /k \"v\"", "CREATE / {\"k\":\"v\"}"];
        for line in &additions[..if takes_pairs { 3 } else { 2 }] {
            let after = changed(&file, line);
            let (inner, end) = behind.rsplit_once('}').unwrap();
            let head = format!("{before}{NODE}{}", inner.trim_end());
            assert!(after.starts_with(&head) && after.ends_with(&format!("}}{end}")), "{line}: {after}");
            assert!(after[head.len()..].trim_start().starts_with(','), "{line}: {after}");
        }
        let after = changed(&file, "DELETE /target");
        assert!(!after.contains("\"list\""), "{after}");
        let start = before.rfind(['{', ',']).unwrap();
        assert!(
            after.starts_with(before[..start].trim_end())
                && after.ends_with(behind.trim_start_matches([',', ' ', '\n', '\r', '\t'])),
            "{after}"
        );
    }
}

use super::{lines, scan};
use crate::text::json::{SyntaxKind, check};

#[track_caller]
fn refused(text: &str, line: usize, column: usize, expected: &str) {
    let error = check(text.as_bytes()).unwrap_err();
    assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
    assert!(error.expected.contains(expected), "{text}: {error}");
}

#[test]
fn says_where_and_what_was_expected() {
    refused("", 1, 1, "a value");
    refused("{\n  \"a\": tru\n}", 2, 8, "'true'");
    refused("{\"a\" 1}", 1, 6, "':'");
    refused("{\"a\":1,}", 1, 8, "member name");
    refused("[1 2]", 1, 4, "',' or ']'");
    refused("{\"a\":1 \"b\"", 1, 8, "',' or '}'");
    refused("[1,]", 1, 4, "a value");
    refused("\"é\u{1}\"", 1, 3, "control");
    refused("\"\\x\"", 1, 3, "after '\\'");
    refused("\"\\u12g4\"", 1, 6, "hexadecimal");
    refused("01", 1, 2, "end of the text");
    refused("-", 1, 2, "digit");
    refused("1.", 1, 3, "digit");
    refused("1e+", 1, 4, "digit");
    refused("\"abc", 1, 5, "end of the string");
    refused("{} x", 1, 4, "end of the text");
    refused("{\"a\":1,\n\"b\":2,\"\\u0061\":3}", 2, 7, "'a' occurs twice");
    refused(&"[".repeat(129), 1, 129, "128 levels");
}

#[test]
fn utf8_is_asked_for() {
    let error = check(b"[\"a\xff\"]").unwrap_err();
    assert_eq!((error.line, error.column, error.kind), (1, 4, SyntaxKind::Encoding));
}

#[test]
fn a_duplicate_among_alike_siblings_is_found() {
    refused("[{\"a\":1,\"b\":2},{\"a\":1,\"b\":2},{\"a\":1,\"a\":2}]", 1, 37, "'a' occurs twice");
    refused("[{\"a\":1},{\"b\":1},{\"b\":1,\"a\":2,\"b\":3}]", 1, 31, "'b' occurs twice");
}

#[test]
fn agrees_with_serde_json() {
    let mut random = fastrand::Rng::with_seed(7);
    let seeds: &[&str] = &[
        r#"{"a":[1,-0,1.5e+3,true,false,null,"x\n\u00e9\\"],"b":{"c":"longer string here, over eight"}}"#,
        "[[],{},\t\"\",\r\n0.1E-2,[[[1]]], {\"k\" : \"v\"}]",
    ];
    for _ in 0..60_000 {
        let mut text = seeds[random.usize(..seeds.len())].as_bytes().to_vec();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..text.len());
            match random.u8(..3) {
                0 => drop(text.remove(at)),
                1 => text.insert(at, *random.choice(b"\"\\{}[]:,0e.-+tn u\n\x01\xc3").unwrap()),
                _ => text[at] = random.u8(..),
            }
        }
        // serde_json skips over strings without looking at their bytes when it ignores them, so give it `str`.
        let theirs =
            std::str::from_utf8(&text).is_ok_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
        let ours = scan(&text, usize::MAX, false, &mut |_| {}).is_ok();
        assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn large_containers_are_listed_inner_first() {
    let text = br#" {"a": [10, 20, 30], "b": {}} "#;
    let found = scan(text, 12, true, &mut |_| {}).unwrap();
    assert_eq!(found.root, (1, 29));
    let seen: Vec<_> = found.containers.iter().map(|c| (c.start, c.end, c.name, c.children.clone())).collect();
    assert_eq!(seen, [(7, 19, Some((2, 5)), vec![1, 5, 9]), (1, 29, None, vec![1, 20])]);
}

#[test]
fn each_line_is_a_value() {
    for (text, children) in [
        ("", vec![]),
        ("\n \r\n", vec![]),
        ("{\"a\":1}", vec![0]),
        ("{\"a\":1}\r\n\n  [1] \t\n\"x\"\n", vec![0, 12, 18]),
    ] {
        let found = lines(text.as_bytes(), usize::MAX, &mut |_| {}).unwrap();
        let root = found.containers.last().unwrap();
        assert_eq!((found.root, root.start, root.end), ((0, text.len()), 0, text.len()), "{text:?}");
        assert_eq!(root.children, children, "{text:?}");
    }
    for (text, line, column, expected) in [
        ("{\"a\":1}\n{\"a\":\n1}\n", 2, 6, "a value"),
        ("{\"a\":1}\n\n{\"a\":1} {}\n", 3, 9, "the end of the line"),
        ("[\n1]\n", 1, 2, "a value"),
        ("{}\r{}", 1, 4, "the end of the line"),
        ("1,\n2", 1, 2, "the end of the line"),
        ("{}\n\"a\n", 2, 3, "the end of the string"),
    ] {
        let error = lines(text.as_bytes(), usize::MAX, &mut |_| {}).unwrap_err().locate(text.as_bytes());
        assert_eq!((error.line, error.column), (line, column), "{text:?}: {error}");
        assert!(error.expected.contains(expected), "{text:?}: {error}");
    }
    let text = b"{\"a\":[1,2,3,4,5,6]}\n{\"b\":2}\n";
    let found = lines(text, 12, &mut |_| {}).unwrap();
    let seen: Vec<_> = found.containers.iter().map(|c| (c.start, c.end, c.children.clone())).collect();
    assert_eq!(seen, [(5, 18, vec![1, 3, 5, 7, 9, 11]), (0, 19, vec![1]), (0, 28, vec![0, 20])]);
}

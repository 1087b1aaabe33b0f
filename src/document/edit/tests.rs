//! Changes, seen as the text of the file before and after.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;

use super::{Given, apply};
use crate::document::change::{Action, Refusal};
use crate::document::state::{Document, Format, Reading};
use crate::document::{Node, View};
use crate::text::CellTypes;
use crate::text::key::KeyRule;

pub(super) fn view(text: &str, format: Format, keys: KeyRule) -> View {
    let reading = Reading { rule: Arc::new(keys), format, types: CellTypes::Text, encoding: None, stem: None };
    let text = Bytes::copy_from_slice(text.as_bytes());
    let document = Document::read(text, &reading, &mut Vec::new(), &mut |_| {}).unwrap_or_else(|e| panic!("{e}"));
    View { mounts: vec![document], mounted: false, modified: SystemTime::now() }
}

/// `PUT /a/b VALUE` and so on, as one line.
pub(super) fn action(line: &str) -> (Vec<String>, Action) {
    let mut words = line.splitn(3, ' ');
    let (verb, path, body) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap_or(""));
    let path = path.split('/').skip(1).filter(|s| !s.is_empty()).map(str::to_owned).collect();
    let text = Bytes::copy_from_slice(body.as_bytes());
    let action = match verb {
        "PUT" => Action::Put(text),
        "MERGE" => Action::Merge(text),
        "PATCH" => Action::Patch(text),
        "POST" => Action::Post(text),
        "DELETE" => Action::Delete { dependent: (!body.is_empty()).then(|| body.to_owned()) },
        "CREATE" => Action::Create(text),
        "UPDATE" => Action::Update(text),
        "ROWS" => Action::Rows(text),
        other => panic!("{other}"),
    };
    (path, action)
}

pub(super) struct Run {
    view: View,
    room: usize,
    given: Given,
}

impl Run {
    pub(super) fn new(text: &str, format: Format) -> Run {
        Run { view: view(text, format, KeyRule::default()), room: usize::MAX, given: Given::new() }
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.view.mounts[0].to_bytes().to_vec()).unwrap()
    }

    /// The path and text that the outcome tells, and whether it created.
    pub(super) fn apply(&mut self, line: &str) -> Result<(String, String, bool), Refusal> {
        let (path, action) = action(line);
        let applied = apply(&self.view, &path, &action, self.room, &mut self.given)?;
        self.view.mounts[0] = applied.document.clone();
        // A state that is read anew is the same.
        let again = applied.document.reread().unwrap_or_else(|error| panic!("{line}: {error}: {}", self.text()));
        let fresh = View { mounts: vec![again], ..self.view.clone() };
        assert_eq!(fresh.root().text().concat(), self.view.root().text().concat(), "{line}");
        leads_alike(fresh.root(), self.view.root(), line);
        let outcome = applied.outcome(&self.view);
        let text = String::from_utf8(outcome.text.concat()).unwrap();
        Ok((format!("/{}", outcome.path.join("/")), text, outcome.created))
    }
}

/// Each name and key leads to the same in a state that is read anew as in the one that was changed.
fn leads_alike(fresh: Node<'_>, changed: Node<'_>, line: &str) {
    for (name, _) in fresh.children() {
        let (expected, found) = (fresh.child(&name), changed.child(&name));
        let text = |node: Option<Node<'_>>| node.map(|node| String::from_utf8(node.text().concat()).unwrap());
        assert_eq!(text(found), text(expected), "{line}: '{name}'");
        if let (Some(expected), Some(found)) = (expected, found) {
            leads_alike(expected, found, line);
        }
    }
}

/// Each line is applied to `before`; together they give `after`.
#[track_caller]
pub(super) fn json(before: &str, lines: &[&str], after: &str) {
    let mut run = Run::new(before, Format::Json);
    for line in lines {
        run.apply(line).unwrap_or_else(|refusal| panic!("{line}: {refusal}"));
    }
    assert_eq!(run.text(), after);
}

#[track_caller]
pub(super) fn csv(before: &str, lines: &[&str], after: &str) {
    let mut run = Run::new(before, Format::Csv { tab: false });
    for line in lines {
        run.apply(line).unwrap_or_else(|refusal| panic!("{line}: {refusal}"));
    }
    assert_eq!(run.text(), after);
}

#[track_caller]
pub(super) fn refused(before: &str, line: &str, expected: &str) {
    let format = if before.starts_with(['{', '[', '"']) { Format::Json } else { Format::Csv { tab: false } };
    let mut run = Run::new(before, format);
    let refusal = run.apply(line).expect_err(line);
    let shown = format!("{refusal:?}");
    assert!(shown.contains(expected), "{line}: expected {expected}, found {shown}");
    assert_eq!(run.text(), before);
}

#[track_caller]
pub(super) fn told(before: &str, line: &str, path: &str, text: &str, created: bool) {
    let format = if before.starts_with(['{', '[', '"']) { Format::Json } else { Format::Csv { tab: false } };
    let outcome = Run::new(before, format).apply(line).unwrap_or_else(|refusal| panic!("{line}: {refusal}"));
    assert_eq!(outcome, (path.to_owned(), text.to_owned(), created), "{line}");
}

#[test]
fn members_are_set_added_and_removed() {
    json("{}", &["PUT /a \"b\""], "{\n  \"a\": \"b\"\n}");
    json("{}\n", &["UPDATE / {\"key\":\"val\"}"], "{\n  \"key\": \"val\"\n}\n");
    json("", &["PUT /a 1"], "{\n  \"a\": 1\n}");
    json("{\"a\":1}", &["PUT /b 2"], "{\"a\":1,\"b\":2}");
    json("{\"a\": 1, \"b\" : 2}\n", &["PUT /a 1.0"], "{\"a\": 1.0, \"b\" : 2}\n");
    json("{ \"a\": 1 }", &["PUT /b {\"x\":[]}"], "{ \"a\": 1, \"b\": { \"x\": [] } }");
    json("{\"a\":1,\"b\":2,\"c\":3}", &["DELETE /a"], "{\"b\":2,\"c\":3}");
    json("{\"a\":1,\"b\":2,\"c\":3}", &["DELETE /b"], "{\"a\":1,\"c\":3}");
    json("{\"a\":1,\"b\":2,\"c\":3}", &["DELETE /c"], "{\"a\":1,\"b\":2}");
    json("{\n\t\"a\": 1\n}\n", &["DELETE /a"], "{}\n");
    json("{\n\t\"a\": 1\n}\n", &["DELETE /a", "PUT /b 2"], "{\n\t\"b\": 2\n}\n");
    json(
        "{\r\n \"a\" : 1,\r\n \"b\" : 2\r\n}",
        &["PUT /c {\"d\":3}"],
        "{\r\n \"a\" : 1,\r\n \"b\" : 2,\r\n \"c\" : {\r\n  \"d\" : 3\r\n }\r\n}",
    );
    json("\u{feff}{\"a\":1}\r\n", &["PUT /a 2"], "\u{feff}{\"a\":2}\r\n");
    json("[1, 2]", &["PUT /2 3", "PUT /0 9", "DELETE /1"], "[9, 3]");
    json("\"x\"", &["PUT / {\"a\":[1]}"], "{\n  \"a\": [\n    1\n  ]\n}");
}

pub(super) const POSTS: &str = "{\n\t\"posts\": [\n\t\t{\"id\": 1, \"t\": \"a\"},\n\t\t{\"id\": 2, \"t\": \"b\"}\n\t],\n\t\"comments\": [\n\t\t{\"id\": 1, \"postId\": 1},\n\t\t{\"id\": 2, \"postId\": 2},\n\t\t{\"id\": 3, \"postId\": \"1\"}\n\t],\n\t\"profile\": {}\n}\n";

/// [`POSTS`] with one part of it replaced.
fn posts(old: &str, new: &str) -> String {
    assert!(POSTS.contains(old));
    POSTS.replacen(old, new, 1)
}

#[test]
fn elements_are_found_by_key() {
    let last = "{\"id\": 2, \"t\": \"b\"}";
    json(POSTS, &["PUT /posts/2 {\"t\":\"c\"}"], &posts(last, "{\"id\": 2, \"t\": \"c\"}"));
    json(POSTS, &["PUT /posts/2 {\"t\":[1],\"id\":2}"], &posts(last, "{\"t\": [1], \"id\": 2}"));
    json(POSTS, &["PUT /posts/7 {\"t\":\"c\"}"], &posts(last, &format!("{last},\n\t\t{{\"id\": 7, \"t\": \"c\"}}")));
    json(POSTS, &["PUT /posts/2/t null"], &posts("\"b\"", "null"));
    json(POSTS, &["POST /posts {\"t\":\"c\"}"], &posts(last, &format!("{last},\n\t\t{{\"id\": 3, \"t\": \"c\"}}")));
    json(POSTS, &["DELETE /posts/1"], &posts("{\"id\": 1, \"t\": \"a\"},\n\t\t", ""));
    json(POSTS, &["DELETE /posts/2"], &posts(",\n\t\t{\"id\": 2, \"t\": \"b\"}", ""));
    json(POSTS, &["PUT /profile/name \"x\""], &posts("{}", "{\n\t\t\"name\": \"x\"\n\t}"));
    json(POSTS, &["PUT /tags []"], &posts("{}\n", "{},\n\t\"tags\": []\n"));
    json(POSTS, &["DELETE /profile"], &posts(",\n\t\"profile\": {}", ""));
    json(
        "[]",
        &["POST / {\"a\":1}", "POST / {\"a\":2}"],
        "[\n  {\n    \"id\": 1,\n    \"a\": 1\n  },\n  {\n    \"id\": 2,\n    \"a\": 2\n  }\n]",
    );
    json("[{\"id\":\"007\"}]", &["POST / {}"], "[{\"id\":\"007\"},{\"id\":\"008\"}]");
    json("[1,2]", &["POST / 3", "POST / [4,5]"], "[1,2,3,4,5]");
    json("[{\"a\":1}]", &["POST / {\"a\":2}"], "[{\"a\":1},{\"a\":2}]");
    refused(POSTS, "PUT /posts/2 {\"id\":3}", "KeyChange");
    refused(POSTS, "PUT /posts/2/id 3", "KeyChange");
    refused(POSTS, "DELETE /posts/2/id", "KeyChange");
    refused(POSTS, "MERGE /posts/2 {\"id\":null}", "KeyChange");
    refused(POSTS, "PATCH /posts/2 [{\"op\":\"replace\",\"path\":\"/id\",\"value\":9}]", "KeyChange");
    refused(POSTS, "PUT /posts/2 5", "Unfit");
    refused(POSTS, "POST /posts {\"id\":2}", "Taken { name: \"2\" }");
    refused(POSTS, "POST /posts [{\"id\":8},{\"id\":8}]", "Taken { name: \"8\" }");
    refused(POSTS, "POST /posts 5", "Unfit");
    refused(POSTS, "POST /nothing {}", "Missing { path: [\"nothing\"], parent_exists: true }");
    refused(POSTS, "PUT /nothing/1/x {}", "Missing { path: [\"nothing\"], parent_exists: false }");
    refused(POSTS, "PUT /posts/2/t/x 1", "NotPermitted");
    refused(POSTS, "MERGE /posts/3 {}", "Missing");
    refused(POSTS, "DELETE /posts/02", "Missing");
    refused(POSTS, "DELETE /posts", "PUT []");
    refused(POSTS, "DELETE /", "PUT {}");
    refused("[1,2]", "PUT /5 1", "Missing");
    refused("[[1]]", "DELETE /", "PUT []");
}

#[test]
fn outcomes_say_where_and_what() {
    told(POSTS, "PUT /posts/7 {\"t\":1}", "/posts/7", "{\"id\": 7, \"t\": 1}", true);
    told(POSTS, "PUT /posts/2 {\"t\":1}", "/posts/2", "{\"id\": 2, \"t\": 1}", false);
    told(POSTS, "POST /posts {\"t\":1}", "/posts/3", "{\"id\": 3, \"t\": 1}", true);
    told(POSTS, "POST /posts [{\"t\":1},{\"t\":2}]", "/posts", "[{\"id\":3,\"t\":1},{\"id\":4,\"t\":2}]", true);
    told(POSTS, "POST / {\"x\":1}", "/x", "1", true);
    told(POSTS, "DELETE /posts/1/t", "/posts/1/t", "\"a\"", false);
    told("[5]", "POST / 6", "/1", "6", true);
    told("{\"a\":1}", "UPDATE / {\"b\":2}", "/b", "2", true);
    told("id,n\n1,a\n", "POST / {\"n\":\"b\"}", "/2", "{\"id\":\"2\",\"n\":\"b\"}", true);
    told("id,n\n1,a\n", "DELETE /1", "/1", "{\"id\":\"1\",\"n\":\"a\"}", false);
}

#[test]
fn a_freed_key_is_not_given_again() {
    json("[{\"id\":1},{\"id\":2}]", &["DELETE /2", "POST / {}"], "[{\"id\":1},{\"id\":3}]");
    json("[{\"id\":1},{\"id\":2}]", &["PUT / []", "POST / {}"], "[{\"id\":3}]");
    json("{\"a\":[{\"id\":1}]}", &["DELETE /a/1", "POST /a {}"], "{\"a\":[{\"id\":2}]}");
    csv("id,n\n1,a\n9,b\n", &["DELETE /9", "POST / {}"], "id,n\n1,a\n10,\n");
    csv("id,n\n1,a\n9,b\n", &["PUT / []", "POST / {}"], "id,n\n10,\n");
}

#[test]
fn dependents_go_too() {
    let without = posts("{\"id\": 1, \"t\": \"a\"},\n\t\t", "");
    let without =
        without.replace("{\"id\": 1, \"postId\": 1},\n\t\t", "").replace(",\n\t\t{\"id\": 3, \"postId\": \"1\"}", "");
    json(POSTS, &["DELETE /posts/1 comments"], &without);
    refused(POSTS, "DELETE /posts/1 nothing", "NoRelation");
}

#[test]
fn merge_patches() {
    // RFC 7396 appendix A, as members of one object so that scalars are patched too.
    for (old, patch, new) in [
        ("{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"),
        ("{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"),
        ("{\"a\":\"b\"}", "{\"a\":null}", "{}"),
        ("{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"),
        ("{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"),
        ("{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"),
        ("{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"),
        ("{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"),
        ("[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"),
        ("{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"),
        ("{\"a\":\"foo\"}", "null", "null"),
        ("{\"a\":\"foo\"}", "\"bar\"", "\"bar\""),
        ("{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"),
        ("[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"),
        ("{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"),
    ] {
        json(&format!("{{\"x\":{old}}}"), &[&format!("MERGE /x {patch}")], &format!("{{\"x\":{new}}}"));
    }
    json(
        "{\n  \"a\": {\"b\":1,  \"c\": 2}, \"d\":3}",
        &["MERGE / {\"a\":{\"c\":4}}"],
        "{\n  \"a\": {\"b\":1,  \"c\": 4}, \"d\":3}",
    );
}

#[test]
fn json_patches() {
    for (old, patch, new) in [
        // RFC 6902 appendix A.
        ("{\"foo\":\"bar\"}", r#"{"op":"add","path":"/baz","value":"qux"}"#, "{\"foo\":\"bar\",\"baz\":\"qux\"}"),
        (
            "{\"foo\":[\"bar\",\"baz\"]}",
            r#"{"op":"add","path":"/foo/1","value":"qux"}"#,
            "{\"foo\":[\"bar\",\"qux\",\"baz\"]}",
        ),
        ("{\"baz\":1,\"foo\":2}", r#"{"op":"remove","path":"/baz"}"#, "{\"foo\":2}"),
        ("{\"foo\":[\"a\",\"b\",\"c\"]}", r#"{"op":"remove","path":"/foo/1"}"#, "{\"foo\":[\"a\",\"c\"]}"),
        ("{\"baz\":1,\"foo\":2}", r#"{"op":"replace","path":"/baz","value":"boo"}"#, "{\"baz\":\"boo\",\"foo\":2}"),
        (
            "{\"foo\":{\"bar\":1,\"w\":2},\"qux\":{\"c\":3}}",
            r#"{"op":"move","from":"/foo/w","path":"/qux/thud"}"#,
            "{\"foo\":{\"bar\":1},\"qux\":{\"c\":3,\"thud\":2}}",
        ),
        ("{\"foo\":[1,2,3,4]}", r#"{"op":"move","from":"/foo/1","path":"/foo/3"}"#, "{\"foo\":[1,3,4,2]}"),
        ("{\"a\":1}", r#"{"op":"test","path":"/a","value":1.0}"#, "{\"a\":1}"),
        (
            "{\"foo\":\"bar\"}",
            r#"{"op":"add","path":"/child","value":{"g":{}}}"#,
            "{\"foo\":\"bar\",\"child\":{\"g\":{}}}",
        ),
        ("{\"/\":9,\"~1\":10}", r#"{"op":"replace","path":"/~01","value":1}"#, "{\"/\":9,\"~1\":1}"),
        ("{\"foo\":[1]}", r#"{"op":"add","path":"/foo/-","value":[2]}"#, "{\"foo\":[1,[2]]}"),
        ("{\"a\":[1]}", r#"{"op":"copy","from":"/a","path":"/b"}"#, "{\"a\":[1],\"b\":[1]}"),
        ("{\"a\":[1]}", r#"{"op":"replace","path":"","value":2}"#, "2"),
        ("[{\"id\":5},{\"id\":6}]", r#"{"op":"remove","path":"/0"}"#, "[{\"id\":6}]"),
        ("[ 1 , 2 ]", r#"{"op":"add","path":"/0","value":0}"#, "[ 0 , 1 , 2 ]"),
    ] {
        json(&format!("{{\"x\":{old}}}"), &[&format!("PATCH /x [{patch}]")], &format!("{{\"x\":{new}}}"));
    }
    for (patch, expected) in [
        ("{}", "array of operations"),
        (r#"[{"op":"add","path":"/a/b/c","value":1}]"#, "nothing at"),
        (r#"[{"op":"remove","path":"/zz"}]"#, "nothing at"),
        (r#"[{"op":"test","path":"/a","value":"x"}]"#, "test_failed: true"),
        (r#"[{"op":"add","path":"a","value":1}]"#, "no JSON pointer"),
        (r#"[{"op":"jump","path":"/a"}]"#, "found 'jump'"),
        (r#"[{"op":"add","path":"/a"}]"#, "'value'"),
        (r#"[{"op":"move","from":"/o","path":"/o/p"}]"#, "into itself"),
        (r#"[{"op":"add","path":"/l/3","value":1}]"#, "nothing at"),
        (r#"[{"op":"add","path":"/l/01","value":1}]"#, "nothing at"),
        (r#"[{"op":"replace","path":"/a","value":2},{"op":"test","path":"/a","value":1}]"#, "test_failed: true"),
    ] {
        refused("{\"a\":1,\"o\":{\"p\":1},\"l\":[1]}", &format!("PATCH / {patch}"), expected);
    }
}

#[test]
fn duplicates_are_read_but_not_written() {
    let text = "{\"a\":{\"x\":1,\"x\":2},\"b\":{\"y\":1}}";
    for line in ["PUT /a/x 3", "PUT /a/z 3", "DELETE /a", "MERGE /a {\"q\":1}", "PUT /a 1", "POST /a {\"k\":1}"] {
        refused(text, line, "Ambiguous { name: \"x\" }");
    }
    json(text, &["PUT /b/y 2"], "{\"a\":{\"x\":1,\"x\":2},\"b\":{\"y\":2}}");
    let keys = "[{\"id\":1,\"v\":1},{\"id\":1,\"v\":2},{\"id\":2}]";
    for line in ["PUT /1 {}", "DELETE /1", "PUT /1/v 3", "MERGE /1 {}"] {
        refused(keys, line, "Ambiguous { name: \"1\" }");
    }
    json(keys, &["DELETE /2"], "[{\"id\":1,\"v\":1},{\"id\":1,\"v\":2}]");
    refused("id,n\n1,a\n1,b\n", "DELETE /1", "Ambiguous");
    assert_eq!(Run::new(keys, Format::Json).view.find(&["1", "v"]).unwrap().text().concat(), b"1");
}

#[test]
fn action_routes() {
    json("{\"a\":\"1\"}", &["CREATE / {\"b\":\"2\",\"c\":\"3\"}"], "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}");
    json("{\"a\":\"1\"}", &["UPDATE / {\"a\":\"2\",\"c\":\"3\"}"], "{\"a\":\"2\",\"c\":\"3\"}");
    let keyed = "{\"Kim\":{\"grade\":\"3\"}}";
    json(keyed, &["UPDATE / {\"id\":\"Kim\",\"grade\":\"4\",\"x\":\"y\"}"], "{\"Kim\":{\"grade\":\"4\",\"x\":\"y\"}}");
    json(
        keyed,
        &["CREATE / {\"name\":\"Lee\",\"grade\":\"4\"}"],
        "{\"Kim\":{\"grade\":\"3\"},\"Lee\":{\"grade\":\"4\"}}",
    );
    json(keyed, &["CREATE / {\"Lee\":{\"grade\":\"4\"}}"], "{\"Kim\":{\"grade\":\"3\"},\"Lee\":{\"grade\":\"4\"}}");
    json("[{\"id\":1,\"a\":\"x\"}]", &["UPDATE / {\"key\":\"1\",\"a\":\"y\"}"], "[{\"id\":1,\"a\":\"y\"}]");
    json("[{\"id\":1}]", &["CREATE / {\"id\":\"2\",\"a\":\"y\"}"], "[{\"id\":1},{\"id\":2,\"a\":\"y\"}]");
    csv(
        "id,n\n1,a\n",
        &["UPDATE / {\"id\":\"1\",\"n\":\"b\"}", "CREATE / {\"key\":\"2\",\"n\":\"c\"}"],
        "id,n\n1,b\n2,c\n",
    );
    csv("key,value\na,1\n", &["UPDATE / {\"a\":\"2\",\"b\":\"3\"}"], "key,value\na,2\nb,3\n");
    refused("{\"a\":\"1\"}", "CREATE / {\"b\":\"2\",\"a\":\"3\"}", "Taken { name: \"a\" }");
    refused(keyed, "CREATE / {\"id\":\"Kim\"}", "Taken");
    refused("[1]", "UPDATE / {\"a\":\"b\"}", "NotPermitted");
    refused("{\"a\":1}", "UPDATE / {}", "at least one pair");
    refused("id,n\n1,a\n", "UPDATE / {\"id\":\"1\",\"x\":\"b\"}", "UnknownColumn");
    refused("id,n\n1,a\n", "CREATE / {\"id\":\"1\"}", "Taken");
    let mut run = Run::new(keyed, Format::Json);
    let (path, action) = action("UPDATE / {\"id\":\"Kim\",\"grade\":\"4\",\"x\":\"y\"}");
    let outcome = apply(&run.view, &path, &action, run.room, &mut run.given).unwrap();
    let report: Vec<_> =
        outcome.result.report.iter().map(|r| (r.name.as_str(), r.old.clone(), r.new.clone())).collect();
    let text = |text: &'static str| Bytes::from_static(text.as_bytes());
    assert_eq!(report, [("Kim/grade", Some(text("\"3\"")), text("\"4\"")), ("Kim/x", None, text("\"y\""))]);
}

#[test]
fn tables() {
    let table = "id;name;note\r\n7;\"Kim; A\";x\r\n8;Lee;\r\n";
    csv(table, &["PUT /8/name \"Le\\\"e\""], "id;name;note\r\n7;\"Kim; A\";x\r\n8;\"Le\"\"e\";\r\n");
    csv(table, &["MERGE /7 {\"note\":null}"], "id;name;note\r\n7;\"Kim; A\";\r\n8;Lee;\r\n");
    csv(table, &["PUT /8 {\"name\":\"a\"}"], "id;name;note\r\n7;\"Kim; A\";x\r\n8;a;\r\n");
    csv(table, &["PUT /9 {\"note\":5}"], "id;name;note\r\n7;\"Kim; A\";x\r\n8;Lee;\r\n9;;5\r\n");
    csv(
        table,
        &["POST / [{\"name\":\"a\"},{\"id\":\"x\"}]"],
        "id;name;note\r\n7;\"Kim; A\";x\r\n8;Lee;\r\n9;a;\r\nx;;\r\n",
    );
    csv(table, &["DELETE /7"], "id;name;note\r\n8;Lee;\r\n");
    csv(table, &["DELETE /8"], "id;name;note\r\n7;\"Kim; A\";x\r\n");
    csv(table, &["DELETE /7", "DELETE /8"], "id;name;note\r\n");
    csv(table, &["DELETE /7", "DELETE /8", "POST / {\"id\":1}"], "id;name;note\r\n1;;\r\n");
    csv(table, &["DELETE /8/name"], "id;name;note\r\n7;\"Kim; A\";x\r\n8;;\r\n");
    csv(table, &["PUT / []"], "id;name;note\r\n");
    csv(
        table,
        &["PUT / [{\"id\":8,\"name\":\"Lee\"},{\"id\":7,\"name\":\"Kim; A\",\"note\":true}]"],
        "id;name;note\r\n8;Lee;\r\n7;\"Kim; A\";true\r\n",
    );
    csv(table, &["PATCH /7 [{\"op\":\"remove\",\"path\":\"/note\"}]"], "id;name;note\r\n7;\"Kim; A\";\r\n8;Lee;\r\n");
    csv("a,b\n1,2", &["PUT /3 {\"b\":\"4\"}"], "a,b\n1,2\n3,4");
    csv("a,b", &["PUT /3 {\"b\":\"4\"}"], "a,b\n3,4");
    csv("a,b\n1\n", &["PUT /1/a \"1\""], "a,b\n1\n");
    csv("a,b\n1\n", &["PUT /1/b \"x\""], "a,b\n1,x\n");
    csv("id,n\n007,a\n", &["POST / {\"n\":\"b\"}"], "id,n\n007,a\n008,b\n");
    csv("key,value\na,1\nb,2\n", &["PUT /a \"x\"", "PUT /c 3", "DELETE /b"], "key,value\na,x\nc,3\n");
    csv("key,value\na,1\n", &["MERGE / {\"a\":null,\"b\":\"2\"}"], "key,value\nb,2\n");
    csv("", &["PUT /a \"x\""], "key,value\na,x\n");
    for (line, expected) in [
        ("PUT /8/nothing 1", "UnknownColumn { column: \"nothing\", columns: [\"id\", \"name\", \"note\"] }"),
        ("PUT /8 {\"zz\":1}", "UnknownColumn"),
        ("PUT /8/name [1]", "Unfit"),
        ("PUT /8 5", "Unfit"),
        ("PUT /8 {\"id\":9}", "KeyChange"),
        ("PUT /8/id 9", "KeyChange"),
        ("DELETE /8/id", "KeyChange"),
        ("MERGE /5 {}", "Missing"),
        ("PUT /5/name 1", "Missing"),
        ("PUT /8/name/x 1", "NotPermitted"),
        ("POST / {\"id\":8}", "Taken"),
        ("POST /8 {\"id\":8}", "NotPermitted"),
        ("DELETE /", "NotPermitted"),
        ("DELETE /8/nothing", "Missing"),
        ("MERGE / {}", "Unfit"),
        ("PUT / {}", "Unfit"),
    ] {
        refused(table, line, expected);
    }
}

#[test]
fn depth_is_bounded() {
    let deep = format!("PUT /a {}{}", "[".repeat(128), "]".repeat(128));
    refused("{}", &deep, "128 levels");
    let fits = format!("PUT /a {}{}", "[".repeat(127), "]".repeat(127));
    Run::new("{}", Format::Json).apply(&fits).unwrap();
}

#[test]
fn odd_values_elsewhere_stay_as_they_are() {
    let odd = "{\t\"n\" :1e400 , \"z\":-0,\"big\":1234567890123456789012345678901234567890,\n\"e\":\"\\u00e9\\/\", \"x\":  [ 1,[ 2 ] ]  }   \n\n";
    json(odd, &["PUT /z 1"], &odd.replace("-0", "1"));
    json(odd, &["PUT /x/1/0 7"], &odd.replace("2 ]", "7 ]"));
    json(odd, &["DELETE /n"], &odd.replace("\"n\" :1e400 , ", ""));
    json(odd, &["PUT /e \"\\u0041\""], &odd.replace("\\u00e9\\/", "\\u0041"));
}

#[test]
fn a_whole_document_is_replaced_by_rows() {
    let rows = |rows: &str| format!("ROWS / {rows}");
    csv("create\nname\nkim\n", &[&rows(r#"[["update"],["name"],["lee"]]"#)], "update\nname\nlee\n");
    csv("", &[&rows(r#"[["update"],["a,b"],[""],["\"x\""]]"#)], "update\n\"a,b\"\n\"\"\n\"\"\"x\"\"\"\n");
    csv("a;b\r\n1;2\r\n", &[&rows(r#"[["c","d"],["3","4;5"]]"#)], "c;d\r\n3;\"4;5\"\r\n");
    let arrays = "[\n  [\n    \"update\"\n  ],\n  [\n    \"name\"\n  ]\n]";
    json("{}", &[&rows(r#"[["update"],["name"]]"#)], arrays);
    refused("a\n1\n", &rows("[[1]]"), "Unfit");
    refused("a\n1\n", &rows(r#"[["a"],["1","2"]]"#), "Unfit");
}

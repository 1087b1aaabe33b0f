//! What no write may do in silence, over a socket: a collection that becomes another kind of value, a record that can
//! no longer be reached, a key of another type, a body that is taken for what it is not.

use crate::kit::{self, Serve};

const DATA: &str = "{\n  \"posts\": [\n    {\"id\": 1, \"title\": \"a\"},\n    {\"id\": 2, \"title\": \"b\"}\n  ],\n  \"comments\": [\n    {\"id\": 1, \"postId\": 1},\n    {\"id\": 2, \"postId\": 2}\n  ],\n  \"heroes\": [{\"id\": 1}],\n  \"powers\": [{\"id\": 1, \"heroId\": 1}],\n  \"likes\": [],\n  \"plain\": [{\"n\": \"x\"}],\n  \"keyed\": {\"Kim\": {\"g\": 1}},\n  \"mixed\": [{\"id\": 1}, 5],\n  \"half\": [{\"id\": 7}, {\"n\": 1}],\n  \"profile\": {\"name\": \"me\"}\n}\n";

const TABLE: &str = "id,name\r\n1,Kim\r\n2,\"Lee\"\r\n";

/// Sends a request line with fields and a body, and gives status, `Location` and content.
fn send(serve: &Serve, line: &str, fields: &[&str], body: &str) -> (u16, String, String) {
    let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
    let length = body.len();
    let answer = serve.bytes(format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}Content-Length: {length}\r\n\r\n{body}"
    ));
    (answer.status(), answer.field("location").unwrap_or_default().to_owned(), answer.text().to_owned())
}

#[track_caller]
fn refused(serve: &Serve, file: &str, (line, fields, body): (&str, &[&str], &str), status: u16, part: &str) {
    let before = serve.read(file);
    let (found, _, text) = send(serve, line, fields, body);
    assert_eq!(found, status, "{line} {fields:?} {body}: {text}");
    assert!(text.contains(part), "{line} {body}: {text}");
    assert_eq!(serve.read(file), before, "{line} {body}");
}

const JSON: &[&str] = &["Content-Type: application/json"];
const PLAIN: &[&str] = &["Content-Type: text/plain;charset=UTF-8"];
const FORM: &[&str] = &["Content-Type: application/x-www-form-urlencoded"];
const ROWS: &[&str] = &["Content-Type: text/csv"];
const PATCH: &[&str] = &["Content-Type: application/json-patch+json"];

#[test]
fn no_write_breaks_a_collection_of_a_json_file() {
    let serve = kit::serve().file("d.json", DATA).start();
    let bare: &[&str] = &[];
    for (line, fields, body, status, part) in [
        ("PATCH /posts", JSON, "{\"title\":\"x\"}", 422, "an array of records stays one"),
        ("PATCH /posts", PLAIN, "{}", 422, "an array of records"),
        ("PATCH /posts", FORM, "title=x", 422, "an array of records"),
        ("PATCH /posts", bare, "title: x", 422, "an array of records"),
        ("PATCH /posts", PATCH, r#"[{"op":"replace","path":"","value":{}}]"#, 422, "an array of records"),
        ("PATCH /keyed", JSON, "[]", 422, "an object of records"),
        ("PATCH /", JSON, "{\"posts\":{}}", 422, "an array of records"),
        // A filter chooses nothing for a write: it would be of all.
        ("PUT /posts?id=3", JSON, "[]", 400, "a write has no parameter 'id'"),
        ("PUT /posts?id:in=3,4", JSON, "[]", 400, "a write has no parameter 'id:in'"),
        ("PUT /posts?q=1", JSON, "[]", 400, "a write has no parameter 'q'"),
        ("PATCH /posts?id=3", JSON, "[]", 400, "a write has no parameter 'id'"),
        ("PATCH /posts?id[]=3", PATCH, "[]", 400, "a write has no parameter 'id[]'"),
        ("POST /posts?id=77&author=x", JSON, "{\"title\":\"t\"}", 400, "a write has no parameter 'id'"),
        ("POST /create?id=3", bare, "k: v", 400, "a write has no parameter 'id'"),
        ("PUT /update?id=3", bare, "k: v", 400, "a write has no parameter 'id'"),
        ("DELETE /posts/1?title=nothing", bare, "", 400, "a write has no parameter 'title'"),
        ("PUT /posts/1?_dependent=notes", JSON, "{}", 400, "a write has no parameter '_dependent'"),
        ("PUT /posts/2", JSON, "5", 422, "expected an object, a record with its key in 'id'"),
        ("PATCH /posts/2", JSON, "5", 422, "expected an object, a record with its key in 'id'"),
        ("PATCH /posts/2", PATCH, r#"[{"op":"replace","path":"","value":5}]"#, 422, "a record with its key in 'id'"),
        ("PATCH /posts", PATCH, r#"[{"op":"replace","path":"/1","value":5}]"#, 422, "a record with its key in 'id'"),
        ("PATCH /", PATCH, r#"[{"op":"replace","path":"/posts/1","value":[]}]"#, 422, "a record with its key in 'id'"),
        ("PATCH /posts", PATCH, r#"[{"op":"add","path":"/1","value":5}]"#, 422, "as the other elements are"),
        ("PATCH /posts", PATCH, r#"[{"op":"add","path":"/-","value":null}]"#, 422, "as the other elements are"),
        ("PATCH /posts", PATCH, r#"[{"op":"add","path":"/2","value":"x"}]"#, 422, "as the other elements are"),
        ("PATCH /posts", PATCH, r#"[{"op":"copy","from":"/0/title","path":"/0"}]"#, 422, "as the other elements are"),
        ("PATCH /posts", PATCH, r#"[{"op":"move","from":"/0/title","path":"/-"}]"#, 422, "as the other elements are"),
        ("PATCH /heroes", PATCH, r#"[{"op":"remove","path":"/0"},{"op":"add","path":"/0","value":5}]"#, 422, "in it"),
        ("PATCH /posts", PATCH, r#"[{"op":"replace","path":"","value":[{"id":1},5]}]"#, 422, "a single value in it"),
        ("PATCH /", PATCH, r#"[{"op":"replace","path":"","value":{"posts":5}}]"#, 422, "an array of records stays one"),
        ("POST /posts", JSON, "[{\"id\":9},5]", 422, "as the other elements are"),
        ("PUT /posts", JSON, "[{\"id\":1},null]", 409, "an array of records stays one, found null in it"),
        ("PATCH /posts", JSON, "[[]]", 422, "found an array in it"),
        ("PATCH /", JSON, "{\"posts\":[5]}", 422, "found a single value in it"),
        ("PUT /", JSON, "{\"posts\":[5]}", 409, "found a single value in it"),
        ("PUT /half/1", JSON, "5", 422, "as the other elements are"),
        ("PATCH /half/1", JSON, "5", 422, "as the other elements are"),
        ("PATCH /half", PATCH, r#"[{"op":"replace","path":"/1","value":5}]"#, 422, "as the other elements are"),
        ("PUT /posts", JSON, "{\"title\":\"x\"}", 409, "kind-change"),
        ("PUT /posts", FORM, "title=x", 409, "PUT []"),
        ("PUT /posts", bare, "title: x", 409, "kind-change"),
        ("PUT /posts", JSON, "[{\"id\":1},{\"id\":1}]", 409, "'1' exists already"),
        ("PATCH /posts", PATCH, r#"[{"op":"add","path":"/-","value":{"id":2}}]"#, 409, "'2' exists already"),
        ("POST /posts", ROWS, "id,title\n7,x\n7,y\n", 409, "exists already"),
        ("PUT /posts/abc", JSON, "{}", 422, "a whole number"),
        ("PUT /posts/007", FORM, "title=x", 422, "a whole number"),
        ("POST /posts", ROWS, "id,title\nx,y\n", 422, "a whole number"),
        ("POST /plain", JSON, "{\"id\":0}", 409, "exists already"),
        ("POST /posts", &["Content-Type: text/html"][..], "{\"title\":\"x\"}", 415, "text/html"),
        ("POST /posts", &["Content-Type: application/xml"][..], "<a/>", 415, "application/xml"),
        ("POST /posts", PLAIN, "{\"title\":\"a:b&c", 400, "malformed-json"),
        ("POST /posts", PLAIN, "hello there", 400, "malformed-pairs"),
        ("POST /profile", JSON, "{\"\\ud83d\":1}", 422, "surrogate"),
        ("PUT /posts/1/comments", JSON, "[]", 409, "POST adds one"),
        ("PATCH /posts/1/comments", JSON, "[]", 405, "POST adds"),
        ("POST /posts/1/comments", JSON, "{\"postId\":2}", 409, "postId"),
        ("POST /posts/9/comments", JSON, "{}", 404, "not-found"),
        ("PUT /posts/1/comments/1", JSON, "{\"postId\":2}", 409, "'postId' is '1' by the path"),
        ("GET /posts/1/comments/2", bare, "", 404, "nothing at '/posts/1/comments/2'"),
        ("PUT /", JSON, "{\"posts\":{}}", 409, "an array of records"),
        ("PUT /", JSON, "{\"posts\":5}", 409, "an array of records"),
        ("PUT /", JSON, "{\"keyed\":[]}", 409, "an object of records"),
        ("DELETE /keyed", bare, "", 405, "a whole collection is not deleted"),
        ("DELETE /", bare, "", 405, "the whole document is not deleted"),
        ("DELETE /posts/1/comments/2", bare, "", 404, "not-found"),
        ("DELETE /posts/1?_dependent=profile", bare, "", 400, "no-relation"),
        ("DELETE /posts/1?_dependent=powers", bare, "", 400, "no record of 'powers' has a member 'postId'"),
        ("GET /posts?_embed=powers", bare, "", 400, "powers"),
        ("GET /comments?_expand=hero", bare, "", 400, "hero"),
        ("PUT /profile", &["Content-Type: text/plain", "Content-Type: application/json"][..], "{}", 400, "sent twice"),
        ("GET /posts", &["Range: bytes=0-1", "Range: bytes=2-3"][..], "", 400, "'Range'"),
        ("PUT /profile", &["Content-Encoding: identity", "Content-Encoding: gzip"][..], "{}", 415, "gzip"),
    ] {
        refused(&serve, "d.json", (line, fields, body), status, part);
    }
    // What is no list of records stays free.
    for (line, fields, body, expected) in [
        ("PATCH /mixed", PATCH, r#"[{"op":"replace","path":"/1","value":6}]"#, "[{\"id\": 1}, 6]"),
        ("PATCH /plain", PATCH, r#"[{"op":"add","path":"/0","value":6}]"#, "[6, {"),
        ("PUT /mixed", JSON, "[{\"id\": 1}, 6, 7]", "[{\"id\": 1}, 6, 7]"),
        ("PATCH /profile", PATCH, r#"[{"op":"add","path":"/list","value":[5]}]"#, "\"list\": ["),
    ] {
        let (status, _, text) = send(&serve, line, fields, body);
        assert!(status == 200 && text.contains(expected), "{line}: {status} {text}");
    }
    let dates =
        ["If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"];
    assert_eq!(send(&serve, "GET /posts", &dates, "").0, 200);
    assert_eq!(send(&serve, "GET /posts", &dates[..1], "").0, 304);
}

#[test]
fn what_is_written_is_found_again() {
    let serve = kit::serve().file("d.json", DATA).start();
    for (line, fields, body, status, location, content) in [
        ("POST /posts", PLAIN, "{\"title\":\"a:b & c\"}", 201, "/posts/3", "{\"id\": 3, \"title\": \"a:b & c\"}"),
        ("POST /posts", FORM, "id=7&title=x", 201, "/posts/7", "{\"id\": 7, \"title\": \"x\"}"),
        ("PUT /posts/7", FORM, "id=7&title=y", 200, "", "{\"id\": 7, \"title\": \"y\"}"),
        ("PATCH /posts/7", FORM, "id=7", 200, "", "{\"id\": 7, \"title\": \"y\"}"),
        ("POST /posts", JSON, "[]", 200, "", "[]"),
        ("POST /posts", ROWS, "id,title\n", 200, "", "[]"),
        ("POST /profile", JSON, "{}", 200, "", "{}"),
        ("POST /plain", JSON, "{\"id\":9}", 201, "/plain/9", "{\"id\": 9}"),
        ("GET /plain/0", JSON, "", 200, "", "{\"n\": \"x\"}"),
        ("PUT /plain/0", JSON, "{\"id\":4}", 200, "/plain/4", "{\"id\": 4}"),
        ("PUT /profile/cut", JSON, "\"\\ud83d\"", 201, "/profile/cut", "\"\\ud83d\""),
        ("GET /profile/cut", JSON, "", 200, "", "\"\\ud83d\""),
        (
            "POST /posts/2/comments",
            JSON,
            "{\"body\":\"x\"}",
            201,
            "/comments/3",
            "{\"id\": 3, \"postId\": 2, \"body\": \"x\"}",
        ),
        ("GET /posts/2/comments/3", JSON, "", 200, "", "{\"id\": 3, \"postId\": 2, \"body\": \"x\"}"),
        ("PATCH /posts/2/comments/3", JSON, "{\"body\":\"y\"}", 200, "", "{\"id\": 3, \"postId\": 2, \"body\": \"y\"}"),
        ("PUT /posts/2/comments/3", JSON, "{\"body\":\"y\"}", 200, "", "{\"id\": 3, \"postId\": 2, \"body\": \"y\"}"),
        ("DELETE /posts/2/comments/3", JSON, "", 200, "", "{\"id\": 3, \"postId\": 2, \"body\": \"y\"}"),
        ("GET /profile?_fields=", JSON, "", 200, "", "{\"name\": \"me\", \"cut\": \"\\ud83d\"}"),
        ("GET /posts/1/likes", JSON, "", 200, "", "[]"),
        ("GET /posts/1?_embed=likes", JSON, "", 200, "", "{\"id\":1,\"title\":\"a\",\"likes\":[]}"),
        ("GET /heroes/1/powers", JSON, "", 200, "", "[{\"id\": 1, \"heroId\": 1}]"),
        ("GET /powers/1?_expand=hero&_fields=id,hero", JSON, "", 200, "", "{\"id\":1,\"hero\":{\"id\": 1}}"),
    ] {
        let (found, place, text) = send(&serve, line, fields, body);
        assert_eq!(found, status, "{line} {body}: {text}");
        assert!(place.ends_with(location) && place.is_empty() == location.is_empty(), "{line}: {place}");
        let (text, content) = (text.replace([' ', '\n'], ""), content.replace([' ', '\n'], ""));
        assert!(content.is_empty() || text == content, "{line} {body}: {text}");
    }
    assert_eq!(send(&serve, "POST /likes", JSON, "{\"by\":\"\\ud83d\"}").0, 201);
    let (text, rows): (&[&str], &[&str]) = (&["Accept: text/plain"], &["Accept: text/csv"]);
    for (line, fields) in [("GET /profile/cut", text), ("GET /likes", rows), ("GET /likes?id=1", rows)] {
        refused(&serve, "d.json", (line, fields, ""), 406, "application/json");
    }
    let allow = serve.bytes("OPTIONS /posts/1/comments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!(allow.field("allow"), Some("GET, HEAD, OPTIONS, POST"));
    assert_eq!(send(&serve, "DELETE /likes/1", &[], "").0, 200);
    assert_eq!(send(&serve, "PUT /likes", JSON, "{\"a\":1}").0, 200, "an empty collection may become another");
}

#[test]
fn the_same_of_a_table() {
    let serve = kit::serve().file("t.csv", TABLE).start();
    for (line, fields, body, status, part) in [
        ("PATCH /", JSON, "{\"name\":\"x\"}", 422, "array"),
        ("PUT /", JSON, "{}", 422, "array"),
        ("PUT /", JSON, "[{\"id\":\"1\"},{\"id\":\"1\"}]", 409, "exists already"),
        ("PUT /1/name", JSON, "\"\\udc00\"", 422, "surrogate"),
        ("POST /", JSON, "{\"name\":\"\\udc00\"}", 422, "surrogate"),
        ("POST /", PLAIN, "{\"name\":\"a:b", 400, "malformed-json"),
        ("POST /", ROWS, "id,nme\n", 422, "no column 'nme'"),
        ("POST /", ROWS, "id,nme\n7,x\n", 422, "unknown-column"),
        ("POST /", ROWS, "{\"name\":\"x\"}", 422, "unknown-column"),
    ] {
        refused(&serve, "t.csv", (line, fields, body), status, part);
    }
    assert_eq!(send(&serve, "POST /", ROWS, "id,name\n",).0, 200);
    assert_eq!(send(&serve, "POST /", PLAIN, "{\"name\":\"a:b\"}").1.rsplit('/').next(), Some("3"));
    assert_eq!(serve.read("t.csv"), format!("{TABLE}3,\"a:b\"\r\n"));
}

/// The text of a file may be sent back as it is.
#[test]
fn columns_without_names_are_known_by_those_that_they_are_shown_with() {
    let text = ",n,n\n1,x,y\n2,x,y\n";
    let serve = kit::serve().file("t.csv", text).start();
    assert_eq!(send(&serve, "PUT /", ROWS, text).0, 200);
    assert_eq!(serve.read("t.csv"), text);
    let (status, _, answer) = send(&serve, "POST /", ROWS, "\"\",n\n3,z\n");
    assert!(status == 409 && answer.contains("'n' more than once"), "{status} {answer}");
    assert_eq!(send(&serve, "POST /", ROWS, "\"\"\n3\n").2, "[{\"column_1\":\"3\",\"n\":\"\",\"n_2\":\"\"}]");
}

#[test]
fn what_makes_a_table_of_an_empty_file_is_answered_as_it_is_stored() {
    let serve = kit::serve().file("t.csv", "").start();
    refused(&serve, "t.csv", ("POST /", JSON, "[{}]"), 422, "name the columns");
    let (status, _, answer) = send(&serve, "POST /", JSON, "[{\"id\":1,\"n\":true}]");
    assert_eq!((status, &*answer), (201, "[{\"id\":\"1\",\"n\":\"true\"}]"));
}

#[test]
fn records_that_have_names_are_added_below_the_one_that_they_point_at() {
    let data = "{\"posts\":[{\"id\":1}],\"notes\":{\"a\":{\"postId\":1}}}";
    let serve = kit::serve().file("d.json", data).start();
    let (status, place, text) = send(&serve, "POST /posts/1/notes", JSON, "{\"id\":\"b\",\"x\":1}");
    assert_eq!((status, &*text), (201, "{\"postId\":1,\"x\":1}"));
    assert!(place.ends_with("/notes/b"), "{place}");
    let (status, place, _) = send(&serve, "POST /posts/1/notes", JSON, "{\"x\":2}");
    let name = place.rsplit('/').next().unwrap();
    assert!(status == 201 && !name.is_empty() && name != "notes", "{place}");
    assert_eq!(send(&serve, &format!("GET /posts/1/notes/{name}"), &[], "").2, "{\"postId\":1,\"x\":2}");
    for (body, status, part) in [
        ("{\"id\":\"a\"}", 409, "'a' exists already"),
        ("[{\"id\":\"c\"},{\"id\":\"c\"}]", 409, "'c' exists already"),
        ("{\"id\":[]}", 422, "a text or a number as key"),
        ("7", 422, "an object"),
    ] {
        refused(&serve, "d.json", ("POST /posts/1/notes", JSON, body), status, part);
    }
}

#[test]
fn the_root_of_several_files_says_where_they_are_written() {
    let serve = kit::serve().file("a.json", "[]").file("b.json", "{}").start();
    for line in ["POST /", "PUT /", "PATCH /", "DELETE /"] {
        refused(&serve, "a.json", (line, JSON, "{}"), 405, "each file is written at its own path");
    }
}

#[test]
fn records_point_at_those_of_the_same_file_where_several_are_served() {
    let db = "{\"posts\":[{\"id\":5}],\"comments\":[{\"id\":1,\"postId\":5},{\"id\":2,\"postId\":6}],\"likes\":[]}";
    let serve = kit::serve()
        .file("db.json", db)
        .file("other.json", "{\"comments\":[{\"id\":9,\"postId\":5}]}")
        .file("notes.csv", "id,taskId,dbId\n1,7,posts\n")
        .file("tasks.json", "[{\"id\":7}]")
        .argument("--types")
        .argument("auto")
        .start();
    for (line, expected) in [
        ("GET /db/posts/5/comments", "[{\"id\":1,\"postId\":5}]"),
        ("GET /db/posts/5/comments/1", "{\"id\":1,\"postId\":5}"),
        ("GET /db/posts/5/likes", "[]"),
        ("GET /db/posts?_embed=comments", "[{\"id\":5,\"comments\":[{\"id\":1,\"postId\":5}]}]"),
        ("GET /db/posts/5?_embed=comments", "{\"id\":5,\"comments\":[{\"id\":1,\"postId\":5}]}"),
        ("GET /db/comments/1?_expand=post", "{\"id\":1,\"postId\":5,\"post\":{\"id\":5}}"),
        ("GET /db/posts/5/comments?_expand=post", "[{\"id\":1,\"postId\":5,\"post\":{\"id\":5}}]"),
        // Files that are collections themselves are beside one another.
        ("GET /tasks/7/notes?_fields=id", "[{\"id\":1}]"),
        ("GET /tasks/7?_embed=notes&_fields=id", "{\"id\":7,\"notes\":[{\"id\":1,\"taskId\":7,\"dbId\":\"posts\"}]}"),
    ] {
        let (status, _, text) = send(&serve, line, &[], "");
        assert_eq!((status, &*text), (200, expected), "{line}");
    }
    for (line, body, status, part) in [
        ("GET /db/posts/5/comments/2", "", 404, "nothing at '/db/posts/5/comments/2'"),
        ("GET /db/posts/5/nothing", "", 404, "not-found"),
        ("GET /db/posts/notes", "", 404, "not-found"),
        ("GET /other/comments?_expand=post", "", 400, "bad-query"),
        ("PUT /db/posts/5/comments", "[]", 409, "PUT '/db/comments' replaces all"),
        ("PUT /db/posts/5/comments/1", "{\"postId\":6}", 409, "'postId' is '5' by the path"),
    ] {
        refused(&serve, "db.json", (line, JSON, body), status, part);
    }
    let events = &["Accept: text/event-stream"];
    refused(&serve, "db.json", ("GET /db/posts/5/comments", events, ""), 406, "follow '/db/comments'");
    let (status, place, text) = send(&serve, "POST /db/posts/5/comments", JSON, "{}");
    assert_eq!((status, &*text), (201, "{\"id\":3,\"postId\":5}"));
    assert!(place.ends_with("/db/comments/3"), "{place}");
    assert_eq!(send(&serve, "PUT /db/posts/5/comments/1", JSON, "{\"a\":1}").0, 200);
    assert_eq!(send(&serve, "DELETE /db/posts/5/comments/3", &[], "").0, 200);
    assert_eq!(serve.read("db.json"), db.replace("{\"id\":1,\"postId\":5}", "{\"id\":1,\"postId\":5,\"a\":1}"));
    let answer = serve.bytes("OPTIONS /db/posts/5/comments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!(answer.field("allow").unwrap(), "GET, HEAD, OPTIONS, POST");
}

#[test]
fn members_that_point_elsewhere_may_be_named_otherwise() {
    let data = "{\"people\":[{\"id\":1}],\"cards\":[{\"id\":1,\"person_id\":1}]}";
    let serve = kit::serve().file("d.json", data).argument("--foreign-key-suffix").argument("_id").start();
    assert_eq!(send(&serve, "GET /people/1/cards", &[], "").2, "[{\"id\":1,\"person_id\":1}]");
    assert_eq!(send(&serve, "POST /people/1/cards", JSON, "{}").2, "{\"id\":2,\"person_id\":1}");
}

#[test]
fn files_in_other_encodings_are_named_or_only_read() {
    let text: Vec<u8> = "id,name\r\n1,Kim\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let refused = kit::serve().file("d.csv", &text).run().code(1);
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("UTF-16LE") && said.contains("iconv") && said.contains("--encoding"), "{said}");
    let serve = kit::serve().file("d.csv", &text).argument("--encoding").argument("utf-16le").start();
    assert_eq!(send(&serve, "GET /1/name", &[], "").2, "\"Kim\"");
    let (status, _, detail) = send(&serve, "PUT /1/name", JSON, "\"x\"");
    assert!(status == 405 && detail.contains("'--encoding'"), "{status} {detail}");
    assert_eq!(std::fs::read(serve.path("d.csv")).unwrap(), text);
}

/// Also where it is so much that it is made while it is sent.
#[test]
fn a_chosen_member_inside_another_is_a_column_of_a_large_export() {
    let record = |n: usize| format!("{{\"id\":{n},\"by\":{{\"name\":\"n, {n}\",\"long\":\"{}\"}}}}", "x".repeat(300));
    let records: Vec<String> = (1..=1500).map(record).collect();
    let serve = kit::serve().file("d.json", format!("{{\"posts\":[{}]}}", records.join(","))).start();
    let (rows, lines): (String, String) = (1..=1500)
        .map(|n| (format!("{n},\"n, {n}\"\r\n"), format!("{{\"id\":{n},\"by\":{{\"name\":\"n, {n}\"}}}}\n")))
        .collect();
    for (form, content) in [("csv", format!("id,by.name\r\n{rows}")), ("ndjson", lines)] {
        let target = format!("/posts?_fields=by.name,id&_format={form}");
        let answer = serve.ask("GET", &target, "");
        assert_eq!(answer.field("transfer-encoding"), Some("chunked"), "{form}");
        assert!(answer.text() == content, "{form}: {}", &answer.text()[..200]);
    }
}

/// Also where they are so many that it is remembered what they are called, and as they change.
#[test]
fn the_key_of_a_record_stands_beside_an_id_of_its_own() {
    let record = |n: usize| format!("\"k{n}\":{{\"id\":\"k{n}\",\"pad\":\"{}\"}}", "x".repeat(300));
    let records: Vec<String> = (1..=1500).map(record).collect();
    let data = format!(
        "{{\"notes\":{{{}}},\"posts\":[{{\"id\":1}}],\"seen\":{{\"a\":{{\"postId\":1,\"id\":5}}}}}}",
        records.join(",")
    );
    let serve = kit::serve().file("d.json", &data).start();
    let first = |target: &str| serve.ask("GET", target, "").text().split_inclusive('\n').take(2).collect::<String>();
    let (one, rows) = ("/notes?id=k1&_fields=id,key", "/notes?_fields=id,key&_format=csv");
    for (method, target, body, shown, header) in [
        ("GET", "/notes/k1/id", "", "[{\"id\":\"k1\"}]", "id\r\nk1\r\n"),
        ("PATCH", "/notes/k3", "{\"id\":3}", "[{\"key\":\"k1\",\"id\":\"k1\"}]", "key,id\r\nk1,k1\r\n"),
        ("PATCH", "/notes/k3", "{\"id\":\"k3\"}", "[{\"id\":\"k1\"}]", "id\r\nk1\r\n"),
        ("PUT", "/notes/new", "{\"id\":null}", "[{\"key\":\"k1\",\"id\":\"k1\"}]", "key,id\r\nk1,k1\r\n"),
        ("DELETE", "/notes/new", "", "[{\"id\":\"k1\"}]", "id\r\nk1\r\n"),
    ] {
        let status = serve.ask(method, target, body).status();
        assert!(status == 200 || status == 201, "{method} {target}: {status}");
        assert_eq!(serve.ask("GET", one, "").text(), shown, "after {method} {target} {body}");
        assert_eq!(first(rows), header, "after {method} {target} {body}");
    }
    // What is added by its key is stored without it, and with the `id` of its own.
    let (status, place, text) = send(&serve, "POST /posts/1/seen", JSON, "{\"key\":\"b\",\"id\":6}");
    assert_eq!((status, &*text), (201, "{\"postId\":1,\"id\":6}"));
    assert!(place.ends_with("/seen/b"), "{place}");
    assert_eq!(
        send(&serve, "GET /posts/1/seen?_fields=key,id", &[], "").2,
        "[{\"key\":\"a\",\"id\":5},{\"key\":\"b\",\"id\":6}]"
    );
    let outline = send(&serve, "GET /seen", &["Accept: application/vnd.httpkit.outline+json"], "").2;
    assert!(outline.contains("\"key\":\"key\""), "{outline}");
}

#[test]
fn a_record_added_among_those_that_say_their_key_says_it_too() {
    let data = "{\"posts\":[{\"id\":1}],\"notes\":{\"a\":{\"id\":\"a\",\"postId\":1},\"7\":{\"id\":7,\"postId\":1}}}";
    let serve = kit::serve().file("d.json", data).start();
    let (status, place, text) = send(&serve, "POST /posts/1/notes", JSON, "{\"id\":8}");
    assert_eq!((status, &*text), (201, "{\"postId\":1,\"id\":8}"));
    assert!(place.ends_with("/notes/8"), "{place}");
    let (status, place, text) = send(&serve, "POST /posts/1/notes", JSON, "{\"x\":1}");
    let name = place.rsplit('/').next().unwrap();
    assert_eq!((status, text), (201, format!("{{\"id\":\"{name}\",\"postId\":1,\"x\":1}}")));
}

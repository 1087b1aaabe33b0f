//! `serve --strict`: what is written is of the types that the data has.

use crate::kit::{Answer, Serve, serve};

const DB: &str = r#"{
  "posts": [
    {"id": 1, "title": "a", "views": 5, "born": "2026-05-02", "meta": {"n": 1}, "tags": ["x"], "note": null, "by": "Kim"},
    {"id": 2, "title": "b", "views": 7, "born": "2026-05-03", "meta": {"n": 2, "m": "y"}}
  ],
  "people": {"Kim": {"age": 30}, "Lee": {"age": 31, "mail": "x"}},
  "profile": {"name": "me", "more": {"deep": 1}},
  "scores": [1.5, 2],
  "empty": []
}
"#;

const TABLE: &str = "id,name,born\n1,a,2026-05-02\n2,b,2026-05-03\n";

/// A write: method and path, the media type, the body.
type Write = (&'static str, &'static str, &'static str);

const JSON: &str = "application/json";
const PATCH: &str = "application/json-patch+json";
const FORM: &str = "application/x-www-form-urlencoded";

fn send(serve: &Serve, (line, media_type, body): Write) -> Answer {
    let host = serve.address();
    let length = body.len();
    serve.bytes(format!(
        "{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    ))
}

#[track_caller]
fn refused(serve: &Serve, file: &str, write: Write, status: u16, said: &str) {
    let before = serve.read(file);
    let answer = send(serve, write);
    assert_eq!(answer.status(), status, "{write:?}: {}", answer.text());
    assert!(answer.text().contains(said), "{write:?}: {}", answer.text());
    assert_eq!(serve.read(file), before, "{write:?}");
}

#[test]
fn a_write_of_another_type_is_refused_whatever_it_comes_as() {
    let serve = serve().file("db.json", DB).argument("--strict").start();
    for (line, media_type, body, said) in [
        ("POST /posts", JSON, r#"{"title": 5}"#, "'title': expected string as in the data (--strict), found number 5"),
        (
            "POST /posts",
            JSON,
            r#"{"title": "x", "views": "5", "born": "2026-01-01", "meta": {"n": 1}}"#,
            "'views': expected integer",
        ),
        (
            "POST /posts",
            JSON,
            r#"{"title": "x", "views": 5.5}"#,
            "'views': expected integer as in the data (--strict), found number 5.5",
        ),
        ("POST /posts", JSON, r#"{"title": "x", "views": 5}"#, "'born' would be missing"),
        (
            "POST /posts",
            JSON,
            r#"{"title": "x", "views": 5, "born": "soon"}"#,
            "'born': expected string in the format 'date'",
        ),
        (
            "POST /posts",
            JSON,
            r#"{"title": "x", "views": 5, "born": "2026-01-01", "meta": {"n": "1"}}"#,
            "'meta.n': expected integer",
        ),
        ("POST /posts", JSON, r#"[{"title": "x"}, {"title": true}]"#, "'0.views' would be missing"),
        ("POST /posts", JSON, r#"{"id": "9", "title": "x"}"#, "'id': expected integer"),
        (
            "POST /posts",
            FORM,
            "title=x&views=5&born=2026-01-01",
            "'views': expected integer as in the data (--strict), found string",
        ),
        ("POST /posts", "text/plain", "title: x&views: 5", "'views': expected integer"),
        ("POST /posts", "text/csv", "title,views\nx,y\n", "'0.views': expected integer"),
        ("PUT /posts/1", JSON, r#"{"title": "x"}"#, "'views' would be missing"),
        // Also where nothing would change.
        (
            "PUT /posts/1",
            JSON,
            r#"{"id": null, "title": "a", "views": 5, "born": "2026-05-02", "meta": {"n": 1}, "tags": ["x"], "note": null, "by": "Kim"}"#,
            "'id': expected integer as in the data (--strict), found null",
        ),
        ("PUT /posts/9", JSON, r#"{"title": null}"#, "'title': expected string as in the data (--strict), found null"),
        ("PUT /posts/1/views", JSON, "\"x\"", "'views': expected integer as in the data (--strict), found string"),
        ("PUT /posts/1/meta/n", "text/plain", "x", "'n': expected integer"),
        (
            "PUT /posts/1/meta/n",
            "text/plain",
            "1.5",
            "'n': expected integer as in the data (--strict), found number 1.5",
        ),
        ("PUT /posts/1/views", JSON, "1e-1", "'views': expected integer as in the data (--strict), found number 1e-1"),
        (
            "PATCH /posts/1",
            JSON,
            r#"{"views": 1.5}"#,
            "'views': expected integer as in the data (--strict), found number 1.5",
        ),
        ("PATCH /posts/1", PATCH, r#"[{"op": "add", "path": "/views", "value": 1.5}]"#, "'views': expected integer"),
        ("PATCH /people", JSON, r#"{"New": {"age": 1.5}}"#, "'New.age': expected integer"),
        ("PUT /posts", JSON, r#"[{"title": "x"}]"#, "'0.id' would be missing"),
        ("PATCH /posts/1", JSON, r#"{"views": "x"}"#, "'views': expected integer"),
        ("PATCH /posts/1", JSON, r#"{"views": null}"#, "'views' would be missing"),
        ("PATCH /posts/1", JSON, r#"{"meta": {"n": null}}"#, "'meta.n' would be missing"),
        ("PATCH /posts/1", JSON, r#"{"meta": {"m": 1}}"#, "'meta.m': expected string"),
        ("PATCH /posts/1", "application/merge-patch+json", r#"{"tags": [1]}"#, "'tags.0': expected string"),
        ("PATCH /posts/1", FORM, "views=x", "'views': expected integer"),
        (
            "PATCH /posts/1",
            PATCH,
            r#"[{"op": "replace", "path": "/views", "value": "x"}]"#,
            "'views': expected integer",
        ),
        ("PATCH /posts/1", PATCH, r#"[{"op": "remove", "path": "/title"}]"#, "'title' would be missing"),
        ("PATCH /posts/1", PATCH, r#"[{"op": "move", "from": "/by", "path": "/views"}]"#, "'views': expected integer"),
        ("PATCH /posts", PATCH, r#"[{"op": "add", "path": "/-", "value": {"id": 7}}]"#, "would be missing"),
        ("DELETE /posts/1/title", JSON, "", "'title' would be missing"),
        ("POST /posts/1", JSON, r#"{"mail": 1, "by2": 1, "note": {"x": 1}, "title": "x"}"#, "exists"),
        ("POST /posts/2", JSON, r#"{"by": 5}"#, "'by': expected string"),
        ("PUT /people/Kim", JSON, r#"{"mail": "x"}"#, "'age' would be missing"),
        ("PUT /people/New", JSON, r#"{"age": "x"}"#, "'age': expected integer"),
        ("PUT /people/New", JSON, "5", "'New': expected object as in the data (--strict), found number 5"),
        ("POST /people", JSON, r#"{"New": {"age": "x"}}"#, "'New.age': expected integer"),
        ("PATCH /people", JSON, r#"{"New": {"age": "x"}}"#, "'New.age': expected integer"),
        ("PATCH /people", JSON, r#"{"Lee": {"age": null}}"#, "'Lee.age' would be missing"),
        ("PUT /profile/name", JSON, "5", "'name': expected string"),
        ("PATCH /profile", JSON, r#"{"more": {"deep": []}}"#, "'more.deep': expected integer"),
        ("POST /scores", JSON, "\"x\"", "'scores': expected number"),
        ("PUT /scores/0", JSON, "true", "'0': expected number"),
        ("PATCH /", JSON, r#"{"scores": 5}"#, "'scores': expected array"),
        ("PUT /", JSON, r#"{"profile": {"name": 5}}"#, "'profile.name': expected string"),
        ("PUT /update", JSON, r#"{"scores": "x"}"#, "'scores': expected array"),
        ("PUT /update", "text/plain", "profile: x", "'profile': expected object"),
    ] {
        refused(&serve, "db.json", (line, media_type, body), if said == "exists" { 409 } else { 422 }, said);
    }
    let write = ("POST /posts", JSON, r#"{"title": 5}"#);
    assert!(send(&serve, write).text().contains("\"code\":\"schema-mismatch\""));
}

#[test]
fn what_keeps_to_the_types_is_taken() {
    let serve = serve().file("db.json", DB).argument("--strict").start();
    for (line, media_type, body, status) in [
        (
            "POST /posts",
            JSON,
            r#"{"title": "x", "views": 5.0, "born": "2026-01-01", "meta": {"n": 1}, "new": [1, "x"]}"#,
            201,
        ),
        (
            "POST /posts",
            JSON,
            r#"[{"title": "x", "views": 1e2, "born": "2026-01-01", "meta": {"n": 1}, "note": "any"}]"#,
            201,
        ),
        ("PUT /posts/9", JSON, r#"{"title": "x", "views": 5, "born": "2026-01-01", "meta": {"n": 1}}"#, 201),
        ("PATCH /posts/1", JSON, r#"{"views": 6, "by": null, "more": {"a": null}}"#, 200),
        ("PATCH /posts/1", FORM, "title=y", 200),
        ("PATCH /posts/1", JSON, r#"{"views": 1e0}"#, 200),
        ("PUT /posts/1/meta/n", "text/plain", "1.0", 200),
        (
            "PATCH /posts/1",
            PATCH,
            r#"[{"op": "replace", "path": "/views", "value": 8}, {"op": "add", "path": "/tags/0", "value": "z"}]"#,
            200,
        ),
        ("DELETE /posts/9", JSON, "", 200),
        ("PUT /people/New", JSON, r#"{"age": 5}"#, 201),
        ("PATCH /people", JSON, r#"{"Kim": null, "Newer": {"age": 1}}"#, 200),
        ("PATCH /profile", JSON, r#"{"name": null, "other": 5}"#, 200),
        ("DELETE /profile/more", JSON, "", 200),
        ("PUT /profile", JSON, "{}", 200),
        ("POST /scores", JSON, "[1, 2.5]", 201),
        ("PUT /fresh", JSON, "\"anything\"", 201),
        ("PUT /fresh", JSON, "5", 200),
        ("PUT /update", "text/plain", "key: val", 200),
    ] {
        let answer = send(&serve, (line, media_type, body));
        assert_eq!(answer.status(), status, "{line} {body}: {}", answer.text());
    }
    // What a patch cannot know is a conflict, no mistake in the patch.
    let without = serve.read("db.json");
    let answer = send(&serve, ("PATCH /people", JSON, r#"{"Fresh": {"mail": "x"}}"#));
    assert_eq!(answer.status(), 409, "{}", answer.text());
    assert!(answer.text().contains("'Fresh.age' would be missing") && answer.text().contains("\"incomplete\""));
    assert_eq!(serve.read("db.json"), without);
}

#[test]
fn a_collection_has_types_from_its_first_records_on() {
    let serve = serve().file("db.json", DB).argument("--strict").start();
    let post = |path, body| send(&serve, (path, JSON, body)).status();
    assert_eq!(post("POST /empty", r#"{"n": 5}"#), 201);
    assert_eq!(post("POST /empty", r#"{"n": "x"}"#), 422);
    assert_eq!(post("PUT /later", "[]"), 201);
    assert_eq!(post("POST /later", r#"[{"n": 5}, {"n": 6, "m": true}]"#), 201);
    assert_eq!(post("POST /later", r#"{"m": true}"#), 422);
    // What is emptied keeps what is known of it, also where something else is learned meanwhile.
    assert_eq!(post("PUT /posts", "[]"), 200);
    assert_eq!(post("POST /posts", r#"{"title": 5}"#), 422);
    assert_eq!(post("PUT /", r#"{"other": []}"#), 200);
    assert_eq!(post("POST /other", r#"[{"n": 1}, {"n": 2}]"#), 201);
    assert_eq!(post("POST /other", r#"{"n": "x"}"#), 422);
    assert_eq!(post("PUT /posts", r#"[{"title": 5}]"#), 422);
    assert_eq!(post("PUT /posts", "[]"), 201);
    assert_eq!(post("POST /posts", r#"{"title": 5}"#), 422);
}

#[test]
fn types_are_those_of_the_file_after_an_edit_by_hand() {
    let serve = serve().file("a.json", r#"[{"id": 1, "n": 5}]"#).argument("--strict").start();
    let post = |body| send(&serve, ("POST /", JSON, body)).status();
    assert_eq!(post(r#"{"n": "x"}"#), 422);
    let edited = serve.path("edited");
    std::fs::write(&edited, r#"[{"id": 1, "n": "five"}]"#).unwrap();
    std::fs::rename(edited, serve.path("a.json")).unwrap();
    assert_eq!((post(r#"{"n": 5}"#), post(r#"{"n": "x"}"#)), (422, 201));
    // A larger file has a journal, which is folded into it: that is no edit.
    let serve = serve.restart();
    assert_eq!(send(&serve, ("POST /", JSON, r#"{"n": 5}"#)).status(), 422);
}

#[test]
fn a_table_keeps_its_formats_and_with_types_its_types() {
    let serve = serve().file("t.csv", TABLE).argument("--strict").start();
    for (line, media_type, body, said) in [
        ("POST /", JSON, r#"{"name": "x"}"#, "'born': expected string in the format 'date'"),
        ("POST /", JSON, r#"[{"born": "2026-01-01"}, {"born": "x"}]"#, "'1.born'"),
        ("POST /", "text/csv", "name,born\nx,soon\n", "'0.born'"),
        ("PUT /", JSON, r#"[{"born": "x"}]"#, "'0.born'"),
        ("PUT /1/born", JSON, "\"x\"", "'born'"),
        ("PUT /9", JSON, "{}", "'born'"),
        ("PATCH /1", JSON, r#"{"born": null}"#, "'born'"),
        ("PATCH /1", PATCH, r#"[{"op": "replace", "path": "/born", "value": ""}]"#, "'born'"),
        ("DELETE /1/born", JSON, "", "'born'"),
        ("POST /create", "text/plain", "id: 9&born: x", "'born'"),
    ] {
        refused(&serve, "t.csv", (line, media_type, body), 422, said);
    }
    // A cell holds text, so any scalar can be sent for it.
    assert_eq!(send(&serve, ("POST /", JSON, r#"{"name": 5, "born": "2026-01-01"}"#)).status(), 201);
    assert_eq!(send(&serve, ("DELETE /1", JSON, "")).status(), 200);

    let text = "id,name,n\n1,a,5\n2,b,6\n";
    let typed =
        crate::kit::serve().file("t.csv", text).argument("--strict").argument("--types").argument("auto").start();
    for (line, body, said) in [
        ("POST /", r#"{"name": "x"}"#, "'n': expected integer as in the data (--strict), found null"),
        ("POST /", r#"{"name": "x", "n": "7"}"#, "'n': expected integer as in the data (--strict), found string"),
        ("POST /", r#"{"name": 7, "n": 7}"#, "'name': expected string"),
        // It would be read as a number.
        ("POST /", r#"{"name": "7", "n": 7}"#, "'name': expected string as in the data (--strict), found number 7"),
        ("PATCH /1", r#"{"n": 5.5}"#, "'n': expected integer"),
        ("PATCH /1", r#"{"name": ""}"#, "'name': expected string as in the data (--strict), found null"),
        ("PUT /x", r#"{"name": "x", "n": 7}"#, "'id': expected integer"),
    ] {
        refused(&typed, "t.csv", (line, JSON, body), 422, said);
    }
    assert_eq!(send(&typed, ("POST /", JSON, r#"{"name": "x", "n": 7}"#)).status(), 201);

    let map = crate::kit::serve().file("m.csv", "key,value\nday,2026-05-02\nx,y\n").argument("--strict").start();
    refused(&map, "m.csv", ("PATCH /", JSON, r#"{"day": "x"}"#), 422, "'day': expected string in the format 'date'");
    refused(&map, "m.csv", ("PUT /update", "text/plain", "day: x"), 422, "'day'");
    refused(&map, "m.csv", ("PUT /day", JSON, "\"x\""), 422, "'day'");
    assert_eq!(send(&map, ("POST /", JSON, r#"{"new": "x"}"#)).status(), 201);
    assert_eq!(send(&map, ("DELETE /day", JSON, "")).status(), 200);
}

#[test]
fn each_of_several_files_has_its_own_types() {
    let serve = serve().file("a.json", r#"[{"id": 1, "n": 5}]"#).file("b.json", r#"[{"id": 1, "n": "x"}]"#);
    let serve = serve.argument("--strict").start();
    let post = |path, body| send(&serve, (path, JSON, body)).status();
    assert_eq!((post("POST /a", r#"{"n": "x"}"#), post("POST /b", r#"{"n": "x"}"#)), (422, 201));
    assert_eq!((post("POST /a", r#"{"n": 5}"#), post("POST /b", r#"{"n": 5}"#)), (201, 422));
}

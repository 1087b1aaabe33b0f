//! A write that changes nothing: it is answered, and leaves the file, its dates, the entity tags and the change streams
//! alone. What is written otherwise is a change.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::kit::{self, Serve};
use crate::streams::Follower;

const JSON: &str = "application/json";
const PATCH: &str = "application/json-patch+json";

const DATA: &str = "{\n  \"posts\": [\n    {\"id\": 1, \"title\": \"a\", \"n\": 1.0},\n    {\"id\": 2, \"by\": {\"name\": \"K\"}}\n  ],\n  \"none\": [],\n  \"n\": 1.0\n}\n";

/// A file that was written yesterday, served.
fn served(name: &str, text: &str) -> (TempDir, Serve) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    let yesterday = SystemTime::now() - Duration::from_secs(24 * 3600);
    fs::File::options().write(true).open(&path).unwrap().set_modified(yesterday).unwrap();
    (folder, kit::serve().argument(path).start())
}

fn send(serve: &Serve, method: &str, target: &str, kind: &str, body: &str) -> kit::Answer {
    let length = body.len();
    serve.bytes(format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
    ))
}

/// What tells the file from any other that was written meanwhile, and what a client is told of it.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    /// Name, inode and time of the last change of each file in the folder.
    files: Vec<(String, u64, i64, i64)>,
    tag: String,
    date: String,
}

fn told(folder: &TempDir, serve: &Serve) -> Told {
    let files = fs::read_dir(folder.path()).unwrap().map(|entry| {
        let entry = entry.unwrap();
        let status = entry.metadata().unwrap();
        (entry.file_name().into_string().unwrap(), status.ino(), status.ctime(), status.ctime_nsec())
    });
    let answer = serve.ask("GET", "/", "");
    let [tag, date] = ["etag", "last-modified"].map(|name| answer.field(name).unwrap().to_owned());
    Told { files: files.collect(), tag, date }
}

fn nothing_changes(name: &str, text: &str, requests: &[(&str, &str, &str, &str)], (target, body): (&str, &str)) {
    let (folder, serve) = served(name, text);
    let before = told(&folder, &serve);
    let mut follower = Follower::open(serve.address(), "/", "");
    for (method, target, kind, body) in requests {
        let answer = send(&serve, method, target, kind, body);
        assert_eq!(answer.status(), 200, "{name}: {method} {target} {body}: {}", answer.text());
        assert_eq!(told(&folder, &serve), before, "{name}: {method} {target} {body}");
    }
    // The next one is a change, and the first that is told.
    assert_eq!(send(&serve, "PUT", target, JSON, body).status(), 200, "{name}: {target} {body}");
    let after = told(&folder, &serve);
    assert!(after.files != before.files && after.tag != before.tag && after.date != before.date, "{name}: {after:?}");
    assert_eq!(follower.change()[1], target, "{name}");
}

#[test]
fn a_write_that_changes_nothing_leaves_a_json_file_alone() {
    let requests = [
        ("PUT", "/posts/1", JSON, "{\"id\": 1, \"title\": \"a\", \"n\": 1.0}"),
        ("PUT", "/posts/1", JSON, "{\"id\":\"1\",\n \"title\":\"a\",\t\"n\":1.0}"),
        ("PUT", "/posts/1/title", JSON, "\"a\""),
        ("PUT", "/posts/1/title", "text/plain", "a"),
        ("PUT", "/none", JSON, "[]"),
        ("PUT", "/", JSON, DATA),
        ("PATCH", "/posts/1", JSON, "{}"),
        ("PATCH", "/posts/1", JSON, "{\"title\":\"a\",\"gone\":null}"),
        ("PATCH", "/", JSON, DATA),
        ("PATCH", "/posts/2", JSON, "{\"by\":{\"name\":\"K\"}}"),
        ("PATCH", "/posts/2", PATCH, r#"[{"op":"test","path":"/by/name","value":"K"}]"#),
        ("PATCH", "/posts", PATCH, "[]"),
        ("PATCH", "/posts", PATCH, r#"[{"op":"replace","path":"/0/title","value":"a"}]"#),
        ("PATCH", "/", PATCH, r#"[{"op":"add","path":"/x","value":1},{"op":"remove","path":"/x"}]"#),
        ("POST", "/posts", JSON, "[]"),
        ("POST", "/posts/2/by", JSON, "{}"),
        ("PUT", "/update", "text/plain", "n: 1.0"),
    ];
    let data = DATA.replace("\"n\": 1.0\n", "\"n\": \"1.0\"\n");
    nothing_changes("d.json", &data, &requests[16..], ("/n", "1.0"));
    nothing_changes("d.json", DATA, &requests[..16], ("/n", "1"));
}

/// Of a large file changes go to a journal, and only what they touch is looked at.
#[test]
fn the_same_of_a_large_file() {
    let record = |n: usize| format!("{{\"id\": {n}, \"pad\": \"{}\"}}", "x".repeat(100));
    let records: Vec<String> = (0..20_000).map(record).collect();
    let long = format!("[{}]", vec!["1"; 100_000].join(", "));
    let data = format!("{{\"posts\": [{}], \"long\": {long}, \"n\": 1.0}}", records.join(", "));
    let requests = [
        ("PUT", "/posts/7", JSON, &*record(7)),
        ("PUT", "/posts", JSON, &format!("[{}]", records.join(", "))),
        ("PUT", "/", JSON, &data),
        ("PATCH", "/", JSON, "{}"),
        ("PATCH", "/", JSON, "{\"n\":1.0}"),
        ("PATCH", "/posts", PATCH, &format!("[{{\"op\":\"replace\",\"path\":\"/9\",\"value\":{}}}]", record(9))),
        ("PUT", "/long/99999", JSON, "1"),
        ("POST", "/posts", JSON, "[]"),
    ];
    nothing_changes("d.json", &data, &requests, ("/n", "1"));
}

#[test]
fn the_same_of_tables_and_lines() {
    let table = [
        ("PUT", "/1", JSON, "{\"id\":\"1\",\"name\":\"Kim\",\"n\":\"1.0\"}"),
        ("PUT", "/1/n", "text/plain", "1.0"),
        ("PATCH", "/2", JSON, "{}"),
        ("PATCH", "/2", JSON, "{\"name\":\"Lee\"}"),
        ("PATCH", "/", PATCH, "[]"),
        ("POST", "/", JSON, "[]"),
        ("POST", "/", "text/csv", "id,name\r\n"),
        ("PUT", "/", "text/csv", "id,name,n\r\n1,Kim,1.0\r\n2,\"Lee\",\r\n"),
    ];
    nothing_changes("t.csv", "id,name,n\r\n1,Kim,1.0\r\n2,\"Lee\",\r\n", &table, ("/1/n", "\"1\""));
    let map = [("PUT", "/color", "text/plain", "red"), ("PATCH", "/", JSON, "{\"color\":\"red\"}")];
    nothing_changes("m.csv", "key,value\ncolor,red\n", &map, ("/color", "\"blue\""));
    let lines = [
        ("PUT", "/1", JSON, "{\"id\":1,\"n\":1.0}"),
        ("PATCH", "/2", JSON, "{}"),
        ("PUT", "/", JSON, "[{\"id\":1,\"n\":1.0},{\"id\": 2 }]"),
    ];
    nothing_changes("l.ndjson", "{\"id\":1,\"n\":1.0}\n{\"id\": 2 }\n", &lines, ("/1/n", "1"));
}

/// The answer is that of any other write, and its conditions hold.
#[test]
fn a_write_that_changes_nothing_is_answered_as_another() {
    let (_folder, serve) = served("d.json", DATA);
    let tag = serve.ask("GET", "/posts/1", "").field("etag").unwrap().to_owned();
    let ask = |fields: &str, body: &str| {
        serve.bytes(format!(
            "PATCH /posts/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}Content-Type: {JSON}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    let answer = ask("", "{}");
    assert_eq!((answer.field("etag"), answer.text()), (Some(&*tag), "{\"id\": 1, \"title\": \"a\", \"n\": 1.0}"));
    assert_eq!(ask("Prefer: return=minimal\r\n", "{}").status(), 204);
    assert_eq!(ask("If-Match: \"other\"\r\n", "{}").status(), 412);
    assert_eq!(ask(&format!("If-Match: {tag}\r\n"), "{}").status(), 200);
    assert_eq!(ask("", "{\"title\":\"b\"}").status(), 200);
    assert_ne!(serve.ask("GET", "/posts/1", "").field("etag"), Some(&*tag));
}

//! JSON Lines files, served: read in all forms, written a line at a time, edited by hand beside, journalled when large.

use std::fs;
use std::io::Write;

use crate::kit::{self, Serve};

const LOG: &str = "\u{feff}{\"id\":1,\"name\":\"a, b\",\"n\":1.50}\r\n\r\n{\"id\":2,\"name\":\"\\u00e9\",\"n\":20}\r\n{\"id\":3,\"name\":\"c\"}";

fn get(serve: &Serve, target: &str, fields: &str) -> (u16, String, String) {
    let answer = serve.bytes(format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}\r\n"));
    let text = String::from_utf8(answer.body.clone()).unwrap();
    (answer.status(), answer.field("content-type").unwrap_or_default().to_owned(), text)
}

#[test]
fn records_are_read_in_every_form() {
    let serve = kit::serve().file("log.ndjson", LOG).start();
    let records = [
        "{\"id\":1,\"name\":\"a, b\",\"n\":1.50}",
        "{\"id\":2,\"name\":\"\\u00e9\",\"n\":20}",
        "{\"id\":3,\"name\":\"c\"}",
    ];
    let read = |target: &str, fields: &str| {
        let (status, media_type, text) = get(&serve, target, fields);
        assert_eq!(status, 200, "{target} {fields}: {text}");
        (media_type, text)
    };
    assert_eq!(read("/", ""), ("application/json".to_owned(), format!("[{}]", records.join(","))));
    assert_eq!(read("/2", "").1, records[1]);
    assert_eq!(read("/1/n", "Accept: text/plain\r\n").1, "1.50");
    assert_eq!(read("/", "Accept: application/x-ndjson\r\n").1, records.join("\n") + "\n");
    assert_eq!(read("/", "Accept: text/csv\r\n").1, "id,name,n\r\n1,\"a, b\",1.50\r\n2,é,20\r\n3,c,\r\n");
    assert_eq!(read("/?n:gt=2", "").1, format!("[{}]", records[1]));
    assert_eq!(read("/?_sort=-n&_limit=1&_fields=id", "").1, "[{\"id\":2}]");
    assert_eq!(read("/?q=%C3%A9&_format=csv", "").1, "id,name,n\r\n2,é,20\r\n");
    let (tag, total) = {
        let answer = serve.bytes("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        (answer.field("etag").unwrap().to_owned(), answer.field("x-total-count").map(str::to_owned))
    };
    assert_eq!(total.as_deref(), Some("3"));
    assert_eq!(get(&serve, "/", &format!("If-None-Match: {tag}\r\n")).0, 304);
    assert_eq!(serve.read("log.ndjson"), LOG, "reading writes nothing");
    let stopped = serve.stop();
    assert!(stopped.stderr.contains("3 records"), "{}", stopped.stderr);
}

#[test]
fn a_write_touches_one_line() {
    let serve = kit::serve().file("log.jsonl", LOG).start();
    let answer = serve.ask("POST", "/", "{\n \"name\": \"new\"\n}");
    assert_eq!(answer.status(), 201, "{}", answer.text());
    assert_eq!(answer.field("location"), Some(&*serve.at("/4")));
    let mut expected = format!("{LOG}\r\n{{\"id\":4,\"name\":\"new\"}}");
    assert_eq!(serve.read("log.jsonl"), expected);
    assert_eq!(serve.ask("PATCH", "/2", "{\"n\":21}").status(), 200);
    expected = expected.replace("\"n\":20", "\"n\":21");
    assert_eq!(serve.read("log.jsonl"), expected);
    assert_eq!(serve.ask("DELETE", "/1", "").status(), 200);
    expected = expected.replace("{\"id\":1,\"name\":\"a, b\",\"n\":1.50}\r\n", "");
    assert_eq!(serve.read("log.jsonl"), expected);
    assert_eq!(serve.ask("PUT", "/", "{\"a\":1}").status(), 409);
    assert_eq!(serve.read("log.jsonl"), expected);
    let serve = serve.restart();
    assert_eq!(
        serve.ask("GET", "/", "").text(),
        "[{\"id\":2,\"name\":\"\\u00e9\",\"n\":21},{\"id\":3,\"name\":\"c\"},{\"id\":4,\"name\":\"new\"}]"
    );
}

#[test]
fn a_line_appended_by_hand_is_seen() {
    let serve = kit::serve().file("log.ndjson", "{\"id\":1}\n").start();
    let append = |text: &str| {
        let mut file = fs::OpenOptions::new().append(true).open(serve.path("log.ndjson")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    append("{\"id\":2}\n");
    assert_eq!(serve.ask("GET", "/2", "").text(), "{\"id\":2}");
    append("{\"id\":3");
    assert_eq!(serve.ask("GET", "/", "").text(), "[{\"id\":1},{\"id\":2}]", "the last good state");
    let refused = serve.ask("POST", "/", "{}");
    assert_eq!(refused.status(), 503, "{}", refused.text());
    assert!(refused.text().contains("line 3"), "{}", refused.text());
    append("}\n");
    assert_eq!(serve.ask("POST", "/", "{}").status(), 201);
    assert_eq!(serve.read("log.ndjson"), "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n{\"id\": 4}\n".replace(": 4", ":4"));
}

#[test]
fn a_large_file_is_journalled_and_folded() {
    let line = |n: usize| format!("{{\"id\":{n},\"text\":\"{}\"}}\n", "x".repeat(100));
    let text: String = (0..20_000).map(line).collect();
    let serve = kit::serve().file("big.ndjson", &text).start();
    let whole = serve.ask("GET", "/", "");
    assert_eq!(whole.field("transfer-encoding"), Some("chunked"));
    assert!(whole.body == format!("[{}]", text.trim_end().replace('\n', ",")).as_bytes());
    assert_eq!(serve.ask("PATCH", "/7", "{\"text\":null,\"n\":1}").status(), 200);
    assert_eq!(serve.ask("DELETE", "/9", "").status(), 200);
    assert_eq!(serve.ask("POST", "/", "{\"n\":2}").status(), 201);
    let expected = text.replace(&line(7), "{\"id\":7,\"n\":1}\n").replace(&line(9), "") + "{\"id\":20000,\"n\":2}\n";
    let serve = serve.kill_and_restart();
    assert_eq!(serve.ask("GET", "/7", "").text(), "{\"id\":7,\"n\":1}");
    assert!(serve.ask("GET", "/", "").body == format!("[{}]", expected.trim_end().replace('\n', ",")).as_bytes());
    let serve = serve.restart();
    assert!(serve.read("big.ndjson") == expected, "folded into the file at the end");
}

#[test]
fn a_wrong_line_is_named() {
    for (text, part) in [
        ("{\"id\":1}\n{\"id\":}\n", "line 2, column 7"),
        ("{\"id\":1}\n\n{\"id\":1} {}\n", "line 3, column 10"),
        ("[\n{\"id\":1}\n]\n", "line 1, column 2"),
    ] {
        let output = kit::serve().file("log.ndjson", text).run();
        let stderr = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        output.code(1);
        assert!(stderr.contains(part) && stderr.lines().count() == 1, "{text:?}: {stderr}");
    }
}

#[test]
fn a_file_is_made_and_a_folder_has_them_beside_others() {
    let serve = kit::serve().argument("new.jsonl").argument("--create").start();
    assert_eq!(serve.ask("GET", "/", "").text(), "[]");
    assert_eq!(serve.ask("POST", "/", "{\"a\": 1}").status(), 201);
    assert_eq!(serve.read("new.jsonl"), "{\"id\": 1, \"a\": 1}\n");
    drop(serve);
    let serve = kit::serve().file("users.json", "[]").file("log.ndjson", "{\"id\":1}\n").start();
    assert_eq!(serve.ask("GET", "/log/1", "").text(), "{\"id\":1}");
    let serve = serve.instead(&["."]);
    assert_eq!(serve.ask("GET", "/", "").text(), "{\"log\":[{\"id\":1}],\"users\":[]}");
}

//! `serve FILE.har`: an archive as a stand-in for the server that it was recorded from.

use crate::kit::{self, Answer, Serve};

/// An archive with an entry for each method, URL, status and text.
fn archive(entries: &[(&str, &str, u16, &str)]) -> String {
    let entries = entries.iter().map(|(method, url, status, text)| {
        serde_json::json!({
            "request": {"method": method, "url": url},
            "response": {
                "status": status,
                "headers": [
                    {"name": "content-type", "value": "text/plain"},
                    {"name": "content-encoding", "value": "br"},
                    {"name": "transfer-encoding", "value": "chunked"},
                    {"name": "x-own", "value": "kept"},
                ],
                "content": {"text": text},
            },
        })
    });
    serde_json::json!({"log": {"version": "1.2", "entries": entries.collect::<Vec<_>>()}}).to_string()
}

fn ask(serve: &Serve, method: &str, target: &str, fields: &str) -> Answer {
    let host = serve.address();
    serve.bytes(format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}\r\n"))
}

#[test]
fn each_request_gets_its_answers_in_order_and_then_the_last() {
    let har = archive(&[
        ("GET", "https://api.example/items?page=1", 200, "first"),
        ("GET", "https://api.example/items?page=1", 503, "second"),
        ("POST", "https://api.example/items", 201, "made"),
        ("GET", "https://api.example/items?page=1", 200, "third"),
        ("GET", "https://other.example/", 200, "root"),
    ]);
    let serve = kit::serve().file("site.har", har).start();
    for (method, target, status, text) in [
        ("GET", "/items?page=1", 200, "first"),
        ("POST", "/items", 201, "made"),
        ("GET", "/items?page=1", 503, "second"),
        ("GET", "/items?page=1", 200, "third"),
        ("GET", "/items?page=1", 200, "third"),
        ("POST", "/items", 201, "made"),
        ("GET", "/", 200, "root"),
    ] {
        let answer = ask(&serve, method, target, "");
        assert_eq!((answer.status(), answer.text()), (status, text), "{method} {target}");
        let found = (answer.field("x-own"), answer.field("content-encoding"), answer.field("transfer-encoding"));
        assert_eq!(found, (Some("kept"), None, None));
    }
    let missing = ask(&serve, "GET", "/items?page=2", "");
    assert_eq!(missing.status(), 404);
    let nearest = "the archive has no GET '/items?page=2'; the nearest is GET '/items?page=1'";
    assert!(missing.text().contains(nearest), "{}", missing.text());
    let missing = ask(&serve, "DELETE", "/items", "");
    assert!(missing.text().contains("the nearest is POST '/items'"), "{}", missing.text());
    assert_eq!(ask(&serve, "GET", "/_/requests", "").status(), 200);
}

#[test]
fn it_is_for_whom_data_would_be_for() {
    let har = archive(&[("GET", "http://h/a", 200, "x")]);
    let serve = kit::serve().file("site.har", har).argument("--token").argument("t").start();
    assert_eq!(ask(&serve, "GET", "/a", "").status(), 401);
    let answer = ask(&serve, "GET", "/a", "Authorization: Bearer t\r\nOrigin: http://localhost:3000\r\n");
    assert_eq!(answer.field("access-control-allow-origin"), Some("http://localhost:3000"));
    let preflight = "Origin: http://localhost:3000\r\nAccess-Control-Request-Method: PUT\r\n";
    assert_eq!(ask(&serve, "OPTIONS", "/a", preflight).status(), 204);
    assert_eq!(serve.bytes("GET /a HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").status(), 421);
}

#[test]
fn what_request_records_is_played() {
    let serve = kit::serve().file("a.json", "{\"n\": [1, 2]}").start();
    let har = serve.path("own.har");
    let (url, har) = (serve.at("/n?_limit=1"), har.to_str().unwrap());
    serve.request(&[&url, "--har", har]).assert().success().stdout("[1]");
    let recorded = std::fs::read(har).unwrap();
    drop(serve);
    let played = kit::serve().file("own.har", recorded).start();
    let answer = ask(&played, "GET", "/n?_limit=1", "");
    assert_eq!((answer.text(), answer.field("content-type")), ("[1]", Some("application/json")));
}

/// What browsers and proxies write, and other clients ask for in their own spelling.
#[test]
fn archives_as_others_write_them_are_played() {
    let made = |method: &str, url: &str, status: u16, headers: &[(&str, &str)], content: serde_json::Value| {
        let headers = headers.iter().map(|(name, value)| serde_json::json!({"name": name, "value": value}));
        let headers = headers.collect::<Vec<_>>();
        let response = serde_json::json!({"status": status, "headers": headers, "content": content});
        serde_json::json!({"request": {"method": method, "url": url}, "response": response})
    };
    let text = |text: &str| serde_json::json!({"mimeType": "text/plain", "text": text});
    let entries = [
        made("GET", "https://h.example/t/{id}|x?q='a b'", 200, &[], text("spelling")),
        made("GET", "https://h.example/old", 302, &[("Location", "https://h.example/new?a=1#b")], text("")),
        made("GET", "https://h.example/away", 302, &[("Location", "https://other.example/")], text("")),
        made("HEAD", "https://h.example/head", 200, &[("Content-Length", "1234")], text("")),
        made("GET", "https://h.example/beside", 200, &[], serde_json::json!({"_file": "part.txt"})),
        made("GET", "https://h.example/outside", 200, &[], serde_json::json!({"_file": "../part.txt"})),
        made("GET", "data:text/plain,x", 200, &[], text("x")),
    ];
    let har = format!("\u{feff}{}", serde_json::json!({"log": {"entries": entries}}));
    let serve = kit::serve().file("site.har", har).beside("part.txt", "part").start();
    for target in ["/t/{id}|x?q='a%20b'", "/t/%7Bid%7D%7Cx?q=%27a%20b%27", "/./t/%7bid%7d|x?q='a%20b'"] {
        let answer = ask(&serve, "GET", target, "");
        let found = (answer.text(), answer.field("content-type"));
        assert_eq!(found, ("spelling", Some("text/plain")), "{target}");
    }
    assert_eq!(ask(&serve, "GET", "/old", "").field("location"), Some("/new?a=1#b"));
    assert_eq!(ask(&serve, "GET", "/away", "").field("location"), Some("https://other.example/"));
    let host = serve.address();
    let mut wire = kit::Wire::connect(host);
    wire.send(format!("HEAD /head HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    assert_eq!(wire.answer(true).field("content-length"), Some("1234"));
    assert_eq!(ask(&serve, "GET", "/beside", "").text(), "part");
    assert_eq!(ask(&serve, "GET", "/outside", "").status(), 404);
}

#[test]
fn what_is_no_archive_is_refused() {
    for (text, expected) in [
        ("", "expected a HAR archive: EOF while parsing a value at line 1 column 0"),
        ("[]", "expected a HAR archive, an object with log.entries"),
        ("{\"log\": {\"entries\": 1}}", "expected a HAR archive, an object with log.entries"),
    ] {
        let run = kit::serve().file("a.har", text).run();
        run.code(1).stdout("").stderr(format!("httpkit: 'a.har': {expected}\n"));
    }
    let har = archive(&[]);
    let both = kit::serve().file("a.har", &har).file("b.json", "{}").run();
    both.code(2).stderr("httpkit: 'a.har' is an archive and is served alone\n");
    let strict = kit::serve().file("a.har", &har).argument("--strict").run();
    strict.code(2).stderr("httpkit: --strict has no place where an archive is served ('a.har')\n");
    kit::serve().argument("none.har").run().code(1);
}

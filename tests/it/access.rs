//! Who may use `serve`, what two scripts do to each other's changes, and what goes over the wire smaller.

use std::thread;

use predicates::prelude::PredicateBooleanExt;

use crate::kit;

/// The answer to a request with these field lines besides `Host`, and perhaps a body.
fn ask(serve: &kit::Serve, line: &str, fields: &[&str], body: &str) -> kit::Answer {
    let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
    let host = if fields.contains("Host:") { String::new() } else { format!("Host: {}\r\n", serve.address()) };
    serve.bytes(format!(
        "{line} HTTP/1.1\r\n{host}Connection: close\r\n{fields}Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

#[test]
fn a_token_is_asked_of_everybody_but_a_preflight() {
    let serve = kit::serve().file("a.json", "{\"n\": 1}").argument("--token").argument("s3cret").start();
    let refused = ask(&serve, "GET /n", &[], "");
    assert_eq!((refused.status(), refused.field("www-authenticate")), (401, Some("Bearer realm=\"httpkit\"")));
    assert_eq!(ask(&serve, "PUT /n", &["Authorization: Bearer s3cre"], "2").status(), 401);
    assert_eq!(ask(&serve, "PUT /n", &["Authorization: Bearer s3cret"], "2").status(), 200);
    let preflight = ["Origin: http://localhost:3000", "Access-Control-Request-Method: PUT"];
    assert_eq!(ask(&serve, "OPTIONS /n", &preflight, "").status(), 204);
    assert_eq!(serve.read("a.json"), "{\"n\": 2}");
    kit::serve().argument("--token").argument("a b").run().code(2);
}

/// RFC 9110 10.1.1: who will be refused whatever the content is does not have to send it.
#[test]
fn who_is_refused_is_not_asked_for_content() {
    let start = |arguments: &[&str]| {
        let serve = kit::serve().file("a.json", r#"{"n": 1, "posts": [{"id": 1}]}"#);
        arguments.iter().fold(serve, |serve, argument| serve.argument(*argument)).start()
    };
    let (open, locked, fixed) = (start(&[]), start(&["--token", "t"]), start(&["--read-only"]));
    let echo = kit::serve().argument("--echo").argument("--token").argument("t").start();
    for (serve, line, fields, status) in [
        (&open, "PUT /n", "", 100),
        (&open, "POST /posts", "", 100),
        (&open, "PUT /n", "Host: evil.example\r\n", 421),
        (&open, "PUT /n", "Origin: http://evil.example\r\n", 403),
        (&open, "DELETE /posts", "", 405),
        (&open, "LOCK /n", "", 405),
        (&open, "WHAT /n", "", 501),
        (&open, "GET /none", "", 404),
        (&locked, "PUT /n", "", 401),
        (&locked, "PUT /n", "Authorization: Bearer t\r\n", 100),
        (&fixed, "PUT /n", "", 405),
        (&echo, "PUT /n", "", 401),
        (&echo, "PUT /n?_status=404", "Authorization: Bearer t\r\n", 100),
    ] {
        let host = if fields.starts_with("Host") { String::new() } else { format!("Host: {}\r\n", serve.address()) };
        let mut wire = kit::Wire::connect(serve.address());
        wire.send(format!("{line} HTTP/1.1\r\n{host}{fields}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"));
        let answer = kit::Answer { head: wire.until_blank_line(), body: Vec::new() };
        assert_eq!(answer.status(), status, "{line} {fields}");
        if status != 100 {
            assert_eq!(answer.field("connection"), Some("close"), "{line} {fields}");
            assert!(wire.rest().starts_with(b"{"), "{line} {fields}");
        }
    }
    assert_eq!(open.read("a.json"), r#"{"n": 1, "posts": [{"id": 1}]}"#);
}

#[test]
fn a_password_or_a_token_is_asked_for_writes_or_for_everything() {
    let json = "{\"n\": 1}";
    let right = "Authorization: Basic YW5uOnM6ZWNyZXQ=";
    let start = |more: &[&str]| {
        let serve = kit::serve().file("a.json", json).argument("--basic").argument("ann:s:ecret");
        more.iter().fold(serve, |serve, word| serve.argument(*word)).start()
    };
    let serve = start(&[]);
    let refused = ask(&serve, "GET /n", &[], "");
    let challenge = "Basic realm=\"httpkit\", charset=\"UTF-8\"";
    assert_eq!((refused.status(), refused.field("www-authenticate")), (401, Some(challenge)));
    assert_eq!(ask(&serve, "GET /n", &["Authorization: Basic YW5uOnM6ZWNyZXR4"], "").status(), 401);
    assert_eq!(ask(&serve, "GET /n", &["Authorization: Bearer YW5uOnM6ZWNyZXQ="], "").status(), 401);
    assert_eq!(ask(&serve, "GET /n", &[right], "").status(), 200);
    assert_eq!(ask(&serve, "GET /_/requests", &[], "").status(), 401);
    serve.request(&["-u", "ann:s:ecret", &serve.at("/n")]).assert().success().stdout("1");
    let serve = start(&["--token", "tok", "--access", "reads:open"]);
    for (line, fields, status) in [
        ("GET /n", &[][..], 200),
        ("HEAD /n", &[], 200),
        ("OPTIONS /n", &[], 204),
        ("GET /_/requests", &[], 401),
        ("GET /_/requests", &[right], 200),
        ("PUT /n", &[], 401),
        ("DELETE /n", &["Authorization: Basic eA=="], 401),
        ("PUT /n", &[right], 200),
        ("PUT /n", &["Authorization: Bearer tok"], 200),
    ] {
        let answer = ask(&serve, line, fields, if line.starts_with("PUT") { "2" } else { "" });
        assert_eq!(answer.status(), status, "{line} {fields:?}");
    }
    for (arguments, expected) in [
        (&["--basic", "ann"][..], "httpkit: --basic: expected USER:PASSWORD\n"),
        (&["--basic", "sec\nret:x"], "httpkit: --basic: expected USER:PASSWORD\n"),
        (
            &["--access", "reads:open"],
            "httpkit: '--access reads:open' says what is left open: expected '--token' or '--basic', too\n",
        ),
    ] {
        let serve = arguments.iter().fold(kit::serve(), |serve, word| serve.argument(*word));
        serve.run().code(2).stderr(expected);
    }
}

#[test]
fn trace_is_answered_where_it_is_wanted_and_tells_no_secret() {
    let serve = kit::serve().file("a.json", "{\"n\": 1}").argument("--trace").start();
    let host = serve.address();
    let lines = format!("TRACE /n?q=1 HTTP/1.1\r\nHost: {host}\r\nX-One: a b\r\nx-one: c\r\n");
    let secret = "AUTHORIZATION: Basic eA==\r\nCookie: a=b\r\nProxy-Authorization: x\r\n";
    let answer = serve.bytes(format!("{lines}{secret}Connection: close\r\n\r\n"));
    assert_eq!((answer.status(), answer.field("content-type")), (200, Some("message/http")));
    assert_eq!(answer.text(), format!("{lines}Connection: close\r\n\r\n"));
    assert_eq!(ask(&serve, "TRACE /n", &[], "x").status(), 400);
    assert_eq!(
        ask(&serve, "OPTIONS /n", &[], "").field("allow"),
        Some("GET, HEAD, OPTIONS, PUT, PATCH, DELETE, TRACE")
    );
    let serve = kit::serve().file("a.json", "{\"n\": 1}").start();
    let refused = ask(&serve, "TRACE /n", &[], "");
    assert_eq!((refused.status(), refused.field("allow")), (405, Some("GET, HEAD, OPTIONS, PUT, PATCH, DELETE")));
}

#[test]
fn named_hosts_and_origins_are_let_in() {
    let arguments = ["--allow-host", "data.lan", "--cors", "https://app.example"];
    let serve = arguments.iter().fold(kit::serve().file("a.json", "{\"n\": 1}"), |serve, word| serve.argument(*word));
    let serve = serve.start();
    assert_eq!(ask(&serve, "GET /n", &["Host: data.lan"], "").status(), 200);
    assert_eq!(ask(&serve, "GET /n", &["Host: other.lan"], "").status(), 421);
    let allowed = ask(&serve, "PUT /n", &["Origin: https://app.example"], "2");
    assert_eq!(allowed.status(), 200);
    assert_eq!(allowed.field("access-control-allow-origin"), Some("https://app.example"));
    assert_eq!(ask(&serve, "PUT /n", &["Origin: https://other.example"], "3").status(), 403);
}

#[test]
fn a_page_that_may_read_answers_may_read_every_refusal() {
    let arguments = ["--cors", "https://app.example", "--max-body", "100"];
    let serve = arguments.iter().fold(kit::serve().file("a.json", "{\"n\": 1}"), |serve, word| serve.argument(*word));
    let serve = serve.start();
    let origin = "Origin: https://app.example\r\n";
    let host = format!("Host: {}\r\n", serve.address());
    let long = "x".repeat(40_000);
    for (request, status) in [
        (format!("GET /n HTTP/1.1\r\n{host}{origin}Connection: close\r\n\r\n"), 200),
        (format!("GET /x HTTP/1.1\r\n{host}{origin}Connection: close\r\n\r\n"), 404),
        (format!("PUT /n HTTP/1.1\r\n{host}{origin}Content-Length: 101\r\n\r\n"), 413),
        (format!("GET /{} HTTP/1.1\r\n{origin}{host}\r\n", &long[..9000]), 414),
        (format!("GET / HTTP/1.1\r\n{origin}{host}X: {long}\r\n\r\n"), 431),
        (format!("GET / HTTP/1.1\r\n{origin}{host}X : 1\r\n\r\n"), 400),
        (format!("PUT /n HTTP/1.1\r\n{origin}{host}Transfer-Encoding: chunked\r\n\r\nzz\r\n"), 400),
    ] {
        let answer = serve.bytes(&request);
        assert_eq!(answer.status(), status, "{request:.60}");
        // A target that is too long is refused before any field has come.
        if status != 414 || answer.field("access-control-allow-origin").is_some() {
            let told = answer.field("access-control-allow-origin");
            assert_eq!(told, Some("https://app.example"), "{request:.60}: {}", answer.text());
            assert_eq!(answer.field("access-control-allow-credentials"), Some("true"));
        }
        let other = request.replace("https://app.example", "https://else.example");
        assert_eq!(serve.bytes(other).field("access-control-allow-origin"), None, "{request:.60}");
        assert!(answer.field("x-content-type-options") == Some("nosniff"), "{request:.60}");
    }
    let preflight = ["Origin: https://app.example", "Access-Control-Request-Method: DELETE"];
    let allowed = ask(&serve, "OPTIONS /nowhere/at/all", &preflight, "");
    assert_eq!(allowed.field("access-control-allow-methods"), Some("GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE"));
    assert_eq!(allowed.field("access-control-allow-credentials"), Some("true"));
    let local = ask(&serve, "GET /n", &["Origin: http://localhost:3000"], "");
    assert_eq!(local.field("access-control-allow-credentials"), None, "nobody has named it");
}

#[test]
fn a_page_of_another_site_learns_nothing_by_what_it_loads() {
    let serve = kit::serve().file("a.json", "{\"n\": 1}").start();
    let blind = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"];
    let (there, missing) = (ask(&serve, "GET /n", &blind, ""), ask(&serve, "GET /x", &blind, ""));
    assert_eq!((there.status(), missing.status()), (403, 403));
    // A link that a person follows is another thing.
    assert_eq!(ask(&serve, "GET /n", &["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"], "").status(), 200);
    assert_eq!(ask(&serve, "GET /n", &["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: no-cors"], "").status(), 200);
}

#[test]
fn rules_that_could_never_match_are_refused() {
    for (option, value) in [
        ("--allow-host", ""),
        ("--allow-host", "*."),
        ("--allow-host", "http://data.lan"),
        ("--allow-host", "data.lan:x"),
        ("--cors", ""),
        ("--cors", "app.example"),
        ("--cors", "https://app.example/path"),
        ("--cors", "ftp://app.example"),
    ] {
        let refused = kit::serve().file("a.json", "{}").argument(option).argument(value).run();
        refused.code(2).stderr(predicates::str::contains(option).and(predicates::str::contains("expected")));
    }
    let rules = ["--allow-host", "data.lan:81", "--allow-host", "*.wild.lan", "--cors", "HTTPS://App.Example:443/"];
    let serve = rules.iter().fold(kit::serve().file("a.json", "{\"n\": 1}"), |serve, word| serve.argument(*word));
    let serve = serve.start();
    for (host, status) in [("data.lan:81", 200), ("data.lan", 421), ("a.wild.lan", 200), ("wild.lan", 421)] {
        let answer = ask(&serve, "GET /n", &[&format!("Host: {host}")], "");
        assert_eq!(answer.status(), status, "{host}");
        if status == 421 {
            let name = host.split(':').next().unwrap();
            assert!(answer.text().contains(&format!("'--allow-host {name}'")), "{}", answer.text());
        }
    }
    assert_eq!(ask(&serve, "PUT /n", &["Origin: https://app.example"], "2").status(), 200);
}

#[test]
fn a_dialect_is_as_careful_as_http() {
    for (dialect, name, text, request) in [
        ("dialog", "students.json", "{\"A\": {\"g\": \"1\"}}", "GET students.json HTTP/1.1\r\n"),
        ("banner", "one.csv", "create\nname\nkim\n", "GET / HTTP/1.1\r\n"),
        ("pairs", "pairs.json", "{\"secret\": \"kim\"}", "GET / HTTP/1.1\r\n"),
    ] {
        let serve = kit::serve().file(name, text).argument("--dialect").argument(dialect).start();
        let secret = if dialect == "dialog" { "\"g\"" } else { "kim" };
        let get = |fields: &str| {
            use std::io::{Read, Write};
            let mut stream = std::net::TcpStream::connect(serve.address()).unwrap();
            stream.set_read_timeout(Some(kit::PATIENCE)).unwrap();
            stream.write_all(format!("{request}{fields}\r\n").as_bytes()).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let mut told = String::new();
            stream.read_to_string(&mut told).unwrap();
            told
        };
        let own = get("Host: 127.0.0.1/\r\n");
        assert!(own.contains(secret), "{dialect}: {own}");
        for foreign in ["Host: evil.example/\r\n", "Host: 127.0.0.1/\r\nOrigin: http://evil.example\r\n"] {
            let told = get(foreign);
            assert!(!told.contains(secret) && told.contains("400"), "{dialect}: {told}");
        }
    }
}

/// Read, add one, write if nobody else did: whoever comes second is told so and starts over.
#[test]
fn no_update_of_two_scripts_is_lost() {
    let serve = kit::serve().file("a.json", "{\"n\": 0}").start();
    let count = |serve: &kit::Serve| {
        for _ in 0..50 {
            loop {
                let read = ask(serve, "GET /n", &[], "");
                let next = read.text().parse::<u32>().unwrap() + 1;
                let condition = format!("If-Match: {}", read.field("etag").unwrap());
                match ask(serve, "PUT /n", &[&condition], &next.to_string()).status() {
                    200 => break,
                    status => assert_eq!(status, 412),
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| count(&serve));
        }
    });
    assert_eq!(serve.read("a.json"), "{\"n\": 200}");
}

#[test]
fn large_answers_are_coded_when_that_is_asked_for() {
    let serve = kit::serve().example("people.csv").start();
    let plain = ask(&serve, "GET /", &[], "");
    let coded = ask(&serve, "GET /", &["Accept-Encoding: gzip"], "");
    assert_eq!((plain.field("content-encoding"), coded.field("content-encoding")), (None, Some("gzip")));
    assert!(coded.body.len() < plain.body.len() / 2 && coded.body.starts_with(&[0x1f, 0x8b]));
    assert_ne!(plain.field("etag"), coded.field("etag"), "another representation");
    assert!(coded.field("vary").unwrap().contains("Accept-Encoding"));
    let again = format!("If-None-Match: {}", coded.field("etag").unwrap());
    assert_eq!(ask(&serve, "GET /", &["Accept-Encoding: gzip", &again], "").status(), 304);
    assert_eq!(ask(&serve, "GET /1", &["Accept-Encoding: gzip"], "").field("content-encoding"), None, "tiny");
    let decoded = serve.request(&["127.0.0.1/", "--compressed"]).output().unwrap();
    assert_eq!(decoded.stdout, plain.body);
}

/// RFC 9110 15.4.5: the tag of a 304 is that of the answer that there would be, where the condition names none.
#[test]
fn what_has_not_changed_has_the_tag_that_its_answer_would_have() {
    let site = tempfile::TempDir::new().unwrap();
    for (name, text) in
        [("long.txt", "text ".repeat(1000)), ("long.png", "text ".repeat(1000)), ("short.txt", "t".into())]
    {
        std::fs::write(site.path().join(name), text).unwrap();
    }
    let serve = kit::serve().example("people.csv").argument("--static").argument(site.path()).start();
    for (path, is_coded) in [
        ("/", true),
        ("/1", false),
        ("/?_sort=id", true),
        ("/long.txt", true),
        ("/long.png", false),
        ("/short.txt", false),
    ] {
        for (method, coding) in [("GET", "gzip"), ("HEAD", "gzip"), ("GET", "gzip;q=0"), ("GET", "br")] {
            let coding_field = format!("Accept-Encoding: {coding}");
            let line = format!("{method} {path}");
            let whole = ask(&serve, &line, &[&coding_field], "");
            let tag = whole.field("etag").unwrap();
            assert_eq!(tag.ends_with("-gzip\""), is_coded && coding == "gzip", "{line} {coding}");
            let since = format!("If-Modified-Since: {}", whole.field("last-modified").unwrap());
            for condition in [&*since, "If-None-Match: *", &format!("If-None-Match: \"x\", {tag}")] {
                let unchanged = ask(&serve, &line, &[&coding_field, condition], "");
                assert_eq!(
                    (unchanged.status(), unchanged.field("etag")),
                    (304, Some(tag)),
                    "{line} {coding} {condition}"
                );
            }
        }
    }
}

#[test]
fn the_tag_that_a_browser_gets_is_good_for_a_write() {
    let records: Vec<String> = (0..60).map(|id| format!("{{\"id\": {id}, \"t\": \"record {id}\"}}")).collect();
    let serve = kit::serve().file("a.json", format!("{{\"posts\": [{}], \"x\": \"y\"}}", records.join(", "))).start();
    for (line, fields) in [
        ("GET /posts", &["Accept-Encoding: gzip"][..]),
        ("GET /posts", &["Accept: text/csv"]),
        ("GET /posts", &["Accept: application/x-ndjson", "Accept-Encoding: gzip"]),
        ("GET /posts?_sort=-id", &[]),
        ("GET /x", &["Accept: text/plain"]),
    ] {
        let read = ask(&serve, line, fields, "");
        assert_eq!(read.field("cache-control"), Some("no-cache"), "{line} {fields:?}");
        let tag = format!("If-Match: {}", read.field("etag").unwrap());
        let unchanged = ask(&serve, line, &[fields, &[&tag.replace("If-Match", "If-None-Match")]].concat(), "");
        assert_eq!((unchanged.status(), unchanged.field("cache-control")), (304, Some("no-cache")));
        let (write, body) = match line.contains("/x") {
            true => ("PUT /x", "\"z\""),
            false => ("POST /posts", "{\"t\": \"new\"}"),
        };
        let json = "Content-Type: application/json";
        let first = ask(&serve, write, &[&tag, json], body);
        assert!(matches!(first.status(), 200 | 201), "{line} {fields:?}: {}", first.text());
        assert_eq!(first.field("vary"), Some("Origin, Prefer"));
        assert_eq!(ask(&serve, write, &[&tag, json], body).status(), 412, "{line} {fields:?}");
    }
}

#[test]
fn names_in_a_file_cannot_speak_to_the_terminal() {
    let serve = kit::serve().file("a.json", "{\"\\u001b[31mred\": 1, \"\\u001b[31mred\": 2}").start();
    let said = serve.stop().stderr;
    assert!(said.contains("\\x1b[31mred") && !said.contains('\u{1b}'), "{said:?}");
}

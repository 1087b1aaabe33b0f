//! `serve --echo`: the bytes of each request come back.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::exchanges::{bytes, exchanges, exchanges_of, raw_requests};
use crate::kit::{Answer, Serve, Wire, serve};

fn echo() -> Serve {
    serve().argument("--echo").start()
}

fn ask(server: &Serve, target: &str, lines: &str) -> Answer {
    server.bytes(format!("GET {target} HTTP/1.1\r\nHost: h\r\n{lines}Connection: close\r\n\r\n"))
}

#[test]
fn each_request_is_answered_with_its_bytes_and_what_is_none_with_a_refusal_that_has_them() {
    let server = echo();
    for (message, statuses) in raw_requests() {
        let name = String::from_utf8_lossy(&message[..message.len().min(99)]).into_owned();
        let mut wire = Wire::connect(server.address());
        wire.send(&message);
        wire.finish();
        let is_refused = statuses[0] >= 400 && statuses != [404];
        let is_head = message.starts_with(b"HEAD ");
        let answers: Vec<Answer> = statuses.iter().map(|_| wire.answer(is_head)).collect();
        assert!(wire.rest().is_empty(), "{name}");
        if is_refused {
            assert_eq!(answers[0].status(), statuses[0], "{name}");
            let problem: Value = serde_json::from_slice(&answers[0].body).unwrap();
            let received = bytes(&problem["received"]);
            // Of what is too long there is a part.
            let is_whole = received == message && problem["received"]["bytes"] == message.len();
            assert!(is_whole || (statuses == [431] && message.starts_with(&received) && received.len() == 16 << 10));
            continue;
        }
        assert!(answers.iter().all(|answer| answer.status() == 200), "{name}");
        assert!(answers.iter().all(|answer| answer.field("content-type") == Some("text/plain")), "{name}");
        match is_head {
            true => assert_eq!(answers[0].field("content-length"), Some(&*message.len().to_string())),
            false => {
                assert_eq!(answers.iter().flat_map(|answer| answer.body.clone()).collect::<Vec<_>>(), message, "{name}")
            }
        }
        // And it is in the journal, both ways.
        let seen = exchanges_of(&server, wire.local());
        assert_eq!(
            seen.iter().flat_map(|exchange| bytes(&exchange["received"])).collect::<Vec<_>>(),
            message,
            "{name}"
        );
        let answered = answers.iter().flat_map(|answer| [answer.head.as_bytes(), &answer.body].concat());
        assert_eq!(
            seen.iter().flat_map(|exchange| bytes(&exchange["sent"])).collect::<Vec<_>>(),
            answered.collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_long_body_comes_back_whole_however_it_comes() {
    let server = echo();
    let content = "some text that is long. ".repeat(40_000);
    let head = "POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
    let chunks: String = content
        .as_bytes()
        .chunks(1_000)
        .map(|chunk| format!("{:x};n=v\r\n{}\r\n", chunk.len(), str::from_utf8(chunk).unwrap()))
        .collect();
    for request in [
        format!("{head}Content-Length: {}\r\n\r\n{content}", content.len()),
        // Each extension counts against a limit.
        format!("{head}Transfer-Encoding: chunked\r\n\r\n{}0\r\nT: z\r\n\r\n", chunks.replacen(";n=v", "", 800)),
    ] {
        let answer = server.bytes(&request);
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert!(answer.body == request.as_bytes(), "not the same");
        let described = server.bytes(request.replacen("Host", "Accept: application/json\r\nHost", 1));
        let value: Value = serde_json::from_slice(&described.body).unwrap();
        assert!(value["content"]["text"] == content, "not the same");
    }
}

#[test]
fn who_accepts_json_gets_the_parts_in_the_order_and_case_that_came() {
    let server = echo();
    let mut wire = Wire::connect(server.address());
    let head = "POST /a%20b?c=\u{7f}".replace('\u{7f}', "d")
        + " HTTP/1.1\r\nhOST: h\r\nX: 1\r\naccept: application/json\r\nx: 2\r\n";
    wire.send([head.as_bytes(), b"Y: \xff\r\nContent-Length: 2\r\n\r\n\xfe\r"].concat());
    let answer = wire.answer(false);
    assert_eq!(answer.field("content-type"), Some("application/json"));
    let value: Value = serde_json::from_slice(&answer.body).unwrap();
    let expected = json!({
        "line": "POST /a%20b?c=d HTTP/1.1", "method": "POST", "target": "/a%20b?c=d", "version": "HTTP/1.1",
        "fields": [
            ["hOST", "h"], ["X", "1"], ["accept", "application/json"], ["x", "2"],
            ["Y", {"bytes": 1, "base64": "/w=="}], ["Content-Length", "2"],
        ],
        "framing": "length",
        "connection": {"peer": wire.local().to_string(), "number": 1, "request": 1},
        "content": {"bytes": 2, "base64": "/g0="},
    });
    assert_eq!(value, expected);
    wire.send("PUT / HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
    let value: Value = serde_json::from_slice(&wire.answer(false).body).unwrap();
    assert_eq!((&value["framing"], &value["content"]), (&json!("chunked"), &json!({"bytes": 1, "text": "x"})));
    assert_eq!((&value["connection"]["number"], &value["connection"]["request"]), (&json!(1), &json!(2)));
    for (accept, expected) in [
        ("*/*", "text/plain"),
        ("text/html", "text/plain"),
        ("application/json;q=0.5, text/*;q=0.4", "application/json"),
    ] {
        assert_eq!(
            ask(&server, "/", &format!("Accept: {accept}\r\n")).field("content-type"),
            Some(expected),
            "{accept}"
        );
    }
}

#[test]
fn the_query_shapes_the_answer() {
    let server = echo();
    let answer = ask(&server, "/?_status=503&_header=Retry-After:2&_header=x-a:%20b%0d%0ac&other=_status=1", "");
    assert_eq!((answer.status(), answer.field("retry-after"), answer.field("x-a")), (503, Some("2"), Some("b  c")));
    let answer = ask(&server, "/?_header=content-type:text/html", "");
    assert_eq!(answer.head.to_lowercase().matches("content-type:").count(), 1, "{}", answer.head);
    assert_eq!(answer.field("content-type"), Some("text/html"));
    // It is no page of this server.
    assert_eq!(answer.field("content-security-policy"), Some("default-src 'none'; sandbox"));
    for (query, expected) in [
        ("_status=100", "200 to 599"),
        ("_status=x", "200 to 599"),
        ("_delay=1h", "a time up to 5m"),
        ("_delay=301s", "a time up to 5m"),
        ("_header=x", "NAME:VALUE"),
        ("_header=a%20b:c", "the name of a field"),
        ("_header=:c", "the name of a field"),
        ("_header=content-LENGTH:9", "sets Connection"),
        ("_header=Transfer-Encoding:chunked", "sets Connection"),
        ("_status=%ff", "UTF-8"),
    ] {
        let answer = ask(&server, &format!("/?{query}"), "");
        let name = query.split('=').next().unwrap();
        assert_eq!((answer.status(), answer.field("content-type")), (400, Some("application/problem+json")), "{query}");
        let text = answer.text();
        assert!(text.contains("bad-query") && text.contains(expected) && text.contains(&format!("'{name}'")), "{text}");
    }
    assert_eq!(server.bytes("CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n").status(), 501);
    assert_eq!(server.bytes("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").text(), "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
}

/// A link on a page of somebody else could set cookies for this name, or clear what is kept for it.
#[test]
fn no_page_of_somebody_else_shapes_the_answer() {
    let site = "Sec-Fetch-Site: cross-site\r\n";
    let link = format!("{site}Sec-Fetch-Mode: navigate\r\n");
    let page = format!("{site}Origin: http://evil.example\r\n");
    let shapes = ["_header=Set-Cookie:a%3Db", "_status=503", "_delay=1ms"];
    for start in [&[][..], &["--cors", "http://app.example"]] {
        let server = start.iter().fold(serve().argument("--echo"), |serve, argument| serve.argument(*argument)).start();
        for (fields, query) in [&*link, &*page, "Origin: null\r\n"].iter().flat_map(|f| shapes.map(|query| (*f, query)))
        {
            let answer = ask(&server, &format!("/?{query}"), fields);
            assert_eq!((answer.status(), answer.field("set-cookie")), (403, None), "{query} {fields}");
        }
        // What asks for nothing of the kind is answered, and so is what comes from elsewhere.
        assert_eq!(ask(&server, "/?a=b", &link).status(), 200);
        for own in
            ["", "Sec-Fetch-Site: none\r\n", "Sec-Fetch-Site: same-origin\r\n", "Origin: http://localhost:3000\r\n"]
        {
            assert_eq!(ask(&server, "/?_status=503", own).status(), 503, "{own}");
        }
        let app = ask(&server, "/?_status=503", &format!("{site}Origin: http://app.example\r\n")).status();
        assert_eq!(app, if start.is_empty() { 403 } else { 503 });
    }
}

#[test]
fn an_answer_that_is_delayed_delays_what_is_behind_it_and_nobody_else() {
    let server = echo();
    let start = Instant::now();
    let mut slow: Vec<Wire> = (0..40).map(|_| Wire::connect(server.address())).collect();
    let delayed = "GET /1?_delay=1s&_status=299 HTTP/1.1\r\nHost: h\r\n\r\n";
    for wire in &mut slow {
        wire.send(format!("{delayed}GET /2 HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
    assert_eq!(ask(&server, "/", "").status(), 200);
    let between = start.elapsed();
    for wire in &mut slow {
        assert_eq!(wire.answer(false).status(), 299);
        assert!(start.elapsed() >= Duration::from_secs(1), "too early: {:?}", start.elapsed());
        assert!(wire.answer(false).text().starts_with("GET /2 "));
    }
    // Forty delays one after the other would have taken much longer than one.
    assert!(start.elapsed() < Duration::from_secs(20) && between < start.elapsed(), "{:?}", start.elapsed());
    let seen = exchanges(&server);
    let of = |line: &str| {
        let found = seen.iter().find(|seen| seen["received"]["text"].as_str().unwrap().starts_with(line));
        found.unwrap()["microseconds"].as_u64().unwrap()
    };
    assert!(of("GET /1") >= 1_000_000 && of("GET / ") < 1_000_000);
}

#[test]
fn an_option_without_a_place_is_refused_by_its_name() {
    let always = ["--open", "--static=.", "--trace"];
    let of_data = ["--create", "--no-save", "--strict", "--key=k", "--foreign-key-suffix=Id", "--encoding=EUC-KR"];
    let of_http = ["--token=t", "--basic=a:b", "--delay=1s", "--fault=503", "--fail=503", "--seed=1"];
    for (instead, odd) in [
        ("--echo", [&always[..], &of_data, &["--read-only", "--dialect=pairs"]].concat()),
        ("a.har", [&always[..], &of_data, &["--dialect=pairs"]].concat()),
        ("--dialect=names", [&always[..], &of_http].concat()),
    ] {
        for argument in odd {
            let run = serve().beside("a.har", "{}").argument(instead).argument(argument).run().code(2);
            let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
            let (name, _) = argument.split_once('=').unwrap_or((argument, ""));
            assert!(said.contains(&format!("{name} has no place")) && said.lines().count() == 1, "{instead}: {said}");
        }
    }
    // What would hold anyway may be said.
    serve().argument("--echo").argument("--dialect=http").start();
}

#[test]
fn what_has_no_place_beside_it_is_refused_and_the_token_is_asked_for() {
    for (argument, expected) in [
        ("db.json", "'db.json' would never be served"),
        ("--read-only", "--read-only"),
        ("--strict", "--strict"),
        ("--dialect=pairs", "--dialect"),
    ] {
        let run = serve().argument("--echo").argument(argument).run();
        let error = String::from_utf8(run.code(2).get_output().stderr.clone()).unwrap();
        assert!(error.contains("--echo answers with the request") && error.contains(expected), "{error}");
    }
    // A file that would be found is not looked for.
    let server = serve().beside("data.json", "{").argument("--echo").argument("--token").argument("t").start();
    assert_eq!(ask(&server, "/", "").status(), 401);
    let answer = ask(&server, "/", "Authorization: Bearer t\r\n");
    assert!(answer.status() == 200 && answer.text().contains("Bearer t"));
    let json = ask(&server, "/", "Authorization: Bearer t\r\nAccept: application/json\r\n");
    assert!(json.text().contains("Bearer t"));
    // What shows others what was sent keeps the secrets back that the answers repeat.
    let seen = server.bytes("GET /_/requests HTTP/1.0\r\nAuthorization: Bearer t\r\n\r\n");
    assert_eq!(seen.status(), 200);
    assert!(!seen.text().contains("Bearer t") && seen.text().contains("Authorization: ***"), "{}", seen.text());
}

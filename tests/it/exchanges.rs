//! `/_/requests`: what it shows of the exchanges of a server, and to whom.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::kit::{Answer, Serve, ServeBuilder, Wire, serve};

/// The bytes of one direction of an exchange.
pub(crate) fn bytes(message: &Value) -> Vec<u8> {
    match (&message["text"], &message["base64"]) {
        (Value::String(text), Value::Null) => text.as_bytes().to_vec(),
        (Value::Null, Value::String(base64)) => STANDARD.decode(base64).unwrap(),
        _ => panic!("neither text nor base64: {message}"),
    }
}

/// All exchanges, oldest first.
pub(crate) fn exchanges(server: &Serve) -> Vec<Value> {
    let answer = server.ask("GET", "/_/requests", "");
    assert_eq!(answer.status(), 200, "{}", answer.text());
    match serde_json::from_slice(&answer.body).unwrap() {
        Value::Array(exchanges) => exchanges,
        other => panic!("no array: {other}"),
    }
}

/// Those of the connection from that address.
pub(crate) fn exchanges_of(server: &Serve, peer: SocketAddr) -> Vec<Value> {
    let own = |exchange: &Value| exchange["connection"]["peer"] == peer.to_string();
    exchanges(server).into_iter().filter(own).collect()
}

fn posts() -> ServeBuilder {
    serve().file("db.json", r#"{"posts":[{"id":1,"title":"a"}]}"#)
}

/// Everything that comes back for these bytes, until the server closes, and what the server says that it was.
fn everything(server: &Serve, bytes: &[u8]) -> (Vec<u8>, Vec<Value>) {
    let mut wire = Wire::connect(server.address());
    wire.send(bytes);
    wire.finish();
    let peer = wire.local();
    (wire.rest(), exchanges_of(server, peer))
}

/// A head of more than a server takes.
fn long_head() -> Vec<u8> {
    format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "y".repeat(40_000)).into_bytes()
}

/// What a client may send, good and bad, with the statuses of the answers that a server of posts gives.
pub(crate) fn raw_requests() -> Vec<(Vec<u8>, &'static [u16])> {
    let cases: [(&[u8], &[u16]); 12] = [
        (b"GET /posts/1 HTTP/1.1\r\nHost: localhost\r\n\r\n", &[200]),
        (b"\r\nGET /posts/1 HTTP/1.1\r\nhOST:localhost\r\nX:  y \r\nX: \xff\r\n\r\n", &[200]),
        (b"GET /posts/1 HTTP/1.0\r\n\r\n", &[200]),
        (b"HEAD /posts HTTP/1.1\r\nHost: localhost\r\n\r\n", &[200]),
        (b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", &[404]),
        (b"PUT /posts/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n{\"title\":1}", &[200]),
        (
            b"PUT /posts/1 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
              3;a=\"b\"\r\n{\"t\r\n08\r\nitle\":2}\r\n0\r\nX-Trailer: z\r\n\r\n",
            &[200],
        ),
        (
            b"GET /posts/1 HTTP/1.1\r\nHost: localhost\r\n\r\nDELETE /posts/9 HTTP/1.1\r\nHost: localhost\r\n\r\n\
              GET /posts/1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            &[200, 404, 200],
        ),
        (b"GET / HTTP/1.1\r\n\r\n", &[400]),
        (b"\x16\x03\x01\x02\x00", &[400]),
        (b"PUT /posts/1 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", &[400]),
        (b"PUT /posts/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n{\"ti", &[400]),
    ];
    let mut all: Vec<_> = cases.into_iter().map(|(bytes, statuses)| (bytes.to_vec(), statuses)).collect();
    all.push((long_head(), &[431]));
    all
}

#[test]
fn what_was_received_and_sent_comes_back_byte_for_byte() {
    let server = posts().start();
    for (message, statuses) in raw_requests() {
        let name = String::from_utf8_lossy(&message[..message.len().min(99)]).into_owned();
        let (sent, exchanges) = everything(&server, &message);
        let found: Vec<u64> = exchanges.iter().map(|exchange| exchange["status"].as_u64().unwrap()).collect();
        assert_eq!(found, statuses.iter().map(|status| u64::from(*status)).collect::<Vec<_>>(), "{name}");
        let both = |side: &str| exchanges.iter().flat_map(|exchange| bytes(&exchange[side])).collect::<Vec<u8>>();
        assert_eq!(String::from_utf8_lossy(&both("sent")), String::from_utf8_lossy(&sent), "{name}");
        let received = both("received");
        // Of a head that is too large the server has looked at a part.
        assert!(received == message || (statuses == [431] && message.starts_with(&received)), "{name}: {received:?}");
        for (index, exchange) in exchanges.iter().enumerate() {
            assert_eq!(exchange["connection"]["request"], index as u64 + 1, "{name}");
            assert_eq!(exchange["received"]["bytes"], bytes(&exchange["received"]).len() as u64, "{name}");
            assert_eq!((&exchange["complete"], &exchange["masked"]), (&true.into(), &false.into()), "{name}");
            let started: jiff::Timestamp = exchange["started"].as_str().unwrap().parse().unwrap();
            assert!(started.duration_until(jiff::Timestamp::now()).as_secs() < 60, "{started}");
        }
    }
}

#[test]
fn a_client_that_was_told_to_go_on_was_sent_that_too() {
    let server = posts().start();
    let mut wire = Wire::connect(server.address());
    let head = "PUT /posts/1 HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n";
    wire.send(head);
    let interim = wire.until(|message| message.ends_with(b"\r\n\r\n"));
    assert_eq!(interim, "HTTP/1.1 100 Continue\r\n\r\n");
    wire.send("{\"title\":1}");
    let answer = wire.answer(false);
    let exchange = &exchanges_of(&server, wire.local())[0];
    assert_eq!(bytes(&exchange["received"]), format!("{head}{{\"title\":1}}").into_bytes());
    assert_eq!(bytes(&exchange["sent"]), [interim.as_bytes(), answer.head.as_bytes(), &answer.body].concat());
}

#[test]
fn one_exchange_is_found_by_its_number_and_none_below_the_path_is_recorded() {
    let server = posts().start();
    server.ask("GET", "/posts/1", "");
    let all = exchanges(&server);
    assert_eq!(all.len(), 1, "{all:?}");
    let one = server.ask("GET", &format!("/_/requests/{}", all[0]["id"]), "");
    assert_eq!((one.status(), one.field("content-type")), (200, Some("application/json")));
    assert_eq!(one.field("cache-control"), Some("no-store"));
    assert_eq!(serde_json::from_slice::<Value>(&one.body).unwrap(), all[0]);
    for (method, path, status) in [
        ("GET", "/_/requests/0", 404),
        ("GET", "/_/requests/99", 404),
        ("GET", "/_/requests/x", 404),
        ("GET", "/_/requestsx", 404),
        ("HEAD", "/_/requests", 200),
        ("OPTIONS", "/_/requests", 204),
        ("DELETE", "/_/requests", 405),
        ("PUT", "/_/requests/1", 405),
    ] {
        let bytes = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = server.bytes(bytes);
        assert_eq!(answer.status(), status, "{method} {path}");
        if matches!(status, 204 | 405) {
            assert_eq!(answer.field("allow"), Some("GET, HEAD, OPTIONS"), "{method} {path}");
        }
    }
    let seen: Vec<String> =
        exchanges(&server).iter().map(|exchange| exchange["received"]["text"].to_string()).collect();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen[1].contains("/_/requestsx"), "{seen:?}");
}

#[test]
fn contents_are_cut_and_their_true_length_is_told() {
    let text = "ä".repeat(20_000);
    let server = serve().file("db.json", format!(r#"{{"text":"{text}"}}"#)).start();
    let answer = server.ask("GET", "/text", "");
    server.ask("PUT", "/text", &format!("\"{}\"", "x".repeat(50_000)));
    let seen = exchanges(&server);
    let whole = [answer.head.as_bytes(), &answer.body].concat();
    let sent = bytes(&seen[0]["sent"]);
    assert!(whole.starts_with(&sent) && sent.len() - answer.head.len() > 16_000 && sent.len() < 17_000);
    assert_eq!((&seen[0]["sent"]["bytes"], &seen[0]["sent"]["kept"]), (&whole.len().into(), &sent.len().into()));
    let received = &seen[1]["received"];
    assert_eq!(received["bytes"].as_u64().unwrap() - 50_002, received["kept"].as_u64().unwrap() - (16 << 10));
}

#[test]
fn the_oldest_make_way_for_the_newest_and_large_ones_for_few() {
    let server = posts().argument("--journal").argument("3").start();
    (1..=5).for_each(|id| drop(server.ask("GET", &format!("/posts/{id}"), "")));
    let ids: Vec<u64> = exchanges(&server).iter().map(|exchange| exchange["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, [3, 4, 5]);
    let server = posts().argument("--journal").argument("10000").start();
    let line = format!("X: {}\r\n", "y".repeat(30_000));
    (0..200).for_each(|_| {
        let head = format!("GET /posts/1 HTTP/1.1\r\nHost: localhost\r\n{line}Connection: close\r\n\r\n");
        assert_eq!(server.bytes(head).status(), 200);
    });
    let seen = exchanges(&server);
    let held: u64 = seen.iter().map(|exchange| exchange["received"]["bytes"].as_u64().unwrap()).sum();
    assert!((1 << 20..=4 << 20).contains(&held), "{held} bytes in {} exchanges", seen.len());
}

#[test]
fn an_answer_that_nobody_took_to_its_end_is_told_as_far_as_it_went() {
    let rows: String = (0..400_000).map(|row| format!("{row},some text of a row\n")).collect();
    let server = serve().file("rows.csv", format!("id,text\n{rows}")).start();
    // One is made while it is sent, the other is a part of the file.
    for accept in ["application/json", "text/csv"] {
        let mut wire = Wire::connect(server.address());
        wire.send(format!("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n"));
        wire.until(|bytes| bytes.len() > 1000);
        let peer = wire.local();
        drop(wire);
        let seen = crate::server::kit::eventually(|| {
            let seen = exchanges_of(&server, peer);
            let sent = seen[0]["sent"]["bytes"].as_u64().unwrap();
            let is_over = sent > 1000 && sent < 8 << 20;
            (seen[0]["complete"] == false && is_over).then_some(seen)
        });
        assert!(seen[0]["sent"]["text"].as_str().unwrap().contains("some text of a row"), "{accept}: {seen:?}");
    }
    // And one that is taken to its end is.
    let whole =
        server.bytes("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: application/json\r\n\r\n");
    let last = exchanges(&server).pop().unwrap();
    assert_eq!(last["complete"], true);
    assert!(last["sent"]["bytes"].as_u64().unwrap() > whole.body.len() as u64);
}

#[test]
fn secrets_are_masked_unless_they_are_asked_for() {
    let bytes = "GET /posts/1 HTTP/1.1\r\nHost: localhost\r\nCookie: a=hidden\r\nAuthorization: Basic hidden\r\n\r\n";
    for (option, is_masked) in [(None, true), (Some("--show-secrets"), false)] {
        let server = option.into_iter().fold(posts(), |server, option| server.argument(option)).start();
        let (_, seen) = everything(&server, bytes.as_bytes());
        let text = seen[0]["received"]["text"].as_str().unwrap();
        assert_eq!((text.contains("hidden"), &seen[0]["masked"]), (!is_masked, &is_masked.into()), "{text}");
        assert_eq!(seen[0]["received"]["bytes"], bytes.len(), "the length is the true one");
        assert!(!is_masked || text.contains("Cookie: ***\r\nAuthorization: ***\r\n\r\n"), "{text}");
    }
}

#[test]
fn only_who_may_see_them_sees_them() {
    let ask = |server: &Serve, lines: &str| -> Answer {
        server.bytes(format!("GET /_/requests HTTP/1.1\r\nConnection: close\r\n{lines}\r\n"))
    };
    let server = posts().start();
    assert_eq!(ask(&server, "Host: localhost\r\n").status(), 200);
    for (lines, status) in [
        ("Host: evil.example\r\n", 421),
        ("Host: localhost\r\nOrigin: https://evil.example\r\n", 403),
        ("Host: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n", 403),
    ] {
        let answer = ask(&server, lines);
        assert_eq!(answer.status(), status, "{lines}");
        assert_eq!(answer.field("content-type"), Some("application/problem+json"));
    }
    let server = posts().argument("--cors").argument("*").start();
    let answer = ask(&server, "Host: localhost\r\nOrigin: https://evil.example\r\n");
    assert_eq!((answer.status(), answer.field("access-control-allow-origin")), (403, None));
    let server = posts().argument("--token").argument("t0ken").start();
    assert_eq!(ask(&server, "Host: localhost\r\n").status(), 401);
    let answer = ask(&server, "Host: localhost\r\nAuthorization: Bearer t0ken\r\n");
    assert_eq!(answer.status(), 200);
    assert!(!answer.text().contains("t0ken"));
}

#[test]
fn none_are_kept_where_none_are_wanted_and_a_member_of_that_name_wins() {
    let server = posts().argument("--journal").argument("0").start();
    let answer = server.ask("GET", "/_/requests", "");
    assert_eq!(answer.status(), 404);
    assert!(answer.text().contains("--journal 0"), "{}", answer.text());
    let server = serve().file("db.json", r#"{"_":{"requests":"mine"}}"#).start();
    assert_eq!(server.ask("GET", "/_/requests", "").text(), "\"mine\"");
    let told = server.stop().stderr;
    assert!(told.contains("warning: the data has a member '_'"), "{told}");
}

#[test]
fn an_exchange_is_found_by_the_id_that_its_client_gave_it_and_explained_line_by_line() {
    let server = posts().argument("--token").argument("hush").start();
    let host = server.address();
    let ask = |target: &str, fields: &str| {
        let secret = "Authorization: Bearer hush\r\n";
        server.bytes(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{secret}{fields}\r\n"))
    };
    ask("/posts/1", "X-Request-Id: a b/1\r\n");
    ask("/posts", "x-request-id:other\r\n");
    ask("/posts?X-Request-Id:+a+b/1", "");
    let found = |target: &str| -> Vec<Value> { serde_json::from_slice(&ask(target, "").body).unwrap() };
    assert_eq!(found("/_/requests?_request_id=none").len(), 0);
    let all = found("/_/requests?_request_id=a%20b/1&_explain");
    assert_eq!(all.len(), 1);
    let lines = all[0]["explained"].as_array().unwrap();
    for (side, kept) in [("request", "received"), ("response", "sent")] {
        let shown: Vec<u8> =
            lines.iter().filter(|line| line["side"] == side).flat_map(|line| bytes(&line["line"])).collect();
        assert_eq!(shown, bytes(&all[0][kept]), "the lines are the bytes");
    }
    let line =
        |start: &str| lines.iter().find(|line| line["line"]["text"].as_str().unwrap().starts_with(start)).unwrap();
    let remark = &line("GET ")["remarks"][0];
    assert_eq!((remark["level"].as_str(), remark["section"].as_str()), (Some("info"), Some("RFC 9110 9.3.1")));
    assert_eq!(line("Authorization")["line"]["text"], "Authorization: ***\r\n");
    assert!(!serde_json::to_string(&all).unwrap().contains("hush"));
    assert!(found("/_/requests?_request_id=other")[0].get("explained").is_none());
    let one: Value = serde_json::from_slice(&ask("/_/requests/1?_explain", "").body).unwrap();
    assert_eq!(one["explained"], all[0]["explained"]);
}

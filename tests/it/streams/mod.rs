//! Change streams: `GET` with `Accept: text/event-stream`.

mod crowd;
mod follower;
mod peers;
mod property;

use serde_json::json;

use crate::kit::{Serve, Wire, serve};
pub(crate) use follower::Follower;
use follower::Mirror;

const POSTS: &str =
    r#"{"posts":[{"id":1,"title":"a","author":{"name":"n"}},{"id":2,"title":"b"}],"list":[3,4],"x":{}}"#;

fn posts() -> Serve {
    serve().file("db.json", POSTS).start()
}

/// A stream that has begun: what is written from now on is in it.
fn follow(server: &Serve, target: &str) -> Follower {
    let mut follower = Follower::open(server.address(), target, "");
    assert_eq!(follower.status(), "200", "{}", follower.head);
    assert!(follower.event().unwrap().data.is_empty());
    follower
}

#[test]
fn each_change_is_told_as_the_request_that_makes_it() {
    let server = posts();
    let mut all = follow(&server, "/");
    for (method, path, body, told) in [
        ("POST", "/posts", r#"{ "title": "c" }"#, json!(["POST", "/posts", {"id": 3, "title": "c"}])),
        ("POST", "/posts", r#"[{"id":9},{}]"#, json!(["POST", "/posts", [{"id": 9}, {"id": 10}]])),
        ("PUT", "/posts/1", r#"{"title":"d"}"#, json!(["PUT", "/posts/1", {"id": 1, "title": "d"}])),
        ("PUT", "/posts/20", r#"{"title":"e"}"#, json!(["PUT", "/posts/20", {"id": 20, "title": "e"}])),
        (
            "PATCH",
            "/posts/2",
            r#"{"id":"2","t":{"u":1,"v":null}}"#,
            json!(["PATCH", "/posts/2", {"id": 2, "t": {"u": 1}}]),
        ),
        (
            "PATCH",
            "/posts/2",
            r#"{"title":null,"t":{"u":null}}"#,
            json!(["PATCH", "/posts/2", {"title": null, "t": {"u": null}}]),
        ),
        ("POST", "/x", r#"{"a b/c":"ä"}"#, json!(["POST", "/x", {"a b/c": "ä"}])),
        ("PATCH", "/x/a%20b%2Fc", r#""z""#, json!(["PUT", "/x/a%20b%2Fc", "z"])),
        ("DELETE", "/posts/9", "", json!(["DELETE", "/posts/9", null])),
        ("DELETE", "/list/0", "", json!(["DELETE", "/list/0", null])),
        ("PUT", "/update", r#"{"n":1}"#, json!(["PUT", "/n", 1])),
    ] {
        assert!(server.ask(method, path, body).status() < 300, "{method} {path}");
        assert_eq!(all.change(), told);
    }
    let patch =
        "[{\"op\":\"replace\",\"path\":\"/posts/0/title\",\"value\":\"f\"},{\"op\":\"remove\",\"path\":\"/n\"}]";
    let arguments = ["PATCH", &server.url(), "-H", "Content-Type: application/json-patch+json", "-d", patch];
    server.request(&arguments).assert().success();
    assert_eq!(all.change(), json!(["PUT", "/posts/1/title", "f"]));
    assert_eq!(all.change(), json!(["DELETE", "/n", null]));
}

#[test]
fn a_stream_tells_of_its_node_what_is_below_it_and_what_is_done_from_above() {
    let server = posts();
    let mut streams = ["/posts/1", "/posts/1/author/name", "/list/1", "/posts"].map(|path| follow(&server, path));
    server.ask("PATCH", "/posts/1", r#"{"author":{"name":"m"}}"#);
    server.ask("PATCH", "/posts/2", r#"{"title":"other"}"#);
    server.ask("DELETE", "/list/0", "");
    server.ask("PUT", "/posts", r#"[{"id":1,"author":"k"}]"#);
    server.ask("DELETE", "/posts/1", "");
    server.ask("PUT", "/posts/1", r#"{"id":1}"#);
    let expected = [
        vec![
            json!(["PATCH", "/posts/1", {"author": {"name": "m"}}]),
            json!(["PUT", "/posts/1", {"id": 1, "author": "k"}]),
            json!(["DELETE", "/posts/1", null]),
            json!(["PUT", "/posts/1", {"id": 1}]),
        ],
        vec![json!(["PUT", "/posts/1/author/name", "m"]), json!(["DELETE", "/posts/1/author/name", null])],
        vec![json!(["DELETE", "/list/1", null])],
        vec![json!(["PATCH", "/posts/1", {"author": {"name": "m"}}]), json!(["PATCH", "/posts/2", {"title": "other"}])],
    ];
    for (stream, expected) in streams.iter_mut().zip(expected) {
        for told in expected {
            assert_eq!(stream.change(), told);
        }
    }
}

#[test]
fn the_state_comes_first_where_it_is_asked_for() {
    let server = posts();
    let mut follower = Follower::open(server.address(), "/posts?_snapshot", "");
    let state = follower.next().unwrap();
    assert_eq!(state.name, "snapshot");
    let body = json!([{"id": 1, "title": "a", "author": {"name": "n"}}, {"id": 2, "title": "b"}]);
    let tag = server.ask("GET", "/posts", "").field("ETag").unwrap().to_owned();
    assert_eq!(state.json(), json!({"method": "PUT", "path": "/posts", "body": body, "etag": tag}));
    let mut mirror = Mirror::of("/posts", "id");
    assert!(mirror.take(&state));
    server.ask("DELETE", "/posts/1", "");
    assert!(mirror.take(&follower.next().unwrap()));
    assert_eq!(mirror.state, Some(json!([{"id": 2, "title": "b"}])));
    let head = follower.head.to_ascii_lowercase();
    for line in ["content-type: text/event-stream\r\n", "cache-control: no-store\r\n", "transfer-encoding: chunked\r\n"]
    {
        assert!(head.contains(line), "{head}");
    }
}

#[test]
fn who_comes_back_is_sent_what_it_has_missed_or_told_that_it_cannot_be() {
    let server = posts();
    let mut first = follow(&server, "/");
    let mut ids = Vec::new();
    for number in 0..3 {
        server.ask("PUT", "/n", &number.to_string());
        ids.push(first.next().unwrap().id);
    }
    drop(first);
    for (target, line) in [
        ("/", format!("Last-Event-ID: {}\r\n", ids[0])),
        (&format!("/?lastEventId={}", ids[0]), String::new()),
        // What the client says later is the newer word.
        (&format!("/n?_snapshot&lastEventId={}", ids[2]), format!("Last-Event-ID: {}\r\n", ids[0])),
    ] {
        let mut again = Follower::open(server.address(), target, &line);
        let missed = [again.next().unwrap(), again.next().unwrap()];
        assert_eq!(missed.clone().map(|event| event.change()), [json!(["PUT", "/n", 1]), json!(["PUT", "/n", 2])]);
        assert_eq!(missed.map(|event| event.id), ids[1..]);
    }
    let future = format!("{}9", ids[2]);
    for id in ["x", "00000000-1", &future, &ids[0][..ids[0].len() - 1]] {
        let mut other = Follower::open(server.address(), "/n?_snapshot", &format!("Last-Event-ID: {id}\r\n"));
        assert_eq!(other.next().unwrap().name, "reset", "{id}");
        assert_eq!(other.next().unwrap().json()["body"], json!(2), "{id}");
    }
}

#[test]
fn what_a_stream_is_asked_for_is_checked() {
    let server = posts();
    for (target, accept, expected) in [
        ("/nothing", "text/event-stream", 404),
        ("/posts?title=a", "text/event-stream", 400),
        ("/posts", "text/event-stream;q=0", 406),
        ("/posts", "text/event-stream;q=0.4, application/json;q=0.5", 200),
        ("/posts", "*/*", 200),
    ] {
        let bytes =
            format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nConnection: close\r\n\r\n");
        let answer = server.bytes(bytes);
        assert_eq!(answer.status(), expected, "{target} {accept}");
        assert_ne!(answer.field("Content-Type"), Some("text/event-stream"), "{target} {accept}");
    }
    let head = "HEAD / HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n";
    let answer = server.bytes(head);
    assert_eq!((answer.status(), answer.field("Content-Type")), (200, Some("text/event-stream")));
}

#[test]
fn a_stream_ends_with_the_server_and_does_not_hold_it_up() {
    let server = posts();
    let mut follower = follow(&server, "/");
    let started = std::time::Instant::now();
    server.stop();
    assert!(follower.event().is_none());
    assert!(started.elapsed().as_secs() < 8, "{:?}", started.elapsed());
}

fn asked(target: &str, tag: &str, wait: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: {tag}\r\nPrefer: {wait}\r\n\r\n")
}

#[test]
fn an_answer_waits_until_the_node_is_another() {
    let server = posts();
    let tag = server.ask("GET", "/posts/1", "").field("ETag").unwrap().to_owned();
    let mut waiting = Wire::connect(server.address());
    waiting.send(asked("/posts/1", &tag, "wait=200"));
    // Something else is no reason.
    server.ask("PATCH", "/posts/2", r#"{"title":"x"}"#);
    server.ask("PATCH", "/posts/1", r#"{"title":"y"}"#);
    let answer = waiting.answer(false);
    assert_eq!(answer.status(), 200);
    assert!(answer.text().contains("\"y\""), "{}", answer.text());
    // The connection goes on, what is another already is answered at once, and so is what is not waited for.
    waiting.send(asked("/posts/1", &tag, "wait=200"));
    assert_eq!(waiting.answer(false).status(), 200);
    let tag = answer.field("ETag").unwrap();
    waiting.send(asked("/posts/1", tag, "wait=0"));
    assert_eq!(waiting.answer(false).status(), 304);
    waiting.send(asked("/posts/1", tag, "wait=1"));
    let answer = waiting.answer(false);
    assert_eq!((answer.status(), answer.field("Preference-Applied")), (304, Some("wait=1")));
    waiting.send(asked("/posts/1", tag, "wait=200"));
    server.ask("DELETE", "/posts/1", "");
    assert_eq!(waiting.answer(false).status(), 404);
}

#[test]
fn who_waits_is_answered_when_the_server_ends() {
    let server = posts();
    let tag = server.ask("GET", "/", "").field("ETag").unwrap().to_owned();
    let mut waiting = Wire::connect(server.address());
    waiting.send(asked("/", &tag, "wait=200"));
    // It has been taken up before what comes after it.
    server.ask("GET", "/", "");
    let started = std::time::Instant::now();
    server.stop();
    assert_eq!(waiting.answer(false).status(), 304);
    assert!(started.elapsed().as_secs() < 8, "{:?}", started.elapsed());
}

/// Of two connections that there may be, none is held for who has gone.
#[test]
fn nobody_waits_for_a_client_that_has_gone() {
    let server = serve().file("db.json", POSTS).argument("--max-connections").argument("2").start();
    let tag = server.ask("GET", "/", "").field("ETag").unwrap().to_owned();
    for is_half in [false, true] {
        for _ in 0..2 {
            let mut waiting = Wire::connect(server.address());
            waiting.send(asked("/", &tag, "wait=200"));
            if is_half {
                waiting.finish();
                assert_eq!(waiting.answer(false).status(), 304);
                assert!(waiting.rest().is_empty());
            }
        }
        assert_eq!(server.ask("GET", "/posts/1", "").status(), 200);
    }
}

#[test]
fn exchanges_are_told_as_they_happen() {
    let server = posts();
    server.ask("GET", "/list", "");
    let mut exchanges = follow(&server, "/_/requests");
    assert_eq!(server.ask("GET", "/nothing", "").status(), 404);
    let first = exchanges.next().unwrap();
    let told = first.json();
    assert_eq!((&*first.name, &told["status"], &told["complete"]), ("exchange", &json!(404), &json!(true)));
    assert!(told["received"]["text"].as_str().unwrap().starts_with("GET /nothing HTTP/1.1\r\n"), "{told}");
    // A stream is one exchange, which is told when it begins and when it ends.
    let mut stream = follow(&server, "/list");
    server.ask("DELETE", "/list/0", "");
    assert_eq!(stream.change()[0], "DELETE");
    stream.finish();
    assert!(stream.next().is_none());
    let told: Vec<_> = (0..3).map(|_| exchanges.next().unwrap().json()).collect();
    let said: Vec<_> = told.iter().map(|told| (&told["id"], &told["complete"])).collect();
    assert_eq!(said, [(&json!(3), &json!(false)), (&json!(4), &json!(true)), (&json!(3), &json!(true))]);
    assert!(told[2]["sent"]["text"].as_str().unwrap().contains("event: change"), "{}", told[2]);
    // Who comes back is sent what it has missed.
    let mut again = Follower::open(server.address(), "/_/requests", &format!("Last-Event-ID: {}\r\n", first.id));
    assert_eq!(again.next().unwrap().json()["id"], json!(3));
    let mut other = Follower::open(server.address(), "/_/requests?lastEventId=00000000-1", "");
    assert_eq!(other.next().unwrap().name, "reset");
    let far = Follower::open(server.address(), "/_/requests", "X-Forwarded-For: 192.0.2.1\r\n");
    assert_eq!(far.status(), "403");
}

#[test]
fn a_stream_is_for_whom_the_data_is_for() {
    let server = serve().file("db.json", POSTS).argument("--token").argument("t").argument("--read-only").start();
    assert_eq!(Follower::open(server.address(), "/", "").status(), "401");
    let lines = "Authorization: Bearer t\r\nOrigin: http://localhost:5173\r\nAccept-Encoding: gzip\r\n";
    let mut told = Follower::open(server.address(), "/?_snapshot", lines);
    let head = told.head.to_ascii_lowercase();
    assert!(head.contains("access-control-allow-origin: http://localhost:5173\r\n"), "{head}");
    assert!(!head.contains("content-encoding"), "{head}");
    assert_eq!(told.next().unwrap().name, "snapshot");
    // What the owner does is told, whoever else may not write.
    std::fs::write(server.path("new"), POSTS.replace("\"b\"", "\"c\"")).unwrap();
    std::fs::rename(server.path("new"), server.path("db.json")).unwrap();
    assert_eq!(told.change(), json!(["PUT", "/posts/2/title", "c"]));
    let foreign = "Authorization: Bearer t\r\nOrigin: https://elsewhere.example\r\n";
    let foreign = Follower::open(server.address(), "/", foreign);
    assert!(!foreign.head.to_ascii_lowercase().contains("allow-origin"), "{}", foreign.head);
}

//! What an HTTP/1.1 server must take and must refuse, as bytes over a socket. Each case is sent whole, byte by byte,
//! and with a second request behind it: after a good one that is answered too, after a bad one never.

use std::sync::atomic::Ordering;

use super::kit::{Answer, Server, eventually};
use crate::raw_views::come_back;

const HOST: &str = "\r\nHost: h\r\n\r\n";
const SECOND: &str = "GET /second HTTP/1.1\r\nHost: h\r\n\r\n";

/// Sends the bytes in three ways; gives the first answer, which must not depend on the way.
fn check(server: &Server, bytes: &[u8], is_good: bool) -> Answer {
    let name = String::from_utf8_lossy(bytes).into_owned();
    let method = name.trim_start().split(' ').next().unwrap().to_owned();
    let without_date = |mut answer: Answer| {
        answer.head = answer.head.lines().filter(|line| !line.starts_with("Date: ")).collect();
        answer
    };
    let reached = server.desk.count.load(Ordering::SeqCst);
    let mut whole = server.peer();
    whole.send(bytes);
    let first = whole.answer_to(&method);
    assert_eq!(server.exchanges(&whole), [(bytes.to_vec(), first.bytes())], "in the journal: {name:?}");
    let mut trickled = server.peer();
    trickled.trickle(bytes);
    let answer = trickled.answer_to(&method);
    assert_eq!(without_date(answer.clone()), without_date(first.clone()), "byte by byte: {name:?}");
    // What is refused may be refused before its end.
    let (received, sent) = server.exchanges(&trickled).remove(0);
    assert!(bytes.starts_with(&received) && (!is_good || received == bytes), "in the journal, byte by byte: {name:?}");
    assert_eq!(sent, answer.bytes(), "in the journal, byte by byte: {name:?}");
    let mut followed = server.peer();
    let both = [bytes, SECOND.as_bytes()].concat();
    followed.send(&both);
    let answer = followed.answer_to(&method);
    assert_eq!(without_date(answer.clone()), without_date(first.clone()), "followed: {name:?}");
    let (received, sent) = server.exchanges(&followed).remove(0);
    assert_eq!(received, if is_good { bytes } else { &both }, "in the journal, followed: {name:?}");
    assert_eq!(sent, answer.bytes(), "in the journal, followed: {name:?}");
    for (mut peer, is_followed) in [(whole, false), (trickled, false), (followed, true)] {
        if is_good && first.field("connection") != Some("close") {
            if !is_followed {
                peer.send(SECOND);
            }
            assert_eq!(peer.answer().text(), "GET /second|- @h ", "{name:?}");
        } else {
            assert!(peer.is_closed(), "more than one answer to {name:?}");
        }
    }
    if !is_good {
        assert_eq!(first.field("connection"), Some("close"), "{name:?}");
        if method != "HEAD" {
            assert_eq!(first.field("content-type"), Some("application/problem+json"), "{name:?}");
            assert!(first.text().contains(&format!("\"status\":{}", first.status)), "{name:?}");
        }
        assert_eq!(server.desk.count.load(Ordering::SeqCst), reached, "the service saw {name:?}");
    }
    assert!(httpdate::parse_http_date(first.field("date").unwrap()).is_ok());
    first
}

/// Good requests, with what reached the service. An echoing server gives their bytes back.
fn good(cases: &[(&str, &str)]) {
    let server = Server::start();
    for (bytes, echo) in cases {
        let answer = check(&server, bytes.as_bytes(), true);
        assert_eq!((answer.status, answer.text()), (200, *echo), "{bytes:?}");
    }
    come_back(&cases.iter().map(|(bytes, _)| (bytes.as_bytes(), None)).collect::<Vec<_>>());
}

/// Bad requests, with the status of the refusal. That of an echoing server has their bytes.
fn bad(cases: &[(&str, u16)]) {
    let server = Server::start();
    for (bytes, status) in cases {
        let answer = check(&server, bytes.as_bytes(), false);
        assert_eq!(answer.status, *status, "{bytes:?}: {}", answer.text());
    }
    come_back(&cases.iter().map(|(bytes, status)| (bytes.as_bytes(), Some(*status))).collect::<Vec<_>>());
}

/// A request with one more field line.
fn with(line: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: h\r\n{line}\r\n\r\n")
}

fn request(line: &str) -> String {
    format!("{line}{HOST}")
}

#[test]
fn line_ends() {
    good(&[
        ("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET /|- @h "),
        ("\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET /|- @h "),
    ]);
    bad(&[
        ("GET / HTTP/1.1\nHost: h\n\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\n\r\n", 400),
        ("GET / HTTP/1.1\rHost: h\r\n\r\n", 400),
        ("\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("\r\n\r\n\r\n\r\n\r\n", 400),
        (&with("X: a\rb"), 400),
        (&with("X: a\r\r"), 400),
    ]);
}

#[test]
fn request_lines() {
    good(&[
        (&request("GET /a/b?c=d HTTP/1.1"), "GET /a/b|c=d @h "),
        (&request("GET / HTTP/1.9"), "GET /|- @h "),
        (&request("get / HTTP/1.1"), "get /|- @h "),
        (&request("M-SEARCH+!#$%&'*^_`|~1 / HTTP/1.1"), "M-SEARCH+!#$%&'*^_`|~1 /|- @h "),
        (&request("GET /%41%2f?%zz HTTP/1.1"), "GET /%41%2f|%zz @h "),
    ]);
    bad(&[
        (&request("GET  / HTTP/1.1"), 400),
        (&request("GET /  HTTP/1.1"), 400),
        (&request("GET\t/\tHTTP/1.1"), 400),
        (&request("GET / HTTP/1.1 "), 400),
        (&request(" GET / HTTP/1.1"), 400),
        (&request("G@T / HTTP/1.1"), 400),
        (&request("G\u{e4}T / HTTP/1.1"), 400),
        (&request("GET /a b HTTP/1.1"), 400),
        (&request("GET /\u{7f} HTTP/1.1"), 400),
        (&request("GET /\u{e4} HTTP/1.1"), 400),
        (&request("GET /\u{0} HTTP/1.1"), 400),
        (&request("GET / http/1.1"), 400),
        (&request("GET / HTTP/1.1.1"), 400),
        (&request("GET / HTTP/01.1"), 400),
        (&request("GET / HTTP/1"), 400),
        (&request("GET /"), 400),
        (&request("GET / HTTP/2.0"), 505),
        (&request("GET / HTTP/3.1"), 505),
        (&request("GET / HTTP/0.9"), 505),
        ("PRI * HTTP/2.0\r\n\r\n", 505),
        ("GET /\r\n\r\n", 400),
    ]);
}

#[test]
fn targets() {
    good(&[
        (&request("GET http://other:81/a?b HTTP/1.1"), "GET /a|b @other:81 "),
        (&request("GET HTTP://[::1] HTTP/1.1"), "GET /|- @[::1] "),
        (&request("OPTIONS * HTTP/1.1"), "OPTIONS * @h "),
        (&request("OPTIONS http://x HTTP/1.1"), "OPTIONS * @x "),
        (&request("CONNECT x:443 HTTP/1.1"), "CONNECT x:443 @x:443 "),
        (&request(&format!("GET /{} HTTP/1.1", "x".repeat(8_191))), &format!("GET /{}|- @h ", "x".repeat(8_191))),
    ]);
    bad(&[
        (&request("GET * HTTP/1.1"), 400),
        (&request("GET a HTTP/1.1"), 400),
        (&request("GET /a#b HTTP/1.1"), 400),
        (&request("GET http:///a HTTP/1.1"), 400),
        (&request("GET http://u:p@x/a HTTP/1.1"), 400),
        (&request("GET http://x:port/ HTTP/1.1"), 400),
        (&request("CONNECT /a HTTP/1.1"), 400),
        (&request("CONNECT x HTTP/1.1"), 400),
        (&request("GET x:443 HTTP/1.1"), 421),
        (&request("GET https://h/ HTTP/1.1"), 421),
        (&request(&format!("GET /{} HTTP/1.1", "x".repeat(8_192))), 414),
    ]);
}

#[test]
fn hosts() {
    good(&[
        ("GET / HTTP/1.1\r\nhost:h:8080\r\n\r\n", "GET /|- @h:8080 "),
        ("GET / HTTP/1.1\r\nHost:\t [::1]:80 \t\r\n\r\n", "GET /|- @[::1]:80 "),
        ("GET / HTTP/1.0\r\n\r\n", "GET /|- @- "),
        ("GET / HTTP/1.0\r\nHost: h\r\n\r\n", "GET /|- @h "),
    ]);
    bad(&[
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET http://h/ HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a,b c\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h/a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h:x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: [h]\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\nHost: h\r\nHost: i\r\n\r\n", 400),
    ]);
}

#[test]
fn field_lines() {
    let many = (0..99).map(|number| format!("X-{number}: y")).collect::<Vec<_>>().join("\r\n");
    good(&[
        (&with("X:"), "GET /|- @h "),
        (&with("X: \t a\t\u{e4} \t"), "GET /|- @h "),
        (&with(&many), "GET /|- @h "),
        (&with(&format!("X: {}", "x".repeat(32_000))), "GET /|- @h "),
    ]);
    bad(&[
        (&with("X : a"), 400),
        (&with("X\t: a"), 400),
        (&with("X: a\r\n b"), 400),
        (&with("X: a\r\n\tb"), 400),
        ("GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n \r\nHost: h\r\n\r\n", 400),
        (&with("X"), 400),
        (&with(": a"), 400),
        (&with("X Y: a"), 400),
        (&with("X\u{e4}: a"), 400),
        (&with("X: a\u{0}"), 400),
        (&with("X: \u{1b}[31m"), 400),
        (&with("X: \u{7f}"), 400),
        (&with(&format!("{many}\r\nX: y")), 431),
        (&with(&format!("X: {}", "x".repeat(33_000))), 431),
    ]);
}

#[test]
fn lengths() {
    let put = |lines: &str, content: &str| format!("PUT / HTTP/1.1\r\nHost: h\r\n{lines}\r\n\r\n{content}");
    good(&[
        (&put("X: y", ""), "PUT /|- @h "),
        (&put("Content-Length: 0", ""), "PUT /|- @h "),
        (&put("Content-Length: 3", "abc"), "PUT /|- @h abc"),
        (&put("content-length:\t003 ", "abc"), "PUT /|- @h abc"),
        (&put("Content-Length: 33", SECOND), "PUT /|- @h GET /second HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("PUT / HTTP/1.0\r\nContent-Length: 2\r\n\r\nab", "PUT /|- @- ab"),
        (&put("Transfer-Encoding: Chunked", "0\r\n\r\n"), "PUT /|- @h "),
        (
            &put("Transfer-Encoding: chunked", "1;a=b\r\nx\r\n0A\r\n0123456789\r\n0\r\nT: t\r\n\r\n"),
            "PUT /|- @h x0123456789",
        ),
    ]);
    bad(&[
        (&put("Content-Length:", ""), 400),
        (&put("Content-Length: -1", ""), 400),
        (&put("Content-Length: +1", "a"), 400),
        (&put("Content-Length: 1, 1", "a"), 400),
        (&put("Content-Length: 1 1", "a"), 400),
        (&put("Content-Length: 0x1", "a"), 400),
        (&put("Content-Length: 1\r\nContent-Length: 1", "a"), 400),
        (&put("Content-Length: 1\r\nContent-Length: 2", "a"), 400),
        (&put("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400),
        (&put("Content-Length: 16777217", ""), 413),
        (&put("Content-Length: 99999999999999999999999999", ""), 413),
        (&put("Transfer-Encoding:", ""), 400),
        (&put("Transfer-Encoding: identity", ""), 400),
        (&put("Transfer-Encoding: gzip", ""), 400),
        (&put("Transfer-Encoding: chunked, gzip", ""), 400),
        (&put("Transfer-Encoding: chunked, chunked", ""), 400),
        (&put("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", ""), 400),
        (&put("Transfer-Encoding: chunked;q=1", ""), 400),
        (&put("Transfer-Encoding: xchunked", ""), 400),
        (&put("Transfer-Encoding: gzip, chunked", ""), 501),
        ("PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ]);
}

#[test]
fn chunks() {
    let put = |content: &str| format!("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{content}");
    bad(&[
        (&put("x\r\n"), 400),
        (&put("\r\n"), 400),
        (&put("-1\r\n"), 400),
        (&put("0x1\r\na"), 400),
        (&put("1 \r\na"), 400),
        (&put("1\na\r\n"), 400),
        (&put("1\r\nab\r\n"), 400),
        (&put("1\r\na\n0\r\n\r\n"), 400),
        (&put("1;\u{0}\r\na"), 400),
        (&put("11111111111111111\r\n"), 400),
        (&put("ffffffffffffffff\r\n"), 413),
        (&put("1000001\r\n"), 413),
        (&put(&format!("1;{}\r\n", "x".repeat(5_000))), 431),
        (&put("0\r\nX : y\r\n\r\n"), 400),
        (&put("0\r\n\n"), 400),
        (&put(&format!("0\r\nX: {}\r\n\r\n", "x".repeat(9_000))), 431),
        (&put(&format!("0\r\n{}\r\n", "X: y\r\n".repeat(101))), 431),
    ]);
}

#[test]
fn expectations() {
    let put = |expect: &str| format!("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: {expect}\r\n\r\n");
    bad(&[(&put("200-ok"), 417), (&put(""), 417), (&put("100-continue, x"), 417)]);
    let server = Server::start();
    for expect in ["100-continue", "100-Continue"] {
        let mut peer = server.peer();
        peer.send(put(expect));
        let interim = peer.answer();
        assert_eq!((interim.status, interim.head.as_str()), (100, "HTTP/1.1 100 Continue\r\n\r\n"));
        peer.send("ab");
        assert_eq!(peer.answer().text(), "PUT /|- @h ab");
    }
    // The content has come already: no interim response is due.
    let mut peer = server.peer();
    peer.send(format!("{}ab", put("100-continue")));
    assert_eq!(peer.answer().status, 200);
    // No 1xx to an HTTP/1.0 client, whatever it expects.
    let mut peer = server.peer();
    peer.send("PUT / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    peer.send("ab");
    assert_eq!(peer.answer().status, 200);
    // Refused by its head: the final status, and the content is never asked for.
    let mut peer = server.peer();
    peer.send(put("100-continue").replace("PUT /", "PUT /refused"));
    let answer = peer.answer();
    assert_eq!((answer.status, answer.field("connection")), (401, Some("close")));
    assert!(peer.is_closed());
    let mut peer = server.peer();
    peer.send(put("100-continue").replace("Length: 2", "Length: 99999999"));
    assert_eq!(peer.answer().status, 413);
    // Late, and to a client that was tired of waiting: what it sends behind its head is neither read as a request nor resets the
    // answer away.
    for path in ["/fault/whole/after/x", "/fault/drip/after/x", "/fault/whole/x"] {
        let mut peer = server.peer();
        let looks = server.desk.looks.load(Ordering::SeqCst);
        let head = put("100-continue").replace("PUT /", &format!("PUT {path}")).replace("Length: 2", "Length: 300000");
        peer.send(head);
        eventually(|| (server.desk.looks.load(Ordering::SeqCst) > looks).then_some(()));
        peer.send([b'x'; 250_000]);
        peer.send("GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
        let answer = peer.answer();
        assert_eq!((answer.status, answer.field("connection")), (401, Some("close")), "{path}");
        assert!(peer.is_closed(), "{path}");
    }
    for (path, expected) in
        [("/fault/empty", &b""[..]), ("/fault/garbage", b"\xffgarbage"), ("/fault/short-stall/x", b"HTTP")]
    {
        let mut peer = server.peer();
        peer.send(put("100-continue").replace("PUT /", &format!("PUT {path}")));
        let bytes = peer.everything();
        assert!(bytes.starts_with(expected) && !bytes.starts_with(b"HTTP/1.1 100"), "{path}");
    }
}

#[test]
fn other_protocols() {
    let server = Server::start();
    let cases = [&b"\x16\x03\x01\x02\x00\x01\x00"[..], b"\x00\x00\x00\x01", b"{\"a\":1}", b"\xff\xfe"];
    come_back(&cases.map(|bytes| (bytes, Some(400))));
    for bytes in cases {
        let mut peer = server.peer();
        peer.send(bytes);
        assert_eq!(peer.answer().status, 400);
        assert!(peer.is_closed());
    }
}

#[test]
fn a_refusal_can_be_read_by_a_peer_that_goes_on_sending() {
    let server = Server::start();
    let mut peer = server.peer();
    peer.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000000\r\n\r\n");
    // More than the buffers of both sides hold; without a staged close this ends in a reset.
    for _ in 0..100 {
        peer.send([b'x'; 100_000]);
    }
    assert_eq!(peer.answer().status, 413);
    assert!(peer.is_closed());
}

#[test]
fn a_last_answer_can_be_read_by_a_peer_that_has_sent_more_meanwhile() {
    let server = Server::start();
    let (mut waiting, mut reading) = (server.peer(), server.peer());
    waiting.send("GET /later HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    eventually(|| (server.desk.waiting.lock().unwrap().len() == 1).then_some(()));
    // So that the end of the answer is still with the server's system when the server is done with it.
    socket2::SockRef::from(&reading.stream).set_recv_buffer_size(16 << 10).unwrap();
    reading.send("GET /large HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    reading.take(1);
    waiting.send(SECOND);
    reading.send(SECOND);
    server.answer_later("here");
    let large = super::kit::large();
    let mut taken = 0;
    while taken < large.len() - (64 << 10) {
        taken += reading.take(64 << 10);
    }
    // A reset would come before what was not read.
    std::thread::sleep(std::time::Duration::from_millis(200));
    for (peer, content) in [(&mut waiting, &b"here"[..]), (&mut reading, large)] {
        assert!(peer.answer().content == content);
        // What came behind the last request is not answered.
        assert_eq!(peer.stream.peek(&mut [0]).unwrap(), 0);
    }
}

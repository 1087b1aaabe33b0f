//! Answers that are late, cut off, garbled or not given at all, as bytes.

use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use bytes::Bytes;
use httpkit::message::{Content, Response, Stream};
use httpkit::server::{Config, Fault, Finish, LogConfig, LogFormat, Manner, Reply, Rhythm};

use super::kit::{Paper, Peer, Server, config, large};

const PAUSE: Duration = Duration::from_millis(20);

/// The reply at `/fault/NAME/...`, which has that fault; its content is that of the response, or what the path ends in.
pub(crate) fn reply(path: &str, response: Response) -> Reply {
    let (name, manner) = match path.split('/').nth(2).unwrap_or_default() {
        "whole" => ("whole", Manner::Whole),
        "reset" => ("reset", Manner::Instead(Bytes::new(), Finish::Reset)),
        "empty" => ("empty", Manner::Instead(Bytes::new(), Finish::Close)),
        "garbage" => ("garbage", Manner::Instead(Bytes::from_static(b"\xffgarbage"), Finish::Close)),
        "truncate" => ("truncate", Manner::Half(Finish::Close)),
        "half-reset" => ("half-reset", Manner::Half(Finish::Reset)),
        "bad-chunk" => ("bad-chunk", Manner::BadChunk),
        "stall" => ("stall", Manner::Half(Finish::Hold(Duration::from_secs(600)))),
        "short-stall" => ("short-stall", Manner::Half(Finish::Hold(PAUSE))),
        "drip" => ("drip", Manner::Paced(Rhythm::Bytes(20, PAUSE))),
        "slow-drip" => ("slow-drip", Manner::Paced(Rhythm::Bytes(1, Duration::from_secs(600)))),
        "fast-drip" => ("fast-drip", Manner::Paced(Rhythm::Bytes(1 << 20, Duration::from_millis(1)))),
        "slow-head" => ("slow-head", Manner::Paced(Rhythm::Lines(PAUSE))),
        other => panic!("{other}"),
    };
    let response = match path.rsplit('/').next() {
        Some("stream") => {
            let mut pieces = ["0123456789", "abc"].iter();
            response.with_content(Content::Stream(Stream::new(move || pieces.next().map(|piece| (*piece).into()))))
        }
        Some("large") => response.with_content(Content::Whole(Bytes::from_static(large()))),
        Some("nothing") => response.with_content(Content::default()),
        Some("byte") => response.with_content(Content::Whole(Bytes::from_static(b"1"))),
        _ => response,
    };
    let ready = Reply::Ready(response);
    let reply = match path.rsplit('/').next() {
        Some("later") => Reply::Later(Box::new(|| ready)),
        _ => ready,
    };
    let faulty = Reply::Faulty(Box::new(Fault { name, manner }), Box::new(reply));
    match path.rsplit('/').nth(1) {
        Some("after") => Reply::NotBefore(Instant::now() + PAUSE, Box::new(|| faulty)),
        _ => faulty,
    }
}

fn ask(peer: &mut Peer, method: &str, path: &str) {
    peer.send(format!("{method} /fault/{path} HTTP/1.1\r\nHost: h\r\n\r\n"));
}

/// All that comes to a request, as text without the date, and whether the end was a reset.
fn outcome(server: &Server, method: &str, path: &str) -> (String, bool) {
    outcome_of(server, &format!("{method} /fault/{path} HTTP/1.1"))
}

/// The same for a request of this line.
fn outcome_of(server: &Server, line: &str) -> (String, bool) {
    let mut peer = server.peer();
    peer.send(format!("{line}\r\nHost: h\r\n\r\n"));
    let (mut bytes, mut buffer) = (Vec::new(), [0; 64 << 10]);
    let is_reset = loop {
        match peer.stream.read(&mut buffer) {
            Ok(0) => break false,
            Ok(length) => bytes.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break true,
            Err(error) => panic!("{line}: {error}"),
        }
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let text = match text.split_once("\r\nDate: ") {
        Some((line, rest)) => format!("{line}{}", rest.split_once("GMT").map_or("", |(_, rest)| rest)),
        None => text,
    };
    (text, is_reset)
}

#[test]
fn what_comes_in_place_of_an_answer() {
    let server = Server::start();
    for delay in ["", "/after/x", "/later", "/after/later"] {
        let of = |name: &str| outcome(&server, "GET", &format!("{name}{delay}"));
        assert_eq!(of("reset"), (String::new(), true), "{delay}");
        assert_eq!(of("empty"), (String::new(), false), "{delay}");
        assert_eq!(of("garbage"), ("\u{fffd}garbage".to_owned(), false), "{delay}");
    }
}

#[test]
fn half_of_an_answer() {
    let server = Server::start();
    let head = |framing: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{framing}\r\n\r\n");
    // Of the content `GET /fault/truncate/x|- @h `.
    let length = head("Content-Length: 27");
    assert_eq!(outcome(&server, "GET", "truncate/x"), (format!("{length}GET /fault/tr"), false));
    let chunked = head("Transfer-Encoding: chunked");
    assert_eq!(outcome(&server, "GET", "truncate/stream"), (format!("{chunked}a\r\n01234"), false));
    assert_eq!(outcome(&server, "GET", "bad-chunk/stream"), (format!("{chunked}5\r\n01234\r\nzz\r\n"), false));
    assert_eq!(outcome(&server, "GET", "truncate/byte"), (head("Content-Length: 1"), false));
    assert_eq!(outcome(&server, "GET", "bad-chunk/byte"), (format!("{chunked}zz\r\n"), false));
    let half = "GET /fault/bad";
    assert_eq!(outcome(&server, "GET", "bad-chunk/x"), (format!("{chunked}e\r\n{half}\r\nzz\r\n"), false));
    let (text, is_reset) = outcome(&server, "GET", "half-reset/x");
    assert!(is_reset && text.ends_with("\r\n\r\nGET /fault/hal"), "{text}");
    // Where no content follows, the head is what is cut.
    for (method, path) in [("HEAD", "truncate/x"), ("HEAD", "bad-chunk/x"), ("GET", "truncate/nothing")] {
        let mut peer = server.peer();
        ask(&mut peer, method, path);
        let text = String::from_utf8(peer.everything()).unwrap();
        assert!(text.starts_with("HTTP/1.1 200 OK\r\nDate: ") && !text.contains("\r\n\r\n"), "{text}");
    }
    // The other half of what is large is not sent either.
    let mut peer = server.peer();
    ask(&mut peer, "GET", "truncate/large");
    let bytes = peer.everything();
    let end = bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
    assert_eq!(bytes.len() - end, large().len() / 2);
    assert!(bytes[end..] == large()[..large().len() / 2]);
}

/// RFC 9112 6.1: what is sent to HTTP/1.0 has no transfer coding, and whatever breaks in it breaks as it can there.
#[test]
fn old_clients_are_sent_no_chunks() {
    let server = Server::start();
    let old = |method: &str, path: &str| outcome_of(&server, &format!("{method} /fault/{path} HTTP/1.0"));
    let head =
        |framing: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{framing}Connection: close\r\n\r\n");
    let length = head("Content-Length: 28\r\n");
    for (path, content) in [
        ("bad-chunk/x", format!("{length}GET /fault/bad")),
        ("bad-chunk/stream", format!("{}01234", head(""))),
        ("bad-chunk/byte", head("Content-Length: 1\r\n")),
        ("truncate/stream", format!("{}01234", head(""))),
        ("short-stall/stream", format!("{}01234", head(""))),
        ("drip/stream", format!("{}0123456789abc", head(""))),
        ("slow-head/stream", format!("{}0123456789abc", head(""))),
        ("whole/stream", format!("{}0123456789abc", head(""))),
        ("garbage", "\u{fffd}garbage".to_owned()),
        ("empty", String::new()),
    ] {
        assert_eq!(old("GET", path), (content, false), "{path}");
    }
    assert_eq!(old("GET", "reset"), (String::new(), true));
    for name in ["bad-chunk", "truncate", "short-stall", "drip", "slow-head", "whole"] {
        let (text, _) = old("HEAD", &format!("{name}/stream"));
        assert!(text.starts_with("HTTP/1.1 200 OK") && !text.contains("Transfer-Encoding"), "{name}: {text}");
    }
}

#[test]
fn an_answer_piece_by_piece_is_whole_and_late() {
    let server = Server::start();
    for (name, path, least) in [
        // More than 100 bytes, 20 at a time.
        ("drip", "drip/x", 5),
        ("drip", "drip/stream", 5),
        ("drip", "drip/after/later", 6),
        // Status line, date, type, length, blank line.
        ("slow-head", "slow-head/x", 4),
        ("fast-drip", "fast-drip/large", 0),
    ] {
        let mut peer = server.peer();
        let start = Instant::now();
        // Whatever came before it is not late, and what comes behind it waits for it.
        peer.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
        ask(&mut peer, "GET", path);
        peer.send("GET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        assert_eq!(peer.answer().text(), "GET /a|- @h ");
        let bytes = peer.everything();
        assert!(start.elapsed() >= PAUSE * least, "{path}: {:?}", start.elapsed());
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.ends_with("GET /b|- @h "), "{path}");
        let expected = match path {
            "drip/stream" => "a\r\n0123456789\r\n3\r\nabc\r\n0\r\n\r\nHTTP/1.1 200 OK".to_owned(),
            "fast-drip/large" => {
                String::from_utf8_lossy(&large()[large().len() - 100..]).into_owned() + "HTTP/1.1 200 OK"
            }
            _ => format!("GET /fault/{path}|- @h HTTP/1.1 200 OK"),
        };
        assert!(text.contains(&expected), "{name}");
    }
}

#[test]
fn nobody_waits_for_what_is_late() {
    let server = Server::with(Config { threads: 1, ..config() });
    let mut slow = ["slow-drip/x", "stall/x", "slow-drip/large"].map(|path| {
        let mut peer = server.peer();
        ask(&mut peer, "GET", path);
        assert!(peer.take(1) > 0);
        peer
    });
    for _ in 0..100 {
        let mut peer = server.peer();
        peer.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(peer.answer().status, 200);
    }
    // A client that goes is not waited for, and neither is one whose time is over.
    slow[1].half_close();
    let stalled = slow[1].everything();
    assert!(stalled.ends_with(b"GET /fault/s"), "{}", String::from_utf8_lossy(&stalled));
    assert!(outcome(&server, "GET", "short-stall/x").0.ends_with("GET /fault/shor"));
    // When the server ends, what is left comes at once.
    let stalled = &mut server.peer();
    ask(stalled, "GET", "stall/x");
    assert!(stalled.take(1) > 0);
    server.handle.stop();
    assert!(slow[0].everything().ends_with(b"GET /fault/slow-drip/x|- @h "));
    assert!(slow[2].everything().ends_with(&large()[large().len() - 1000..]));
    stalled.everything();
}

#[test]
fn the_log_and_the_journal_say_what_was_sent() {
    let paper = Paper::default();
    let writer = Box::new(paper.clone());
    let log = LogConfig { format: LogFormat::Short, writer, paint: None, echo_headers: None, is_timed: false };
    let server = Server::with(Config { log: Some(log), threads: 1, ..config() });
    let names = ["whole", "reset", "empty", "garbage", "truncate", "bad-chunk", "short-stall", "drip", "slow-head"];
    for name in names {
        let mut peer = server.peer();
        let path = format!("{name}/after/later");
        ask(&mut peer, "GET", &path);
        peer.half_close();
        let sent = peer.everything();
        let exchanges = server.exchanges(&peer);
        assert_eq!(exchanges[0].1, sent, "{name}");
        let exchange = server.journal.exchanges().pop().unwrap().1;
        assert_eq!(exchange.is_complete, ["whole", "drip", "slow-head"].contains(&name), "{name}");
        assert_eq!(exchange.status.is_none(), ["reset", "empty", "garbage"].contains(&name), "{name}");
    }
    server.stop();
    let log = paper.text();
    let ends: Vec<&str> = log.lines().map(|line| line.rsplit_once("HTTP/1.1\" ").unwrap().1).collect();
    assert_eq!(
        ends,
        [
            "200 34 [fault whole]",
            "- - [fault reset]",
            "- - [fault empty]",
            "- 8 [fault garbage]",
            "200 18 [fault truncate]",
            "200 29 [fault bad-chunk]",
            "200 20 [fault short-stall]",
            "200 33 [fault drip]",
            "200 38 [fault slow-head]",
        ]
    );
}

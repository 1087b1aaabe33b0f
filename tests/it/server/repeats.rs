//! What is asked again and again is answered as it would be anew.

use std::sync::atomic::Ordering;

use httpkit::server::{Config, LogConfig, LogFormat};

use super::kit::{Answer, Paper, Server, config};

fn start(log: Option<LogConfig>) -> Server {
    let server = Server::with(Config { threads: 1, log, ..config() });
    *server.desk.state.lock().unwrap() = Some(1);
    server
}

/// An answer without its date.
fn undated(answer: &Answer) -> (String, &[u8]) {
    let lines: Vec<_> = answer.head.lines().filter(|line| !line.starts_with("Date: ")).collect();
    assert_eq!(lines.len(), answer.head.lines().count() - 1, "no date: {}", answer.head);
    (lines.join("\n"), &answer.content)
}

#[test]
fn the_same_head_has_the_same_answer_without_asking_the_service_while_its_state_lasts() {
    let server = start(None);
    let mut peer = server.peer();
    let asked = || server.desk.count.load(Ordering::SeqCst);
    for target in ["/a", "/404", "/204", "/304", "/b?c"] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: h\r\nX: {}\r\n\r\n", "y".repeat(target.len() * 40));
        let before = asked();
        peer.send(&request);
        let first = peer.answer();
        // One by one, all at once, and in pieces.
        (0..3).for_each(|_| peer.send(&request));
        peer.send(request.repeat(20));
        peer.trickle(&request);
        for _ in 0..24 {
            assert_eq!(undated(&peer.answer()), undated(&first), "{target}");
        }
        assert_eq!(asked(), before + 2, "{target}");
        *server.desk.state.lock().unwrap().as_mut().unwrap() += 1;
        peer.send(&request);
        assert_eq!(undated(&peer.answer()), undated(&first));
        assert_eq!(asked(), before + 3, "{target}");
    }
}

#[test]
fn what_differs_in_any_byte_is_asked_anew() {
    let server = start(None);
    let mut peer = server.peer();
    for (request, method) in [
        ("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "GET"),
        ("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n", "HEAD"),
        ("GET /a HTTP/1.1\r\nhost: h\r\n\r\n", "GET"),
        ("GET /a HTTP/1.1\r\nHost: h:1\r\n\r\n", "GET"),
        ("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET"),
    ] {
        let before = server.desk.count.load(Ordering::SeqCst);
        let answers: Vec<_> = (0..4)
            .map(|_| {
                peer.send(request);
                peer.answer_to(method)
            })
            .collect();
        assert!(answers.windows(2).all(|pair| undated(&pair[0]) == undated(&pair[1])), "{request}");
        assert_eq!(answers[3].content.is_empty(), method == "HEAD");
        assert_eq!(answers[3].field("connection"), request.contains("1.0").then_some("keep-alive"));
        assert_eq!(server.desk.count.load(Ordering::SeqCst), before + 2, "{request}");
    }
}

#[test]
fn content_later_answers_and_closes_are_never_repeated() {
    let server = start(None);
    for (request, is_last) in [
        ("GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx", false),
        ("GET /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", false),
        ("GET /long HTTP/1.1\r\nHost: h\r\n\r\n", false),
        ("GET /large HTTP/1.1\r\nHost: h\r\n\r\n", false),
        ("GET /panic HTTP/1.1\r\nHost: h\r\n\r\n", true),
        ("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", true),
        ("GET /a HTTP/1.0\r\n\r\n", true),
    ] {
        let before = server.desk.count.load(Ordering::SeqCst);
        let mut peer = server.peer();
        for _ in 0..4 {
            peer.send(request);
            let answer = peer.answer();
            if is_last && answer.status == 200 {
                assert!(peer.is_closed(), "{request}");
                peer = server.peer();
            }
        }
        let asked = server.desk.count.load(Ordering::SeqCst) - before;
        assert_eq!(asked, 4, "{request}");
    }
}

#[test]
fn the_log_has_a_line_for_each_repetition() {
    let paper = Paper::default();
    let writer = Box::new(paper.clone());
    let server = start(Some(LogConfig {
        format: LogFormat::Short,
        writer,
        paint: None,
        echo_headers: Some(|head| head.into()),
        is_timed: false,
    }));
    let mut peer = server.peer();
    for request in ["GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "GET /204 HTTP/1.1\r\nHost: h\r\n\r\n"] {
        peer.send(request.repeat(5));
        (0..5).for_each(|_| drop(peer.answer()));
    }
    server.stop();
    let text = paper.text();
    let dateless: String =
        text.lines().filter(|line| !line.contains("Date: ")).map(|line| format!("{}\n", after_time(line))).collect();
    let (first, second) = dateless.split_at(dateless.find("\"GET /204").unwrap());
    for (part, line) in [(first, "\"GET /a HTTP/1.1\" 200 "), (second, "\"GET /204 HTTP/1.1\" 204 -")] {
        assert!(part.starts_with(line), "{part}");
        assert_eq!(part.matches(line).count(), 5, "{part}");
        assert_eq!(part, part[..part.len() / 5].repeat(5));
    }
}

/// A log line without its time.
fn after_time(line: &str) -> &str {
    line.split_once("] ").map_or(line, |(_, rest)| rest)
}

//! Requests and answers in the ordinary course, and the ends of connections.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use httpkit::server::{Config, Ending, LogConfig, LogFormat};

use super::kit::{Paper, Server, config, eventually, large};

const GET: &str = "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n";

#[test]
fn a_request_is_answered_and_the_connection_kept() {
    let server = Server::start();
    let mut peer = server.peer();
    for _ in 0..3 {
        peer.send(GET);
        let answer = peer.answer();
        assert_eq!((answer.status, answer.text()), (200, "GET /a|b @h "));
        assert!(httpdate::parse_http_date(answer.field("date").unwrap()).is_ok());
        assert_eq!(answer.field("connection"), None);
    }
}

#[test]
fn content_comes_whole_split_or_in_chunks() {
    let server = Server::start();
    let mut peer = server.peer();
    let sized = "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
    let chunked =
        "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;e\r\nllo\r\n0\r\nT: t\r\n\r\n";
    for request in [sized, chunked] {
        peer.send(request);
        assert_eq!(peer.answer().text(), "PUT /x|- @h hello");
        peer.trickle(request);
        assert_eq!(peer.answer().text(), "PUT /x|- @h hello");
        peer.send([request, GET, request].concat());
        assert_eq!(peer.answer().text(), "PUT /x|- @h hello");
        assert_eq!(peer.answer().text(), "GET /a|b @h ");
        assert_eq!(peer.answer().text(), "PUT /x|- @h hello");
    }
}

#[test]
fn large_content_goes_both_ways() {
    let server = Server::start();
    let mut peer = server.peer();
    peer.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    peer.send(GET);
    assert_eq!(peer.answer().content, large());
    assert_eq!(peer.answer().text(), "GET /a|b @h ");
    let content = large();
    peer.send(format!("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", content.len()));
    peer.send(content);
    assert_eq!(peer.answer().content, [b"PUT /|- @h ", content].concat());
}

#[test]
fn a_deep_pipeline_is_answered_in_order_though_nothing_is_read_meanwhile() {
    let server = Server::start();
    let mut peer = server.peer();
    // More answers than the buffers of both sides hold.
    let requests: String = (0..60_000).map(|number| format!("GET /p{number} HTTP/1.1\r\nHost: h\r\n\r\n")).collect();
    peer.send(requests);
    for number in 0..60_000 {
        assert_eq!(peer.answer().text(), format!("GET /p{number}|- @h "));
    }
}

#[test]
fn an_answer_that_comes_later_holds_up_its_own_connection_only() {
    let server = Server::with(Config { threads: 1, ..config() });
    let mut waits = server.peer();
    waits.send(format!("GET /later HTTP/1.1\r\nHost: h\r\n\r\n{GET}"));
    let mut other = server.peer();
    for _ in 0..10 {
        other.send(GET);
        assert_eq!(other.answer().status, 200);
    }
    server.answer_later("at last");
    assert_eq!(waits.answer().text(), "at last");
    assert_eq!(waits.answer().text(), "GET /a|b @h ");
    waits.send("GET /long HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(waits.answer().text(), "GET /long|- @h ");
}

#[test]
fn an_answer_that_is_not_due_yet_holds_up_its_own_connection_only() {
    let server = Server::with(Config { threads: 1, ..config() });
    let (mut waits, mut other, start) = (server.peer(), server.peer(), Instant::now());
    waits.send(format!("PUT /after HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok{GET}"));
    other.send(GET);
    assert_eq!(other.answer().status, 200);
    let between = start.elapsed();
    assert_eq!(waits.answer().text(), "PUT /after|- @h ok");
    assert!(start.elapsed() >= Duration::from_millis(100) && between < start.elapsed(), "{:?}", start.elapsed());
    assert_eq!(waits.answer().text(), "GET /a|b @h ");
    // What is under way is finished when the server ends.
    waits.send("GET /after HTTP/1.1\r\nHost: h\r\n\r\n");
    eventually(|| (server.desk.count.load(Ordering::SeqCst) == 4).then_some(()));
    let ending = std::thread::spawn(|| server.stop());
    let answer = waits.answer();
    assert_eq!((answer.text(), answer.field("connection")), ("GET /after|- @h ", Some("close")));
    assert_eq!(ending.join().unwrap(), Ending::Finished);
}

#[test]
fn a_service_that_fails_answers_500_and_the_server_lives() {
    let server = Server::start();
    let mut peer = server.peer();
    for path in ["/panic", "/panic-later", "/panic-after", "/dropped"] {
        peer.send(format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n"));
        let answer = peer.answer();
        assert_eq!(answer.status, 500, "{path}");
        assert!(answer.text().contains("\"code\":\"internal-error\""));
    }
    peer.send(GET);
    assert_eq!(peer.answer().status, 200);
}

#[test]
fn head_is_get_less_the_content() {
    let server = Server::start();
    let mut peer = server.peer();
    for path in ["/a", "/404", "/204", "/304", "/large"] {
        peer.send(format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n"));
        let get = peer.answer();
        peer.send(format!("HEAD {path} HTTP/1.1\r\nHost: h\r\n\r\n"));
        let head = peer.answer_to("HEAD");
        let without_date = |head: &str| head.lines().filter(|line| !line.starts_with("Date")).collect::<String>();
        // The echo names the method, which is a letter longer.
        let expected = without_date(&get.head).replace(": 12", ": 13");
        assert_eq!(without_date(&head.head), if path == "/a" { expected } else { without_date(&get.head) }, "{path}");
    }
    assert!(server.desk.count.load(std::sync::atomic::Ordering::SeqCst) == 10);
}

#[test]
fn the_connection_ends_as_asked() {
    let server = Server::start();
    for (request, says, closes) in [
        ("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", Some("close"), true),
        ("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, CLOSE\r\n\r\n", Some("close"), true),
        ("GET / HTTP/1.0\r\n\r\n", Some("close"), true),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", Some("keep-alive"), false),
        ("GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", None, false),
        ("GET /404 HTTP/1.1\r\nHost: h\r\n\r\n", None, false),
        ("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", None, false),
    ] {
        let mut peer = server.peer();
        peer.send(request);
        assert_eq!(peer.answer().field("connection"), says, "{request:?}");
        if closes {
            assert!(peer.is_closed(), "{request:?}");
        } else {
            peer.send(GET);
            assert_eq!(peer.answer().status, 200);
        }
    }
    let mut peer = server.peer();
    peer.send(format!("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n{GET}"));
    assert_eq!(peer.answer().status, 200);
    assert!(peer.is_closed(), "nothing is processed after close");
}

#[test]
fn an_answer_before_the_close_can_be_read_by_a_peer_that_goes_on_sending() {
    let server = Server::start();
    for _ in 0..20 {
        let mut peer = server.peer();
        peer.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".to_owned() + &GET.repeat(20_000));
        assert_eq!(peer.answer().status, 200);
        assert!(peer.is_closed());
    }
}

#[test]
fn a_peer_that_half_closes_still_gets_its_answers() {
    let server = Server::start();
    let mut peer = server.peer();
    peer.send([GET, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n", GET].concat());
    peer.half_close();
    assert_eq!(peer.answer().status, 200);
    server.answer_later("late");
    assert_eq!(peer.answer().text(), "late");
    assert_eq!(peer.answer().status, 200);
    assert!(peer.is_closed());
}

#[test]
fn a_request_cut_short_is_not_applied() {
    let server = Server::start();
    for request in [
        "GET / HT",
        "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhell",
        "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    ] {
        let mut peer = server.peer();
        peer.send(request);
        peer.half_close();
        assert_eq!(peer.answer().status, 400, "{request:?}");
        assert!(peer.is_closed());
    }
    assert_eq!(server.desk.count.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[test]
fn the_log_has_a_line_for_each_request() {
    let paper = Paper::default();
    let writer = Box::new(paper.clone());
    let log = LogConfig { format: LogFormat::Short, writer, paint: None, echo_headers: None, is_timed: false };
    let server = Server::with(Config { log: Some(log), ..config() });
    let mut peer = server.peer();
    peer.send(format!(
        "{GET}GET /later HTTP/1.1\r\nHost: h\r\n\r\nGET /204 HTTP/1.1\r\nHost: h\r\n\r\nGE\x1bT / HTTP/1.1\r\n"
    ));
    server.answer_later("done");
    peer.send("\r\n");
    peer.everything();
    assert_eq!(server.stop(), Ending::Finished);
    let text = paper.text();
    let ends: Vec<_> = text.lines().map(|line| line.split_once("] ").unwrap().1.to_owned()).collect();
    assert_eq!(
        ends[..3],
        ["\"GET /a?b HTTP/1.1\" 200 12", "\"GET /later HTTP/1.1\" 200 4", "\"GET /204 HTTP/1.1\" 204 -"]
    );
    assert!(ends[3].starts_with("\"GE\\x1bT / HTTP/1.1\" 400 "), "{ends:?}");
    assert!(text.starts_with("127.0.0.1 - - ["));
}

#[test]
fn a_log_that_is_never_taken_delays_nobody() {
    struct Stuck(mpsc::Receiver<()>);
    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _ = self.0.recv();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (release, held) = mpsc::channel();
    let log = LogConfig {
        format: LogFormat::Json,
        writer: Box::new(Stuck(held)),
        paint: None,
        echo_headers: Some(|head| head.into()),
        is_timed: false,
    };
    let server = Server::with(Config { log: Some(log), threads: 1, ..config() });
    let mut peer = server.peer();
    // More lines than are kept waiting.
    for _ in 0..200 {
        peer.send(GET.repeat(100));
        (0..100).for_each(|_| assert_eq!(peer.answer().status, 200));
    }
    drop(release);
}

#[test]
fn a_stop_finishes_what_is_in_flight() {
    // One worker, so that what is seen of one connection is known of the others.
    let server = Server::with(Config { threads: 1, ..config() });
    let (mut idle, mut busy, mut fresh) = (server.peer(), server.peer(), server.peer());
    idle.send(GET);
    assert_eq!(idle.answer().status, 200);
    busy.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    eventually(|| (server.desk.waiting.lock().unwrap().len() == 1).then_some(()));
    server.handle.stop();
    assert!(idle.is_closed());
    assert!(fresh.is_closed());
    server.answer_later("in flight");
    let answer = busy.answer();
    assert_eq!((answer.text(), answer.field("connection")), ("in flight", Some("close")));
    assert!(busy.is_closed());
    assert_eq!(server.stop(), Ending::Finished);
}

#[test]
fn connections_are_counted_out() {
    let server = Server::start();
    let peers: Vec<_> = (0..50).map(|_| server.peer()).collect();
    eventually(|| (server.handle.connections() == 50).then_some(()));
    drop(peers);
    eventually(|| (server.handle.connections() == 0).then_some(()));
}

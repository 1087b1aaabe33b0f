//! What hostile or unlucky peers cost: nothing that others would notice.

use std::io::Read;
use std::sync::atomic::Ordering;
use std::time::Duration;

use httpkit::server::{Config, Limits};

use super::kit::{Server, config, eventually};

const GET: &str = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const SHORT: Duration = Duration::from_millis(100);

fn with(change: impl FnOnce(&mut Limits)) -> Server {
    let mut limits = Limits::USUAL;
    change(&mut limits);
    Server::with(Config { limits, threads: 1, ..config() })
}

#[test]
fn a_head_that_does_not_come_is_408() {
    let server = with(|limits| limits.head_time = SHORT);
    let mut peer = server.peer();
    peer.send("GET / HTTP/1.1\r\nHost: h\r\n");
    let answer = peer.answer();
    assert_eq!((answer.status, answer.field("connection")), (408, Some("close")));
    assert!(answer.text().contains("\"code\":\"request-timeout\""));
    assert!(peer.is_closed());
}

#[test]
fn a_head_that_trickles_is_408_however_often_an_byte_comes() {
    let server = with(|limits| limits.head_time = SHORT);
    let mut peer = server.peer();
    peer.stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    let mut answer = Vec::new();
    peer.send("GET / HTTP/1.1\r\nX: ");
    eventually(|| {
        peer.trickle("x");
        let mut bytes = [0; 1000];
        let length = peer.stream.read(&mut bytes).unwrap_or(0);
        answer.extend_from_slice(&bytes[..length]);
        answer.starts_with(b"HTTP/1.1 408 ").then_some(())
    });
}

#[test]
fn content_below_the_minimum_rate_is_408_and_not_applied() {
    let server = with(|limits| limits.body_time = SHORT);
    for head in ["Content-Length: 5\r\n\r\nhe", "Transfer-Encoding: chunked\r\n\r\n5\r\nhe"] {
        let mut peer = server.peer();
        peer.send(format!("PUT / HTTP/1.1\r\nHost: h\r\n{head}"));
        assert_eq!(peer.answer().status, 408);
        assert!(peer.is_closed());
    }
    assert_eq!(server.desk.count.load(Ordering::SeqCst), 0);
}

#[test]
fn content_that_came_fast_is_no_credit_for_a_standstill() {
    let server = with(|limits| limits.body_time = SHORT);
    let mut peer = server.peer();
    peer.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
    peer.send(vec![b'x'; 1_000_000]);
    assert_eq!(peer.answer().status, 408);
}

#[test]
fn unfinished_bodies_are_bounded_together() {
    let server = with(|limits| limits.pending = 3 << 20);
    let head = "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n";
    let begun = |bytes: usize| {
        let mut peer = server.peer();
        peer.send(head);
        peer.send(vec![b'x'; bytes]);
        peer
    };
    // Which of both is read first is not known; for the other one there is no room.
    let mut peers = [begun(1_999_999), begun(1_999_999)];
    let is_answered = |peer: &super::kit::Peer| {
        peer.stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        let is_answered = peer.stream.peek(&mut [0]).is_ok();
        peer.stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        is_answered
    };
    let refused = eventually(|| peers.iter().position(is_answered));
    let answer = peers[refused].answer();
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("--max-pending") && answer.text().contains("too-much-pending"));
    let mut small = server.peer();
    small.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
    assert_eq!(small.answer().status, 200);
    let first = &mut peers[1 - refused];
    first.send("x");
    assert_eq!(first.answer().status, 200);
    let mut last = begun(2_000_000);
    assert_eq!(last.answer().status, 200, "what was answered is free again");
}

#[test]
fn content_that_waits_for_its_answer_is_counted_too() {
    let server = with(|limits| limits.pending = 3 << 20);
    let sent = |path: &str| {
        let mut peer = server.peer();
        peer.send(format!("PUT {path} HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n"));
        peer.send(vec![b'x'; 2_000_000]);
        peer
    };
    let mut waiting = sent("/later");
    eventually(|| (server.desk.waiting.lock().unwrap().len() == 1).then_some(()));
    assert_eq!(sent("/").answer().status, 503);
    server.answer_later("done");
    assert_eq!(waiting.answer().text(), "done");
    assert_eq!(sent("/").answer().status, 200);
}

#[test]
fn answers_that_were_made_and_not_read_are_bounded_together() {
    let server = with(|limits| limits.pending = 5 << 20);
    let deaf: Vec<_> = (0..3)
        .map(|_| {
            let mut peer = server.peer();
            peer.send("GET /made HTTP/1.1\r\nHost: h\r\n\r\n");
            peer
        })
        .collect();
    let refused = eventually(|| {
        let mut peer = server.peer();
        peer.send("GET /made HTTP/1.1\r\nHost: h\r\n\r\n");
        let answer = peer.answer();
        (answer.status == 503).then_some(answer)
    });
    assert!(refused.text().contains("--max-pending"), "{}", refused.text());
    let mut short = server.peer();
    short.send(GET);
    assert_eq!(short.answer().status, 200);
    drop(deaf);
    eventually(|| {
        let mut peer = server.peer();
        peer.send("GET /made HTTP/1.1\r\nHost: h\r\n\r\n");
        (peer.answer().status == 200).then_some(())
    });
}

#[test]
fn slow_readers_go_when_much_is_unsent() {
    let server = with(|limits| (limits.pending, limits.write_time) = (10 << 20, Duration::from_secs(600)));
    let peer = || {
        let mut peer = server.peer();
        peer.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
        peer
    };
    // One alone has its time; with the second there is too much.
    let deaf = [peer(), peer()];
    eventually(|| (server.handle.connections() < 2).then_some(()));
    drop(deaf);
}

#[test]
fn a_part_of_the_data_that_nobody_takes_counts_for_all_that_it_keeps() {
    for target in ["/part", "/stream"] {
        let server = with(|limits| (limits.pending, limits.write_time) = (10 << 20, Duration::from_secs(600)));
        let deaf: Vec<_> = (0..2)
            .map(|_| {
                let mut peer = server.peer();
                socket2::SockRef::from(&peer.stream).set_recv_buffer_size(16 << 10).unwrap();
                peer.send(format!("GET {target} HTTP/1.1\r\nHost: h\r\n\r\n"));
                peer
            })
            .collect();
        eventually(|| (server.desk.count.load(Ordering::SeqCst) == 2).then_some(()));
        eventually(|| (server.handle.connections() < 2).then_some(()));
        drop(deaf);
    }
}

#[test]
fn small_answers_that_nobody_takes_are_bounded_together() {
    let server = with(|limits| (limits.pending, limits.write_time) = (1 << 20, Duration::from_secs(600)));
    let mut deaf = server.peer();
    deaf.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    let mut pipelining = server.peer();
    socket2::SockRef::from(&pipelining.stream).set_recv_buffer_size(16 << 10).unwrap();
    pipelining.stream.set_write_timeout(Some(SHORT)).unwrap();
    eventually(|| (server.desk.count.load(Ordering::SeqCst) == 1).then_some(()));
    while std::io::Write::write_all(&mut pipelining.stream, GET.repeat(100).as_bytes()).is_ok() {}
    // An answer has some hundred bytes: so many fill the buffers of the system, and no others are made.
    let count = server.desk.count.load(Ordering::SeqCst);
    assert!(count < 5_000, "{count} answers were made");
    drop(deaf);
}

#[test]
fn unfinished_heads_make_room_for_new_connections() {
    let server = with(|limits| (limits.connections, limits.head_time) = (10, Duration::from_secs(600)));
    let unfinished: Vec<_> = (0..10)
        .map(|_| {
            let mut peer = server.peer();
            peer.send("GET / HTTP/1.1\r\nHost: ");
            peer
        })
        .collect();
    eventually(|| (server.handle.connections() == 10).then_some(()));
    let mut new = server.peer();
    new.send(GET);
    assert_eq!(new.answer().status, 200);
    drop(unfinished);
}

#[test]
fn idle_connections_are_closed_without_a_word() {
    let server = with(|limits| limits.idle_time = SHORT);
    let (mut silent, mut served, mut blank) = (server.peer(), server.peer(), server.peer());
    served.send(GET);
    assert_eq!(served.answer().status, 200);
    blank.send("\r\n");
    assert!(silent.is_closed() && served.is_closed() && blank.is_closed());
    eventually(|| (server.handle.connections() == 0).then_some(()));
}

#[test]
fn a_peer_that_never_reads_is_dropped_and_its_worker_serves_on() {
    let server = with(|limits| limits.write_time = SHORT);
    let mut deaf = server.peer();
    for _ in 0..10 {
        deaf.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    let mut other = server.peer();
    other.send(GET);
    assert_eq!(other.answer().status, 200);
    eventually(|| (server.handle.connections() == 1).then_some(()));
    // Far fewer than ten answers were ever made: what is not taken holds up what is asked.
    assert!(server.desk.count.load(Ordering::SeqCst) <= 5, "{:?}", server.desk.count);
}

#[test]
fn a_peer_that_reads_steadily_above_the_minimum_rate_gets_everything() {
    let server = with(|limits| (limits.rate, limits.write_time) = (64 << 10, Duration::from_secs(2)));
    let mut peer = server.peer();
    peer.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    // Eight times the minimum; the system's own buffers would hold what is read in this way for longer than the limit.
    let start = std::time::Instant::now();
    while start.elapsed() < Duration::from_secs(7) {
        peer.take(64 << 10);
        std::thread::sleep(Duration::from_millis(125));
    }
    assert_eq!(peer.answer().content, super::kit::large());
}

#[test]
fn a_peer_that_reads_late_gets_everything() {
    let server = with(|limits| limits.rate = u64::MAX);
    let mut peer = server.peer();
    peer.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n".repeat(4));
    let mut other = server.peer();
    for _ in 0..100 {
        other.send(GET);
        assert_eq!(other.answer().status, 200);
    }
    for _ in 0..4 {
        assert_eq!(peer.answer().content, super::kit::large());
    }
}

#[test]
fn past_the_limit_of_connections_new_ones_wait_for_a_place() {
    let server = with(|limits| limits.connections = 2);
    let (mut first, mut second) = (server.peer(), server.peer());
    for peer in [&mut first, &mut second] {
        peer.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    eventually(|| (server.desk.waiting.lock().unwrap().len() == 2).then_some(()));
    let mut third = server.peer();
    third.send(GET);
    server.answer_later("one");
    server.answer_later("two");
    assert_eq!((first.answer().text(), second.answer().text()), ("one", "two"));
    assert!(server.handle.connections() <= 2);
    drop(first);
    assert_eq!(third.answer().status, 200);
}

#[test]
fn idle_connections_make_room_for_new_ones() {
    let server = with(|limits| limits.connections = 10);
    let idle: Vec<_> = (0..10).map(|_| server.peer()).collect();
    eventually(|| (server.handle.connections() == 10).then_some(()));
    let mut new = server.peer();
    new.send(GET);
    assert_eq!(new.answer().status, 200);
    drop(idle);
}

#[test]
fn resets_end_nobody_else() {
    let server = Server::start();
    for _ in 0..200 {
        let mut peer = server.peer();
        peer.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\nPUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx");
        // Dropped with an answer unread, which resets the connection.
    }
    let mut peer = server.peer();
    peer.send(GET);
    assert_eq!(peer.answer().status, 200);
    drop(peer);
    eventually(|| (server.handle.connections() == 0).then_some(()));
}

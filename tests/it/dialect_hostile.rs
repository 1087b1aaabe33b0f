//! Clients of a dialect that send or ask for much: what there is no memory for is refused, as it is over HTTP, and the
//! server goes on.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Instant;

use crate::kit::{self, Serve};

/// A client that has sent something.
fn sending(serve: &Serve, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(serve.address()).unwrap();
    stream.set_read_timeout(Some(kit::PATIENCE)).unwrap();
    // Whoever is refused may find that nobody reads on.
    let _ = stream.write_all(text.as_bytes());
    stream
}

/// What it gets until the end; empty if a refusal is lost while it still sends.
fn answer(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A request of the dialect `dialog` with content of so many letters, of which not all are sent.
fn post(serve: &Serve, length: usize, sent: usize) -> String {
    let host = serve.address();
    format!("POST /db.json HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n{}", "x".repeat(sent))
}

#[test]
fn many_large_messages_at_once_never_take_a_limited_server_down() {
    let serve = kit::serve()
        .file("db.json", "{\"k\":{\"a\":\"1\"}}")
        .argument("--dialect")
        .argument("dialog")
        .under("-v 262144")
        .start();
    thread::scope(|scope| {
        for _ in 0..30 {
            scope.spawn(|| answer(sending(&serve, &post(&serve, 15_000_000, 15_000_000))));
        }
    });
    let get = format!("GET /db.json HTTP/1.1\r\nHost: {}\r\n\r\n", serve.address());
    assert!(answer(sending(&serve, &get)).starts_with("HTTP/1.1 200"));
}

#[test]
fn many_large_answers_at_once_never_take_a_limited_server_down() {
    let (count, letters) = (30_000, 450);
    let records: Vec<String> = (0..count).map(|n| format!("\"k{n}\":\"{}\"", "x".repeat(letters))).collect();
    let data = format!("{{{}}}", records.join(","));
    for (dialect, line, host) in [("pairs", "GET / HTTP/1.1", "/"), ("dialog", "GET /db.json HTTP/1.1", "")] {
        let serve =
            kit::serve().file("db.json", &data).argument("--dialect").argument(dialect).under("-v 262144").start();
        let get = match dialect {
            "pairs" => format!("{line}\r\nHost: {}{host}\r\n\r\n", serve.address().ip()),
            _ => format!("{line}\r\nHost: {}{host}\r\n\r\n", serve.address()),
        };
        // All have asked before the first one takes anything.
        let clients: Vec<TcpStream> = (0..16).map(|_| sending(&serve, &get)).collect();
        let lengths: Vec<usize> = clients.into_iter().map(|client| answer(client).len()).collect();
        assert!(lengths.iter().any(|length| *length > count * letters), "{dialect}: {lengths:?}");
        assert!(answer(sending(&serve, &get)).len() > count * letters, "{dialect}: a later one is answered");
    }
}

#[test]
fn unfinished_messages_have_one_limit_together() {
    let serve = kit::serve()
        .file("db.json", "{\"k\":{\"a\":\"1\"}}")
        .argument("--dialect")
        .argument("dialog")
        .argument("--max-pending")
        .argument("4m")
        .start();
    let mut waiting: Vec<TcpStream> = (0..8).map(|_| sending(&serve, &post(&serve, 1_500_000, 1_000_000))).collect();
    // Those for whom there is room are waited for; the others are told at once.
    waiting.iter().for_each(|client| client.set_nonblocking(true).unwrap());
    let start = Instant::now();
    let mut refused = 0;
    while refused < 4 {
        assert!(start.elapsed() < kit::PATIENCE, "{refused} were refused");
        waiting.retain_mut(|client| match client.read(&mut [0; 64]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => true,
            _ => {
                refused += 1;
                false
            }
        });
        thread::yield_now();
    }
    let get = format!("GET /db.json HTTP/1.1\r\nHost: {}\r\n\r\n", serve.address());
    assert!(answer(sending(&serve, &get)).starts_with("HTTP/1.1 200"), "little goes on");
}

//! The load: one thread, as many connections as a case has, each asking again as soon as it is answered.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::process::Child;

#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// Requests sent at once.
    pub(crate) pipeline: usize,
    /// A connection for each request.
    pub(crate) close: bool,
    /// So many records are asked for in turn.
    pub(crate) records: usize,
}

/// What a run gave: requests a second, latencies and CPU time in microseconds.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) rate: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) cpu: f64,
}

struct Connection {
    stream: TcpStream,
    sent: Instant,
    received: usize,
    is_asked: bool,
}

fn request(id: usize, close: bool) -> String {
    let close = if close { "Connection: close\r\n" } else { "" };
    format!("GET /posts/{id} HTTP/1.1\r\nHost: 127.0.0.1\r\n{close}\r\n")
}

/// Loads a server for some seconds, from a thread on the last core. The servers were started from a thread that is on
/// every core, so that they see how many there are.
pub(crate) fn run(server: &Child, load: &Load, seconds: f64) -> Outcome {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            crate::process::pin_to_last_core();
            ask(server, load, seconds)
        });
        thread.join().unwrap()
    })
}

fn ask(server: &Child, load: &Load, seconds: f64) -> Outcome {
    let ask = |id| request(crate::FIRST + id, load.close).repeat(load.pipeline).into_bytes();
    let asks: Vec<Vec<u8>> = (0..load.records).map(ask).collect();
    let mut asks = asks.iter().cycle();
    let mut ask = move || asks.next().unwrap();
    let length = answer_length(server.address, load.close) * load.pipeline;
    let mut poll = Poll::new().unwrap();
    let open = |poll: &Poll, slot: usize| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        poll.registry().register(&mut stream, Token(slot), Interest::READABLE | Interest::WRITABLE).unwrap();
        Connection { stream, sent: Instant::now(), received: 0, is_asked: false }
    };
    let mut connections: Vec<Connection> = (0..load.connections).map(|slot| open(&poll, slot)).collect();
    let (mut events, mut buffer, mut latencies) = (Events::with_capacity(1024), vec![0; 64 << 10], Vec::new());
    let (start, cpu) = (Instant::now(), server.cpu());
    while start.elapsed().as_secs_f64() < seconds {
        poll.poll(&mut events, Some(Duration::from_millis(100))).unwrap();
        for event in &events {
            let slot = event.token().0;
            let connection = &mut connections[slot];
            if event.is_writable() && !connection.is_asked {
                connection.stream.set_nodelay(true).unwrap();
                connection.stream.write_all(ask()).unwrap();
                connection.is_asked = true;
            }
            if !event.is_readable() {
                continue;
            }
            match connection.stream.read(&mut buffer) {
                Ok(0) => assert!(load.close, "the server closed a connection"),
                Ok(received) => connection.received += received,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => panic!("{error}"),
            }
            assert!(connection.received <= length, "more bytes than answers have");
            if connection.received < length {
                continue;
            }
            latencies.push(connection.sent.elapsed().as_nanos() as f64 / 1e3);
            if load.close {
                *connection = open(&poll, slot);
                continue;
            }
            connection.received = 0;
            connection.sent = Instant::now();
            connection.stream.write_all(ask()).unwrap();
        }
    }
    outcome(&mut latencies, load.pipeline, start.elapsed().as_secs_f64(), server.cpu() - cpu)
}

/// What came of rounds of so many requests, of each of which the latency is known, in so many seconds.
fn outcome(latencies: &mut [f64], pipeline: usize, elapsed: f64, cpu: f64) -> Outcome {
    latencies.sort_by(f64::total_cmp);
    let requests = (latencies.len() * pipeline) as f64;
    let quantile = |share: f64| latencies[(latencies.len() as f64 * share) as usize];
    Outcome { rate: requests / elapsed, p50: quantile(0.5), p99: quantile(0.99), cpu: cpu / requests * 1e6 }
}

/// The length of an answer; all are equally long.
fn answer_length(address: SocketAddr, close: bool) -> usize {
    answer(address, close).len()
}

/// An answer as it comes.
pub(crate) fn answer(address: SocketAddr, close: bool) -> Vec<u8> {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.write_all(request(crate::FIRST, close).as_bytes()).unwrap();
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let length = stream.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&bytes);
        assert!(length > 0 && text.starts_with("HTTP/1.1 200 OK\r\n"), "not an answer: {text}");
        if let Some((head, content)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let wanted = head.split("content-length: ").nth(1).unwrap();
            let wanted: usize = wanted.split("\r\n").next().unwrap().parse().unwrap();
            if content.len() == wanted {
                return bytes;
            }
        }
    }
}

/// Opens connections that ask once and then stay, idle.
pub(crate) fn hold(server: &Child, count: usize) -> Vec<std::net::TcpStream> {
    let mut held = Vec::new();
    for _ in 0..count {
        let mut stream = std::net::TcpStream::connect(server.address).unwrap();
        stream.write_all(request(crate::FIRST, false).as_bytes()).unwrap();
        let mut buffer = [0; 4096];
        assert!(stream.read(&mut buffer).unwrap() > 0);
        held.push(stream);
    }
    held
}

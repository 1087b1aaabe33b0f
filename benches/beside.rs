//! What other requests feel of long queries: the time of a GET of one record while nothing else goes on, and while two
//! connections have a million records searched without a pause.
//!
//! `cargo bench --bench beside`. Both are measured in turns; the ratios of p50 and p99 are printed.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod served;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use served::Server;

const RECORDS: usize = 1_000_000;
const ROUNDS: usize = 10;
const ROUND: Duration = Duration::from_secs(1);

/// What goes on beside, on each connection: full text, which reads every record; a filter that has its column; records
/// as text, much of it.
const BESIDE: [(&str, &str); 3] = [
    ("full text", "/?q=nowhere@example.com&_limit=1"),
    ("a number out of a column", "/?number=123456"),
    ("a quarter as text", "/?city=Jeju"),
];

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.json");
    write_records(&path);
    let server = Server::start(&path);
    for (name, target) in BESIDE {
        for connections in [1, 8] {
            measure(&server, name, target, connections);
        }
    }
}

fn measure(server: &Server, name: &str, target: &str, connections: usize) {
    let (alone, beside, scans) = (&mut Vec::new(), &mut Vec::new(), AtomicUsize::new(0));
    for _ in 0..ROUNDS {
        alone.extend(load(server.address, connections));
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let mut connection = Connection::open(server.address, target);
                    while !is_over.load(Ordering::Relaxed) {
                        connection.exchange();
                        scans.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            beside.extend(load(server.address, connections));
            is_over.store(true, Ordering::Relaxed);
        });
    }
    let at = |times: &mut Vec<f64>, part: f64| {
        times.sort_by(f64::total_cmp);
        times[(times.len() as f64 * part) as usize]
    };
    let (p50, p99) = ((at(alone, 0.5), at(beside, 0.5)), (at(alone, 0.99), at(beside, 0.99)));
    println!(
        "GET on {connections} connections beside {name}: p50 {:.0} us, {:.2} x; p99 {:.0} us, {:.2} x; {} queries",
        p50.1,
        p50.1 / p50.0,
        p99.1,
        p99.1 / p99.0,
        scans.load(Ordering::Relaxed)
    );
}

/// The times of requests, in microseconds: each connection asks again a millisecond after it was answered, so that the
/// machine has room for both.
fn load(address: SocketAddr, connections: usize) -> Vec<f64> {
    std::thread::scope(|scope| {
        let one = |_| {
            scope.spawn(move || {
                let mut connection = Connection::open(address, "/4711");
                let (start, mut times) = (Instant::now(), Vec::new());
                while start.elapsed() < ROUND {
                    let sent = Instant::now();
                    connection.exchange();
                    times.push(sent.elapsed().as_secs_f64() * 1e6);
                    std::thread::sleep(Duration::from_millis(1));
                }
                times
            })
        };
        let threads: Vec<_> = (0..connections).map(one).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

struct Connection {
    stream: BufReader<TcpStream>,
    request: String,
    content: Vec<u8>,
}

impl Connection {
    fn open(address: SocketAddr, target: &str) -> Connection {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        Connection { stream: BufReader::new(stream), request, content: Vec::new() }
    }

    fn exchange(&mut self) {
        self.stream.get_mut().write_all(self.request.as_bytes()).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.trim_end().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        self.content.resize(length, 0);
        self.stream.read_exact(&mut self.content).unwrap();
    }
}

fn write_records(path: &Path) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    out.write_all(b"[\n").unwrap();
    for id in 0..RECORDS {
        let comma = if id == 0 { "" } else { ",\n" };
        let city = ["Seoul", "Busan", "Daegu", "Jeju"][id % 4];
        write!(
            out,
            "{comma}  {{\"id\": {id}, \"name\": \"Person {id}\", \"email\": \"person{id}@example.org\", \"city\": \"{city}\", \
             \"number\": {id}}}"
        )
        .unwrap();
    }
    out.write_all(b"\n]\n").unwrap();
    out.flush().unwrap();
}

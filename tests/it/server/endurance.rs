//! Hostile and ordinary clients at the same time, against a server in a process of its own, so that its memory and
//! descriptors can be looked at.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use httpkit::server::{Config, Limits, bind};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::kit::{Echo, Peer, config, eventually};
use super::property::{Random, bytes};

/// Names the role of the child; without it the child's test has nothing to do.
const ROLE: &str = "HTTPKIT_TEST_SERVES";

const GET: &str = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

/// A server in a child of this very program.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start() -> Server {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["server::endurance::serves_until_it_is_killed", "--exact", "--ignored", "--nocapture"])
            .env(ROLE, "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.map(Result::unwrap).find_map(|line| line.rsplit_once("listens on ")?.1.parse().ok());
        let server = Server { process, address: address.unwrap() };
        // Whoever has been served knows that all threads have what they need.
        let mut peer = server.peer();
        peer.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        assert_eq!(peer.answer().status, 200);
        assert!(peer.is_closed());
        server
    }

    fn proc(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.process.id())
    }

    fn descriptors(&self) -> usize {
        std::fs::read_dir(self.proc("fd")).unwrap().count()
    }

    fn status(&self, name: &str) -> usize {
        let text = std::fs::read_to_string(self.proc("status")).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// Resident memory in kB.
    fn memory(&self) -> usize {
        self.status("VmRSS:")
    }

    /// CPU time so far, in hundredths of a second.
    fn cpu(&self) -> u64 {
        let text = std::fs::read_to_string(self.proc("stat")).unwrap();
        let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    }

    fn peer(&self) -> Peer {
        Peer::connect(self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
#[ignore = "needs a parent"]
#[allow(clippy::print_stdout)]
fn serves_until_it_is_killed() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    // What hostile clients wait for comes soon enough to be seen.
    let second = Duration::from_secs(1);
    let limits = Limits { head_time: 5 * second, body_time: second, write_time: second, ..Limits::USUAL };
    let bound = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    println!("listens on {}", bound.address());
    bound.serve(Echo::default(), Config { limits, threads: 2, ..config() }).unwrap();
}

/// One thing that no good client does.
fn misbehave(address: SocketAddr, random: &mut Random) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_millis(5)))?;
    stream.set_write_timeout(Some(Duration::from_millis(50)))?;
    let mut buffer = [0; 1 << 14];
    match random.below(8) {
        // Broken requests, one after the other.
        0 => (0..5).try_for_each(|_| stream.write_all(&bytes(random)))?,
        // Nothing that has a meaning.
        1 => stream.write_all(&(0..2_000).map(|_| random.below(256) as u8).collect::<Vec<_>>())?,
        // Large answers asked for, none taken.
        2 => stream.write_all("GET /large HTTP/1.1\r\nHost: h\r\n\r\n".repeat(1 + random.below(5)).as_bytes())?,
        // More content announced than sent.
        3 => stream.write_all(b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 16000000\r\n\r\nabc")?,
        // A head without an end.
        4 => loop {
            stream.write_all(b"X-Field: more and more of the same\r\n")?;
        },
        // Chunks of one byte, without an end.
        5 => {
            stream.write_all(b"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            (0..20_000).try_for_each(|_| stream.write_all(b"1\r\nx\r\n"))?;
        }
        // A half-closed half request.
        6 => {
            stream.write_all(&bytes(random)[..10])?;
            stream.shutdown(std::net::Shutdown::Write)?;
            stream.read(&mut buffer).map(drop)?;
        }
        // Content that is too large, and sent in spite of the answer.
        _ => {
            stream.write_all(b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 99000000\r\n\r\n")?;
            (0..50).try_for_each(|_| stream.write_all(&[b'x'; 10_000]))?;
        }
    }
    stream.read(&mut buffer).map(drop)
}

/// Requests of all kinds, cut anywhere, several at once; every answer is checked.
fn behave(address: SocketAddr, random: &mut Random) -> u64 {
    let (mut peer, mut sent, mut expected) = (Peer::connect(address), Vec::new(), Vec::new());
    for number in 0..1 + random.below(20) {
        let content = "x".repeat(random.below(3_000));
        let request = match random.below(4) {
            0 => format!("GET /n{number} HTTP/1.1\r\nHost: h\r\n\r\n"),
            1 => format!("GET /long HTTP/1.1\r\nHost: h\r\nX: {content}\r\n\r\n"),
            2 => format!("PUT /n{number} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{content}", content.len()),
            _ => format!(
                "PUT /n{number} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;e\r\nabc\r\n{:x}\r\nd{content}\r\n0\r\n\r\n",
                content.len() + 1
            ),
        };
        expected.push(match request.split(' ').collect::<Vec<_>>()[..2] {
            ["GET", path] => format!("GET {path}|- @h "),
            _ if request.contains("chunked") => format!("PUT /n{number}|- @h abcd{content}"),
            _ => format!("PUT /n{number}|- @h {content}"),
        });
        sent.extend_from_slice(request.as_bytes());
    }
    let mut rest = &sent[..];
    while !rest.is_empty() {
        let (piece, after) = rest.split_at((1 + random.below(2_000)).min(rest.len()));
        peer.send(piece);
        rest = after;
    }
    for expected in &expected {
        let answer = peer.answer();
        assert_eq!((answer.status, answer.text()), (200, expected.as_str()));
    }
    expected.len() as u64
}

#[test]
#[ignore = "needs time"]
fn hostile_clients_change_nothing_for_the_others() {
    let server = Server::start();
    let (start_descriptors, address) = (server.descriptors(), server.address);
    let (is_over, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    let (mut early, mut late) = (0, 0);
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let (is_over, answered) = (&is_over, &answered);
            scope.spawn(move || {
                let mut random = Random(seed);
                while !is_over.load(Ordering::Relaxed) {
                    answered.fetch_add(behave(address, &mut random), Ordering::Relaxed);
                }
            });
            scope.spawn(move || {
                let mut random = Random(seed + 100);
                while !is_over.load(Ordering::Relaxed) {
                    // What becomes of it is its own affair.
                    let _ = misbehave(address, &mut random);
                }
            });
        }
        let start = Instant::now();
        let peak = |seconds: u64| {
            let mut most = 0;
            while start.elapsed() < Duration::from_secs(seconds) {
                std::thread::sleep(Duration::from_millis(50));
                most = most.max(server.memory());
            }
            most
        };
        early = peak(10);
        late = peak(25);
        is_over.store(true, Ordering::Relaxed);
    });
    let answered = answered.into_inner();
    assert!(answered > 1_000, "only {answered} ordinary answers");
    assert!(late < early + early / 2 + 8 * 1024, "memory grew from {early} to {late} kB");
    eventually(|| (server.descriptors() == start_descriptors).then_some(()));
}

#[test]
#[ignore = "needs time and descriptors"]
fn idle_and_slow_crowds_and_a_flood_hold_nobody_up() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
    let server = Server::start();
    let before = (server.memory(), server.descriptors());
    let idle: Vec<TcpStream> = (0..9_000).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    eventually(|| (server.descriptors() >= before.1 + 9_000).then_some(()));
    let each = (server.memory() - before.0) * 1024 / 9_000;
    assert!(each <= 1024, "{each} B for an idle connection");
    // Idle peers cost no CPU: not a tick in a second, give or take.
    let cpu = server.cpu();
    std::thread::sleep(Duration::from_secs(1));
    assert!(server.cpu() - cpu <= 2, "idle connections cost CPU time");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Two thousand heads, a byte at a time: more connections than there are places.
        scope.spawn(|| {
            let mut slow: Vec<TcpStream> = (0..2_000).map(|_| TcpStream::connect(server.address).unwrap()).collect();
            while !is_over.load(Ordering::Relaxed) {
                for stream in &mut slow {
                    // Those that were closed in time are meant to be.
                    let _ = stream.write_all(b"X");
                }
            }
        });
        // A flood from a few connections that never stop.
        for _ in 0..2 {
            scope.spawn(|| {
                let mut peer = server.peer();
                while !is_over.load(Ordering::Relaxed) {
                    peer.send(GET.repeat(100));
                    (0..100).for_each(|_| assert_eq!(peer.answer().status, 200));
                }
            });
        }
        let mut slowest = Duration::ZERO;
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(10) {
            let asked = Instant::now();
            let mut peer = server.peer();
            peer.send(GET);
            assert_eq!(peer.answer().status, 200);
            slowest = slowest.max(asked.elapsed());
        }
        is_over.store(true, Ordering::Relaxed);
        assert!(slowest < Duration::from_secs(5), "an ordinary request took {slowest:?}");
    });
    drop(idle);
    eventually(|| (server.descriptors() == before.1).then_some(()));
}

#[test]
#[ignore = "needs time"]
fn without_descriptors_it_waits_and_recovers() {
    let server = Server::start();
    let process = rustix::process::Pid::from_raw(server.process.id() as i32);
    let few = server.descriptors() as u64 + 20;
    let limit = getrlimit(Resource::Nofile);
    rustix::process::prlimit(process, Resource::Nofile, Rlimit { current: Some(few), maximum: limit.maximum }).unwrap();
    let mut held: Vec<Peer> = (0..20).map(|_| server.peer()).collect();
    for peer in &mut held {
        peer.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    eventually(|| (server.descriptors() as u64 == few).then_some(()));
    let mut waits = server.peer();
    waits.send(GET);
    let cpu = server.cpu();
    std::thread::sleep(Duration::from_secs(1));
    assert!(server.cpu() - cpu <= 5, "a full descriptor table makes it spin");
    held.truncate(10);
    // Those dropped wait for an answer that never comes; a new limit makes room as well.
    rustix::process::prlimit(process, Resource::Nofile, limit).unwrap();
    assert_eq!(waits.answer().status, 200);
}

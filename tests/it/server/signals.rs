//! How signals end a server; in a process of its own, since signals are for all of a process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use httpkit::server::bind;
use rustix::process::{Pid, Signal, kill_process};

use super::kit::{Echo, Peer, config};

/// Names the role of the child; without it the child's test has nothing to do.
const ROLE: &str = "HTTPKIT_TEST_SIGNALLED";

const HALF: &str = "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab";

struct Server {
    process: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    address: SocketAddr,
}

impl Server {
    fn start() -> Server {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["server::signals::serves_until_signalled", "--exact", "--ignored", "--nocapture"])
            .env(ROLE, "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = said(&mut lines, "listens on ").parse().unwrap();
        Server { process, lines, address }
    }

    /// A peer with half a request on its way, known to be read.
    fn half_a_request(&self) -> Peer {
        let mut peer = Peer::connect(self.address);
        peer.send(HALF.replace("\r\n\r\nab", "\r\nExpect: 100-continue\r\n\r\n"));
        assert_eq!(peer.answer().status, 100);
        peer.send("ab");
        peer
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }

    fn ending(mut self) -> String {
        let ending = said(&mut self.lines, "ended: ");
        assert!(self.process.wait().unwrap().success());
        ending
    }
}

/// What stands behind the mark in the next line that has it.
fn said(lines: &mut std::io::Lines<BufReader<ChildStdout>>, mark: &str) -> String {
    lines.map(Result::unwrap).find_map(|line| Some(line.split_once(mark)?.1.to_owned())).unwrap()
}

#[test]
#[ignore = "needs a parent"]
#[allow(clippy::print_stdout)]
fn serves_until_signalled() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    let mut bound = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    bound.heed_signals().unwrap();
    println!("listens on {}", bound.address());
    let ending = bound.serve(Echo::default(), config()).unwrap();
    println!("ended: {ending:?}");
}

#[test]
fn a_signal_ends_it_when_what_is_in_flight_is_finished() {
    for signal in [Signal::TERM, Signal::INT] {
        let server = Server::start();
        let (mut busy, mut idle) = (server.half_a_request(), Peer::connect(server.address));
        idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(idle.answer().status, 200);
        server.signal(signal);
        assert!(idle.is_closed());
        busy.send("cd");
        let answer = busy.answer();
        assert_eq!(answer.text(), "PUT /x|- @h abcd");
        assert!(busy.is_closed());
        assert_eq!(server.ending(), "Finished");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let server = Server::start();
    let (mut busy, mut idle) = (server.half_a_request(), Peer::connect(server.address));
    idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(idle.answer().status, 200);
    server.signal(Signal::TERM);
    // The first one has been seen.
    assert!(idle.is_closed());
    server.signal(Signal::TERM);
    assert_eq!(server.ending(), "Forced");
    assert!(busy.everything().is_empty());
}

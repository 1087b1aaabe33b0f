//! Probes of idle connections, as the system tells of them in `/proc/net/tcp`.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::kit::{PROGRAM, clean};
use crate::recorder::{Act, Recorder};

/// A request that waits for its response, and is ended behind the test.
struct Waiting(Child);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// The timer of the established connection to that port, and when it goes off, in hundredths of a second.
fn timer(port: u16) -> Option<(String, u64)> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let there = format!(":{port:04X}");
    let fields = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let found = fields.into_iter().find(|fields| fields.len() > 5 && fields[2].ends_with(&there) && fields[3] == "01");
    let found = found?;
    let (timer, left) = found[5].split_once(':').unwrap();
    Some((timer.to_owned(), u64::from_str_radix(left, 16).unwrap()))
}

/// The timer once the request is there and acknowledged, which has a timer of its own before.
fn settled(port: u16) -> (String, u64) {
    let started = Instant::now();
    loop {
        match timer(port) {
            Some((timer, left)) if timer != "01" => return (timer, left),
            _ => assert!(started.elapsed() < Duration::from_secs(30)),
        }
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_idle_connection_is_probed_unless_it_shall_not_be() {
    for (options, timer, seconds) in [
        (&[][..], "02", 60),
        (&["--keepalive-time", "7", "--keepalive-cnt", "2"], "02", 7),
        (&["--keepalive-time", "0"], "02", 60),
        (&["--keepalive-time", "99999999999", "--keepalive-cnt", "4294967295"], "02", 32_767),
        (&["--no-keepalive"], "00", 0),
        (&["--no-keepalive", "--keepalive"], "02", 60),
        (&["--http2-prior-knowledge", "--keepalive-time", "9"], "02", 9),
        (&["--http2-prior-knowledge", "--no-keepalive"], "00", 0),
    ] {
        let peer = Recorder::start(vec![vec![Act::Read, Act::Hang]]);
        let mut command = Command::new(PROGRAM);
        command.arg("request").args(options).arg(peer.url("/")).stdout(Stdio::null()).stderr(Stdio::null());
        clean(&mut command);
        let _waiting = Waiting(command.spawn().unwrap());
        let started = Instant::now();
        while peer.connections().concat().is_empty() {
            assert!(started.elapsed() < Duration::from_secs(30));
            sleep(Duration::from_millis(5));
        }
        let (seen, left) = settled(peer.address.port());
        assert_eq!(seen, timer, "{options:?}");
        assert!(left <= seconds * 100 && left + 3000 >= seconds * 100, "{options:?}: {left}");
    }
}

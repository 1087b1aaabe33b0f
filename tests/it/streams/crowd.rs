//! Many streams, slow ones, and silent ones.

use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use super::follower::Follower;
use super::{follow, posts};
use crate::kit::{Serve, serve};

/// A number that the system tells of the server's process: kB of memory, or threads.
fn status(server: &Serve, name: &str) -> usize {
    let text = std::fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Streams of several nodes, all told of one change: what it cost.
fn crowd(count: usize) {
    let server = posts();
    let first = follow(&server, "/");
    let (threads, memory) = (status(&server, "Threads"), status(&server, "VmRSS"));
    let targets = ["/", "/posts", "/posts/1", "/posts/2"];
    let mut streams: Vec<Follower> =
        (0..count).map(|number| follow(&server, targets[number % targets.len()])).collect();
    let each = (status(&server, "VmRSS").saturating_sub(memory)) * 1024 / count;
    assert_eq!(status(&server, "Threads"), threads, "a stream has no thread of its own");
    let started = Instant::now();
    server.ask("PATCH", "/posts/1", r#"{"title":"told"}"#);
    let answered = started.elapsed();
    for stream in streams.iter_mut().enumerate().filter(|(number, _)| number % 4 < 3).map(|(_, stream)| stream) {
        assert_eq!(stream.change(), json!(["PATCH", "/posts/1", {"title": "told"}]));
    }
    let told = started.elapsed();
    eprintln!("{count} streams: {each} bytes each, a write answered in {answered:?}, all told in {told:?}");
    assert!(each <= 4096, "{each} bytes a stream");
    drop((first, streams));
    assert!(server.ask("GET", "/posts/1", "").text().contains("told"));
}

#[test]
fn a_crowd_of_streams_costs_no_thread_each_and_little_memory() {
    crowd(300);
}

#[test]
#[ignore = "needs time and descriptors"]
fn five_thousand_streams_cost_no_thread_each_and_little_memory() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
    crowd(5_000);
}

#[test]
fn who_does_not_read_is_dropped_and_reset() {
    let server = serve().file("db.json", r#"{"n":""}"#).argument("--no-save").start();
    let (mut slow, mut quick) = (follow(&server, "/"), follow(&server, "/n"));
    let long = "x".repeat(900_000);
    for number in 0..40 {
        server.ask("PUT", "/n", &format!("\"{number}{long}\""));
        let event = quick.next().unwrap();
        assert!(event.data.contains(&format!("\"{number}xx")), "{number}");
    }
    assert!(status(&server, "VmHWM") < 120 << 10, "{} kB", status(&server, "VmHWM"));
    let mut last = String::new();
    let mut told = 0;
    while let Some(event) = slow.next() {
        last = event.id;
        told += 1;
    }
    assert!((1..40).contains(&told), "{told}");
    let mut again = Follower::open(server.address(), "/", &format!("Last-Event-ID: {last}\r\n"));
    assert_eq!(again.next().unwrap().name, "reset");
}

#[test]
fn what_is_too_long_to_be_told_is_read_anew() {
    let server = serve().file("db.json", r#"{"n":"","m":1}"#).argument("--no-save").start();
    let (mut all, mut other, mut state) =
        (follow(&server, "/"), follow(&server, "/m"), follow(&server, "/n?_snapshot"));
    assert_eq!(state.next().unwrap().name, "snapshot");
    let long = "y".repeat(2 << 20);
    server.ask("PUT", "/n", &format!("\"{long}\""));
    assert_eq!(all.next().unwrap().name, "reset");
    assert_eq!(state.next().unwrap().name, "reset");
    let snapshot = state.next().unwrap();
    assert_eq!((&*snapshot.name, snapshot.json()["body"] == long.as_str()), ("snapshot", true));
    server.ask("PUT", "/m", "2");
    assert_eq!(all.change(), json!(["PUT", "/m", 2]));
    assert_eq!(other.change(), json!(["PUT", "/m", 2]));
}

#[test]
fn silence_is_broken_by_a_comment() {
    let server = posts();
    let mut follower = follow(&server, "/");
    let started = Instant::now();
    follower.comment();
    let time = started.elapsed();
    assert!((Duration::from_secs(14)..Duration::from_secs(25)).contains(&time), "{time:?}");
}

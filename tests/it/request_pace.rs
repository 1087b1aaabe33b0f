//! `--limit-rate`, `--speed-limit` and `--speed-time`: no faster than allowed, and not slower for ever.

use std::fs;
use std::time::{Duration, Instant};

use predicates::prelude::predicate;

use crate::recorder::{Act, Recorder, answer, ok};
use crate::request::request;

/// How long a request takes that succeeds and prints this.
fn time(arguments: &[&str], printed: &str) -> Duration {
    let started = Instant::now();
    request(arguments).assert().success().stdout(printed.to_owned());
    started.elapsed()
}

#[test]
fn content_goes_no_faster_than_allowed_either_way() {
    let content = "x".repeat(3000);
    let chunked = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nbb8\r\n{content}\r\n0\r\n\r\n");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("content");
    fs::write(&file, &content).unwrap();
    let file = file.to_str().unwrap();
    // 3000 bytes, a quarter of 2048 at a time: all but the last piece wait for the second before them to pass.
    let least = Duration::from_millis(1200);
    let down = ["--limit-rate", "2k"];
    for script in [ok(&content), answer(&chunked), answer(format!("HTTP/1.0 200 OK\r\n\r\n{content}"))] {
        let peer = Recorder::start(vec![script]);
        assert!(time(&[&[&*peer.url("/")], &down[..]].concat(), &content) >= least);
    }
    let peer = Recorder::start(vec![ok("taken")]);
    for expect in ["Expect:", "Transfer-Encoding: chunked"] {
        let up = [&*peer.url("/"), "--limit-rate", "2048", "-T", file, "-H", expect];
        assert!(time(&up, "taken") >= least, "{expect}");
    }
    assert!(peer.connections()[0].ends_with(content.as_bytes()));
    // The library keeps the same pace as the socket.
    let proxy = Recorder::start(vec![ok(&content)]);
    let through = ["http://far.test/", "-x", &proxy.address.to_string(), "--limit-rate", "2K"];
    assert!(time(&through, &content) >= least);
    let proxy = Recorder::start(vec![ok("taken")]);
    let through = ["http://far.test/", "-x", &proxy.address.to_string(), "--limit-rate", "2K", "-T", file];
    assert!(time(&through, "taken") >= least);
}

#[test]
fn a_limited_transfer_still_minds_its_time_limit() {
    let peer = Recorder::start(vec![ok(&"x".repeat(3000))]);
    request(&[&peer.url("/"), "--limit-rate", "100", "-m", "0.5", "-s"]).assert().code(28);
}

#[test]
fn what_is_too_slow_for_too_long_is_ended() {
    let slow = "too slow: fewer than 1000 bytes a second for 1 seconds";
    let begun = answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    for script in [vec![Act::Read, Act::Hang], begun.into_iter().chain([Act::Hang]).collect()] {
        let peer = Recorder::start(vec![script]);
        let (url, proxy) = (peer.url("/"), peer.address.to_string());
        for more in [&[][..], &["-x", &proxy]] {
            request(&[&[&*url, "-Y", "1000", "-y", "1"], more].concat())
                .assert()
                .code(28)
                .stderr(predicate::str::contains(slow));
        }
    }
    // A peer that takes nothing is slow too.
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large");
    fs::write(&large, vec![b'x'; 32 * 1024 * 1024]).unwrap();
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", deaf.local_addr().unwrap());
    let upload = [&*url, "-T", large.to_str().unwrap(), "-H", "Expect:", "--speed-time", "1"];
    request(&upload).assert().code(28).stderr(predicate::str::contains("fewer than 1 bytes"));
    let peer = Recorder::start(vec![ok("soon")]);
    request(&[&peer.url("/"), "-y1", "-Y1000"]).assert().success().stdout("soon");
    request(&[&peer.url("/"), "-y", "x"]).assert().code(2);
    request(&[&peer.url("/"), "--limit-rate", "fast"]).assert().code(2);
}

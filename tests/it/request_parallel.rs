//! `-Z`: several transfers at once, each as it would be alone.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread;

use predicates::prelude::predicate;
use socket2::{Domain, Socket, Type};

use crate::recorder::{Act, Recorder, answer, ok};
use crate::request::request;

/// A peer that answers only when so many requests wait, all of them at once, with what they asked for.
fn together(count: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (arrived, waiting) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let arrived = arrived.clone();
            thread::spawn(move || {
                let (mut stream, mut head) = (stream, Vec::new());
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
                    head.push(byte[0]);
                }
                arrived.send((stream, head)).unwrap();
            });
        }
    });
    thread::spawn(move || {
        loop {
            let group: Vec<_> = waiting.iter().take(count).collect();
            for (mut stream, head) in group {
                let path = String::from_utf8(head).unwrap().split(' ').nth(1).unwrap_or_default().to_owned();
                let content = path.repeat(20_000);
                let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", content.len());
                stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(content.as_bytes())).unwrap();
            }
        }
    });
    address
}

#[test]
fn transfers_run_at_once_and_their_files_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let address = together(8);
    let mut command =
        request(&["-Z", &format!("http://{address}/[1-8]"), "-o", "out#1", "-w", "%{urlnum} %{xfer_id}\\n"]);
    let done = command.current_dir(folder.path()).assert().success();
    let said = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    let lines: BTreeSet<&str> = said.lines().collect();
    let expected: Vec<String> = (0..8).map(|number| format!("0 {number}")).collect();
    assert_eq!(lines, expected.iter().map(String::as_str).collect());
    for number in 1..=8 {
        let content = fs::read_to_string(folder.path().join(format!("out{number}"))).unwrap();
        assert_eq!(content, format!("/{number}").repeat(20_000), "out{number}");
    }
    // Twice as many requests as may run at once wait for each other in two groups; the options of all groups count.
    let address = together(2);
    let url = |name: &str| format!("http://{address}/{name}");
    let mut command = request(&["-Z", "--parallel-max", "2", "--parallel-immediate", &url("a"), &url("b")]);
    command.args(["-o", "a", "-o", "b", "-:", &url("c"), "-o", "c", &url("d"), "-o", "d", "-w", "%{urlnum};"]);
    let done = command.current_dir(folder.path()).assert().success();
    assert!(matches!(&*done.get_output().stdout, b"2;3;" | b"3;2;"), "{done}");
    for name in ["a", "b", "c", "d"] {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), format!("/{name}").repeat(20_000));
    }
}

#[test]
fn no_more_run_at_once_than_allowed() {
    let peer = Recorder::start(vec![vec![Act::Read, Act::Hang]]);
    let mut urls: Vec<String> = (0..6).map(|number| peer.url(&format!("/{number}"))).collect();
    urls.extend(["-Z", "--parallel-max", "2", "-m", "1", "-s"].map(str::to_owned));
    let arguments: Vec<&str> = urls.iter().map(String::as_str).collect();
    let mut command = request(&arguments);
    command.args(["--fail-early"]).assert().code(28);
    assert_eq!(peer.connections().len(), 2, "{}", peer.text());
}

#[test]
fn the_last_failure_is_the_status_and_each_is_said() {
    let good = Recorder::start(vec![ok("good")]);
    let bad = Recorder::start(vec![answer("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")]);
    let (good, bad) = (good.url("/"), bad.url("/"));
    request(&["-Z", "-f", &bad, &good]).assert().code(22).stdout("good").stderr(predicate::str::contains("(22)"));
    let many = ["-Z", "-f", "--parallel-max", "1", &bad, "http://127.0.0.1:1/", &good];
    let said = request(&many).assert().code(7).get_output().stderr.clone();
    let said = String::from_utf8(said).unwrap();
    assert!(said.lines().count() == 2 && said.lines().all(|line| line.starts_with("httpkit: (")), "{said}");
    request(&["-Z", &good, "-:", "-d", "x"]).assert().code(2).stdout("good").stderr(predicate::str::contains("no URL"));
    request(&["-Z", "--parallel-max", "many", &good]).assert().code(2);
    for not_heeded in ["0", "70000"] {
        request(&["-Z", "--parallel-max", not_heeded, &good]).assert().success();
    }
}

#[test]
fn a_failure_ends_all_if_it_shall() {
    let bad = Recorder::start(vec![answer("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")]);
    let silent = Recorder::start(vec![vec![Act::Read, Act::Hang]]);
    let mut command = request(&["-Z", "-f", "-s", "--fail-early", &silent.url("/")]);
    let format = "%{urlnum},%{exitcode};";
    command.args([&bad.url("/"), "-w", format]).assert().code(22).stdout("1,22;0,42;");
    let mut command =
        request(&["-Z", "-s", "--fail-early", "--retry", "9", "--retry-connrefused", "--retry-delay", "60"]);
    command.args(["http://127.0.0.1:1/", "-:", "-f", "-s", "--fail-early", &bad.url("/")]).assert().code(22);
    // A listener whose queue is full answers no further connection for minutes.
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    full.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
    full.listen(0).unwrap();
    let address = full.local_addr().unwrap();
    let waiting = [(); 8].map(|()| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_nonblocking(true).unwrap();
        // It may be under way.
        let _ = socket.connect(&address);
        socket
    });
    let mut command = request(&["-Z", "-f", "-s", "--fail-early", "-w", "%{urlnum},%{exitcode};"]);
    let url = format!("http://{}/", address.as_socket().unwrap());
    command.args([&url, &bad.url("/")]).assert().code(22).stdout("1,22;0,42;");
    // What can be interrupted has its time limit all the same.
    request(&["-s", "--timing", "--connect-timeout", "0.2", &url]).assert().code(28);
    drop(waiting);
}

#[test]
fn cookies_are_shared() {
    let folder = tempfile::tempdir().unwrap();
    let jar = folder.path().join("jar");
    let script = |number: usize| {
        answer(format!(
            "HTTP/1.1 200 OK\r\nSet-Cookie: c{number}=v; Max-Age=900\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        ))
    };
    let peer = Recorder::start((0..20).map(script).collect());
    request(&["-Z", "-c", jar.to_str().unwrap(), &peer.url("/[0-19]")]).assert().success();
    let kept = fs::read_to_string(&jar).unwrap();
    assert_eq!(kept.lines().filter(|line| line.ends_with("\tv")).count(), 20, "{kept}");
}

#[test]
fn a_thread_uses_its_connection_again() {
    let peer = Recorder::start(vec![[ok("1"), ok("2"), ok("3")].concat()]);
    request(&["-Z", "--parallel-max", "1", &peer.url("/[1-3]")]).assert().success().stdout("123");
    assert_eq!(peer.connections().len(), 1);
}

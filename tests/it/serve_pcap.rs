//! `serve --pcap`: the capture holds what crossed the connections, and never holds the server up.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::capture::Capture;
use crate::exchanges::{bytes, exchanges_of, raw_requests};
use crate::kit::{PROGRAM, Wire, clean, serve};

const GET: &str = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A server whose capture goes to the pipe that is given, its address, and what it says besides.
fn live(arguments: &[&str]) -> (Child, ChildStdout, SocketAddr, BufReader<std::process::ChildStderr>) {
    let mut command = Command::new(PROGRAM);
    clean(&mut command);
    command.args(["serve", "--echo", "--port", "0", "--log", "none", "--pcap", "-"]).args(arguments);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (stdout, mut errors) = (server.stdout.take().unwrap(), BufReader::new(server.stderr.take().unwrap()));
    let mut line = String::new();
    errors.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("http://").unwrap().trim_end_matches('/').parse().unwrap();
    (server, stdout, address, errors)
}

fn ask(address: SocketAddr) -> u16 {
    let mut wire = Wire::connect(address);
    wire.send(GET);
    wire.answer(false).status()
}

#[test]
fn what_is_sent_and_answered_is_in_the_capture_byte_for_byte() {
    let server = serve().argument("--echo").argument("--pcap").argument("capture.pcapng").start();
    let mut seen = Vec::new();
    for (message, _) in raw_requests() {
        let mut wire = Wire::connect(server.address());
        wire.send(&message);
        wire.finish();
        let peer = wire.local();
        let answered = wire.rest();
        let recorded = exchanges_of(&server, peer);
        let received = recorded.iter().flat_map(|exchange| bytes(&exchange["received"])).collect::<Vec<u8>>();
        seen.push((peer, message, answered, received));
    }
    let path = server.path("capture.pcapng");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let address = server.address();
    let folder = server.stop_and_keep();
    let capture = Capture::read(&fs::read(path).unwrap());
    drop(folder);
    for (peer, message, answered, received) in seen {
        let name = String::from_utf8_lossy(&message[..message.len().min(99)]).into_owned();
        let connection = capture.connections.iter().find(|connection| connection.client == peer).expect(&name);
        assert_eq!(connection.server, address, "{name}");
        assert!(connection.sent == message, "{name}: {:?}", String::from_utf8_lossy(&connection.sent));
        assert!(connection.received == answered, "{name}: {:?}", String::from_utf8_lossy(&connection.received));
        assert!(connection.sent.starts_with(&received), "{name}: the journal says something else");
        assert!(connection.end.contains(['F', 'f', 'R', 'r']), "{name}: {}", connection.end);
    }
    assert!(
        capture.comments.iter().any(|comment| comment.starts_with("request 1 of connection 1")),
        "{:?}",
        capture.comments
    );
}

#[test]
fn each_request_is_told_and_dialects_are_captured_too() {
    let server = serve().file("db.json", "{\"a\":1}").argument("--pcap").argument("c.pcapng").start();
    let mut wire = Wire::connect(server.address());
    for _ in 0..3 {
        wire.send(GET);
        assert_eq!(wire.answer(false).status(), 200);
    }
    let path = server.path("c.pcapng");
    drop(wire);
    let folder = server.stop_and_keep();
    let capture = Capture::read(&fs::read(path).unwrap());
    drop(folder);
    for request in 1..=3 {
        let comment = format!("request {request} of connection 1");
        assert!(capture.comments.contains(&comment), "{comment}: {:?}", capture.comments);
    }
    assert_eq!(capture.connections[0].sent, GET.repeat(3).as_bytes());
    let server = serve().argument("--dialect").argument("comma").argument("--pcap").argument("c.pcapng").start();
    let mut wire = Wire::connect(server.address());
    wire.send("GET,test.com");
    wire.finish();
    let answered = wire.rest();
    let path = server.path("c.pcapng");
    let folder = server.stop_and_keep();
    let capture = Capture::read(&fs::read(path).unwrap());
    drop(folder);
    assert_eq!((capture.sent(), capture.received()), (b"GET,test.com".to_vec(), answered));
}

#[test]
fn a_live_capture_is_read_as_it_happens_and_its_end_is_not_that_of_the_server() {
    let (mut server, mut stdout, address, mut errors) = live(&[]);
    assert_eq!(ask(address), 200);
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    while !read.windows(15).any(|window| window == b"GET /a HTTP/1.1") {
        let length = stdout.read(&mut buffer).unwrap();
        assert!(length > 0, "the capture ended");
        read.extend_from_slice(&buffer[..length]);
    }
    drop(stdout);
    for _ in 0..3 {
        assert_eq!(ask(address), 200);
    }
    let mut line = String::new();
    errors.read_line(&mut line).unwrap();
    assert!(line.starts_with("httpkit: warning: capture '-': it cannot be written"), "{line}");
    assert_eq!(ask(address), 200);
    server.kill().unwrap();
    server.wait().unwrap();
    let mut rest = String::new();
    errors.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "the warning comes once");
}

#[test]
fn a_reader_that_falls_behind_costs_packets_and_that_is_said() {
    let (mut server, mut stdout, address, mut errors) = live(&[]);
    let content = "x".repeat(1 << 20);
    let request = format!(
        "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{content}",
        content.len()
    );
    for _ in 0..12 {
        let mut wire = Wire::connect(address);
        wire.send(&request);
        assert_eq!(wire.answer(false).body.len(), request.len());
    }
    let reader = std::thread::spawn(move || {
        let mut all = Vec::new();
        stdout.read_to_end(&mut all).unwrap();
        all
    });
    let mut line = String::new();
    errors.read_line(&mut line).unwrap();
    assert!(line.contains("its reader does not keep up, packets are left out; serving goes on"), "{line}");
    assert_eq!(ask(address), 200);
    rustix::process::kill_process(rustix::process::Pid::from_child(&server), rustix::process::Signal::TERM).unwrap();
    assert!(server.wait().unwrap().success());
    let all = reader.join().unwrap();
    assert!(all.len() < 20 << 20, "{} bytes", all.len());
    // Blocks are whole wherever some are left out: the last request is found at the end, read block by block.
    let mut at = 0;
    let mut left_out = 0_u64;
    while at < all.len() {
        let number = |at: usize| u32::from_le_bytes(all[at..at + 4].try_into().unwrap());
        let length = number(at + 4) as usize;
        assert!(length >= 12 && number(at + length - 4) as usize == length, "a broken block at {at}");
        if number(at) == 5 {
            left_out = u64::from(number(at + 24));
        }
        at += length;
    }
    assert!(left_out > 1_000, "{left_out} packets left out");
    assert!(all.windows(15).any(|window| window == b"GET /a HTTP/1.1"));
}

#[test]
fn a_full_disk_or_the_limit_ends_the_capture_and_not_the_server() {
    for (limit, argument, expected) in [
        (Some("-f 8"), "1g", "it cannot be written ("),
        (None, "4k", "it has its 4096 bytes (--max-pcap), and ends here"),
    ] {
        let server = serve()
            .argument("--echo")
            .argument("--pcap")
            .argument("c.pcapng")
            .argument("--max-pcap")
            .argument(argument);
        let server = limit.into_iter().fold(server, |server, limit| server.under(limit)).start();
        for _ in 0..40 {
            assert_eq!(ask(server.address()), 200);
        }
        let path = server.path("c.pcapng");
        let (stopped, folder) = server.stop_and_say();
        assert!(stopped.status.success());
        assert_eq!(stopped.stderr.matches("warning: capture 'c.pcapng'").count(), 1, "{}", stopped.stderr);
        assert!(stopped.stderr.contains(expected), "{}", stopped.stderr);
        let written = fs::read(&path).unwrap();
        assert!(!written.is_empty() && written.len() <= 8 << 10);
        if limit.is_none() {
            assert!(Capture::read(&written).packets > 3);
        }
        drop(folder);
    }
}

#[test]
fn what_is_no_capture_is_not_written_over() {
    for (name, text) in [("db.json", "{\"a\":1}"), ("other", "x")] {
        let server = serve().file("db.json", "{\"a\":1}").beside(name, text).argument("--pcap").argument(name);
        let (folder, run) = server.run_and_keep();
        let error = String::from_utf8(run.code(1).get_output().stderr.clone()).unwrap();
        assert!(
            error.contains(&format!("cannot write the capture '{name}'")) && error.contains("is no capture"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), text);
    }
    let run = serve().argument("--echo").argument("--pcap").argument(".").run();
    let error = String::from_utf8(run.code(1).get_output().stderr.clone()).unwrap();
    assert!(error.contains("expected a file, or '-'"), "{error}");
    // One that is a capture is.
    let server = serve()
        .beside("c.pcapng", [0x0a, 0x0d, 0x0d, 0x0a, 1])
        .argument("--echo")
        .argument("--pcap")
        .argument("c.pcapng")
        .start();
    assert_eq!(ask(server.address()), 200);
    let path = server.path("c.pcapng");
    let folder = server.stop_and_keep();
    assert_eq!(Capture::read(&fs::read(path).unwrap()).sent(), GET.as_bytes());
    drop(folder);
}

#[test]
#[ignore = "needs tshark"]
fn tshark_reads_what_was_served() {
    let server = serve().file("db.json", "{\"a\":1}").argument("--pcap").argument("c.pcapng").start();
    let mut wire = Wire::connect(server.address());
    wire.send("PUT /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n7\r\n0\r\n\r\n");
    assert_eq!(wire.answer(false).status(), 200);
    drop(wire);
    let path = server.path("c.pcapng");
    let folder = server.stop_and_keep();
    let tshark = |filter: &str, field: &str| {
        let mut command = Command::new("tshark");
        command
            .args(["-o", "tcp.check_checksum:TRUE", "-r"])
            .arg(&path)
            .args(["-Y", filter, "-T", "fields", "-e", field]);
        String::from_utf8(command.output().unwrap().stdout).unwrap().trim().to_owned()
    };
    assert_eq!(tshark("http.request", "http.request.uri"), "/a");
    assert_eq!(tshark("http.response", "http.response.code"), "200");
    assert_eq!(tshark("_ws.malformed || tcp.checksum.status == 0 || tcp.analysis.flags", "frame.number"), "");
    drop(folder);
}

//! `--trace` and `--trace-ascii`: what crossed the wire, in curl's layout.

use std::fs;
use std::process::{Command, Stdio};

use predicates::Predicate;
use predicates::prelude::predicate;

use crate::kit;
use crate::recorder::{Act, Recorder, answer, ok, redirect};
use crate::request::request;

/// The blocks of a `--trace`: label, and the bytes of the rows below it; remarks are left out.
fn blocks(trace: &str) -> Vec<(String, Vec<u8>)> {
    let mut blocks: Vec<(String, Vec<u8>)> = Vec::new();
    for line in trace.lines() {
        match line.split_once(": ") {
            Some((place, row)) if place.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
                let codes = row.get(..48).unwrap_or(row).split_whitespace();
                blocks.last_mut().unwrap().1.extend(codes.map(|code| u8::from_str_radix(code, 16).unwrap()));
            }
            Some(("== Info", _)) => {}
            _ => blocks.push((line.split(',').next().unwrap().to_owned(), Vec::new())),
        }
    }
    blocks
}

/// All bytes of the blocks whose label begins so.
pub(crate) fn bytes(trace: &str, label: &str) -> Vec<u8> {
    blocks(trace).into_iter().filter(|(name, _)| name.starts_with(label)).flat_map(|(_, data)| data).collect()
}

#[test]
fn a_trace_holds_what_both_sides_sent() {
    let reply = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                  3\r\nabc\r\n2;x=y\r\n\xff\0\r\n0\r\nT: v\r\n\r\n";
    let folder = tempfile::tempdir().unwrap();
    let (file, trace) = (folder.path().join("content"), folder.path().join("trace"));
    fs::write(&file, vec![b'q'; 100_000]).unwrap();
    let file = file.to_str().unwrap();
    for options in [&[][..], &["-d", "a=b"], &["-T", file], &["-T", file, "-H", "Transfer-Encoding: chunked"]] {
        let peer = Recorder::start(vec![answer(reply)]);
        let url = peer.url("/x");
        let arguments = [&[&*url, "--trace", trace.to_str().unwrap(), "-H", "Expect:"], options].concat();
        request(&arguments).assert().success().stdout(&b"abc\xff\0"[..]);
        let text = fs::read_to_string(&trace).unwrap();
        assert_eq!(bytes(&text, "=> Send"), peer.connections().concat(), "{options:?}");
        assert_eq!(bytes(&text, "<= Recv"), reply, "{options:?}");
        let lines = blocks(&text).into_iter().filter(|(label, _)| label == "<= Recv header");
        assert_eq!(lines.count(), 6, "a block for each line: {text}");
    }
    // What ends in a failure, or is no HTTP at all, has crossed too.
    for (sent, status) in [(&b"junk\n"[..], 1), (b"HTTP/1.1 200 OK\r\nA: b\r\nCut:", 18)] {
        let peer = Recorder::start(vec![answer(sent)]);
        request(&[&peer.url("/"), "-s", "--trace", trace.to_str().unwrap()]).assert().code(status);
        let whole_lines = sent.rsplitn(2, |byte| *byte == b'\n').last().unwrap().len() + 1;
        assert_eq!(bytes(&fs::read_to_string(&trace).unwrap(), "<= Recv"), &sent[..whole_lines]);
    }
}

#[test]
fn the_layout_of_a_trace() {
    let peer = Recorder::start(vec![answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na\r\nb")]);
    let (url, port) = (peer.url("/"), peer.address.port());
    let shown = request(&[&url, "-A", "x", "-H", "Accept:", "-H", "Host: h", "--trace-ascii", "-", "-o", "/dev/null"])
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    assert_eq!(
        String::from_utf8(shown).unwrap(),
        format!(
            "== Info:   Trying 127.0.0.1:{port}...\n\
             == Info: Connected to 127.0.0.1 (127.0.0.1) port {port}\n\
             => Send header, 42 bytes (0x2a)\n\
             0000: GET / HTTP/1.1\n\
             0010: Host: h\n\
             0019: User-Agent: x\n\
             0028: \n\
             <= Recv header, 17 bytes (0x11)\n\
             0000: HTTP/1.1 200 OK\n\
             <= Recv header, 19 bytes (0x13)\n\
             0000: Content-Length: 4\n\
             <= Recv header, 2 bytes (0x2)\n\
             0000: \n\
             <= Recv data, 4 bytes (0x4)\n\
             0000: a\n\
             0003: b\n\
             == Info: Connection #0 to host 127.0.0.1 left intact\n"
        )
    );
    let clock = predicate::str::is_match(r"(?m)^\d\d:\d\d:\d\d\.\d{6} ").unwrap();
    request(&[&url, "-v", "--trace-time"]).assert().success().stderr(clock.clone());
    request(&[&url, "--trace", "%", "--trace-time"]).assert().success().stderr(clock.clone());
    let mut twice = request(&[&url, &url, "--trace-ascii", "%", "--trace-ids", "-H", "Connection: close"]);
    let said = String::from_utf8(twice.assert().success().get_output().stderr.clone()).unwrap();
    assert!(said.contains("[0-0] => Send header") && said.contains("[1-1] => Send header"), "{said}");
    for (names, is_timed, has_ids) in
        [("ids", false, true), ("time,tcp", true, false), ("all", true, true), ("all,-ids", true, false)]
    {
        let mut traced = request(&[&url, "--trace-ascii", "%", "--trace-config", names]);
        let said = String::from_utf8(traced.assert().success().get_output().stderr.clone()).unwrap();
        assert_eq!((clock.eval(&said), said.contains("[0-0] ")), (is_timed, has_ids), "{names}\n{said}");
    }
    let said = predicate::str::contains("'idz' is nothing to trace");
    request(&[&url, "--trace-config", "idz"]).assert().code(2).stderr(said);
    // The last one that is named counts, and a trace that cannot be written ends nothing.
    request(&[&url, "--trace", "%", "-v"]).assert().success().stderr(predicate::str::contains("\n> GET / "));
    request(&[&url, "--trace", "/nowhere/x"])
        .assert()
        .success()
        .stderr(predicate::str::contains("cannot write the trace '/nowhere/x'"));
}

#[test]
#[ignore = "needs curl"]
fn a_trace_is_laid_out_as_curl_lays_it_out() {
    let http = |text: &str| answer(text.as_bytes());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "line\r\n".repeat(50)).unwrap();
    let wide = format!("HTTP/1.1 200 OK\r\nA: {}\r\nContent-Length: 3\r\n\r\n\x01\x7f~", "w".repeat(59));
    let cases: Vec<(Vec<Act>, &[&str])> = vec![
        (ok("hello"), &[]),
        (ok(&"line\r\nanother line\r\n\r\n".repeat(9)), &[]),
        (ok(&format!("{}\r\n{}", "x".repeat(64), "y".repeat(65))), &[]),
        (http(&wide), &[]),
        (ok("hello"), &["-d", "a=b&c=d"]),
        (ok("hello"), &["-T", "file", "-H", "Expect:"]),
        (ok(""), &["-I"]),
        (http("HTTP/1.1 204 No Content\r\n\r\n"), &["-X", "DELETE"]),
        (http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n"), &[]),
        (http("HTTP/1.0 200 OK\r\n\r\nto the end"), &[]),
        (redirect(302, "/b").into_iter().chain(ok("end")).collect(), &["-L"]),
    ];
    for (script, options) in cases {
        let peer = Recorder::start(vec![script]);
        for trace in ["--trace", "--trace-ascii"] {
            let run = |program: &[&str]| {
                let mut command = Command::new(program[0]);
                kit::clean(&mut command);
                command.args(&program[1..]).args(["-s", "-A", "x", "-o", "out", trace, "-", &peer.url("/")]);
                command.args(options).current_dir(folder.path()).stdin(Stdio::null());
                let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
                text.lines().filter(|line| !line.starts_with("== Info")).map(|line| format!("{line}\n")).collect()
            };
            let (ours, curls): (String, String) = (run(&[kit::PROGRAM, "request"]), run(&["curl", "-q"]));
            assert_eq!(ours, curls, "{options:?}");
        }
    }
}

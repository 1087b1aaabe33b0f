//! Each exit status, provoked.

use std::process::Stdio;

use predicates::prelude::predicate;

use crate::kit;
use crate::recorder::{Act, Recorder, answer, ok, recorder};
use crate::request::request;

/// What a peer does, the options, the status, and a part of the message.
type Case = (Vec<Act>, &'static [&'static str], i32, &'static str);

#[test]
fn each_failure_has_its_status_and_one_line() {
    let http = |text: &str| answer(text.as_bytes());
    let problem = |content: &str| {
        let head = "HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\nContent-Length";
        answer(format!("{head}: {}\r\n\r\n{content}", content.len()))
    };
    let cases: Vec<Case> = vec![
        (http("hello\n"), &[], 1, "status line"),
        (http("HTTP/3.1 200 OK\r\n\r\n"), &[], 1, "3.1"),
        (http("HTTP/1.1 2x0 OK\r\n\r\n"), &[], 1, "2x0"),
        (http("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), &[], 8, "no colon"),
        (http("HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n"), &[], 8, "1x"),
        (http("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), &[], 8, "differ"),
        (http("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"), &[], 18, "2 bytes remaining"),
        (http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"), &[], 18, "last chunk"),
        (http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), &[], 56, "chunk size"),
        (http("HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\n"), &[], 61, "rot13"),
        (
            http("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
            &["-f"],
            22,
            "The requested URL returned error: 404\n",
        ),
        (problem("{\"detail\": \"no post has the id 9\"}"), &["-f"], 22, "error: 404: no post has the id 9"),
        (problem("{\"title\": \"Gone\\u001b\"}"), &["-f"], 22, "error: 404: Gone\\x1b"),
        (problem("{\"detail\": "), &["-f"], 22, "error: 404\n"),
        (http("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"), &["-o", "/nowhere/x"], 23, "/nowhere/x"),
        (ok(""), &["-d", "@/nowhere/x"], 26, "/nowhere/x"),
        (ok(""), &["-T", "/"], 26, "folder"),
        (vec![Act::Read, Act::Hang], &["-m", "0.3"], 28, "timed out"),
        (
            http("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").into_iter().chain([Act::Hang]).collect(),
            &["-m0.3"],
            28,
            "3 bytes",
        ),
        (vec![], &[], 52, "empty reply"),
        (http("HTTP/1.1 200 OK\r\nCut:"), &[], 18, "header section"),
        (http("HTTP/1.1 200 O"), &[], 52, "status line"),
        (http(&format!("HTTP/1.1 200 OK\r\n{}\r\n", "Tiny: x\r\n".repeat(5001))), &[], 100, "5000 header lines"),
        (vec![Act::Read, Act::Reset], &[], 56, "reset"),
        (vec![Act::Read, Act::Flood(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec())], &[], 8, "interim"),
        (
            vec![Act::Read, Act::Write(b"HTTP/1.1 200 OK\r\nA: ".to_vec()), Act::Flood(vec![b'x'; 65536])],
            &[],
            100,
            "bytes",
        ),
    ];
    for (script, options, status, message) in cases {
        let peer = Recorder::start(vec![script.clone()]);
        let url = peer.url("/");
        let arguments = [&[url.as_str()], options].concat();
        let outcome = request(&arguments).assert().code(status);
        let said = String::from_utf8(outcome.get_output().stderr.clone()).unwrap();
        assert!(said.starts_with(&format!("httpkit: ({status}) ")), "{script:?}: {said}");
        assert!(said.contains(message) && said.trim_end().lines().count() == 1, "{script:?}: {said}");
        request(&[&["-s"], arguments.as_slice()].concat()).assert().code(status).stderr("");
        request(&[&["-sS"], arguments.as_slice()].concat())
            .assert()
            .code(status)
            .stderr(predicate::str::contains(message));
    }
}

#[test]
fn a_variable_that_is_not_set_is_no_value() {
    let peer = Recorder::start(vec![ok("")]);
    for option in [
        "--pinnedpubkey",
        "--proxy-pinnedpubkey",
        "--oauth2-bearer",
        "--interface",
        "--range",
        "--request-target",
        "--preproxy",
        "--proxy1.0",
        "--socks4",
        "--socks4a",
        "--socks5",
        "--socks5-hostname",
        "--cacert",
    ] {
        let message = predicate::str::is_match(format!("'{option} <.*>' has no value\n$")).unwrap();
        request(&[option, "", &peer.url("/")]).assert().code(2).stdout("").stderr(message);
    }
    assert_eq!(peer.text(), "");
}

#[test]
fn what_fails_before_anything_is_sent() {
    for (arguments, status, message) in [
        (&["ftp://127.0.0.1/"][..], 1, "'ftp' is not built in"),
        (&[][..], 2, "no URL"),
        (&["--nonsense", "x"], 2, "--nonsense"),
        (&["--ntlm", "x"], 2, "NTLM is not built in"),
        (&["-m", "soon", "x"], 2, "soon"),
        (&["-d", "a", "-I", "x"], 2, "-I and -d"),
        (&["-H", "A: b\r\nC: d", "x"], 2, "'A' holds"),
        (&["-X", "GET /", "x"], 2, "'GET /'"),
        (&["-w", "@/nowhere/x", "x"], 26, "/nowhere/x"),
        (&["http://a b/"], 3, "white space"),
        (&["http://"], 3, "no host"),
        (&["http://h:99999/"], 3, "99999"),
        (&["http://does-not-exist.invalid/"], 6, "does-not-exist.invalid"),
        (&["http://red.onion/"], 6, "Not resolving .onion address (RFC 7686)"),
        (&["http://red.Onion./"], 6, "Not resolving .onion address"),
        (&["-x", "http://red.onion:1", "http://h/"], 5, "Not resolving .onion address"),
        (&["http://127.0.0.1:1/"], 7, "refused"),
    ] {
        request(arguments).assert().code(status).stdout("").stderr(predicate::str::contains(message));
    }
}

#[test]
fn a_request_has_an_end_too() {
    let peer = Recorder::start(vec![ok("")]);
    let field = |length: usize| format!("X: {}", "x".repeat(length));
    let sent = |length| request(&[&peer.url("/"), "-H", "@-"]).write_stdin(field(length)).assert();
    sent(1024 * 1024).code(100).stderr(predicate::str::contains("at most 1048576"));
    assert_eq!(peer.text(), "");
    sent(1000 * 1024).success();
}

#[test]
fn content_that_was_read_once_is_asked_for_again() {
    for (version, status) in [("1.0", 25), ("1.1", 65)] {
        for (answered, options) in [
            ("307 There\r\nLocation: /x", &["-L"][..]),
            ("401 Who\r\nWWW-Authenticate: Basic", &["--anyauth", "-u", "a:b"]),
        ] {
            let head = format!("HTTP/{version} {answered}\r\nContent-Length: 0\r\n\r\n");
            let peer = Recorder::start(vec![answer(&head)]);
            let url = peer.url("/");
            let command = [&["-i", "-T", "-", &url], options].concat();
            let refused = request(&command).write_stdin("once").assert().code(status).stdout(head);
            refused.stderr(predicate::str::contains("wants the content again"));
        }
    }
}

#[test]
fn a_tls_client_at_a_plain_port_fails_in_the_handshake() {
    let peer = Recorder::start(vec![vec![Act::Write(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())]]);
    let url = format!("https://{}/", peer.address);
    request(&[&url]).assert().code(35).stderr(predicate::str::contains("TLS"));
}

#[test]
fn without_fail_any_answer_is_a_success() {
    let peer = Recorder::start(vec![answer("HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno")]);
    request(&[&peer.url("/")]).assert().success().stdout("no").stderr("");
    request(&[&peer.url("/"), "-f"]).assert().code(22).stdout("");
    request(&[&peer.url("/"), "--fail-with-body"]).assert().code(22).stdout("no");
    request(&[&peer.url("/"), "-f", "http://127.0.0.1:1/", "-s"]).assert().code(7);
    request(&["http://127.0.0.1:1/", &peer.url("/"), "-s"]).assert().success();
}

#[test]
fn a_closed_pipe_ends_quietly_and_a_full_disk_does_not() {
    let peer = Recorder::start(vec![vec![
        Act::Read,
        Act::Write(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        Act::Flood(vec![b'x'; 65536]),
    ]]);
    let mut command = std::process::Command::new(kit::PROGRAM);
    kit::clean(&mut command);
    command.args(["request", &peer.url("/")]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(23), &b""[..]));
    let peer = Recorder::start(vec![ok("abc")]);
    request(&[&peer.url("/"), "-o", "/dev/full"]).assert().code(23).stderr(predicate::str::contains("no space left"));
}

#[test]
fn an_early_refusal_is_read_though_the_content_is_not_taken() {
    let refusal = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig".to_vec();
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large");
    std::fs::write(&large, vec![b'x'; 64 * 1024 * 1024]).unwrap();
    // The peer answers without reading the content, and then leaves the connection alone.
    let peer = Recorder::start(vec![vec![Act::ReadHead, Act::Write(refusal)]]);
    for expect in ["Expect:", "X: y"] {
        request(&[&peer.url("/"), "-T", large.to_str().unwrap(), "-H", expect]).assert().success().stdout("big");
    }
    let sent: usize = peer.connections().last().map_or(0, Vec::len);
    assert!(sent < 1024, "content was sent after a final response to Expect: {sent}");
}

#[test]
fn content_that_the_peer_does_not_take_is_a_failure_to_send() {
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large");
    std::fs::write(&large, vec![b'x'; 64 * 1024 * 1024]).unwrap();
    let upload = ["-T", large.to_str().unwrap(), "-H", "Expect:", "-sS"];
    // The peer says that it is done, though it was sent a part of the content only.
    let peer = Recorder::start(vec![vec![Act::ReadHead]]);
    let url = peer.url("/");
    let command = [&[url.as_str()], &upload[..]].concat();
    request(&command).assert().code(55).stderr(predicate::str::contains("(55) cannot send the request"));
    // Whether a reset is seen while sending or while reading is chance; that it is no empty reply is not.
    let peer = Recorder::start(vec![vec![Act::ReadHead, Act::Reset]]);
    let url = peer.url("/");
    let ended = request(&[&[url.as_str()], &upload[..]].concat()).output().unwrap();
    assert!(matches!(ended.status.code(), Some(55 | 56)), "{ended:?}");
}

#[test]
fn a_proxy_may_refuse() {
    // SOCKS 5 (RFC 1928): no way of authentication is acceptable; the connection is not allowed by the rules.
    let allowed_not = [&[5, 0][..], &[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]].concat();
    for refusal in [vec![5, 0xff], allowed_not, b"HTTP/1.1 400 No\r\n\r\n".to_vec()] {
        let proxy = Recorder::start(vec![vec![Act::Write(refusal.clone())]]);
        let through = format!("socks5h://{}", proxy.address);
        request(&["-x", &through, "http://far.test/"])
            .assert()
            .code(97)
            .stdout("")
            .stderr(predicate::str::starts_with("httpkit: (97) "));
    }
}

#[test]
fn silence_is_no_hang() {
    let peer = recorder();
    request(&["http://127.0.0.1:1/", "--connect-timeout", "0.5", "-s"]).assert().code(7);
    request(&[&peer.url("/"), "-m", "5"]).assert().success();
}

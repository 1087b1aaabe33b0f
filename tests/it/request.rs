//! `request` as its user sees it: what is sent, what comes out, with which status it ends.

use std::fs;

use predicates::prelude::predicate;

use crate::kit::httpkit;
use crate::recorder::{Act, Recorder, answer, ok, recorder};

/// `httpkit request` with these arguments.
pub(crate) fn request(arguments: &[&str]) -> assert_cmd::Command {
    let mut command = httpkit(&["request"]);
    command.args(arguments);
    command
}

#[test]
fn the_first_example_goes_to_where_serve_listens() {
    let peer = recorder();
    let mut command = request(&["PUT", "127.0.0.1/update", "-d", "key:val"]);
    command.env("HTTPKIT_PORT", peer.address.port().to_string()).assert().success().stdout("");
    let port = peer.address.port();
    assert_eq!(
        peer.text(),
        format!(
            "PUT /update HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: httpkit/{}\r\nAccept: */*\r\n\
             Content-Length: 7\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nkey:val",
            env!("CARGO_PKG_VERSION")
        )
    );
}

#[test]
fn without_a_port_named_anywhere_it_is_8080() {
    request(&["127.0.0.1/x", "--dry-run"])
        .assert()
        .success()
        .stdout(predicate::str::contains("Host: 127.0.0.1:8080\r\n"));
    request(&[":3000/x", "--dry-run"]).assert().success().stdout(predicate::str::contains("Host: localhost:3000\r\n"));
    request(&["http://127.0.0.1/x", "--dry-run"])
        .assert()
        .success()
        .stdout(predicate::str::contains("Host: 127.0.0.1\r\n"));
}

#[test]
fn what_dry_run_prints_is_what_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file.txt");
    fs::write(&file, "one\r\ntwo\n").unwrap();
    let large = folder.path().join("large");
    fs::write(&large, vec![b'x'; 3 * 1024 * 1024]).unwrap();
    let at = |path: &std::path::Path| format!("@{}", path.display());
    let (data, binary) = (at(&file), at(&large));
    let path = file.display().to_string();
    let header_file = folder.path().join("fields");
    fs::write(&header_file, "X-From: file\n\nAccept:\n").unwrap();
    let header = at(&header_file);
    let cases: &[&[&str]] = &[
        &[],
        &["-I"],
        &["-X", "PROPFIND"],
        &["-Xpatch"],
        &["-d", "a=1", "-d", "b=2"],
        &["-d", &data],
        &["--data-binary", &data, "-H", "content-type:text/plain"],
        &["--data-binary", &binary],
        &["--data-binary", &binary, "-H", "Expect:"],
        &["--data-raw", "@x", "--data-urlencode", "n=a b\u{fc}"],
        &["--data-ascii", ""],
        &["--json", "{\"a\":1}"],
        &["--json", "[1,", "--json", "2]", "-H", "ACCEPT: text/plain"],
        &["-G", "-d", "q=x+y", "--data-urlencode", "z=\u{20ac}"],
        &["-G", "-d", "a", "-I"],
        &["-u", "me:secret"],
        &["-A", ""],
        &["-A", "agent/1", "-e", "http://ref/", "-r", "0-9"],
        &["-H", "Host: other", "-H", "x-Lower:1", "-H", "X-Upper:  2  ", "-H", "x-Lower: again", "-H", "Empty;"],
        &["-H", "Accept:", "-H", "User-Agent:", "-H", "Host:"],
        &["-H", &header],
        &["-T", &path],
        &["-T", &path, "-H", "Transfer-Encoding: chunked"],
        &["-d", "abc", "-H", "Transfer-Encoding: chunked"],
        &["--request-target", "*", "-X", "OPTIONS"],
        &["--path-as-is"],
        &["-0", "-d", "a"],
        &["--url-query", "a=b c", "--url-query", "+d=e%20f"],
        &["-H", "Connection: close"],
    ];
    for case in cases {
        let peer = Recorder::start(vec![vec![
            Act::ReadHead,
            Act::Write(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
            Act::Read,
            Act::Write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()),
        ]]);
        let plain = Recorder::start(vec![ok("")]);
        let peer = if case.contains(&&*binary) && !case.contains(&"Expect:") { peer } else { plain };
        let url = peer.url("/a/../b%7e/?q=1");
        let arguments = [&[url.as_str()], *case].concat();
        let printed = request(&[arguments.as_slice(), &["--dry-run"]].concat()).assert().success();
        assert_eq!(peer.connections().len(), 0, "--dry-run opens no connection");
        request(&arguments).assert().success();
        let sent = peer.connections().concat();
        let printed = printed.get_output().stdout.clone();
        assert!(printed == sent, "{case:?}: printed\n{}\nsent\n{}", show(&printed), show(&sent));
    }
}

fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(800)]).into_owned()
}

#[test]
fn a_pipe_gets_the_very_bytes() {
    let content = b"{\"b\":1.0,\"b\":\x00\xff}\x1b[1m";
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", content.len());
    let whole = [head.as_bytes(), content].concat();
    let peer = Recorder::start(vec![answer(&whole)]);
    request(&[&peer.url("/")]).assert().success().stdout(content.to_vec());
    request(&[&peer.url("/"), "-i"]).assert().success().stdout(whole.clone());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out");
    request(&[&peer.url("/"), "-o", file.to_str().unwrap()]).assert().success().stdout("");
    assert_eq!(fs::read(&file).unwrap(), content);
    request(&[&peer.url("/"), "-i", "-o", file.to_str().unwrap()]).assert().success().stdout("");
    assert_eq!(fs::read(&file).unwrap(), whole);
}

#[test]
fn header_sections_are_shown_as_they_crossed_the_wire() {
    let peer = Recorder::start(vec![answer(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 Fine\r\nx-Odd:  1\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\nabc\r\n0\r\nX-Trailer: t\r\n\r\n",
    )]);
    let response = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 Fine\r\nx-Odd:  1\r\n\
                    Transfer-Encoding: chunked\r\n\r\nabcX-Trailer: t\r\n";
    request(&["-i", &peer.url("/")]).assert().success().stdout(response);
    let sent = String::from_utf8(peer.connections().concat()).unwrap();
    request(&["--echo-headers", &peer.url("/")]).assert().success().stdout(format!("{sent}{response}"));
    let said = request(&["-v", &peer.url("/")]).assert().success().stdout("abc");
    let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
    let lines = |mark: &str| {
        said.split("\r\n").filter_map(|line| line.split("\n").last()?.strip_prefix(mark)).collect::<Vec<_>>()
    };
    assert_eq!(lines("> ").join("\r\n"), sent.trim_end_matches("\r\n").to_owned() + "\r\n", "{said}");
    assert!(said.contains("< HTTP/1.1 103 Early Hints\r\n< Link: </a>\r\n< \r\n< HTTP/1.1 200 Fine\r\n"), "{said}");
    request(&["--raw", &peer.url("/")]).assert().success().stdout("3\r\nabc\r\n0\r\nX-Trailer: t\r\n\r\n");
}

#[test]
fn raw_shows_chunks_that_are_none() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (content, shown, plain) in [
        ("5\r\nhello\r\nzz\r\n", "5\r\nhello\r\nzz\r\n", "hello"),
        ("5\r\nhelloXX0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "hello"),
        ("\r\n5\r\nhello\r\n0\r\n\r\n", "\r\n5\r\nhello\r\n0\r\n\r\n", ""),
        ("1\r\na\r\n0\r\nno colon\r\n\r\n", "1\r\na\r\n0\r\nno colon\r\n\r\n", "a"),
    ] {
        let peer = Recorder::start(vec![answer(format!("{head}{content}"))]);
        let told = request(&["-sS", &peer.url("/")]).assert().stdout(plain);
        let status = told.get_output().status.code().unwrap();
        assert_ne!(status, 0, "{content:?}");
        request(&["-sS", "--raw", &peer.url("/")]).assert().code(status).stdout(shown);
    }
}

#[test]
fn write_out_tells_what_happened() {
    let peer =
        Recorder::start(vec![answer("HTTP/1.1 201 Created\r\nContent-Type: text/x\r\nContent-Length: 3\r\n\r\nabc")]);
    let format = "|%{http_code} %{size_download} %{content_type} %{num_redirects} %{url_effective}\\n";
    let url = peer.url("/x#part");
    let expected = format!("abc|201 3 text/x 0 {url}\n");
    request(&[&url, "-w", format]).assert().success().stdout(expected);
    request(&[&url, "-w", "%{time_total}", "-o", "/dev/null"])
        .assert()
        .success()
        .stdout(predicate::str::is_match("^[0-9]+\\.[0-9]{6}$").unwrap());
    request(&["http://127.0.0.1:1/", "-s", "-w", "%{http_code} %{exitcode}"]).assert().code(7).stdout("000 7");
}

#[test]
fn a_pasted_curl_line_and_curls_habits_work() {
    let peer = recorder();
    let url = peer.url("/");
    for arguments in [
        vec!["curl", "-sSL", &url, "-XPOST", "-H", "A: b", "--compressed-not", "--no-location"],
        vec!["-XPUT", "-X", "POST", "--url", &url, "-HA: b", "-sS"],
        vec!["--reque", "POST"],
    ] {
        let expected = if arguments.contains(&"--compressed-not") || arguments.contains(&"--reque") { 2 } else { 0 };
        request(&arguments).assert().code(expected);
    }
    let text = peer.text();
    assert!(text.starts_with("POST / HTTP/1.1\r\n") && text.contains("\r\nA: b\r\n"), "{text}");
}

#[test]
fn standard_input_is_read_only_where_a_dash_says_so() {
    let peer = recorder();
    request(&[&peer.url("/"), "-d", "@-"]).write_stdin("a\r\nb").assert().success();
    assert!(peer.text().ends_with("\r\n\r\nab"), "{}", peer.text());
    let peer = recorder();
    let upload = answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let early = Recorder::start(vec![upload]);
    request(&[&early.url("/x"), "-T", "-", "--expect100-timeout", "0.01"]).write_stdin("abc").assert().success();
    let text = early.text();
    assert!(text.starts_with("PUT /x ") && text.ends_with("\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), "{text}");
    request(&[&peer.url("/")]).write_stdin("never read").assert().success();
    assert!(peer.text().ends_with("\r\n\r\n"));
}

#[test]
fn a_connection_is_used_again_where_the_peer_leaves_it_open() {
    let twice = [ok("one"), ok("two")].concat();
    let peer = Recorder::start(vec![twice]);
    request(&[&peer.url("/1"), &peer.url("/2"), "-w", "%{num_connects}"]).assert().success().stdout("one1two0");
    assert_eq!(peer.connections().len(), 1);
    // One that the peer has closed meanwhile is replaced.
    let peer = Recorder::start(vec![ok("one")]);
    request(&[&peer.url("/1"), &peer.url("/2")]).assert().success().stdout("oneone");
    assert_eq!(peer.connections().len(), 2);
}

#[test]
fn the_parts_that_are_printed_can_be_chosen() {
    let peer = Recorder::start(vec![answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")]);
    let url = peer.url("/");
    let run = |parts: &str| request(&[&url, "--print", parts, "-d", "x=y", "-A", "", "-H", "Accept:"]);
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n",
        peer.address
    );
    run("H").assert().success().stdout(head.clone());
    run("HB").assert().success().stdout(head + "x=y");
    run("h").assert().success().stdout("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
    run("b").assert().success().stdout("abc");
    let meta = predicate::str::is_match("^status 200, [0-9.]+ ms, 3 bytes up, 3 bytes down\n$").unwrap();
    run("m").assert().success().stdout(meta);
    run("x").assert().code(2).stderr(predicate::str::contains("'x' is no part"));
}

#[test]
fn a_closed_standard_input_blocks_and_breaks_nothing() {
    let peer = Recorder::start(vec![ok("fine")]);
    let mut shell = std::process::Command::new("sh");
    crate::kit::clean(&mut shell);
    shell.args(["-c", "\"$0\" request \"$1\" <&-", crate::kit::PROGRAM, &peer.url("/")]);
    let output = shell.output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"fine"[..]));
}

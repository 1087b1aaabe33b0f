//! `request --explain-message` and `--explain-exit`: what they print, into a pipe and on terminals of 80 and 140 columns.

use std::fs;
use std::process::{Command, Stdio};

use rustix::termios::{Winsize, tcsetwinsize};
use tempfile::TempDir;

use crate::kit::{self, httpkit};
use crate::recorder::{Act, Recorder, answer};
use crate::screen::Screen;

const EXCHANGE: &str = "POST /students HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nCookie: session=secret\r\n\
    Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"id\": 7}\
    HTTP/1.1 201 Created\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nLocation: /students/7\r\nContent-Length : 0\r\n\r\n";

/// What is printed for a message on standard input.
fn explained(message: impl Into<Vec<u8>>) -> String {
    let run = httpkit(&["request", "--explain-message", "-"]).write_stdin(message).assert().success();
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

#[test]
fn a_message_is_explained_line_by_line_from_a_file_or_standard_input() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("message");
    fs::write(&file, EXCHANGE).unwrap();
    let from_file = httpkit(&["request", "--explain-message", file.to_str().unwrap()]).assert().success();
    let text = explained(EXCHANGE);
    assert_eq!(String::from_utf8_lossy(&from_file.get_output().stdout), text);
    for expected in [
        "> POST /students HTTP/1.1\\r\\n\n    POST hands the content",
        // Into a pipe secrets stand as they are.
        "\n> Cookie: session=secret\\r\\n\n    gives the server the cookie session (RFC 6265 5.4)\n",
        "\n> Content-Length: 9\\r\\n\n    the content is 9 bytes, so the message ends 9 bytes after the blank line\n    (RFC 9110 8.6)\n",
        "\n> {\"id\": 7}\n\n< HTTP/1.1 201 Created\\r\\n\n",
        "\n< Location: /students/7\\r\\n\n    the new thing is at /students/7 (RFC 9110 10.2.2)\n",
        "\n    wrong: white space between name and colon: a proxy must take it away\n    (RFC 9112 5.1)\n",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() < 80), "{text}");
}

#[test]
fn a_broken_message_is_explained_up_to_where_it_breaks() {
    for (message, expected) in [
        ("", "> \n    wrong: there is no message: not one byte"),
        ("\u{0}\u{1}\u{2}junk", "a client closes\n    it and reports an error"),
        ("GET / HTTP/1.1\r\nHost: h\r\n", "* the bytes end here\n    wrong: the message ends within its head"),
        (
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\nabc",
            "a server answers 400 and\n    closes the connection",
        ),
        ("HTTP/1.1 200 OK\r\n\r\nabc", "all that comes until the server\n    closes the connection"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\nabc",
            "the\n    content breaks here; a client closes the connection",
        ),
    ] {
        let text = explained(message);
        assert!(text.contains(expected), "{message:?}:\n{text}");
    }
}

#[test]
fn junk_of_any_size_is_bounded() {
    let pattern: Vec<u8> = (0..=255).collect();
    for (what, message) in [
        ("one line", vec![b'x'; 100 << 20]),
        ("bytes", pattern.repeat(400 << 10)),
        ("fields", [&b"GET / HTTP/1.1\r\n"[..], &b"A: b\r\n".repeat(10 << 20)].concat()),
        (
            "chunks",
            [&b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"[..], &b"1\r\na\r\n".repeat(10 << 20)].concat(),
        ),
    ] {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("message");
        fs::write(&file, message).unwrap();
        let run = httpkit(&["request", "--explain-message", file.to_str().unwrap()]).assert().success();
        let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        assert!(text.len() < 1 << 20, "{what}: {} bytes", text.len());
        assert!(text.ends_with("* only the first 16 MiB of the message were read\n"), "{what}");
    }
}

#[test]
fn what_cannot_be_explained_is_said() {
    for (arguments, status, expected) in [
        (&["--explain-message", "not-there"][..], 26, "cannot read 'not-there': no such file or directory"),
        (&["--explain-message", "/"], 26, "cannot read '/': is a directory"),
        (&["--explain-message", "-", "127.0.0.1/"], 2, "takes no URL"),
        (&["--explain-message", ""], 2, "has no value"),
        (&["--explain-exit", "x"], 2, "'x' is no exit status: expected a number from 0 to 255"),
        (&["--explain-exit", "9"], 2, "no transfer ends with exit status 9: expected one of 0, 1, 2,"),
        (&["--explain-exit", "6", "7"], 2, "takes one number, or none"),
        (&["--explain-exit", "--next", "h/"], 2, "do not go with '--next'"),
    ] {
        let run = httpkit(&[&["request"], arguments].concat()).write_stdin("").assert().code(status);
        let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn an_exit_status_is_explained_with_its_causes_and_what_to_try() {
    let told = |arguments: &[&str]| {
        let run = httpkit(&[&["request", "--explain-exit"], arguments].concat()).assert().success();
        String::from_utf8(run.get_output().stdout.clone()).unwrap()
    };
    let seven = told(&["7"]);
    assert!(seven.starts_with("7   The connection failed.\n    causes: Nothing listens"), "{seven}");
    assert!(seven.contains("\n    try: Start the server"), "{seven}");
    let all = told(&[]);
    assert!(all.contains(&format!("\n{seven}\n")), "{all}");
    assert!(all.lines().all(|line| line.len() < 80), "{all}");
    // The man page has them from the same table.
    let page = httpkit(&["--generate", "man-request"]).assert().success();
    let page = String::from_utf8_lossy(&page.get_output().stdout).into_owned();
    for meaning in all.split("\n\n").filter_map(|entry| entry.lines().next()?.get(4..)) {
        assert!(
            page.replace("\\-", "-").contains(&meaning.replace("\\", "\\\\")[..20.min(meaning.len())]),
            "{meaning}"
        );
    }
}

/// What is shown at a terminal of that many columns.
fn at_terminal(columns: u16, message: &str) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("message");
    fs::write(&file, message).unwrap();
    let (screen, side) = Screen::open();
    tcsetwinsize(&side, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let mut command = Command::new(kit::PROGRAM);
    kit::clean(&mut command);
    command.env("TERM", "xterm").args(["request", "--explain-message", file.to_str().unwrap()]);
    let mut child = command.stdin(Stdio::null()).stdout(side).stderr(Stdio::null()).spawn().unwrap();
    drop(command);
    assert!(child.wait().unwrap().success());
    screen.rest()
}

/// The text without its colours.
pub(crate) fn plain(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('m').map_or("", |(_, rest)| rest))
}

#[test]
fn a_terminal_has_remarks_below_or_beside_and_no_secrets() {
    for (columns, expected) in [
        (80, "\n> Cookie: ***\\r\\n\n    gives the server the cookie session (RFC 6265 5.4)\n"),
        (140, "\n> Cookie: ***\\r\\n                            gives the server the cookie session (RFC 6265 5.4)\n"),
    ] {
        let coloured = at_terminal(columns, EXCHANGE);
        let text = plain(&coloured);
        assert!(text.contains(expected), "{columns}:\n{text}");
        assert!(text.lines().all(|line| line.chars().count() < usize::from(columns)), "{columns}:\n{text}");
        assert!(!text.contains("secret\\r") && text.contains("--show-secrets"), "{text}");
        assert!(
            coloured.contains("\u{1b}[38;5;196mwrong:\u{1b}[0m white space")
                && coloured.contains("\u{1b}[38;5;244m(RFC 9112 5.1)\u{1b}[0m")
        );
    }
}

#[test]
fn an_exchange_is_explained_as_it_crossed_the_connection() {
    let script = vec![
        Act::Read,
        Act::Write(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n".to_vec()),
        Act::Read,
        Act::Write(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nAge : 3\r\n\r\n2;x\r\nab\r\n0\r\n\r\n".to_vec()),
    ];
    let recorder = Recorder::start(vec![script]);
    let run = httpkit(&["request", "-L", "--explain", &recorder.url("/a"), "-d", "q=1"]).assert().success();
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    for expected in [
        "\n> POST /a HTTP/1.1\\r\\n\n    POST hands",
        "\n> q=1\n\n< HTTP/1.1 302 Found\\r\\n\n",
        "\n> GET /b HTTP/1.1\\r\\n\n",
        "\n< HTTP/1.1 103 Early Hints\\r\\n\n    103: interim",
        "\n< 2;x\\r\\n\n    a chunk of 2 bytes follows",
        "\n    wrong: white space between name and colon",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
    assert!(text.contains("by custom the next request is GET"), "{text}");
    // Undoing the marks gives what the peer received.
    let sent: String = text.lines().filter_map(|line| line.strip_prefix("> ")).collect();
    assert_eq!(sent.replace("\\r\\n", "\r\n"), recorder.text());
    assert!(!text.lines().any(|line| line == "ab"), "the content is printed besides\n{text}");
}

#[test]
fn what_failed_is_explained_too() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let run = httpkit(&["request", "--explain", &format!("http://{closed}/")]).assert().code(7);
    let text = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    assert!(text.contains("* connect to") && text.contains("refused"), "{text}");
    let cut = Recorder::start(vec![answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")]);
    let run = httpkit(&["request", "--explain", &cut.url("/")]).assert().code(18);
    let text = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    assert!(text.contains("< ab\n* the bytes end here\n    wrong: 2 of 9 bytes of content came"), "{text}");
    // What the client has not waited for, or not taken, is not the server's fault.
    for (reply, status) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", 28),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", 28),
        ("HTTP/1.1 200 OK\r\nX: a", 28),
        ("HTTP/1.1 200 OK\r\nX\x1b: a\r\nContent-Length: 2\r\n\r\nab", 8),
    ] {
        let slow = Recorder::start(vec![vec![Act::Read, Act::Write(reply.into()), Act::Hang]]);
        let run = httpkit(&["request", "--explain", "-m", "0.5", &slow.url("/")]).assert().code(status);
        let text = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
        assert!(text.contains("* the bytes end here\n    the client read no further"), "{text}");
        assert!(
            !text.contains("of content came") && !text.contains("is missing") && !text.contains("ends within"),
            "{text}"
        );
    }
}

#[test]
fn a_request_that_is_not_sent_is_explained_too() {
    let run = httpkit(&["request", "--dry-run", "--explain", "http://h/x", "-d", "a=b"]).assert().success();
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(text.starts_with("> POST /x HTTP/1.1\\r\\n\n    POST hands the content"), "{text}");
    assert!(text.contains("> Content-Length: 3\\r\\n\n") && text.ends_with("> a=b\n"), "{text}");
    let tunnel = ["request", "--dry-run", "--explain", "-p", "-x", "h:1", "http://o/"];
    let run = httpkit(&tunnel).assert().success();
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(text.contains("> CONNECT o:80 HTTP/1.1") && text.contains("\n\n> GET / HTTP/1.1"), "{text}");
}

#[test]
fn what_is_explained_is_not_shown_a_second_time() {
    for wire in ["--wire", "--wire=all"] {
        let peer = Recorder::start(vec![answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]);
        let run = httpkit(&["request", "--explain", wire, &peer.url("/")]).assert().success();
        let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        assert_eq!(text.matches("> GET / HTTP/1.1").count(), 1, "{text}");
    }
}

//! What a person at a real terminal sees: the program at a pseudo-terminal, which it asks itself whether it is one.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;

use crate::kit;
use crate::recorder::{Recorder, answer, ok};
use crate::request_tls::serve_http2;
use crate::screen::Screen;

/// Starts `request` with these streams.
fn start(arguments: &[&str], output: impl Into<Stdio>, error: impl Into<Stdio>) -> Child {
    let mut command = Command::new(kit::PROGRAM);
    kit::clean(&mut command);
    command.env("TERM", "xterm").arg("request").args(arguments).stdin(Stdio::null());
    command.stdout(output).stderr(error).spawn().unwrap()
}

/// What is shown on standard output, at a terminal, and said on standard error, at another one.
fn run(arguments: &[&str]) -> (String, String) {
    let (output, output_side) = Screen::open();
    let (error, error_side) = Screen::open();
    let mut child = start(arguments, output_side, error_side);
    assert!(child.wait().unwrap().success(), "{arguments:?}");
    (output.rest(), error.rest())
}

/// A peer that sends a piece of its response whenever it is told to.
fn in_pieces(pieces: &'static [&'static str]) -> (SocketAddr, Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (go_on, told) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // What is left unread would take the response back when the connection is closed.
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
            head.push(byte[0]);
        }
        for piece in pieces {
            told.recv().unwrap();
            stream.write_all(piece.as_bytes()).unwrap();
        }
    });
    (address, go_on)
}

#[test]
fn json_is_indented_and_coloured_as_it_comes() {
    let (address, go_on) = in_pieces(&[
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"b\":1.50,\"a\":[tr",
        "ue,\"x\"],\"b\":1E+2}",
    ]);
    let (mut screen, side) = Screen::open();
    let mut child = start(&[&format!("http://{address}/")], side, Stdio::null());
    go_on.send(()).unwrap();
    // The second piece is not sent before the first one is on the screen.
    screen.until("\x1b[38;5;32m\"b\"\x1b[0m: \x1b[38;5;30m1.50\x1b[0m,\n  \x1b[38;5;32m\"a\"\x1b[0m: [\n");
    go_on.send(()).unwrap();
    assert!(child.wait().unwrap().success());
    let coloured = screen.rest();
    assert!(coloured.ends_with("  \x1b[38;5;32m\"b\"\x1b[0m: \x1b[38;5;30m1E+2\x1b[0m\n}\n"), "{coloured:?}");
    let peer = Recorder::start(vec![answer(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 41\r\n\r\n{\"b\":1.50,\"a\":[true,\"x\"],\"b\":1E+2,\"c\":{}}",
    )]);
    let plain = "{\n  \"b\": 1.50,\n  \"a\": [\n    true,\n    \"x\"\n  ],\n  \"b\": 1E+2,\n  \"c\": {}\n}\n";
    assert_eq!(run(&[&peer.url("/"), "--color", "never"]), (plain.to_owned(), String::new()));
}

#[test]
fn a_terminal_is_not_at_the_mercy_of_a_server() {
    let peer = Recorder::start(vec![answer(
        "HTTP/1.1 200 \x1b[31mOK\r\nX-Title: \x1b]0;owned\x07\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\n\x1b[2J\u{9b}31m\x08x\n",
    )]);
    let (shown, said) = run(&[&peer.url("/"), "-i", "-v", "--color", "never"]);
    for text in [&shown, &said] {
        assert!(!text.contains('\x1b') && !text.contains('\x07') && !text.contains('\u{9b}'), "{text:?}");
        assert!(text.contains("X-Title: \\x1b]0;owned\\x07\n"), "{text:?}");
    }
    assert!(shown.ends_with("\\x1b[2J\\x9b31m\\x08x\n") || shown.ends_with("\\x1b[2J\\u{9b}31m\\x08x\n"), "{shown:?}");
    let (raw, _) = run(&[&peer.url("/"), "--raw-terminal", "--color", "never"]);
    assert!(raw.starts_with("\x1b[2J"), "{raw:?}");
    // What the server names, in a failure or a warning, is shown no other way.
    let (screen, side) = Screen::open();
    let peer = Recorder::start(vec![answer("HTTP/1.1 200 OK\r\n\x1b[5mno colon\r\n\r\n")]);
    start(&[&peer.url("/"), "--color", "never"], Stdio::null(), side).wait().unwrap();
    let said = screen.rest();
    assert!(said.contains("(8)") && !said.contains('\x1b'), "{said:?}");
}

#[test]
fn binary_content_is_noted_and_not_dumped() {
    let peer = Recorder::start(vec![answer(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n\x7fELF\0\x01\x02")]);
    let (shown, said) = run(&[&peer.url("/")]);
    assert_eq!(shown, "");
    assert!(said.contains("7 bytes of binary content are not shown; -o FILE saves them"), "{said:?}");
    let (raw, _) = run(&[&peer.url("/"), "--raw-terminal"]);
    assert_eq!(raw, "\x7fELF\0\x01\x02");
}

#[test]
fn secrets_are_masked() {
    let peer =
        Recorder::start(vec![answer("HTTP/1.1 200 OK\r\nSet-Cookie: id=topsecret\r\nContent-Length: 0\r\n\r\n")]);
    let with_secrets = ["-u", "me:topsecret", "-b", "c=topsecret", "-H", "X: y", "--color", "never"];
    let (shown, said) = run(&[&[&*peer.url("/"), "-v", "--echo-headers"], &with_secrets[..]].concat());
    for text in [&shown, &said] {
        assert!(!text.contains("topsecret") && !text.contains("bWU6dG9wc2VjcmV0"), "{text:?}");
        for line in ["Authorization: ***\n", "Cookie: ***\n", "Set-Cookie: ***\n", "X: y\n"] {
            assert!(text.contains(line), "{line:?}: {text:?}");
        }
    }
    let (shown, _) = run(&[&[&*peer.url("/"), "--echo-headers", "--show-secrets"], &with_secrets[..]].concat());
    assert!(shown.contains("Cookie: c=topsecret\n") && shown.contains("Authorization: Basic bWU6"), "{shown:?}");
}

#[test]
fn each_stream_decides_on_colour_for_itself() {
    let peer = Recorder::start(vec![answer(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n[1]",
    )]);
    let url = peer.url("/");
    let (screen, side) = Screen::open();
    let piped = start(&[&url, "-v"], Stdio::piped(), side).wait_with_output().unwrap();
    assert_eq!(piped.stdout, b"[1]");
    let said = screen.rest();
    assert!(said.contains("\x1b[38;5;64m200 OK\x1b[0m"), "{said:?}");
    let (screen, side) = Screen::open();
    let piped = start(&[&url, "-v"], side, Stdio::piped()).wait_with_output().unwrap();
    let said = String::from_utf8(piped.stderr).unwrap();
    assert!(said.contains("< HTTP/1.1 200 OK\r\n") && !said.contains('\x1b'), "{said:?}");
    let shown = screen.rest();
    assert!(shown.contains("\x1b[38;5;30m1\x1b[0m"), "{shown:?}");
}

#[test]
fn a_long_transfer_shows_a_bar_where_the_content_does_not_go() {
    let peer = Recorder::start(vec![ok(&"x".repeat(3000))]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out");
    let slow = [&*peer.url("/"), "--limit-rate", "1k", "-o", file.to_str().unwrap()];
    let seen = |arguments: &[&str]| {
        let (screen, side) = Screen::open();
        assert!(start(arguments, Stdio::null(), side).wait().unwrap().success());
        screen.rest()
    };
    let bar = seen(&slow);
    assert!(bar.contains("% [=") && bar.contains("/2.93 KiB"), "{bar:?}");
    // It is gone when the transfer ends: the line is cleared, and what was saved is said in its place.
    let (cleared, saved) = bar.rsplit_once("saved ").unwrap();
    assert!(cleared.ends_with("\x1b[2K") || cleared.trim_end().ends_with("\x1b[J"), "{bar:?}");
    assert!(saved.starts_with(&format!("{}, 2.9 KiB, ", file.display())) && saved.ends_with(" s\n"), "{bar:?}");
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 3000);
    assert_eq!(seen(&[&slow[..], &["-s"]].concat()), "");
    assert_eq!(seen(&[&slow[..], &["--no-progress-meter"]].concat()), "");
    // Several at once have a line each.
    let both = peer.url("/[1-2]");
    let bars = seen(&["-Z", &both, "--limit-rate", "1k", "-o", &format!("{}#1", file.display())]);
    assert!(bars.matches("% [=").count() >= 2 && bars.contains("B/s"), "{bars:?}");
    assert!(bars.contains("\x1b[1A"), "{bars:?}");
    // Each says which it is, and what was saved.
    for name in ["out1", "out2"] {
        assert!(
            bars.contains(&format!("{name}      ")) && bars.contains(&format!("{name}, 2.9 KiB, ")),
            "{name}: {bars:?}"
        );
    }
    assert!(!bars.contains("MiB/s"), "what came before the bar is no speed: {bars:?}");
    // Content at the same terminal is not painted over.
    let (shown, said) = run(&slow[..3]);
    assert_eq!((shown.as_str(), said.as_str()), (&*("x".repeat(3000) + "\n"), ""));
}

#[test]
fn what_takes_long_to_send_shows_a_bar_until_the_answer_comes() {
    let peer = Recorder::start(vec![answer("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\ndone")]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in");
    std::fs::write(&file, "x".repeat(3000)).unwrap();
    let slow = ["-T", file.to_str().unwrap(), &peer.url("/"), "--limit-rate", "1k"];
    let (screen, side) = Screen::open();
    let mut child = start(&slow, side.try_clone().unwrap(), side);
    assert!(child.wait().unwrap().success());
    let shown = screen.rest();
    let (bar, after) = shown.rsplit_once("done").unwrap();
    assert!(bar.contains("% [=") && bar.contains("/2.93 KiB") && after == "\n", "{shown:?}");
    assert!(
        bar.ends_with("\x1b[2K") || bar.trim_end().ends_with("\x1b[J"),
        "it is in the way of the answer: {shown:?}"
    );
    // Over HTTP/2, too.
    let url = format!("http://{}/", serve_http2());
    let (screen, side) = Screen::open();
    let newer = ["-T", file.to_str().unwrap(), &url, "--limit-rate", "1k", "--http2-prior-knowledge"];
    assert!(start(&newer, side.try_clone().unwrap(), side).wait().unwrap().success());
    let shown = screen.rest();
    let (bar, after) = shown.rsplit_once("PUT /in 3000").unwrap();
    assert!(bar.contains("% [=") && bar.contains("/2.93 KiB") && after == "\n", "{shown:?}");
    // Lines of -v would go through it.
    let (screen, side) = Screen::open();
    assert!(start(&[&slow[..], &["-v"]].concat(), Stdio::null(), side).wait().unwrap().success());
    assert!(!screen.rest().contains("% [="));
}

#[test]
fn a_response_without_content_shows_its_status() {
    let empty = || Recorder::start(vec![answer("HTTP/1.1 204 No \x1b[2JContent\r\n\r\n")]).url("/");
    let line = "HTTP/1.1 \x1b[38;5;64m204 No \\x1b[2JContent\x1b[0m\n";
    assert_eq!(run(&[&empty()]), (line.to_owned(), String::new()));
    assert_eq!(run(&["-X", "DELETE", "-o", "/dev/null", &empty()]), Default::default());
    for other in [&["-s"][..], &["-w", ""], &["--out-null"]] {
        assert_eq!(run(&[other, &[empty().as_str()]].concat()), Default::default(), "{other:?}");
    }
    assert_eq!(run(&["-i", &empty()]).0.matches("204").count(), 1);
    let content = Recorder::start(vec![ok("x")]).url("/");
    // The prompt of the shell begins a line of its own, unless -w or --raw-terminal say how the output ends.
    assert_eq!(run(&[&content]).0, "x\n");
    assert_eq!(run(&[&content, "-w", "!"]).0, "x!");
    assert_eq!(run(&[&content, "--raw-terminal"]).0, "x");
}

#[test]
fn what_comes_behind_the_content_is_said() {
    let peer = Recorder::start(vec![answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 \x1b[31m")]);
    let (shown, said) = run(&[&peer.url("/")]);
    assert_eq!(shown, "ok\n");
    assert!(said.contains("14 bytes behind the content belong to no response: 'HTTP/1.1 \\x1b[31m'"), "{said:?}");
    assert_eq!(run(&[&peer.url("/"), "-s"]).1, "");
}

#[test]
fn a_password_is_asked_for_and_not_shown() {
    for (options, expected) in [
        (&["-u", "bob"][..], "Authorization: Basic Ym9iOnM6M2NyZXQ=\r\n"),
        (&["-u", "bob", "-d", "@-"], "Authorization: Basic Ym9iOnM6M2NyZXQ=\r\n"),
        (&["--proxy-user", "bob", "-x", "PEER"], "Proxy-Authorization: Basic Ym9iOnM6M2NyZXQ=\r\n"),
    ] {
        let peer = Recorder::start(vec![ok("hello")]);
        let at = peer.address.to_string();
        let url = format!("http://{at}/");
        let (mut screen, side) = Screen::open();
        let mut command = Command::new(kit::PROGRAM);
        kit::clean(&mut command);
        command
            .args(["request", "-s", &url])
            .args(options.iter().map(|option| if *option == "PEER" { &at } else { *option }));
        command.stdin(side.try_clone().unwrap()).stderr(side).stdout(Stdio::piped());
        let child = command.spawn().unwrap();
        drop(command);
        screen.until(" password for user 'bob': ");
        screen.enter("s:3cret\n");
        let has_content = options.contains(&"@-");
        if has_content {
            // The echo is back, and what follows is the content.
            screen.until(": \n");
            screen.enter("visible\n\x04");
        }
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stdout == b"hello", "{output:?}");
        let shown = screen.rest();
        assert!(!shown.contains("3cret") && peer.text().contains(expected), "{shown}\n{}", peer.text());
        let is_visible = (shown.contains("visible"), peer.text().contains("visible"));
        assert_eq!(is_visible, (has_content, has_content), "{shown}");
    }
    // Where nobody types, nobody is asked; with a password, neither; a token needs none.
    for options in [&["-u", "bob"][..], &["-u", "bob:"]] {
        let peer = Recorder::start(vec![ok("hello")]);
        let (screen, side) = Screen::open();
        let mut child =
            start(&[&[format!("http://{}/", peer.address).as_str()], options].concat(), Stdio::null(), side);
        assert!(child.wait().unwrap().success());
        assert_eq!(screen.rest(), "");
        assert!(peer.text().contains("Authorization: Basic Ym9iOg==\r\n"), "{}", peer.text());
    }
}

//! What a person at a terminal sees, with streams of the test's own.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use httpkit::cli;
use httpkit::print::{Sink, Terminal};

use crate::recorder::{Recorder, answer};

/// What was written to a stream.
#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Screen {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs `request` with standard output and standard error at a terminal or not, and gives both.
fn run(arguments: &[&str], output_is_terminal: bool, error_is_terminal: bool) -> (u8, String, String) {
    let (output, error) = (Screen::default(), Screen::default());
    let mut terminal = Terminal {
        input: Box::new(io::empty()),
        input_is_terminal: false,
        output: Sink::new(output.clone(), output_is_terminal),
        error: Sink::new(error.clone(), error_is_terminal),
        variable: |_| None,
    };
    let argv = ["httpkit", "request"].iter().chain(arguments).map(Into::into);
    let status = cli::run(argv, &mut terminal);
    (status, output.text(), error.text())
}

fn json(content: &str) -> Recorder {
    Recorder::start(vec![answer(format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: a=secret\r\nX: \x1b[2J\r\nContent-Length: {}\r\n\r\n{content}",
        content.len()
    ))])
}

#[test]
fn json_is_readable_on_a_terminal_and_untouched_elsewhere() {
    let content = "{\"b\":1.50,\"a\":[null,\"x\"],\"b\":{}}";
    let peer = json(content);
    let (status, plain, _) = run(&[&peer.url("/"), "--color", "never"], true, true);
    assert_eq!(
        (status, plain.as_str()),
        (0, "{\n  \"b\": 1.50,\n  \"a\": [\n    null,\n    \"x\"\n  ],\n  \"b\": {}\n}\n")
    );
    let (_, coloured, _) = run(&[&peer.url("/")], true, true);
    assert!(coloured.contains("\x1b[38;5;32m\"b\"\x1b[0m: \x1b[38;5;30m1.50\x1b[0m"), "{coloured}");
    assert_eq!(run(&[&peer.url("/")], false, true).1, content);
    // As it came; the prompt of the shell begins a line of its own.
    assert_eq!(run(&[&peer.url("/"), "--pretty", "none"], true, true).1, format!("{content}\n"));
    assert_eq!(run(&[&peer.url("/"), "--pretty", "format"], false, true).1, plain);
}

#[test]
fn control_characters_do_not_reach_a_terminal() {
    let peer = json("[\"\x1b]0;title\x07\"]");
    let (_, shown, said) = run(&[&peer.url("/"), "-i", "-v", "--color", "never"], true, true);
    assert!(!shown.contains('\x1b') && !said.contains('\x1b'), "{shown}{said}");
    assert!(shown.contains("X: \\x1b[2J\r\n") && shown.contains("\\x1b]0;title\\x07"), "{shown}");
    let (_, raw, _) = run(&[&peer.url("/"), "-i", "--raw-terminal", "--color", "never"], true, true);
    assert!(raw.contains("X: \x1b[2J\r\n"), "{raw}");
}

#[test]
fn secrets_are_masked_where_a_person_looks() {
    let peer = json("[]");
    let url = peer.url("/");
    let ask = |more: &[&str], output: bool, error: bool| {
        run(&[&[url.as_str(), "-u", "me:secret", "--color", "never"], more].concat(), output, error)
    };
    let (_, shown, _) = ask(&["--echo-headers"], true, false);
    assert!(shown.contains("Authorization: ***\r\n") && shown.contains("Set-Cookie: ***\r\n"), "{shown}");
    let (_, _, said) = ask(&["-v"], false, true);
    assert!(said.contains("> Authorization: ***\r\n") && said.contains("< Set-Cookie: ***\r\n"), "{said}");
    let (_, _, said) = ask(&["-v", "--show-secrets"], false, true);
    assert!(said.contains("Basic bWU6c2VjcmV0") && said.contains("a=secret"), "{said}");
    let (_, _, said) = ask(&["-v"], false, false);
    assert!(said.contains("Basic bWU6c2VjcmV0"), "{said}");
    let (_, _, said) = run(&["http://me:secret@127.0.0.1:1:2/"], true, true);
    assert!(!said.contains("secret") && said.contains("(3)"), "{said}");
}

#[test]
fn binary_content_is_noted_and_not_dumped() {
    let peer = Recorder::start(vec![answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab\0cd")]);
    let (status, shown, said) = run(&[&peer.url("/"), "--color", "never"], true, true);
    assert_eq!((status, shown.as_str()), (0, ""));
    assert_eq!(said, "httpkit: warning: 5 bytes of binary content are not shown; -o FILE saves them\n");
    assert_eq!(run(&[&peer.url("/")], false, true).1, "ab\0cd");
}

#[test]
fn each_stream_decides_on_colour_for_itself() {
    let peer = json("[1]");
    let (_, shown, said) = run(&[&peer.url("/"), "-v"], false, true);
    assert!(!shown.contains('\x1b') && said.contains("\x1b[38;5;64m200 OK\x1b[0m"), "{shown}{said}");
    let (_, shown, said) = run(&[&peer.url("/"), "-v", "-i", "--color", "never"], true, true);
    assert!(!shown.contains('\x1b') && !said.contains('\x1b'), "{shown}{said}");
}

//! `--send`: bytes that need not be a request, and whatever comes back.

use std::fs;

use predicates::prelude::predicate;

use crate::kit::{self, httpkit, project};
use crate::recorder::{Act, Recorder};

const BROKEN: &[u8] = b"GET / HTTP/1.1\nHost : h\0\r\n\r\n";

#[test]
fn bytes_go_out_as_they_are_and_what_comes_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("raw"), BROKEN).unwrap();
    fs::write(folder.path().join("escaped"), "# broken\nGET / HTTP/1.1\\n\nHost : h\\x00\\r\\n\n\\r\\n\n").unwrap();
    let script = || vec![Act::Take(BROKEN.len()), Act::Write(b"HTTP/1.1 400 Bad\r\n\r\nno".to_vec())];
    let shown = "> GET / HTTP/1.1\\n\n> Host : h\\x00\\r\\n\n> \\r\\n\n< HTTP/1.1 400 Bad\\r\\n\n< \\r\\n\n< no\n";
    for arguments in [&["--send", "raw"][..], &["--send-escaped", "escaped"], &["--send", "-"]] {
        let peer = Recorder::start(vec![script()]);
        let mut command = httpkit(&[&[peer.url("/").as_str()], arguments].concat());
        let assert = command.current_dir(folder.path()).write_stdin(BROKEN).assert().success().stderr("");
        let printed = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
        assert_eq!(peer.connections(), [BROKEN], "{arguments:?}");
        let lines: String =
            printed.lines().filter(|line| !line.starts_with('*')).map(|line| format!("{line}\n")).collect();
        assert_eq!(lines, shown, "{arguments:?}");
        assert!(printed.ends_with("* closed by the server\n"), "{printed}");
        // What was printed, sent again, is the same.
        fs::write(folder.path().join("again"), &printed).unwrap();
        let output = httpkit(&["--dry-run", "http://h/", "--send-escaped", "again"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(output.stdout, BROKEN, "{arguments:?}");
    }
    let peer = Recorder::start(vec![script()]);
    httpkit(&[&peer.url("/"), "--send", "raw", "-o", "got"]).current_dir(folder.path()).assert().success();
    assert_eq!(fs::read(folder.path().join("got")).unwrap(), b"HTTP/1.1 400 Bad\r\n\r\nno");
}

#[test]
fn what_cannot_be_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad"), "GET\n\\q").unwrap();
    let peer = Recorder::start(vec![vec![Act::Take(3)]]);
    for (arguments, status, message) in [
        (&["--send-escaped", "bad"][..], 2, "'bad', line 2: expected r, n, t, x or a backslash"),
        (&["--send", "/nowhere/x"], 26, "/nowhere/x"),
        (&["--send", "bad", "-d", "x"], 2, "-d means nothing with --send"),
        (&["--send", "bad", "--send-escaped", "bad"], 2, "take one of them"),
        (&["--send", "bad"], 52, "empty reply"),
    ] {
        let url = peer.url("/");
        let arguments = [&[url.as_str()], arguments].concat();
        httpkit(&arguments).current_dir(folder.path()).assert().code(status).stderr(predicate::str::contains(message));
    }
    let secure = httpkit(&["https://127.0.0.1:1/", "--send", "-"]).assert().code(2).get_output().stderr.clone();
    assert!(String::from_utf8(secure).unwrap().contains("expected http://"));
}

#[test]
fn serve_refuses_what_the_examples_break() {
    let serve = kit::serve().file("db.json", "{}").start();
    let folder = project().join("examples/broken");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# ") && text.contains("(RFC "), "{}", path.display());
        let status = text.lines().find_map(|line| line.strip_prefix("# serve answers ")).unwrap_or("400");
        let url = format!("http://{}/", serve.address());
        let output =
            httpkit(&[&url, "--send-escaped", path.to_str().unwrap()]).assert().success().get_output().stdout.clone();
        let shown = String::from_utf8(output).unwrap();
        assert!(shown.contains(&format!("< HTTP/1.1 {status} ")), "{}: {shown}", path.display());
        count += 1;
    }
    assert!(count >= 20, "{count}");
}

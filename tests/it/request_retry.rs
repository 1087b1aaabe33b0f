//! Attempts: what is tried again, how often, and what is left of those that failed.

use std::fs;
use std::time::{Duration, Instant};

use crate::recorder::{Act, Recorder, answer, ok};
use crate::request::request;

fn status(status: u16, fields: &str) -> Vec<Act> {
    answer(format!("HTTP/1.1 {status} No\r\n{fields}Content-Length: 5\r\n\r\nworse"))
}

/// A response of which only the beginning comes, and then the end or nothing.
fn cut(then: Option<Act>) -> Vec<Act> {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec();
    [Act::Read, Act::Write(half)].into_iter().chain(then).collect()
}

/// What the peer does on one connection after the other, the options, how often it is asked, what is on standard output
/// (`%{num_retries}` at its end) and the exit status.
#[test]
fn attempts_are_counted_and_bounded() {
    type Case<'a> = (Vec<Vec<Act>>, &'a str, usize, &'a str, i32);
    let late = "Retry-After: 100\r\n";
    let cases: Vec<Case<'_>> = vec![
        // A wait that does not fit into the time: the response is the answer, and nothing is sent twice.
        (vec![status(503, late), ok("b")], "--retry 3 --retry-max-time 5 -d x", 1, "worse|0", 0),
        (vec![status(503, late), ok("b")], "--retry 3 --retry-max-time 5 -d x -f", 1, "|0", 22),
        (vec![status(429, late), ok("b")], "--retry 3 --retry-max-time 99 -T f", 1, "worse|0", 0),
        (
            vec![status(503, "Retry-After: Fri, 01 Jan 2100 00:00:00 GMT\r\n")],
            "--retry 1 --retry-max-time 9",
            1,
            "worse|0",
            0,
        ),
        // A delay that was typed need not fit: curl looks at the time before it waits.
        (vec![status(503, ""), ok("b")], "--retry 1 --retry-delay 0.02 --retry-max-time 0.01 -d x", 2, "worseb|1", 0),
        (
            vec![status(503, ""), status(503, ""), ok("b")],
            "--retry 9 --retry-delay 0.2 --retry-max-time 0.1",
            2,
            "worseworse|1",
            0,
        ),
        // What the server does not ask for, or asks for in the past, is waited as was typed.
        (vec![status(503, "Retry-After: 0\r\n"), ok("b")], "--retry 1 --retry-delay 0.01", 2, "worseb|1", 0),
        (vec![status(503, "Retry-After: soon\r\n"), ok("b")], "--retry 1 --retry-delay 0.01", 2, "worseb|1", 0),
        (
            vec![status(503, "Retry-After: Thu, 01 Jan 2015 00:00:00 GMT\r\n"), ok("b")],
            "--retry 1 --retry-delay 0.01",
            2,
            "worseb|1",
            0,
        ),
        // Which statuses pass.
        (vec![status(408, ""), ok("b")], "--retry 1 --retry-delay 0.01", 2, "worseb|1", 0),
        (vec![status(429, ""), ok("b")], "--retry 1 --retry-delay 0.01 -f", 2, "b|1", 0),
        (vec![status(500, ""), ok("b")], "--retry 1 --retry-delay 0.01 --fail-with-body", 2, "worseb|1", 0),
        (vec![status(502, ""), ok("b")], "--retry 1 --retry-delay 0.01 -X DELETE", 2, "worseb|1", 0),
        (vec![status(504, ""), ok("b")], "--retry 1 --retry-delay 0.01 -d x", 2, "worseb|1", 0),
        (vec![status(522, ""), ok("b")], "--retry 1 --retry-delay 0.01", 2, "worseb|1", 0),
        (vec![status(524, ""), ok("b")], "--retry 1 --retry-delay 0.01", 2, "worseb|1", 0),
        (vec![status(501, ""), ok("b")], "--retry 1 --retry-delay 0.01", 1, "worse|0", 0),
        (vec![status(505, ""), ok("b")], "--retry 1 --retry-delay 0.01", 1, "worse|0", 0),
        (vec![status(404, ""), ok("b")], "--retry 1 --retry-delay 0.01 --retry-all-errors", 1, "worse|0", 0),
        (vec![status(404, ""), ok("b")], "--retry 1 --retry-delay 0.01 --retry-all-errors -f", 2, "b|1", 0),
        (vec![status(503, "")], "--retry 2 --retry-delay 0.01", 3, "worseworseworse|2", 0),
        (vec![status(503, "")], "--retry 0", 1, "worse|0", 0),
        // Content that was read off a pipe cannot be sent again.
        (vec![status(503, ""), ok("b")], "--retry 1 --retry-delay 0.01 -T -", 1, "worse|0", 0),
        (vec![status(503, ""), ok("b")], "--retry 1 --retry-delay 0.01 -d @-", 2, "worseb|1", 0),
        // What went to standard output cannot be taken back.
        (vec![cut(None), ok("b")], "--retry 1 --retry-delay 0.01 --retry-all-errors", 2, "halfb|1", 0),
        (vec![cut(Some(Act::Hang)), ok("b")], "--retry 1 --retry-delay 0.01 -m 0.7", 2, "halfb|1", 0),
        (vec![cut(None), ok("b")], "--retry 1 --retry-delay 0.01", 1, "half|0", 18),
        (vec![vec![Act::Read, Act::Hang], ok("b")], "--retry 1 --retry-delay 0.01 -m 0.5", 2, "b|1", 0),
        (vec![vec![Act::Read], ok("b")], "--retry 1 --retry-delay 0.01", 1, "|0", 52),
        (vec![vec![Act::Read], ok("b")], "--retry 1 --retry-delay 0.01 --retry-all-errors", 2, "b|1", 0),
    ];
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("f"), "file").unwrap();
    let begin = Instant::now();
    for (scripts, options, times, stdout, code) in cases {
        let peer = Recorder::start(scripts.into_iter().map(closed).collect());
        let url = peer.url("/");
        let line = ["-s", "-w", "|%{num_retries}", &url].into_iter().chain(options.split(' ')).collect::<Vec<_>>();
        let mut command = request(&line);
        command.current_dir(folder.path()).write_stdin("input").assert().code(code).stdout(stdout);
        assert_eq!(peer.connections().len(), times, "{options}");
    }
    assert!(begin.elapsed() < Duration::from_secs(90), "a wait of 100 s was waited");
}

/// Says in the response that the connection ends, so that each attempt is a connection of its own.
fn closed(script: Vec<Act>) -> Vec<Act> {
    let close = |act: Act| match act {
        Act::Write(bytes) => {
            let text = String::from_utf8(bytes).unwrap();
            Act::Write(text.replacen("\r\n", "\r\nConnection: close\r\n", 1).into_bytes())
        }
        other => other,
    };
    script.into_iter().map(close).collect()
}

#[test]
fn a_file_holds_the_last_attempt_alone() {
    let named = "HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=named\r\nContent-Length: 9\r\n\r\nha";
    let part = "HTTP/1.1 206 OK\r\nContent-Range: bytes 4-12/13\r\nContent-Length: 9\r\n\r\nxy";
    let rest = "HTTP/1.1 206 OK\r\nContent-Range: bytes 6-8/9\r\nContent-Length: 3\r\n\r\nnew";
    let early = |text: &str| vec![Act::Read, Act::Write(text.as_bytes().to_vec())];
    for (first, second, options, name, content) in [
        (cut(None), ok("whole"), "--retry-all-errors -o out", "out", "whole"),
        (cut(Some(Act::Hang)), ok("new"), "-m 0.7 -o out", "out", "new"),
        (cut(None), ok("whole"), "--retry-all-errors -o out --no-clobber", "out", "whole"),
        (cut(None), ok(""), "--retry-all-errors -o out", "out", ""),
        (cut(None), ok("whole"), "--retry-all-errors -o out --remove-on-error", "out", "whole"),
        (
            cut(None),
            ok("whole"),
            "--retry-all-errors -o out -i",
            "out",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
        ),
        (early(named), ok("whole"), "--retry-all-errors -OJ", "named", "whole"),
        (early(part), answer(rest), "--retry-all-errors -C - -o old", "old", "old!xynew"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("old"), "old!").unwrap();
        let peer = Recorder::start(vec![first, second]);
        let url = peer.url("/x");
        let fixed = ["-s", "--retry", "1", "--retry-delay", "0.01", &url];
        let line: Vec<&str> = fixed.into_iter().chain(options.split(' ')).collect();
        request(&line).current_dir(folder.path()).assert().success().stdout("");
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), content, "{options}");
        let count = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(count, if name == "old" { 1 } else { 2 }, "{options}");
    }
}

/// What of an attempt that is followed by another one stays in a file: the first response, the options, what stands there before
/// the second one's.
#[test]
fn of_an_attempt_its_header_sections_stay_in_a_file_unless_content_followed_them() {
    let empty = answer("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
    let (head, bare) = ("HTTP/1.1 503 No\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
    for (first, options, stays) in [
        (status(503, ""), "-o out", ""),
        (status(503, ""), "-o out -i", ""),
        (status(503, ""), "-o out -i --fail-with-body", ""),
        (status(503, ""), "-o out -i -f", head),
        (empty.clone(), "-o out -i", bare),
        (empty, "-o out", ""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let peer = Recorder::start(vec![first, ok("whole")]);
        let url = peer.url("/x");
        let fixed = ["-s", "--retry", "1", "--retry-delay", "0.01", &url];
        let line: Vec<&str> = fixed.into_iter().chain(options.split(' ')).collect();
        request(&line).current_dir(folder.path()).assert().success().stdout("");
        let second = if options.contains("-i") { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole" } else { "whole" };
        assert_eq!(fs::read_to_string(folder.path().join("out")).unwrap(), [stays, second].concat(), "{options}");
    }
}

/// A file that cannot be written is no reason to ask again, unless everything is.
#[test]
fn a_failure_to_write_is_tried_again_only_if_all_failures_are() {
    for (options, times) in [("--retry 2", 1), ("--retry 2 --retry-all-errors", 3)] {
        let folder = tempfile::tempdir().unwrap();
        let peer = Recorder::start(vec![closed(ok("a")), closed(ok("b")), closed(ok("c"))]);
        let url = peer.url("/x");
        let fixed = ["-s", "--retry-delay", "0.01", "-o", "no/out", &url];
        let line: Vec<&str> = fixed.into_iter().chain(options.split(' ')).collect();
        request(&line).current_dir(folder.path()).assert().code(23).stdout("");
        assert_eq!(peer.connections().len(), times, "{options}");
    }
}

/// What breaks off is gone on with (curl's test 3035): the attempts, the options, what is asked for, what the file holds in the
/// end and the exit status.
#[test]
fn an_attempt_goes_on_where_the_one_before_broke_off() {
    let early = |text: &str| vec![Act::Read, Act::Write(text.as_bytes().to_vec())];
    let first = early("HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\nContent-Length: 9\r\n\r\nabc");
    let part = |from: u64, text: &str| {
        let length = 9 - from;
        early(&format!("HTTP/1.1 206 OK\r\nContent-Range: bytes {from}-8/9\r\nContent-Length: {length}\r\n\r\n{text}"))
    };
    let moved = answer("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
    let whole = || ok("other one");
    let (dash, none) = ("-C -", "");
    type Case<'a> = (Vec<Vec<Act>>, &'a str, &'a str, &'a [&'a str], &'a str, i32);
    let cases: Vec<Case<'_>> = vec![
        (vec![first.clone(), part(3, "def"), part(6, "ghi")], dash, none, &["", "3-", "6-"], "abcdefghi", 0),
        (vec![part(2, "c"), part(3, "defghi")], dash, "ab", &["2-", "3-"], "abcdefghi", 0),
        // What is not the rest neither goes behind what is there nor takes its place.
        (
            vec![first.clone(), status(404, ""), whole(), part(2, "cdefghi"), part(3, "defghi")],
            dash,
            none,
            &["", "3-", "3-", "3-", "3-"],
            "abcdefghi",
            0,
        ),
        (vec![first.clone(), whole()], "--retry 1 -C -", none, &["", "3-"], "abc", 33),
        (vec![first.clone(), status(503, ""), part(3, "defghi")], dash, none, &["", "3-", "3-"], "abcdefghi", 0),
        (
            vec![moved.clone(), first.clone(), moved, part(3, "defghi")],
            "-L -C -",
            none,
            &["", "", "3-", "3-"],
            "abcdefghi",
            0,
        ),
        // A server that has not said that it gives parts is asked for the whole, and so is one whose content is not written
        // as it came.
        (vec![cut(None), whole()], dash, none, &["", ""], "other one", 0),
        (vec![first.clone(), whole()], "-C - -X GET", none, &["", ""], "other one", 0),
        (vec![first.clone(), whole()], "-C - --compressed", none, &["", ""], "other one", 0),
        (vec![first.clone(), whole()], "-o out", none, &["", ""], "other one", 0),
    ];
    for (scripts, options, before, asked, content, code) in cases {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out");
        if !before.is_empty() {
            fs::write(&file, before).unwrap();
        }
        let peer = Recorder::start(scripts.into_iter().map(closed).collect());
        let url = peer.url("/a");
        let fixed = ["-s", "--retry", "4", "--retry-delay", "0.01", "--retry-all-errors", "-o", "out", &url];
        let line: Vec<&str> = fixed.into_iter().chain(options.split(' ')).collect();
        request(&line).current_dir(folder.path()).assert().code(code).stdout("");
        assert_eq!(fs::read_to_string(&file).unwrap(), content, "{options} {asked:?}");
        let text = peer.text();
        let heads = text.split("\r\n\r\n").filter(|head| !head.is_empty());
        let ranges =
            heads.map(|head| head.split_once("Range: bytes=").map_or("", |(_, rest)| rest.lines().next().unwrap()));
        assert_eq!(ranges.collect::<Vec<_>>(), asked, "{options}");
    }
}

//! Peers that mean harm, and outputs and inputs that fail: a clear line, the right status, bounded memory, no hang.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use predicates::prelude::{PredicateBooleanExt, predicate};

use crate::capture::Capture;
use crate::kit;
use crate::recorder::{Act, Recorder, answer, ok};
use crate::request::request;

/// The most memory that a transfer may want, in KiB: a part of what goes through it.
const MEMORY: u32 = 100_000;

/// Runs `request` with so much memory and no more; `streams` are redirections of the shell.
fn confined(arguments: &[&str], streams: &str) -> Output {
    let mut shell = Command::new("sh");
    kit::clean(&mut shell);
    shell.args(["-c", &format!("ulimit -v {MEMORY} && exec \"$0\" request \"$@\" {streams}"), kit::PROGRAM]);
    shell.args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// A peer that reads the request, and then writes the second over and over behind the first.
fn endless(first: &str, again: &str) -> Recorder {
    let again = again.repeat(60_000 / again.len());
    Recorder::start(vec![vec![Act::Read, Act::Write(first.as_bytes().to_vec()), Act::Flood(again.into_bytes())]])
}

#[test]
fn what_has_no_end_has_one_here() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let long = format!("A: {}\r\n", "b".repeat(1000));
    for (first, again, status, message) in [
        ("", "no status line ", 1, "status line"),
        ("", "\r\n", 1, "status line"),
        ("HTTP/1.1 200 ", "reason ", 56, "header section"),
        ("HTTP/1.1 200 OK\r\n", "A: b\r\n", 100, "header lines"),
        ("HTTP/1.1 200 OK\r\n", &long, 56, "header section"),
        ("HTTP/1.1 200 OK\r\nA: ", "endless ", 100, "a header line"),
        ("HTTP/1.1 200 OK\r\nA: b\r\n", " folded\r\n", 56, "header section"),
        ("", "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n", 8, "interim"),
        (chunked, "0", 56, "chunk size"),
        (chunked, "f", 56, "chunk size"),
        (&format!("{chunked}5;"), "extension", 56, "extensions"),
        (&format!("{chunked}0\r\n"), "A: b\r\n", 56, "trailer"),
    ] {
        let peer = endless(first, again);
        let ended = confined(&["-sS", "-m", "60", "-o", "/dev/null", &peer.url("/")], "");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(status), "{first:?} {again:?}: {said}");
        assert!(said.contains(message) && said.lines().count() == 1, "{first:?} {again:?}: {said}");
    }
}

#[test]
fn memory_is_bounded_whatever_the_size() {
    let folder = tempfile::tempdir().unwrap();
    let size = 2 * u64::from(MEMORY) * 1024;
    let limit = size.to_string();
    // Down, without an end, until the limit that was named.
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for (first, again) in [
        ("HTTP/1.1 200 OK\r\n\r\n", "content ".repeat(8000)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunk),
    ] {
        let peer = Recorder::start(vec![vec![
            Act::Read,
            Act::Write(first.as_bytes().to_vec()),
            Act::Flood(again.into_bytes()),
        ]]);
        let ended = confined(&["-s", "-o", "/dev/null", "--max-filesize", &limit, &peer.url("/")], "");
        assert_eq!(ended.status.code(), Some(63), "{ended:?}");
    }
    // Up, from a file with holes.
    let file = folder.path().join("large");
    fs::File::create(&file).unwrap().set_len(size).unwrap();
    let deaf = Recorder::start(vec![vec![
        Act::ReadHead,
        Act::Write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec()),
    ]]);
    let ended = confined(&["-sS", "-T", file.to_str().unwrap(), "-H", "Expect:", &deaf.url("/")], "");
    assert_eq!((ended.status.code(), ended.stdout.as_slice()), (Some(0), &b"ok"[..]), "{ended:?}");
    // A little that becomes much.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..size / zeros.len() as u64 {
        bomb.write_all(&zeros).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", bomb.len());
    let peer = Recorder::start(vec![answer([head.into_bytes(), bomb].concat())]);
    let ended = confined(&["-sS", "--compressed", "-o", "/dev/null", &peer.url("/")], "");
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
}

/// The views that show what a peer sends, also where they are written into a file, which somebody may look at later.
#[test]
fn no_view_is_steered_by_a_peer_or_grows_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let capture = folder.path().join("capture").display().to_string();
    let steering = "\u{1b}]0;title\u{7}\u{1b}[2J\u{8}\u{7f}\u{9b}31m\u{202e}\u{2066}";
    let line = format!("X: {steering}\r\n");
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (first, again) in [
        ("HTTP/1.1 200 OK\r\n", line.as_str()),
        ("HTTP/1.1 200 ", steering),
        (&format!("{chunked}0\r\n"), &line),
        (&format!("{chunked}5;"), steering),
        ("HTTP/1.1 200 OK\r\n\r\n", steering),
        ("HTTP/1.1 200 OK\r\n\r\n", "\u{0}\u{1b}[2J"),
        ("", steering),
    ] {
        let peer = endless(first, again);
        for view in [&["--wire"][..], &["--wire=all"], &["--explain"], &["--pcap", &capture]] {
            let options = ["-m", "60", "--max-filesize", "200k", "-o", "/dev/null", &peer.url("/")];
            let ended = confined(&[view, &options[..]].concat(), "");
            let shown = String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap();
            assert!(
                matches!(ended.status.code(), Some(1 | 8 | 56 | 63 | 100)),
                "{first:?} {again:?} {view:?}: {shown}"
            );
            let steers = |sign: char| (sign.is_control() && sign != '\n') || ['\u{202e}', '\u{2066}'].contains(&sign);
            assert_eq!(shown.find(steers), None, "{first:?} {again:?} {view:?}");
        }
        let captured = Capture::read(&fs::read(&capture).unwrap()).received();
        let (sent, whole) = (again.as_bytes(), first.as_bytes());
        assert!(captured.starts_with(whole) && captured[whole.len()..].starts_with(sent), "{first:?} {again:?}");
    }
}

#[test]
fn a_full_disk_is_said_wherever_it_is_met() {
    let peer = Recorder::start(vec![answer("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 3\r\n\r\nabc")]);
    let url = peer.url("/");
    for arguments in [
        &["-o", "/dev/full"][..],
        &["-D", "/dev/full", "-o", "/dev/null"],
        &["-w", "%output{/dev/full}x", "-o", "/dev/null"],
    ] {
        let command = [&[url.as_str()], arguments].concat();
        request(&command).assert().code(23).stderr(predicate::str::contains("'/dev/full': no space left"));
    }
    for arguments in [&["-i"][..], &[], &["-o", "/dev/null", "-w", "%{http_code}"], &["--echo-headers"], &["--dry-run"]]
    {
        let ended = confined(&[&[url.as_str()], arguments].concat(), "> /dev/full");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(23), "{arguments:?}: {said}");
        assert_eq!(said, "httpkit: (23) cannot write to standard output: no space left on device\n", "{arguments:?}");
    }
    // What only goes along with a transfer does not fail it, as with curl.
    request(&[&url, "-c", "/dev/full"])
        .assert()
        .success()
        .stdout("abc")
        .stderr(predicate::str::contains("no space left"));
    request(&[&url, "--trace", "/dev/full"]).assert().success().stdout("abc");
    let ended = confined(&[&url, "-v"], "2> /dev/full");
    assert_eq!((ended.status.code(), ended.stdout.as_slice()), (Some(0), &b"abc"[..]));
}

#[test]
fn a_closed_pipe_ends_all_of_it_quietly() {
    let peer = endless("HTTP/1.1 200 OK\r\n\r\n", "content ");
    let small = Recorder::start(vec![ok("abc")]);
    for arguments in
        [vec![peer.url("/")], vec![peer.url("/"), "-i".into()], vec![peer.url("/"), "-Z".into(), small.url("/")]]
    {
        let mut command = Command::new(kit::PROGRAM);
        kit::clean(&mut command);
        let mut child =
            command.arg("request").args(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(23), &b""[..]), "{arguments:?}");
    }
}

#[test]
fn an_input_that_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (peer, at) = (Recorder::start(vec![ok("")]), |path: &Path| path.display().to_string());
    let (folder, url) = (at(folder.path()), peer.url("/"));
    let data = format!("@{folder}");
    let part = format!("f=@{folder}");
    for arguments in [
        ["-d", data.as_str()],
        ["--data-binary", &data],
        ["--data-urlencode", &data],
        ["--json", &data],
        ["-H", &data],
        ["-F", &part],
        ["-T", &folder],
        ["-w", &data],
        ["--netrc-file", &folder],
    ] {
        let refused = request(&[&url, arguments[0], arguments[1]]).assert().code(26).stdout("");
        refused.stderr(predicate::str::starts_with("httpkit: (26) cannot read").and(predicate::str::contains(&folder)));
    }
    assert_eq!(peer.text(), "", "nothing is sent");
    let passed_over = request(&[&url, "-b", &folder]).assert().success();
    passed_over.stderr(predicate::str::contains(&folder).and(predicate::str::contains("holds no cookies")));
    // A closed standard input is empty, and blocks nothing.
    for arguments in [&["-d", "@-"][..], &["-T", "-"], &["-K", "-"]] {
        let mut shell = Command::new("sh");
        kit::clean(&mut shell);
        shell.args(["-c", "\"$0\" request \"$@\" <&-", kit::PROGRAM, &url]).args(arguments);
        let ended = shell.output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{arguments:?}: {ended:?}");
    }
}

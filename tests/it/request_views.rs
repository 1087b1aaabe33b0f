//! What is told of a run when it is over: in one place each, of bounded size, and also where a signal ended the run.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::kit::{self, PROGRAM};
use crate::recorder::{Act, Recorder, answer, ok};
use crate::request::request;
use crate::request_pcap::limited;

const TAGGED: &[u8] = b"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 7\r\nConnection: close\r\n\r\ncontent";

/// A run against a peer that never ends its second response, when that has begun to come.
fn under_way(arguments: &[&str], folder: &TempDir) -> Child {
    let endless = vec![Act::Read, Act::Write(b"HTTP/1.1 200 OK\r\n\r\nhalf\n".to_vec()), Act::Hang];
    let first = answer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nwhole\n");
    let peer = Recorder::start(vec![first, endless]);
    let (one, two, three) = (peer.url("/1"), peer.url("/2"), peer.url("/3"));
    let mut command = kit::heedful();
    command.args(["request", "-sSN", "-w", "%{stderr}done\n", "-o", "1", &one, "-o", "/dev/stderr", &two, &three]);
    command.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let lines: Vec<String> = stderr.lines().take(2).map(Result::unwrap).collect();
    assert_eq!(lines, ["done", "half"]);
    child
}

/// Sends the signal; gives which one the process died of, and what it has said on standard output.
fn end(mut child: Child, signal: Signal) -> (Option<i32>, String) {
    kill_process(Pid::from_child(&child), signal).unwrap();
    let status = kit::ended(&mut child);
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    (status.signal(), said)
}

#[test]
fn what_was_seen_until_a_signal_came_is_told() {
    let folder = TempDir::new().unwrap();
    for (arguments, signal) in
        [(&["--har", "run.har"][..], Signal::INT), (&["--har", "run.har", "-Z", "--parallel-max", "1"], Signal::TERM)]
    {
        let child = under_way(arguments, &folder);
        assert_eq!(end(child, signal).0, Some(signal.as_raw()));
        let archive: Value = serde_json::from_slice(&fs::read(folder.path().join("run.har")).unwrap()).unwrap();
        crate::har::follows(&archive);
        let entries = archive["log"]["entries"].as_array().unwrap();
        let contents: Vec<&str> =
            entries.iter().map(|entry| entry["response"]["content"]["text"].as_str().unwrap()).collect();
        assert_eq!(contents, ["whole\n", "half\n"]);
        assert_eq!((&entries[0]["comment"], &entries[1]["response"]["status"]), (&Value::Null, &200.into()));
        assert_eq!(entries[1]["comment"], "ended with the run, before it was over");
        fs::remove_file(folder.path().join("run.har")).unwrap();
    }
    let (signal, explained) = end(under_way(&["--explain"], &folder), Signal::HUP);
    assert_eq!(signal, Some(Signal::HUP.as_raw()));
    assert!(explained.contains("\n> GET /2 HTTP/1.1\\r\\n\n") && explained.contains("\n< half\\n\n"), "{explained}");
    assert!(!explained.contains("/3"), "{explained}");
}

#[test]
fn without_what_is_told_at_the_end_a_signal_ends_the_process_as_ever() {
    let folder = TempDir::new().unwrap();
    assert_eq!(end(under_way(&[], &folder), Signal::INT).0, Some(Signal::INT.as_raw()));
}

#[test]
fn a_signal_that_is_ignored_on_behalf_of_a_run_does_not_end_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut command = Command::new("sh");
    kit::clean(&mut command);
    command.args(["-c", "trap '' HUP INT; exec \"$0\" request -s --timing \"$1\"", PROGRAM, &url]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    for signal in [Signal::HUP, Signal::INT] {
        kill_process(Pid::from_child(&child), signal).unwrap();
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
    assert!(kit::ended(&mut child).success());
}

#[test]
fn an_archive_on_standard_output_is_alone_there() {
    let peer = Recorder::start(vec![ok("x")]);
    for other in [
        &["--explain"][..],
        &["--wire"],
        &["--wire=all"],
        &["--send", "-"],
        &["--send-escaped", "-"],
        &["-D", "-"],
        &["--trace", "-"],
        &["--trace-ascii", "-"],
        &["-c", "-"],
        &["--etag-save", "-"],
        &["--pcap", "-"],
    ] {
        for arguments in [[&["--har", "-"], other].concat(), [other, &["--har", "-"]].concat()] {
            let run = request(&[&arguments[..], &[&peer.url("/")]].concat()).assert().code(2).stdout("");
            let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
            let name = other[0].split('=').next().unwrap();
            assert!(said.contains("--har -") && said.contains(name) && said.contains("name a file"), "{said}");
        }
    }
    // Of groups, too, before anything is sent.
    let url = peer.url("/");
    request(&["--har", "-", &url, "--next", "--explain", &url]).assert().code(2).stdout("");
    assert!(peer.connections().is_empty());
    let run = request(&["-s", "--har", "-", "-w", "%{http_code}", "--print", "Hm", &url]).assert().success();
    let archive: Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(archive["log"]["entries"].as_array().unwrap().len(), 1);
    assert!(run.get_output().stderr.ends_with(b"200"));
}

/// Arguments for so many exchanges with a peer whose heads have so many bytes.
fn many(count: usize, length: usize) -> (Recorder, String) {
    // A line may be no longer than a hundred thousand bytes.
    let line = format!("X: {}\r\n", "y".repeat(length / 5));
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{}\r\n", line.repeat(5));
    let peer = Recorder::start(vec![answer(head)]);
    let url = peer.url(&format!("/[1-{count}]"));
    (peer, url)
}

#[test]
fn what_is_kept_of_endless_exchanges_is_bounded_and_that_is_said() {
    let (_peer, url) = many(200, 250_000);
    let run = request(&["-s", "--explain", &url]).assert().success();
    let text = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    let told = text.matches("\n> GET /").count();
    assert!((40..100).contains(&told), "{told} exchanges");
    // What was left out here did come.
    assert!(!text.contains("the bytes end here"));
    assert!(text.len() < 64 << 20 && text.contains("only the first 16 MiB of the run were kept"));
    let folder = TempDir::new().unwrap();
    let (path, rows) = (folder.path().join("run.har"), 200);
    let run = request(&["-S", "--timing=json", "--har", path.to_str().unwrap(), &url]).assert().success();
    let archive: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    crate::har::follows(&archive);
    let told = archive["log"]["entries"].as_array().unwrap().len();
    assert!((100..180).contains(&told), "{told} exchanges");
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    let left = rows - told;
    assert!(said.contains(&format!("only the first {told} exchanges are told of, {left} more are not")));
    let comment = archive["log"]["comment"].as_str().unwrap();
    assert!(comment.starts_with(&format!("{left} more exchanges are not here")), "{comment}");
}

#[test]
fn what_cannot_be_shown_is_a_failure_and_who_has_gone_away_ends_it() {
    let folder = TempDir::new().unwrap();
    let raw = folder.path().join("raw");
    fs::write(&raw, "GET / HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let raw = raw.to_str().unwrap();
    let long = Recorder::start(vec![ok(&"line\n".repeat(20_000))]);
    // A file that may grow to 8 KiB and no further stands for a disk that is full.
    let full = |path: &str, arguments: &[&str]| {
        let file = fs::File::create(folder.path().join(path)).unwrap();
        let output = limited("trap '' XFSZ; ulimit -f 16;", arguments, Stdio::from(file));
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for options in [&["--wire"][..], &["--wire=all"], &["--explain"], &["--har", "-"], &["--send", raw]] {
        let url = long.url("/");
        let (status, said) = full("out", &[options, &[&url]].concat());
        assert_eq!(status, Some(23), "{options:?}: {said}");
        assert_eq!(said, "httpkit: (23) cannot write to standard output: file too large\n", "{options:?}");
    }
    let endless = vec![Act::Read, Act::Write(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()), Act::Flood(vec![b'x'; 1 << 16])];
    let endless = Recorder::start(vec![endless]);
    for options in [&["--wire"][..], &["--wire=all"], &["--send", raw]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(PROGRAM);
        kit::clean(&mut command);
        command.arg("request").args(options).arg(endless.url("/")).stdout(writer).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let status = kit::ended(&mut child);
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((status.code(), said.as_str()), (Some(23), ""), "{options:?}");
    }
}

#[test]
fn files_are_written_once_and_what_shows_nothing_says_so() {
    let folder = TempDir::new().unwrap();
    let peer = Recorder::start(vec![ok("x")]);
    let url = peer.url("/");
    fs::write(folder.path().join("old"), "old").unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    let run = |arguments: &[&str]| {
        let output = request(arguments).current_dir(&folder).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    for (options, one, other) in [
        (&["--har", "f", "-o", "f"][..], "--har", "-o"),
        (&["--har", "f", "--pcap", "f"], "--har", "--pcap"),
        (&["--pcap", "f", "--trace", "f"], "--pcap", "--trace"),
        (&["--har", "old", "-D", "./old"], "--har", "-D"),
        (&["--pcap", "old", "--next", &url, "-o", "old"], "--pcap", "-o"),
        (&["--har", "new", "-o", "./new"], "--har", "-o"),
        (&["--har", "sub/new", "-o", "new", "--output-dir", "sub"], "--har", "-o"),
        (&["--har", "new", "--hsts", "new"], "--har", "--hsts"),
        (&["--har", "1", "-o", "new", "-o", "#1", &peer.url("/[1-2]")], "--har", "the content"),
        (&["--har", "name", "-o", "new", "-O", &peer.url("/name")], "--har", "the content"),
        (&["--pcap", "name", "-o", "new", "-O", &peer.url("/name"), "-Z"], "--pcap", "the content"),
    ] {
        let (status, stdout, said) = run(&[&[url.as_str()], options].concat());
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{options:?}");
        let expected = [format!("{one} and {other} both write"), format!("{other} and {one} both write")];
        assert!(expected.iter().any(|expected| said.contains(expected)), "{options:?}: {said}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("old")).unwrap(), "old");
    let said = ["--har", "said", "--stderr", "said"];
    assert_eq!(run(&[&said[..], &[&url]].concat()).0, Some(2));
    assert!(run(&["--pcap-plain", &url]).2.contains("expected --pcap FILE"));
    assert!(peer.connections().is_empty());
    assert_eq!(run(&["--har", "new", "-o", "new", "--output-dir", "sub", &url]).0, Some(0));
    assert_eq!(fs::read_to_string(folder.path().join("sub/new")).unwrap(), "x");
    let file = format!("file://{}", folder.path().join("old").display());
    for view in ["--wire", "--explain"] {
        assert_eq!(run(&[view, &file]), (Some(0), "* no connection was opened\n".to_owned(), String::new()));
        assert!(!run(&[view, "--dry-run", &url]).1.contains("* no connection"));
    }
}

#[test]
fn wherever_a_run_waits_one_signal_ends_it() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("raw"), "GET / HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let retry = ["--retry", "9", "--retry-delay", "60", "--retry-all-errors"];
    // What waits, and for which bytes of it: it waits for good then.
    for (scheme, options, first) in [
        ("http", &[][..], &b"GET "[..]),
        ("http", &["--send", "raw"], b"GET "),
        ("http", &["-x", "AT", "-p"], b"CONN"),
        ("http", &["-x", "socks5://AT"], b"\x05\x01\x00"),
        ("https", &["-k"], b"\x16\x03\x01"),
        ("https", &["-k", "--http2"], b"\x16\x03\x01"),
        ("http", &["--http2-prior-knowledge"], b"PRI "),
        ("http", &["-d", "0123456789", "--limit-rate", "1"], b"POST"),
        ("http", &["-T", "-"], b"PUT "),
        ("http", &retry, b""),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let mut command = kit::heedful();
        command.args(["request", "--timing", &format!("{scheme}://{at}/")]).current_dir(&folder);
        command.args(options.iter().map(|option| option.replace("AT", &at)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(kit::PATIENCE)).unwrap();
        let mut begun = vec![0; first.len()];
        stream.read_exact(&mut begun).unwrap();
        assert_eq!(begun, first, "{options:?}");
        let mut said = BufReader::new(child.stderr.take().unwrap());
        if first.is_empty() {
            drop(stream);
            let mut warning = String::new();
            said.read_line(&mut warning).unwrap();
            assert!(warning.contains("trying again in 60 s"), "{warning}");
        }
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        let status = kit::ended(&mut child);
        assert_eq!(status.signal(), Some(Signal::INT.as_raw()), "{options:?}");
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        // `--send` is no exchange that has times.
        assert!(rest.contains("://127.0.0.1:") || options.contains(&"--send"), "{options:?}: {rest}");
    }
}

/// What a run writes down, each of them with the words that its file holds in the end.
const WRITTEN: [(&[&str], &[u8]); 9] = [
    (&["-o", "FILE"], b"content"),
    (&["-D", "FILE"], b"ETag: \"e\""),
    (&["--etag-save", "FILE"], b"\"e\""),
    (&["-w", "%output{FILE}told"], b"told"),
    (&["-v", "--stderr", "FILE"], b"Connected to"),
    (&["--trace", "FILE"], b"Closing connection"),
    (&["--trace-ascii", "FILE"], b"Closing connection"),
    (&["--pcap", "FILE"], b"content"),
    (&["--har", "FILE"], b"\"content\""),
];

#[test]
fn a_file_that_is_written_anew_holds_nothing_of_what_it_held() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    for (options, words) in WRITTEN {
        let peer = Recorder::start(vec![answer(TAGGED)]);
        fs::write(&path, "old ".repeat(5_000)).unwrap();
        let options = options.iter().map(|option| option.replace("FILE", path.to_str().unwrap()));
        request(&["-s", &peer.url("/")]).args(options.clone()).assert().success();
        let file = fs::read(&path).unwrap();
        let holds = |words: &[u8]| file.windows(words.len()).any(|part| part == words);
        assert!(holds(words) && !holds(b"old ") && file.len() < 4_000, "{:?}", options.collect::<Vec<_>>());
        // Nothing is left beside it.
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }
}

/// Who reads a pipe has its end when it is closed for the first time.
#[test]
fn a_pipe_is_opened_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, rustix::fs::Mode::from(0o600), 0).unwrap();
    // Header sections and tags are added with an opening of their own each.
    let once = WRITTEN.into_iter().filter(|(options, _)| !["-D", "--etag-save", "--har"].contains(&options[0]));
    for (options, words) in once {
        let peer = Recorder::start(vec![answer(TAGGED)]);
        let reader = std::thread::spawn({
            let path = path.clone();
            move || fs::read(path).unwrap()
        });
        let options = options.iter().map(|option| option.replace("FILE", path.to_str().unwrap()));
        request(&["-s", &peer.url("/")]).args(options.clone()).assert().success();
        let read = reader.join().unwrap();
        assert!(read.windows(words.len()).any(|part| part == words), "{:?}", options.collect::<Vec<_>>());
    }
}

#[test]
fn cookies_that_have_not_changed_are_not_written_again() {
    let folder = TempDir::new().unwrap();
    let jar = folder.path().join("jar");
    let name = jar.to_str().unwrap();
    let with =
        |field: &str| answer(format!("HTTP/1.1 200 OK\r\n{field}Content-Length: 0\r\nConnection: close\r\n\r\n"));
    let peer =
        Recorder::start(vec![with("Set-Cookie: a=1; path=/\r\n"), with(""), with("Set-Cookie: a=2; path=/\r\n")]);
    let mut written = Vec::new();
    for _ in 0..3 {
        request(&["-s", "-b", name, "-c", name, &peer.url("/")]).assert().success();
        // Another file under the name is another number.
        written.push((fs::metadata(&jar).unwrap().ino(), fs::read_to_string(&jar).unwrap()));
    }
    assert!(written[0] == written[1] && written[1] != written[2] && written[2].1.ends_with("\ta\t2\n"), "{written:?}");
}

#[test]
fn what_is_done_instead_of_sending_holds_for_all_groups() {
    let peer = Recorder::start(vec![ok("sent")]);
    for instead in [&["--dry-run"][..], &["--as", "curl"], &["--as", "python"]] {
        let (first, second) = (peer.url("/a"), peer.url("/b"));
        for arguments in [
            [instead, &["-X", "DELETE", &first, "--next", "-X", "DELETE", &second]].concat(),
            [&["-X", "DELETE", &first, "--next", "-X", "DELETE", &second][..], instead].concat(),
        ] {
            let shown = request(&arguments).output().unwrap();
            let text = String::from_utf8(shown.stdout).unwrap();
            assert!(text.contains("/a") && text.contains("/b") && !text.contains("sent"), "{text}");
        }
    }
    assert_eq!(peer.connections().len(), 0, "nothing is sent");
    // What is shown in place of the content is shown of all.
    let shown = request(&["--wire", &peer.url("/a"), "--next", &peer.url("/b")]).output().unwrap();
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.contains("> GET /a ") && text.contains("> GET /b "), "{text}");
    assert_eq!((text.matches("sent").count(), text.matches("< sent").count()), (2, 2), "{text}");
}

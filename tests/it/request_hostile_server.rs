//! Servers that want more than to answer: cookies and secrets of others, content that is not whole, names of files.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::recorder::{Act, Recorder, answer, ok};
use crate::request::request;

/// The names and values in the jar of a client that was sent these fields, beside a cookie for https that it had.
fn kept(fields: &str) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let jar = folder.path().join("jar");
    let own = "a.test\tFALSE\t/\tTRUE\t4000000000\town\tsafe\n";
    fs::write(&jar, format!("# Netscape HTTP Cookie File\n{own}")).unwrap();
    let first = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: 0\r\n\r\n");
    let peer = Recorder::start(vec![answer(first).into_iter().chain(ok("")).collect()]);
    // What goes to this machine itself is safe without TLS.
    let port = peer.address.port();
    let (jar, url) = (jar.to_str().unwrap(), format!("http://a.test:{port}/deep/x"));
    request(&["--resolve", &format!("a.test:{port}:127.0.0.1"), "-b", jar, "-c", jar, &url, &url]).assert().success();
    assert!(!peer.text().contains("safe"), "a cookie for https went in the clear after {fields:?}");
    let text = fs::read_to_string(jar).unwrap();
    let lines =
        text.lines().filter(|line| !line.is_empty() && (!line.starts_with('#') || line.starts_with("#HttpOnly_")));
    let columns = lines.map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    columns
        .map(|columns| {
            let [_, _, _, _, _, name, value] = &columns[..] else { panic!("{fields:?} makes columns: {columns:?}") };
            (name.clone(), value.clone())
        })
        .collect()
}

#[test]
fn a_server_cannot_get_into_the_jar_what_is_not_its_own() {
    let own = ("own".to_owned(), "safe".to_owned());
    for field in [
        "a=b\tTRUE\t/\tFALSE\t0\tinjected\tx",
        "a\tb=c",
        "a=b; Path=/x\ty",
        "a=b\x01c",
        "own=evil",
        "own=; Max-Age=0",
        "own=evil; Secure",
        "own=evil; Path=/deep",
        "__Host-a=1; Path=/",
        "__Secure-a=1; Secure",
        "a=1; Domain=other.test",
        "a=1; Domain=1",
        "a=1; Secure",
        "=",
    ] {
        let kept = kept(&format!("Set-Cookie: {field}\r\n"));
        assert_eq!(kept, std::slice::from_ref(&own), "{field:?}");
    }
    assert_eq!(kept("Set-Cookie: a=b\r\n").len(), 2, "a good one is kept");
    let long = format!("Set-Cookie: a={}\r\n", "x".repeat(8_191));
    assert_eq!(kept(&long), std::slice::from_ref(&own));
    let many: String = (0..80).map(|n| format!("Set-Cookie: c{n}=1\r\n")).collect();
    assert_eq!(kept(&many).len(), 51);
}

#[test]
fn a_server_cannot_lead_secrets_to_another_origin() {
    let folder = tempfile::tempdir().unwrap();
    let netrc = folder.path().join("netrc");
    fs::write(&netrc, "machine 127.0.0.1 login me password hidden\n").unwrap();
    let netrc = netrc.to_str().unwrap();
    let secrets: [&[&str]; 6] = [
        &["-u", "me:hidden"],
        &["--digest", "-u", "me:hidden"],
        &["--oauth2-bearer", "hidden"],
        &["-H", "Authorization: hidden"],
        &["-H", "cookie : hidden", "-b", "k=hidden"],
        &["--netrc-file", netrc],
    ];
    for form in
        ["http://OTHER/", "//OTHER/", "HTTP://OTHER", "http://me:hidden@OTHER/", "http:\\\\OTHER\\", "http://x@OTHER/"]
    {
        for (status, secret) in [301, 302, 303, 307, 308].into_iter().cycle().zip(secrets) {
            let ask = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\nContent-Length: 0\r\n\r\n";
            let other = Recorder::start(vec![answer(ask).into_iter().chain(ok("end")).collect()]);
            let place = format!("localhost:{}", other.address.port());
            let location = form.replace("OTHER", &place);
            let moved = format!("HTTP/1.1 {status} Go\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
            let first = Recorder::start(vec![answer(moved)]);
            let url = first.url("/");
            let line = [&["-s", "-L", "-m", "20", &url], secret].concat();
            request(&line).output().unwrap();
            let text = other.text();
            for shown in ["hidden", &STANDARD.encode("me:hidden"), "username=\"me\""] {
                assert!(!text.contains(shown), "{form} {status} {secret:?}: {text}");
            }
            assert!(form != "http://OTHER/" || text.contains("GET / HTTP/1.1"), "{status} {secret:?} led nowhere");
        }
    }
}

#[test]
fn content_that_is_not_whole_is_never_a_success() {
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcbH\xcd\xc9\xc9\x07\x00\x86\xa6\x106\x05\x00\x00\x00";
    let coded = |content: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", content.len());
        [head.as_bytes(), content].concat()
    };
    let broken = |text: &str| text.as_bytes().to_vec();
    let chunks = |text: &str| broken(&format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{text}"));
    for response in [
        broken("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
        broken("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        broken("HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc"),
        broken("HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\nabc"),
        chunks("3\r\nabc\r\n"),
        chunks("3\r\nabc"),
        chunks("3\r\nabc\r\n0\r\nT"),
        chunks("-3\r\nabc\r\n0\r\n\r\n"),
        chunks("0x3\r\nabc\r\n0\r\n\r\n"),
        chunks("3\r\nabcd\r\n0\r\n\r\n"),
        chunks("fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
        chunks("\r\nabc\r\n0\r\n\r\n"),
        coded(&gzip[..20]),
        coded(b"not gzip at all"),
        coded(&[&gzip[..], b"behind"].concat()),
        coded(&[&gzip[..19], &[0; 8][..]].concat()),
        // The coding ends, and what was said to come does not.
        [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 90\r\n\r\n", &gzip[..]].concat(),
        [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n19\r\n", &gzip[..], b"\r\n"]
            .concat(),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let shown = String::from_utf8_lossy(&response).into_owned();
        let peer = Recorder::start(vec![vec![Act::Read, Act::Write(response)]]);
        let url = peer.url("/");
        let line = ["-s", "--compressed", "-m", "20", "-o", "out", "--remove-on-error", &url];
        let output = request(&line).current_dir(folder.path()).output().unwrap();
        assert!(matches!(output.status.code(), Some(8 | 18 | 23 | 56 | 61)), "{:?} for {shown:?}", output.status);
        assert!(!folder.path().join("out").exists(), "{shown:?}");
    }
    // The same coding, whole.
    let peer = Recorder::start(vec![answer(coded(gzip))]);
    request(&["-s", "--compressed", &peer.url("/")]).assert().success().stdout("hello");
}

#[test]
fn a_server_chooses_a_name_in_the_folder_and_no_more() {
    let long = "n".repeat(5_000);
    for name in [
        "../evil",
        "..\\evil",
        "/evil",
        "a/../../evil",
        "..",
        ".",
        ".profile",
        "....",
        " .profile",
        "kept",
        "./kept",
        "in/kept",
        "txt\u{202e}exe.pdf",
        "red\x1b[31m",
        "c1\u{9b}31m",
        &long,
        "",
    ] {
        for field in [format!("filename=\"{name}\""), format!("filename={name}"), format!("filename*=UTF-8''{name}")] {
            let folder = tempfile::tempdir().unwrap();
            let inner = folder.path().join("in");
            fs::create_dir(&inner).unwrap();
            fs::write(inner.join("kept"), "mine").unwrap();
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Disposition: attachment; {field}\r\nContent-Length: 4\r\n\r\nevil");
            let peer = Recorder::start(vec![answer(head)]);
            let url = peer.url("/plain");
            request(&["-s", "-m", "20", "-O", "-J", &url]).current_dir(&inner).output().unwrap();
            assert!(peer.text().starts_with("GET /plain"), "{field:?}");
            assert_eq!(names(folder.path()), ["in"], "{field:?}");
            assert_eq!(fs::read_to_string(inner.join("kept")).unwrap(), "mine", "{field:?}");
            for made in names(&inner) {
                let steers = |sign: char| sign.is_control() || ('\u{202a}'..='\u{202e}').contains(&sign);
                assert!(!made.starts_with('.') && !made.contains(steers), "{field:?} makes {made:?}");
            }
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

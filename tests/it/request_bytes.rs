//! Arguments, configuration files and cookies that are not UTF-8 go through byte for byte, as with curl.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use predicates::prelude::{PredicateBooleanExt, predicate};

use crate::recorder::{Recorder, answer};
use crate::request::request;

/// These words, parted by blanks, with the byte E9 in the place of every `~`.
fn words(line: &str) -> impl Iterator<Item = OsString> {
    line.split(' ').map(|word| OsString::from_vec(bytes(word)))
}

fn bytes(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| if byte == b'~' { 0xe9 } else { byte }).collect()
}

/// What a peer gets from this command line in that folder, with `~` for the byte E9.
fn sent(folder: &Path, line: &str) -> String {
    let peer = Recorder::start(vec![answer(bytes(
        "HTTP/1.1 200 OK\r\nSet-Cookie: r~=~; Path=/\r\nContent-Length: 0\r\n\r\n",
    ))]);
    let mut command = request(&["-s"]);
    command.args(words(&line.replace("URL", &peer.url("")))).current_dir(folder).assert().success();
    let all = peer.connections().concat();
    all.into_iter().map(|byte| if byte == 0xe9 { '~' } else { char::from(byte) }).collect()
}

#[test]
fn what_is_not_utf_8_is_sent_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(OsString::from_vec(bytes(name)));
    fs::write(path("f~"), "x").unwrap();
    fs::write(path("config~"), bytes("header = \"X: k~\"\ndata = k~\n")).unwrap();
    fs::write(path("fields"), bytes("X: f~\n")).unwrap();
    fs::write(path("variable"), bytes("v~")).unwrap();
    for (line, start, end) in [
        ("URL/ -d a~", "POST / HTTP/1.1\r\n", "\r\n\r\na~"),
        ("URL/ --json a~", "POST / HTTP/1.1\r\n", "\r\n\r\na~"),
        ("URL/ -d @f~", "POST / HTTP/1.1\r\n", "\r\n\r\nx"),
        ("URL/ --data-urlencode n~=~", "POST / HTTP/1.1\r\n", "\r\n\r\nn~=%E9"),
        ("URL/ -T f~", "PUT /f%E9 HTTP/1.1\r\n", "\r\n\r\nx"),
        ("URL/p~?q~ -H X:~", "GET /p%E9?q%E9 HTTP/1.1\r\n", "\r\nX:~\r\n\r\n"),
        ("URL/ -H @fields", "GET / HTTP/1.1\r\n", "\r\nX: f~\r\n\r\n"),
        ("URL/ -A a~", "GET / HTTP/1.1\r\n", "\r\nUser-Agent: a~\r\nAccept: */*\r\n\r\n"),
        ("URL/ -e a~", "GET / HTTP/1.1\r\n", "\r\nReferer: a~\r\n\r\n"),
        ("URL/ -b c=~ -b d~=", "GET / HTTP/1.1\r\n", "\r\nCookie: c=~; d~=\r\n\r\n"),
        ("URL/ -G -d a~", "GET /?a%E9 HTTP/1.1\r\n", "\r\n\r\n"),
        ("URL/ --url-query n~=~", "GET /?n%E9=%E9 HTTP/1.1\r\n", "\r\n\r\n"),
        ("URL/ -K config~", "POST / HTTP/1.1\r\n", "\r\n\r\nk~"),
        ("URL/ --variable v@variable --expand-data {{v}}", "POST / HTTP/1.1\r\n", "\r\n\r\nv~"),
    ] {
        let all = sent(folder.path(), line);
        assert!(all.starts_with(start) && all.ends_with(end), "{line}: {all:?}");
    }
    assert!(sent(folder.path(), "URL/ -K config~").contains("\r\nX: k~\r\n"));
    let form = sent(folder.path(), "URL/ -F n~=v~ -F f=@f~;type=t/~ -F g=@f~;filename=\"z~\"");
    for part in [
        "form-data; name=\"n~\"\r\n\r\nv~\r\n",
        "name=\"f\"; filename=\"f~\"\r\nContent-Type: t/~\r\n\r\nx\r\n",
        "name=\"g\"; filename=\"z~\"\r\n",
    ] {
        assert!(form.contains(part), "{part:?}: {form:?}");
    }
}

#[test]
fn what_is_printed_before_is_what_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let line = "http://h/~ -H X:~ -d a~ -b c=~";
    let output = request(&["--dry-run"]).args(words(line)).current_dir(folder.path()).output().unwrap().stdout;
    assert!(output.starts_with(b"POST /%E9 HTTP/1.1\r\n"));
    for part in ["\r\nX:~\r\n", "\r\nCookie: c=~\r\n", "\r\n\r\na~"] {
        assert!(output.windows(part.len()).any(|window| window == bytes(part)), "{part:?}");
    }
}

#[test]
fn a_cookie_that_is_not_utf_8_goes_back_and_into_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let all = sent(folder.path(), "URL/ URL/ -c jar~");
    assert!(all.ends_with("\r\nCookie: r~=~\r\n\r\n"), "{all:?}");
    let jar = OsString::from_vec(bytes("jar~"));
    let text = fs::read(folder.path().join(&jar)).unwrap();
    assert!(text.ends_with(&bytes("\t0\tr~\t~\n")), "{:?}", String::from_utf8_lossy(&text));
    let all = sent(folder.path(), "URL/ -b jar~ -o out~");
    assert!(all.ends_with("\r\nCookie: r~=~\r\n\r\n"), "{all:?}");
    assert!(folder.path().join(OsString::from_vec(bytes("out~"))).exists());
}

#[test]
fn an_option_that_takes_text_says_what_is_wrong() {
    for line in ["-u a~:b", "-X A~", "--retry 1~", "-o a --max-time ~"] {
        let mut command = request(&["http://127.0.0.1:1/"]);
        command
            .args(words(line))
            .assert()
            .code(2)
            .stderr(predicate::str::contains("the value is not UTF-8").and(predicate::str::contains(":b").not()));
    }
}

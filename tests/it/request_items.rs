//! Requests in few keystrokes: without the word `request`, and with items after the URL.

use std::fs;
use std::path::Path;

use predicates::prelude::predicate;

use crate::kit::httpkit;
use crate::recorder::recorder;

/// What a peer at PORT gets from this command line, words parted by blanks, and what is printed of it with `--dry-run`.
fn sent(folder: &Path, line: &str) -> String {
    let peer = recorder();
    let line = line.replace("PORT", &peer.address.port().to_string());
    let words: Vec<&str> = line.split(' ').collect();
    httpkit(&words).current_dir(folder).assert().success();
    let text = peer.text();
    // A boundary is new each time.
    if !text.contains("boundary=") {
        let printed = httpkit(&[&words[..], &["--dry-run"]].concat()).current_dir(folder).output().unwrap().stdout;
        assert_eq!(String::from_utf8(printed).unwrap(), text, "{line}");
    }
    text
}

#[test]
fn a_request_needs_no_subcommand() {
    let folder = tempfile::tempdir().unwrap();
    for (line, start) in [
        (":PORT/x", "GET /x HTTP/1.1\r\n"),
        ("localhost:PORT/x", "GET /x HTTP/1.1\r\n"),
        ("http://127.0.0.1:PORT/x", "GET /x HTTP/1.1\r\n"),
        ("post :PORT/x", "POST /x HTTP/1.1\r\n"),
        ("PROPFIND :PORT/x", "PROPFIND /x HTTP/1.1\r\n"),
        ("-XPUT :PORT/x -d a", "PUT /x HTTP/1.1\r\n"),
        ("-s :PORT/x", "GET /x HTTP/1.1\r\n"),
        ("curl -I :PORT/x", "HEAD /x HTTP/1.1\r\n"),
    ] {
        assert!(sent(folder.path(), line).starts_with(start), "{line}");
    }
}

#[test]
fn items_say_what_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("essay.txt", "two\nlines");
    write("list.json", "[1, 2.50]\n");
    write("photo.png", "PNG");
    let json = "\r\nAccept: application/json\r\n";
    for (line, start, part, end) in [
        (
            ":PORT/x name=Kim age:=3 tags:=[\"a\"] ok:=true",
            "POST /x ",
            "\r\nContent-Type: application/json\r\n",
            "\r\n\r\n{\"name\":\"Kim\",\"age\":3,\"tags\":[\"a\"],\"ok\":true}",
        ),
        (":PORT/x big:=12345678901234567890.10", "POST ", json, "\r\n\r\n{\"big\":12345678901234567890.10}"),
        (":PORT/x q==text r==a&b=c X-A:1", "GET /x?q=text&r=a%26b%3Dc ", "\r\nX-A: 1\r\n", "\r\n\r\n"),
        ("put :PORT/x text=@essay.txt list:=@list.json", "PUT ", json, "{\"text\":\"two\\nlines\",\"list\":[1,2.50]}"),
        (":PORT/x Accept: X-Empty; a=b", "POST ", "\r\nX-Empty:\r\n", "\r\n\r\n{\"a\":\"b\"}"),
        (":PORT/x a\\:b=c", "POST ", json, "{\"a:b\":\"c\"}"),
        (":PORT/x a=1 Accept:text/csv", "POST ", "\r\nAccept: text/csv\r\n", "{\"a\":\"1\"}"),
        ("put :PORT/x @list.json", "PUT ", "\r\nContent-Type: application/json\r\n", "\r\n\r\n[1, 2.50]\n"),
        ("put :PORT/x @photo.png", "PUT ", "\r\nContent-Type: image/png\r\n", "\r\n\r\nPNG"),
        (":PORT/x @photo.png content-type:a/b", "POST ", "\r\ncontent-type: a/b\r\n", "\r\n\r\nPNG"),
        (":PORT/x -d a=b X-A:1", "POST ", "\r\nX-A: 1\r\n", "\r\n\r\na=b"),
        ("request :PORT/x name=Kim q==1 X-A:b", "POST /x?q=1 ", "\r\nX-A: b\r\n", "{\"name\":\"Kim\"}"),
    ] {
        let text = sent(folder.path(), line);
        assert!(text.starts_with(start) && text.contains(part) && text.ends_with(end), "{line}: {text}");
    }
    assert!(!sent(folder.path(), ":PORT/x Accept: q==1").contains("Accept"));
    let form = sent(folder.path(), ":PORT/x name=Kim age:=3 file@photo.png;type=image/x -F more=1");
    for part in [
        "form-data; name=\"name\"\r\n\r\nKim\r\n",
        "form-data; name=\"age\"\r\n\r\n3\r\n",
        "name=\"file\"; filename=\"photo.png\"\r\nContent-Type: image/x\r\n\r\nPNG\r\n",
        "form-data; name=\"more\"\r\n\r\n1\r\n",
    ] {
        assert!(form.contains(part), "{part:?}: {form}");
    }
    // Several URLs get the same items; a word with a path behind a port is one of them.
    let printed =
        httpkit(&["--dry-run", ":81/1", "localhost:82/2", "a=b"]).assert().success().get_output().stdout.clone();
    let twice = String::from_utf8(printed).unwrap();
    assert_eq!(twice.matches("\r\n\r\n{\"a\":\"b\"}").count(), 2, "{twice}");
}

#[test]
fn what_is_a_url_to_curl_is_one_after_request() {
    for word in ["h:80", "me@h", "me:x@h", "X-A:1", "h:[80-81]", "h/?a=b"] {
        let output = httpkit(&["request", "--dry-run", "-s", "http://first/", word]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.matches("GET /").count() >= 2 && !text.contains("POST"), "{word}: {text}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    for (line, message) in [
        ("http://h/ age:=old", "item 'age:=old' is not JSON"),
        ("http://h/ a=1 -d b", "take one of them"),
        ("http://h/ a=1 --json {}", "take one of them"),
        ("http://h/ a=1 @f", "take one of them"),
        ("http://h/ a=1 -I", "-I and -d"),
        ("psot http://h/", "'psot' is no method, did you mean 'POST'?"),
        ("GET", "'GET' is a method and a URL is missing, expected one as in 'httpkit GET :8080/x'"),
        ("request GET", "'GET' is a method and a URL is missing"),
        ("pizza", "pizza"),
        ("sevre db.json", "'serve'"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        httpkit(&words).assert().code(2).stdout("").stderr(predicate::str::contains(message));
    }
    httpkit(&["http://h/", "a=@/nowhere/x"]).assert().code(26).stderr(predicate::str::contains("/nowhere/x"));
    // After the word `request` it is what it is to curl, which is said.
    let output = httpkit(&["request", "--dry-run", "psot", "http://h/"]).assert().success().get_output().clone();
    assert!(String::from_utf8(output.stderr).unwrap().contains("'psot' is taken as a URL; did you mean 'POST'?"));
    assert_eq!(String::from_utf8(output.stdout).unwrap().matches("GET / HTTP/1.1").count(), 2);
}

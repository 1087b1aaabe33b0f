//! `serve --static`: files beside the data, and no way out of their folder.

use std::fs;
use std::io::{self, Write};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use crate::kit::{self, Answer, Serve, Wire};

/// A folder of files, in another one that holds what nobody may read.
fn site() -> TempDir {
    let outer = tempfile::tempdir().unwrap();
    let at = |name: &str| outer.path().join(name);
    for folder in ["site/sub", "site/.git", "site/empty", "site2"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    for (name, text) in [
        ("secret", "SECRET"),
        ("site2/secret", "SECRET"),
        ("site/.env", "SECRET"),
        ("site/.git/config", "SECRET"),
        ("site/index.html", "<h1>start</h1>"),
        ("site/app.js", "let a = 1;"),
        ("site/data.bin", "0123456789"),
        ("site/a b.txt", "blank"),
        ("site/posts", "a file"),
        ("site/sub/index.html", "<h1>sub</h1>"),
        ("site/sub/page.html", "page"),
    ] {
        fs::write(at(name), text).unwrap();
    }
    symlink("../secret", at("site/out")).unwrap();
    symlink(at("secret"), at("site/absolute")).unwrap();
    symlink("..", at("site/up")).unwrap();
    symlink("../site2", at("site/sub/two")).unwrap();
    symlink("app.js", at("site/within.js")).unwrap();
    outer
}

fn served(site: &TempDir, arguments: &[&str]) -> Serve {
    let serve = kit::serve().file("db.json", "{\"posts\":[{\"id\":1}],\"notes\":[{\"id\":1,\"postId\":1}]}");
    let serve = serve.argument("--static").argument(site.path().join("site"));
    arguments.iter().fold(serve, |serve, word| serve.argument(*word)).start()
}

fn get(serve: &Serve, target: &str, fields: &[&str]) -> Answer {
    let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
    serve.bytes(format!("GET {target} HTTP/1.1\r\nHost: {}\r\n{fields}Connection: close\r\n\r\n", serve.address()))
}

#[test]
fn files_win_over_data_and_only_when_read() {
    let site = site();
    let serve = served(&site, &[]);
    for (target, status, media_type, text) in [
        ("/", 200, "text/html; charset=utf-8", "<h1>start</h1>"),
        ("/index.html?v=2", 200, "text/html; charset=utf-8", "<h1>start</h1>"),
        ("/app.js", 200, "text/javascript; charset=utf-8", "let a = 1;"),
        ("/within.js", 200, "text/javascript; charset=utf-8", "let a = 1;"),
        ("/a%20b.txt", 200, "text/plain; charset=utf-8", "blank"),
        ("/data.bin", 200, "application/octet-stream", "0123456789"),
        ("/posts", 200, "application/octet-stream", "a file"),
        ("/sub/", 200, "text/html; charset=utf-8", "<h1>sub</h1>"),
        ("/notes/1/postId", 200, "application/json", "1"),
        ("/posts/1", 200, "application/json", "{\"id\":1}"),
    ] {
        let answer = get(&serve, target, &[]);
        let found = (answer.status(), answer.field("content-type"), answer.text());
        assert_eq!(found, (status, Some(media_type), text), "{target}");
    }
    let moved = get(&serve, "/sub?q=1", &[]);
    let location = serve.at("/sub/?q=1");
    assert_eq!((moved.status(), moved.field("location")), (301, Some(location.as_str())));
    assert_eq!(get(&serve, "/empty/", &[]).status(), 404);
    assert_eq!(serve.ask("POST", "/posts", "{\"id\":2}").status(), 201, "a write is for the data");
    let mut head = Wire::connect(serve.address());
    head.send(format!("HEAD /data.bin HTTP/1.1\r\nHost: {}\r\n\r\n", serve.address()));
    let head = head.answer(true);
    assert_eq!((head.status(), head.field("content-length")), (200, Some("10")));
    fs::write(site.path().join("site/new.txt"), "new").unwrap();
    assert_eq!(get(&serve, "/new.txt", &[]).text(), "new");
    fs::remove_dir_all(site.path().join("site")).unwrap();
    assert_eq!(get(&serve, "/posts/1", &[]).status(), 200);
    fs::create_dir(site.path().join("site")).unwrap();
    fs::write(site.path().join("site/again.txt"), "again").unwrap();
    assert_eq!(get(&serve, "/again.txt", &[]).text(), "again", "a build puts a new folder in the place of the old one");
}

#[test]
fn nothing_leads_out_of_the_folder() {
    let site = site();
    let serve = served(&site, &[]);
    for target in [
        "/../secret",
        "/sub/../../secret",
        "/%2e%2e/secret",
        "/%2E%2E/secret",
        "/.%2e/secret",
        "/..%2fsecret",
        "/%2e%2e%2fsecret",
        "/sub%2f..%2f..%2fsecret",
        "/..%5csecret",
        "/..\\secret",
        "/%252e%252e/secret",
        "/%c0%ae%c0%ae/secret",
        "/..%c0%afsecret",
        "/../site2/secret",
        "/sub/two/secret",
        "/out",
        "/absolute",
        "/up/secret",
        "/up/site/app.js",
        "//secret",
        "/./secret",
        "/sub//../../secret",
        "/.env",
        "/%2eenv",
        "/.ENV",
        "/.git/config",
        "/.git%2fconfig",
        "/sub/../.env",
        "/secret%00.txt",
        "/app.js%00",
        "/app.js/",
        "/app.js/..",
        "/app.js/../../secret",
        "/sub/page.html/",
        "/APP.JS",
        "/SUB/PAGE.HTML",
        "/%ff",
        "/%zz",
        "http://127.0.0.1/../secret",
    ] {
        let answer = get(&serve, target, &[]);
        assert!((400..500).contains(&answer.status()), "{target}: {}", answer.text());
        assert!(!answer.text().contains("SECRET") && !answer.text().contains("let a"), "{target}: {}", answer.text());
    }
    let absolute = format!("/{}", site.path().join("secret").display());
    assert_eq!(get(&serve, &absolute, &[]).status(), 404);
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    let site = site();
    let pipe = site.path().join("site/pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
    let serve = served(&site, &[]);
    assert_eq!(get(&serve, "/pipe", &[]).status(), 404);
}

#[test]
fn conditions_ranges_and_codings_are_those_of_nodes() {
    let site = site();
    let long = "words and words ".repeat(500);
    fs::write(site.path().join("site/long.txt"), &long).unwrap();
    fs::write(site.path().join("site/long.png"), &long).unwrap();
    let serve = served(&site, &[]);
    let whole = get(&serve, "/data.bin", &[]);
    let (tag, date) = (whole.field("etag").unwrap(), whole.field("last-modified").unwrap());
    assert_eq!((whole.field("cache-control"), whole.field("accept-ranges")), (Some("no-cache"), Some("bytes")));
    for (fields, status, text) in [
        (&[format!("If-None-Match: {tag}")][..], 304, ""),
        (&[format!("If-None-Match: W/{tag}")], 304, ""),
        (&[format!("If-Modified-Since: {date}")], 304, ""),
        (&["If-None-Match: \"x\"".to_owned()], 200, "0123456789"),
        (&["If-Match: \"x\"".to_owned()], 412, "precondition-failed"),
        (&["Range: bytes=2-4".to_owned()], 206, "234"),
        (&["Range: bytes=-3".to_owned()], 206, "789"),
        (&["Range: bytes=8-99".to_owned()], 206, "89"),
        (&["Range: bytes=10-".to_owned()], 416, "range-not-satisfiable"),
        (&["Range: bytes=2-4".to_owned(), format!("If-Range: {tag}")], 206, "234"),
        (&["Range: bytes=2-4".to_owned(), "If-Range: \"x\"".to_owned()], 200, "0123456789"),
    ] {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let answer = get(&serve, "/data.bin", &fields);
        assert_eq!(answer.status(), status, "{fields:?}");
        let is_right = if status < 400 { answer.text() == text } else { answer.text().contains(text) };
        assert!(is_right, "{fields:?}: {}", answer.text());
    }
    let part = get(&serve, "/data.bin", &["Range: bytes=2-4"]);
    let found = (part.field("content-range"), part.field("content-length"));
    assert_eq!(found, (Some("bytes 2-4/10"), Some("3")));
    let coded = get(&serve, "/long.txt", &["Accept-Encoding: gzip"]);
    assert_eq!((coded.field("content-encoding"), coded.field("vary")), (Some("gzip"), Some("Accept-Encoding, Origin")));
    assert!(coded.field("etag").unwrap().ends_with("-gzip\""));
    serve.request(&["--compressed", &serve.at("/long.txt")]).assert().success().stdout(long.clone());
    let plain = get(&serve, "/long.png", &["Accept-Encoding: gzip"]);
    assert_eq!((plain.field("content-encoding"), plain.text()), (None, long.as_str()), "pictures do not get smaller");
    fs::write(site.path().join("site/data.bin"), "9876543210").unwrap();
    assert_ne!(get(&serve, "/data.bin", &[]).field("etag"), Some(tag), "another state has another tag");
}

#[test]
fn a_file_that_becomes_shorter_breaks_the_answer_off() {
    let site = site();
    let path = site.path().join("site/large");
    let length: u64 = 64 << 20;
    fs::File::create(&path).unwrap().set_len(length).unwrap();
    let serve = served(&site, &[]);
    let mut wire = Wire::connect(serve.address());
    wire.send(format!("GET /large HTTP/1.1\r\nHost: {}\r\n\r\n", serve.address()));
    let head = wire.until(|bytes| bytes.windows(4).any(|window| window == b"\r\n\r\n"));
    assert!(head.contains(&format!("Content-Length: {length}\r\n")), "{head}");
    fs::File::options().write(true).open(&path).unwrap().set_len(10).unwrap();
    assert!((wire.rest().len() as u64) < length);
}

#[test]
fn an_application_of_one_page_gets_it_where_nothing_else_is() {
    let site = site();
    let serve = served(&site, &["--spa"]);
    let page = ["Accept: text/html,application/xhtml+xml,*/*;q=0.8"];
    for (target, fields, status, text) in [
        ("/users/7", &page[..], 200, "<h1>start</h1>"),
        ("/posts/1/nothing", &page, 200, "<h1>start</h1>"),
        ("/posts/1", &page, 200, "{\"id\":1}"),
        ("/posts/1/notes", &page, 200, "[{\"id\":1,\"postId\":1}]"),
        ("/app.js", &page, 200, "let a = 1;"),
        ("/users/7", &["Accept: */*"], 404, ""),
        ("/users/7", &["Accept: application/json"], 404, ""),
    ] {
        let answer = get(&serve, target, fields);
        assert_eq!(answer.status(), status, "{target} {fields:?}");
        assert!(answer.text().contains(text), "{target} {fields:?}: {}", answer.text());
    }
    kit::serve().argument("--spa").run().code(2);
    kit::serve().argument("--spa").argument("--static").argument(site.path().join("site2")).run().code(2);
    kit::serve().argument("--static").argument(site.path().join("secret")).run().code(2);
    for others in [&["--echo"][..], &["--dialect", "names"]] {
        let serve = kit::serve().argument("--static").argument(site.path().join("site"));
        others.iter().fold(serve, |serve, word| serve.argument(*word)).run().code(2);
    }
}

#[test]
fn files_are_for_those_who_may_have_the_data() {
    let site = site();
    let serve = served(&site, &["--basic", "ann:pass", "--cors", "https://app.example"]);
    assert_eq!(get(&serve, "/app.js", &[]).status(), 401);
    let answer = get(&serve, "/app.js", &["Authorization: Basic YW5uOnBhc3M=", "Origin: https://app.example"]);
    assert_eq!((answer.status(), answer.field("access-control-allow-origin")), (200, Some("https://app.example")));
    let foreign = ["Authorization: Basic YW5uOnBhc3M=", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"];
    assert_eq!(get(&serve, "/app.js", &foreign).status(), 403);
    let host = "GET /app.js HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(serve.bytes(host).status(), 421);
}

/// Nobody is told that a file is not there because the server has too many open already.
#[test]
fn a_server_without_file_descriptors_says_so() {
    let site = site();
    fs::File::create(site.path().join("site/large")).unwrap().set_len(64 << 20).unwrap();
    let serve = kit::serve().file("db.json", "{}").argument("--static").argument(site.path().join("site"));
    let serve = serve.under("-n 64").start();
    let mut wires = Vec::new();
    let refusal = (0..60).find_map(|_| {
        let mut wire = Wire::connect(serve.address());
        wire.send(format!("GET /large HTTP/1.1\r\nHost: {}\r\n\r\n", serve.address()));
        let head = wire.until(|bytes| bytes.windows(4).any(|window| window == b"\r\n\r\n"));
        wires.push(wire);
        (!head.starts_with("HTTP/1.1 200 ")).then_some(head)
    });
    let refusal = refusal.unwrap();
    assert!(refusal.starts_with("HTTP/1.1 503 ") && refusal.contains("Retry-After: 1\r\n"), "{refusal}");
}

/// A gigabyte takes no more memory than a kilobyte.
#[test]
fn a_large_file_is_sent_in_little_memory() {
    let site = site();
    let large = site.path().join("site/large");
    fs::File::create(&large).unwrap().set_len(1 << 30).unwrap();
    let serve = kit::serve().file("db.json", "{}").argument("--static").argument(site.path().join("site"));
    let serve = serve.under("-v 400000").start();
    let mut stream = TcpStream::connect(serve.address()).unwrap();
    write!(stream, "GET /large HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", serve.address()).unwrap();
    let length = io::copy(&mut stream, &mut io::sink()).unwrap();
    assert!(length > 1 << 30, "{length}");
    assert!(peak(serve.process()) < 64 << 10, "{} kB", peak(serve.process()));
}

/// The most memory that a process has had so far, in kB.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim_end_matches("kB").trim().parse().unwrap()
}

//! Files that are sent: as they are, whoever reads them on their way, and what becomes of one that changes meanwhile.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::process::Stdio;
use std::thread;

use predicates::prelude::predicate;

use crate::recorder::{Act, Recorder, ok};
use crate::request::request;

/// Every stretch of it tells where it stands.
fn content(length: u32) -> Vec<u8> {
    (0..length / 4).flat_map(u32::to_le_bytes).collect()
}

/// The bytes behind the blank line.
fn behind(message: &[u8]) -> &[u8] {
    let end = message.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    &message[end + 4..]
}

#[test]
fn a_file_goes_as_it_is_however_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let whole = content(2 << 20);
    fs::write(folder.path().join("file"), &whole).unwrap();
    let cases: [(&str, usize); 6] = [
        ("-T file", 0),
        ("-T file -C 1000001", 1_000_001),
        ("--data-binary @file", 0),
        ("-T file -v", 0),
        ("-T file --limit-rate 90M", 0),
        ("-T file -H Expect:", 0),
    ];
    for (options, from) in cases {
        let peer = Recorder::start(vec![ok("taken")]);
        let mut command = request(&["-s", &peer.url("/")]);
        command.args(options.split(' ')).current_dir(folder.path()).assert().success().stdout("taken");
        assert!(behind(&peer.connections()[0]) == &whole[from..], "{options}");
    }
    // Over a socket file.
    let socket = folder.path().join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    let peer = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut read = Vec::new();
        while !read.windows(4).any(|window| window == b"\r\n\r\n") {
            let mut piece = [0; 512];
            let length = stream.read(&mut piece).unwrap();
            read.extend_from_slice(&piece[..length]);
        }
        let left = (2 << 20) - behind(&read).len() as u64;
        Read::by_ref(&mut stream).take(left).read_to_end(&mut read).unwrap();
        stream.write_all(b"HTTP/1.1 204 Taken\r\n\r\n").unwrap();
        read
    });
    let mut command = request(&["-s", "http://a/", "--unix-socket", "socket", "-T", "file", "-H", "Expect:"]);
    command.current_dir(folder.path()).assert().success();
    assert!(behind(&peer.join().unwrap()) == whole);
}

#[test]
fn a_peer_that_wants_none_of_a_file_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    File::create(&path).unwrap().set_len(64 << 20).unwrap();
    let refused = b"HTTP/1.1 413 Large\r\nContent-Length: 2\r\n\r\nno".to_vec();
    for last in [vec![Act::Hang], vec![]] {
        let script = [vec![Act::ReadHead, Act::Write(refused.clone())], last].concat();
        let peer = Recorder::start(vec![script]);
        let sent = request(&["-s", &peer.url("/"), "-H", "Expect:", "-w", "|%{http_code}", "-T"]).arg(&path).output();
        assert_eq!(String::from_utf8_lossy(&sent.unwrap().stdout), "no|413");
    }
    // One that takes nothing and says nothing.
    let peer = Recorder::start(vec![vec![Act::ReadHead, Act::Hang]]);
    request(&["-s", &peer.url("/"), "-H", "Expect:", "-m", "0.6", "-T"]).arg(&path).assert().code(28);
    // One that goes away.
    let peer = Recorder::start(vec![vec![Act::ReadHead, Act::Reset]]);
    request(&["-sS", &peer.url("/"), "-H", "Expect:", "-T"]).arg(&path).assert().code(55);
}

#[test]
fn a_file_that_loses_its_end_on_the_way_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    File::create(&path).unwrap().set_len(64 << 20).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_httpkit"));
    crate::kit::clean(&mut command);
    command.args(["request", "-sS", &url, "-H", "Expect:", "-T"]).arg(&path);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    // It has begun, and waits for a peer that reads.
    stream.read_exact(&mut [0; 1024]).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(1 << 10).unwrap();
    std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(26), "{said}");
    let is_said = predicate::str::is_match(r"the file has \d+ bytes now, expected 67108864").unwrap();
    assert!(predicates::Predicate::eval(&is_said, &said), "{said}");
}

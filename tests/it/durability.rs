//! Saved means saved: `serve` killed at random moments, on a disk that fails, on one that is full.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fastrand::Rng;
use serde_json::Value;
use tempfile::TempDir;

use crate::kit::{PATIENCE, PROGRAM, clean};

/// A running `serve`, killed without a word when it is dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(file: &Path) -> Server {
        Server::start_under(&[], file)
    }

    /// Started by another program that has `httpkit` follow its own arguments.
    fn start_under(program: &[&str], file: &Path) -> Server {
        let words = [program, &[PROGRAM, "serve", "--port", "0"]].concat();
        let mut command = Command::new(words[0]);
        clean(&mut command);
        command.args(&words[1..]).arg(file).stdout(Stdio::piped()).stderr(Stdio::null()).stdin(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        assert!(!address.is_empty(), "it did not start");
        Server { child, address }
    }

    fn client(&self) -> Client {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Client { input: BufReader::new(stream.try_clone().unwrap()), stream }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One connection, request after request.
struct Client {
    stream: TcpStream,
    input: BufReader<TcpStream>,
}

impl Client {
    /// Status and content; `None` when the server is gone.
    fn try_ask(&mut self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        self.stream.write_all((head + body).as_bytes()).ok()?;
        let mut line = String::new();
        self.input.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut length = 0;
        loop {
            line.clear();
            self.input.read_line(&mut line).ok().filter(|read| *read > 0)?;
            let field = line.trim().to_ascii_lowercase();
            if field.is_empty() {
                break;
            }
            length = field.strip_prefix("content-length:").map_or(length, |text| text.trim().parse().unwrap());
        }
        let mut content = vec![0; length];
        self.input.read_exact(&mut content).ok()?;
        Some((status, String::from_utf8(content).unwrap()))
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.try_ask(method, path, body).expect("the server answers")
    }
}

/// Records 0 to `count`, each with a counter `n`.
fn counters(folder: &TempDir, count: usize) -> PathBuf {
    let records: Vec<_> = (0..count).map(|id| format!("\t{{\"id\": {id}, \"n\": 0, \"pad\": \"{id:070}\"}}")).collect();
    let path = folder.path().join("data.json");
    fs::write(&path, format!("[\n{}\n]\n", records.join(",\n"))).unwrap();
    path
}

const WRITERS: usize = 8;

/// What one writer knows when the server is killed: the value that was acknowledged last, and the records it added.
struct Known {
    counter: u64,
    added: Vec<String>,
}

/// Counts its counter up and adds records, until the server is gone.
fn write_until_gone(mut client: Client, writer: usize, round: usize, mut counter: u64) -> Known {
    let mut added = Vec::new();
    loop {
        let next = counter + 1;
        match client.try_ask("PUT", &format!("/{writer}/n"), &next.to_string()) {
            Some((200, _)) => counter = next,
            Some(other) => panic!("{other:?}"),
            None => return Known { counter, added },
        }
        if counter.is_multiple_of(4) {
            let id = format!("w{writer}-{round}-{counter}");
            match client.try_ask("POST", "/", &format!("{{\"id\":\"{id}\",\"whole\":[1,2,3]}}")) {
                Some((201, _)) => added.push(id),
                Some(other) => panic!("{other:?}"),
                None => return Known { counter, added },
            }
        }
    }
}

fn kill_again_and_again(count: usize, rounds: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = counters(&folder, count);
    let mut random = Rng::with_seed(3);
    let mut values = [0; WRITERS];
    let mut added: Vec<String> = Vec::new();
    for round in 0..rounds {
        let server = Server::start(&path);
        // What was acknowledged before the last kill is there, and no more than one thing more of each writer.
        let (_, text) = server.client().ask("GET", "/", "");
        let found: Vec<Value> = serde_json::from_str(&text).unwrap();
        for (writer, value) in values.iter_mut().enumerate() {
            let now = found[writer]["n"].as_u64().unwrap();
            assert!((*value..=*value + 1).contains(&now), "round {round}: acknowledged {value}, found {now}");
            *value = now;
        }
        let there: HashSet<&str> = found.iter().filter_map(|record| record["id"].as_str()).collect();
        added.iter().for_each(|id| assert!(there.contains(id.as_str()), "round {round}: {id} is lost"));
        let whole = |record: &Value| record["id"].is_u64() || record["whole"] == serde_json::json!([1, 2, 3]);
        assert!(found.iter().all(whole), "round {round}: a record is there in part");
        let knowns: Vec<Known> = std::thread::scope(|scope| {
            let start = |(writer, &value): (usize, &u64)| {
                let client = server.client();
                scope.spawn(move || write_until_gone(client, writer, round, value))
            };
            let writers: Vec<_> = values.iter().enumerate().map(start).collect();
            // The random moment; folds happen when the writers pause, so some rounds give them time.
            std::thread::sleep(Duration::from_millis(random.u64(5..if round % 5 == 0 { 600 } else { 120 })));
            server.kill();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        for (value, known) in values.iter_mut().zip(knowns) {
            *value = known.counter;
            added.extend(known.added);
        }
        serde_json::from_slice::<Value>(&fs::read(&path).unwrap()).expect("the file parses as it was left");
    }
    assert!(values.iter().sum::<u64>() > rounds as u64, "too few writes to mean anything");
}

#[test]
#[ignore = "needs time"]
fn what_was_acknowledged_survives_a_kill_of_a_small_file() {
    kill_again_and_again(100, 25);
}

#[test]
#[ignore = "needs time"]
fn what_was_acknowledged_survives_a_kill_of_a_journalled_file() {
    kill_again_and_again(12_000, 25);
}

#[test]
#[ignore = "needs strace"]
fn data_is_synced_before_it_is_named_and_both_before_the_answer() {
    for (count, journalled) in [(10, false), (12_000, true)] {
        let folder = tempfile::tempdir().unwrap();
        let path = counters(&folder, count);
        let trace = folder.path().join("trace");
        let calls = "trace=fsync,fdatasync,rename,renameat,renameat2,write,writev,sendto,sendmsg";
        let strace = ["strace", "-D", "-f", "-y", "-qq", "-o", trace.to_str().unwrap(), "-e", calls];
        let server = Server::start_under(&strace, &path);
        let mut client = server.client();
        assert_eq!(client.ask("PUT", "/3/n", "1").0, 200);
        let text = fs::read_to_string(&trace).unwrap();
        let place =
            |what: &dyn Fn(&str) -> bool| text.lines().position(what).unwrap_or_else(|| panic!("missing in\n{text}"));
        let at = |call: &str, name: &str| place(&|line| line.contains(call) && line.contains(name));
        let folder_sync =
            place(&|line| line.contains("fsync(") && line.contains(&format!("<{}>", folder.path().display())));
        let answer = at("HTTP/1.1 200", "");
        if journalled {
            let (written, synced) = (at("write(", "data.json.journal"), at("fdatasync(", "data.json.journal"));
            assert!(written < synced && synced < answer && folder_sync < answer, "{text}");
        } else {
            let (synced, renamed) = (at("fsync(", ".tmp>"), at("rename", "data.json\""));
            assert!(synced < renamed && renamed < folder_sync && folder_sync < answer, "{text}");
        }
    }
}

#[test]
#[ignore = "needs strace"]
fn a_failing_step_leaves_the_old_state_and_later_writes_succeed() {
    for (count, fault) in [
        (10, "fsync:error=EIO:when=1"),
        // The sync of the folder, after the rename.
        (10, "fsync:error=EIO:when=2"),
        (10, "rename,renameat,renameat2:error=EACCES:when=1"),
        (12_000, "fdatasync:error=EIO:when=1"),
        // The first write to the journal.
        (12_000, "write:error=ENOSPC:when=1"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = counters(&folder, count);
        let before = fs::read(&path).unwrap();
        let trace = folder.path().join("trace");
        let inject = format!("inject={fault}");
        let calls = "trace=fsync,fdatasync,rename,renameat,renameat2,write";
        let trace = trace.to_str().unwrap();
        let mut strace = vec!["strace", "-D", "-f", "-y", "-qq", "-o", trace, "-e", calls, "-e", &inject];
        let journal = format!("{}.journal", path.display());
        if fault.starts_with("write") {
            // Of all writes, those to this file.
            strace.extend(["-P", &journal]);
        }
        let server = Server::start_under(&strace, &path);
        let mut client = server.client();
        let (status, text) = client.ask("PUT", "/3/n", "1");
        assert!(status == 503 || status == 507, "{fault}: {status} {text}");
        assert_eq!(client.ask("GET", "/3/n", ""), (200, "0".to_owned()), "{fault}");
        assert_eq!(fs::read(&path).unwrap(), before, "{fault}");
        assert_eq!(client.ask("PUT", "/4/n", "2").0, 200, "{fault}");
        assert_eq!(client.ask("GET", "/3/n", ""), (200, "0".to_owned()), "{fault}");
        server.kill();
        let server = Server::start(&path);
        let mut client = server.client();
        assert_eq!(client.ask("GET", "/4/n", ""), (200, "2".to_owned()), "{fault}");
        assert_eq!(client.ask("GET", "/3/n", ""), (200, "0".to_owned()), "{fault}: a refused change came back");
    }
}

/// A file system of a few kibibytes, taken away when it is dropped.
struct Tiny {
    folder: TempDir,
}

impl Tiny {
    fn mount(size: &str) -> Tiny {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let status = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path()).status();
        assert!(status.unwrap().success(), "a file system can be mounted");
        Tiny { folder }
    }
}

impl Drop for Tiny {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.folder.path()).status();
    }
}

#[test]
#[ignore = "needs root"]
fn a_full_disk_takes_no_writes_until_there_is_room() {
    for (size, count) in [("64k", 100), ("3m", 20_000)] {
        let tiny = Tiny::mount(size);
        let path = counters(&tiny.folder, count);
        let server = Server::start(&path);
        let mut client = server.client();
        assert_eq!(client.ask("PUT", "/1/n", "1").0, 200);
        let filler = tiny.folder.path().join("filler");
        // As much as fits: the write that fails is what it is about.
        let _ = fs::write(&filler, vec![0; 4 << 20]);
        let big = format!("\"{}\"", "x".repeat(20_000));
        let (status, text) = client.ask("PUT", "/2/pad", &big);
        assert_eq!(status, 507, "{text}");
        assert_eq!(client.ask("GET", "/2/n", ""), (200, "0".to_owned()));
        assert_eq!(client.ask("GET", "/1/n", ""), (200, "1".to_owned()));
        fs::remove_file(&filler).unwrap();
        assert_eq!(client.ask("PUT", "/2/pad", &big).0, 200);
        server.kill();
        let server = Server::start(&path);
        assert_eq!(server.client().ask("GET", "/2/pad", ""), (200, big));
        assert_eq!(server.client().ask("GET", "/1/n", ""), (200, "1".to_owned()));
    }
}

#[test]
fn readers_see_whole_states_while_writers_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.json");
    fs::write(&path, "{\"pair\":{\"a\":0,\"b\":0}}").unwrap();
    let server = Server::start(&path);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = server.client();
            for round in 1..100 {
                assert_eq!(client.ask("PATCH", "/pair", &format!("{{\"a\":{round},\"b\":{round}}}")).0, 200);
            }
            done.store(true, Ordering::Release);
        });
        let mut client = server.client();
        while !done.load(Ordering::Acquire) {
            let (_, text) = client.ask("GET", "/pair", "");
            let pair: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(pair["a"], pair["b"]);
        }
    });
}

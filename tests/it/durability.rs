//! Saved means saved: `serve` killed at random moments, on a disk that fails, on one that is full.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::kit::{PATIENCE, PROGRAM, clean, ended, heeding};

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

/// Records that are added have numbers from here on.
const FIRST_ADDED: u64 = 1_000_000_000_000;

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
            // A key of its own for each, a number as all the others are.
            let id = format!("{}{writer:02}{round:04}{counter:06}", FIRST_ADDED / 1_000_000_000_000);
            match client.try_ask("POST", "/", &format!("{{\"id\":{id},\"whole\":[1,2,3]}}")) {
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
        let there: HashSet<String> = found.iter().map(|record| record["id"].to_string()).collect();
        added.iter().for_each(|id| assert!(there.contains(id), "round {round}: {id} is lost"));
        let is_old = |record: &Value| record["id"].as_u64().is_some_and(|id| id < FIRST_ADDED);
        let whole = |record: &Value| is_old(record) || record["whole"] == serde_json::json!([1, 2, 3]);
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

/// Files of which both sides change something: eight counters by requests, and a ninth by the owner's hand.
struct Shared {
    path: PathBuf,
    is_csv: bool,
}

/// The record that the owner edits.
const OWNERS: usize = 90;

/// When a value was acknowledged: between the request and its answer.
struct Acknowledged {
    value: u64,
    asked: Instant,
    answered: Instant,
}

/// An edit by hand: when the owner began to read, and when they were done.
struct Edited {
    number: u64,
    read: Instant,
    done: Instant,
}

impl Shared {
    fn new(folder: &TempDir, is_csv: bool, count: usize) -> Shared {
        let record = |id: usize| match is_csv {
            true => format!("{id},0,{id:070}\n"),
            false => format!("\t{{\"id\": {id}, \"n\": 0, \"pad\": \"{id:070}\"}}"),
        };
        let records: Vec<String> = (0..count).map(record).collect();
        let (name, text) = match is_csv {
            true => ("data.csv", format!("id,n,pad\n{}", records.concat())),
            false => ("data.json", format!("[\n{}\n]\n", records.join(",\n"))),
        };
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        Shared { path, is_csv }
    }

    /// The counter of a record, as it stands in the file.
    fn value(&self, text: &str, id: usize) -> u64 {
        let (begin, end) =
            if self.is_csv { (format!("\n{id},"), ",") } else { (format!("\"id\": {id}, \"n\": "), ",") };
        let rest = text.split_once(&begin).unwrap_or_else(|| panic!("record {id} is lost")).1;
        rest.split_once(end).unwrap().0.parse().unwrap()
    }

    fn body(&self, value: u64) -> String {
        if self.is_csv { format!("\"{value}\"") } else { value.to_string() }
    }

    /// Edits the owner's record: by rename, in place, or in place and slowly.
    fn edit(&self, number: u64, random: &mut Rng) -> Edited {
        let read = Instant::now();
        let text = fs::read_to_string(&self.path).unwrap();
        let old = self.value(&text, OWNERS);
        let line = |value: u64| match self.is_csv {
            true => format!("\n{OWNERS},{value},"),
            false => format!("\"id\": {OWNERS}, \"n\": {value},"),
        };
        let text = text.replacen(&line(old), &line(number), 1);
        match random.u8(0..3) {
            0 => {
                let other = self.path.with_extension("new");
                fs::write(&other, text).unwrap();
                fs::rename(&other, &self.path).unwrap();
            }
            1 => fs::write(&self.path, text).unwrap(),
            _ => {
                let mut file = fs::File::create(&self.path).unwrap();
                let pieces = random.usize(2..6);
                for piece in text.as_bytes().chunks(text.len() / pieces + 1) {
                    file.write_all(piece).unwrap();
                    std::thread::sleep(Duration::from_millis(random.u64(0..30)));
                }
            }
        }
        Edited { number, read, done: Instant::now() }
    }
}

/// Counts a counter up until the server is gone; changes that are refused count for nothing.
fn count_up(shared: &Shared, mut client: Client, writer: usize, mut value: u64) -> Vec<Acknowledged> {
    let mut known = Vec::new();
    loop {
        let asked = Instant::now();
        match client.try_ask("PUT", &format!("/{writer}/n"), &shared.body(value + 1)) {
            Some((200, _)) => {
                value += 1;
                known.push(Acknowledged { value, asked, answered: Instant::now() });
            }
            Some((503, _)) => {}
            Some(other) => panic!("{other:?}"),
            None => return known,
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Kills the server while both sides change the file, again and again. What was acknowledged is in the file, and so is
/// each edit that was finished. (An owner who saves what they had read before a write takes that write back; so what was
/// acknowledged while an edit was made is not asked for.)
fn kill_amid_edits(is_csv: bool, count: usize, rounds: usize) {
    let folder = tempfile::tempdir().unwrap();
    let shared = Shared::new(&folder, is_csv, count);
    let mut random = Rng::with_seed(count as u64 + u64::from(is_csv));
    let (mut number, mut acknowledged) = (0, 0);
    for round in 0..rounds {
        let server = start_or_resolve(&shared.path);
        let values: Vec<u64> = (0..WRITERS).map(|writer| served(&server, writer)).collect();
        let (knowns, edits) = std::thread::scope(|scope| {
            let start = |(writer, &value): (usize, &u64)| {
                let (client, shared) = (server.client(), &shared);
                scope.spawn(move || count_up(shared, client, writer, value))
            };
            let writers: Vec<_> = values.iter().enumerate().map(start).collect();
            let mut owners = Rng::with_seed(random.u64(..));
            let (first, shared) = (number, &shared);
            let owner = scope.spawn(move || {
                let edit = |number| {
                    std::thread::sleep(Duration::from_millis(owners.u64(0..60)));
                    shared.edit(number, &mut owners)
                };
                (first + 1..=first + 3).map(edit).collect::<Vec<Edited>>()
            });
            std::thread::sleep(Duration::from_millis(random.u64(5..if round % 4 == 0 { 700 } else { 200 })));
            server.kill();
            let edits = owner.join().unwrap();
            (writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>(), edits)
        });
        number += 3;
        acknowledged += knowns.iter().map(Vec::len).sum::<usize>();
        let Some(server) = start(&shared.path) else {
            // The journal and the edit could not be brought together, which was said; the owner decides.
            continue;
        };
        let last = edits.last().unwrap();
        assert_eq!(served(&server, OWNERS), last.number, "round {round}: an edit is lost");
        for (writer, known) in knowns.iter().enumerate() {
            // What is in the journal only is not in what an owner reads.
            let is_read = |one: &Acknowledged, edit: &Edited| count < 1000 && one.answered < edit.read;
            let safe = |one: &&Acknowledged| edits.iter().all(|edit| is_read(one, edit) || one.asked > edit.done);
            let expected = known.iter().filter(safe).map(|one| one.value).max().unwrap_or(values[writer]);
            let found = served(&server, writer);
            let story = || {
                let origin = edits[0].read;
                let millis = |moment: Instant| {
                    moment
                        .checked_duration_since(origin)
                        .map_or_else(|| -((origin - moment).as_secs_f64() * 1e3), |d| d.as_secs_f64() * 1e3)
                };
                let edits: Vec<String> = edits
                    .iter()
                    .map(|e| format!("edit {} {:.1}-{:.1}", e.number, millis(e.read), millis(e.done)))
                    .collect();
                let acks: Vec<String> = known
                    .iter()
                    .map(|k| format!("{} {:.1}-{:.1}", k.value, millis(k.asked), millis(k.answered)))
                    .collect();
                format!("{}; {}", edits.join(", "), acks.join(", "))
            };
            assert!(found >= expected, "round {round}: {writer}: {found} < {expected}: {}", story());
        }
        server.kill();
    }
    assert!(acknowledged > rounds, "too few writes to mean anything");
}

fn served(server: &Server, id: usize) -> u64 {
    let (status, text) = server.client().ask("GET", &format!("/{id}/n"), "");
    assert_eq!(status, 200, "{text}");
    text.trim_matches('"').parse().unwrap()
}

/// A server, unless it refuses to start as it cannot bring the journal and the file together.
fn start(path: &Path) -> Option<Server> {
    let mut command = Command::new(PROGRAM);
    clean(&mut command);
    command.args(["serve", "--port", "0"]).arg(path).stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
    if !address.is_empty() {
        return Some(Server { child, address });
    }
    let said = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("was changed since"), "{said}");
    None
}

/// A server; where journal and file cannot be brought together, as their owner would do it: for the file as it is.
fn start_or_resolve(path: &Path) -> Server {
    start(path).unwrap_or_else(|| {
        fs::remove_file(format!("{}.journal", path.display())).unwrap();
        start(path).unwrap()
    })
}

#[test]
fn edits_and_acknowledged_writes_both_survive_a_kill() {
    kill_amid_edits(false, 100, 4);
    kill_amid_edits(true, 100, 4);
    kill_amid_edits(false, 20_000, 3);
    kill_amid_edits(true, 20_000, 3);
}

#[test]
#[ignore = "needs time"]
fn edits_and_acknowledged_writes_both_survive_300_kills() {
    for (is_csv, count) in [(false, 100), (true, 100), (false, 20_000), (true, 20_000)] {
        kill_amid_edits(is_csv, count, 75);
    }
}

#[test]
fn a_limit_on_the_size_of_files_ends_no_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = counters(&folder, 100);
    let server = Server::start_under(&["sh", "-c", "ulimit -f 200; exec \"$@\"", "sh"], &path);
    let mut client = server.client();
    let (status, text) = client.ask("PUT", "/2/pad", &format!("\"{}\"", "x".repeat(400_000)));
    assert_eq!(status, 507, "{text}");
    assert_eq!(client.ask("PUT", "/2/n", "7").0, 200);
    assert!(fs::read_to_string(&path).unwrap().contains("\"id\": 2, \"n\": 7"));
}

#[test]
fn changes_without_room_in_the_file_at_the_end_are_said_to_be_in_its_journal() {
    let records: Vec<_> = (0..20_000).map(|id| format!("{{\"id\":{id},\"n\":0,\"pad\":\"{id:070}\"}}")).collect();
    let data = format!("[{}]", records.join(",\n"));
    let serve = crate::kit::serve().file("data.json", &data).under("-f 1000").start();
    assert_eq!(serve.ask("PUT", "/2/n", "7").status(), 200);
    let (stopped, folder) = serve.stop_and_say();
    assert_eq!(stopped.status.code(), Some(1), "{stopped:?}");
    assert!(stopped.stderr.contains("; nothing is lost: the changes are in '"), "{}", stopped.stderr);
    assert!(stopped.stderr.contains("data.json.journal'"), "{}", stopped.stderr);
    // With room again it is as the message says.
    assert_eq!(fs::read_to_string(folder.path().join("data.json")).unwrap(), data);
    let server = Server::start(&folder.path().join("data.json"));
    assert_eq!(server.client().ask("GET", "/2/n", "").1, "7");
}

#[test]
fn a_hangup_ends_the_server_as_a_termination_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = counters(&folder, 20_000);
    let mut server = Server::start_under(heeding(), &path);
    assert_eq!(server.client().ask("PUT", "/2/n", "7").0, 200);
    signal(&server, Signal::HUP);
    assert!(ended(&mut server.child).success());
    assert!(fs::read_to_string(&path).unwrap().contains("\"id\": 2, \"n\": 7"));
    assert!(!folder.path().join("data.json.journal").exists());
}

#[test]
fn a_hangup_that_is_ignored_on_behalf_of_the_server_does_not_end_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = counters(&folder, 2);
    let mut server = Server::start_under(&["sh", "-c", "trap '' HUP; exec \"$@\"", "sh"], &path);
    signal(&server, Signal::HUP);
    for _ in 0..3 {
        assert_eq!(server.client().ask("GET", "/1/n", "").0, 200);
    }
    signal(&server, Signal::TERM);
    assert!(ended(&mut server.child).success());
}

fn signal(server: &Server, signal: Signal) {
    kill_process(Pid::from_child(&server.child), signal).unwrap();
}

#[test]
fn a_file_from_another_time_is_served() {
    let day = Duration::from_secs(86_400);
    let now = std::time::SystemTime::now();
    for modified in [std::time::UNIX_EPOCH - 400 * day, now + 300_000 * day, now + 4_000_000 * day, now + day] {
        let folder = tempfile::tempdir().unwrap();
        let path = counters(&folder, 2);
        fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        let server = Server::start(&path);
        assert_eq!(server.client().ask("GET", "/1/n", "").0, 200);
        assert_eq!(server.client().ask("PUT", "/1/n", "1").0, 200);
    }
}

#[test]
#[ignore = "needs root"]
fn a_file_that_is_a_mount_point_is_written_in_its_place() {
    for count in [100, 20_000] {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let real = counters(&outside, count);
        let path = folder.path().join("data.json");
        fs::write(&path, "").unwrap();
        let mounted = Command::new("mount").arg("--bind").arg(&real).arg(&path).status();
        assert!(mounted.unwrap().success(), "a file can be mounted");
        for round in 1..=8 {
            let server = Server::start(&path);
            let mut client = server.client();
            assert_eq!(client.ask("GET", "/2/n", "").1, (round - 1).to_string());
            assert_eq!(client.ask("PUT", "/2/n", &round.to_string()).0, 200);
            assert!(fs::read_to_string(&real).unwrap().contains(&format!("\"id\": 2, \"n\": {round},")));
            let writing = {
                let mut client = server.client();
                std::thread::spawn(move || while client.try_ask("PUT", "/3/n", "1").is_some() {})
            };
            std::thread::sleep(Duration::from_millis(round * 7));
            server.kill();
            writing.join().unwrap();
        }
        assert!(Command::new("umount").arg(&path).status().unwrap().success());
    }
}

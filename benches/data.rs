//! The data engine against the limits of its machine: ratios, since absolute times do not carry over.
//!
//! `cargo bench --bench data` runs everything; names of sections as arguments choose. Files go to `TMPDIR`, which should
//! be on a real disk for the writes to mean something.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use bytes::Bytes;
use httpkit::document::{Action, Change};
use httpkit::store::{Options, Source, Store};

const RECORDS: usize = 1_000_000;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    // A process of its own for each measurement of memory, which freed memory of others would spoil.
    if arguments.peek().is_some_and(|first| first == "load-and-report") {
        return report_load(&arguments.nth(1).unwrap());
    }
    let chosen: Vec<String> = arguments.collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|section| section == name);
    let folder = tempfile::tempdir().unwrap();
    if wanted("load") {
        load(folder.path());
    }
    if wanted("put") {
        put(folder.path());
    }
    if wanted("clients") {
        clients(folder.path());
    }
    if wanted("scan") {
        scan(folder.path());
    }
}

fn json_records(count: usize, path: &Path) {
    let mut out = std::io::BufWriter::new(File::create(path).unwrap());
    out.write_all(b"[\n").unwrap();
    for id in 0..count {
        let comma = if id == 0 { "" } else { ",\n" };
        let (city, score) = (["Seoul", "Busan", "Daegu", "Jeju"][id % 4], id * 7919 % 1000);
        write!(
            out,
            "{comma}  {{\"id\": {id}, \"name\": \"Person {id}\", \"email\": \"person{id}@example.org\", \"city\": \"{city}\", \"score\": {score}.5, \"active\": true}}"
        )
        .unwrap();
    }
    out.write_all(b"\n]\n").unwrap();
    out.flush().unwrap();
}

fn csv_records(count: usize, path: &Path) {
    let mut out = std::io::BufWriter::new(File::create(path).unwrap());
    out.write_all(b"id,name,email,city,score,active\n").unwrap();
    for id in 0..count {
        let (city, score) = (["Seoul", "Busan", "Daegu", "Jeju"][id % 4], id * 7919 % 1000);
        writeln!(out, "{id},Person {id},person{id}@example.org,{city},{score}.5,true").unwrap();
    }
    out.flush().unwrap();
}

fn open(path: &Path) -> Store {
    Store::open(Source::Files(vec![path.to_owned()]), Options::default(), &mut |_| {}).unwrap()
}

/// The median of some runs of two things that are to be compared, taken in turns.
fn compare(rounds: usize, mut one: impl FnMut(), mut other: impl FnMut()) -> (f64, f64) {
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        times.0.push(seconds(&mut one));
        times.1.push(seconds(&mut other));
    }
    (median(&mut times.0), median(&mut times.1))
}

fn seconds(mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Memory of this process: now, and at its greatest.
fn memory() -> (f64, f64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok()).unwrap_or(f64::NAN) * 1024.0
    };
    (field("VmRSS:"), field("VmHWM:"))
}

fn report_load(path: &str) {
    let path = Path::new(path);
    let store = open(path);
    let (now, peak) = memory();
    let length = fs::metadata(path).unwrap().len() as f64;
    println!("    memory {:.2} x file, at its greatest {:.2} x", now / length, peak / length);
    black_box(store.view().root().len());
}

fn load(folder: &Path) {
    let (json, csv) = (folder.join("load.json"), folder.join("load.csv"));
    json_records(RECORDS, &json);
    csv_records(RECORDS, &csv);
    let validate = || {
        let text = fs::read(&json).unwrap();
        black_box(serde_json::from_slice::<serde::de::IgnoredAny>(&text).unwrap());
    };
    let (ours, limit) = compare(5, || drop(black_box(open(&json))), validate);
    println!("load JSON, 1M records: {ours:.3} s, read and validate {limit:.3} s: {:.2} x", ours / limit);
    child_report(&json);
    let count = || {
        let mut reader = csv::Reader::from_path(&csv).unwrap();
        let mut record = csv::ByteRecord::new();
        let mut rows = 0_usize;
        while reader.read_byte_record(&mut record).unwrap() {
            rows += 1;
        }
        assert_eq!(rows, RECORDS);
    };
    let (ours, limit) = compare(5, || drop(black_box(open(&csv))), count);
    println!("load CSV, 1M records: {ours:.3} s, counting with the csv crate {limit:.3} s: {:.2} x", ours / limit);
    child_report(&csv);
}

fn child_report(path: &Path) {
    let program = std::env::current_exe().unwrap();
    let output = std::process::Command::new(program).arg("load-and-report").arg(path).output().unwrap();
    print!("{}", String::from_utf8_lossy(&output.stdout));
}

fn change(id: usize, round: usize) -> Change {
    let body = format!(
        "{{\"id\": {id}, \"name\": \"Changed {round}\", \"email\": \"x@example.org\", \"city\": \"Jeju\", \"score\": 1.5, \"active\": false}}"
    );
    Change { path: vec![id.to_string()], action: Action::Put(Bytes::from(body)), room: usize::MAX, condition: None }
}

fn commit(store: &Store, change: Change) {
    let (sender, receiver) = channel();
    store.commit(change, Box::new(move |result| sender.send(result.map(drop)).unwrap()));
    receiver.recv().unwrap().unwrap();
}

/// Appends of a kibibyte, each synced.
struct Appends {
    file: File,
}

impl Appends {
    fn new(folder: &Path) -> Appends {
        Appends { file: File::create(folder.join("appends")).unwrap() }
    }

    fn append(&mut self) {
        self.file.write_all(&[b'x'; 1024]).unwrap();
        self.file.sync_data().unwrap();
    }
}

fn put(folder: &Path) {
    let mut appends = Appends::new(folder);
    let mut at_one = f64::NAN;
    for megabytes in [1, 2, 10, 50] {
        let path = folder.join(format!("put{megabytes}.json"));
        // The smallest is just below the limit up to which files are replaced as a whole.
        let bytes = if megabytes == 1 { (1 << 20) - 20_000 } else { megabytes << 20 };
        let count = bytes / 125;
        json_records(count, &path);
        let store = open(&path);
        let mut round = 0;
        let put = || {
            round += 1;
            commit(&store, change(round * 7919 % count, round));
        };
        let content = fs::read(&path).unwrap();
        if megabytes == 1 {
            let (ours, limit) = compare(100, put, || replace(folder, &content));
            at_one = ours;
            let (ms, limit_ms) = (ours * 1e3, limit * 1e3);
            println!(
                "PUT, 1 MB file: {ms:.3} ms, temporary + fsync + rename + fsync {limit_ms:.3} ms: {:.2} x",
                ours / limit
            );
        } else {
            let (ours, limit) = compare(200, put, || appends.append());
            let (ms, limit_ms) = (ours * 1e3, limit * 1e3);
            println!(
                "PUT, {megabytes} MB file: {ms:.3} ms, {:.2} x that at 1 MB; append + fdatasync {limit_ms:.3} ms: {:.2} x",
                ours / at_one,
                ours / limit
            );
        }
    }
}

fn replace(folder: &Path, content: &[u8]) {
    let temporary = folder.join("replace.tmp");
    let mut file = File::create(&temporary).unwrap();
    file.write_all(content).unwrap();
    file.sync_all().unwrap();
    fs::rename(&temporary, folder.join("replaced")).unwrap();
    File::open(folder).unwrap().sync_all().unwrap();
}

fn clients(folder: &Path) {
    let path = folder.join("clients.json");
    let count = (50 << 20) / 125;
    json_records(count, &path);
    let store = open(&path);
    for clients in [1, 8, 64] {
        let span = Duration::from_secs(2);
        let ours =
            acknowledged(clients, span, |client, round| commit(&store, change((client * 1000 + round) % count, round)));
        let limit = group_limit(folder, clients, span);
        println!(
            "{clients} clients, 50 MB file: {ours:.0} acknowledged a second, group commit of 1 KB appends {limit:.0}: {:.2} x",
            ours / limit
        );
    }
}

fn acknowledged(clients: usize, span: Duration, work: impl Fn(usize, usize) + Sync) -> f64 {
    let start = Instant::now();
    let total: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|client| {
                let work = &work;
                scope.spawn(move || {
                    let mut rounds = 0;
                    while start.elapsed() < span {
                        work(client, rounds);
                        rounds += 1;
                    }
                    rounds
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    total as f64 / start.elapsed().as_secs_f64()
}

/// What one thread reaches that appends what waits and syncs once for all of it.
fn group_limit(folder: &Path, clients: usize, span: Duration) -> f64 {
    let (sender, receiver) = channel::<std::sync::mpsc::Sender<()>>();
    let mut file = File::create(folder.join("group")).unwrap();
    let thread = std::thread::spawn(move || {
        while let Ok(first) = receiver.recv() {
            let mut waiting = vec![first];
            waiting.extend(receiver.try_iter());
            file.write_all(&vec![b'x'; 1024 * waiting.len()]).unwrap();
            file.sync_data().unwrap();
            waiting.iter().for_each(|waiting| waiting.send(()).unwrap());
        }
    });
    let rate = acknowledged(clients, span, |_, _| {
        let (done, wait) = channel();
        sender.send(done).unwrap();
        wait.recv().unwrap();
    });
    drop(sender);
    thread.join().unwrap();
    rate
}

fn scan(folder: &Path) {
    let path = folder.join("scan.json");
    json_records(RECORDS, &path);
    let store = open(&path);
    let view = store.view();
    let found = || {
        let root = view.root();
        let hits = root
            .children()
            .filter(|(_, node)| node.child("city").and_then(|city| city.string()).as_deref() == Some("Jeju"));
        assert_eq!(hits.count(), RECORDS / 4);
    };
    let text = fs::read(&path).unwrap();
    let memmem = || assert_eq!(memchr::memmem::find_iter(&text, b"\"city\": \"Jeju\"").count(), RECORDS / 4);
    let (ours, limit) = compare(3, found, memmem);
    println!("walk over 1M records, one member each: {ours:.3} s; raw memmem {limit:.3} s");
    let find = seconds(|| {
        for round in 0..1_000_000_usize {
            let key = (round * 7919 % RECORDS).to_string();
            black_box(view.find(&[key]).unwrap());
        }
    });
    println!("find by key: {:.0} ns", find * 1e3);
}

//! `cargo bench --bench serve`: the server against the limit of the sockets, in one run.
//!
//! Servers run as child processes on the first core, the load on the second, interleaved round by round; medians of the
//! rounds and ratios to the limit are printed, with the CPU time that the server's process spent per request. The limit
//! is a readiness loop that answers a constant without parsing anything; `same` is that loop with the very bytes that
//! the program answers, which are more than the constant's, and are the load's to read as well. `engine` is this library's server with a
//! lookup by path; `httpkit` is the program itself, if it serves. Arguments choose cases: `c1 c64 c512 many64 close64
//! pipe64 core log journal idle`; `ROUNDS` and `SECONDS_EACH` in the environment make it longer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod core;
mod limit;
mod load;
mod process;

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;

use bytes::Bytes;
use http::StatusCode;
use httpkit::message::{Content, Request, Response, Target};
use httpkit::server::{Arrival, Config, Limits, LogConfig, LogFormat, Reply, Service, bind};

use load::{Load, Outcome};
use process::Child;

/// The records that are served: so many, with keys that are equally long, from this one on.
const RECORDS: usize = 10_000;
const FIRST: usize = 10_000;

fn record(id: usize) -> String {
    format!("{{\"id\":{id},\"title\":\"json-server\",\"author\":1}}")
}

/// The data file.
fn data() -> String {
    let records: Vec<String> = (FIRST..FIRST + RECORDS).map(record).collect();
    format!("{{\"posts\":[{}]}}", records.join(","))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("as-limit") => limit::serve(
            arguments.get(1).is_some_and(|word| word == "close"),
            arguments.get(1).and_then(|word| word.parse().ok()),
        ),
        Some("as-engine") => engine(arguments.get(1).map(String::as_str)),
        _ => measure(&arguments),
    }
}

/// A served record, found by its path.
struct Records(HashMap<String, Bytes>);

impl Service for Records {
    fn respond(&self, request: &Request<'_>, _: &Arrival<'_>) -> Reply {
        let Target::Path { path, .. } = request.target else {
            return Reply::Ready(Response::new(StatusCode::NOT_FOUND));
        };
        Reply::Ready(match self.0.get(path) {
            Some(record) => Response::new(StatusCode::OK)
                .with("Content-Type", "application/json")
                .with_content(Content::Pieces(vec![record.clone()])),
            None => Response::new(StatusCode::NOT_FOUND),
        })
    }
}

/// The engine as a child: says its address and serves until it is killed. A log goes to the file named.
fn engine(log: Option<&str>) {
    let records = (FIRST..FIRST + RECORDS).map(|id| (format!("/posts/{id}"), Bytes::from(record(id)))).collect();
    let log = log.map(|path| LogConfig {
        format: LogFormat::Short,
        writer: Box::new(File::create(path).unwrap()),
        paint: None,
        echo_headers: None,
        is_timed: false,
    });
    let bound = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    // Before the address is said: whoever reads it puts this process on one core.
    let config = Config { log, ..Config::new(Limits::USUAL) };
    say_address(bound.address());
    bound.serve(Records(records), config).unwrap();
}

fn say_address(address: std::net::SocketAddr) {
    println!("http://{address}");
    std::io::stdout().flush().unwrap();
}

/// A case: its name, its load, and what it should reach.
struct Case {
    name: &'static str,
    load: Load,
    goal: &'static str,
}

fn cases() -> [Case; 6] {
    let load = |connections, pipeline, close| Load { connections, pipeline, close, records: 1 };
    [
        Case { name: "c1", load: load(1, 1, false), goal: "p50 <= 1.1 x limit" },
        Case { name: "c64", load: load(64, 1, false), goal: ">= 0.95 x limit, CPU <= 1.15 x, p99 <= 1.3 x" },
        Case { name: "c512", load: load(512, 1, false), goal: ">= 0.95 x limit, CPU <= 1.15 x, p99 <= 1.3 x" },
        Case {
            name: "many64",
            load: Load { records: RECORDS, ..load(64, 1, false) },
            goal: "as c64, each request another",
        },
        Case { name: "close64", load: load(64, 1, true), goal: ">= 0.95 x limit" },
        Case { name: "pipe64", load: load(64, 16, false), goal: ">= 0.85 x limit" },
    ]
}

fn measure(wanted: &[String]) {
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    let number = |name: &str, default: f64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (rounds, seconds) = (number("ROUNDS", 3.0) as usize, number("SECONDS_EACH", 2.0));
    process::raise_descriptor_limit();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("db.json");
    std::fs::write(&data, crate::data()).unwrap();
    let mut servers = vec![("limit", Child::bench(&["as-limit"])), ("engine", Child::bench(&["as-engine"]))];
    let program = Child::program(&["serve", data.to_str().unwrap(), "--port", "0", "--log", "none"]);
    if let Some(child) = program {
        servers.push(("same", Child::bench(&["as-limit", &child.address.to_string()])));
        servers.push(("httpkit", child));
    }
    println!(
        "{:8} {:8} {:>9} {:>8} {:>8} {:>9} {:>8} {:>6} {:>6}",
        "case", "server", "req/s", "p50 us", "p99 us", "cpu us/rq", "x limit", "cpu x", "p99 x"
    );
    for case in cases().iter().filter(|case| is_wanted(case.name)) {
        let limit = case.load.close.then(|| Child::bench(&["as-limit", "close"]));
        let mut targets: Vec<(&str, &Child)> = servers.iter().map(|(name, child)| (*name, child)).collect();
        if let Some(limit) = &limit {
            targets[0].1 = limit;
            // It keeps its connections.
            targets.retain(|(name, _)| *name != "same");
        }
        compare(case, &targets, rounds, seconds);
    }
    if is_wanted("core") {
        core::measure(folder.path());
    }
    if is_wanted("log") {
        cost_of_the_log(&servers[1].1, folder.path(), rounds, seconds);
    }
    if is_wanted("journal") {
        cost_of_the_journal(&servers[0].1, data.to_str().unwrap(), rounds, seconds);
    }
    if is_wanted("idle") {
        for (name, server) in servers.iter().filter(|(name, _)| !matches!(*name, "limit" | "same")) {
            idle(name, server, seconds);
        }
    }
}

/// Runs the targets in turn and prints medians, each ratio taken within its round.
fn compare(case: &Case, targets: &[(&str, &Child)], rounds: usize, seconds: f64) -> Vec<f64> {
    let mut outcomes: Vec<Vec<Outcome>> = targets.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for ((_, child), outcomes) in targets.iter().zip(&mut outcomes) {
            outcomes.push(load::run(child, &case.load, seconds));
        }
    }
    let mut throughput = Vec::new();
    for ((name, _), mine) in targets.iter().zip(&outcomes) {
        let middle = |value: fn(&Outcome) -> f64| median(mine.iter().map(value));
        let ratio = |value: fn(&Outcome) -> f64| {
            median(mine.iter().zip(&outcomes[0]).map(|(mine, limit)| value(mine) / value(limit)))
        };
        println!(
            "{:8} {name:8} {:9.0} {:8.1} {:8.1} {:9.2} {:8.2} {:6.2} {:6.2}",
            case.name,
            middle(|outcome| outcome.rate),
            middle(|outcome| outcome.p50),
            middle(|outcome| outcome.p99),
            middle(|outcome| outcome.cpu),
            ratio(|outcome| outcome.rate),
            ratio(|outcome| outcome.cpu),
            ratio(|outcome| outcome.p99),
        );
        throughput.push(ratio(|outcome| outcome.rate));
    }
    println!("         goal: {}", case.goal);
    throughput
}

fn cost_of_the_log(without: &Child, folder: &std::path::Path, rounds: usize, seconds: f64) {
    let path = folder.join("log");
    let with = Child::bench(&["as-engine", path.to_str().unwrap()]);
    let load = Load { connections: 64, pipeline: 1, close: false, records: 1 };
    let case = Case { name: "log", load, goal: "with the log >= 0.90 x without" };
    compare(&case, &[("without", without), ("with", &with)], rounds, seconds);
    assert!(std::fs::metadata(&path).unwrap().len() > 100_000, "nothing was logged");
}

/// The program without its journal, against the limit, and with it, against itself without.
fn cost_of_the_journal(limit: &Child, data: &str, rounds: usize, seconds: f64) {
    let start = |count: &str| {
        // No two serve one file.
        let own = format!("{data}-{count}.json");
        std::fs::copy(data, &own).unwrap();
        Child::program(&["serve", &own, "--no-save", "--port", "0", "--log", "none", "--journal", count]).unwrap()
    };
    let (off, on) = (start("0"), start("100"));
    for (name, records) in [("journal", 1), ("journal*", RECORDS)] {
        let load = Load { connections: 64, pipeline: 1, close: false, records };
        let case = Case { name, load, goal: "on >= 0.95 x off, off as before; * each request another" };
        let ratios = compare(&case, &[("limit", limit), ("off", &off), ("on", &on)], rounds, seconds);
        println!("         on is {:.2} x off", ratios[2] / ratios[1]);
    }
}

fn idle(name: &str, server: &Child, seconds: f64) {
    const COUNT: usize = 9_500;
    let load = Load { connections: 64, pipeline: 1, close: false, records: 1 };
    let (alone, before) = (load::run(server, &load, seconds), server.memory());
    let held = load::hold(server, COUNT);
    let after = server.memory();
    let beside = load::run(server, &load, seconds);
    drop(held);
    println!(
        "idle     {name:8} {before} kB before, {after} kB with {COUNT} idle: {} B each; {} threads; {:.2} x throughput beside them",
        (after.saturating_sub(before)) * 1024 / COUNT,
        server.threads(),
        beside.rate / alone.rate,
    );
    println!("         goal: <= 1024 B each, threads <= cores + 4, >= 0.90 x, RSS <= 6 MB without");
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

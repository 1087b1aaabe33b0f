//! Queries over a million records, as they stand in the file, against Node.js on the same records parsed into objects.
//!
//! `cargo bench --bench query`; needs `node` on the path. Each query runs in turns with the same thing in Node.js, which
//! has parsed the file before its clock starts; the ratio of the medians is printed, of the queries after the first on
//! that member and, in brackets, of the first, for which the data was opened anew. Where records are asked for as text,
//! both sides make it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use httpkit::document::Query;
use httpkit::store::{Options, Source, Store};
use httpkit::text::CellTypes;

const RECORDS: usize = 1_000_000;
const ROUNDS: usize = 15;
const FIRST_ROUNDS: usize = 3;

/// What is asked: a name, the query's parameters, and the same in JavaScript over `records`.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);
const JSON: [Case; 11] = [
    ("one by a text", &[("name", "Person 500000")], "records.filter(r => r.name === 'Person 500000')"),
    ("a quarter by a text", &[("city", "Jeju"), ("_limit", "10")], "records.filter(r => r.city === 'Jeju')"),
    ("a quarter as text", &[("city", "Jeju")], "JSON.stringify(records.filter(r => r.city === 'Jeju'))"),
    ("one by a number", &[("number", "123456")], "records.filter(r => r.number === 123456)"),
    ("some by a number", &[("score", "500.5"), ("_limit", "10")], "records.filter(r => r.score === 500.5)"),
    ("some by an order", &[("score_gte", "990"), ("_limit", "10")], "records.filter(r => r.score >= 990)"),
    ("half by an order", &[("number_lt", "500000"), ("_limit", "10")], "records.filter(r => r.number < 500000)"),
    (
        "a sorted page",
        &[("_sort", "-score"), ("_page", "1"), ("_limit", "10")],
        "[...records].sort((a, b) => b.score - a.score).slice(0, 10)",
    ),
    (
        "sorted by few values",
        &[("_sort", "city,-number"), ("_page", "2"), ("_limit", "10")],
        "[...records].sort((a, b) => a.city < b.city ? -1 : a.city > b.city ? 1 : b.number - a.number).slice(10, 20)",
    ),
    (
        "sorted by a text",
        &[("_sort", "email"), ("_page", "1"), ("_limit", "10")],
        "[...records].sort((a, b) => a.email < b.email ? -1 : a.email > b.email ? 1 : 0).slice(0, 10)",
    ),
    (
        "full text",
        &[("q", "person999999@"), ("_limit", "10")],
        "records.filter(r => Object.values(r).some(v => String(v).toLowerCase().includes('person999999@')))",
    ),
];

/// The same where every cell is a string.
const TEXTS: [Case; 6] = [
    JSON[0],
    JSON[1],
    JSON[2],
    ("one by digits", &[("number", "123456")], "records.filter(r => r.number === '123456')"),
    ("some by an order", &[("score_gte", "990"), ("_limit", "10")], "records.filter(r => Number(r.score) >= 990)"),
    (
        "half by an order",
        &[("number_lt", "500000"), ("_limit", "10")],
        "records.filter(r => Number(r.number) < 500000)",
    ),
];

const STRINGS: &str = ".map(r => Object.fromEntries(Object.entries(r).map(([n, v]) => [n, String(v)])))";

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let (json, csv) = (folder.path().join("records.json"), folder.path().join("records.csv"));
    write_records(&json, &csv);
    compare("JSON", &json, CellTypes::Text, &mut Peer::start(&json, ""), &JSON);
    compare("CSV, --types auto", &csv, CellTypes::Auto, &mut Peer::start(&json, ""), &JSON[..8]);
    compare("CSV", &csv, CellTypes::Text, &mut Peer::start(&json, STRINGS), &TEXTS);
}

fn compare(what: &str, path: &Path, types: CellTypes, peer: &mut Peer, cases: &[Case]) {
    println!("{:22} {:>10} {:>10} {:>8}   first", format!("{what}, 1M records"), "here ms", "node ms", "ratio");
    for (name, parameters, script) in cases {
        let (mut first, mut here, mut there) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 1..FIRST_ROUNDS {
            first.push(milliseconds(&open(path, types), parameters));
        }
        let store = open(path, types);
        first.push(milliseconds(&store, parameters));
        for _ in 0..ROUNDS {
            here.push(milliseconds(&store, parameters));
            there.push(peer.milliseconds(script));
        }
        let (first, here, there) = (median(first), median(here), median(there));
        println!("{name:22} {here:10.1} {there:10.1} {:8.2}   ({first:.1} ms, {:.2})", here / there, first / there);
    }
}

fn open(path: &Path, types: CellTypes) -> Store {
    let options = Options { read_only: true, types, ..Options::default() };
    Store::open(Source::Files(vec![path.to_owned()]), options, &mut |_| {}).unwrap()
}

fn milliseconds(store: &Store, parameters: &[(&str, &str)]) -> f64 {
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let start = Instant::now();
    let view = store.view();
    let query = Query::parse(&parameters, view.root()).unwrap();
    black_box(query.run(&view, view.root(), &[""; 0]).unwrap().array());
    start.elapsed().as_secs_f64() * 1000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn write_records(json: &Path, csv: &Path) {
    let mut json = BufWriter::new(File::create(json).unwrap());
    let mut csv = BufWriter::new(File::create(csv).unwrap());
    json.write_all(b"[\n").unwrap();
    csv.write_all(b"id,name,email,city,score,number\n").unwrap();
    for id in 0..RECORDS {
        let comma = if id == 0 { "" } else { ",\n" };
        let (city, score) = (["Seoul", "Busan", "Daegu", "Jeju"][id % 4], id * 7919 % 1000);
        write!(
            json,
            "{comma}  {{\"id\": {id}, \"name\": \"Person {id}\", \"email\": \"person{id}@example.org\", \"city\": \"{city}\", \
             \"score\": {score}.5, \"number\": {id}}}"
        )
        .unwrap();
        writeln!(csv, "{id},Person {id},person{id}@example.org,{city},{score}.5,{id}").unwrap();
    }
    json.write_all(b"\n]\n").unwrap();
    json.flush().unwrap();
    csv.flush().unwrap();
}

/// Node.js with the records as objects, made of those in the file, asked a line at a time.
struct Peer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

const PROGRAM: &str = r"
const parsed = JSON.parse(require('fs').readFileSync(process.argv[1]));
const records = new Function('parsed', 'return parsed' + (process.argv[2] ?? ''))(parsed);
require('readline').createInterface({ input: process.stdin }).on('line', line => {
    const run = new Function('records', 'return ' + line);
    const start = performance.now();
    const found = run(records).length;
    console.log(performance.now() - start, found);
});";

impl Peer {
    fn start(path: &Path, made: &str) -> Peer {
        let mut command = Command::new("node");
        command.args(["-e", PROGRAM]).arg(path).arg(made).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("node is installed");
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Peer { child, input, output }
    }

    fn milliseconds(&mut self, script: &str) -> f64 {
        writeln!(self.input, "{script}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.split(' ').next().unwrap().parse().unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

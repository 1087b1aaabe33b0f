//! Real files: each is served, something is added to it, changed and taken out again, and then it is what it was, byte for
//! byte.
//!
//! `HTTPKIT_FILES=FOLDER cargo test --test it round_trip -- --ignored --nocapture` does that with every JSON, JSON Lines
//! and CSV file below a folder, such as the `node_modules` of `vega-datasets`, `world-countries` and
//! `@mdn/browser-compat-data`, or R's sets of `Rdatasets`, and prints how many there were, and which were refused and why.
//! Of 4,594 files of these four 4,583 came back as they were; the other 11 are not UTF-8, and were refused with what they
//! seem to be.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use httpkit::store::{Options, Source, Store};
use serde_json::Value;

use crate::kit::{self, Serve};

const EXTENSIONS: [&str; 5] = ["json", "csv", "tsv", "ndjson", "jsonl"];

#[test]
fn the_examples_come_back_as_they_were() {
    let found = trips(&files(&kit::project().join("examples")));
    assert!(found.done > 0 && found.refused.is_empty(), "{found:?}");
}

#[test]
#[ignore = "needs npm"]
fn real_files_come_back_as_they_were() {
    let folder = std::env::var_os("HTTPKIT_FILES")
        .expect("HTTPKIT_FILES names a folder of files, as of packages that npm has installed");
    let found = trips(&files(Path::new(&folder)));
    eprintln!("{} files came back as they were, {} of them with nothing to write to", found.done, found.only_read);
    for (reason, paths) in &found.refused {
        eprintln!("{} refused: {reason}, such as {}", paths.len(), paths[0].display());
    }
    assert!(found.done > 0, "{} holds no data file", folder.display());
}

/// What became of the files.
#[derive(Debug, Default)]
struct Found {
    done: usize,
    only_read: usize,
    /// By reason, without the place.
    refused: BTreeMap<String, Vec<PathBuf>>,
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap().map(|entry| entry.unwrap()) {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && extension.is_some_and(|extension| EXTENSIONS.contains(&&*extension)) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn trips(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        let options = Options { read_only: true, ..Options::default() };
        match Store::open(Source::Files(vec![path.clone()]), options, &mut |_| {}) {
            Ok(store) => drop(store),
            Err(error) => {
                let text = error.to_string();
                assert_eq!(text.lines().count(), 1, "{text}");
                let reason = text.rsplit(": ").next().unwrap_or(&text).to_owned();
                found.refused.entry(reason).or_default().push(path.clone());
                continue;
            }
        }
        found.done += 1;
        found.only_read += usize::from(!trip(path));
    }
    found
}

/// Takes one file there and back; whether there was something to write to.
fn trip(path: &Path) -> bool {
    let (name, before) = (path.file_name().unwrap().to_str().unwrap(), fs::read(path).unwrap());
    let serve = kit::serve().file(name, &before).start();
    let whole = serve.ask("GET", "/", "");
    assert_eq!(whole.status(), 200, "{}: {}", path.display(), whole.head);
    let value: Value =
        serde_json::from_slice(&whole.body).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let is_written =
        collections(&value).iter().any(|target| record_trip(&serve, target, path)) || member_trip(&serve, &value, path);
    // A large file has the change in its journal until then.
    let serve = serve.restart();
    assert!(fs::read(serve.path(name)).unwrap() == before, "{} is not what it was", path.display());
    is_written
}

/// Where records are, in the root or one below it.
fn collections(value: &Value) -> Vec<String> {
    let holds_records = |value: &Value| value.as_array().is_some_and(|all| all.iter().any(Value::is_object));
    match value {
        Value::Object(members) => {
            let inner = members.iter().filter(|(_, value)| holds_records(value));
            inner.map(|(name, _)| format!("/{}", escaped(name))).take(3).collect()
        }
        value if holds_records(value) => vec!["/".to_owned()],
        _ => Vec::new(),
    }
}

fn escaped(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// POST, GET, PUT, PATCH and DELETE of a record.
fn record_trip(serve: &Serve, collection: &str, path: &Path) -> bool {
    let said = |what: &str| format!("{}: {what} below {collection}", path.display());
    let answer = serve.ask("POST", collection, "{\"id\":null}");
    let answer = if answer.status() == 422 { serve.ask("POST", collection, "{}") } else { answer };
    if answer.status() != 201 {
        assert!((200..500).contains(&answer.status()), "{}: {}", said("POST"), answer.text());
        return false;
    }
    let location = answer.field("location").unwrap().to_owned();
    let target = location.splitn(4, '/').nth(3).map(|rest| format!("/{rest}")).unwrap();
    let record = serve.ask("GET", &target, "");
    assert_eq!(record.status(), 200, "{}: {}", said("GET"), record.text());
    for (method, body) in [("PUT", record.text()), ("PATCH", "{}"), ("DELETE", "")] {
        let answer = serve.ask(method, &target, body);
        assert_eq!(answer.status(), 200, "{}: {}", said(method), answer.text());
    }
    true
}

/// PUT, PATCH and DELETE of a member of the root, if it is an object that takes any.
fn member_trip(serve: &Serve, root: &Value, path: &Path) -> bool {
    if !root.is_object() || serve.ask("PUT", "/round-trip", "\"there\"").status() != 201 {
        return false;
    }
    for (method, target, body) in [("PATCH", "/", "{\"round-trip\":\"and back\"}"), ("DELETE", "/round-trip", "")] {
        let answer = serve.ask(method, target, body);
        assert_eq!(answer.status(), 200, "{}: {method}: {}", path.display(), answer.text());
    }
    true
}

//! The data store as a program that uses the library sees it: what is in the file, who may open it, what survives.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Instant;

use bytes::Bytes;
use httpkit::document::{Action, Change, Outcome, Query, Refusal};
use httpkit::store::{Notice, OpenError, Options, Source, Store, SyncPolicy};
use tempfile::TempDir;

use crate::kit::PATIENCE;

pub(crate) fn open(path: &Path) -> Store {
    open_as(path, Options::default)
}

fn open_as(path: &Path, options: impl Fn() -> Options) -> Store {
    when_free(|| open_with(path, options())).unwrap_or_else(|error| panic!("{error}"))
}

/// Opens a file that this test may have closed just now. A process that another test starts has all open files of this
/// one until it is another program, so that a lock can be let go a moment late.
pub(crate) fn when_free(mut open: impl FnMut() -> Result<Store, OpenError>) -> Result<Store, OpenError> {
    let start = Instant::now();
    loop {
        match open() {
            Err(OpenError::Locked { .. }) if start.elapsed() < PATIENCE => std::thread::yield_now(),
            other => return other,
        }
    }
}

/// The same, with what the user is told.
pub(crate) fn opened(path: &Path) -> (Result<Store, OpenError>, Vec<Notice>) {
    let mut notices = Vec::new();
    let store = when_free(|| {
        notices.clear();
        Store::open(Source::Files(vec![path.to_owned()]), Options::default(), &mut |notice| notices.push(notice))
    });
    (store, notices)
}

pub(crate) fn open_with(path: &Path, options: Options) -> Result<Store, OpenError> {
    Store::open(Source::Files(vec![path.to_owned()]), options, &mut |_| {})
}

/// `PUT /a/b VALUE`, and so on.
pub(crate) fn change(line: &str) -> Change {
    let mut words = line.splitn(3, ' ');
    let (verb, path, body) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap_or(""));
    let path = path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
    let body = Bytes::copy_from_slice(body.as_bytes());
    let action = match verb {
        "PUT" => Action::Put(body),
        "MERGE" => Action::Merge(body),
        "PATCH" => Action::Patch(body),
        "POST" => Action::Post(body),
        "DELETE" => Action::Delete { dependent: None },
        other => panic!("{other}"),
    };
    Change { path, action, room: usize::MAX, condition: None }
}

pub(crate) fn commit(store: &Store, line: &str) -> Result<Outcome, Refusal> {
    commit_change(store, change(line))
}

pub(crate) fn commit_change(store: &Store, change: Change) -> Result<Outcome, Refusal> {
    let (sender, receiver) = channel();
    store.commit(change, Box::new(move |result| sender.send(result).unwrap()));
    receiver.recv().unwrap()
}

pub(crate) fn text(store: &Store, path: &[&str]) -> String {
    let view = store.view();
    let node = view.find(path).unwrap();
    String::from_utf8(node.text().concat()).unwrap()
}

pub(crate) fn file(folder: &TempDir, name: &str, content: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A JSON file of more than a mebibyte, whose changes go to a journal.
pub(crate) fn large(folder: &TempDir) -> PathBuf {
    let records: Vec<_> = (0..20_000)
        .map(|id| format!("{{\"id\":{id},\"name\":\"record number {id}\",\"n\":0,\"pad\":\"....\"}}"))
        .collect();
    let content = format!("[\n{}\n]\n", records.join(",\n"));
    assert!(content.len() > 1 << 20);
    file(folder, "large.json", &content)
}

pub(crate) fn journal(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}.journal", path.display()))
}

/// What is left in the folder besides the data files.
fn strays(folder: &TempDir) -> Vec<String> {
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with('.') || name.ends_with(".journal")).collect()
}

#[test]
fn a_change_is_in_the_file_when_it_is_acknowledged() {
    let folder = folder();
    let path = file(&folder, "data.json", "{\n\t\"a\": 1\n}\n");
    let store = open(&path);
    let outcome = commit(&store, "PUT /b [2]").unwrap();
    assert!(outcome.created);
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\n\t\"a\": 1,\n\t\"b\": [\n\t\t2\n\t]\n}\n");
    assert_eq!(text(&store, &["b", "0"]), "2");
    drop(store);
    assert_eq!(text(&open(&path), &["b", "0"]), "2");
    assert!(strays(&folder).is_empty());
}

#[test]
fn a_large_file_is_changed_through_its_journal() {
    let folder = folder();
    let path = large(&folder);
    let before = fs::read_to_string(&path).unwrap();
    let store = open(&path);
    commit(&store, "PUT /77/n 5").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    assert!(journal(&path).exists());
    store.close().unwrap();
    let record = "\"record number 77\",\"n\":";
    assert_eq!(fs::read_to_string(&path).unwrap(), before.replace(&format!("{record}0"), &format!("{record}5")));
    assert!(strays(&folder).is_empty());
}

#[test]
fn a_journal_is_replayed_and_a_torn_tail_dropped() {
    let folder = folder();
    let path = large(&folder);
    let before = fs::read(&path).unwrap();
    let store = open(&path);
    commit(&store, "PUT /77/n 5").unwrap();
    commit(&store, "POST / {\"name\":\"new\"}").unwrap();
    commit(&store, "DELETE /3").unwrap();
    let kept = fs::read(journal(&path)).unwrap();
    store.close().unwrap();
    let after = fs::read(&path).unwrap();
    // As a kill would have left it, at each possible length of the last record.
    for cut in [0, 1, 5, 20] {
        fs::write(&path, &before).unwrap();
        fs::write(journal(&path), &kept[..kept.len() - cut]).unwrap();
        let (store, notices) = opened(&path);
        let store = store.unwrap();
        let changes = if cut == 0 { 3 } else { 2 };
        assert!(notices.iter().any(|n| matches!(n, Notice::Replayed { changes: found, .. } if *found == changes)));
        assert_eq!(text(&store, &["77", "n"]), "5");
        assert_eq!(text(&store, &["20000", "name"]), "\"new\"");
        assert_eq!(store.view().find(&["3"]).is_ok(), cut > 0);
        if cut > 0 {
            commit(&store, "DELETE /3").unwrap();
        }
        store.close().unwrap();
        assert_eq!(fs::read(&path).unwrap(), after);
        assert!(strays(&folder).is_empty());
    }
}

#[test]
fn mode_and_symbolic_link_are_kept() {
    let folder = folder();
    let real = file(&folder, "real.json", "{}");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link.json");
    symlink(&real, &link).unwrap();
    let store = open(&link);
    commit(&store, "PUT /a 1").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&real).unwrap().contains("\"a\": 1"));
}

#[test]
fn a_second_store_on_the_same_file_is_refused() {
    let folder = folder();
    let path = file(&folder, "data.json", "{}");
    let store = open(&path);
    assert!(matches!(open_with(&path, Options::default()), Err(OpenError::Locked { .. })));
    // The file is another one after a change, and held too.
    commit(&store, "PUT /a 1").unwrap();
    assert!(matches!(open_with(&path, Options::default()), Err(OpenError::Locked { .. })));
    store.close().unwrap();
    open(&path);
}

#[test]
fn an_edit_by_hand_is_taken_up() {
    let folder = folder();
    let path = file(&folder, "data.json", "{\"a\":1}");
    let store = open(&path);
    fs::write(&path, "{\"a\":2}").unwrap();
    store.refresh();
    assert_eq!(text(&store, &["a"]), "2");
    // As editors do it: a new file in the place of the old one.
    fs::rename(file(&folder, "new", "{\"a\":3}"), &path).unwrap();
    store.refresh();
    assert_eq!(text(&store, &["a"]), "3");
    assert!(matches!(open_with(&path, Options::default()), Err(OpenError::Locked { .. })));
    // A write sees it without being told.
    fs::write(&path, "{\"a\":4}").unwrap();
    commit(&store, "PUT /b 1").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":4,\"b\":1}");
}

#[test]
fn a_broken_edit_is_left_alone() {
    let folder = folder();
    let path = file(&folder, "data.json", "{\"a\":1}");
    let store = open(&path);
    fs::write(&path, "{\"a\":1,\n \"b\"}").unwrap();
    store.refresh();
    assert_eq!(text(&store, &["a"]), "1");
    let refusal = commit(&store, "PUT /c 1").unwrap_err();
    assert!(matches!(refusal, Refusal::Broken { line: 2, column: 5, .. }), "{refusal:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":1,\n \"b\"}");
    fs::write(&path, "{\"a\":1,\n \"b\":2}").unwrap();
    commit(&store, "PUT /c 1").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":1,\n \"b\":2,\n \"c\":1}");
}

#[test]
fn an_edit_of_a_journalled_file_keeps_what_was_acknowledged() {
    let folder = folder();
    let path = large(&folder);
    let store = open(&path);
    commit(&store, "PUT /77/n 5").unwrap();
    let edited = fs::read_to_string(&path).unwrap().replace("record number 100\"", "by hand\"");
    fs::write(&path, edited).unwrap();
    store.refresh();
    assert_eq!(text(&store, &["100", "name"]), "\"by hand\"");
    assert_eq!(text(&store, &["77", "n"]), "5");
    store.close().unwrap();
    let store = open(&path);
    assert_eq!(text(&store, &["100", "name"]), "\"by hand\"");
    assert_eq!(text(&store, &["77", "n"]), "5");
}

#[test]
fn a_file_that_is_gone_takes_no_writes_until_it_is_back() {
    let folder = folder();
    let path = file(&folder, "data.json", "{\"a\":1}");
    let store = open(&path);
    fs::remove_file(&path).unwrap();
    store.refresh();
    assert_eq!(text(&store, &["a"]), "1");
    assert!(matches!(commit(&store, "PUT /b 1"), Err(Refusal::Storage { full: false, .. })));
    assert!(!path.exists());
    fs::write(&path, "{\"a\":2}").unwrap();
    commit(&store, "PUT /b 1").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":2,\"b\":1}");
}

#[test]
fn nothing_is_saved_when_nothing_is_to_be() {
    let folder = folder();
    let path = file(&folder, "data.json", "{\"a\":1}");
    let store = open_as(&path, || Options { save: false, ..Options::default() });
    commit(&store, "PUT /a 2").unwrap();
    assert_eq!(text(&store, &["a"]), "2");
    store.close().unwrap();
    let store = open_as(&path, || Options { read_only: true, ..Options::default() });
    assert!(matches!(commit(&store, "PUT /a 2"), Err(Refusal::NotPermitted { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":1}");
    let memory = Store::open(Source::Memory, Options::default(), &mut |_| {}).unwrap();
    commit(&memory, "PUT /a 2").unwrap();
    assert_eq!(text(&memory, &["a"]), "2");
}

#[test]
fn less_waiting_still_brings_everything_to_the_file() {
    for sync in [SyncPolicy::Batch, SyncPolicy::Off] {
        let folder = folder();
        let (small, large) = (file(&folder, "small.json", "{}"), large(&folder));
        for (path, line) in [(&small, "PUT /a 1"), (&large, "PUT /5/n 1")] {
            let store = open_as(path, || Options { sync, ..Options::default() });
            commit(&store, line).unwrap();
            store.close().unwrap();
        }
        assert!(fs::read_to_string(small).unwrap().contains("\"a\": 1"));
        assert!(fs::read_to_string(large).unwrap().contains("\"record number 5\",\"n\":1"));
        assert!(strays(&folder).is_empty());
    }
}

#[test]
fn a_file_is_made_when_asked_for() {
    let folder = folder();
    for (name, content) in [("a.json", "{}\n"), ("a.csv", "key,value\n"), ("a.tsv", "key\tvalue\n")] {
        let path = folder.path().join(name);
        assert!(matches!(open_with(&path, Options::default()), Err(OpenError::NotFound { .. })));
        let options = Options { create: true, ..Options::default() };
        open_with(&path, options).unwrap().close().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}

#[test]
fn several_files_are_mounted_each_at_its_stem() {
    let folder = folder();
    file(&folder, "posts.json", "[{\"id\":1}]");
    file(&folder, "people.csv", "id,name\n1,Kim\n");
    file(&folder, "notes.txt", "no data");
    let store = open(folder.path());
    assert_eq!(text(&store, &[]), "{\"people\":[{\"id\":\"1\",\"name\":\"Kim\"}],\"posts\":[{\"id\":1}]}");
    let outcome = commit(&store, "PUT /people/1/name \"Lee\"").unwrap();
    assert_eq!(outcome.path, ["people", "1", "name"]);
    commit(&store, "POST /posts {}").unwrap();
    assert!(matches!(commit(&store, "PUT /new 1"), Err(Refusal::Missing { .. })));
    assert!(matches!(commit(&store, "PUT / {}"), Err(Refusal::NotPermitted { .. })));
    assert!(matches!(commit(&store, "DELETE /posts"), Err(Refusal::NotPermitted { .. })));
    store.close().unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("people.csv")).unwrap(), "id,name\n1,Lee\n");
    assert_eq!(fs::read_to_string(folder.path().join("posts.json")).unwrap(), "[{\"id\":1},{\"id\":2}]");
    file(&folder, "posts.csv", "id\n");
    assert!(matches!(open_with(folder.path(), Options::default()), Err(OpenError::EqualStems { .. })));
}

#[test]
fn a_malformed_file_is_refused_with_its_place() {
    let folder = folder();
    for (name, content, expected) in [
        ("a.json", "{\"a\":1\n,}", "line 2, column 2: expected a member name in double quotes"),
        ("a.csv", "id,n\n1,2,3\n", "line 2, column 5: expected 2 columns, found 3"),
        ("b.json", &"[".repeat(200), "line 1, column 129: expected at most 128 levels of arrays and objects"),
    ] {
        let path = file(&folder, name, content);
        let error = open_with(&path, Options::default()).unwrap_err().to_string();
        assert_eq!(error, format!("data file '{}', {expected}", path.display()));
    }
}

#[test]
fn a_page_is_no_data() {
    for (name, content) in
        [("index.html", "a,b\n1,2\n"), ("README.md", "{}"), ("page", " <!doctype html>"), ("new.yaml", "")]
    {
        let folder = folder();
        let path = folder.path().join(name);
        if !content.is_empty() {
            std::fs::write(&path, content).unwrap();
        }
        let error = open_with(&path, Options { create: true, ..Options::default() }).unwrap_err().to_string();
        assert!(error.ends_with("CSV or TSV file; '--static DIR' serves files as they are"), "{name}: {error}");
        assert_eq!(path.exists(), !content.is_empty(), "{name}");
    }
}

#[test]
fn stale_temporaries_are_cleaned_at_start() {
    let folder = folder();
    let path = file(&folder, "data.json", "{}");
    file(&folder, ".data.json.httpkit-x1y2.tmp", "half");
    file(&folder, ".other.json.httpkit-x1y2.tmp", "not ours");
    let _store = open(&path);
    assert_eq!(strays(&folder), [".other.json.httpkit-x1y2.tmp"]);
}

#[test]
fn parallel_writers_lose_nothing() {
    for large_file in [false, true] {
        let folder = folder();
        let path = if large_file { large(&folder) } else { file(&folder, "data.json", "[{\"id\":0,\"n\":0}]") };
        let store = open(&path);
        std::thread::scope(|scope| {
            for writer in 0..64 {
                let store = &store;
                scope.spawn(move || {
                    for round in 0..10 {
                        commit(store, &format!("POST / {{\"writer\":{writer},\"round\":{round}}}")).unwrap();
                        increment(store);
                    }
                });
            }
        });
        let check = |store: &Store| {
            assert_eq!(text(store, &["0", "n"]), "640");
            let view = store.view();
            assert_eq!(view.root().children().filter(|(_, child)| child.child("writer").is_some()).count(), 640);
        };
        check(&store);
        store.close().unwrap();
        check(&open(&path));
    }
}

/// Adds one to `/0/n`, again and again until nobody came between reading and writing.
fn increment(store: &Store) {
    loop {
        let view = store.view();
        let node = view.find(&["0", "n"]).unwrap();
        let (tag, old) = (node.tag(), node.text().concat());
        let new = String::from_utf8(old).unwrap().parse::<u32>().unwrap() + 1;
        let condition = move |found: Option<&str>, _root: &str| found == Some(tag.as_str());
        let change = Change { condition: Some(Box::new(condition)), ..change(&format!("PUT /0/n {new}")) };
        match commit_change(store, change) {
            Ok(_) => return,
            Err(refusal) => assert_eq!(refusal, Refusal::Precondition),
        }
    }
}

/// Queries leave something behind for the next one; no change may be answered from before it.
#[test]
fn a_query_sees_every_change_however_it_came() {
    let folder = folder();
    let path = large(&folder);
    let store = open(&path);
    let found = |store: &Store, name: &str, value: &str| -> String {
        let view = store.view();
        let parameters = [(name.to_owned(), value.to_owned()), ("_fields".to_owned(), "id".to_owned())];
        let query = Query::parse(&parameters, view.root()).unwrap();
        let selection = query.run(&view, view.root(), &[""; 0]).unwrap();
        String::from_utf8(selection.array().concat()).unwrap()
    };
    let check = |store: &Store, number: &str, name: &str, ordered: &str| {
        // The second time it may be answered from what was left.
        for _ in 0..2 {
            assert_eq!(found(store, "n", "5"), number);
            assert_eq!(found(store, "name", "by hand"), name);
            assert_eq!(found(store, "id_gte", "19999"), ordered);
            assert_eq!(found(store, "n_gte", "5"), number);
        }
    };
    check(&store, "[]", "[]", "[{\"id\":19999}]");
    commit(&store, "PUT /77/n 5").unwrap();
    commit(&store, "POST / {\"n\":5.0}").unwrap();
    check(&store, "[{\"id\":77},{\"id\":20000}]", "[]", "[{\"id\":19999},{\"id\":20000}]");
    let edited = fs::read_to_string(&path).unwrap().replace("record number 100\"", "by hand\"");
    fs::write(&path, edited).unwrap();
    store.refresh();
    check(&store, "[{\"id\":77},{\"id\":20000}]", "[{\"id\":100}]", "[{\"id\":19999},{\"id\":20000}]");
    commit(&store, "DELETE /77").unwrap();
    commit(&store, "DELETE /19999").unwrap();
    check(&store, "[{\"id\":20000}]", "[{\"id\":100}]", "[{\"id\":20000}]");
    commit(&store, "MERGE /5 {\"n_gte\":\"5\"}").unwrap();
    // A member really named like an operator is plain equality.
    assert_eq!(found(&store, "n_gte", "5"), "[{\"id\":5}]");
    commit(&store, "MERGE /5 {\"n_gte\":null}").unwrap();
    assert_eq!(found(&store, "n_gte", "5"), "[{\"id\":20000}]");
    store.close().unwrap();
    check(&open(&path), "[{\"id\":20000}]", "[{\"id\":100}]", "[{\"id\":20000}]");
}

//! The file belongs to its owner: what they do to it while it is served, by rename or in place, fast or slowly, is
//! neither lost nor buried.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{FileExt, FileTypeExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;
use std::thread;
use std::time::Duration;

use httpkit::document::Refusal;
use httpkit::store::{Notice, OpenError, Options, Source, Store};

use crate::store::{commit, file, folder, journal, large, open, open_with, opened, text};

/// Saves as editors do: a new file under another name, renamed.
fn save(path: &Path, content: impl AsRef<[u8]>) {
    let other = path.with_extension("saved");
    fs::write(&other, content).unwrap();
    fs::rename(&other, path).unwrap();
}

/// Edits the file, by rename or in place, and says whether that took away what came since the owner had read it: an owner
/// who saves over that by rename loses it themselves. Nobody else can put anything between the read and the write of a
/// file that is open for writing.
fn edit(path: &Path, by_rename: bool, change: impl Fn(&str) -> String) -> bool {
    if !by_rename {
        let mut file = OpenOptions::new().read(true).write(true).open(path).unwrap();
        let mut read = String::new();
        file.read_to_string(&mut read).unwrap();
        file.set_len(0).unwrap();
        file.write_all_at(change(&read).as_bytes(), 0).unwrap();
        return false;
    }
    let read = fs::read_to_string(path).unwrap();
    let other = path.with_extension("saved");
    fs::write(&other, change(&read)).unwrap();
    // What is taken away is kept under the other name, so that no moment is left to guess about.
    rustix::fs::renameat_with(rustix::fs::CWD, path, rustix::fs::CWD, &other, rustix::fs::RenameFlags::EXCHANGE)
        .unwrap();
    fs::read_to_string(&other).unwrap() != read
}

/// Waits until that is so.
fn until(store: &Store, is_so: impl Fn(&Store) -> bool) {
    let start = std::time::Instant::now();
    while !is_so(store) {
        assert!(start.elapsed() < crate::kit::PATIENCE, "it never is");
        thread::sleep(Duration::from_millis(2));
    }
}

fn seen(store: &Store, path: &[&str]) -> String {
    store.refresh();
    text(store, path)
}

#[test]
fn an_edit_by_rename_or_in_place_is_seen_by_the_next_request() {
    // Some at the same time, as between two looks of a server much can happen only while it waits for a processor.
    thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(edits_are_seen))));
}

fn edits_are_seen() {
    let folder = folder();
    let path = file(&folder, "data.json", "{\"n\": 1}");
    let store = open(&path);
    for round in 2..600 {
        let content = format!("{{\"n\": {round}}}");
        match round % 3 {
            0 => save(&path, content),
            1 => fs::write(&path, content).unwrap(),
            _ => {
                fs::remove_file(&path).unwrap();
                fs::write(&path, content).unwrap();
            }
        }
        assert_eq!(seen(&store, &["n"]), round.to_string());
        if round % 4 == 0 {
            commit(&store, &format!("PUT /m {round}")).unwrap();
            assert_eq!(seen(&store, &["m"]), round.to_string());
        }
    }
}

#[test]
fn a_file_that_is_being_written_is_left_alone_until_it_is_closed() {
    let folder = folder();
    let path = file(&folder, "data.json", "{\"kept\": 1}");
    let store = open(&path);
    let mut writer = File::create(&path).unwrap();
    assert_eq!(seen(&store, &["kept"]), "1");
    thread::scope(|scope| {
        let write = scope.spawn(|| commit(&store, "PUT /ours 2"));
        for piece in ["{\"kept\": 3", ", \"more\": [1,", "2]", "}\n"] {
            thread::sleep(Duration::from_millis(60));
            assert_eq!(seen(&store, &["kept"]), "1");
            writer.write_all(piece.as_bytes()).unwrap();
        }
        drop(writer);
        write.join().unwrap().unwrap();
    });
    assert_eq!(seen(&store, &["kept"]), "3");
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"kept\": 3, \"more\": [1,2], \"ours\": 2}\n");
}

#[test]
fn rows_that_are_appended_slowly_are_all_kept() {
    let folder = folder();
    let path = file(&folder, "data.csv", "id,name\n0,ann\n");
    let store = open(&path);
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            // Opened before anything is written, and closed at the end only.
            let mut appending = OpenOptions::new().append(true).open(&path).unwrap();
            for row in 1..=80 {
                thread::sleep(Duration::from_millis(2));
                appending.write_all(format!("{row},row {row}\n").as_bytes()).unwrap();
            }
        });
        for number in 0..6 {
            thread::sleep(Duration::from_millis(20));
            commit(&store, &format!("PUT /0/name \"ours {number}\"")).unwrap();
        }
        writer.join().unwrap();
    });
    store.refresh();
    commit(&store, "PUT /0/name \"last\"").unwrap();
    let found = fs::read_to_string(&path).unwrap();
    (1..=80).for_each(|row| assert!(found.contains(&format!("\n{row},row {row}\n")), "row {row} is lost: {found}"));
    assert!(found.starts_with("id,name\n0,last\n"), "{found}");
}

#[test]
fn what_is_written_to_a_file_that_was_replaced_meanwhile_is_brought_over() {
    let folder = folder();
    let path = file(&folder, "data.csv", "id,name\n0,ann\n");
    let store = open(&path);
    commit(&store, "PUT /0/name \"bob\"").unwrap();
    let mut appending = OpenOptions::new().append(true).open(&path).unwrap();
    commit(&store, "PUT /0/name \"cec\"").unwrap();
    commit(&store, "POST / {\"id\": \"1\", \"name\": \"dan\"}").unwrap();
    appending.write_all(b"7,eva\n").unwrap();
    drop(appending);
    // The kernel tells of it; no request asks for it.
    until(&store, |store| store.view().find(&["7"]).is_ok());
    assert_eq!(fs::read_to_string(&path).unwrap(), "id,name\n0,cec\n7,eva\n1,dan\n");
}

#[test]
fn an_emptied_file_is_not_taken_for_an_empty_document_at_once() {
    for (name, content, put) in
        [("data.json", "{\"a\": 1}", "PUT /b 2"), ("data.csv", "key,value\na,1\n", "PUT /b \"2\"")]
    {
        let folder = folder();
        let path = file(&folder, name, content);
        let store = open(&path);
        File::create(&path).unwrap();
        let refused = commit(&store, put);
        assert!(
            matches!(&refused, Err(Refusal::Storage { reason, full: false }) if reason.contains("empt")),
            "{refused:?}"
        );
        assert!(fs::read(&path).unwrap().is_empty(), "something was put over it");
        assert!(seen(&store, &["a"]).contains('1'));
        fs::write(&path, content.replace('1', "5")).unwrap();
        commit(&store, put).unwrap();
        assert!(seen(&store, &["a"]).contains('5'));
    }
}

#[test]
fn a_fold_never_buries_an_edit() {
    let folder = folder();
    let path = large(&folder);
    let mut store = open(&path);
    let mut random = fastrand::Rng::with_seed(5);
    for round in 1..=12_u32 {
        commit(&store, &format!("PUT /77/n {round}")).unwrap();
        // Folds begin after 300 ms.
        thread::sleep(Duration::from_millis(random.u64(290..340)));
        let is_taken_back = edit(&path, round % 2 == 0, |text| {
            let line = text.lines().find(|line| line.contains("\"id\":99,")).unwrap();
            text.replace(line, &format!("{{\"id\":99,\"name\":\"edited {round}\",\"n\":0,\"pad\":\"....\"}},"))
        });
        if round % 3 == 0 {
            store.close().unwrap();
            store = open(&path);
        }
        // One that falls into the very moment of a fold may be seen a moment later.
        let edited = format!("\"edited {round}\"");
        until(&store, |store| seen(store, &["99", "name"]) == edited);
        let written = if is_taken_back { round - 1 } else { round };
        assert_eq!(seen(&store, &["77", "n"]), written.to_string(), "round {round}");
    }
    drop(store);
    let found = fs::read_to_string(&path).unwrap();
    assert!(found.contains("\"edited 12\""), "{found}");
    assert!(!journal(&path).exists());
}

#[test]
fn where_both_changed_a_value_the_owners_later_word_stays() {
    let folder = folder();
    let path = large(&folder);
    let store = open(&path);
    commit(&store, "PUT /77/n 5").unwrap();
    commit(&store, "MERGE /78 {\"n\": 5, \"name\": \"ours\"}").unwrap();
    let before = fs::read_to_string(&path).unwrap();
    let edited = before
        .replace("number 77\",\"n\":0", "number 77\",\"n\":6")
        .replace("number 78\",\"n\":0", "number 78\",\"n\":7");
    save(&path, edited);
    assert_eq!(seen(&store, &["77", "n"]), "6");
    assert_eq!((seen(&store, &["78", "n"]).as_str(), seen(&store, &["78", "name"]).as_str()), ("7", "\"ours\""));
    drop(store);
    let store = open(&path);
    assert_eq!(text(&store, &["78"]), "{\"id\":78,\"name\":\"ours\",\"n\":7,\"pad\":\"....\"}");
}

#[test]
fn a_file_that_goes_away_and_comes_back_is_served_on() {
    let folder = folder();
    for path in [file(&folder, "a.json", "{\"n\": 1}"), large(&folder)] {
        let store = open(&path);
        let put = |n: u32| if path.ends_with("a.json") { format!("PUT /n {n}") } else { format!("PUT /5/n {n}") };
        commit(&store, &put(2)).unwrap();
        let aside = path.with_extension("aside");
        fs::rename(&path, &aside).unwrap();
        store.refresh();
        let refused = commit(&store, &put(3)).unwrap_err().to_string();
        assert!(refused.contains("gone"), "{refused}");
        fs::rename(&aside, &path).unwrap();
        commit(&store, &put(4)).unwrap();
        store.close().unwrap();
        assert!(
            fs::read_to_string(&path).unwrap().contains(":4") || fs::read_to_string(&path).unwrap().contains(": 4")
        );
        assert!(!journal(&path).exists());
    }
}

#[test]
fn a_link_that_is_pointed_elsewhere_is_followed() {
    let folder = folder();
    for version in ["v1", "v2", "v3"] {
        fs::create_dir(folder.path().join(version)).unwrap();
        fs::write(folder.path().join(version).join("db.json"), format!("{{\"v\": \"{version}\"}}")).unwrap();
    }
    let point = |name: &str, to: &str| {
        symlink(to, folder.path().join("new")).unwrap();
        fs::rename(folder.path().join("new"), folder.path().join(name)).unwrap();
    };
    // As Kubernetes mounts its maps: the file is a link into a folder that is a link.
    point("..data", "v1");
    point("db.json", "..data/db.json");
    let path = folder.path().join("db.json");
    let store = open(&path);
    for version in ["v2", "v3", "v1"] {
        point("..data", version);
        assert_eq!(seen(&store, &["v"]), format!("\"{version}\""));
        commit(&store, &format!("PUT /seen \"{version}\"")).unwrap();
        let content = fs::read_to_string(folder.path().join(version).join("db.json")).unwrap();
        assert!(content.contains(&format!("\"seen\": \"{version}\"")), "{content}");
    }
    assert!(path.is_symlink());
}

#[test]
fn a_link_that_leads_nowhere_has_its_file_made() {
    let folder = folder();
    let path = folder.path().join("db.json");
    symlink("real.json", &path).unwrap();
    let store = open_with(&path, Options { create: true, ..Options::default() }).unwrap();
    commit(&store, "PUT /a 1").unwrap();
    assert!(path.is_symlink());
    assert_eq!(fs::read_to_string(folder.path().join("real.json")).unwrap(), "{\n  \"a\": 1\n}\n");
}

#[test]
fn a_file_with_two_names_in_a_folder_is_served_once() {
    let folder = folder();
    file(&folder, "2024.json", "{\"a\": 1}");
    symlink("2024.json", folder.path().join("latest.json")).unwrap();
    symlink("2024.json", folder.path().join("1.json")).unwrap();
    let mut warnings = Vec::new();
    let source = Source::Files(vec![folder.path().to_owned()]);
    let store = Store::open(source, Options::default(), &mut |notice| {
        if let Notice::Warning { text, .. } = notice {
            warnings.push(text);
        }
    });
    assert_eq!(text(&store.unwrap(), &[]), "{\"2024\":{\"a\": 1}}");
    assert!(warnings.len() == 2 && warnings.iter().all(|text| text.contains("2024.json")), "{warnings:?}");
}

#[test]
fn a_second_server_finds_a_file_that_was_saved_anew_held() {
    let folder = folder();
    let path = file(&folder, "data.json", "{\"n\": 1}");
    let store = open(&path);
    for round in 0..5 {
        save(&path, format!("{{\"n\": {round}}}"));
        let other = open_with(&path, Options::default());
        assert!(matches!(other, Err(OpenError::Locked { .. })), "{other:?}");
        assert_eq!(seen(&store, &["n"]), round.to_string());
        commit(&store, "PUT /ours 1").unwrap();
    }
}

/// A named pipe, made by the program of that name, as there is no safe call for it at hand.
fn pipe(path: &Path) {
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, rustix::fs::Mode::from(0o600), 0).unwrap();
}

#[test]
fn what_is_no_regular_file_is_refused_and_never_hangs() {
    let folder = folder();
    let path = folder.path().join("db.json");
    pipe(&path);
    let error = open_with(&path, Options::default()).unwrap_err().to_string();
    assert!(error.contains("named pipe") && error.contains("regular file"), "{error}");
    fs::remove_file(&path).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let error = open_with(&path, Options::default()).unwrap_err().to_string();
    assert!(error.contains("socket"), "{error}");
    fs::remove_file(&path).unwrap();
    // Put in the file's place while it is served.
    fs::write(&path, "{\"n\": 1}").unwrap();
    let store = open(&path);
    fs::remove_file(&path).unwrap();
    pipe(&path);
    assert_eq!(seen(&store, &["n"]), "1");
    assert!(commit(&store, "PUT /n 2").unwrap_err().to_string().contains("regular file"));
    store.close().unwrap();
    assert!(fs::symlink_metadata(&path).unwrap().file_type().is_fifo(), "the pipe was replaced");
}

#[test]
fn attributes_stay_with_the_file() {
    let folder = folder();
    let path = file(&folder, "data.json", "{\"n\": 1}");
    let set = rustix::fs::setxattr(&path, "user.origin", b"spring", rustix::fs::XattrFlags::empty());
    if set == Err(rustix::io::Errno::NOTSUP) {
        // The file system has none, and so nothing to lose.
        return;
    }
    set.unwrap();
    let store = open(&path);
    commit(&store, "PUT /n 2").unwrap();
    let mut value = [0_u8; 16];
    let length = rustix::fs::getxattr(&path, "user.origin", &mut value).unwrap();
    assert_eq!(&value[..length], b"spring");
    assert_eq!(text(&store, &["n"]), "2");
}

/// A large file with two changes in its journal, as a kill leaves it.
fn killed(folder: &tempfile::TempDir) -> (std::path::PathBuf, String, Vec<u8>) {
    let path = large(folder);
    let before = fs::read_to_string(&path).unwrap();
    let store = open(&path);
    commit(&store, "PUT /77/n 5").unwrap();
    commit(&store, "PUT /78/n 5").unwrap();
    commit(&store, "PUT /79/n 5").unwrap();
    let changes = fs::read(journal(&path)).unwrap();
    store.close().unwrap();
    drop(store);
    fs::write(&path, &before).unwrap();
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(journal(&path))
        .unwrap()
        .write_all(&changes)
        .unwrap();
    (path, before, changes)
}

#[test]
fn a_journal_is_taken_for_its_own_content_only() {
    let folder = folder();
    let (path, before, changes) = killed(&folder);
    let (store, notices) = opened(&path);
    assert_eq!(text(&store.unwrap(), &["79", "n"]), "5");
    assert!(notices.iter().any(|notice| matches!(notice, Notice::Replayed { changes: 3, .. })), "{notices:?}");
    // Edited while nobody served it.
    let edited = before.replacen("\"n\":0", "\"n\":6", 1);
    fs::write(&path, &edited).unwrap();
    fs::write(journal(&path), &changes).unwrap();
    let error = opened(&path).0.unwrap_err();
    assert!(matches!(error, OpenError::Unrelated { changes: 3, .. }), "{error}");
    assert_eq!((fs::read_to_string(&path).unwrap(), fs::read(journal(&path)).unwrap()), (edited, changes));
}

#[test]
fn a_damaged_journal_stops_the_start_and_a_torn_end_does_not() {
    let folder = folder();
    let (path, before, changes) = killed(&folder);
    let put = |text: &[u8]| fs::write(journal(&path), text).unwrap();
    // Any bit of the first records, and none of the last one: that may be what was being written.
    let last = changes.len() - 40;
    for at in (32..last).step_by(3) {
        let mut damaged = changes.clone();
        damaged[at] ^= 4;
        put(&damaged);
        let error = opened(&path).0.unwrap_err().to_string();
        assert!(error.contains(".journal") && error.contains("byte "), "{at}: {error}");
        assert_eq!((fs::read_to_string(&path).unwrap(), fs::read(journal(&path)).unwrap()), (before.clone(), damaged));
    }
    for cut in [1, 7, 20] {
        put(&changes[..changes.len() - cut]);
        let (store, notices) = opened(&path);
        let store = store.unwrap();
        assert_eq!((text(&store, &["78", "n"]), text(&store, &["79", "n"])), ("5".to_owned(), "0".to_owned()));
        let is_said = |notice: &Notice| matches!(notice, Notice::Warning { text, .. } if text.contains("dropped"));
        assert!(notices.iter().any(is_said), "{notices:?}");
        drop(store);
        fs::write(&path, &before).unwrap();
    }
}

#[test]
fn what_is_not_our_journal_is_left_alone() {
    let folder = folder();
    let path = large(&folder);
    fs::write(journal(&path), "dear diary").unwrap();
    let (store, notices) = opened(&path);
    let store = store.unwrap();
    let is_said = |notice: &Notice| matches!(notice, Notice::Warning { text, .. } if text.contains("left alone"));
    assert!(notices.iter().any(is_said), "{notices:?}");
    commit(&store, "PUT /77/n 5").unwrap();
    assert!(fs::read_to_string(&path).unwrap().contains("number 77\",\"n\":5"), "it is saved all the same");
    drop(store);
    assert_eq!(fs::read_to_string(journal(&path)).unwrap(), "dear diary");
    fs::remove_file(journal(&path)).unwrap();
    // A journal that others may write is none that can be trusted.
    let (path, before, changes) = killed(&folder);
    fs::set_permissions(journal(&path), fs::Permissions::from_mode(0o666)).unwrap();
    let (store, notices) = opened(&path);
    assert_eq!(text(&store.unwrap(), &["77", "n"]), "0");
    assert!(notices.iter().any(is_said), "{notices:?}");
    assert_eq!((fs::read_to_string(&path).unwrap(), fs::read(journal(&path)).unwrap()), (before, changes));
    fs::remove_file(journal(&path)).unwrap();
    pipe(&journal(&path));
    let (store, notices) = opened(&path);
    assert!(store.is_ok() && notices.iter().any(is_said), "{notices:?}");
}

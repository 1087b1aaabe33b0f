//! Edits that come by a way that is hard to see: through a file that was replaced, by one of whom the kernel does not
//! tell, over another name.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use httpkit::store::Store;

use crate::kit::PATIENCE;
use crate::store::{commit, file, folder, journal, large, open, text};

const TABLE: &str = "id,name\n0,ann\n";

/// Opens a file as somebody does who will append rows.
fn appending(path: &Path) -> File {
    OpenOptions::new().append(true).open(path).unwrap()
}

/// Waits until a record is there.
fn until_found(store: &Store, id: &str) {
    let start = Instant::now();
    while store.view().find(&[id]).is_err() {
        assert!(start.elapsed() < PATIENCE, "{id} is lost");
        thread::sleep(Duration::from_millis(2));
    }
}

fn seen(store: &Store, path: &[&str]) -> String {
    store.refresh();
    text(store, path)
}

#[test]
fn of_two_who_write_late_both_are_kept() {
    let folder = folder();
    let path = file(&folder, "data.csv", TABLE);
    let store = open(&path);
    let mut first = appending(&path);
    commit(&store, "PUT /0/name \"bob\"").unwrap();
    // This one has opened the file that the late edit of the first one is brought into, by a further one.
    let mut second = appending(&path);
    first.write_all(b"7,eva\n").unwrap();
    drop(first);
    until_found(&store, "7");
    second.write_all(b"8,fay\n").unwrap();
    drop(second);
    until_found(&store, "8");
    assert_eq!(fs::read_to_string(&path).unwrap(), "id,name\n0,bob\n8,fay\n7,eva\n");
}

#[test]
fn who_had_the_file_open_before_the_server_may_write_late_too() {
    let folder = folder();
    let path = file(&folder, "data.csv", TABLE);
    let mut early = appending(&path);
    let store = open(&path);
    commit(&store, "PUT /0/name \"bob\"").unwrap();
    // For longer than somebody may take to open what they have found.
    thread::sleep(Duration::from_millis(1200));
    commit(&store, "PUT /0/name \"cec\"").unwrap();
    early.write_all(b"7,eva\n").unwrap();
    drop(early);
    until_found(&store, "7");
    assert_eq!(fs::read_to_string(&path).unwrap(), "id,name\n0,cec\n7,eva\n");
}

#[test]
fn who_never_closes_the_file_holds_nothing_up_for_long() {
    let folder = folder();
    let path = file(&folder, "data.csv", TABLE);
    let store = open(&path);
    let mut logger = appending(&path);
    for (row, id, name) in [("7,eva\n", "7", "bob"), ("8,fay\n", "8", "cec")] {
        // The first time into the file that is served, the second time into the one that it was.
        logger.write_all(row.as_bytes()).unwrap();
        until_found(&store, id);
        commit(&store, &format!("PUT /0/name \"{name}\"")).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "id,name\n0,cec\n7,eva\n8,fay\n");
    drop(logger);
}

#[test]
fn a_replaced_file_that_is_emptied_takes_nothing_away() {
    let folder = folder();
    let path = file(&folder, "data.csv", TABLE);
    let store = open(&path);
    let late = appending(&path);
    commit(&store, "PUT /0/name \"bob\"").unwrap();
    late.set_len(0).unwrap();
    drop(late);
    commit(&store, "POST / {\"id\": \"1\", \"name\": \"dan\"}").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "id,name\n0,bob\n1,dan\n");
}

#[test]
fn another_name_of_a_replaced_file_is_a_file_of_its_own() {
    let folder = folder();
    let path = file(&folder, "data.json", "{\"n\": 1}");
    let backup = folder.path().join("backup");
    fs::hard_link(&path, &backup).unwrap();
    let store = open(&path);
    commit(&store, "PUT /n 2").unwrap();
    fs::write(&backup, "{\"n\": 9}").unwrap();
    commit(&store, "PUT /m 3").unwrap();
    assert_eq!((seen(&store, &["n"]).as_str(), fs::read_to_string(&backup).unwrap().as_str()), ("2", "{\"n\": 9}"));
    // Brought back, it is what is served, and edited in its place it stays what its owner has made of it.
    fs::write(&backup, "{\"n\": 1}").unwrap();
    fs::rename(&backup, &path).unwrap();
    assert_eq!(seen(&store, &["n"]), "1");
    fs::write(&path, "{\"n\": 1, \"k\": 4}").unwrap();
    assert_eq!(seen(&store, &["k"]), "4");
    thread::sleep(Duration::from_millis(1200));
    fs::write(&path, "{\"n\": 1, \"k\": 5}").unwrap();
    assert_eq!((seen(&store, &["k"]).as_str(), seen(&store, &["n"]).as_str()), ("5", "1"));
}

#[test]
fn many_other_files_in_the_folder_do_not_end_the_wait_for_a_writer() {
    let folder = folder();
    let path = file(&folder, "data.csv", "id,name\n0,ann\n1,bob\n");
    let store = open(&path);
    fs::remove_file(&path).unwrap();
    let mut writer = File::create(&path).unwrap();
    writer.write_all(b"id,name\n0,eva\n").unwrap();
    for number in 0..5000 {
        File::create(folder.path().join(number.to_string())).unwrap();
        if number % 100 == 0 {
            store.refresh();
        }
    }
    assert_eq!(seen(&store, &["0", "name"]), "\"ann\"");
    writer.write_all(b"1,fay\n").unwrap();
    drop(writer);
    assert_eq!(seen(&store, &["1", "name"]), "\"fay\"");
}

#[test]
fn a_strange_journal_stays_and_writes_go_on_after_a_save() {
    let folder = folder();
    let path = large(&folder);
    let save = |from: &str, to: &str| {
        let other = path.with_extension("saved");
        fs::write(&other, fs::read_to_string(&path).unwrap().replace(from, to)).unwrap();
        fs::rename(&other, &path).unwrap();
    };
    for before in [true, false] {
        // There at the start, or only while the file is served.
        let put = || fs::write(journal(&path), "dear diary").unwrap();
        if before {
            put();
        }
        let store = open(&path);
        put();
        save("number 78\"", "number seventy-eight\"");
        commit(&store, "PUT /77/n 5").unwrap();
        assert!(fs::read_to_string(&path).unwrap().contains("number 77\",\"n\":5"), "it is saved all the same");
        save("number 79\"", "number seventy-nine\"");
        commit(&store, "PUT /77/n 6").unwrap();
        store.close().unwrap();
        assert_eq!(fs::read_to_string(journal(&path)).unwrap(), "dear diary");
        assert!(fs::read_to_string(&path).unwrap().contains("number 77\",\"n\":6"));
        fs::remove_file(journal(&path)).unwrap();
    }
}

/// A folder that shows another one, and whose kernel tells nothing of what is written there directly, as with the shared
/// folders of containers and virtual machines.
struct Overlay {
    folder: tempfile::TempDir,
}

impl Overlay {
    fn mount() -> Overlay {
        let folder = folder();
        let place = |name: &str| folder.path().join(name);
        ["lower", "upper", "work", "shown"].iter().for_each(|name| fs::create_dir(place(name)).unwrap());
        let options = ["lower", "upper", "work"].map(|name| format!("{name}dir={}", place(name).display())).join(",");
        let mut command = Command::new("mount");
        command.args(["-t", "overlay", "-o", &options, "overlay"]).arg(place("shown"));
        assert!(command.status().unwrap().success(), "a file system can be mounted");
        Overlay { folder }
    }
}

impl Drop for Overlay {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.folder.path().join("shown")).status();
    }
}

#[test]
#[ignore = "needs root"]
fn who_writes_unseen_is_done_when_the_file_has_stood_still() {
    let overlay = Overlay::mount();
    let (path, behind) = (overlay.folder.path().join("shown/data.csv"), overlay.folder.path().join("upper/data.csv"));
    fs::write(&path, "id,name\n0,ann\n1,bob\n").unwrap();
    let store = open(&path);
    let mut writer = File::create(&behind).unwrap();
    for piece in ["id,name\n", "0,cec\n", "1,dan\n", "2,eva\n"] {
        writer.write_all(piece.as_bytes()).unwrap();
        thread::sleep(Duration::from_millis(150));
        assert_eq!(seen(&store, &["1", "name"]), "\"bob\"", "after {piece:?}");
    }
    drop(writer);
    commit(&store, "PUT /0/name \"fay\"").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "id,name\n0,fay\n1,dan\n2,eva\n");
}

#[test]
fn of_two_appends_one_right_after_the_other_both_are_kept() {
    let folder = folder();
    let path = file(&folder, "data.csv", TABLE);
    let store = open(&path);
    for round in 0..20 {
        // This one has opened the file before it is replaced, the next one has not.
        let mut first = appending(&path);
        commit(&store, &format!("PUT /0/name \"{round}\"")).unwrap();
        first.write_all(format!("{},a\n", 1000 + round).as_bytes()).unwrap();
        drop(first);
        appending(&path).write_all(format!("{},b\n", 2000 + round).as_bytes()).unwrap();
        until_found(&store, &(1000 + round).to_string());
        until_found(&store, &(2000 + round).to_string());
    }
    // What was seen once stays.
    store.refresh();
    for round in 0..20 {
        for id in [1000 + round, 2000 + round] {
            assert!(store.view().find(&[&id.to_string()]).is_ok(), "{id} is lost");
        }
    }
    store.close().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2 + 40);
}

#[test]
fn operations_by_place_do_not_touch_what_the_owner_has_put_there() {
    let folder = folder();
    let path = large(&folder);
    let all = fs::read_to_string(&path).unwrap();
    let owners = all.replacen("[\n", "[\n{\"id\":99999,\"name\":\"owner\",\"n\":7},\n", 1);
    for (patch, gone) in [
        ("[{\"op\":\"remove\",\"path\":\"/0\"}]", true),
        ("[{\"op\":\"replace\",\"path\":\"/0/n\",\"value\":5}]", false),
    ] {
        fs::write(&path, &all).unwrap();
        let store = open(&path);
        commit(&store, &format!("PATCH / {patch}")).unwrap();
        assert!(journal(&path).exists());
        let other = path.with_extension("new");
        fs::write(&other, &owners).unwrap();
        fs::rename(&other, &path).unwrap();
        store.refresh();
        assert_eq!(text(&store, &["99999", "n"]), "7");
        match gone {
            true => assert!(store.view().find(&["0"]).is_err(), "what was acknowledged is made"),
            false => assert_eq!(text(&store, &["0", "n"]), "5"),
        }
        store.close().unwrap();
    }
    // The same by a path, where the elements have no keys.
    let path =
        file(&folder, "items.json", &format!("{{\"pad\":\"{}\",\"items\":[{{\"done\":false}}]}}", "x".repeat(2 << 20)));
    let store = open(&path);
    commit(&store, "MERGE /items/0 {\"done\":true}").unwrap();
    let edited = fs::read_to_string(&path).unwrap().replace("[{", "[{\"owner\":1,\"done\":false},{");
    let other = path.with_extension("new");
    fs::write(&other, &edited).unwrap();
    fs::rename(&other, &path).unwrap();
    store.refresh();
    assert_eq!(text(&store, &["items", "0", "done"]), "false");
}

#[test]
fn the_end_says_what_is_in_the_journal_only() {
    let folder = folder();
    let path = large(&folder);
    let store = open(&path);
    commit(&store, "PUT /77/n 5").unwrap();
    fs::write(&path, "[{\"id\": 1,").unwrap();
    let error = store.close().unwrap_err().to_string();
    assert!(error.contains("large.json") && journal(&path).exists(), "{error}");
}

#[test]
fn rights_that_are_taken_away_while_a_new_file_is_prepared_stay_away() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let path = large(&folder);
    let store = open(&path);
    for round in 0..12 {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        commit(&store, &format!("PUT /77/n {round}")).unwrap();
        let start = Instant::now();
        // The new file is prepared some time after a change; the rights change at another moment each time.
        thread::sleep(Duration::from_millis(290 + 2 * round));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        while journal(&path).exists() {
            assert!(start.elapsed() < PATIENCE, "it is never folded");
            thread::sleep(Duration::from_millis(2));
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "round {round}");
    }
}

#[test]
fn records_without_keys_are_kept_too_each_of_them_once() {
    let folder = folder();
    let path = file(&folder, "data.ndjson", "{\"x\":0}\n");
    let store = open(&path);
    let mut first = appending(&path);
    commit(&store, "POST / {\"y\":1}").unwrap();
    let mut second = appending(&path);
    commit(&store, "POST / {\"y\":2}").unwrap();
    for (file, name) in [(&mut first, "a"), (&mut second, "b")] {
        file.write_all(format!("{{\"{name}\":1}}\n").as_bytes()).unwrap();
    }
    drop(first);
    let until = |count: usize| {
        let start = Instant::now();
        while fs::read_to_string(&path).unwrap().lines().count() < count {
            assert!(start.elapsed() < PATIENCE, "{}", fs::read_to_string(&path).unwrap());
            store.refresh();
        }
    };
    until(4);
    drop(second);
    until(5);
    store.close().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["{\"a\":1}", "{\"b\":1}", "{\"x\":0}", "{\"y\":1}", "{\"y\":2}"], "{text}");
}

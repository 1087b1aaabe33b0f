//! The page in a browser, as people use it: each story in `tests/page/` is told to a headless Chromium over the DevTools
//! protocol.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

use crate::kit::{self, Serve, ServeBuilder, clean, serve};

/// The driver of the browser, and the checker of accessibility.
static PACKAGES: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = TempDir::new().unwrap();
    let packages =
        ["install", "--silent", "--no-audit", "--no-fund", "puppeteer-core@24", "axe-core@4", "typescript@5"];
    let npm = Command::new("npm").args(packages).current_dir(folder.path()).output().unwrap();
    assert!(npm.status.success(), "{npm:?}");
    folder
});

fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    clean(&mut command);
    command.arg(kit::project().join("tests/page").join(script)).env("PACKAGES", PACKAGES.path());
    command
}

/// Tells a story to a browser before that server.
fn tell(serve: &Serve, script: &str, arguments: &[&str]) -> String {
    let output = node(script).arg(serve.url()).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    eprint!("{said}");
    said
}

const POSTS: &str = r#""posts": [{"id": 1, "title": "a", "views": 10}, {"id": 2, "title": "b", "views": 2.50}, {"id": 3, "title": "c", "views": 7}]"#;

fn posts() -> ServeBuilder {
    serve().file("db.json", format!("{{\n  {POSTS},\n  \"color\": \"red\"\n}}\n"))
}

fn people(count: usize) -> String {
    let person = |number: usize| {
        let at = number - 1;
        format!(r#"{{"id": {number}, "name": "person {at}", "age": {}, "address": {{"city": "Town {at}"}}}}"#, at % 50)
    };
    format!("\"people\": [{}]", (1..=count).map(person).collect::<Vec<_>>().join(",\n"))
}

#[test]
#[ignore = "needs npm"]
fn the_modules_have_types() {
    let tsc = PACKAGES.path().join("node_modules/.bin/tsc");
    let output = Command::new(tsc).arg("-p").arg(kit::project().join("src/page/jsconfig.json")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[ignore = "needs chromium and npm"]
fn open_filter_sort_and_page() {
    let serve = serve().file("db.json", format!("{{{}, {POSTS}}}", people(250))).start();
    tell(&serve, "look.mjs", &[]);
}

#[test]
#[ignore = "needs chromium and npm"]
fn whatever_has_a_url_is_shown() {
    let json = r#"{
        "posts": [{"id": 1, "title": "a", "views": 10}, {"id": 2, "title": "b"}],
        "comments": [{"id": 1, "postId": 1, "body": "hello"}, {"id": 2, "postId": 1, "body": "again"}],
        "words": ["first", "second"],
        "profile": {"name": "Ann", "age": 4.50, "none": null}
    }"#;
    let site = TempDir::new().unwrap();
    std::fs::write(site.path().join("note.txt"), "<b>plain</b>").unwrap();
    std::fs::write(site.path().join("picture.png"), b"\x89PNG\r\n\x1a\n\0\0").unwrap();
    let serve = serve().file("db.json", json).argument("--static").argument(site.path()).start();
    tell(&serve, "answers.mjs", &[]);
}

#[test]
#[ignore = "needs chromium and npm"]
fn edit_delete_undo_and_meet_what_others_wrote() {
    let serve = posts().start();
    tell(&serve, "edit.mjs", &[]);
    let text = serve.read("db.json");
    assert!(text.starts_with("{\n  \"posts\": [{\"id\": 1, \"title\": \"typed over\", \"views\": 10},"), "{text}");
}

#[test]
#[ignore = "needs chromium and npm"]
fn paste_rows_and_drop_files() {
    let serve = serve()
        .file("people.json", r#"[{"id": 1, "name": "first", "city": "Rome"}]"#)
        .file("codes.csv", "code,name\n001,first\n")
        .start();
    tell(&serve, "bring.mjs", &[]);
    assert_eq!(serve.read("codes.csv"), "code,name\n001,first\n007,bond\n008,\n");
}

#[test]
#[ignore = "needs chromium and npm"]
fn changes_of_others_are_followed() {
    tell(&posts().start(), "live.mjs", &[]);
}

#[test]
#[ignore = "needs chromium and npm"]
fn an_exchange_in_the_drawer_is_that_of_the_journal() {
    let serve = posts().start();
    let said = tell(&serve, "drawer.mjs", &[]);
    // What was copied is sent by curl as it stands, with the tag of a state that is over.
    let curl = said.lines().find_map(|line| line.strip_prefix("curl: ")).unwrap();
    let output =
        Command::new("bash").args(["-c", &format!("{curl} -q -s -o /dev/null -w '%{{http_code}}'")]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "412", "{curl}");
}

#[test]
#[ignore = "needs chromium and npm"]
fn nobody_is_shut_out() {
    let long = "x".repeat(300);
    let others = format!(r#""empty": [], "emptyobj": {{}}, "a_long_value": "{long}""#);
    let serve = serve().file("db.json", format!("{{{}, {others}}}", people(30))).start();
    tell(&serve, "axe.mjs", &[]);
}

#[test]
#[ignore = "needs chromium and npm"]
fn odd_data_is_shown_as_text_and_can_be_edited() {
    let markup = "<img src=x onerror=alert(1)><script>alert(2)</script>";
    let odd = format!(
        "{{\"id\": 1, \"__proto__\": \"{markup}\", \"\": \"e\", \"a/b\": \"\u{202e}right to left\u{202c} שלום\", \"a.b\": \"d\", \"2024\": \"n\", \"constructor\": \"c\", \"{markup}\": \"m\"}}"
    );
    let keys = ["a/b", "..", ".", "", "__proto__", "ü%2F?#&"];
    let keys = keys.map(|key| format!("\"{key}\": {{\"v\": \"x\"}}")).join(", ");
    let columns: Vec<String> = (0..300).map(|number| format!("\"c{number}\": \"{number}\"")).collect();
    let long = "x".repeat(100_000);
    let json = format!(
        "{{\"odd\": [{odd}, {{\"id\": 2}}], \"keys\": {{{keys}}}, \"long\": [{{\"id\": 1, \"text\": \"{long}\"}}], \"wide\": [{{\"id\": 1, {}}}]}}",
        columns.join(", ")
    );
    tell(&serve().file("db.json", json).start(), "hostile.mjs", &[]);
}

#[test]
#[ignore = "needs chromium and npm"]
fn read_only_and_token_are_said_and_kept_to() {
    tell(&posts().argument("--read-only").start(), "modes.mjs", &["readonly"]);
    tell(&posts().argument("--token").argument("s3cret").start(), "modes.mjs", &["token"]);
    let reads_open = posts().argument("--token").argument("s3cret").argument("--access").argument("reads:open");
    tell(&reads_open.start(), "modes.mjs", &["openreads"]);
}

#[test]
#[ignore = "needs chromium and npm"]
fn files_beside_each_other_can_be_changed() {
    let serve = posts().file("codes.csv", "code,name\n001,a\n002,b\n003,c\n").start();
    tell(&serve, "modes.mjs", &["several"]);
    assert_eq!(serve.read("codes.csv"), "code,name\n001,a\n002,b\n003,c\n");
}

#[test]
#[ignore = "needs chromium and npm"]
fn a_server_that_goes_away_is_waited_for() {
    let serve = posts().start();
    let port = serve.address().port().to_string();
    let mut command = node("modes.mjs");
    command.arg(serve.url()).arg("offline").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut story = command.spawn().unwrap();
    let mut lines = BufReader::new(story.stdout.take().unwrap()).lines();
    let mut hear = |expected: &str| assert_eq!(lines.next().unwrap().unwrap(), expected);
    hear("stop");
    let folder = serve.stop_and_keep();
    let mut go_on = story.stdin.take().unwrap();
    go_on.write_all(b"gone\n").unwrap();
    hear("start");
    let again = server_at(folder.path(), &port);
    go_on.write_all(b"back\n").unwrap();
    assert!(story.wait().unwrap().success());
    drop(again);
}

/// A server at that port, ended with the value.
struct AtPort(std::process::Child);

impl Drop for AtPort {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn server_at(folder: &Path, port: &str) -> AtPort {
    let mut command = Command::new(kit::PROGRAM);
    clean(&mut command);
    command.args(["serve", "db.json", "--port", port]).current_dir(folder);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("http://"), "{line}");
    AtPort(child)
}

/// 60 MB of CSV, and ten times as many records in as many bytes.
#[test]
#[ignore = "needs chromium and npm"]
fn a_large_table_is_on_the_screen_at_once() {
    for (records, width, most) in [(100_000, 550, "1000"), (1_000_000, 30, "2000")] {
        let mut text = "id,name,text\n".to_owned();
        for number in 1..=records {
            let _ = writeln!(text, "{number},name {number},{number:0width$}");
        }
        let serve = serve().file("large.csv", text).argument("--no-save").start();
        tell(&serve, "large.mjs", &[most, &records.to_string()]);
    }
}

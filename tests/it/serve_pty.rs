//! What a person at a real terminal sees of `serve`.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::kit::{self, Wire};
use crate::screen::Screen;

#[test]
fn a_bar_shows_how_far_a_large_file_is_loaded_and_makes_way_for_what_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<String> = (0..200_000).map(|id| format!("{{\"id\":{id},\"text\":\"{id:040}\"}}")).collect();
    let path = folder.path().join("large.json");
    std::fs::write(&path, format!("[{}]", records.join(","))).unwrap();
    let (mut screen, side) = Screen::open();
    let mut command = Command::new(kit::PROGRAM);
    kit::clean(&mut command);
    command.env("TERM", "xterm").args(["serve", "--port", "0"]).arg(&path).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(side).spawn().unwrap();
    // So that the program alone holds the terminal.
    drop(command);
    screen.until("200000 records, loaded in");
    let mut first_line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first_line).unwrap();
    assert!(first_line.starts_with("http://"), "{first_line}");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let status = child.wait().unwrap();
    assert!(status.success(), "{status}");
    let shown = screen.rest();
    let bars: Vec<&str> = shown.split("\u{1b}[").filter(|part| part.contains(" %")).collect();
    assert!(bars.len() > 2, "{shown:?}");
    let share =
        |bar: &&str| bar.rsplit("] ").next().unwrap().trim_end().trim_end_matches(" %").parse::<usize>().unwrap();
    let shares: Vec<usize> = bars.iter().map(share).collect();
    assert!(shares.is_sorted() && shares.iter().all(|share| *share <= 100), "{shares:?}");
    assert!(bars.iter().all(|bar| bar.contains("loading '") && bar.contains("large.json' [")), "{shown:?}");
    // The line is empty before anything else is written to it.
    let (bars, _) = shown.split_once("httpkit: serving '").unwrap();
    assert!(bars.rsplit(" %").next().unwrap().contains("\u{1b}[2K"), "{shown:?}");
}

/// A server on a terminal, which shows what it says and where it listens.
fn at_a_terminal(folder: &Path, arguments: &[&str]) -> (Screen, Child, SocketAddr) {
    let (screen, side) = Screen::open();
    let mut command = Command::new(kit::PROGRAM);
    kit::clean(&mut command);
    command.env("TERM", "xterm").args(["serve", "--port", "0"]).args(arguments).current_dir(folder);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(side).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("http://").unwrap().strip_suffix('/').unwrap().parse().unwrap();
    (screen, child, address)
}

#[test]
fn a_person_is_greeted_and_told_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db.json");
    std::fs::write(&path, kit::example("db.json")).unwrap();
    let (mut screen, mut child, address) = at_a_terminal(folder.path(), &["db.json", "--color", "never"]);
    screen.until("ends the server\n");
    let mut wire = Wire::connect(address);
    wire.send("GET /posts/1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(wire.answer(false).status(), 200);
    screen.until(" ms\n");
    kit::write_in_place(&path, "{\"a\": 1,\n\n x}");
    screen.until("last good state\n");
    kit::write_in_place(&path, "{\"a\": 2}");
    screen.until("reloaded\n");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
    let shown = screen.rest();
    let mut lines = shown.lines();
    let first = lines.next().unwrap();
    assert!(first.starts_with("httpkit: serving 'db.json' at /: 2 collections, loaded in "), "{shown}");
    assert_eq!(lines.next().unwrap(), format!("  http://{address}/posts     3 records"));
    assert_eq!(lines.next().unwrap(), format!("  http://{address}/comments  3 records"));
    let short = format!("httpkit: try 'httpkit :{}/posts', or open a URL in a browser", address.port());
    assert!(lines.next().unwrap().starts_with(&short), "{shown}");
    let logged = lines.next().unwrap();
    let (before, time) = logged.split_once("\"GET /posts/1 HTTP/1.1\" 200 124  ").unwrap();
    assert!(before.starts_with("127.0.0.1 - - [") && time.ends_with(" ms"), "{shown}");
    let broken = "httpkit: warning: 'db.json', line 3, column 2: expected a member name in double quotes; still serving the \
                  last good state";
    assert_eq!(lines.next(), Some(broken), "{shown}");
    assert_eq!(lines.next(), Some("httpkit: 'db.json' reloaded"), "{shown}");
    assert_eq!(lines.next(), None);
}

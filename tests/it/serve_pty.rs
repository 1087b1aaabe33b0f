//! What a person at a real terminal sees of `serve`.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::kit;
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

//! How long the program takes to start: `--dry-run` against an empty process of the same size, interleaved, as a ratio.
//!
//! The empty process is this one: it holds all of the library, linked as the program is, and returns at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a program of its own, which prints")]

use std::process::ExitCode;

#[path = "../request/measure.rs"]
mod measure;
use httpkit::cli::{self, Terminal};
use measure::{Installed, interleaved};

/// How many times each is done.
const ROUNDS: usize = 300;
/// A request that names everything and needs nothing.
const URL: &str = "http://127.0.0.1:1/";

fn main() -> ExitCode {
    match std::env::args_os().nth(1).as_deref().and_then(|word| word.to_str()) {
        Some("empty") => ExitCode::SUCCESS,
        // Nobody asks for it, but the linker cannot know.
        Some("request") => ExitCode::from(cli::run(std::env::args_os(), &mut Terminal::of_process())),
        _ => {
            compare();
            ExitCode::SUCCESS
        }
    }
}

fn compare() {
    let Installed { httpkit, this, .. } = &Installed::new();
    let empty = [this, "empty"];
    let dry = [httpkit, "request", "--dry-run", URL];
    let version = [httpkit, "--version"];
    let times = interleaved(ROUNDS, [&empty, &dry, &version]);
    println!("a whole process, median of {ROUNDS}");
    for (name, time) in ["empty", "dry-run", "version"].into_iter().zip(times) {
        println!("  {name:8} {:7.3} ms   {:5.2} x empty (goal of dry-run 1.10)", time * 1e3, time / times[0]);
    }
    let size = |path: &str| std::fs::metadata(path).unwrap().len();
    println!("binary: {} bytes (goal 7000000), this one: {}", size(httpkit), size(empty[0]));
}

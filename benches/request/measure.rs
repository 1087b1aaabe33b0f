//! Whole processes, measured from outside.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The programs that are compared, as they are installed: copied. What a linker has just written lies in memory in smaller
/// pieces than what was copied or read from a disk, and takes up to a third longer to start.
pub(crate) struct Installed {
    _folder: tempfile::TempDir,
    /// The program.
    pub(crate) httpkit: String,
    /// This bench, which plays the raw client and the empty process.
    pub(crate) this: String,
}

impl Installed {
    pub(crate) fn new() -> Installed {
        let folder = tempfile::tempdir().unwrap();
        let install = |from: &Path, name: &str| {
            let to = folder.path().join(name);
            std::fs::copy(from, &to).unwrap();
            to.to_str().unwrap().to_owned()
        };
        let httpkit = install(Path::new(env!("CARGO_BIN_EXE_httpkit")), "httpkit");
        let this = install(&std::env::current_exe().unwrap(), "this");
        Installed { _folder: folder, httpkit, this }
    }
}

/// The median time in seconds of each of these command lines, run in turn so many times: A B C A B C ...
pub(crate) fn interleaved<const N: usize>(rounds: usize, lines: [&[&str]; N]) -> [f64; N] {
    sorted(rounds, lines).map(|times| times[times.len() / 2])
}

/// All times of each of these command lines, the shortest first, which other work on the machine moves the least.
pub(crate) fn sorted<const N: usize>(rounds: usize, lines: [&[&str]; N]) -> [Vec<f64>; N] {
    let mut times: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for (times, words) in times.iter_mut().zip(&lines) {
            times.push(run(words).as_secs_f64());
        }
    }
    times.iter_mut().for_each(|times| times.sort_by(f64::total_cmp));
    times
}

fn run(words: &[&str]) -> Duration {
    let started = Instant::now();
    let mut command = Command::new(words[0]);
    let status = command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.expect(words[0]);
    assert!(status.success(), "{words:?}: {status}");
    started.elapsed()
}

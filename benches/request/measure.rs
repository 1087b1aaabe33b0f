//! Whole processes, measured from outside.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The median time in seconds of each of these command lines, run in turn so many times: A B C A B C ...
pub(crate) fn interleaved<const N: usize>(rounds: usize, lines: [&[&str]; N]) -> [f64; N] {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for (times, words) in times.iter_mut().zip(&lines) {
            times.push(run(words));
        }
    }
    times.map(median)
}

fn run(words: &[&str]) -> Duration {
    let started = Instant::now();
    let mut command = Command::new(words[0]);
    let status = command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.expect(words[0]);
    assert!(status.success(), "{words:?}: {status}");
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

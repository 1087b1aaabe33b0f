//! What each view of the exchange costs, and each file that something is written to.

use std::fs;
use std::net::SocketAddr;

use crate::measure::sorted;

const GOAL: f64 = 1.3;
/// The options, in which `FILE` stands for a file of their own that holds what the run before has written.
const OPTIONS: [&[&str]; 12] = [
    &[],
    &["-v"],
    &["--trace", "FILE"],
    &["--wire"],
    &["--explain"],
    &["--timing"],
    &["--har", "FILE"],
    &["--pcap", "FILE"],
    &["-o", "FILE"],
    &["-D", "FILE"],
    &["-c", "FILE"],
    &["--stderr", "FILE"],
];

/// A small GET with each of them, as a ratio to one with none.
pub(crate) fn small(httpkit: &str, address: SocketAddr, rounds: usize) {
    let folder = std::env::temp_dir().join(format!("httpkit-views-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let url = format!("http://{address}/");
    let lines = OPTIONS.map(|options| {
        let file = folder.join(options.first().unwrap_or(&"").trim_matches('-')).display().to_string();
        let mut line = [httpkit, "request", "-s", &url].map(str::to_owned).to_vec();
        line.extend(options.iter().map(|option| option.replace("FILE", &file)));
        line
    });
    let lines = lines.each_ref().map(|line| line.iter().map(String::as_str).collect::<Vec<_>>());
    let times = sorted(rounds, lines.each_ref().map(Vec::as_slice)).map(|times| [times[times.len() / 2], times[0]]);
    println!("small GET with and without each view, x without: median and shortest of {rounds} (goal {GOAL})");
    for (options, [median, least]) in OPTIONS.iter().zip(times) {
        let name = options.first().unwrap_or(&"without");
        let ratios = [median / times[0][0], least / times[0][1]];
        let mark = if ratios.iter().all(|ratio| *ratio > GOAL) { "   too much" } else { "" };
        println!("  {name:9} {:7.3} ms   {:5.2} x   {:5.2} x{mark}", median * 1e3, ratios[0], ratios[1]);
    }
    fs::remove_dir_all(&folder).unwrap();
}

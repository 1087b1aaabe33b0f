//! What current curl does with a command line, where curl of older systems does something else or refuses it: written down
//! in `current_curl.txt` from curl 8.22, so that no curl is needed here.
//!
//! `HTTPKIT_CURL=/path/to/curl` in the environment writes the file anew from that curl. A line that begins with `!` is what
//! `request` does otherwise on purpose, as the README says; it is not compared.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::kit;
use crate::request_like_curl::{Seen, collect, prepare, run};

const TABLE: &str = include_str!("current_curl.txt");

/// The options that curl 8.22 has and older curls lack.
const NEW: &str = "\
    ca-native dump-ca-embed ech follow haproxy-clientip ip-tos ipfs-gateway httpsig-key httpsig-keyid \
    httpsig-algo httpsig-headers keepalive-cnt knownhosts mptcp out-null parallel-max-host proxy-ca-native proxy-http2 proxy-http3 show-headers sigalgs skip-existing \
    ssl-sessions tls-earlydata trace-config trace-ids upload-flags variable vlan-priority";

/// One line for each thing that was seen: the status, the wire, standard output, and files that are new or changed.
fn shown(seen: &Seen) -> String {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let mut old = BTreeMap::new();
    collect(folder.path(), folder.path(), &mut old, &|bytes| String::from_utf8_lossy(bytes).into_owned());
    let mut shown = String::new();
    writeln!(shown, "  {}", seen.status).unwrap();
    for (what, text) in [("sent", &seen.wire), ("stdout", &seen.stdout)] {
        if !text.is_empty() {
            writeln!(shown, "  {what} {text:?}").unwrap();
        }
    }
    for (name, text) in seen.files.iter().filter(|(name, text)| old.get(*name) != Some(*text)) {
        writeln!(shown, "  file {name} {text:?}").unwrap();
    }
    shown
}

/// The rows of the table: peer and command line, and what was seen.
fn rows() -> Vec<(&'static str, String)> {
    let mut rows: Vec<(&str, String)> = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty()) {
        match (line.starts_with("  "), rows.last_mut()) {
            (true, Some((_, seen))) => writeln!(seen, "{line}").unwrap(),
            _ => rows.push((line, String::new())),
        }
    }
    rows
}

#[test]
fn a_command_line_means_what_it_means_to_current_curl() {
    let rows = rows();
    let curl = std::env::var("HTTPKIT_CURL").ok();
    let (mut different, mut written) = (Vec::new(), String::new());
    for (head, expected) in &rows {
        let (name, line) = head.trim_start_matches('!').split_once(" $ ").unwrap();
        if let Some(curl) = &curl {
            write!(written, "{head}\n{}", shown(&run(&[curl, "-q"], name, line))).unwrap();
        } else if !head.starts_with('!') {
            let seen = shown(&run(&[kit::PROGRAM, "request"], name, line));
            if seen != *expected {
                different.push(format!("{head}\n expected\n{expected} seen\n{seen}"));
            }
        }
    }
    if curl.is_some() {
        std::fs::write(kit::project().join("tests/it/current_curl.txt"), written).unwrap();
    }
    assert!(rows.len() > 150 || curl.is_some(), "{}", rows.len());
    assert!(different.is_empty(), "{} of {}\n{}", different.len(), rows.len(), different.join("\n"));
}

#[test]
fn no_option_of_current_curl_is_unknown_or_taken_for_another() {
    let help = kit::httpkit(&["request", "--help"]).output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap();
    for name in NEW.split_whitespace() {
        let output = kit::httpkit(&["request", &format!("--{name}"), "1"]).output().unwrap();
        let is_refused = String::from_utf8_lossy(&output.stderr).contains("is not built in");
        // The new name of --include, which no help mentions.
        let is_known = name == "show-headers"
            || help.split_whitespace().any(|word| word.trim_end_matches('.') == format!("--{name}"));
        assert_ne!(is_refused, is_known, "{name}");
    }
}

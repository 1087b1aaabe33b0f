//! `request --timing`: what it says of the time, and that it is the time.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::Value;

use crate::kit;
use crate::recorder::{Act, Recorder, ok, redirect};
use crate::request::request;
use crate::request_tls::{serve, signed};
use crate::screen::Screen;

/// The rows of `--timing=json`, and what stands on standard output.
fn timed(arguments: &[&str]) -> (Vec<Value>, String) {
    let run = request(&[&["-s", "--timing=json"], arguments].concat()).assert();
    let output = run.get_output();
    let rows: Value = serde_json::from_slice(&output.stderr).unwrap();
    (rows.as_array().unwrap().clone(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The names of the phases that a row has.
fn phases(row: &Value) -> String {
    let phases = row["phases"].as_object().unwrap();
    phases.iter().filter(|(_, time)| !time.is_null()).map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ")
}

fn microseconds(row: &Value, phases: &[&str]) -> u64 {
    phases.iter().map(|phase| row["phases"][phase].as_u64().unwrap_or(0)).sum()
}

#[test]
fn the_phases_are_the_whole_and_agree_with_the_times_of_w() {
    let peer = Recorder::start(vec![ok("abc")]);
    let format = "%{time_namelookup} %{time_connect} %{time_posttransfer} %{time_starttransfer} %{time_total}";
    let (rows, said) = timed(&[&peer.url("/x"), "-d", "data", "-o", "/dev/null", "-w", format]);
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    let said: Vec<u64> = said.split(' ').map(|time| (time.parse::<f64>().unwrap() * 1e6).round() as u64).collect();
    assert_eq!(phases(row), "dns tcp send wait receive");
    for (at, until) in [&["dns"][..], &["dns", "tcp"], &["dns", "tcp", "send"], &["dns", "tcp", "send", "wait"]]
        .into_iter()
        .enumerate()
    {
        assert_eq!(microseconds(row, until), said[at], "{until:?} {row} {said:?}");
    }
    let total = microseconds(row, &["dns", "tcp", "send", "wait", "receive"]);
    assert_eq!(row["total"], total);
    assert!(total <= said[4], "{row} {said:?}");
    assert_eq!((&row["method"], &row["status"], &row["reused"]), (&"POST".into(), &200.into(), &false.into()));
    assert_eq!(row["bytes_sent"], peer.connections()[0].len());
    assert_eq!(row["bytes_received"], "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc".len());
}

#[test]
fn each_hop_and_attempt_has_a_row_and_a_kept_connection_no_handshakes() {
    let script = [redirect(302, "/b"), ok("x")].concat();
    let peer = Recorder::start(vec![script]);
    let (rows, _) = timed(&["-L", &peer.url("/a")]);
    let told: Vec<String> =
        rows.iter().map(|row| format!("{} {} {}", row["status"], row["reused"], phases(row))).collect();
    assert_eq!(told, ["302 false dns tcp send wait receive", "200 true send wait receive"]);
    assert!(rows[1]["start"].as_u64() >= Some(rows[0]["start"].as_u64().unwrap() + rows[0]["total"].as_u64().unwrap()));

    let unavailable = Act::Write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".to_vec());
    let peer = Recorder::start(vec![vec![Act::Read, unavailable], ok("x")]);
    let (rows, _) = timed(&["--retry", "1", "--retry-delay", "0.2", &peer.url("/a")]);
    let told: Vec<String> = rows.iter().map(|row| row["status"].to_string()).collect();
    assert_eq!(told, ["503", "200"]);
    // The wait between attempts belongs to none of them.
    assert!(rows[0]["total"].as_u64() < Some(200_000), "{rows:?}");
    assert!(rows[1]["start"].as_u64() > Some(200_000), "{rows:?}");
}

#[test]
fn what_fails_is_told_with_the_phase_that_it_failed_in() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = Recorder::start(vec![vec![Act::Read, Act::Hang]]);
    for (url, expected) in [
        (format!("http://{closed}/"), "dns tcp"),
        ("http://no-such-host.invalid/".to_owned(), "dns"),
        (silent.url("/"), "dns tcp send wait"),
    ] {
        let (rows, _) = timed(&["-m", "0.5", &url]);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(phases(row), expected, "{row}");
        assert!(row["status"].is_null() && !row["error"].as_str().unwrap().is_empty(), "{row}");
        assert_eq!(row["total"], microseconds(row, &["dns", "tcp", "send", "wait"]), "{row}");
    }
}

#[test]
fn tls_and_proxies_are_phases_of_their_own() {
    let (authority, made) = signed(&rcgen::CertificateParams::new(vec!["localhost".into()]).unwrap());
    let folder = tempfile::TempDir::new().unwrap();
    let trusted = folder.path().join("ca.pem");
    std::fs::write(&trusted, authority).unwrap();
    let url = format!("https://localhost:{}/", serve(&made, None).port());
    let (rows, _) = timed(&["--cacert", trusted.to_str().unwrap(), &url]);
    assert_eq!(phases(&rows[0]), "dns tcp tls send wait receive");
    assert!(rows[0]["phases"]["tls"].as_u64() > Some(100), "{rows:?}");

    let opened = b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec();
    let tunnel = [vec![Act::Read, Act::Write(opened.clone())], ok("x")].concat();
    let proxy = Recorder::start(vec![tunnel]);
    let (rows, _) = timed(&["-p", "-x", &proxy.address.to_string(), "http://h/"]);
    assert_eq!(phases(&rows[0]), "dns tcp proxy send wait receive");
    // The request for the tunnel is counted among the bytes.
    assert_eq!(rows[0]["bytes_sent"], proxy.connections()[0].len());

    let granted = vec![Act::Take(9), Act::Write(vec![0, 90, 0, 0, 0, 0, 0, 0])];
    let socks = Recorder::start(vec![[granted, ok("x")].concat()]);
    let (rows, _) = timed(&["--socks4", &socks.address.to_string(), "http://127.0.0.1:8080/"]);
    assert_eq!(phases(&rows[0]), "dns tcp proxy send wait receive");

    let refusal = b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".to_vec();
    let proxy = Recorder::start(vec![vec![Act::Read, Act::Write(refusal)]]);
    let (rows, _) = timed(&["-p", "-x", &proxy.address.to_string(), "http://h/"]);
    assert_eq!(phases(&rows[0]), "dns tcp proxy", "{rows:?}");
}

#[test]
fn transfers_at_once_are_rows_of_one_picture() {
    let peer = Recorder::start(vec![ok("x"), ok("y")]);
    let (rows, _) = timed(&["-Z", &peer.url("/[1-2]"), "--next", &peer.url("/3")]);
    assert_eq!(rows.len(), 3);
    let starts: Vec<u64> = rows.iter().map(|row| row["start"].as_u64().unwrap()).collect();
    assert!(starts.is_sorted(), "{rows:?}");
}

#[test]
fn it_changes_nothing_of_the_output_and_says_nothing_where_nothing_is_sent() {
    let peer = Recorder::start(vec![ok("abc")]);
    let run = request(&["-s", "--timing", &peer.url("/")]).assert().success().stdout("abc");
    let rows = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(rows.starts_with(&format!("GET {} 200 ", peer.url("/"))) && rows.contains(" B up  41 B down\n"), "{rows}");
    request(&["--timing", "--dry-run", &peer.url("/")]).assert().success().stderr("");
    request(&["--timing=yes", &peer.url("/")]).assert().code(2);
    request(&["--timing", "--dialect", "comma", "127.0.0.1:1"]).assert().code(2);
}

#[test]
fn it_reads_well_on_terminals_of_80_and_140_columns() {
    for columns in [80, 140] {
        let long = "/a-longer-path-than-fits/into/a/row/of/eighty/columns/of/a/terminal";
        let peer = Recorder::start(vec![[redirect(302, long), ok("x")].concat()]);
        let (screen, side) = Screen::open();
        tcsetwinsize(&side, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let mut command = Command::new(kit::PROGRAM);
        kit::clean(&mut command);
        command.env("TERM", "xterm").args(["request", "-sL", "--timing", &peer.url("/")]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(side).spawn().unwrap();
        drop(command);
        assert!(child.wait().unwrap().success());
        let shown = screen.rest();
        let plain = crate::explain::plain(&shown);
        assert!(plain.lines().all(|line| line.chars().count() < usize::from(columns)), "{columns}\n{plain}");
        let bars = plain.lines().filter(|line| line.ends_with('|')).count();
        // Beside the numbers where there is room, else on a line of their own.
        let beside = plain.lines().filter(|line| line.ends_with('|') && line.contains("wait")).count();
        assert_eq!((bars, beside), (2, if columns == 140 { 2 } else { 0 }), "{plain}");
        assert!(plain.contains("\n  over connection 0 from before\n"), "{plain}");
        assert!(shown.contains("m>\u{1b}[0m send"), "{shown}");
    }
}

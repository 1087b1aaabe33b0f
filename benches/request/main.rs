//! A whole `request` process against curl and against a client of a few lines over a raw socket, interleaved, as ratios.
//!
//! `cargo bench --bench request` measures a small GET, without and with each view of the exchange, and through a proxy; with
//! `-- large` it also moves 1 GB down to a file, to nowhere, through a proxy and up from a file. Absolute times depend on the
//! machine; the ratios are what counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a program of its own, which prints")]

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

mod measure;
mod proxy;
mod views;
use measure::{Installed, interleaved};

/// How many times each small thing is done.
const ROUNDS: usize = 200;
/// How many times each large thing is done.
const LARGE_ROUNDS: usize = 3;
const GIGABYTE: u64 = 1 << 30;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // The program itself is the raw client, so that both pay for a process.
    if let [_, raw, address, proxy @ ..] = arguments.as_slice()
        && raw == "raw"
    {
        return raw_client(address, proxy.first());
    }
    let address = serve();
    let installed = Installed::new();
    small(&installed, address);
    views::small(&installed.httpkit, address, ROUNDS);
    proxy::small(&installed, address, ROUNDS);
    if arguments.iter().any(|argument| argument == "large") {
        large(&installed.httpkit, address);
        proxy::large(&installed, address, LARGE_ROUNDS);
    }
}

/// The least that a client can do, through a proxy too: asks for what stands in `HOST:PORT/PATH`.
fn raw_client(place: &str, proxy: Option<&String>) {
    let (address, path) = place.split_once('/').unwrap_or((place, ""));
    let mut stream = TcpStream::connect(proxy.map_or(address, String::as_str)).unwrap();
    let scheme = if proxy.is_some() { format!("http://{address}") } else { String::new() };
    let request = format!("GET {scheme}/{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let (mut piece, mut out) = (vec![0; 1 << 18], std::io::stdout().lock());
    loop {
        match stream.read(&mut piece).unwrap() {
            0 => break,
            length => out.write_all(&piece[..length]).unwrap(),
        }
    }
}

fn small(installed: &Installed, address: SocketAddr) {
    let url = format!("http://{address}/");
    let Installed { httpkit, this, .. } = installed;
    let raw = [this, "raw", &url[7..url.len() - 1]];
    let [raw, request, curl] = interleaved(ROUNDS, [&raw, &[httpkit, "request", &url], &["curl", "-s", &url]]);
    println!("small GET, a whole process, median of {ROUNDS}");
    for (name, time) in [("raw", raw), ("request", request), ("curl", curl)] {
        println!("  {name:8} {:7.3} ms   {:5.2} x raw", time * 1e3, time / raw);
    }
    println!("  request / raw  {:.2} (goal 1.20)", request / raw);
    println!("  request / curl {:.2} (goal 0.20)", request / curl);
    let slow = format!("{url}slow");
    println!("  request, largest resident set: {} KiB (goal 5120)", resident(&[httpkit, "request", &slow]));
}

fn large(httpkit: &str, address: SocketAddr) {
    let folder = std::env::temp_dir().join(format!("httpkit-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (file, out) = (folder.join("up"), folder.join("down"));
    write_large(&file);
    let (file, out) = (file.display().to_string(), out.display().to_string());
    let (down, up) = (format!("http://{address}/large"), format!("http://{address}/take"));
    for (name, url, options, goal) in [
        ("1 GB to a file", &down, ["-o", &out], "goal 0.50"),
        ("1 GB to nowhere", &down, ["-o", "/dev/null"], "no goal"),
        ("1 GB from a file", &up, ["-T", &file], "goal 0.80"),
    ] {
        let ours = [&[httpkit, "request", "-s", url.as_str()], &options[..]].concat();
        let curls = [&["curl", "-s", url.as_str()], &options[..]].concat();
        let [ours_middle, curls_middle] = interleaved(LARGE_ROUNDS, [&ours, &curls]);
        let ratio = ours_middle / curls_middle;
        println!("{name}: {ours_middle:.2} s, curl {curls_middle:.2} s, ratio {ratio:.2} ({goal})");
        println!("  largest resident set: {} KiB (goal 8192)", resident(&ours));
    }
    fs::remove_dir_all(&folder).unwrap();
}

fn write_large(path: &Path) {
    let mut file = fs::File::create(path).unwrap();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..GIGABYTE >> 20 {
        file.write_all(&piece).unwrap();
    }
}

/// The largest resident set of a process in KiB, looked at until it ends.
fn resident(words: &[&str]) -> u64 {
    let mut child =
        Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut largest = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
        largest = largest.max(line.trim().trim_end_matches(" kB").parse().unwrap_or(0));
        thread::sleep(Duration::from_millis(1));
    }
    largest
}

/// A server that does the least: a constant answer, a gigabyte, or a taken upload.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    address
}

/// Answers one request; a client that goes away early is no matter.
fn answer(mut stream: TcpStream) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut piece = vec![0; 1 << 18];
    let length = stream.read(&mut piece).ok()?;
    let head = String::from_utf8_lossy(&piece[..length]).into_owned();
    if head.starts_with("GET /large") {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {GIGABYTE}\r\nConnection: close\r\n\r\n").ok()?;
        for _ in 0..GIGABYTE >> 18 {
            stream.write_all(&piece).ok()?;
        }
        return Some(());
    }
    if head.starts_with("GET /slow") {
        // Long enough for somebody to look at the client's memory.
        thread::sleep(Duration::from_millis(200));
    }
    if head.starts_with("PUT /take") {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
        let mut left = GIGABYTE;
        while left > 0 {
            left -= stream.read(&mut piece).ok().filter(|length| *length > 0)? as u64;
        }
    }
    stream
        .write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        )
        .ok()
}

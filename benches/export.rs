//! Whole collections over a socket, against a bare server that reads the file and writes it to the same kind of socket.
//!
//! `cargo bench --bench export`. A million records as JSON of a JSON file, CSV of a CSV file and JSON Lines of such a file
//! are what stands in the file; JSON of the last two is made while it is sent. A file of a gigabyte goes by `--static`,
//! against nginx too where that is installed. All are measured in turns; the ratio of the medians of bytes a second is
//! printed, 1.0 being the bare server with as many bytes.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod served;

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use served::Server;

const RECORDS: usize = 1_000_000;
const ROUNDS: usize = 9;
const PIECE: usize = 256 << 10;
const LARGE: usize = 1 << 30;

/// The file, what is asked for, and how that is called.
const CASES: [(&str, &str, &str); 5] = [
    ("records.json", "application/json", "JSON of a JSON file"),
    ("records.csv", "text/csv", "CSV of a CSV file"),
    ("records.csv", "application/json", "JSON of a CSV file"),
    ("records.ndjson", "application/x-ndjson", "JSON Lines of such a file"),
    ("records.ndjson", "application/json", "JSON of JSON Lines"),
];

fn main() {
    let folder = tempfile::tempdir().unwrap();
    write_records(folder.path());
    for (file, media_type, what) in CASES {
        let path = folder.path().join(file);
        let (server, bare) = (Server::start(&path), bare(path));
        let (mut here, mut there) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            here.push(rate(server.address, "/", media_type));
            there.push(rate(bare, "/", media_type));
        }
        let (here, there) = (median(here), median(there));
        println!("{what:28} {:8.0} MB/s, bare {:8.0} MB/s, ratio {:.2}", here / 1e6, there / 1e6, here / there);
    }
    large_file(folder.path());
}

/// A file of a gigabyte beside the data.
fn large_file(folder: &Path) {
    let site = folder.join("site");
    std::fs::create_dir(&site).unwrap();
    let large = site.join("large");
    let mut file = File::create(&large).unwrap();
    let piece: Vec<u8> = (0..PIECE).map(|index| (index % 251) as u8).collect();
    (0..LARGE / PIECE).for_each(|_| file.write_all(&piece).unwrap());
    std::fs::write(folder.join("few.json"), "[]").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_httpkit"));
    command.args(["serve", "--port", "0", "--log", "none", "--static"]).arg(&site).arg(folder.join("few.json"));
    let (server, nginx, bare) = (Server::of(command), nginx(folder, &site), bare(large));
    let others = std::iter::once(("bare", bare)).chain(nginx.as_ref().map(|nginx| ("nginx", nginx.1)));
    for (name, address) in others {
        let (mut here, mut there) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            here.push(rate(server.address, "/large", "*/*"));
            there.push(rate(address, "/large", "*/*"));
        }
        let (here, there) = (median(here), median(there));
        println!(
            "1 GB of --static: {:8.0} MB/s, {name} {:8.0} MB/s, ratio {:.2}",
            here / 1e6,
            there / 1e6,
            here / there
        );
    }
}

/// An nginx with one worker, which sends files by `sendfile`, until it is dropped.
struct Nginx(Child, SocketAddr);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// nginx over that folder; nothing, and a word about it, where there is none.
fn nginx(folder: &Path, site: &Path) -> Option<Nginx> {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let at = |name: &str| folder.join(name).display().to_string();
    let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let places: String = places.iter().map(|place| format!("{place}_temp_path {};", at(place))).collect();
    let configuration = format!(
        "master_process off; daemon off; pid {}; error_log {};\nevents {{}}\nhttp {{ {places} sendfile on; \
         access_log off; server {{ listen {free}; root {}; }} }}\n",
        at("pid"),
        at("errors"),
        site.display()
    );
    std::fs::write(folder.join("nginx.conf"), configuration).unwrap();
    let Ok(process) = Command::new("nginx").arg("-c").arg(folder.join("nginx.conf")).stderr(Stdio::null()).spawn()
    else {
        println!("nginx is not installed: compared with the bare server only");
        return None;
    };
    while TcpStream::connect(free).is_err() {
        std::thread::yield_now();
    }
    Some(Nginx(process, free))
}

/// The bytes a second of one answer, from the request to its end.
fn rate(address: SocketAddr, path: &str, media_type: &str) -> f64 {
    let mut stream = TcpStream::connect(address).unwrap();
    let (start, mut piece, mut total) = (Instant::now(), vec![0; PIECE], 0_usize);
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {media_type}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    loop {
        match stream.read(&mut piece).unwrap() {
            0 => return total as f64 / start.elapsed().as_secs_f64(),
            length => total += length,
        }
    }
}

/// A server that sends the file to whoever asks, one after the other.
fn bare(path: PathBuf) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut piece) = (stream.unwrap(), vec![0; PIECE]);
            let _ = stream.read(&mut piece).unwrap();
            let mut file = File::open(&path).unwrap();
            let length = file.metadata().unwrap().len();
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").unwrap();
            loop {
                match file.read(&mut piece).unwrap() {
                    0 => break,
                    length => stream.write_all(&piece[..length]).unwrap(),
                }
            }
        }
    });
    address
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn write_records(folder: &Path) {
    let file = |name: &str| BufWriter::new(File::create(folder.join(name)).unwrap());
    let (mut json, mut lines, mut csv) = (file("records.json"), file("records.ndjson"), file("records.csv"));
    json.write_all(b"[\n").unwrap();
    csv.write_all(b"id,name,email,city,number\n").unwrap();
    for id in 0..RECORDS {
        let comma = if id == 0 { "" } else { ",\n" };
        let city = ["Seoul", "Busan", "Daegu", "Jeju"][id % 4];
        let record = format!(
            "{{\"id\": {id}, \"name\": \"Person {id}\", \"email\": \"person{id}@example.org\", \"city\": \"{city}\", \
             \"number\": {id}}}"
        );
        write!(json, "{comma}  {record}").unwrap();
        writeln!(lines, "{record}").unwrap();
        writeln!(csv, "{id},Person {id},person{id}@example.org,{city},{id}").unwrap();
    }
    json.write_all(b"\n]\n").unwrap();
    [json, lines, csv].iter_mut().for_each(|file| file.flush().unwrap());
}

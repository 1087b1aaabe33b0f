//! Each set of options over each way to a server, in the clear and over TLS: `--dry-run`, `--wire`, `--pcap`, `--har` and
//! the peer itself tell of the same bytes.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::ServerConfig;
use serde_json::Value;
use tempfile::TempDir;

use crate::capture::Capture;
use crate::recorder::{Act, Recorder, ok};
use crate::request::request;
use crate::request_proxy::{OPENED, Way, unwired, way, ways};
use crate::request_tls::{config, signed};

/// The sets of options; `FILE` is a file with some content.
const CASES: &[&[&str]] = &[
    &[],
    &["-I"],
    &["-X", "PROPFIND", "-H", "Accept:", "-H", "x-lower: 1", "-H", "X-Lower: 2", "-H", "Host: other"],
    &["-d", "a=1", "-u", "me:secret"],
    &["-T", "FILE", "-H", "Transfer-Encoding: chunked", "-H", "Expect:"],
    &["--data-binary", "@FILE", "-H", "X-Empty;", "-H", "X-Odd: \t v "],
    &["-A", "", "-0"],
    &["--path-as-is", "-b", "a=b", "-r", "0-1"],
    &["--request-target", "/other"],
    &["-H", "Proxy-Connection:", "-H", "Proxy-Authorization: typed"],
];
/// What a file holds that is sent: no text, and both line ends.
const CONTENT: &[u8] = b"one\r\ntwo\n\0\xff";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// All ways in the clear: those through proxies, no proxy at all, and a proxy that speaks TLS.
fn clear(tls: &Arc<ServerConfig>) -> Vec<Way> {
    let mut all = ways();
    all.push(way("direct", &["--connect-to", "::AT"], vec![], b""));
    all.push(way("safe proxy", &["-x", "https://AT"], vec![Act::Secure(Arc::clone(tls))], b""));
    let safe_tunnel = vec![Act::Secure(Arc::clone(tls)), Act::Read, Act::Write(OPENED.to_vec())];
    all.push(way("safe tunnel", &["-x", "https://AT", "-p"], safe_tunnel, b""));
    all
}

/// The same for https: what would be asked in absolute-form is asked through a tunnel.
fn secure(tls: &Arc<ServerConfig>) -> Vec<Way> {
    let mut all = clear(tls);
    for way in &mut all {
        if ["absolute", "field", "safe proxy"].contains(&way.name) {
            way.script.extend([Act::Read, Act::Write(OPENED.to_vec())]);
        }
        way.script.push(Act::Secure(Arc::clone(tls)));
    }
    all
}

/// Compares all views of all cases.
fn compare(scheme: &str, ways: fn(&Arc<ServerConfig>) -> Vec<Way>) {
    let (_, made) = signed(&rcgen::CertificateParams::new(vec!["far.test".to_owned()]).unwrap());
    let tls = config(&made, None);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("FILE"), CONTENT).unwrap();
    let url = format!("{scheme}://127.0.0.1:8080/a/../b%7e/?q=1");
    let mut faults = Vec::new();
    for way in ways(&tls) {
        for case in CASES {
            if let Err(what) = compare_one(&way, &[&["-sSk", "--proxy-insecure", &url], *case].concat(), folder.path())
            {
                faults.push(format!("{scheme}, {}, {case:?}: {what}", way.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

fn compare_one(way: &Way, words: &[&str], folder: &Path) -> Result<(), String> {
    let peer = Recorder::start(vec![[way.script.clone(), ok("")].concat()]);
    let options = way.at(peer.address);
    let words: Vec<&str> = words.iter().copied().chain(options.iter().map(String::as_str)).collect();
    let run = |more: &[&str]| {
        let output = request(&[&words, more].concat()).current_dir(folder).output().unwrap();
        if output.status.success() { Ok(output.stdout) } else { Err(text(&output.stderr)) }
    };
    let printed = run(&["--dry-run"])?;
    if !peer.connections().is_empty() {
        return Err("--dry-run opens a connection".to_owned());
    }
    run(&[])?;
    let shown = run(&["--wire=all", "--pcap", "c", "--pcap-plain", "--har", "h", "--show-secrets"])?;
    let [plain, got] = peer.connections().try_into().map_err(|all| format!("{all:?}"))?;
    let Some(sent) = got.strip_prefix(way.greeting.as_slice()) else { return Err(text(&got)) };
    let capture = Capture::read(&fs::read(folder.join("c")).unwrap());
    for (view, bytes, expected) in [
        ("without a view", plain.as_slice(), got.as_slice()),
        ("--dry-run", &printed, sent),
        ("--wire", &unwired(&text(&shown), "> "), sent),
        ("--pcap", &capture.sent(), &got),
    ] {
        if bytes != expected {
            return Err(format!("{view}\n{}\nsent\n{}", text(bytes), text(expected)));
        }
    }
    let archive: Value = serde_json::from_slice(&fs::read(folder.join("h")).unwrap()).unwrap();
    crate::har::follows(&archive);
    carries(archive["log"]["entries"].as_array().unwrap(), sent)
}

/// Whether the entries are the requests that were sent, one after the other.
pub(crate) fn carries(entries: &[Value], mut sent: &[u8]) -> Result<(), String> {
    // Where there was no connection, there is an entry of which nothing was sent.
    for entry in entries.iter().filter(|entry| entry["request"]["headersSize"] != 0) {
        let end = sent.windows(4).position(|window| window == b"\r\n\r\n").ok_or("no head was sent")? + 4;
        let (head, rest) = sent.split_at(end);
        let head = text(head);
        let mut lines = head.trim_end().split("\r\n");
        let mut line = lines.next().unwrap().split(' ');
        let fields: Vec<(&str, &str)> =
            lines.map(|line| line.split_once(':').unwrap()).map(|(name, value)| (name, value.trim())).collect();
        let request = &entry["request"];
        let is_chunked = fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding"));
        let told: Vec<(&str, &str)> = request["headers"].as_array().unwrap().iter().map(pair).collect();
        let (body, after) = rest.split_at(rest.len().min(request["bodySize"].as_u64().unwrap() as usize));
        let is_same = line.next() == request["method"].as_str()
            && line.nth(1) == request["httpVersion"].as_str()
            && fields == told
            && request["headersSize"] == head.len()
            && request["bodySize"] == body.len()
            && content(request) == if is_chunked { unchunked(body) } else { body.to_vec() };
        if !is_same {
            return Err(format!("--har\n{entry:#}\nsent\n{}", text(sent)));
        }
        sent = after;
    }
    if sent.is_empty() { Ok(()) } else { Err(format!("not in --har: {}", text(sent))) }
}

fn pair(field: &Value) -> (&str, &str) {
    (field["name"].as_str().unwrap(), field["value"].as_str().unwrap())
}

/// The content that a request of an archive has.
fn content(request: &Value) -> Vec<u8> {
    let posted = &request["postData"];
    match (posted["text"].as_str(), posted["_encoding"].as_str()) {
        (None, _) => Vec::new(),
        (Some(text), None) => text.as_bytes().to_vec(),
        (Some(text), Some(_)) => STANDARD.decode(text).unwrap(),
    }
}

/// The content of a body of chunks.
fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Some(end) = body.windows(2).position(|window| window == b"\r\n") {
        let size = text(&body[..end]).split(';').next().and_then(|size| usize::from_str_radix(size, 16).ok()).unwrap();
        if size == 0 {
            break;
        }
        content.extend_from_slice(&body[end + 2..end + 2 + size]);
        body = &body[end + 2 + size + 2..];
    }
    content
}

#[test]
fn all_views_of_each_way_in_the_clear_are_the_same() {
    compare("http", clear);
}

#[test]
fn all_views_of_each_way_over_tls_are_the_same() {
    compare("https", secure);
}

//! What must hold for any bytes at all, one function for each reader of what strangers send or leave behind.
//!
//! The fuzz targets call these with what the fuzzer finds; `tests/it/corpus.rs` calls them with the corpus and with
//! mutations of it, so that an ordinary `cargo test` does what it can without a fuzzer. A function panics where the
//! program is wrong.

use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use httpkit::client::{Jar, Reading, TargetUri};
use httpkit::message::{
    ChunkedDecoder, ChunkedLimits, HeadLimits, HeadScan, TransferCodings, parse_head, reply_body_end, reply_head,
    reply_head_end,
};
use httpkit::store::{OpenError, Options, Source, Store};
use httpkit::text::json;
use serde::de::IgnoredAny;

const HEAD: HeadLimits = HeadLimits { head: 4096, target: 1024, fields: 50 };
const CHUNKED: ChunkedLimits = ChunkedLimits { content: 1 << 16, extensions: 256, trailers: 1024, trailer_lines: 8 };

/// A request head: it ends at the same place however it arrives, and what is taken says the same of itself.
pub fn head(bytes: &[u8]) {
    let whole = HeadScan::default().advance(bytes, &HEAD);
    let mut scan = HeadScan::default();
    let mut parts = Ok(None);
    for end in 1..=bytes.len() {
        parts = scan.advance(&bytes[..end], &HEAD);
        if !matches!(parts, Ok(None)) {
            break;
        }
    }
    // A limit can show earlier than the fault that stands behind it, so only the verdict has to be the same.
    assert_eq!(whole.as_ref().ok(), parts.as_ref().ok(), "in one piece and byte by byte");
    let Ok(Some(span)) = whole else { return };
    assert!(span.start <= span.end && span.end <= bytes.len() && span.end - span.start <= HEAD.head + 2);
    let Ok(head) = parse_head(&bytes[span.start..span.end], span.lines) else { return };
    assert_eq!(head.fields.len(), span.lines);
    for field in &head.fields {
        assert!(!field.name.is_empty() && !field.value.contains(&b'\n') && !field.value.contains(&0));
    }
    assert_eq!(head.request(b"").method, head.method);
}

/// A response head, as `request` reads it.
pub fn reply(bytes: &[u8]) {
    let Some(end) = reply_head_end(bytes, 0) else { return };
    assert!(end <= bytes.len());
    // It is found again by a search that had stopped anywhere before.
    assert_eq!(reply_head_end(bytes, end.saturating_sub(1)), Some(end));
    let Ok(head) = reply_head(&bytes[..end]) else { return };
    for method in ["GET", "HEAD", "CONNECT"] {
        for codings in [TransferCodings::None, TransferCodings::Asked, TransferCodings::Raw] {
            // What the length is, or that it is not known, is for others to test; here it must be said at all.
            let _ = reply_body_end(method, &head, codings);
        }
    }
}

/// Chunked content: the same in one piece and in two, and what the strict decoder takes, the lenient one takes alike.
pub fn chunked(bytes: &[u8]) {
    let decode = |mut decoder: ChunkedDecoder, cut: usize| {
        let mut content = Vec::new();
        let first = decoder.decode(&bytes[..cut], &mut content)?;
        if first.is_complete {
            return Ok((content, first.used));
        }
        let second = decoder.decode(&bytes[first.used..], &mut content)?;
        assert!(content.len() as u64 <= CHUNKED.content);
        if second.is_complete { Ok((content, first.used + second.used)) } else { Err(None) }
    };
    type Verdict = Result<(Vec<u8>, usize), Option<httpkit::message::ParseError>>;
    let whole: Verdict = decode(ChunkedDecoder::new(CHUNKED), bytes.len());
    for cut in 0..bytes.len().min(64) {
        let parts: Verdict = decode(ChunkedDecoder::new(CHUNKED), cut);
        assert_eq!(whole.as_ref().ok(), parts.as_ref().ok(), "cut at {cut}");
    }
    if whole.is_ok() {
        assert_eq!(whole.ok(), decode(ChunkedDecoder::lenient(CHUNKED), bytes.len()).ok());
    }
}

/// JSON: what is taken, another parser takes too, and a file of it is served as it stands.
pub fn json(bytes: &[u8]) {
    let other = serde_json::from_slice::<IgnoredAny>(bytes);
    match json::check(bytes) {
        Ok(()) => assert!(other.is_ok(), "{other:?}"),
        Err(error) => {
            assert!(error.line >= 1 && error.column >= 1);
            // What the other parser does not look at.
            let is_finer = error.kind != json::SyntaxKind::Malformed;
            assert!(other.is_err() || is_finer, "{error}");
            return;
        }
    }
    if matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[')) {
        assert_eq!(
            served("a.json", bytes).as_deref(),
            Some(bytes.trim_ascii()),
            "what is well-formed is served as it is"
        );
    }
}

/// CSV: what is taken is JSON when it is read, and the file stays as it is.
pub fn csv(bytes: &[u8]) {
    for name in ["a.csv", "a.tsv"] {
        if let Some(text) = served(name, bytes) {
            let other = serde_json::from_slice::<IgnoredAny>(&text);
            assert!(other.is_ok(), "{other:?}: {}", String::from_utf8_lossy(&text));
        }
    }
}

/// A journal beside its file, as it is and again with its checksums made right: the file is well-formed after it, or
/// both are left as they are.
pub fn journal(bytes: &[u8]) {
    const FILE: &[u8] = b"{\"n\":1,\"people\":[{\"id\":1,\"name\":\"Ada\"},{\"id\":2,\"name\":\"Bob\"}]}\n";
    for journal in [bytes.to_vec(), mended(bytes, FILE)] {
        let folder = tempfile::tempdir().expect("a folder");
        let [file, name] = ["a.json", "a.json.journal"].map(|name| folder.path().join(name));
        fs::write(&file, FILE).expect("a file");
        let mut options = fs::OpenOptions::new();
        let made = options.write(true).create_new(true).mode(0o600).open(&name);
        std::io::Write::write_all(&mut made.expect("a journal"), &journal).expect("a journal");
        let store = Store::open(Source::Files(vec![file.clone()]), Options::default(), &mut |_| {});
        let store = store.map_err(|error| error.to_string());
        match store.and_then(|store| store.close().map_err(|error| error.to_string())) {
            Ok(()) => {
                let text = fs::read(&file).expect("the file");
                assert!(json::check(&text).is_ok(), "{}", String::from_utf8_lossy(&text));
            }
            Err(error) => {
                assert_eq!(fs::read(&file).expect("the file"), FILE, "{error}");
                assert_eq!(fs::read(&name).expect("the journal"), journal, "{error}");
            }
        }
    }
}

/// Cookies: a file of them (before the first NUL) and response heads (between the others). What is sent is one line, and
/// a jar that is written and read again sends the same.
pub fn cookies(bytes: &[u8]) {
    let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let mut parts = bytes.split(|&byte| byte == 0);
    let mut jar = Jar::default();
    jar.load(parts.next().unwrap_or_default(), false, now);
    let targets = ["http://www.example.com/a/b?c", "https://example.com/", "http://127.0.0.1/a"];
    let targets = targets.map(|text| TargetUri::parse(text, Reading::default()).expect("a target"));
    for (part, target) in parts.zip(targets.iter().cycle()) {
        if !part.contains(&b'\t')
            && let Ok(head) = reply_head(part)
        {
            jar.keep(target, &head, now);
        }
    }
    let mut again = Jar::default();
    again.load(&jar.text(now), false, now);
    // The file has the newest first, as curl's has, so the order among equal paths may turn around.
    let pairs = |jar: &Jar, target: &TargetUri| {
        let field = jar.field(target, now).unwrap_or_default();
        assert!(!field.iter().any(|byte| matches!(byte, b'\r' | b'\n' | b'\0')), "{field:?}");
        let mut pairs: Vec<Vec<u8>> =
            field.split(|byte| *byte == b';').map(|pair| pair.trim_ascii_start().to_vec()).collect();
        pairs.sort();
        pairs
    };
    // A cookie line of a file that names no domain goes to every host, which the format cannot say.
    if jar.text(now).windows(8).any(|part| part == b"unknown\t") {
        return;
    }
    for target in &targets {
        assert_eq!(pairs(&again, target), pairs(&jar, target), "written and read again:\n{}", jar.text(now));
    }
}

/// What the root of a file with that content is read as, unless the file is refused. The file is as it was then.
fn served(name: &str, content: &[u8]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(name);
    fs::write(&file, content).expect("a file");
    let text = root(&file);
    assert_eq!(fs::read(&file).expect("the file"), content);
    match text {
        Ok(text) => Some(text),
        Err(OpenError::Syntax { error, .. }) => {
            assert!(error.line >= 1 && error.column >= 1);
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn root(file: &Path) -> Result<Vec<u8>, OpenError> {
    let options = Options { save: false, ..Options::default() };
    let store = Store::open(Source::Files(vec![file.to_owned()]), options, &mut |_| {})?;
    Ok(store.view().root().text().concat())
}

/// The journal as one of `file`, each of its records with the right checksum: a fuzzer cannot guess those.
fn mended(bytes: &[u8], file: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    if out.len() < 32 {
        return out;
    }
    out[16..24].copy_from_slice(&(file.len() as u64).to_le_bytes());
    out[24..32].copy_from_slice(&xxhash_rust::xxh3::xxh3_64(file).to_le_bytes());
    let mut at = 32;
    while let Some(length) = out.get(at + 4..at + 8).and_then(|length| length.first_chunk::<4>()) {
        let length = u32::from_le_bytes(*length) as usize;
        let Some(payload) = out.get(at + 16..).and_then(|rest| rest.get(..length)) else { break };
        let sum = xxhash_rust::xxh3::xxh3_64(payload).to_le_bytes();
        out[at + 8..at + 16].copy_from_slice(&sum);
        at += 16 + length;
    }
    out
}

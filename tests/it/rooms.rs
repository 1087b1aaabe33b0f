//! The map in `src/lib.rs` is true: rooms import downwards only, and each outside package is named where it belongs.
//!
//! The checker reads the sources as tokens (comments and literals left out), so it needs no compiler and no build.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The only places in which an outside package may be named: each a path prefix below `src/`.
const PACKAGES: &[(&str, &[&str])] = &[
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/"]),
    ("colored", &["print/style.rs"]),
    ("csv", &["api/", "document/", "text/"]),
    ("httparse", &["message/"]),
    ("mio", &["server/"]),
    ("reqwest", &["client/transport/library.rs"]),
    ("rustls", &["client/"]),
    ("rustls_platform_verifier", &["client/"]),
    ("signal_hook", &["cli/", "server/"]),
    ("socket2", &["client/transport", "server/"]),
    ("tempfile", &["cli/request/run/saving.rs", "store/"]),
    ("tokio", &["client/"]),
];

/// A file longer than this holds more than one noun.
const LINES: usize = 600;

#[test]
fn rooms_import_downwards_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let map = Map::parse(&fs::read_to_string(source.join("lib.rs")).unwrap());
    let files = rust_files(&source);
    assert!(files.len() > 10, "the sources were not found: {files:?}");
    let faults: Vec<String> = files.iter().flat_map(|(path, text)| map.faults(path, text)).collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_map_names_every_room_and_no_other() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let map = Map::parse(&fs::read_to_string(source.join("lib.rs")).unwrap());
    let mut folders: Vec<String> = fs::read_dir(&source)
        .unwrap()
        .map(Result::unwrap)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name != "bin")
        .collect();
    folders.sort();
    assert_eq!(map.rooms.keys().cloned().collect::<Vec<_>>(), folders);
}

/// The rooms, each with its layer and the rooms that it may import.
struct Map {
    rooms: BTreeMap<String, Room>,
}

struct Room {
    layer: u8,
    imports: Vec<String>,
}

impl Map {
    /// Reads the table in the documentation of `src/lib.rs`.
    fn parse(lib: &str) -> Self {
        let mut rooms = BTreeMap::<String, Room>::new();
        for line in lib.lines().filter_map(|line| line.strip_prefix("//! |")) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [layer, name, _, imports, ..] = cells.as_slice() else { continue };
            let Ok(layer) = layer.parse() else { continue };
            let Some(name) = name.strip_prefix("[`").and_then(|name| name.strip_suffix("`]")) else { continue };
            // The disambiguator of a link, as `print` is a macro too.
            let name = name.strip_prefix("mod@").unwrap_or(name);
            let below = rooms.iter().filter(|(_, room)| room.layer < layer).map(|(name, _)| name.clone());
            let imports = match imports.starts_with("all above") {
                true => below.collect(),
                false => imports.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
            };
            rooms.insert(name.to_owned(), Room { layer, imports });
        }
        Self { rooms }
    }

    /// What is wrong with the file at `path` (below `src/`), a line each.
    fn faults(&self, path: &str, text: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let count = text.lines().count();
        if count > LINES {
            faults.push(format!("src/{path}: {count} lines, expected at most {LINES}"));
        }
        let tokens = tokens(text);
        for (line, room) in rooms_named(path, &tokens) {
            if let Some(fault) = self.import_fault(path, &room) {
                faults.push(format!("src/{path}:{line}: {fault}"));
            }
        }
        for (line, package) in packages_named(&tokens) {
            let Some((_, places)) = PACKAGES.iter().find(|(name, _)| *name == package) else { continue };
            if !places.iter().any(|place| path.starts_with(place)) {
                faults.push(format!("src/{path}:{line}: names '{package}', which belongs in {places:?}"));
            }
        }
        faults
    }

    fn import_fault(&self, path: &str, imported: &str) -> Option<String> {
        let imported_room = self.rooms.get(imported)?;
        let Some((own, _)) = path.split_once('/') else {
            // `lib.rs` declares the rooms; `main.rs` knows one of them.
            return (path == "main.rs" && imported != "cli")
                .then(|| format!("main.rs may import cli, not '{imported}'"));
        };
        let Some(room) = self.rooms.get(own) else { return Some(format!("'{own}' is not on the map")) };
        if own == imported {
            return None;
        }
        let above = imported_room.layer >= room.layer;
        let allowed = !above && room.imports.iter().any(|name| name == imported);
        (!allowed).then(|| format!("'{own}' may import {:?}, not '{imported}'", room.imports))
    }
}

/// The rooms that a file names through `crate::`, `httpkit::` or a chain of `super::` up to the root, with the lines.
fn rooms_named(path: &str, tokens: &[(usize, String)]) -> Vec<(usize, String)> {
    let text = |at: usize| tokens.get(at).map_or("", |(_, text)| text.as_str());
    let mut named = Vec::new();
    let mut inline_modules = Vec::<bool>::new();
    for (at, (line, token)) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => inline_modules.push(at >= 2 && text(at - 2) == "mod"),
            "}" => drop(inline_modules.pop()),
            "crate" | "httpkit" if text(at + 1) == "::" && (at == 0 || text(at - 1) != "::") => {
                named.extend(heads(tokens, at + 2).into_iter().map(|head| (*line, head)));
            }
            "super" if at == 0 || text(at - 1) != "::" => {
                let mut next = at;
                let mut depth = module_depth(path) + inline_modules.iter().filter(|inline| **inline).count();
                while text(next) == "super" && text(next + 1) == "::" {
                    depth = depth.saturating_sub(1);
                    next += 2;
                }
                if depth == 0 {
                    named.extend(heads(tokens, next).into_iter().map(|head| (*line, head)));
                }
            }
            _ => {}
        }
    }
    named
}

/// How many modules lie between the crate's root and the content of a file.
fn module_depth(path: &str) -> usize {
    let parts = path.split('/').count();
    match path.rsplit('/').next() {
        Some("mod.rs" | "lib.rs" | "main.rs") => parts - 1,
        _ => parts,
    }
}

/// The first names after a `::`: one, or those of a group in braces.
fn heads(tokens: &[(usize, String)], at: usize) -> Vec<String> {
    let Some((_, first)) = tokens.get(at) else { return Vec::new() };
    if first != "{" {
        return vec![first.clone()];
    }
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut expected = false;
    for (_, token) in &tokens[at..] {
        match token.as_str() {
            "{" => {
                depth += 1;
                expected = depth == 1;
            }
            "}" => depth -= 1,
            "," => expected = depth == 1,
            name if expected => {
                heads.push(name.to_owned());
                expected = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

/// Every name that begins a path (`name::...`) or is imported whole (`use name;`), with its line.
fn packages_named(tokens: &[(usize, String)]) -> Vec<(usize, String)> {
    let text = |at: usize| tokens.get(at).map_or("", |(_, text)| text.as_str());
    let is_word = |token: &str| token.ends_with(|sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '>'));
    let goes_on = |at: usize| at >= 2 && text(at - 1) == "::" && is_word(text(at - 2));
    let begins = |at: usize| text(at + 1) == "::" && !goes_on(at);
    let whole = |at: usize| at > 0 && matches!(text(at - 1), "use" | "crate") && matches!(text(at + 1), ";" | "as");
    let named = tokens.iter().enumerate().filter(|(at, _)| begins(*at) || whole(*at));
    named.map(|(_, token)| token.clone()).collect()
}

/// The tokens of Rust text that matter here, each with its line: words, `::` and single signs; no comments, no literals.
fn tokens(text: &str) -> Vec<(usize, String)> {
    let bytes = text.as_bytes();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let mut tokens = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while at < bytes.len() {
        let start = at;
        let rest = &bytes[at..];
        if rest.starts_with(b"//") {
            at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        } else if let Some(length) = block_comment(rest).or_else(|| raw_string(rest)).or_else(|| quoted(rest)) {
            at += length;
        } else if is_word(rest[0]) {
            at += rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
            tokens.push((line, text[start..at].to_owned()));
        } else if rest.starts_with(b"::") {
            at += 2;
            tokens.push((line, "::".to_owned()));
        } else {
            at += 1;
            if !rest[0].is_ascii_whitespace() {
                tokens.push((line, char::from(rest[0]).to_string()));
            }
        }
        line += bytes[start..at].iter().filter(|byte| **byte == b'\n').count();
    }
    tokens
}

/// The length of the block comment at the start, nested ones included.
fn block_comment(rest: &[u8]) -> Option<usize> {
    rest.starts_with(b"/*").then_some(())?;
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match &rest[at..rest.len().min(at + 2)] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    Some(at)
}

/// The length of the raw string (`r"..."`, `br#"..."#`) at the start.
fn raw_string(rest: &[u8]) -> Option<usize> {
    let prefix = [&b"br"[..], b"cr", b"r"].into_iter().find(|prefix| rest.starts_with(prefix))?;
    let hashes = rest[prefix.len()..].iter().take_while(|byte| **byte == b'#').count();
    let open = prefix.len() + hashes;
    (rest.get(open) == Some(&b'"')).then_some(())?;
    let close = [&b"\""[..], &b"#".repeat(hashes)].concat();
    let length = rest[open + 1..].windows(close.len()).position(|window| window == close);
    Some(length.map_or(rest.len(), |length| open + 1 + length + close.len()))
}

/// The length of the string or character literal at the start; a lifetime is none.
fn quoted(rest: &[u8]) -> Option<usize> {
    let quote = rest[0];
    let is_character = quote == b'\'' && (rest.get(1) == Some(&b'\\') || character_closes(rest));
    (quote == b'"' || is_character).then_some(())?;
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    Some((at + 1).min(rest.len()))
}

/// Whether one character and a closing quote follow the opening one.
fn character_closes(rest: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&rest[1..rest.len().min(6)]).into_owned();
    text.chars().nth(1) == Some('\'')
}

/// The Rust files below a folder: the path from there, and the text.
pub(crate) fn rust_files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

mod checker {
    //! The checker itself, on made-up text: it is silent about what is allowed and speaks up about the rest.

    use super::Map;

    const LIB: &str = "\
//! | layer | room | lives there | may import |
//! |---|---|---|---|
//! | 0 | [`message`] | octets | std |
//! | 0 | [`data`] | the document | std |
//! | 1 | [`api`] | meaning | `message`, `data` |
//! | 1 | [`server`] | sockets | `message` |
//! | 2 | [`cli`] | arguments | all above, clap |
//! | 3 | `main.rs` | argv | `cli` |
";

    fn faults(path: &str, text: &str) -> Vec<String> {
        Map::parse(LIB).faults(path, text)
    }

    #[test]
    fn is_silent_about_what_is_allowed() {
        for (path, text) in [
            ("server/worker.rs", "use crate::message::Request;\nuse crate::server::Service;\nuse mio::Poll;"),
            ("api/respond.rs", "use crate::{data::{Change, Store}, message};"),
            ("cli/serve.rs", "use crate::{api, data, message, server}; use clap::Parser;"),
            ("main.rs", "fn main() { httpkit::cli::run() }"),
            ("lib.rs", "pub mod data; pub use crate::cli::run;"),
            ("server/mod.rs", "mod tests { use super::*; use super::super::message; }"),
            ("server/mod.rs", "use super::message;"),
            ("data/json.rs", "// crate::server\n/* crate::api /* clap:: */ */ const A: &str = \"crate::cli clap::\";"),
            ("data/json.rs", "const A: &str = r#\"\"crate::cli\"#; const B: char = '\"'; fn f<'a>(x: &'a str) {}"),
            ("data/json.rs", "let crate_server = my::clap::x; let server = super::csv::rows();"),
        ] {
            assert_eq!(faults(path, text), Vec::<String>::new(), "{path}: {text}");
        }
    }

    #[test]
    fn speaks_up_about_a_room_above_or_beside() {
        for (path, text, expected) in [
            ("data/store.rs", "\nuse crate::api::respond;", "src/data/store.rs:2: 'data' may import [], not 'api'"),
            ("data/store.rs", "use crate::message;", "src/data/store.rs:1: 'data' may import [], not 'message'"),
            ("server/mod.rs", "use crate::api;", "src/server/mod.rs:1: 'server' may import [\"message\"], not 'api'"),
            (
                "server/a.rs",
                "use crate::{message::{A, B}, data};",
                "src/server/a.rs:1: 'server' may import [\"message\"], not 'data'",
            ),
            (
                "server/mod.rs",
                "fn f() { super::data::x() }",
                "src/server/mod.rs:1: 'server' may import [\"message\"], not 'data'",
            ),
            (
                "server/a.rs",
                "use super::super::data;",
                "src/server/a.rs:1: 'server' may import [\"message\"], not 'data'",
            ),
            (
                "server/a.rs",
                "mod t { use super::super::super::data; }",
                "src/server/a.rs:1: 'server' may import [\"message\"], not 'data'",
            ),
            (
                "server/a.rs",
                "let c = '\\''; use crate::data;",
                "src/server/a.rs:1: 'server' may import [\"message\"], not 'data'",
            ),
            ("attic/x.rs", "use crate::message;", "src/attic/x.rs:1: 'attic' is not on the map"),
            ("main.rs", "use httpkit::server;", "src/main.rs:1: main.rs may import cli, not 'server'"),
        ] {
            assert_eq!(faults(path, text), [expected], "{path}: {text}");
        }
    }

    #[test]
    fn speaks_up_about_a_package_out_of_place() {
        for (path, text, expected) in [
            ("server/a.rs", "use clap::Parser;", "src/server/a.rs:1: names 'clap', which belongs in [\"cli/\"]"),
            (
                "server/a.rs",
                "use {std::io, clap::Parser};",
                "src/server/a.rs:1: names 'clap', which belongs in [\"cli/\"]",
            ),
            ("server/a.rs", "fn f(x: ::clap::Arg) {}", "src/server/a.rs:1: names 'clap', which belongs in [\"cli/\"]"),
            (
                "cli/a.rs",
                "use reqwest;",
                "src/cli/a.rs:1: names 'reqwest', which belongs in [\"client/transport/library.rs\"]",
            ),
        ] {
            assert_eq!(faults(path, text), [expected], "{path}: {text}");
        }
    }

    #[test]
    fn speaks_up_about_a_file_that_is_too_long() {
        let text = "\n".repeat(super::LINES + 1);
        assert_eq!(faults("data/json.rs", &text), ["src/data/json.rs: 601 lines, expected at most 600"]);
    }
}

//! The map in `src/lib.rs` is true: rooms import downwards only, and each outside package is named where it belongs.
//!
//! The checks read the sources as the compiler does, without building them.

mod circles;
mod sources;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

pub(crate) use sources::rust_files;
use sources::{SOURCES, Source};

/// The only places in which an outside package may be named: each a path prefix below `src/`.
const PACKAGES: &[(&str, &[&str])] = &[
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/"]),
    ("colored", &["print/style.rs"]),
    ("csv", &["api/", "document/", "text/"]),
    ("httparse", &["message/"]),
    ("mime", &["cli/serve/archive.rs", "cli/serve/media_type.rs"]),
    ("mio", &["server/"]),
    ("reqwest", &["client/transport/library.rs"]),
    ("rustls", &["client/"]),
    ("rustls_platform_verifier", &["client/"]),
    ("signal_hook", &["cli/", "server/"]),
    ("socket2", &["client/transport", "server/"]),
    ("tempfile", &["cli/request/run/saving.rs", "cli/serve/folder.rs", "store/"]),
    ("tokio", &["client/"]),
];

/// A file longer than this holds more than one noun.
const LINES: usize = 450;

#[test]
fn rooms_import_downwards_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let map = Map::parse(&fs::read_to_string(source.join("lib.rs")).unwrap());
    let faults: Vec<String> = SOURCES.iter().flat_map(|(path, source)| map.faults(path, source)).collect();
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
    fn faults(&self, path: &str, source: &Source) -> Vec<String> {
        let mut faults = Vec::new();
        if source.lines > LINES {
            faults.push(format!("src/{path}: {} lines, expected at most {LINES}", source.lines));
        }
        for named in &source.named {
            let Some(head) = named.segments.first() else { continue };
            let fault = match named.is_own {
                true => self.import_fault(path, head),
                false => package_fault(path, head),
            };
            faults.extend(fault.map(|fault| format!("src/{path}:{}: {fault}", named.line)));
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

fn package_fault(path: &str, package: &str) -> Option<String> {
    let (_, places) = PACKAGES.iter().find(|(name, _)| *name == package)?;
    let belongs = places.iter().any(|place| path.starts_with(place));
    (!belongs).then(|| format!("names '{package}', which belongs in {places:?}"))
}

mod checker {
    //! The checker itself, on made-up text: it is silent about what is allowed and speaks up about the rest.

    use super::{Map, Source};

    const LIB: &str = "\
//! | layer | room | lives there | may import |
//! |---|---|---|---|
//! | 0 | [`message`] | bytes | std |
//! | 0 | [`data`] | the document | std |
//! | 1 | [`api`] | meaning | `message`, `data` |
//! | 1 | [`server`] | sockets | `message` |
//! | 2 | [`cli`] | arguments | all above, clap |
//! | 3 | `main.rs` | argv | `cli` |
";

    fn faults(path: &str, text: &str) -> Vec<String> {
        Map::parse(LIB).faults(path, &Source::read(path, text))
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
            ("data/json.rs", "fn f() { let crate_server = my::clap::x; let server = super::csv::rows(); }"),
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
                "const C: char = '\\''; use crate::data;",
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
        assert_eq!(faults("data/json.rs", &text), ["src/data/json.rs: 451 lines, expected at most 450"]);
    }
}

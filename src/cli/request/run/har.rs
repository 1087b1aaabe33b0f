//! `--har`: the exchanges of a run as an HTTP Archive 1.2, out of the bytes that crossed.

mod cookies;
mod entry;
mod text;

use std::io::Write;
use std::path::Path;

use serde_json::json;

use super::record::Crossing;
use super::{output, saving};
use crate::client::{Error, Kind, reason};
use crate::print::Terminal;

/// Whether the file can be written, as far as that is known before anything is sent.
///
/// # Errors
/// `Kind::Write`.
pub(crate) fn check(path: &Path) -> Result<(), Error> {
    match path.as_os_str() == "-" {
        true => Ok(()),
        false => saving::may_write_whole(path).map_err(|error| cannot_write(path, &error)),
    }
}

/// Writes the archive to its file, or to standard output. Secrets are masked unless they shall be shown.
///
/// # Errors
/// `Kind::Write`, `Kind::Closed`.
pub(crate) fn write(
    path: &Path,
    crossings: &[Crossing],
    shows_secrets: bool,
    terminal: &mut Terminal,
) -> Result<(), Error> {
    let entries: Vec<_> = crossings.iter().flat_map(|crossing| entry::entries(crossing, !shows_secrets)).collect();
    let archive = json!({"log": {
        "version": "1.2",
        "creator": {"name": "httpkit", "version": env!("CARGO_PKG_VERSION")},
        "entries": entries,
    }});
    let mut octets = Vec::new();
    // Writing to a `Vec` does not fail.
    let _ = writeln!(octets, "{archive:#}");
    if path.as_os_str() != "-" {
        return saving::write_whole(path, &octets).map_err(|error| cannot_write(path, &error));
    }
    match terminal.output.is_terminal {
        true => output::to_stdout(&mut terminal.output, tame(&octets).as_bytes()),
        false => output::to_stdout(&mut terminal.output, &octets),
    }
}

/// The same JSON without the control characters that JSON leaves as they are, and terminals obey.
fn tame(octets: &[u8]) -> String {
    let mut tamed = String::with_capacity(octets.len());
    for sign in String::from_utf8_lossy(octets).chars() {
        match sign {
            '\n' => tamed.push(sign),
            _ if sign.is_control() || crate::print::turns_text(sign) => {
                tamed.push_str(&format!("\\u{:04x}", u32::from(sign)));
            }
            _ => tamed.push(sign),
        }
    }
    tamed
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Error {
    Error::new(Kind::Write, format!("cannot write the archive '{}': {}", path.display(), reason(error)))
}

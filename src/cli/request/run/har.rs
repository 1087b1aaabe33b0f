//! `--har`: the exchanges of a run as an HTTP Archive 1.2, out of the bytes that crossed.

mod cookies;
mod entry;
mod object;
mod text;

use std::path::{Path, PathBuf};

use super::record::Crossing;
use super::{output, saving};
use crate::cli::args::RequestArgs;
use crate::client::{Error, Kind, reason};
use crate::print::Terminal;
use object::object;

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

/// Whether nothing else would stand on standard output where the archive does.
///
/// # Errors
/// `Kind::Usage`.
pub(crate) fn check_beside(path: &Path, args: &RequestArgs) -> Result<(), Error> {
    let is_output = |path: &Option<PathBuf>| path.as_deref() == Some(Path::new("-"));
    let others = [
        (args.explain, "--explain"),
        (args.wire.is_some(), "--wire"),
        (args.send.is_some(), "--send"),
        (args.send_escaped.is_some(), "--send-escaped"),
        (is_output(&args.dump_header), "-D -"),
        (is_output(&args.trace), "--trace -"),
        (is_output(&args.trace_ascii), "--trace-ascii -"),
        (is_output(&args.cookie_jar), "-c -"),
        (is_output(&args.etag_save), "--etag-save -"),
        (is_output(&args.pcap), "--pcap -"),
    ];
    match others.into_iter().find(|(is_there, _)| *is_there).filter(|_| path.as_os_str() == "-") {
        None => Ok(()),
        Some((_, other)) => {
            let what = format!("--har - and {other} both write to standard output: name a file for the archive");
            Err(Error::new(Kind::Usage, what))
        }
    }
}

/// Writes the archive to its file, or to standard output. Secrets are masked unless they shall be shown.
///
/// # Errors
/// `Kind::Write`, `Kind::Closed`.
pub(crate) fn write(
    path: &Path,
    crossings: &[Crossing],
    left_out: usize,
    shows_secrets: bool,
    terminal: &mut Terminal,
) -> Result<(), Error> {
    let entries: Vec<_> = crossings.iter().flat_map(|crossing| entry::entries(crossing, !shows_secrets)).collect();
    let creator = object([("name", "httpkit".into()), ("version", env!("CARGO_PKG_VERSION").into())]);
    let mut log = object([("version", "1.2".into()), ("creator", creator), ("entries", entries.into())]);
    if left_out > 0 {
        log["comment"] = format!("{left_out} more exchanges are not here: there was no place for them").into();
    }
    // Strings are the only keys, and writing to a `Vec` does not fail.
    let mut bytes = serde_json::to_vec_pretty(&object([("log", log)])).unwrap_or_default();
    bytes.push(b'\n');
    if path.as_os_str() != "-" {
        return saving::write_record(path, &bytes).map_err(|error| cannot_write(path, &error));
    }
    match terminal.output.is_terminal {
        true => output::to_stdout(&mut terminal.output, tame(&bytes).as_bytes()),
        false => output::to_stdout(&mut terminal.output, &bytes),
    }
}

/// The same JSON without the control characters that JSON leaves as they are, and terminals obey.
fn tame(bytes: &[u8]) -> String {
    let mut tamed = String::with_capacity(bytes.len());
    for sign in String::from_utf8_lossy(bytes).chars() {
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

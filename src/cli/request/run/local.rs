//! `file://`: a file of this machine as the content of a response, with the fields that curl gives it.

use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

use super::running::Running;
use crate::client::{Body, Error, FieldLine, Kind, read_date, reason};

/// How much is read at a time.
const STRETCH: usize = 64 * 1024;

/// Reads the file that a URL names to where the content goes.
pub(crate) fn read(path: &Path, run: &mut Running<'_>) -> Result<(), Error> {
    let spec = &run.transfer.spec;
    if !matches!(spec.body, Body::None) {
        return Err(Error::new(Kind::Protocol, "a file:// URL is read only here, nothing can be sent there"));
    }
    let unreadable = |error: &std::io::Error| {
        Error::new(Kind::Local, format!("cannot read '{}': {}", path.display(), reason(error)))
    };
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    let (out, report) = (&mut run.out, &mut run.report);
    out.begin(run.transfer)?;
    report.local = true;
    let modified = metadata.modified().ok();
    if spec.range.is_none() && spec.condition.as_ref().zip(modified).is_some_and(|(wish, at)| is_unmet(wish, at)) {
        return Ok(());
    }
    let head = fields(&metadata, modified);
    out.plain_head(&head)?;
    report.head_octets = head.len() as u64;
    if spec.head_only {
        return Ok(());
    }
    if metadata.is_dir() {
        return out.write(&names(path).map_err(|error| unreadable(&error))?);
    }
    let length = metadata.is_file().then_some(metadata.len());
    let (from, most) = stretch(spec.range.as_deref(), length)?;
    if from > 0 {
        file.seek(SeekFrom::Start(from)).map_err(|error| unreadable(&error))?;
    }
    let mut content = file.take(most);
    let mut buffer = vec![0; STRETCH];
    let mut body = out.body(None);
    loop {
        match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                report.downloaded += count as u64;
                match body.feed(&buffer[..count]) {
                    Some(shown) => out.write(&shown)?,
                    None => out.write(&buffer[..count])?,
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(&error)),
        }
    }
    out.write(&body.finish())?;
    out.finish()?;
    out.set_date(modified);
    Ok(())
}

fn is_unmet(wish: &FieldLine, modified: SystemTime) -> bool {
    read_date(wish.value()).is_some_and(|asked| match wish.is("if-unmodified-since") {
        true => modified >= asked,
        false => modified <= asked,
    })
}

fn fields(metadata: &Metadata, modified: Option<SystemTime>) -> Vec<u8> {
    let mut head = String::new();
    if metadata.is_file() {
        head.push_str(&format!("Content-Length: {}\r\nAccept-ranges: bytes\r\n", metadata.len()));
    }
    // A date that HTTP cannot write is left out.
    let dated = modified
        .filter(|at| at.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|age| age.as_secs() < 253_402_300_800));
    if let Some(modified) = dated {
        head.push_str(&format!("Last-Modified: {}\r\n", httpdate::fmt_http_date(modified)));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// The names in a folder, a line each, without those that begin with a dot.
fn names(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let name = entry?.file_name();
        let octets = name.as_encoded_bytes();
        if !octets.starts_with(b".") {
            names.extend_from_slice(octets);
            names.push(b'\n');
        }
    }
    Ok(names)
}

/// The first byte that is wanted, and how many at most.
///
/// # Errors
/// `Kind::Resume` if the file ends before.
fn stretch(range: Option<&str>, length: Option<u64>) -> Result<(u64, u64), Error> {
    let Some(range) = range else { return Ok((0, u64::MAX)) };
    let range = range.trim_start_matches("bytes=");
    let wrong = || Error::new(Kind::Usage, format!("range '{range}' of a file, expected one like 0-99, 100- or -100"));
    let number = |text: &str| text.parse::<u64>().map_err(|_| wrong());
    let (first, last) = range.split_once('-').ok_or_else(wrong)?;
    let (from, most) = match (first, last) {
        ("", last) => (length.unwrap_or(0).saturating_sub(number(last)?), u64::MAX),
        (first, "") => (number(first)?, u64::MAX),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first, last.checked_sub(first).ok_or_else(wrong)?.saturating_add(1))
        }
    };
    match length.filter(|length| from > *length) {
        Some(length) => Err(Error::new(Kind::Resume, format!("the file ends at byte {length}, before byte {from}"))),
        None => Ok((from, most)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_a_file_is_where_and_how_much() {
        for (range, expected) in [
            (None, Some((0, u64::MAX))),
            (Some("bytes=2-4"), Some((2, 3))),
            (Some("bytes=4-"), Some((4, u64::MAX))),
            (Some("bytes=10-"), Some((10, u64::MAX))),
            (Some("bytes=-3"), Some((7, u64::MAX))),
            (Some("bytes=-30"), Some((0, u64::MAX))),
            (Some("bytes=11-"), None),
            (Some("bytes=4-2"), None),
            (Some("bytes=x-"), None),
            (Some("bytes=1-2,4-5"), None),
        ] {
            assert_eq!(stretch(range, Some(10)).ok(), expected, "{range:?}");
        }
    }
}

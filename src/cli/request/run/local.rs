//! `file://`: a file of this machine as the content of a response, with the fields that curl gives it, or as the place where
//! `-T` sends one.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

use super::content::Delivery;
use super::running::Running;
use super::saving;
use crate::client::{Body, Content, Error, FieldLine, Kind, Piece, read_date, reason};

/// How much is read at a time.
const STRETCH: usize = 64 * 1024;

/// Reads the file that a URL names to where the content goes, or writes it.
pub(crate) fn transfer(path: &Path, run: &mut Running<'_>) -> Result<(), Error> {
    let Running { plan, transfer, session, out, report, .. } = run;
    let spec = &transfer.spec;
    if plan.layout.instead.is_some() {
        out.warn(&format!("'{}' needs no request, nothing would be sent", path.display()));
        return Ok(());
    }
    match &spec.body {
        Body::None => {}
        Body::Upload(content) => return write(path, content, run),
        Body::Data(..) => return Err(Error::new(Kind::Protocol, "a file:// URL takes files of -T only")),
    }
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    out.begin(transfer)?;
    report.local = true;
    let modified = metadata.modified().ok();
    if spec.range.is_none() && spec.condition.as_ref().zip(modified).is_some_and(|(wish, at)| is_unmet(wish, at)) {
        return Ok(());
    }
    let head = fields(&metadata, modified);
    out.plain_head(&head)?;
    report.made_fields = head.iter().filter(|byte| **byte == b'\n').count() - 1;
    if spec.head_only {
        return Ok(());
    }
    let length = metadata.is_file().then_some(metadata.len());
    let (from, most) = stretch(spec.range.as_deref(), length)?;
    let content: Box<dyn Read> = match metadata.is_dir() {
        true => Box::new(io::Cursor::new(names(path).map_err(|error| unreadable(path, &error))?)),
        false => {
            if from > 0 {
                file.seek(SeekFrom::Start(from)).map_err(|error| unreadable(path, &error))?;
            }
            Box::new(file.take(most))
        }
    };
    let expected = length.map(|length| (length - from).min(most));
    let delivery = Delivery::begin(out.body(None), expected, &plan.layout, &session.bars, out)?;
    deliver(path, content, delivery, &mut report.downloaded)?;
    out.finish()?;
    out.set_date(modified);
    Ok(())
}

/// Writes content to the file that a URL names, in place of what it holds; in a folder, to one that is called as the sent one.
fn write(path: &Path, content: &Content, run: &mut Running<'_>) -> Result<(), Error> {
    let sent = content.0.iter().find_map(|piece| match piece {
        Piece::File { path, .. } => Some(path.as_path()),
        _ => None,
    });
    let path = match sent.and_then(Path::file_name) {
        Some(name) if path.as_os_str().as_encoded_bytes().ends_with(b"/") => path.join(name),
        _ => path.to_owned(),
    };
    if run.transfer.spec.range.is_some() {
        return Err(Error::new(Kind::Usage, "-C and -T do not go together with a file:// URL"));
    }
    // Made anew, it would be empty before it is read.
    if sent.is_some_and(|sent| is_one(sent, &path)) {
        return Err(Error::new(Kind::Usage, format!("'{}' would be sent to itself", path.display())));
    }
    let mut source = content.open(run.input)?;
    let failed = |error: &io::Error| saving::cannot_write(&path, error);
    let mut file = saving::anew(&path, saving::READABLE).map_err(|error| failed(&error))?;
    run.report.local = true;
    let mut buffer = vec![0; STRETCH];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                file.write_all(&buffer[..count]).map_err(|error| failed(&error))?;
                run.report.facts.upload_bytes += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::new(Kind::Read, format!("cannot read the content: {}", reason(&error)))),
        }
    }
}

/// Whether both names are of one file.
fn is_one(one: &Path, other: &Path) -> bool {
    let identity = |path: &Path| path.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()));
    identity(one).is_some_and(|identity_of_one| identity(other) == Some(identity_of_one))
}

/// All of a content, piece by piece; counts what was read.
fn deliver(
    path: &Path,
    mut content: Box<dyn Read>,
    mut delivery: Delivery<'_, '_>,
    read: &mut u64,
) -> Result<(), Error> {
    let mut buffer = vec![0; STRETCH];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return delivery.end(*read),
            Ok(count) => {
                *read += count as u64;
                delivery.take(&buffer[..count])?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(path, &error)),
        }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::new(Kind::Local, format!("cannot read '{}': {}", path.display(), reason(error)))
}

fn is_unmet(wish: &FieldLine, modified: SystemTime) -> bool {
    read_date(&wish.text()).is_some_and(|asked| match wish.is("if-unmodified-since") {
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
fn names(path: &Path) -> io::Result<Vec<u8>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let name = entry?.file_name();
        let bytes = name.as_encoded_bytes();
        if !bytes.starts_with(b".") {
            names.extend_from_slice(bytes);
            names.push(b'\n');
        }
    }
    Ok(names)
}

/// The first byte that is wanted, and how many at most.
///
/// # Errors
/// `Kind::Resume` if the file ends before, `Kind::Range` for what is no range.
fn stretch(range: Option<&str>, length: Option<u64>) -> Result<(u64, u64), Error> {
    let Some(range) = range else { return Ok((0, u64::MAX)) };
    let range = range.trim_start_matches("bytes=");
    let wrong = || Error::new(Kind::Range, format!("range '{range}' of a file, expected one like 0-99, 100- or -100"));
    let number = |text: &str| text.parse::<u64>().map_err(|_| wrong());
    let (first, last) = range.split_once('-').ok_or_else(wrong)?;
    let (from, most) = match (first, last) {
        ("", "0") => return Err(wrong()),
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
            (Some("bytes=-0"), None),
            (Some("bytes=1-2,4-5"), None),
        ] {
            assert_eq!(stretch(range, Some(10)).ok(), expected, "{range:?}");
        }
    }
}

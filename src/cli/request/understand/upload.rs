//! Files that are sent: `-T`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::content;
use super::glob::{self, Chosen, Globbed};
use crate::cli::args::{RequestArgs, UNRESERVED};
use crate::client::{Body, Content, Error, Kind, Piece, RequestSpec, TargetUri};

/// A file that is sent.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) path: PathBuf,
    /// What stands in the places of a pattern.
    pub(crate) chosen: Vec<Chosen>,
}

/// The files that the `-T` for a URL stands for; `None` is no file.
///
/// # Errors
/// `Kind::Url` for a pattern that is none.
pub(crate) fn files(args: &RequestArgs, place: usize) -> Result<Vec<Option<Upload>>, Error> {
    let typed = args.upload_file.get(place).filter(|path| !path.as_os_str().is_empty());
    let plain = |path: &Path| Upload { path: path.to_owned(), chosen: Vec::new() };
    match typed.map(|path| (path, path.to_str())) {
        None => Ok(vec![None]),
        Some((_, Some(name))) if !args.globoff => {
            let named = |file: Globbed| Some(Upload { path: file.url.into(), chosen: file.chosen });
            Ok(glob::expand(name)?.into_iter().map(named).collect())
        }
        // A name that is not UTF-8 is no pattern.
        Some((path, _)) => Ok(vec![Some(plain(path))]),
    }
}

/// Makes a request send a file, from an offset on if `-C` says so; `-C -` sends all of it again, as nobody knows what
/// the server has.
///
/// # Errors
/// `Kind::Read` if it cannot be read, or ends before the offset; `Kind::Usage` for an offset into a stream.
pub(crate) fn put(spec: &mut RequestSpec, name: &Path, resume: Option<&str>) -> Result<(), Error> {
    let piece = match is_input(name) {
        true => Piece::Input,
        false => content::file(name)?,
    };
    let wrong = |what: &str| Error::new(Kind::Usage, format!("-C with -T '{}': {what}", name.display()));
    let piece = match (resume, piece) {
        (None, piece) => piece,
        (Some("-"), Piece::File { path, offset, length }) => {
            spec.range = Some(format!("bytes=0-{}", length.saturating_sub(1)));
            spec.total = Some(length);
            Piece::File { path, offset, length }
        }
        (Some(digits), Piece::File { path, length, .. }) => {
            let from: u64 = digits.parse().map_err(|_| wrong("expected a number of bytes or '-'"))?;
            let left = length.checked_sub(from).filter(|left| *left > 0 || from == 0);
            let left = left.ok_or_else(|| {
                Error::new(Kind::Partial, format!("file '{}' ends before byte {from}", name.display()))
            })?;
            if from > 0 {
                spec.range = Some(format!("bytes={from}-{}", length - 1));
                spec.total = Some(length);
            }
            Piece::File { path, offset: from, length: left }
        }
        (Some(_), _) => return Err(wrong("what has no length has no place to go on at")),
    };
    spec.body = Body::Upload(Content(vec![piece]));
    Ok(())
}

/// A URL that ends in a slash, and has no query, gets the name of the file that is sent there.
pub(crate) fn add_file_name(target: &mut TargetUri, name: &Path) {
    if target.path.ends_with('/') && target.query.is_none() && !is_input(name) {
        let name = name.file_name().map(OsStr::as_bytes).unwrap_or_default();
        target.path.push_str(&percent_encoding::percent_encode(name, UNRESERVED).to_string());
    }
}

fn is_input(name: &Path) -> bool {
    matches!(name.as_os_str().as_bytes(), b"-" | b".")
}

//! Files that are sent: `-T`.

use std::path::Path;

use super::content;
use super::glob::{self, Globbed};
use crate::cli::args::{RequestArgs, UNRESERVED};
use crate::client::{Body, Content, Error, Kind, Piece, RequestSpec, TargetUri};

/// The files that the `-T` for a URL stands for; `None` is no file.
///
/// # Errors
/// `Kind::Url` for a pattern that is none.
pub(crate) fn files(args: &RequestArgs, place: usize) -> Result<Vec<Option<Globbed>>, Error> {
    let typed = args.upload_file.get(place).filter(|name| !name.is_empty());
    match typed {
        None => Ok(vec![None]),
        Some(name) if args.globoff => Ok(vec![Some(Globbed::plain(name))]),
        Some(name) => Ok(glob::expand(name)?.into_iter().map(Some).collect()),
    }
}

/// Makes a request send a file, from an offset on if `-C` says so; `-C -` sends all of it again, as nobody knows what
/// the server has.
///
/// # Errors
/// `Kind::Read` if it cannot be read, or ends before the offset; `Kind::Usage` for an offset into a stream.
pub(crate) fn put(spec: &mut RequestSpec, name: &str, resume: Option<&str>) -> Result<(), Error> {
    let piece = match name {
        "-" | "." => Piece::Input,
        path => content::file(Path::new(path))?,
    };
    let wrong = |what: &str| Error::new(Kind::Usage, format!("-C with -T '{name}': {what}"));
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
            let left =
                left.ok_or_else(|| Error::new(Kind::Partial, format!("file '{name}' ends before byte {from}")))?;
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
pub(crate) fn add_file_name(target: &mut TargetUri, name: &str) {
    if target.path.ends_with('/') && target.query.is_none() && !matches!(name, "-" | ".") {
        let name = Path::new(name).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let encoded = percent_encoding::utf8_percent_encode(&name, UNRESERVED).to_string();
        target.path.push_str(&encoded);
    }
}

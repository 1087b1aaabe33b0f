//! Where contents go: `-o`, `-O` and what belongs to them.

use std::path::{Path, PathBuf};

use super::glob::Globbed;
use super::urls::Named;
use crate::cli::args::{Destination, RequestArgs};
use crate::cli::request::names;
use crate::client::{Error, Kind};

/// What `-O` calls a file whose URL ends in no name: curl's name.
const NAMELESS: &str = "curl_response";

/// Where the content of a URL is to go.
pub(crate) fn wish<'a>(args: &'a RequestArgs, url: &Named, place: usize) -> Option<&'a Destination> {
    let is_named = args.remote_name_from.is_some_and(|from| url.word >= from) || url.is_listed;
    args.destinations.get(place).or(is_named.then_some(&Destination::RemoteName))
}

/// The file that a content goes to, if it goes to one; the URL ends in that name.
///
/// # Errors
/// `Kind::Glob` for a name that takes from a place that there is not.
pub(crate) fn file(
    args: &RequestArgs,
    wish: Option<&Destination>,
    globbed: &Globbed,
    name: Option<&str>,
) -> Result<Option<PathBuf>, Error> {
    let name = match wish {
        None | Some(Destination::Nowhere) => return Ok(None),
        Some(Destination::File(path)) if path.as_os_str() == "-" => return Ok(None),
        Some(Destination::File(path)) => match path.to_str() {
            Some(text) => PathBuf::from(globbed.fill(text)?),
            None => path.clone(),
        },
        Some(Destination::RemoteName) => {
            let name = name.map(names::safe_name).filter(|name| !name.is_empty());
            PathBuf::from(name.as_deref().unwrap_or(NAMELESS))
        }
    };
    Ok(Some(args.output_dir.as_deref().map_or(name.clone(), |folder| folder.join(&name))))
}

/// Where a download goes on; `-` is where its file ends.
///
/// # Errors
/// `Kind::Usage` for what is no offset.
pub(crate) fn resume(args: &RequestArgs, file: Option<&Path>) -> Result<Option<u64>, Error> {
    match args.continue_at.as_deref() {
        None => Ok(None),
        Some("-") => Ok(Some(file.and_then(|path| path.metadata().ok()).map_or(0, |metadata| metadata.len()))),
        Some(digits) => match digits.parse() {
            Ok(from) => Ok(Some(from)),
            Err(_) => Err(Error::new(Kind::Usage, format!("-C '{digits}', expected a number of bytes or '-'"))),
        },
    }
}

/// What is said of places for contents that no URL has.
pub(crate) fn surplus(args: &RequestArgs, urls: usize) -> Option<String> {
    let places = args.destinations.len();
    (places > urls)
        .then(|| format!("-o, -O and --out-null name {places} places, more than URLs ({urls}): the last are not used"))
}

/// What goes on where a file ends must know the file, and must neither make another one nor take it away; and content
/// that is made on the command line is sent whole.
///
/// # Errors
/// `Kind::Usage` for options that do not go together.
pub(crate) fn check(args: &RequestArgs, urls: usize) -> Result<(), Error> {
    let wishes = [
        (args.remote_header_name, "-J"),
        (args.no_clobber, "--no-clobber"),
        (args.remove_on_error, "--remove-on-error"),
        (!args.parts.is_empty() && !args.get, "-d"),
        (!args.forms.is_empty(), "-F"),
        (args.range.is_some(), "-r"),
    ];
    if let Some((_, other)) = wishes.into_iter().find(|(is_wished, _)| *is_wished && args.continue_at.is_some()) {
        return Err(Error::new(Kind::Usage, format!("{other} and -C do not go together, take one of them")));
    }
    if urls > 1 && (args.etag_save.is_some() || args.etag_compare.is_some()) {
        return Err(Error::new(Kind::Usage, "--etag-save and --etag-compare go with one URL only"));
    }
    Ok(())
}

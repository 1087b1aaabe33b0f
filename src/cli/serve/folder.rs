//! `serve --static`: files beside the data, opened for each request, as whoever builds them puts new ones in their place.

use std::borrow::Cow;
use std::fs::{self, Metadata};
use std::hash::Hasher;
use std::ops::Range;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use rustix::buffer::spare_capacity;
use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::{self, Errno};

use super::error::ServeError;
use super::media_type;
use crate::api::{self, File, Found, Settings};
use crate::cli::args::ServeArgs;
use crate::message::{Request, Response};
use crate::print::line;

/// What a folder is shown as.
const INDEX: &str = "index.html";

/// So many bytes of a file are read at once.
const PIECE: usize = 128 << 10;

/// A folder whose files are served.
pub(super) struct Folder {
    root: PathBuf,
    /// Its `index.html` is what browsers get where nothing else is.
    is_spa: bool,
}

impl Folder {
    /// The folder that was asked for, if one was.
    ///
    /// # Errors
    /// It is none, or `--spa` has no page to answer with.
    pub(super) fn of(args: &ServeArgs) -> Result<Option<Folder>, ServeError> {
        let Some(root) = args.folder.clone() else {
            let reason = "'--spa' answers with index.html of '--static DIR', which is missing";
            return if args.spa { Err(ServeError::Usage(reason.to_owned())) } else { Ok(None) };
        };
        let shown = || line(&root.to_string_lossy()).to_string();
        if !root.is_dir() {
            return Err(ServeError::Usage(format!("--static '{}': expected a folder", shown())));
        }
        if args.spa && !root.join(INDEX).is_file() {
            return Err(ServeError::Usage(format!("--spa: there is no {INDEX} in '{}'", shown())));
        }
        Ok(Some(Folder { root, is_spa: args.spa }))
    }

    /// The answer to a request for one of its files.
    pub(super) fn answer(&self, request: &Request<'_>, settings: &Settings) -> Option<Response> {
        api::file(request, settings, |names, is_folder| self.find(names, is_folder))
    }

    /// Whether a request that nothing was found for is to be answered with the page.
    pub(super) fn is_page_asked(&self, request: &Request<'_>) -> bool {
        self.is_spa && api::wants_page(request)
    }

    /// The page, as the answer to such a request.
    pub(super) fn page(&self, request: &Request<'_>, settings: &Settings) -> Option<Response> {
        api::file(request, settings, |_, _| self.find(&[Cow::Borrowed(INDEX)], false))
    }

    fn find(&self, names: &[Cow<'_, str>], is_folder: bool) -> Option<Found> {
        let names: Vec<&str> = names.iter().map(Cow::as_ref).collect();
        self.look(&names, is_folder).unwrap_or_else(unopened)
    }

    fn look(&self, names: &[&str], is_folder: bool) -> io::Result<Option<Found>> {
        let (file, metadata) = self.open(names)?;
        if metadata.is_file() && !is_folder {
            return Ok(names.last().map(|name| Found::File(found(file, name, &metadata))));
        }
        if !metadata.is_dir() {
            return Ok(None);
        }
        let (file, metadata) = self.open(&[names, &[INDEX]].concat())?;
        Ok(match is_folder || names.is_empty() {
            _ if !metadata.is_file() => None,
            true => Some(Found::File(found(file, INDEX, &metadata))),
            false => Some(Found::Folder),
        })
    }

    fn open(&self, names: &[&str]) -> io::Result<(fs::File, Metadata)> {
        let file = fs::File::from(open_below(&self.root, names)?);
        let metadata = file.metadata().map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        Ok((file, metadata))
    }
}

/// What it means that something could not be opened. Only where it is certain that there is no file, others may answer.
fn unopened(error: Errno) -> Option<Found> {
    match error {
        // The last four: a link that leads out or round, a name that is too long, and a socket.
        Errno::NOENT | Errno::NOTDIR | Errno::XDEV | Errno::LOOP | Errno::NAMETOOLONG | Errno::NXIO => None,
        Errno::ACCESS | Errno::PERM => Some(Found::Locked),
        _ => Some(Found::Unknown),
    }
}

/// A pipe or device is not waited for.
const READ: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// Opens what has these names from a folder downwards. A link may lead on within the folder, where the system can see to
/// that in one step; else none is followed.
fn open_below(root: &Path, names: &[&str]) -> io::Result<OwnedFd> {
    let root = rustix::fs::openat(CWD, root, READ | OFlags::DIRECTORY, Mode::empty())?;
    if names.is_empty() {
        return Ok(root);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::ResolveFlags;
        let below = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        match rustix::fs::openat2(&root, names.join("/"), READ, Mode::empty(), below) {
            // The kernel is old, or a container forbids the call.
            Err(Errno::NOSYS | Errno::PERM) => {}
            opened => return opened,
        }
    }
    open_stepwise(root, names)
}

/// The same from name to name, without any link.
fn open_stepwise(root: OwnedFd, names: &[&str]) -> io::Result<OwnedFd> {
    names
        .iter()
        .try_fold(root, |above, name| rustix::fs::openat(above.as_fd(), *name, READ | OFlags::NOFOLLOW, Mode::empty()))
}

/// A file that was opened, of that name.
fn found(file: fs::File, name: &str, metadata: &Metadata) -> File {
    let media_type = media_type::of(name);
    let charset = if media_type.starts_with("text/") { "; charset=utf-8" } else { "" };
    let mut state = xxhash_rust::xxh3::Xxh3Default::new();
    for number in [metadata.ino(), metadata.len(), metadata.mtime() as u64, metadata.mtime_nsec() as u64] {
        state.write_u64(number);
    }
    File {
        media_type: format!("{media_type}{charset}"),
        is_text: media_type::is_text(media_type),
        length: metadata.len(),
        modified: metadata.modified().unwrap_or(std::time::UNIX_EPOCH),
        state: state.finish(),
        read: Box::new(move |range| piece(&file, range)),
    }
}

/// The first bytes of a range of a file.
fn piece(file: &fs::File, range: Range<u64>) -> Option<Bytes> {
    let length = usize::try_from(range.end - range.start).unwrap_or(PIECE).min(PIECE);
    let mut bytes = Vec::with_capacity(length);
    loop {
        match io::pread(file, spare_capacity(&mut bytes), range.start) {
            Ok(_) => return Some(Bytes::from(bytes)),
            Err(Errno::INTR) => {}
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_there_is_left_to_others() {
        for error in [Errno::NOENT, Errno::NOTDIR, Errno::XDEV, Errno::LOOP, Errno::NAMETOOLONG, Errno::NXIO] {
            assert!(unopened(error).is_none(), "{error}");
        }
        assert!(matches!(unopened(Errno::ACCESS), Some(Found::Locked)));
        for error in [Errno::MFILE, Errno::NFILE, Errno::NOMEM, Errno::IO, Errno::AGAIN, Errno::INTR] {
            assert!(matches!(unopened(error), Some(Found::Unknown)), "{error}");
        }
    }

    #[test]
    fn without_the_kernels_help_no_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("in")).unwrap();
        fs::write(path("in/a"), "a").unwrap();
        std::os::unix::fs::symlink("in", path("link")).unwrap();
        std::os::unix::fs::symlink("in/a", path("b")).unwrap();
        for (names, expected) in
            [(&["in", "a"][..], true), (&["in"], true), (&["link", "a"], false), (&["b"], false), (&["c"], false)]
        {
            let root = rustix::fs::openat(CWD, folder.path(), READ | OFlags::DIRECTORY, Mode::empty()).unwrap();
            assert_eq!(open_stepwise(root, names).is_ok(), expected, "{names:?}");
        }
    }
}

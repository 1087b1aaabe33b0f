//! The data file on the disk: reading it, replacing it as a whole, seeing that somebody else changed it.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tempfile::NamedTempFile;
use xxhash_rust::xxh3::Xxh3;

use super::open::OpenError;
use crate::document::state::Document;

/// What tells one state of a file from another without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    pub(crate) fn of(metadata: &Metadata) -> Stamp {
        Stamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// The stamp of the file at `path`; `None` if there is none.
    pub(crate) fn at(path: &Path) -> io::Result<Option<Stamp>> {
        match fs::metadata(path) {
            Ok(metadata) => Ok(Some(Stamp::of(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Both are states of the same file, not of one and its replacement.
    pub(crate) fn is_same_file(&self, other: &Stamp) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }
}

/// What a file's content is known by: its length and a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Identity {
    pub(crate) length: u64,
    pub(crate) hash: u64,
}

impl Identity {
    pub(crate) fn of(text: &[u8]) -> Identity {
        Identity { length: text.len() as u64, hash: xxhash_rust::xxh3::xxh3_64(text) }
    }
}

/// Opens the file at `path` and holds it: no other server may.
///
/// # Errors
/// It cannot be opened, or another program holds it.
pub(crate) fn hold(path: &Path) -> Result<File, OpenError> {
    loop {
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenError::NotFound { path: path.to_owned() },
            _ => OpenError::io(path, "open", error),
        })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(OpenError::io(path, "lock", error)),
        }
        // Between opening and locking another server may have put a new file in the place of this one.
        let held = file.metadata().map(|metadata| Stamp::of(&metadata));
        let there = Stamp::at(path);
        match (held, there) {
            (Ok(held), Ok(Some(there))) if held.is_same_file(&there) => return Ok(file),
            (Err(error), _) | (_, Err(error)) => return Err(OpenError::io(path, "read", error)),
            _ => {}
        }
    }
}

/// The content of a file and the stamp it had, read again if it is changed meanwhile.
pub(crate) fn read(path: &Path) -> io::Result<(Bytes, Stamp)> {
    const TRIES: usize = 5;
    let mut tries = 0;
    loop {
        let before = Stamp::of(&fs::metadata(path)?);
        let text = fs::read(path)?;
        tries += 1;
        let after = Stamp::of(&fs::metadata(path)?);
        if before == after || tries == TRIES {
            return Ok((Bytes::from(text), before));
        }
    }
}

/// Names of temporary files for a file begin and end like this.
fn temporary_name(path: &Path) -> (String, &'static str) {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    (format!(".{name}.httpkit-"), ".tmp")
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Removes what a run that was killed left behind. Only whoever holds the file may do so.
pub(crate) fn clean_temporaries(path: &Path) {
    clean(path);
    clean(&super::journal::journal_path(path));
}

fn clean(path: &Path) {
    let (prefix, suffix) = temporary_name(path);
    let Ok(entries) = fs::read_dir(folder(path)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&prefix) && name.ends_with(suffix) {
            // What cannot be removed does no harm but for the space it takes.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A new content for a file, complete and under a temporary name in its folder.
pub(crate) struct Prepared {
    temporary: NamedTempFile,
    pub(crate) identity: Identity,
}

/// Writes `document` to a temporary file with mode and owner of the file at `path`, and syncs it if asked to.
pub(crate) fn prepare(path: &Path, document: &Document, sync: bool) -> io::Result<Prepared> {
    let mut hash = Xxh3::new();
    let mut length = 0;
    let temporary = temporary(path)?;
    let mut writer = BufWriter::with_capacity(256 << 10, temporary.as_file());
    let mut failure = None;
    document.pieces(&mut |owner, start, end| {
        let piece = &owner[start..end];
        hash.update(piece);
        length += piece.len() as u64;
        if failure.is_none() {
            failure = writer.write_all(piece).err();
        }
    });
    if let Some(error) = failure {
        return Err(error);
    }
    writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    finish(path, &temporary, sync)?;
    Ok(Prepared { temporary, identity: Identity { length, hash: hash.digest() } })
}

fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let (prefix, suffix) = temporary_name(path);
    tempfile::Builder::new().prefix(&prefix).suffix(suffix).tempfile_in(folder(path))
}

/// Gives the temporary file mode and owner of the one it will replace, holds it, and syncs it.
fn finish(path: &Path, temporary: &NamedTempFile, sync: bool) -> io::Result<()> {
    let file = temporary.as_file();
    let old = fs::metadata(path)?;
    let new = file.metadata()?;
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        fchown(file, Some(old.uid()), Some(old.gid()))?;
    }
    file.set_permissions(old.permissions())?;
    if sync {
        file.sync_all()?;
    }
    Ok(())
}

/// Why a prepared content did not get to its place.
pub(crate) enum Stopped {
    /// The file is as it was.
    Before(io::Error),
    /// Somebody changed the file: it is as they left it.
    Changed,
    /// The file has the new content, but whether it will after a loss of power is not known.
    After(io::Error, File, Stamp),
}

impl Prepared {
    /// Puts it in the place of the file at `path`, if this still has the stamp `expected`. Gives the new file, held,
    /// and its stamp.
    pub(crate) fn replace(self, path: &Path, expected: Option<Stamp>, sync: bool) -> Result<(File, Stamp), Stopped> {
        match self.temporary.as_file().try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Stopped::Before(io::ErrorKind::ResourceBusy.into())),
            Err(TryLockError::Error(error)) => return Err(Stopped::Before(error)),
        }
        if expected.is_some() && Stamp::at(path).map_err(Stopped::Before)? != expected {
            return Err(Stopped::Changed);
        }
        let file = self.temporary.persist(path).map_err(|error| Stopped::Before(error.error))?;
        let stamp = file.metadata().map(|metadata| Stamp::of(&metadata)).map_err(Stopped::Before)?;
        if sync && let Err(error) = sync_folder(path) {
            return Err(Stopped::After(error, file, stamp));
        }
        Ok((file, stamp))
    }
}

/// Makes the names in the folder of `path` durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

/// Writes `content` under `path` by way of a temporary file, durably.
pub(crate) fn replace_bytes(path: &Path, content: &[u8], sync: bool) -> io::Result<File> {
    let temporary = temporary(path)?;
    temporary.as_file().write_all(content)?;
    if sync {
        temporary.as_file().sync_all()?;
    }
    let file = temporary.persist(path).map_err(|error| error.error)?;
    if sync {
        sync_folder(path)?;
    }
    Ok(file)
}

/// Makes a data file that did not exist: an empty object, or a table of keys and values.
pub(crate) fn create(path: &Path) -> io::Result<()> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let content: &[u8] = match extension.as_deref() {
        Some("csv") => b"key,value\n",
        Some("tsv") => b"key\tvalue\n",
        _ => b"{}\n",
    };
    let mut file = File::create_new(path)?;
    file.write_all(content)?;
    file.sync_all()?;
    sync_folder(path)
}

/// The real file behind `path`, symbolic links followed.
pub(crate) fn real(path: &Path) -> Result<PathBuf, OpenError> {
    fs::canonicalize(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => OpenError::NotFound { path: path.to_owned() },
        _ => OpenError::io(path, "open", error),
    })
}

/// The file system, or what the user may have of it, is full.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

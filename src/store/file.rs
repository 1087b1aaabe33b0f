//! The data file on the disk: opening, reading and holding it, and what one state of it is known by.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use rustix::fs::{AtFlags, OFlags, StatxAttributes, StatxFlags};

use super::open::OpenError;
use crate::memory;

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

    /// Nobody has written to the file between the two; its name or its rights may have changed.
    pub(crate) fn is_unwritten(&self, other: &Stamp) -> bool {
        self.is_same_file(other) && (self.length, self.modified) == (other.length, other.modified)
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The number of the file in its file system.
    pub(crate) fn inode(&self) -> u64 {
        self.inode
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

/// What one file is known by for as long as it exists, whatever is written to it: its number, which is given to another
/// file when it is gone, and the moment when it was made. 0: the file system does not keep that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Birth(pub(crate) u64);

impl Birth {
    pub(crate) fn of(file: &File) -> Birth {
        let Ok(metadata) = file.metadata() else { return Birth(0) };
        let made = metadata.created().ok().and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
        Birth(made.map_or(0, |made| {
            let parts = [metadata.dev(), metadata.ino(), made.as_secs(), u64::from(made.subsec_nanos())];
            xxhash_rust::xxh3::xxh3_64(parts.map(u64::to_le_bytes).as_flattened())
        }))
    }

    /// Both are the same file for certain.
    pub(crate) fn is(self, other: Birth) -> bool {
        self.0 != 0 && self == other
    }
}

/// Opens a regular file to read. Nothing else is opened for long, and nothing that is opened can keep the caller waiting.
///
/// # Errors
/// It cannot be opened, or is no regular file.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Opening a device can do something, so it is looked at before; what counts is what was opened.
    check(&fs::metadata(path)?)?;
    open_as(path, OFlags::NONBLOCK | OFlags::NOCTTY)
}

/// The same for a file beside the data file, which is never reached through a link.
pub(crate) fn open_beside(path: &Path) -> io::Result<File> {
    check(&fs::symlink_metadata(path)?)?;
    open_as(path, OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW)
}

fn open_as(path: &Path, flags: OFlags) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    check(&file.metadata()?)?;
    Ok(file)
}

fn check(metadata: &Metadata) -> io::Result<()> {
    match special(metadata) {
        None => Ok(()),
        Some(kind) => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is a {kind}, expected a regular file")))
        }
    }
}

/// What it is, if it is no regular file.
fn special(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    Some(match () {
        () if kind.is_file() => return None,
        () if kind.is_dir() => "folder",
        () if kind.is_fifo() => "named pipe",
        () if kind.is_socket() => "socket",
        () if kind.is_symlink() => "symbolic link",
        () => "device",
    })
}

/// Opens the file at `path` and holds it: no other server may.
///
/// # Errors
/// It cannot be opened, is no regular file, or another program holds it.
pub(crate) fn hold(path: &Path) -> Result<File, OpenError> {
    loop {
        let file = open(path).map_err(|error| match error.kind() {
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

/// The content of an open file and the stamp it had, read again if it is changed meanwhile; `None` if it is changed all
/// the time.
pub(crate) fn read(file: &File) -> io::Result<Option<(Bytes, Stamp)>> {
    const TRIES: usize = 5;
    for _ in 0..TRIES {
        let before = Stamp::of(&file.metadata()?);
        let length = usize::try_from(before.length).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let mut text = Vec::new();
        // Its index takes about as much again.
        if !memory::has_room(length.saturating_mul(2)) || text.try_reserve_exact(length).is_err() {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        text.resize(length, 0);
        let is_whole = match file.read_exact_at(&mut text, 0) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
            Err(error) => return Err(error),
        };
        if is_whole && Stamp::of(&file.metadata()?) == before {
            return Ok(Some((Bytes::from(text), before)));
        }
    }
    Ok(None)
}

/// The folder that holds a name.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Makes the names in the folder of `path` durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

/// Makes a data file that does not exist: an empty object, or a table of keys and values. If `path` is a link, the file
/// is made where the link points to.
pub(crate) fn create(path: &Path) -> io::Result<()> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let content: &[u8] = match extension.as_deref() {
        Some("csv") => b"key,value\n",
        Some("tsv") => b"key\tvalue\n",
        Some("ndjson" | "jsonl") => b"",
        _ => b"{}\n",
    };
    let path = target(path)?;
    let mut file = File::create_new(&path)?;
    file.write_all(content)?;
    file.sync_all()?;
    sync_folder(&path)
}

/// More links than this in a row lead nowhere: the kernel's own limit.
const LINKS: usize = 40;

/// Where a path leads to, links at its end followed, though nothing may be there.
fn target(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(next) => path = folder(&path).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// The folders in which a name decides where `path` leads to: that of the path, and that of each link on the way.
pub(crate) fn ways(path: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let mut left: Vec<PathBuf> = vec![path.to_owned()];
    let mut links = 0;
    while let Some(path) = left.pop() {
        let mut walked = PathBuf::new();
        for component in path.components() {
            walked.push(component);
            let Ok(next) = fs::read_link(&walked) else { continue };
            links += 1;
            if links > LINKS {
                return folders;
            }
            let folder = folder(&walked).to_owned();
            left.push(folder.join(next));
            folders.push(folder);
        }
        if let Some(Component::Normal(_)) = path.components().next_back() {
            folders.push(folder(&path).to_owned());
        }
    }
    folders.sort();
    folders.dedup();
    folders
}

/// The real file behind `path`, symbolic links followed.
pub(crate) fn real(path: &Path) -> Result<PathBuf, OpenError> {
    fs::canonicalize(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => OpenError::NotFound { path: path.to_owned() },
        _ => OpenError::io(path, "open", error),
    })
}

/// Whether something is mounted at this very file, as containers do it with single files: no rename can replace it.
pub(crate) fn is_mount(file: &File) -> bool {
    let status = rustix::fs::statx(file, "", AtFlags::EMPTY_PATH, StatxFlags::BASIC_STATS);
    status.is_ok_and(|status| {
        status.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT)
            && status.stx_attributes.contains(StatxAttributes::MOUNT_ROOT)
    })
}

/// The file system, what the user may have of it, or what a process may write, is full.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

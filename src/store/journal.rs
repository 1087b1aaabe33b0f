//! `FILE.journal`: changes to a large file that are durable but not in the file yet.
//!
//! A header says which content of the file the changes apply to. Each frame is a sign, a length, a checksum and a change
//! or a mark. A mark says that a newer content of the file, in a file known by its birth, holds all changes before a certain
//! one; it is written before that content gets to its place, so that no change is lost or applied twice whenever the
//! power goes. `replay` reads it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use xxhash_rust::xxh3::xxh3_64;

use super::file::{Birth, Identity};
use super::replace::replace_bytes;
use crate::document::Action;

pub(crate) const MAGIC: &[u8; 16] = b"httpkit changes\n";
pub(crate) const HEADER: usize = 32;
/// What each frame begins with.
pub(crate) const SIGN: &[u8; 4] = b"\xf5hk\n";
/// Sign, length, checksum.
pub(crate) const PREFIX: usize = 16;

/// An open journal.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// How much of the file is good.
    length: u64,
    /// A write or sync failed: what the disk holds is not known.
    poisoned: bool,
}

/// A change as it was recorded.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    /// From the root of its document.
    pub(crate) path: Vec<String>,
    pub(crate) action: Action,
}

/// Where the journal of a file is.
pub(crate) fn journal_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".journal");
    PathBuf::from(name)
}

impl Journal {
    /// A new journal for the file at `path`, whose content is `base`.
    ///
    /// # Errors
    /// Of the operating system; something of that name is there already.
    pub(crate) fn create(path: &Path, base: Identity, sync: bool) -> io::Result<Journal> {
        let path = journal_path(path);
        let flags = OFlags::NOFOLLOW.bits().cast_signed();
        let mut file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).custom_flags(flags).open(&path)?;
        if let Err(error) = file.write_all(&header(base)) {
            // Half a journal would be in the way of the next one.
            let _ = fs::remove_file(&path);
            return Err(error);
        }
        // The header is synced together with the first record, only the name needs a sync of its own.
        if sync {
            super::file::sync_folder(&path)?;
        }
        Journal::over(path, file, HEADER as u64)
    }

    /// Goes on with a journal that was found, after what of it is good.
    pub(crate) fn resume(path: &Path, length: u64) -> io::Result<Journal> {
        let path = journal_path(path);
        let flags = OFlags::NOFOLLOW.bits().cast_signed();
        let file = OpenOptions::new().read(true).write(true).custom_flags(flags).open(&path)?;
        file.set_len(length)?;
        Journal::over(path, file, length)
    }

    fn over(path: PathBuf, mut file: File, length: u64) -> io::Result<Journal> {
        file.seek(SeekFrom::Start(length))?;
        Ok(Journal { path, file, length, poisoned: false })
    }

    /// How long it is.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// It cannot be trusted any more: its changes have to get into the file.
    pub(crate) fn is_poisoned(&self) -> bool {
        self.poisoned
    }

    /// Appends records, as [`records`] makes them, with one write, and syncs them if asked to.
    pub(crate) fn append(&mut self, records: &[u8], sync: bool) -> io::Result<()> {
        let written = self.file.write_all(records);
        let synced = if written.is_ok() && sync { self.file.sync_data() } else { Ok(()) };
        // After a failed sync nothing more is asked of this file: the kernel may have dropped what it could not write.
        self.poisoned |= synced.is_err();
        let result = written.and(synced);
        if result.is_ok() {
            self.length += records.len() as u64;
        } else {
            // What was not acknowledged must not come back.
            let restored = self.file.set_len(self.length).and_then(|()| self.file.seek(SeekFrom::Start(self.length)));
            self.poisoned |= restored.is_err();
        }
        result
    }

    /// Syncs what was appended without.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        let result = self.file.sync_data();
        self.poisoned |= result.is_err();
        result
    }

    /// Notes that the content `identity`, in the file of that birth, holds all changes before the offset `upto`.
    pub(crate) fn mark(&mut self, upto: u64, identity: Identity, birth: Birth, sync: bool) -> io::Result<()> {
        let mut out = Vec::new();
        frame(&mut out, |out| {
            out.push(b'M');
            for number in [upto, identity.length, identity.hash, birth.0] {
                out.extend_from_slice(&number.to_le_bytes());
            }
        });
        self.append(&out, sync)
    }

    /// The journal that goes on from the content `base` with the records from the offset `from` to `to`.
    pub(crate) fn rotate(&mut self, from: u64, to: u64, base: Identity, sync: bool) -> io::Result<()> {
        let mut rest = Vec::new();
        self.file.seek(SeekFrom::Start(from))?;
        (&self.file).take(to - from).read_to_end(&mut rest)?;
        let content = [header(base).as_slice(), &rest].concat();
        let file = replace_bytes(&self.path, &content, sync)?;
        *self = Journal::over(self.path.clone(), file, content.len() as u64)?;
        Ok(())
    }

    /// Removes it: all that it holds is in the file. Should the removal be lost, the mark in it says so.
    pub(crate) fn remove(self) {
        let _ = fs::remove_file(&self.path);
    }

    /// What it holds, as bytes.
    pub(crate) fn text(&self) -> io::Result<Vec<u8>> {
        let mut text = vec![0; usize::try_from(self.length).map_err(|_| io::ErrorKind::FileTooLarge)?];
        std::os::unix::fs::FileExt::read_exact_at(&self.file, &mut text, 0)?;
        Ok(text)
    }
}

fn header(base: Identity) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&base.length.to_le_bytes());
    out.extend_from_slice(&base.hash.to_le_bytes());
    out
}

/// Appends a frame, whose payload is written by `payload`, without a copy of it.
fn frame(out: &mut Vec<u8>, payload: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(SIGN);
    out.resize(start + PREFIX, 0);
    payload(out);
    let (length, hash) = (out.len() - start - PREFIX, xxh3_64(&out[start + PREFIX..]));
    out[start + 4..start + 8].copy_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    out[start + 8..start + PREFIX].copy_from_slice(&hash.to_le_bytes());
}

/// The letter of an action, and what goes with it.
pub(crate) fn parts(action: &Action) -> (u8, &[u8]) {
    match action {
        Action::Put(body) => (b'P', body),
        Action::Merge(body) => (b'G', body),
        Action::Patch(body) => (b'J', body),
        Action::Post(body) => (b'A', body),
        Action::Delete { dependent: None } => (b'D', b""),
        Action::Delete { dependent: Some(name) } => (b'E', name.as_bytes()),
        Action::Create(body) => (b'C', body),
        Action::Update(body) => (b'U', body),
        Action::Rows(body) => (b'R', body),
    }
}

/// Changes as records, one behind the other.
pub(crate) fn records(changes: &[Recorded]) -> Vec<u8> {
    let mut out = Vec::with_capacity(weight(changes));
    changes.iter().for_each(|change| record(change, &mut out));
    out
}

fn record(Recorded { path, action }: &Recorded, out: &mut Vec<u8>) {
    let (kind, body) = parts(action);
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    frame(out, |out| {
        out.push(kind);
        out.extend_from_slice(&count(path.len()));
        for segment in path {
            out.extend_from_slice(&count(segment.len()));
            out.extend_from_slice(segment.as_bytes());
        }
        out.extend_from_slice(body);
    });
}

/// About how many bytes changes hold.
pub(crate) fn weight(changes: &[Recorded]) -> usize {
    let path = |change: &Recorded| change.path.iter().map(|name| name.len() + size_of::<String>()).sum::<usize>();
    changes.iter().map(|change| size_of::<Recorded>() + path(change) + parts(&change.action).1.len()).sum()
}

/// Whether an open file belongs to the user of this process and can be changed by nobody else.
pub(crate) fn is_private(file: &File) -> bool {
    let us = rustix::process::geteuid().as_raw();
    file.metadata().is_ok_and(|metadata| metadata.uid() == us && metadata.mode() & 0o022 == 0)
}

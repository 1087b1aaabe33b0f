//! `FILE.journal`: changes to a large file that are durable but not in the file yet.
//!
//! A header says which content of the file the changes apply to. Each record is a length, a checksum and a change. A
//! mark says that a newer content of the file holds all changes before a certain one; it is written before that
//! content gets to its place, so that no change is lost or applied twice whenever the power goes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

use super::file::{self, Identity};
use crate::document::Action;

const MAGIC: &[u8; 16] = b"httpkit journal\n";
const HEADER: usize = 32;
const PREFIX: usize = 12;

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

/// What a journal holds.
pub(crate) struct Replay {
    /// The changes that the file does not hold.
    pub(crate) changes: Vec<Recorded>,
    /// The journal was written for this content of the file (or one that its changes were folded into).
    pub(crate) fits: bool,
    /// How much of it is good.
    pub(crate) length: u64,
}

/// Where the journal of a file is.
pub(crate) fn journal_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".journal");
    PathBuf::from(name)
}

impl Journal {
    /// A new journal for the file at `path`, whose content is `base`. Whatever stands there is replaced.
    pub(crate) fn create(path: &Path, base: Identity, sync: bool) -> io::Result<Journal> {
        let path = journal_path(path);
        let file = file::replace_bytes(&path, &header(base), false)?;
        // The header is synced together with the first record, only the name needs a sync of its own.
        if sync {
            file::sync_folder(&path)?;
        }
        Journal::over(path, file, HEADER as u64)
    }

    /// Goes on with a journal that was found, after what of it is good.
    pub(crate) fn resume(path: &Path, length: u64) -> io::Result<Journal> {
        let path = journal_path(path);
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
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

    /// Appends records, as [`record`] makes them, with one write, and syncs them if asked to.
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

    /// Notes that the content `identity` of the file holds all changes before the offset `upto`.
    pub(crate) fn mark(&mut self, upto: u64, identity: Identity, sync: bool) -> io::Result<()> {
        let mut payload = vec![b'M'];
        for number in [upto, identity.length, identity.hash] {
            payload.extend_from_slice(&number.to_le_bytes());
        }
        let mut out = Vec::new();
        frame(&payload, &mut out);
        self.append(&out, sync)
    }

    /// The journal that goes on from the content `base` with the records from the offset `from` to `to`.
    pub(crate) fn rotate(&mut self, from: u64, to: u64, base: Identity, sync: bool) -> io::Result<()> {
        let mut rest = Vec::new();
        self.file.seek(SeekFrom::Start(from))?;
        (&self.file).take(to - from).read_to_end(&mut rest)?;
        let content = [header(base).as_slice(), &rest].concat();
        let file = file::replace_bytes(&self.path, &content, sync)?;
        *self = Journal::over(self.path.clone(), file, content.len() as u64)?;
        Ok(())
    }

    /// Removes it: all that it holds is in the file. Should the removal be lost, the mark in it says so.
    pub(crate) fn remove(self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn header(base: Identity) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&base.length.to_le_bytes());
    out.extend_from_slice(&base.hash.to_le_bytes());
    out
}

fn frame(payload: &[u8], out: &mut Vec<u8>) {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&xxh3_64(payload).to_le_bytes());
    out.extend_from_slice(payload);
}

/// Appends a change as a record.
pub(crate) fn record(path: &[String], action: &Action, out: &mut Vec<u8>) {
    let (kind, body): (u8, &[u8]) = match action {
        Action::Put(body) => (b'P', body),
        Action::Merge(body) => (b'G', body),
        Action::Patch(body) => (b'J', body),
        Action::Post(body) => (b'A', body),
        Action::Delete { dependent: None } => (b'D', b""),
        Action::Delete { dependent: Some(name) } => (b'E', name.as_bytes()),
        Action::Create(body) => (b'C', body),
        Action::Update(body) => (b'U', body),
        Action::Rows(body) => (b'R', body),
    };
    let mut payload = vec![kind];
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    payload.extend_from_slice(&count(path.len()));
    for segment in path {
        payload.extend_from_slice(&count(segment.len()));
        payload.extend_from_slice(segment.as_bytes());
    }
    payload.extend_from_slice(body);
    frame(&payload, out);
}

/// Reads the journal of the file at `path`, whose content is `now`; `None` if there is none. What was torn off at its
/// end was never acknowledged and is left out.
pub(crate) fn replay(path: &Path, now: Identity) -> io::Result<Option<Replay>> {
    let text = match fs::read(journal_path(path)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if text.len() < HEADER || !text.starts_with(MAGIC) {
        return Ok(Some(Replay { changes: Vec::new(), fits: text.is_empty(), length: 0 }));
    }
    let base = Identity { length: number(&text[16..]), hash: number(&text[24..]) };
    let mut start = HEADER as u64;
    let mut fits = base == now;
    let mut at = HEADER;
    let mut records: Vec<(u64, Recorded)> = Vec::new();
    while let Some(payload) = payload(&text, at) {
        match payload.split_first() {
            Some((b'M', rest)) if rest.len() == 24 => {
                let folded = Identity { length: number(&rest[8..]), hash: number(&rest[16..]) };
                if folded == now {
                    start = number(rest);
                    fits = true;
                }
            }
            Some((&kind, rest)) => match change(kind, rest) {
                Some(change) => records.push((at as u64, change)),
                None => break,
            },
            None => break,
        }
        at += PREFIX + payload.len();
    }
    let changes = records.into_iter().filter(|(offset, _)| *offset >= start).map(|(_, change)| change).collect();
    Ok(Some(Replay { changes, fits, length: at as u64 }))
}

fn number(text: &[u8]) -> u64 {
    text.first_chunk::<8>().map_or(0, |octets| u64::from_le_bytes(*octets))
}

fn payload(text: &[u8], at: usize) -> Option<&[u8]> {
    let prefix = text.get(at..at + PREFIX)?;
    let length = u32::from_le_bytes(*prefix.first_chunk::<4>()?) as usize;
    let payload = text.get(at + PREFIX..at + PREFIX + length)?;
    (xxh3_64(payload) == number(&prefix[4..])).then_some(payload)
}

fn change(kind: u8, rest: &[u8]) -> Option<Recorded> {
    let count = |at: usize| Some(u32::from_le_bytes(*rest.get(at..)?.first_chunk::<4>()?) as usize);
    let segments = count(0)?;
    let mut from = 4;
    let mut path = Vec::new();
    for _ in 0..segments {
        let length = count(from)?;
        let segment = rest.get(from + 4..from + 4 + length)?;
        path.push(String::from_utf8(segment.to_vec()).ok()?);
        from += 4 + length;
    }
    let body = Bytes::copy_from_slice(rest.get(from..)?);
    let action = match kind {
        b'P' => Action::Put(body),
        b'G' => Action::Merge(body),
        b'J' => Action::Patch(body),
        b'A' => Action::Post(body),
        b'D' => Action::Delete { dependent: None },
        b'E' => Action::Delete { dependent: Some(String::from_utf8(body.to_vec()).ok()?) },
        b'C' => Action::Create(body),
        b'U' => Action::Update(body),
        b'R' => Action::Rows(body),
        _ => return None,
    };
    Some(Recorded { path, action })
}

/// Removes the journal of the file at `path`: all that it holds is in the file. Should the removal be lost, the mark in
/// it says so.
pub(crate) fn remove(path: &Path) {
    let _ = fs::remove_file(journal_path(path));
}

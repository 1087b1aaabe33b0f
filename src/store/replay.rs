//! Reading `FILE.journal`: is it ours, whole, and of this content of the file?

use std::fs;
use std::io;
use std::path::Path;

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

use super::file::{self, Birth, Identity};
use super::journal::{HEADER, MAGIC, PREFIX, Recorded, SIGN, is_private, journal_path};
use crate::document::Action;
use crate::text::json;

/// What stands at the name of a file's journal.
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// Something that this program did not make, or that somebody else may have changed: why.
    Foreign(&'static str),
    /// A journal.
    Journal(Replay),
}

/// What a journal holds.
#[derive(Debug)]
pub(crate) struct Replay {
    /// The changes that the file does not hold.
    pub(crate) changes: Vec<Recorded>,
    /// How the journal stands to the file.
    pub(crate) fit: Fit,
    /// How much of it is good.
    pub(crate) length: u64,
    /// How many bytes stand behind that: what was being written when the power went.
    pub(crate) torn: u64,
}

/// How a journal stands to the content of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It was written for this content.
    Fits,
    /// All its changes went into this file, which was changed after that: they are of no use any more.
    Over,
    /// It was written for another content.
    Other,
}

/// Where a journal is damaged.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Damaged {
    /// The byte at which the frame begins.
    pub(crate) at: usize,
    pub(crate) what: &'static str,
}

/// Looks for the journal of the file at `path`, whose content is `now`, in a file of that birth.
///
/// # Errors
/// It cannot be read, or is damaged at another place than its end.
pub(crate) fn find(path: &Path, now: Identity, birth: Birth) -> io::Result<Found> {
    let name = journal_path(path);
    match fs::symlink_metadata(&name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
        Ok(metadata) if !metadata.is_file() => return Ok(Found::Foreign("it is no regular file")),
        Ok(_) => {}
    }
    let file = file::open_beside(&name)?;
    let (text, _) = file::read(&file)?.ok_or(io::ErrorKind::ResourceBusy)?;
    // One whose header was not written yet holds nothing, and has the mode that it was made with.
    let is_begun = text.len() < HEADER && MAGIC.starts_with(&text[..text.len().min(MAGIC.len())]);
    if !text.starts_with(MAGIC) && !is_begun {
        return Ok(Found::Foreign("it is not a journal of this program"));
    }
    if !is_private(&file) {
        return Ok(Found::Foreign("another user made it or may have changed it"));
    }
    let replay = read(&text, now, birth);
    let damage = |Damaged { at, what }| io::Error::other(format!("byte {at}: {what}"));
    replay.map(Found::Journal).map_err(damage)
}

/// Reads the bytes of a journal.
///
/// # Errors
/// It is damaged at another place than its end. What was torn off at its end was never acknowledged.
pub(crate) fn read(text: &[u8], now: Identity, birth: Birth) -> Result<Replay, Damaged> {
    if text.len() < HEADER {
        return Ok(Replay { changes: Vec::new(), fit: Fit::Fits, length: 0, torn: text.len() as u64 });
    }
    let base = Identity { length: number(&text[16..]), hash: number(&text[24..]) };
    let (mut at, mut start, mut folded) = (HEADER, 0, 0);
    let mut fit = if base == now { Fit::Fits } else { Fit::Other };
    let mut records: Vec<(u64, Recorded)> = Vec::new();
    while let Some(payload) = payload(text, at) {
        match payload.split_first() {
            Some((b'M', rest)) if rest.len() == 32 => {
                let (upto, mark) = (number(rest), Identity { length: number(&rest[8..]), hash: number(&rest[16..]) });
                if mark == now {
                    (start, fit) = (upto, Fit::Fits);
                } else if birth.is(Birth(number(&rest[24..]))) {
                    folded = upto;
                }
            }
            Some((&kind, rest)) => {
                let change = change(kind, rest).ok_or(Damaged { at, what: "this is no change that is known" })?;
                if !is_well_formed(&change.action) {
                    return Err(Damaged { at, what: "the content of this change is not well-formed" });
                }
                records.push((at as u64, change));
            }
            None => return Err(Damaged { at, what: "this record is empty" }),
        }
        at += PREFIX + payload.len();
    }
    if is_followed(text, at) {
        return Err(Damaged { at, what: "this record is damaged, and others follow it" });
    }
    if fit == Fit::Other && folded > 0 && records.iter().all(|(offset, _)| *offset < folded) {
        fit = Fit::Over;
    }
    let changes = records.into_iter().filter(|(offset, _)| *offset >= start).map(|(_, change)| change).collect();
    Ok(Replay { changes, fit, length: at as u64, torn: (text.len() - at) as u64 })
}

/// A body that no answer has ever acknowledged would make a file that does not parse.
fn is_well_formed(action: &Action) -> bool {
    match action {
        Action::Put(body) | Action::Merge(body) | Action::Patch(body) | Action::Post(body) => json::check(body).is_ok(),
        Action::Create(body) | Action::Update(body) => json::check(body).is_ok(),
        Action::Rows(_) | Action::Delete { .. } => true,
    }
}

/// The frame that begins at an offset, if it is whole.
fn payload(text: &[u8], at: usize) -> Option<&[u8]> {
    let prefix = text.get(at..)?.get(..PREFIX)?;
    let length = u32::from_le_bytes(*prefix[SIGN.len()..].first_chunk::<4>()?) as usize;
    let payload = text.get(at + PREFIX..)?.get(..length)?;
    let is_good = prefix.starts_with(SIGN) && xxh3_64(payload) == number(&prefix[8..]);
    is_good.then_some(payload)
}

/// Whether a whole frame stands anywhere behind an offset: then what is damaged there is not what was written last.
fn is_followed(text: &[u8], at: usize) -> bool {
    let rest = text.get(at + 1..).unwrap_or_default();
    memchr::memmem::find_iter(rest, SIGN).any(|found| payload(text, at + 1 + found).is_some())
}

fn number(text: &[u8]) -> u64 {
    text.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
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

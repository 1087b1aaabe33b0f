//! Writing a file in its place, where no new file can stand for it: something is mounted at it, or a new one could not
//! have its owner, its access list or its attributes.
//!
//! Before the first byte is written, `FILE.rewrite` holds the whole new content, and of each block of the old one a hash.
//! A file that a crash left half written is known by that: every block of it is an old one or a new one. It is written
//! to its end at the next start. A file of which that is not true was changed by its owner.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use xxhash_rust::xxh3::xxh3_64;

use super::file::{self, Identity, Stamp};
use super::replace::replace_bytes;

const MAGIC: &[u8; 16] = b"httpkit rewrite\n";

/// What a disk writes at once, whole or not at all.
const BLOCK: usize = 512;

/// Magic, a checksum of all that follows, the old length, the old hash.
const HEADER: usize = 40;

/// Where a new content waits while the file at `path` is written.
pub(crate) fn copy_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".rewrite");
    PathBuf::from(name)
}

/// Writes `content` over that of the file at `path`, which is open to read as `old`, if it still has the stamp
/// `expected`.
///
/// # Errors
/// [`Unwritten`]; the file is as it was, or will be completed at the next start.
pub(crate) fn write(path: &Path, old: &File, expected: Stamp, content: &[u8]) -> Result<(), Unwritten> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let file = OpenOptions::new().write(true).custom_flags(flags).open(path)?;
    let (before, was) = file::read(old)?.ok_or(Unwritten::Changed)?;
    if was != expected || Stamp::of(&file.metadata()?) != expected {
        return Err(Unwritten::Changed);
    }
    let copy = copy_path(path);
    match is_ours_or_none(&copy) {
        true => drop(replace_bytes(&copy, &encoded(&before, content), true)?),
        false => return Err(foreign(&copy).into()),
    }
    if Stamp::of(&file.metadata()?) != expected {
        remove(path);
        return Err(Unwritten::Changed);
    }
    if let Err(error) = put(&file, content) {
        // The old content again, so that nothing can be read that was not acknowledged. If that fails too, the copy
        // stays and the file will be completed.
        if put(&file, &before).is_ok() {
            remove(path);
        }
        return Err(error.into());
    }
    remove(path);
    Ok(())
}

/// Why a file was not written.
#[derive(Debug)]
pub(crate) enum Unwritten {
    /// The operating system refused.
    Io(io::Error),
    /// Somebody changed the file: it is as they left it.
    Changed,
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Unwritten {
        Unwritten::Io(error)
    }
}

fn put(file: &File, content: &[u8]) -> io::Result<()> {
    file.write_all_at(content, 0)?;
    file.set_len(content.len() as u64)?;
    file.sync_all()
}

fn remove(path: &Path) {
    // Should this fail or be lost, the copy is the content of the file, and the next start sees that.
    let _ = fs::remove_file(copy_path(path));
}

fn encoded(old: &[u8], new: &[u8]) -> Vec<u8> {
    let identity = Identity::of(old);
    let mut body = Vec::with_capacity(HEADER + new.len() + old.len() / 64);
    body.extend_from_slice(&identity.length.to_le_bytes());
    body.extend_from_slice(&identity.hash.to_le_bytes());
    old.chunks(BLOCK).for_each(|block| body.extend_from_slice(&xxh3_64(block).to_le_bytes()));
    body.extend_from_slice(new);
    [MAGIC.as_slice(), &xxh3_64(&body).to_le_bytes(), &body].concat()
}

/// A copy that was found.
struct Copy {
    old: Identity,
    blocks: Vec<u64>,
    new: Vec<u8>,
}

fn decoded(text: &[u8]) -> Option<Copy> {
    let body = text.strip_prefix(MAGIC)?;
    let (sum, body) = body.split_first_chunk::<8>()?;
    if xxh3_64(body) != u64::from_le_bytes(*sum) {
        return None;
    }
    let (length, rest) = body.split_first_chunk::<8>()?;
    let (hash, rest) = rest.split_first_chunk::<8>()?;
    let old = Identity { length: u64::from_le_bytes(*length), hash: u64::from_le_bytes(*hash) };
    let count = usize::try_from(old.length).ok()?.div_ceil(BLOCK);
    let (blocks, new) = rest.split_at_checked(count.checked_mul(8)?)?;
    let blocks = blocks.as_chunks::<8>().0.iter().map(|block| u64::from_le_bytes(*block)).collect();
    Some(Copy { old, blocks, new: new.to_vec() })
}

impl Copy {
    /// Whether `text` is what a crash may have left while the new content was written over the old one.
    fn explains(&self, text: &[u8]) -> bool {
        let old_length = usize::try_from(self.old.length).unwrap_or(usize::MAX);
        let is_length = text.len() <= old_length.max(self.new.len()) && text.len() >= old_length.min(self.new.len());
        is_length
            && text.chunks(BLOCK).enumerate().all(|(number, block)| {
                let new = self.new.get(number * BLOCK..).unwrap_or_default();
                // At its end the new content may be shorter than the block, and the rest of it old.
                let is_new =
                    !new.is_empty() && (new.starts_with(block) || block.starts_with(&new[..new.len().min(BLOCK)]));
                is_new || self.blocks.get(number) == Some(&xxh3_64(block))
            })
    }
}

/// What was found of a write that a crash has cut off.
pub(crate) enum Recovered {
    /// Nothing.
    Nothing,
    /// The file was half written and is whole now.
    Completed,
}

/// Completes a write to the file at `path` that a crash has cut off. Only whoever holds the file may do so.
///
/// # Errors
/// The copy is not ours or broken, or the file was changed since: both stay as they are.
pub(crate) fn recover(path: &Path) -> io::Result<Recovered> {
    let copy = copy_path(path);
    if fs::symlink_metadata(&copy).is_err() {
        return Ok(Recovered::Nothing);
    }
    if !is_ours_or_none(&copy) {
        // Somebody else's file of that name is none of our business until the name is needed.
        return Ok(Recovered::Nothing);
    }
    let whole = |path: &Path| {
        let (text, _) = file::read(&file::open_beside(path)?)?.ok_or(io::ErrorKind::ResourceBusy)?;
        Ok::<_, io::Error>(text)
    };
    let wrong = |what: &str| io::Error::other(format!("'{}' {what}", copy.display()));
    let found = decoded(&whole(&copy)?).ok_or_else(|| wrong("is damaged; move it away to serve the file as it is"))?;
    let text = whole(path)?;
    if text == found.new || Identity::of(&text) == found.old {
        remove(path);
        return Ok(Recovered::Nothing);
    }
    if !found.explains(&text) {
        return Err(wrong("holds a content that was being written when the file was changed; move one of them away"));
    }
    put(&OpenOptions::new().write(true).open(path)?, &found.new)?;
    remove(path);
    Ok(Recovered::Completed)
}

/// Whether there is nothing under that name, or a file that this program made.
fn is_ours_or_none(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Err(_) => true,
        Ok(_) => file::open_beside(path).is_ok_and(|file| {
            let mut magic = [0; MAGIC.len()];
            super::journal::is_private(&file) && file.read_exact_at(&mut magic, 0).is_ok() && magic == *MAGIC
        }),
    }
}

fn foreign(path: &Path) -> io::Error {
    io::Error::other(format!("'{}' is in the way, and not of this program", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_crash_leaves_is_completed_and_what_an_owner_leaves_is_not() {
        let old: Vec<u8> = (0..3000_u32).map(|number| (number % 251) as u8).collect();
        let new: Vec<u8> = (0..2600_u32).map(|number| (number % 83) as u8).collect();
        let copy = decoded(&encoded(&old, &new)).unwrap();
        assert_eq!((copy.old, copy.new.as_slice()), (Identity::of(&old), new.as_slice()));
        // Written up to any byte from the front, and any mixture of blocks.
        for written in 0..=new.len() {
            let torn = [&new[..written], &old[written..]].concat();
            let is_in_block = written % BLOCK != 0;
            assert!(is_in_block || copy.explains(&torn), "{written}");
        }
        let mut mixed = old.clone();
        mixed[1024..1536].copy_from_slice(&new[1024..1536]);
        assert!(copy.explains(&mixed) && copy.explains(&new) && copy.explains(&old));
        mixed[700] ^= 1;
        assert!(!copy.explains(&mixed) && !copy.explains(b"{}"));
        for damage in [20, 60, 500, 4000] {
            let mut text = encoded(&old, &new);
            text[damage % 3000] ^= 1;
            assert!(decoded(&text).is_none(), "{damage}");
        }
    }
}

//! A look at the file at the path, and what it makes of what is known of it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::claim::Claim;
use super::file::{self, Identity, Stamp};
use super::open::OpenError;
use super::sight::{EMPTY, STILL, Seen, Sight};
use super::storage::{Storage, Way};
use super::writers::{Arrival, Hand, Writers};
use crate::text::json::SyntaxError;

/// What a look at the file gave.
pub(crate) enum Look {
    /// Nothing new.
    Same,
    /// It cannot be used, and why; what was looked at to find that.
    Lost(String, Seen),
    /// Somebody else is writing it.
    Changing(Stamp),
    /// A new content that its writer is done with: the file, held, and its real path.
    Whole(Arriving),
}

/// A file that takes the place of the known one, or the same one with another content.
pub(crate) struct Arriving {
    pub(crate) file: Option<File>,
    /// The claim of its name, if that is another one.
    pub(crate) claim: Option<Claim>,
    pub(crate) path: PathBuf,
    pub(crate) stamp: Stamp,
}

/// Looks at the file of a storage.
pub(crate) fn glance(storage: &Storage, writers: &Writers) -> Look {
    let metadata = match fs::metadata(&storage.shown) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Look::Lost("the file is gone".to_owned(), Seen::Like(None));
        }
        Err(error) => return Look::Lost(error.to_string(), Seen::Changing),
    };
    let stamp = Stamp::of(&metadata);
    let lost = |why: String| Look::Lost(why, Seen::Like(Some(stamp)));
    let is_seen = match &storage.sight {
        Sight::Known | Sight::Stale | Sight::Unsaved => stamp == storage.stamp && !writers.was_written(storage.watched),
        Sight::Broken(seen, _) => stamp == *seen,
        _ => false,
    };
    if is_seen {
        return Look::Same;
    }
    if !metadata.is_file() {
        return lost("it is no regular file any more".to_owned());
    }
    let path = match file::real(&storage.shown) {
        Ok(path) => path,
        Err(error) => return lost(error.to_string()),
    };
    if !is_whole(storage, writers, stamp, &path, metadata.nlink()) {
        return Look::Changing(stamp);
    }
    match arriving(storage, path, stamp) {
        Ok(Some(arriving)) => Look::Whole(arriving),
        // It was exchanged once more in this moment.
        Ok(None) => Look::Changing(stamp),
        Err(OpenError::Locked { .. }) => lost("another httpkit serves the file now".to_owned()),
        Err(OpenError::Io { error, .. }) => lost(error.to_string()),
        Err(error) => lost(error.to_string()),
    }
}

/// Whether whoever changed the file is done: they have closed it or renamed it to its place, or if the kernel does not
/// tell, it has stood still for long enough.
fn is_whole(storage: &Storage, writers: &Writers, stamp: Stamp, path: &Path, links: u64) -> bool {
    let is_still = match &storage.sight {
        Sight::Changing(seen, since) => *seen == stamp && since.elapsed() >= STILL,
        // It was whole when it was seen.
        Sight::Emptied(seen, _) => *seen == stamp,
        _ => false,
    };
    if path != storage.path {
        // A link leads elsewhere now, where a file has been all the time.
        return true;
    }
    if stamp.is_same_file(&storage.stamp) {
        return match writers.hand(storage.watched) {
            Some(hand) if hand.is_writing => false,
            Some(hand) if hand.was_written || stamp.is_unwritten(&storage.stamp) => true,
            // It was written, and the kernel has told nothing: another machine or another layer of folders did it.
            _ => is_still,
        };
    }
    let name = path.file_name().unwrap_or_default();
    match writers.arrival(storage.folder, name) {
        Some(Arrival::Renamed | Arrival::Closed) => true,
        // A second name for a file that was there before.
        Some(Arrival::Made) => links > 1 && is_still,
        // The folder itself was exchanged, or nobody has told.
        None => is_still,
    }
}

/// The file at the real path, held, if it still is what was seen.
fn arriving(storage: &Storage, path: PathBuf, stamp: Stamp) -> Result<Option<Arriving>, OpenError> {
    let claim = match path == storage.path {
        true => None,
        false => Some(Claim::of(&path).ok_or_else(|| OpenError::Locked { path: path.clone() })?),
    };
    let held = storage.held.metadata().map(|metadata| Stamp::of(&metadata));
    if held.is_ok_and(|held| held.is_same_file(&stamp)) {
        return Ok(Some(Arriving { file: None, claim, path, stamp }));
    }
    let file = file::hold(&path)?;
    let is_seen = file.metadata().is_ok_and(|metadata| Stamp::of(&metadata).is_same_file(&stamp));
    Ok(is_seen.then_some(Arriving { file: Some(file), claim, path, stamp }))
}

impl Storage {
    /// What the file looked like when it was looked at last.
    pub(crate) fn seen(&self) -> Seen {
        match &self.sight {
            Sight::Known | Sight::Stale => Seen::Like(Some(self.stamp)),
            Sight::Unsaved => Seen::Ignored,
            Sight::Changing(..) => Seen::Changing,
            Sight::Emptied(stamp, _) | Sight::Broken(stamp, _) => Seen::Like(Some(*stamp)),
            Sight::Lost(_, seen) => *seen,
        }
    }

    /// Somebody else is writing the file, which looks like that.
    pub(crate) fn sees_writing(&mut self, stamp: Stamp) {
        match &self.sight {
            Sight::Changing(seen, _) if *seen == stamp => {}
            _ => self.sight = Sight::Changing(stamp, Instant::now()),
        }
    }

    /// The file was emptied, and looks like that. Gives whether that is meant.
    pub(crate) fn sees_empty(&mut self, stamp: Stamp) -> bool {
        match &self.sight {
            Sight::Emptied(seen, since) if *seen == stamp => since.elapsed() >= EMPTY,
            _ => {
                self.sight = Sight::Emptied(stamp, Instant::now());
                false
            }
        }
    }

    /// The file was changed and does not parse.
    pub(crate) fn sees_broken(&mut self, stamp: Stamp, error: SyntaxError) {
        self.sight = Sight::Broken(stamp, error);
    }

    /// What is served could not be written.
    pub(crate) fn is_behind(&mut self) {
        if self.sight.is_writable() {
            self.sight = Sight::Stale;
        }
    }

    /// The file cannot be used, and why. `seen` is what was looked at to find that: what comes later is looked at anew.
    pub(crate) fn sees_loss(&mut self, why: String, seen: Seen) {
        self.sight = Sight::Lost(why, seen);
    }

    /// The file was changed by its owner, and this is its content now. It is held and watched from here on.
    pub(crate) fn adopt(&mut self, arriving: Arriving, stamp: Stamp, identity: Identity, writers: &mut Writers) {
        if let Some(file) = arriving.file {
            self.watched.into_iter().for_each(|watched| writers.forget(watched));
            self.way = Way::of(&file);
            self.watched = writers.watch_file(&file, Hand::STRANGE);
            // One that was served before and has come back under another name is no earlier file any more.
            self.shadows.retain(|shadow| !shadow.is_watched_as(self.watched));
            self.held = Arc::new(file);
        }
        if let Some(claim) = arriving.claim {
            self.claim = claim;
        }
        // The folder may be another one, under the same name or not.
        self.path = arriving.path;
        self.watch_name(writers);
        if self.journal.is_none() {
            self.base = None;
        }
        (self.stamp, self.identity, self.sight) = (stamp, identity, Sight::Known);
    }

    /// Watches the name of the file in its folder.
    pub(crate) fn watch_name(&mut self, writers: &mut Writers) {
        self.folder = writers.watch_folder(file::folder(&self.path), self.path.file_name());
    }

    /// Forgets how the name came to the file `stamp`, as that is known now; not how it came to another one that has
    /// taken its place meanwhile.
    pub(crate) fn forget_arrival(&self, stamp: Stamp, writers: &mut Writers) {
        writers.listen();
        // After that: a file of whose coming the kernel has told is at the path.
        let is_there = Stamp::at(&self.shown).is_ok_and(|there| there.is_some_and(|there| there.is_same_file(&stamp)));
        if is_there && let Some(name) = self.path.file_name() {
            writers.forget_arrival(self.folder, name);
        }
    }
}

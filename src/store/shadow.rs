//! Files that were replaced while somebody else may have had them open. What they write there would be lost with the
//! name; so it is looked for, and brought over.

use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::file::{self, Stamp};
use super::journal::Recorded;
use super::writers::{Watched, Writers};
use crate::document::state::Document;

/// How long somebody who has opened a file may take to write to it.
const OPENED: Duration = Duration::from_secs(60);

/// How long somebody who has found a file by its name may take to open it.
const FOUND: Duration = Duration::from_secs(1);

/// So many files are kept; of those that nobody is known to have opened, so many.
const MOST: usize = 24;
const MOST_FOUND: usize = 8;

/// More changes than this are not remembered for it.
const CHANGES: usize = 4096;

/// A file that was replaced.
pub(crate) struct Shadow {
    file: Arc<File>,
    stamp: Stamp,
    watched: Option<Watched>,
    was_opened: bool,
    /// What it held.
    base: Document,
    /// The changes that were made since.
    since: Vec<Recorded>,
    end: Instant,
}

/// What an owner wrote to a file that was replaced meanwhile.
pub(crate) struct Late {
    pub(crate) text: Bytes,
    /// What it was written over, and the changes since that it does not hold.
    pub(crate) base: Document,
    pub(crate) since: Vec<Recorded>,
}

impl Shadow {
    /// A file that was just replaced.
    pub(crate) fn new(
        file: Arc<File>,
        stamp: Stamp,
        watched: Option<Watched>,
        was_opened: bool,
        base: Document,
        since: Vec<Recorded>,
    ) -> Shadow {
        let end = Instant::now() + if was_opened { OPENED } else { FOUND };
        Shadow { file, stamp, watched, was_opened, base, since, end }
    }

    /// When it is not looked at any more.
    pub(crate) fn end(&self) -> Instant {
        self.end
    }

    /// Notes changes; gives whether it can still be brought over.
    pub(crate) fn note(&mut self, changes: &[Recorded]) -> bool {
        self.since.extend_from_slice(changes);
        self.since.len() <= CHANGES
    }

    /// Keeps it for longer once somebody has opened it.
    pub(crate) fn notice(&mut self, writers: &Writers) {
        if !self.was_opened && writers.hand(self.watched).is_some_and(|hand| hand.was_opened) {
            (self.was_opened, self.end) = (true, Instant::now() + OPENED);
        }
    }

    /// Whether somebody has written to it and is not done.
    pub(crate) fn is_being_written(&self, writers: &Writers) -> bool {
        writers.hand(self.watched).is_some_and(|hand| hand.is_writing)
    }

    /// What somebody has written to it and is done with.
    pub(crate) fn late(&mut self, writers: &mut Writers) -> Option<Late> {
        let is_changed = self.file.metadata().is_ok_and(|metadata| !Stamp::of(&metadata).is_unwritten(&self.stamp));
        if !is_changed && !writers.was_written(self.watched) {
            return None;
        }
        writers.forget_writes(self.watched);
        let (text, stamp) = file::read(&self.file).ok().flatten()?;
        self.stamp = stamp;
        Some(Late { text, base: self.base.clone(), since: self.since.clone() })
    }

    /// Lets go of it.
    pub(crate) fn end_watch(self, writers: &mut Writers) {
        self.watched.into_iter().for_each(|watched| writers.forget(watched));
    }
}

/// Keeps a further file, and lets go of the oldest if there are too many.
pub(crate) fn leave(shadows: &mut Vec<Shadow>, shadow: Shadow, writers: &mut Writers) {
    shadows.push(shadow);
    let found = shadows.iter().filter(|shadow| !shadow.was_opened).count();
    let oldest = match () {
        () if found > MOST_FOUND => shadows.iter().position(|shadow| !shadow.was_opened),
        () if shadows.len() > MOST => Some(0),
        () => None,
    };
    if let Some(oldest) = oldest {
        shadows.remove(oldest).end_watch(writers);
    }
}

//! Files that were replaced while somebody else may have had them open. What they write there would be lost with the
//! name; so it is looked for, and brought over.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::file::{self, Stamp};
use super::journal::{Recorded, weight};
use super::sight::LONG;
use super::writers::{Watched, Writers};
use crate::document::state::Document;

/// How long somebody who has opened a file may take to write to it.
const OPENED: Duration = Duration::from_secs(60);

/// How long somebody who has found a file by its name may take to open it.
const FOUND: Duration = Duration::from_secs(1);

/// So many files are kept; of those that nobody is known to have opened, so many.
const MOST: usize = 24;
const MOST_FOUND: usize = 8;

/// So many bytes of files are kept, but for the last one.
const FILES: u64 = 64 << 20;

/// More changes than this are not remembered for it, and not more bytes of them.
const CHANGES: usize = 4096;
const BYTES: usize = 16 << 20;

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
    /// How many bytes the changes hold.
    bytes: usize,
    end: Instant,
    /// Something was written to it that has not been brought over yet.
    is_due: bool,
    /// While somebody writes to it: what it looked like last, and since when it has not changed.
    writing: Option<(Stamp, Instant)>,
}

/// What an owner wrote to a file that was replaced meanwhile.
pub(crate) struct Late {
    pub(crate) file: Arc<File>,
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
        let bytes = weight(&since);
        Shadow { file, stamp, watched, was_opened, base, since, bytes, end, is_due: false, writing: None }
    }

    /// When it is not looked at any more.
    pub(crate) fn end(&self) -> Instant {
        self.end
    }

    /// Notes changes; gives whether it can still be brought over.
    pub(crate) fn note(&mut self, changes: &[Recorded]) -> bool {
        self.since.extend_from_slice(changes);
        self.bytes += weight(changes);
        self.since.len() <= CHANGES && self.bytes <= BYTES
    }

    /// What it holds now is `base`, and `since` are the changes that were made since; gives what [`Shadow::note`] gives.
    pub(crate) fn restart(&mut self, base: &Document, since: &[Recorded]) -> bool {
        (self.base, self.bytes, self.is_due) = (base.clone(), 0, false);
        self.since.clear();
        self.note(since)
    }

    /// Whether it is that open file.
    pub(crate) fn is_of(&self, file: &Arc<File>) -> bool {
        Arc::ptr_eq(&self.file, file)
    }

    /// Whether it is watched as that.
    pub(crate) fn is_watched_as(&self, watched: Option<Watched>) -> bool {
        watched.is_some() && self.watched == watched
    }

    /// Keeps it for longer once somebody has opened it; gives whether it is to be kept at all.
    pub(crate) fn notice(&mut self, writers: &mut Writers) -> bool {
        if !writers.take_opened(self.watched) {
            return true;
        }
        if self.file.metadata().is_ok_and(|metadata| metadata.nlink() > 0) {
            // It has another name: whoever opens it now means that file.
            return false;
        }
        if !self.was_opened {
            (self.was_opened, self.end) = (true, Instant::now() + OPENED);
        }
        true
    }

    /// Whether somebody has written to it and is not done.
    pub(crate) fn is_being_written(&mut self, writers: &mut Writers) -> bool {
        if writers.hand(self.watched).is_none_or(|hand| !hand.is_writing) {
            self.writing = None;
            return false;
        }
        let now = self.file.metadata().map_or(self.stamp, |metadata| Stamp::of(&metadata));
        let (_, since) = self.writing.filter(|(seen, _)| *seen == now).unwrap_or((now, Instant::now()));
        self.writing = Some((now, since));
        let is_over = since.elapsed() >= LONG;
        if is_over {
            writers.wait_no_longer(self.watched);
        }
        !is_over
    }

    /// What somebody has written to it and is done with.
    pub(crate) fn late(&mut self, writers: &mut Writers) -> Option<Late> {
        let is_changed = self.file.metadata().is_ok_and(|metadata| !Stamp::of(&metadata).is_unwritten(&self.stamp));
        if !is_changed && !self.is_due && !writers.was_written(self.watched) {
            return None;
        }
        writers.forget_writes(self.watched);
        let (text, stamp) = file::read(&self.file).ok().flatten()?;
        writers.listen();
        if writers.hand(self.watched).is_some_and(|hand| hand.is_writing || hand.was_written) {
            // They went on at this moment.
            return None;
        }
        (self.stamp, self.is_due) = (stamp, false);
        if text.trim_ascii().is_empty() {
            // Nobody can mean to empty a file whose name is gone.
            return None;
        }
        self.is_due = true;
        Some(Late { file: self.file.clone(), text, base: self.base.clone(), since: self.since.clone() })
    }

    /// Lets go of it.
    pub(crate) fn end_watch(self, writers: &mut Writers) {
        self.watched.into_iter().for_each(|watched| writers.forget(watched));
    }
}

/// Keeps a further file, and lets go of the oldest if there are too many.
pub(crate) fn leave(shadows: &mut Vec<Shadow>, shadow: Shadow, writers: &mut Writers) {
    shadows.push(shadow);
    while let Some(oldest) = too_many(shadows) {
        shadows.remove(oldest).end_watch(writers);
    }
}

/// The one to let go of, if there are too many.
fn too_many(shadows: &[Shadow]) -> Option<usize> {
    let found = shadows.iter().filter(|shadow| !shadow.was_opened).count();
    let bytes: u64 = shadows.iter().map(|shadow| shadow.stamp.length()).sum();
    match () {
        () if found > MOST_FOUND => shadows.iter().position(|shadow| !shadow.was_opened),
        () if shadows.len() > MOST || (bytes > FILES && shadows.len() > 1) => Some(0),
        () => None,
    }
}

/// Keeps those of which that is true, and lets go of the others.
pub(crate) fn keep(
    shadows: &mut Vec<Shadow>,
    writers: &mut Writers,
    mut is_kept: impl FnMut(&mut Shadow, &mut Writers) -> bool,
) {
    for mut shadow in std::mem::take(shadows) {
        match is_kept(&mut shadow, writers) {
            true => shadows.push(shadow),
            false => shadow.end_watch(writers),
        }
    }
}

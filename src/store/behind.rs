//! What a storage remembers of the files that it has replaced.

use std::sync::Arc;
use std::time::Instant;

use super::journal::Recorded;
use super::shadow::{Late, Shadow, keep, leave};
use super::storage::Storage;
use super::writers::Writers;
use crate::document::state::Document;

impl Storage {
    /// Remembers the file that is replaced, as somebody else may have opened it in the last moment and write to it.
    pub(crate) fn leave_shadow(&mut self, previous: Option<&Document>, writers: &mut Writers) {
        let Some(base) = self.base().or(previous).cloned() else {
            return self.watched.into_iter().for_each(|watched| writers.forget(watched));
        };
        writers.listen();
        let was_opened = writers.hand(self.watched).is_none() || writers.take_opened(self.watched);
        let since = self.pending();
        let shadow = Shadow::new(Arc::clone(&self.held), self.stamp, self.watched, was_opened, base, since);
        leave(&mut self.shadows, shadow, writers);
    }

    /// Notes changes that were made, for the earlier files that others may still write to.
    pub(crate) fn note(&mut self, changes: &[Recorded], writers: &mut Writers) {
        self.note_edit(Some(changes), writers);
    }

    /// Notes an owner's edit for the earlier files, as changes; `None`: it cannot be told as such.
    pub(crate) fn note_edit(&mut self, changes: Option<&[Recorded]>, writers: &mut Writers) {
        keep(&mut self.shadows, writers, |shadow, _| changes.is_some_and(|changes| shadow.note(changes)));
    }

    /// Whether somebody has written to one of the earlier files and is not done.
    pub(crate) fn is_written_behind(&mut self, writers: &mut Writers) -> bool {
        self.shadows.iter_mut().any(|shadow| shadow.is_being_written(writers))
    }

    /// What somebody has written to one of the earlier files and is done with.
    pub(crate) fn late(&mut self, writers: &mut Writers) -> Option<Late> {
        self.shadows.iter_mut().find_map(|shadow| shadow.late(writers))
    }

    /// Whether one of the earlier files is not to be kept any longer.
    pub(crate) fn shadow_ends(&self, now: Instant) -> bool {
        self.shadows.iter().any(|shadow| shadow.end() <= now)
    }
}

//! What is due for a file without being asked: to sync what was written, to fold the journal, to look again.

use std::time::{Duration, Instant};

use super::file;
use super::shadow::Shadow;
use super::sight::Sight;
use super::storage::{Failure, Fold, Storage};

/// The journal is folded into the file when there was no change for this long.
pub(crate) const IDLE: Duration = Duration::from_millis(300);

/// With [`SyncPolicy::Batch`] a change is on the disk this long after it was made.
pub(crate) const BATCH: Duration = Duration::from_millis(100);

/// A fold that failed is tried again after this long.
const RETRY: Duration = Duration::from_secs(1);

impl Storage {
    /// When there is something to do for this storage without being asked.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let sync = self.unsynced.map(|since| since + BATCH);
        let fold = match self.fold {
            Fold::Running => None,
            _ if self.journal.is_none() || !self.writable() => None,
            Fold::Idle => Some(self.last_write + IDLE),
            Fold::Failed(again) => Some(again),
        };
        let shadow = self.shadows.iter().map(Shadow::end).min();
        sync.into_iter().chain(fold).chain(shadow).chain(self.sight.deadline()).min()
    }

    /// Syncs what has waited for long enough; a failure makes the next change write the file as a whole.
    pub(crate) fn sync_if_due(&mut self, now: Instant) {
        if self.unsynced.is_none_or(|since| now < since + BATCH) {
            return;
        }
        self.unsynced = None;
        let result = match &mut self.journal {
            Some(journal) => journal.sync(),
            None => self.held.sync_all(),
        };
        if result.and_then(|()| file::sync_folder(&self.path)).is_err() && self.sight.is_writable() {
            self.sight = Sight::Stale;
        }
    }

    /// Whether the journal is to be folded now: it is idle, or has grown too long.
    pub(crate) fn fold_is_due(&self, now: Instant) -> bool {
        let Some(journal) = self.journal.as_ref().filter(|_| self.writable()) else { return false };
        let too_long = journal.length() > self.stamp.length() / 4 + 4096;
        let ready = match self.fold {
            Fold::Idle => true,
            Fold::Running => false,
            Fold::Failed(again) => now >= again,
        };
        ready && (too_long || now >= self.last_write + IDLE)
    }

    /// A fold has begun.
    pub(crate) fn folding(&mut self) {
        self.fold = Fold::Running;
    }

    /// Notes how a fold ended.
    pub(crate) fn folded(&mut self, result: &Result<(), Failure>) {
        self.fold = match result {
            Ok(()) => Fold::Idle,
            Err(_) => Fold::Failed(Instant::now() + RETRY),
        };
    }
}

//! What a write is about to put at the path, for readers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::file::Stamp;

/// The number of a file that the committer is about to put at the path, so that readers do not take it for an edit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Coming(Arc<AtomicU64>);

impl Coming {
    /// The file itself is being written.
    const IN_PLACE: u64 = u64::MAX;

    /// A file of that number is about to get to the path.
    pub(crate) fn file(&self, inode: u64) {
        self.0.store(inode, Ordering::Release);
    }

    /// The file itself is about to be written.
    pub(crate) fn in_place(&self) {
        self.0.store(Self::IN_PLACE, Ordering::Release);
    }

    /// Whether what is at the path is the committer's doing.
    pub(crate) fn is(&self, stamp: Option<Stamp>) -> bool {
        match self.0.load(Ordering::Acquire) {
            0 => false,
            Self::IN_PLACE => true,
            inode => stamp.is_some_and(|stamp| stamp.inode() == inode),
        }
    }

    /// Nothing is on its way any more.
    pub(crate) fn is_over(&self) {
        self.0.store(0, Ordering::Release);
    }
}

//! How readers notice, at each request, that a file's owner has changed it.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, Weak};
use std::time::Instant;

use super::file::Stamp;
use super::storage::Storage;

/// After so many milliseconds a file is looked for by its path again.
const BY_PATH: u64 = 100;

/// What readers need to see a change to a file by its owner.
pub(crate) struct Watch {
    /// A file is being written by the committer, so that its stamp says nothing.
    writing: AtomicBool,
    files: Vec<Mutex<Known>>,
    start: Instant,
    /// When files were last looked for by their paths, in milliseconds since the start.
    looked: AtomicU64,
}

/// How the committer left a file.
#[derive(Clone, Default)]
struct Known {
    /// `None`: it is gone.
    stamp: Option<Stamp>,
    /// The file that was there then, as long as the storage holds it.
    file: Weak<File>,
}

impl Known {
    fn of(storage: &Storage) -> Known {
        Known { stamp: storage.stamp, file: storage.held() }
    }
}

impl Watch {
    /// Watches the files of these storages, by mount.
    pub(crate) fn new<'s>(storages: impl IntoIterator<Item = Option<&'s Storage>>) -> Watch {
        let known = |storage: Option<&Storage>| Mutex::new(storage.map_or_else(Known::default, Known::of));
        Watch {
            writing: AtomicBool::new(false),
            files: storages.into_iter().map(known).collect(),
            start: Instant::now(),
            looked: AtomicU64::new(0),
        }
    }

    /// Whether one of the files, whose paths are given by mount, looks other than the committer left it.
    ///
    /// To ask an open file is three times as fast as to find it by its path, and tells as much: whatever takes the
    /// place of a file takes its name from it, which changes its status. Only where a folder above it is exchanged, or
    /// a file system keeps no such record, the path alone leads to the new one; so it is followed from time to time.
    pub(crate) fn sees_change(&self, paths: &[impl AsRef<Path>]) -> bool {
        let by_path = self.is_path_due();
        paths.iter().enumerate().any(|(mount, path)| self.differs(mount, path.as_ref(), by_path))
    }

    fn differs(&self, mount: usize, path: &Path, by_path: bool) -> bool {
        if self.writing.load(Ordering::Acquire) {
            return false;
        }
        let known = self.files.get(mount).map(|known| known.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let known = known.unwrap_or_default();
        if !by_path
            && let (Some(file), Some(stamp)) = (known.file.upgrade(), known.stamp)
            && file.metadata().is_ok_and(|metadata| Stamp::of(&metadata) == stamp)
        {
            return false;
        }
        let now: io::Result<_> = Stamp::at(path);
        // A write may have begun since the stamp was taken.
        now.is_ok_and(|now| known.stamp != now) && !self.writing.load(Ordering::Acquire)
    }

    fn is_path_due(&self) -> bool {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let last = self.looked.load(Ordering::Relaxed);
        let is_due = now >= last.saturating_add(BY_PATH);
        if is_due {
            self.looked.store(now, Ordering::Relaxed);
        }
        is_due
    }

    /// The committer writes; the file is not looked at until it says how it left it.
    pub(crate) fn begin_write(&self) {
        self.writing.store(true, Ordering::Release);
    }

    /// How the committer left the file of a storage, after a write or a look.
    pub(crate) fn end_write(&self, mount: usize, storage: &Storage) {
        self.set(mount, storage);
        self.writing.store(false, Ordering::Release);
    }

    /// How the committer left the file of a storage.
    pub(crate) fn set(&self, mount: usize, storage: &Storage) {
        self.put(mount, Known::of(storage));
    }

    /// The state in which a file is now is not to be asked about again, though it was not taken up.
    pub(crate) fn pass_over(&self, mount: usize, stamp: Option<Stamp>) {
        self.put(mount, Known { stamp, file: Weak::new() });
    }

    fn put(&self, mount: usize, known: Known) {
        if let Some(place) = self.files.get(mount) {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = known;
        }
    }
}

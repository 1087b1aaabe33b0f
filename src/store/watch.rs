//! How readers notice, at each request, that a file's owner has changed it.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, Weak};
use std::time::Instant;

use super::coming::Coming;
use super::file::Stamp;
use super::storage::Storage;

/// After so many milliseconds a file is looked for by its path again.
const BY_PATH: u64 = 100;

/// What readers need to see a change to a file by its owner.
pub(crate) struct Watch {
    files: Vec<Mutex<Known>>,
    /// By mount, what is on its way to the path.
    coming: Vec<Coming>,
    start: Instant,
    /// When files were last looked for by their paths, in milliseconds since the start.
    looked: AtomicU64,
}

/// How the committer left a file.
#[derive(Clone)]
struct Known {
    seen: Seen,
    /// The file that was there then, as long as the storage holds it.
    file: Weak<File>,
    /// A link leads to the file, and may lead elsewhere without the file's knowing.
    is_linked: bool,
}

/// What a file looked like when the committer looked at it last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Like that; `None`: it was not there.
    Like(Option<Stamp>),
    /// It changes at this moment: the committer is to look again.
    Changing,
    /// Whatever it looks like does not matter.
    Ignored,
}

impl Default for Known {
    fn default() -> Known {
        Known { seen: Seen::Ignored, file: Weak::new(), is_linked: false }
    }
}

impl Known {
    fn of(storage: &Storage) -> Known {
        Known { seen: storage.seen(), file: storage.held(), is_linked: storage.path != storage.shown }
    }
}

impl Watch {
    /// Watches the files of these storages, by mount.
    pub(crate) fn new<'s>(storages: impl IntoIterator<Item = Option<&'s Storage>>) -> Watch {
        let known = |storage: Option<&Storage>| Mutex::new(storage.map_or_else(Known::default, Known::of));
        let (files, coming) =
            storages.into_iter().map(|s| (known(s), s.map_or_else(Coming::default, |s| s.coming.clone()))).unzip();
        Watch { files, coming, start: Instant::now(), looked: AtomicU64::new(0) }
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
        let known = self.files.get(mount).map(|known| known.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let known = known.unwrap_or_default();
        let seen = match known.seen {
            Seen::Like(seen) => seen,
            Seen::Changing => return true,
            Seen::Ignored => return false,
        };
        if !by_path
            && !known.is_linked
            && let (Some(file), Some(stamp)) = (known.file.upgrade(), seen)
            && file.metadata().is_ok_and(|metadata| Stamp::of(&metadata) == stamp)
        {
            return false;
        }
        let now: io::Result<_> = Stamp::at(path);
        // What the committer is putting there is no edit; how it leaves the file is known when it is done.
        now.is_ok_and(|now| seen != now && !self.coming.get(mount).is_some_and(|coming| coming.is(now)))
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

    /// How the committer left the file of a storage.
    pub(crate) fn set(&self, mount: usize, storage: &Storage) {
        self.put(mount, Known::of(storage));
        storage.coming.is_over();
    }

    fn put(&self, mount: usize, known: Known) {
        if let Some(place) = self.files.get(mount) {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = known;
        }
    }
}

//! How readers notice, at each request, that a file's owner has changed it.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, Weak};
use std::time::Instant;

use super::coming::Coming;
use super::file::Stamp;
use super::sight::Seen;
use super::storage::Storage;

/// After so many milliseconds a file is looked for by its path again.
const BY_PATH: u64 = 100;

/// For so many milliseconds after a file looked new it is looked for by its path alone.
const FRESH: u64 = 1000;

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
    /// Since when it is known as that, in milliseconds since the start.
    since: u64,
    /// The file that was there then, as long as the storage holds it.
    file: Weak<File>,
    /// A link leads to the file, and may lead elsewhere without the file's knowing.
    is_linked: bool,
}

impl Default for Known {
    fn default() -> Known {
        Known { seen: Seen::Ignored, since: 0, file: Weak::new(), is_linked: false }
    }
}

impl Known {
    fn of(storage: &Storage, since: u64) -> Known {
        Known { seen: storage.seen(), since, file: storage.held(), is_linked: storage.path != storage.shown }
    }
}

impl Watch {
    /// Watches the files of these storages, by mount.
    pub(crate) fn new<'s>(storages: impl IntoIterator<Item = Option<&'s Storage>>) -> Watch {
        let known = |storage: Option<&Storage>| {
            Mutex::new(storage.map_or_else(Known::default, |storage| Known::of(storage, 0)))
        };
        let (files, coming) =
            storages.into_iter().map(|s| (known(s), s.map_or_else(Coming::default, |s| s.coming.clone()))).unzip();
        Watch { files, coming, start: Instant::now(), looked: AtomicU64::new(0) }
    }

    /// Whether one of the files, whose paths are given by mount, looks other than the committer left it.
    ///
    /// To ask an open file is three times as fast as to find it by its path, and tells as much: whatever takes the
    /// place of a file takes its name from it, which changes its status. Only where a folder above it is exchanged, or
    /// a file system keeps no such record, the path alone leads to the new one; so it is followed from time to time. And
    /// the kernel changes the status before it takes the name: a file that was looked at between the two shows no further
    /// change. So in the first moment after a change the path is followed, too.
    pub(crate) fn sees_change(&self, paths: &[impl AsRef<Path>]) -> bool {
        let now = self.now();
        let is_due = self.is_path_due(now);
        paths.iter().enumerate().any(|(mount, path)| self.differs(mount, path.as_ref(), (now, is_due)))
    }

    fn differs(&self, mount: usize, path: &Path, (now, is_due): (u64, bool)) -> bool {
        let known = self.files.get(mount).map(|known| known.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let known = known.unwrap_or_default();
        let seen = match known.seen {
            Seen::Like(seen) => seen,
            Seen::Changing => return true,
            Seen::Ignored => return false,
        };
        let by_path = is_due || known.is_linked || now < known.since.saturating_add(FRESH);
        if !by_path
            && let (Some(file), Some(stamp)) = (known.file.upgrade(), seen)
            && file.metadata().is_ok_and(|metadata| Stamp::of(&metadata) == stamp)
        {
            return false;
        }
        let now: io::Result<_> = Stamp::at(path);
        // What the committer is putting there is no edit; how it leaves the file is known when it is done.
        now.is_ok_and(|now| seen != now && !self.coming.get(mount).is_some_and(|coming| coming.is(now)))
    }

    /// In milliseconds since the start.
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn is_path_due(&self, now: u64) -> bool {
        let last = self.looked.load(Ordering::Relaxed);
        let is_due = now >= last.saturating_add(BY_PATH);
        if is_due {
            self.looked.store(now, Ordering::Relaxed);
        }
        is_due
    }

    /// How the committer left the file of a storage.
    pub(crate) fn set(&self, mount: usize, storage: &Storage) {
        if let Some(place) = self.files.get(mount) {
            let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
            let known = Known::of(storage, self.now());
            let since = if known.seen == place.seen { place.since } else { known.since };
            *place = Known { since, ..known };
        }
        storage.coming.is_over();
    }
}

//! What makes changes to one file durable: small files are replaced, changes to large ones go to a journal first.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::file::{self, Identity, Prepared, Stamp, Stopped};
use super::journal::{self, Journal};
use super::open::SyncPolicy;
use crate::document::Refusal;
use crate::document::state::{Document, Reading};
use crate::text::json::SyntaxError;

/// Files up to this length are replaced with each change.
pub(crate) const SMALL: u64 = 1 << 20;

/// The journal is folded into the file when there was no change for this long.
pub(crate) const IDLE: Duration = Duration::from_millis(300);

/// With [`SyncPolicy::Batch`] a change is on the disk this long after it was made.
pub(crate) const BATCH: Duration = Duration::from_millis(100);

/// A fold that failed is tried again after this long.
const RETRY: Duration = Duration::from_secs(1);

/// The storage of one file.
pub(crate) struct Storage {
    pub(crate) path: PathBuf,
    pub(crate) reading: Reading,
    pub(crate) save: bool,
    sync: SyncPolicy,
    /// Keeps other servers away.
    held: Arc<File>,
    /// Of the content that is known; `None`: the file is gone.
    pub(crate) stamp: Option<Stamp>,
    identity: Identity,
    journal: Option<Journal>,
    /// The file was changed by its owner and does not parse.
    pub(crate) broken: Option<SyntaxError>,
    /// The file cannot be written now, and why.
    pub(crate) fault: Option<String>,
    /// The file holds something that is not served, since a step after its replacement failed.
    stale: bool,
    unsynced: Option<Instant>,
    /// Changes that only memory holds, with `--no-save`.
    pub(crate) unsaved: bool,
    last_write: Instant,
    pub(crate) folding: bool,
    retry_at: Option<Instant>,
}

/// A change could not be made durable.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The operating system refused.
    Io(io::Error),
    /// The owner changed the file meanwhile.
    Changed,
}

impl Failure {
    /// What to tell whoever asked for the change.
    pub(crate) fn refusal(&self) -> Refusal {
        match self {
            Failure::Io(error) => Refusal::Storage { reason: error.to_string(), full: file::is_full(error) },
            Failure::Changed => Refusal::Storage {
                reason: "the file was changed at the same moment, try again".to_owned(),
                full: false,
            },
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

impl Storage {
    /// The storage of a file that was read: `held` keeps others away, `identity` is its content.
    pub(crate) fn new(
        path: PathBuf,
        reading: Reading,
        (save, sync): (bool, SyncPolicy),
        held: File,
        stamp: Stamp,
        identity: Identity,
        journal: Option<Journal>,
    ) -> Storage {
        Storage {
            path,
            reading,
            save,
            sync,
            held: Arc::new(held),
            stamp: Some(stamp),
            identity,
            journal,
            broken: None,
            fault: None,
            stale: false,
            unsynced: None,
            unsaved: false,
            last_write: Instant::now(),
            folding: false,
            retry_at: None,
        }
    }

    /// The file that is served, open and held, for a look at its status.
    pub(crate) fn held(&self) -> Weak<File> {
        Arc::downgrade(&self.held)
    }

    fn syncs(&self) -> bool {
        self.sync == SyncPolicy::Each
    }

    /// Makes `document` durable; `records` are the changes that led to it from `previous`.
    pub(crate) fn write(&mut self, document: &Document, previous: &Document, records: &[u8]) -> Result<(), Failure> {
        if !self.save {
            self.unsaved = true;
            return Ok(());
        }
        self.last_write = Instant::now();
        let large = self.stamp.is_some_and(|stamp| stamp.length() > SMALL);
        let trusted = self.journal.as_ref().is_none_or(|journal| !journal.is_poisoned());
        if (large || self.journal.is_some()) && trusted && !self.stale {
            self.append(records)?;
        } else {
            self.replace(document, Some(previous))?;
        }
        if self.sync == SyncPolicy::Batch && self.unsynced.is_none() {
            self.unsynced = Some(Instant::now());
        }
        Ok(())
    }

    fn append(&mut self, records: &[u8]) -> Result<(), Failure> {
        let sync = self.syncs();
        if let Some(journal) = &mut self.journal {
            return Ok(journal.append(records, sync)?);
        }
        let mut journal = Journal::create(&self.path, self.identity, sync)?;
        match journal.append(records, sync) {
            Ok(()) => {
                self.journal = Some(journal);
                Ok(())
            }
            Err(error) => {
                journal.remove();
                Err(error.into())
            }
        }
    }

    /// Replaces the file by `document`. If that fails half way the file gets back the content of `previous`.
    fn replace(&mut self, document: &Document, previous: Option<&Document>) -> Result<(), Failure> {
        let prepared = file::prepare(&self.path, document, self.syncs())?;
        let upto = self.journal.as_ref().map_or(0, Journal::length);
        let result = self.put(prepared, upto);
        if self.stale
            && let Some(previous) = previous
            && let Ok(prepared) = file::prepare(&self.path, previous, self.syncs())
        {
            // The old content, so that nothing can be read from the file that was not acknowledged.
            let _ = self.put(prepared, upto);
            self.stale = true;
        }
        result
    }

    /// Puts a content in the place of the file that holds all changes up to the offset `upto` of the journal.
    pub(crate) fn put(&mut self, prepared: Prepared, upto: u64) -> Result<(), Failure> {
        let sync = self.syncs();
        let identity = prepared.identity;
        let before_mark = self.journal.as_ref().map_or(0, Journal::length);
        if let Some(journal) = self.journal.as_mut().filter(|journal| !journal.is_poisoned()) {
            journal.mark(upto, identity, sync)?;
        }
        match prepared.replace(&self.path, self.stamp, sync) {
            Ok((held, stamp)) => {
                (self.held, self.stamp, self.identity, self.stale) = (Arc::new(held), Some(stamp), identity, false);
            }
            Err(Stopped::Before(error)) => return Err(error.into()),
            Err(Stopped::Changed) => return Err(Failure::Changed),
            Err(Stopped::After(error, held, stamp)) => {
                (self.held, self.stamp, self.identity, self.stale) = (Arc::new(held), Some(stamp), identity, true);
                return Err(error.into());
            }
        }
        if let Some(mut journal) = self.journal.take()
            && before_mark > upto
        {
            // Should this fail, the mark still tells which records are left.
            let _ = journal.rotate(upto, before_mark, identity, sync);
            self.journal = Some(journal);
        } else if upto > 0 {
            journal::remove(&self.path);
        }
        Ok(())
    }

    /// When there is something to do for this storage without being asked.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let sync = self.unsynced.map(|since| since + BATCH);
        let fold = (self.journal.is_some() && !self.folding && self.writable())
            .then(|| self.retry_at.unwrap_or(self.last_write + IDLE));
        sync.into_iter().chain(fold).min()
    }

    /// Nothing is known that keeps the file from being written.
    pub(crate) fn writable(&self) -> bool {
        self.save && self.broken.is_none() && self.fault.is_none()
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
        self.stale |= result.and_then(|()| file::sync_folder(&self.path)).is_err();
    }

    /// Whether the journal is to be folded now: it is idle, or has grown too long.
    pub(crate) fn fold_is_due(&self, now: Instant) -> bool {
        let Some(journal) = self.journal.as_ref().filter(|_| !self.folding && self.writable()) else { return false };
        let too_long = self.stamp.is_some_and(|stamp| journal.length() > stamp.length() / 4 + 4096);
        let ready = self.retry_at.is_none_or(|at| now >= at);
        ready && (too_long || now >= self.last_write + IDLE)
    }

    /// How long the journal is.
    pub(crate) fn journal_length(&self) -> u64 {
        self.journal.as_ref().map_or(0, Journal::length)
    }

    /// Notes how a fold ended.
    pub(crate) fn folded(&mut self, result: Result<(), Failure>) {
        self.folding = false;
        self.retry_at = result.is_err().then(|| Instant::now() + RETRY);
    }

    /// Whether folds are synced.
    pub(crate) fn sync_policy(&self) -> SyncPolicy {
        self.sync
    }

    /// Everything into the file, at the end.
    pub(crate) fn close(&mut self, document: &Document) -> Result<(), Failure> {
        if !self.writable() {
            return Ok(());
        }
        if self.journal.is_some() || self.stale {
            return self.replace(document, None);
        }
        if self.unsynced.take().is_some() {
            self.held.sync_all()?;
            file::sync_folder(&self.path)?;
        }
        Ok(())
    }

    /// The file was changed by its owner, and this is its content now. It is held from here on.
    pub(crate) fn adopt(&mut self, stamp: Stamp, identity: Identity) -> io::Result<()> {
        if self.stamp.is_none_or(|old| !old.is_same_file(&stamp)) {
            match file::hold(&self.path) {
                Ok(held) => self.held = Arc::new(held),
                Err(error) => return Err(io::Error::other(error.to_string())),
            }
        }
        (self.stamp, self.identity, self.stale) = (Some(stamp), identity, false);
        (self.broken, self.fault) = (None, None);
        Ok(())
    }

    /// Whether the content is the one that is known.
    pub(crate) fn is_known(&self, identity: Identity) -> bool {
        self.identity == identity && !self.stale && self.broken.is_none()
    }

    /// The changes that are in the journal only.
    pub(crate) fn pending(&self) -> Vec<journal::Recorded> {
        if self.journal.is_none() {
            return Vec::new();
        }
        let replay = journal::replay(&self.path, self.identity);
        replay.ok().flatten().map(|replay| replay.changes).unwrap_or_default()
    }
}

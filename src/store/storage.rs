//! What makes changes to one file durable: small files are replaced, changes to large ones go to a journal first.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Instant;

use super::claim::Claim;
use super::due::Fold;
use super::file::{self, Birth, Identity, Stamp};
use super::in_place::{self, Unwritten};
use super::journal::{Journal, Recorded, records};
use super::open::SyncPolicy;
use super::replace::{self, Prepared, Stopped, Unprepared};
use super::replay::{self, Replay};
use super::shadow::Shadow;
use super::sight::Sight;
use super::watch::Coming;
use super::writers::{Hand, Watched, Writers};
use crate::document::Refusal;
use crate::document::state::{Document, Reading};

/// Files up to this length are replaced with each change.
pub(crate) const SMALL: u64 = 1 << 20;

/// The storage of one file.
pub(crate) struct Storage {
    /// The file as its owner names it, from the root; links in it are followed at each look.
    pub(crate) shown: PathBuf,
    /// The real file behind that.
    pub(crate) path: PathBuf,
    pub(crate) reading: Reading,
    pub(crate) save: bool,
    sync: SyncPolicy,
    pub(super) way: Way,
    /// The file whose content is served, open. It keeps other servers away.
    pub(crate) held: Arc<File>,
    /// The kernel's watches on it and on its folder.
    pub(crate) watched: Option<Watched>,
    pub(crate) folder: Option<Watched>,
    /// Of the content that is served.
    pub(crate) stamp: Stamp,
    pub(super) identity: Identity,
    pub(super) journal: Option<Journal>,
    /// The document that the journal's changes were made to, and that the file holds.
    pub(super) base: Option<Document>,
    pub(crate) sight: Sight,
    pub(super) unsynced: Option<Instant>,
    pub(super) last_write: Instant,
    pub(super) fold: Fold,
    /// Earlier files that others may still write to.
    pub(crate) shadows: Vec<Shadow>,
    /// What readers are told of a write that is under way.
    pub(crate) coming: Coming,
    /// The name of the path is this server's.
    pub(super) claim: Claim,
}

/// How a new content gets into the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// A new file takes its place; changes to a large one go to the journal first.
    Replace,
    /// The same, but the name of the journal is taken by something that is not ours.
    Whole,
    /// The file itself is written, as no other can stand for it.
    InPlace,
}

impl Way {
    /// The way for that open file.
    pub(super) fn of(file: &File) -> Way {
        if file::is_mount(file) { Way::InPlace } else { Way::Replace }
    }
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

impl From<Unwritten> for Failure {
    fn from(error: Unwritten) -> Failure {
        match error {
            Unwritten::Io(error) => Failure::Io(error),
            Unwritten::Changed => Failure::Changed,
        }
    }
}

/// A file that was opened and read.
pub(crate) struct Loaded {
    pub(crate) shown: PathBuf,
    pub(crate) path: PathBuf,
    pub(crate) reading: Reading,
    /// Whether changes are saved, and what they wait for.
    pub(crate) policy: (bool, SyncPolicy),
    pub(crate) held: File,
    pub(crate) claim: Claim,
    pub(crate) stamp: Stamp,
    pub(crate) identity: Identity,
    /// Its journal, and the document without the changes in it.
    pub(crate) journal: Option<(Journal, Document)>,
    /// The name of the journal is taken by something that is not ours.
    pub(crate) is_name_taken: bool,
}

impl Storage {
    /// The storage of a file that was read.
    pub(crate) fn new(loaded: Loaded) -> Storage {
        let (journal, base) = loaded.journal.unzip();
        let way = match Way::of(&loaded.held) {
            Way::Replace if loaded.is_name_taken => Way::Whole,
            way => way,
        };
        Storage {
            shown: loaded.shown,
            path: loaded.path,
            reading: loaded.reading,
            save: loaded.policy.0,
            sync: loaded.policy.1,
            way,
            held: Arc::new(loaded.held),
            watched: None,
            folder: None,
            stamp: loaded.stamp,
            identity: loaded.identity,
            journal,
            base,
            sight: Sight::Known,
            unsynced: None,
            last_write: Instant::now(),
            fold: Fold::Idle,
            shadows: Vec::new(),
            coming: Coming::default(),
            claim: loaded.claim,
        }
    }

    /// The file that is served, open and held, for a look at its status.
    pub(crate) fn held(&self) -> Weak<File> {
        Arc::downgrade(&self.held)
    }

    /// What the content in the file is known by.
    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    fn syncs(&self) -> bool {
        self.sync == SyncPolicy::Each
    }

    /// Makes `document` durable; `changes` led to it from `previous`.
    pub(crate) fn write(
        &mut self,
        document: &Document,
        previous: &Document,
        changes: &[Recorded],
        writers: &mut Writers,
    ) -> Result<(), Failure> {
        if !self.save {
            self.sight = Sight::Unsaved;
            return Ok(());
        }
        self.last_write = Instant::now();
        let large = self.stamp.length() > SMALL;
        let trusted = self.journal.as_ref().is_none_or(|journal| !journal.is_poisoned());
        let is_journalled = (large || self.journal.is_some()) && self.way == Way::Replace;
        if is_journalled && trusted && !self.is_stale() {
            match self.append(previous, changes) {
                Err(Failure::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => {
                    // Somebody else's file has the name of the journal.
                    self.way = Way::Whole;
                    self.replace(document, Some(previous), writers)?;
                }
                result => result?,
            }
        } else {
            self.replace(document, Some(previous), writers)?;
        }
        if self.sync == SyncPolicy::Batch && self.unsynced.is_none() {
            self.unsynced = Some(Instant::now());
        }
        Ok(())
    }

    fn is_stale(&self) -> bool {
        matches!(self.sight, Sight::Stale)
    }

    fn append(&mut self, previous: &Document, changes: &[Recorded]) -> Result<(), Failure> {
        let (sync, records) = (self.syncs(), records(changes));
        if let Some(journal) = &mut self.journal {
            return Ok(journal.append(&records, sync)?);
        }
        let mut journal = Journal::create(&self.path, self.identity, sync)?;
        match journal.append(&records, sync) {
            Ok(()) => {
                (self.journal, self.base) = (Some(journal), Some(previous.clone()));
                Ok(())
            }
            Err(error) => {
                journal.remove();
                Err(error.into())
            }
        }
    }

    /// Replaces the content by `document`. If that fails half way the file gets back the content of `previous`.
    fn replace(
        &mut self,
        document: &Document,
        previous: Option<&Document>,
        writers: &mut Writers,
    ) -> Result<(), Failure> {
        if self.way == Way::InPlace {
            return self.rewrite(document, writers);
        }
        let upto = self.journal.as_ref().map_or(0, Journal::length);
        let prepared = match self.prepare(document) {
            Err(Unprepared::Unlike) => return self.rewrite(document, writers),
            Err(Unprepared::Io(error)) => return Err(error.into()),
            Ok(prepared) => prepared,
        };
        let result = match self.put(prepared, upto, previous, writers) {
            Err(Failure::Io(_)) if self.way == Way::InPlace => return self.rewrite(document, writers),
            other => other,
        };
        if self.is_stale()
            && let Some(previous) = previous
            && let Ok(prepared) = self.prepare(previous)
        {
            // The old content, so that nothing can be read from the file that was not acknowledged.
            let _ = self.put(prepared, upto, None, writers);
            self.sight = Sight::Stale;
        }
        result
    }

    fn prepare(&self, document: &Document) -> Result<Prepared, Unprepared> {
        replace::prepare(&self.path, &self.held, document, self.syncs())
    }

    /// Writes the file itself.
    fn rewrite(&mut self, document: &Document, writers: &mut Writers) -> Result<(), Failure> {
        let content = document.to_bytes();
        let identity = Identity::of(&content);
        if let Some(journal) = self.journal.as_mut().filter(|journal| !journal.is_poisoned()) {
            // The file stays the same one, so its birth tells nothing.
            journal.mark(journal.length(), identity, Birth::default(), true)?;
        }
        self.coming.in_place();
        self.stamp = in_place::write(&self.path, &self.held, self.stamp, &content)?;
        writers.forget_writes(self.watched);
        (self.identity, self.sight) = (identity, Sight::Known);
        self.end_journal();
        Ok(())
    }

    fn end_journal(&mut self) {
        if let Some(journal) = self.journal.take() {
            journal.remove();
        }
        self.base = None;
    }

    /// Puts a content in the place of the file that holds all changes up to the offset `upto` of the journal. `previous`
    /// is what the file holds, if it is known.
    pub(crate) fn put(
        &mut self,
        prepared: Prepared,
        upto: u64,
        previous: Option<&Document>,
        writers: &mut Writers,
    ) -> Result<(), Failure> {
        let sync = self.syncs();
        let identity = prepared.identity;
        let before_mark = self.journal.as_ref().map_or(0, Journal::length);
        if let Some(journal) = self.journal.as_mut().filter(|journal| !journal.is_poisoned()) {
            journal.mark(upto, identity, Birth::of(prepared.file()), sync)?;
        }
        let watched = writers.watch_file(prepared.file(), Hand::default());
        self.coming.file(prepared.inode);
        let mut is_untouched = || {
            writers.listen();
            !writers.was_written(self.watched)
        };
        let (file, stamp, failure) = match prepared.replace(&self.path, self.stamp, &mut is_untouched, sync) {
            Ok((file, stamp)) => (file, stamp, None),
            Err(Stopped::After(error, file, stamp)) => (file, stamp, Some(error)),
            Err(stopped) => {
                watched.into_iter().for_each(|watched| writers.forget(watched));
                return Err(match stopped {
                    Stopped::Changed => Failure::Changed,
                    Stopped::Fixed(error) => {
                        self.way = Way::InPlace;
                        Failure::Io(error)
                    }
                    Stopped::Before(error) | Stopped::After(error, ..) => Failure::Io(error),
                });
            }
        };
        self.forget_arrival(writers);
        self.leave_shadow(previous, writers);
        (self.held, self.stamp, self.identity, self.watched) = (Arc::new(file), stamp, identity, watched);
        self.sight = if failure.is_some() { Sight::Stale } else { Sight::Known };
        if let Some(error) = failure {
            if self.journal.is_none() {
                self.base = None;
            }
            return Err(error.into());
        }
        match self.journal.take() {
            Some(mut journal) if before_mark > upto => {
                // Should this fail, the mark still tells which records are left.
                let _ = journal.rotate(upto, before_mark, identity, sync);
                self.journal = Some(journal);
            }
            journal => {
                self.journal = journal;
                self.end_journal();
            }
        }
        Ok(())
    }

    /// Nothing is known that keeps the file from being written.
    pub(crate) fn writable(&self) -> bool {
        self.save && self.sight.is_writable()
    }

    /// How long the journal is.
    pub(crate) fn journal_length(&self) -> u64 {
        self.journal.as_ref().map_or(0, Journal::length)
    }

    /// Whether folds are synced.
    pub(crate) fn sync_policy(&self) -> SyncPolicy {
        self.sync
    }

    /// The document that the file itself holds, if a journal holds more.
    pub(crate) fn base(&self) -> Option<&Document> {
        self.base.as_ref()
    }

    /// The whole of a document into the file at once, whatever the journal holds. `previous` is what was served before,
    /// `edited` what its owner has put into the file meanwhile.
    pub(crate) fn settle(
        &mut self,
        document: &Document,
        previous: &Document,
        edited: Option<Document>,
        writers: &mut Writers,
    ) -> Result<(), Failure> {
        if !self.save {
            return Ok(());
        }
        self.base = edited.or(self.base.take()).or_else(|| Some(previous.clone()));
        self.replace(document, None, writers)
    }

    /// Everything into the file, at the end.
    pub(crate) fn close(&mut self, document: &Document, writers: &mut Writers) -> Result<(), Failure> {
        if !self.writable() {
            return Ok(());
        }
        if self.journal.is_some() || self.is_stale() {
            return self.replace(document, None, writers);
        }
        if self.unsynced.take().is_some() {
            self.held.sync_all()?;
            file::sync_folder(&self.path)?;
        }
        Ok(())
    }

    /// Whether the content is the one that is known.
    pub(crate) fn is_known(&self, identity: Identity) -> bool {
        self.identity == identity && !self.is_stale()
    }

    /// The changes that are in the journal only.
    pub(crate) fn pending(&self) -> Vec<Recorded> {
        let text = self.journal.as_ref().and_then(|journal| journal.text().ok());
        let replay = text.and_then(|text| replay::read(&text, self.identity, Birth::default()).ok());
        replay.map(|Replay { changes, .. }| changes).unwrap_or_default()
    }
}

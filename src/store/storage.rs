//! What is known of one file that is served.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Instant;

use super::claim::Claim;
use super::coming::Coming;
use super::file::{self, Birth, Identity, Stamp};
use super::in_place::Unwritten;
use super::journal::{Journal, Recorded};
use super::open::SyncPolicy;
use super::replay::{self, Replay};
use super::shadow::Shadow;
use super::sight::Sight;
use super::writers::Watched;
use crate::document::Refusal;
use crate::document::state::{Document, Reading};

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

/// What becomes of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    Idle,
    Running,
    /// It failed, and is tried again then.
    Failed(Instant),
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
            Failure::Io(error) => Refusal::Storage { reason: reason(error), full: file::is_full(error) },
            Failure::Changed => Refusal::Storage {
                reason: "the file was changed at the same moment, try again".to_owned(),
                full: false,
            },
        }
    }
}

/// Why, for whoever asked for the change: where the file lies is for those to know whose computer it is.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::Other => error.to_string(),
        kind if error.raw_os_error().is_none() => kind.to_string(),
        _ => error.to_string(),
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

    /// Whether a change waits for the disk.
    pub(super) fn syncs(&self) -> bool {
        self.sync == SyncPolicy::Each
    }

    /// The file holds something that is not served.
    pub(super) fn is_stale(&self) -> bool {
        matches!(self.sight, Sight::Stale)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_does_not_say_where_the_file_lies() {
        let folder = tempfile::tempdir().unwrap();
        let error = tempfile::NamedTempFile::new_in(folder.path().join("gone")).unwrap_err();
        assert!(error.to_string().contains("gone"));
        let Refusal::Storage { reason, full: false } = Failure::Io(error).refusal() else { panic!() };
        assert_eq!(reason, "entity not found");
    }
}

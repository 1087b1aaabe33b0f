//! A content of a file with the changes of its journal, as it is prepared beside everything else.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use super::file::Identity;
use super::open::SyncPolicy;
use super::replace::{self, Prepared, Unprepared};
use super::storage::Storage;
use crate::document::state::Document;
use crate::memory;

/// What is to be prepared.
pub(super) struct Order {
    path: PathBuf,
    held: Arc<File>,
    document: Document,
    sync: bool,
    upto: u64,
    over: Identity,
    /// The content is read anew too.
    reread: bool,
}

/// A content for a file that holds all changes up to an offset of its journal.
pub(crate) struct Folded {
    pub(super) mount: usize,
    pub(super) upto: u64,
    /// The content that the file had when this was begun.
    pub(super) over: Identity,
    pub(super) prepared: Result<Prepared, Unprepared>,
    /// The same content read anew, so that the changes in memory do not grow for ever.
    pub(super) fresh: Option<Document>,
}

impl Order {
    /// For a storage whose present state is `document`.
    pub(super) fn of(storage: &Storage, document: Document, reread: bool) -> Order {
        Order {
            path: storage.path.clone(),
            held: Arc::clone(&storage.held),
            document,
            sync: storage.sync_policy() == SyncPolicy::Each,
            upto: storage.journal_length(),
            over: storage.identity(),
            reread,
        }
    }

    /// Writes the state to a temporary file.
    pub(super) fn prepare(self, mount: usize) -> Folded {
        let Order { path, held, document, sync, upto, over, reread } = self;
        let prepared = replace::prepare(&path, &held, &document, sync);
        drop(held);
        let reread = reread && memory::has_room(document.base_length().saturating_mul(3));
        let fresh = if reread { document.reread().ok() } else { None };
        Folded { mount, upto, over, prepared, fresh }
    }
}

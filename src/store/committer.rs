//! The one thread that changes things. All changes that wait at the same time share one write and one sync, and are
//! seen and acknowledged after it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Instant, SystemTime};

use super::current::Current;
use super::file::{self, Identity, Prepared, Stamp};
use super::journal::{self, Recorded};
use super::open::SyncPolicy;
use super::storage::{Failure, Storage};
use super::watch::Watch;
use crate::document::View;
use crate::document::edit::{self, Given};
use crate::document::state::Document;
use crate::document::{Change, Outcome, Refusal};

/// Who wants to know what became of a change.
pub(crate) type Done = Box<dyn FnOnce(Result<Outcome, Refusal>) + Send>;

/// What the committer is asked for.
pub(crate) enum Message {
    /// Make a change.
    Change(Change, Done),
    /// See whether files were changed by their owners, then answer.
    Look(Sender<()>),
    /// A fold was prepared in the background.
    Folded(Box<Folded>),
    /// Bring everything to the disk and end.
    Close(Sender<Result<(), (usize, std::io::Error)>>),
}

/// A content for a file that holds all changes up to an offset of its journal.
pub(crate) struct Folded {
    mount: usize,
    upto: u64,
    prepared: std::io::Result<Prepared>,
    /// The same content read anew, so that the changes in memory do not grow for ever.
    fresh: Option<Document>,
}

/// No more changes than this share one sync.
const BATCH: usize = 4096;

/// The changes in memory are let grow to this many octets, or a quarter of the file.
const OVERLAY: usize = 64 << 10;

/// See the module.
pub(crate) struct Committer {
    pub(crate) current: Arc<Current>,
    /// By mount; `None` keeps its document in memory only.
    pub(crate) storages: Vec<Option<Storage>>,
    pub(crate) read_only: bool,
    pub(crate) watch: Arc<Watch>,
    pub(crate) receiver: Receiver<Message>,
    /// For folds to report back.
    pub(crate) sender: Sender<Message>,
    pub(crate) given: Given,
    /// By mount, about how many octets of changes memory holds.
    pub(crate) overlay: Vec<usize>,
    /// By mount, the changes since the fold that is under way began.
    pub(crate) since: Vec<Option<Vec<Recorded>>>,
}

struct Waiting {
    mount: Option<usize>,
    result: Result<Outcome, Refusal>,
    done: Done,
}

impl Committer {
    /// Serves messages until it is told to close, or nobody can send any more.
    pub(crate) fn run(mut self) {
        loop {
            let message = match self.next() {
                Ok(Some(message)) => message,
                Ok(None) => {
                    self.housekeeping();
                    continue;
                }
                Err(()) => return,
            };
            let rest = match message {
                Message::Change(change, done) => self.batch(change, done),
                other => Some(other),
            };
            match rest {
                Some(Message::Look(answer)) => {
                    self.look();
                    // Whoever asked may be gone.
                    let _ = answer.send(());
                }
                Some(Message::Folded(folded)) => self.finish_fold(*folded),
                Some(Message::Close(answer)) => {
                    let _ = answer.send(self.close());
                    return;
                }
                Some(Message::Change(..)) | None => {}
            }
            self.housekeeping();
        }
    }

    /// The next message; `None` when there is something to do without one.
    fn next(&self) -> Result<Option<Message>, ()> {
        let deadline = self.storages.iter().flatten().filter_map(Storage::deadline).min();
        let Some(deadline) = deadline else { return self.receiver.recv().map(Some).map_err(|_| ()) };
        match self.receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(()),
        }
    }

    /// Commits `change` together with all that wait behind it; the first message that is no change is given back.
    fn batch(&mut self, change: Change, done: Done) -> Option<Message> {
        let mut changes = vec![(change, done)];
        let mut rest = None;
        while changes.len() < BATCH {
            match self.receiver.try_recv() {
                Ok(Message::Change(change, done)) => changes.push((change, done)),
                Ok(other) => {
                    rest = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        self.commit(changes);
        rest
    }

    fn commit(&mut self, changes: Vec<(Change, Done)>) {
        self.look();
        let before = self.current.view();
        let mut next = View::clone(&before);
        let mut records: Vec<Vec<u8>> = vec![Vec::new(); next.mounts.len()];
        let mut applied: Vec<Vec<Recorded>> = vec![Vec::new(); next.mounts.len()];
        let mut waiting = Vec::with_capacity(changes.len());
        for (change, done) in changes {
            let mount = before.mount_of(&change.path);
            let result = self.apply(&mut next, change, mount, &mut records, &mut applied);
            waiting.push(Waiting { mount, result, done });
        }
        let mut changed = false;
        for mount in 0..next.mounts.len() {
            if records[mount].is_empty() {
                continue;
            }
            match self.store(mount, &next.mounts[mount], &before.mounts[mount], &records[mount]) {
                Ok(()) => {
                    changed = true;
                    self.keep(
                        mount,
                        &mut next.mounts[mount],
                        std::mem::take(&mut applied[mount]),
                        records[mount].len(),
                    );
                }
                Err(failure) => {
                    next.mounts[mount] = before.mounts[mount].clone();
                    refuse(&mut waiting, mount, &failure.refusal());
                }
            }
        }
        if changed {
            next.modified = SystemTime::now();
            self.current.publish(next);
        }
        for Waiting { result, done, .. } in waiting {
            done(result);
        }
    }

    fn apply(
        &mut self,
        next: &mut View,
        change: Change,
        mount: Option<usize>,
        records: &mut [Vec<u8>],
        applied: &mut [Vec<Recorded>],
    ) -> Result<Outcome, Refusal> {
        self.check_writable(mount)?;
        if let Some(condition) = change.condition {
            let tag = next.find(&change.path).ok().map(|node| node.tag());
            if !condition(tag.as_deref()) {
                return Err(Refusal::Precondition);
            }
        }
        let given = &mut self.given;
        let edit = AssertUnwindSafe(|| edit::apply(next, &change.path, &change.action, given));
        // A fault of ours in one change must not end the thread that all others wait for.
        let edited = std::panic::catch_unwind(edit).unwrap_or_else(|_| {
            Err(Refusal::Storage { reason: "an internal fault, the change was not made".to_owned(), full: false })
        })?;
        let mount = edited.mount;
        next.mounts[mount] = edited.document.clone();
        let path = change.path[usize::from(next.mounted)..].to_vec();
        journal::record(&path, &edited.action, &mut records[mount]);
        applied[mount].push(Recorded { path, action: edited.action.clone() });
        Ok(edited.outcome(next))
    }

    fn check_writable(&self, mount: Option<usize>) -> Result<(), Refusal> {
        if self.read_only {
            return Err(Refusal::NotPermitted { hint: "the data is served read-only".to_owned() });
        }
        let Some(Some(storage)) = mount.and_then(|mount| self.storages.get(mount)) else { return Ok(()) };
        if let Some(error) = &storage.broken {
            let reason = error.expected.clone();
            return Err(Refusal::Broken { line: error.line, column: error.column, reason });
        }
        match &storage.fault {
            Some(reason) => Err(Refusal::Storage { reason: reason.clone(), full: false }),
            None => Ok(()),
        }
    }

    fn store(&mut self, mount: usize, next: &Document, before: &Document, records: &[u8]) -> Result<(), Failure> {
        let Some(storage) = &mut self.storages[mount] else { return Ok(()) };
        self.watch.begin_write();
        let result = storage.write(next, before, records);
        self.watch.end_write(mount, storage);
        result
    }

    /// Looks after the changes in memory once they are made.
    fn keep(&mut self, mount: usize, document: &mut Document, changes: Vec<Recorded>, octets: usize) {
        if let Some(since) = &mut self.since[mount] {
            since.extend(changes.iter().cloned());
        }
        self.overlay[mount] += octets + changes.len() * 256;
        let journalled = self.storages[mount].as_ref().is_some_and(|storage| storage.journal_length() > 0);
        if journalled || self.overlay[mount] < OVERLAY.max(document.base_length() / 4) {
            return;
        }
        // A document that was just written parses.
        if let Ok(fresh) = document.reread() {
            *document = fresh;
            self.overlay[mount] = 0;
        }
    }

    /// Takes up what owners did to their files.
    fn look(&mut self) {
        for mount in 0..self.storages.len() {
            let Some(storage) = &mut self.storages[mount] else { continue };
            let now = Stamp::at(&storage.path);
            if storage.unsaved {
                // What memory alone holds would be lost; readers need not ask again.
                now.into_iter().for_each(|now| self.watch.pass_over(mount, now));
                continue;
            }
            match now {
                Ok(now) if now == storage.stamp && storage.fault.is_none() => {}
                Ok(None) => {
                    storage.stamp = None;
                    storage.fault = Some("the file is gone".to_owned());
                }
                Ok(Some(_)) => self.take_up(mount),
                Err(error) => storage.fault = Some(error.to_string()),
            }
            if let Some(storage) = &self.storages[mount] {
                self.watch.set(mount, storage);
            }
        }
    }

    fn take_up(&mut self, mount: usize) {
        let Some(storage) = &mut self.storages[mount] else { return };
        let (text, stamp) = match file::read(&storage.path) {
            Ok(read) => read,
            Err(error) => {
                storage.fault = Some(error.to_string());
                return;
            }
        };
        let identity = Identity::of(&text);
        let known = storage.is_known(identity);
        let read =
            if known { None } else { Some(Document::read(text, &storage.reading, &mut Vec::new(), &mut |_| {})) };
        match read {
            Some(Err(error)) => {
                storage.broken = Some(error);
                storage.stamp = Some(stamp);
            }
            Some(Ok(document)) => {
                // What is in the journal only was acknowledged, so it is made to the new content too.
                let pending = storage.pending();
                match storage.adopt(stamp, identity) {
                    Ok(()) => self.publish(mount, replayed(document, &pending)),
                    Err(error) => storage.fault = Some(error.to_string()),
                }
            }
            None => {
                if let Err(error) = storage.adopt(stamp, identity) {
                    storage.fault = Some(error.to_string());
                }
            }
        }
    }

    fn publish(&mut self, mount: usize, document: Document) {
        let mut next = View::clone(&self.current.peek());
        next.mounts[mount] = document;
        next.modified = SystemTime::now();
        self.overlay[mount] = 0;
        self.since[mount] = None;
        self.current.publish(next);
    }

    /// Syncs and folds what is due.
    fn housekeeping(&mut self) {
        let now = Instant::now();
        for mount in 0..self.storages.len() {
            let Some(storage) = &mut self.storages[mount] else { continue };
            storage.sync_if_due(now);
            if storage.fold_is_due(now) {
                self.start_fold(mount);
            }
        }
    }

    /// Writes the present state to a temporary file in the background, while changes go on into the journal.
    fn start_fold(&mut self, mount: usize) {
        let Some(storage) = &mut self.storages[mount] else { return };
        let document = self.current.peek().mounts[mount].clone();
        let reread = self.overlay[mount] >= OVERLAY.max(document.base_length() / 4);
        let (path, sync) = (storage.path.clone(), storage.sync_policy() == SyncPolicy::Each);
        let (upto, sender) = (storage.journal_length(), self.sender.clone());
        let work = move || {
            let prepared = file::prepare(&path, &document, sync);
            let fresh = if reread { document.reread().ok() } else { None };
            // The committer may have ended meanwhile; then it has folded itself.
            let _ = sender.send(Message::Folded(Box::new(Folded { mount, upto, prepared, fresh })));
        };
        if std::thread::Builder::new().name("fold".to_owned()).spawn(work).is_ok() {
            storage.folding = true;
            self.since[mount] = reread.then(Vec::new);
        }
    }

    fn finish_fold(&mut self, folded: Folded) {
        let mount = folded.mount;
        self.look();
        let since = self.since[mount].take();
        let Some(storage) = &mut self.storages[mount] else { return };
        if !storage.writable() {
            return storage.folded(Err(Failure::Changed));
        }
        self.watch.begin_write();
        let result = folded.prepared.map_err(Failure::Io).and_then(|prepared| storage.put(prepared, folded.upto));
        self.watch.end_write(mount, storage);
        let done = result.is_ok();
        storage.folded(result);
        if let (Some(fresh), Some(since), true) = (folded.fresh, since, done) {
            let mut next = View::clone(&self.current.peek());
            next.mounts[mount] = replayed(fresh, &since);
            self.overlay[mount] = 0;
            self.current.publish(next);
        }
    }

    fn close(&mut self) -> Result<(), (usize, std::io::Error)> {
        self.look();
        let view = self.current.view();
        let mut result = Ok(());
        for (mount, storage) in self.storages.iter_mut().enumerate() {
            let Some(storage) = storage else { continue };
            let closed = storage.close(&view.mounts[mount]);
            if let Err(failure) = closed {
                let error = match failure {
                    Failure::Io(error) => error,
                    Failure::Changed => std::io::Error::other("the file was changed at the same moment"),
                };
                result = Err((mount, error));
            }
        }
        result
    }
}

/// A storage failure is the answer to all that were to be stored, and to those that were refused on account of them.
fn refuse(waiting: &mut [Waiting], mount: usize, refusal: &Refusal) {
    let mut pending = false;
    for one in waiting.iter_mut().filter(|one| one.mount == Some(mount)) {
        pending |= one.result.is_ok();
        if pending {
            one.result = Err(refusal.clone());
        }
    }
}

/// `document` with changes made to it again. One that cannot be made any more is left out: its owner has changed what
/// it was about.
pub(crate) fn replayed(document: Document, changes: &[Recorded]) -> Document {
    let mut view = View { mounts: vec![document], mounted: false, modified: SystemTime::now() };
    let mut given = Given::new();
    for change in changes {
        if let Ok(applied) = edit::apply(&view, &change.path, &change.action, &mut given) {
            view.mounts[0] = applied.document;
        }
    }
    view.mounts.remove(0)
}

//! The one thread that changes things. All changes that wait at the same time share one write and one sync, and are
//! seen and acknowledged after it.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use super::current::Current;
use super::fold::Folded;
use super::follow::{self, Follower, Following};
use super::journal::{Recorded, parts, weight};
use super::open::Notice;
use super::reserve::Reserve;
use super::storage::{Failure, Storage};
use super::watch::Watch;
use super::writers::Writers;
use crate::document::View;
use crate::document::edit::{self, Given};
use crate::document::schema::{self, Made};
use crate::document::state::Document;
use crate::document::{Action, Change, Outcome, Refusal};
use crate::memory;

/// Who wants to know what became of a change.
pub(crate) type Done = Box<dyn FnOnce(Result<Outcome, Refusal>) + Send>;

/// The changes to a file that did not come into it at the end.
pub(crate) struct Unclosed {
    /// The number of the file.
    pub(crate) mount: usize,
    pub(crate) error: std::io::Error,
    /// The journal has them.
    pub(crate) is_kept: bool,
}

/// What the committer is asked for.
pub(crate) enum Message {
    /// Make a change.
    Change(Change, Done),
    /// See whether files were changed by their owners, then answer.
    Look(Sender<()>),
    /// A fold was prepared in the background.
    Folded(Box<Folded>),
    /// Tell this one of what is made of the data from now on.
    Follow(Follower),
    /// Tell this one what owners do to their files.
    Tell(Teller),
    /// Bring everything to the disk and end.
    Close(Sender<Result<(), Unclosed>>),
}

/// No more changes than this share one sync.
const BATCH: usize = 4096;

/// Nor do further ones when those that share it hold so many bytes: they go to the journal in one piece.
const BATCH_BYTES: usize = 8 << 20;

/// The changes in memory are let grow to this many bytes, or a quarter of the file.
pub(super) const OVERLAY: usize = 64 << 10;

/// A change of more bytes than this asks first whether there is the memory for it.
const LARGE: usize = 64 << 10;

/// How long a change waits for a file that its owner is writing.
const WAIT: Duration = Duration::from_secs(2);

/// See the module.
pub(crate) struct Committer {
    pub(crate) current: Arc<Current>,
    /// By mount; `None` keeps its document in memory only.
    pub(crate) storages: Vec<Option<Storage>>,
    pub(crate) read_only: bool,
    /// Changes keep to the schemas of their documents.
    pub(crate) strict: bool,
    pub(crate) watch: Arc<Watch>,
    pub(crate) receiver: Receiver<Message>,
    /// For folds to report back.
    pub(crate) sender: Sender<Message>,
    pub(crate) given: Given,
    /// By mount, about how many bytes of changes memory holds.
    pub(crate) overlay: Vec<usize>,
    /// By mount, the changes since the fold that is under way began.
    pub(crate) since: Vec<Option<Vec<Recorded>>>,
    /// What the kernel tells of others who write the files.
    pub(crate) writers: Writers,
    /// Changes that wait until an owner has written a file, in their order.
    pub(crate) queue: Vec<Queued>,
    pub(crate) reserve: Reserve,
    pub(crate) following: Following,
    /// Is told what owners do to their files.
    pub(crate) teller: Option<Teller>,
}

/// See [`Committer::teller`].
pub(crate) type Teller = Box<dyn FnMut(Notice) + Send>;

/// A change that waits for a file.
pub(crate) struct Queued {
    mount: usize,
    change: Change,
    done: Done,
    until: Instant,
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
                Some(Message::Follow(follower)) => self.following.begin(follower, self.current.view()),
                Some(Message::Tell(teller)) => self.teller = Some(teller),
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
        let storages = self.storages.iter().flatten().filter_map(Storage::deadline);
        let deadline = storages.chain(self.queue.iter().map(|queued| queued.until)).min();
        let Some(deadline) = deadline else { return self.receiver.recv().map(Some).map_err(|_| ()) };
        match self.receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(()),
        }
    }

    /// Commits `change` together with all that wait behind it; the first message that is no change is given back.
    fn batch(&mut self, change: Change, done: Done) -> Option<Message> {
        let mut bytes = parts(&change.action).1.len();
        let mut changes = vec![(change, done)];
        let mut rest = None;
        while changes.len() < BATCH && bytes < BATCH_BYTES {
            match self.receiver.try_recv() {
                Ok(Message::Change(change, done)) => {
                    bytes += parts(&change.action).1.len();
                    changes.push((change, done));
                }
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
        let changes = self.set_aside(changes);
        if !changes.is_empty() {
            self.make(changes);
        }
    }

    /// Lets changes wait whose file is being written by its owner; gives the others.
    fn set_aside(&mut self, changes: Vec<(Change, Done)>) -> Vec<(Change, Done)> {
        let view = self.current.view();
        let until = Instant::now() + WAIT;
        let mut others = Vec::with_capacity(changes.len());
        for (change, done) in changes {
            match view.mount_of(&change.path).filter(|mount| self.holds_up(*mount)) {
                Some(mount) => self.queue.push(Queued { mount, change, done, until }),
                None => others.push((change, done)),
            }
        }
        others
    }

    fn holds_up(&self, mount: usize) -> bool {
        let is_passing = self.storages[mount].as_ref().is_some_and(|storage| storage.sight.is_passing());
        is_passing || self.queue.iter().any(|queued| queued.mount == mount)
    }

    /// Makes the changes whose file is whole again, and refuses those that have waited for long enough.
    fn serve_queue(&mut self, now: Instant) {
        let mut ready = Vec::new();
        for queued in std::mem::take(&mut self.queue) {
            let sight = self.storages[queued.mount].as_ref().map(|storage| &storage.sight);
            match sight.filter(|sight| sight.is_passing()) {
                None => ready.push((queued.change, queued.done)),
                Some(sight) if now >= queued.until => {
                    let reason = || "the file is being written by another program".to_owned();
                    (queued.done)(Err(sight
                        .refusal()
                        .unwrap_or_else(|| Refusal::Storage { reason: reason(), full: false })));
                }
                Some(_) => self.queue.push(queued),
            }
        }
        if !ready.is_empty() {
            self.make(ready);
        }
    }

    fn make(&mut self, changes: Vec<(Change, Done)>) {
        let before = self.current.view();
        let mut next = View::clone(&before);
        let mut applied: Vec<Vec<Recorded>> = vec![Vec::new(); next.mounts.len()];
        let mut waiting = Vec::with_capacity(changes.len());
        for (change, done) in changes {
            let mount = before.mount_of(&change.path);
            let result = self.apply(&mut next, change, mount, &mut applied);
            waiting.push(Waiting { mount, result, done });
        }
        let mut changed = false;
        for (mount, changes) in applied.into_iter().enumerate() {
            if changes.is_empty() {
                continue;
            }
            match self.store(mount, &next.mounts[mount], &before.mounts[mount], &changes) {
                Ok(()) => {
                    changed = true;
                    self.keep(mount, &mut next.mounts[mount], changes);
                }
                Err(failure) => {
                    next.mounts[mount] = before.mounts[mount].clone();
                    refuse(&mut waiting, mount, &failure.refusal());
                    self.following.forget(mount);
                }
            }
        }
        if changed {
            next.modified = SystemTime::now();
            self.current.publish(next);
            self.following.tell_steps();
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
        applied: &mut [Vec<Recorded>],
    ) -> Result<Outcome, Refusal> {
        self.check_writable(mount)?;
        check_memory(&change.action)?;
        if let Some(condition) = change.condition {
            let tag = next.find(&change.path).ok().map(|node| node.tag());
            if !condition(tag.as_deref(), &next.root().tag()) {
                return Err(Refusal::Precondition);
            }
        }
        let state = self.following.state(next);
        let given = &mut self.given;
        let edit = AssertUnwindSafe(|| edit::apply(next, &change.path, &change.action, change.room, given));
        // A fault of ours in one change must not end the thread that all others wait for.
        let edited = std::panic::catch_unwind(edit).unwrap_or_else(|_| {
            Err(Refusal::Storage { reason: "an internal fault, the change was not made".to_owned(), full: false })
        })?;
        let (mount, above) = (edited.mount, usize::from(next.mounted));
        let schema = self.strict.then(|| next.schema_of(mount, true));
        let before = next.mounts[mount].clone();
        let is_change = !self.holds_served(mount) || !edited.document.has_text_of(&before);
        if is_change {
            next.mounts[mount] = edited.document.clone();
        }
        let recorded = Recorded { path: change.path[above..].to_vec(), action: edited.action.clone() };
        let outcome = edited.outcome(next);
        if let Some(schema) = schema {
            let made = Made { path: &recorded.path, action: &change.action, outcome: &outcome, after: next, above };
            match schema::check(&schema, &made) {
                Ok(None) => {}
                Ok(Some(more)) => next.mounts[mount].schema = Arc::new(OnceLock::from(Arc::new(more))),
                Err(refusal) => {
                    next.mounts[mount] = before;
                    return Err(refusal);
                }
            }
        }
        // Else there is nothing to store, to date or to tell.
        if is_change {
            let action = recorded.action.clone();
            let change = follow::Change { mount, path: change.path, action, outcome: &outcome };
            self.following.note(change, state, next);
            applied[mount].push(recorded);
        }
        Ok(outcome)
    }

    fn check_writable(&self, mount: Option<usize>) -> Result<(), Refusal> {
        if self.read_only {
            return Err(Refusal::NotPermitted { hint: "the data is served read-only".to_owned() });
        }
        let Some(Some(storage)) = mount.and_then(|mount| self.storages.get(mount)) else { return Ok(()) };
        storage.sight.refusal().map_or(Ok(()), Err)
    }

    /// The file has what is served, or will not have it.
    fn holds_served(&self, mount: usize) -> bool {
        self.storages[mount].as_ref().is_none_or(|storage| !storage.is_stale())
    }

    fn store(&mut self, mount: usize, next: &Document, before: &Document, changes: &[Recorded]) -> Result<(), Failure> {
        let Some(storage) = &mut self.storages[mount] else { return Ok(()) };
        let mut result = storage.write(next, before, changes, &mut self.writers);
        if self.reserve.helps(&result) {
            result = storage.write(next, before, changes, &mut self.writers);
            self.reserve.fill();
        }
        self.watch.set(mount, storage);
        result
    }

    /// Looks after the changes in memory once they are made.
    fn keep(&mut self, mount: usize, document: &mut Document, changes: Vec<Recorded>) {
        if let Some(since) = &mut self.since[mount] {
            since.extend(changes.iter().cloned());
        }
        self.storages[mount].iter_mut().for_each(|storage| storage.note(&changes, &mut self.writers));
        self.overlay[mount] += weight(&changes) + changes.len() * 256;
        let journalled = self.storages[mount].as_ref().is_some_and(|storage| storage.journal_length() > 0);
        if journalled || self.overlay[mount] < OVERLAY.max(document.base_length() / 4) {
            return;
        }
        // A document that was just written parses.
        if memory::has_room(document.base_length().saturating_mul(3))
            && let Ok(fresh) = document.reread()
        {
            *document = fresh;
            self.overlay[mount] = 0;
        }
    }

    /// Syncs and folds what is due.
    fn housekeeping(&mut self) {
        let now = Instant::now();
        // The kernel's word is a message of its own.
        if self.storages.iter().flatten().any(|storage| !storage.sight.is_settled() || storage.shadow_ends(now)) {
            self.look();
        }
        if !self.queue.is_empty() {
            self.serve_queue(now);
        }
        for mount in 0..self.storages.len() {
            let Some(storage) = &mut self.storages[mount] else { continue };
            storage.sync_if_due(now);
            if storage.fold_is_due(now) {
                self.start_fold(mount);
            }
        }
    }

    fn close(&mut self) -> Result<(), Unclosed> {
        self.look();
        // Nobody waits any longer: what cannot be made now is refused.
        self.queue.iter_mut().for_each(|queued| queued.until = Instant::now());
        self.serve_queue(Instant::now());
        let view = self.current.view();
        let mut result = Ok(());
        for (mount, storage) in self.storages.iter_mut().enumerate() {
            let Some(storage) = storage else { continue };
            let closed = storage.close(&view.mounts[mount], &mut self.writers);
            if let Err(failure) = closed {
                let error = match failure {
                    Failure::Io(error) => error,
                    Failure::Changed => std::io::Error::other("the file was changed at the same moment"),
                };
                result = Err(Unclosed { mount, error, is_kept: storage.journal_length() > 0 });
            }
        }
        result
    }
}

/// An allocation that fails would end everything, so a change that may need more than there is, is not begun.
fn check_memory(action: &Action) -> Result<(), Refusal> {
    let bytes = parts(action).1.len();
    if bytes < LARGE || memory::has_room(bytes.saturating_mul(6)) {
        return Ok(());
    }
    let reason = "there is not enough memory for this now; try again later".to_owned();
    Err(Refusal::Storage { reason, full: false })
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

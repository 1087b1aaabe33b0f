//! The store: documents that are read without waiting and changed by one committer.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Instant, SystemTime};

use bytes::Bytes;

use super::committer::{Committer, Done, Message, replayed};
use super::current::Current;
use super::file::{self, Identity};
use super::journal::{self, Journal};
use super::open::{Notice, OpenError, Options, Source, files, format};
use super::storage::{SMALL, Storage};
use super::watch::Watch;
use crate::document::View;
use crate::document::edit::Given;
use crate::document::state::{Document, Format, Reading};
use crate::document::{Change, Outcome, Refusal};

/// Files longer than this are worth showing progress for.
const LONG: usize = 8 << 20;

/// Documents that can be read and changed by many threads at once.
pub struct Store {
    current: Arc<Current>,
    watch: Arc<Watch>,
    paths: Vec<PathBuf>,
    sender: Sender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Opened {
    path: PathBuf,
    document: Document,
    storage: Storage,
    modified: SystemTime,
}

impl Store {
    /// Opens, reads and holds what `source` names. `notice` is told of what the user should know.
    ///
    /// # Errors
    /// A file is missing, malformed, held by another server, or cannot be read.
    pub fn open(source: Source, options: Options, notice: &mut dyn FnMut(Notice)) -> Result<Store, OpenError> {
        let paths = match source {
            Source::Memory => return Ok(Store::start(View::memory(&options), vec![None], Vec::new(), &options)),
            Source::Files(paths) => files(&paths)?,
        };
        let mounted = paths.iter().any(|(_, stem)| stem.is_some());
        let mut view = View { mounts: Vec::new(), mounted, modified: SystemTime::UNIX_EPOCH };
        let (mut storages, mut names) = (Vec::new(), Vec::new());
        for (path, stem) in paths {
            let opened = open_file(path, stem, &options, notice)?;
            view.modified = view.modified.max(opened.modified);
            view.mounts.push(opened.document);
            names.push(opened.path);
            storages.push(Some(opened.storage));
        }
        Ok(Store::start(view, storages, names, &options))
    }

    fn start(view: View, storages: Vec<Option<Storage>>, paths: Vec<PathBuf>, options: &Options) -> Store {
        let (sender, receiver) = channel();
        let watch = Arc::new(Watch::new(storages.iter().map(Option::as_ref)));
        let mounts = view.mounts.len();
        let journalled = |storage: &Option<Storage>| storage.as_ref().map_or(0, |storage| storage.journal_length());
        let overlay =
            storages.iter().map(|storage| usize::try_from(journalled(storage)).unwrap_or(usize::MAX)).collect();
        let current = Arc::new(Current::new(view));
        let committer = Committer {
            current: current.clone(),
            storages,
            read_only: options.read_only,
            watch: watch.clone(),
            receiver,
            sender: sender.clone(),
            given: Given::new(),
            overlay,
            since: (0..mounts).map(|_| None).collect(),
        };
        let thread = std::thread::spawn(move || committer.run());
        Store { current, watch, paths, sender, thread: Mutex::new(Some(thread)) }
    }

    /// The present state. Taking it never waits, and it stays as it is for as long as it is kept.
    pub fn view(&self) -> Arc<View> {
        self.current.view()
    }

    /// The present state for a short look, which is cheaper to take than [`Store::view`].
    pub fn peek(&self) -> impl Deref<Target = Arc<View>> {
        self.current.peek()
    }

    /// A number that was another before each change of the state: a view taken after this was asked for is of that
    /// number or newer.
    pub fn serial(&self) -> u64 {
        self.current.serial()
    }

    /// Hands a change to the committer. `done` is called from its thread once the change is durable and to be seen in
    /// every later view, or once it is refused.
    pub fn commit(&self, change: Change, done: Box<dyn FnOnce(Result<Outcome, Refusal>) + Send>) {
        let done: Done = done;
        if let Err(returned) = self.sender.send(Message::Change(change, done))
            && let Message::Change(_, done) = returned.0
        {
            done(Err(Refusal::Storage { reason: "the store is closed".to_owned(), full: false }));
        }
    }

    /// Takes up changes that the files' owners made, if there are any. It costs little if there are none.
    pub fn refresh(&self) {
        if !self.watch.sees_change(&self.paths) {
            return;
        }
        let (answer, answered) = channel();
        if self.sender.send(Message::Look(answer)).is_ok() {
            // An error says that the store was closed meanwhile.
            let _ = answered.recv();
        }
    }

    /// Brings everything that was handed in to the files, and lets go of them. Later changes are refused.
    ///
    /// # Errors
    /// A file could not be written; what was acknowledged is in its journal then.
    pub fn close(&self) -> Result<(), OpenError> {
        let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(()) };
        let (answer, answered) = channel();
        let sent = self.sender.send(Message::Close(answer)).is_ok();
        let result = if sent { answered.recv().unwrap_or(Ok(())) } else { Ok(()) };
        // The thread has nothing left to do; a panic in it was reported when it happened.
        let _ = thread.join();
        result.map_err(|(mount, error)| {
            let path = self.paths.get(mount).cloned().unwrap_or_default();
            OpenError::Io { path, action: "write", error }
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Whoever wants to know calls `close`.
        let _ = self.close();
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("paths", &self.paths).finish_non_exhaustive()
    }
}

impl View {
    /// An empty object.
    fn memory(options: &Options) -> View {
        let reading = reading(options, Format::Json, None);
        let document = Document::read(Bytes::new(), &reading, &mut Vec::new(), &mut |_| {});
        // An empty text always reads as an empty object.
        View { mounts: document.into_iter().collect(), mounted: false, modified: SystemTime::now() }
    }

    /// The mount that a path leads into.
    pub(crate) fn mount_of(&self, path: &[String]) -> Option<usize> {
        if self.mounted { self.mount(path.first()?) } else { Some(0) }
    }
}

fn reading(options: &Options, format: Format, stem: Option<String>) -> Reading {
    Reading { rule: Arc::new(options.keys.clone()), format, types: options.types, stem }
}

fn open_file(
    shown: PathBuf,
    stem: Option<String>,
    options: &Options,
    notice: &mut dyn FnMut(Notice),
) -> Result<Opened, OpenError> {
    let started = Instant::now();
    if options.create && !shown.exists() {
        file::create(&shown).map_err(|error| OpenError::io(&shown, "create", error))?;
        notice(Notice::Created { path: shown.clone() });
    }
    let path = file::real(&shown)?;
    let held = file::hold(&path).map_err(|error| match error {
        OpenError::Locked { .. } => OpenError::Locked { path: shown.clone() },
        other => other,
    })?;
    let writes = options.save && !options.read_only;
    if writes {
        file::clean_temporaries(&path);
    }
    let (text, stamp) = file::read(&path).map_err(|error| OpenError::io(&shown, "read", error))?;
    let reading = reading(options, format(&path, &text), stem.clone());
    let (identity, document) = parse(&shown, text, &reading, notice)?;
    let (document, journal) = take_journal(&shown, &path, identity, document, writes, notice)?;
    let modified =
        std::fs::metadata(&path).and_then(|metadata| metadata.modified()).unwrap_or_else(|_| SystemTime::now());
    let records = document.len();
    notice(Notice::Loaded { path: shown.clone(), stem, records, duration: started.elapsed() });
    let policy = (writes, options.sync);
    let storage = Storage::new(path.clone(), reading, policy, held, stamp, identity, journal);
    Ok(Opened { path, document, storage, modified })
}

/// Reads the document, and hashes the text meanwhile on another core if it is long.
fn parse(
    shown: &Path,
    text: Bytes,
    reading: &Reading,
    notice: &mut dyn FnMut(Notice),
) -> Result<(Identity, Document), OpenError> {
    let total = text.len();
    let mut warnings = Vec::new();
    let mut progress = |done: usize| {
        if total > LONG {
            notice(Notice::Loading { path: shown.to_owned(), done, total });
        }
    };
    let (identity, document) = std::thread::scope(|scope| {
        let identity = (total as u64 > SMALL).then(|| scope.spawn(|| Identity::of(&text)));
        let document = Document::read(text.clone(), reading, &mut warnings, &mut progress);
        let identity = identity.and_then(|thread| thread.join().ok()).unwrap_or_else(|| Identity::of(&text));
        (identity, document)
    });
    let document = document.map_err(|error| OpenError::Syntax { path: shown.to_owned(), error })?;
    for text in warnings {
        notice(Notice::Warning { path: shown.to_owned(), text });
    }
    Ok((identity, document))
}

/// The document with the changes from its journal, if there is one.
fn take_journal(
    shown: &Path,
    path: &Path,
    identity: Identity,
    document: Document,
    writes: bool,
    notice: &mut dyn FnMut(Notice),
) -> Result<(Document, Option<Journal>), OpenError> {
    let name = journal::journal_path(shown);
    let fail = |action| move |error| OpenError::io(&journal::journal_path(shown), action, error);
    let Some(replay) = journal::replay(path, identity).map_err(fail("read"))? else { return Ok((document, None)) };
    if replay.length == 0 {
        let text = format!("'{}' holds no change, it was cut off before the first", name.display());
        notice(Notice::Warning { path: shown.to_owned(), text });
        if writes {
            journal::remove(path);
        }
        return Ok((document, None));
    }
    if !replay.fits && !replay.changes.is_empty() {
        let text =
            format!("the file was changed since '{}' was written; its changes are made to it as it is", name.display());
        notice(Notice::Warning { path: shown.to_owned(), text });
    }
    let document = replayed(document, &replay.changes);
    if !replay.changes.is_empty() {
        notice(Notice::Replayed { path: shown.to_owned(), changes: replay.changes.len() });
    }
    let journal = if writes { Some(Journal::resume(path, replay.length).map_err(fail("write"))?) } else { None };
    Ok((document, journal))
}

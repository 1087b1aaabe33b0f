//! The store: documents that are read without waiting and changed by one committer.

use std::io::PipeWriter;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::SystemTime;

use bytes::Bytes;

use super::committer::{Committer, Done, Message, Unclosed};
use super::current::Current;
use super::follow::Following;
use super::journal::journal_path;
use super::load::{self, Opened, reading};
use super::open::{CloseError, Notice, OpenError, Options, Source, files};
use super::reserve::Reserve;
use super::storage::Storage;
use super::watch::Watch;
use super::writers::{Hand, Writers};
use super::{ear, file};
use crate::document::edit::Given;
use crate::document::state::{Document, Format};
use crate::document::{Change, News, Outcome, Refusal, View};

/// Documents that can be read and changed by many threads at once.
///
/// ```
/// use std::sync::mpsc;
/// use httpkit::document::{Action, Change};
/// use httpkit::store::{Options, Source, Store};
///
/// let store = Store::open(Source::Memory, Options::default(), &mut |_| {})?;
/// let (sender, receiver) = mpsc::channel();
/// let change = Change { path: vec!["n".into()], action: Action::Put("1".into()), room: 1024, condition: None };
/// store.commit(change, Box::new(move |result| drop(sender.send(result.is_ok()))));
/// assert_eq!(receiver.recv(), Ok(true));
/// assert_eq!(store.view().root().text().concat(), b"{\n  \"n\": 1\n}");
/// # Ok::<(), httpkit::store::OpenError>(())
/// ```
pub struct Store {
    current: Arc<Current>,
    watch: Arc<Watch>,
    paths: Vec<PathBuf>,
    sender: Sender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Ends the thread that waits for the kernel when it is closed.
    _ear: Option<PipeWriter>,
}

impl Store {
    /// Opens, reads and holds what `source` names. `notice` is told of what the user should know.
    ///
    /// # Errors
    /// A file is missing, malformed, held by another server, or cannot be read.
    pub fn open(source: Source, options: Options, notice: &mut dyn FnMut(Notice)) -> Result<Store, OpenError> {
        let paths = match source {
            Source::Memory => return Ok(Store::start(View::memory(&options), vec![None], Vec::new(), &options)),
            Source::Files(paths) => files(&paths, notice)?,
        };
        let mounted = paths.iter().any(|(_, stem)| stem.is_some());
        let mut view = View { mounts: Vec::new(), mounted, modified: SystemTime::UNIX_EPOCH };
        let (mut storages, mut names) = (Vec::new(), Vec::new());
        for (path, stem) in paths {
            let opened: Opened = load::open(path, stem, &options, notice)?;
            view.modified = view.modified.max(opened.modified);
            view.mounts.push(opened.document);
            names.push(opened.path);
            storages.push(Some(opened.storage));
        }
        Ok(Store::start(view, storages, names, &options))
    }

    fn start(view: View, mut storages: Vec<Option<Storage>>, paths: Vec<PathBuf>, options: &Options) -> Store {
        let (sender, receiver) = channel();
        let mut writers = Writers::new();
        storages.iter_mut().flatten().for_each(|storage| watch(storage, &mut writers));
        let place = storages.iter().flatten().next().map_or(Path::new("/"), |storage| file::folder(&storage.path));
        let reserve = Reserve::new(place);
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
            strict: options.strict,
            watch: watch.clone(),
            receiver,
            sender: sender.clone(),
            given: Given::new(),
            overlay,
            since: (0..mounts).map(|_| None).collect(),
            writers,
            queue: Vec::new(),
            reserve,
            following: Following::default(),
            teller: None,
        };
        let ear = listen(&committer);
        let thread = std::thread::spawn(move || committer.run());
        Store { current, watch, paths, sender, thread: Mutex::new(Some(thread)), _ear: ear }
    }

    /// The present state. Taking it never waits, and it stays as it is for as long as it is kept.
    pub fn view(&self) -> Arc<View> {
        self.current.view()
    }

    /// The present state for a short look, which is cheaper to take than [`Store::view`].
    pub fn peek(&self) -> impl Deref<Target = Arc<View>> {
        self.current.peek()
    }

    /// The files, as far as there are any.
    pub fn files(&self) -> Vec<&Path> {
        self.paths.iter().map(PathBuf::as_path).collect()
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

    /// Has `follower` told of what is made of the data, in order, beginning with the state that it is made to. It is called
    /// on the committer's thread, for which all writes wait, until it says that it wants to know no more, or somebody else
    /// follows.
    pub fn follow(&self, follower: Box<dyn FnMut(News) -> bool + Send>) {
        // What is closed is not changed any more.
        let _ = self.sender.send(Message::Follow(follower));
    }

    /// From now on `teller` is told on the committer's thread what owners do to their files; it must not wait for
    /// anything.
    pub fn tell(&self, teller: Box<dyn FnMut(Notice) + Send>) {
        // A store that was closed has nothing to tell.
        let _ = self.sender.send(Message::Tell(teller));
    }

    /// Brings everything that was handed in to the files, and lets go of them. Later changes are refused.
    ///
    /// # Errors
    /// A file could not be written.
    pub fn close(&self) -> Result<(), CloseError> {
        let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(()) };
        let (answer, answered) = channel();
        let sent = self.sender.send(Message::Close(answer)).is_ok();
        let result = if sent { answered.recv().unwrap_or(Ok(())) } else { Ok(()) };
        // The thread has nothing left to do; a panic in it was reported when it happened.
        let _ = thread.join();
        result.map_err(|Unclosed { mount, error, is_kept }| {
            let path = self.paths.get(mount).cloned().unwrap_or_default();
            let journal = is_kept.then(|| journal_path(&path));
            CloseError { path, error, journal }
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

/// Watches the file of a storage and the folders in which a name leads to it.
fn watch(storage: &mut Storage, writers: &mut Writers) {
    storage.watched = writers.watch_file(&storage.held, Hand::STRANGE);
    for folder in file::ways(&storage.shown) {
        writers.watch_folder(&folder, None);
    }
    storage.watch_name(writers);
}

/// Has a thread wait for the kernel's word, if it gives one and there is something to watch.
fn listen(committer: &Committer) -> Option<PipeWriter> {
    committer.storages.iter().flatten().next()?;
    let queue = committer.writers.queue()?;
    let (end, ear) = std::io::pipe().ok()?;
    ear::listen(queue, end, committer.sender.clone());
    Some(ear)
}

//! Who else writes a file: what the kernel tells of it (inotify(7)).
//!
//! Two kinds of things are watched. Of a *file*: whether somebody else has it open, and whether they have written since
//! somebody closed it. Of a *folder*: whether a name in it was given to a whole file (a rename) or to a new one that may
//! still be written. Where the kernel tells nothing (no inotify, its queue overflowed), that is said too, and the caller
//! has to wait until the file stands still.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};

use super::replace::is_temporary;

/// A watch on a file or a folder, by the kernel's number.
pub(crate) type Watched = i32;

/// What the kernel has told so far. One of these serves all files of a store.
pub(crate) struct Writers {
    queue: Option<Arc<OwnedFd>>,
    files: HashMap<Watched, Hand>,
    /// Of each folder the names that matter, and how each came to its file, if it is known.
    folders: HashMap<Watched, HashMap<OsString, Option<Arrival>>>,
    /// What ties together the two names of the last rename of a temporary file of ours.
    ours: u32,
}

/// What was seen of a file since it is watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hand {
    /// Somebody else has opened it. (The kernel tells of two such events in a row once, so they cannot be counted.)
    pub(crate) was_opened: bool,
    /// Somebody has written, and nobody who may write has closed it after that.
    pub(crate) is_writing: bool,
    /// Somebody has written. Times do not tell: many kernels count them in steps of milliseconds.
    pub(crate) was_written: bool,
}

/// How a name in a folder came to its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// By a rename: the file is whole.
    Renamed,
    /// It was made under this name, and nobody who may write has closed it yet.
    Made,
    /// Somebody who could write has closed it.
    Closed,
}

impl Writers {
    /// Asks the kernel for a queue of events. Without one nothing is known of anybody.
    pub(crate) fn new() -> Writers {
        let queue = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok().map(Arc::new);
        Writers { queue, files: HashMap::new(), folders: HashMap::new(), ours: 0 }
    }

    /// The queue, to wait for events on; they are read by [`Writers::listen`] alone.
    pub(crate) fn queue(&self) -> Option<Arc<OwnedFd>> {
        self.queue.clone()
    }

    /// Watches an open file from now on; `None` if the kernel does not. `hand` is what is known of it.
    pub(crate) fn watch_file(&mut self, file: &File, hand: Hand) -> Option<Watched> {
        let queue = self.queue.as_ref()?;
        let events = WatchFlags::MODIFY | WatchFlags::OPEN | WatchFlags::CLOSE_WRITE;
        let watched = inotify::add_watch(queue, format!("/proc/self/fd/{}", file.as_raw_fd()), events).ok()?;
        self.files.insert(watched, hand);
        Some(watched)
    }

    /// Watches a folder from now on; `None` if the kernel does not. Of its names `name` is remembered.
    pub(crate) fn watch_folder(&mut self, folder: &Path, name: Option<&OsStr>) -> Option<Watched> {
        let queue = self.queue.as_ref()?;
        let events = WatchFlags::MOVED_TO
            | WatchFlags::CREATE
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::DELETE
            | WatchFlags::MOVED_FROM
            | WatchFlags::ONLYDIR;
        let watched = inotify::add_watch(queue, folder, events).ok()?;
        let names = self.folders.entry(watched).or_default();
        if let Some(name) = name.filter(|name| !names.contains_key(*name)) {
            names.insert(name.to_owned(), None);
        }
        Some(watched)
    }

    /// Ends a watch on a file.
    pub(crate) fn forget(&mut self, watched: Watched) {
        if self.files.remove(&watched).is_some()
            && let Some(queue) = &self.queue
        {
            // The kernel ends it by itself when the file is gone.
            let _ = inotify::remove_watch(queue, watched);
        }
    }

    /// Forgets what was written to a file until now: it was the caller, or it will be read.
    pub(crate) fn forget_writes(&mut self, watched: Option<Watched>) {
        self.listen();
        if let Some(hand) = watched.and_then(|watched| self.files.get_mut(&watched)) {
            hand.was_written = false;
        }
    }

    /// Takes whoever writes to a file for done, though they have not closed it.
    pub(crate) fn wait_no_longer(&mut self, watched: Option<Watched>) {
        if let Some(hand) = watched.and_then(|watched| self.files.get_mut(&watched)) {
            hand.is_writing = false;
        }
    }

    /// Whether somebody has opened a file since this was asked last.
    pub(crate) fn take_opened(&mut self, watched: Option<Watched>) -> bool {
        let hand = watched.and_then(|watched| self.files.get_mut(&watched));
        hand.is_some_and(|hand| std::mem::take(&mut hand.was_opened))
    }

    /// Whether somebody has written to a file since that was forgotten.
    pub(crate) fn was_written(&self, watched: Option<Watched>) -> bool {
        self.hand(watched).is_some_and(|hand| hand.was_written)
    }

    /// Takes up what the kernel has to tell.
    pub(crate) fn listen(&mut self) {
        let Some(queue) = self.queue.clone() else { return };
        let mut buffer = [MaybeUninit::uninit(); 8 << 10];
        let mut reader = Reader::new(&*queue, &mut buffer);
        // It ends with an error when there is nothing more.
        while let Ok(event) = reader.next() {
            let (watched, events) = (event.wd(), event.events());
            if events.contains(ReadFlags::QUEUE_OVERFLOW) {
                // Something was not told: of what is watched nothing is known any more.
                self.files.clear();
                self.folders.clear();
            } else if let Some(hand) = self.files.get_mut(&watched) {
                hand.take(events);
                if events.contains(ReadFlags::IGNORED) {
                    self.files.remove(&watched);
                }
            } else if events.contains(ReadFlags::IGNORED) {
                self.folders.remove(&watched);
            } else if let (Some(names), Some(name)) = (self.folders.get_mut(&watched), event.file_name()) {
                let name = OsStr::from_bytes(name.to_bytes());
                match names.get_mut(name) {
                    // An exchange of ours gives the name to another file, and perhaps back: no work of an owner.
                    Some(_) if event.cookie() != 0 && event.cookie() == self.ours => {}
                    Some(arrival) => {
                        *arrival = arrived(events).or(arrival.filter(|_| !events.contains(ReadFlags::DELETE)))
                    }
                    None if is_temporary(name) => self.ours = event.cookie(),
                    None => {}
                }
            }
        }
    }

    /// What is known of a file that is watched; `None`: nothing.
    pub(crate) fn hand(&self, watched: Option<Watched>) -> Option<Hand> {
        self.files.get(&watched?).copied()
    }

    /// How a name in a watched folder came to its file; `None`: not known.
    pub(crate) fn arrival(&self, folder: Option<Watched>, name: &OsStr) -> Option<Arrival> {
        self.folders.get(&folder?)?.get(name).copied().flatten()
    }

    /// Forgets how a name came to its file: it was the caller, or it is known now. Whatever comes next is told anew, or
    /// is the work of somebody of whom the kernel does not tell.
    pub(crate) fn forget_arrival(&mut self, folder: Option<Watched>, name: &OsStr) {
        let names = folder.and_then(|folder| self.folders.get_mut(&folder));
        names.and_then(|names| names.get_mut(name)).into_iter().for_each(|arrival| *arrival = None);
    }
}

impl Hand {
    /// Of a file that others have made: they may have it open from before.
    pub(crate) const STRANGE: Hand = Hand { was_opened: true, is_writing: false, was_written: false };

    fn take(&mut self, events: ReadFlags) {
        self.was_opened |= events.contains(ReadFlags::OPEN);
        if events.contains(ReadFlags::MODIFY) {
            (self.is_writing, self.was_written) = (true, true);
        }
        if events.contains(ReadFlags::CLOSE_WRITE) {
            self.is_writing = false;
        }
    }
}

/// How a name came to its file, by the last event of it; `None` if it is gone, or another file has got it in exchange.
fn arrived(events: ReadFlags) -> Option<Arrival> {
    match events {
        events if events.intersects(ReadFlags::DELETE | ReadFlags::MOVED_FROM) => None,
        events if events.contains(ReadFlags::MOVED_TO) => Some(Arrival::Renamed),
        events if events.contains(ReadFlags::CREATE) => Some(Arrival::Made),
        _ => Some(Arrival::Closed),
    }
}

//! Bytes on their way to a thread that writes them, as lines of the log or packets of a capture. Whoever hands them over
//! never waits: what the writer has not taken in time is left out and counted.

use std::io;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// After writing, the thread gathers for this long before it writes again: under load it is woken a hundred times a second
/// and not once a request.
const GATHER: Duration = Duration::from_millis(10);

/// At the end, a writer that takes nothing is waited for this long.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// See the module. What is handed over at once is written together or left out together.
pub(super) struct Backlog {
    state: Mutex<BacklogState>,
    news: Condvar,
    written: Condvar,
    /// So many bytes may wait.
    most: usize,
}

#[derive(Default)]
struct BacklogState {
    waiting: Vec<u8>,
    left_out: usize,
    is_asleep: bool,
    is_closed: bool,
    is_done: bool,
}

impl Backlog {
    /// Starts the thread, which gives `write` what waits, and how much was left out before it, until that says that it is
    /// over.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub(super) fn start(
        name: &str,
        most: usize,
        write: impl FnMut(&mut Vec<u8>, usize) -> ControlFlow<()> + Send + 'static,
    ) -> io::Result<Arc<Backlog>> {
        let backlog =
            Arc::new(Backlog { state: Mutex::default(), news: Condvar::new(), written: Condvar::new(), most });
        let shared = Arc::clone(&backlog);
        thread::Builder::new().name(name.to_owned()).spawn(move || shared.run(write))?;
        Ok(backlog)
    }

    fn lock(&self) -> MutexGuard<'_, BacklogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands bytes over, which are so many things, and empties their place. `false`: nobody writes any more.
    pub(super) fn push(&self, bytes: &mut Vec<u8>, count: impl FnOnce(&[u8]) -> usize) -> bool {
        let mut state = self.lock();
        if state.is_done {
            bytes.clear();
            return false;
        }
        if state.waiting.len() + bytes.len() > self.most {
            state.left_out += count(bytes);
        } else if state.waiting.is_empty() {
            std::mem::swap(&mut state.waiting, bytes);
        } else {
            state.waiting.extend_from_slice(bytes);
        }
        bytes.clear();
        let wake = std::mem::replace(&mut state.is_asleep, false);
        drop(state);
        if wake {
            self.news.notify_one();
        }
        true
    }

    /// Lets the thread write what waits and end; a writer that takes nothing is not waited for long.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        self.news.notify_one();
        let _ = self.written.wait_timeout_while(state, LAST_WAIT, |state| !state.is_done);
    }

    fn run(&self, mut write: impl FnMut(&mut Vec<u8>, usize) -> ControlFlow<()>) {
        let mut bytes = Vec::new();
        loop {
            let mut state = self.lock();
            while state.waiting.is_empty() && state.left_out == 0 && !state.is_closed {
                state.is_asleep = true;
                state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            let is_last = state.is_closed;
            std::mem::swap(&mut state.waiting, &mut bytes);
            let left_out = std::mem::take(&mut state.left_out);
            drop(state);
            if write(&mut bytes, left_out).is_break() {
                break;
            }
            bytes.clear();
            let state = self.lock();
            if is_last && state.waiting.is_empty() {
                break;
            }
            let _ = self.news.wait_timeout_while(state, GATHER, |state| !state.is_closed);
        }
        let mut state = self.lock();
        state.is_done = true;
        state.waiting = Vec::new();
        self.written.notify_all();
    }
}

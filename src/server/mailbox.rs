//! How other threads reach a worker.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use mio::Waker;
use mio::net::TcpStream;

use super::budget::Share;
use crate::message::{Listener, Response};

/// What a worker is told.
pub(super) enum Message {
    /// A new connection is its own from now on; its number among all.
    Adopt(TcpStream, std::net::SocketAddr, u64),
    /// The answer that a connection waits for, with what it holds of the memory for all.
    Answer { slot: u32, generation: u32, response: Response, share: Option<Share> },
    /// New connections wait while so many are held: give up that many unfinished or idle ones.
    Shed(usize),
    /// Something that connections wait for may have happened.
    Rung,
    /// The server ends.
    Stop,
}

/// Messages for one worker, which is woken when the first one arrives.
pub(super) struct Mailbox {
    messages: Mutex<Vec<Message>>,
    waker: Waker,
    /// It has been told that a bell was rung, and has not looked yet.
    is_rung: AtomicBool,
}

impl Mailbox {
    pub(super) fn new(waker: Waker) -> Mailbox {
        Mailbox { messages: Mutex::new(Vec::new()), waker, is_rung: AtomicBool::new(false) }
    }

    /// Leaves messages and wakes the worker unless it has been woken already.
    pub(super) fn send(&self, messages: impl IntoIterator<Item = Message>) {
        let mut waiting = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let was_empty = waiting.is_empty();
        waiting.extend(messages);
        let is_news = was_empty && !waiting.is_empty();
        drop(waiting);
        if is_news {
            // Writing to an eventfd fails only when it is full, and then the worker is about to wake anyway.
            let _ = self.waker.wake();
        }
    }

    /// Takes everything, leaving `spare` (empty) in its place.
    pub(super) fn take(&self, spare: Vec<Message>) -> Vec<Message> {
        mem::replace(&mut self.messages.lock().unwrap_or_else(PoisonError::into_inner), spare)
    }

    /// The worker looks now; what happens from now on is told anew.
    pub(super) fn looks(&self) {
        self.is_rung.store(false, Ordering::SeqCst);
    }
}

impl Listener for Mailbox {
    fn rung(&self) {
        if !self.is_rung.swap(true, Ordering::SeqCst) {
            self.send([Message::Rung]);
        }
    }
}

//! Ending a server from another thread, and what all its threads share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use mio::Waker;

/// Ends a running server; may be cloned and sent anywhere.
#[derive(Clone)]
pub struct Handle {
    pub(super) shared: Arc<Shared>,
}

impl Handle {
    /// Ends the server: nothing new is accepted, what is in flight is finished, then [`super::Bound::serve`] returns.
    pub fn stop(&self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.shared.wake();
    }

    /// The number of connections held now.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }
}

/// What the accepting thread and the workers tell each other.
pub(super) struct Shared {
    pub(super) stop: AtomicBool,
    pub(super) connections: AtomicUsize,
    pub(super) workers: AtomicUsize,
    /// The accepting thread waits for a connection to be closed.
    pub(super) wants_room: AtomicBool,
    /// A worker ended with something in flight.
    pub(super) timed_out: AtomicBool,
    waker: Waker,
}

impl Shared {
    pub(super) fn new(waker: Waker) -> Shared {
        Shared {
            stop: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            workers: AtomicUsize::new(0),
            wants_room: AtomicBool::new(false),
            timed_out: AtomicBool::new(false),
            waker,
        }
    }

    /// Wakes the accepting thread.
    pub(super) fn wake(&self) {
        // Fails only when the eventfd is full, and then the thread is about to wake anyway.
        let _ = self.waker.wake();
    }

    /// Counts a connection out.
    pub(super) fn closed(&self) {
        self.connections.fetch_sub(1, Ordering::SeqCst);
        if self.wants_room.swap(false, Ordering::SeqCst) {
            self.wake();
        }
    }
}

//! A content that goes on for as long as something happens, and how whoever sends it is told that something has.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use bytes::Bytes;

/// Gives a content as it comes to be. It is asked on the thread that sends it and answers in less than about a millisecond.
///
/// ```
/// use std::sync::{Arc, mpsc};
/// use httpkit::message::{Bell, Live, Piece};
///
/// let (sender, receiver) = mpsc::channel::<&'static str>();
/// let mut live = Live::new(Arc::new(Bell::default()), move || match receiver.try_recv() {
///     Ok(text) => Piece::More(text.into()),
///     Err(_) => Piece::End,
/// });
/// sender.send("hello").unwrap();
/// live.bell().ring();
/// assert!(matches!(live.next_piece(), Piece::More(bytes) if bytes == "hello"));
/// assert!(matches!(live.next_piece(), Piece::End));
/// ```
pub struct Live {
    bell: Arc<Bell>,
    next: Box<dyn FnMut() -> Piece + Send>,
}

/// What a [`Live`] content has to give.
#[derive(Debug)]
pub enum Piece {
    /// The next bytes.
    More(Bytes),
    /// Nothing before that moment, unless the bell is rung.
    Later(Instant),
    /// The same where it has not begun, and will in a moment: that is waited for even if nobody waits for more.
    NotYet(Instant),
    /// Nothing any more.
    End,
}

impl Live {
    /// A content of what `next` gives, which is asked again whenever the bell was rung.
    pub fn new(bell: Arc<Bell>, next: impl FnMut() -> Piece + Send + 'static) -> Live {
        Live { bell, next: Box::new(next) }
    }

    /// The next piece.
    pub fn next_piece(&mut self) -> Piece {
        (self.next)()
    }

    /// What is rung when there may be more.
    pub fn bell(&self) -> &Arc<Bell> {
        &self.bell
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Live")
    }
}

/// Who wants to know that a bell was rung.
pub trait Listener: Send + Sync {
    /// It was. Called on the thread of whoever rang, so it returns at once.
    fn rung(&self);
}

/// Tells those who wait for something to happen that it may have.
#[derive(Default)]
pub struct Bell {
    listeners: Mutex<Vec<Weak<dyn Listener>>>,
}

impl Bell {
    /// Tells all listeners.
    pub fn ring(&self) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| match listener.upgrade() {
            Some(listener) => {
                listener.rung();
                true
            }
            None => false,
        });
    }

    /// Has the listener told from now on, once each time, however often it asks for that.
    pub fn attach(&self, listener: Weak<dyn Listener>) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        if !listeners.iter().any(|known| known.ptr_eq(&listener)) {
            listeners.push(listener);
        }
    }
}

impl fmt::Debug for Bell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bell")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    struct Count(AtomicUsize);

    impl Listener for Count {
        fn rung(&self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_listener_hears_each_ring_once_until_it_is_gone() {
        let (bell, count) = (Bell::default(), Arc::new(Count(AtomicUsize::new(0))));
        let listener = Arc::downgrade(&count);
        bell.attach(listener.clone());
        bell.attach(listener);
        bell.ring();
        bell.ring();
        assert_eq!(count.0.load(Ordering::Relaxed), 2);
        drop(count);
        bell.ring();
        assert!(bell.listeners.lock().unwrap().is_empty());
    }
}

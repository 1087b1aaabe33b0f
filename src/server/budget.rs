//! The memory that all connections hold together: requests whose content is on its way or waits for its answer, and
//! answers that nobody has taken yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::service::{busy, short_of_memory};
use crate::memory::{self, Promise};
use crate::message::{Problem, Response};

/// An answer that was made in memory is not counted up to this length, and content of no more is always taken.
pub(super) const SMALL: usize = 16 << 10;

/// What there is for all, and how much of it is held.
#[derive(Debug)]
pub(super) struct Budget {
    held: AtomicUsize,
    /// The bytes of all answers not taken yet, those that are parts of the data among them: a state of the data stays in
    /// memory as long as somebody reads it.
    unsent: AtomicUsize,
    most: usize,
}

impl Budget {
    /// Of at most so many bytes, and no more than an eighth of what the system lets the process have.
    pub(super) fn new(most: usize) -> Arc<Budget> {
        let most = memory::limit().map_or(most, |limit| most.min(limit / 8));
        Arc::new(Budget { held: AtomicUsize::new(0), unsent: AtomicUsize::new(0), most })
    }

    /// Whether nothing further may be begun that needs much.
    pub(super) fn is_full(&self) -> bool {
        self.held.load(Ordering::Relaxed) >= self.most || !memory::has_room(0)
    }

    /// What is said to whoever found no room.
    pub(super) fn refusal(&self) -> Problem {
        if memory::has_room(0) { busy(self.most) } else { short_of_memory() }
    }

    /// Whether those who hold something have to be quick about it.
    pub(super) fn is_tight(&self) -> bool {
        self.held.load(Ordering::Relaxed) > self.most / 2
    }

    /// Whether so much is unsent that those who read slowly have to go.
    pub(super) fn is_pressed(&self) -> bool {
        self.is_tight() || self.unsent.load(Ordering::Relaxed) > self.most
    }

    /// Counts bytes that are unsent now, and not those that were before.
    pub(super) fn count_unsent(&self, before: usize, now: usize) {
        if before != now {
            self.unsent.fetch_add(now, Ordering::Relaxed);
            self.unsent.fetch_sub(before, Ordering::Relaxed);
        }
    }
}

/// What one request or answer holds, until it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Share {
    /// So many bytes more; `None`: there is no room for them.
    pub(super) fn of(budget: &Arc<Budget>, bytes: usize) -> Option<Share> {
        let mut share = Share::held_already(budget, 0);
        share.grow(bytes).then_some(share)
    }

    /// Bytes that are there, whether or not there is room.
    pub(super) fn held_already(budget: &Arc<Budget>, bytes: usize) -> Share {
        budget.held.fetch_add(bytes, Ordering::Relaxed);
        Share { budget: Arc::clone(budget), bytes }
    }

    /// Takes more; `false`, and it stays as it is: there is no room.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        if bytes == 0 {
            return true;
        }
        let before = self.budget.held.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > self.budget.most {
            self.budget.held.fetch_sub(bytes, Ordering::Relaxed);
            return false;
        }
        self.bytes += bytes;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// What a request holds while it is answered: its content, and what is promised for making of it what it orders.
#[derive(Debug)]
pub(super) struct Hold {
    _share: Share,
    _promise: Promise,
}

impl Hold {
    /// For that content, of which `share` is what was counted while it came.
    ///
    /// # Errors
    /// There is no room for it.
    pub(super) fn of(share: Option<Share>, content: &[u8], budget: &Arc<Budget>) -> Result<Hold, Problem> {
        let share = share.or_else(|| match content.len() <= SMALL {
            // Little goes on however much the others hold.
            true => Some(Share::held_already(budget, content.len())),
            false => Share::of(budget, content.len()),
        });
        let share = share.ok_or_else(|| budget.refusal())?;
        let promise = memory::promise(weight(content)).ok_or_else(short_of_memory)?;
        Ok(Hold { _share: share, _promise: promise })
    }
}

/// About how many bytes it takes to read a content, to change the data by it and to answer: it is copied some times, and
/// there is a node for each value in it. Little is not counted.
fn weight(content: &[u8]) -> usize {
    const COPIES: usize = 10;
    const NODE: usize = 96;
    if content.len() <= SMALL || memory::limit().is_none() {
        return 0;
    }
    let nodes = content.iter().filter(|byte| matches!(byte, b',' | b'&' | b'\n')).count();
    content.len() * COPIES + nodes * NODE
}

/// Makes a long answer of data of so many bytes, if there is the memory for it.
pub(super) fn within_memory(budget: &Budget, kept: usize, job: Box<dyn FnOnce() -> Response + Send>) -> Response {
    if budget.is_full() {
        return budget.refusal().response();
    }
    // To sort, to select or to code takes less than twice the data; what is put together is counted as it grows.
    match memory::promise(kept.saturating_mul(2)) {
        Some(_promise) => job(),
        None => short_of_memory().response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_free_again() {
        let budget = Budget::new(100);
        let mut one = Share::of(&budget, 40).unwrap();
        assert!(Share::of(&budget, 61).is_none() && !budget.is_tight());
        assert!(one.grow(20) && budget.is_tight() && !one.grow(41));
        let made = Share::held_already(&budget, 500);
        assert!(budget.is_full() && Share::of(&budget, 1).is_none());
        drop(made);
        assert!(!budget.is_full() && Share::of(&budget, 40).is_some());
        drop(one);
        assert!(Share::of(&budget, 100).is_some());
    }

    #[test]
    fn unsent_bytes_press() {
        let budget = Budget::new(100);
        budget.count_unsent(0, 150);
        assert!(budget.is_pressed() && !budget.is_full());
        budget.count_unsent(150, 90);
        assert!(!budget.is_pressed());
    }
}

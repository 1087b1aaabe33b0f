//! Deadlines of a worker's connections.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// A queue of moments at which a connection wants to be looked at. A deadline that moves later costs nothing: the entry
/// already queued comes up, finds the deadline moved and is queued again. So a connection in use is queued about once
/// in a time limit, not once in a request.
#[derive(Debug, Default)]
pub(super) struct Timers {
    queue: BinaryHeap<Reverse<(Instant, u32, u32)>>,
}

impl Timers {
    /// Queues a look at connection `slot` of that generation.
    pub(super) fn push(&mut self, at: Instant, slot: u32, generation: u32) {
        self.queue.push(Reverse((at, slot, generation)));
    }

    /// The next moment at which something is due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.queue.peek().map(|Reverse((at, ..))| *at)
    }

    /// Takes an entry that is due: its moment, slot and generation.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<(Instant, u32, u32)> {
        if self.next()? > now {
            return None;
        }
        self.queue.pop().map(|Reverse(entry)| entry)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_due_comes_in_order() {
        let (now, mut timers) = (Instant::now(), Timers::default());
        let at = |seconds| now + Duration::from_secs(seconds);
        for (seconds, slot) in [(3, 0), (1, 1), (2, 2)] {
            timers.push(at(seconds), slot, 0);
        }
        assert_eq!(timers.next(), Some(at(1)));
        assert_eq!(timers.pop_due(at(2)), Some((at(1), 1, 0)));
        assert_eq!(timers.pop_due(at(2)), Some((at(2), 2, 0)));
        assert_eq!(timers.pop_due(at(2)), None);
    }
}

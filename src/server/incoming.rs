//! A message that is kept in its connection's input until it is whole, as other protocols than HTTP have it: what it holds
//! of the memory for all, and until when more of it has to come.

use std::sync::Arc;
use std::time::Instant;

use super::Limits;
use super::budget::{Budget, Hold, SMALL, Share};
use super::protocol::Exchange;
use super::window::{Rate, Window};
use crate::memory;

/// What is known of the message that is on its way, or is being answered.
#[derive(Debug, Default)]
pub struct Incoming {
    /// How much has come, and since when the minimum rate is measured.
    length: usize,
    window: Option<Window>,
    share: Option<Share>,
    hold: Option<Hold>,
}

impl Incoming {
    /// So many bytes of it are there; gives until when more has to come, `None`: there is no memory for them.
    pub fn has_come(&mut self, length: usize, limits: &Limits, exchange: &Exchange<'_>) -> Option<Instant> {
        let rate = Rate { bytes: limits.rate, time: limits.head_time };
        self.count(length, rate, exchange.budget, exchange.now)
    }

    fn count(&mut self, length: usize, rate: Rate, budget: &Arc<Budget>, now: Instant) -> Option<Instant> {
        let rate = rate.in_haste(budget.is_tight());
        let more = length.saturating_sub(self.length);
        let window = self.window.get_or_insert_with(|| Window::new(now));
        window.count(more as u64, now, rate);
        let until = window.deadline(rate);
        if length > SMALL {
            // The input is laid out anew as it grows.
            let is_there = memory::has_room(length.saturating_mul(2));
            let share = self.share.get_or_insert_with(|| Share::held_already(budget, self.length));
            if !is_there || !share.grow(more) {
                return None;
            }
        }
        self.length = length;
        Some(until)
    }

    /// It is whole, and is answered until [`Incoming::is_over`]; `false`: there is no memory for that.
    pub fn is_whole(&mut self, message: &[u8], exchange: &Exchange<'_>) -> bool {
        self.hold = Hold::of(self.share.take(), message, exchange.budget).ok();
        self.hold.is_some()
    }

    /// Nothing is kept of it any more.
    pub fn is_over(&mut self) {
        *self = Incoming::default();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_stops_has_no_credit_and_all_together_have_a_limit() {
        let (start, rate) = (Instant::now(), Rate { bytes: 1 << 10, time: Duration::from_secs(10) });
        let at = |seconds| start + Duration::from_secs(seconds);
        let budget = Budget::new(30 << 20);
        let mut first = Incoming::default();
        assert_eq!(first.count(10, rate, &budget, start), Some(at(10)));
        assert_eq!(first.count(8 << 20, rate, &budget, at(2)), Some(at(12)));
        assert_eq!(first.count((8 << 20) + 1, rate, &budget, at(9)), Some(at(12)), "a trickle extends nothing");
        let mut second = Incoming::default();
        assert!(second.count(16 << 20, rate, &budget, start).is_some());
        let mut third = Incoming::default();
        assert_eq!(third.count(7 << 20, rate, &budget, start), None);
        assert!(third.count(SMALL, rate, &budget, start).is_some(), "little goes on however much the others hold");
        first.is_over();
        assert!(third.count(7 << 20, rate, &budget, start).is_some());
    }
}

//! Whether a peer keeps the minimum rate: looked at in windows, so that what went fast before is no credit for a standstill.

use std::time::{Duration, Instant};

/// Where memory is short the minimum rate is so many times as high.
const HASTE: u64 = 64;

/// And a window is no longer than this.
const SHORT: Duration = Duration::from_secs(5);

/// What has gone by since a moment.
#[derive(Debug)]
pub(super) struct Window {
    since: Instant,
    bytes: u64,
}

/// The rate that a peer has to keep.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    /// Bytes a second.
    pub(super) bytes: u64,
    /// The time over which it is measured.
    pub(super) time: Duration,
}

impl Rate {
    /// The rate where memory is short.
    pub(super) fn in_haste(self, is_short: bool) -> Rate {
        if !is_short {
            return self;
        }
        Rate { bytes: self.bytes.saturating_mul(HASTE), time: self.time.min(SHORT) }
    }

    /// What has to go by within a window.
    fn enough(self) -> u64 {
        let millis = u64::try_from(self.time.as_millis()).unwrap_or(u64::MAX);
        (self.bytes.saturating_mul(millis) / 1000).max(1)
    }
}

impl Window {
    pub(super) fn new(now: Instant) -> Window {
        Window { since: now, bytes: 0 }
    }

    /// So many bytes have gone by; if that is enough for the window, the next one begins.
    pub(super) fn count(&mut self, bytes: u64, now: Instant, rate: Rate) {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes >= rate.enough() {
            *self = Window::new(now);
        }
    }

    /// When the rate is missed.
    pub(super) fn deadline(&self, rate: Rate) -> Instant {
        self.since + rate.time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standstill_ends_within_a_window_however_much_came_before() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let rate = Rate { bytes: 1024, time: Duration::from_secs(10) };
        let mut window = Window::new(start);
        window.count(16 << 20, at(2), rate);
        assert_eq!(window.deadline(rate), at(12));
        // A trickle extends nothing, the minimum rate does.
        (3..9).for_each(|second| window.count(1000, at(second), rate));
        assert_eq!(window.deadline(rate), at(12));
        window.count(10 << 10, at(9), rate);
        assert_eq!(window.deadline(rate), at(19));
        assert_eq!(window.deadline(rate.in_haste(true)), at(14));
        window.count(300 << 10, at(10), rate.in_haste(true));
        assert_eq!(window.deadline(rate.in_haste(true)), at(14));
    }
}

//! Output that a peer did not take at once.

use std::time::Instant;

use super::window::{Rate, Window};
use super::{Limits, Output};

/// See the module.
pub(super) struct Unsent {
    pub(super) output: Output,
    /// What it was counted for.
    pub(super) held: usize,
    window: Window,
}

impl Unsent {
    pub(super) fn new(now: Instant) -> Unsent {
        Unsent { output: Output::default(), held: 0, window: Window::new(now) }
    }

    /// The peer has taken so many bytes.
    pub(super) fn count(&mut self, bytes: u64, now: Instant, limits: &Limits, is_pressed: bool) {
        self.window.count(bytes, now, rate(limits, is_pressed));
    }

    /// When the peer has read too slowly; or when there may be something more to send, while there is nothing.
    pub(super) fn deadline(&self, limits: &Limits, is_pressed: bool) -> Instant {
        self.output.waits_until().unwrap_or_else(|| self.window.deadline(rate(limits, is_pressed)))
    }

    /// The peer has everything that there was until now.
    pub(super) fn begin_anew(&mut self, now: Instant) {
        self.window = Window::new(now);
    }
}

fn rate(limits: &Limits, is_pressed: bool) -> Rate {
    Rate { bytes: limits.rate, time: limits.write_time }.in_haste(is_pressed)
}

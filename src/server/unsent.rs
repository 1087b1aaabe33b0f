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

    /// The peer has taken so many octets.
    pub(super) fn count(&mut self, octets: u64, now: Instant, limits: &Limits, is_pressed: bool) {
        self.window.count(octets, now, rate(limits, is_pressed));
    }

    /// When the peer has read too slowly.
    pub(super) fn deadline(&self, limits: &Limits, is_pressed: bool) -> Instant {
        self.window.deadline(rate(limits, is_pressed))
    }
}

fn rate(limits: &Limits, is_pressed: bool) -> Rate {
    Rate { octets: limits.rate, time: limits.write_time }.in_haste(is_pressed)
}

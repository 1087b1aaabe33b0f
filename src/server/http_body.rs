//! The content of a request that did not come in one piece with its head.

use std::sync::Arc;
use std::time::Instant;

use super::Limits;
use super::budget::{Budget, Share};
use super::window::{Rate, Window};
use crate::message::{ChunkedDecoder, Decoded, Framing, ParseError};

/// A request that waits for the rest of its content. It owns its head, so that the connection's input holds nothing
/// that was looked at.
pub(super) struct Body {
    pub(super) head: Vec<u8>,
    pub(super) lines: usize,
    pub(super) content: Vec<u8>,
    /// What it holds of the memory for all.
    pub(super) share: Share,
    rest: Rest,
    window: Window,
}

enum Rest {
    Length(u64),
    Chunked(Box<ChunkedDecoder>),
}

/// Memory for content is asked for in steps of at least this.
const STEP: usize = 8 << 10;

impl Body {
    pub(super) fn new(
        (head, lines): (&[u8], usize),
        framing: Framing,
        limits: &Limits,
        budget: &Arc<Budget>,
        now: Instant,
    ) -> Body {
        let rest = match framing {
            Framing::None => Rest::Length(0),
            Framing::Length(length) => Rest::Length(length),
            Framing::Chunked => Rest::Chunked(Box::new(ChunkedDecoder::new(limits.chunked_limits()))),
        };
        let share = Share::held_already(budget, head.len());
        Body { head: head.to_vec(), lines, content: Vec::new(), share, rest, window: Window::new(now) }
    }

    /// Makes room for content in so many octets; `false`: there is no memory for it. Memory grows with what has come, not
    /// with what was announced.
    pub(super) fn make_room(&mut self, input: usize) -> bool {
        let left = match self.rest {
            Rest::Length(left) => usize::try_from(left).unwrap_or(usize::MAX),
            Rest::Chunked(_) => usize::MAX,
        };
        let (length, capacity) = (self.content.len(), self.content.capacity());
        if capacity - length >= input.min(left) {
            return true;
        }
        let wanted = length + input.max(length).max(STEP).min(left);
        self.share.grow(wanted - capacity) && self.content.try_reserve_exact(wanted - length).is_ok()
    }

    /// Takes what belongs to the content.
    pub(super) fn advance(&mut self, input: &[u8], now: Instant, rate: Rate) -> Result<Decoded, ParseError> {
        let decoded = match &mut self.rest {
            Rest::Chunked(decoder) => decoder.decode(input, &mut self.content)?,
            Rest::Length(left) => {
                let used = usize::try_from(*left).map_or(input.len(), |left| left.min(input.len()));
                self.content.extend_from_slice(&input[..used]);
                *left -= used as u64;
                Decoded { used, is_complete: *left == 0 }
            }
        };
        self.window.count(decoded.used as u64, now, rate);
        Ok(decoded)
    }

    /// When the minimum rate would be missed.
    pub(super) fn deadline(&self, rate: Rate) -> Instant {
        self.window.deadline(rate)
    }
}

//! The content of a request that did not come in one piece with its head.

use std::sync::Arc;
use std::time::Instant;

use super::Limits;
use super::budget::{Budget, SMALL, Share};
use super::window::{Rate, Window};
use crate::memory;
use crate::message::{ChunkedDecoder, Decoded, Framing, HeadSpan, ParseError};

/// A request that waits for the rest of its content. It owns its head, so that the connection's input holds nothing
/// that was looked at.
pub(super) struct Body {
    pub(super) head: Vec<u8>,
    pub(super) span: HeadSpan,
    pub(super) content: Vec<u8>,
    /// When the first byte of the head came.
    pub(super) since: Instant,
    /// What it holds of the memory for all.
    pub(super) share: Option<Share>,
    rest: Rest,
    window: Window,
}

enum Rest {
    Length(u64),
    Chunked(Box<ChunkedDecoder>, Raw),
}

/// A chunked body as it came.
struct Raw {
    bytes: Vec<u8>,
    /// So many are kept.
    most: usize,
    length: u64,
}

impl Raw {
    /// How many of so many more bytes are kept.
    fn room(&self, input: usize) -> usize {
        input.min(self.most - self.bytes.len())
    }

    fn push(&mut self, input: &[u8]) {
        self.bytes.extend_from_slice(&input[..self.room(input.len())]);
        self.length += input.len() as u64;
    }
}

/// Memory for content is asked for in steps of at least this.
const STEP: usize = 8 << 10;

impl Body {
    /// For a head and where it stands in that. Of a chunked body so much is kept as it came, beside its content.
    pub(super) fn new(
        (head, span): (&[u8], HeadSpan),
        (framing, most): (Framing, usize),
        limits: &Limits,
        budget: &Arc<Budget>,
        (since, now): (Instant, Instant),
    ) -> Body {
        let rest = match framing {
            Framing::None => Rest::Length(0),
            Framing::Length(length) => Rest::Length(length),
            Framing::Chunked => {
                let raw = Raw { bytes: Vec::new(), most, length: 0 };
                Rest::Chunked(Box::new(ChunkedDecoder::new(limits.chunked_limits())), raw)
            }
        };
        let share = Some(Share::held_already(budget, head.len()));
        Body { head: head.to_vec(), span, content: Vec::new(), since, share, rest, window: Window::new(now) }
    }

    /// Makes room for content in so many bytes; `false`: there is no memory for it. Memory grows with what has come, not
    /// with what was announced.
    pub(super) fn make_room(&mut self, input: usize) -> bool {
        let left = match &mut self.rest {
            Rest::Length(left) => usize::try_from(*left).unwrap_or(usize::MAX),
            Rest::Chunked(_, raw) => {
                let room = raw.room(input);
                if !grow(&mut self.share, room) || raw.bytes.try_reserve(room).is_err() {
                    return false;
                }
                usize::MAX
            }
        };
        let (length, capacity) = (self.content.len(), self.content.capacity());
        if capacity - length >= input.min(left) {
            return true;
        }
        let wanted = length + input.max(length).max(STEP).min(left);
        let more = wanted - capacity;
        let is_there = grow(&mut self.share, more) && (more <= SMALL || memory::has_room(more));
        is_there && self.content.try_reserve_exact(wanted - length).is_ok()
    }

    /// Takes what belongs to the content.
    pub(super) fn advance(&mut self, input: &[u8], now: Instant, rate: Rate) -> Result<Decoded, ParseError> {
        let decoded = match &mut self.rest {
            Rest::Chunked(decoder, raw) => {
                let decoded = decoder.decode(input, &mut self.content);
                // Behind what breaks it nothing is looked at, and all of it was received.
                raw.push(&input[..decoded.as_ref().map_or(input.len(), |decoded| decoded.used)]);
                decoded?
            }
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

    /// The body as it came, as far as it was kept, and its length.
    pub(super) fn received(&self) -> (&[u8], u64) {
        match &self.rest {
            Rest::Length(_) => (&self.content, self.content.len() as u64),
            Rest::Chunked(_, raw) => (&raw.bytes, raw.length),
        }
    }

    /// When the minimum rate would be missed.
    pub(super) fn deadline(&self, rate: Rate) -> Instant {
        self.window.deadline(rate)
    }
}

fn grow(share: &mut Option<Share>, bytes: usize) -> bool {
    share.as_mut().is_some_and(|share| share.grow(bytes))
}

//! The content of a request that did not come in one piece with its head.

use std::time::Instant;

use super::Limits;
use crate::message::{ChunkedDecoder, Decoded, Framing, ParseError};

/// A request that waits for the rest of its content. It owns its head, so that the connection's input holds nothing
/// that was looked at.
pub(super) struct Body {
    pub(super) head: Vec<u8>,
    pub(super) lines: usize,
    pub(super) content: Vec<u8>,
    rest: Rest,
    since: Instant,
    received: u64,
}

enum Rest {
    Length(u64),
    Chunked(Box<ChunkedDecoder>),
}

impl Body {
    pub(super) fn new(head: &[u8], lines: usize, framing: Framing, limits: &Limits, now: Instant) -> Body {
        let rest = match framing {
            Framing::None => Rest::Length(0),
            Framing::Length(length) => Rest::Length(length),
            Framing::Chunked => Rest::Chunked(Box::new(ChunkedDecoder::new(limits.chunked_limits()))),
        };
        Body { head: head.to_vec(), lines, content: Vec::new(), rest, since: now, received: 0 }
    }

    /// Takes what belongs to the content. Memory grows with what has come, not with what was announced.
    pub(super) fn advance(&mut self, input: &[u8]) -> Result<Decoded, ParseError> {
        let decoded = match &mut self.rest {
            Rest::Chunked(decoder) => decoder.decode(input, &mut self.content)?,
            Rest::Length(left) => {
                let used = usize::try_from(*left).map_or(input.len(), |left| left.min(input.len()));
                self.content.extend_from_slice(&input[..used]);
                *left -= used as u64;
                Decoded { used, is_complete: *left == 0 }
            }
        };
        self.received += decoded.used as u64;
        Ok(decoded)
    }

    /// When the minimum rate would be missed. A stalled peer has the grace, a trickle extends it by next to nothing.
    pub(super) fn deadline(&self, limits: &Limits) -> Instant {
        self.since + limits.time_for(self.received, limits.body_time)
    }
}

//! What all event streams have in common: how they begin, and that they do not fall silent.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::message::Piece;

/// After this time without an event there is a comment, so that all on the way see that the connection is in use.
const COMMENT: Duration = Duration::from_secs(15);

/// A client whose connection is lost waits for so many milliseconds before it comes back.
pub(super) const RETRY: &[u8] = b"retry: 1000\n";

/// What tells this run of the program from others, in the ids of events.
pub(super) fn boot() -> String {
    format!("{:08x}", RandomState::new().hash_one(std::process::id()) as u32)
}

/// See the module.
pub(super) struct Pulse(Instant);

impl Pulse {
    pub(super) fn new() -> Pulse {
        Pulse(Instant::now())
    }

    /// When there is to be something, if nothing else comes.
    pub(super) fn until(&self) -> Instant {
        self.0 + COMMENT
    }

    /// The piece, or in place of none a comment when it is time.
    pub(super) fn keep(&mut self, piece: Piece) -> Piece {
        let is_due = self.until() <= Instant::now();
        match piece {
            Piece::Later(_) | Piece::NotYet(_) if !is_due => piece,
            Piece::End => piece,
            Piece::More(bytes) => {
                self.0 = Instant::now();
                Piece::More(bytes)
            }
            Piece::Later(_) | Piece::NotYet(_) => {
                self.0 = Instant::now();
                Piece::More(Bytes::from_static(b":\n\n"))
            }
        }
    }
}

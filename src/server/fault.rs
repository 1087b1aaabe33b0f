//! Answers that do not go out at once and whole, for whoever tests how clients bear that: as plain data, which the
//! connection acts on.

use std::time::Duration;

use bytes::Bytes;

/// A fault in the answer to one request. What the answer itself is, is for the [`super::Reply`] to say that it goes with.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What the log calls it.
    pub name: &'static str,
    /// How the answer goes out.
    pub manner: Manner,
}

/// How an answer goes out.
#[derive(Debug, Clone)]
pub enum Manner {
    /// As it is.
    Whole,
    /// Not at all, but these bytes in its place.
    Instead(Bytes, Finish),
    /// The head and the first half of the content; where there is no content, the first half of the head.
    Half(Finish),
    /// The same in chunks (RFC 9112 7.1), and behind the half one whose size is no number; then the connection is closed. To
    /// HTTP/1.0, which knows no chunks, the half without them.
    BadChunk,
    /// Piece by piece.
    Paced(Rhythm),
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// It is closed.
    Close,
    /// It is reset: the peer's system says so at its next read (`RST`).
    Reset,
    /// Nothing happens until the peer goes, or for so long; then it is closed.
    Hold(Duration),
}

/// What is between two pieces of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// So many bytes, at least one, and such a pause behind them, to the end of the answer.
    Bytes(usize, Duration),
    /// A line of the head and such a pause behind it; the content follows at once.
    Lines(Duration),
}

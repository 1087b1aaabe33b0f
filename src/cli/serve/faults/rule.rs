//! What is to go wrong, as plain data.

use std::time::Duration;

use http::StatusCode;

use crate::cli::args::TimeRange;

/// One thing that goes wrong, and when.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    /// Of requests with this method only.
    pub(super) method: Option<String>,
    /// Of requests for such a path only.
    pub(super) path: Option<PathPattern>,
    pub(super) effect: Effect,
    pub(super) often: Often,
}

/// A path, or what one begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathPattern {
    /// Percent-decoded.
    pub(super) text: String,
    pub(super) is_beginning: bool,
}

/// Which of the requests that it is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Often {
    Always,
    /// Such a share of them, above 0 and at most 1, by chance.
    Share(f64),
    /// So many, the first ones.
    First(u64),
    /// Each whose number is a multiple of this.
    Every(u64),
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Effect {
    /// This status, with a field.
    Status(StatusCode, Option<(String, String)>),
    /// The answer is late.
    Delay(TimeRange),
    /// The connection is reset.
    Reset,
    /// The connection is closed without an answer.
    Empty,
    /// Half of the answer, then the end of the connection.
    Truncate,
    /// Bytes that are no HTTP.
    Garbage,
    /// Half of the answer in chunks, and then one whose size is no number.
    BadChunk,
    /// Half of the answer, then silence.
    Stall,
    /// The answer at so many bytes a second.
    Drip(usize),
    /// A line of the head, then such a pause, and so on.
    SlowHead(Duration),
    /// What the client prefers.
    OfClient,
}

impl Effect {
    /// What the log calls it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Effect::Status(..) => "status",
            Effect::Delay(_) => "delay",
            Effect::Reset => "reset",
            Effect::Empty => "empty",
            Effect::Truncate => "truncate",
            Effect::Garbage => "garbage",
            Effect::BadChunk => "bad-chunk",
            Effect::Stall => "stall",
            Effect::Drip(_) => "drip",
            Effect::SlowHead(_) => "slow-head",
            Effect::OfClient => "client",
        }
    }
}

//! How the file at the path stands to what is served.

use std::time::{Duration, Instant};

use super::file::Stamp;
use crate::document::Refusal;
use crate::text::json::SyntaxError;

/// How the file at the path stands to what is served.
#[derive(Debug, Clone)]
pub(crate) enum Sight {
    /// It holds what is served, save for what is in the journal.
    Known,
    /// It holds something that is not served, since a step after its replacement failed: the next write is of the whole.
    Stale,
    /// Changes that memory alone holds, with `--no-save`: the file is not looked at any more.
    Unsaved,
    /// Somebody else is writing it: what it looked like last, and since when it has not changed.
    Changing(Stamp, Instant),
    /// Somebody else has emptied it, and nothing has followed since then.
    Emptied(Stamp, Instant),
    /// It was changed and does not parse.
    Broken(Stamp, SyntaxError),
    /// It is gone, is no regular file any more, cannot be read, or another server has it: why, and what was looked at.
    Lost(String, Seen),
}

/// What a file looked like when the committer looked at it last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Like that; `None`: it was not there.
    Like(Option<Stamp>),
    /// It changes at this moment: the committer is to look again.
    Changing,
    /// Whatever it looks like does not matter.
    Ignored,
}

/// Without word from the kernel, a file that somebody writes is whole when it has stood still for this long.
pub(super) const STILL: Duration = Duration::from_millis(500);

/// Whoever has a file open and writes nothing for this long may keep it open for ever: what it holds is taken for whole.
/// Should they go on, that is a further edit.
pub(crate) const LONG: Duration = Duration::from_secs(5);

/// A file that was emptied is meant to be empty when it has stayed so for this long.
pub(super) const EMPTY: Duration = Duration::from_secs(5);

/// How often a file that somebody writes is looked at without being asked.
const AGAIN: Duration = Duration::from_millis(50);

impl Sight {
    /// When to look again without being asked.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self {
            Sight::Changing(..) => Some(Instant::now() + AGAIN),
            Sight::Emptied(_, since) => Some(*since + EMPTY),
            Sight::Lost(..) => Some(Instant::now() + STILL),
            _ => None,
        }
    }

    /// Nothing is known that keeps the file from being written.
    pub(crate) fn is_writable(&self) -> bool {
        matches!(self, Sight::Known | Sight::Stale)
    }

    /// Nothing more is to be found out about the file.
    pub(crate) fn is_settled(&self) -> bool {
        matches!(self, Sight::Known | Sight::Stale | Sight::Unsaved | Sight::Broken(..))
    }

    /// A change waits, as the file will be whole in a moment.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Sight::Changing(..) | Sight::Emptied(..))
    }

    /// Whoever writes the file has not done so for long.
    pub(crate) fn is_stuck(&self) -> bool {
        matches!(self, Sight::Changing(_, since) if since.elapsed() >= LONG)
    }

    /// Why a change cannot be made now.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        let failed = |reason: &str| Some(Refusal::Storage { reason: reason.to_owned(), full: false });
        match self {
            Sight::Known | Sight::Stale | Sight::Unsaved => None,
            Sight::Changing(..) => failed("another program is writing the file, try again when it is done"),
            Sight::Emptied(..) => failed("another program has just emptied the file, try again in a moment"),
            Sight::Broken(_, error) => {
                Some(Refusal::Broken { line: error.line, column: error.column, reason: error.expected.clone() })
            }
            Sight::Lost(why, _) => failed(why),
        }
    }
}

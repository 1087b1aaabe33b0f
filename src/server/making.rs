//! A content that is made while it is sent.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use super::journal::Recording;
use super::owed_line::OwedLine;
use crate::message::{Bell, Live, Piece, Stream};

/// A piece up to this size is copied behind what frames it.
const COPIED: usize = 64 << 10;

/// What stands behind a piece that goes as a chunk.
const CRLF: &[u8] = b"\r\n";

/// See the module.
#[derive(Debug)]
pub(super) struct Making {
    source: Source,
    /// It goes in chunks; else the end of the connection is its end.
    pub(super) is_chunked: bool,
    /// Where it is recorded.
    pub(super) recording: Option<Recording>,
    /// What the log will say of it.
    pub(super) owed: Option<Box<OwedLine>>,
    /// How many bytes of content were made, and how many of them in the last piece.
    made: u64,
    last: usize,
    waits_until: Option<Instant>,
    is_ending: bool,
}

/// Who makes it.
#[derive(Debug)]
enum Source {
    Stream(Stream),
    Live(Live),
}

/// What there is to be sent next.
pub(super) enum Made {
    /// What was appended.
    Bytes,
    /// That, and these behind it: a large piece, which others may be sent too.
    Large([Bytes; 2]),
    /// Nothing by now.
    Later,
    /// What was appended, and nothing any more.
    Last,
}

impl From<Stream> for Making {
    fn from(stream: Stream) -> Making {
        Making::of(Source::Stream(stream))
    }
}

impl From<Live> for Making {
    fn from(live: Live) -> Making {
        Making::of(Source::Live(live))
    }
}

impl Making {
    fn of(source: Source) -> Making {
        let is_chunked = !matches!(&source, Source::Stream(stream) if stream.length().is_some());
        Making {
            source,
            is_chunked,
            recording: None,
            owed: None,
            made: 0,
            last: 0,
            waits_until: None,
            is_ending: false,
        }
    }

    /// The bell of what is sent as it comes to be, if it is that.
    pub(super) fn bell(&self) -> Option<&Arc<Bell>> {
        match &self.source {
            Source::Live(live) => Some(live.bell()),
            Source::Stream(_) => None,
        }
    }

    /// Until when there is nothing unless the bell is rung, if that was said last.
    pub(super) fn waits_until(&self) -> Option<Instant> {
        self.waits_until
    }

    /// Where there would be something later, that is the end now; `false`: it is already.
    pub(super) fn wait_no_longer(&mut self) -> bool {
        !std::mem::replace(&mut self.is_ending, true)
    }

    /// Makes the next piece, framed, in these bytes.
    ///
    /// # Errors
    /// It panicked, or ends before the length that was said. A part of the content is told then, and nothing of the end: the
    /// connection says that it is cut.
    pub(super) fn next(&mut self, bytes: &mut Vec<u8>) -> io::Result<Made> {
        let source = AssertUnwindSafe(|| match &mut self.source {
            Source::Stream(stream) => stream.next_piece().map_or(Piece::End, Piece::More),
            Source::Live(live) => live.next_piece(),
        });
        let piece = catch_unwind(source).map_err(|_| io::Error::other("the content could not be made"))?;
        self.waits_until = None;
        match piece {
            Piece::More(piece) if piece.is_empty() => Ok(Made::Bytes),
            Piece::More(piece) => self.frame(piece, bytes),
            Piece::Later(_) if self.is_ending => Ok(self.end(bytes)),
            Piece::Later(until) | Piece::NotYet(until) => {
                self.waits_until = Some(until);
                Ok(Made::Later)
            }
            Piece::End if self.is_cut() => Err(io::Error::other("the content has become shorter")),
            Piece::End => Ok(self.end(bytes)),
        }
    }

    /// Whether it has less than was said.
    fn is_cut(&self) -> bool {
        matches!(&self.source, Source::Stream(stream) if stream.length().is_some_and(|left| left > 0))
    }

    fn end(&self, bytes: &mut Vec<u8>) -> Made {
        bytes.extend_from_slice(if self.is_chunked { b"0\r\n\r\n" } else { b"" });
        self.record(bytes, true);
        Made::Last
    }

    /// It is over: what the log says of it, and how many bytes of content were sent, so many bytes being unsent.
    pub(super) fn line(&mut self, unsent: u64) -> Option<(Box<OwedLine>, u64)> {
        let end = if self.is_chunked { CRLF.len() } else { 0 };
        let unsent = unsent.saturating_sub(end as u64).min(self.last as u64);
        self.owed.take().map(|line| (line, self.made - unsent))
    }

    fn frame(&mut self, piece: Bytes, bytes: &mut Vec<u8>) -> io::Result<Made> {
        self.made += piece.len() as u64;
        self.last = piece.len();
        let end: &'static [u8] = if self.is_chunked { CRLF } else { b"" };
        if self.is_chunked {
            write!(bytes, "{:x}\r\n", piece.len())?;
        }
        if piece.len() <= COPIED {
            bytes.extend_from_slice(&piece);
            bytes.extend_from_slice(end);
            self.record(bytes, false);
            return Ok(Made::Bytes);
        }
        [bytes, &piece[..], end].into_iter().for_each(|part| self.record(part, false));
        Ok(Made::Large([piece, Bytes::from_static(end)]))
    }

    fn record(&self, bytes: &[u8], is_end: bool) {
        if let Some(recording) = &self.recording {
            recording.extend(bytes, is_end);
        }
    }
}

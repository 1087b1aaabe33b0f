//! Bytes on their way to a peer.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice, Write};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use memchr::memmem;

use super::budget::Share;
use super::fault::Rhythm;
use super::journal::Recording;
use super::making::{Made, Making};
use super::owed_line::OwedLine;
use super::pacing::Pacing;
use crate::message::{Bell, Content};

/// Content up to this size is copied behind its head, so that both go out in one plain write.
pub(super) const COPIED: usize = 64 << 10;

/// Beyond this much unsent output no further request of a connection is answered or read, whatever the others hold.
pub(super) const ROOM: usize = 256 << 10;

/// The same while the connections of the worker hold little: a peer that pipelines deeply and reads only when it has
/// written everything would wait for ever, as its own writes are not taken.
pub(super) const AMPLE_ROOM: usize = 16 << 20;

/// The same while all connections hold more than there is for them: an answer at a time.
pub(super) const TIGHT_ROOM: usize = 1;

/// What the connections of a worker may hold together before each has less room.
pub(super) const HELD: usize = 64 << 20;

/// So many pieces go into one write; Linux takes no more.
const SLICES: usize = 1024;

/// After so many bytes the other connections of the worker get their turn.
const TURN: usize = 256 << 10;

/// Answers not yet taken by the peer: small ones copied together, large content as the shared pieces it came in.
#[derive(Debug)]
pub struct Output {
    bytes: Vec<u8>,
    sent: usize,
    pieces: VecDeque<Bytes>,
    pieces_length: usize,
    room: usize,
    /// What the answers hold of the memory for all, until they are sent.
    shares: Vec<Share>,
    /// What comes behind the pieces and is made while it is sent.
    source: Option<Making>,
    /// How many bytes of data stay in memory for the pieces or the source, however few are left to send.
    kept: usize,
    /// How many bytes were sent in all.
    total: u64,
    /// What goes out piece by piece.
    pacing: Option<Box<Pacing>>,
    /// What the log is to say.
    line: Option<(Box<OwedLine>, u64)>,
}

impl Default for Output {
    fn default() -> Output {
        Output {
            bytes: Vec::new(),
            sent: 0,
            pieces: VecDeque::new(),
            pieces_length: 0,
            room: ROOM,
            shares: Vec::new(),
            source: None,
            kept: 0,
            total: 0,
            pacing: None,
            line: None,
        }
    }
}

/// How far a write came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flushed {
    /// Everything is with the system.
    Whole,
    /// The system takes no more for now.
    Blocked,
    /// There is more to write, but others come first.
    Turn,
    /// Everything that may go out by now is with the system; more comes later.
    Waiting,
}

impl Output {
    /// Where small bytes are appended. Only while [`Output::is_full`] says no: behind large content they would
    /// overtake it.
    #[inline]
    pub fn bytes(&mut self) -> &mut Vec<u8> {
        debug_assert!(self.pieces.is_empty() && self.source.is_none(), "bytes would overtake the pieces");
        &mut self.bytes
    }

    /// The bytes appended since there were so many of them; `None` when large content follows them.
    #[inline]
    pub(super) fn since(&self, start: usize) -> Option<&[u8]> {
        (self.pieces.is_empty() && self.source.is_none()).then(|| &self.bytes[start..])
    }

    /// Appends content; large content is not copied.
    #[inline]
    pub fn push(&mut self, content: Content) {
        match content {
            Content::Whole(bytes) if bytes.len() <= COPIED => self.bytes().extend_from_slice(&bytes),
            Content::Whole(bytes) => self.push_piece(bytes),
            Content::Pieces(pieces) if pieces.iter().map(Bytes::len).sum::<usize>() <= COPIED => {
                pieces.iter().for_each(|piece| self.bytes().extend_from_slice(piece));
            }
            Content::Pieces(pieces) => pieces.into_iter().for_each(|piece| self.push_piece(piece)),
            Content::Stream(stream) => self.source = Some(stream.into()),
            Content::Live(live) => self.source = Some(live.into()),
        }
    }

    /// What is made while it is sent goes without chunks: the end of the connection is its end.
    pub(super) fn end_by_closing(&mut self) {
        if let Some(source) = &mut self.source {
            source.is_chunked = false;
        }
    }

    /// What is made while it is sent is recorded there too, and logged when it is over.
    pub(super) fn follow_up(&mut self, recording: Option<Recording>, owed: Option<Box<OwedLine>>) {
        if let Some(source) = &mut self.source {
            source.recording = recording;
            source.owed = owed;
        }
    }

    /// What the log says of what was made while it was sent and has ended, and how many bytes of content that were.
    #[inline]
    pub(super) fn line(&mut self) -> Option<(Box<OwedLine>, u64)> {
        self.line.take()
    }

    /// The same where nothing more is sent.
    pub(super) fn last_line(&mut self) -> Option<(Box<OwedLine>, u64)> {
        let unsent = self.unsent();
        self.line().or_else(|| self.source.as_mut()?.line(unsent))
    }

    /// The bell of what is sent as it comes to be, if it is that.
    pub(super) fn bell(&self) -> Option<&Arc<Bell>> {
        self.source.as_ref()?.bell()
    }

    /// Makes the next piece of what is made while it is sent, when all before it is sent. `false`: there is none by now.
    fn refill(&mut self) -> io::Result<bool> {
        let Some(source) = &mut self.source else { return Ok(true) };
        self.bytes.clear();
        self.sent = 0;
        match source.next(&mut self.bytes)? {
            Made::Bytes => {}
            Made::Large(pieces) => pieces.into_iter().for_each(|piece| self.push_piece(piece)),
            Made::Later => {
                // It may be long until there is something to be kept in memory.
                (self.bytes, self.kept) = (Vec::new(), 0);
                return Ok(false);
            }
            Made::Last => {
                self.line = source.line(0);
                self.source = None;
            }
        }
        Ok(true)
    }

    /// How many bytes were sent in all.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    fn push_piece(&mut self, piece: Bytes) {
        if !piece.is_empty() {
            self.pieces_length += piece.len();
            self.pieces.push_back(piece);
        }
    }

    /// Whether nothing more may be appended before something was sent.
    #[inline]
    pub fn is_full(&self) -> bool {
        !self.pieces.is_empty()
            || self.source.is_some()
            || self.pacing.is_some()
            || self.bytes.len() - self.sent >= self.room
    }

    /// Whether everything was sent.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.is_drained() && self.source.is_none()
    }

    /// Whether everything that is made already was sent.
    #[inline]
    fn is_drained(&self) -> bool {
        self.bytes.len() == self.sent && self.pieces.is_empty()
    }

    /// Forgets everything, keeping the memory for the next answers unless it has grown unusually large.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(ROOM);
        self.sent = 0;
        self.pieces.clear();
        self.pieces_length = 0;
        self.shares.clear();
        self.source = None;
        self.pacing = None;
        self.kept = 0;
    }

    /// Holds a share of the memory for all until everything is sent.
    pub(super) fn hold(&mut self, share: Option<Share>) {
        self.shares.extend(share);
    }

    /// Counts so many bytes of data until the large content that follows is sent.
    pub(super) fn keep(&mut self, bytes: usize) {
        self.kept = bytes;
    }

    /// Sets how much may be unsent before it is full.
    #[inline]
    pub(super) fn set_room(&mut self, room: usize) {
        self.room = room;
    }

    /// The number of bytes that are held for what is not sent.
    #[inline]
    pub(super) fn len(&self) -> usize {
        let is_data = self.source.is_some() || !self.pieces.is_empty();
        let data = if is_data { self.pieces_length.max(self.kept) } else { 0 };
        self.bytes.len() - self.sent + data
    }

    /// The number of bytes that are made and not sent.
    pub(super) fn unsent(&self) -> u64 {
        (self.bytes.len() - self.sent + self.pieces_length) as u64
    }

    /// What stands in the small bytes from there on, and what follows, goes out in that rhythm.
    pub(super) fn pace(&mut self, start: usize, rhythm: Rhythm) {
        let head = memmem::find(&self.bytes[start..], b"\r\n\r\n").map_or(self.bytes.len(), |end| start + end + 4);
        self.pacing = Some(Box::new(Pacing::new(start - self.sent, &self.bytes[start..head], rhythm)));
    }

    /// Until when there is nothing more to send, unless a bell is rung.
    #[inline]
    pub(super) fn waits_until(&self) -> Option<Instant> {
        let source = self.source.as_ref().and_then(Making::waits_until);
        source.or_else(|| self.pacing.as_ref()?.until())
    }

    /// What comes later is not waited for: what is there goes out now, and is all. `false`: that is known already.
    pub(super) fn wait_no_longer(&mut self) -> bool {
        let was_paced = self.pacing.take().is_some();
        self.source.as_mut().is_some_and(Making::wait_no_longer) || was_paced
    }

    /// Writes as much as the peer takes, of what may go out by now.
    #[inline]
    pub(super) fn flush(&mut self, writer: &mut impl Write) -> io::Result<Flushed> {
        let mut turn = TURN;
        while !self.is_empty() {
            if turn == 0 {
                return Ok(Flushed::Turn);
            }
            if self.is_drained() {
                if !self.refill()? {
                    return Ok(Flushed::Waiting);
                }
                continue;
            }
            let written = match &mut self.pacing {
                None => self.write(writer),
                Some(pacing) => match pacing.free(Instant::now()) {
                    0 => return Ok(Flushed::Waiting),
                    free => writer.write(self.first(free.min(turn))),
                },
            };
            match written {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(length) => {
                    self.advance(length);
                    turn = turn.saturating_sub(length);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Flushed::Blocked),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.clear();
        Ok(Flushed::Whole)
    }

    /// The next bytes, so many at most.
    fn first(&self, most: usize) -> &[u8] {
        let first = match self.pieces.front() {
            Some(piece) if self.bytes.len() == self.sent => piece,
            _ => &self.bytes[self.sent..],
        };
        &first[..first.len().min(most)]
    }

    #[inline]
    fn write(&self, writer: &mut impl Write) -> io::Result<usize> {
        let bytes = &self.bytes[self.sent..];
        if self.pieces.is_empty() {
            return writer.write(bytes);
        }
        let mut slices = Vec::with_capacity(SLICES.min(self.pieces.len() + 1));
        if !bytes.is_empty() {
            slices.push(IoSlice::new(bytes));
        }
        slices.extend(self.pieces.iter().take(SLICES - 1).map(|piece| IoSlice::new(piece)));
        writer.write_vectored(&slices)
    }

    #[inline]
    fn advance(&mut self, mut length: usize) {
        self.total += length as u64;
        if let Some(pacing) = &mut self.pacing {
            pacing.advance(length, Instant::now());
        }
        let bytes = length.min(self.bytes.len() - self.sent);
        self.sent += bytes;
        length -= bytes;
        // A peer that always lags a little never lets it become empty.
        if self.sent >= COPIED && self.sent * 2 >= self.bytes.len() {
            self.bytes.drain(..self.sent);
            self.sent = 0;
        }
        self.pieces_length -= length;
        while let Some(piece) = self.pieces.front_mut() {
            if length < piece.len() {
                bytes::Buf::advance(piece, length);
                return;
            }
            length -= piece.len();
            self.pieces.pop_front();
        }
    }
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;

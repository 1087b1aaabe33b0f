//! A message body on a socket of ours: its framing, the trailer section, the connection back.

use std::ops::Range;

use super::super::error::{Error, Kind};
use super::deadline::Deadline;
use super::failure::not_http;
use super::settings::Settings;
use super::socket::Connection;
use crate::message::{BodyEnd, Chunked, ChunkedDecoder, ChunkedLimits, ReplyHead, reply_trailer};

/// The limits of chunked content. How much content is taken is for whoever asks for it; what comes with it has an end.
const CHUNKED: ChunkedLimits =
    ChunkedLimits { content: u64::MAX, extensions: 64 * 1024, trailers: 64 * 1024, trailer_lines: usize::MAX };

/// A response on a socket of ours, up to its content.
pub(super) struct Reply {
    /// The interim responses in order.
    pub(super) interim: Vec<ReplyHead>,
    /// The head of the final response.
    pub(super) head: ReplyHead,
    /// The transfer codings of its content besides `chunked`, in the order in which they were applied.
    pub(super) codings: Vec<String>,
    /// What stands behind it.
    pub(super) body: SocketBody,
}

/// A message body on a socket.
#[derive(Debug)]
pub(super) struct SocketBody {
    connection: Connection,
    rest: RestOfContent,
    /// Whether the length that was named is larger than any content can be.
    is_endless: bool,
    received: u64,
    /// The trailer section as received, once the content has ended.
    pub(super) trailer: Vec<u8>,
    /// Whether the connection stays open behind it, as far as both sides have said.
    pub(super) may_stay: bool,
    raw: bool,
    deadline: Deadline,
}

/// What is still to come.
#[derive(Debug)]
enum RestOfContent {
    Length(u64),
    Chunked(Box<ChunkedDecoder>),
    /// Nothing that could be read on: chunks that are none, which `--raw` has handed out all the same.
    Broken(Error),
    Close,
    Nothing,
}

impl SocketBody {
    /// What stands behind a head, up to that end.
    pub(super) fn new(
        mut connection: Connection,
        end: BodyEnd,
        may_stay: bool,
        deadline: Deadline,
        settings: &Settings,
    ) -> SocketBody {
        let rest = match end {
            BodyEnd::None => RestOfContent::Nothing,
            BodyEnd::Length(_) if settings.ignores_length => RestOfContent::Close,
            BodyEnd::Length(0) => RestOfContent::Nothing,
            BodyEnd::Length(length) => RestOfContent::Length(length),
            BodyEnd::Chunked => RestOfContent::Chunked(Box::new(ChunkedDecoder::lenient(CHUNKED))),
            BodyEnd::Close | BodyEnd::Endless => RestOfContent::Close,
        };
        let is_endless = end == BodyEnd::Endless && !settings.ignores_length;
        if !matches!(rest, RestOfContent::Length(..=16_384) | RestOfContent::Nothing) {
            connection.widen();
        }
        let may_stay = may_stay && !matches!(rest, RestOfContent::Close);
        let raw = settings.raw;
        SocketBody { connection, rest, is_endless, received: 0, trailer: Vec::new(), may_stay, raw, deadline }
    }

    /// Its declared length, if there is one.
    pub(super) fn expected(&self) -> Option<u64> {
        match self.rest {
            RestOfContent::Length(left) => Some(self.received + left),
            RestOfContent::Nothing => Some(self.received),
            RestOfContent::Close if self.is_endless => Some(u64::MAX),
            RestOfContent::Chunked(_) | RestOfContent::Broken(_) | RestOfContent::Close => None,
        }
    }

    /// The next stretch of content, `None` after the last one.
    pub(super) fn read(&mut self) -> Result<Option<&[u8]>, Error> {
        if !matches!(self.rest, RestOfContent::Nothing) {
            self.connection.rest(self.deadline)?;
        }
        loop {
            let ready = self.ready();
            let range = match &mut self.rest {
                RestOfContent::Nothing => return Ok(None),
                RestOfContent::Length(left) => {
                    let length = usize::try_from(*left).unwrap_or(usize::MAX).min(ready);
                    *left -= length as u64;
                    if *left == 0 {
                        self.rest = RestOfContent::Nothing;
                    }
                    self.connection.take(length)
                }
                RestOfContent::Close => self.connection.take(ready),
                RestOfContent::Chunked(_) => self.take_chunk()?,
                RestOfContent::Broken(error) => return Err(error.clone()),
            };
            if !range.is_empty() {
                self.received += range.len() as u64;
                self.connection.moved(range.len());
                return Ok(Some(self.connection.taken(range)));
            }
            if !matches!(self.rest, RestOfContent::Nothing) && self.connection.pending().is_empty() {
                self.fill()?;
            }
        }
    }

    /// Bytes that have come behind the whole response, if it is over.
    pub(super) fn surplus(&self) -> &[u8] {
        if matches!(self.rest, RestOfContent::Nothing) { self.connection.pending() } else { &[] }
    }

    /// The connection, if it can be used again.
    pub(super) fn into_connection(self) -> Option<Connection> {
        // Bytes behind a whole response belong to no response (RFC 9112 6.3): such a connection is not used again.
        let is_clean = matches!(self.rest, RestOfContent::Nothing) && self.connection.pending().is_empty();
        let is_kept = is_clean && self.may_stay;
        self.connection.remark_end(is_kept);
        is_kept.then_some(self.connection)
    }

    /// The connection behind the head that has opened a tunnel: all that follows belongs to that.
    pub(super) fn into_tunnel(self) -> Connection {
        self.connection
    }

    /// How much of what is pending may be handed out at a time.
    fn ready(&self) -> usize {
        self.connection.pending().len().min(self.connection.most())
    }

    /// The next data of chunks. Where what came is no chunk, `--raw` shows it before it fails: it is asked for to see that.
    fn take_chunk(&mut self) -> Result<Range<usize>, Error> {
        let ready = self.ready();
        match self.decode_chunk(ready) {
            Err(error) if self.raw && ready > 0 => {
                self.rest = RestOfContent::Broken(error);
                Ok(self.connection.take(ready))
            }
            taken => taken,
        }
    }

    fn decode_chunk(&mut self, ready: usize) -> Result<Range<usize>, Error> {
        let RestOfContent::Chunked(decoder) = &mut self.rest else { return Ok(0..0) };
        let pending = &self.connection.pending()[..ready];
        let found = decoder.next(pending);
        let (skip, length) = match found.map_err(|error| Error::new(Kind::Receive, error.to_string()))? {
            Chunked::Data { skip, length } => (skip, length),
            Chunked::More => (pending.len(), 0),
            Chunked::End { used } => {
                reply_trailer(decoder.trailer()).map_err(|error| not_http(&error))?;
                self.trailer = decoder.trailer().to_vec();
                self.rest = RestOfContent::Nothing;
                (used, 0)
            }
        };
        if self.raw {
            return Ok(self.connection.take(skip + length));
        }
        self.connection.take(skip);
        Ok(self.connection.take(length))
    }

    fn fill(&mut self) -> Result<(), Error> {
        let received = self.received;
        let filled = self.connection.fill(self.deadline);
        if let Ok(length) = filled {
            self.connection.tell_last(length);
        }
        match filled {
            Ok(0) => match self.rest {
                RestOfContent::Close => {
                    self.rest = RestOfContent::Nothing;
                    self.may_stay = false;
                    Ok(())
                }
                RestOfContent::Length(left) => {
                    let what = format!("transfer closed with {left} bytes remaining to read");
                    Err(Error::new(Kind::Partial, what))
                }
                RestOfContent::Chunked(_) => {
                    Err(Error::new(Kind::Partial, "transfer closed before the last chunk of the response"))
                }
                RestOfContent::Broken(_) | RestOfContent::Nothing => Ok(()),
            },
            Ok(_) => Ok(()),
            Err(mut error) => {
                if error.kind == Kind::Time {
                    error.message = format!("{} with {received} bytes received", error.message);
                }
                Err(error)
            }
        }
    }
}

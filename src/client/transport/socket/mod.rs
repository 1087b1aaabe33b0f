//! HTTP/1.1 over a std socket: the request is written as it was built, the response is read as it comes.

mod heads;
mod sending;

use std::io::{self, Read};
use std::net::SocketAddr;
use std::time::Duration;

use bstr::ByteSlice;

use super::super::error::{Error, Kind};
use super::super::request::{Request, reason};
use super::buffer::Buffer;
use super::dial::Line;
use super::exchange::Exchange;
use super::pace::Pace;
use super::route::Key;
use super::stream::Stream;
use super::tap::{Seen, Tap};
use super::{Deadline, Facts, Settings};
use crate::message::{ReplyError, ReplyHead, ReplyVersion, Version};
use heads::Heads;
use sending::Sent;

/// How much content is read and written at a time.
const PIECE: usize = 256 * 1024;

/// A connection between two exchanges.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) key: Key,
    stream: Stream,
    is_limited: bool,
    /// What was read and not yet understood: `buffer[start..end]`.
    buffer: Buffer,
    start: usize,
    end: usize,
    pace: Option<Box<Pace>>,
    pub(super) tap: Option<Tap>,
    /// Its number among those of the transport.
    number: u32,
}

impl Connection {
    pub(super) fn new(stream: Stream, key: Key, line: Line<'_>) -> Connection {
        let buffer = Buffer::new(16 * 1024);
        let (tap, number) = (line.tap.cloned(), line.number);
        Connection { key, stream, is_limited: false, buffer, start: 0, end: 0, pace: None, tap, number }
    }

    /// Whether nothing has come since the last exchange, not even the end.
    pub(super) fn is_quiet(&mut self) -> bool {
        let raw = self.stream.raw();
        let is_set = raw.limit(None).and_then(|()| raw.set_nonblocking(true)).is_ok();
        let is_quiet = matches!(self.receive(), Err(error) if is_timeout(&error));
        is_set && self.stream.raw().set_nonblocking(false).is_ok() && is_quiet
    }

    /// Sends the request and reads heads up to the final one.
    pub(super) fn exchange(
        mut self,
        request: &Request,
        input: &mut (dyn Read + Send),
        deadline: Deadline,
        settings: &Settings,
        facts: &mut Facts,
    ) -> Result<Exchange, Error> {
        facts.pretransfer = Some(deadline.started.elapsed());
        facts.connection = Some(self.number);
        self.pace = Pace::of(settings);
        // Whoever has no status line has opened no tunnel.
        let mut heads = Heads::new(settings.http09 && request.method != "CONNECT");
        let sent = self.send(request, input, deadline, settings, &mut heads, facts)?;
        facts.sent = Some(deadline.started.elapsed());
        let (interim, head) = heads.finish(&mut self, deadline, facts)?;
        self.turn();
        self.tell_body(self.start);
        let may_stay = sent == Sent::Whole && keeps_open(request, &head);
        Exchange::new(self, &request.method, interim, head, may_stay, deadline, settings)
    }

    /// Its number among those of the transport.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// The same connection, which leads to something else from now on.
    pub(super) fn lead_to(self, key: Key) -> Connection {
        Connection { key, ..self }
    }

    /// What it is made of, once nothing is pending.
    pub(super) fn into_stream(self) -> Stream {
        self.stream
    }

    /// The peer and this side, where they have addresses.
    pub(super) fn addresses(&self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        self.stream.raw().addresses()
    }

    /// Tells the tap something about the connection.
    pub(super) fn remark(&self, text: impl Fn(&Key) -> String) {
        if let Some(tap) = &self.tap {
            tap.tell(Seen::Remark(&text(&self.key)), Some(self.number));
        }
    }

    /// Tells the tap what becomes of the connection after an exchange.
    pub(super) fn remark_end(&self, is_kept: bool) {
        let number = self.number;
        self.remark(|key| match is_kept {
            true => format!("Connection #{number} to host {} left intact", key.host()),
            false => format!("Closing connection {number}"),
        });
    }

    /// Tells the tap the whole lines at the beginning of the octets, and gives their length.
    fn tell_lines(&self, octets: &[u8]) -> usize {
        self.tap.as_ref().map_or(0, |tap| tap.lines(octets, Some(self.number)))
    }

    /// Tells the tap what is in the buffer from there on, which belongs to a message body.
    pub(super) fn tell_body(&self, from: usize) {
        if let Some(tap) = &self.tap {
            tap.body(&self.buffer[from..self.end], Some(self.number));
        }
    }

    /// Tells the tap the last octets that came, which belong to a message body.
    pub(super) fn tell_last(&self, length: usize) {
        self.tell_body(self.end - length);
    }

    /// Octets that were read and not yet used.
    pub(super) fn pending(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Takes that many octets of what is pending.
    pub(super) fn take(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.start;
        self.start += length;
        from..self.start
    }

    /// What [`Connection::take`] named.
    pub(super) fn taken(&self, range: std::ops::Range<usize>) -> &[u8] {
        &self.buffer[range]
    }

    /// Makes the buffer fit for a long body.
    pub(super) fn widen(&mut self) {
        if self.buffer.len() < PIECE && self.most() >= PIECE {
            self.buffer.grow(PIECE);
        }
    }

    /// Reads once; 0 is the end.
    pub(super) fn fill(&mut self, deadline: Deadline) -> Result<usize, Error> {
        loop {
            self.limit(self.patience(deadline)?)?;
            match self.receive() {
                Ok(length) => {
                    self.saw(length)?;
                    return Ok(length);
                }
                Err(error) if is_timeout(&error) => {
                    deadline.left()?;
                    self.saw(0)?;
                }
                Err(error) => return Err(receive_failure(&error)),
            }
        }
    }

    fn receive(&mut self) -> io::Result<usize> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            if self.end == self.buffer.len() {
                self.buffer.grow(self.buffer.len() * 2);
            }
        }
        loop {
            match self.stream.io().read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(length) => {
                    self.end += length;
                    return Ok(length);
                }
            }
        }
    }

    /// How many octets of content may go at a time.
    pub(super) fn most(&self) -> usize {
        self.pace.as_ref().map_or(usize::MAX, |pace| pace.most())
    }

    /// Waits as long as the rate asks.
    pub(super) fn rest(&mut self, deadline: Deadline) -> Result<(), Error> {
        self.pace.as_mut().map_or(Ok(()), |pace| pace.rest(deadline))
    }

    /// So much content went.
    pub(super) fn moved(&mut self, octets: usize) {
        if let Some(pace) = &mut self.pace {
            pace.moved(octets);
        }
    }

    fn turn(&mut self) {
        if let Some(pace) = &mut self.pace {
            pace.turn();
        }
    }

    fn saw(&mut self, octets: usize) -> Result<(), Error> {
        self.pace.as_mut().map_or(Ok(()), |pace| pace.saw(octets))
    }

    /// How long a read or write may take before something is to be looked at.
    fn patience(&self, deadline: Deadline) -> Result<Option<Duration>, Error> {
        let left = deadline.left()?;
        match &self.pace {
            None => Ok(left),
            Some(pace) => Ok([left, pace.patience()].into_iter().flatten().min()),
        }
    }

    fn limit(&mut self, limit: Option<Duration>) -> Result<(), Error> {
        if limit.is_some() || self.is_limited {
            self.is_limited = limit.is_some();
            self.stream.raw().limit(limit).map_err(|error| receive_failure(&error))?;
        }
        Ok(())
    }
}

/// Whether both sides leave the connection open (RFC 9112 9.3).
fn keeps_open(request: &Request, head: &ReplyHead) -> bool {
    let asked =
        request.field("connection").is_none_or(|field| !field.value().to_ascii_lowercase().contains_str("close"));
    let is_open = match head.version {
        ReplyVersion::Http1(Version::Http11) => {
            !(head.lists("connection", "close")
                || (request.asked_proxy().is_some() && head.lists("proxy-connection", "close")))
        }
        ReplyVersion::Http1(Version::Http10) => {
            head.lists("connection", "keep-alive")
                || (request.asked_proxy().is_some() && head.lists("proxy-connection", "keep-alive"))
        }
        _ => false,
    };
    asked && is_open && head.status != 101
}

/// Whether nothing came or went for as long as it may take.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// The failure that octets are which are no response, or one whose body has no certain end.
pub(super) fn not_http(error: &ReplyError) -> Error {
    let kind = match error {
        ReplyError::NotHttp | ReplyError::Version(_) | ReplyError::Status(_) => Kind::Protocol,
        ReplyError::TransferCoding(_) => Kind::Coding,
        ReplyError::Field(_) | ReplyError::Control | ReplyError::ContentLength(_) => Kind::Reply,
    };
    Error::new(kind, error.to_string())
}

/// The failure to read from the connection.
pub(super) fn receive_failure(error: &io::Error) -> Error {
    Error::new(Kind::Receive, format!("cannot read the response: {}", reason(error)))
}

/// The failure to write to the connection.
pub(super) fn send_failure(error: &io::Error) -> Error {
    Error::new(Kind::Send, format!("cannot send the request: {}", reason(error)))
}

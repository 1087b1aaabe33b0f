//! A connection of ours: what was read and not yet understood, its pace, and who looks on.

use std::io::{self, Read};
use std::net::SocketAddr;
use std::time::Duration;

use super::super::buffer::Buffer;
use super::super::deadline::Deadline;
use super::super::failure::{is_timeout, receive_failure};
use super::super::pace::Pace;
use super::super::route::Key;
use super::super::stream::Stream;
use super::super::tap::{Line, Seen, Tap};
use crate::client::error::Error;

/// How much content is read and written at a time.
pub(super) const PIECE: usize = 256 * 1024;

/// A connection between two exchanges.
#[derive(Debug)]
pub(in super::super) struct Connection {
    pub(in super::super) key: Key,
    pub(super) stream: Stream,
    is_limited: bool,
    /// What was read and not yet understood: `buffer[start..end]`.
    buffer: Buffer,
    pub(super) start: usize,
    end: usize,
    pub(super) pace: Option<Box<Pace>>,
    pub(super) tap: Option<Tap>,
    /// Its number among those of the transport.
    pub(super) number: u32,
    /// Whether the peer has answered in HTTP/1.0.
    pub(in super::super) is_old: bool,
}

impl Connection {
    pub(in super::super) fn new(stream: Stream, key: Key, line: Line<'_>) -> Connection {
        let buffer = Buffer::new(16 * 1024);
        let (tap, number) = (line.tap.cloned(), line.number);
        let (is_limited, is_old) = (false, false);
        Connection { key, stream, is_limited, buffer, start: 0, end: 0, pace: None, tap, number, is_old }
    }

    /// Whether nothing has come since the last exchange, not even the end.
    pub(in super::super) fn is_quiet(&mut self) -> bool {
        let stream = &self.stream;
        let is_set = stream.limit(None).and_then(|()| stream.set_nonblocking(true)).is_ok();
        let is_quiet = matches!(self.receive(), Err(error) if is_timeout(&error));
        is_set && self.stream.set_nonblocking(false).is_ok() && is_quiet
    }

    /// Tells that tap from now on.
    pub(in super::super) fn watch(&mut self, tap: Option<&Tap>) {
        self.tap = tap.cloned();
        self.stream.listen(Line { number: self.number, tap });
    }

    /// Its number among those of the transport.
    pub(in super::super) fn number(&self) -> u32 {
        self.number
    }

    /// The same connection, which leads to something else from now on.
    pub(in super::super) fn lead_to(self, key: Key) -> Connection {
        Connection { key, is_old: false, ..self }
    }

    /// What it is made of.
    pub(in super::super) fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// What it is made of, once nothing is pending.
    pub(in super::super) fn into_stream(self) -> Stream {
        self.stream
    }

    /// The peer and this side, where they have addresses.
    pub(in super::super) fn addresses(&self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        self.stream.addresses()
    }

    /// Tells the tap something about the connection.
    pub(in super::super) fn remark(&self, text: impl Fn(&Key) -> String) {
        if let Some(tap) = &self.tap {
            tap.tell(Seen::Remark(&text(&self.key)), Some(self.number));
        }
    }

    /// Tells the tap what becomes of the connection after an exchange.
    pub(in super::super) fn remark_end(&self, is_kept: bool) {
        let number = self.number;
        self.remark(|key| match is_kept {
            true => format!("Connection #{number} to host {} left intact", key.host()),
            false => format!("Closing connection {number}"),
        });
    }

    /// Tells the tap the whole lines at the beginning of the bytes, and gives their length.
    pub(super) fn tell_lines(&self, bytes: &[u8]) -> usize {
        self.tap.as_ref().map_or(0, |tap| tap.lines(bytes, Some(self.number)))
    }

    /// Tells the tap what is in the buffer from there on, which belongs to a message body.
    pub(in super::super) fn tell_body(&self, from: usize) {
        if let Some(tap) = &self.tap {
            tap.body(&self.buffer[from..self.end], Some(self.number));
        }
    }

    /// Tells the tap the last bytes that came, which belong to a message body.
    pub(in super::super) fn tell_last(&self, length: usize) {
        self.tell_body(self.end - length);
    }

    /// Bytes that were read and not yet used.
    pub(in super::super) fn pending(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Takes that many bytes of what is pending.
    pub(in super::super) fn take(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.start;
        self.start += length;
        from..self.start
    }

    /// What [`Connection::take`] named.
    pub(in super::super) fn taken(&self, range: std::ops::Range<usize>) -> &[u8] {
        &self.buffer[range]
    }

    /// Makes the buffer fit for a long body.
    pub(in super::super) fn widen(&mut self) {
        if self.buffer.len() < PIECE && self.most() >= PIECE {
            self.buffer.grow(PIECE);
        }
    }

    /// Reads once; 0 is the end.
    pub(in super::super) fn fill(&mut self, deadline: Deadline) -> Result<usize, Error> {
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

    pub(super) fn receive(&mut self) -> io::Result<usize> {
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
            match self.stream.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(length) => {
                    self.end += length;
                    return Ok(length);
                }
            }
        }
    }

    /// How many bytes of content may go at a time.
    pub(in super::super) fn most(&self) -> usize {
        self.pace.as_ref().map_or(usize::MAX, |pace| pace.most())
    }

    /// Waits as long as the rate asks.
    pub(in super::super) fn rest(&mut self, deadline: Deadline) -> Result<(), Error> {
        self.pace.as_mut().map_or(Ok(()), |pace| pace.rest(deadline))
    }

    /// So much content went.
    pub(in super::super) fn moved(&mut self, bytes: usize) {
        if let Some(pace) = &mut self.pace {
            pace.moved(bytes);
        }
    }

    pub(super) fn turn(&mut self) {
        if let Some(pace) = &mut self.pace {
            pace.turn();
        }
    }

    pub(super) fn saw(&mut self, bytes: usize) -> Result<(), Error> {
        self.pace.as_mut().map_or(Ok(()), |pace| pace.saw(bytes))
    }

    /// How long a read or write may take before something is to be looked at.
    pub(super) fn patience(&self, deadline: Deadline) -> Result<Option<Duration>, Error> {
        let left = deadline.left()?;
        match &self.pace {
            None => Ok(left),
            Some(pace) => Ok([left, pace.patience()].into_iter().flatten().min()),
        }
    }

    pub(super) fn limit(&mut self, limit: Option<Duration>) -> Result<(), Error> {
        if limit.is_some() || self.is_limited {
            self.is_limited = limit.is_some();
            self.stream.limit(limit).map_err(|error| receive_failure(&error))?;
        }
        Ok(())
    }
}

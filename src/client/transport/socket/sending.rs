//! Sending one request: its head, and its content as far as the peer wants it.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::time::Duration;

use super::super::buffer::Buffer;
use super::super::deadline::Deadline;
use super::super::facts::Facts;
use super::super::failure::{is_timeout, send_failure};
use super::connection::{Connection, PIECE};
use super::heads::Heads;
use crate::client::error::{Error, Kind};
use crate::client::request::{Content, Request, chunk, reason};

/// Content up to this size goes out in one write with the head.
const ONE_WRITE: u64 = 64 * 1024;
/// How long a write may be stuck before we look whether the peer has answered already.
const STUCK: Duration = Duration::from_millis(200);

/// How far a request came before the peer answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Whole,
    /// The peer has answered, or closed, before all of it went.
    Part,
}

impl Connection {
    /// Sends the request, or what of it the peer wants.
    pub(super) fn send(
        &mut self,
        request: &Request,
        input: &mut (dyn Read + Send),
        deadline: Deadline,
        heads: &mut Heads,
        facts: &mut Facts,
    ) -> Result<Sent, Error> {
        let mut head = request.head();
        facts.request_bytes = head.len() as u64;
        self.limit(self.patience(deadline)?)?;
        let Some(content) = &request.content else {
            return self.write(&head, head.len(), deadline, None, facts).map(|_| Sent::Whole);
        };
        let is_one = !request.chunked && !request.expects_continue();
        if let Some(bytes) = small(content, self.most()).filter(|_| is_one) {
            let head_length = head.len();
            head.extend_from_slice(&bytes);
            facts.upload_bytes = bytes.len() as u64;
            facts.request_bytes = head.len() as u64;
            return self.write(&head, head_length, deadline, None, facts).map(|_| Sent::Whole);
        }
        // Opened before anything is sent: a file that cannot be read costs no half request.
        let mut source = content.open(input)?;
        self.write(&head, head.len(), deadline, None, facts)?;
        if request.expects_continue() && !heads.may_go_on(self, deadline, facts)? {
            return Ok(Sent::Part);
        }
        self.limit(Some(self.patience(deadline)?.unwrap_or(STUCK).min(STUCK)))?;
        let sent = self.send_content(source.as_mut(), request, deadline, heads, facts)?;
        self.limit(deadline.left()?)?;
        Ok(sent)
    }

    /// Writes content piece by piece, in chunks if the request says so, and stops when the peer has refused it.
    fn send_content(
        &mut self,
        source: &mut dyn Read,
        request: &Request,
        deadline: Deadline,
        heads: &mut Heads,
        facts: &mut Facts,
    ) -> Result<Sent, Error> {
        let mut piece = Buffer::new(PIECE.min(self.most()));
        loop {
            self.rest(deadline)?;
            let length = read_piece(source, &mut piece)?;
            let bytes = match request.chunked {
                true => Cow::Owned(chunk(&piece[..length])),
                false => Cow::Borrowed(&piece[..length]),
            };
            if self.write(&bytes, 0, deadline, Some(heads), facts)? == Sent::Part {
                return Ok(Sent::Part);
            }
            facts.upload_bytes += length as u64;
            self.moved(length);
            if length == 0 {
                break;
            }
            if heads.was_refused(self, deadline, facts)? {
                return Ok(Sent::Part);
            }
        }
        match request.content.as_ref().and_then(Content::length).filter(|_| !request.chunked) {
            Some(declared) if declared != facts.upload_bytes => Err(Error::new(
                Kind::Read,
                format!("the file has {} bytes now, expected {declared}", facts.upload_bytes),
            )),
            _ => Ok(Sent::Whole),
        }
    }

    /// Writes bytes, the first `head` of which are the request's head. With heads to watch for, it looks for an early answer
    /// whenever the peer takes nothing for a while.
    fn write(
        &mut self,
        bytes: &[u8],
        head: usize,
        deadline: Deadline,
        watching: Option<&mut Heads>,
        facts: &mut Facts,
    ) -> Result<Sent, Error> {
        let mut left = bytes;
        let sent = self.push(&mut left, deadline, watching, facts);
        if let Some(tap) = &self.tap {
            tap.sent(&bytes[..bytes.len() - left.len()], head, Some(self.number));
        }
        sent
    }

    fn push(
        &mut self,
        bytes: &mut &[u8],
        deadline: Deadline,
        mut watching: Option<&mut Heads>,
        facts: &mut Facts,
    ) -> Result<Sent, Error> {
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(written) => {
                    self.saw(written)?;
                    *bytes = &bytes[written..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => {
                    deadline.left()?;
                    self.saw(0)?;
                    if let Some(heads) = watching.as_deref_mut()
                        && heads.was_refused(self, deadline, facts)?
                    {
                        return Ok(Sent::Part);
                    }
                }
                Err(error) => {
                    // The peer has closed: perhaps it has said why.
                    let Some(heads) = watching else { return Err(send_failure(&error)) };
                    heads.failed = Some(send_failure(&error));
                    return Ok(Sent::Part);
                }
            }
        }
        match self.stream.flush() {
            Err(error) if !is_timeout(&error) => Err(send_failure(&error)),
            _ => Ok(Sent::Whole),
        }
    }
}

/// The content if it is small enough for that.
fn small(content: &Content, most: usize) -> Option<Vec<u8>> {
    content.length().filter(|length| *length <= ONE_WRITE.min(most as u64)).and_then(|_| content.in_memory())
}

/// Fills the piece as far as the source gives something now.
fn read_piece(source: &mut dyn Read, piece: &mut [u8]) -> Result<usize, Error> {
    loop {
        match source.read(piece) {
            Ok(length) => return Ok(length),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::new(Kind::Read, format!("cannot read the content: {}", reason(&error)))),
        }
    }
}

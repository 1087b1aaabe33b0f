//! Sending one request: its head, and its content as far as the peer wants it.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Write};
use std::time::Duration;

use rustix::io::Errno;

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
/// How much of a file the system is asked to send at a time.
const PASSED: usize = 1024 * 1024;
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
        let file = content.open_file()?.filter(|_| !request.chunked);
        let source: Box<dyn Read + '_> = match &file {
            Some(file) => Box::new(file),
            None => content.open(input)?,
        };
        self.write(&head, head.len(), deadline, None, facts)?;
        if request.expects_continue() && !heads.may_go_on(self, deadline, facts)? {
            return Ok(Sent::Part);
        }
        self.limit(Some(self.patience(deadline)?.unwrap_or(STUCK).min(STUCK)))?;
        let length = content.length().filter(|_| file.is_some());
        let mut sent = match (&file, length) {
            (Some(file), Some(length)) => self.pass(file, length, deadline, heads, facts)?,
            _ => Sent::Whole,
        };
        if sent == Sent::Whole {
            let left = length.map_or(u64::MAX, |length| length - facts.upload_bytes);
            sent = self.send_content(&mut source.take(left), request, deadline, heads, facts)?;
        }
        self.limit(deadline.left()?)?;
        Ok(sent)
    }

    /// Has the system send a file from where it stands, as far as it can: the rest is read and written. Stops when the peer
    /// has refused it.
    fn pass(
        &mut self,
        file: &File,
        mut left: u64,
        deadline: Deadline,
        heads: &mut Heads,
        facts: &mut Facts,
    ) -> Result<Sent, Error> {
        while left > 0 {
            self.rest(deadline)?;
            let most = PASSED.min(self.most()).min(usize::try_from(left).unwrap_or(usize::MAX));
            let passed = match self.stream.send_file(file, most) {
                None | Some(Ok(0)) => break,
                Some(Ok(passed)) => passed,
                Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted || is_timeout(&error) => 0,
                Some(Err(error)) if is_of_file(&error) => break,
                Some(Err(error)) => {
                    heads.failed = Some(send_failure(&error));
                    return Ok(Sent::Part);
                }
            };
            left -= passed as u64;
            facts.upload_bytes += passed as u64;
            self.saw(passed)?;
            self.moved(passed);
            deadline.left()?;
            if heads.was_refused(self, deadline, facts)? {
                return Ok(Sent::Part);
            }
        }
        Ok(Sent::Whole)
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

/// Whether it is the file that the system could not send, not the connection that could not take it.
fn is_of_file(error: &io::Error) -> bool {
    let errors = [Errno::INVAL, Errno::NOSYS, Errno::IO, Errno::NOMEM, Errno::OVERFLOW, Errno::OPNOTSUPP, Errno::STALE];
    Errno::from_io_error(error).is_some_and(|error| errors.contains(&error))
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

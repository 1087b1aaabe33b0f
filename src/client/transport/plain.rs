//! A bare connection, for what is not HTTP/1.1: bytes out, bytes in, silences.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::super::error::Error;
use super::deadline::Deadline;
use super::failure::{is_timeout, receive_failure, send_failure};
use super::stream::Stream;
use super::tap::{Line, Tap};

/// An open connection without a protocol.
#[derive(Debug)]
pub struct Plain {
    stream: Stream,
    deadline: Deadline,
    /// Set when the exchange shall end, if it may be.
    stop: Option<Arc<AtomicBool>>,
    tap: Option<Tap>,
    number: u32,
}

/// What came of waiting for bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// So many bytes were appended.
    Bytes(usize),
    /// Nothing came for the time given.
    Silence,
    /// The peer has closed.
    End,
}

impl Plain {
    pub(super) fn new(stream: Stream, deadline: Deadline, stop: Option<Arc<AtomicBool>>, line: Line<'_>) -> Plain {
        Plain { stream, deadline, stop, tap: line.tap.cloned(), number: line.number }
    }

    /// Sends bytes.
    ///
    /// # Errors
    /// `Kind::Send`, `Kind::Time`.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.push(bytes, false)
    }

    /// Sends bytes, told as the head of a request, whatever they are.
    ///
    /// # Errors
    /// `Kind::Send`, `Kind::Time`.
    pub fn send_head(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.push(bytes, true)
    }

    fn push(&mut self, mut bytes: &[u8], is_head: bool) -> Result<(), Error> {
        while !bytes.is_empty() {
            self.stream.limit(self.deadline.step(self.stop.as_deref())?).map_err(|error| receive_failure(&error))?;
            match self.stream.write(bytes) {
                Ok(written) => {
                    if let Some(tap) = &self.tap {
                        tap.sent(&bytes[..written], if is_head { written } else { 0 }, Some(self.number));
                    }
                    bytes = &bytes[written..];
                }
                // The deadline is looked at before the next try.
                Err(error) if is_timeout(&error) || error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(send_failure(&error)),
            }
        }
        Ok(())
    }

    /// Tells the peer that nothing more is sent.
    pub fn finish(&mut self) {
        // It fails if the peer has closed already; then there is nothing to tell.
        let _ = self.stream.finish();
    }

    /// Waits for bytes and appends them; with `silence`, no longer than that.
    ///
    /// # Errors
    /// `Kind::Receive`, `Kind::Time`.
    pub fn receive(&mut self, bytes: &mut Vec<u8>, silence: Option<Duration>) -> Result<Received, Error> {
        let mut piece = [0; 16 * 1024];
        let until = silence.map(|silence| Instant::now() + silence);
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(Received::Silence);
            }
            let limit = [left, self.deadline.step(self.stop.as_deref())?].into_iter().flatten().min();
            self.stream.limit(limit).map_err(|error| receive_failure(&error))?;
            match self.stream.read(&mut piece) {
                Ok(0) => return Ok(Received::End),
                Ok(length) => {
                    bytes.extend_from_slice(&piece[..length]);
                    if let Some(tap) = &self.tap {
                        tap.body(&piece[..length], Some(self.number));
                    }
                    return Ok(Received::Bytes(length));
                }
                Err(error) if is_timeout(&error) || error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(receive_failure(&error)),
            }
        }
    }
}

//! HTTP/1.1 over a std socket: the request is written as it was built, the response is read as it comes.

use std::borrow::Cow;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::super::error::{Error, Kind};
use super::super::request::{Content, Request, chunk, reason};
use super::buffer::Buffer;
use super::dial::{Key, Line};
use super::exchange::Exchange;
use super::pace::Pace;
use super::stream::Stream;
use super::tap::{Seen, Tap};
use super::{Deadline, Facts, Settings};
use crate::message::{ReplyError, ReplyHead, ReplyVersion, Version, reply_head, reply_head_end};

/// The most octets of one head: curl's.
const HEAD_LIMIT: usize = 300 * 1024;
/// The most interim responses before a final one.
const INTERIM_LIMIT: usize = 64;
/// Content up to this size goes out in one write with the head.
const ONE_WRITE: u64 = 64 * 1024;
/// How much content is read and written at a time.
const PIECE: usize = 256 * 1024;
/// How long a write may be stuck before we look whether the peer has answered already.
const STUCK: Duration = Duration::from_millis(200);
/// How long content waits for `100 (Continue)` if nothing else was said: curl's.
const EXPECT_TIME: Duration = Duration::from_secs(1);

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

/// How far a request came before the peer answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    Whole,
    Part,
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
        let mut reader =
            Heads { interim: Vec::new(), last: None, searched: 0, told: 0, http09: settings.http09, failed: None };
        let sent = self.send(request, input, deadline, settings, &mut reader, facts)?;
        facts.sent = Some(deadline.started.elapsed());
        while !self.read_head(&mut reader, facts, deadline)? {
            match self.fill(deadline) {
                Ok(0) => return Err(self.ended_in_head(reader)),
                Err(error) if error.kind == Kind::Receive => return Err(reader.failed.unwrap_or(error)),
                filled => drop(filled?),
            }
        }
        let Some(head) = reader.last else { return Err(Error::new(Kind::Empty, "empty reply from server")) };
        self.turn();
        self.tell_body(self.start);
        let may_stay = sent == Sent::Whole && keeps_open(request, &head);
        Exchange::new(self, &request.method, reader.interim, head, may_stay, deadline, settings.raw)
    }

    /// The failure that an end before the final head is: what went wrong while the request was sent, if something did.
    fn ended_in_head(&self, reader: Heads) -> Error {
        match (self.start == self.end && reader.interim.is_empty(), reader.failed) {
            (_, Some(failure)) => failure,
            (true, None) => Error::new(Kind::Empty, "empty reply from server"),
            (false, None) => {
                Error::new(Kind::Receive, "the connection was closed within the header section of the response")
            }
        }
    }

    fn send(
        &mut self,
        request: &Request,
        input: &mut (dyn Read + Send),
        deadline: Deadline,
        settings: &Settings,
        reader: &mut Heads,
        facts: &mut Facts,
    ) -> Result<Sent, Error> {
        let mut head = request.head();
        facts.request_octets = head.len() as u64;
        self.limit(self.patience(deadline)?)?;
        let Some(content) = &request.content else {
            return self.write(&head, head.len(), deadline, None, facts).map(|_| Sent::Whole);
        };
        let is_one = !request.chunked && !request.expects_continue();
        if let Some(octets) = small(content, self.most()).filter(|_| is_one) {
            let head_length = head.len();
            head.extend_from_slice(&octets);
            facts.upload_octets = octets.len() as u64;
            facts.request_octets = head.len() as u64;
            return self.write(&head, head_length, deadline, None, facts).map(|_| Sent::Whole);
        }
        // Opened before anything is sent: a file that cannot be read costs no half request.
        let mut source = content.open(input)?;
        self.write(&head, head.len(), deadline, None, facts)?;
        if request.expects_continue() && !self.may_go_on(deadline, settings, reader, facts)? {
            return Ok(Sent::Part);
        }
        self.limit(Some(self.patience(deadline)?.unwrap_or(STUCK).min(STUCK)))?;
        let declared = content.length().filter(|_| !request.chunked);
        let sent = self.send_content(source.as_mut(), declared, deadline, reader, facts)?;
        self.limit(deadline.left()?)?;
        Ok(sent)
    }

    /// Writes content piece by piece, in chunks if it has no declared length, and stops when the peer has refused it.
    fn send_content(
        &mut self,
        source: &mut dyn Read,
        declared: Option<u64>,
        deadline: Deadline,
        reader: &mut Heads,
        facts: &mut Facts,
    ) -> Result<Sent, Error> {
        let mut piece = Buffer::new(PIECE.min(self.most()));
        loop {
            self.rest(deadline)?;
            let length = read_piece(source, &mut piece)?;
            let octets = match declared {
                Some(_) => Cow::Borrowed(&piece[..length]),
                None => Cow::Owned(chunk(&piece[..length])),
            };
            if self.write(&octets, 0, deadline, Some(reader), facts)? == Sent::Part {
                return Ok(Sent::Part);
            }
            facts.upload_octets += length as u64;
            self.moved(length);
            if length == 0 {
                break;
            }
            if self.was_refused(reader, facts, deadline)? {
                return Ok(Sent::Part);
            }
        }
        match declared {
            Some(declared) if declared != facts.upload_octets => Err(Error::new(
                Kind::Read,
                format!("the file has {} octets now, expected {declared}", facts.upload_octets),
            )),
            _ => Ok(Sent::Whole),
        }
    }

    /// Waits a bounded time for `100 (Continue)` or a final response (RFC 9110 10.1.1).
    fn may_go_on(
        &mut self,
        deadline: Deadline,
        settings: &Settings,
        reader: &mut Heads,
        facts: &mut Facts,
    ) -> Result<bool, Error> {
        let wait_until = Instant::now() + settings.expect_time.unwrap_or(EXPECT_TIME);
        loop {
            let left = wait_until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(true);
            }
            self.limit(Some(self.patience(deadline)?.unwrap_or(left).min(left)))?;
            match self.receive() {
                // The end is seen again when the response is read.
                Ok(0) => return Ok(false),
                Ok(_) => {}
                Err(error) if is_timeout(&error) => {
                    self.saw(0)?;
                    continue;
                }
                Err(error) => return Err(receive_failure(&error)),
            }
            let before = reader.interim.len();
            if self.read_head(reader, facts, deadline)? {
                // Content is not sent after a final response, unless that is a success that came early.
                return Ok(reader.last.as_ref().is_some_and(|head| head.status < 300));
            }
            if reader.interim[before..].iter().any(|head| head.status == 100) {
                return Ok(true);
            }
        }
    }

    /// Looks, without waiting, whether a final response has come that makes the rest of the content pointless
    /// (RFC 9112 9.5).
    fn was_refused(&mut self, reader: &mut Heads, facts: &mut Facts, deadline: Deadline) -> Result<bool, Error> {
        if reader.last.is_some() {
            return Ok(false);
        }
        self.stream.raw().set_nonblocking(true).map_err(|error| receive_failure(&error))?;
        let got = self.receive();
        self.stream.raw().set_nonblocking(false).map_err(|error| receive_failure(&error))?;
        match got {
            Ok(0) => {
                let what = "cannot send the request: the peer has closed the connection";
                reader.failed = Some(Error::new(Kind::Send, what));
                Ok(true)
            }
            Ok(_) => {
                let is_final = self.read_head(reader, facts, deadline)?;
                Ok(is_final && reader.last.as_ref().is_some_and(|head| head.status >= 300))
            }
            Err(error) if is_timeout(&error) => Ok(false),
            // What came before the failure is read first. The system tells of it once.
            Err(error) => {
                reader.failed = Some(receive_failure(&error));
                Ok(true)
            }
        }
    }

    /// Writes octets, the first `head` of which are the request's head. With a reader, it looks for an early answer
    /// whenever the peer takes nothing for a while.
    fn write(
        &mut self,
        octets: &[u8],
        head: usize,
        deadline: Deadline,
        watching: Option<&mut Heads>,
        facts: &mut Facts,
    ) -> Result<Sent, Error> {
        let mut left = octets;
        let sent = self.push(&mut left, deadline, watching, facts);
        if let Some(tap) = &self.tap {
            tap.sent(&octets[..octets.len() - left.len()], head, Some(self.number));
        }
        sent
    }

    fn push(
        &mut self,
        octets: &mut &[u8],
        deadline: Deadline,
        mut watching: Option<&mut Heads>,
        facts: &mut Facts,
    ) -> Result<Sent, Error> {
        while !octets.is_empty() {
            match self.stream.io().write(octets) {
                Ok(written) => {
                    self.saw(written)?;
                    *octets = &octets[written..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => {
                    deadline.left()?;
                    self.saw(0)?;
                    if let Some(reader) = watching.as_deref_mut()
                        && self.was_refused(reader, facts, deadline)?
                    {
                        return Ok(Sent::Part);
                    }
                }
                Err(error) => {
                    let failure = Error::new(Kind::Send, format!("cannot send the request: {}", reason(&error)));
                    // The peer has closed: perhaps it has said why.
                    let Some(reader) = watching else { return Err(failure) };
                    reader.failed = Some(failure);
                    return Ok(Sent::Part);
                }
            }
        }
        match self.stream.io().flush() {
            Err(error) if !is_timeout(&error) => {
                Err(Error::new(Kind::Send, format!("cannot send the request: {}", reason(&error))))
            }
            _ => Ok(Sent::Whole),
        }
    }

    /// Understands what is in the buffer; says whether the final head is known.
    fn read_head(&mut self, reader: &mut Heads, facts: &mut Facts, deadline: Deadline) -> Result<bool, Error> {
        while reader.last.is_none() {
            let input = &self.buffer[self.start..self.end];
            if !input.is_empty() && facts.first_octet.is_none() {
                facts.first_octet = Some(deadline.started.elapsed());
            }
            if !b"HTTP/".starts_with(&input[..input.len().min(5)]) {
                if !reader.http09 {
                    self.tell_body(self.start);
                    return Err(not_http(&ReplyError::NotHttp));
                }
                reader.last = Some(ReplyHead::nothing());
                break;
            }
            let Some(length) = reply_head_end(input, reader.searched) else {
                reader.searched = input.len();
                reader.told += self.tell_lines(&input[reader.told..]);
                if input.len() > HEAD_LIMIT {
                    return Err(Error::new(
                        Kind::Receive,
                        format!("a header section of more than {HEAD_LIMIT} octets"),
                    ));
                }
                return Ok(false);
            };
            self.tell_lines(&input[reader.told..length]);
            let head = reply_head(&input[..length]).map_err(|error| not_http(&error))?;
            self.start += length;
            (reader.searched, reader.told) = (0, 0);
            facts.head_octets += length as u64;
            if !head.is_interim() {
                reader.last = Some(head);
            } else if reader.interim.len() < INTERIM_LIMIT {
                reader.interim.push(head);
            } else {
                return Err(Error::new(Kind::Reply, format!("more than {INTERIM_LIMIT} interim responses")));
            }
        }
        Ok(true)
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
            true => format!("Connection #{number} to host {} left intact", key.host),
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

/// The heads of one response, as far as they have come.
struct Heads {
    interim: Vec<ReplyHead>,
    last: Option<ReplyHead>,
    searched: usize,
    /// How much of the next one the tap was told.
    told: usize,
    http09: bool,
    /// What went wrong while the request was sent.
    failed: Option<Error>,
}

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

/// Whether both sides leave the connection open (RFC 9112 9.3).
fn keeps_open(request: &Request, head: &ReplyHead) -> bool {
    let asked = request.field("connection").is_none_or(|field| !field.value().to_ascii_lowercase().contains("close"));
    let is_open = match head.version {
        ReplyVersion::Http1(Version::Http11) => !head.lists("connection", "close"),
        ReplyVersion::Http1(Version::Http10) => head.lists("connection", "keep-alive"),
        _ => false,
    };
    asked && is_open && head.status != 101
}

pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

fn not_http(error: &ReplyError) -> Error {
    let kind = match error {
        ReplyError::NotHttp | ReplyError::Version(_) | ReplyError::Status(_) => Kind::Protocol,
        ReplyError::TransferCoding(_) => Kind::Coding,
        ReplyError::Field(_) | ReplyError::Control | ReplyError::ContentLength(_) => Kind::Reply,
    };
    Error::new(kind, error.to_string())
}

/// The failure that a wrong framing is.
pub(super) fn misframed(error: &ReplyError) -> Error {
    not_http(error)
}

/// The failure to read from the connection.
pub(super) fn receive_failure(error: &io::Error) -> Error {
    Error::new(Kind::Receive, format!("cannot read the response: {}", reason(error)))
}

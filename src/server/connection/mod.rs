//! One connection: its socket, what it keeps while something is incomplete, and how it goes on.

mod deadlines;

use std::io::{self, ErrorKind, Read};
use std::mem;
use std::net::{Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use socket2::SockRef;

use super::budget::Share;
use super::output::{AMPLE_ROOM, Flushed, HELD, ROOM, TIGHT_ROOM};
use super::protocol::{Next, Place, Protocol, Step};
use super::recording::Captured;
use super::surroundings::{SCRATCH, Surroundings};
use super::unsent::Unsent;
use crate::capture::{Flow, Side};
use crate::message::{Bell, Response};

/// So many times a connection reads or answers before the others of its worker get their turn.
const TURNS: usize = 4;

/// What becomes of a connection after its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It waits for the next event.
    Keep,
    /// It could go on at once, but others come first.
    Turn,
    /// It is over.
    Close,
}

/// What one step of a turn achieved.
enum Progress {
    Made,
    None,
    Dead,
}

pub(super) struct Connection<C> {
    pub(super) stream: TcpStream,
    peer: SocketAddr,
    conversation: C,
    next: Next,
    /// Bytes that the conversation has not used.
    input: Vec<u8>,
    unsent: Option<Box<Unsent>>,
    /// The connection as it is captured.
    flow: Option<Box<Flow>>,
    /// The sending side is shut down; the peer may finish sending until then.
    lingers_until: Option<Instant>,
    /// The last moment at which anything happened.
    pub(super) touched: Instant,
    /// The moment for which a look at this connection is queued.
    pub(super) queued: Option<Instant>,
    pub(super) place: Place,
    is_readable: bool,
    is_writable: bool,
    /// The peer has shut down its sending side; there may be bytes before that.
    is_ending: bool,
    has_ended: bool,
    /// The bell for which it is among those that are looked at when one was rung.
    pub(super) heeds: Option<*const Bell>,
}

impl<C> Connection<C> {
    /// A connection just accepted; bytes may have come with it, so it begins with a read.
    pub(super) fn open<P: Protocol<Conversation = C>>(
        stream: TcpStream,
        peer: SocketAddr,
        place: Place,
        protocol: &P,
        around: &mut Surroundings,
    ) -> Connection<C> {
        let mut exchange = around.exchange(peer, place, false);
        let (conversation, next) = protocol.open(&mut exchange);
        let local = around.packets.as_mut().zip(stream.local_addr().ok());
        let flow = local.map(|(packets, local)| packets.open(peer, local));
        Connection {
            stream,
            peer,
            conversation,
            next,
            input: Vec::new(),
            unsent: None,
            flow,
            lingers_until: None,
            touched: around.now,
            queued: None,
            place,
            is_readable: true,
            is_writable: true,
            is_ending: false,
            has_ended: false,
            heeds: None,
        }
    }

    /// Takes note of what the system says about the socket.
    #[inline]
    pub(super) fn note(&mut self, event: &mio::event::Event) {
        let is_over = event.is_error() || (event.is_read_closed() && event.is_write_closed());
        self.is_readable |= event.is_readable() || is_over;
        self.is_writable |= event.is_writable() || is_over;
        self.is_ending |= event.is_read_closed();
    }

    /// A last look at the socket, as when the server ends and a request may just have come.
    pub(super) fn look_again(&mut self) {
        self.is_readable = true;
    }

    /// Reads, answers and writes until nothing more can be done now.
    pub(super) fn drive<P: Protocol<Conversation = C>>(&mut self, protocol: &P, around: &mut Surroundings) -> Fate {
        self.touched = around.now;
        let held = self.held();
        around.held -= held;
        if let Some(unsent) = &mut self.unsent {
            if unsent.output.waits_until().is_some() {
                unsent.begin_anew(around.now);
            }
            mem::swap(&mut around.output, &mut unsent.output);
        }
        around.output.set_room(match around.budget.is_pressed() {
            true => TIGHT_ROOM,
            false if around.held < HELD => AMPLE_ROOM,
            false => ROOM,
        });
        let fate = self.turns(protocol, around);
        if fate == Fate::Close {
            around.give_up(self.place.number);
        }
        if around.output.is_empty() {
            self.unsent = None;
            around.budget.count_unsent(held, 0);
            return fate;
        }
        let unsent = self.unsent.get_or_insert_with(|| Box::new(Unsent::new(around.now)));
        unsent.output = mem::take(&mut around.output);
        unsent.held = unsent.output.len();
        around.held += unsent.held;
        around.budget.count_unsent(held, unsent.held);
        fate
    }

    /// It is over; what it has not sent stays unsent.
    pub(super) fn end(&mut self, around: &mut Surroundings) {
        if let Some((flow, packets)) = self.flow.as_mut().zip(around.packets.as_mut()) {
            match self.unsent {
                _ if self.next == Next::Reset => packets.reset(flow, Side::Server),
                Some(_) => packets.reset(flow, Side::Server),
                None => packets.finish(flow, Side::Server),
            }
        }
        around.held -= self.held();
        around.budget.count_unsent(self.held(), 0);
        if let Some(unsent) = &mut self.unsent {
            mem::swap(&mut around.output, &mut unsent.output);
            around.give_up(self.place.number);
        }
    }

    /// What it has been counted for among the bytes held.
    #[inline]
    pub(super) fn held(&self) -> usize {
        self.unsent.as_ref().map_or(0, |unsent| unsent.held)
    }

    fn turns<P: Protocol<Conversation = C>>(&mut self, protocol: &P, around: &mut Surroundings) -> Fate {
        for _ in 0..TURNS {
            match self.converse(protocol, around) {
                Progress::Made if !around.output.is_full() => continue,
                Progress::Dead => return Fate::Close,
                Progress::Made | Progress::None => {}
            }
            match self.flush(around) {
                Err(_) => return Fate::Close,
                Ok(Flushed::Turn) => return Fate::Turn,
                // Nobody is there any more for what comes later, or nobody who sends it.
                Ok(Flushed::Waiting) if self.waits_in_vain(around) && around.output.wait_no_longer() => {}
                Ok(Flushed::Blocked | Flushed::Waiting) => return Fate::Keep,
                Ok(Flushed::Whole) if self.is_close_due(around) => return Fate::Close,
                Ok(Flushed::Whole) if self.pauses_in_vain(protocol, around) => self.resume_now(protocol, around),
                Ok(Flushed::Whole) if !self.can_go_on(around) => return Fate::Keep,
                Ok(Flushed::Whole) => {}
            }
        }
        if self.flush(around).is_err() { Fate::Close } else { Fate::Turn }
    }

    /// A peer that has ended its side is there for an answer that has an end, and not for one that goes on.
    fn waits_in_vain(&self, around: &Surroundings) -> bool {
        around.is_stopping || (self.is_ending && around.output.bell().is_some())
    }

    /// One read, or one more look at what was read.
    #[inline]
    fn converse<P: Protocol<Conversation = C>>(&mut self, protocol: &P, around: &mut Surroundings) -> Progress {
        if around.output.is_full() || !self.can_go_on(around) {
            return Progress::None;
        }
        if self.lingers_until.is_some() {
            return self.discard(around);
        }
        if self.next == Next::Again {
            return self.advance_with_input(protocol, around);
        }
        let mut scratch = mem::take(&mut around.scratch);
        let read = self.read(&mut scratch);
        if self.flow.is_some() {
            let request = protocol.next_request(&self.conversation).filter(|_| self.input.is_empty());
            self.capture_read(&read, &scratch, request, around);
        }
        let is_filled = read.as_ref().is_ok_and(|length| *length == Some(scratch.len()));
        let progress = match read {
            Ok(None) => Progress::None,
            Ok(Some(0)) => {
                self.has_ended = true;
                self.advance_with_input(protocol, around)
            }
            Ok(Some(length)) if self.input.is_empty() => {
                let bytes = &scratch[..length];
                let step = self.advance(bytes, protocol, around);
                self.go_on(step, length);
                if self.wants_input() {
                    self.input.extend_from_slice(&bytes[step.used..]);
                }
                Progress::Made
            }
            Ok(Some(length)) => {
                self.input.extend_from_slice(&scratch[..length]);
                self.advance_with_input(protocol, around)
            }
            Err(_) => Progress::Dead,
        };
        if is_filled && scratch.len() < SCRATCH.end {
            scratch.resize(scratch.len() * 2, 0);
        }
        around.scratch = scratch;
        progress
    }

    fn advance_with_input<P: Protocol<Conversation = C>>(
        &mut self,
        protocol: &P,
        around: &mut Surroundings,
    ) -> Progress {
        let input = mem::take(&mut self.input);
        let step = self.advance(&input, protocol, around);
        self.apply(step, input);
        Progress::Made
    }

    #[inline]
    fn advance<P: Protocol<Conversation = C>>(
        &mut self,
        input: &[u8],
        protocol: &P,
        around: &mut Surroundings,
    ) -> Step {
        let mut exchange = around.exchange(self.peer, self.place, self.has_ended);
        protocol.advance(&mut self.conversation, input, &mut exchange)
    }

    /// Takes over how it goes on, and keeps what was not used.
    fn apply(&mut self, step: Step, mut input: Vec<u8>) {
        self.go_on(step, input.len());
        if self.wants_input() && step.used < input.len() {
            input.drain(..step.used);
            self.input = input;
        }
    }

    #[inline]
    fn go_on(&mut self, step: Step, length: usize) {
        self.next = match step.next {
            // Nothing more will come.
            Next::Read(_) if self.has_ended => Next::Close,
            // More came than is looked at, and more may follow: a plain close would reset the answer away.
            Next::Close if !self.has_ended && (step.used < length || self.is_readable) => Next::Linger,
            next => next,
        };
    }

    #[inline]
    fn wants_input(&self) -> bool {
        matches!(self.next, Next::Read(_) | Next::Wait | Next::Pause(_) | Next::Again)
    }

    /// Whether there is something to read or to look at again.
    #[inline]
    fn can_go_on(&self, around: &Surroundings) -> bool {
        let is_lingering = self.lingers_until.is_some();
        match self.next {
            Next::Again => true,
            Next::Read(_) => self.is_readable && !around.output.is_full(),
            Next::Linger => is_lingering && self.is_readable,
            Next::Wait | Next::Pause(_) | Next::Close | Next::Reset | Next::Hold(_) => false,
        }
    }

    /// `None`: there is nothing now. A short read means that the socket is drained, which saves asking once more,
    /// unless the end of the stream was announced with it.
    #[inline]
    fn read(&mut self, scratch: &mut [u8]) -> io::Result<Option<usize>> {
        loop {
            match self.stream.read(scratch) {
                Ok(length) => {
                    self.is_readable = length == scratch.len() || (length > 0 && self.is_ending);
                    return Ok(Some(length));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.is_readable = false;
                    return Ok(None);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads what nobody looks at any more.
    fn discard(&mut self, around: &mut Surroundings) -> Progress {
        let mut scratch = mem::take(&mut around.scratch);
        let read = self.read(&mut scratch);
        if self.flow.is_some() {
            self.capture_read(&read, &scratch, None, around);
        }
        let progress = match read {
            Ok(None) => Progress::None,
            Ok(Some(0)) | Err(_) => Progress::Dead,
            Ok(Some(_)) => Progress::Made,
        };
        around.scratch = scratch;
        progress
    }

    #[inline]
    fn flush(&mut self, around: &mut Surroundings) -> io::Result<Flushed> {
        if around.output.is_empty() {
            return Ok(Flushed::Whole);
        }
        if !self.is_writable {
            return Ok(Flushed::Blocked);
        }
        let before = around.output.total();
        let flushed = match self.flow.as_mut().zip(around.packets.as_mut()) {
            None => around.output.flush(&mut self.stream)?,
            Some((flow, packets)) => {
                let mut captured = Captured { stream: &mut self.stream, packets, flow };
                let flushed = around.output.flush(&mut captured);
                flushed.inspect_err(|_| packets.reset(flow, Side::Client))?
            }
        };
        if let Some((line, sent)) = around.output.line() {
            line.write(sent, &mut around.log, &around.clock);
        }
        self.is_writable = flushed != Flushed::Blocked;
        if let Some(unsent) = &mut self.unsent {
            let sent = around.output.total() - before;
            unsent.count(sent, around.now, &around.limits, around.budget.is_pressed());
            if flushed == Flushed::Whole {
                self.unsent = None;
            }
        }
        Ok(flushed)
    }

    /// What was read, and which request it begins, if any.
    fn capture_read(
        &mut self,
        read: &io::Result<Option<usize>>,
        scratch: &[u8],
        request: Option<u32>,
        around: &mut Surroundings,
    ) {
        let Some((flow, packets)) = self.flow.as_mut().zip(around.packets.as_mut()) else { return };
        match read {
            Ok(None) => {}
            Ok(Some(0)) => packets.finish(flow, Side::Client),
            Ok(Some(length)) => {
                let comment = request.map(|request| format!("request {request} of connection {}", self.place.number));
                packets.carry(flow, Side::Client, &scratch[..*length], comment.as_deref());
            }
            Err(_) => packets.reset(flow, Side::Client),
        }
    }

    /// Everything is sent: whether that was the end. A staged close begins here.
    fn is_close_due(&mut self, around: &mut Surroundings) -> bool {
        match self.next {
            Next::Reset => {
                // Where that cannot be set, it is closed like any other.
                let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
                true
            }
            // A peer that has shut down its sending side is taken for gone.
            Next::Hold(_) => self.is_ending || around.is_stopping,
            // What came while the answer was sent is not read: a plain close would reset the answer away.
            Next::Close if !self.is_readable || self.has_ended => true,
            Next::Close | Next::Linger if self.lingers_until.is_none() => {
                self.next = Next::Linger;
                self.lingers_until = Some(around.now + around.limits.linger_time);
                // The peer may be gone already; then the next read says so.
                let _ = self.stream.shutdown(Shutdown::Write);
                if let Some((flow, packets)) = self.flow.as_mut().zip(around.packets.as_mut()) {
                    packets.finish(flow, Side::Server);
                }
                self.is_readable = true;
                self.has_ended
            }
            _ => false,
        }
    }

    /// The answer that the conversation waited for.
    pub(super) fn answer<P: Protocol<Conversation = C>>(
        &mut self,
        (response, share): (Response, Option<Share>),
        protocol: &P,
        around: &mut Surroundings,
    ) -> Fate {
        if self.next == Next::Wait {
            self.with_output(around, |connection, around| {
                around.output.hold(share);
                let mut exchange = around.exchange(connection.peer, connection.place, connection.has_ended);
                let next = protocol.answer(&mut connection.conversation, response, &mut exchange);
                connection.go_on(Step { used: 0, next }, connection.input.len());
            });
        }
        self.drive(protocol, around)
    }

    /// Lets output be appended behind what is unsent.
    fn with_output(&mut self, around: &mut Surroundings, write: impl FnOnce(&mut Self, &mut Surroundings)) {
        let mut unsent = self.unsent.take();
        if let Some(unsent) = &mut unsent {
            mem::swap(&mut around.output, &mut unsent.output);
        }
        write(self, around);
        if let Some(unsent) = &mut unsent {
            mem::swap(&mut around.output, &mut unsent.output);
        }
        self.unsent = unsent;
    }
}

//! A worker: one thread, one readiness queue, and the connections that are its own.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token, Waker};

use super::alarm::Alarm;
use super::connection::{Connection, Fate};
use super::handle::Shared;
use super::mailbox::{Mailbox, Message};
use super::protocol::{Place, Protocol};
use super::surroundings::Surroundings;
use super::timers::Timers;
use crate::message::Listener;

/// The readiness queue's token of the mailbox; those below the alarm's are connections.
const MAILBOX: Token = Token(usize::MAX);

/// That of the alarm.
const ALARM: Token = Token(usize::MAX - 1);

/// So many events are taken at once.
const EVENTS: usize = 256;

/// So many of those that a bell has woken are looked at before the others have their turn.
const WOKEN: usize = 64;

/// An idle connection is given up for a new one only after this time, so that a client which has just connected gets
/// to say something.
const SHED_AFTER: Duration = Duration::from_secs(1);

pub(super) struct Worker<P: Protocol> {
    poll: Poll,
    protocol: Arc<P>,
    shared: Arc<Shared>,
    around: Surroundings,
    slots: Vec<Seat<P::Conversation>>,
    free: Vec<u32>,
    timers: Timers,
    alarm: Alarm,
    /// Connections that could go on at once.
    ready: Vec<(u32, u32)>,
    /// Connections that wait for a bell, and those of them that are to be looked at because one was rung.
    heeding: Vec<(u32, u32)>,
    woken: VecDeque<(u32, u32)>,
    held: usize,
    stops_at: Option<Instant>,
    /// The last look for slow readers.
    looked_at: Instant,
    /// What bells tell.
    listener: Weak<dyn Listener>,
}

/// While memory is short, slow readers are looked for this often.
const LOOK: Duration = Duration::from_secs(1);

/// A place for a connection. The generation tells a late answer that its connection is gone.
struct Seat<C> {
    generation: u32,
    connection: Option<Connection<C>>,
}

/// The readiness queue of a worker, the alarm in it, and the mailbox that wakes it.
///
/// # Errors
/// The system has no descriptors to give.
pub(super) fn queue() -> io::Result<(Poll, Alarm, Arc<Mailbox>)> {
    let poll = Poll::new()?;
    let alarm = Alarm::new(poll.registry(), ALARM)?;
    let waker = Waker::new(poll.registry(), MAILBOX)?;
    Ok((poll, alarm, Arc::new(Mailbox::new(waker))))
}

impl<P: Protocol> Worker<P> {
    /// A worker over what [`queue`] has made.
    pub(super) fn new(
        (poll, alarm): (Poll, Alarm),
        protocol: Arc<P>,
        shared: Arc<Shared>,
        around: Surroundings,
    ) -> Worker<P> {
        let mailbox: Weak<Mailbox> = Arc::downgrade(&around.mailbox);
        let listener: Weak<dyn Listener> = mailbox;
        Worker {
            poll,
            protocol,
            shared,
            around,
            slots: Vec::new(),
            free: Vec::new(),
            timers: Timers::default(),
            alarm,
            ready: Vec::new(),
            heeding: Vec::new(),
            woken: VecDeque::new(),
            held: 0,
            stops_at: None,
            looked_at: Instant::now(),
            listener,
        }
    }

    /// Serves until the server ends and nothing is in flight, or the time for that is over.
    ///
    /// # Errors
    /// The readiness queue fails.
    pub(super) fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS);
        while !self.is_done() {
            let patience = self.patience();
            if let Err(error) = self.poll.poll(&mut events, patience)
                && error.kind() != ErrorKind::Interrupted
            {
                return Err(error);
            }
            self.around.now = Instant::now();
            self.around.clock.refresh();
            self.batch(&events);
            self.around.hand_over();
        }
        // What is under way ends in the middle.
        self.slots.iter_mut().filter_map(|seat| seat.connection.as_mut()).for_each(|one| one.end(&mut self.around));
        self.around.hand_over();
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.stops_at.is_some_and(|at| self.held == 0 || at <= self.around.now)
    }

    fn patience(&mut self) -> Option<Duration> {
        if !self.ready.is_empty() || !self.woken.is_empty() {
            return Some(Duration::ZERO);
        }
        let looks_at = self.around.budget.is_pressed().then(|| self.looked_at + LOOK);
        self.alarm.patience([self.timers.next(), self.stops_at, looks_at].into_iter().flatten().min())
    }

    fn batch(&mut self, events: &Events) {
        if !events.is_empty() || !self.ready.is_empty() {
            self.protocol.before_batch();
        }
        let ready = std::mem::take(&mut self.ready);
        let mut has_mail = false;
        for event in events {
            match event.token() {
                MAILBOX => has_mail = true,
                ALARM => self.alarm.rang(),
                Token(slot) => self.ready_event(slot, event),
            }
        }
        for (slot, generation) in ready {
            self.with(slot, generation, |connection, protocol, around| connection.drive(protocol, around));
        }
        if has_mail {
            self.read_mail();
        }
        self.look_at_woken();
        self.expire();
    }

    fn ready_event(&mut self, slot: usize, event: &mio::event::Event) {
        let Some(Seat { generation, connection: Some(connection) }) = self.slots.get_mut(slot) else { return };
        connection.note(event);
        let (slot, generation) = (connection.place.slot, *generation);
        self.with(slot, generation, |connection, protocol, around| connection.drive(protocol, around));
    }

    /// Lets a connection do something, and deals with what becomes of it. Nothing if it is gone.
    fn with(
        &mut self,
        slot: u32,
        generation: u32,
        act: impl FnOnce(&mut Connection<P::Conversation>, &P, &mut Surroundings) -> Fate,
    ) {
        let Some(place) = self.slots.get_mut(slot as usize) else { return };
        let Some(connection) = place.connection.as_mut().filter(|_| place.generation == generation) else { return };
        let mut fate = act(connection, &self.protocol, &mut self.around);
        if self.stops_at.is_some() && fate == Fate::Keep && connection.idle_since(&*self.protocol).is_some() {
            fate = Fate::Close;
        }
        match fate {
            Fate::Close => return self.close(slot),
            Fate::Turn => self.ready.push((slot, generation)),
            Fate::Keep => {}
        }
        if let Some(bell) = connection.bell(&*self.protocol)
            && connection.heeds != Some(Arc::as_ptr(bell))
        {
            bell.attach(self.listener.clone());
            if connection.heeds.replace(Arc::as_ptr(bell)).is_none() {
                self.heeding.push((slot, generation));
            }
            // It may have been rung just before.
            self.woken.push_back((slot, generation));
        }
        if let Some(deadline) = connection.deadline(&self.around)
            && connection.queued.is_none_or(|queued| deadline < queued)
        {
            connection.queued = Some(deadline);
            self.timers.push(deadline, slot, generation);
        }
    }

    fn close(&mut self, slot: u32) {
        let place = &mut self.slots[slot as usize];
        // Closing the socket takes it off the readiness queue as well.
        if let Some(mut connection) = place.connection.take() {
            connection.end(&mut self.around);
            place.generation = place.generation.wrapping_add(1);
            self.free.push(slot);
            self.held -= 1;
            self.shared.closed();
        }
    }

    fn read_mail(&mut self) {
        let mut messages = self.around.mailbox.take(Vec::new());
        for message in messages.drain(..) {
            match message {
                Message::Adopt(stream, peer, number) => self.adopt(stream, peer, number),
                Message::Answer { slot, generation, response, share } => {
                    self.with(slot, generation, |connection, protocol, around| {
                        connection.answer((response, share), protocol, around)
                    });
                }
                Message::Shed(count) => self.shed(count),
                Message::Rung => self.wake(),
                Message::Stop => self.stop(),
            }
        }
    }

    /// A bell was rung: all that wait for one are looked at, which is little work where it was none of theirs.
    fn wake(&mut self) {
        self.around.mailbox.looks();
        let (slots, protocol) = (&mut self.slots, &*self.protocol);
        self.heeding.retain(|(slot, generation)| {
            let seat = &mut slots[*slot as usize];
            let Some(connection) = seat.connection.as_mut().filter(|_| seat.generation == *generation) else {
                return false;
            };
            if connection.bell(protocol).is_none() {
                connection.heeds = None;
            }
            connection.heeds.is_some()
        });
        self.woken = self.heeding.iter().copied().collect();
    }

    /// Some of those at a time, so that the others have their turn in between.
    fn look_at_woken(&mut self) {
        for _ in 0..WOKEN {
            let Some((slot, generation)) = self.woken.pop_front() else { return };
            self.with(slot, generation, |connection, protocol, around| connection.awake(protocol, around));
        }
    }

    /// Serves what a new connection has already sent, and only then asks for events: many are over by then.
    fn adopt(&mut self, stream: TcpStream, peer: std::net::SocketAddr, number: u64) {
        if !cfg!(target_os = "linux") {
            // Linux hands the listener's setting on. Without it answers are only later, not wrong.
            let _ = stream.set_nodelay(true);
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Seat { generation: 0, connection: None });
            (self.slots.len() - 1) as u32
        });
        let place = &mut self.slots[slot as usize];
        let generation = place.generation;
        let found = Place { slot, generation, number };
        let connection = Connection::open(stream, peer, found, &*self.protocol, &mut self.around);
        place.connection = Some(connection);
        self.held += 1;
        self.with(slot, generation, |connection, protocol, around| connection.drive(protocol, around));
        let Some(connection) = self.slots[slot as usize].connection.as_mut() else { return };
        let interest = Interest::READABLE | Interest::WRITABLE;
        if self.poll.registry().register(&mut connection.stream, Token(slot as usize), interest).is_err() {
            self.close(slot);
        }
    }

    fn expire(&mut self) {
        if self.around.budget.is_pressed() && self.looked_at + LOOK <= self.around.now {
            self.looked_at = self.around.now;
            self.drop_slow_readers();
        }
        while let Some((at, slot, generation)) = self.timers.pop_due(self.around.now) {
            let place = &mut self.slots[slot as usize];
            let Some(connection) = place.connection.as_mut().filter(|_| place.generation == generation) else {
                continue;
            };
            // An entry that an earlier one has replaced.
            if connection.queued != Some(at) {
                continue;
            }
            connection.queued = None;
            self.with(slot, generation, |connection, protocol, around| connection.expire(protocol, around));
        }
    }

    /// Answers that are read slowly hold memory that is short now.
    fn drop_slow_readers(&mut self) {
        let connections = self.slots.iter().filter_map(|place| place.connection.as_ref());
        let slow = connections.filter(|connection| connection.is_write_overdue(&self.around));
        let slow: Vec<u32> = slow.map(|connection| connection.place.slot).collect();
        slow.into_iter().for_each(|slot| self.close(slot));
    }

    /// Gives up the heads that have been on their way longest, then the idlest connections, since new ones wait for a
    /// place. Late answers to those who have most likely gone are late no longer.
    fn shed(&mut self, count: usize) {
        let (now, protocol) = (self.around.now, &*self.protocol);
        let candidate = |connection: &Connection<P::Conversation>| {
            let unfinished = connection.unfinished_since(protocol).map(|since| (false, since));
            let (is_idle, since) = unfinished.or_else(|| connection.idle_since(protocol).map(|since| (true, since)))?;
            (since + SHED_AFTER <= now).then_some((is_idle, since, connection.place.slot))
        };
        let connections = self.slots.iter().filter_map(|place| place.connection.as_ref());
        let gone = connections.clone().filter(|connection| connection.is_paused_for_nobody());
        let gone: Vec<Place> = gone.map(|connection| connection.place).take(count).collect();
        let mut idle: Vec<(bool, Instant, u32)> = connections.filter_map(candidate).collect();
        if count < idle.len() {
            idle.select_nth_unstable(count);
            idle.truncate(count);
        }
        idle.into_iter().for_each(|(.., slot)| self.close(slot));
        for Place { slot, generation, .. } in gone {
            self.with(slot, generation, |connection, protocol, around| connection.hurry(protocol, around));
        }
    }

    /// Closes what is idle, after a last look whether a request has just come; finishes the rest.
    fn stop(&mut self) {
        self.stops_at = Some(self.around.now + self.around.limits.stop_time);
        self.around.is_stopping = true;
        for slot in 0..self.slots.len() {
            let Seat { generation, connection: Some(connection) } = &mut self.slots[slot] else { continue };
            connection.look_again();
            let generation = *generation;
            self.with(slot as u32, generation, |connection, protocol, around| connection.awake(protocol, around));
        }
    }
}

impl<P: Protocol> Drop for Worker<P> {
    /// The connections that are left are no longer held, whether the worker ended in time or failed.
    fn drop(&mut self) {
        if self.held > 0 {
            self.shared.timed_out.store(true, Ordering::SeqCst);
        }
        self.shared.connections.fetch_sub(self.held, Ordering::SeqCst);
        self.shared.workers.fetch_sub(1, Ordering::SeqCst);
        self.shared.wake();
    }
}

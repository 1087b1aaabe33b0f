//! What has its time on a connection: reading, writing, closing.

use std::mem;
use std::sync::Arc;
use std::time::Instant;

use super::super::protocol::{Next, Protocol, Step};
use super::super::surroundings::Surroundings;
use super::{Connection, Fate};
use crate::message::Bell;

impl<C> Connection<C> {
    /// Looks at the deadlines.
    pub(in super::super) fn expire<P: Protocol<Conversation = C>>(
        &mut self,
        protocol: &P,
        around: &mut Surroundings,
    ) -> Fate {
        if self.lingers_until.is_some_and(|until| until <= around.now) || self.is_write_overdue(around) {
            return Fate::Close;
        }
        match self.next {
            Next::Read(until) if until <= around.now => self.with_output(around, |connection, around| {
                let input = mem::take(&mut connection.input);
                let mut exchange = around.exchange(connection.peer, connection.place, connection.has_ended);
                let step = protocol.expire(&mut connection.conversation, &input, &mut exchange);
                connection.apply(step, input);
            }),
            Next::Pause(until) if until <= around.now => self.resume(protocol, around),
            Next::Hold(until) if until <= around.now => return Fate::Close,
            _ if self.waits_until().is_some_and(|until| until <= around.now) => {}
            _ => return Fate::Keep,
        }
        self.drive(protocol, around)
    }

    fn resume<P: Protocol<Conversation = C>>(&mut self, protocol: &P, around: &mut Surroundings) {
        self.with_output(around, |connection, around| connection.resume_now(protocol, around));
    }

    /// The same where output can be appended.
    pub(super) fn resume_now<P: Protocol<Conversation = C>>(&mut self, protocol: &P, around: &mut Surroundings) {
        let mut exchange = around.exchange(self.peer, self.place, self.has_ended || self.is_ending);
        let next = protocol.resume(&mut self.conversation, &mut exchange);
        self.go_on(Step { used: 0, next }, self.input.len());
    }

    /// Whether something is due later for a peer that has ended its side.
    pub(in super::super) fn is_paused_for_nobody(&self) -> bool {
        self.is_ending && matches!(self.next, Next::Pause(_))
    }

    /// What is due later is due now.
    pub(in super::super) fn hurry<P: Protocol<Conversation = C>>(
        &mut self,
        protocol: &P,
        around: &mut Surroundings,
    ) -> Fate {
        self.resume(protocol, around);
        self.drive(protocol, around)
    }

    /// A peer that has ended its side, or is gone, is there for an answer, and not for what would be another one later. When the
    /// server ends, there is no later.
    pub(super) fn pauses_in_vain<P: Protocol<Conversation = C>>(&self, protocol: &P, around: &Surroundings) -> bool {
        let is_paused = matches!(self.next, Next::Pause(_));
        is_paused && (around.is_stopping || (self.is_ending && self.bell(protocol).is_some()))
    }

    /// A bell was rung, or is never rung again.
    pub(in super::super) fn awake<P: Protocol<Conversation = C>>(
        &mut self,
        protocol: &P,
        around: &mut Surroundings,
    ) -> Fate {
        if matches!(self.next, Next::Pause(_)) && self.bell(protocol).is_some() {
            self.resume(protocol, around);
        }
        self.drive(protocol, around)
    }

    pub(in super::super) fn is_write_overdue(&self, around: &Surroundings) -> bool {
        self.unsent
            .as_ref()
            .filter(|unsent| unsent.output.waits_until().is_none())
            .is_some_and(|unsent| unsent.deadline(&around.limits, around.budget.is_pressed()) <= around.now)
    }

    /// Until when there is nothing more to send unless a bell is rung.
    #[inline]
    pub(in super::super) fn waits_until(&self) -> Option<Instant> {
        self.unsent.as_ref()?.output.waits_until()
    }

    /// The bell that it waits for.
    pub(in super::super) fn bell<P: Protocol<Conversation = C>>(&self, protocol: &P) -> Option<&Arc<Bell>> {
        match self.next {
            Next::Pause(_) => protocol.bell(&self.conversation),
            _ => self.unsent.as_ref()?.output.bell(),
        }
    }

    /// The next moment at which [`Connection::expire`] has something to do.
    pub(in super::super) fn deadline(&self, around: &Surroundings) -> Option<Instant> {
        let read = match self.next {
            Next::Read(until) | Next::Pause(until) | Next::Hold(until) => Some(until),
            _ => None,
        };
        let write = self.unsent.as_ref().map(|unsent| unsent.deadline(&around.limits, around.budget.is_pressed()));
        [read, write, self.lingers_until].into_iter().flatten().min()
    }

    /// Whether it may be closed without loss, and since when.
    pub(in super::super) fn idle_since<P: Protocol<Conversation = C>>(&self, protocol: &P) -> Option<Instant> {
        let is_idle = matches!(self.next, Next::Read(_)) && self.unsent.is_none();
        (is_idle && protocol.is_idle(&self.conversation)).then_some(self.touched)
    }

    /// Whether it has sent a part of a head, and since when.
    pub(in super::super) fn unfinished_since<P: Protocol<Conversation = C>>(&self, protocol: &P) -> Option<Instant> {
        let is_waiting = matches!(self.next, Next::Read(_)) && self.unsent.is_none();
        protocol.unfinished_since(&self.conversation).filter(|_| is_waiting)
    }
}

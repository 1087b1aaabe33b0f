//! What is spoken on a connection, apart from sockets, buffers and timers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use super::answers::Answers;
use super::budget::{Budget, SMALL, Share, within_memory};
use super::clock::Clock;
use super::journal::Recorder;
use super::log::Lines;
use super::mailbox::{Mailbox, Message};
use super::pool::Pool;
use super::{Completion, LogEntry, Output, Reply};
use crate::message::{Bell, Response};

/// A protocol: it turns the bytes that a peer sends into the bytes that it gets. One value serves all connections;
/// what belongs to one connection is its `Conversation`.
///
/// Every method returns soon; what takes long is handed to [`Exchange::run`] or answered through an
/// [`Exchange::completion`].
pub trait Protocol: Send + Sync + 'static {
    /// The state of one connection.
    type Conversation;

    /// A new connection. A greeting is written to the output; the deadline is for the first bytes.
    fn open(&self, exchange: &mut Exchange<'_>) -> (Self::Conversation, Next);

    /// Bytes have arrived, or ended ([`Exchange::has_ended`]). `input` begins with what earlier calls did not use.
    fn advance(&self, conversation: &mut Self::Conversation, input: &[u8], exchange: &mut Exchange<'_>) -> Step;

    /// The response that the conversation waited for ([`Next::Wait`]) is there.
    fn answer(&self, conversation: &mut Self::Conversation, response: Response, exchange: &mut Exchange<'_>) -> Next;

    /// The moment of [`Next::Pause`] has come.
    fn resume(&self, conversation: &mut Self::Conversation, exchange: &mut Exchange<'_>) -> Next {
        let _ = (conversation, exchange);
        Next::Again
    }

    /// The bell for which [`Protocol::resume`] is asked before the moment of [`Next::Pause`] has come.
    fn bell<'c>(&self, conversation: &'c Self::Conversation) -> Option<&'c Arc<Bell>> {
        let _ = conversation;
        None
    }

    /// The deadline of [`Next::Read`] has passed; `input` is what was not used.
    fn expire(&self, conversation: &mut Self::Conversation, input: &[u8], exchange: &mut Exchange<'_>) -> Step;

    /// Whether nothing is under way, so that the connection can be given up without loss.
    fn is_idle(&self, conversation: &Self::Conversation) -> bool;

    /// Which request of its connection it is, counted from 1, that bytes would begin which come now; `None`: none, or that is
    /// not known.
    fn next_request(&self, conversation: &Self::Conversation) -> Option<u32> {
        let _ = conversation;
        None
    }

    /// Since when a head is on its way of which nothing is known yet: who sends such holds a place that others wait for.
    fn unfinished_since(&self, conversation: &Self::Conversation) -> Option<Instant> {
        let _ = conversation;
        None
    }

    /// Called once before each batch of events.
    fn before_batch(&self) {}
}

/// What a conversation made of its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// So many bytes of the input were used; the others come again.
    pub used: usize,
    /// What is to happen.
    pub next: Next,
}

/// How a connection goes on. Output is sent in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Read more; [`Protocol::expire`] if nothing settles it before that moment.
    Read(Instant),
    /// Wait for the [`Completion`] that was handed out.
    Wait,
    /// Do nothing until that moment, then [`Protocol::resume`].
    Pause(Instant),
    /// Call [`Protocol::advance`] again with the unused input as soon as the output has room.
    Again,
    /// Close when the output is sent.
    Close,
    /// Close in steps when the output is sent: stop sending, read on for a short bounded time, then close, so that a
    /// peer which is still sending can read the answer (RFC 9112 9.6).
    Linger,
    /// Reset the connection when the output is sent.
    Reset,
    /// Do nothing when the output is sent, until that moment or until the peer or the server ends; then close.
    Hold(Instant),
}

/// The surroundings of one call: where output goes, what time it is, who the peer is.
pub struct Exchange<'a> {
    /// Where answers are written.
    pub output: &'a mut Output,
    /// The moment of this batch of events.
    pub now: Instant,
    /// The peer's address.
    pub peer: SocketAddr,
    /// The peer sends nothing more.
    pub has_ended: bool,
    /// The server ends: answer what is there and close.
    pub is_stopping: bool,
    pub(super) answers: &'a mut Answers,
    pub(super) clock: &'a Clock,
    pub(super) log: &'a mut Lines,
    pub(super) pool: &'a Pool,
    pub(super) mailbox: &'a Arc<Mailbox>,
    pub(super) budget: &'a Arc<Budget>,
    pub(super) recorder: &'a mut Option<Recorder>,
    pub(super) place: Place,
}

/// Where a connection is found again, and its number among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) slot: u32,
    pub(super) generation: u32,
    pub(super) number: u64,
}

impl Exchange<'_> {
    /// The time as IMF-fixdate.
    pub fn date(&self) -> &[u8] {
        self.clock.date.as_bytes()
    }

    /// Whether there is a log to write to; without one, nothing needs to be kept for it.
    #[inline]
    pub fn has_log(&self) -> bool {
        self.log.is_on()
    }

    /// Writes a line about an answered request.
    pub fn log(&mut self, entry: &LogEntry<'_>) {
        self.log.push(entry, self.peer.ip(), self.clock);
    }

    /// The right to answer later; return [`Next::Wait`] after handing it out. One at a time.
    pub fn completion(&self) -> Completion {
        let (mailbox, Place { slot, generation, .. }) = (Arc::clone(self.mailbox), self.place);
        let budget = Arc::clone(self.budget);
        Completion::new(move |response| {
            let made = response.content.made();
            let share = (made > SMALL).then(|| Share::held_already(&budget, made));
            mailbox.send([Message::Answer { slot, generation, response, share }]);
        })
    }

    /// Finds out off the workers how to answer, and does so; return [`Next::Wait`].
    pub(super) fn complete(&self, reply: Reply) {
        let completion = self.completion();
        self.pool.run(move || reply.complete(completion));
    }

    /// Runs work of more than about a millisecond off the workers, and answers with what it returns; return
    /// [`Next::Wait`].
    pub fn run(&self, job: Box<dyn FnOnce() -> Response + Send>) {
        let completion = self.completion();
        self.pool.run(move || completion.finish(job()));
    }

    /// The same for work on data of so many bytes; refused (503) if there is no memory for it.
    pub fn run_over(&self, kept: usize, job: Box<dyn FnOnce() -> Response + Send>) {
        let budget = Arc::clone(self.budget);
        self.run(Box::new(move || within_memory(&budget, kept, job)));
    }
}

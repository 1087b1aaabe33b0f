//! What the connections of a worker share.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use super::answers::Answers;
use super::budget::Budget;
use super::clock::Clock;
use super::config::Limits;
use super::journal::Recorder;
use super::log::Lines;
use super::mailbox::Mailbox;
use super::output::Output;
use super::pool::Pool;
use super::protocol::{Exchange, Place};
use super::recording::Packets;

/// The size of a worker's read buffer: small until a large body has filled it, and doubled each time up to the end.
pub(super) const SCRATCH: Range<usize> = 8 << 10..64 << 10;

/// What the connections of a worker share, so that an idle one owns next to nothing.
pub(super) struct Surroundings {
    pub(super) now: Instant,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) scratch: Vec<u8>,
    pub(super) output: Output,
    pub(super) answers: Answers,
    pub(super) log: Lines,
    pub(super) recorder: Option<Recorder>,
    pub(super) packets: Option<Packets>,
    pub(super) pool: Pool,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) budget: Arc<Budget>,
    pub(super) is_stopping: bool,
    /// The bytes that the connections hold unsent.
    pub(super) held: usize,
}

impl Surroundings {
    /// What is in the output is not sent any more, as its connection is over.
    pub(super) fn give_up(&mut self, connection: u64) {
        if let Some(recorder) = &self.recorder {
            recorder.take_back(connection, self.output.unsent());
        }
        if let Some((line, sent)) = self.output.last_line() {
            line.write(sent, &mut self.log, &self.clock);
        }
        self.output.clear();
    }

    /// Hands over what was logged and captured.
    pub(super) fn hand_over(&mut self) {
        self.log.hand_over();
        if let Some(packets) = &mut self.packets {
            packets.hand_over();
        }
    }

    /// What a conversation sees of a connection at this moment.
    #[inline]
    pub(super) fn exchange(&mut self, peer: SocketAddr, place: Place, has_ended: bool) -> Exchange<'_> {
        Exchange {
            output: &mut self.output,
            answers: &mut self.answers,
            now: self.now,
            peer,
            has_ended,
            is_stopping: self.is_stopping,
            clock: &self.clock,
            log: &mut self.log,
            pool: &self.pool,
            mailbox: &self.mailbox,
            budget: &self.budget,
            recorder: &mut self.recorder,
            place,
        }
    }
}

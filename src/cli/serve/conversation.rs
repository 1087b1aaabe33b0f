//! A dialect spoken on the server's connections: messages to the dialect, its answers out, its changes to the store.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::StatusCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::manner;
use crate::api::Sites;
use crate::dialect::{Answer, Bounds, Dialect, Framer, Framing, Heard, Manner, Plan, Progress, Scene, Written};
use crate::document::Change;
use crate::message::{Content, Response};
use crate::server::{Exchange, Handle, Incoming, Limits, LogEntry, Next, Protocol, Step};
use crate::store::Store;

/// After this time without bytes, a message without an end of its own is whole.
const SILENCE: Duration = Duration::from_millis(200);
/// How long a person may think about a question.
const REPLY_TIME: Duration = Duration::from_secs(300);
/// An answer of all the data is put together of so many copies of it, beside the two that any long answer may take.
const COPIES: usize = 3;
/// So much of a head is kept for the log at most.
const LOGGED_HEAD: usize = 16 << 10;

/// A dialect over a store.
pub(super) struct Spoken {
    pub(super) dialect: Box<dyn Dialect>,
    /// Which pages may send it something.
    pub(super) sites: Sites,
    pub(super) store: Arc<Store>,
    pub(super) limits: Limits,
    pub(super) zone: TimeZone,
    /// Ends the server.
    pub(super) handle: Handle,
}

/// Where one connection stands.
pub(super) struct Conversation {
    framer: Framer,
    /// What the server's own requests are written in, and whether it greets, which no other client expects.
    own: (Manner, bool),
    /// When the message began to be waited for.
    since: Instant,
    /// Its first byte has come.
    has_begun: bool,
    /// The next deadline is that of a silence.
    awaits_silence: bool,
    /// What the line is for that is waited for, after a question.
    heard: Option<Heard>,
    /// The answer that is made elsewhere, once it is there.
    awaited: Option<Slot>,
    /// The head of the first message, for the log; empty without one.
    head: Vec<u8>,
    /// What the message holds.
    incoming: Incoming,
}

type Slot = Arc<Mutex<Option<Answer>>>;

impl Protocol for Spoken {
    type Conversation = Conversation;

    fn open(&self, exchange: &mut Exchange<'_>) -> (Conversation, Next) {
        exchange.output.bytes().extend_from_slice(self.dialect.greeting().as_bytes());
        let conversation = Conversation {
            framer: Framer::new(self.dialect.framing(), self.bounds()),
            own: (self.dialect.manner(), !self.dialect.greeting().is_empty()),
            since: exchange.now,
            has_begun: false,
            awaits_silence: false,
            heard: None,
            awaited: None,
            head: Vec::new(),
            incoming: Incoming::default(),
        };
        (conversation, Next::Read(exchange.now + self.limits.idle_time))
    }

    fn advance(&self, conversation: &mut Conversation, input: &[u8], exchange: &mut Exchange<'_>) -> Step {
        match conversation.framer.progress(input) {
            Progress::Complete(used) => Step { used, next: self.message(&input[..used], conversation, exchange) },
            Progress::Malformed => self.refuse(input, conversation, exchange),
            Progress::Partial { .. } if exchange.has_ended => self.ended(input, conversation, exchange),
            Progress::Partial { silence_ends } => match self.deadline(input, silence_ends, conversation, exchange) {
                Some(until) => Step { used: 0, next: Next::Read(until) },
                None => self.refuse(input, conversation, exchange),
            },
        }
    }

    fn answer(&self, conversation: &mut Conversation, _signal: Response, exchange: &mut Exchange<'_>) -> Next {
        conversation.incoming.is_over();
        let slot = conversation.awaited.take();
        let answer = slot.and_then(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner).take());
        let answer = answer.unwrap_or_else(|| self.scene(|scene| self.dialect.malformed(scene)));
        finish(answer, conversation, exchange)
    }

    fn expire(&self, conversation: &mut Conversation, input: &[u8], exchange: &mut Exchange<'_>) -> Step {
        match conversation.awaits_silence || conversation.heard.is_some() {
            true => self.ended(input, conversation, exchange),
            false if input.is_empty() => Step { used: 0, next: Next::Close },
            false => self.refuse(input, conversation, exchange),
        }
    }

    /// A question that nobody answers can be given up: nothing was changed yet.
    fn is_idle(&self, conversation: &Conversation) -> bool {
        !conversation.has_begun && conversation.awaited.is_none()
    }

    fn before_batch(&self) {
        self.store.refresh();
    }
}

impl Spoken {
    /// The state and the time that a message is seen against.
    fn scene<T>(&self, look: impl FnOnce(&Scene<'_>) -> T) -> T {
        scene(&self.store, &self.zone, look)
    }

    /// Whether the first message of a connection names this server, and comes from no page of somebody else.
    fn admits(&self, message: &[u8]) -> bool {
        let is_own = self.dialect.checks_host() || self.sites.serves_lines(message);
        is_own && self.sites.admits_lines(message)
    }

    fn bounds(&self) -> Bounds {
        Bounds { head: self.limits.head, content: usize::try_from(self.limits.body).unwrap_or(usize::MAX) }
    }

    /// When more of the message has to come, its first bytes being `input`; `None`: there is no memory for it.
    fn deadline(
        &self,
        input: &[u8],
        silence_ends: bool,
        conversation: &mut Conversation,
        exchange: &Exchange<'_>,
    ) -> Option<Instant> {
        conversation.awaits_silence = false;
        if input.is_empty() {
            let patience = if conversation.heard.is_some() { REPLY_TIME } else { self.limits.idle_time };
            return Some(conversation.since + patience);
        }
        conversation.has_begun = true;
        let limit = conversation.incoming.has_come(input.len(), &self.limits, exchange)?;
        let silence = exchange.now + SILENCE;
        conversation.awaits_silence = silence_ends && silence < limit;
        Some(if conversation.awaits_silence { silence } else { limit })
    }

    /// Nothing more comes: what is there is a message, or none at all.
    fn ended(&self, input: &[u8], conversation: &mut Conversation, exchange: &mut Exchange<'_>) -> Step {
        if input.is_empty() && conversation.heard.is_none() {
            return Step { used: 0, next: Next::Close };
        }
        match conversation.framer.ended(input) {
            Some(used) => Step { used, next: self.message(&input[..used], conversation, exchange) },
            None => self.refuse(input, conversation, exchange),
        }
    }

    /// What is no message gets the answer that the dialect has for such, and so does what there is no memory for.
    fn refuse(&self, input: &[u8], conversation: &mut Conversation, exchange: &mut Exchange<'_>) -> Step {
        conversation.incoming.is_over();
        conversation.keep_head(input, exchange);
        let answer = self.scene(|scene| self.dialect.malformed(scene));
        Step { used: input.len(), next: finish(answer, conversation, exchange) }
    }

    /// A whole message: the first one, or the answer to a question.
    fn message(&self, bytes: &[u8], conversation: &mut Conversation, exchange: &mut Exchange<'_>) -> Next {
        if !conversation.incoming.is_whole(bytes, exchange) {
            return self.refuse(bytes, conversation, exchange).next;
        }
        let next = self.plan(bytes, conversation, exchange);
        if next != Next::Wait {
            conversation.incoming.is_over();
        }
        next
    }

    fn plan(&self, bytes: &[u8], conversation: &mut Conversation, exchange: &mut Exchange<'_>) -> Next {
        conversation.keep_head(bytes, exchange);
        let heard = conversation.heard.take();
        let plan = self.scene(|scene| {
            let respond = || match heard {
                Some(heard) => heard(bytes, scene),
                None if !self.admits(bytes) => Plan::Answer(self.dialect.malformed(scene)),
                None => self.dialect.respond(bytes, scene),
            };
            // A dialect that panics answers what it has for such and takes nobody with it.
            catch_unwind(AssertUnwindSafe(respond)).unwrap_or_else(|_| Plan::Answer(self.dialect.malformed(scene)))
        });
        match plan {
            Plan::Answer(answer) => finish(answer, conversation, exchange),
            Plan::Long(work) => {
                let slot = Slot::default();
                conversation.awaited = Some(Arc::clone(&slot));
                // Without the memory for it the slot stays empty.
                let kept = self.store.peek().length().saturating_mul(COPIES);
                let job = Box::new(move || {
                    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(work());
                    Response::new(StatusCode::OK)
                });
                exchange.run_over(kept, job);
                Next::Wait
            }
            Plan::Ask(question, heard) => {
                exchange.output.push(Content::from(question.bytes));
                conversation.ask(heard, self.bounds(), exchange.now);
                Next::Again
            }
            Plan::Write(change, written) => {
                conversation.awaited = Some(self.write(change, written, exchange));
                Next::Wait
            }
            Plan::End => {
                log(StatusCode::OK, None, &[], conversation, exchange);
                self.handle.stop();
                Next::Close
            }
        }
    }

    /// Hands the change to the store; the answer is in the slot when the completion is finished.
    fn write(&self, change: Change, written: Written, exchange: &Exchange<'_>) -> Slot {
        let (slot, completion) = (Slot::default(), exchange.completion());
        let (answer, store, zone) = (Arc::clone(&slot), Arc::clone(&self.store), self.zone.clone());
        let done = move |result| {
            let made = scene(&store, &zone, |scene| written(result, scene));
            *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
            completion.finish(Response::new(StatusCode::OK));
        };
        self.store.commit(change, Box::new(done));
        slot
    }
}

impl Conversation {
    fn ask(&mut self, heard: Heard, bounds: Bounds, now: Instant) {
        self.framer = Framer::new(Framing::Line, bounds);
        self.since = now;
        self.has_begun = false;
        self.awaits_silence = false;
        self.heard = Some(heard);
    }

    /// Keeps the head of the first message for the log.
    fn keep_head(&mut self, bytes: &[u8], exchange: &Exchange<'_>) {
        if self.head.is_empty() && exchange.has_log() {
            let start = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let bytes = &bytes[start..];
            self.head = bytes[..head_end(bytes).min(LOGGED_HEAD)].to_vec();
        }
    }
}

fn scene<T>(store: &Store, zone: &TimeZone, look: impl FnOnce(&Scene<'_>) -> T) -> T {
    let (view, now) = (store.view(), Timestamp::try_from(SystemTime::now()).unwrap_or_default().to_zoned(zone.clone()));
    look(&Scene { view: &view, now: &now })
}

/// Sends the answer and ends the conversation. The peer may still be sending what nobody asked for, so the connection
/// is closed in steps.
fn finish(answer: Answer, conversation: &Conversation, exchange: &mut Exchange<'_>) -> Next {
    let Answer { status, bytes, content } = answer;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let size = (content > 0).then_some(content);
    log(status, size, &bytes[..bytes.len() - content], conversation, exchange);
    exchange.output.push(Content::from(bytes));
    Next::Linger
}

fn log(
    status: StatusCode,
    size: Option<usize>,
    response_head: &[u8],
    conversation: &Conversation,
    exchange: &mut Exchange<'_>,
) {
    let head = &conversation.head;
    let end = memchr::memchr2(b'\r', b'\n', head).unwrap_or(head.len());
    let (own, greets) = conversation.own;
    let note = manner::note(own, head, status.is_client_error() || greets).unwrap_or_default();
    let entry = LogEntry {
        request_line: &head[..end],
        status: Some(status),
        size,
        fault: None,
        request_head: head,
        response_head,
        since: conversation.since,
        note: &note,
    };
    exchange.log(&entry);
}

/// Where the head of a message ends: behind the first blank line, or with it.
fn head_end(bytes: &[u8]) -> usize {
    let after = |at: usize| match bytes[at + 1..] {
        [b'\n', ..] => Some(at + 2),
        [b'\r', b'\n', ..] => Some(at + 3),
        _ => None,
    };
    memchr::memchr_iter(b'\n', bytes).find_map(after).unwrap_or(bytes.len())
}

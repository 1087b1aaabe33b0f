//! What a dialect is made of: the end of a message, an answer, and what is to be done about a message. No socket and no
//! clock: the time comes in with the state of the data.

use std::sync::Arc;

use jiff::Zoned;

use super::head::Framing;
use super::manner::Manner;
use crate::document::{Change, Outcome, Refusal, View};

/// More members than this are not read through on a worker, and not more bytes.
const MUCH: usize = 256;
const MUCH_TEXT: usize = 64 << 10;

/// One of the original systems, server side.
pub trait Dialect: Send + Sync + 'static {
    /// What is sent as soon as a connection stands.
    fn greeting(&self) -> &'static str {
        ""
    }

    /// What its requests are written in.
    fn manner(&self) -> Manner;

    /// How the first message of a connection ends.
    fn framing(&self) -> Framing;

    /// Whether it looks at the host of a message itself.
    fn checks_host(&self) -> bool {
        false
    }

    /// What is to be done about the first message of a connection.
    fn respond(&self, message: &[u8], scene: &Scene<'_>) -> Plan;

    /// The answer to what is no whole message of this dialect: cut short, too large, or with a length that is none.
    fn malformed(&self, scene: &Scene<'_>) -> Answer;
}

/// What a message is seen against.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The state of the data.
    pub view: &'a Arc<View>,
    /// The local time.
    pub now: &'a Zoned,
}

/// An answer as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status code, for the log.
    pub status: u16,
    /// All its bytes.
    pub bytes: Vec<u8>,
    /// How many of them are content, for the log.
    pub content: usize,
}

impl Answer {
    /// An answer of a head and its content.
    pub(super) fn new(status: u16, head: String, content: &[u8]) -> Answer {
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(content);
        Answer { status, bytes, content: content.len() }
    }
}

/// What is to be done about a message.
pub enum Plan {
    /// Answer this, then close.
    Answer(Answer),
    /// Answer what this gives; it may take longer than about a millisecond.
    Long(Box<dyn FnOnce() -> Answer + Send>),
    /// Send this question; the next line of the peer goes to the function.
    Ask(Answer, Heard),
    /// Commit the change; what became of it goes to the function, with the state after it.
    Write(Change, Written),
    /// Close without an answer and end the server.
    End,
}

impl Plan {
    /// An answer that says all there is: made at once, or elsewhere if there is much.
    pub(super) fn of_all(scene: &Scene<'_>, answer: impl FnOnce(&Scene<'_>) -> Answer + Send + 'static) -> Plan {
        if scene.view.root().len() <= MUCH && scene.view.length() <= MUCH_TEXT {
            return Plan::Answer(answer(scene));
        }
        let (view, now) = (Arc::clone(scene.view), scene.now.clone());
        Plan::Long(Box::new(move || answer(&Scene { view: &view, now: &now })))
    }
}

/// What is to be done about the line that answers a question.
pub type Heard = Box<dyn FnOnce(&[u8], &Scene<'_>) -> Plan + Send>;

/// The answer to a change, once it is durable or refused.
pub type Written = Box<dyn FnOnce(Result<Outcome, Refusal>, &Scene<'_>) -> Answer + Send>;

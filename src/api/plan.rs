//! What is to be done about a request, and what of that is the user's choice.

use std::time::Duration;

use super::access::Access;
use super::after::After;
use super::follow::Follow;
use super::origin::Sites;
use crate::document::Change;
use crate::message::Response;

/// What of the API is the user's choice.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who may talk to the server.
    pub sites: Sites,
    /// Every write is refused.
    pub read_only: bool,
    /// Changes are held against the schema of the data, so that its description can be relied on.
    pub strict: bool,
    /// What requests must bear, if anything.
    pub access: Access,
    /// TRACE is answered.
    pub trace: bool,
    /// The most bytes that a body may make of itself: what is copied within a JSON Patch. JSON made of CSV, where each
    /// row repeats the column names, may have several times as many.
    pub room: usize,
    /// How long an answer may be worked on.
    pub query_time: Duration,
    /// How many bytes may be put together in memory for one answer.
    pub answer: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            sites: Sites::default(),
            read_only: false,
            strict: false,
            access: Access::default(),
            trace: false,
            room: 16 << 20,
            query_time: Duration::from_secs(30),
            answer: 64 << 20,
        }
    }
}

/// What is to be done about a request.
pub enum Plan {
    /// Answer this.
    Answer(Response),
    /// Answer what this gives; it may take longer than about a millisecond.
    Long(Box<dyn FnOnce() -> Response + Send>),
    /// Do what this says; to find it out takes longer than that.
    Later(Box<dyn FnOnce() -> Plan + Send>),
    /// Ask again when the state of the data is another; after this time answer with this.
    Wait(Duration, Box<Response>),
    /// Answer with a stream of the changes to a node.
    Follow(Box<Follow>),
    /// Commit the change, then answer [`After::answer`].
    Write(Box<Change>, Box<After>),
}

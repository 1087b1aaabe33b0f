//! Where one connection of HTTP/1.1 stands.

use std::sync::Arc;
use std::time::Instant;

use super::arrival::KeptArrival;
use super::budget::{Hold, Share};
use super::http_body::Body;
use super::protocol::Exchange;
use super::{Arrival, Fault, Reply};
use crate::message::{Bell, ConnectionOption, Head, HeadScan, Version};

/// How an answer is to be written.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) is_head: bool,
    pub(super) is_old: bool,
    pub(super) connection: ConnectionOption,
    /// There may be more of the request that is not read: whoever sends it is left the time to read the answer.
    pub(super) is_unread: bool,
    pub(super) is_recorded: bool,
    /// What the log calls the fault in it, if it has one.
    pub(super) fault: Option<&'static str>,
}

impl Terms {
    /// To a request with this head.
    #[inline]
    pub(super) fn of(head: &Head<'_>, is_last: bool, is_recorded: bool) -> Terms {
        let is_old = head.version == Version::Http10;
        let connection = match is_last {
            true => ConnectionOption::Close,
            false if is_old => ConnectionOption::KeepAlive,
            false => ConnectionOption::Implied,
        };
        Terms { is_head: head.method == "HEAD", is_old, connection, is_unread: false, is_recorded, fault: None }
    }

    /// To a request of which so much is known that it begins so; the connection is closed behind the answer.
    pub(super) fn last(request: &[u8]) -> Terms {
        Terms {
            is_head: request.starts_with(b"HEAD "),
            is_old: false,
            connection: ConnectionOption::Close,
            is_unread: true,
            is_recorded: true,
            fault: None,
        }
    }
}

/// Where one connection stands.
pub struct Conversation {
    pub(super) scan: HeadScan,
    /// When the first byte of the head came; while idle, when the last request was answered.
    pub(super) since: Instant,
    pub(super) has_begun: bool,
    /// A request whose content is on its way.
    pub(super) body: Option<Box<Body>>,
    /// A request whose answer is on its way.
    pub(super) asked: Option<Box<Asked>>,
    /// What the content that is about to be answered holds.
    pub(super) share: Option<Share>,
    /// How many requests have come.
    pub(super) count: u32,
    /// The client was told to send its content.
    pub(super) is_continued: bool,
}

/// What is asked for the answer at a later moment, or before that whenever a bell is rung.
pub(super) struct Due {
    pub(super) until: Instant,
    pub(super) bell: Option<Arc<Bell>>,
    /// Told whether that moment has come, or no other will.
    pub(super) ask: Box<dyn FnOnce(bool) -> Reply + Send>,
}

/// What is to be known about a request when its answer is written.
pub(super) struct Asked {
    pub(super) terms: Terms,
    /// For the log and the journal; empty without them.
    pub(super) kept: KeptArrival,
    /// How it is answered, once it is time.
    pub(super) due: Option<Due>,
    /// What its answer is to have.
    pub(super) fault: Option<Box<Fault>>,
    /// What it holds of the memory for all.
    pub(super) _hold: Hold,
}

impl Conversation {
    /// Where a new connection stands.
    pub(super) fn new(now: Instant) -> Conversation {
        Conversation {
            scan: HeadScan::default(),
            since: now,
            has_begun: false,
            body: None,
            asked: None,
            share: None,
            count: 0,
            is_continued: false,
        }
    }

    /// When the first byte of the head came.
    pub(super) fn begun(&self, now: Instant) -> Instant {
        if self.has_begun { self.since } else { now }
    }

    /// The next request has arrived, in these bytes.
    pub(super) fn arrival<'a>(&mut self, head: &'a [u8], body: &'a [u8], exchange: &Exchange<'_>) -> Arrival<'a> {
        let since = self.begun(exchange.now);
        self.arrived(head, (body, body.len() as u64), since, exchange)
    }

    /// The next request has arrived, or a part of it, with a body that did not come with its head.
    pub(super) fn arrival_of<'a>(&mut self, body: &'a Body, exchange: &Exchange<'_>) -> Arrival<'a> {
        self.arrived(&body.head, body.received(), body.since, exchange)
    }

    /// A part of a request has arrived: a head and a part of its body, or else this.
    pub(super) fn arrival_so_far<'a>(
        &mut self,
        body: Option<&'a Body>,
        input: &'a [u8],
        exchange: &Exchange<'_>,
    ) -> Arrival<'a> {
        match body {
            Some(body) => self.arrival_of(body, exchange),
            None => self.arrival(input, &[], exchange),
        }
    }

    fn arrived<'a>(
        &mut self,
        head: &'a [u8],
        body: (&'a [u8], u64),
        since: Instant,
        exchange: &Exchange<'_>,
    ) -> Arrival<'a> {
        let arrival = self.arriving(head, body, since, exchange);
        self.count = arrival.request;
        self.is_continued = false;
        arrival
    }

    /// The same where it is not certain yet that nothing more of it will be read.
    pub(super) fn arriving<'a>(
        &self,
        head: &'a [u8],
        (body, body_length): (&'a [u8], u64),
        since: Instant,
        exchange: &Exchange<'_>,
    ) -> Arrival<'a> {
        Arrival {
            peer: exchange.peer,
            connection: exchange.place.number,
            request: self.count.wrapping_add(1),
            since,
            head,
            body,
            body_length,
            is_continued: self.is_continued,
        }
    }

    /// A head was read; the next one begins.
    #[inline]
    pub(super) fn reset(&mut self, now: Instant) {
        self.scan = HeadScan::default();
        self.since = now;
        self.has_begun = false;
    }
}

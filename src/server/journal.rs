//! The journal: the last exchanges with the bytes that were received and sent.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::StatusCode;

use super::Arrival;
use super::clock::Clock;
use super::watch::{Watch, Watchers};
use crate::message::Content;

/// So many bytes of each content are kept.
pub const KEPT_CONTENT: usize = 16 << 10;

/// And so many of each head, which is more than a server takes unless it was told to.
pub(super) const KEPT_HEAD: usize = 64 << 10;

/// Memory for so many bytes more than twice what is needed is given back.
const SLACK: usize = 1 << 10;

/// All exchanges together hold no more bytes than this.
const MOST: usize = 4 << 20;

/// The last exchanges of a server, for whoever wants to see them. Oldest ones make way for new ones.
#[derive(Debug)]
pub struct ExchangeJournal {
    ring: Mutex<ExchangeRing>,
    most: usize,
    watchers: Arc<Watchers>,
}

#[derive(Debug)]
struct ExchangeRing {
    exchanges: VecDeque<Arc<Recorded>>,
    /// The bytes that they hold.
    bytes: usize,
    /// The number of the first one, which the others follow without a gap.
    first: u64,
}

/// An exchange: a request, or what came in place of one, and its answer.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The peer's address.
    pub peer: SocketAddr,
    /// The number of the connection, counted from 1.
    pub connection: u64,
    /// Which request of its connection it was, counted from 1.
    pub request: u32,
    /// When the first byte of the request came.
    pub started: SystemTime,
    /// The time from then until the answer was there to be sent.
    pub duration: Duration,
    /// The status of the answer; `None`: it was no answer.
    pub status: Option<StatusCode>,
    /// How many bytes were received.
    pub received_length: u64,
    /// How many bytes were sent, as far as that is known by now.
    pub sent_length: u64,
    /// Whether the answer was sent to its end. A content that is made while it is sent comes to it in time; one that the
    /// peer does not take does not.
    pub is_complete: bool,
    /// What was received, and from `split` on what was sent.
    bytes: Vec<u8>,
    split: usize,
    /// How many bytes of what was sent are no content.
    sent_head: usize,
}

impl Recorded {
    /// The first bytes received: the head, and of the content no more than [`KEPT_CONTENT`].
    pub fn received(&self) -> &[u8] {
        &self.bytes[..self.split]
    }

    /// The first bytes sent, interim responses included; of the content no more than [`KEPT_CONTENT`].
    pub fn sent(&self) -> &[u8] {
        &self.bytes[self.split..]
    }

    /// What was sent before the content.
    pub fn sent_head(&self) -> &[u8] {
        &self.sent()[..self.sent_head.min(self.sent().len())]
    }

    /// More of an answer that is made while it is sent.
    fn extend(&mut self, more: &[u8]) {
        let kept = self.bytes.len().saturating_sub(self.split + self.sent_head);
        self.bytes.extend_from_slice(&more[..more.len().min(KEPT_CONTENT.saturating_sub(kept))]);
        self.sent_length += more.len() as u64;
    }

    /// So many of the bytes, the last ones, were not sent after all.
    fn take_back(&mut self, unsent: u64) {
        self.sent_length -= unsent;
        self.is_complete = false;
        let kept = usize::try_from(self.sent_length).unwrap_or(usize::MAX);
        self.bytes.truncate(self.split.saturating_add(kept));
    }
}

impl ExchangeJournal {
    /// A journal of so many exchanges at most; at least one.
    pub fn new(most: usize) -> ExchangeJournal {
        let ring = ExchangeRing { exchanges: VecDeque::new(), bytes: 0, first: 1 };
        ExchangeJournal { ring: Mutex::new(ring), most: most.max(1), watchers: Arc::default() }
    }

    /// All that are kept with their numbers, which count from 1, oldest first.
    pub fn exchanges(&self) -> Vec<(u64, Arc<Recorded>)> {
        let ring = self.lock();
        (ring.first..).zip(ring.exchanges.iter().map(Arc::clone)).collect()
    }

    /// The one of that number, if it is kept.
    pub fn exchange(&self, id: u64) -> Option<Arc<Recorded>> {
        self.lock().find(id).map(|place| Arc::clone(place))
    }

    /// Has a bell rung for whatever is recorded from now on.
    pub fn watch(&self) -> Watch {
        self.watchers.watch()
    }

    /// The numbers of the first one that is kept, and of the last one there was.
    pub fn range(&self) -> (u64, u64) {
        let ring = self.lock();
        (ring.first, ring.first + ring.exchanges.len() as u64 - 1)
    }

    fn lock(&self) -> MutexGuard<'_, ExchangeRing> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an exchange; gives its number, and what made way for it, to be used again.
    fn push(&self, exchange: Arc<Recorded>) -> (u64, Option<Arc<Recorded>>) {
        let mut ring = self.lock();
        let id = ring.first + ring.exchanges.len() as u64;
        ring.bytes += exchange.bytes.capacity();
        ring.exchanges.push_back(exchange);
        let gone = ring.make_way(self.most);
        drop(ring);
        self.watchers.tell();
        (id, gone)
    }
}

impl ExchangeRing {
    fn find(&mut self, id: u64) -> Option<&mut Arc<Recorded>> {
        self.exchanges.get_mut(usize::try_from(id.checked_sub(self.first)?).ok()?)
    }

    /// Lets the oldest go that are too many, or of too many bytes with the others; gives the last of them. The newest stays.
    fn make_way(&mut self, most: usize) -> Option<Arc<Recorded>> {
        let mut gone = None;
        while self.exchanges.len() > most || (self.bytes > MOST && self.exchanges.len() > 1) {
            let Some(oldest) = self.exchanges.pop_front() else { break };
            self.first += 1;
            self.bytes -= oldest.bytes.capacity();
            gone = Some(oldest);
        }
        gone
    }

    /// Changes an exchange, which may need more room then.
    fn change(&mut self, id: u64, most: usize, change: impl FnOnce(&mut Recorded)) {
        let Some(exchange) = self.find(id) else { return };
        let before = exchange.bytes.capacity();
        let exchange = Arc::make_mut(exchange);
        change(exchange);
        let after = exchange.bytes.capacity();
        self.bytes = self.bytes + after - before;
        self.make_way(most);
    }
}

/// Where the rest of an answer is recorded that is made while it is sent.
#[derive(Debug)]
pub(super) struct Recording {
    journal: Arc<ExchangeJournal>,
    id: u64,
}

impl Recording {
    /// What is sent next, and whether that is all.
    pub(super) fn extend(&self, more: &[u8], is_end: bool) {
        self.journal.lock().change(self.id, self.journal.most, |exchange| {
            exchange.extend(more);
            exchange.is_complete = is_end;
        });
        if is_end {
            self.journal.watchers.tell();
        }
    }
}

/// Where a worker records its exchanges.
pub(super) struct Recorder {
    journal: Arc<ExchangeJournal>,
    /// An exchange that is kept no longer, for its memory.
    spare: Option<Arc<Recorded>>,
}

/// An answer as it is about to be sent.
pub(super) struct Sent<'a> {
    pub(super) status: Option<StatusCode>,
    /// Whether it is sent to its end.
    pub(super) is_whole: bool,
    /// What went before it: an interim response.
    pub(super) interim: &'a [u8],
    pub(super) head: &'a [u8],
    pub(super) content: SentContent<'a>,
}

/// What follows the head.
#[derive(Clone, Copy)]
pub(super) enum SentContent<'a> {
    Bytes(&'a [u8]),
    Content(&'a Content),
}

impl SentContent<'_> {
    fn len(self) -> usize {
        match self {
            SentContent::Bytes(bytes) => bytes.len(),
            // What is made while it is sent is counted then.
            SentContent::Content(content) if content.is_stream() => 0,
            SentContent::Content(content) => content.len(),
        }
    }

    fn copy_first(self, most: usize, out: &mut Vec<u8>) {
        match self {
            SentContent::Bytes(bytes) => out.extend_from_slice(&bytes[..bytes.len().min(most)]),
            SentContent::Content(content) => content.copy_first(most, out),
        }
    }
}

impl Recorder {
    pub(super) fn new(journal: Arc<ExchangeJournal>) -> Recorder {
        Recorder { journal, spare: None }
    }

    /// Records an exchange, as far as its answer is made by then; gives where the rest goes, if that is made while it is sent.
    pub(super) fn record(
        &mut self,
        arrival: &Arrival<'_>,
        sent: &Sent<'_>,
        (now, made): (Instant, Instant),
        clock: &Clock,
    ) -> Option<Recording> {
        let head = &arrival.head[..arrival.head.len().min(KEPT_HEAD)];
        // Behind a head that is cut its content would stand in the wrong place.
        let body = if head.len() < arrival.head.len() { 0 } else { arrival.body.len().min(KEPT_CONTENT) };
        let (split, sent_head) = (head.len() + body, sent.interim.len() + sent.head.len());
        let length = split + sent_head + sent.content.len().min(KEPT_CONTENT);
        let is_stream = matches!(sent.content, SentContent::Content(content) if content.is_stream());
        let is_complete = sent.is_whole && !is_stream;
        let exchange = in_place_of(self.spare.take(), length, |mut bytes| {
            for part in [head, &arrival.body[..body], sent.interim, sent.head] {
                bytes.extend_from_slice(part);
            }
            sent.content.copy_first(KEPT_CONTENT, &mut bytes);
            Recorded {
                peer: arrival.peer,
                connection: arrival.connection,
                request: arrival.request,
                started: clock.now - now.saturating_duration_since(arrival.since),
                duration: made.saturating_duration_since(arrival.since),
                status: sent.status,
                received_length: arrival.head.len() as u64 + arrival.body_length,
                sent_length: (sent_head + sent.content.len()) as u64,
                is_complete,
                bytes,
                split,
                sent_head,
            }
        });
        let (id, spare) = self.journal.push(exchange);
        self.spare = spare;
        is_stream.then(|| Recording { journal: Arc::clone(&self.journal), id })
    }

    /// A connection is over with so many bytes of its answers unsent: the last ones of the last of them.
    pub(super) fn take_back(&self, connection: u64, mut unsent: u64) {
        if unsent == 0 {
            return;
        }
        let mut ring = self.journal.lock();
        for exchange in ring.exchanges.iter_mut().rev().filter(|exchange| exchange.connection == connection) {
            let own = unsent.min(exchange.sent_length);
            Arc::make_mut(exchange).take_back(own);
            unsent -= own;
            if unsent == 0 {
                break;
            }
        }
    }
}

/// An exchange that is made with memory for its bytes: that of one which is kept no longer, if nobody looks at it.
fn in_place_of(spare: Option<Arc<Recorded>>, length: usize, make: impl FnOnce(Vec<u8>) -> Recorded) -> Arc<Recorded> {
    if let Some(mut spare) = spare
        && let Some(place) = Arc::get_mut(&mut spare)
    {
        let mut bytes = std::mem::take(&mut place.bytes);
        bytes.clear();
        bytes.shrink_to(2 * length + SLACK);
        *place = make(bytes);
        return spare;
    }
    Arc::new(make(Vec::with_capacity(length)))
}

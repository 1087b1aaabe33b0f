//! What `--timing` and `--har` tell of: each exchange of a run, with its times and the bytes that crossed its connection.

use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::phases::Phases;
use crate::cli::args::RequestArgs;
use crate::client::transport::{Exchange, Facts, Seen, Tap};
use crate::client::{Error, ProxyKind, Request, Scheme};
use crate::message::ReplyHead;

/// So many bytes of contents are kept in a run, for `--har`.
const MOST: usize = 64 << 20;
/// So many bytes may what is known of the exchanges take besides, and so many it takes of each at least.
const MOST_KNOWN: usize = 64 << 20;
const LEAST_KNOWN: usize = 1 << 10;

/// The book of a run, which all its threads write in.
#[derive(Clone)]
pub(crate) struct Book(Arc<Pages>);

struct Pages {
    started: Instant,
    keeps_bytes: bool,
    /// How many bytes of contents may still be kept, and of what is known besides.
    room: AtomicUsize,
    room_known: AtomicUsize,
    crossings: Mutex<Vec<Crossing>>,
    /// For how many exchanges there was no place any more.
    left_out: AtomicUsize,
}

/// One request, what came back, and how long it took.
pub(crate) struct Crossing {
    pub(crate) method: String,
    /// The URL without user and password.
    pub(crate) url: String,
    /// The time of day when it began, and how long that was after the run began.
    pub(crate) started: SystemTime,
    pub(crate) offset: Duration,
    pub(crate) phases: Phases,
    pub(crate) facts: Facts,
    /// The head of the final response, unless that is the proxy's.
    pub(crate) head: Option<ReplyHead>,
    /// The statuses of the responses before that one.
    pub(crate) interim: Vec<u16>,
    pub(crate) failure: Option<String>,
    /// How many bytes crossed, those of requests for a tunnel included.
    pub(crate) sent: u64,
    pub(crate) received: u64,
    /// The messages that crossed, if they are kept: requests for a tunnel, then the one that was asked for.
    pub(crate) messages: Vec<Messages>,
}

/// A request and its response as they crossed.
#[derive(Default)]
pub(crate) struct Messages {
    connection: Option<u32>,
    pub(crate) head: Vec<u8>,
    pub(crate) content: Kept,
    /// Whether something of the head of a response has come.
    is_answered: bool,
    pub(crate) reply: Kept,
}

/// What is kept of a content, and how long it was.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) bytes: Vec<u8>,
    pub(crate) length: u64,
}

/// What is heard of the exchange that is under way.
#[derive(Default)]
struct HeardSoFar {
    sent: u64,
    received: u64,
    messages: Vec<Messages>,
}

/// One transfer's part of the book.
pub(crate) struct Record {
    book: Book,
    heard: Arc<Mutex<HeardSoFar>>,
    under_way: Option<UnderWay>,
}

struct UnderWay {
    method: String,
    url: String,
    is_secure: bool,
    asks_proxy: bool,
    started: SystemTime,
    since: Instant,
    facts: Facts,
    head: Option<ReplyHead>,
    interim: Vec<u16>,
}

impl Book {
    /// A book, if one of the groups asks for what is written in it.
    pub(crate) fn wanted(groups: &[RequestArgs]) -> Option<Book> {
        let keeps_bytes = groups.iter().any(|args| args.har.is_some());
        let is_wanted = keeps_bytes || groups.iter().any(|args| args.timing.is_some());
        let pages = || Pages {
            started: Instant::now(),
            keeps_bytes,
            room: AtomicUsize::new(MOST),
            room_known: AtomicUsize::new(MOST_KNOWN),
            crossings: Mutex::default(),
            left_out: AtomicUsize::new(0),
        };
        is_wanted.then(|| Book(Arc::new(pages())))
    }

    /// The part of a transfer.
    pub(crate) fn record(&self) -> Record {
        Record { book: self.clone(), heard: Arc::default(), under_way: None }
    }

    /// All that was written, in the order in which it began, and for how many exchanges there was no place any more.
    pub(crate) fn take(&self) -> (Vec<Crossing>, usize) {
        let mut crossings = mem::take(&mut *self.0.crossings.lock().unwrap_or_else(PoisonError::into_inner));
        crossings.sort_by_key(|crossing| crossing.offset);
        (crossings, self.0.left_out.load(Ordering::Relaxed))
    }

    /// Writes an exchange down, as long as there is place.
    fn add(&self, crossing: Crossing) {
        let size = crossing.size();
        let take = |room: usize| room.checked_sub(size);
        match self.0.room_known.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => self.0.crossings.lock().unwrap_or_else(PoisonError::into_inner).push(crossing),
            Err(_) => drop(self.0.left_out.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// Keeps bytes of a content, as far as there is room.
    fn keep(&self, bytes: &[u8], kept: &mut Kept) {
        kept.length += bytes.len() as u64;
        let part = |room: usize| Some(room - room.min(bytes.len()));
        let room = self.0.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, part).unwrap_or_default();
        kept.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

impl Record {
    /// What listens to the connections of the transfer.
    pub(crate) fn tap(&self) -> Tap {
        let (book, heard) = (self.book.clone(), Arc::clone(&self.heard));
        Tap::new(move |seen, connection| {
            heard.lock().unwrap_or_else(PoisonError::into_inner).hear(seen, connection, &book);
        })
    }

    /// An exchange begins; the one before is over.
    pub(crate) fn begin(&mut self, request: &Request) {
        self.end(None);
        self.under_way = Some(UnderWay {
            method: request.method.clone(),
            url: request.target.to_string(),
            is_secure: request.target.scheme == Scheme::Https,
            asks_proxy: request.connect.is_some()
                || request.proxy.as_ref().is_some_and(|proxy| proxy.kind != ProxyKind::Http || proxy.before.is_some()),
            started: SystemTime::now(),
            since: Instant::now(),
            facts: Facts::default(),
            head: None,
            interim: Vec::new(),
        });
    }

    /// What is known once the head of the response is there, or did not come.
    pub(crate) fn sent(&mut self, facts: &Facts, exchange: Option<&Exchange>) {
        if let Some(under_way) = &mut self.under_way {
            under_way.facts = facts.clone();
            under_way.head = exchange.map(|exchange| exchange.head.clone());
            let interim = exchange.into_iter().flat_map(|exchange| &exchange.interim);
            under_way.interim = interim.map(|head| head.status).collect();
        }
    }

    /// The exchange that was under way is over, well or not.
    pub(crate) fn end(&mut self, failure: Option<&Error>) {
        let Some(under_way) = self.under_way.take() else { return };
        let total = under_way.since.elapsed();
        let heard = mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner));
        let UnderWay { method, url, is_secure, asks_proxy, started, since, facts, head, interim } = under_way;
        let crossing = Crossing {
            method,
            url,
            started,
            offset: since.saturating_duration_since(self.book.0.started),
            phases: Phases::of(&facts, total, asks_proxy, is_secure),
            facts,
            head,
            interim,
            failure: failure.map(|error| error.message.clone()),
            sent: heard.sent,
            received: heard.received,
            messages: heard.messages,
        };
        self.book.add(crossing);
    }
}

impl Crossing {
    /// About how many bytes it takes in memory, without the contents.
    fn size(&self) -> usize {
        let sent: usize = self.messages.iter().map(|messages| messages.head.len()).sum();
        let heads = self.head.iter().chain(&self.facts.tunnel);
        // Once as they came, once in parts.
        let heads: usize = heads.map(|head| 2 * head.bytes.len()).sum();
        LEAST_KNOWN + self.url.len() + sent + heads
    }
}

impl HeardSoFar {
    fn hear(&mut self, seen: Seen<'_>, connection: Option<u32>, book: &Book) {
        match seen {
            Seen::RequestHead(bytes) | Seen::RequestBody(bytes) => self.sent += bytes.len() as u64,
            Seen::ResponseLine(bytes) | Seen::ResponseBody(bytes) => self.received += bytes.len() as u64,
            _ => return,
        }
        if !book.0.keeps_bytes {
            return;
        }
        if matches!(seen, Seen::RequestHead(_)) && self.messages.last().is_none_or(|last| last.is_over(connection)) {
            self.messages.push(Messages { connection, ..Messages::default() });
        }
        let Some(last) = self.messages.last_mut() else { return };
        match seen {
            // Heads have a limit of their own.
            Seen::RequestHead(bytes) => last.head.extend_from_slice(bytes),
            Seen::ResponseLine(_) => last.is_answered = true,
            Seen::RequestBody(bytes) => book.keep(bytes, &mut last.content),
            Seen::ResponseBody(bytes) => book.keep(bytes, &mut last.reply),
            _ => {}
        }
    }
}

impl Messages {
    /// Whether another head begins another request.
    fn is_over(&self, connection: Option<u32>) -> bool {
        self.connection != connection || self.is_answered || self.head.ends_with(b"\r\n\r\n")
    }
}

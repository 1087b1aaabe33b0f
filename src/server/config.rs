//! What the caller decides: limits, threads, the log.

use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::{CaptureConfig, ExchangeJournal};
use crate::message::{ChunkedLimits, HeadLimits, ParseError, Problem};

/// Everything a server is told before it runs.
pub struct Config {
    /// How much is taken from whom, and how long it may take.
    pub limits: Limits,
    /// The number of workers; at least one.
    pub threads: usize,
    /// The request log; `None` writes none.
    pub log: Option<LogConfig>,
    /// Where the last exchanges are kept; `None` keeps none.
    pub journal: Option<Arc<ExchangeJournal>>,
    /// Where what crosses the connections is captured; `None` captures nothing.
    pub capture: Option<CaptureConfig>,
}

impl Config {
    /// These limits, a worker for each processor; no log, no journal, no capture.
    pub fn new(limits: Limits) -> Config {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Config { limits, threads, log: None, journal: None, capture: None }
    }
}

/// Bounds on what a peer can cost. Times are absolute: a trickle of bytes does not extend them. Where there is a minimum rate it
/// has to be kept in each window of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a head (431).
    pub head: usize,
    /// The most bytes of a request target (414).
    pub target: usize,
    /// The most field lines (431).
    pub fields: usize,
    /// The most bytes of content (413).
    pub body: u64,
    /// The most bytes of content on its way or not answered yet, and of answers made in memory and not taken yet, of all
    /// connections together (503).
    pub pending: usize,
    /// The most connections at once; further ones wait in the listen backlog.
    pub connections: usize,
    /// From its first byte, a head must arrive within this time (408).
    pub head_time: Duration,
    /// The time over which content has to keep the minimum rate (408).
    pub body_time: Duration,
    /// The minimum rate at which content arrives and answers are taken, in bytes a second.
    pub rate: u64,
    /// How long a connection may be idle between requests.
    pub idle_time: Duration,
    /// The time over which a peer has to take its answers at the minimum rate.
    pub write_time: Duration,
    /// After a refusal, how long the peer may go on sending so that it can read the answer (RFC 9112 9.6).
    pub linger_time: Duration,
    /// How long what is in flight may take when the server ends.
    pub stop_time: Duration,
}

impl Limits {
    /// Those that no good client reaches: what `httpkit serve` has unless it is told otherwise.
    pub const USUAL: Limits = Limits {
        head: 32 << 10,
        target: 8 << 10,
        fields: 100,
        body: 16 << 20,
        pending: 256 << 20,
        connections: 10_000,
        head_time: Duration::from_secs(10),
        body_time: Duration::from_secs(10),
        rate: 1 << 10,
        idle_time: Duration::from_secs(60),
        write_time: Duration::from_secs(30),
        linger_time: Duration::from_secs(2),
        stop_time: Duration::from_secs(10),
    };

    /// The limits of a head.
    pub const fn head_limits(&self) -> HeadLimits {
        HeadLimits { head: self.head, target: self.target, fields: self.fields }
    }

    /// The limits of chunked content.
    pub fn chunked_limits(&self) -> ChunkedLimits {
        ChunkedLimits { content: self.body, extensions: 4 << 10, trailers: 8 << 10, trailer_lines: self.fields }
    }

    /// What is said of bytes that are no request, or of one that is too long: with the limit.
    pub(super) fn problem(&self, error: &ParseError) -> Problem {
        let limit = match error {
            ParseError::TargetTooLong => format!("{} bytes (--max-target)", self.target),
            ParseError::HeadTooLarge => format!("{} bytes (--max-head)", self.head),
            ParseError::TooManyFields => format!("{} (--max-fields)", self.fields),
            ParseError::ContentTooLarge => format!("{} bytes (--max-body)", self.body),
            ParseError::ChunkTooLarge => {
                let limits = self.chunked_limits();
                format!("{} and {} bytes", limits.extensions, limits.trailers)
            }
            _ => return error.problem(),
        };
        Problem::new(error.status(), error.code(), format!("{error}: at most {limit}"))
    }
}

/// What stands before and after the status in a log line, by status: the colour, if the caller's terminal has any.
pub type Paint = fn(StatusCode) -> (&'static str, &'static str);

/// The request log.
pub struct LogConfig {
    /// The form of a line.
    pub format: LogFormat,
    /// Where lines go. A writer that blocks delays nobody: lines are dropped and their number is said later.
    pub writer: Box<dyn Write + Send>,
    /// Colours by status.
    pub paint: Option<Paint>,
    /// The header sections of request and response follow each line, as this shows them.
    pub echo_headers: Option<Mask>,
    /// Whether a short line ends with the time taken.
    pub is_timed: bool,
}

/// Shows a header section without what is secret in it.
pub type Mask = fn(&[u8]) -> Cow<'_, [u8]>;

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// `127.0.0.1 - - [02/May/2022 14:10:55] "GET / HTTP/1.1" 200 12`, long request lines cut
    Short,
    /// The common log format: `127.0.0.1 - - [02/May/2022:14:10:55 +0900] "GET / HTTP/1.1" 200 12`
    Common,
    /// A JSON object a line.
    Json,
}

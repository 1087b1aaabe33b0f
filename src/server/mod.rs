//! Sockets, connections, limits and the request log: bytes in, bytes out, for any [`Service`]. It does not know what
//! is served.
//!
//! One thread accepts (the caller of [`Bound::serve`]), a worker per core serves: each has its own readiness queue and
//! its own connections, which never move. A worker reads what a connection has sent into one scratch buffer, answers
//! every complete request in it into one output buffer and writes once; a connection owns memory only while something
//! is incomplete. What takes longer than about a millisecond is done elsewhere and comes back through the worker's
//! mailbox. An answer may also be due at a moment, go out piece by piece, or be broken on purpose ([`Reply`], [`Fault`]):
//! the worker's timers wait for that, no thread does.
//!
//! What is spoken on a connection is a [`Protocol`]: [`Http`] here; others share listener, limits, log and shutdown.

mod alarm;
mod answers;
mod arrival;
mod backlog;
mod budget;
mod clock;
mod config;
mod connection;
mod fault;
mod handle;
mod http;
mod http_answer;
mod http_body;
mod http_conversation;
mod http_fault;
mod incoming;
mod journal;
mod listener;
mod log;
mod log_line;
mod mailbox;
mod making;
mod output;
mod owed_line;
mod pacing;
mod pool;
mod protocol;
mod recording;
mod service;
mod surroundings;
mod timers;
mod unsent;
mod watch;
mod window;
mod worker;

pub use arrival::{Arrival, KeptArrival};
pub use config::{Config, Limits, LogConfig, LogFormat, Mask, Paint};
pub use fault::{Fault, Finish, Manner, Rhythm};
pub use handle::Handle;
pub use http::Http;
pub use incoming::Incoming;
pub use journal::{ExchangeJournal, KEPT_CONTENT, Recorded};
pub use listener::{Bound, Ending, bind, heeded};
pub use log_line::LogEntry;
pub use output::Output;
pub use protocol::{Exchange, Next, Protocol, Step};
pub use recording::{CaptureConfig, CaptureNews};
pub use service::{Completion, Reply, Service};
pub use watch::Watch;

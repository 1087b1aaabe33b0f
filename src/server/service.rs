//! The boundary between the server and what it serves.

use std::sync::Arc;
use std::time::Instant;

use http::StatusCode;

use super::Arrival;
use super::fault::Fault;
use crate::memory;
use crate::message::{Bell, Problem, Request, Response};

/// What answers complete requests. It is called on a worker thread and must return within about a millisecond.
///
/// ```
/// use httpkit::message::{Content, Request, Response};
/// use httpkit::server::{Arrival, Config, Limits, Reply, Service, bind};
/// use std::io::{Read, Write};
/// use std::net::TcpStream;
///
/// struct Hello;
///
/// impl Service for Hello {
///     fn respond(&self, request: &Request<'_>, _arrival: &Arrival<'_>) -> Reply {
///         let text = format!("{} to you\n", request.method);
///         Reply::Ready(Response::new(http::StatusCode::OK).with_content(Content::from(text.into_bytes())))
///     }
/// }
///
/// let server = bind("127.0.0.1:0".parse()?)?;
/// let (address, handle) = (server.address(), server.handle());
/// let running = std::thread::spawn(move || server.serve(Hello, Config::new(Limits::USUAL)));
/// let mut peer = TcpStream::connect(address)?;
/// peer.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
/// let mut answer = String::new();
/// peer.read_to_string(&mut answer)?;
/// assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nGET to you\n"), "{answer}");
/// handle.stop();
/// running.join().unwrap()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Service: Send + Sync + 'static {
    /// Answers a request at once, or says how it will be answered. `HEAD` is answered as `GET` is: the server leaves
    /// the content out when it writes. The arrival says how the request came; its body is what was kept of it, see
    /// [`Service::keeps_bodies`].
    fn respond(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply;

    /// Whether the service looks at message bodies as they came, so that all of one is kept beside its content.
    fn keeps_bodies(&self) -> bool {
        false
    }

    /// Whether the exchange that this request begins belongs into the journal.
    fn is_recorded(&self, request: &Request<'_>) -> bool {
        let _ = request;
        true
    }

    /// What the head alone decides, asked before a client that sent `Expect: 100-continue` is told to send its content; `None`
    /// lets it, and then the whole request is answered (RFC 9110 10.1.1). The request's content is empty.
    fn before_content(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Option<Reply> {
        let _ = (request, arrival);
        None
    }

    /// What answers depend on besides the request: while this number stays the same, a request without content that is
    /// the same byte by byte may be given the answer again which it was given at once ([`Reply::Ready`]). It is asked
    /// for before the request is answered. `None` (unless overridden): each request is answered anew.
    fn state(&self) -> Option<u64> {
        None
    }

    /// How many bytes of data stay in memory as long as an answer is unsent that shows a part of them, or is made of them
    /// while it is sent. It is asked for with large answers.
    fn kept(&self) -> usize {
        0
    }

    /// The refusal of a message that the server could not take up; the arrival has what came of it.
    fn refusal(&self, problem: Problem, arrival: &Arrival<'_>) -> Response {
        let _ = arrival;
        problem.response()
    }

    /// Lets a page read the response whose pages may read answers (CORS); the arrival has what came of its request. A refusal of
    /// the service's own is that already.
    fn permit(&self, response: &mut Response, arrival: &Arrival<'_>) {
        let _ = (response, arrival);
    }

    /// Called once before each batch of requests, from any worker: the place for what is too dear to do per request.
    fn before_batch(&self) {}
}

/// How a request is answered.
pub enum Reply {
    /// At once.
    Ready(Response),
    /// By work of more than about a millisecond, which the server runs on its pool, off the workers.
    Long(Box<dyn FnOnce() -> Response + Send>),
    /// As this says, which itself takes more than about a millisecond to find out; the server asks it on its pool.
    Later(Box<dyn FnOnce() -> Reply + Send>),
    /// By somebody else, who is handed the [`Completion`] now and finishes it from any thread (a durable write).
    Pending(Box<dyn FnOnce(Completion) + Send>),
    /// Not before that moment, unless the server ends, and then as this says, which is asked on the worker: an answer that is to
    /// come late needs no thread that waits. It has this meaning only as the reply to the request itself; within another reply it is asked at
    /// once.
    NotBefore(Instant, Box<dyn FnOnce() -> Reply + Send>),
    /// As this says, which is asked on the worker when the bell was rung, and each time that it answers so again; and at that
    /// moment, or when the peer sends nothing more or the server ends, for the last time, which it is told. Within another reply
    /// that is at once.
    Heed(Arc<Bell>, Instant, Box<dyn FnOnce(bool) -> Reply + Send>),
    /// As this says, and then with a fault. It has this meaning only as the reply to the request itself, or behind
    /// [`Reply::NotBefore`]; within another reply the answer has no fault.
    Faulty(Box<Fault>, Box<Reply>),
}

impl Reply {
    /// Answers a request in this way, off the workers.
    pub(super) fn complete(self, completion: Completion) {
        match self {
            Reply::Ready(response) => completion.finish(response),
            Reply::Long(work) => completion.finish(work()),
            Reply::Later(work) => work().complete(completion),
            Reply::Pending(start) => start(completion),
            Reply::NotBefore(_, work) => work().complete(completion),
            Reply::Heed(_, _, work) => work(true).complete(completion),
            Reply::Faulty(_, reply) => reply.complete(completion),
        }
    }
}

/// The right to answer one request, once, from any thread. Dropped unused, it answers 500.
pub struct Completion {
    deliver: Option<Box<dyn FnOnce(Response) + Send>>,
}

impl Completion {
    /// A completion that hands its response to `deliver`.
    pub fn new(deliver: impl FnOnce(Response) + Send + 'static) -> Completion {
        Completion { deliver: Some(Box::new(deliver)) }
    }

    /// Answers the request.
    pub fn finish(mut self, response: Response) {
        if let Some(deliver) = self.deliver.take() {
            deliver(response);
        }
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        if let Some(deliver) = self.deliver.take() {
            deliver(internal_error());
        }
    }
}

/// The answer when the service itself failed.
pub(super) fn internal_error() -> Response {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal-error", "the request could not be answered").response()
}

/// What is said while the system gives no more memory than the answers that are being made need.
pub(super) fn short_of_memory() -> Problem {
    let most = memory::limit().unwrap_or_default();
    let detail = format!(
        "the process may have {most} bytes of memory (ulimit -v or -d), too few for this now; try again later, or with less"
    );
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-enough-memory", detail)
}

/// What is said while all the memory there is for them is held by other requests and answers.
pub(super) fn busy(most: usize) -> Problem {
    let detail = format!(
        "requests and unread answers hold all of the {most} bytes that there are for them (--max-pending); try again later"
    );
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too-much-pending", detail)
}

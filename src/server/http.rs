//! HTTP/1.1 as a protocol: complete requests to a service, its responses to octets, in order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use http::StatusCode;

use super::answers::Key;
use super::budget::Share;
use super::http_body::Body;
use super::output::COPIED;
use super::protocol::{Exchange, Next, Protocol, SMALL, Step};
use super::service::{busy, internal_error};
use super::window::Rate;
use super::{Limits, LogEntry, Reply, Service};
use crate::message::{
    ConnectionOption, Framing, Head, HeadLimits, HeadScan, HeadSpan, ParseError, Problem, Response, Version,
    carries_content, parse_head, write_head,
};

/// So much of a request line is logged at most.
const LOGGED_LINE: usize = 16 << 10;

/// HTTP/1.1 (RFC 9112) for any service.
pub struct Http<S> {
    service: S,
    limits: Limits,
    head_limits: HeadLimits,
    is_once: bool,
}

/// Where one connection stands.
pub struct Conversation {
    scan: HeadScan,
    /// When the first octet of the head came; while idle, when the last request was answered.
    since: Instant,
    has_begun: bool,
    /// A request whose content is on its way.
    body: Option<Box<Body>>,
    /// A request whose answer is on its way.
    asked: Option<Box<Asked>>,
    /// What the content that is about to be answered holds.
    share: Option<Share>,
}

/// What is to be known about a request when its answer is written.
struct Asked {
    terms: Terms,
    /// For the log; empty without one.
    head: Vec<u8>,
    /// What its content holds of the memory for all.
    _share: Share,
}

/// How an answer is to be written.
#[derive(Clone, Copy)]
struct Terms {
    is_head: bool,
    is_old: bool,
    connection: ConnectionOption,
}

impl Terms {
    /// To a request of which so much is known that it begins so; the connection is closed behind the answer.
    fn last(request: &[u8]) -> Terms {
        Terms { is_head: request.starts_with(b"HEAD "), is_old: false, connection: ConnectionOption::Close }
    }
}

/// How it goes on after a request was looked at.
enum Flow {
    On,
    Next(Next),
}

impl<S: Service> Http<S> {
    /// HTTP/1.1 for this service within these limits.
    pub fn new(service: S, limits: Limits) -> Http<S> {
        Http { service, limits, head_limits: limits.head_limits(), is_once: false }
    }

    /// The same with one exchange a connection, which is closed after the answer.
    #[must_use]
    pub fn once(self) -> Http<S> {
        Http { is_once: true, ..self }
    }

    /// A complete request. What can be given again, and is answered at once, is kept.
    fn respond(
        &self,
        head: &Head<'_>,
        (octets, content): (&[u8], &[u8]),
        repeatable: Option<(u64, Key)>,
        conversation: &mut Conversation,
        exchange: &mut Exchange<'_>,
    ) -> Flow {
        let connection = match head.version {
            _ if !head.is_persistent || self.is_once || exchange.is_stopping => ConnectionOption::Close,
            Version::Http10 => ConnectionOption::KeepAlive,
            Version::Http11 => ConnectionOption::Implied,
        };
        let (is_head, is_old) = (head.method == "HEAD", head.version == Version::Http10);
        let terms = Terms { is_head, is_old, connection };
        let held = conversation.share.take().or_else(|| match content.len() <= SMALL {
            // Little goes on however much the others hold.
            true => Some(Share::held_already(exchange.budget, content.len())),
            false => Share::of(exchange.budget, content.len()),
        });
        let Some(share) = held else {
            return write(busy(exchange.budget.most()).response(), octets, terms, exchange);
        };
        let request = head.request(content);
        // A service that panics answers 500 and takes nobody with it.
        let reply = catch_unwind(AssertUnwindSafe(|| self.service.respond(&request)));
        match reply {
            Ok(Reply::Ready(response)) => {
                let start = exchange.output.octets().len();
                let flow = self.write(response, octets, terms, exchange);
                if let (Flow::On, Some((state, key)), Some(answer)) = (&flow, repeatable, exchange.output.since(start))
                {
                    exchange.answers.keep(state, key, octets, answer);
                }
                return flow;
            }
            Err(_) => return write(internal_error(), octets, terms, exchange),
            Ok(Reply::Long(job)) => {
                let budget = Arc::clone(exchange.budget);
                exchange.run(Box::new(move || if budget.is_full() { busy(budget.most()).response() } else { job() }));
            }
            Ok(later @ Reply::Later(_)) => exchange.complete(later),
            Ok(Reply::Pending(start)) => {
                let completion = exchange.completion();
                // If it unwinds, the completion is dropped on the way, which answers 500.
                let _ = catch_unwind(AssertUnwindSafe(move || start(completion)));
            }
        }
        let head = if exchange.has_log() { octets.to_vec() } else { Vec::new() };
        conversation.asked = Some(Box::new(Asked { terms, head, _share: share }));
        Flow::Next(Next::Wait)
    }

    /// A head is complete: answers it if its content is there, else prepares for the content. Says how much was used.
    #[inline]
    fn begin(
        &self,
        input: &[u8],
        span: HeadSpan,
        conversation: &mut Conversation,
        exchange: &mut Exchange<'_>,
    ) -> Result<(usize, Flow), ParseError> {
        let (octets, rest) = (&input[span.start..span.end], &input[span.end..]);
        let repeatable = self.repeatable(octets, exchange);
        if repeatable.is_some_and(|(state, key)| repeat(state, key, octets, exchange)) {
            return Ok((span.end, Flow::On));
        }
        // Looked at where it stands: it is large enough for a copy to be felt.
        let parsed = parse_head(octets, span.lines);
        let head = parsed.as_ref().map_err(|error| *error)?;
        match head.framing {
            Framing::None => Ok((span.end, self.respond(head, (octets, &[]), repeatable, conversation, exchange))),
            Framing::Length(length) if length > self.limits.body => Err(ParseError::ContentTooLarge),
            Framing::Length(length) if length <= rest.len() as u64 => {
                let length = length as usize;
                let flow = self.respond(head, (octets, &rest[..length]), None, conversation, exchange);
                Ok((span.end + length, flow))
            }
            framing => {
                if head.expects_continue
                    && rest.is_empty()
                    && let Some(flow) = self.expect(head, octets, exchange)
                {
                    return Ok((span.end, flow));
                }
                let body = Body::new((octets, span.lines), framing, &self.limits, exchange.budget, exchange.now);
                conversation.body = Some(Box::new(body));
                Ok((span.end, Flow::On))
            }
        }
    }

    /// The state of which an answer to this head could be given again, and the head's key among such answers. Where the
    /// connection is about to be closed whatever the head says, none can.
    #[inline]
    fn repeatable(&self, octets: &[u8], exchange: &Exchange<'_>) -> Option<(u64, Key)> {
        let is_closing = self.is_once || exchange.is_stopping;
        self.service.state().filter(|_| !is_closing).map(|state| (state, Key::of(octets)))
    }

    /// The client waits to be told: a refusal that the head alone decides, or `100 (Continue)` and nothing else.
    fn expect(&self, head: &Head<'_>, octets: &[u8], exchange: &mut Exchange<'_>) -> Option<Flow> {
        let asked = catch_unwind(AssertUnwindSafe(|| self.service.before_content(&head.request(&[]))));
        let Some(response) = asked.unwrap_or_else(|_| Some(internal_error())) else {
            exchange.output.octets().extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
            return None;
        };
        write(response, octets, Terms::last(octets), exchange);
        Some(Flow::Next(Next::Linger))
    }

    /// What is said of octets that are no request, or of one that is too long: with the limit.
    fn problem(&self, error: &ParseError) -> Problem {
        let limit = match error {
            ParseError::TargetTooLong => format!("{} bytes (--max-target)", self.limits.target),
            ParseError::HeadTooLarge => format!("{} bytes (--max-head)", self.limits.head),
            ParseError::TooManyFields => format!("{} (--max-fields)", self.limits.fields),
            ParseError::ContentTooLarge => format!("{} bytes (--max-body)", self.limits.body),
            ParseError::ChunkTooLarge => {
                let limits = self.limits.chunked_limits();
                format!("{} and {} bytes", limits.extensions, limits.trailers)
            }
            _ => return error.problem(),
        };
        Problem::new(error.status(), error.code(), format!("{error}: at most {limit}"))
    }

    /// More content has come.
    fn advance_body(
        &self,
        mut body: Box<Body>,
        input: &[u8],
        conversation: &mut Conversation,
        exchange: &mut Exchange<'_>,
    ) -> Result<(usize, Flow), ParseError> {
        if !body.make_room(input.len()) {
            let problem = busy(exchange.budget.most());
            return Ok((input.len(), Flow::Next(self.refuse(&problem, &body.head, exchange))));
        }
        let rate = Rate { octets: self.limits.rate, time: self.limits.body_time }.in_haste(exchange.budget.is_tight());
        let decoded = match body.advance(input, exchange.now, rate) {
            Ok(decoded) => decoded,
            Err(error) => {
                // Its head is what the log says about it.
                conversation.body = Some(body);
                return Err(error);
            }
        };
        if !decoded.is_complete {
            let until = body.deadline(rate);
            conversation.body = Some(body);
            return Ok((decoded.used, Flow::Next(Next::Read(until))));
        }
        let Body { head: octets, lines, content, share, .. } = *body;
        let head = parse_head(&octets, lines)?;
        conversation.share = Some(share);
        Ok((decoded.used, self.respond(&head, (&octets, &content), None, conversation, exchange)))
    }

    /// Nothing more can be done with what has come.
    #[inline]
    fn wait(&self, conversation: &mut Conversation, input: &[u8], exchange: &mut Exchange<'_>) -> Next {
        let is_idle = conversation.scan.is_idle();
        if exchange.has_ended && is_idle {
            return Next::Close;
        }
        if exchange.has_ended {
            return self.incomplete(input, exchange);
        }
        if is_idle {
            return Next::Read(conversation.since + self.limits.idle_time);
        }
        if !conversation.has_begun {
            conversation.has_begun = true;
            conversation.since = exchange.now;
        }
        Next::Read(conversation.since + self.limits.head_time)
    }

    /// Requests one after the other, as far as they have come.
    fn requests(
        &self,
        conversation: &mut Conversation,
        input: &[u8],
        used: &mut usize,
        exchange: &mut Exchange<'_>,
    ) -> Result<Next, ParseError> {
        loop {
            if exchange.output.is_full() {
                return Ok(Next::Again);
            }
            let rest = &input[*used..];
            let (length, flow) = if let Some(body) = conversation.body.take() {
                if rest.is_empty() && exchange.has_ended {
                    return Ok(self.incomplete(&body.head, exchange));
                }
                self.advance_body(body, rest, conversation, exchange)?
            } else if let Some(span) = conversation.scan.advance(rest, &self.head_limits)? {
                let answered = self.begin(rest, span, conversation, exchange)?;
                conversation.reset(exchange.now);
                answered
            } else {
                return Ok(self.wait(conversation, rest, exchange));
            };
            *used += length;
            match flow {
                Flow::On => {}
                Flow::Next(Next::Read(_)) if exchange.has_ended => {}
                Flow::Next(next) => return Ok(next),
            }
        }
    }
}

impl<S: Service> Http<S> {
    /// Writes an answer of the service behind those before it.
    #[inline]
    fn write(&self, response: Response, request_head: &[u8], terms: Terms, exchange: &mut Exchange<'_>) -> Flow {
        if response.content.len() > COPIED || response.content.is_stream() {
            // A part of the data, however small, keeps all of that state.
            let is_data = response.content.made() < response.content.len() || response.content.is_stream();
            exchange.output.keep(if is_data { self.service.kept() } else { 0 });
        }
        write(response, request_head, terms, exchange)
    }

    /// Answers a request that cannot be read, and closes in steps. `received` is what has come of it.
    fn refuse(&self, problem: &Problem, received: &[u8], exchange: &mut Exchange<'_>) -> Next {
        let line = first_line(received);
        let mut response = problem.response();
        self.service.before_refusal(received, &mut response);
        write(response, line, Terms::last(line), exchange);
        Next::Linger
    }

    /// The peer has stopped sending in the middle of a request: nothing of it is applied.
    fn incomplete(&self, received: &[u8], exchange: &mut Exchange<'_>) -> Next {
        let problem =
            Problem::new(StatusCode::BAD_REQUEST, "incomplete-request", "the connection ended before the request did");
        self.refuse(&problem, received, exchange);
        Next::Close
    }
}

impl<S: Service> Protocol for Http<S> {
    type Conversation = Conversation;

    fn open(&self, exchange: &mut Exchange<'_>) -> (Conversation, Next) {
        let conversation = Conversation {
            scan: HeadScan::default(),
            since: exchange.now,
            has_begun: false,
            body: None,
            asked: None,
            share: None,
        };
        (conversation, Next::Read(exchange.now + self.limits.idle_time))
    }

    fn advance(&self, conversation: &mut Conversation, input: &[u8], exchange: &mut Exchange<'_>) -> Step {
        let mut used = 0;
        let next = match self.requests(conversation, input, &mut used, exchange) {
            Ok(next) => next,
            Err(error) => {
                let body = conversation.body.take();
                let received = body.as_ref().map_or(&input[used..], |body| &body.head);
                self.refuse(&self.problem(&error), received, exchange)
            }
        };
        Step { used, next }
    }

    fn answer(&self, conversation: &mut Conversation, response: Response, exchange: &mut Exchange<'_>) -> Next {
        if let Some(asked) = conversation.asked.take() {
            let mut terms = asked.terms;
            if exchange.is_stopping {
                terms.connection = ConnectionOption::Close;
            }
            if let Flow::Next(next) = self.write(response, &asked.head, terms, exchange) {
                return next;
            }
        }
        conversation.reset(exchange.now);
        Next::Again
    }

    fn expire(&self, conversation: &mut Conversation, input: &[u8], exchange: &mut Exchange<'_>) -> Step {
        let next = if self.is_idle(conversation) {
            Next::Close
        } else {
            let body = conversation.body.take();
            let received = body.as_ref().map_or(input, |body| &body.head);
            let problem = Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "request-timeout",
                "the request did not arrive within the time that this server waits",
            );
            self.refuse(&problem, received, exchange)
        };
        Step { used: input.len(), next }
    }

    fn is_idle(&self, conversation: &Conversation) -> bool {
        conversation.scan.is_idle() && conversation.body.is_none() && conversation.asked.is_none()
    }

    fn unfinished_since(&self, conversation: &Conversation) -> Option<Instant> {
        let is_head = conversation.has_begun && conversation.body.is_none() && conversation.asked.is_none();
        is_head.then_some(conversation.since)
    }

    fn before_batch(&self) {
        self.service.before_batch();
    }
}

impl Conversation {
    /// A head was read; the next one begins.
    #[inline]
    fn reset(&mut self, now: Instant) {
        self.scan = HeadScan::default();
        self.since = now;
        self.has_begun = false;
    }
}

/// Writes a response behind those before it.
fn write(response: Response, request_head: &[u8], terms: Terms, exchange: &mut Exchange<'_>) -> Flow {
    let Terms { is_head, is_old, mut connection } = terms;
    let sends_content = carries_content(if is_head { "HEAD" } else { "" }, response.status);
    let start = exchange.output.octets().len();
    if is_old && response.content.is_stream() {
        // It is told the end of what has no length by that of the connection.
        connection = ConnectionOption::Close;
    }
    write_head(exchange.output.octets(), &response, exchange.clock.date.as_bytes(), connection, is_old);
    if exchange.has_log() {
        let length = response.content.len();
        let size = Some(length).filter(|length| sends_content && *length > 0);
        let (octets, log) = (exchange.output.octets(), &mut *exchange.log);
        let entry = LogEntry {
            request_line: first_line(request_head),
            status: response.status,
            size,
            request_head,
            response_head: &octets[start..],
        };
        log.push(&entry, exchange.peer.ip(), exchange.clock);
    }
    if sends_content {
        exchange.output.push(response.content);
        if is_old {
            exchange.output.end_by_closing();
        }
    }
    if connection == ConnectionOption::Close { Flow::Next(Next::Close) } else { Flow::On }
}

/// Gives the answer that this head was given before, if it was and nothing has changed since.
#[inline]
fn repeat(state: u64, key: Key, request_head: &[u8], exchange: &mut Exchange<'_>) -> bool {
    let Some(kept) = exchange.answers.find(state, key, request_head) else { return false };
    let out = exchange.output.octets();
    let start = out.len();
    kept.write(exchange.clock.date.as_bytes(), out);
    if exchange.log.is_on() {
        let entry = LogEntry {
            request_line: first_line(request_head),
            status: StatusCode::from_bytes(kept.status()).unwrap_or_default(),
            size: Some(kept.content_length()).filter(|&length| length > 0),
            request_head,
            response_head: &out[start..start + kept.head_length()],
        };
        exchange.log.push(&entry, exchange.peer.ip(), exchange.clock);
    }
    true
}

/// The first line of what a peer sent, as far as it goes.
fn first_line(octets: &[u8]) -> &[u8] {
    let start = octets.iter().position(|octet| !matches!(octet, b'\r' | b'\n')).unwrap_or(octets.len());
    let octets = &octets[start..];
    let end = memchr::memchr2(b'\r', b'\n', octets).unwrap_or(octets.len());
    &octets[..end.min(LOGGED_LINE)]
}

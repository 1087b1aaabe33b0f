//! HTTP/1.1 as a protocol: complete requests to a service, its responses to bytes, in order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use http::StatusCode;

use super::answers::Key;
use super::arrival::KeptArrival;
use super::budget::Hold;
use super::http_answer::{CONTINUE, Flow, repeat, write};
use super::http_body::Body;
use super::http_conversation::{Asked, Conversation, Due, Terms};
use super::http_fault;
use super::journal::KEPT_CONTENT;
use super::output::COPIED;
use super::protocol::{Exchange, Next, Protocol, Step};
use super::service::internal_error;
use super::window::Rate;
use super::{Arrival, Fault, Limits, Reply, Service};
use crate::message::{
    Bell, ConnectionOption, Framing, Head, HeadLimits, HeadSpan, ParseError, Problem, Request, Response, parse_head,
};

/// HTTP/1.1 (RFC 9112) for any service.
pub struct Http<S> {
    service: S,
    limits: Limits,
    head_limits: HeadLimits,
    is_once: bool,
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
        (arrival, content): (&Arrival<'_>, &[u8]),
        repeatable: Option<(u64, Key)>,
        conversation: &mut Conversation,
        exchange: &mut Exchange<'_>,
    ) -> Flow {
        let request = head.request(content);
        let is_last = !head.is_persistent || self.is_once || exchange.is_stopping;
        let terms = Terms::of(head, is_last, self.is_recorded(&request, exchange));
        let hold = match Hold::of(conversation.share.take(), content, exchange.budget) {
            Ok(hold) => hold,
            Err(problem) => return write(problem.response(), arrival, terms, exchange),
        };
        // A service that panics answers 500 and takes nobody with it.
        let reply = catch_unwind(AssertUnwindSafe(|| self.service.respond(&request, arrival)));
        let Ok(reply) = reply else { return write(internal_error(), arrival, terms, exchange) };
        self.reply(reply, (arrival, terms, hold), repeatable, conversation, exchange)
    }

    #[inline]
    fn is_recorded(&self, request: &Request<'_>, exchange: &Exchange<'_>) -> bool {
        exchange.recorder.is_some() && self.service.is_recorded(request)
    }

    /// Answers as the service says, or begins to.
    #[inline]
    fn reply(
        &self,
        reply: Reply,
        (arrival, terms, hold): (&Arrival<'_>, Terms, Hold),
        repeatable: Option<(u64, Key)>,
        conversation: &mut Conversation,
        exchange: &mut Exchange<'_>,
    ) -> Flow {
        let mut fault = None;
        let (next, due) = match self.begun(reply, &mut fault, exchange) {
            Begun::Answer(response) => {
                let start = exchange.output.bytes().len();
                let flow = self.write(response, fault.as_deref(), arrival, terms, exchange);
                if let (None, Flow::On, Some((state, key)), Some(answer)) =
                    (&fault, &flow, repeatable, exchange.output.since(start))
                {
                    exchange.answers.keep(state, key, arrival.request_head(), answer);
                }
                return flow;
            }
            Begun::Wait => (Next::Wait, None),
            Begun::Pause(due) => (Next::Pause(due.until), Some(due)),
        };
        let body = if terms.is_recorded { Some(KEPT_CONTENT) } else { exchange.has_log().then_some(0) };
        let kept = KeptArrival::of(arrival, body);
        conversation.asked = Some(Box::new(Asked { terms, kept, due, fault, _hold: hold }));
        Flow::Next(next)
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
        let (received, rest) = input.split_at(span.end);
        let bytes = &received[span.start..];
        let repeatable = self.repeatable(bytes, exchange);
        if let Some((state, key)) = repeatable
            && repeat((state, key), bytes, received, conversation, exchange)
        {
            return Ok((span.end, Flow::On));
        }
        // Looked at where it stands: it is large enough for a copy to be felt.
        let parsed = parse_head(bytes, span.lines);
        let head = parsed.as_ref().map_err(|error| *error)?;
        match head.framing {
            Framing::None => {
                let arrival = conversation.arrival(received, &[], exchange);
                Ok((span.end, self.respond(head, (&arrival, &[]), repeatable, conversation, exchange)))
            }
            Framing::Length(length) if length > self.limits.body => Err(ParseError::ContentTooLarge),
            Framing::Length(length) if length <= rest.len() as u64 => {
                let content = &rest[..length as usize];
                let arrival = conversation.arrival(received, content, exchange);
                let flow = self.respond(head, (&arrival, content), None, conversation, exchange);
                Ok((span.end + content.len(), flow))
            }
            framing => {
                let is_waiting = head.expects_continue && rest.is_empty();
                if is_waiting && let Some(flow) = self.expect(head, received, conversation, exchange) {
                    return Ok((span.end, flow));
                }
                conversation.is_continued = is_waiting;
                self.await_body((received, span), framing, conversation, exchange);
                Ok((span.end, Flow::On))
            }
        }
    }

    /// The content is still to come, or a part of it.
    fn await_body(
        &self,
        head: (&[u8], HeadSpan),
        framing: Framing,
        conversation: &mut Conversation,
        exchange: &Exchange<'_>,
    ) {
        let most = match (self.service.keeps_bodies(), exchange.recorder.is_some()) {
            (true, _) => usize::MAX,
            (false, true) => KEPT_CONTENT,
            (false, false) => 0,
        };
        let times = (conversation.begun(exchange.now), exchange.now);
        let body = Body::new(head, (framing, most), &self.limits, exchange.budget, times);
        conversation.body = Some(Box::new(body));
    }

    /// The state of which an answer to this head could be given again, and the head's key among such answers. Where the
    /// connection is about to be closed whatever the head says, none can.
    #[inline]
    fn repeatable(&self, bytes: &[u8], exchange: &Exchange<'_>) -> Option<(u64, Key)> {
        let is_closing = self.is_once || exchange.is_stopping;
        self.service.state().filter(|_| !is_closing).map(|state| (state, Key::of(bytes)))
    }

    /// The client waits to be told: the answer that the head alone decides, behind which nothing more is read, as it may send the
    /// content all the same (RFC 9110 10.1.1); or `100 (Continue)` and nothing else.
    fn expect(
        &self,
        head: &Head<'_>,
        received: &[u8],
        conversation: &mut Conversation,
        exchange: &mut Exchange<'_>,
    ) -> Option<Flow> {
        let request = head.request(&[]);
        let arrival = conversation.arriving(received, (&[], 0), conversation.begun(exchange.now), exchange);
        let asked = catch_unwind(AssertUnwindSafe(|| self.service.before_content(&request, &arrival)));
        let Some(reply) = asked.unwrap_or_else(|_| Some(Reply::Ready(internal_error()))) else {
            exchange.output.bytes().extend_from_slice(CONTINUE);
            return None;
        };
        let arrival = conversation.arrival(received, &[], exchange);
        let terms = Terms { is_unread: true, ..Terms::of(head, true, self.is_recorded(&request, exchange)) };
        Some(match Hold::of(None, &[], exchange.budget) {
            Ok(hold) => self.reply(reply, (&arrival, terms, hold), None, conversation, exchange),
            Err(problem) => write(problem.response(), &arrival, terms, exchange),
        })
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
            let problem = exchange.budget.refusal();
            let arrival = conversation.arrival_of(&body, exchange);
            return Ok((input.len(), Flow::Next(self.refuse(problem, &arrival, exchange))));
        }
        let rate = Rate { bytes: self.limits.rate, time: self.limits.body_time }.in_haste(exchange.budget.is_tight());
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
        conversation.share = body.share.take();
        let head = parse_head(&body.head[body.span.start..], body.span.lines)?;
        let arrival = conversation.arrival_of(&body, exchange);
        Ok((decoded.used, self.respond(&head, (&arrival, &body.content), None, conversation, exchange)))
    }

    /// Nothing more can be done with what has come.
    #[inline]
    fn wait(&self, conversation: &mut Conversation, input: &[u8], exchange: &mut Exchange<'_>) -> Next {
        let is_idle = conversation.scan.is_idle();
        if exchange.has_ended && is_idle {
            return Next::Close;
        }
        if exchange.has_ended {
            let arrival = conversation.arrival(input, &[], exchange);
            return self.incomplete(&arrival, exchange);
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
                    let arrival = conversation.arrival_of(&body, exchange);
                    return Ok(self.incomplete(&arrival, exchange));
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
    /// Does what a reply says, as far as that can be done at once, and puts aside the fault that its answer is to have.
    fn begun(&self, reply: Reply, fault: &mut Option<Box<Fault>>, exchange: &Exchange<'_>) -> Begun {
        match reply {
            Reply::Faulty(own, reply) => {
                *fault = Some(own);
                return self.begun(*reply, fault, exchange);
            }
            Reply::Ready(response) => return Begun::Answer(response),
            Reply::NotBefore(until, work) => {
                return Begun::Pause(Due { until, bell: None, ask: Box::new(move |_| work()) });
            }
            Reply::Heed(bell, until, ask) => return Begun::Pause(Due { until, bell: Some(bell), ask }),
            Reply::Long(job) => exchange.run_over(self.service.kept(), job),
            later @ Reply::Later(_) => exchange.complete(later),
            Reply::Pending(start) => {
                let completion = exchange.completion();
                // If it unwinds, the completion is dropped on the way, which answers 500.
                let _ = catch_unwind(AssertUnwindSafe(move || start(completion)));
            }
        }
        Begun::Wait
    }

    /// Writes an answer of the service behind those before it.
    #[inline]
    fn write(
        &self,
        response: Response,
        fault: Option<&Fault>,
        arrival: &Arrival<'_>,
        terms: Terms,
        exchange: &mut Exchange<'_>,
    ) -> Flow {
        if response.content.len() > COPIED || response.content.is_stream() {
            // A part of the data, however small, keeps all of that state.
            let is_stream = response.content.is_stream();
            let is_data =
                response.content.is_endless() || (!is_stream && response.content.made() < response.content.len());
            exchange.output.keep(if is_data { self.service.kept() } else { 0 });
        }
        match fault {
            None => write(response, arrival, terms, exchange),
            Some(fault) => http_fault::write(response, fault, arrival, terms, exchange),
        }
    }

    /// Answers a request that cannot be read, and closes in steps. The arrival has what has come of it.
    fn refuse(&self, problem: Problem, arrival: &Arrival<'_>, exchange: &mut Exchange<'_>) -> Next {
        let terms = Terms::last(arrival.request_head());
        let response = self.service.refusal(problem, arrival);
        write(response, arrival, terms, exchange);
        Next::Linger
    }

    /// The peer has stopped sending in the middle of a request: nothing of it is applied.
    fn incomplete(&self, arrival: &Arrival<'_>, exchange: &mut Exchange<'_>) -> Next {
        let problem =
            Problem::new(StatusCode::BAD_REQUEST, "incomplete-request", "the connection ended before the request did");
        self.refuse(problem, arrival, exchange);
        Next::Close
    }
}

impl<S: Service> Protocol for Http<S> {
    type Conversation = Conversation;

    fn open(&self, exchange: &mut Exchange<'_>) -> (Conversation, Next) {
        let conversation = Conversation::new(exchange.now);
        (conversation, Next::Read(exchange.now + self.limits.idle_time))
    }

    fn advance(&self, conversation: &mut Conversation, input: &[u8], exchange: &mut Exchange<'_>) -> Step {
        let mut used = 0;
        let next = match self.requests(conversation, input, &mut used, exchange) {
            Ok(next) => next,
            Err(error) => {
                let body = conversation.body.take();
                let arrival = conversation.arrival_so_far(body.as_deref(), &input[used..], exchange);
                self.refuse(self.limits.problem(&error), &arrival, exchange)
            }
        };
        Step { used, next }
    }

    fn resume(&self, conversation: &mut Conversation, exchange: &mut Exchange<'_>) -> Next {
        let due = conversation.asked.as_mut().and_then(|asked| asked.due.take());
        let Some(due) = due else { return Next::Again };
        let is_last = due.until <= exchange.now || exchange.is_stopping || exchange.has_ended;
        let asked = catch_unwind(AssertUnwindSafe(|| (due.ask)(is_last)));
        let reply = asked.unwrap_or_else(|_| Reply::Ready(internal_error()));
        let Some(asked) = &mut conversation.asked else { return Next::Again };
        match self.begun(reply, &mut asked.fault, exchange) {
            Begun::Answer(response) => self.answer(conversation, response, exchange),
            Begun::Wait => Next::Wait,
            Begun::Pause(due) => {
                let until = due.until;
                asked.due = Some(due);
                Next::Pause(until)
            }
        }
    }

    fn answer(&self, conversation: &mut Conversation, response: Response, exchange: &mut Exchange<'_>) -> Next {
        if let Some(asked) = conversation.asked.take() {
            let mut terms = asked.terms;
            if exchange.is_stopping {
                terms.connection = ConnectionOption::Close;
            }
            let fault = asked.fault.as_deref();
            if let Flow::Next(next) = self.write(response, fault, &asked.kept.arrival(), terms, exchange) {
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
            let arrival = conversation.arrival_so_far(body.as_deref(), input, exchange);
            let problem = Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "request-timeout",
                "the request did not arrive within the time that this server waits",
            );
            self.refuse(problem, &arrival, exchange)
        };
        Step { used: input.len(), next }
    }

    fn bell<'c>(&self, conversation: &'c Conversation) -> Option<&'c Arc<Bell>> {
        conversation.asked.as_ref()?.due.as_ref()?.bell.as_ref()
    }

    fn is_idle(&self, conversation: &Conversation) -> bool {
        conversation.scan.is_idle() && conversation.body.is_none() && conversation.asked.is_none()
    }

    fn next_request(&self, conversation: &Conversation) -> Option<u32> {
        self.is_idle(conversation).then(|| conversation.count.wrapping_add(1))
    }

    fn unfinished_since(&self, conversation: &Conversation) -> Option<Instant> {
        let is_head = conversation.has_begun && conversation.body.is_none() && conversation.asked.is_none();
        is_head.then_some(conversation.since)
    }

    fn before_batch(&self) {
        self.service.before_batch();
    }
}

/// What a reply leads to at once.
enum Begun {
    Answer(Response),
    Wait,
    Pause(Due),
}

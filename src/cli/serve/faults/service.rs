//! A service whose answers come late, wrong or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;

use super::decision::{Faults, Strike};
use super::rule::Effect;
use crate::message::{OwnedRequest, Problem, Request, Response};
use crate::server::{Arrival, Fault, Finish, KeptArrival, Manner, Reply, Rhythm, Service};

/// So long a stalled answer is held open for a client that does not go.
const STALL: Duration = Duration::from_secs(600);

/// So often in a second something of a dripping answer is sent, if its rate is not slower.
const DRIPS: usize = 10;

/// Another service, with faults. It hands on everything but [`Service::state`]: no answer is given again unasked.
pub(in crate::cli::serve) struct Faulty(Arc<Inner>);

struct Inner {
    service: Box<dyn Service>,
    faults: Faults,
    /// How many requests there were for each rule; the last one: in all.
    counts: Vec<AtomicU64>,
}

impl Faulty {
    pub(in crate::cli::serve) fn new(service: impl Service, faults: Faults) -> Faulty {
        let counts = (0..=faults.rules.len()).map(|_| AtomicU64::new(0)).collect();
        Faulty(Arc::new(Inner { service: Box::new(service), faults, counts }))
    }
}

impl Service for Faulty {
    fn respond(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        let inner = &self.0;
        // What the server tells of itself is no part of the test.
        if !inner.service.is_recorded(request) {
            return inner.service.respond(request, arrival);
        }
        let strike = match inner.faults.of(request, |index| inner.count(index)) {
            Ok(strike) => strike,
            Err(detail) => {
                let problem = Problem::new(StatusCode::BAD_REQUEST, "bad-preference", detail);
                return Reply::Ready(inner.service.refusal(problem, arrival));
            }
        };
        let always = inner.faults.delay(inner.count(inner.faults.rules.len()));
        let own = strike.as_ref().and_then(Strike::delay);
        if always.is_none() && own.is_none() {
            return inner.reply(strike, request, arrival);
        }
        let until = Instant::now() + always.unwrap_or_default() + own.unwrap_or_default();
        // What is held meanwhile is the content once, unless the service looks at the body as it came.
        let body = if inner.service.keeps_bodies() { usize::MAX } else { 0 };
        let (request, arrival) = (OwnedRequest::of(request), KeptArrival::of(arrival, Some(body)));
        let inner = Arc::clone(inner);
        Reply::NotBefore(
            until,
            Box::new(move || request.with(|request| inner.reply(strike, request, &arrival.arrival()))),
        )
    }

    fn keeps_bodies(&self) -> bool {
        self.0.service.keeps_bodies()
    }

    fn is_recorded(&self, request: &Request<'_>) -> bool {
        self.0.service.is_recorded(request)
    }

    fn before_content(&self, request: &Request<'_>) -> Option<Response> {
        self.0.service.before_content(request)
    }

    fn kept(&self) -> usize {
        self.0.service.kept()
    }

    fn refusal(&self, problem: Problem, arrival: &Arrival<'_>) -> Response {
        self.0.service.refusal(problem, arrival)
    }

    fn before_batch(&self) {
        self.0.service.before_batch();
    }
}

impl Inner {
    fn count(&self, index: usize) -> u64 {
        self.counts.get(index).map_or(0, |count| count.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// The reply once it is time.
    fn reply(&self, strike: Option<Strike>, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        let Some(Strike { effect, chance }) = strike else { return self.service.respond(request, arrival) };
        let (manner, reply) = match &effect {
            Effect::Status(status, field) => (Manner::Whole, Reply::Ready(self.status(*status, field, arrival))),
            Effect::Delay(_) | Effect::OfClient => (Manner::Whole, self.service.respond(request, arrival)),
            Effect::Reset => instead(Vec::new(), Finish::Reset),
            Effect::Empty => instead(Vec::new(), Finish::Close),
            Effect::Garbage => instead(chance.garbage(), Finish::Close),
            Effect::Truncate => (Manner::Half(Finish::Close), self.harmless(request, arrival)),
            Effect::Stall => (Manner::Half(Finish::Hold(STALL)), self.harmless(request, arrival)),
            Effect::BadChunk => (Manner::BadChunk, self.harmless(request, arrival)),
            Effect::Drip(rate) => (Manner::Paced(drip(*rate)), self.harmless(request, arrival)),
            Effect::SlowHead(pause) => (Manner::Paced(Rhythm::Lines(*pause)), self.harmless(request, arrival)),
        };
        Reply::Faulty(Box::new(Fault { name: effect.name(), manner }), Box::new(reply))
    }

    /// What a request that writes nothing is answered; any other is refused, so that no write takes effect whose client
    /// is not told so.
    fn harmless(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        match request.method {
            "GET" | "HEAD" | "OPTIONS" | "TRACE" => self.service.respond(request, arrival),
            _ => Reply::Ready(self.status(StatusCode::SERVICE_UNAVAILABLE, &None, arrival)),
        }
    }

    fn status(&self, status: StatusCode, field: &Option<(String, String)>, arrival: &Arrival<'_>) -> Response {
        let mut response = match status.as_u16() {
            400.. => {
                let detail = "a fault that this server was told to have (--fault): nothing was changed";
                self.service.refusal(Problem::new(status, "fault", detail), arrival)
            }
            _ => Response::new(status),
        };
        if let Some((name, value)) = field {
            response.fields.push_named(name, value);
        }
        response
    }
}

impl Strike {
    /// How late it makes the answer.
    fn delay(&self) -> Option<Duration> {
        match self.effect {
            Effect::Delay(range) => Some(self.chance.lateness(range)),
            _ => None,
        }
    }
}

/// Bytes, and the reply whose place they take.
fn instead(bytes: Vec<u8>, finish: Finish) -> (Manner, Reply) {
    (Manner::Instead(Bytes::from(bytes), finish), Reply::Ready(Response::new(StatusCode::NO_CONTENT)))
}

/// So many bytes a second.
fn drip(rate: usize) -> Rhythm {
    let step = (rate / DRIPS).max(1);
    Rhythm::Bytes(step, Duration::from_secs_f64(step as f64 / rate as f64))
}

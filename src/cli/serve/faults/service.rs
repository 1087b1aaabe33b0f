//! A service whose answers come late, wrong or not at all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;

use super::decision::{Faults, Strike};
use super::rule::Effect;
use crate::api;
use crate::message::{OwnedRequest, Problem, Request, Response};
use crate::server::{Arrival, Fault, Finish, KeptArrival, Manner, Reply, Rhythm, Service};

/// So long a stalled answer is held open for a client that does not go.
const STALL: Duration = Duration::from_secs(600);

/// So often in a second something of a dripping answer is sent, if its rate is not slower.
const DRIPS: usize = 10;

/// The fields that a response of that status has to have (RFC 9110 11.6.1, 10.2.1, 11.7.1, 15.5.22). Nothing is allowed, as nothing is
/// done.
const NEEDED: [(StatusCode, &str, &str); 5] = [
    (StatusCode::UNAUTHORIZED, "WWW-Authenticate", "Bearer"),
    (StatusCode::METHOD_NOT_ALLOWED, "Allow", ""),
    (StatusCode::PROXY_AUTHENTICATION_REQUIRED, "Proxy-Authenticate", "Basic realm=\"fault\""),
    (StatusCode::UPGRADE_REQUIRED, "Upgrade", "HTTP/2.0"),
    (StatusCode::UPGRADE_REQUIRED, "Connection", "upgrade"),
];

/// Another service, with faults. It hands on everything but [`Service::state`]: no answer is given again unasked.
pub(in crate::cli::serve) struct Faulty(Arc<Inner>);

struct Inner {
    service: Box<dyn Service>,
    faults: Faults,
    /// How many requests there were for each rule; the last one: in all.
    counts: Mutex<Vec<u64>>,
}

/// What happens to one request.
struct Turn {
    strike: Option<Strike>,
    /// How late its answer is.
    delay: Option<Duration>,
}

impl Faulty {
    pub(in crate::cli::serve) fn new(service: impl Service, faults: Faults) -> Faulty {
        let counts = Mutex::new(vec![0; faults.rules.len() + 1]);
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
        let turn = inner.turn(request, &mut inner.counts());
        let Turn { strike, delay } = match turn {
            Ok(turn) => turn,
            Err(detail) => return inner.bad_preference(detail, request, arrival),
        };
        let Some(delay) = delay else { return inner.reply(strike.as_ref(), request, arrival) };
        // What is held meanwhile is the content once, unless the service looks at the body as it came.
        let body = if inner.service.keeps_bodies() { usize::MAX } else { 0 };
        let (request, arrival) = (OwnedRequest::of(request), KeptArrival::of(arrival, Some(body)));
        let inner = Arc::clone(inner);
        Reply::NotBefore(
            Instant::now() + delay,
            Box::new(move || request.with(|request| inner.reply(strike.as_ref(), request, &arrival.arrival()))),
        )
    }

    /// What does not depend on the content does not wait for it.
    fn before_content(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Option<Reply> {
        let inner = &self.0;
        if !inner.service.is_recorded(request) {
            return inner.service.before_content(request, arrival);
        }
        let mut counts = inner.counts();
        let mut counted = counts.clone();
        let (reply, delay) = match inner.turn(request, &mut counted) {
            Ok(turn) => (inner.early(turn.strike.as_ref(), request, arrival)?, turn.delay),
            Err(detail) => (inner.bad_preference(detail, request, arrival), None),
        };
        // One that is asked again when its content is there counts then.
        *counts = counted;
        Some(match delay {
            Some(delay) => Reply::NotBefore(Instant::now() + delay, Box::new(move || reply)),
            None => reply,
        })
    }

    fn keeps_bodies(&self) -> bool {
        self.0.service.keeps_bodies()
    }

    fn is_recorded(&self, request: &Request<'_>) -> bool {
        self.0.service.is_recorded(request)
    }

    fn kept(&self) -> usize {
        self.0.service.kept()
    }

    fn refusal(&self, problem: Problem, arrival: &Arrival<'_>) -> Response {
        self.0.service.refusal(problem, arrival)
    }

    fn permit(&self, response: &mut Response, arrival: &Arrival<'_>) {
        self.0.service.permit(response, arrival);
    }

    fn before_batch(&self) {
        self.0.service.before_batch();
    }
}

impl Inner {
    fn counts(&self) -> MutexGuard<'_, Vec<u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request, and says what happens to it.
    ///
    /// # Errors
    /// The client prefers something that cannot be understood; says what was expected.
    fn turn(&self, request: &Request<'_>, counts: &mut [u64]) -> Result<Turn, String> {
        let mut count = |index: usize| {
            let count = counts.get_mut(index).map(|count| {
                *count += 1;
                *count
            });
            count.unwrap_or_default()
        };
        let strike = self.faults.of(request, &mut count)?;
        let always = self.faults.delay(count(self.faults.rules.len()));
        let own = strike.as_ref().and_then(Strike::delay);
        let delay = always.into_iter().chain(own).reduce(Duration::saturating_add);
        Ok(Turn { strike, delay })
    }

    fn bad_preference(&self, detail: String, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "bad-preference", detail);
        let problem = problem.with("instance", api::instance(request));
        Reply::Ready(self.service.refusal(problem, arrival))
    }

    /// The reply once it is time.
    fn reply(&self, strike: Option<&Strike>, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        let Some(Strike { effect, chance }) = strike else { return self.service.respond(request, arrival) };
        let (manner, reply) = match effect {
            Effect::Status(status, field) => {
                (Manner::Whole, Reply::Ready(self.status(*status, field, request, arrival)))
            }
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
        marked(effect, manner, reply)
    }

    /// The reply to a request whose content has not come, where it makes no difference.
    fn early(&self, strike: Option<&Strike>, request: &Request<'_>, arrival: &Arrival<'_>) -> Option<Reply> {
        let Some(Strike { effect, .. }) = strike else { return self.service.before_content(request, arrival) };
        match effect {
            Effect::Delay(_) | Effect::OfClient => {
                let reply = self.service.before_content(request, arrival)?;
                Some(marked(effect, Manner::Whole, reply))
            }
            Effect::Status(..) | Effect::Reset | Effect::Empty | Effect::Garbage => {
                Some(self.reply(strike, request, arrival))
            }
            _ => (!is_harmless(request.method)).then(|| self.reply(strike, request, arrival)),
        }
    }

    /// What a request that writes nothing is answered; any other is refused, so that no write takes effect whose client
    /// is not told so.
    fn harmless(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        match is_harmless(request.method) {
            true => self.service.respond(request, arrival),
            false => Reply::Ready(self.status(StatusCode::SERVICE_UNAVAILABLE, &None, request, arrival)),
        }
    }

    fn status(
        &self,
        status: StatusCode,
        field: &Option<(String, String)>,
        request: &Request<'_>,
        arrival: &Arrival<'_>,
    ) -> Response {
        let mut response = match status.as_u16() {
            400.. => {
                let detail = "a fault that this server was told to have (--fault): nothing was changed";
                let problem = Problem::new(status, "fault", detail).with("instance", api::instance(request));
                self.service.refusal(problem, arrival)
            }
            _ => {
                let mut response = Response::new(status);
                self.service.permit(&mut response, arrival);
                response
            }
        };
        if let Some((name, value)) = field {
            response.fields.push_named(name, value);
        }
        let needed = NEEDED.into_iter().filter(|(needing, ..)| *needing == status);
        for (_, name, value) in needed {
            if !response.fields.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)) {
                response.fields.push(name, value);
            }
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

/// Whether requests of this method write nothing.
fn is_harmless(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
}

/// The reply with this effect, which the log names.
fn marked(effect: &Effect, manner: Manner, reply: Reply) -> Reply {
    Reply::Faulty(Box::new(Fault { name: effect.name(), manner }), Box::new(reply))
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

//! `serve FILE.har`: each request gets the answer that the same request got when the archive was made.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::StatusCode;

use super::archive::Entry;
use super::own::Own;
use crate::api::{self, Settings};
use crate::message::{Problem, Request, Response, Target};
use crate::server::{Arrival, Reply, Service};

/// A service that plays an archive.
pub(super) struct Mock {
    settings: Settings,
    own: Own,
    played: Arc<Played>,
}

struct Played {
    entries: Vec<Entry>,
    /// The entries of each method and target, in their order.
    places: HashMap<(String, String), Place>,
}

#[derive(Default)]
struct Place {
    entries: Vec<usize>,
    /// How many of them were given already.
    given: AtomicUsize,
}

impl Mock {
    pub(super) fn new(entries: Vec<Entry>, settings: Settings, own: Own) -> Mock {
        let mut places: HashMap<(String, String), Place> = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            places.entry((entry.method.clone(), entry.target.clone())).or_default().entries.push(index);
        }
        Mock { settings, own, played: Arc::new(Played { entries, places }) }
    }
}

impl Played {
    /// The next answer that this request got, and when all were given, the last; HEAD is answered as GET was.
    fn answer(&self, method: &str, target: &str) -> Option<Response> {
        let place = |method: &str| self.places.get(&(method.to_owned(), target.to_owned()));
        let place = place(method).or_else(|| place("GET").filter(|_| method == "HEAD"))?;
        let last = place.entries.len() - 1;
        // Beyond the last it stays there, so that the number never overflows.
        let given =
            place.given.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |given| (given < last).then_some(given + 1));
        let index = given.unwrap_or(last).min(last);
        Some(self.entries[place.entries[index]].response())
    }

    /// 404, naming the entry that is the most like the request.
    fn missing(&self, method: &str, target: &str) -> Response {
        let path = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
        let likeness = |entry: &&Entry| {
            let common = entry.target.bytes().zip(target.bytes()).take_while(|(own, asked)| own == asked).count();
            (path(&entry.target) == path(target), entry.target == target, common, entry.method == method)
        };
        let nearest = self.entries.iter().max_by_key(likeness);
        let nearest = nearest.map(|entry| format!("; the nearest is {} '{}'", entry.method, entry.target));
        let detail = format!("the archive has no {method} '{target}'{}", nearest.unwrap_or_default());
        Problem::new(StatusCode::NOT_FOUND, "not-recorded", detail).with("instance", path(target).as_str()).response()
    }
}

impl Service for Mock {
    fn respond(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        if Own::is_asked(request) {
            return self.own.respond(request, arrival, &self.settings);
        }
        let target = match request.target {
            Target::Path { path, query } => {
                format!("{path}{}", query.map(|query| format!("?{query}")).unwrap_or_default())
            }
            Target::Asterisk => "*".to_owned(),
            Target::Authority(authority) => authority.to_owned(),
        };
        Reply::Ready(api::admitted(request, &self.settings, || {
            self.played.answer(request.method, &target).ok_or_else(|| self.played.missing(request.method, &target))
        }))
    }

    fn is_recorded(&self, request: &Request<'_>) -> bool {
        !Own::is_asked(request)
    }

    fn refusal(&self, problem: Problem, arrival: &Arrival<'_>) -> Response {
        let mut response = problem.response();
        self.settings.sites.permit_lines(arrival.request_head(), &mut response);
        response
    }
}

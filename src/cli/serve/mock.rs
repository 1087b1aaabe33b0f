//! `serve FILE.har`: each request gets the answer that the same request got when the archive was made.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::StatusCode;

use super::archive::Entry;
use super::asked::asked;
use super::own::Own;
use crate::api::{self, Settings};
use crate::message::{OwnedRequest, Problem, Request, Response, Target};
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
    fn respond(&self, request: &Request<'_>, target: &str, settings: &Settings) -> Response {
        api::admitted(request, settings, || {
            self.answer(request.method, target).ok_or_else(|| self.missing(request.method, target))
        })
    }

    /// The answers to a method and a target in its one form; HEAD has those of GET, if it has none of its own.
    fn place(&self, method: &str, target: &str) -> Option<&Place> {
        let place = |method: &str| self.places.get(&(method.to_owned(), target.to_owned()));
        place(method).or_else(|| place("GET").filter(|_| method == "HEAD"))
    }

    /// The next answer that this request got, and when all were given, the last.
    fn answer(&self, method: &str, target: &str) -> Option<Response> {
        let place = self.place(method, &asked(target))?;
        let last = place.entries.len() - 1;
        // Beyond the last it stays there, so that the number never overflows.
        let given =
            place.given.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |given| (given < last).then_some(given + 1));
        let index = given.unwrap_or(last).min(last);
        Some(self.entries[place.entries[index]].response())
    }

    /// 404, naming the entry that is the most like the request.
    fn missing(&self, method: &str, target: &str) -> Response {
        let form = asked(target);
        let likeness = |entry: &&Entry| {
            let common = entry.target.bytes().zip(form.bytes()).take_while(|(own, asked)| own == asked).count();
            (path(&entry.target) == path(&form), entry.target == form, common, entry.method == method)
        };
        let nearest = self.entries.iter().max_by_key(likeness);
        let nearest = nearest.map(|entry| format!("; the nearest is {} '{}'", entry.method, entry.target));
        let detail = format!("the archive has no {method} '{target}'{}", nearest.unwrap_or_default());
        Problem::new(StatusCode::NOT_FOUND, "not-recorded", detail).with("instance", path(target)).response()
    }
}

/// What the request asks for, as it was sent.
fn target(request: &Request<'_>) -> String {
    match request.target {
        Target::Path { path, query } => format!("{path}{}", query.map(|query| format!("?{query}")).unwrap_or_default()),
        Target::Asterisk => "*".to_owned(),
        Target::Authority(authority) => authority.to_owned(),
    }
}

fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

impl Service for Mock {
    fn respond(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        if Own::is_asked(request) {
            return self.own.respond(request, arrival, &self.settings);
        }
        let target = target(request);
        let is_there = self.played.place(request.method, &asked(&target)).is_some();
        if is_there {
            return Reply::Ready(self.played.respond(request, &target, &self.settings));
        }
        // All entries are looked at for the nearest.
        let (request, played, settings) = (OwnedRequest::of(request), Arc::clone(&self.played), self.settings.clone());
        Reply::Long(Box::new(move || request.with(|request| played.respond(request, &target, &settings))))
    }

    fn before_content(&self, request: &Request<'_>, _: &Arrival<'_>) -> Option<Reply> {
        let is_own = Own::is_asked(request);
        api::unauthorized(request, &self.settings).filter(|_| !is_own).map(Reply::Ready)
    }

    fn is_recorded(&self, request: &Request<'_>) -> bool {
        !Own::is_asked(request)
    }

    fn refusal(&self, problem: Problem, arrival: &Arrival<'_>) -> Response {
        let mut response = problem.response();
        self.permit(&mut response, arrival);
        response
    }

    fn permit(&self, response: &mut Response, arrival: &Arrival<'_>) {
        self.settings.sites.permit_lines(arrival.request_head(), response);
    }
}

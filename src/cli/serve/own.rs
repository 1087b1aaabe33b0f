//! What the server tells of itself, below `/_/`: the last exchanges at `/_/requests`.

use std::sync::Arc;

use http::StatusCode;

use super::exchanges::{self, View};
use super::watching::{self, Wanted};
use crate::api::{self, Reach, Settings};
use crate::message::{Content, Problem, Request, Response, Target};
use crate::server::{Arrival, ExchangeJournal, Reply};

/// Where the last exchanges are read.
const REQUESTS: &str = "/_/requests";

/// The server's own resources.
pub(super) struct Own {
    /// `None`: nothing is kept.
    pub(super) journal: Option<Arc<ExchangeJournal>>,
    pub(super) view: View,
    /// What tells this run of the program from others.
    pub(super) boot: String,
}

impl Own {
    /// Whether the request is for one of them, unless the data has something in that place.
    #[inline]
    pub(super) fn is_asked(request: &Request<'_>) -> bool {
        let Target::Path { path, .. } = request.target else { return false };
        path.strip_prefix(REQUESTS).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Answers a request for one of them.
    pub(super) fn respond(&self, request: &Request<'_>, arrival: &Arrival<'_>, settings: &Settings) -> Reply {
        let Target::Path { path, query } = request.target else { return Reply::Ready(missing("*")) };
        let (journal, path) = (self.journal.clone(), path.to_owned());
        let (view, id) = asked(self.view, query.unwrap_or_default());
        if path == REQUESTS
            && let Some(journal) = journal.as_ref().filter(|_| api::wants_events(&request.fields))
        {
            let last = api::last_event(request);
            let (journal, wanted) = (Arc::clone(journal), Wanted { view, request_id: id, last });
            let boot = self.boot.clone();
            let follow = move || api::event_stream().with_content(watching::content(&journal, &boot, wanted));
            let stream = api::own(request, Reach::Machine(arrival.peer.ip()), settings, Box::new(follow));
            return Reply::Ready(stream.map_or_else(|refusal| refusal, |work| work()));
        }
        let read = Box::new(move || match journal {
            Some(journal) => read(&journal, view, &path, id.as_deref()),
            None => off(),
        });
        // Some megabytes are not written between two other answers.
        api::own(request, Reach::Machine(arrival.peer.ip()), settings, read).map_or_else(Reply::Ready, Reply::Long)
    }
}

/// What the query asks for: `_explain`, and the `X-Request-Id` of the exchanges that are wanted.
fn asked(view: View, query: &str) -> (View, Option<String>) {
    let (mut view, mut id) = (view, None);
    for (name, value) in query.split('&').map(|parameter| parameter.split_once('=').unwrap_or((parameter, ""))) {
        match name {
            "_explain" => view.explains = true,
            "_request_id" => id = percent_encoding::percent_decode_str(value).decode_utf8().ok().map(Into::into),
            _ => {}
        }
    }
    (view, id)
}

fn read(journal: &ExchangeJournal, view: View, path: &str, id: Option<&str>) -> Response {
    let text = match path[REQUESTS.len()..].trim_start_matches('/') {
        "" => {
            let mut all = journal.exchanges();
            all.retain(|(_, exchange)| id.is_none_or(|id| exchanges::is_of(exchange, id)));
            exchanges::all(&all, view)
        }
        id => match id.parse().ok().and_then(|id| Some((id, journal.exchange(id)?))) {
            Some((id, exchange)) => exchanges::one((id, &exchange), view),
            None => return missing(path),
        },
    };
    Response::new(StatusCode::OK)
        .with("Content-Type", "application/json")
        .with("X-Content-Type-Options", "nosniff")
        .with("Cache-Control", "no-store")
        .with_content(Content::from(text))
}

fn missing(path: &str) -> Response {
    let detail = format!("there is no exchange at '{path}', or none any more");
    Problem::new(StatusCode::NOT_FOUND, "not-found", detail).with("instance", path).response()
}

fn off() -> Response {
    let detail = "no exchanges are kept: the server was started with '--journal 0'";
    Problem::new(StatusCode::NOT_FOUND, "not-found", detail).response()
}

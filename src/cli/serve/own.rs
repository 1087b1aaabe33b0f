//! What the server tells of itself, below `/_/`: the last exchanges at `/_/requests`.

use std::sync::Arc;

use http::StatusCode;

use super::exchanges;
use crate::api::{self, Plan, Settings};
use crate::message::{Content, Problem, Request, Response, Target};
use crate::server::{Arrival, ExchangeJournal};

/// Where the last exchanges are read.
const REQUESTS: &str = "/_/requests";

/// The server's own resources.
pub(super) struct Own {
    /// `None`: nothing is kept.
    pub(super) journal: Option<Arc<ExchangeJournal>>,
    pub(super) show_secrets: bool,
}

impl Own {
    /// Whether the request is for one of them, unless the data has something in that place.
    #[inline]
    pub(super) fn is_asked(request: &Request<'_>) -> bool {
        let Target::Path { path, .. } = request.target else { return false };
        path.strip_prefix(REQUESTS).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Answers a request for one of them.
    pub(super) fn respond(&self, request: &Request<'_>, arrival: &Arrival<'_>, settings: &Settings) -> Plan {
        let Target::Path { path, .. } = request.target else { return Plan::Answer(missing("*")) };
        api::own(request, arrival.peer.ip(), settings, || {
            let Some(journal) = &self.journal else {
                let detail = "no exchanges are kept: the server was started with '--journal 0'";
                return Plan::Answer(Problem::new(StatusCode::NOT_FOUND, "not-found", detail).response());
            };
            let (journal, show_secrets) = (Arc::clone(journal), self.show_secrets);
            match path[REQUESTS.len()..].trim_start_matches('/') {
                // Some megabytes are not written between two other answers.
                "" => Plan::Long(Box::new(move || json(exchanges::all(&journal.exchanges(), show_secrets)))),
                id => match id.parse().ok().and_then(|id| journal.exchange(id)) {
                    Some(exchange) => Plan::Long(Box::new(move || json(exchanges::one(&exchange, show_secrets)))),
                    None => Plan::Answer(missing(path)),
                },
            }
        })
    }
}

fn json(text: Vec<u8>) -> Response {
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

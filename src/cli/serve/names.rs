//! What the server serves in the dialect `names`, over the ordinary HTTP conversation.

use std::sync::Arc;

use http::StatusCode;

use super::manner;
use crate::api::Sites;
use crate::dialect::names::{self, Plan};
use crate::message::{Content, Problem, Request, Response};
use crate::server::{Arrival, Reply, Service};
use crate::store::Store;

/// A dictionary of names, and who may use it.
pub(super) struct Names {
    pub(super) store: Arc<Store>,
    pub(super) sites: Sites,
}

impl Service for Names {
    fn respond(&self, request: &Request<'_>, _: &Arrival<'_>) -> Reply {
        // The original took what any web page sent it.
        if !self.sites.admits(request) {
            let text = Content::from(b"this page may not use this server".to_vec());
            let refusal = Response::new(StatusCode::FORBIDDEN).with("Content-Type", "text/plain");
            return Reply::Ready(refusal.with_content(text));
        }
        match names::respond(request, &self.store.view()) {
            Plan::Answer(response) => Reply::Ready(response),
            Plan::Write(change, written) => {
                let store = Arc::clone(&self.store);
                Reply::Pending(Box::new(move |completion| {
                    let after = Arc::clone(&store);
                    let done = move |result| completion.finish(written.answer(result, &after.view()));
                    store.commit(change, Box::new(done));
                }))
            }
        }
    }

    fn refusal(&self, problem: Problem, arrival: &Arrival<'_>) -> Response {
        manner::named(problem, arrival).response()
    }

    /// A hand edit of the file is seen by the next request.
    fn before_batch(&self) {
        self.store.refresh();
    }
}

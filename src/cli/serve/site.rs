//! What the server serves: the API over a store.

use std::sync::Arc;

use super::changes::Feed;
use super::manner;
use super::own::Own;
use crate::api::{self, Plan, Settings};
use crate::document::View;
use crate::message::{Problem, Request, Response};
use crate::server::{Arrival, Reply, Service};
use crate::store::Store;

/// A store and how it may be used.
pub(super) struct Site {
    store: Arc<Store>,
    settings: Settings,
    own: Own,
    feed: Arc<Feed>,
}

impl Site {
    /// The API over this store.
    pub(super) fn new(store: &Arc<Store>, settings: Settings, own: Own) -> Site {
        Site { store: Arc::clone(store), settings, own, feed: Arc::new(Feed::of(store)) }
    }

    /// Whether the request is for what the server tells of itself. What the data has in that place wins.
    #[inline]
    fn is_own(&self, request: &Request<'_>) -> bool {
        Own::is_asked(request) && !has_place_of_own(&self.store.peek())
    }
}

/// Whether the data has something where the server tells of itself.
pub(super) fn has_place_of_own(view: &View) -> bool {
    view.find(&["_"]).is_ok()
}

/// How the server does what was decided.
fn reply(plan: Plan, store: &Arc<Store>, feed: &Arc<Feed>) -> Reply {
    match plan {
        Plan::Follow(follow) => Reply::Ready(feed.answer(*follow)),
        Plan::Answer(response) => Reply::Ready(response),
        Plan::Long(work) => Reply::Long(work),
        Plan::Later(work) => {
            let (store, feed) = (Arc::clone(store), Arc::clone(feed));
            Reply::Later(Box::new(move || reply(work(), &store, &feed)))
        }
        Plan::Write(change, after) => {
            let store = Arc::clone(store);
            Reply::Pending(Box::new(move |completion| {
                store.commit(*change, Box::new(move |result| completion.finish(after.answer(result))));
            }))
        }
    }
}

impl Service for Site {
    fn respond(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        if self.is_own(request) {
            return self.own.respond(request, arrival, &self.settings);
        }
        reply(api::respond(request, &self.store.peek(), &self.settings), &self.store, &self.feed)
    }

    /// An answer follows from the request and the view alone; the settings stay as they are.
    fn state(&self) -> Option<u64> {
        Some(self.store.serial())
    }

    fn is_recorded(&self, request: &Request<'_>) -> bool {
        !self.is_own(request)
    }

    fn kept(&self) -> usize {
        self.store.peek().length()
    }

    /// A page that may read answers may read refusals too.
    fn refusal(&self, problem: Problem, arrival: &Arrival<'_>) -> Response {
        let mut response = manner::named(problem, arrival).response();
        self.settings.sites.permit_lines(arrival.request_head(), &mut response);
        response
    }

    /// A hand edit of the file is seen by the next request.
    fn before_batch(&self) {
        self.store.refresh();
    }
}

//! What the server serves: the API over a store.

use std::sync::Arc;
use std::time::Instant;

use http::StatusCode;

use super::changes::{Feed, Heed};
use super::folder::Folder;
use super::manner;
use super::own::Own;
use super::told::Told;
use crate::api::{self, Plan, Settings};
use crate::document::View;
use crate::message::{OwnedRequest, Problem, Request, Response};
use crate::server::{Arrival, Reply, Service};
use crate::store::Store;

/// A store and how it may be used, and what the server tells of itself.
pub(super) struct Site {
    data: Arc<Data>,
    own: Own,
    told: Told,
    /// Files beside the data.
    folder: Option<Arc<Folder>>,
}

/// A store and how it may be used.
struct Data {
    store: Arc<Store>,
    settings: Settings,
    feed: Feed,
}

impl Site {
    /// The API over this store, and perhaps files beside it.
    pub(super) fn new(store: &Arc<Store>, settings: Settings, own: Own, folder: Option<Arc<Folder>>) -> Site {
        let data = Data { store: Arc::clone(store), settings, feed: Feed::of(store) };
        Site { data: Arc::new(data), own, told: Told::new(&store.files()), folder }
    }

    /// Whether the request is for what the server tells of itself. What the data has in that place wins.
    #[inline]
    fn is_own(&self, request: &Request<'_>) -> bool {
        Own::is_asked(request) && !has_place_of_own(&self.data.store.peek())
    }
}

impl Data {
    /// Answers a request for the data.
    #[inline]
    fn respond(self: &Arc<Data>, request: &Request<'_>) -> Reply {
        match api::respond(request, &self.store.peek(), &self.settings) {
            Plan::Wait(time, response) => match self.feed.heed() {
                Some(heed) => self.wait(OwnedRequest::of(request), Instant::now() + time, heed),
                None => Reply::Ready(*response),
            },
            plan => reply(plan, self),
        }
    }

    /// Asks again whenever something has changed, until there is another answer or it is time.
    fn wait(self: &Arc<Data>, request: OwnedRequest, until: Instant, heed: Heed) -> Reply {
        let (data, bell) = (Arc::clone(self), heed.bell());
        let again = move |is_last: bool| {
            let plan = request.with(|request| api::respond(request, &data.store.view(), &data.settings));
            match plan {
                Plan::Wait(..) if !is_last => data.wait(request, until, heed),
                plan => reply(plan, &data),
            }
        };
        Reply::Heed(bell, until, Box::new(again))
    }
}

/// Whether the data has something where the server tells of itself.
pub(super) fn has_place_of_own(view: &View) -> bool {
    view.find(&["_"]).is_ok()
}

/// How the server does what was decided.
fn reply(plan: Plan, data: &Arc<Data>) -> Reply {
    match plan {
        Plan::Answer(response) => Reply::Ready(response),
        Plan::Wait(_, response) => Reply::Ready(*response),
        Plan::Follow(follow) => Reply::Ready(data.feed.answer(*follow)),
        Plan::Long(work) => Reply::Long(work),
        Plan::Later(work) => {
            let data = Arc::clone(data);
            Reply::Later(Box::new(move || reply(work(), &data)))
        }
        Plan::Write(change, after) => {
            let store = Arc::clone(&data.store);
            Reply::Pending(Box::new(move |completion| {
                store.commit(*change, Box::new(move |result| completion.finish(after.answer(result))));
            }))
        }
    }
}

/// Whether it is a refusal for which the content of the request makes no difference.
fn is_of_head(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::MISDIRECTED_REQUEST
            | StatusCode::NOT_IMPLEMENTED
    )
}

/// The reply, or the page of an application where nothing was found.
fn or_page(reply: Reply, request: &Request<'_>, folder: &Arc<Folder>, settings: &Settings) -> Reply {
    if !folder.is_page_asked(request) {
        return reply;
    }
    match reply {
        Reply::Ready(response) if response.status == StatusCode::NOT_FOUND => {
            Reply::Ready(folder.page(request, settings).unwrap_or(response))
        }
        Reply::Long(work) => {
            let (request, folder, settings) = (OwnedRequest::of(request), Arc::clone(folder), settings.clone());
            Reply::Long(Box::new(move || match work() {
                response if response.status == StatusCode::NOT_FOUND => {
                    request.with(|request| folder.page(request, &settings)).unwrap_or(response)
                }
                response => response,
            }))
        }
        reply => reply,
    }
}

impl Service for Site {
    fn respond(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        if self.is_own(request) {
            return self.own.respond(request, arrival, &self.data.settings);
        }
        if let Some(subject) = Told::asked(request).filter(|_| !has_place_of_own(&self.data.store.peek())) {
            // In this order: the view is of that number or newer.
            let state = (self.data.store.serial(), self.data.store.view());
            return self.told.respond(subject, request, state, &self.data.settings);
        }
        let Some(folder) = &self.folder else { return self.data.respond(request) };
        let settings = &self.data.settings;
        match folder.answer(request, settings) {
            Some(response) => Reply::Ready(response),
            None => or_page(self.data.respond(request), request, folder, settings),
        }
    }

    fn before_content(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Option<Reply> {
        match self.respond(request, arrival) {
            Reply::Ready(refusal) if is_of_head(refusal.status) => Some(Reply::Ready(refusal)),
            // Nothing has begun: a reply is only what would be done.
            _ => None,
        }
    }

    /// An answer follows from the request and the view alone; the settings stay as they are.
    fn state(&self) -> Option<u64> {
        // Files change without a word.
        self.folder.is_none().then(|| self.data.store.serial())
    }

    fn is_recorded(&self, request: &Request<'_>) -> bool {
        !self.is_own(request)
    }

    fn kept(&self) -> usize {
        self.data.store.peek().length()
    }

    /// A page that may read answers may read refusals too.
    fn refusal(&self, problem: Problem, arrival: &Arrival<'_>) -> Response {
        let mut response = manner::named(problem, arrival).response();
        self.permit(&mut response, arrival);
        response
    }

    fn permit(&self, response: &mut Response, arrival: &Arrival<'_>) {
        self.data.settings.sites.permit_lines(arrival.request_head(), response);
    }

    /// A hand edit of the file is seen by the next request.
    fn before_batch(&self) {
        self.data.store.refresh();
    }
}

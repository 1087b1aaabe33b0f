//! What the server serves: the API over a store.

use std::sync::Arc;

use crate::api::{self, Plan, Settings};
use crate::message::{Request, Response};
use crate::server::{Reply, Service};
use crate::store::Store;

/// A store and how it may be used.
pub(super) struct Site {
    pub(super) store: Arc<Store>,
    pub(super) settings: Settings,
}

/// How the server does what was decided.
fn reply(plan: Plan, store: &Arc<Store>) -> Reply {
    match plan {
        Plan::Answer(response) => Reply::Ready(response),
        Plan::Long(work) => Reply::Long(work),
        Plan::Later(work) => {
            let store = Arc::clone(store);
            Reply::Later(Box::new(move || reply(work(), &store)))
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
    fn respond(&self, request: &Request<'_>) -> Reply {
        reply(api::respond(request, &self.store.peek(), &self.settings), &self.store)
    }

    /// An answer follows from the request and the view alone; the settings stay as they are.
    fn state(&self) -> Option<u64> {
        Some(self.store.serial())
    }

    fn kept(&self) -> usize {
        self.store.peek().octets()
    }

    /// A page that may read answers may read refusals too.
    fn before_refusal(&self, received: &[u8], response: &mut Response) {
        self.settings.sites.permit_lines(received, response);
    }

    /// A hand edit of the file is seen by the next request.
    fn before_batch(&self) {
        self.store.refresh();
    }
}

//! Change streams: what the store tells of, encoded once on a thread of its own, kept in a ring, and pulled from there by
//! the connections of those who follow. The thread begins with the first stream, and nothing is told of to nobody.

mod ring;
#[cfg(test)]
mod ring_tests;
mod shared;
mod stream;

use std::sync::Arc;

use crate::api::Follow;
use crate::message::{Bell, Content, Live, Response};
use crate::store::Store;
use shared::Shared;
use stream::Stream;

/// See the module.
pub(super) struct Feed(Arc<Shared>);

impl Feed {
    /// The changes to what this store holds.
    pub(super) fn of(store: &Arc<Store>) -> Feed {
        Feed(Shared::of(store))
    }

    /// The answer to who wants to follow.
    pub(super) fn answer(&self, follow: Follow) -> Response {
        let Follow { path, snapshot, last, response } = follow;
        let since = self.0.told();
        let mut stream = Stream::new(Arc::clone(&self.0), path, snapshot, last, since);
        let live = Live::new(self.0.bell(), move || stream.next_piece());
        response.with_content(Content::Live(live))
    }

    /// Has a bell rung whenever something was told, while this is kept. `None`: it cannot be.
    pub(super) fn heed(&self) -> Option<Heed> {
        let mut ring = self.0.ring();
        self.0.start(&mut ring).then(|| {
            ring.enter(&[]);
            Heed(Arc::clone(&self.0))
        })
    }
}

/// Somebody waits for the bell.
pub(super) struct Heed(Arc<Shared>);

impl Heed {
    /// The bell.
    pub(super) fn bell(&self) -> Arc<Bell> {
        self.0.bell()
    }
}

impl Drop for Heed {
    fn drop(&mut self) {
        self.0.ring().leave(&[]);
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.0.close();
    }
}

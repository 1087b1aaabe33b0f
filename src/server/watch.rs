//! Watching the journal as exchanges get into it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::message::Bell;

/// Who watches, which each exchange asks for.
#[derive(Debug, Default)]
pub(super) struct Watchers {
    count: AtomicUsize,
    bell: Arc<Bell>,
}

impl Watchers {
    /// Something was recorded.
    #[inline]
    pub(super) fn tell(&self) {
        if self.count.load(Ordering::Relaxed) > 0 {
            self.bell.ring();
        }
    }

    /// One more watches.
    pub(super) fn watch(self: &Arc<Watchers>) -> Watch {
        self.count.fetch_add(1, Ordering::Relaxed);
        Watch(Arc::clone(self))
    }
}

/// While it is kept, its bell is rung for whatever is recorded.
#[derive(Debug)]
pub struct Watch(Arc<Watchers>);

impl Watch {
    /// The bell.
    pub fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.0.bell)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::Relaxed);
    }
}

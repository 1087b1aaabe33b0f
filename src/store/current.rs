//! The state that readers see, and a number that tells one from another.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwap, Guard};

use crate::document::View;

/// The present state. It is taken without waiting, and replaced by the committer alone.
pub(crate) struct Current {
    view: ArcSwap<View>,
    serial: AtomicU64,
}

impl Current {
    pub(crate) fn new(view: View) -> Current {
        Current { view: ArcSwap::from_pointee(view), serial: AtomicU64::new(0) }
    }

    /// The state, to be kept.
    pub(crate) fn view(&self) -> Arc<View> {
        self.view.load_full()
    }

    /// The state, for a short look.
    #[inline]
    pub(crate) fn peek(&self) -> Guard<Arc<View>> {
        self.view.load()
    }

    /// A number that was another before each replacement: a view taken after the number was read is of that number or
    /// newer.
    #[inline]
    pub(crate) fn serial(&self) -> u64 {
        self.serial.load(Ordering::Acquire)
    }

    /// Replaces the state. The number follows, so that nobody takes the old state for the new number's.
    pub(crate) fn publish(&self, view: View) {
        self.view.store(Arc::new(view));
        self.serial.fetch_add(1, Ordering::Release);
    }
}

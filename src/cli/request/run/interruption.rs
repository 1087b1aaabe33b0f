//! Ctrl-C in a run of which something is told at the end: the transfers end, what was seen so far is told, and then the
//! signal has its way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{SigId, flag, low_level};

use crate::server::heeded;

/// Heeds signals while it lives.
pub(super) struct Interruption {
    /// Set when all transfers shall end.
    stop: Arc<AtomicBool>,
    /// Which signal came; 0 is none.
    came: Arc<AtomicUsize>,
    ids: Vec<SigId>,
}

impl Interruption {
    /// From now on a signal ends the transfers in place of the process; the next one ends the process. What whoever
    /// started this process has it ignore stays ignored.
    pub(super) fn heed() -> Interruption {
        let mut interruption = Interruption { stop: Arc::default(), came: Arc::default(), ids: Vec::new() };
        for signal in heeded([SIGINT, SIGTERM, SIGHUP]) {
            let number = usize::try_from(signal).unwrap_or_default();
            let Interruption { stop, came, ids } = &mut interruption;
            // In the order in which they act. Where one cannot be registered, the signal does what it always does.
            ids.extend(flag::register_conditional_default(signal, Arc::clone(stop)));
            ids.extend(flag::register_usize(signal, Arc::clone(came), number));
            ids.extend(flag::register(signal, Arc::clone(stop)));
        }
        interruption
    }

    /// Is set when a signal comes.
    pub(super) fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }
}

impl Drop for Interruption {
    /// Ends the process as the signal would have done, if one came: whoever waits for it shall see that.
    fn drop(&mut self) {
        for id in self.ids.drain(..) {
            low_level::unregister(id);
        }
        if let Ok(signal @ 1..) = i32::try_from(self.came.load(Ordering::Relaxed)) {
            // The three signals are known.
            let _ = low_level::emulate_default_handler(signal);
        }
    }
}

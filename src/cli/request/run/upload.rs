//! The bar of a content that takes long to send.

use std::sync::{Mutex, PoisonError};

use crate::cli::request::names;
use crate::cli::request::plan::{Plan, Transfer};
use crate::client::transport::{Seen, Tap};
use crate::print::{Bars, Progress, Sink};

/// A bar on standard error, if a person looks at that and nothing else is written there meanwhile. It is gone when the
/// server answers.
pub(crate) fn tap(plan: &Plan, transfer: &Transfer, stderr: &Sink, bars: &Bars) -> Option<Tap> {
    let layout = &plan.layout;
    let is_free = layout.shows_progress && stderr.is_terminal && !layout.verbose && layout.wire.is_none();
    let length = transfer.spec.content().filter(|_| is_free)?.length();
    let (name, bars) = (names::label(transfer), bars.clone());
    let going = Mutex::new(None::<(Progress, u64)>);
    Some(Tap::new(move |seen, _| {
        let mut going = going.lock().unwrap_or_else(PoisonError::into_inner);
        match (seen, going.as_mut()) {
            (Seen::RequestHead(_), _) => *going = Some((Progress::new(true, length, &name, &bars), 0)),
            (Seen::RequestBody(bytes), Some((progress, sent))) => {
                *sent += bytes.len() as u64;
                progress.advance(*sent);
            }
            // Before the content it is 100 (Continue).
            (Seen::ResponseLine(_), Some((_, 1..))) => *going = None,
            _ => {}
        }
    }))
}

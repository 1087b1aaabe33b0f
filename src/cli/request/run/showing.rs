//! What became of something that is shown while a transfer runs.

use std::sync::{Arc, Mutex, PoisonError};

use crate::client::Error;

/// The failure that ended it, if one has.
#[derive(Clone, Default)]
pub(crate) struct Showing(Arc<Mutex<Option<Error>>>);

impl Showing {
    /// Shows more, unless that has failed before.
    pub(crate) fn go_on(&self, show: impl FnOnce() -> Result<(), Error>) {
        let mut failure = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.is_none() {
            *failure = show().err();
        }
    }

    /// Whether all was shown so far.
    ///
    /// # Errors
    /// What showing it failed with.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().map_or(Ok(()), Err)
    }
}

//! The end of the time that an exchange has.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::super::error::{Error, Kind};

/// Whether to end is looked at so often.
pub(super) const LOOK: Duration = Duration::from_millis(200);

/// When an exchange has to be over.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// When it began to count.
    pub(super) started: Instant,
    /// How long it may take.
    pub(super) limit: Option<Duration>,
}

impl Deadline {
    /// A deadline that starts now.
    pub fn after(limit: Option<Duration>) -> Deadline {
        Deadline { started: Instant::now(), limit }
    }

    /// The same limit, counted from the same start, with times measured from now on.
    #[must_use]
    pub fn from_now(self) -> Deadline {
        let started = Instant::now();
        Deadline { started, limit: self.limit.map(|limit| limit.saturating_sub(started - self.started)) }
    }

    /// The same start, and the nearer one of both limits.
    pub(super) fn within(self, limit: Option<Duration>) -> Deadline {
        let now = self.started.elapsed();
        let limit = limit.map(|limit| now + limit);
        Deadline { limit: [self.limit, limit].into_iter().flatten().min(), ..self }
    }

    /// What is left, `None` without a limit.
    ///
    /// # Errors
    /// `Kind::Time` when nothing is left.
    pub fn left(self) -> Result<Option<Duration>, Error> {
        let Some(limit) = self.limit else { return Ok(None) };
        match limit.checked_sub(self.started.elapsed()).filter(|left| !left.is_zero()) {
            Some(left) => Ok(Some(left)),
            None => Err(self.passed()),
        }
    }

    /// How long the next step may wait: until the deadline, or until `stop` is to be looked at again.
    ///
    /// # Errors
    /// `Kind::Time` when nothing is left, `Kind::Aborted` if all shall stop.
    pub(super) fn step(self, stop: Option<&AtomicBool>) -> Result<Option<Duration>, Error> {
        if stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return Err(Error::aborted());
        }
        let left = self.left()?;
        Ok(stop.map_or(left, |_| Some(left.unwrap_or(LOOK).min(LOOK))))
    }

    /// The failure that it is to be late.
    pub(super) fn passed(self) -> Error {
        let limit = self.limit.unwrap_or_default().as_millis();
        Error::new(Kind::Time, format!("operation timed out after {limit} milliseconds"))
    }
}

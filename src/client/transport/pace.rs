//! How fast bytes may go, and how slow (`--limit-rate`, `--speed-limit`). An exchange of which neither was asked has
//! no pace at all and pays nothing for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::super::error::{Error, Kind};
use super::deadline::{Deadline, LOOK};
use super::settings::{Settings, Slowest};

/// The speed is looked at so often.
const WINDOW: Duration = Duration::from_secs(1);

/// The pace of one exchange.
#[derive(Debug)]
pub(super) struct Pace {
    rate: Option<u64>,
    slowest: Option<Slowest>,
    stop: Option<Arc<AtomicBool>>,
    /// Content in the direction that it goes now: since when, and how much.
    started: Option<Instant>,
    moved: u64,
    /// All bytes in the second that is under way.
    window: Instant,
    in_window: u64,
    slow_since: Option<Instant>,
}

impl Pace {
    /// The pace that was asked for, if one was.
    pub(super) fn of(settings: &Settings) -> Option<Box<Pace>> {
        let (rate, slowest) = (settings.rate, settings.slowest);
        let stop = settings.stop.clone();
        (rate.is_some() || slowest.is_some() || stop.is_some()).then(|| {
            let window = Instant::now();
            Box::new(Pace { rate, slowest, stop, started: None, moved: 0, window, in_window: 0, slow_since: None })
        })
    }

    /// The content of the other direction begins.
    pub(super) fn turn(&mut self) {
        (self.started, self.moved) = (None, 0);
    }

    /// How many bytes may go at a time, so that a low rate gives a steady flow: those of a quarter of a second.
    pub(super) fn most(&self) -> usize {
        self.rate.map_or(usize::MAX, |rate| usize::try_from(rate / 4).unwrap_or(usize::MAX).max(1))
    }

    /// How long a read or write may wait before the speed is to be looked at again.
    pub(super) fn patience(&self) -> Option<Duration> {
        let left = WINDOW.saturating_sub(self.window.elapsed()).max(Duration::from_millis(1));
        match &self.stop {
            Some(_) => Some(left.min(LOOK)),
            None => self.slowest.map(|_| left),
        }
    }

    /// So much content went.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.started.get_or_insert_with(Instant::now);
        self.moved += bytes as u64;
    }

    /// Waits until what went is no more than the rate allows.
    ///
    /// # Errors
    /// `Kind::Time` if a time limit passes meanwhile.
    pub(super) fn rest(&mut self, deadline: Deadline) -> Result<(), Error> {
        let (Some(rate), Some(started)) = (self.rate, self.started) else { return Ok(()) };
        let due = Duration::from_secs_f64(self.moved as f64 / rate as f64);
        loop {
            let wait = due.saturating_sub(started.elapsed());
            if wait.is_zero() {
                return Ok(());
            }
            let left = deadline.left()?.unwrap_or(wait);
            thread::sleep(wait.min(left).min(self.patience().unwrap_or(wait)));
            self.saw(0)?;
        }
    }

    /// So many bytes went, content or not.
    ///
    /// # Errors
    /// `Kind::Time` if it has been too few for too long; `Kind::Aborted` if the exchange shall end.
    pub(super) fn saw(&mut self, bytes: usize) -> Result<(), Error> {
        if self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return Err(Error::aborted());
        }
        let Some(slowest) = self.slowest else { return Ok(()) };
        self.in_window += bytes as u64;
        let elapsed = self.window.elapsed();
        if elapsed < WINDOW {
            return Ok(());
        }
        let is_slow = (self.in_window as f64) < slowest.bytes as f64 * elapsed.as_secs_f64();
        let since = *self.slow_since.get_or_insert(self.window);
        (self.window, self.in_window) = (Instant::now(), 0);
        if !is_slow {
            self.slow_since = None;
        } else if since.elapsed() >= slowest.time {
            let (bytes, seconds) = (slowest.bytes, slowest.time.as_secs());
            let what = format!("too slow: fewer than {bytes} bytes a second for {seconds} seconds");
            return Err(Error::new(Kind::Time, what));
        }
        Ok(())
    }
}

//! How far a long transfer has come, on standard error.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A transfer that is over by then shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// The bars that are on the screen together.
#[derive(Debug, Clone, Default)]
pub struct Bars(Arc<OnceLock<MultiProgress>>);

/// A bar that appears when a transfer takes long, and is gone when it ends.
#[derive(Debug)]
pub struct Progress {
    is_wanted: bool,
    started: Instant,
    expected: Option<u64>,
    bars: Bars,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// The progress of a transfer that begins now; `is_wanted` says whether anybody looks at it.
    pub fn new(is_wanted: bool, expected: Option<u64>, bars: &Bars) -> Progress {
        Progress { is_wanted, started: Instant::now(), expected, bars: bars.clone(), bar: None }
    }

    /// Shows how many octets have come.
    pub fn advance(&mut self, received: u64) {
        if self.is_wanted && self.bar.is_none() && self.started.elapsed() > PATIENCE {
            self.bar = Some(bar(self.expected, received, &self.bars));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(received);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(expected: Option<u64>, received: u64, bars: &Bars) -> ProgressBar {
    let bars = bars.0.get_or_init(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
    let bar = ProgressBar::with_draw_target(expected, ProgressDrawTarget::hidden());
    let form = match expected {
        Some(_) => "{percent:>3}% [{wide_bar}] {bytes}/{total_bytes} {bytes_per_sec} {eta}",
        None => "{spinner} {bytes} {bytes_per_sec} {elapsed}",
    };
    // The forms above are good; were one not, the usual form would do.
    let bar = match ProgressStyle::with_template(form) {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    };
    // What has come so far did not come at once: the speed is that of what follows.
    bar.set_position(received);
    bar.tick();
    bar.reset_eta();
    bars.add(bar)
}

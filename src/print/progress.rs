//! How far a long transfer or the loading of a large file has come, on standard error.

use std::io::Write;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::terminal::Sink;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A transfer that is over by then shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// The bars that are on the screen together.
#[derive(Debug, Clone, Default)]
pub struct Bars {
    together: Arc<OnceLock<MultiProgress>>,
    /// Whether each says what it stands for.
    are_named: bool,
}

impl Bars {
    /// The same bars for several transfers at once: each says what it stands for.
    #[must_use]
    pub fn named(&self) -> Bars {
        Bars { are_named: true, ..self.clone() }
    }

    /// Writes something to standard error, with the bars out of the way.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match self.together.get() {
            Some(bars) => bars.suspend(write),
            None => write(),
        }
    }
}

/// A bar that appears when a transfer takes long, and is gone when it ends.
#[derive(Debug)]
pub struct Progress {
    is_wanted: bool,
    started: Instant,
    expected: Option<u64>,
    name: String,
    bars: Bars,
    bar: Option<ProgressBar>,
    /// Where the whole bar is written when all has come, in place of one that grows.
    line: Option<Sink>,
}

/// How wide the bar of a line is: curl's, in 79 columns.
const LINE: usize = 72;

impl Progress {
    /// The progress of a transfer of that name and of so many bytes, if that is known, that begins now; `is_wanted` says
    /// whether anybody looks at it.
    pub fn new(is_wanted: bool, expected: Option<u64>, name: &str, bars: &Bars) -> Progress {
        let name = if bars.are_named { name.to_owned() } else { String::new() };
        Progress { is_wanted, started: Instant::now(), expected, name, bars: bars.clone(), bar: None, line: None }
    }

    /// The same for a stream that is no terminal, where nothing can be drawn over: the bar is written once.
    pub fn in_line(expected: Option<u64>, sink: Sink) -> Progress {
        let mut progress = Progress::new(false, expected, "", &Bars::default());
        progress.line = Some(sink);
        progress
    }

    /// Says that all has come.
    pub fn finish(&mut self) {
        if let (Some(mut sink), Some(_)) = (self.line.take(), self.expected) {
            // What cannot be said about a transfer does not end it.
            let _ = sink.write_all(format!("\r{} 100.0%\n", "#".repeat(LINE)).as_bytes());
        }
    }

    /// Shows how many bytes have moved.
    pub fn advance(&mut self, moved: u64) {
        if self.is_wanted && self.bar.is_none() && self.started.elapsed() > PATIENCE {
            self.bar = Some(bar(self.expected, moved, &self.name, &self.bars));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(moved);
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

/// A bar on standard error that shows which share of something is done, from 0 to 100 %; dropping it clears its line.
#[derive(Debug)]
pub struct ShareBar(ProgressBar);

impl ShareBar {
    /// A bar behind `text` for something that is done when it reaches `total`. Nothing is shown where standard error is
    /// no terminal.
    pub fn new(text: String, total: usize) -> ShareBar {
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
        ShareBar(styled(bar, "{msg} [{bar:30}] {percent} %", "##-").with_message(text))
    }

    /// Shows that this much of the total is done; more than the total is all of it.
    pub fn reach(&self, done: usize) {
        self.0.set_position((done as u64).min(self.0.length().unwrap_or(0)));
    }
}

impl Drop for ShareBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// The bar in that form. The forms of this file are good; were one not, the usual form would do.
fn styled(bar: ProgressBar, form: &str, characters: &str) -> ProgressBar {
    match ProgressStyle::with_template(form) {
        Ok(style) => bar.with_style(style.progress_chars(characters)),
        Err(_) => bar,
    }
}

fn bar(expected: Option<u64>, moved: u64, name: &str, bars: &Bars) -> ProgressBar {
    let are_named = bars.are_named;
    let bars = bars.together.get_or_init(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
    let bar = ProgressBar::with_draw_target(expected, ProgressDrawTarget::hidden());
    let form = match (expected, are_named) {
        (Some(_), false) => "{percent:>3}% [{wide_bar}] {bytes}/{total_bytes} {bytes_per_sec} {eta}",
        (Some(_), true) => "{prefix:20!} {percent:>3}% [{wide_bar}] {bytes}/{total_bytes} {bytes_per_sec} {eta}",
        (None, false) => "{spinner} {bytes} {bytes_per_sec} {elapsed}",
        (None, true) => "{prefix:20!} {spinner} {bytes} {bytes_per_sec} {elapsed}",
    };
    let bar = styled(bar, form, "=> ").with_prefix(name.to_owned());
    // What has moved so far did not move at once: the speed is that of what follows.
    bar.set_position(moved);
    bar.tick();
    bar.reset_eta();
    bars.add(bar)
}

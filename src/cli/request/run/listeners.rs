//! Everybody who listens to all transfers of a run.

use super::lesson::Lesson;
use super::listener::Listener;
use super::output::warn;
use super::pcap::Pcap;
use super::trace::Trace;
use crate::cli::args::RequestArgs;
use crate::cli::request::layout::Layout;
use crate::client::Error;
use crate::print::Terminal;

/// Everybody whom the arguments name. A file that cannot be written is left out with a warning, as curl does.
///
/// # Errors
/// `Kind::Usage` for what cannot be listened to, with the arguments that ask for it.
pub(super) fn open<'a>(
    groups: &'a [RequestArgs],
    lesson: Option<&Lesson>,
    terminal: &mut Terminal,
) -> Result<Vec<Box<dyn Listener>>, (Error, &'a RequestArgs)> {
    let Some(first) = groups.first() else { return Ok(Vec::new()) };
    let mut listeners: Vec<Box<dyn Listener>> = Vec::new();
    let mut warnings = Vec::new();
    // A capture may take standard output for itself, so it comes first.
    match Pcap::open(groups, terminal)? {
        Ok(pcap) => listeners.extend(pcap.map(boxed)),
        Err(what) => warnings.push(what),
    }
    match Trace::open(groups, terminal) {
        Ok(trace) => listeners.extend(trace.map(boxed)),
        Err(what) => warnings.push(what),
    }
    listeners.extend(lesson.cloned().map(boxed));
    let layout = Layout::of(first, &terminal.setting());
    for what in warnings {
        warn(&mut terminal.error, &layout, &what);
    }
    Ok(listeners)
}

fn boxed(listener: impl Listener + 'static) -> Box<dyn Listener> {
    Box::new(listener)
}

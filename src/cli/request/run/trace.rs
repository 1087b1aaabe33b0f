//! `--trace`, `--trace-ascii`, `--trace-time`, `--trace-ids`: where a trace goes, and what stands before each block.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::listener::Listener;
use super::saving;
use crate::cli::args::RequestArgs;
use crate::cli::request::layout::time;
use crate::client::reason;
use crate::client::transport::{Seen, Tap};
use crate::print::{Dump, Sink, Terminal, block};

/// A trace of all transfers of a run.
pub(crate) struct Trace {
    sink: Arc<Sink>,
    dump: Dump,
    has_time: bool,
    has_ids: bool,
}

impl Trace {
    /// Opens the trace that the arguments ask for: of several groups, the last one that names one counts for all.
    ///
    /// # Errors
    /// Says which file could not be made, and why.
    pub(crate) fn open(groups: &[RequestArgs], terminal: &Terminal) -> Result<Option<Trace>, String> {
        let named = groups.iter().rev().find_map(|args| match (&args.trace, &args.trace_ascii) {
            (Some(path), _) => Some((path, Dump::Hex)),
            (None, Some(path)) => Some((path, Dump::Text)),
            (None, None) => None,
        });
        let Some((path, dump)) = named else { return Ok(None) };
        let sink = Arc::new(sink(path, terminal)?);
        let is_asked = |asked: fn(&RequestArgs) -> bool| groups.iter().any(asked);
        let (has_time, has_ids) = (is_asked(|args| args.trace_time), is_asked(|args| args.trace_ids));
        Ok(Some(Trace { sink, dump, has_time, has_ids }))
    }
}

impl Listener for Trace {
    /// What a transport tells of the transfer of that number is written here.
    fn tap(&self, transfer: usize) -> Tap {
        let sink = Arc::clone(&self.sink);
        let (dump, has_time, has_ids) = (self.dump, self.has_time, self.has_ids);
        Tap::new(move |seen, connection| {
            let prefix = |label: &str| {
                let mut prefix = if has_time { time() } else { String::new() };
                if has_ids {
                    let connection = connection.map_or_else(|| "x".to_owned(), |number| number.to_string());
                    prefix.push_str(&format!("[{transfer}-{connection}] "));
                }
                prefix + label
            };
            let text = match seen {
                Seen::Remark(text) => format!("{}: {text}\n", prefix("== Info")),
                Seen::RequestHead(bytes) => block(&prefix("=> Send header"), bytes, dump),
                Seen::RequestBody(bytes) => block(&prefix("=> Send data"), bytes, dump),
                Seen::ResponseLine(bytes) => block(&prefix("<= Recv header"), bytes, dump),
                Seen::ResponseBody(bytes) => block(&prefix("<= Recv data"), bytes, dump),
                _ => return,
            };
            // A trace that cannot be written ends no transfer.
            let _ = sink.share().write_all(text.as_bytes());
        })
    }
}

/// `-` is standard output, `%` standard error.
fn sink(path: &Path, terminal: &Terminal) -> Result<Sink, String> {
    match path.to_str() {
        Some("-") => Ok(terminal.output.share()),
        Some("%") => Ok(terminal.error.share()),
        _ => match saving::anew(path, saving::READABLE) {
            Ok(file) => Ok(Sink::new(file, false)),
            Err(error) => Err(format!("cannot write the trace '{}': {}", path.display(), reason(&error))),
        },
    }
}

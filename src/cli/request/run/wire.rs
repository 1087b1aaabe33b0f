//! `--wire`: the exchange on standard output, byte for byte, as it crosses the connection.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::output;
use super::showing::Showing;
use crate::cli::request::layout::Layout;
use crate::client::transport::{Seen, Tap};
use crate::print::{Side, Sink, Wire};

/// A wait for the server that is longer than this is mentioned.
const LONG: Duration = Duration::from_secs(1);

/// What was shown so far.
struct ShownOnWire {
    wire: Wire,
    sink: Sink,
    /// When the client sent its last bytes, until the server sends some.
    asked: Option<Instant>,
    /// Whether there was something to show.
    has_begun: bool,
    showing: Showing,
}

/// What a transport tells is written to standard output, if that was asked for.
pub(crate) fn tap(layout: &Layout, stdout: &Sink) -> Option<(Tap, Showing)> {
    let wish = layout.wire.filter(|_| layout.instead.is_none())?;
    let wire = Wire::new(layout.manner(stdout.is_terminal), wish.all);
    let showing = Showing::default();
    let shown =
        Mutex::new(ShownOnWire { wire, sink: stdout.share(), asked: None, has_begun: false, showing: showing.clone() });
    let tap = Tap::new(move |seen, _| {
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        let text = shown.show(seen);
        shown.write(&text);
    });
    Some((tap, showing))
}

impl ShownOnWire {
    fn show(&mut self, seen: Seen<'_>) -> String {
        match seen {
            Seen::Remark(text) => self.wire.note(text.trim_ascii_start()),
            Seen::RequestHead(bytes) => {
                self.asked = Some(Instant::now());
                self.wire.head(Side::Client, bytes, true)
            }
            Seen::RequestBody(bytes) => {
                self.asked = Some(Instant::now());
                self.wire.content(Side::Client, bytes)
            }
            Seen::ResponseLine(line) => self.waited() + &self.wire.head(Side::Server, line, line.starts_with(b"HTTP/")),
            Seen::ResponseBody(bytes) => self.waited() + &self.wire.content(Side::Server, bytes),
            _ => String::new(),
        }
    }

    /// How long the server took, if that was long.
    fn waited(&mut self) -> String {
        match self.asked.take().map(|asked| asked.elapsed()).filter(|time| *time >= LONG) {
            Some(time) => self.wire.note(&format!("{:.1} s later", time.as_secs_f64())),
            None => String::new(),
        }
    }

    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.has_begun = true;
        // Nobody can be told here of what failed; the transfer looks for it.
        self.showing.go_on(|| output::to_stdout(&mut self.sink, text.as_bytes()));
    }
}

impl Drop for ShownOnWire {
    /// A content that broke off has no end that would be told.
    fn drop(&mut self) {
        let text = match self.has_begun {
            true => self.wire.end(),
            false => self.wire.note("no connection was opened"),
        };
        self.write(&text);
    }
}

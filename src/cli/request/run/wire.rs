//! `--wire`: the exchange on standard output, byte for byte, as it crosses the connection.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::cli::request::layout::Layout;
use crate::client::transport::{Seen, Tap};
use crate::print::{Side, Sink, Wire};

/// A wait for the server that is longer than this is mentioned.
const LONG: Duration = Duration::from_secs(1);

/// What was shown so far.
struct Shown {
    wire: Wire,
    sink: Sink,
    /// When the client sent its last bytes, until the server sends some.
    asked: Option<Instant>,
}

/// What a transport tells is written to standard output, if that was asked for.
pub(crate) fn tap(layout: &Layout, stdout: &Sink) -> Option<Tap> {
    let wire = Wire::new(layout.manner(stdout.is_terminal), layout.wire?.all);
    let shown = Mutex::new(Shown { wire, sink: stdout.share(), asked: None });
    Some(Tap::new(move |seen, _| {
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        let text = shown.show(seen);
        shown.write(&text);
    }))
}

impl Shown {
    fn show(&mut self, seen: Seen<'_>) -> String {
        match seen {
            Seen::Remark(text) => self.wire.note(text.trim_ascii_start()),
            Seen::RequestHead(octets) => {
                self.asked = Some(Instant::now());
                self.wire.head(Side::Client, octets, true)
            }
            Seen::RequestBody(octets) => {
                self.asked = Some(Instant::now());
                self.wire.content(Side::Client, octets)
            }
            Seen::ResponseLine(line) => self.waited() + &self.wire.head(Side::Server, line, line.starts_with(b"HTTP/")),
            Seen::ResponseBody(octets) => self.waited() + &self.wire.content(Side::Server, octets),
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
        // A reader that has gone away does not end the transfer.
        let _ = self.sink.write_all(text.as_bytes());
    }
}

impl Drop for Shown {
    /// A content that broke off has no end that would be told.
    fn drop(&mut self) {
        let text = self.wire.end();
        self.write(&text);
    }
}

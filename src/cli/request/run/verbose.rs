//! `-v`: what crosses a connection and what happens to it, on standard error, when it happens.

use std::io::Write;

use crate::cli::request::layout::Layout;
use crate::client::transport::{Seen, Tap};
use crate::print::{self, Sink, Tone};

/// What a transport tells is written there, if that was asked for.
pub(crate) fn tap(layout: &Layout, stderr: &Sink) -> Option<Tap> {
    if !layout.verbose || !layout.is_http {
        return None;
    }
    let (sink, layout) = (stderr.share(), layout.clone());
    Some(Tap::new(move |seen, _| {
        let manner = layout.manner(sink.is_terminal);
        let shown = match seen {
            Seen::Remark(text) => {
                let mark = manner.palette.paint(Tone::Faint, &format!("{}* ", layout.time())).to_string();
                format!("{mark}{}\n", print::line(text)).into_bytes()
            }
            Seen::RequestHead(bytes) => print::head(bytes, &format!("{}> ", layout.time()), manner),
            Seen::ResponseLine(line) => {
                print::lines(line, &format!("{}< ", layout.time()), line.starts_with(b"HTTP/"), manner)
            }
            _ => return,
        };
        // What cannot be said about a transfer does not end it.
        let _ = sink.share().write_all(&shown);
    }))
}

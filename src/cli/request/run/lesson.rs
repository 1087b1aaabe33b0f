//! `--explain`: what crosses the connections is kept, and explained when the transfers are over.

use std::io::Write;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::listener::Listener;
use super::output;
use crate::cli::request::layout::Layout;
use crate::client::Error;
use crate::client::transport::{Seen, Tap};
use crate::print::{Page, Terminal, Tone, explained, line};
use crate::remark::{Around, explain_exchange};

/// So many bytes are kept in all.
const MOST: usize = 16 << 20;
/// So many bytes an exchange or an event takes besides its own.
const LEAST: usize = 256;

/// What was heard in a run, on all its threads.
#[derive(Clone, Default)]
pub(crate) struct Lesson(Arc<Mutex<HeardMessages>>);

#[derive(Default)]
struct HeardMessages {
    exchanges: Vec<Exchange>,
    /// What happened to connections since the last byte.
    events: Vec<String>,
    bytes: usize,
    is_cut: bool,
}

/// A request, what came back, and what happened before.
struct Exchange {
    connection: Option<u32>,
    events: Vec<String>,
    sent: Vec<u8>,
    received: Vec<u8>,
    /// Whether the head of the request may go on.
    is_new: bool,
    /// Whether what its connection carries now belongs to another one, of which nothing is kept.
    is_past: bool,
    /// Whether more of it has crossed than is kept.
    is_cut: bool,
    /// Whether the server has ended the connection.
    is_ended: bool,
}

impl Lesson {
    /// Keeps what was seen.
    fn hear(&self, seen: Seen<'_>, connection: Option<u32>) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match seen {
            Seen::Remark(text) => heard.note(text),
            Seen::RequestHead(bytes) => {
                heard.begin(connection);
                heard.add(connection, bytes, |exchange| &mut exchange.sent);
            }
            Seen::RequestBody(bytes) => heard.add(connection, bytes, |exchange| &mut exchange.sent),
            Seen::ResponseLine(bytes) | Seen::ResponseBody(bytes) => {
                heard.add(connection, bytes, |exchange| &mut exchange.received);
            }
            Seen::Finished { is_peer: true } | Seen::Broken => {
                heard.of(connection).into_iter().for_each(|exchange| exchange.is_ended = true);
            }
            _ => {}
        }
    }

    /// Explains all of it on standard output.
    ///
    /// # Errors
    /// `Kind::Closed` if its reader has gone away, else `Kind::Write`.
    pub(crate) fn tell(&self, layout: &Layout, terminal: &mut Terminal) -> Result<(), Error> {
        let heard = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let page = layout.page(&terminal.output);
        let around = Around { now: Some(SystemTime::now()), ..Around::default() };
        let mut shown = Vec::new();
        // Writing to a `Vec` does not fail.
        for exchange in &heard.exchanges {
            let _ = exchange.tell(
                &mut shown,
                page,
                &Around { is_cut: exchange.is_cut, is_left: !exchange.is_ended, ..around },
            );
        }
        let mark = page.palette.paint(Tone::Faint, "* ");
        for event in &heard.events {
            let _ = writeln!(shown, "{mark}{}", line(event.trim()));
        }
        if shown.is_empty() && layout.instead.is_none() {
            let _ = writeln!(shown, "{mark}no connection was opened");
        }
        if heard.is_cut {
            let _ = writeln!(shown, "{mark}only the first {} MiB of the run were kept", MOST >> 20);
        }
        output::to_stdout(&mut terminal.output, &shown)
    }
}

impl Listener for Lesson {
    fn tap(&self, _transfer: usize) -> Tap {
        let lesson = self.clone();
        Tap::new(move |seen, connection| lesson.hear(seen, connection))
    }
}

impl HeardMessages {
    /// Whether there is room for so many bytes, which are taken. Once there is none, nothing more is kept.
    fn take(&mut self, bytes: usize) -> bool {
        self.is_cut |= bytes > MOST - self.bytes;
        if !self.is_cut {
            self.bytes += bytes;
        }
        !self.is_cut
    }

    /// Something happened to a connection.
    fn note(&mut self, text: &str) {
        if self.take(LEAST + text.len()) {
            self.events.push(text.to_owned());
        }
    }

    /// A head begins a new exchange, unless it goes on with one.
    fn begin(&mut self, connection: Option<u32>) {
        if self.of(connection).is_some_and(|exchange| exchange.is_new) {
            return;
        }
        if self.take(LEAST) {
            let events = mem::take(&mut self.events);
            let (sent, received) = (Vec::new(), Vec::new());
            let exchange = Exchange {
                connection,
                events,
                sent,
                received,
                is_new: true,
                is_past: false,
                is_cut: false,
                is_ended: false,
            };
            self.exchanges.push(exchange);
        } else if let Some(exchange) = self.of(connection) {
            exchange.is_past = true;
        }
    }

    /// The last exchange over a connection.
    fn of(&mut self, connection: Option<u32>) -> Option<&mut Exchange> {
        self.exchanges.iter_mut().rfind(|exchange| exchange.connection == connection)
    }

    fn add(&mut self, connection: Option<u32>, bytes: &[u8], side: fn(&mut Exchange) -> &mut Vec<u8>) {
        // Nothing is kept behind what was left out.
        let room = if self.is_cut { 0 } else { MOST - self.bytes };
        let kept = &bytes[..bytes.len().min(room)];
        self.is_cut |= kept.len() < bytes.len();
        self.bytes += kept.len();
        if let Some(exchange) = self.of(connection).filter(|exchange| !exchange.is_past) {
            side(exchange).extend_from_slice(kept);
            exchange.is_cut |= kept.len() < bytes.len();
            exchange.is_new = exchange.received.is_empty() && !exchange.sent.ends_with(b"\r\n\r\n");
        }
    }
}

impl Exchange {
    fn tell(&self, out: &mut Vec<u8>, page: Page, around: &Around) -> std::io::Result<()> {
        if !out.is_empty() {
            writeln!(out)?;
        }
        for event in &self.events {
            writeln!(out, "* {}", line(event.trim()))?;
        }
        if self.received.starts_with(b"HTTP/2") {
            return writeln!(out, "* over HTTP/2, whose bytes are frames; with --http1.1 each line is explained");
        }
        explained(out, &explain_exchange(&self.sent, &self.received, around), page)?;
        match self.received.is_empty() && !self.is_cut {
            true => writeln!(out, "* nothing came back"),
            false => Ok(()),
        }
    }
}

//! `/_/requests` as a stream: exchanges as they happen.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::exchanges::{self, View};
use super::pulse::{Pulse, RETRY};
use crate::message::{Content, Live, Piece, write_event};
use crate::server::{ExchangeJournal, Recorded, Watch};

/// What is asked for.
pub(super) struct Wanted {
    pub(super) view: View,
    /// The `X-Request-Id` of the exchanges that are wanted, if not all are.
    pub(super) request_id: Option<String>,
    /// The last event that the client has.
    pub(super) last: Option<String>,
}

/// The exchanges from now on, or behind the last one that the client has.
pub(super) fn content(journal: &Arc<ExchangeJournal>, boot: &str, wanted: Wanted) -> Content {
    let watch = journal.watch();
    let bell = watch.bell();
    let (journal, boot, pulse) = (Arc::clone(journal), boot.to_owned(), Pulse::new());
    let mut watching =
        Watching { journal, _watch: watch, wanted, boot, position: None, unfinished: BTreeSet::new(), pulse };
    Content::Live(Live::new(bell, move || {
        let piece = watching.next_piece();
        watching.pulse.keep(piece)
    }))
}

/// Where a stream stands.
struct Watching {
    journal: Arc<ExchangeJournal>,
    _watch: Watch,
    wanted: Wanted,
    boot: String,
    /// The number of the last exchange that was sent or passed over.
    position: Option<u64>,
    /// Exchanges that were sent before they were over, and are sent again then.
    unfinished: BTreeSet<u64>,
    pulse: Pulse,
}

impl Watching {
    fn next_piece(&mut self) -> Piece {
        let mut out = Vec::new();
        let (first, last) = self.journal.range();
        let mut position = match self.position {
            Some(position) => position,
            None => self.begin((first, last), &mut out),
        };
        if position + 1 < first {
            // More has happened than is kept and was read in time.
            write_event("", "reset", b"{}", &mut out);
            position = last;
        }
        // One at a time, as each may be large.
        while out.is_empty() && position < last {
            position += 1;
            let exchange = self.journal.exchange(position);
            exchange.into_iter().for_each(|exchange| self.tell(position, &exchange, &mut out));
        }
        self.position = Some(position);
        if out.is_empty() {
            self.tell_finished(&mut out);
        }
        if out.is_empty() { Piece::Later(self.pulse.until()) } else { Piece::More(out.into()) }
    }

    fn begin(&self, (first, last): (u64, u64), out: &mut Vec<u8>) -> u64 {
        let number = |id: &String| id.strip_prefix(&self.boot)?.strip_prefix('-')?.parse().ok();
        let known = self.wanted.last.as_ref().and_then(number);
        let known = known.filter(|known: &u64| *known <= last && known + 1 >= first);
        let name = if self.wanted.last.is_some() && known.is_none() { "reset" } else { "" };
        let position = known.unwrap_or(last);
        out.extend_from_slice(RETRY);
        write_event(&self.id(position), name, if name.is_empty() { b"" } else { b"{}" }, out);
        position
    }

    fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.boot)
    }

    fn tell(&mut self, number: u64, exchange: &Recorded, out: &mut Vec<u8>) {
        if self.wanted.request_id.as_ref().is_some_and(|id| !exchanges::is_of(exchange, id)) {
            return;
        }
        if !exchange.is_complete {
            self.unfinished.insert(number);
        }
        write_event(&self.id(number), "exchange", &exchanges::one((number, exchange), self.wanted.view), out);
    }

    /// One that was sent before it was over, and is over now. Its id stays out: the client has others behind it.
    fn tell_finished(&mut self, out: &mut Vec<u8>) {
        let (journal, view) = (&self.journal, self.wanted.view);
        let over = self.unfinished.iter().find_map(|number| match journal.exchange(*number) {
            Some(exchange) if !exchange.is_complete => None,
            exchange => Some((*number, exchange)),
        });
        if let Some((number, exchange)) = over {
            self.unfinished.remove(&number);
            if let Some(exchange) = exchange {
                write_event("", "exchange", &exchanges::one((number, &exchange), view), out);
            }
        }
    }
}

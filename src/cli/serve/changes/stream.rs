//! One stream: where it stands, and what is sent next.

use std::sync::Arc;

use bytes::Bytes;

use super::super::pulse::{Pulse, RETRY};
use super::ring::{Phase, Ring, Seen};
use super::shared::Shared;
use crate::api;
use crate::document::View;
use crate::message::{Piece, write_event};

/// So many bytes of events are sent at a time.
const PIECE: usize = 64 << 10;

/// An event of more bytes than this is sent for itself, and not copied.
const SHARED: usize = 4 << 10;

/// See the module.
pub(super) struct Stream {
    shared: Arc<Shared>,
    path: Vec<String>,
    /// The state comes before the events.
    has_snapshot: bool,
    /// What the client has already.
    last: Option<String>,
    /// What was told of before is not sent, if the client asked for nothing of the past.
    since: u64,
    /// The number of the last event that was sent or passed over; `None`: it has not begun.
    position: Option<u64>,
    is_counted: bool,
    /// A state that is on its way.
    state: Option<State>,
    pulse: Pulse,
}

/// A state, a piece at a time.
type State = Box<dyn Iterator<Item = Bytes> + Send>;

impl Stream {
    pub(super) fn new(
        shared: Arc<Shared>,
        path: Vec<String>,
        has_snapshot: bool,
        last: Option<String>,
        since: u64,
    ) -> Stream {
        let since = if has_snapshot || last.is_some() { 0 } else { since };
        let pulse = Pulse::new();
        Stream { shared, path, has_snapshot, last, since, position: None, is_counted: false, state: None, pulse }
    }

    /// What is sent next.
    pub(super) fn next_piece(&mut self) -> Piece {
        let piece = self.made();
        self.pulse.keep(piece)
    }

    fn made(&mut self) -> Piece {
        if let Some(state) = &mut self.state {
            match state.next() {
                Some(piece) => return Piece::More(piece),
                None => self.state = None,
            }
        }
        let shared = Arc::clone(&self.shared);
        let mut ring = shared.ring();
        if !self.is_counted {
            if !shared.start(&mut ring) {
                return Piece::End;
            }
            ring.enter(&self.path);
            self.is_counted = true;
        }
        if ring.phase != Phase::On {
            return Piece::NotYet(self.pulse.until());
        }
        let mut out = Vec::new();
        let reads_anew = match self.position {
            None => self.begin(&ring, &mut out),
            Some(position) if !ring.follows(position) => return Piece::End,
            Some(_) => false,
        };
        let state = if reads_anew { self.anew(&ring) } else { self.pull(&ring, &mut out) };
        drop(ring);
        match state {
            Pulled::Shared(event) => return Piece::More(event),
            Pulled::State(view, id) => self.state = Some(self.state_of(&view, &id)),
            Pulled::Events => {}
        }
        match out.is_empty() {
            true if self.state.is_some() => self.made(),
            true => Piece::Later(self.pulse.until()),
            false => Piece::More(out.into()),
        }
    }

    /// Finds out where it stands; gives whether the client needs the state.
    fn begin(&mut self, ring: &Ring, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(RETRY);
        let known = self.last.as_ref().and_then(|last| ring.number_of(last));
        self.position = Some(known.unwrap_or(ring.last));
        let name = if self.last.is_some() && known.is_none() { "reset" } else { "" };
        let data = if name.is_empty() { "" } else { "{}" };
        write_event(&ring.id(known.unwrap_or(ring.last)), name, data.as_bytes(), out);
        known.is_none() && self.has_snapshot
    }

    /// From the present state on.
    fn anew(&mut self, ring: &Ring) -> Pulled {
        self.position = Some(ring.last);
        match &ring.view {
            Some(view) if self.has_snapshot => Pulled::State(Arc::clone(view), ring.id(ring.last)),
            _ => Pulled::Events,
        }
    }

    /// The next events, as many as go out at once.
    fn pull(&mut self, ring: &Ring, out: &mut Vec<u8>) -> Pulled {
        let position = self.position.unwrap_or(ring.last);
        for entry in ring.behind(position) {
            match entry.seen(&self.path) {
                Seen::PassOver => {}
                _ if entry.job <= self.since => {}
                Seen::Send(event) if out.is_empty() && event.len() > SHARED => {
                    self.position = Some(entry.number());
                    return Pulled::Shared(event.clone());
                }
                Seen::Send(event) if event.len() > SHARED || out.len() + event.len() > PIECE => break,
                Seen::Send(event) => out.extend_from_slice(event),
                Seen::Reset => {
                    write_event(&ring.id(ring.last), "reset", b"{}", out);
                    return self.anew(ring);
                }
            }
            self.position = Some(entry.number());
        }
        Pulled::Events
    }

    /// A state as an event.
    fn state_of(&self, view: &Arc<View>, id: &str) -> State {
        let begin = Bytes::from(format!("id: {id}\nevent: snapshot\ndata: "));
        let state = api::snapshot(view, &self.path);
        Box::new(std::iter::once(begin).chain(state).chain(std::iter::once(Bytes::from_static(b"\n\n"))))
    }
}

/// What is sent.
enum Pulled {
    /// The events that were written.
    Events,
    /// One that is shared with others.
    Shared(Bytes),
    /// And this state after them, under that id.
    State(Arc<View>, String),
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.is_counted {
            self.shared.ring().leave(&self.path);
        }
    }
}

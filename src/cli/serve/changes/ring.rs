//! The last events, each encoded once, and who may be sent them.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use crate::api::{Event, LONGEST, event_at};
use crate::document::View;
use crate::message::write_event;

/// So many events are kept,
const EVENTS: usize = 1000;

/// of so many bytes.
const BYTES: usize = 1 << 20;

/// Whether events are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nobody follows.
    Idle,
    /// They will be, from a state on that is not known yet.
    Starting,
    /// They are.
    On,
}

/// See the module.
pub(super) struct Ring {
    pub(super) phase: Phase,
    /// The state that the last event has led to.
    pub(super) view: Option<Arc<View>>,
    /// The number of the last event.
    pub(super) last: u64,
    /// When the last stream ended.
    pub(super) quiet_since: Instant,
    boot: String,
    entries: VecDeque<Entry>,
    bytes: usize,
    /// The nodes that are followed, and by how many.
    places: BTreeMap<Vec<String>, usize>,
}

/// An event that is kept.
pub(super) struct Entry {
    number: u64,
    /// Which of the things told of by the store it belongs to.
    pub(super) job: u64,
    path: Vec<String>,
    shifts: bool,
    event: Told,
    /// What the nodes that it changes from above, or from beside, are told in its place.
    others: HashMap<Vec<String>, Told>,
}

/// What is told of an event.
#[derive(Clone)]
enum Told {
    Event(Bytes),
    /// Nothing has changed there.
    Nothing,
    /// It is too much: the state is to be read anew.
    Reset,
}

/// What a stream is to do about an event.
pub(super) enum Seen<'e> {
    Send(&'e Bytes),
    PassOver,
    Reset,
}

impl Ring {
    pub(super) fn new(boot: String) -> Ring {
        Ring {
            phase: Phase::Idle,
            view: None,
            last: 0,
            quiet_since: Instant::now(),
            boot,
            entries: VecDeque::new(),
            bytes: 0,
            places: BTreeMap::new(),
        }
    }

    /// The id of an event.
    pub(super) fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.boot)
    }

    /// The number of the event with this id, if those behind it are all here.
    pub(super) fn number_of(&self, id: &str) -> Option<u64> {
        let number = id.strip_prefix(&self.boot)?.strip_prefix('-')?.parse().ok()?;
        self.follows(number).then_some(number)
    }

    /// Whether all events behind that one are here.
    pub(super) fn follows(&self, number: u64) -> bool {
        number <= self.last && number + 1 >= self.first()
    }

    fn first(&self) -> u64 {
        self.entries.front().map_or(self.last + 1, |entry| entry.number)
    }

    /// The events behind that one.
    pub(super) fn behind(&self, number: u64) -> impl Iterator<Item = &Entry> {
        let skipped = usize::try_from((number + 1).saturating_sub(self.first())).unwrap_or(usize::MAX);
        self.entries.iter().skip(skipped)
    }

    /// A node is followed by one more.
    pub(super) fn enter(&mut self, path: &[String]) {
        *self.places.entry(path.to_vec()).or_default() += 1;
    }

    /// And by one less.
    pub(super) fn leave(&mut self, path: &[String]) {
        if let Some(count) = self.places.get_mut(path) {
            *count -= 1;
            if *count == 0 {
                self.places.remove(path);
            }
        }
        self.quiet_since = Instant::now();
    }

    pub(super) fn is_followed(&self) -> bool {
        !self.places.is_empty()
    }

    /// The nodes followed that an event at another one may change.
    pub(super) fn touched(&self, event: &Event) -> Vec<Vec<String>> {
        let above = reach(&event.path, event.shifts);
        let from = self.places.range(above.to_vec()..).map(|(place, _)| place);
        let below = from.take_while(|place| place.starts_with(above));
        below.filter(|place| place.len() > above.len()).cloned().collect()
    }

    /// Nothing of what was is known any more: all begin anew.
    pub(super) fn restart(&mut self, view: Arc<View>) {
        self.view = Some(view);
        self.last += 1;
        self.entries.clear();
        self.bytes = 0;
        self.phase = Phase::On;
    }

    /// Nobody is told of what happens from now on.
    pub(super) fn rest(&mut self) {
        self.view = None;
        self.entries = VecDeque::new();
        self.bytes = 0;
        self.phase = Phase::Idle;
    }

    /// Takes an entry in as the next one.
    pub(super) fn push(&mut self, entry: Entry) {
        self.last = entry.number;
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
        while self.entries.len() > EVENTS || (self.bytes > BYTES && self.entries.len() > 1) {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.bytes();
        }
    }
}

impl Entry {
    /// Encodes an event, for those who follow its node and for those nodes that it changes from elsewhere.
    pub(super) fn of(
        (number, id, job): (u64, &str, u64),
        event: Event,
        touched: Vec<Vec<String>>,
        (before, after): (&View, &View),
    ) -> Entry {
        let encoded = |data: Option<Vec<u8>>| match data {
            Some(data) => {
                let mut out = Vec::with_capacity(data.len() + 64);
                write_event(id, "change", &data, &mut out);
                Told::Event(out.into())
            }
            None => Told::Reset,
        };
        let other = |place: Vec<String>| {
            let told = event_at(&place, before, after).map_or(Told::Nothing, |event| encoded(event.data));
            (place, told)
        };
        let others = touched.into_iter().map(other).collect();
        let Event { path, shifts, data } = event;
        Entry { number, job, path, shifts, event: encoded(data), others }
    }

    /// An event after which all read anew.
    pub(super) fn reset(number: u64, job: u64) -> Entry {
        Entry { number, job, path: Vec::new(), shifts: false, event: Told::Reset, others: HashMap::new() }
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// What those who follow a node are told.
    pub(super) fn seen(&self, place: &[String]) -> Seen<'_> {
        let above = reach(&self.path, self.shifts);
        let told = match self.others.get(place) {
            Some(told) => told,
            // It was not followed when this happened.
            None if place.len() > above.len() && place.starts_with(above) => &Told::Reset,
            None if self.path.starts_with(place) => &self.event,
            None => &Told::Nothing,
        };
        match told {
            Told::Event(bytes) => Seen::Send(bytes),
            Told::Nothing => Seen::PassOver,
            Told::Reset => Seen::Reset,
        }
    }

    fn bytes(&self) -> usize {
        let length = |told: &Told| if let Told::Event(bytes) = told { bytes.len() } else { 0 };
        length(&self.event) + self.others.values().map(length).sum::<usize>()
    }
}

/// The node below which an event may change what is found.
fn reach(path: &[String], shifts: bool) -> &[String] {
    match path {
        [above @ .., _] if shifts => above,
        _ => path,
    }
}

const _: () = assert!(LONGEST <= BYTES);

//! Elements put between others, any number of them for one reading of the array: the numbers of those behind would all
//! be others, so the array is written and read anew.

use bytes::Bytes;

use crate::document::change::Refusal;
use crate::document::container::Container;
use crate::document::layout;

use super::meter::Meter;
use super::rewrite::read_anew;
use super::siblings;
use super::spot::{Spot, child_spot, new_value};

/// An element of the array as it becomes.
#[derive(Clone, Copy)]
enum Element {
    /// One that is there.
    Old(u32),
    /// One of those that are put in.
    New(u32),
}

/// An array that elements are put into.
pub(super) struct Insertions<'i, 'c> {
    meter: &'i Meter<'c>,
    spot: &'i Spot,
    /// Where a new element stands.
    inner: Spot,
    before: Container,
    slots: Vec<Element>,
    values: Vec<Bytes>,
}

impl<'i, 'c> Insertions<'i, 'c> {
    pub(super) fn new(
        meter: &'i Meter<'c>,
        container: &Container,
        spot: &'i Spot,
    ) -> Result<Insertions<'i, 'c>, Refusal> {
        let inner = child_spot(meter.context, container, None, None, spot);
        let whole = container.to_bytes();
        // It is written twice and read twice.
        meter.work(whole.len().saturating_mul(2))?;
        let before = read_anew(meter.context, container, whole, spot)?;
        let slots = (0..before.base_count()).map(Element::Old).collect();
        Ok(Insertions { meter, spot, inner, before, slots, values: Vec::new() })
    }

    /// Puts an element before the one at `at`, which there is.
    pub(super) fn insert(&mut self, at: usize, text: &[u8]) -> Result<(), Refusal> {
        self.meter.work((self.slots.len() - at) * size_of::<Element>())?;
        let number = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let text = siblings::fitted(&self.before, text)?;
        self.values.push(new_value(self.meter.context, &text, &self.inner)?.to_bytes());
        self.slots.insert(at, Element::New(number));
        Ok(())
    }

    /// Puts in what the next operations say, as long as they are insertions before an element that there is; how many
    /// were.
    pub(super) fn take<'p>(&mut self, next: impl Iterator<Item = Option<(usize, &'p [u8])>>) -> Result<usize, Refusal> {
        let mut taken = 0;
        for insertion in next {
            let Some((at, text)) = insertion.filter(|(at, _)| *at < self.slots.len()) else { break };
            self.meter.grow(text.len())?;
            self.insert(at, text)?;
            taken += 1;
        }
        Ok(taken)
    }

    /// Makes `container` the array with what was put in.
    pub(super) fn finish(self, container: &mut Container) -> Result<(), Refusal> {
        let text = &self.before.base.text;
        let separator = match self.before.last_gap() {
            Some(gap) => Bytes::copy_from_slice(gap),
            None => layout::layout(&self.before, &self.meter.context.style, &self.spot.flow).separator,
        };
        let last = self.before.base_count() - 1;
        let mut out = text[..self.before.start(0)].to_vec();
        for slot in &self.slots {
            match *slot {
                Element::New(number) => {
                    out.extend_from_slice(&self.values[number as usize]);
                    out.extend_from_slice(&separator);
                }
                Element::Old(number) => {
                    let end = if number == last { text.len() } else { self.before.start(number + 1) };
                    out.extend_from_slice(&text[self.before.start(number)..end]);
                }
            }
        }
        let stats = container.stats;
        *container = read_anew(self.meter.context, &self.before, out.into(), self.spot)?;
        container.stats.remember(&stats);
        Ok(())
    }
}

//! The records of a large collection that all filters keep, found by number: columns are asked for a block of records at
//! a time, and only what they cannot tell is read.

use super::record::Numbered;
use super::sieve::{Sieve, Verdict};
use crate::document::parts::BREATH;
use crate::document::patience::{Pace, goes_on, is_over};

/// So many records are judged at once; their verdicts fit well into the nearest cache.
const BLOCK: usize = BREATH;

/// Goes through the numbers in the order of the file.
pub(super) struct Survivors<'q, 'v> {
    records: &'q Numbered<'v>,
    sieves: &'q [Sieve<'q>],
    verdicts: Vec<Verdict>,
    /// The number of the first of these.
    from: u32,
    at: usize,
    pace: Pace,
    added: Box<dyn Iterator<Item = u32> + 'v>,
}

impl<'q, 'v> Survivors<'q, 'v> {
    pub(super) fn of(records: &'q Numbered<'v>, sieves: &'q [Sieve<'q>]) -> Survivors<'q, 'v> {
        let added = Box::new(records.container.added());
        Survivors { records, sieves, verdicts: Vec::new(), from: 0, at: 0, pace: Pace::default(), added }
    }

    /// Judges the block after this one; `false` if there is none.
    fn judge_next(&mut self) -> bool {
        let container = self.records.container;
        if !self.verdicts.is_empty() && !goes_on() {
            return false;
        }
        self.from += u32::try_from(self.verdicts.len()).unwrap_or(u32::MAX);
        let left = container.base_count().saturating_sub(self.from) as usize;
        self.verdicts.clear();
        self.verdicts.resize(left.min(BLOCK), Verdict::Kept);
        self.at = 0;
        for sieve in self.sieves {
            sieve.judge(self.from as usize, &mut self.verdicts);
        }
        let to = self.from.saturating_add(u32::try_from(self.verdicts.len()).unwrap_or(u32::MAX));
        for (number, is_gone) in container.changed(self.from..to) {
            self.verdicts[(number - self.from) as usize] = if is_gone { Verdict::Out } else { Verdict::Unclear };
        }
        !self.verdicts.is_empty()
    }

    fn is_kept(&mut self, number: u32) -> bool {
        let record = self.records.record(number);
        if !self.pace.goes_on(record.length()) {
            return false;
        }
        self.sieves.iter().all(|sieve| sieve.keeps(&record))
    }
}

impl Iterator for Survivors<'_, '_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while !is_over() {
            let rest = self.verdicts.get(self.at..).unwrap_or_default();
            let Some(found) = rest.iter().position(|verdict| *verdict != Verdict::Out) else {
                if self.judge_next() {
                    continue;
                }
                break;
            };
            let (verdict, number) = (rest[found], self.from + u32::try_from(self.at + found).unwrap_or(u32::MAX));
            self.at += found + 1;
            if verdict == Verdict::Kept || self.is_kept(number) {
                return Some(number);
            }
        }
        while let Some(number) = self.added.next() {
            if self.is_kept(number) {
                return Some(number);
            }
        }
        None
    }
}

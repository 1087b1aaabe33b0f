//! A filter made ready for many records: what can be told from a column, or from a record's bytes, goes before reading
//! the record.

use std::cmp::Ordering;
use std::sync::Arc;

use memchr::memmem::Finder;

use super::filter::{Filter, Operator};
use super::record::{Numbered, Record};
use crate::document::column::{Column, Glance, MISSING_HASH, NO_MEMBER, NULL, Seen, UNCLEAR_HASH, double, text_hash};
use crate::document::container::Container;
use crate::document::patience::goes_on;
use crate::text::csv::Table;
use crate::text::number::Number;

/// What is known of a record without reading it. Of several filters the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Kept,
    /// It has to be read.
    Unclear,
    Out,
}

/// See the module.
pub(super) struct Sieve<'q> {
    filter: &'q Filter,
    table: Option<&'q Table>,
    /// What the bytes of every kept record contain: a value that is no number stands there letter for letter, unless
    /// something in the record is escaped.
    texts: Vec<Finder<'q>>,
    /// The digits that the bytes of every kept record contain, as long as nothing was changed.
    digits: Option<Finder<'q>>,
    /// The member, where it is one of the record itself.
    member: Option<Glance>,
    column: Option<(Arc<Column>, Test)>,
}

/// What the column has to say for a record to be kept.
enum Test {
    /// The same for all.
    Every(Verdict),
    /// By code.
    Codes(Vec<Verdict>),
    Numbers(Numbers),
    /// The hashes that are wanted, and what is known of a text with one of these, with another, and without the member.
    Hashes {
        wanted: Vec<u32>,
        met: Verdict,
        not_met: Verdict,
        missing: Verdict,
    },
}

/// What is known of a number by how it compares with one that is wanted.
struct Numbers {
    wanted: Vec<f64>,
    less: Verdict,
    equal: Verdict,
    greater: Verdict,
    /// If one of those wanted is enough, this is what says so.
    met: Verdict,
    not_met: Verdict,
    missing: Verdict,
    null: Verdict,
}

impl<'q> Sieve<'q> {
    /// `all`: the records that it is for, if they are those of a large collection.
    pub(super) fn of(filter: &'q Filter, all: Option<&'q Numbered<'_>>) -> Sieve<'q> {
        // An empty cell may be null, of which nothing stands there.
        let is_plain =
            |value: &String| !matches!(&**value, "" | "null") && Number::of(value).is_none() && !value.contains('"');
        let is_sound = matches!(filter.operator, Operator::Eq | Operator::In) && filter.values.iter().all(is_plain);
        let texts = filter.values.iter().filter(|_| is_sound).map(|value| Finder::new(value.as_bytes())).collect();
        let table = all.and_then(|all| all.container.table()).map(|table| &**table);
        let member = match &filter.path[..] {
            [name] if table.is_none() => Glance::of(name),
            _ => None,
        };
        let digits = match (filter.operator, &filter.values[..], all) {
            (Operator::Eq, [value], Some(all)) if !all.container.has_exponents() => digits(value).map(Finder::new),
            _ => None,
        };
        let mut sieve = Sieve { filter, table, texts, digits, member, column: None };
        // A key that stands outside of the records is in no column.
        let is_key = |member: &str| matches!(&filter.path[..], [name] if name == member);
        if let Some(all) = all.filter(|all| !all.member.as_deref().is_some_and(is_key)) {
            sieve.column = sieve.with_column(all.container);
        }
        sieve
    }

    fn with_column(&self, container: &Container) -> Option<(Arc<Column>, Test)> {
        // One column is one reading of the collection; of many the time may be over.
        if !goes_on() {
            return None;
        }
        // One search for the text takes no longer than making a column.
        let column = match self.text().is_some() && container.is_searchable() {
            true => container.made_column(&self.filter.path),
            false => container.column(&self.filter.path),
        }?;
        let test = self.test(&column, container)?;
        Some((column, test))
    }

    /// `None`: the column does not tell.
    fn test(&self, column: &Column, container: &Container) -> Option<Test> {
        let operator = self.filter.operator;
        let missing = self.verdict(None);
        Some(match column {
            Column::Absent => Test::Every(missing),
            Column::Few { values, .. } => {
                let text = |&(start, end): &(u32, u32)| &container.base.text[start as usize..end as usize];
                let values = values.iter().map(|place| self.verdict(Some(text(place))));
                Test::Codes([missing, Verdict::Unclear].into_iter().chain(values).collect())
            }
            Column::Numbers { are_short, are_numbers, .. } => {
                let (less, equal, greater) = operator.met_by()?;
                let wanted = self.wanted_numbers()?;
                let is_exact = *are_short
                    && wanted.iter().all(|(_, is_short)| *is_short)
                    && (*are_numbers || !operator.is_equality());
                let verdict = |is_met: bool| kept(is_met != operator.denies());
                let null = self.verdict(Some(if self.table.is_some() { b"" } else { b"null" }));
                Test::Numbers(Numbers {
                    wanted: wanted.iter().map(|(number, _)| *number).collect(),
                    less: verdict(less),
                    equal: if is_exact { verdict(equal) } else { Verdict::Unclear },
                    greater: verdict(greater),
                    met: verdict(true),
                    not_met: verdict(false),
                    missing,
                    null,
                })
            }
            Column::Texts { .. } if operator.is_equality() => Test::Hashes {
                wanted: self.filter.values.iter().map(|wanted| text_hash(wanted.as_bytes())).collect(),
                met: Verdict::Unclear,
                not_met: kept(operator.denies()),
                missing,
            },
            Column::Texts { .. } => return None,
        })
    }

    /// The doubles next to the numbers that are wanted, and whether each is told by it. `None`: one of them is no number,
    /// and among texts numbers are ordered by their own text.
    fn wanted_numbers(&self) -> Option<Vec<(f64, bool)>> {
        let is_number = |value: &&String| Number::of(value).is_some();
        let numbers = self.filter.values.iter().filter(is_number).map(|value| double(value.as_bytes()));
        let numbers: Vec<_> = numbers.collect();
        // A number is never equal to what looks like none.
        (self.filter.operator.is_equality() || numbers.len() == self.filter.values.len()).then_some(numbers)
    }

    fn verdict(&self, text: Option<&[u8]>) -> Verdict {
        kept(self.filter.holds(text, self.table))
    }

    /// Says what is known of the children from number `from` on, where that is more than was known.
    pub(super) fn judge(&self, from: usize, verdicts: &mut [Verdict]) {
        let to = from + verdicts.len();
        let raise = |known: &mut Verdict, verdict| *known = (*known).max(verdict);
        match &self.column {
            None => verdicts.iter_mut().for_each(|known| raise(known, Verdict::Unclear)),
            Some((_, Test::Every(verdict))) => verdicts.iter_mut().for_each(|known| raise(known, *verdict)),
            Some((column, Test::Codes(by_code))) => {
                let Column::Few { codes, .. } = &**column else { return };
                for (known, code) in verdicts.iter_mut().zip(&codes[from..to]) {
                    raise(known, by_code[usize::from(*code)]);
                }
            }
            Some((column, Test::Numbers(test))) => {
                let Column::Numbers { numbers, .. } = &**column else { return };
                for (known, number) in verdicts.iter_mut().zip(&numbers[from..to]) {
                    raise(known, test.verdict(*number));
                }
            }
            Some((column, Test::Hashes { wanted, met, not_met, missing })) => {
                let Column::Texts { hashes, .. } = &**column else { return };
                for (known, hash) in verdicts.iter_mut().zip(&hashes[from..to]) {
                    let verdict = match *hash {
                        MISSING_HASH => *missing,
                        UNCLEAR_HASH => Verdict::Unclear,
                        hash if wanted.contains(&hash) => *met,
                        _ => *not_met,
                    };
                    raise(known, verdict);
                }
            }
        }
    }

    /// The one text that the bytes of every kept record contain, unless something in it is escaped; where no column
    /// tells more.
    pub(super) fn text(&self) -> Option<Finder<'static>> {
        let text = match &self.texts[..] {
            [text] => Some(text),
            _ => self.digits.as_ref(),
        };
        text.filter(|_| self.column.is_none()).map(|text| text.clone().into_owned())
    }

    /// Where it was searched for a text, the next query need not do the same.
    pub(super) fn prepare_next(&self, container: &Container) {
        if self.text().is_some() {
            container.make_column_later(&self.filter.path);
        }
    }

    /// Whether the record is kept, which is read for that.
    pub(super) fn keeps(&self, record: &Record<'_>) -> bool {
        let Some(raw) = record.node.raw().filter(|_| !record.is_keyed()) else { return self.filter.keeps(record) };
        let is_out = !self.texts.is_empty()
            && self.texts.iter().all(|finder| finder.find(raw).is_none())
            && memchr::memchr(b'\\', raw).is_none();
        if is_out {
            return false;
        }
        match self.member.as_ref().map_or(Seen::Unclear, |member| member.at(raw)) {
            Seen::Value(text) => self.filter.holds(Some(text), None),
            Seen::Nothing => self.filter.holds(None, None),
            Seen::Unclear => self.filter.keeps(record),
        }
    }
}

impl Numbers {
    #[inline]
    fn verdict(&self, number: f64) -> Verdict {
        if number.is_nan() {
            return match number.to_bits() {
                NO_MEMBER => self.missing,
                NULL => self.null,
                _ => Verdict::Unclear,
            };
        }
        let mut known = self.not_met;
        for wanted in &self.wanted {
            let verdict = match number.partial_cmp(wanted) {
                Some(Ordering::Less) => self.less,
                Some(Ordering::Greater) => self.greater,
                _ => self.equal,
            };
            if verdict == self.met {
                return verdict;
            }
            if verdict == Verdict::Unclear {
                known = verdict;
            }
        }
        known
    }
}

/// Fewer digits than these stand in too many records by chance.
const DIGITS: usize = 5;

/// What each text of a number contains that has the value of `wanted`, if it has no exponent: it may end in zeros after
/// the point, and that is all that may differ.
fn digits(wanted: &str) -> Option<&str> {
    Number::of(wanted).filter(|_| !wanted.contains(['e', 'E']))?;
    let digits = if wanted.contains('.') { wanted.trim_end_matches('0').trim_end_matches('.') } else { wanted };
    (digits.len() >= DIGITS).then_some(digits)
}

fn kept(is_kept: bool) -> Verdict {
    if is_kept { Verdict::Kept } else { Verdict::Out }
}

#[cfg(test)]
#[path = "sieve_tests.rs"]
mod tests;

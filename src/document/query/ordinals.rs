//! The order of the children of a large container by one member, as far as its column tells it: an ordinal for each, so
//! that a sorted page is found without reading the records that are not on it.

use std::sync::Arc;

use super::rank::{Rank, SortKey, compare};
use super::record::Numbered;
use super::scalar::Scalar;
use crate::document::column::{Column, FIRST, MISSING, NO_MEMBER, NO_TEXT, NULL, UNREAD_TEXT};
use crate::document::container::Container;
use crate::document::patience::goes_on;

/// See the module.
pub(super) struct Ordinals<'c> {
    container: &'c Container,
    column: Arc<Column>,
    /// Of a column of few values: the ordinal by code.
    by_code: Vec<Option<u64>>,
    is_descending: bool,
    /// Those with one ordinal are equal.
    pub(super) is_exact: bool,
}

/// What is missing comes last in both directions.
const LAST: u64 = u64::MAX;

impl<'c> Ordinals<'c> {
    /// `None`: no column tells the order.
    pub(super) fn of(all: &Numbered<'c>, key: &SortKey) -> Option<Ordinals<'c>> {
        // A key that stands outside of the records is in no column.
        let is_key = |member: &str| matches!(&key.path[..], [name] if name == member);
        if all.member.as_deref().is_some_and(is_key) || !goes_on() {
            return None;
        }
        let container = all.container;
        let column = container.column(&key.path)?;
        let (by_code, is_exact) = match &*column {
            Column::Absent => (Vec::new(), true),
            Column::Few { values, .. } => (by_code(container, values, key.descending), true),
            // A text of JSON is ordered as one, though it looks like a number.
            Column::Numbers { are_numbers: false, .. } if container.table().is_none() => return None,
            Column::Numbers { are_short, .. } => (Vec::new(), *are_short),
            Column::Texts { .. } if container.has_beginnings(&column, &key.path) => (Vec::new(), false),
            Column::Texts { .. } => return None,
        };
        Some(Ordinals { container, column, by_code, is_descending: key.descending, is_exact })
    }

    /// The ordinal of the child with this number; `None`: it has to be read.
    #[inline]
    pub(super) fn at(&self, number: u32) -> Option<u64> {
        if !self.container.is_as_read(number) {
            return None;
        }
        match &*self.column {
            Column::Few { codes, .. } => self.by_code[usize::from(codes[number as usize])],
            Column::Numbers { numbers, .. } => of_number(numbers[number as usize], self.is_descending),
            Column::Texts { beginnings, .. } => match beginnings.get()?[number as usize] {
                NO_TEXT => Some(LAST),
                UNREAD_TEXT => None,
                beginning => Some(if self.is_descending { !beginning } else { beginning }),
            },
            Column::Absent => Some(LAST),
        }
    }
}

/// Doubles in their order: those below zero have all bits turned, the others only the sign.
#[inline]
fn of_number(number: f64, is_descending: bool) -> Option<u64> {
    if number.is_nan() {
        return matches!(number.to_bits(), NO_MEMBER | NULL).then_some(LAST);
    }
    // Zero has no sign.
    let bits = (number + 0.0).to_bits();
    let ascending = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    Some(if is_descending { !ascending } else { ascending })
}

/// The ordinals of the values of a column, equal ones for values that rank alike.
fn by_code(container: &Container, values: &[(u32, u32)], is_descending: bool) -> Vec<Option<u64>> {
    let table = container.table().map(|table| &**table);
    let rank = |&(start, end): &(u32, u32)| {
        let text = &container.base.text[start as usize..end as usize];
        Rank::of(Scalar::of(text, table), table.is_some())
    };
    let mut ranks: Vec<(usize, Rank<'_>)> = values.iter().map(rank).enumerate().collect();
    ranks.sort_by(|(_, one), (_, other)| compare(one, other, is_descending));
    let mut ordinals = vec![None; values.len() + usize::from(FIRST)];
    ordinals[usize::from(MISSING)] = Some(LAST);
    let (mut ordinal, mut before): (u64, Option<&Rank<'_>>) = (0, None);
    for (value, rank) in &ranks {
        ordinal += u64::from(before.is_some_and(|before| compare(before, rank, is_descending).is_ne()));
        before = Some(rank);
        ordinals[value + usize::from(FIRST)] = Some(if matches!(rank, Rank::Missing) { LAST } else { ordinal });
    }
    ordinals
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::SystemTime;

    use bytes::Bytes;
    use fastrand::Rng;

    use crate::document::change::Action;
    use crate::document::edit::{Given, apply};
    use crate::document::query::{Query, order, records};
    use crate::document::state::{Document, Format, Reading};
    use crate::document::{View, query::record::Record};
    use crate::text::{CellTypes, KeyRule};

    const ODD: [&str; 12] =
        ["0", "-0", "1", "1.0", "1e400", "2e400", "-7.25", "10", "9007199254740993", "9007199254740992", "5e-1", "1.5"];

    /// A value of each kind that a column is made for, and what is in none.
    fn value(random: &mut Rng, member: &str) -> Option<String> {
        let odd = ODD[random.usize(..ODD.len())];
        match (member, random.u8(..10)) {
            (_, 0) => None,
            ("few", 1) | ("number", 1) => Some("null".to_owned()),
            ("few", 2) => Some("true".to_owned()),
            ("few", 3) => Some(format!("\"{odd}\"")),
            ("few" | "odd", _) => Some(odd.to_owned()),
            ("number", 2) => Some("\"text\"".to_owned()),
            ("number", _) => Some(format!("{}.{}", random.i32(-900..900), random.u8(..100))),
            ("mixed", 1..6) => Some(format!("\"{}\"", random.u32(..))),
            ("mixed", _) => Some(random.u32(..).to_string()),
            _ => Some(format!("\"t {}\"", random.u16(..))),
        }
    }

    const MEMBERS: [&str; 5] = ["few", "number", "mixed", "text", "odd"];

    fn json(random: &mut Rng, id: usize) -> String {
        let members = MEMBERS.iter().filter_map(|name| Some(format!(",\"{name}\":{}", value(random, name)?)));
        format!("{{\"id\":{id}{}}}", members.collect::<String>())
    }

    fn csv(random: &mut Rng, id: usize) -> String {
        let cells = MEMBERS.iter().map(|name| format!(",{}", value(random, name).unwrap_or_default().replace('"', "")));
        format!("{id}{}", cells.collect::<String>())
    }

    fn view(random: &mut Rng, format: Format, types: CellTypes) -> View {
        let text = match format {
            Format::Csv { .. } => {
                let rows: Vec<String> = (0..1500).map(|id| csv(random, id)).collect();
                format!("id,{}\n{}\n", MEMBERS.join(","), rows.join("\n"))
            }
            _ => (0..1500).map(|id| json(random, id) + "\n").collect(),
        };
        let reading = Reading { rule: Arc::new(KeyRule::default()), format, types, encoding: None, stem: None };
        let document = Document::read(Bytes::from(text), &reading, &mut Vec::new(), &mut |_| {}).unwrap();
        View { mounts: vec![document], mounted: false, modified: SystemTime::now() }
    }

    fn compare(view: &View, random: &mut Rng) {
        let sort: Vec<String> = (0..random.usize(1..3))
            .map(|_| format!("{}{}", ["", "-"][random.usize(..2)], MEMBERS[random.usize(..5)]))
            .collect();
        let limit = [3, 40, 2000, 20_000][random.usize(..4)];
        let parameters = [("_sort", sort.join(",")), ("_start", "1".to_owned()), ("_limit", limit.to_string())];
        let parameters: Vec<_> = parameters.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let query = Query::parse(&parameters, view.root()).unwrap();
        let found = query.run(view, view.root(), &[""; 0]).unwrap();
        let all: Vec<Record<'_>> = records(view.root()).collect();
        let (expected, total) = order::sort(all.into_iter(), &query.sort, limit + 1);
        let text = |pieces: Vec<Bytes>| String::from_utf8(pieces.concat()).unwrap();
        let expected: Vec<String> =
            expected.iter().skip(1).take(limit).map(|record| text(record.node.text())).collect();
        assert_eq!(found.total, total);
        let found: Vec<String> = found.records().map(text).collect();
        assert!(found == expected, "{sort:?} {limit}\n{}\n{}", found[..3].join(" "), expected[..3].join(" "));
    }

    #[test]
    fn columns_tell_the_order_that_reading_every_record_gives() {
        let mut random = Rng::with_seed(11);
        let csv = Format::Csv { tab: false };
        for (format, types) in [(Format::Lines, CellTypes::Text), (csv, CellTypes::Text), (csv, CellTypes::Auto)] {
            let mut view = view(&mut random, format, types);
            for round in 0..30 {
                compare(&view, &mut random);
                let (id, new) = (random.usize(..1500 + round), random.u16(..));
                let action = match random.u8(..4) {
                    0 => Action::Delete { dependent: None },
                    1 => Action::Put(format!("{{\"few\":\"{new}\"}}").into()),
                    _ => Action::Merge(format!("{{\"number\":\"{new}\",\"few\":null}}").into()),
                };
                if let Ok(applied) = apply(&view, &[id.to_string()], &action, usize::MAX, &mut Given::new()) {
                    view.mounts[0] = applied.document;
                }
            }
        }
    }
}

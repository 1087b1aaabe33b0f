//! The order of records: `_sort=a,-b`.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::filter::scalar;
use super::record::{Record, Value};
use crate::document::Kind;
use crate::text::number::Number;

/// One key of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SortKey {
    pub(super) path: Vec<String>,
    pub(super) descending: bool,
}

/// As many records as this are kept in a heap while the rest go by; for more, all are sorted.
const HEAP: usize = 10_000;

/// The first `wanted` records in the order of the keys, those that are equal in all of them in the order in which they
/// came; and how many there are in all. A page takes the memory of a page, however many records there are.
pub(super) fn sort<'v>(
    records: impl Iterator<Item = Record<'v>>,
    keys: &[SortKey],
    wanted: usize,
) -> (Vec<Record<'v>>, usize) {
    let ranked = records.enumerate().map(|(position, record)| Ranked {
        ranks: keys.iter().map(|key| rank(&record, key)).collect(),
        position,
        record,
        keys,
    });
    let (sorted, total) = if wanted <= HEAP { first(ranked, wanted) } else { all(ranked) };
    (sorted.into_iter().map(|ranked| ranked.record).collect(), total)
}

fn first<'v, 'k>(ranked: impl Iterator<Item = Ranked<'v, 'k>>, wanted: usize) -> (Vec<Ranked<'v, 'k>>, usize) {
    let mut heap = BinaryHeap::new();
    let mut total = 0;
    for record in ranked {
        total += 1;
        if heap.len() < wanted {
            heap.push(record);
        } else if let Some(mut greatest) = heap.peek_mut()
            && record < *greatest
        {
            *greatest = record;
        }
    }
    (heap.into_sorted_vec(), total)
}

fn all<'v, 'k>(ranked: impl Iterator<Item = Ranked<'v, 'k>>) -> (Vec<Ranked<'v, 'k>>, usize) {
    let mut sorted: Vec<Ranked<'v, 'k>> = ranked.collect();
    sorted.sort_unstable();
    let total = sorted.len();
    (sorted, total)
}

/// A record with what it is sorted by. No two are equal: the position decides between those that rank alike.
struct Ranked<'v, 'k> {
    ranks: Vec<Rank<'v>>,
    position: usize,
    record: Record<'v>,
    keys: &'k [SortKey],
}

impl Ord for Ranked<'_, '_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let ranks = self.ranks.iter().zip(&other.ranks);
        let order = self.keys.iter().zip(ranks).map(|(key, (a, b))| compare(a, b, key.descending));
        order.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| self.position.cmp(&other.position))
    }
}

impl PartialOrd for Ranked<'_, '_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked<'_, '_> {}

/// What a record is sorted by, in one key. What is missing comes last in both directions.
enum Rank<'v> {
    /// The nearest double goes before the text, which decides only between numbers that are nearest to the same one.
    Number(f64, Cow<'v, str>),
    Text(Cow<'v, str>),
    Other(Cow<'v, str>),
    Missing,
}

fn rank<'v>(record: &Record<'v>, key: &SortKey) -> Rank<'v> {
    let in_table = record.node.kind() == Kind::Row;
    let value = match record.value(&key.path) {
        Some(Value::Node(value)) => value,
        Some(Value::Key(key)) => return Rank::Text(Cow::Owned(key.to_string())),
        None => return Rank::Missing,
    };
    let text = scalar(value).text;
    match value.kind() {
        Kind::Null => Rank::Missing,
        Kind::Number => number(text),
        // A cell of a table is text, and empty is how it says nothing.
        Kind::String if in_table && text.is_empty() => Rank::Missing,
        Kind::String if in_table && Number::of(&text).is_some() => number(text),
        Kind::String => Rank::Text(text),
        _ => Rank::Other(text),
    }
}

fn number(text: Cow<'_, str>) -> Rank<'_> {
    Rank::Number(text.parse().unwrap_or(0.0), text)
}

fn compare(a: &Rank<'_>, b: &Rank<'_>, descending: bool) -> Ordering {
    let place = |rank: &Rank<'_>| match rank {
        Rank::Number(..) => 0,
        Rank::Text(_) => 1,
        Rank::Other(_) => 2,
        Rank::Missing => 3,
    };
    let order = match (a, b) {
        (Rank::Missing, _) | (_, Rank::Missing) => return place(a).cmp(&place(b)),
        (Rank::Number(a, a_text), Rank::Number(b, b_text)) if a == b => Number::of(a_text).cmp(&Number::of(b_text)),
        (Rank::Number(a, _), Rank::Number(b, _)) => a.total_cmp(b),
        (Rank::Text(a), Rank::Text(b)) | (Rank::Other(a), Rank::Other(b)) => a.cmp(b),
        _ => place(a).cmp(&place(b)),
    };
    if descending { order.reverse() } else { order }
}

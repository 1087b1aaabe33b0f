//! The order of records: `_sort=a,-b`.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::filter::scalar;
use super::number::Number;
use super::record::{Record, Value};
use crate::data::Kind;

/// One key of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SortKey {
    pub(super) path: Vec<String>,
    pub(super) descending: bool,
}

/// What a record is sorted by, in one key. What is missing comes last in both directions.
enum Rank<'v> {
    Number(Cow<'v, str>),
    Text(Cow<'v, str>),
    Other(Cow<'v, str>),
    Missing,
}

/// Sorts records, those that are equal in all keys in the order in which they were.
pub(super) fn sort<'v>(records: impl Iterator<Item = Record<'v>>, keys: &[SortKey]) -> Vec<Record<'v>> {
    let mut ranked: Vec<(Vec<Rank<'v>>, Record<'v>)> =
        records.map(|record| (keys.iter().map(|key| rank(&record, key)).collect(), record)).collect();
    ranked.sort_by(|(a, _), (b, _)| {
        keys.iter()
            .zip(a.iter().zip(b))
            .map(|(key, (a, b))| compare(a, b, key.descending))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    ranked.into_iter().map(|(_, record)| record).collect()
}

fn rank<'v>(record: &Record<'v>, key: &SortKey) -> Rank<'v> {
    let in_table = record.node.kind() == Kind::Row;
    let value = match record.value(&key.path) {
        Some(Value::Node(value)) => value,
        Some(Value::Key(key)) => return Rank::Text(Cow::Owned(key.to_string())),
        None => return Rank::Missing,
    };
    match value.kind() {
        Kind::Null => Rank::Missing,
        Kind::Number => Rank::Number(scalar(value).text),
        // A cell of a table is text, and empty is how it says nothing.
        Kind::String if in_table => match scalar(value).text {
            text if text.is_empty() => Rank::Missing,
            text if Number::of(&text).is_some() => Rank::Number(text),
            text => Rank::Text(text),
        },
        Kind::String => Rank::Text(scalar(value).text),
        _ => Rank::Other(scalar(value).text),
    }
}

fn compare(a: &Rank<'_>, b: &Rank<'_>, descending: bool) -> Ordering {
    let place = |rank: &Rank<'_>| match rank {
        Rank::Number(_) => 0,
        Rank::Text(_) => 1,
        Rank::Other(_) => 2,
        Rank::Missing => 3,
    };
    let order = match (a, b) {
        (Rank::Missing, _) | (_, Rank::Missing) => return place(a).cmp(&place(b)),
        (Rank::Number(a), Rank::Number(b)) => Number::of(a).cmp(&Number::of(b)),
        (Rank::Text(a), Rank::Text(b)) | (Rank::Other(a), Rank::Other(b)) => a.cmp(b),
        _ => place(a).cmp(&place(b)),
    };
    if descending { order.reverse() } else { order }
}

//! What a record is sorted by, and which of two comes first.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::record::{Record, Value};
use super::scalar::{Scalar, scalar};
use crate::document::Kind;
use crate::text::number::Number;

/// One key of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SortKey {
    pub(super) path: Vec<String>,
    pub(super) descending: bool,
}

/// What a record is sorted by, in one key. What is missing comes last in both directions.
pub(super) enum Rank<'v> {
    /// The nearest double goes before the text, which decides only between numbers that are nearest to the same one.
    Number(f64, Cow<'v, str>),
    Text(Cow<'v, str>),
    Other(Cow<'v, str>),
    Missing,
}

/// What the record is sorted by in this key.
pub(super) fn rank<'v>(record: &Record<'v>, key: &SortKey) -> Rank<'v> {
    let in_table = record.node.kind() == Kind::Row;
    match record.value(&key.path) {
        Some(Value::Node(value)) => Rank::of(scalar(value), in_table),
        Some(Value::Key(key)) => Rank::Text(Cow::Owned(key.to_string())),
        None => Rank::Missing,
    }
}

impl<'v> Rank<'v> {
    /// That of a value; `in_table`: it is a cell.
    pub(super) fn of(value: Scalar<'v>, in_table: bool) -> Rank<'v> {
        let Scalar { kind, text } = value;
        match kind {
            Kind::Null => Rank::Missing,
            Kind::Number => number(text),
            // A cell of a table is text, and empty is how it says nothing.
            Kind::String if in_table && text.is_empty() => Rank::Missing,
            Kind::String if in_table && Number::of(&text).is_some() => number(text),
            Kind::String => Rank::Text(text),
            _ => Rank::Other(text),
        }
    }
}

fn number(text: Cow<'_, str>) -> Rank<'_> {
    Rank::Number(text.parse().unwrap_or(0.0), text)
}

/// Which of the two comes first.
pub(super) fn compare(a: &Rank<'_>, b: &Rank<'_>, descending: bool) -> Ordering {
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

//! A search for digits finds the numbers that have the value, however they are written.

use std::time::SystemTime;

use bytes::Bytes;

use super::*;
use crate::document::query::Query;
use crate::document::query::record::records;
use crate::document::state::{Document, Format, Reading};
use crate::document::{Node, View};
use crate::text::{CellTypes, KeyRule};

/// Ways to write numbers, and what only looks like them.
const PLAIN: [&str; 9] =
    ["123456", "123456.0", "123456.00", "-123456", "1234567", "12345.6", "12345.60", "\"123456\"", "\"12345.60\""];
const WITH_EXPONENT: [&str; 3] = ["1.23456e5", "12345600E-2", "1234560e-2"];
const WANTED: [&str; 8] = ["123456", "123456.0", "-123456", "12345.6", "12345.60", "1.23456e5", "123456.000", "98765"];

fn view(values: &[&str], format: Format, types: CellTypes) -> View {
    let value = |id: usize| values[id % values.len()];
    let text: String = match format {
        Format::Csv { .. } => (0..1500).fold("id,n\n".to_owned(), |text, id| text + &format!("{id},{}\n", value(id))),
        _ => (0..1500).map(|id| format!("{{\"id\":{id},\"n\":{}}}\n", value(id))).collect(),
    };
    let reading = Reading { rule: Arc::new(KeyRule::default()), format, types, encoding: None, stem: None };
    let document = Document::read(Bytes::from(text), &reading, &mut Vec::new(), &mut |_| {}).unwrap();
    View { mounts: vec![document], mounted: false, modified: SystemTime::now() }
}

/// How many records a query finds, and how many do meet its filter.
fn counts(view: &View, wanted: &str) -> (usize, usize) {
    let root: Node<'_> = view.root();
    let query = Query::parse(&[("n".to_owned(), wanted.to_owned())], root).unwrap();
    let found = query.run(view, root, &[""; 0]).unwrap().total;
    (found, records(root).filter(|record| query.filters[0].keeps(record)).count())
}

#[test]
fn numbers_are_found_however_they_are_written() {
    let csv = Format::Csv { tab: false };
    let all: Vec<&str> = PLAIN.iter().chain(&WITH_EXPONENT).copied().collect();
    for (format, types) in [(Format::Lines, CellTypes::Text), (csv, CellTypes::Text), (csv, CellTypes::Auto)] {
        for values in [&PLAIN[..], &all] {
            for wanted in WANTED {
                // A new view has no column yet, and the second query has.
                let view = view(values, format, types);
                for _ in 0..2 {
                    let (found, met) = counts(&view, wanted);
                    assert_eq!(found, met, "{wanted} among {values:?}, {types:?}");
                    assert!(met > 0 || !matches!(wanted, "123456" | "-123456"), "{wanted} is there");
                }
            }
        }
    }
}

#[test]
fn digits_are_those_that_each_text_of_the_number_has() {
    for (wanted, expected) in [
        ("123456", Some("123456")),
        ("-12.500", Some("-12.5")),
        ("12000", Some("12000")),
        ("12000.00", Some("12000")),
        ("1234", None),
        ("12.000", None),
        ("-0.00000", None),
        ("1.23456e5", None),
        ("012345", None),
        ("12345x", None),
    ] {
        assert_eq!(digits(wanted), expected, "{wanted}");
    }
}

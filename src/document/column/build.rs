//! Making a column: a look at some children shows what it will be, then all of them are read, on all cores.

use std::sync::OnceLock;

use super::glance::Seen;
use super::reader::Reader;
use super::{
    Column, FIRST, MISSING, MISSING_HASH, NO_MEMBER, NO_TEXT, NULL, TO_READ, UNCLEAR, UNCLEAR_HASH, UNREAD_TEXT,
};
use super::{double, text_hash};
use crate::document::container::Container;
use crate::document::index::{KeyTable, hash_of};
use crate::document::parts::{fill_parts, with_breath};
use crate::text::csv::{self, Table};
use crate::text::json::walk::{self, Sort};
use crate::text::number::Number;

/// How many children are looked at first.
const SAMPLE: u32 = 8192;

/// More different values than this are not few.
const FEW: usize = 16 << 10;

/// What a look at some children showed.
#[derive(Default)]
struct Sample {
    values: usize,
    different: usize,
    /// Texts that look like numbers among them.
    numbers: usize,
    unclear: usize,
}

/// Reads the member at `path` in all children of the base; `None` where a column would tell too little.
pub(super) fn column(container: &Container, path: &[String]) -> Option<Column> {
    let reader = Reader::of(container, path);
    let count = container.base_count();
    let sample = sample(&reader, count);
    let read = sample.values + sample.unclear;
    if sample.unclear > read / 2 {
        return None;
    }
    // As many values as children, almost, would mostly be met once.
    let few = if sample.different * 2 <= read || read == 0 { few(container, &reader, count) } else { None };
    if few.is_some() {
        return few;
    }
    Some(if sample.numbers * 2 >= sample.values { numbers(&reader, count) } else { texts(&reader, count) })
}

fn sample(reader: &Reader<'_>, count: u32) -> Sample {
    let mut sample = Sample::default();
    let (mut run, mut values) = (reader.run(), CodedValues::new(SAMPLE as usize));
    for number in (0..count).step_by((count / SAMPLE).max(1) as usize).take(SAMPLE as usize) {
        match run.at(number) {
            Seen::Nothing => {}
            Seen::Unclear => sample.unclear += 1,
            Seen::Value(text) => {
                sample.values += 1;
                let meaning = meaning(reader.table(), text);
                sample.numbers +=
                    usize::from(matches!(meaning, NumberMeaning::Number(..) | NumberMeaning::Numeral(..)));
                values.code(text);
            }
        }
    }
    sample.different = values.list.len();
    sample
}

/// Different values, each with its code.
struct CodedValues<'t> {
    table: KeyTable,
    list: Vec<&'t [u8]>,
    most: usize,
}

impl<'t> CodedValues<'t> {
    fn new(most: usize) -> CodedValues<'t> {
        CodedValues { table: KeyTable::new(most), list: Vec::new(), most }
    }

    /// The code of a value, a new one if it was not there; `None` if there are too many.
    #[inline]
    fn code(&mut self, text: &'t [u8]) -> Option<u16> {
        let next = u32::try_from(self.list.len()).ok()?;
        if self.list.len() == self.most {
            return None;
        }
        let list = &self.list;
        let found = self.table.insert(hash_of(text), next, |other| list[other as usize] == text);
        if found.is_none() {
            self.list.push(text);
        }
        u16::try_from(found.unwrap_or(next)).ok()?.checked_add(FIRST)
    }
}

fn few(container: &Container, reader: &Reader<'_>, count: u32) -> Option<Column> {
    let mut codes = vec![MISSING; count as usize];
    let parts = fill_parts(&mut codes, |range, codes| {
        let (mut run, mut values) = (reader.run(), CodedValues::new(FEW));
        for (code, number) in codes.iter_mut().zip(with_breath(range.clone())) {
            *code = match run.at(number) {
                Seen::Nothing => MISSING,
                Seen::Unclear => UNCLEAR,
                Seen::Value(text) => values.code(text)?,
            };
        }
        Some((range, values.list))
    });
    let mut all = CodedValues::new(FEW);
    for part in parts {
        let (range, values) = part?;
        let new = values.iter().map(|text| all.code(text)).collect::<Option<Vec<u16>>>()?;
        // Those of the first part are what they were.
        if new.iter().zip(FIRST..).all(|(new, old)| *new == old) {
            continue;
        }
        for code in &mut codes[range.start as usize..range.end as usize] {
            if let Some(value) = code.checked_sub(FIRST) {
                *code = new[usize::from(value)];
            }
        }
    }
    if all.list.is_empty() && codes.iter().all(|code| *code == MISSING) {
        return Some(Column::Absent);
    }
    let values = all.list.iter().map(|text| container.base_place(text)).collect();
    Some(Column::Few { values, codes: codes.into() })
}

fn numbers(reader: &Reader<'_>, count: u32) -> Column {
    let mut numbers = vec![0.0; count as usize];
    let parts = fill_parts(&mut numbers, |range, numbers| {
        let (mut are_short, mut are_numbers) = (true, true);
        let mut run = reader.run();
        for (slot, number) in numbers.iter_mut().zip(with_breath(range)) {
            *slot = match run.at(number) {
                Seen::Nothing => f64::from_bits(NO_MEMBER),
                Seen::Unclear => f64::from_bits(TO_READ),
                Seen::Value(text) => match meaning(reader.table(), text) {
                    NumberMeaning::Number(number, is_short) => {
                        are_short &= is_short;
                        number
                    }
                    NumberMeaning::Numeral(number, is_short) => {
                        are_short &= is_short;
                        are_numbers = false;
                        number
                    }
                    NumberMeaning::Null => f64::from_bits(NULL),
                    NumberMeaning::Text => f64::from_bits(TO_READ),
                },
            };
        }
        (are_short, are_numbers)
    });
    Column::Numbers {
        are_short: parts.iter().all(|part| part.0),
        are_numbers: parts.iter().all(|part| part.1),
        numbers: numbers.into(),
    }
}

fn texts(reader: &Reader<'_>, count: u32) -> Column {
    let hash = |seen: Seen<'_>| match seen {
        Seen::Nothing => MISSING_HASH,
        Seen::Unclear => UNCLEAR_HASH,
        Seen::Value(text) => hash(reader.table(), text),
    };
    Column::Texts { hashes: each(reader, count, hash), beginnings: OnceLock::new() }
}

/// How the text of the member at `path` begins in each child of the base.
pub(super) fn beginnings(container: &Container, path: &[String]) -> Box<[u64]> {
    let reader = Reader::of(container, path);
    let beginning = |seen: Seen<'_>| match seen {
        Seen::Nothing => NO_TEXT,
        Seen::Unclear => UNREAD_TEXT,
        Seen::Value(text) => beginning(reader.table(), text),
    };
    each(&reader, container.base_count(), beginning)
}

/// What `tell` says of each child.
fn each<T: Default + Clone + Send>(reader: &Reader<'_>, count: u32, tell: impl Fn(Seen<'_>) -> T + Sync) -> Box<[T]> {
    let mut all = vec![T::default(); count as usize];
    fill_parts(&mut all, |range, slots| {
        let mut run = reader.run();
        slots.iter_mut().zip(with_breath(range)).for_each(|(slot, number)| *slot = tell(run.at(number)));
    });
    all.into()
}

fn beginning(table: Option<&Table>, text: &[u8]) -> u64 {
    let sort = table.map_or_else(|| walk::sort(text), |table| table.cell_sort(text));
    let text = match (sort, table) {
        (Sort::Null, _) => return NO_TEXT,
        (Sort::String, None) => walk::decode_bytes(text),
        (Sort::String, Some(_)) => csv::decode_bytes(text),
        _ => return UNREAD_TEXT,
    };
    // Cells that say nothing, or a number, have a place of their own.
    if table.is_some() && (text.is_empty() || matches!(text[0], b'-' | b'0'..=b'9')) {
        return UNREAD_TEXT;
    }
    let mut first = [0; 8];
    let length = text.len().min(first.len());
    first[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(first)
}

/// What a scalar is to a column of numbers.
enum NumberMeaning {
    /// A number, and whether its text is short.
    Number(f64, bool),
    /// A text that looks like one.
    Numeral(f64, bool),
    Null,
    Text,
}

#[inline]
fn meaning(table: Option<&Table>, text: &[u8]) -> NumberMeaning {
    let sort = table.map_or_else(|| walk::sort(text), |table| table.cell_sort(text));
    match sort {
        Sort::Number => {
            let (number, is_short) = double(text);
            NumberMeaning::Number(number, is_short)
        }
        Sort::String => {
            let decoded = if table.is_some() { csv::decode_bytes(text) } else { walk::decode_bytes(text) };
            match std::str::from_utf8(&decoded).ok().and_then(Number::of) {
                Some(_) => {
                    let (number, is_short) = double(&decoded);
                    NumberMeaning::Numeral(number, is_short)
                }
                None => NumberMeaning::Text,
            }
        }
        Sort::Null => NumberMeaning::Null,
        _ => NumberMeaning::Text,
    }
}

#[inline]
fn hash(table: Option<&Table>, text: &[u8]) -> u32 {
    match table.map_or_else(|| walk::sort(text), |table| table.cell_sort(text)) {
        Sort::String if table.is_some() => text_hash(&csv::decode_bytes(text)),
        Sort::String => text_hash(&walk::decode_bytes(text)),
        Sort::Null => text_hash(b"null"),
        Sort::Boolean => text_hash(text),
        // Numbers are equal in other ways.
        _ => UNCLEAR_HASH,
    }
}

//! Cells in and out of a row.

use std::borrow::Cow;

use crate::text::json::walk::{self, Sort};

/// The cells of a row as they stand, quotes and all.
#[inline]
pub(crate) fn cells(row: &[u8], delimiter: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(row);
    std::iter::from_fn(move || {
        let row = rest?;
        let inner = if row.first() == Some(&b'"') { close_quote(row, 0).map_or(row.len(), |at| at + 1) } else { 0 };
        match memchr::memchr(delimiter, &row[inner..]) {
            Some(found) => {
                rest = Some(&row[inner + found + 1..]);
                Some(&row[..inner + found])
            }
            None => {
                rest = None;
                Some(row)
            }
        }
    })
}

/// The text of a cell.
#[inline]
pub(crate) fn decode(cell: &[u8]) -> Cow<'_, str> {
    let Some(inner) = cell.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return String::from_utf8_lossy(cell);
    };
    let text = String::from_utf8_lossy(inner);
    if inner.contains(&b'"') { Cow::Owned(text.replace("\"\"", "\"")) } else { text }
}

/// The bytes of the text of a cell.
#[inline]
pub(crate) fn decode_bytes(cell: &[u8]) -> Cow<'_, [u8]> {
    if cell.first() != Some(&b'"') {
        return Cow::Borrowed(cell);
    }
    match decode(cell) {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// The offset of the quote that closes the one at `open`.
pub(super) fn close_quote(text: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        at += memchr::memchr(b'"', text.get(at..)?)?;
        if text.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// A number that JSON would write in the same way: no leading zero or plus sign, no exponent, no `-0`.
pub(super) fn is_canonical_number(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    let (whole, fraction) = match memchr::memchr(b'.', digits) {
        Some(dot) => (&digits[..dot], Some(&digits[dot + 1..])),
        None => (digits, None),
    };
    let numeric = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let zero = cell.starts_with(b"-") && digits.iter().all(|byte| matches!(byte, b'0' | b'.'));
    numeric(whole) && fraction.is_none_or(numeric) && (whole == b"0" || whole[0] != b'0') && !zero
}

/// The text that a JSON value has in a cell; `None` if a cell cannot hold it.
pub(crate) fn cell_text(token: &[u8]) -> Option<Cow<'_, str>> {
    match walk::sort(token) {
        Sort::String => Some(walk::decode(token)),
        Sort::Number | Sort::Boolean => Some(String::from_utf8_lossy(token)),
        Sort::Null => Some(Cow::Borrowed("")),
        Sort::Object | Sort::Array => None,
    }
}

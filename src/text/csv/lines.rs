//! Where the rows of a text end.

use super::cell::close_quote;
use crate::text::json::{SyntaxError, SyntaxKind};

/// The offset of the first byte at or after `at` that ends no line: blank lines are no rows.
#[inline]
pub(in crate::text) fn skip_lines(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The byte that a line end ends with; a `\r` before it is trimmed off the row.
pub(super) fn last(newline: &[u8]) -> u8 {
    newline.last().copied().unwrap_or(b'\n')
}

/// The line end of a text: the first that it has.
pub(super) fn line_end(text: &[u8]) -> &'static [u8] {
    match memchr::memchr(b'\n', text) {
        Some(at) if at > 0 && text[at - 1] == b'\r' => b"\r\n",
        Some(_) => b"\n",
        None if memchr::memchr(b'\r', text).is_some() => b"\r",
        None => b"\n",
    }
}

/// The end of the row that starts at `start`, its line end not included.
pub(super) fn row_end(text: &[u8], start: usize, newline: u8, delimiter: u8) -> Result<usize, SyntaxError> {
    plain_row_end(text, start, newline).map_or_else(|| quoted_row_end(text, start, newline, delimiter), Ok)
}

/// The same, of a row without a quote.
#[inline]
pub(super) fn plain_row_end(text: &[u8], start: usize, newline: u8) -> Option<usize> {
    match memchr::memchr2(newline, b'"', &text[start..]) {
        Some(at) if text[start + at] != newline => None,
        found => Some(trim_end(text, start, found.map_or(text.len(), |at| start + at))),
    }
}

/// The end of what starts at `start`, without the line ends before `end`.
pub(super) fn trim_end(text: &[u8], start: usize, mut end: usize) -> usize {
    while end > start && matches!(text[end - 1], b'\r' | b'\n') {
        end -= 1;
    }
    end
}

/// The same, of a row with quotes.
pub(super) fn quoted_row_end(text: &[u8], start: usize, newline: u8, delimiter: u8) -> Result<usize, SyntaxError> {
    let mut at = start;
    loop {
        if text.get(at) == Some(&b'"') {
            let close = close_quote(text, at).ok_or_else(|| {
                SyntaxError::at(text, at, "expected '\"' at the end of this quoted cell", SyntaxKind::Malformed)
            })?;
            at = close + 1;
            let ends = matches!(text.get(at), None | Some(b'\r' | b'\n'));
            if !ends && text[at] != delimiter {
                let expected =
                    format!("expected '{}' or the end of the line after a quoted cell", char::from(delimiter));
                return Err(SyntaxError::at(text, at, expected, SyntaxKind::Malformed));
            }
        }
        match memchr::memchr2(delimiter, newline, &text[at..]) {
            Some(found) if text[at + found] == delimiter => at += found + 1,
            found => return Ok(trim_end(text, start, found.map_or(text.len(), |found| at + found))),
        }
    }
}

/// How often a byte occurs in a row. Rows are short: to search for each one costs more than to look at all, eight at
/// a time.
#[inline]
pub(super) fn occurrences(row: &[u8], byte: u8) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
    let (words, rest) = row.as_chunks::<8>();
    let mut found = rest.iter().filter(|other| **other == byte).count();
    for word in words {
        let difference = u64::from_ne_bytes(*word) ^ (ONES * u64::from(byte));
        // A bit for each byte that is another; multiplied, they are added up in the first byte.
        let others = ((((difference & LOW) + LOW) | difference) >> 7) & ONES;
        found += 8 - (others.wrapping_mul(ONES) >> 56) as usize;
    }
    found
}

//! CSV text (RFC 4180) as it stands: the dialect of a file, its rows, and cells in and out of them.

mod cell;
pub(super) mod dialect;
mod lines;
mod table;
#[cfg(test)]
mod tests;

use super::json::scan::MAX_LENGTH;
use super::json::{SyntaxError, SyntaxKind};
use super::key::KeyRule;

pub(crate) use cell::{cell_text, cells, decode, decode_bytes};
pub(super) use lines::skip_lines;
use lines::{last, line_end, occurrences, plain_row_end, quoted_row_end, row_end};
pub use table::CellTypes;
pub(crate) use table::Table;
use table::numbers;

/// A CSV text taken apart.
pub(crate) struct Scanned {
    pub(crate) table: Table,
    /// Where each row starts.
    pub(crate) starts: Vec<u32>,
    /// The key that was asked for is no column.
    pub(crate) key_missing: Option<String>,
    /// What is odd about the header.
    pub(crate) warning: Option<String>,
}

/// Reads the header and finds the rows. `tab`: the name ends in `.tsv`.
pub(crate) fn scan(
    text: &[u8],
    tab: bool,
    rule: &KeyRule,
    collection: Option<&str>,
    types: CellTypes,
    progress: &mut dyn FnMut(usize),
) -> Result<Scanned, SyntaxError> {
    if text.len() > MAX_LENGTH {
        return Err(SyntaxError::at(text, 0, "expected at most 4 GiB", SyntaxKind::Malformed));
    }
    if let Some((offset, expected)) = super::encoding::fault(text) {
        return Err(SyntaxError::at(text, offset, expected, SyntaxKind::Encoding));
    }
    let start = skip_lines(text, if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 });
    let newline = line_end(text);
    let named = dialect::named_delimiter(text, start);
    let start = named.map_or(start, |(_, after)| skip_lines(text, after));
    let delimiter = match named {
        Some((delimiter, _)) => delimiter,
        None if tab => b'\t',
        None => delimiter(text, start),
    };
    let header_end = row_end(text, start, last(newline), delimiter)?;
    let header = &text[start..header_end];
    let columns: Vec<String> = cells(header, delimiter).map(|cell| decode(cell).into_owned()).collect();
    let names = dialect::names(columns);
    let (columns, doubtful) = (names.shown, names.doubtful);
    let asked = rule.named(collection);
    let position = |name: &str| columns.iter().position(|column| column == name);
    let found = asked.and_then(position);
    let map = columns == ["key", "value"];
    let key = found.or_else(|| position("id")).filter(|_| !map).unwrap_or(0);
    let table =
        Table { numbers: numbers(&columns), doubtful, is_made: false, key, delimiter, newline, map, types, columns };
    let starts = rows(text, header_end, &table, progress)?;
    let key_missing = asked.filter(|_| found.is_none() && !map).map(str::to_owned);
    Ok(Scanned { table, starts, key_missing, warning: names.warning })
}

fn rows(text: &[u8], from: usize, table: &Table, progress: &mut dyn FnMut(usize)) -> Result<Vec<u32>, SyntaxError> {
    let mut starts = Vec::with_capacity(text.len() / 64);
    let mut at = skip_lines(text, from);
    let mut reported = 0;
    let width = table.columns.len();
    while at < text.len() {
        // Longer texts are refused before.
        starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        let (end, found) = match plain_row_end(text, at, last(table.newline)) {
            Some(end) => (end, 1 + occurrences(&text[at..end], table.delimiter)),
            None => {
                let end = quoted_row_end(text, at, last(table.newline), table.delimiter)?;
                (end, cells(&text[at..end], table.delimiter).count())
            }
        };
        if found > width {
            let extra = cells(&text[at..end], table.delimiter).nth(width).unwrap_or_default();
            let offset = extra.as_ptr().addr().saturating_sub(text.as_ptr().addr());
            let plural = if width == 1 { "" } else { "s" };
            let expected = format!("expected {width} column{plural}, found {found}");
            return Err(SyntaxError::at(text, offset, expected, SyntaxKind::Malformed));
        }
        at = skip_lines(text, end);
        if at - reported > 1 << 20 {
            reported = at;
            progress(at);
        }
    }
    starts.shrink_to_fit();
    Ok(starts)
}

/// How many rows behind the header are looked at for the delimiter.
const SAMPLED: usize = 50;

/// The delimiter by which the header, which starts at `start`, and the rows behind it agree.
pub(super) fn delimiter(text: &[u8], start: usize) -> u8 {
    let newline = last(line_end(text));
    dialect::delimiter(|candidate| widths(text, start, newline, candidate))
}

/// How many cells the header and the first rows have by a delimiter.
fn widths(text: &[u8], start: usize, newline: u8, delimiter: u8) -> Vec<Option<usize>> {
    let (mut at, mut widths) = (start, Vec::new());
    while at < text.len() && widths.len() <= SAMPLED {
        let Ok(end) = row_end(text, at, newline, delimiter) else {
            widths.push(None);
            break;
        };
        widths.push(Some(cells(&text[at..end], delimiter).count()));
        at = skip_lines(text, end);
    }
    widths
}

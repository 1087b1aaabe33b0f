//! CSV text (RFC 4180) as it stands: the dialect of a file, its rows, and cells in and out of them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::dialect;
use super::json::walk::{self, Sort};
use super::json::{SyntaxError, SyntaxKind};
use super::key::KeyRule;

/// How cells are shown in JSON: `--types`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellTypes {
    /// Every cell is a string.
    #[default]
    Text,
    /// Canonical numbers and `true`/`false` as such, empty cells as null.
    Auto,
}

/// What the header row and the dialect of a file say.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    /// The number of each column by its name, where they are many: a body may name all of them.
    numbers: HashMap<String, usize>,
    /// The columns whose name is another's as well.
    doubtful: HashSet<usize>,
    /// Which column holds the key.
    pub(crate) key: usize,
    pub(crate) delimiter: u8,
    pub(crate) newline: &'static [u8],
    /// The header is `key,value`: each row is a member.
    pub(crate) map: bool,
    /// Nothing was in the file: the header is ours.
    pub(crate) is_made: bool,
    pub(crate) types: CellTypes,
}

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
    if text.len() > super::json::scan::MAX_LENGTH {
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

/// A header of up to so many columns is looked through.
const FEW_COLUMNS: usize = 16;

fn numbers(columns: &[String]) -> HashMap<String, usize> {
    let names = columns.iter().filter(|_| columns.len() > FEW_COLUMNS);
    names.enumerate().map(|(number, column)| (column.clone(), number)).collect()
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

/// The offset of the first octet at or after `at` that ends no line: blank lines are no rows.
#[inline]
pub(super) fn skip_lines(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The octet that a line end ends with; a `\r` before it is trimmed off the row.
fn last(newline: &[u8]) -> u8 {
    newline.last().copied().unwrap_or(b'\n')
}

fn line_end(text: &[u8]) -> &'static [u8] {
    match memchr::memchr(b'\n', text) {
        Some(at) if at > 0 && text[at - 1] == b'\r' => b"\r\n",
        Some(_) => b"\n",
        None if memchr::memchr(b'\r', text).is_some() => b"\r",
        None => b"\n",
    }
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

/// The end of the row that starts at `start`, its line end not included.
fn row_end(text: &[u8], start: usize, newline: u8, delimiter: u8) -> Result<usize, SyntaxError> {
    plain_row_end(text, start, newline).map_or_else(|| quoted_row_end(text, start, newline, delimiter), Ok)
}

/// The same, of a row without a quote.
#[inline]
fn plain_row_end(text: &[u8], start: usize, newline: u8) -> Option<usize> {
    match memchr::memchr2(newline, b'"', &text[start..]) {
        Some(at) if text[start + at] != newline => None,
        found => Some(trim_end(text, start, found.map_or(text.len(), |at| start + at))),
    }
}

fn trim_end(text: &[u8], start: usize, mut end: usize) -> usize {
    while end > start && matches!(text[end - 1], b'\r' | b'\n') {
        end -= 1;
    }
    end
}

fn quoted_row_end(text: &[u8], start: usize, newline: u8, delimiter: u8) -> Result<usize, SyntaxError> {
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

/// The offset of the quote that closes the one at `open`.
fn close_quote(text: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        at += memchr::memchr(b'"', text.get(at..)?)?;
        if text.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// How often an octet occurs in a row. Rows are short: to search for each one costs more than to look at all, eight at
/// a time.
#[inline]
fn occurrences(row: &[u8], octet: u8) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
    let (words, rest) = row.as_chunks::<8>();
    let mut found = rest.iter().filter(|other| **other == octet).count();
    for word in words {
        let difference = u64::from_ne_bytes(*word) ^ (ONES * u64::from(octet));
        // A bit for each octet that is another; multiplied, they are added up in the first octet.
        let others = ((((difference & LOW) + LOW) | difference) >> 7) & ONES;
        found += 8 - (others.wrapping_mul(ONES) >> 56) as usize;
    }
    found
}

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

/// The octets of the text of a cell.
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

impl Table {
    /// The cell of `row` in the column with this number, empty if the row ends before it.
    #[inline]
    pub(crate) fn cell<'r>(&self, row: &'r [u8], column: usize) -> &'r [u8] {
        cells(row, self.delimiter).nth(column).unwrap_or_default()
    }

    /// The key of a row; an empty cell is none.
    #[inline]
    pub(crate) fn key_of<'r>(&self, row: &'r [u8]) -> Option<Cow<'r, str>> {
        let key = decode(self.cell(row, self.key));
        (!key.is_empty()).then_some(key)
    }

    /// The number of a column.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        match self.columns.len() <= FEW_COLUMNS {
            true => self.columns.iter().position(|column| column == name),
            false => self.numbers.get(name).copied(),
        }
    }

    /// The column's name stands in the header more than once.
    pub(crate) fn is_doubtful(&self, column: usize) -> bool {
        self.doubtful.contains(&column)
    }

    /// How many octets of a row's JSON text are the names of the columns and what stands around them.
    pub(crate) fn names_length(&self) -> usize {
        self.columns.iter().map(|column| column.len() + 6).sum()
    }

    /// The name of the key column.
    pub(crate) fn key_name(&self) -> &str {
        self.columns.get(self.key).map_or("", String::as_str)
    }

    /// Appends a cell as a JSON value.
    pub(crate) fn cell_json(&self, cell: &[u8], out: &mut Vec<u8>) {
        match self.cell_sort(cell) {
            Sort::String => walk::quote(&decode(cell), out),
            Sort::Null => out.extend_from_slice(b"null"),
            _ => out.extend_from_slice(cell),
        }
    }

    /// What kind of value a cell is shown as. A quoted cell is always text.
    pub(crate) fn cell_sort(&self, cell: &[u8]) -> Sort {
        match (self.types, cell) {
            (CellTypes::Text, _) => Sort::String,
            (CellTypes::Auto, b"") => Sort::Null,
            (CellTypes::Auto, b"true" | b"false") => Sort::Boolean,
            (CellTypes::Auto, _) if is_canonical_number(cell) => Sort::Number,
            (CellTypes::Auto, _) => Sort::String,
        }
    }

    /// Appends a row as a JSON object.
    pub(crate) fn row_json(&self, row: &[u8], out: &mut Vec<u8>) {
        out.push(b'{');
        let mut cells = cells(row, self.delimiter);
        for (number, column) in self.columns.iter().enumerate() {
            if number > 0 {
                out.push(b',');
            }
            walk::quote(column, out);
            out.push(b':');
            self.cell_json(cells.next().unwrap_or_default(), out);
        }
        out.push(b'}');
    }

    /// A row with these cell texts. Where the cell of `old` at the same place says the same it stays as it stands;
    /// `mould`, a neighbour, shows which columns are quoted.
    pub(crate) fn row(&self, values: &[String], old: Option<&[u8]>, mould: Option<&[u8]>) -> Vec<u8> {
        let old: Vec<&[u8]> = old.map(|row| cells(row, self.delimiter).collect()).unwrap_or_default();
        let mould: Vec<&[u8]> = mould.map(|row| cells(row, self.delimiter).collect()).unwrap_or_default();
        let mut out = Vec::new();
        // A row that ended early stays short where nothing was added to it.
        let filled = values.iter().rposition(|value| !value.is_empty()).map_or(0, |last| last + 1);
        let end = if old.is_empty() { values.len() } else { filled.max(old.len()).min(values.len()) };
        for (number, value) in values[..end].iter().enumerate() {
            if number > 0 {
                out.push(self.delimiter);
            }
            match old.get(number) {
                Some(cell) if decode(cell) == *value => out.extend_from_slice(cell),
                cell => {
                    let like = cell.filter(|cell| !cell.is_empty()).or(mould.get(number));
                    let quoted = like.is_some_and(|cell| cell.starts_with(b"\""));
                    self.encode(value, quoted || (values.len() == 1 && value.is_empty()), &mut out);
                }
            }
        }
        out
    }

    fn encode(&self, value: &str, quoted: bool, out: &mut Vec<u8>) {
        let special = |octet: u8| matches!(octet, b'"' | b'\r' | b'\n') || octet == self.delimiter;
        if !quoted && !value.bytes().any(special) {
            return out.extend_from_slice(value.as_bytes());
        }
        out.push(b'"');
        out.extend_from_slice(value.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    }
}

/// A number that JSON would write in the same way: no leading zero or plus sign, no exponent, no `-0`.
fn is_canonical_number(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    let (whole, fraction) = match memchr::memchr(b'.', digits) {
        Some(dot) => (&digits[..dot], Some(&digits[dot + 1..])),
        None => (digits, None),
    };
    let numeric = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let zero = cell.starts_with(b"-") && digits.iter().all(|octet| matches!(octet, b'0' | b'.'));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(text: &str) -> Result<Scanned, SyntaxError> {
        scan(text.as_bytes(), false, &KeyRule::default(), None, CellTypes::Auto, &mut |_| {})
    }

    #[track_caller]
    fn reads(text: &str, delimiter: u8, rows: &[&[&str]]) {
        let scanned = scanned(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(scanned.table.delimiter, delimiter);
        let ends = scanned.starts.iter().skip(1).map(|&at| at as usize).chain([text.len()]);
        let found: Vec<Vec<String>> = std::iter::zip(&scanned.starts, ends)
            .map(|(&start, end)| {
                let row = &text.as_bytes()[start as usize..trim_end(text.as_bytes(), start as usize, end)];
                cells(row, delimiter).map(|cell| decode(cell).into_owned()).collect()
            })
            .collect();
        assert_eq!(found, rows);
    }

    #[test]
    fn dialects_are_recognised() {
        reads("id,name\n1,a\n2,b", b',', &[&["1", "a"], &["2", "b"]]);
        reads("id;name\r\n1;a,b\r\n", b';', &[&["1", "a,b"]]);
        reads("id\tname\n1\t\n", b'\t', &[&["1", ""]]);
        reads("id|name\r1|a\r", b'|', &[&["1", "a"]]);
        reads("\u{feff}id,name\n\n1,a\n\n", b',', &[&["1", "a"]]);
        reads("id,\"na,me\"\n1,\"a\"\"b\nc\"\n2,d\"e\n", b',', &[&["1", "a\"b\nc"], &["2", "d\"e"]]);
        reads("id,a,b\n1\n", b',', &[&["1"]]);
        reads("id;name, first\n1;Ann\n", b';', &[&["1", "Ann"]]);
        reads("id;name, a, b\n1;x\n2;y\n", b';', &[&["1", "x"], &["2", "y"]]);
        reads("\"a;b;c\",d\n1,2\n", b',', &[&["1", "2"]]);
        reads("sep=;\r\nid;a,b,c\r\n1;x,y,z\r\n", b';', &[&["1", "x,y,z"]]);
        reads("sep=^\nid^n\n1^a\n", b'^', &[&["1", "a"]]);
        reads("id\n1\n", b',', &[&["1"]]);
        reads("id,name\r\n1,\"x\r\ny\"\r\n2,z", b',', &[&["1", "x\r\ny"], &["2", "z"]]);
    }

    #[test]
    fn occurrences_are_counted_in_any_row() {
        let mut random = fastrand::Rng::with_seed(4180);
        for length in 0..200 {
            let row: Vec<u8> = (0..length)
                .map(|_| *random.choice(&[0, 1, 0x2b, b',', 0x2d, 0x7f, 0x80, 0xac, 0xff]).unwrap())
                .collect();
            for octet in [0, b',', 0x7f, 0xff] {
                assert_eq!(occurrences(&row, octet), row.iter().filter(|other| **other == octet).count(), "{row:?}");
            }
        }
    }

    #[test]
    fn faults_have_a_place() {
        for (text, line, column, expected) in [
            ("id,name\n1,a\n2,b,c\n", 3, 5, "expected 2 columns, found 3"),
            ("id,name\n1,\"a\n", 2, 3, "expected '\"'"),
            ("id,name\n1,\"a\"b\n", 2, 6, "after a quoted cell"),
        ] {
            let error = scanned(text).err().unwrap();
            assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
            assert!(error.expected.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn untouched_cells_stay_and_new_ones_look_alike() {
        let table = scanned("id,name,note\n").unwrap().table;
        let values = |texts: [&str; 3]| texts.map(str::to_owned);
        let row = |texts, old: &str, mould: &str| {
            let old = (!old.is_empty()).then_some(old.as_bytes());
            String::from_utf8(table.row(&values(texts), old, Some(mould.as_bytes()))).unwrap()
        };
        assert_eq!(row(["1", "x", "n"], "1,\"a\",\"n\"", ""), "1,\"x\",\"n\"");
        assert_eq!(row(["2", "b", ""], "", "1,\"a\",n"), "2,\"b\",");
        assert_eq!(row(["2", "a,b", "c\"d\n"], "", "1,a,b"), "2,\"a,b\",\"c\"\"d\n\"");
        assert_eq!(row(["2", "", ""], "1", ""), "2");
        assert_eq!(row(["1", "", "n"], "1", ""), "1,,n");
    }

    #[test]
    fn types_are_seen_only_where_they_come_back_the_same() {
        let table = scanned("id\n").unwrap().table;
        for (cell, json) in [
            ("7", "7"),
            ("007", "\"007\""),
            ("-1.50", "-1.50"),
            ("-0", "\"-0\""),
            ("1e5", "\"1e5\""),
            ("+1", "\"+1\""),
            (".5", "\".5\""),
            ("0.5", "0.5"),
            ("true", "true"),
            ("TRUE", "\"TRUE\""),
            ("", "null"),
            ("\"7\"", "\"7\""),
        ] {
            let mut out = Vec::new();
            table.cell_json(cell.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), json);
        }
    }
}

//! What is the same for all rows of a table, and rows as JSON and back.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::cell::{cells, decode, is_canonical_number};
use crate::text::json::walk::{self, Sort};

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
    pub(super) numbers: HashMap<String, usize>,
    /// The columns whose name is another's as well.
    pub(super) doubtful: HashSet<usize>,
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

/// A header of up to so many columns is looked through.
const FEW_COLUMNS: usize = 16;

/// The number of each column by its name, where they are many.
pub(super) fn numbers(columns: &[String]) -> HashMap<String, usize> {
    let names = columns.iter().filter(|_| columns.len() > FEW_COLUMNS);
    names.enumerate().map(|(number, column)| (column.clone(), number)).collect()
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

    /// How many bytes of a row's JSON text are the names of the columns and what stands around them.
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
        let special = |byte: u8| matches!(byte, b'"' | b'\r' | b'\n') || byte == self.delimiter;
        if !quoted && !value.bytes().any(special) {
            return out.extend_from_slice(value.as_bytes());
        }
        out.push(b'"');
        out.extend_from_slice(value.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    }
}

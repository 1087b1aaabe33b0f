//! Records as the rows of a CSV text (RFC 4180).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::document::Exported;
use crate::text::csv::{self, Table};
use crate::text::json::walk::{self, Sort};

/// The columns that records of JSON have between them: every member name in the order of its first appearance.
#[derive(Default)]
pub(super) struct Names {
    seen: HashSet<String>,
    pub(super) columns: Vec<String>,
}

impl Names {
    /// Takes the names of a record; `false`: it is not flat, or half of a surrogate pair is in it, which no cell can hold.
    pub(super) fn take(&mut self, record: &[u8]) -> bool {
        if walk::sort(record) != Sort::Object || walk::has_lone_surrogate(record) {
            return false;
        }
        for member in walk::members(record) {
            if matches!(walk::sort(&record[member.value..member.end]), Sort::Object | Sort::Array) {
                return false;
            }
            let name = walk::decode(&record[member.start..member.name_end]);
            if !self.seen.contains(&*name) {
                self.seen.insert(name.clone().into_owned());
                self.columns.push(name.into_owned());
            }
        }
        true
    }
}

/// Writes rows of these columns.
pub(super) struct Rows {
    columns: Vec<String>,
    by_name: HashMap<String, usize>,
    /// Which column of the table each is, when rows of one are written.
    of_table: Option<Vec<Option<usize>>>,
}

impl Rows {
    pub(super) fn of(columns: Vec<String>) -> Rows {
        let by_name = columns.iter().enumerate().map(|(number, name)| (name.clone(), number)).collect();
        Rows { columns, by_name, of_table: None }
    }

    pub(super) fn header(&self, out: &mut Vec<u8>) {
        write_row(self.columns.iter().map(|name| Cow::Borrowed(name.as_str())), out);
    }

    pub(super) fn record(&mut self, record: &Exported<'_>, out: &mut Vec<u8>) {
        match *record {
            Exported::Json(text) => self.json(text, out),
            Exported::Row(row, table) => self.row(row, table, out),
        }
    }

    pub(super) fn json(&self, record: &[u8], out: &mut Vec<u8>) {
        let mut cells: Vec<&[u8]> = vec![b"null"; self.columns.len()];
        for member in walk::members(record) {
            let name = walk::decode(&record[member.start..member.name_end]);
            if let Some(number) = self.by_name.get(&*name) {
                cells[*number] = &record[member.value..member.end];
            }
        }
        write_row(cells.into_iter().map(cell), out);
    }

    fn row(&mut self, row: &[u8], table: &Table, out: &mut Vec<u8>) {
        let picks = self.of_table.get_or_insert_with(|| self.columns.iter().map(|name| table.column(name)).collect());
        let cells: Vec<&[u8]> = csv::cells(row, table.delimiter).collect();
        let pick = |pick: &Option<usize>| pick.and_then(|number| cells.get(number)).copied().unwrap_or_default();
        if table.delimiter != b',' {
            return write_row(picks.iter().map(|number| csv::decode(pick(number))), out);
        }
        // A cell between commas stands as it is.
        let start = out.len();
        for (at, number) in picks.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(pick(number));
        }
        end_row(start, out);
    }
}

/// A string as it is, null as nothing, anything else by its text.
fn cell(token: &[u8]) -> Cow<'_, str> {
    match walk::sort(token) {
        Sort::String => walk::decode(token),
        Sort::Null => Cow::Borrowed(""),
        _ => String::from_utf8_lossy(token),
    }
}

fn write_row<'c>(cells: impl Iterator<Item = Cow<'c, str>>, out: &mut Vec<u8>) {
    let start = out.len();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        if cell.contains([',', '"', '\r', '\n']) {
            out.push(b'"');
            out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    end_row(start, out);
}

/// A row of one empty cell would read as an empty line, which readers skip.
fn end_row(start: usize, out: &mut Vec<u8>) {
    if out.len() == start {
        out.extend_from_slice(b"\"\"");
    }
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_quoted_where_they_must_be() {
        let mut out = Vec::new();
        write_row(["a", "b,c", "d\"e", "f\ng", "=1"].into_iter().map(Cow::Borrowed), &mut out);
        write_row([""].into_iter().map(Cow::Borrowed), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "a,\"b,c\",\"d\"\"e\",\"f\ng\",=1\r\n\"\"\r\n");
    }

    #[test]
    fn the_columns_are_those_of_all_records() {
        let (records, mut names) = ([&br#"{"a":1,"b":"x"}"#[..], br#"{"c":null,"a":2.50}"#], Names::default());
        assert!(records.iter().all(|record| names.take(record)));
        assert!(!names.take(b"{\"a\":[]}") && !names.take(b"1") && !names.take(b"{\"a\":\"\\ud83d\"}"));
        let (rows, mut out) = (Rows::of(names.columns), Vec::new());
        rows.header(&mut out);
        records.iter().for_each(|record| rows.json(record, &mut out));
        assert_eq!(String::from_utf8(out).unwrap(), "a,b,c\r\n1,x,\r\n2.50,,\r\n");
    }
}

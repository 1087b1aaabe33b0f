//! A whole table replaced by rows of its owner's making, the header among them.

use std::collections::HashMap;

use bytes::Bytes;

use super::place::unfit;
use crate::document::change::Refusal;
use crate::document::container::{Container, Value};
use crate::document::state::{Context, Document};
use crate::text::csv::{self, Table};
use crate::text::json::walk::{self, Sort};

/// Makes a table of `body`, an array of arrays of strings of which the first is the header. `table` shows how the file
/// is written.
pub(super) fn table(context: &Context, table: &Table, body: &[u8]) -> Result<Container, Refusal> {
    let wrong = |error: &dyn std::fmt::Display| unfit(format!("expected an array of arrays of strings: {error}"));
    if walk::sort(body) != Sort::Array {
        return Err(wrong(&"found another value"));
    }
    let mut text = Vec::new();
    // One row after the other: all of them as cells would be many times of their bytes.
    for (start, end) in walk::elements(body) {
        let row: Vec<String> = serde_json::from_slice(&body[start..end]).map_err(|error| wrong(&error))?;
        text.extend_from_slice(&table.row(&row, None, None));
        text.extend_from_slice(table.newline);
    }
    // What may be odd about the new rows is what was asked for: nobody is warned of it.
    match Document::read(Bytes::from(text), &context.reading, &mut Vec::new(), &mut |_| {}) {
        Ok(Document { root: Value::Large(container), .. }) => Ok(Container::clone(&container)),
        Ok(_) => Err(unfit("the rows are no table")),
        Err(error) => Err(unfit(error.to_string())),
    }
}

/// The rows, the header first, that the records of `body` make: a column for each member, in the order they come. Every
/// row has a cell for each, so that they can be the square of the body: of at most `most` bytes.
pub(super) fn of_records(body: &[u8], most: usize) -> Result<Vec<u8>, Refusal> {
    let (mut columns, mut numbers): (Vec<String>, HashMap<String, usize>) = (Vec::new(), HashMap::new());
    let mut rows: Vec<Vec<(usize, String)>> = Vec::new();
    for (start, end) in walk::elements(body) {
        let record = &body[start..end];
        if walk::sort(record) != Sort::Object {
            return Err(unfit("expected objects, whose members are cells of a row"));
        }
        let mut row = Vec::new();
        for member in walk::members(record) {
            let name = walk::decode(&record[member.start..member.name_end]).into_owned();
            if name.is_empty() {
                return Err(unfit("expected a name for each column, found ''"));
            }
            let text = cell_text(&name, &record[member.value..member.end])?;
            let number = *numbers.entry(name.clone()).or_insert(columns.len());
            if number == columns.len() {
                columns.push(name);
            }
            row.push((number, text));
        }
        rows.push(row);
    }
    if columns.is_empty() {
        return Err(unfit("expected records with members, which name the columns"));
    }
    // A cell is two quotes and a comma at least.
    if columns.len().saturating_mul(3 * rows.len()) > most {
        return Err(too_long());
    }
    let mut out = b"[".to_vec();
    write(&columns, &mut out);
    for row in rows {
        let mut cells = vec![""; columns.len()];
        row.iter().for_each(|(number, text)| cells[*number] = text);
        out.push(b',');
        write(&cells, &mut out);
    }
    out.push(b']');
    if out.len() > most { Err(too_long()) } else { Ok(out) }
}

/// Appends the array of these strings.
fn write(cells: &[impl AsRef<str>], out: &mut Vec<u8>) {
    for (at, cell) in cells.iter().enumerate() {
        out.push(if at > 0 { b',' } else { b'[' });
        walk::quote(cell.as_ref(), out);
    }
    out.extend_from_slice(if cells.is_empty() { b"[]" } else { b"]" });
}

/// Rows may have so many times the bytes that a body may: a record names only the cells that it has, a row has all.
pub(super) const AMPLE: usize = 4;

/// The refusal of records that would be much more than they are sent as.
pub(super) fn too_long() -> Refusal {
    let reason = format!("the records make rows of more than {AMPLE} times --max-body; send fewer at a time");
    Refusal::TooMuch { reason }
}

/// The text that a value has in the cell of a column.
pub(super) fn cell_text(column: &str, token: &[u8]) -> Result<String, Refusal> {
    if walk::has_lone_surrogate(token) && walk::sort(token) == Sort::String {
        return Err(unfit(format!("a cell of the column '{column}' cannot hold half of a surrogate pair")));
    }
    match csv::cell_text(token) {
        Some(text) => Ok(text.into_owned()),
        None => Err(unfit(format!("a cell of the column '{column}' cannot hold an array or object"))),
    }
}

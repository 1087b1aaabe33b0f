//! A whole table replaced by rows of its owner's making, the header among them.

use bytes::Bytes;

use super::unfit;
use crate::document::change::Refusal;
use crate::document::container::{Container, Value};
use crate::document::state::{Context, Document};
use crate::text::csv::Table;

/// Makes a table of `body`, an array of arrays of strings of which the first is the header. `table` shows how the file
/// is written.
pub(super) fn table(context: &Context, table: &Table, body: &[u8]) -> Result<Container, Refusal> {
    let rows: Vec<Vec<String>> = serde_json::from_slice(body)
        .map_err(|error| unfit(format!("expected an array of arrays of strings: {error}")))?;
    let mut text = Vec::new();
    for row in &rows {
        text.extend_from_slice(&table.row(row, None, None));
        text.extend_from_slice(table.newline);
    }
    // What may be odd about the new rows is what was asked for: nobody is warned of it.
    match Document::read(Bytes::from(text), &context.reading, &mut Vec::new(), &mut |_| {}) {
        Ok(Document { root: Value::Large(container), .. }) => Ok(Container::clone(&container)),
        Ok(_) => Err(unfit("the rows are no table")),
        Err(error) => Err(unfit(error.to_string())),
    }
}

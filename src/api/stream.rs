//! Large collections in a form that is not the file's own: made a piece at a time while it is sent.

use bytes::Bytes;

use super::representation::{Form, compact};
use super::rows::{Names, Rows};
use crate::document::{Export, Exported, Pace};
use crate::message::{Content, Stream};

/// The records in that form. `columns`: those of a table; else they are looked for in all records. `None`: some record is
/// not flat.
pub(super) fn content(export: Export, form: Form, columns: Option<Vec<String>>) -> Option<Content> {
    Some(Content::Stream(match form {
        Form::Lines => lines(export),
        Form::Csv => csv(export, columns)?,
        Form::Json | Form::Plain => array(export),
    }))
}

/// A piece at a time: `record` writes each, `end` what stands behind the last.
fn pieces(
    mut export: Export,
    mut out: Vec<u8>,
    mut record: impl FnMut(&Exported<'_>, &mut Vec<u8>) + Send + 'static,
    end: &'static [u8],
) -> Stream {
    let mut is_over = false;
    Stream::new(move || {
        if is_over {
            return None;
        }
        is_over = !export.take_some(&mut |exported| {
            let before = out.len();
            record(&exported, &mut out);
            out.len() - before
        });
        if is_over {
            out.extend_from_slice(end);
        }
        Some(Bytes::from(std::mem::take(&mut out)))
    })
}

fn json_text(record: &Exported<'_>, out: &mut Vec<u8>) {
    match *record {
        Exported::Json(text) => out.extend_from_slice(text),
        Exported::Row(row, table) => table.row_json(row, out),
    }
}

fn array(export: Export) -> Stream {
    let mut is_first = true;
    let record = move |record: &Exported<'_>, out: &mut Vec<u8>| {
        if !std::mem::take(&mut is_first) {
            out.push(b',');
        }
        json_text(record, out);
    };
    pieces(export, b"[".to_vec(), record, b"]")
}

fn lines(export: Export) -> Stream {
    let record = |record: &Exported<'_>, out: &mut Vec<u8>| {
        match *record {
            Exported::Json(text) => compact(text, out),
            Exported::Row(row, table) => table.row_json(row, out),
        }
        out.push(b'\n');
    };
    pieces(export, Vec::new(), record, b"")
}

fn csv(export: Export, columns: Option<Vec<String>>) -> Option<Stream> {
    let columns = match columns {
        Some(columns) => columns,
        None => names(export.clone())?,
    };
    let (mut rows, mut out) = (Rows::of(columns), Vec::new());
    rows.header(&mut out);
    Some(pieces(export, out, move |record, out| rows.record(record, out), b""))
}

/// The columns of all records, which is one reading of them.
fn names(mut export: Export) -> Option<Vec<String>> {
    let (mut names, mut are_flat, mut pace) = (Names::default(), true, Pace::default());
    let mut take = |exported: Exported<'_>| {
        if let Exported::Json(text) = exported {
            are_flat = are_flat && pace.goes_on(text.len()) && names.take(text);
        }
        0
    };
    while export.take_some(&mut take) {}
    are_flat.then_some(names.columns)
}

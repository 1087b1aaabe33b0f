//! What the answers of one state of the data begin with: field lines that are the same for all of them.

use std::cell::RefCell;
use std::time::SystemTime;

use http::StatusCode;

use super::representation::{FORMS, Form};
use crate::message::{FieldLines, Response};

/// The beginnings of the answers of one state of the data.
struct Beginnings {
    modified: Option<SystemTime>,
    /// Of those without content, and those of each form.
    lines: [Option<FieldLines>; 1 + FORMS],
}

/// A response of data last modified then, with what all those in the same form begin with. Answers of one state of the
/// data bear the same, so these lines are kept: writing the date takes longer than finding a record.
#[inline]
pub(super) fn begun(status: StatusCode, modified: SystemTime, form: Option<Form>) -> Response {
    thread_local! {
        static LAST: RefCell<Beginnings> =
            const { RefCell::new(Beginnings { modified: None, lines: [const { None }; 1 + FORMS] }) };
    }
    let mut response = Response::new(status);
    LAST.with_borrow_mut(|last| {
        if last.modified != Some(modified) {
            *last = Beginnings { modified: Some(modified), lines: [const { None }; 1 + FORMS] };
        }
        let lines = &mut last.lines[form.map_or(0, |form| 1 + form as usize)];
        response.fields.append(lines.get_or_insert_with(|| beginning(modified, form)));
    });
    response
}

fn beginning(modified: SystemTime, form: Option<Form>) -> FieldLines {
    let mut lines = FieldLines::default();
    lines.push("Last-Modified", httpdate::fmt_http_date(modified));
    lines.push("Vary", "Accept, Accept-Encoding, Origin");
    if let Some(form) = form {
        lines.push("Content-Type", form.content_type());
        lines.push("X-Content-Type-Options", "nosniff");
    }
    lines
}

//! What the answers of one state of the data begin with: field lines that are the same for all of them.

use std::cell::RefCell;
use std::time::SystemTime;

use http::StatusCode;

use super::representation::{FORMS, Form};
use crate::message::{FieldLines, Response, http_date};

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
    lines.push("Last-Modified", http_date(modified));
    // With the date alone a cache may give the answer again for a tenth of the age of the data (RFC 9111 4.2.2), and a page
    // would not see what it has just changed.
    lines.push("Cache-Control", "no-cache");
    lines.push("Vary", "Accept, Accept-Encoding, Origin");
    if let Some(form) = form {
        lines.push("Content-Type", form.content_type());
        lines.push("X-Content-Type-Options", "nosniff");
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn each_state_and_form_has_its_own_lines() {
        let day = |number: u64| UNIX_EPOCH + Duration::from_secs(number * 86_400);
        for (number, date) in [(0, "Thu, 01 Jan 1970"), (1, "Fri, 02 Jan 1970"), (0, "Thu, 01 Jan 1970")] {
            for (form, media_type) in
                [(None, None), (Some(Form::Json), Some("application/json")), (Some(Form::Csv), Some("text/csv"))]
            {
                let fields = begun(StatusCode::OK, day(number), form).fields;
                assert_eq!(fields.first("Last-Modified"), Some(format!("{date} 00:00:00 GMT").as_str()));
                assert_eq!(fields.first("Content-Type").map(|value| value.split(';').next().unwrap()), media_type);
            }
        }
    }
}

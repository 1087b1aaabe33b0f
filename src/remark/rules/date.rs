//! `Date`, and the formats of all dates.

use crate::remark::line::Part;
use crate::remark::rule::At::{Each, Field};
use crate::remark::rule::{Rule, info, note, when, wrong};
use crate::remark::value::{after, brief, date};

/// The fields whose value is a date and nothing else.
const DATES: [&str; 5] = ["date", "expires", "last-modified", "if-modified-since", "if-unmodified-since"];

pub(super) const RULES: &[Rule] = &[
    info("date", "RFC 9110 6.6.1", Field("date"), |h| {
        date(h.value)?;
        let age = h.around.now.and_then(|now| after(now, date(h.value)?));
        Some(match age {
            Some(age) => format!("when the message was made, {age} ago"),
            None => "when the message was made, by the sender's clock".to_owned(),
        })
    }),
    wrong("date-invalid", "RFC 9110 5.6.7", Each(Part::Field), |h| {
        // `Expires: 0` is a custom of its own.
        let is_date = DATES.contains(&h.line.name.as_str()) && h.line.name != "expires";
        (is_date && date(h.value).is_none()).then(|| {
            format!(
                "'{}' is no date: it is written like 'Sun, 06 Nov 1994 08:49:37 GMT', always in GMT; a recipient ignores it",
                brief(h.value)
            )
        })
    }),
    wrong("date-obsolete", "RFC 9110 5.6.7", Each(Part::Field), |h| {
        let is_old = DATES.contains(&h.line.name.as_str()) && date(h.value).is_some();
        when(
            is_old && !(h.value.len() == 29 && h.value.ends_with(" GMT") && h.value.as_bytes()[3] == b','),
            "an obsolete format of a date: recipients must read it, senders must not write it",
        )
    }),
    note("date-missing", "RFC 9110 6.6.1", Each(Part::Blank), |h| {
        when(
            h.status_in(200..500) && !h.message.has("date"),
            "no Date: an origin server with a clock must send one in a 2xx, 3xx or 4xx; a recipient takes the time of arrival",
        )
    }),
];

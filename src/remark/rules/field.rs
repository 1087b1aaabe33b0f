//! What holds for every field line: its grammar, what is not known, and what is in the wrong place.

use crate::remark::line::{LONG, Part};
use crate::remark::rule::At::{self, Each};
use crate::remark::rule::{Here, Rule, info, note, when, wrong};
use crate::remark::value::{brief, bytes, is_token};

const FIELD: At = Each(Part::Field);

/// Fields that must not be repeated, as their value is no list.
const SINGLE: [&str; 16] = [
    "age",
    "authorization",
    "content-location",
    "content-range",
    "content-type",
    "date",
    "etag",
    "expires",
    "from",
    "if-modified-since",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "referer",
    "retry-after",
];

pub(super) const RULES: &[Rule] = &[
    info("unknown", "RFC 9110 5.1", FIELD, |h| {
        (h.rules.is_empty() && is_token(&h.line.name))
            .then(|| "not known here: one who does not know a field ignores it, and a proxy passes it on".to_owned())
    }),
    note("misplaced", "RFC 9110 5.1", FIELD, |h| {
        let is_other = |rule: &&Rule| match rule.at {
            At::Asked(_) => h.is_response(),
            At::Answered(_) => h.is_request(),
            _ => false,
        };
        let (side, here) = if h.is_response() { ("request", "response") } else { ("response", "request") };
        (!h.rules.is_empty() && h.rules.iter().all(is_other))
            .then(|| format!("a field of {side}s: in a {here} it means nothing"))
    }),
    note("value-odd", "RFC 9110 5.5", At::Otherwise, |h| {
        Some(match h.value {
            "" => "the value is empty".to_owned(),
            value => format!("'{}' is no value that is known for this field", brief(value)),
        })
    }),
    wrong("field-repeated", "RFC 9110 5.3", FIELD, |h| {
        let is_single = SINGLE.contains(&h.line.name.as_str());
        when(
            is_single && !h.is_first(),
            "this field must not be repeated: its value is no list, and recipients differ in which they take",
        )
    }),
    wrong("name-space", "RFC 9112 5.1", FIELD, |h| {
        let name = name(h);
        (name.ends_with([' ', '\t']) && is_token(name.trim_end())).then(|| match h.is_response() {
            true => "white space between name and colon: a proxy must take it away".to_owned(),
            false => "white space between name and colon: a server must answer 400, since others may read another name"
                .to_owned(),
        })
    }),
    wrong("name-grammar", "RFC 9110 5.1", FIELD, |h| {
        let name = name(h);
        (!is_token(name.trim_end())).then(|| {
            format!(
                "'{}' is no field name, which is letters, digits and !#$%&'*+-.^_`|~: {}",
                brief(&name),
                h.refusal()
            )
        })
    }),
    wrong("value-control", "RFC 9110 5.5", FIELD, |h| {
        let odd = h.value.chars().find(|at| at.is_ascii_control() && *at != '\t')?;
        Some(format!(
            "a control character (U+{:04X}) in the value: a recipient refuses the message, or puts a space in its place",
            u32::from(odd)
        ))
    }),
    note("value-not-ascii", "RFC 9110 5.5", FIELD, |h| {
        when(!h.value.is_ascii(), "bytes above 0x7F: nobody can know in which charset; they are taken as they are")
    }),
    note("field-long", "RFC 9110 5.4", FIELD, |h| {
        let length = h.line.bytes.len();
        (length > LONG).then(|| format!("{}: a server may find that too large and answer 431", bytes(length as u64)))
    }),
    wrong("folded", "RFC 9112 5.2", Each(Part::Folded), |h| {
        let is_first = h.message.lines.get(h.message.lines.iter().position(|line| line.part == Part::Start)? + 1)?;
        (!std::ptr::eq(is_first, h.line)).then(|| match h.is_response() {
            true => "a line that goes on with the one before, which is obsolete: a client puts a space in its place".to_owned(),
            false => "a line that goes on with the one before, which is obsolete: a server answers 400, or puts a space in its place".to_owned(),
        })
    }),
    wrong("space-first", "RFC 9112 2.2", Each(Part::Folded), |h| {
        let first = h.message.lines.get(h.message.lines.iter().position(|line| line.part == Part::Start)? + 1)?;
        when(
            std::ptr::eq(first, h.line),
            "white space before the first field: a recipient refuses the message, or leaves the line out",
        )
    }),
    wrong("no-colon", "RFC 9112 5", Each(Part::NoField), |h| {
        Some(format!("a field line is name, colon and value, and there is no colon: {}", h.refusal()))
    }),
    wrong("too-many-lines", "RFC 9110 5.4", Each(Part::Unread), |h| {
        let is_head = !h.message.lines.iter().any(|line| line.part == Part::Blank);
        let is_http = h.is_request() || h.is_response();
        (is_head && is_http).then(|| {
            format!("{} more in a head without an end: a server answers 431, a client reports an error; both close the connection", bytes(h.line.bytes.len() as u64))
        })
    }),
    info("not-read", "RFC 9112 2.2", Each(Part::Unread), |h| {
        let is_later = h.message.lines.iter().any(|line| line.part == Part::Blank);
        is_later.then(|| {
            format!("{} more, which are not explained here: so many lines are enough", bytes(h.line.bytes.len() as u64))
        })
    }),
    info("not-explained", "RFC 9112 2.2", Each(Part::Rest), |h| {
        let is_broken = h.message.body == crate::remark::message::Body::Unknown;
        (is_broken && h.message.lines.iter().any(|line| line.part == Part::Blank)
            || !(h.is_request() || h.is_response()))
        .then(|| {
            format!("{} more: what they mean cannot be known after what went before", bytes(h.line.bytes.len() as u64))
        })
    }),
    info("switched", "RFC 9110 7.8", Each(Part::Rest), |h| {
        let is_switched = h.message.body == crate::remark::message::Body::Switched;
        is_switched.then(|| format!("{} of another protocol", bytes(h.line.bytes.len() as u64)))
    }),
];

/// The name as it is written, up to the colon.
fn name(h: &Here<'_>) -> String {
    let colon = memchr::memchr(b':', h.line.bytes).unwrap_or(h.line.bytes.len());
    String::from_utf8_lossy(&h.line.bytes[..colon]).into_owned()
}

//! Parts of a content (RFC 9110 14).

use crate::remark::message::Body;
use crate::remark::rule::At::{Answered, Asked, Field};
use crate::remark::rule::{Rule, info, joined, note, when, wrong};
use crate::remark::value::{brief, bytes, essence, grouped, list, number};

/// More ranges than this in one request are hostile, or a mistake.
const MANY: usize = 16;

pub(super) const RULES: &[Rule] = &[
    info("range", "RFC 9110 14.2", Asked("range"), |h| {
        let ranges = ranges(h.value)?;
        Some(format!("asks for a part of the content: {}", joined(ranges.into_iter().take(MANY).map(said), ", and ")))
    }),
    wrong("range-grammar", "RFC 9110 14.1.2", Asked("range"), |h| {
        let is_bytes = unit(h.value) == "bytes";
        (is_bytes && ranges(h.value).is_none())
            .then(|| format!("'{}' is no byte range: a server ignores it", brief(h.value)))
    }),
    note("range-unit", "RFC 9110 14.1", Asked("range"), |h| {
        let unit = unit(h.value);
        (unit != "bytes")
            .then(|| format!("'{}' is no unit of ranges that is known: a server ignores the field", brief(&unit)))
    }),
    note("range-method", "RFC 9110 14.2", Asked("range"), |h| {
        let method = h.message.method();
        (method != "GET").then(|| format!("Range counts for GET only: a server ignores it in a {}", brief(method)))
    }),
    note("range-many", "RFC 9110 17.15", Asked("range"), |h| {
        let count = list(h.value).len();
        (count > MANY)
            .then(|| format!("{} ranges: a server may refuse so many, as they are an attack", grouped(count as u64)))
    }),
    info("content-range", "RFC 9110 14.4", Answered("content-range"), |h| {
        let (part, size) = content_range(h.value)?;
        let of = size.map_or("of a size that is not known".to_owned(), |size| format!("of {}", bytes(size)));
        Some(match part {
            Some((first, last)) => format!(
                "bytes {} to {} {of}: {}",
                grouped(first),
                grouped(last),
                bytes((last - first).saturating_add(1))
            ),
            None => format!("no range lies within the content {of}"),
        })
    }),
    wrong("content-range-grammar", "RFC 9110 14.4", Answered("content-range"), |h| {
        let is_bytes = unit(h.value.split(' ').next().unwrap_or_default()) == "bytes";
        (is_bytes && content_range(h.value).is_none())
            .then(|| format!("'{}' is no range: a recipient must not put it together with what it has", brief(h.value)))
    }),
    note("content-range-unit", "RFC 9110 14.4", Answered("content-range"), |h| {
        let unit = unit(h.value.split(' ').next().unwrap_or_default());
        (unit != "bytes").then(|| format!("'{}' is no unit of ranges that is known", brief(&unit)))
    }),
    wrong("content-range-length", "RFC 9110 14.4", Answered("content-range"), |h| {
        let (Some((first, last)), _) = content_range(h.value)? else { return None };
        let Body::Length(length) = h.message.body else { return None };
        let part = (last - first).saturating_add(1);
        (h.message.status() == 206 && part != length)
            .then(|| format!("the part has {}, but the content {}", bytes(part), bytes(length)))
    }),
    note("content-range-status", "RFC 9110 14.4", Answered("content-range"), |h| {
        let status = h.message.status();
        (!matches!(status, 206 | 416)).then(|| format!("Content-Range has no meaning in a {status}"))
    }),
    wrong("content-range-request", "RFC 9110 14.5", Asked("content-range"), |_| {
        Some("a partial write: a server that does not know it as such must answer 400, since a part would replace the whole".to_owned())
    }),
    info("accept-ranges", "RFC 9110 14.3", Answered("accept-ranges"), |h| {
        Some(match essence(h.value).as_str() {
            "none" => "the server sends no parts: a download that breaks begins again".to_owned(),
            unit => format!("a part can be asked for with Range, in {}", brief(unit)),
        })
    }),
    note("accept-ranges-request", "RFC 9110 14.3", Asked("accept-ranges"), |_| {
        Some("a response field: in a request it means nothing".to_owned())
    }),
    note("range-ignored", "RFC 9110 14.2", Field("content-length"), |h| {
        when(
            h.message.status() == 200 && h.asked("range").is_some() && h.asked_method() == "GET",
            "the request asked for a part with Range, and gets the whole, which a server may do",
        )
    }),
];

fn unit(value: &str) -> String {
    value.split('=').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The first and the last position.
type Positions = (u64, u64);

/// First and last position of each range; one of them may be left out.
fn ranges(value: &str) -> Option<Vec<(Option<u64>, Option<u64>)>> {
    let (_, set) = value.split_once('=').filter(|_| unit(value) == "bytes")?;
    let position = |text: &str| if text.is_empty() { Some(None) } else { number(text).map(Some) };
    let range = |item: &str| {
        let (first, last) = item.split_once('-')?;
        match (position(first.trim())?, position(last.trim())?) {
            (None, None) => None,
            (Some(first), Some(last)) if first > last => None,
            range => Some(range),
        }
    };
    let ranges: Vec<_> = list(set).into_iter().map(range).collect::<Option<_>>()?;
    (!ranges.is_empty()).then_some(ranges)
}

fn said(range: (Option<u64>, Option<u64>)) -> String {
    match range {
        (Some(first), Some(last)) => {
            format!(
                "bytes {} to {} ({} in all)",
                grouped(first),
                grouped(last),
                grouped((last - first).saturating_add(1))
            )
        }
        (Some(first), None) => format!("all from byte {} on", grouped(first)),
        (None, last) => format!("the last {}", bytes(last.unwrap_or_default())),
    }
}

/// The part, if there is one, and the size of the whole, if it is known.
fn content_range(value: &str) -> Option<(Option<Positions>, Option<u64>)> {
    let (part, size) = value.strip_prefix("bytes ")?.trim().split_once('/')?;
    let size = if size == "*" { None } else { Some(number(size)?) };
    if part == "*" {
        return size.map(|size| (None, Some(size)));
    }
    let (first, last) = part.split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    (first <= last && size.is_none_or(|size| last < size)).then_some((Some((first, last)), size))
}

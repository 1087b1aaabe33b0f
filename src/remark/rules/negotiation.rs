//! What the client would like, and what the answer depends on (RFC 9110 12).

use crate::remark::rule::At::{Answered, Asked};
use crate::remark::rule::{Rule, info, joined, note, text, when, wrong};
use crate::remark::value::{brief, essence, list, parameter};

pub(super) const RULES: &[Rule] = &[
    info("accept", "RFC 9110 12.5.1", Asked("accept"), |h| {
        Some(match list(h.value).as_slice() {
            [] => "empty: no media type is preferred".to_owned(),
            ["*/*"] => "any media type will do".to_owned(),
            ranges => format!("the client likes best: {}", joined(by_weight(ranges), ", then ")),
        })
    }),
    info("accept-encoding", "RFC 9110 12.5.3", Asked("accept-encoding"), |h| {
        Some(match list(h.value).as_slice() {
            [] => "empty: the content must not be compressed".to_owned(),
            codings => {
                format!("the client can undo these codings of the content: {}", joined(by_weight(codings), ", "))
            }
        })
    }),
    info("accept-language", "RFC 9110 12.5.4", Asked("accept-language"), |h| {
        Some(format!("the client's reader likes best: {}", joined(by_weight(&list(h.value)), ", then ")))
    }),
    note("accept-charset", "RFC 9110 12.5.2", Asked("accept-charset"), |_| {
        Some("obsolete: UTF-8 is nearly everywhere, and this field makes users recognisable".to_owned())
    }),
    wrong("weight", "RFC 9110 12.4.2", Asked("accept"), |h| {
        let ranges = list(h.value);
        let odd = ranges.iter().filter_map(|range| parameter(range, b';', "q")).find(|weight| !is_weight(weight))?;
        Some(format!("'{}' is no weight, which is a number from 0 to 1 with at most three decimals", brief(odd)))
    }),
    info("vary", "RFC 9110 12.5.5", Answered("vary"), |h| {
        let names = list(h.value);
        if names.is_empty() || names.contains(&"*") {
            return None;
        }
        let sent = |name: &&str| match h.asked(&name.to_ascii_lowercase()) {
            // What proves who asks is not repeated.
            Some(_) if ["authorization", "cookie"].iter().any(|secret| secret.eq_ignore_ascii_case(name)) => {
                format!("{} (which was sent)", brief(name))
            }
            Some(value) => format!("{} (which was '{}')", brief(name), brief(value)),
            None if h.request.is_some() => format!("{} (which was not sent)", brief(name)),
            None => brief(name),
        };
        let sent = joined(names.iter().map(sent), ", ");
        Some(format!("the answer depends on {sent}: a cache may give it only to a request with the same"))
    }),
    note("vary-any", "RFC 9110 12.5.5", Answered("vary"), |h| {
        when(
            list(h.value).contains(&"*"),
            "the answer depends on more than fields: no cache may give it to another request",
        )
    }),
    note("content-type-not-accepted", "RFC 9110 12.5.1", Answered("content-type"), |h| {
        let kind = essence(h.value);
        let accepted = h.asked("accept").filter(|_| h.status_in(200..300))?;
        let ranges = list(accepted);
        let covers = |range: &&str| {
            let range = essence(range);
            range == "*/*"
                || range == kind
                || range.strip_suffix('*').is_some_and(|start| start.ends_with('/') && kind.starts_with(start))
        };
        (!ranges.iter().any(covers))
            .then(|| format!("the request does not accept {}; the server may send it all the same", brief(&kind)))
    }),
    info("accept-patch", "RFC 5789 3.1", Answered("accept-patch"), |h| {
        Some(format!("PATCH takes content of these types here: {}", brief(h.value)))
    }),
    info("accept-post", "LDP 7.1", Answered("accept-post"), |h| {
        Some(format!("POST takes content of these types here: {}", brief(h.value)))
    }),
    text(
        "accept-ch",
        "RFC 8942 3.1",
        Answered("accept-ch"),
        "the server would like the client to tell more about itself in these fields",
    ),
];

/// The members with their weights in words, the heaviest first.
fn by_weight(items: &[&str]) -> Vec<String> {
    let weight = |item: &str| parameter(item, b';', "q").and_then(|weight| weight.parse::<f32>().ok()).unwrap_or(1.0);
    let mut weighed: Vec<(f32, &str)> = items.iter().take(16).map(|item| (weight(item), *item)).collect();
    weighed.sort_by(|one, other| other.0.total_cmp(&one.0));
    let said = |(weight, item): &(f32, &str)| {
        let name = brief(item.split(';').next().unwrap_or_default().trim());
        if *weight > 0.0 { name } else { format!("not {name}") }
    };
    weighed.iter().map(said).collect()
}

/// `( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`
fn is_weight(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    digits && (whole == "0" || (whole == "1" && decimals.bytes().all(|byte| byte == b'0')))
}

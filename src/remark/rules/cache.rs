//! How long an answer may be kept (RFC 9111), besides Cache-Control.

use crate::remark::line::Part;
use crate::remark::rule::At::{Answered, Asked, Each, Field};
use crate::remark::rule::{Here, Rule, info, note, when, wrong};
use crate::remark::value::{after, brief, date, list, number, parameter, span};

/// Statuses whose answers a cache may keep without being told (RFC 9110 15.1).
const HEURISTIC: [u16; 12] = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501];

pub(super) const RULES: &[Rule] = &[
    info("age", "RFC 9111 5.1", Answered("age"), |h| {
        let age = number(h.value)?;
        Some(match max_age(h) {
            Some(max) if age < max => {
                format!("from a cache: it is {} old, and good for another {}", span(age), span(max - age))
            }
            _ => format!("from a cache: it is {} old", span(age)),
        })
    }),
    wrong("age-grammar", "RFC 9111 5.1", Answered("age"), |h| {
        number(h.value)
            .is_none()
            .then(|| format!("'{}' is no age, which is a number of seconds: it is ignored", brief(h.value)))
    }),
    note("age-stale", "RFC 9111 4.2.4", Answered("age"), |h| {
        let (age, max) = (number(h.value)?, max_age(h)?);
        (age >= max).then(|| format!("stale: it is {} old, and was good for {}", span(age), span(max)))
    }),
    info("expires", "RFC 9111 5.3", Answered("expires"), |h| {
        let expires = date(h.value).filter(|_| max_age(h).is_none())?;
        let sent = h.message.first("date").and_then(date).or(h.around.now);
        Some(match sent.map(|sent| after(expires, sent)) {
            Some(Some(left)) => format!("it may be kept for {left}"),
            Some(None) => "it is stale as soon as it comes".to_owned(),
            None => "it may be kept until then".to_owned(),
        })
    }),
    note("expires-overruled", "RFC 9111 5.3", Answered("expires"), |h| {
        when(max_age(h).is_some() && date(h.value).is_some(), "ignored: Cache-Control has max-age, which counts")
    }),
    note("expires-invalid", "RFC 9111 5.3", Answered("expires"), |h| {
        date(h.value)
            .is_none()
            .then(|| format!("'{}' is no date, and a cache takes that for the past: stale", brief(h.value)))
    }),
    note("expires-request", "RFC 9111 5.3", Asked("expires"), |_| {
        Some("a response field: in a request it means nothing".to_owned())
    }),
    info("pragma", "RFC 9111 5.4", Field("pragma"), |h| {
        let is_known = h.is_request() && h.value.eq_ignore_ascii_case("no-cache");
        when(is_known, "the old way to ask for an answer that no cache has kept")
    }),
    note("pragma-old", "RFC 9111 5.4", Field("pragma"), |h| {
        let text = match (h.is_request(), h.message.has("cache-control")) {
            (true, true) => "ignored by all that know Cache-Control, which is there",
            (true, false) => "obsolete: Cache-Control says it",
            (false, _) => "in a response this means nothing, and never did: Cache-Control says it",
        };
        Some(text.to_owned())
    }),
    note("warning", "RFC 9111 5.5", Field("warning"), |_| {
        Some("obsolete: caches wrote here what might be wrong with an old answer".to_owned())
    }),
    info("heuristic", "RFC 9111 4.2.2", Each(Part::Blank), |h| {
        let may = HEURISTIC.contains(&h.message.status()) && matches!(h.asked_method(), "" | "GET" | "HEAD");
        let is_told = h.message.has("expires") || h.message.has("cache-control");
        when(may && !is_told, "nothing says how long this may be kept: a cache may guess, mostly from Last-Modified")
    }),
    info("not-cached-by-method", "RFC 9111 4.4", Each(Part::Blank), |h| {
        let method = h.asked_method();
        let is_unsafe = matches!(method, "PUT" | "POST" | "DELETE" | "PATCH") && h.status_in(200..400);
        is_unsafe.then(|| format!("after a {method} that succeeded, caches drop what they had kept for this target"))
    }),
    note("secret-kept", "RFC 9111 3.5", Each(Part::Blank), |h| {
        let is_secret = h.asked("authorization").is_some() && h.status_in(200..300);
        let directives: Vec<&str> = h.message.all("cache-control").flat_map(list).collect();
        let has = |name: &str| directives.iter().any(|item| parameter(item, b',', name).is_some());
        when(
            is_secret && (has("public") || has("s-maxage") || has("must-revalidate")),
            "the request had credentials, and this directive lets a shared cache give the answer to others all the same",
        )
    }),
    info("cache-status", "RFC 9211 2", Answered("cache-status"), |h| {
        Some(format!("what the caches on the way did: {}", brief(h.value)))
    }),
    note("x-cache", "RFC 9211 1", Answered("x-cache"), |h| {
        Some(format!("no standard: caches write here whether they had the answer ({})", brief(h.value)))
    }),
];

/// What a private cache reads in `max-age`.
fn max_age(h: &Here<'_>) -> Option<u64> {
    h.message.all("cache-control").find_map(|value| parameter(value, b',', "max-age")).and_then(number)
}

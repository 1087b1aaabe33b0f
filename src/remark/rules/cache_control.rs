//! The directives of Cache-Control, in answers and in requests (RFC 9111 5.2).

use crate::remark::rule::At::{Answered, Asked, Field};
use crate::remark::rule::{Here, Rule, info, note, when, wrong};
use crate::remark::value::{brief, list, number, parameter, span};

const ANSWER: crate::remark::rule::At = Answered("cache-control");
const REQUEST: crate::remark::rule::At = Asked("cache-control");

/// The directives that have a meaning on the one side.
const ANSWERED: &[&str] = &[
    "no-store",
    "no-cache",
    "private",
    "public",
    "must-revalidate",
    "proxy-revalidate",
    "must-understand",
    "no-transform",
    "max-age",
    "s-maxage",
    "stale-while-revalidate",
    "stale-if-error",
    "immutable",
];
/// The same on the other.
const ASKED: &[&str] =
    &["no-store", "no-cache", "no-transform", "only-if-cached", "max-age", "max-stale", "min-fresh", "stale-if-error"];
/// Those whose value is a number of seconds.
const SECONDS: &[&str] = &["max-age", "s-maxage", "min-fresh", "stale-while-revalidate", "stale-if-error"];

pub(super) const RULES: &[Rule] = &[
    info("cache-max-age", "RFC 9111 5.2.2.1", ANSWER, |h| {
        seconds(h, "max-age").map(|span| format!("max-age: it may be kept for {span} after it was made"))
    }),
    info("cache-s-maxage", "RFC 9111 5.2.2.10", ANSWER, |h| {
        seconds(h, "s-maxage")
            .map(|span| format!("s-maxage: a shared cache may keep it for {span}, whatever max-age says"))
    }),
    info("cache-max-age-asked", "RFC 9111 5.2.1.1", REQUEST, |h| {
        seconds(h, "max-age").map(|span| format!("max-age: a kept answer must not be older than {span}"))
    }),
    info("cache-min-fresh-asked", "RFC 9111 5.2.1.3", REQUEST, |h| {
        seconds(h, "min-fresh").map(|span| format!("min-fresh: a kept answer must stay good for {span} more"))
    }),
    info("cache-stale-while-revalidate", "RFC 5861 3", ANSWER, |h| {
        seconds(h, "stale-while-revalidate").map(|span| {
            format!("stale-while-revalidate: for {span} more it may be used while the cache asks for a new one")
        })
    }),
    info("cache-stale-if-error", "RFC 5861 4", ANSWER, |h| {
        seconds(h, "stale-if-error")
            .map(|span| format!("stale-if-error: for {span} more it may be used if the server fails"))
    }),
    info("cache-no-store", "RFC 9111 5.2.2.5", ANSWER, |h| {
        when(has(h, "no-store"), "no-store: nobody may keep any of this")
    }),
    info("cache-no-cache", "RFC 9111 5.2.2.4", ANSWER, |h| {
        when(has(h, "no-cache"), "no-cache: it may be kept, but must be checked with the server before each use")
    }),
    info("cache-private", "RFC 9111 5.2.2.7", ANSWER, |h| {
        when(has(h, "private"), "private: for this user only; no shared cache may keep it")
    }),
    info("cache-public", "RFC 9111 5.2.2.9", ANSWER, |h| when(has(h, "public"), "public: every cache may keep it")),
    info("cache-must-revalidate", "RFC 9111 5.2.2.2", ANSWER, |h| {
        when(
            has(h, "must-revalidate"),
            "must-revalidate: once stale it must not be used without a check, come what may",
        )
    }),
    info("cache-proxy-revalidate", "RFC 9111 5.2.2.8", ANSWER, |h| {
        when(has(h, "proxy-revalidate"), "proxy-revalidate: the same as must-revalidate, for shared caches")
    }),
    info("cache-must-understand", "RFC 9111 5.2.2.3", ANSWER, |h| {
        when(has(h, "must-understand"), "must-understand: only a cache that knows this status code may keep it")
    }),
    info("cache-no-transform", "RFC 9111 5.2.2.6", ANSWER, |h| {
        when(has(h, "no-transform"), "no-transform: nobody on the way may change the content")
    }),
    info("cache-no-store-asked", "RFC 9111 5.2.1.5", REQUEST, |h| {
        when(has(h, "no-store"), "no-store: no cache may keep the request or its answer")
    }),
    info("cache-no-cache-asked", "RFC 9111 5.2.1.4", REQUEST, |h| {
        when(has(h, "no-cache"), "no-cache: no kept answer without a check at the origin server")
    }),
    info("cache-no-transform-asked", "RFC 9111 5.2.1.6", REQUEST, |h| {
        when(has(h, "no-transform"), "no-transform: nobody on the way may change the content")
    }),
    info("cache-only-if-cached-asked", "RFC 9111 5.2.1.7", REQUEST, |h| {
        when(has(h, "only-if-cached"), "only-if-cached: a kept answer, or 504")
    }),
    info("cache-immutable", "RFC 8246 2", ANSWER, |h| {
        when(
            has(h, "immutable"),
            "immutable: while it is good it will not change, so there is no need to ask even on a reload",
        )
    }),
    info("cache-max-stale-asked", "RFC 9111 5.2.1.2", REQUEST, |h| {
        let value = parameter(h.value, b',', "max-stale")?;
        Some(match number(value) {
            Some(seconds) => format!("max-stale: a kept answer may be stale by up to {}", span(seconds)),
            None => "max-stale: a kept answer may be stale, for however long".to_owned(),
        })
    }),
    note("cache-contradiction", "RFC 9111 5.2.2", ANSWER, |h| {
        let keeps = ["max-age", "s-maxage", "public"].into_iter().find(|name| has(h, name))?;
        has(h, "no-store").then(|| format!("no-store and {keeps} contradict each other: the stricter one counts"))
    }),
    note("cache-unknown", "RFC 9111 5.2.3", Field("cache-control"), |h| {
        let known = if h.is_request() { ASKED } else { ANSWERED };
        let items = list(h.value);
        let name = |item: &str| item.split('=').next().unwrap_or_default().trim().to_ascii_lowercase();
        let odd = items.iter().map(|item| name(item)).find(|name| !known.contains(&name.as_str()))?;
        Some(format!("'{}' is no directive that is known on this side: a cache ignores it", brief(&odd)))
    }),
    note("cache-empty", "RFC 9111 5.2", Field("cache-control"), |h| {
        when(list(h.value).is_empty(), "empty: it says nothing")
    }),
    wrong("cache-seconds", "RFC 9111 1.2.2", Field("cache-control"), |h| {
        let name =
            SECONDS.iter().find(|name| parameter(h.value, b',', name).is_some_and(|value| number(value).is_none()))?;
        Some(format!("the value of {name} is no number of seconds: a cache takes the answer for stale"))
    }),
];

fn has(h: &Here<'_>, name: &str) -> bool {
    parameter(h.value, b',', name).is_some()
}

fn seconds(h: &Here<'_>, name: &str) -> Option<String> {
    parameter(h.value, b',', name).and_then(number).map(span)
}

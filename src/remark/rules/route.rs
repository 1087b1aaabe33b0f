//! What proxies add, and names for a request.

use crate::remark::rule::At::{Asked, Field};
use crate::remark::rule::{Rule, info, note, text};
use crate::remark::value::brief;

pub(super) const RULES: &[Rule] = &[
    info("forwarded", "RFC 7239 4", Asked("forwarded"), |h| {
        Some(format!(
            "what the proxy knew of the request before it: {}; only a trusted proxy's word counts",
            brief(h.value)
        ))
    }),
    note("x-forwarded-for", "RFC 7239 7.4", Asked("x-forwarded-for"), |h| {
        Some(format!(
            "no standard, but common: the addresses that the request came through ({}); anyone can write this, so only a trusted proxy's word counts",
            brief(h.value)
        ))
    }),
    note("x-forwarded-proto", "RFC 7239 7.4", Asked("x-forwarded-proto"), |h| {
        Some(format!("no standard, but common: the client spoke {} with the proxy", brief(h.value)))
    }),
    note("x-forwarded-host", "RFC 7239 7.4", Asked("x-forwarded-host"), |h| {
        Some(format!("no standard, but common: the client asked for the host {}", brief(h.value)))
    }),
    note("x-real-ip", "RFC 7239 4", Asked("x-real-ip"), |h| {
        Some(format!("no standard, but common: the client's address as the proxy saw it ({})", brief(h.value)))
    }),
    text(
        "traceparent",
        "Trace Context 3.2",
        Field("traceparent"),
        "of which trace of requests through several programs this one is a part",
    ),
    text("tracestate", "Trace Context 3.3", Field("tracestate"), "more about the trace, for the programs that made it"),
    note("x-request-id", "no standard", Field("x-request-id"), |h| {
        Some(format!(
            "no standard, but common: a name for this request, to be found again in logs ({})",
            brief(h.value)
        ))
    }),
    info("idempotency-key", "draft-ietf-httpapi-idempotency-key-header", Asked("idempotency-key"), |_| {
        Some("a name for this request, so that a server which has seen it does not act twice".to_owned())
    }),
    info("early-data", "RFC 8470 5.1", Asked("early-data"), |_| {
        Some("the request came before the TLS handshake was complete, and might be a replay".to_owned())
    }),
    info("priority", "RFC 9218 4", Field("priority"), |h| Some(format!("how urgent this is: {}", brief(h.value)))),
];

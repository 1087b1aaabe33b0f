//! What a method asks for, and its properties.

use crate::remark::line::Part;
use crate::remark::read::METHODS;
use crate::remark::rule::At::{Each, Method};
use crate::remark::rule::{Rule, info, note, text, when, wrong};
use crate::remark::value::{brief, is_token};

pub(super) const RULES: &[Rule] = &[
    text(
        "method-get",
        "RFC 9110 9.3.1",
        Method("GET"),
        "GET asks for what is at the target; safe (it changes nothing), idempotent (it may be repeated), cacheable",
    ),
    text(
        "method-head",
        "RFC 9110 9.3.2",
        Method("HEAD"),
        "HEAD asks for what GET would get, without the content; safe, idempotent, cacheable",
    ),
    text(
        "method-post",
        "RFC 9110 9.3.3",
        Method("POST"),
        "POST hands the content to the target to do with it what it does; neither safe nor idempotent: a second one may act twice",
    ),
    text(
        "method-put",
        "RFC 9110 9.3.4",
        Method("PUT"),
        "PUT makes the content the new state of the target; not safe, but idempotent: the same once more changes nothing more",
    ),
    text(
        "method-delete",
        "RFC 9110 9.3.5",
        Method("DELETE"),
        "DELETE removes what is at the target; not safe, but idempotent",
    ),
    text(
        "method-connect",
        "RFC 9110 9.3.6",
        Method("CONNECT"),
        "CONNECT asks a proxy for a tunnel to the target; after a 2xx all bytes pass through as they are",
    ),
    text(
        "method-options",
        "RFC 9110 9.3.7",
        Method("OPTIONS"),
        "OPTIONS asks what may be done with the target; safe, idempotent, not cacheable",
    ),
    text(
        "method-trace",
        "RFC 9110 9.3.8",
        Method("TRACE"),
        "TRACE asks for the request itself to be sent back, as a test of the way; safe, idempotent",
    ),
    text(
        "method-patch",
        "RFC 5789 2",
        Method("PATCH"),
        "PATCH changes the target as the content says; neither safe nor idempotent by itself",
    ),
    info("preflight", "Fetch 4.8", Method("OPTIONS"), |h| {
        let method = h.message.first("access-control-request-method").filter(|_| h.message.has("origin"))?;
        Some(format!("a CORS preflight: a browser asks whether a page may send {}", brief(method)))
    }),
    note("method-unknown", "RFC 9110 9.1", Each(Part::Start), |h| {
        let method = h.is_request().then_some(h.message.method()).filter(|method| is_token(method))?;
        let is_known = METHODS.iter().any(|known| known.eq_ignore_ascii_case(method));
        (!is_known).then(|| {
            format!("'{}' is not a method of RFC 9110: a server that does not know it answers 501", brief(method))
        })
    }),
    wrong("method-case", "RFC 9110 9.1", Each(Part::Start), |h| {
        let method = h.message.method();
        let meant = METHODS.iter().find(|known| known.eq_ignore_ascii_case(method) && **known != method)?;
        Some(format!("methods compare with case: '{method}' is not '{meant}', and a server answers 501"))
    }),
    wrong("method-token", "RFC 9110 9.1", Each(Part::Start), |h| {
        let method = h.message.method();
        (h.is_request() && !is_token(method))
            .then(|| format!("'{}' cannot be a method, which is a token: {}", brief(method), h.refusal()))
    }),
    wrong("trace-content", "RFC 9110 9.3.8", Method("TRACE"), |h| {
        when(
            h.message.has("content-length") || h.message.has("transfer-encoding"),
            "a client must not send content in a TRACE request",
        )
    }),
    wrong("trace-secret", "RFC 9110 9.3.8", Method("TRACE"), |h| {
        when(
            h.message.has("authorization") || h.message.has("cookie"),
            "a client must not send credentials in a TRACE request: they come back in the content of the answer",
        )
    }),
];

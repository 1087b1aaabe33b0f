//! Why the connection is kept or closed, and the fields that speak to the next hop only.

use crate::remark::line::Part;
use crate::remark::message::Body;
use crate::remark::rule::At::{Answered, Asked, Each, Field};
use crate::remark::rule::{Here, Rule, info, joined, note, text, when, wrong};
use crate::remark::value::{brief, list, number};

pub(super) const RULES: &[Rule] = &[
    info("connection-close", "RFC 9112 9.6", Field("connection"), |h| {
        let is_close = list(h.value).iter().any(|item| item.eq_ignore_ascii_case("close"));
        is_close.then(|| match h.is_request() {
            true => {
                "the client wants the connection closed after this answer; the server must not read another request"
                    .to_owned()
            }
            false => {
                "the server closes the connection after this message; the client must send no further request on it"
                    .to_owned()
            }
        })
    }),
    info("connection-keep-alive", "RFC 9112 C.2.2", Field("connection"), |h| {
        let is_kept = list(h.value).iter().any(|item| item.eq_ignore_ascii_case("keep-alive"));
        is_kept.then(|| match h.message.version() {
            "HTTP/1.0" => "asks for a connection that stays open, which HTTP/1.0 does not do by itself".to_owned(),
            _ => "says what is the rule in HTTP/1.1 anyway: the connection stays open".to_owned(),
        })
    }),
    info("connection-upgrade", "RFC 9110 7.8", Field("connection"), |h| {
        let is_upgrade = list(h.value).iter().any(|item| item.eq_ignore_ascii_case("upgrade"));
        when(is_upgrade, "the Upgrade field is for the next hop: a proxy does not pass it on")
    }),
    info("connection-names", "RFC 9110 7.6.1", Field("connection"), |h| {
        let known =
            |item: &&str| ["close", "keep-alive", "upgrade"].iter().all(|known| !known.eq_ignore_ascii_case(item));
        let names: Vec<_> = list(h.value).into_iter().filter(known).map(brief).collect();
        (!names.is_empty()).then(|| {
            format!(
                "{}: for the next hop only; a proxy takes that away before it passes the message on",
                joined(names, ", ")
            )
        })
    }),
    note("connection-end-to-end", "RFC 9110 7.6.1", Field("connection"), |h| {
        const END_TO_END: [&str; 6] =
            ["cache-control", "content-type", "content-length", "authorization", "host", "cookie"];
        let items = list(h.value);
        let name = items.iter().find(|item| END_TO_END.iter().any(|name| name.eq_ignore_ascii_case(item)))?;
        Some(format!(
            "{} is for the last recipient: a sender must not name it here, where a proxy would drop it",
            brief(name)
        ))
    }),
    wrong("te-not-named", "RFC 9110 10.1.4", Asked("te"), |h| {
        when(
            !h.message.lists("connection", "te"),
            "a client that sends TE must also send Connection: TE, so that a proxy drops it",
        )
    }),
    info("te", "RFC 9110 10.1.4", Asked("te"), |h| {
        Some(format!("besides chunks, the client takes this on the connection: {}", brief(h.value)))
    }),
    wrong("upgrade-not-named", "RFC 9110 7.8", Field("upgrade"), |h| {
        when(
            !h.message.lists("connection", "upgrade"),
            "a sender of Upgrade must also send Connection: Upgrade, so that a proxy does not pass it on",
        )
    }),
    info("upgrade", "RFC 9110 7.8", Field("upgrade"), |h| {
        Some(match (h.is_request(), h.message.status()) {
            (true, _) => format!("the client would go on in {}, if the server agrees with 101", brief(h.value)),
            (_, 101) => format!("both go on in {} after this head", brief(h.value)),
            _ => format!("the server can also speak {}", brief(h.value)),
        })
    }),
    note("upgrade-old", "RFC 9110 7.8", Asked("upgrade"), |h| {
        when(h.message.version() == "HTTP/1.0", "a server must ignore Upgrade in HTTP/1.0")
    }),
    info("keep-alive", "RFC 2068 19.7.1", Field("keep-alive"), |h| {
        Some(format!("for how long, or for how many requests, the connection may stay open: {}", brief(h.value)))
    }),
    note("proxy-connection", "RFC 9112 C.2.2", Field("proxy-connection"), |_| {
        Some("a mistake of old clients that became a custom: Connection says it, and proxies that do not know this one pass it on".to_owned())
    }),
    info("expect-continue", "RFC 9110 10.1.1", Asked("expect"), |h| {
        let is_met = h.value.eq_ignore_ascii_case("100-continue") && h.message.version() != "HTTP/1.0";
        when(is_met, "the client waits, for a bounded time, for 100 or the final answer before it sends the content")
    }),
    note("expect-old", "RFC 9110 10.1.1", Asked("expect"), |h| {
        when(h.message.version() == "HTTP/1.0", "a server must ignore this in HTTP/1.0")
    }),
    note("expect-unknown", "RFC 9110 10.1.1", Asked("expect"), |h| {
        (!h.value.eq_ignore_ascii_case("100-continue"))
            .then(|| format!("'{}' is no expectation that is defined: a server may answer 417", brief(h.value)))
    }),
    wrong("expect-without-content", "RFC 9110 10.1.1", Asked("expect"), |h| {
        let has_content = h.message.has("content-length") || h.message.has("transfer-encoding");
        when(
            h.value.eq_ignore_ascii_case("100-continue") && !has_content,
            "a client must not expect 100-continue for a request without content",
        )
    }),
    info("trailer", "RFC 9110 6.6.2", Field("trailer"), |h| {
        Some(format!("these fields are to come after the content: {}", brief(h.value)))
    }),
    note("trailer-without-chunks", "RFC 9112 7.1.2", Field("trailer"), |h| {
        when(!h.message.is_chunked(), "only a chunked message can have trailer fields, and this is none")
    }),
    info("max-forwards", "RFC 9110 7.6.2", Asked("max-forwards"), |h| {
        let hops = number(h.value)?;
        let counts = matches!(h.message.method(), "TRACE" | "OPTIONS");
        counts.then(|| format!("{hops} more proxies may pass the request on; the next then answers itself"))
    }),
    note("max-forwards-ignored", "RFC 9110 7.6.2", Asked("max-forwards"), |h| {
        let counts = matches!(h.message.method(), "TRACE" | "OPTIONS") && number(h.value).is_some();
        when(!counts, "of effect only as a number, and only in TRACE and OPTIONS")
    }),
    info("via", "RFC 9110 7.6.3", Field("via"), |h| {
        let proxies = list(h.value).len();
        let what =
            if proxies == 1 { "a proxy or gateway".to_owned() } else { format!("{proxies} proxies or gateways") };
        Some(format!("the message came through {what}, the nearest last: {}", brief(h.value)))
    }),
    text(
        "http2-settings",
        "RFC 7540 3.2.1",
        Asked("http2-settings"),
        "settings for an upgrade to HTTP/2 in the clear, which RFC 9113 gave up",
    ),
    text(
        "alt-svc",
        "RFC 7838 3",
        Answered("alt-svc"),
        "the same is to be had elsewhere or by another protocol; a client may go there the next time",
    ),
    info("kept", "RFC 9112 9.3", Each(Part::Blank), |h| {
        let is_open = h.is_sound && !h.message.is_old() && !has_close(h) && !is_end(h);
        when(is_open && !h.status_in(100..200), "the connection stays open: HTTP/1.1, and no Connection: close")
    }),
    info("kept-old", "RFC 9112 9.3", Each(Part::Blank), |h| {
        let is_open = h.is_sound && h.message.version() == "HTTP/1.0" && h.message.lists("connection", "keep-alive");
        when(
            is_open && !has_close(h) && !is_end(h),
            "the connection may stay open: HTTP/1.0 with Connection: keep-alive",
        )
    }),
    info("closed-old", "RFC 9112 9.3", Each(Part::Blank), |h| {
        let is_closed = h.message.version() == "HTTP/1.0" && !h.message.lists("connection", "keep-alive");
        when(
            is_closed && !has_close(h),
            "the connection closes after the answer: HTTP/1.0 without Connection: keep-alive",
        )
    }),
    info("closed-by-request", "RFC 9112 9.6", Each(Part::Blank), |h| {
        let is_asked = h.request.is_some_and(|request| request.lists("connection", "close"));
        when(
            is_asked && !has_close(h) && !h.status_in(100..200),
            "the connection closes after this answer, since the request asked for it",
        )
    }),
    note("close-not-said", "RFC 9112 9.6", Each(Part::Blank), |h| {
        let is_asked = h.request.is_some_and(|request| request.lists("connection", "close"));
        when(
            is_asked && !has_close(h) && !h.status_in(100..200),
            "the last answer had better say Connection: close itself",
        )
    }),
];

fn has_close(h: &Here<'_>) -> bool {
    h.message.lists("connection", "close")
}

/// Whether the connection ends with this message for another reason.
fn is_end(h: &Here<'_>) -> bool {
    let is_asked = h.request.is_some_and(|request| request.lists("connection", "close"));
    is_asked
        || h.message.chunk_fault.is_some()
        || matches!(h.message.body, Body::Close | Body::Unknown | Body::Switched)
}

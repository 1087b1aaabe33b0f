//! What browsers add and obey: other origins (CORS), protection (HSTS, CSP and the like), web sockets.

use crate::remark::rule::At::{Answered, Asked, Field};
use crate::remark::rule::{Rule, info, note, text, when, wrong};
use crate::remark::value::{brief, list, number, parameter, span};

pub(super) const RULES: &[Rule] = &[
    info("origin", "RFC 6454 7", Asked("origin"), |h| {
        Some(match h.value {
            "null" => "a page without an origin of its own (a file, a sandbox) caused this request".to_owned(),
            origin => format!("a page of {} caused this request", brief(origin)),
        })
    }),
    info("access-control-request-method", "Fetch 3.3.2", Asked("access-control-request-method"), |h| {
        Some(format!("the method that the page wants to use: {}", brief(h.value)))
    }),
    info("access-control-request-headers", "Fetch 3.3.2", Asked("access-control-request-headers"), |h| {
        Some(format!("the fields that the page wants to send: {}", brief(h.value)))
    }),
    info("access-control-allow-origin", "Fetch 3.3.3", Answered("access-control-allow-origin"), |h| {
        Some(match h.value {
            "*" => "scripts of every page may read this answer, if they asked without credentials".to_owned(),
            origin => format!("scripts of pages of {} may read this answer", brief(origin)),
        })
    }),
    wrong("cors-other-origin", "Fetch 4.10", Answered("access-control-allow-origin"), |h| {
        let origin = h.asked("origin").filter(|origin| h.value != "*" && *origin != h.value)?;
        Some(format!("the request came from {}: the browser hides the answer from that page", brief(origin)))
    }),
    wrong("cors-many-origins", "Fetch 3.3.3", Answered("access-control-allow-origin"), |h| {
        when(h.value.contains([',', ' ']), "one origin or '*' stands here, never a list: browsers take it for none")
    }),
    note("cors-null", "Fetch 3.3.3", Answered("access-control-allow-origin"), |h| {
        when(h.value == "null", "every sandboxed page has the origin null: this lets all of them in")
    }),
    note("cors-vary", "Fetch 3.3.5", Answered("access-control-allow-origin"), |h| {
        let is_own = h.value != "*" && !h.message.lists("vary", "origin");
        when(
            is_own,
            "the answer is for one origin, but Vary: Origin is missing: a cache may give it to another, which fails",
        )
    }),
    info("access-control-allow-credentials", "Fetch 3.3.3", Answered("access-control-allow-credentials"), |h| {
        when(h.value == "true", "the page may have asked with the user's cookies")
    }),
    wrong("cors-credentials-value", "Fetch 3.3.3", Answered("access-control-allow-credentials"), |h| {
        when(
            h.value != "true",
            "the only value is 'true', in small letters; any other is as if the field were not there",
        )
    }),
    wrong("cors-any-with-credentials", "Fetch 4.10", Answered("access-control-allow-credentials"), |h| {
        let is_any = h.message.first("access-control-allow-origin") == Some("*");
        when(is_any && h.value == "true", "'*' does not go with credentials: the browser hides the answer")
    }),
    info("access-control-allow-methods", "Fetch 3.3.3", Answered("access-control-allow-methods"), |h| {
        Some(format!("a page of another origin may use {}", brief(h.value)))
    }),
    wrong("cors-method", "Fetch 4.8", Answered("access-control-allow-methods"), |h| {
        let method = h.asked("access-control-request-method")?;
        let is_simple = matches!(method, "GET" | "HEAD" | "POST");
        let is_allowed = list(h.value).iter().any(|item| *item == method || *item == "*");
        (!is_simple && !is_allowed)
            .then(|| format!("{} was asked for and is not among them: the browser does not send it", brief(method)))
    }),
    info("access-control-allow-headers", "Fetch 3.3.3", Answered("access-control-allow-headers"), |h| {
        Some(format!("a page of another origin may send {}", brief(h.value)))
    }),
    info("access-control-expose-headers", "Fetch 3.3.3", Answered("access-control-expose-headers"), |h| {
        Some(format!("scripts of another origin may read these fields too: {}", brief(h.value)))
    }),
    info("access-control-max-age", "Fetch 3.3.3", Answered("access-control-max-age"), |h| {
        Some(match number(h.value) {
            Some(seconds) => format!("the browser may keep this permission for {}", span(seconds)),
            None => "no number of seconds: the browser keeps the permission for 5 seconds".to_owned(),
        })
    }),
    info("private-network", "Private Network Access 3.1", Asked("access-control-request-private-network"), |_| {
        Some("a public page wants to reach a server on a private network".to_owned())
    }),
    info("hsts", "RFC 6797 6.1", Answered("strict-transport-security"), |h| {
        let seconds = number(parameter(h.value, b';', "max-age")?).filter(|seconds| *seconds > 0)?;
        let below =
            if parameter(h.value, b';', "includesubdomains").is_some() { " and all hosts below it" } else { "" };
        Some(format!("for {} browsers use https only for this host{below}", span(seconds)))
    }),
    info("hsts-off", "RFC 6797 6.1.1", Answered("strict-transport-security"), |h| {
        when(parameter(h.value, b';', "max-age") == Some("0"), "browsers forget that this host wants https only")
    }),
    wrong("hsts-max-age", "RFC 6797 6.1.1", Answered("strict-transport-security"), |h| {
        let seconds = parameter(h.value, b';', "max-age").and_then(number);
        when(seconds.is_none(), "max-age must be there, as a number of seconds: browsers ignore the field")
    }),
    wrong("hsts-in-the-clear", "RFC 6797 7.2", Answered("strict-transport-security"), |h| {
        when(
            h.around.is_tls == Some(false),
            "must not be sent over http, where browsers ignore it: anyone could have put it there",
        )
    }),
    info("csp", "CSP 3.1", Answered("content-security-policy"), |h| {
        let directives: Vec<&str> = h
            .value
            .split(';')
            .map(|item| item.split_whitespace().next().unwrap_or_default())
            .filter(|name| !name.is_empty())
            .collect();
        Some(format!("from where the page may load what, and what may run in it: {}", brief(&directives.join(", "))))
    }),
    note("csp-unsafe", "CSP 8.3", Answered("content-security-policy"), |h| {
        let word = ["'unsafe-inline'", "'unsafe-eval'"].into_iter().find(|word| h.value.contains(word))?;
        Some(format!("{word} gives up most of the protection against scripts that were smuggled in"))
    }),
    text(
        "csp-report-only",
        "CSP 3.2",
        Answered("content-security-policy-report-only"),
        "a policy on trial: what breaks it is reported, not stopped",
    ),
    info("nosniff", "Fetch 3.6", Answered("x-content-type-options"), |h| {
        when(
            h.value.eq_ignore_ascii_case("nosniff"),
            "browsers believe Content-Type, and do not guess from the content",
        )
    }),
    note("nosniff-value", "Fetch 3.6", Answered("x-content-type-options"), |h| {
        (!h.value.eq_ignore_ascii_case("nosniff"))
            .then(|| format!("'{}' has no effect: the only value is nosniff", brief(h.value)))
    }),
    info("x-frame-options", "HTML 7.4.3", Answered("x-frame-options"), |h| {
        Some(match h.value.to_ascii_uppercase().as_str() {
            "DENY" => "no page may show this one in a frame".to_owned(),
            "SAMEORIGIN" => "only pages of the same origin may show this one in a frame".to_owned(),
            _ => format!("'{}' has no effect: the values are DENY and SAMEORIGIN", brief(h.value)),
        })
    }),
    note("x-xss-protection", "OWASP", Answered("x-xss-protection"), |_| {
        Some("a filter that browsers gave up, as it opened new holes; Content-Security-Policy is what helps".to_owned())
    }),
    info("referrer-policy", "Referrer Policy 4.1", Answered("referrer-policy"), |h| {
        Some(format!("how much of this page's address browsers tell others in Referer: {}", brief(h.value)))
    }),
    text(
        "permissions-policy",
        "Permissions Policy 5.1",
        Answered("permissions-policy"),
        "which abilities of the browser (camera, location, ...) the page may use",
    ),
    text(
        "cross-origin-opener-policy",
        "HTML 7.1.3",
        Answered("cross-origin-opener-policy"),
        "whether windows of other origins keep a hold on this one",
    ),
    text(
        "cross-origin-embedder-policy",
        "HTML 7.1.4",
        Answered("cross-origin-embedder-policy"),
        "whether the page may load what does not agree to be loaded",
    ),
    text(
        "cross-origin-resource-policy",
        "Fetch 3.7",
        Answered("cross-origin-resource-policy"),
        "which sites may embed this answer",
    ),
    text(
        "clear-site-data",
        "Clear Site Data 3.1",
        Answered("clear-site-data"),
        "the browser is to forget what it has stored for this site",
    ),
    info("sec-fetch-site", "Fetch Metadata 2.4", Asked("sec-fetch-site"), |h| {
        Some(match h.value {
            "same-origin" => "a page of the same origin caused this request".to_owned(),
            "same-site" => "a page of the same site, but another origin, caused this request".to_owned(),
            "cross-site" => "a page of another site caused this request: a server may refuse a change".to_owned(),
            "none" => "the user caused this request, not a page".to_owned(),
            other => format!("'{}' is no value that is known", brief(other)),
        })
    }),
    text(
        "sec-fetch-mode",
        "Fetch Metadata 2.2",
        Asked("sec-fetch-mode"),
        "by what means the page asks (navigate, cors, no-cors, websocket)",
    ),
    text(
        "sec-fetch-dest",
        "Fetch Metadata 2.1",
        Asked("sec-fetch-dest"),
        "what the answer is for (document, image, script, ...)",
    ),
    text(
        "sec-fetch-user",
        "Fetch Metadata 2.3",
        Asked("sec-fetch-user"),
        "the user did something, such as a click, that caused this",
    ),
    text(
        "upgrade-insecure-requests",
        "Upgrade Insecure Requests 3.2.1",
        Asked("upgrade-insecure-requests"),
        "the browser would rather be sent on to https",
    ),
    note("dnt", "Tracking Preference Expression 5.2", Asked("dnt"), |_| {
        Some("the wish not to be tracked, which hardly anyone heeds; the standard was given up".to_owned())
    }),
    text(
        "sec-gpc",
        "Global Privacy Control 3",
        Asked("sec-gpc"),
        "the wish that the user's data be not sold or shared",
    ),
    text(
        "last-event-id",
        "HTML 9.2.4",
        Asked("last-event-id"),
        "the last server-sent event that came before the connection broke",
    ),
    info("sec-websocket-key", "RFC 6455 4.1", Asked("sec-websocket-key"), |_| {
        Some("asks for a web socket; the server proves with a hash of this that it knows what that is".to_owned())
    }),
    info("sec-websocket-accept", "RFC 6455 4.2.2", Answered("sec-websocket-accept"), |_| {
        Some("the hash that proves that the server speaks the web socket protocol".to_owned())
    }),
    info("sec-websocket-version", "RFC 6455 4.1", Field("sec-websocket-version"), |h| {
        Some(format!("the version of the web socket protocol: {}", brief(h.value)))
    }),
    text(
        "sec-websocket-protocol",
        "RFC 6455 1.9",
        Field("sec-websocket-protocol"),
        "what is to be spoken within the web socket",
    ),
    text(
        "sec-websocket-extensions",
        "RFC 6455 9.1",
        Field("sec-websocket-extensions"),
        "how the messages of the web socket are changed on the way, such as compressed",
    ),
    note("x-powered-by", "RFC 9110 17.12", Answered("x-powered-by"), |h| {
        Some(format!("no standard: it tells an attacker what the server is made of ({})", brief(h.value)))
    }),
    note("x-requested-with", "jQuery", Asked("x-requested-with"), |_| {
        Some("no standard: scripts use it to say that they, not a form, sent the request".to_owned())
    }),
];

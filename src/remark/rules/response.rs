//! Fields that say more about an answer, and redirects.

use crate::remark::line::Part;
use crate::remark::rule::At::{Answered, Asked, Each, Field};
use crate::remark::rule::{Here, Rule, info, joined, note, text, when, wrong};
use crate::remark::value::{brief, date, list, number, span};

pub(super) const RULES: &[Rule] = &[
    info("allow", "RFC 9110 10.2.1", Answered("allow"), |h| {
        let methods: Vec<String> = list(h.value).into_iter().map(brief).collect();
        Some(match methods.is_empty() {
            true => "empty: no method is allowed here".to_owned(),
            false => format!("what may be done here: {}", joined(methods, ", ")),
        })
    }),
    info("location", "RFC 9110 10.2.2", Answered("location"), |h| {
        let place = brief(h.value);
        match h.message.status() {
            201 => Some(format!("the new thing is at {place}")),
            300 => Some(format!("the server prefers {place}")),
            301..=303 | 307 | 308 => Some(format!("the client goes on to {place}")),
            _ => None,
        }
    }),
    info("redirect-method", "RFC 9110 15.4", Answered("location"), |h| {
        let status = h.message.status();
        let method = h.asked_method();
        match (status, method) {
            (303, "GET" | "HEAD") | (301 | 302 | 307 | 308, "GET" | "HEAD") => {
                Some(format!("the next request is {method} again"))
            }
            (303, _) => Some("the next request is GET, without the content".to_owned()),
            (301 | 302, "POST") => Some("by custom the next request is GET, without the content".to_owned()),
            (301 | 302, "") => {
                Some("by custom a POST becomes GET here, without its content; other methods stay".to_owned())
            }
            (301 | 302 | 307 | 308, _) => Some("the next request has the same method and the same content".to_owned()),
            _ => None,
        }
    }),
    info("redirect-secrets", "RFC 9110 15.4", Answered("location"), |h| {
        let request = h.request.filter(|_| h.status_in(300..400))?;
        let secrets: Vec<String> = [("authorization", "Authorization"), ("cookie", "Cookie")]
            .into_iter()
            .filter(|(name, _)| request.has(name))
            .map(|(_, name)| name.to_owned())
            .collect();
        (!secrets.is_empty() && leaves(h)).then(|| {
            format!("another host: the next request goes without {}, which was for this one", joined(secrets, " and "))
        })
    }),
    note("location-without-redirect", "RFC 9110 10.2.2", Answered("location"), |h| {
        let status = h.message.status();
        let counts = matches!(status, 201 | 300..=303 | 307 | 308);
        (!counts).then(|| format!("Location has no meaning that is defined in a {status}"))
    }),
    note("location-scheme", "RFC 9110 10.2.2", Answered("location"), |h| {
        let (scheme, _) = h.value.split_once("://").filter(|_| h.status_in(300..400))?;
        let is_http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        (!is_http && !scheme.contains(['/', '?']))
            .then(|| format!("a client follows http and https only, not {}", brief(scheme)))
    }),
    note("location-in-the-clear", "RFC 9110 15.4", Answered("location"), |h| {
        let is_down = h.around.is_tls == Some(true)
            && h.value.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"));
        when(is_down && h.status_in(300..400), "from https to http: what follows is sent in the clear")
    }),
    info("retry-after", "RFC 9110 10.2.3", Answered("retry-after"), |h| match (number(h.value), date(h.value)) {
        (Some(seconds), _) => Some(format!("come again in {}", span(seconds))),
        (_, Some(_)) => Some("come again after this time".to_owned()),
        _ => None,
    }),
    wrong("retry-after-grammar", "RFC 9110 10.2.3", Answered("retry-after"), |h| {
        (number(h.value).is_none() && date(h.value).is_none())
            .then(|| format!("'{}' is neither a number of seconds nor a date", brief(h.value)))
    }),
    info("server", "RFC 9110 10.2.4", Answered("server"), |h| {
        Some(format!("the program that answers calls itself {}", brief(h.value)))
    }),
    note("server-detail", "RFC 9110 17.12", Answered("server"), |h| {
        let has_detail = h.value.contains('(') || h.value.bytes().filter(|byte| *byte == b'.').count() > 1;
        when(has_detail, "so exact a version tells an attacker which faults to try")
    }),
    info("user-agent", "RFC 9110 10.1.5", Asked("user-agent"), |h| {
        Some(format!("the program that asks calls itself {}", brief(h.value)))
    }),
    info("from", "RFC 9110 10.1.2", Asked("from"), |_| {
        Some("the mail address of the person who runs the client, mostly a robot".to_owned())
    }),
    info("referer", "RFC 9110 10.1.3", Asked("referer"), |h| Some(format!("the link stood on {}", brief(h.value)))),
    wrong("referer-secret", "RFC 9110 10.1.3", Asked("referer"), |h| {
        let authority =
            h.value.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
        when(
            h.value.contains('#') || authority.is_some_and(|authority| authority.contains('@')),
            "a user agent must not send the fragment or the userinfo of a URI in Referer",
        )
    }),
    note("referer-across", "RFC 9110 10.1.3", Asked("referer"), |h| {
        let is_secure = h.value.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
        when(
            is_secure && h.around.is_tls == Some(false),
            "a user agent must not send the address of an https page in the clear",
        )
    }),
    info("link", "RFC 8288 3", Field("link"), |h| {
        let relations: Vec<String> = list(h.value).into_iter().filter_map(relation).take(8).collect();
        Some(match relations.is_empty() {
            true => "a link to something that has to do with the content".to_owned(),
            false => format!("links to what is, to this content: {}", joined(relations, ", ")),
        })
    }),
    text(
        "server-timing",
        "Server Timing 3",
        Answered("server-timing"),
        "how long the parts of the server's work took, for developers",
    ),
    text(
        "deprecation",
        "RFC 9745 2",
        Answered("deprecation"),
        "what is here will be given up; better move to something else",
    ),
    text("sunset", "RFC 8594 3", Answered("sunset"), "from this time on there may be no answer here any more"),
    info("rate-limit", "draft-ietf-httpapi-ratelimit-headers", Answered("ratelimit-remaining"), |h| {
        Some(format!("so many more requests are allowed for now: {}", brief(h.value)))
    }),
    note("created-without-location", "RFC 9110 15.3.2", Each(Part::Start), |h| {
        when(
            h.message.status() == 201
                && !h.message.has("location")
                && h.request.is_none_or(|request| request.method() == "POST"),
            "no Location, so the new thing is at the target itself",
        )
    }),
];

fn relation(link: &str) -> Option<String> {
    let (_, parameters) = link.split_once('>')?;
    crate::remark::value::parameter(parameters, b';', "rel").map(brief)
}

/// Whether Location names another authority than the request.
fn leaves(h: &Here<'_>) -> bool {
    let rest = h.value.split_once("://").map(|(_, rest)| rest).or_else(|| h.value.strip_prefix("//"));
    let authority = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    authority.is_some_and(|authority| h.asked("host").is_none_or(|host| !host.eq_ignore_ascii_case(authority)))
}

//! The status line besides its code, and what a status demands of the rest of the response.

use http::StatusCode;

use crate::message::reason_phrase;
use crate::remark::line::Part;
use crate::remark::message::Start;
use crate::remark::rule::At::{Each, Status};
use crate::remark::rule::{Here, Rule, info, note, when, wrong};
use crate::remark::value::{after, brief, date};

const LINE: crate::remark::rule::At = Each(Part::Start);

pub(super) const RULES: &[Rule] = &[
    note("status-unknown", "RFC 9110 15", LINE, |h| {
        let status = h.message.status();
        let class = match status {
            100..=199 => "an interim response",
            200..=299 => "200",
            300..=399 => "300",
            400..=499 => "400",
            500..=599 => "500",
            _ => return None,
        };
        (!super::status::RULES.iter().any(|rule| rule.looks_at(h)))
            .then(|| format!("{status} is not registered, or not in use: a client takes it for {class}"))
    }),
    wrong("status-grammar", "RFC 9112 4", LINE, |h| {
        let line = status_line(h)?;
        let is_code = line.code.len() == 3 && line.code.bytes().all(|byte| byte.is_ascii_digit());
        (!is_code).then(|| {
            format!("'{}' is no status code, which is three digits: a client reports an error", brief(&line.code))
        })
    }),
    wrong("status-range", "RFC 9110 15", LINE, |h| {
        let line = status_line(h).filter(|line| !line.code.is_empty())?;
        let is_outside = line.code.len() == 3 && line.code.bytes().all(|byte| byte.is_ascii_digit());
        (is_outside && !(100..600).contains(&line.status))
            .then(|| format!("{} is outside of 100 to 599: a client may take it for a 5xx", line.code))
    }),
    wrong("status-line-space", "RFC 9112 4", LINE, |h| {
        let line = status_line(h).filter(|line| line.status != 0)?;
        when(line.reason.is_none(), "the space after the code is missing: it stands there even if the phrase is empty")
    }),
    info("reason-phrase", "RFC 9112 4", LINE, |h| {
        let line = status_line(h)?;
        let registered = reason_phrase(StatusCode::from_u16(line.status).ok()?);
        let reason = line.reason.as_deref()?;
        (!registered.is_empty() && reason != registered).then(|| match reason {
            "" => format!("the phrase is left out ('{registered}' is the registered one); no client needs it"),
            _ => format!("the phrase is for people; the registered one is '{registered}', and no client relies on it"),
        })
    }),
    wrong("interim-to-old", "RFC 9110 15.2", LINE, |h| {
        let is_old = h.request.is_some_and(|request| request.version() == "HTTP/1.0");
        when(h.status_in(100..200) && is_old, "a server must not send an interim response to a client of HTTP/1.0")
    }),
    wrong("interim-is-last", "RFC 9110 15.2", LINE, |h| {
        let is_head = h.status_in(100..200) && h.message.status() != 101 && h.message.has("content-length");
        when(
            is_head,
            "this looks like the final answer, but a 1xx is interim: a client goes on waiting for the real one",
        )
    }),
    wrong("101-without-upgrade", "RFC 9110 15.2.2", Status(101), |h| {
        when(!h.message.has("upgrade"), "a 101 must say in Upgrade which protocol is spoken from here on")
    }),
    wrong("206-without-range", "RFC 9110 15.3.7", Status(206), |h| {
        let kind = h.message.first("content-type").unwrap_or_default().trim_start().to_ascii_lowercase();
        when(
            !h.message.has("content-range") && !kind.starts_with("multipart/byteranges"),
            "a 206 must have Content-Range, else nobody knows which part this is",
        )
    }),
    wrong("206-not-asked", "RFC 9110 15.3.7", Status(206), |h| {
        when(h.request.is_some_and(|request| !request.has("range")), "a part was sent, but the request has no Range")
    }),
    note("redirect-without-location", "RFC 9110 15.4", LINE, |h| {
        let is_redirect = matches!(h.message.status(), 301 | 302 | 303 | 307 | 308);
        when(is_redirect && !h.message.has("location"), "no Location, so a client has nowhere to go")
    }),
    wrong("401-without-challenge", "RFC 9110 15.5.2", Status(401), |h| {
        when(!h.message.has("www-authenticate"), "a 401 must have WWW-Authenticate, else no client knows what to send")
    }),
    wrong("405-without-allow", "RFC 9110 15.5.6", Status(405), |h| {
        when(!h.message.has("allow"), "a 405 must have Allow with the methods that are allowed")
    }),
    wrong("407-without-challenge", "RFC 9110 15.5.8", Status(407), |h| {
        when(!h.message.has("proxy-authenticate"), "a 407 must have Proxy-Authenticate")
    }),
    note("416-without-size", "RFC 9110 15.5.17", Status(416), |h| {
        when(!h.message.has("content-range"), "a 416 to a byte range should say the size: Content-Range: bytes */SIZE")
    }),
    wrong("426-without-upgrade", "RFC 9110 15.5.22", Status(426), |h| {
        when(!h.message.has("upgrade"), "a 426 must say in Upgrade which protocol is wanted")
    }),
    info("304-decided", "RFC 9110 13.2.2", Status(304), |h| {
        let request = h.request?;
        Some(match (request.first("if-none-match"), request.first("if-modified-since")) {
            (Some(tag), _) => format!("If-None-Match decided: {} is still the entity tag", brief(tag)),
            (None, Some(since)) => format!("If-Modified-Since decided: no change since {}", brief(since)),
            (None, None) => return None,
        })
    }),
    wrong("304-not-asked", "RFC 9110 15.4.5", Status(304), |h| {
        let is_asked = |name| h.request.is_some_and(|request| request.has(name));
        when(
            h.request.is_some() && !is_asked("if-none-match") && !is_asked("if-modified-since"),
            "a 304 answers a condition, and the request has none: the client may have nothing stored",
        )
    }),
    info("412-decided", "RFC 9110 13.2.2", Status(412), |h| {
        let fields = ["if-match", "if-unmodified-since", "if-none-match"];
        let (name, value) = fields.iter().find_map(|name| h.asked(name).map(|value| (name, value)))?;
        let name = match *name {
            "if-match" => "If-Match",
            "if-none-match" => "If-None-Match",
            _ => "If-Unmodified-Since",
        };
        Some(format!("{name} decided: {} does not hold, so nothing was done", brief(value)))
    }),
    wrong("modified-after-date", "RFC 9110 8.8.2.1", LINE, |h| {
        let modified = date(h.message.first("last-modified")?)?;
        let span = after(modified, date(h.message.first("date")?)?)?;
        Some(format!("Last-Modified is {span} after Date: it must not lie in the future"))
    }),
];

fn status_line<'h>(h: &Here<'h>) -> Option<&'h crate::remark::message::StatusLine<'h>> {
    match &h.message.start {
        Start::Response(line) => Some(line),
        _ => None,
    }
}

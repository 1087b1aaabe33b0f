//! What the content is: media type, codings, language, problem documents.

use crate::remark::line::Part;
use crate::remark::message::Body;
use crate::remark::rule::At::{Answered, Asked, Each, Field};
use crate::remark::rule::{Rule, info, joined, note, text, when, wrong};
use crate::remark::value::{brief, essence, is_token, list, parameter};

const TYPE: crate::remark::rule::At = Field("content-type");

pub(super) const RULES: &[Rule] = &[
    info("content-type", "RFC 9110 8.3", TYPE, |h| {
        let kind = Some(essence(h.value)).filter(|kind| is_media_type(kind))?;
        Some(match parameter(h.value, b';', "charset") {
            Some(charset) => format!("the content is {}, its characters written in {}", brief(&kind), brief(charset)),
            None => format!("the content is {}", brief(&kind)),
        })
    }),
    wrong("content-type-grammar", "RFC 9110 8.3.1", TYPE, |h| {
        (!is_media_type(&essence(h.value)))
            .then(|| format!("'{}' is no media type, which is type/subtype", brief(h.value)))
    }),
    note("content-type-of-nothing", "RFC 9110 8.3", TYPE, |h| {
        let is_empty = matches!(h.message.body, Body::None | Body::Length(0));
        when(is_empty && h.is_request(), "a media type, but there is no content that it could speak of")
    }),
    note("content-type-missing", "RFC 9110 8.3", Each(Part::Blank), |h| {
        let has_content = h.message.received > 0 && !h.message.has("content-type");
        when(has_content, "content without Content-Type: a recipient takes it for application/octet-stream, or guesses")
    }),
    note("json-charset", "RFC 8259 11", TYPE, |h| {
        let is_json = essence(h.value) == "application/json" && parameter(h.value, b';', "charset").is_some();
        when(is_json, "JSON is always UTF-8: charset is not defined for it and has no effect")
    }),
    wrong("json-utf8", "RFC 8259 8.1", Each(Part::Content), |h| {
        let kind = h.message.first("content-type").map(essence)?;
        let is_json = kind == "application/json" || kind.ends_with("+json");
        let is_coded = h.message.has("content-encoding");
        let fault = std::str::from_utf8(h.line.bytes)
            .err()
            .filter(|fault| is_json && !is_coded && fault.error_len().is_some())?;
        Some(format!("JSON must be UTF-8, and this is not, from byte {} of the content on", fault.valid_up_to()))
    }),
    note("text-without-charset", "RFC 2046 4.1.2", TYPE, |h| {
        let is_text = matches!(essence(h.value).as_str(), "text/plain" | "text/csv");
        when(
            is_text && parameter(h.value, b';', "charset").is_none(),
            "no charset: the characters are ASCII, or a recipient guesses",
        )
    }),
    info("problem-document", "RFC 9457 3", TYPE, |h| {
        when(
            matches!(essence(h.value).as_str(), "application/problem+json" | "application/problem+xml"),
            "a problem document: what went wrong as data, with type, title, status, detail and instance",
        )
    }),
    note("problem-with-success", "RFC 9457 1", TYPE, |h| {
        let is_problem = essence(h.value).starts_with("application/problem+");
        (is_problem && h.status_in(100..400))
            .then(|| format!("a problem document in a {}, which is no error", h.message.status()))
    }),
    info("form", "URL Standard 5", TYPE, |h| {
        when(
            essence(h.value) == "application/x-www-form-urlencoded",
            "a form as browsers send it: name=value, joined by &, with special characters as %XX and spaces as +",
        )
    }),
    info("multipart-form", "RFC 7578 4", TYPE, |h| {
        let is_form = essence(h.value) == "multipart/form-data";
        let boundary = parameter(h.value, b';', "boundary").filter(|_| is_form)?;
        Some(format!("a form in parts, as browsers send files; each part begins with --{}", brief(boundary)))
    }),
    wrong("multipart-boundary", "RFC 2046 5.1.1", TYPE, |h| {
        let is_multipart = essence(h.value).starts_with("multipart/");
        when(
            is_multipart && parameter(h.value, b';', "boundary").is_none_or(str::is_empty),
            "a multipart type must have a boundary, else nobody knows where its parts begin",
        )
    }),
    info("event-stream", "HTML 9.2", TYPE, |h| {
        when(
            essence(h.value) == "text/event-stream",
            "server-sent events: the content goes on for as long as both sides like",
        )
    }),
    info("content-encoding", "RFC 9110 8.4", Field("content-encoding"), |h| {
        let codings: Vec<String> = list(h.value).into_iter().rev().map(brief).collect();
        (!codings.is_empty()).then(|| {
            format!("the content is compressed or otherwise coded; to be undone: {}", joined(codings, ", then "))
        })
    }),
    note("content-encoding-not-asked", "RFC 9110 12.5.3", Answered("content-encoding"), |h| {
        let request = h.request?;
        let accepted: Vec<&str> = request
            .all("accept-encoding")
            .flat_map(list)
            .map(|item| item.split(';').next().unwrap_or_default().trim())
            .collect();
        let codings = list(h.value);
        let other = codings
            .iter()
            .find(|coding| !accepted.iter().any(|one| *one == "*" || one.eq_ignore_ascii_case(coding)))?;
        Some(format!("the request did not say in Accept-Encoding that it takes {}", brief(other)))
    }),
    note("content-encoding-identity", "RFC 9110 8.4.1", Field("content-encoding"), |h| {
        when(
            h.value.eq_ignore_ascii_case("identity"),
            "'identity' is for Accept-Encoding only, and had better not be sent here",
        )
    }),
    note("content-encoding-chunked", "RFC 9110 8.4.1", Field("content-encoding"), |h| {
        let is_chunked = list(h.value).iter().any(|coding| coding.eq_ignore_ascii_case("chunked"));
        when(is_chunked, "chunked is a transfer coding, not a content coding: it belongs in Transfer-Encoding")
    }),
    info("content-language", "RFC 9110 8.5", Field("content-language"), |h| {
        Some(format!("the content is for readers of {}", brief(h.value)))
    }),
    info("content-location", "RFC 9110 8.7", Field("content-location"), |h| {
        Some(format!("what is in the content is also to be had at {}", brief(h.value)))
    }),
    info("content-disposition", "RFC 6266 4", Answered("content-disposition"), |h| {
        let kind = essence(h.value);
        let name = parameter(h.value, b';', "filename");
        Some(match (kind.as_str(), name) {
            ("attachment", Some(name)) => format!("to be saved, as '{}'", brief(name)),
            ("attachment", None) => "to be saved, not shown".to_owned(),
            _ => format!("to be shown in place ({})", brief(&kind)),
        })
    }),
    wrong("content-disposition-path", "RFC 6266 4.3", Answered("content-disposition"), |h| {
        let name = parameter(h.value, b';', "filename")?;
        when(
            name.contains(['/', '\\']) || name == "..",
            "the file name has a folder in it: a recipient must take the last part only, and never leave its folder",
        )
    }),
    text(
        "content-md5",
        "RFC 7231 B",
        Field("content-md5"),
        "a digest of the content; it was taken out of HTTP, as it was not used the same way everywhere",
    ),
    info("digest", "RFC 9530 2", Field("content-digest"), |h| {
        Some(format!("a digest of the content, to find damage: {}", brief(h.value)))
    }),
    text(
        "mime-version",
        "RFC 9112 B.1",
        Field("mime-version"),
        "says that the message follows MIME; HTTP has no need of it",
    ),
    text("prefer", "RFC 7240 2", Asked("prefer"), "what the client would like, if the server does it anyway"),
];

fn is_media_type(kind: &str) -> bool {
    kind.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

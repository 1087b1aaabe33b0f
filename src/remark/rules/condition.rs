//! Conditional requests and the validators they compare (RFC 9110 13 and 8.8).

use crate::remark::rule::At::{Answered, Asked};
use crate::remark::rule::{Here, Rule, info, note, when, wrong};
use crate::remark::value::{after, brief, date, is_entity_tag, list};

pub(super) const RULES: &[Rule] = &[
    info("if-match", "RFC 9110 13.1.1", Asked("if-match"), |h| {
        Some(match (h.value, list(h.value).len()) {
            ("*", _) => "act only if there is something at the target".to_owned(),
            (tag, 1) => format!(
                "act only if the target still has the entity tag {}, else 412: no update of another is lost",
                brief(tag)
            ),
            (_, count) => format!("act only if the target has one of these {count} entity tags, else 412"),
        })
    }),
    note("if-match-weak", "RFC 9110 8.8.3.2", Asked("if-match"), |h| {
        let is_weak = list(h.value).iter().any(|tag| tag.starts_with("W/"));
        when(is_weak, "If-Match compares strongly: a weak entity tag never matches")
    }),
    info("if-none-match", "RFC 9110 13.1.2", Asked("if-none-match"), |h| {
        let is_read = matches!(h.message.method(), "GET" | "HEAD");
        Some(match (h.value, is_read) {
            ("*", true) => "answer 304 if there is anything at the target".to_owned(),
            ("*", false) => "act only if there is nothing at the target yet, else 412".to_owned(),
            (tags, true) => {
                format!("the client has {} stored: if that is still so, 304 without content is enough", brief(tags))
            }
            (tags, false) => format!("act only if the entity tag is not {}, else 412", brief(tags)),
        })
    }),
    info("if-modified-since", "RFC 9110 13.1.3", Asked("if-modified-since"), |h| {
        let counts = counts(h, "if-none-match") && matches!(h.message.method(), "GET" | "HEAD");
        (counts && date(h.value).is_some())
            .then(|| format!("answer 304 if there was no change since {}", brief(h.value)))
    }),
    note("if-modified-since-ignored", "RFC 9110 13.1.3", Asked("if-modified-since"), |h| {
        let text = match h.message.method() {
            _ if h.message.has("if-none-match") => "ignored: If-None-Match is there, and decides",
            "GET" | "HEAD" => return None,
            _ => "ignored: it counts for GET and HEAD only",
        };
        Some(text.to_owned())
    }),
    info("if-unmodified-since", "RFC 9110 13.1.4", Asked("if-unmodified-since"), |h| {
        (counts(h, "if-match") && date(h.value).is_some())
            .then(|| format!("act only if there was no change since {}, else 412", brief(h.value)))
    }),
    note("if-unmodified-since-ignored", "RFC 9110 13.1.4", Asked("if-unmodified-since"), |h| {
        when(h.message.has("if-match"), "ignored: If-Match is there, and decides")
    }),
    info("if-range", "RFC 9110 13.1.5", Asked("if-range"), |h| {
        h.message
            .has("range")
            .then(|| format!("send the range only if {} is still right, else the whole", brief(h.value)))
    }),
    wrong("if-range-alone", "RFC 9110 13.1.5", Asked("if-range"), |h| {
        when(!h.message.has("range"), "a client must not send If-Range without Range; a server ignores it")
    }),
    wrong("if-range-weak", "RFC 9110 13.1.5", Asked("if-range"), |h| {
        when(
            h.value.starts_with("W/"),
            "a weak entity tag must not be used here: pieces of two versions would be put together",
        )
    }),
    wrong("entity-tags", "RFC 9110 8.8.3", Asked("if-match"), odd_tag),
    wrong("entity-tags-none", "RFC 9110 8.8.3", Asked("if-none-match"), odd_tag),
    info("etag", "RFC 9110 8.8.3", Answered("etag"), |h| {
        let is_strong = is_entity_tag(h.value) && !h.value.starts_with("W/");
        is_strong
            .then(|| format!("{} stands for these very bytes: another content has another entity tag", brief(h.value)))
    }),
    info("etag-weak", "RFC 9110 8.8.3", Answered("etag"), |h| {
        let is_weak = is_entity_tag(h.value) && h.value.starts_with("W/");
        when(
            is_weak,
            "a weak entity tag: contents that mean the same share it, so it is no use for ranges and If-Match",
        )
    }),
    wrong("etag-grammar", "RFC 9110 8.8.3", Answered("etag"), |h| {
        (!is_entity_tag(h.value)).then(|| format!("{} is no entity tag, which stands in double quotes", brief(h.value)))
    }),
    note("etag-after-put", "RFC 9110 9.3.4", Answered("etag"), |h| {
        when(
            h.asked_method() == "PUT" && h.status_in(200..300),
            "in the answer to PUT this says that the content was stored byte for byte as it was sent",
        )
    }),
    info("last-modified", "RFC 9110 8.8.2", Answered("last-modified"), |h| {
        let modified = date(h.value)?;
        let sent = h.message.first("date").and_then(date).or(h.around.now);
        Some(match sent.and_then(|sent| after(sent, modified)) {
            Some(age) => format!("the content was last changed {age} before this answer"),
            None => "when the content was last changed".to_owned(),
        })
    }),
];

/// Whether a condition counts beside the one that goes before it (RFC 9110 13.2.2).
fn counts(h: &Here<'_>, before: &str) -> bool {
    !h.message.has(before)
}

fn odd_tag(h: &Here<'_>) -> Option<String> {
    let tags = list(h.value);
    let odd = tags.iter().find(|tag| **tag != "*" && !is_entity_tag(tag))?;
    Some(format!("{} is no entity tag, which stands in double quotes", brief(odd)))
}

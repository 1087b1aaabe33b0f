//! How the length of a message is known, chunk by chunk, and what is wrong with it (RFC 9112 6 and 7).

use crate::remark::body::{chunk_size, length};
use crate::remark::line::{Line, Part};
use crate::remark::message::Body;
use crate::remark::rule::At::{Each, Field};
use crate::remark::rule::{Here, Rule, info, note, when, wrong};
use crate::remark::value::{brief, bytes, grouped, list, number};

const BLANK: crate::remark::rule::At = Each(Part::Blank);
const MISSING: crate::remark::rule::At = Each(Part::Missing);

pub(super) const RULES: &[Rule] = &[
    info("content-length", "RFC 9110 8.6", Field("content-length"), |h| {
        let Some(Some(length)) = length(h.message) else { return None };
        match h.message.body {
            Body::Length(0) => Some("the content is empty, so the message ends with the blank line".to_owned()),
            Body::Length(_) => Some(format!(
                "the content is {}, so the message ends {} after the blank line",
                bytes(length),
                bytes(length)
            )),
            Body::None if h.message.status() == 304 => {
                Some(format!("a 200 would have had {} of content; a 304 has none", bytes(length)))
            }
            Body::None if h.asked_method() == "HEAD" => {
                Some(format!("GET would get {} of content; the answer to HEAD has none", bytes(length)))
            }
            _ => Some(format!("{}, but that is not how this message ends", bytes(length))),
        }
    }),
    wrong("content-length-grammar", "RFC 9112 6.3", Field("content-length"), |h| {
        let odd = h.value.split(',').map(str::trim).find(|item| number(item).is_none())?;
        Some(format!("'{}' is no length, which is digits and nothing else: {}", brief(odd), h.refusal()))
    }),
    wrong("content-length-large", "RFC 9110 8.6", Field("content-length"), |h| {
        let is_large = number(h.value).is_some_and(|length| length > i64::MAX as u64);
        is_large.then(|| format!("larger than any content can be; it must not overflow: {}", h.refusal()))
    }),
    wrong("content-length-differs", "RFC 9112 6.3", Field("content-length"), |h| {
        let mut lengths =
            h.message.all("content-length").flat_map(|value| value.split(',')).map(|item| number(item.trim()));
        let first = lengths.next()??;
        let other = lengths.flatten().find(|length| *length != first)?;
        Some(format!(
            "lengths that differ, {} and {}: nobody can know where the message ends; {}",
            grouped(first),
            grouped(other),
            h.refusal()
        ))
    }),
    note("content-length-repeated", "RFC 9110 8.6", Field("content-length"), |h| {
        let count = h.message.all("content-length").flat_map(|value| value.split(',')).count();
        when(
            count > 1 && length(h.message).is_some_and(|length| length.is_some()),
            "the same length more than once: a recipient may refuse that, or take it as one",
        )
    }),
    wrong("both-lengths", "RFC 9112 6.3", Field("content-length"), |h| {
        when(
            h.message.has("transfer-encoding"),
            "Content-Length and Transfer-Encoding in one message: the chunks count. Two parties that choose differently can be made to see different messages (request smuggling): a server may answer 400, and must close after the answer",
        )
    }),
    wrong("content-length-forbidden", "RFC 9110 8.6", Field("content-length"), |h| {
        let status = h.message.status();
        let is_tunnel = h.status_in(200..300) && h.asked_method() == "CONNECT";
        (h.status_in(100..200) || status == 204 || is_tunnel)
            .then(|| format!("a server must not send Content-Length in this {status}, which never has content"))
    }),
    info("transfer-encoding", "RFC 9112 7.1", Field("transfer-encoding"), |h| {
        when(
            h.message.is_chunked(),
            "the content comes in chunks, each with its size before it; the message ends with the chunk of size 0",
        )
    }),
    wrong("transfer-encoding-last", "RFC 9112 6.3", Field("transfer-encoding"), |h| {
        when(
            h.message.body == Body::Unknown && h.message.chunk_fault.is_none() && h.is_request(),
            "the last transfer coding of a request must be chunked, else nobody knows where it ends: a server answers 400 and closes the connection",
        )
    }),
    note("transfer-encoding-close", "RFC 9112 6.3", Field("transfer-encoding"), |h| {
        when(
            h.message.body == Body::Close,
            "the last coding is not chunked: the content ends where the connection closes",
        )
    }),
    note("transfer-coding-unknown", "RFC 9112 7", Field("transfer-encoding"), |h| {
        let codings = list(h.value);
        let coding = codings.iter().find(|coding| !coding.eq_ignore_ascii_case("chunked"))?;
        Some(match h.is_request() {
            true => format!("a server that does not know the coding '{}' answers 501", brief(coding)),
            false => format!(
                "'{}' must be undone too; a client that did not ask for it in TE may not know it",
                brief(coding)
            ),
        })
    }),
    wrong("chunked-twice", "RFC 9112 6.1", Field("transfer-encoding"), |h| {
        let codings = h.message.all("transfer-encoding").flat_map(list);
        let count = codings.filter(|coding| coding.eq_ignore_ascii_case("chunked")).count();
        when(count > 1, "chunked must not be applied twice")
    }),
    wrong("transfer-encoding-old", "RFC 9112 6.1", Field("transfer-encoding"), |h| {
        when(
            h.message.version() == "HTTP/1.0",
            "HTTP/1.0 has no transfer codings: the framing is faulty, and the connection is closed after this message",
        )
    }),
    wrong("transfer-encoding-to-old", "RFC 9112 6.1", Field("transfer-encoding"), |h| {
        when(
            h.request.is_some_and(|request| request.version() == "HTTP/1.0"),
            "a server must not send a transfer coding to a client of HTTP/1.0",
        )
    }),
    wrong("transfer-encoding-forbidden", "RFC 9112 6.1", Field("transfer-encoding"), |h| {
        let status = h.message.status();
        (h.status_in(100..200) || status == 204)
            .then(|| format!("a server must not send Transfer-Encoding in a {status}, which never has content"))
    }),
    info("no-content", "RFC 9112 6.3", BLANK, |h| {
        when(
            h.is_request() && h.message.body == Body::None,
            "neither Content-Length nor Transfer-Encoding: the request has no content and ends here",
        )
    }),
    info("no-content-by-status", "RFC 9112 6.3", BLANK, |h| {
        let status = h.message.status();
        let is_bare = matches!(status, 100..=199 | 204 | 304) && h.message.body == Body::None;
        is_bare.then(|| format!("a {status} never has content, whatever its fields say: it ends here"))
    }),
    info("no-content-by-head", "RFC 9112 6.3", BLANK, |h| {
        let status = h.message.status();
        when(
            h.is_response() && h.asked_method() == "HEAD" && !matches!(status, 100..=199 | 204 | 304),
            "the answer to HEAD has no content, whatever its fields say: it ends here",
        )
    }),
    info("content-follows", "RFC 9112 6.3", BLANK, |h| {
        let Body::Length(length) = h.message.body else { return None };
        Some(match length {
            0 => "the header section ends here, and the message too: its content is empty".to_owned(),
            _ => format!("the header section ends here; {} of content follow, as Content-Length says", bytes(length)),
        })
    }),
    info("chunks-follow", "RFC 9112 7.1", BLANK, |h| {
        when(h.message.is_chunked(), "the header section ends here; chunks follow, until one of size 0")
    }),
    info("until-close", "RFC 9112 6.3", BLANK, |h| {
        when(
            h.message.body == Body::Close,
            "no length and no chunks: the content is all that comes until the server closes the connection, so nobody can tell whether it is whole",
        )
    }),
    info("protocol-switched", "RFC 9110 7.8", BLANK, |h| {
        when(h.message.body == Body::Switched, "HTTP/1.1 ends here; what follows is another protocol")
    }),
    wrong("end-unknown", "RFC 9112 6.3", BLANK, |h| {
        let is_so = h.message.body == Body::Unknown && h.message.chunk_fault.is_none();
        is_so.then(|| format!("where the content ends cannot be known: {}", h.refusal()))
    }),
    note("content-without-meaning", "RFC 9110 9.3.1", BLANK, |h| {
        let is_without = matches!(h.message.method(), "GET" | "HEAD" | "DELETE");
        let has_content = h.message.is_chunked() || matches!(h.message.body, Body::Length(1..));
        (is_without && has_content).then(|| {
            format!("content in a {} has no meaning that is defined: servers ignore or refuse it", h.message.method())
        })
    }),
    info("chunk", "RFC 9112 7.1", Each(Part::ChunkSize), |h| {
        let size = chunk_size(h.line).filter(|size| *size > 0)?;
        Some(format!("a chunk of {} follows (the size is hexadecimal)", bytes(size)))
    }),
    info("chunk-last", "RFC 9112 7.1", Each(Part::ChunkSize), |h| {
        let size = chunk_size(h.line)?;
        (size == 0).then(|| format!("the last chunk: the content is complete with {}", bytes(h.message.received)))
    }),
    note("chunk-extension", "RFC 9112 7.1.1", Each(Part::ChunkSize), |h| {
        let (_, extension) = h.value.split_once(';')?;
        Some(format!("'{}' is a chunk extension: one who does not know it must ignore it", brief(extension.trim())))
    }),
    note("chunk-size-blank", "RFC 9112 7.1", Each(Part::ChunkSize), |h| {
        let size = h.value.split(';').next().filter(|size| size.ends_with([' ', '\t']))?;
        when(
            chunk_size(h.line).is_some() && !h.value.contains(';') && !size.is_empty(),
            "white space behind a size is not allowed; a server refuses it, user agents take it",
        )
    }),
    wrong("chunk-line-feed", "RFC 9112 7.1", Each(Part::ChunkSize), |h| {
        let is_alone = chunk_size(h.line).is_some() && !h.line.bytes.ends_with(b"\r\n");
        is_alone.then(|| format!("the line of a size ends with CRLF, not with LF alone: {}", h.refusal()))
    }),
    wrong("chunk-size", "RFC 9112 7.1", Each(Part::ChunkSize), |h| {
        let fault = h.message.chunk_fault.filter(|_| chunk_size(h.line).is_none())?;
        Some(format!("{fault}: the content breaks here; {}", h.refusal()))
    }),
    wrong("chunk-end", "RFC 9112 7.1", Each(Part::ChunkData), |h| {
        let is_last = h.message.lines.iter().rfind(|line| line.part == Part::ChunkData)?;
        let fault = h.message.chunk_fault.filter(|_| std::ptr::eq(is_last, h.line) && breaks_at_data(h))?;
        Some(format!("{fault}: the content breaks here; {}", h.refusal()))
    }),
    info("trailer-field", "RFC 9110 6.5", Each(Part::Trailer), |_| {
        Some("a trailer field: it came after the content and stays apart from the header section".to_owned())
    }),
    wrong("trailer-forbidden", "RFC 9110 6.5.1", Each(Part::Trailer), |h| {
        const FORBIDDEN: [&str; 8] = [
            "transfer-encoding",
            "content-length",
            "host",
            "authorization",
            "content-encoding",
            "content-type",
            "content-range",
            "trailer",
        ];
        let name = FORBIDDEN.iter().find(|name| **name == h.line.name)?;
        Some(format!("{name} must not stand in a trailer section, where it comes too late to be obeyed"))
    }),
    info("chunks-end", "RFC 9112 7.1", Each(Part::ChunksEnd), |_| Some("the message ends here".to_owned())),
    info("left", "RFC 9112 8", MISSING, |h| {
        when(is_left(h), "the client read no further, so nobody knows what would have come")
    }),
    wrong("head-cut", "RFC 9112 8", MISSING, |h| {
        let is_head = !h.message.lines.iter().any(|line| line.part == Part::Blank);
        (is_head && !is_left(h)).then(|| match h.is_response() {
            true => "the message ends within its head: there is no blank line; a client reports an error".to_owned(),
            false => "the message ends within its head: there is no blank line; a server waits for it, then answers 408 or closes the connection, and does nothing".to_owned(),
        })
    }),
    wrong("content-cut", "RFC 9112 8", MISSING, |h| {
        let Body::Length(length) = h.message.body else { return None };
        if is_left(h) {
            return None;
        }
        let told =
            format!("{} of {} of content came: the message is incomplete", grouped(h.message.received), bytes(length));
        Some(format!("{told}; {}", incomplete(h)))
    }),
    wrong("chunks-cut", "RFC 9112 8", MISSING, |h| {
        let is_cut = h.message.is_chunked() && !is_left(h);
        is_cut.then(|| format!("the last chunk is missing: the message is incomplete; {}", incomplete(h)))
    }),
    wrong("surplus-at-response", "RFC 9112 6.3", Each(Part::Rest), |h| {
        (h.is_response() && is_whole(h)).then(|| {
            format!(
                "{} after the end of the response: a client must not take that for the next answer; it closes the connection",
                bytes(h.line.bytes.len() as u64)
            )
        })
    }),
    wrong("surplus-at-request", "RFC 9112 9.3.2", Each(Part::Rest), |h| {
        (h.is_request() && is_whole(h) && !is_empty_lines(h.line.bytes)).then(|| {
            format!(
                "{} after the end of the request: a server takes that for the next request, which it is not, and answers 400",
                bytes(h.line.bytes.len() as u64)
            )
        })
    }),
    note("empty-line-after", "RFC 9112 2.2", Each(Part::Rest), |h| {
        when(
            h.is_request() && is_whole(h) && is_empty_lines(h.line.bytes),
            "an empty line after the request: a client must not send it, a server skips it",
        )
    }),
];

/// Whether the message has an end, and this is behind it.
fn is_whole(h: &Here<'_>) -> bool {
    matches!(h.message.body, Body::None | Body::Length(_) | Body::Chunked)
}

fn is_empty_lines(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

fn incomplete(h: &Here<'_>) -> &'static str {
    match h.is_response() {
        true => "a client must say so, and must not take it for the whole",
        false => "a server must not act on it",
    }
}

/// Whether the content breaks behind the data of a chunk, not at the size of one.
fn breaks_at_data(h: &Here<'_>) -> bool {
    let framing = |line: &&Line<'_>| matches!(line.part, Part::ChunkSize | Part::ChunkData);
    h.message.lines.iter().rfind(framing).is_some_and(|line| line.part == Part::ChunkData)
}

/// Whether it is the client that has not read the response to its end.
fn is_left(h: &Here<'_>) -> bool {
    h.is_response() && h.around.is_left
}

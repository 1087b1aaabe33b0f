//! Where the content of a message ends (RFC 9112 6.3), and its lines.

use super::line::{Line, MAX_LINES, Part, field_line, first_line, line, without_end};
use super::message::{Body, Message, Start};
use super::value::{list, number};

/// Finds the framing, adds the lines of the content, and returns how many bytes they are.
pub(super) fn read<'a>(
    message: &mut Message<'a>,
    request: Option<&Message<'_>>,
    bytes: &'a [u8],
    is_cut: bool,
) -> usize {
    message.body = end(message, request.map_or("", Message::method));
    match message.body {
        Body::None | Body::Switched | Body::Unknown => 0,
        Body::Close => content(message, bytes, bytes.len() as u64, is_cut),
        Body::Length(length) => content(message, bytes, length, is_cut),
        Body::Chunked => chunks(message, bytes, is_cut),
    }
}

fn end(message: &Message<'_>, asked: &str) -> Body {
    let is_response = matches!(message.start, Start::Response(_));
    match message.status() {
        101 => return Body::Switched,
        200..=299 if asked == "CONNECT" => return Body::Switched,
        100..=199 | 204 | 304 => return Body::None,
        _ if asked == "HEAD" => return Body::None,
        _ => {}
    }
    if message.is_obscure {
        return Body::Unknown;
    }
    let codings: Vec<&str> = message.all("transfer-encoding").flat_map(list).collect();
    match codings.last() {
        Some(last) if last.eq_ignore_ascii_case("chunked") => return Body::Chunked,
        Some(_) if is_response => return Body::Close,
        Some(_) => return Body::Unknown,
        None => {}
    }
    match length(message) {
        Some(Some(length)) => Body::Length(length),
        Some(None) => Body::Unknown,
        None if is_response => Body::Close,
        None => Body::None,
    }
}

/// What `Content-Length` says, if it is there; `None` in it if that is no number or not one alone.
pub(super) fn length(message: &Message<'_>) -> Option<Option<u64>> {
    let mut lengths = message.all("content-length").flat_map(|value| value.split(',')).map(|item| number(item.trim()));
    let first = lengths.next()?;
    Some(if lengths.all(|other| other == first) { first } else { None })
}

fn content<'a>(message: &mut Message<'a>, bytes: &'a [u8], length: u64, is_cut: bool) -> usize {
    let used = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len());
    message.received = used as u64;
    if used > 0 {
        message.lines.push(line(Part::Content, &bytes[..used]));
    }
    if (used as u64) < length && !is_cut {
        message.lines.push(line(Part::Missing, &[]));
    }
    used
}

/// The lines of a chunked content, up to where it breaks.
fn chunks<'a>(message: &mut Message<'a>, bytes: &'a [u8], is_cut: bool) -> usize {
    let mut at = 0;
    while message.lines.len() < MAX_LINES {
        let size_line = first_line(&bytes[at..]);
        if !size_line.ends_with(b"\n") {
            return cut(message, &bytes[at..], is_cut, at);
        }
        message.lines.push(line(Part::ChunkSize, size_line));
        at += size_line.len();
        let Some(size) = size(without_end(size_line)) else {
            return broken(message, "the size of a chunk is hexadecimal digits, up to 16 of them", at);
        };
        if size == 0 {
            return trailers(message, bytes, at, is_cut);
        }
        let data = usize::try_from(size).unwrap_or(usize::MAX).min(bytes.len() - at);
        let end = match &bytes[at + data..] {
            [b'\r', b'\n', ..] => 2,
            [] | [b'\r'] => return cut(message, &bytes[at..], is_cut, at),
            _ => {
                message.lines.push(line(Part::ChunkData, &bytes[at..at + data]));
                message.received += data as u64;
                return broken(message, "a chunk's data ends with CRLF, which is not there after its size", at + data);
            }
        };
        message.lines.push(line(Part::ChunkData, &bytes[at..at + data + end]));
        message.received += data as u64;
        at += data + end;
    }
    at
}

/// The size that a chunk begins with (RFC 9112 7.1); white space behind it is taken, as user agents do.
fn size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii_end();
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u64::from_str_radix(text, 16).ok().filter(|_| text.len() <= 16)
}

fn trailers<'a>(message: &mut Message<'a>, bytes: &'a [u8], mut at: usize, is_cut: bool) -> usize {
    while message.lines.len() < MAX_LINES {
        let next = first_line(&bytes[at..]);
        if !next.ends_with(b"\n") {
            return cut(message, &bytes[at..], is_cut, at);
        }
        at += next.len();
        if without_end(next).is_empty() {
            message.lines.push(line(Part::ChunksEnd, next));
            return at;
        }
        message.lines.push(field_line(next, Part::Trailer));
    }
    at
}

/// The bytes end within the chunks.
fn cut<'a>(message: &mut Message<'a>, left: &'a [u8], is_cut: bool, at: usize) -> usize {
    if !left.is_empty() {
        message.received += left.len() as u64;
        message.lines.push(line(Part::ChunkData, left));
    }
    if !is_cut {
        message.lines.push(line(Part::Missing, &[]));
    }
    at + left.len()
}

fn broken(message: &mut Message<'_>, fault: &'static str, at: usize) -> usize {
    message.chunk_fault = Some(fault);
    message.body = Body::Unknown;
    at
}

/// The size of the chunk that a line begins.
pub(super) fn chunk_size(line: &Line<'_>) -> Option<u64> {
    size(without_end(line.bytes))
}

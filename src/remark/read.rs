//! Bytes to messages, whatever they are: what a strict reader would refuse is kept as it came.

use std::collections::{HashMap, VecDeque};

use super::body;
use super::line::{LONG, Line, MAX_LINES, Part, field_line, first_line, line, without_end};
use super::message::{Around, Body, Message, RequestLine, Start, StatusLine};

/// So many fields of one name are compared with each other.
const SAME: usize = 16;
/// The fields that say where the content ends.
const FRAMING: [&str; 2] = ["content-length", "transfer-encoding"];

/// All messages that stand one after the other.
pub(super) fn messages<'a>(bytes: &'a [u8], around: &Around) -> Vec<Message<'a>> {
    let mut messages = Vec::new();
    read(&mut messages, &mut VecDeque::new(), bytes, around);
    messages
}

/// What one side sent, and what came back.
pub(super) fn exchange<'a>(sent: &'a [u8], received: &'a [u8], around: &Around) -> Vec<Message<'a>> {
    let mut messages = Vec::new();
    let mut unanswered = VecDeque::new();
    read(&mut messages, &mut unanswered, sent, around);
    if !received.is_empty() {
        read(&mut messages, &mut unanswered, received, around);
    }
    messages
}

/// Reads what one side sent, and adds its messages; `unanswered` are the places of the requests without an answer.
fn read<'a>(messages: &mut Vec<Message<'a>>, unanswered: &mut VecDeque<usize>, bytes: &'a [u8], around: &Around) {
    let before = messages.len();
    let (mut at, mut lines) = (0, 0);
    while at < bytes.len() || messages.len() == before {
        let mut message = head(&bytes[at..], MAX_LINES - lines);
        // Where there are more bytes than were given, none are known to be missing.
        message.lines.pop_if(|last| around.is_cut && last.part == Part::Missing);
        if messages.len() > before && matches!(message.start, Start::Neither) {
            push_rest(messages, Part::Rest, &bytes[at..]);
            break;
        }
        match &message.start {
            Start::Request(_) => unanswered.push_back(messages.len()),
            Start::Response(line) if (100..200).contains(&line.status) && line.status != 101 => {
                message.request = unanswered.front().copied();
            }
            _ => message.request = unanswered.pop_front(),
        }
        let mut used: usize = message.lines.iter().map(|line| line.bytes.len()).sum();
        let is_headed = message.lines.last().is_some_and(|line| line.part == Part::Blank);
        let request = message.request.map(|index| &messages[index]);
        if is_headed {
            used += body::read(&mut message, request, &bytes[at + used..], around.is_cut);
        }
        at += used;
        lines += message.lines.len();
        let is_broken = message.body == Body::Unknown || message.body == Body::Switched || !is_headed;
        messages.push(message);
        if is_broken || lines >= MAX_LINES {
            let part = if lines >= MAX_LINES { Part::Unread } else { Part::Rest };
            push_rest(messages, part, &bytes[at..]);
            break;
        }
    }
}

/// What is left without an explanation belongs to the message before.
fn push_rest<'a>(messages: &mut [Message<'a>], part: Part, bytes: &'a [u8]) {
    if let (Some(last), false) = (messages.last_mut(), bytes.is_empty()) {
        last.lines.push(line(part, bytes));
    }
}

/// Everything up to the content.
fn head(bytes: &[u8], limit: usize) -> Message<'_> {
    let mut lines = Vec::new();
    let mut at = 0;
    while lines.len() < 8 && matches!(&bytes[at..], [b'\n', ..] | [b'\r', b'\n', ..]) {
        let empty = first_line(&bytes[at..]);
        lines.push(line(Part::Before, empty));
        at += empty.len();
    }
    let first = first_line(&bytes[at..]);
    let start = start_line(first);
    lines.push(line(Part::Start, first));
    at += first.len();
    let mut message = Message {
        start,
        lines,
        names: HashMap::new(),
        body: Body::Unknown,
        received: 0,
        is_obscure: false,
        chunk_fault: None,
        request: None,
    };
    if !matches!(message.start, Start::Neither) {
        fields(&mut message, &bytes[at..], limit);
    }
    message
}

fn fields<'a>(message: &mut Message<'a>, bytes: &'a [u8], limit: usize) {
    let (mut at, mut last) = (0, None);
    while message.lines.len() < limit {
        let next = first_line(&bytes[at..]);
        at += next.len();
        if next.is_empty() {
            message.lines.push(line(Part::Missing, next));
            return;
        }
        if next.ends_with(b"\n") && without_end(next).is_empty() {
            message.lines.push(line(Part::Blank, next));
            return;
        }
        let field = field_line(next, Part::Field);
        message.is_obscure |= next.len() > LONG && FRAMING.contains(&field.name.as_str());
        match field.part {
            Part::Field if field.name.len() <= LONG => {
                let places = message.names.entry(field.name.clone()).or_default();
                if places.len() < SAME {
                    places.push(message.lines.len());
                }
                last = Some(message.lines.len());
            }
            Part::Folded => last.map_or((), |last| unfold(&mut message.lines[last], &field.value)),
            _ => last = None,
        }
        message.lines.push(field);
    }
}

/// Adds what a folded line says to the field before it, as a recipient that takes it does (RFC 9112 5.2).
fn unfold(field: &mut Line<'_>, text: &str) {
    if field.value.len() + text.len() < LONG {
        let value = field.value.to_mut();
        value.push(' ');
        value.push_str(text.trim_ascii());
    }
}

fn start_line(bytes: &[u8]) -> Start<'_> {
    let bytes = without_end(bytes);
    let is_status_line = bytes.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"http"))
        && matches!(bytes.get(4), Some(b'/' | b' '));
    match is_status_line {
        true => Start::Response(status_line(bytes)),
        false => request_line(bytes).map_or(Start::Neither, Start::Request),
    }
}

fn status_line(bytes: &[u8]) -> StatusLine<'_> {
    let mut words = bytes.splitn(3, |byte| *byte == b' ').map(String::from_utf8_lossy);
    let version = words.next().unwrap_or_default();
    let code = words.next().unwrap_or_default();
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    let status = if is_code { code.parse().unwrap_or(0) } else { 0 };
    StatusLine { version, status, code, reason: words.next() }
}

/// Three words of which the last is a version, or a method that is known and a target. The bytes are parted first, since
/// a target may hold any of them by mistake.
fn request_line(bytes: &[u8]) -> Option<RequestLine<'_>> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let method = &bytes[..bytes.iter().position(is_blank)?];
    let rest = bytes[method.len()..].trim_ascii();
    let is_known = METHODS.iter().any(|known| known.as_bytes() == method);
    let is_version = |word: &[u8]| word.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"HTTP/"));
    let (target, version) = match rest.iter().rposition(is_blank) {
        Some(at) if is_version(&rest[at + 1..]) => (rest[..at].trim_ascii(), &rest[at + 1..]),
        // `GET / X`: a word stands where the version belongs.
        Some(at) if is_known && !rest[..at].trim_ascii().iter().any(is_blank) => {
            (rest[..at].trim_ascii(), &rest[at + 1..])
        }
        _ if is_version(rest) => (&[][..], rest),
        _ if is_known => (rest, &[][..]),
        _ => return None,
    };
    let [method, target, version] = [method, target, version].map(String::from_utf8_lossy);
    Some(RequestLine { method, target, version })
}

/// The methods of RFC 9110 9.3 and RFC 5789.
pub(super) const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

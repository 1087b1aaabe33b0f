//! Answers of HTTP/1.1 on their way out: written, logged, recorded.

use std::ops::Range;
use std::time::Instant;

use http::StatusCode;

use super::answers::Key;
use super::http_conversation::{Conversation, Terms};
use super::journal::{Recording, Sent, SentContent};
use super::owed_line::OwedLine;
use super::protocol::{Exchange, Next};
use super::{Arrival, LogEntry};
use crate::message::{ConnectionOption, Content, Response, carries_content, write_head};

/// So much of a request line is logged at most.
const LOGGED_LINE: usize = 16 << 10;

/// What a client is told that waits before it sends its content.
pub(super) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// How it goes on after a request was looked at.
pub(super) enum Flow {
    On,
    Next(Next),
}

/// Writes a response behind those before it.
pub(super) fn write(response: Response, arrival: &Arrival<'_>, terms: Terms, exchange: &mut Exchange<'_>) -> Flow {
    let Terms { is_head, is_old, mut connection, is_unread, is_recorded, fault } = terms;
    let sends_content = carries_content(if is_head { "HEAD" } else { "" }, response.status);
    let start = exchange.output.bytes().len();
    if is_old && response.content.is_endless() {
        // It is told the end of what has no length by that of the connection.
        connection = ConnectionOption::Close;
    }
    write_head(exchange.output.bytes(), &response, exchange.clock.date.as_bytes(), connection, is_old);
    let end = exchange.output.bytes().len();
    let mut owed = None;
    if exchange.has_log() {
        let length = response.content.len();
        let size = Some(length).filter(|length| sends_content && *length > 0);
        let logged = Logged { status: Some(response.status), size, fault };
        match sends_content && response.content.is_endless() {
            true => owed = Some(owe(arrival, logged, start..end, exchange)),
            false => log(arrival, logged, start..end, exchange),
        }
    }
    let content = Some(&response.content).filter(|_| sends_content);
    let made = || Made { status: Some(response.status), is_whole: true, at: Instant::now() };
    let recording = is_recorded.then(|| record(arrival, made(), (start..end, content), exchange)).flatten();
    if sends_content {
        exchange.output.push(response.content);
        if is_old {
            exchange.output.end_by_closing();
        }
        exchange.output.follow_up(recording, owed);
    }
    match connection {
        ConnectionOption::Close => Flow::Next(closing(is_unread)),
        ConnectionOption::Implied | ConnectionOption::KeepAlive => Flow::On,
    }
}

/// How the connection is closed, there being perhaps more of the request that is not read.
pub(super) fn closing(is_unread: bool) -> Next {
    if is_unread { Next::Linger } else { Next::Close }
}

/// What is logged of an answer besides its head.
pub(super) struct Logged {
    pub(super) status: Option<StatusCode>,
    pub(super) size: Option<usize>,
    pub(super) fault: Option<&'static str>,
}

/// What is recorded of an answer besides its bytes.
pub(super) struct Made {
    pub(super) status: Option<StatusCode>,
    pub(super) is_whole: bool,
    pub(super) at: Instant,
}

/// Logs an answer whose head stands there in the output.
pub(super) fn log(arrival: &Arrival<'_>, logged: Logged, head: Range<usize>, exchange: &mut Exchange<'_>) {
    let entry = entry(arrival, logged, &exchange.output.bytes()[head]);
    exchange.log.push(&entry, exchange.peer.ip(), exchange.clock);
}

/// The line about such an answer whose content has no length before it has ended, or the client has gone.
fn owe(arrival: &Arrival<'_>, logged: Logged, head: Range<usize>, exchange: &mut Exchange<'_>) -> Box<OwedLine> {
    let fault = logged.fault;
    let entry = entry(arrival, logged, &exchange.output.bytes()[head]);
    Box::new(OwedLine::of(&entry, fault, exchange.peer.ip(), exchange.log))
}

fn entry<'a>(arrival: &'a Arrival<'_>, logged: Logged, response_head: &'a [u8]) -> LogEntry<'a> {
    let request_head = arrival.request_head();
    LogEntry {
        request_line: first_line(request_head),
        status: logged.status,
        size: logged.size,
        fault: logged.fault,
        request_head,
        response_head,
        since: arrival.since,
        note: "",
    }
}

/// Records an answer whose head stands there in the output, and its content, if it has any, behind that unless it is
/// given; gives where a content goes that is made while it is sent.
pub(super) fn record(
    arrival: &Arrival<'_>,
    made: Made,
    (head, content): (Range<usize>, Option<&Content>),
    exchange: &mut Exchange<'_>,
) -> Option<Recording> {
    let recorder = exchange.recorder.as_mut()?;
    let bytes = exchange.output.bytes();
    let interim = if arrival.is_continued { CONTINUE } else { &[] };
    let content = content.map_or(SentContent::Bytes(&bytes[head.end..]), SentContent::Content);
    let sent = Sent { status: made.status, is_whole: made.is_whole, interim, head: &bytes[head], content };
    recorder.record(arrival, &sent, (exchange.now, made.at), exchange.clock)
}

/// Gives the answer that this head was given before, if it was and nothing has changed since. What was received begins
/// with empty lines where the head does not.
#[inline]
pub(super) fn repeat(
    (state, key): (u64, Key),
    request_head: &[u8],
    received: &[u8],
    conversation: &mut Conversation,
    exchange: &mut Exchange<'_>,
) -> bool {
    let Some(kept) = exchange.answers.find(state, key, request_head) else { return false };
    let out = exchange.output.bytes();
    let head = out.len()..out.len() + kept.head_length();
    kept.write(exchange.clock.date.as_bytes(), out);
    let length = kept.content_length();
    if exchange.log.is_on() || exchange.recorder.is_some() {
        let status = Some(StatusCode::from_bytes(kept.status()).unwrap_or_default());
        let arrival = conversation.arrival(received, &[], exchange);
        if exchange.has_log() {
            let logged = Logged { status, size: Some(length).filter(|length| *length > 0), fault: None };
            log(&arrival, logged, head.clone(), exchange);
        }
        // It was there already: that is not worth a look at the clock.
        record(&arrival, Made { status, is_whole: true, at: exchange.now }, (head, None), exchange);
    } else {
        conversation.count += 1;
    }
    true
}

/// The first line of what a peer sent, as far as it goes.
fn first_line(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len());
    let bytes = &bytes[start..];
    let end = memchr::memchr2(b'\r', b'\n', bytes).unwrap_or(bytes.len());
    &bytes[..end.min(LOGGED_LINE)]
}

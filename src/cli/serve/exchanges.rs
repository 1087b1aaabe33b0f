//! Exchanges as JSON, for `/_/requests`.

use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;

use http::StatusCode;
use jiff::Timestamp;

use super::explained;
use crate::message::json;
use crate::print::is_secret;
use crate::remark::Around;
use crate::server::Recorded;

/// What is shown of an exchange.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    /// Whether secrets are shown as they are.
    pub(super) show_secrets: bool,
    /// The content of an answer repeats its request, so that its secrets are in that too.
    pub(super) is_echo: bool,
    /// Whether each line is told with what it means.
    pub(super) explains: bool,
}

/// All of them with their numbers, oldest first.
pub(super) fn all(exchanges: &[(u64, Arc<Recorded>)], view: View) -> Vec<u8> {
    let mut out = vec![b'['];
    for (index, (id, exchange)) in exchanges.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write((*id, exchange), view, &mut out);
    }
    out.push(b']');
    out
}

/// Whether the request of an exchange bears this value of `X-Request-Id`, by which clients know it.
pub(super) fn is_of(exchange: &Recorded, id: &str) -> bool {
    let lines = exchange.received().split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    lines.take_while(|line| !line.is_empty()).any(|line| {
        let colon = memchr::memchr(b':', line);
        colon.is_some_and(|colon| {
            line[..colon].eq_ignore_ascii_case(b"x-request-id") && line[colon + 1..].trim_ascii() == id.as_bytes()
        })
    })
}

/// One of them.
pub(super) fn one(exchange: (u64, &Recorded), view: View) -> Vec<u8> {
    let mut out = Vec::new();
    write(exchange, view, &mut out);
    out
}

fn write((id, exchange): (u64, &Recorded), view: View, out: &mut Vec<u8>) {
    let started = Timestamp::try_from(exchange.started).unwrap_or_default();
    // Writing to a Vec cannot fail.
    let _ = write!(
        out,
        "{{\"id\":{id},\"started\":\"{started:.6}\",\"microseconds\":{},\"connection\":{{\"peer\":\"{}\",\"number\":{},\
         \"request\":{}}},\"status\":{},\"complete\":{},\"masked\":",
        exchange.duration.as_micros(),
        exchange.peer,
        exchange.connection,
        exchange.request,
        exchange.status.as_ref().map_or("null", StatusCode::as_str),
        exchange.is_complete,
    );
    let shown = |message| if view.show_secrets { Cow::Borrowed(message) } else { masked(message) };
    let is_masked = |message: &Cow<'_, [u8]>| matches!(message, Cow::Owned(_));
    let received = shown(exchange.received());
    let kept = if view.is_echo && is_masked(&received) { exchange.sent_head() } else { exchange.sent() };
    let sent = shown(kept);
    let _ = write!(out, "{},\"received\":", is_masked(&received) || is_masked(&sent));
    bytes(&received, exchange.received(), exchange.received_length, out);
    out.extend_from_slice(b",\"sent\":");
    bytes(&sent, kept, exchange.sent_length, out);
    if view.explains {
        out.extend_from_slice(b",\"explained\":");
        let is_cut =
            exchange.received().len() as u64 != exchange.received_length || kept.len() as u64 != exchange.sent_length;
        let around = Around { is_tls: Some(false), now: Some(exchange.started), is_cut, ..Around::default() };
        explained::write(exchange.received(), kept, &around, shown, out);
    }
    out.push(b'}');
}

/// What was kept of a message, which is shorter or longer where secrets are masked in it: the length is the true one.
fn bytes(shown: &[u8], kept: &[u8], length: u64, out: &mut Vec<u8>) {
    let is_whole = kept.len() as u64 == length;
    json::bytes(shown, if is_whole { None } else { Some(kept.len()) }, length, out);
}

/// A message with `***` in place of each secret: the values of fields that hold such, wherever a line looks like one. Where
/// the head of a message ends is for a reader of it to say, and a broken one may say something else. Borrowed if there is
/// none.
pub(super) fn masked(message: &[u8]) -> Cow<'_, [u8]> {
    let mut out: Option<Vec<u8>> = None;
    let (mut at, mut in_secret) = (0, false);
    while at < message.len() {
        // A lone CR ends a line for some, so that what follows it is looked at too.
        let end = memchr::memchr2(b'\r', b'\n', &message[at..]).map_or(message.len(), |found| at + found);
        let next = match message[end..] {
            [b'\r', b'\n', ..] => end + 2,
            [_, ..] => end + 1,
            [] => end,
        };
        let line = &message[at..end];
        let name = if matches!(line.first(), Some(b' ' | b'\t')) { None } else { memchr::memchr(b':', line) };
        in_secret = match name {
            Some(colon) => is_secret(&String::from_utf8_lossy(&line[..colon])),
            // A folded line goes on with the one before it.
            None => in_secret && matches!(line.first(), Some(b' ' | b'\t')),
        };
        if in_secret {
            let out = out.get_or_insert_with(|| message[..at].to_vec());
            out.extend_from_slice(name.map_or(&[], |colon| &line[..=colon]));
            out.extend_from_slice(b" ***");
            out.extend_from_slice(&message[end..next]);
        } else if let Some(out) = &mut out {
            out.extend_from_slice(&message[at..next]);
        }
        at = next;
    }
    out.map_or(Cow::Borrowed(message), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_however_they_are_written_and_nothing_else_is() {
        for (message, expected) in [
            ("A: b\r\n\r\nC: d", None),
            ("", None),
            ("\r\n\r\n", None),
            ("Authorization: Basic x\r\nA: b\r\n\r\nc", Some("Authorization: ***\r\nA: b\r\n\r\nc")),
            ("\r\nG\r\ncookie:a=b\r\n\r\n", Some("\r\nG\r\ncookie: ***\r\n\r\n")),
            ("G\r\nCookie : a\r\n\r\n", Some("G\r\nCookie : ***\r\n\r\n")),
            ("G\r\nCookie: a\r\n b=c\r\n\td\r\nE: f", Some("G\r\nCookie: ***\r\n ***\r\n ***\r\nE: f")),
            ("G\nCookie: a\nB: c\n\n d", Some("G\nCookie: ***\nB: c\n\n d")),
            ("G\nCookie: a\n\n d", Some("G\nCookie: ***\n\n d")),
            ("G /\rCookie: a", Some("G /\rCookie: ***")),
            ("Cookie: a", Some("Cookie: ***")),
            ("H 200\r\nSet-Cookie: a\r\n\r\nb", Some("H 200\r\nSet-Cookie: ***\r\n\r\nb")),
            // What is broken may go on with another request.
            ("X\r\n\r\nG\r\nCookie: a", Some("X\r\n\r\nG\r\nCookie: ***")),
        ] {
            let masked = masked(message.as_bytes());
            let expected = expected.unwrap_or(message);
            assert_eq!(String::from_utf8_lossy(&masked), expected, "{message:?}");
            assert_eq!(matches!(masked, Cow::Owned(_)), expected != message, "{message:?}");
        }
    }
}

//! A request as a line of the log.

use std::io::Write;
use std::net::IpAddr;
use std::time::Instant;

use http::StatusCode;

use super::clock::Clock;
use super::{LogFormat, Mask, Paint};
use crate::message::json;

/// What the log says about an answered request.
#[derive(Debug, Clone, Copy)]
pub struct LogEntry<'a> {
    /// The request line as received, without its line end; empty if there was none.
    pub request_line: &'a [u8],
    /// The status of the answer; `None`: it was no answer.
    pub status: Option<StatusCode>,
    /// The bytes of content sent; `None` when there is no content.
    pub size: Option<usize>,
    /// The fault that it was given on purpose.
    pub fault: Option<&'a str>,
    /// The header section of the request as received, its request line included.
    pub request_head: &'a [u8],
    /// The header section of the response as sent, its status line included.
    pub response_head: &'a [u8],
    /// When the first byte of the request came.
    pub since: Instant,
    /// What else there is to say about it to people; empty if nothing.
    pub note: &'a str,
}

/// How lines look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub(super) format: LogFormat,
    pub(super) paint: Option<Paint>,
    pub(super) echo_headers: Option<Mask>,
    pub(super) is_timed: bool,
}

/// A short line shows no more bytes of a request line.
const SHOWN: usize = 300;

/// Appends the line, its end included. What the peer sent is escaped: a log can be read on a terminal.
pub(super) fn write(out: &mut Vec<u8>, entry: &LogEntry<'_>, peer: IpAddr, clock: &Clock, form: Form) {
    match form.format {
        LogFormat::Short => short(out, entry, peer, clock, form),
        LogFormat::Common => common(out, entry, peer, (&clock.common, false), form.paint),
        LogFormat::Json => json_line(out, entry, peer, clock, form.echo_headers),
    }
    out.push(b'\n');
    if form.format != LogFormat::Json && !entry.note.is_empty() {
        let _ = writeln!(out, "httpkit: note: {}", entry.note);
    }
    if let Some(mask) = form.echo_headers.filter(|_| form.format != LogFormat::Json) {
        echo(out, b"> ", &mask(entry.request_head));
        echo(out, b"< ", &mask(entry.response_head));
    }
}

/// The first original's line, and where that is wanted the time taken.
fn short(out: &mut Vec<u8>, entry: &LogEntry<'_>, peer: IpAddr, clock: &Clock, form: Form) {
    common(out, entry, peer, (&clock.short, true), form.paint);
    if form.is_timed {
        // Writing to a Vec cannot fail, here and below.
        let _ = match entry.since.elapsed().as_secs_f64() {
            seconds if seconds < 1.0 => write!(out, "  {:.1} ms", seconds * 1000.0),
            seconds => write!(out, "  {seconds:.1} s"),
        };
    }
}

fn common(out: &mut Vec<u8>, entry: &LogEntry<'_>, peer: IpAddr, (time, is_short): (&str, bool), paint: Option<Paint>) {
    let _ = write!(out, "{peer} - - [{time}] \"");
    match entry.request_line {
        [] => out.push(b'-'),
        line if is_short && line.len() > SHOWN => {
            escape(out, &line[..SHOWN]);
            let _ = write!(out, "... ({} bytes)", line.len());
        }
        line => escape(out, line),
    }
    match &entry.status {
        Some(status) => {
            let (before, after) = paint.map_or(("", ""), |paint| paint(*status));
            let _ = write!(out, "\" {before}{}{after} ", status.as_str());
        }
        None => out.extend_from_slice(b"\" - "),
    }
    match entry.size {
        Some(size) => drop(write!(out, "{size}")),
        None => out.push(b'-'),
    }
    if let Some(fault) = entry.fault.filter(|_| is_short) {
        let _ = write!(out, " [fault {fault}]");
    }
}

fn json_line(out: &mut Vec<u8>, entry: &LogEntry<'_>, peer: IpAddr, clock: &Clock, echo_headers: Option<Mask>) {
    let _ = write!(out, "{{\"time\":\"{}\",\"peer\":\"{peer}\",\"request\":", clock.rfc3339);
    quote(out, entry.request_line);
    let status = entry.status.as_ref().map_or("null", StatusCode::as_str);
    let taken = entry.since.elapsed().as_micros();
    let _ = write!(out, ",\"status\":{status},\"size\":{},\"microseconds\":{taken}", entry.size.unwrap_or(0));
    if let Some(fault) = entry.fault {
        let _ = write!(out, ",\"fault\":\"{fault}\"");
    }
    if !entry.note.is_empty() {
        out.extend_from_slice(b",\"note\":");
        json::quote(entry.note, out);
    }
    if let Some(mask) = echo_headers {
        out.extend_from_slice(b",\"request_head\":");
        quote(out, &mask(entry.request_head));
        out.extend_from_slice(b",\"response_head\":");
        quote(out, &mask(entry.response_head));
    }
    out.push(b'}');
}

/// The lines of a header section, each behind its mark. Nothing stands around them, so that quotes end nothing.
fn echo(out: &mut Vec<u8>, mark: &[u8], head: &[u8]) {
    for line in head.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() {
            out.extend_from_slice(mark);
            escape_all_but(out, line, b'"');
            out.push(b'\n');
        }
    }
}

/// Visible ASCII as it is; quotation mark, backslash and every other byte escaped.
fn escape(out: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.iter().all(|&byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\') {
        return out.extend_from_slice(bytes);
    }
    escape_all_but(out, bytes, b' ');
}

/// The same, but that one byte stays as it is.
fn escape_all_but(out: &mut Vec<u8>, bytes: &[u8], kept: u8) {
    for &byte in bytes {
        match byte {
            b'"' | b'\\' if byte != kept => out.extend_from_slice(&[b'\\', byte]),
            b' '..=b'~' => out.push(byte),
            _ => drop(write!(out, "\\x{byte:02x}")),
        }
    }
}

/// A JSON string; bytes that are not UTF-8 become U+FFFD.
fn quote(out: &mut Vec<u8>, bytes: &[u8]) {
    json::quote(&String::from_utf8_lossy(bytes), out);
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use bstr::ByteSlice;

    use super::*;

    const SHORT: Form = Form { format: LogFormat::Short, paint: None, echo_headers: None, is_timed: false };

    fn line(request_line: &[u8], size: Option<usize>, form: Form) -> String {
        let mut clock = Clock::new();
        clock.short = "02/May/2022 14:10:55".to_owned();
        clock.common = "02/May/2022:14:10:55 +0900".to_owned();
        clock.rfc3339 = "2022-05-02T14:10:55+09:00".to_owned();
        let entry = LogEntry {
            request_line,
            status: Some(StatusCode::OK),
            size,
            fault: None,
            request_head: b"GET / HTTP/1.1\r\nHost: h\x1b\r\n\r\n",
            response_head: b"HTTP/1.1 200 OK\r\nETag: \"a\\\"\r\n\r\n",
            since: Instant::now(),
            note: "",
        };
        let mut out = Vec::new();
        write(&mut out, &entry, IpAddr::from([127, 0, 0, 1]), &clock, form);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn short_lines() {
        let short = |text: &[u8], size| line(text, size, SHORT);
        assert_eq!(
            short(b"GET /?name=junhyung HTTP/1.1", None),
            "127.0.0.1 - - [02/May/2022 14:10:55] \"GET /?name=junhyung HTTP/1.1\" 200 -\n"
        );
        assert!(short(b"", Some(12)).ends_with("] \"-\" 200 12\n"));
        assert!(short(b"a\"\\\x1b[m\n\xff", None).contains("\"a\\\"\\\\\\x1b[m\\x0a\\xff\""));
        let painted = line(b"GET", None, Form { paint: Some(|_| ("<", ">")), ..SHORT });
        assert!(painted.ends_with("\"GET\" <200> -\n"));
        let timed = line(b"GET", Some(1), Form { is_timed: true, ..SHORT });
        let time = timed.split_once("200 1  ").unwrap().1.trim_end().strip_suffix(" ms").unwrap();
        assert!(time.parse::<f64>().is_ok(), "{timed}");
    }

    #[test]
    fn a_long_request_line_floods_no_screen_and_is_whole_for_programs() {
        let long = [b'x'; 9000];
        let short = line(&long, None, SHORT);
        assert!(short.len() < 400 && short.contains("x... (9000 bytes)\" 200"), "{short}");
        for format in [LogFormat::Common, LogFormat::Json] {
            assert!(line(&long, None, Form { format, ..SHORT }).len() > 9000);
        }
    }

    #[test]
    fn common_lines_have_the_zone() {
        assert_eq!(
            line(b"GET / HTTP/1.1", Some(5), Form { format: LogFormat::Common, is_timed: true, ..SHORT }),
            "127.0.0.1 - - [02/May/2022:14:10:55 +0900] \"GET / HTTP/1.1\" 200 5\n"
        );
    }

    #[test]
    fn json_lines_are_json() {
        let form = Form { format: LogFormat::Json, echo_headers: Some(|head| Cow::Borrowed(head)), ..SHORT };
        let text = line(b"GET /\"\\\x1b\xff", Some(3), form);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["request"], "GET /\"\\\u{1b}\u{fffd}");
        assert_eq!((&value["status"], &value["size"]), (&200.into(), &3.into()));
        assert!(value["microseconds"].is_u64());
        assert_eq!(value["response_head"], "HTTP/1.1 200 OK\r\nETag: \"a\\\"\r\n\r\n");
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn what_was_no_answer_has_no_status() {
        let entry = LogEntry {
            request_line: b"GET / HTTP/1.1",
            status: None,
            size: None,
            fault: Some("reset"),
            request_head: b"",
            response_head: b"",
            since: Instant::now(),
            note: "",
        };
        let line = |format| {
            let mut out = Vec::new();
            let form = Form { format, paint: Some(|_| ("<", ">")), ..SHORT };
            write(&mut out, &entry, IpAddr::from([127, 0, 0, 1]), &Clock::new(), form);
            String::from_utf8(out).unwrap()
        };
        assert!(line(LogFormat::Short).ends_with("\"GET / HTTP/1.1\" - - [fault reset]\n"));
        let value: serde_json::Value = serde_json::from_str(&line(LogFormat::Json)).unwrap();
        assert_eq!((&value["status"], &value["fault"]), (&serde_json::Value::Null, &"reset".into()));
    }

    #[test]
    fn header_sections_follow_masked_and_escaped() {
        let mask: Mask = |head| Cow::Owned(head.replace(b"Host: h", b"Host: ***"));
        let text = line(b"GET / HTTP/1.1", None, Form { echo_headers: Some(mask), ..SHORT });
        let lines: Vec<_> = text.lines().skip(1).collect();
        assert_eq!(lines, ["> GET / HTTP/1.1", "> Host: ***\\x1b", "< HTTP/1.1 200 OK", "< ETag: \"a\\\\\""]);
    }
}

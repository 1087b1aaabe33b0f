//! A request as a line of the log.

use std::io::Write;
use std::net::IpAddr;

use http::StatusCode;

use super::clock::Clock;
use super::{LogFormat, Paint};
use crate::message::json;

/// What the log says about an answered request.
#[derive(Debug, Clone, Copy)]
pub struct LogEntry<'a> {
    /// The request line as received, without its line end; empty if there was none.
    pub request_line: &'a [u8],
    /// The status of the answer; `None`: it was no answer.
    pub status: Option<StatusCode>,
    /// The octets of content sent; `None` when there is no content.
    pub size: Option<usize>,
    /// The fault that it was given on purpose.
    pub fault: Option<&'a str>,
    /// The header section of the request as received, its request line included.
    pub request_head: &'a [u8],
    /// The header section of the response as sent, its status line included.
    pub response_head: &'a [u8],
    /// What else there is to say about it to people; empty if nothing.
    pub note: &'a str,
}

/// Appends the line, its end included. What the peer sent is escaped: a log can be read on a terminal.
pub(super) fn write(
    out: &mut Vec<u8>,
    entry: &LogEntry<'_>,
    peer: IpAddr,
    clock: &Clock,
    form: (LogFormat, Option<Paint>, bool),
) {
    let (format, paint, echo_headers) = form;
    match format {
        LogFormat::Common => common(out, entry, peer, clock, paint),
        LogFormat::Json => json_line(out, entry, peer, clock, echo_headers),
    }
    out.push(b'\n');
    if format == LogFormat::Common && !entry.note.is_empty() {
        let _ = writeln!(out, "httpkit: note: {}", entry.note);
    }
    if echo_headers && format == LogFormat::Common {
        echo(out, b"> ", entry.request_head);
        echo(out, b"< ", entry.response_head);
    }
}

fn common(out: &mut Vec<u8>, entry: &LogEntry<'_>, peer: IpAddr, clock: &Clock, paint: Option<Paint>) {
    // Writing to a Vec cannot fail, here and below.
    let _ = write!(out, "{peer} - - [{}] \"", clock.common);
    match entry.request_line {
        [] => out.push(b'-'),
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
    if let Some(fault) = entry.fault {
        let _ = write!(out, " [fault {fault}]");
    }
}

fn json_line(out: &mut Vec<u8>, entry: &LogEntry<'_>, peer: IpAddr, clock: &Clock, echo_headers: bool) {
    let _ = write!(out, "{{\"time\":\"{}\",\"peer\":\"{peer}\",\"request\":", clock.rfc3339);
    quote(out, entry.request_line);
    let status = entry.status.as_ref().map_or("null", StatusCode::as_str);
    let _ = write!(out, ",\"status\":{status},\"size\":{}", entry.size.unwrap_or(0));
    if let Some(fault) = entry.fault {
        let _ = write!(out, ",\"fault\":\"{fault}\"");
    }
    if !entry.note.is_empty() {
        out.extend_from_slice(b",\"note\":");
        json::quote(entry.note, out);
    }
    if echo_headers {
        out.extend_from_slice(b",\"request_head\":");
        quote(out, entry.request_head);
        out.extend_from_slice(b",\"response_head\":");
        quote(out, entry.response_head);
    }
    out.push(b'}');
}

/// The lines of a header section, each behind its mark.
fn echo(out: &mut Vec<u8>, mark: &[u8], head: &[u8]) {
    for line in head.split(|&octet| octet == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() {
            out.extend_from_slice(mark);
            escape(out, line);
            out.push(b'\n');
        }
    }
}

/// Visible ASCII as it is; quotation mark, backslash and every other octet escaped.
fn escape(out: &mut Vec<u8>, octets: &[u8]) {
    if octets.iter().all(|&octet| matches!(octet, b' '..=b'~') && octet != b'"' && octet != b'\\') {
        return out.extend_from_slice(octets);
    }
    for &octet in octets {
        match octet {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', octet]),
            b' '..=b'~' => out.push(octet),
            _ => drop(write!(out, "\\x{octet:02x}")),
        }
    }
}

/// A JSON string; bytes that are not UTF-8 become U+FFFD.
fn quote(out: &mut Vec<u8>, bytes: &[u8]) {
    json::quote(&String::from_utf8_lossy(bytes), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(request_line: &[u8], size: Option<usize>, form: (LogFormat, Option<Paint>, bool)) -> String {
        let mut clock = Clock::new();
        clock.common = "02/May/2022 14:10:55".to_owned();
        clock.rfc3339 = "2022-05-02T14:10:55+09:00".to_owned();
        let entry = LogEntry {
            request_line,
            status: Some(StatusCode::OK),
            size,
            fault: None,
            request_head: b"GET / HTTP/1.1\r\nHost: h\x1b\r\n\r\n",
            response_head: b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            note: "",
        };
        let mut out = Vec::new();
        write(&mut out, &entry, IpAddr::from([127, 0, 0, 1]), &clock, form);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn common_lines() {
        let common = |text: &[u8], size| line(text, size, (LogFormat::Common, None, false));
        assert_eq!(
            common(b"GET /?name=junhyung HTTP/1.1", None),
            "127.0.0.1 - - [02/May/2022 14:10:55] \"GET /?name=junhyung HTTP/1.1\" 200 -\n"
        );
        assert!(common(b"", Some(12)).ends_with("] \"-\" 200 12\n"));
        assert!(common(b"a\"\\\x1b[m\n\xff", None).contains("\"a\\\"\\\\\\x1b[m\\x0a\\xff\""));
        let painted = line(b"GET", None, (LogFormat::Common, Some(|_| ("<", ">")), false));
        assert!(painted.ends_with("\"GET\" <200> -\n"));
    }

    #[test]
    fn json_lines_are_json() {
        let text = line(b"GET /\"\\\x1b\xff", Some(3), (LogFormat::Json, None, true));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["request"], "GET /\"\\\u{1b}\u{fffd}");
        assert_eq!((&value["status"], &value["size"]), (&200.into(), &3.into()));
        assert_eq!(value["response_head"], "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
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
            note: "",
        };
        let line = |format| {
            let mut out = Vec::new();
            write(&mut out, &entry, IpAddr::from([127, 0, 0, 1]), &Clock::new(), (format, Some(|_| ("<", ">")), false));
            String::from_utf8(out).unwrap()
        };
        assert!(line(LogFormat::Common).ends_with("\"GET / HTTP/1.1\" - - [fault reset]\n"));
        let value: serde_json::Value = serde_json::from_str(&line(LogFormat::Json)).unwrap();
        assert_eq!((&value["status"], &value["fault"]), (&serde_json::Value::Null, &"reset".into()));
    }

    #[test]
    fn header_sections_follow_escaped() {
        let text = line(b"GET / HTTP/1.1", None, (LogFormat::Common, None, true));
        let lines: Vec<_> = text.lines().skip(1).collect();
        assert_eq!(lines, ["> GET / HTTP/1.1", "> Host: h\\x1b", "< HTTP/1.1 200 OK", "< Content-Length: 0"]);
    }
}

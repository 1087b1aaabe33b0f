//! Writing a response's head (RFC 9112 4), and which responses have content at all.

use http::StatusCode;

use super::Response;

/// What the head says about the connection (RFC 9112 9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionOption {
    /// Nothing: the version's default holds.
    Implied,
    /// `close`: nothing more is sent or read.
    Close,
    /// `keep-alive`, for an HTTP/1.0 client that asked.
    KeepAlive,
}

/// Whether a response of that status to that method is followed by content (RFC 9110 6.4.1).
pub fn carries_content(method: &str, status: StatusCode) -> bool {
    method != "HEAD" && !is_bare(status)
}

/// 1xx, 204 and 304 never have content; the first two may not even say a length (RFC 9110 8.6).
#[inline]
fn is_bare(status: StatusCode) -> bool {
    status.is_informational() || status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED
}

/// Appends status line, field lines and the blank line. `Content-Length` is that of the response's content, so that
/// HEAD says what GET would. `date` is an IMF-fixdate; `is_old`: the client speaks HTTP/1.0.
pub fn write_head(out: &mut Vec<u8>, response: &Response, date: &[u8], connection: ConnectionOption, is_old: bool) {
    let status = response.status;
    match status.as_u16() {
        200 => out.extend_from_slice(b"HTTP/1.1 200 OK\r\nDate: "),
        _ => {
            out.extend_from_slice(b"HTTP/1.1 ");
            out.extend_from_slice(status.as_str().as_bytes());
            // The space stays, even before an empty reason phrase.
            out.push(b' ');
            out.extend_from_slice(reason_phrase(status).as_bytes());
            out.extend_from_slice(b"\r\nDate: ");
        }
    }
    out.extend_from_slice(date);
    out.extend_from_slice(response.fields.bytes());
    if response.content.is_endless() {
        // Without a length the end is told by chunks, and to HTTP/1.0 by the end of the connection (RFC 9112 6.3).
        if !is_old {
            out.extend_from_slice(b"\r\nTransfer-Encoding: chunked");
        }
    } else if !is_bare(status) {
        out.extend_from_slice(b"\r\nContent-Length: ");
        extend_number(out, response.content.len());
    }
    out.extend_from_slice(match connection {
        ConnectionOption::Implied => b"\r\n\r\n",
        ConnectionOption::Close => b"\r\nConnection: close\r\n\r\n",
        ConnectionOption::KeepAlive => b"\r\nConnection: keep-alive\r\n\r\n",
    });
}

#[inline]
fn extend_number(out: &mut Vec<u8>, mut number: usize) {
    let mut digits = [0_u8; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// The reason phrase of RFC 9110, which renamed some that the `http` crate still has in their old form.
pub fn reason_phrase(status: StatusCode) -> &'static str {
    match status.as_u16() {
        413 => "Content Too Large",
        414 => "URI Too Long",
        416 => "Range Not Satisfiable",
        422 => "Unprocessable Content",
        _ => status.canonical_reason().unwrap_or(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Content;

    const DATE: &[u8] = b"Sun, 06 Nov 1994 08:49:37 GMT";

    fn written(response: &Response, connection: ConnectionOption) -> String {
        let mut out = Vec::new();
        write_head(&mut out, response, DATE, connection, false);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn heads() {
        let ok = Response::new(StatusCode::OK)
            .with("Content-Type", "text/plain")
            .with_content(Content::from(b"1234567890".to_vec()));
        let head =
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\nContent-Length: 10";
        assert_eq!(written(&ok, ConnectionOption::Implied), format!("{head}\r\n\r\n"));
        assert_eq!(written(&ok, ConnectionOption::Close), format!("{head}\r\nConnection: close\r\n\r\n"));
        assert_eq!(written(&ok, ConnectionOption::KeepAlive), format!("{head}\r\nConnection: keep-alive\r\n\r\n"));
        for status in [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED] {
            assert!(!written(&Response::new(status), ConnectionOption::Implied).contains("Content-Length"));
        }
        let unknown = Response::new(StatusCode::from_u16(299).unwrap());
        assert!(written(&unknown, ConnectionOption::Implied).starts_with("HTTP/1.1 299 \r\n"));
        assert!(written(&unknown, ConnectionOption::Implied).contains("Content-Length: 0\r\n"));
    }

    #[test]
    fn content_or_none() {
        assert!(carries_content("GET", StatusCode::OK));
        assert!(carries_content("PUT", StatusCode::NOT_FOUND));
        assert!(!carries_content("HEAD", StatusCode::NOT_FOUND));
        assert!(!carries_content("GET", StatusCode::NOT_MODIFIED));
        assert!(!carries_content("GET", StatusCode::NO_CONTENT));
    }
}

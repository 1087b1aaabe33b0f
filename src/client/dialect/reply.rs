//! An answer that looks like HTTP, read as leniently as the originals wrote: any line end, and a head that may end
//! without a blank line.

use super::super::error::{Error, Kind};
use super::Dialect;
use crate::message::{ReplyHead, reply_head};

/// An answer in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The head; `None` where a dialect has none.
    pub head: Option<ReplyHead>,
    /// The status that the answer tells, with its words.
    pub status: Option<(u16, String)>,
    /// Everything behind it.
    pub content: &'a [u8],
}

/// Takes a whole answer apart.
///
/// # Errors
/// `Kind::Reply` if it does not begin with a status line, `Kind::Partial` if there is less content than declared.
pub fn read_reply<'a>(dialect: Dialect, method: &str, bytes: &'a [u8]) -> Result<Reply<'a>, Error> {
    if dialect == Dialect::Comma {
        return Ok(Reply { head: None, status: told(bytes), content: bytes });
    }
    let (head, content) = bytes.split_at(head_end(bytes));
    let head = reply_head(head).map_err(|error| Error::new(Kind::Reply, error.to_string()))?;
    let missing = declared(&head).unwrap_or(0).saturating_sub(content.len());
    if missing > 0 && method != "HEAD" {
        return Err(Error::new(Kind::Partial, format!("transfer closed with {missing} bytes remaining to read")));
    }
    let status = Some((head.status, head.reason.to_string()));
    Ok(Reply { head: Some(head), status, content })
}

/// The status of an answer that is `HTTP/`, a code and its words, and nothing else.
fn told(text: &[u8]) -> Option<(u16, String)> {
    let line = str::from_utf8(text.strip_prefix(b"HTTP/")?).ok()?.trim_end();
    let (code, words) = line.split_once(' ').unwrap_or((line, ""));
    let is_code = code.len() == 3 && code.bytes().all(|digit| digit.is_ascii_digit());
    let code = code.parse().ok().filter(|_| is_code && !words.contains('\n'))?;
    Some((code, words.to_owned()))
}

/// The length of the content that the head declares.
pub(super) fn declared(head: &ReplyHead) -> Option<usize> {
    head.text("content-length")?.parse().ok()
}

/// Where the head ends: behind a blank line, or before the first line that is no field line.
pub(super) fn head_end(bytes: &[u8]) -> usize {
    let mut end = 0;
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let text = line.trim_ascii_end();
        if text.is_empty() {
            return end + line.len();
        }
        if number > 0 && !is_field_line(text) {
            return end;
        }
        end += line.len();
    }
    end
}

fn is_field_line(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    name.len() < line.len() && !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_may_end_without_a_blank_line() {
        for (bytes, status, content) in [
            ("HTTP/1.1 200 OK\r\nA: b\r\n\r\nhi", 200, "hi"),
            ("HTTP/1.1 200 OK\r\nA: b\r\n\nhi\r\n\r\n", 200, "hi\r\n\r\n"),
            (
                "HTTP/1.1 300 Multiple Choices\nDate: x\nHost: localhost\nkey wantToUpdate value",
                300,
                "key wantToUpdate value",
            ),
            (
                "HTTP/1.1 300 Multiple Choices\nDate: 2022-05-03 1:2:3\nHost: h\n\nEnter follow data : key a ",
                300,
                "Enter follow data : key a ",
            ),
            ("HTTP/1.1 201 Created\nDate: x\nHost: localhost\n", 201, ""),
            ("HTTP/1.1 201 Created", 201, ""),
        ] {
            let reply = read_reply(Dialect::Dialog, "GET", bytes.as_bytes()).unwrap();
            assert_eq!((reply.head.unwrap().status, reply.content), (status, content.as_bytes()), "{bytes}");
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let read = |bytes: &[u8]| read_reply(Dialect::Pairs, "GET", bytes).unwrap_err().kind;
        assert_eq!(read(b"hello"), Kind::Reply);
        assert_eq!(read(b"HTTP/1.1 2x0 OK\r\n\r\n"), Kind::Reply);
        assert_eq!(read(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"), Kind::Partial);
        let head_only = b"HTTP/1.1 200 OK\nContent-Length:3 \n\n\n";
        assert!(read_reply(Dialect::Dialog, "HEAD", head_only).is_ok());
        let text = read_reply(Dialect::Comma, "GET", b"HTTP/200 OK").unwrap();
        assert_eq!((text.head, text.content), (None, &b"HTTP/200 OK"[..]));
        assert_eq!(text.status, Some((200, "OK".to_owned())));
        for other in ["HTTP/1.1 200 OK", "HTTP/2000 OK", "HTTP/+20 OK", "http/200 OK", "HTTP/200 OK\r\nA: b", "hello"] {
            assert_eq!(read_reply(Dialect::Comma, "GET", other.as_bytes()).unwrap().status, None, "{other}");
        }
    }
}

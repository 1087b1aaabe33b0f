//! A response as a value, before it is written.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::StatusCode;

use super::Stream;
use super::live::Live;

/// The content of a response. Where there is none and the status allows it, `Content-Length` is 0.
#[derive(Debug)]
pub enum Content {
    /// One stretch of bytes: those made for this response, or shared ones (a part of the data file), which are not
    /// copied before they are written.
    Whole(Bytes),
    /// Stretches of shared bytes (parts of the data file) in order; they are not copied before they are written.
    Pieces(Vec<Bytes>),
    /// Made while it is sent, a piece at a time.
    Stream(Stream),
    /// Sent as it comes to be, with no end but that of whoever gives it, the client or the server.
    Live(Live),
}

impl Default for Content {
    #[inline]
    fn default() -> Content {
        Content::Whole(Bytes::new())
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Content {
        Content::Whole(bytes.into())
    }
}

impl Content {
    /// The length in bytes; 0 where it is not known before the end.
    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Content::Whole(bytes) => bytes.len(),
            Content::Pieces(pieces) => pieces.iter().map(Bytes::len).sum(),
            Content::Live(_) => 0,
            Content::Stream(stream) => stream.length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0),
        }
    }

    /// Whether it is made while it is sent.
    #[inline]
    pub fn is_stream(&self) -> bool {
        matches!(self, Content::Stream(_) | Content::Live(_))
    }

    /// Whether its length is not known before its end.
    #[inline]
    pub fn is_endless(&self) -> bool {
        match self {
            Content::Stream(stream) => stream.length().is_none(),
            Content::Live(_) => true,
            Content::Whole(_) | Content::Pieces(_) => false,
        }
    }

    /// How many bytes were made for this content alone, and go with it.
    pub fn made(&self) -> usize {
        let made = |bytes: &Bytes| if bytes.is_unique() { bytes.len() } else { 0 };
        match self {
            Content::Whole(bytes) => made(bytes),
            Content::Pieces(pieces) => pieces.iter().map(made).sum(),
            Content::Stream(_) | Content::Live(_) => 0,
        }
    }

    /// Whether there is not a single byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && !self.is_stream()
    }

    /// Appends its first bytes, so many at most; nothing of a stream.
    pub fn copy_first(&self, most: usize, out: &mut Vec<u8>) {
        let pieces = match self {
            Content::Whole(bytes) => std::slice::from_ref(bytes),
            Content::Pieces(pieces) => pieces,
            Content::Stream(_) | Content::Live(_) => &[],
        };
        let mut left = most;
        for piece in pieces {
            let length = piece.len().min(left);
            out.extend_from_slice(&piece[..length]);
            left -= length;
            if left == 0 {
                break;
            }
        }
    }

    /// All bytes in one piece; nothing of a stream.
    pub fn to_vec(&self) -> Vec<u8> {
        match self {
            Content::Stream(_) | Content::Live(_) => Vec::new(),
            Content::Whole(bytes) => bytes.to_vec(),
            Content::Pieces(pieces) => pieces.concat(),
        }
    }
}

/// Field lines of a response, kept as they are written: a hot answer has eight of them, and one copy is cheaper than
/// thirty.
///
/// ```
/// use httpkit::message::FieldLines;
///
/// let mut fields = FieldLines::default();
/// fields.push("Vary", "Accept");
/// fields.push("Link", "</a>; rel=next");
/// assert_eq!(fields.first("Vary"), Some("Accept"), "in the case it was given in");
/// assert_eq!(fields.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["Vary", "Link"]);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FieldLines {
    /// Each line begins with the end of the one before it: CRLF, name, colon, space, value.
    bytes: Vec<u8>,
}

/// Room for the field lines of an ordinary answer, also one that a page of another origin may read.
const ROOM: usize = 400;

impl FieldLines {
    /// Appends a field line. The name is a token. Control bytes in a value made at run time become spaces: nothing that
    /// was served can break out of its line.
    #[inline]
    pub fn push(&mut self, name: &'static str, value: impl Into<Cow<'static, str>>) {
        match value.into() {
            // A text of the program itself, like the name.
            Cow::Borrowed(value) => {
                self.begin(name);
                self.bytes.extend_from_slice(value.as_bytes());
            }
            Cow::Owned(value) => self.push_parts(name, &[&value]),
        }
    }

    /// The same with the parts of a value, one after the other.
    pub fn push_parts(&mut self, name: &'static str, value: &[&str]) {
        self.push_line(name, value);
    }

    fn push_line(&mut self, name: &str, value: &[&str]) {
        self.begin(name);
        let start = self.bytes.len();
        value.iter().for_each(|part| self.bytes.extend_from_slice(part.as_bytes()));
        let value = &mut self.bytes[start..];
        // Without an early end, which would keep the bytes from being looked at many at once.
        if value.iter().fold(false, |found, &byte| found | is_control(byte)) {
            value.iter_mut().filter(|byte| is_control(**byte)).for_each(|byte| *byte = b' ');
        }
    }

    /// Appends a field line whose name is known only at run time; `false`, and nothing is appended: it is no token.
    pub fn push_named(&mut self, name: &str, value: &str) -> bool {
        if !super::is_token(name.as_bytes()) {
            return false;
        }
        self.push_line(name, &[value]);
        true
    }

    /// Appends a field line whose value is the number's sixteen hexadecimal digits in quotes, an opaque tag (RFC 9110
    /// 8.8.3).
    #[inline]
    pub fn push_opaque_tag(&mut self, name: &'static str, number: u64) {
        let mut value = [b'"'; 18];
        for (digits, byte) in value[1..17].chunks_exact_mut(2).zip(number.to_be_bytes()) {
            digits.copy_from_slice(&HEXADECIMAL[usize::from(byte)]);
        }
        self.begin(name);
        self.bytes.extend_from_slice(&value);
    }

    /// Appends the lines of another section, such as those that many answers have in common.
    #[inline]
    pub fn append(&mut self, others: &FieldLines) {
        self.make_room();
        self.bytes.extend_from_slice(&others.bytes);
    }

    #[inline]
    fn make_room(&mut self) {
        if self.bytes.capacity() == 0 {
            self.bytes.reserve_exact(ROOM);
        }
    }

    #[inline]
    fn begin(&mut self, name: &str) {
        self.make_room();
        self.bytes.push(b'\r');
        self.bytes.push(b'\n');
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(b':');
        self.bytes.push(b' ');
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = str::from_utf8(&self.bytes).unwrap_or_default().split("\r\n").skip(1);
        lines.filter_map(|line| line.split_once(": "))
    }

    /// The value of the first field line of that name, in the case it was given in.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.iter().find_map(|(own, value)| (own == name).then_some(value))
    }

    /// The lines as they are written behind another, each with its line end before it.
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for FieldLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The two hexadecimal digits of each byte.
const HEXADECIMAL: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        digits[byte] = [DIGITS[byte / 16], DIGITS[byte % 16]];
        byte += 1;
    }
    digits
};

fn is_control(byte: u8) -> bool {
    (byte < b' ' && byte != b'\t') || byte == 0x7F
}

/// A final response. `Date`, `Content-Length` and `Connection` are not among its fields: the writer sets them,
/// and leaves out the content for HEAD, 204 and 304 while `Content-Length` stays what GET's would be.
///
/// ```
/// use httpkit::message::{Content, Response};
///
/// let response = Response::new(http::StatusCode::OK)
///     .with("Content-Type", "text/plain")
///     .with_content(Content::from(b"hello".to_vec()));
/// assert_eq!(response.fields.first("Content-Type"), Some("text/plain"));
/// assert_eq!(response.content.to_vec(), b"hello");
/// ```
#[derive(Debug)]
pub struct Response {
    /// The status code.
    pub status: StatusCode,
    /// Field lines in the order in which they are written.
    pub fields: FieldLines,
    /// The content.
    pub content: Content,
}

impl Response {
    /// A response without fields and without content.
    #[inline]
    pub fn new(status: StatusCode) -> Response {
        Response { status, fields: FieldLines::default(), content: Content::default() }
    }

    /// The same with one more field line.
    #[must_use]
    #[inline]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Response {
        self.fields.push(name, value);
        self
    }

    /// The same with one more field line, whose value is given in parts.
    #[must_use]
    pub fn with_parts(mut self, name: &'static str, value: &[&str]) -> Response {
        self.fields.push_parts(name, value);
        self
    }

    /// The same with this content.
    #[must_use]
    #[inline]
    pub fn with_content(mut self, content: Content) -> Response {
        self.content = content;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::FieldLines;

    #[test]
    fn field_lines_are_found_again_and_none_can_break_out() {
        let mut fields = FieldLines::default();
        fields.push("ETag", "\"x\"");
        fields.push("C", "d");
        fields.push("Empty", String::new());
        fields.push_parts("X", &["a\r\nSet-Cookie: b", "\0\u{7f}\tc: ä"]);
        let all: Vec<_> = fields.iter().collect();
        let broken = ("X", "a  Set-Cookie: b  \tc: ä");
        assert_eq!(all, [("ETag", "\"x\""), ("C", "d"), ("Empty", ""), broken]);
        assert_eq!((fields.first("C"), fields.first("Set-Cookie")), (Some("d"), None));
        let expected = "\r\nETag: \"x\"\r\nC: d\r\nEmpty: \r\nX: a  Set-Cookie: b  \tc: ä";
        assert_eq!(fields.bytes(), expected.as_bytes());
        assert_eq!(format!("{fields:?}").matches("Empty").count(), 1);
        assert!(!fields.push_named("a b", "") && !fields.push_named("", "") && !fields.push_named("a\r\nB", ""));
        let mut named = FieldLines::default();
        assert!(named.push_named("X", "a\r\nb") && named.bytes() == b"\r\nX: a  b");
        let mut others = FieldLines::default();
        others.append(&fields);
        others.append(&FieldLines::default());
        assert_eq!(others, fields);
        others.push_opaque_tag("Y", 0x0123_4567_89ab_cdef);
        assert_eq!(others.bytes(), format!("{expected}\r\nY: \"0123456789abcdef\"").as_bytes());
    }
}

//! The response as the user agent reads it: its head out of octets, and how its body ends.
//!
//! What a recipient may take is wider than what a sender may write (RFC 9112 2.2): a lone LF ends a line, folded lines
//! become one. The octets are kept as they came, because they are shown as they came.

use std::fmt;

use super::Version;

/// The head of a response: status line and header section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyHead {
    /// The octets as received, the blank line included.
    pub octets: Vec<u8>,
    /// The protocol version; 2 for a head that came in HTTP/2 frames.
    pub version: ReplyVersion,
    /// The status code, three digits.
    pub status: u16,
    /// The reason phrase, empty if there was none.
    pub reason: String,
    /// Names as received, values without surrounding white space, in order.
    pub fields: Vec<(String, Vec<u8>)>,
}

/// The protocol version of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyVersion {
    /// No status line at all: the octets are content.
    Http09,
    /// A version of RFC 9112.
    Http1(Version),
    /// `HTTP/2`
    Http2,
}

impl ReplyHead {
    /// The head of a response that has none: HTTP/0.9.
    pub fn nothing() -> ReplyHead {
        let version = ReplyVersion::Http09;
        ReplyHead { octets: Vec::new(), version, status: 200, reason: String::new(), fields: Vec::new() }
    }

    /// The value of the first field of that name; names compare without case.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// The values of all fields of that name, in order.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.fields.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
    }

    /// The value of the first field of that name as text, octets that are not UTF-8 replaced.
    pub fn text(&self, name: &str) -> Option<String> {
        self.first(name).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// Whether the list in the fields of that name has this member, compared without case.
    pub fn lists(&self, name: &str, member: &str) -> bool {
        self.all(name)
            .flat_map(|value| value.split(|octet| *octet == b','))
            .any(|item| item.trim_ascii().eq_ignore_ascii_case(member.as_bytes()))
    }

    /// Whether another response follows this one: 1xx but for 101 (RFC 9110 15.2).
    pub fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }
}

/// Why octets are no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyError {
    /// They do not begin with `HTTP/`.
    NotHttp,
    /// The major version is not 1.
    Version(String),
    /// The status is not three digits.
    Status(String),
    /// A field line has no colon, or its name is not a token.
    Field(String),
    /// A field value holds a NUL, or a CR that ends no line.
    Control,
    /// `Content-Length` is no number, or several that differ (RFC 9112 6.3).
    ContentLength(String),
    /// A transfer coding other than `chunked`.
    TransferCoding(String),
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReplyError::NotHttp => f.write_str("the response does not begin with a status line (HTTP/0.9?)"),
            ReplyError::Version(version) => write!(f, "unsupported HTTP version '{version}' in the response"),
            ReplyError::Status(status) => write!(f, "status '{status}' in the response, expected three digits"),
            ReplyError::Field(line) => write!(f, "header line '{line}' in the response, expected 'name: value'"),
            ReplyError::Control => f.write_str("a NUL or a lone CR in the header section of the response"),
            ReplyError::ContentLength(value) => write!(f, "invalid Content-Length '{value}' in the response"),
            ReplyError::TransferCoding(value) => write!(f, "unknown transfer coding '{value}', expected chunked"),
        }
    }
}

impl std::error::Error for ReplyError {}

/// Where the message body of a response ends (RFC 9112 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyEnd {
    /// There is none.
    None,
    /// After that many octets.
    Length(u64),
    /// Where the chunks say.
    Chunked,
    /// Where the connection closes.
    Close,
}

/// The length of the head that `input` begins with, its blank line included, or `None` while that has not come.
/// Octets before `searched` were searched before, without success.
pub fn reply_head_end(input: &[u8], searched: usize) -> Option<usize> {
    let start = searched.saturating_sub(3);
    memchr::memchr_iter(b'\n', &input[start..]).map(|at| start + at).find_map(|at| match &input[at + 1..] {
        [b'\n', ..] => Some(at + 2),
        [b'\r', b'\n', ..] => Some(at + 3),
        _ => None,
    })
}

/// Reads a whole head, as [`reply_head_end`] found it.
///
/// ```
/// use httpkit::message::{BodyEnd, reply_body_end, reply_head, reply_head_end};
///
/// let received = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
/// let end = reply_head_end(received, 0).expect("the blank line is there");
/// let head = reply_head(&received[..end])?;
/// assert_eq!(head.first("content-length"), Some(&b"5"[..]));
/// assert_eq!(reply_body_end("GET", &head)?, BodyEnd::Length(5));
/// assert_eq!(reply_body_end("HEAD", &head)?, BodyEnd::None);
/// # Ok::<(), httpkit::message::ReplyError>(())
/// ```
///
/// # Errors
/// The first thing that RFC 9112 4 and 5 do not allow.
pub fn reply_head(octets: &[u8]) -> Result<ReplyHead, ReplyError> {
    let mut lines = octets.split(|octet| *octet == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let (version, status, reason) = status_line(lines.next().unwrap_or_default())?;
    let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        if line.iter().any(|octet| matches!(octet, b'\0' | b'\r')) {
            return Err(ReplyError::Control);
        }
        match (line[0], fields.last_mut()) {
            // obs-fold: the line belongs to the one before (RFC 9112 5.2).
            (b' ' | b'\t', Some((_, value))) => {
                value.push(b' ');
                value.extend_from_slice(line.trim_ascii());
            }
            _ => fields.push(field_line(line)?),
        }
    }
    Ok(ReplyHead { octets: octets.to_vec(), version, status, reason, fields })
}

fn status_line(line: &[u8]) -> Result<(ReplyVersion, u16, String), ReplyError> {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let rest = line.strip_prefix(b"HTTP/").ok_or(ReplyError::NotHttp)?;
    let (version, rest) = split(rest);
    let (status, reason) = split(rest);
    let version = match version {
        b"1.0" => Version::Http10,
        [b'1', b'.', minor] if minor.is_ascii_digit() => Version::Http11,
        other => return Err(ReplyError::Version(text(other))),
    };
    match status {
        [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] => {
            let code = status.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
            Ok((ReplyVersion::Http1(version), code, text(reason)))
        }
        other => Err(ReplyError::Status(text(other))),
    }
}

/// What stands before the first space, and what after it.
fn split(octets: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b' ', octets) {
        Some(at) => (&octets[..at], &octets[at + 1..]),
        None => (octets, &[]),
    }
}

fn field_line(line: &[u8]) -> Result<(String, Vec<u8>), ReplyError> {
    let colon = memchr::memchr(b':', line);
    // White space before the colon is taken off: a proxy must, and a user agent loses nothing (RFC 9112 5.1).
    let name = colon.map(|at| line[..at].trim_ascii_end()).filter(|name| !name.is_empty());
    match (colon, name.and_then(|name| std::str::from_utf8(name).ok())) {
        (Some(at), Some(name)) if name.bytes().all(|octet| octet.is_ascii_graphic()) => {
            Ok((name.to_owned(), line[at + 1..].trim_ascii().to_vec()))
        }
        _ => Err(ReplyError::Field(String::from_utf8_lossy(line).into_owned())),
    }
}

/// How the body of the response to a request of this method ends (RFC 9112 6.3).
///
/// # Errors
/// A `Content-Length` that is no number or contradicts another one, an unknown transfer coding.
pub fn reply_body_end(method: &str, head: &ReplyHead) -> Result<BodyEnd, ReplyError> {
    if method == "HEAD" || (100..200).contains(&head.status) || matches!(head.status, 204 | 304) {
        return Ok(BodyEnd::None);
    }
    let mut codings = head
        .all("transfer-encoding")
        .flat_map(|value| value.split(|octet| *octet == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"));
    if let Some(coding) = codings.next() {
        return match codings.next() {
            None if coding.eq_ignore_ascii_case(b"chunked") => Ok(BodyEnd::Chunked),
            another => Err(ReplyError::TransferCoding(
                String::from_utf8_lossy(another.filter(|_| coding == b"chunked").unwrap_or(coding)).into_owned(),
            )),
        };
    }
    let mut lengths =
        head.all("content-length").flat_map(|value| value.split(|octet| *octet == b',')).map(parse_length);
    let Some(first) = lengths.next() else { return Ok(BodyEnd::Close) };
    let first = first?;
    for other in lengths {
        if other? != first {
            return Err(ReplyError::ContentLength("several that differ".to_owned()));
        }
    }
    Ok(BodyEnd::Length(first))
}

fn parse_length(text: &[u8]) -> Result<u64, ReplyError> {
    let wrong = || ReplyError::ContentLength(String::from_utf8_lossy(text).into_owned());
    let digits = text.trim_ascii();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(wrong());
    }
    digits
        .iter()
        .try_fold(0u64, |length, digit| length.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_found_wherever_it_is_cut() {
        for (input, end) in
            [("A\r\nB\r\n\r\nbody", Some(8)), ("A\n\nbody", Some(3)), ("A\n\r\nx", Some(4)), ("A\r\nB\r\n\r", None)]
        {
            assert_eq!(reply_head_end(input.as_bytes(), 0), end, "{input:?}");
            let searched = input.len().min(end.unwrap_or(input.len()) - 1);
            assert_eq!(reply_head_end(input.as_bytes(), searched), end, "{input:?} from {searched}");
        }
    }

    #[test]
    fn a_head_keeps_order_case_and_octets() {
        let octets = b"HTTP/1.1 404 Not Found\r\nX-b: 1\r\nx-A:\t2 \r\nX-b:\r\nFold: a\r\n  b\r\n\r\n";
        let head = reply_head(octets).unwrap();
        assert_eq!((head.status, head.reason.as_str()), (404, "Not Found"));
        let fields: Vec<_> = head.fields.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let expected: [(&str, &[u8]); 4] = [("X-b", b"1"), ("x-A", b"2"), ("X-b", b""), ("Fold", b"a b")];
        assert_eq!(fields, expected);
        assert_eq!(head.octets, octets);
    }

    #[test]
    fn what_is_no_head_is_refused() {
        for (octets, expected) in [
            ("hello\n\n", ReplyError::NotHttp),
            ("HTTP/2.0 200 OK\r\n\r\n", ReplyError::Version("2.0".into())),
            ("HTTP/1.1 20 OK\r\n\r\n", ReplyError::Status("20".into())),
            ("HTTP/1.1 2000 OK\r\n\r\n", ReplyError::Status("2000".into())),
            ("HTTP/1.1\r\n\r\n", ReplyError::Status(String::new())),
            ("HTTP/1.1 200 OK\r\nnocolon\r\n\r\n", ReplyError::Field("nocolon".into())),
            ("HTTP/1.1 200 OK\r\n: x\r\n\r\n", ReplyError::Field(": x".into())),
            ("HTTP/1.1 200 OK\r\na b: x\r\n\r\n", ReplyError::Field("a b: x".into())),
            ("HTTP/1.1 200 OK\r\na: x\0\r\n\r\n", ReplyError::Control),
            ("HTTP/1.1 200 OK\r\na: x\rb: y\r\n\r\n", ReplyError::Control),
        ] {
            assert_eq!(reply_head(octets.as_bytes()), Err(expected), "{octets:?}");
        }
    }

    #[test]
    fn the_body_ends_where_rfc_9112_section_6_3_says() {
        use BodyEnd::{Chunked, Close, Length, None as Nothing};
        for (method, status, fields, expected) in [
            ("GET", 200, "", Some(Close)),
            ("GET", 200, "Content-Length: 5\r\n", Some(Length(5))),
            ("GET", 200, "Content-Length: 5\r\nContent-Length: 5\r\n", Some(Length(5))),
            ("GET", 200, "Content-Length: 5, 5\r\n", Some(Length(5))),
            ("GET", 200, "Content-Length: 5\r\nContent-Length: 6\r\n", None),
            ("GET", 200, "Content-Length: +5\r\n", None),
            ("GET", 200, "Content-Length: \r\n", None),
            ("GET", 200, "Content-Length: 99999999999999999999\r\n", None),
            ("GET", 200, "Transfer-Encoding: Chunked\r\nContent-Length: 3\r\n", Some(Chunked)),
            ("GET", 200, "Transfer-Encoding: identity\r\nContent-Length: 3\r\n", Some(Length(3))),
            ("GET", 200, "Transfer-Encoding: gzip, chunked\r\n", None),
            ("GET", 200, "Transfer-Encoding: chunked, chunked\r\n", None),
            ("HEAD", 200, "Content-Length: 5\r\n", Some(Nothing)),
            ("GET", 204, "Content-Length: 5\r\n", Some(Nothing)),
            ("GET", 304, "Transfer-Encoding: chunked\r\n", Some(Nothing)),
            ("GET", 103, "Content-Length: x\r\n", Some(Nothing)),
        ] {
            let head = reply_head(format!("HTTP/1.1 {status} X\r\n{fields}\r\n").as_bytes()).unwrap();
            assert_eq!(reply_body_end(method, &head).ok(), expected, "{method} {status} {fields:?}");
        }
    }
}

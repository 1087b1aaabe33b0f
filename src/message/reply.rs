//! The response as the user agent reads it: its head out of bytes, and how its body ends.
//!
//! What a recipient may take is wider than what a sender may write (RFC 9112 2.2): a lone LF ends a line, folded lines
//! become one. The bytes are kept as they came, because they are shown as they came.

use std::fmt;

use super::Version;

/// The head of a response: status line and header section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyHead {
    /// The bytes as received, the blank line included.
    pub bytes: Vec<u8>,
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
    /// No status line at all: the bytes are content.
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
        ReplyHead { bytes: Vec::new(), version, status: 200, reason: String::new(), fields: Vec::new() }
    }

    /// The value of the first field of that name; names compare without case.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// The values of all fields of that name, in order.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.fields.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
    }

    /// The value of the first field of that name as text, bytes that are not UTF-8 replaced.
    pub fn text(&self, name: &str) -> Option<String> {
        self.first(name).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// Whether the list in the fields of that name has this member, compared without case.
    pub fn lists(&self, name: &str, member: &str) -> bool {
        self.all(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .any(|item| item.trim_ascii().eq_ignore_ascii_case(member.as_bytes()))
    }

    /// Whether its `Location` fields lead to different places.
    pub fn leads_apart(&self) -> bool {
        let mut locations = self.all("location").filter(|value| !value.is_empty());
        locations.next().is_some_and(|first| locations.any(|other| other != first))
    }

    /// Whether another response follows this one: 1xx but for 101 (RFC 9110 15.2).
    pub fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }
}

/// Why bytes are no response.
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
    /// A transfer coding that was not asked for, or one behind `chunked`.
    TransferCoding(String),
    /// Several `Location` fields that differ: following one of them would be a guess.
    Location,
    /// A line that is longer than is taken.
    LongLine,
    /// More field lines than are taken.
    ManyLines,
}

/// The most bytes of one line of a head: curl's.
const LINE_LIMIT: usize = 100 * 1024;
/// The most field lines of one head: curl's.
const LINES_LIMIT: usize = 5000;

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReplyError::NotHttp => f.write_str("the response does not begin with a status line (HTTP/0.9?)"),
            ReplyError::Version(version) => write!(f, "unsupported HTTP version '{version}' in the response"),
            ReplyError::Status(status) => write!(f, "status '{status}' in the response, expected three digits"),
            ReplyError::Field(line) => write!(f, "header line '{line}' in the response, expected 'name: value'"),
            ReplyError::Control => f.write_str("a NUL or a lone CR in the header section of the response"),
            ReplyError::ContentLength(value) => write!(f, "invalid Content-Length '{value}' in the response"),
            ReplyError::TransferCoding(value) => {
                write!(f, "transfer coding '{value}' in the response, expected chunked alone and last")
            }
            ReplyError::Location => f.write_str("several Location fields that differ in the response"),
            ReplyError::LongLine => write!(f, "a header line of more than {LINE_LIMIT} bytes in the response"),
            ReplyError::ManyLines => write!(f, "more than {LINES_LIMIT} header lines in the response"),
        }
    }
}

impl std::error::Error for ReplyError {}

/// Where the message body of a response ends (RFC 9112 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyEnd {
    /// There is none.
    None,
    /// After that many bytes.
    Length(u64),
    /// Where the chunks say.
    Chunked,
    /// Where the connection closes.
    Close,
    /// There as well: the length that was named is larger than any content can be.
    Endless,
}

/// The length of the head that `input` begins with, its blank line included, or `None` while that has not come.
/// Bytes before `searched` were searched before, without success.
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
/// use httpkit::message::{BodyEnd, TransferCodings, reply_body_end, reply_head, reply_head_end};
///
/// let received = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
/// let end = reply_head_end(received, 0).expect("the blank line is there");
/// let head = reply_head(&received[..end])?;
/// assert_eq!(head.first("content-length"), Some(&b"5"[..]));
/// assert_eq!(reply_body_end("GET", &head, TransferCodings::None)?, BodyEnd::Length(5));
/// assert_eq!(reply_body_end("HEAD", &head, TransferCodings::None)?, BodyEnd::None);
/// # Ok::<(), httpkit::message::ReplyError>(())
/// ```
///
/// # Errors
/// The first thing that RFC 9112 4 and 5 do not allow.
pub fn reply_head(bytes: &[u8]) -> Result<ReplyHead, ReplyError> {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let (version, status, reason) = status_line(lines.next().unwrap_or_default())?;
    let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        sound(line)?;
        let is_one_more = fields.len() < LINES_LIMIT;
        match (line[0], fields.last_mut()) {
            // obs-fold: the line belongs to the one before (RFC 9112 5.2).
            (b' ' | b'\t', Some((_, value))) => {
                value.push(b' ');
                value.extend_from_slice(line.trim_ascii());
            }
            // Behind the status line it belongs to none, and is not looked at any further (RFC 9112 2.2).
            (b' ' | b'\t', None) => {}
            _ if is_one_more => fields.push(field_line(line)?),
            _ => return Err(ReplyError::ManyLines),
        }
    }
    let head = ReplyHead { bytes: bytes.to_vec(), version, status, reason, fields };
    if head.leads_apart() { Err(ReplyError::Location) } else { Ok(head) }
}

/// Checks the field lines of a trailer section.
///
/// # Errors
/// The first thing that RFC 9112 5 does not allow.
pub fn reply_trailer(bytes: &[u8]) -> Result<(), ReplyError> {
    for line in bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)) {
        sound(line)?;
        if !matches!(line.first(), None | Some(b' ' | b'\t')) {
            field_line(line)?;
        }
    }
    Ok(())
}

/// How many bytes of whole lines a head begins with that are a head as far as they go; `is_sound` is asked about
/// beginnings.
pub fn sound_lines(bytes: &[u8], is_sound: impl Fn(&[u8]) -> bool) -> usize {
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1).collect();
    let count = ends.partition_point(|end| is_sound(&bytes[..*end]));
    count.checked_sub(1).map_or(0, |last| ends[last])
}

/// Whether a line may be in a head.
fn sound(line: &[u8]) -> Result<(), ReplyError> {
    if line.len() > LINE_LIMIT {
        return Err(ReplyError::LongLine);
    }
    match line.iter().any(|byte| matches!(byte, b'\0' | b'\r')) {
        true => Err(ReplyError::Control),
        false => Ok(()),
    }
}

fn status_line(line: &[u8]) -> Result<(ReplyVersion, u16, String), ReplyError> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let rest = line.strip_prefix(b"HTTP/").ok_or(ReplyError::NotHttp)?;
    let (version, rest) = split(rest);
    let (status, reason) = split(rest);
    let version = match version {
        b"1.0" => Version::Http10,
        b"1.1" => Version::Http11,
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
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b' ', bytes) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[]),
    }
}

fn field_line(line: &[u8]) -> Result<(String, Vec<u8>), ReplyError> {
    let colon = memchr::memchr(b':', line);
    // White space before the colon is taken off: a proxy must, and a user agent loses nothing (RFC 9112 5.1).
    let name = colon.map(|at| line[..at].trim_ascii_end()).filter(|name| !name.is_empty());
    match (colon, name.and_then(|name| std::str::from_utf8(name).ok())) {
        (Some(at), Some(name)) if name.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok((name.to_owned(), line[at + 1..].trim_ascii().to_vec()))
        }
        _ => Err(ReplyError::Field(String::from_utf8_lossy(line).into_owned())),
    }
}

/// Where the body of the response to a request of this method ends (RFC 9112 6.3).
///
/// # Errors
/// A `Content-Length` that is no number or contradicts another one; a transfer coding that `takes` does not know.
pub fn reply_body_end(method: &str, head: &ReplyHead, takes: TransferCodings) -> Result<BodyEnd, ReplyError> {
    if method == "HEAD" || (100..200).contains(&head.status) || matches!(head.status, 204 | 304) {
        return Ok(BodyEnd::None);
    }
    let found = transfer_codings(head, takes)?;
    match found.last() {
        Some(last) if last == "chunked" => return Ok(BodyEnd::Chunked),
        // A length does not count beside a coding (RFC 9112 6.3), unless nobody looks at codings.
        Some(_) if takes == TransferCodings::Asked => return Ok(BodyEnd::Close),
        _ => {}
    }
    let mut lengths = head.all("content-length").flat_map(|value| value.split(|byte| *byte == b',')).map(parse_length);
    let Some(first) = lengths.next() else { return Ok(BodyEnd::Close) };
    let first = first?;
    for other in lengths {
        if other? != first {
            return Err(ReplyError::ContentLength("several that differ".to_owned()));
        }
    }
    Ok(first.map_or(BodyEnd::Endless, BodyEnd::Length))
}

/// What is taken besides `chunked`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransferCodings {
    /// Nothing: it was not asked for.
    #[default]
    None,
    /// All codings: they were asked for, and are taken off.
    Asked,
    /// All codings: nobody looks inside.
    Raw,
}

/// The transfer codings of a response in the order in which they were applied, in lower case. What calls itself no coding is
/// none, and a second `chunked` counts as the first.
///
/// # Errors
/// One that is not taken, or one behind `chunked`.
pub fn transfer_codings(head: &ReplyHead, takes: TransferCodings) -> Result<Vec<String>, ReplyError> {
    use TransferCodings::{Asked, Raw};
    let mut found: Vec<String> = Vec::new();
    for value in head.all("transfer-encoding") {
        let mut is_chunked = false;
        for name in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|name| !name.is_empty()) {
            let name = String::from_utf8_lossy(name).to_ascii_lowercase();
            let is_behind = found.last().is_some_and(|last| last == "chunked");
            let is_skipped = (name == "chunked" && is_behind) || (name == "identity" && !is_chunked);
            let is_taken = name == "chunked" || takes == Raw || (takes == Asked && !is_behind);
            is_chunked |= name == "chunked";
            match is_taken {
                _ if is_skipped => {}
                true => found.push(name),
                false => return Err(ReplyError::TransferCoding(name)),
            }
        }
    }
    Ok(found)
}

/// A length; `None` if it is larger than any content can be.
fn parse_length(text: &[u8]) -> Result<Option<u64>, ReplyError> {
    let digits = text.trim_ascii();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(ReplyError::ContentLength(String::from_utf8_lossy(text).into_owned()));
    }
    Ok(digits.iter().try_fold(0u64, |length, digit| length.checked_mul(10)?.checked_add(u64::from(digit - b'0'))))
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
    fn a_head_keeps_order_case_and_bytes() {
        let bytes = b"HTTP/1.1 404 Not Found\r\nX-b: 1\r\nx-A:\t2 \r\nX-b:\r\nFold: a\r\n  b\r\n\r\n";
        let head = reply_head(bytes).unwrap();
        assert_eq!((head.status, head.reason.as_str()), (404, "Not Found"));
        let fields: Vec<_> = head.fields.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let expected: [(&str, &[u8]); 4] = [("X-b", b"1"), ("x-A", b"2"), ("X-b", b""), ("Fold", b"a b")];
        assert_eq!(fields, expected);
        assert_eq!(head.bytes, bytes);
    }

    #[test]
    fn what_is_no_head_is_refused() {
        for (bytes, expected) in [
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
            ("HTTP/1.2 200 OK\r\n\r\n", ReplyError::Version("1.2".into())),
            ("HTTP/1.1 302 OK\r\nLocation: /a\r\nLocation: /b\r\n\r\n", ReplyError::Location),
        ] {
            assert_eq!(reply_head(bytes.as_bytes()), Err(expected), "{bytes:?}");
        }
    }

    #[test]
    fn lines_are_sound_up_to_the_first_that_is_not() {
        let is_head = |lines: &[u8]| reply_head(lines).is_ok();
        for (bytes, expected) in [
            ("HTTP/1.1 200 OK\r\nA: b\r\nwhat\r\nC: d\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n"),
            ("HTTP/1.1 200 OK\nA: b\nC:", "HTTP/1.1 200 OK\nA: b\n"),
            ("HTTP/9 200 OK\r\nA: b\r\n", ""),
            ("HTTP/1.1 200", ""),
            ("", ""),
        ] {
            assert_eq!(sound_lines(bytes.as_bytes(), is_head), expected.len(), "{bytes:?}");
        }
    }

    #[test]
    fn codings_are_taken_as_they_were_asked_for() {
        use TransferCodings::{Asked, None as Nothing, Raw};
        for (value, nothing, asked, raw) in [
            ("gzip, chunked", None, Some("gzip chunked"), Some("gzip chunked")),
            ("chunked, gzip", None, None, Some("chunked gzip")),
            ("chunked, identity", None, None, Some("chunked identity")),
            ("Chunked,, CHUNKED", Some("chunked"), Some("chunked"), Some("chunked")),
            ("", Some(""), Some(""), Some("")),
        ] {
            let head = reply_head(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: {value}\r\n\r\n").as_bytes()).unwrap();
            for (takes, expected) in [(Nothing, nothing), (Asked, asked), (Raw, raw)] {
                let found = transfer_codings(&head, takes).ok().map(|found| found.join(" "));
                assert_eq!(found.as_deref(), expected, "{value:?} {takes:?}");
            }
        }
    }

    #[test]
    fn the_body_ends_where_rfc_9112_section_6_3_says() {
        use BodyEnd::{Chunked, Close, Endless, Length, None as Nothing};
        for (method, status, fields, expected) in [
            ("GET", 200, "", Some(Close)),
            ("GET", 200, "Content-Length: 5\r\n", Some(Length(5))),
            ("GET", 200, "Content-Length: 5\r\nContent-Length: 5\r\n", Some(Length(5))),
            ("GET", 200, "Content-Length: 5, 5\r\n", Some(Length(5))),
            ("GET", 200, "Content-Length: 5\r\nContent-Length: 6\r\n", None),
            ("GET", 200, "Content-Length: +5\r\n", None),
            ("GET", 200, "Content-Length: \r\n", None),
            ("GET", 200, "Content-Length: 99999999999999999999\r\n", Some(Endless)),
            ("GET", 200, "Content-Length: 99999999999999999999\r\nContent-Length: 1\r\n", None),
            ("GET", 200, "Transfer-Encoding: Chunked\r\nContent-Length: 3\r\n", Some(Chunked)),
            ("GET", 200, "Transfer-Encoding: identity\r\nContent-Length: 3\r\n", Some(Length(3))),
            ("GET", 200, "Transfer-Encoding: gzip, chunked\r\n", None),
            ("GET", 200, "Transfer-Encoding: chunked, chunked\r\n", Some(Chunked)),
            ("GET", 200, "Transfer-Encoding: identity, chunked\r\n", Some(Chunked)),
            ("GET", 200, "Transfer-Encoding: chunked, identity\r\n", None),
            ("GET", 200, "Transfer-Encoding: chunked, gzip\r\n", None),
            ("HEAD", 200, "Content-Length: 5\r\n", Some(Nothing)),
            ("GET", 204, "Content-Length: 5\r\n", Some(Nothing)),
            ("GET", 304, "Transfer-Encoding: chunked\r\n", Some(Nothing)),
            ("GET", 103, "Content-Length: x\r\n", Some(Nothing)),
        ] {
            let head = reply_head(format!("HTTP/1.1 {status} X\r\n{fields}\r\n").as_bytes()).unwrap();
            assert_eq!(
                reply_body_end(method, &head, TransferCodings::None).ok(),
                expected,
                "{method} {status} {fields:?}"
            );
        }
    }
}

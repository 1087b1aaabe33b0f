//! The head of a request: found incrementally, then parsed once (RFC 9112 2 to 5).

use std::str;

use super::framing::{Framing, control};
use super::{Field, FieldFault, Fields, ParseError, Request, Target, Version, is_tchar, is_token, target, trim};

/// Empty lines that are skipped before a request line; RFC 9112 2.2 asks for at least one.
const EMPTY_LINES: usize = 4;

/// So many field lines are parsed without asking for memory first.
const ORDINARY_FIELDS: usize = 16;

/// How much of a head is taken.
#[derive(Debug, Clone, Copy)]
pub struct HeadLimits {
    /// The most bytes from the request line to the blank line.
    pub head: usize,
    /// The most bytes of the request target.
    pub target: usize,
    /// The most field lines.
    pub fields: usize,
}

/// Where a complete head stands in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadSpan {
    /// Its first byte, after skipped empty lines.
    pub start: usize,
    /// One past its blank line.
    pub end: usize,
    /// The number of field lines.
    pub lines: usize,
}

/// A search for the end of a head that remembers how far it came, so that a head which arrives byte by byte costs no
/// more than one which arrives whole. The limits hold while reading, and what can be refused early is.
///
/// ```
/// use httpkit::message::{HeadLimits, HeadScan, Target, parse_head};
///
/// let limits = HeadLimits { head: 8192, target: 1024, fields: 100 };
/// let received = b"GET /people?age=3 HTTP/1.1\r\nHost: example.com\r\n\r\n";
/// let mut scan = HeadScan::default();
/// assert_eq!(scan.advance(&received[..20], &limits)?, None, "more must come");
/// let span = scan.advance(received, &limits)?.expect("the blank line is there");
/// let head = parse_head(&received[span.start..span.end], span.lines)?;
/// assert_eq!(head.target, Target::Path { path: "/people", query: Some("age=3") });
/// assert_eq!(head.authority, Some("example.com"));
/// # Ok::<(), httpkit::message::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeadScan {
    start: usize,
    line: usize,
    seen: usize,
    lines: usize,
    empty_lines: usize,
}

impl HeadScan {
    /// Whether nothing of a request has been seen, empty lines aside.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.seen == self.start
    }

    /// Looks at what was not seen before. `input` begins where it began at the first call and has only grown;
    /// `Ok(None)` says that the head is not complete.
    ///
    /// # Errors
    /// A line end that is not CRLF, a first byte that no request begins with, or a limit.
    #[inline]
    pub fn advance(&mut self, input: &[u8], limits: &HeadLimits) -> Result<Option<HeadSpan>, ParseError> {
        while let Some(found) = memchr::memchr(b'\n', &input[self.seen..]) {
            let end = self.seen + found;
            if end == self.line || input[end - 1] != b'\r' {
                return Err(ParseError::LineEnd);
            }
            let (line, is_empty) = (&input[self.line..end - 1], end - 1 == self.line);
            self.seen = end + 1;
            self.line = end + 1;
            if !is_empty {
                self.line_complete(line, end + 1, limits)?;
            } else if self.lines > 0 {
                within_head(end + 1 - self.start, limits)?;
                return Ok(Some(HeadSpan { start: self.start, end: end + 1, lines: self.lines - 1 }));
            } else {
                self.empty_line()?;
            }
        }
        self.seen = input.len();
        self.line_incomplete(&input[self.line..], limits)?;
        Ok(None)
    }

    #[inline]
    fn line_complete(&mut self, line: &[u8], end: usize, limits: &HeadLimits) -> Result<(), ParseError> {
        if line[0] == b'\r' {
            return Err(ParseError::LineEnd);
        }
        if self.lines == 0 {
            begins_like_a_request(line)?;
            within_target(line, limits)?;
        }
        self.lines += 1;
        if self.lines - 1 > limits.fields {
            return Err(ParseError::TooManyFields);
        }
        within_head(end - self.start, limits)
    }

    fn empty_line(&mut self) -> Result<(), ParseError> {
        self.empty_lines += 1;
        self.start = self.line;
        if self.empty_lines > EMPTY_LINES { Err(ParseError::EmptyLines) } else { Ok(()) }
    }

    /// Another protocol, or a peer that never ends its line, is not waited for.
    #[inline]
    fn line_incomplete(&self, line: &[u8], limits: &HeadLimits) -> Result<(), ParseError> {
        match line {
            [b'\r', byte, ..] if *byte != b'\n' => return Err(ParseError::LineEnd),
            [b'\r'] | [] => return within_head(self.seen - self.start, limits),
            _ => {}
        }
        if self.lines == 0 {
            begins_like_a_request(line)?;
            within_target(line, limits)?;
        }
        within_head(self.seen - self.start, limits)
    }
}

/// A method begins with a `tchar`; the first byte of other protocols mostly is none.
#[inline]
fn begins_like_a_request(line: &[u8]) -> Result<(), ParseError> {
    if line.first().copied().is_none_or(is_tchar) { Ok(()) } else { Err(ParseError::Method) }
}

/// The target of a request line, as far as it has come, is not longer than is taken.
#[inline]
fn within_target(line: &[u8], limits: &HeadLimits) -> Result<(), ParseError> {
    if line.len() <= limits.target {
        return Ok(());
    }
    // A method as long as that is none, whether its end is in sight or not.
    let method = &line[..=limits.target];
    let Some(space) = memchr::memchr(b' ', method) else { return Err(ParseError::Method) };
    let rest = &line[space + 1..];
    let target = memchr::memchr(b' ', rest).unwrap_or(rest.len());
    if target > limits.target { Err(ParseError::TargetTooLong) } else { Ok(()) }
}

#[inline]
fn within_head(length: usize, limits: &HeadLimits) -> Result<(), ParseError> {
    if length > limits.head { Err(ParseError::HeadTooLarge) } else { Ok(()) }
}

/// A request's head, checked; what exists is valid. Borrowed from the bytes.
#[derive(Debug, Clone)]
pub struct Head<'a> {
    /// The method, a token.
    pub method: &'a str,
    /// What the request is for.
    pub target: Target<'a>,
    /// That of the target if it has one, else the value of `Host`.
    pub authority: Option<&'a str>,
    /// The protocol version.
    pub version: Version,
    /// The field lines in order.
    pub fields: Vec<Field<'a>>,
    /// Where the content ends.
    pub framing: Framing,
    /// Whether the connection may be used again after the answer (RFC 9112 9.3).
    pub is_persistent: bool,
    /// Whether the client waits for `100 (Continue)`; only if there is content to come (RFC 9110 10.1.1).
    pub expects_continue: bool,
}

impl Head<'_> {
    /// The request with its content.
    pub fn request<'s>(&'s self, content: &'s [u8]) -> Request<'s> {
        Request {
            method: self.method,
            target: self.target,
            authority: self.authority,
            version: self.version,
            fields: Fields(&self.fields),
            content,
        }
    }
}

/// Parses a complete head, from its request line to its blank line; `lines` is the number of field lines.
///
/// # Errors
/// What is wrong with it.
pub fn parse_head<'a>(bytes: &'a [u8], lines: usize) -> Result<Head<'a>, ParseError> {
    let end = memchr::memchr(b'\r', bytes).ok_or(ParseError::LineEnd)?;
    if bytes.get(end + 1) != Some(&b'\n') {
        return Err(ParseError::LineEnd);
    }
    let (method, target, version) = request_line(&bytes[..end])?;
    let fields = field_lines(&bytes[end + 2..], lines)?;
    let control = control(&fields, version)?;
    let has_content = !matches!(control.framing, Framing::None | Framing::Length(0));
    Ok(Head {
        method,
        target: target.target,
        authority: target.authority.or(control.host),
        version,
        fields,
        framing: control.framing,
        is_persistent: !control.close && (version == Version::Http11 || control.keep_alive),
        expects_continue: control.expects_continue && has_content,
    })
}

/// `method SP request-target SP HTTP-version`, exactly one SP between (RFC 9112 3).
#[inline]
fn request_line(line: &[u8]) -> Result<(&str, target::ParsedTarget<'_>, Version), ParseError> {
    // Methods are short.
    let first = line.iter().position(|&byte| byte == b' ').ok_or(ParseError::RequestLine)?;
    let (method, rest) = (&line[..first], &line[first + 1..]);
    let last = memchr::memchr(b' ', rest).ok_or(ParseError::RequestLine)?;
    let (target, version) = (&rest[..last], &rest[last + 1..]);
    if target.is_empty() || memchr::memchr(b' ', version).is_some() {
        return Err(ParseError::RequestLine);
    }
    let method = self::method(method)?;
    // The version first: in another major version the rest may mean something else.
    let version = match version {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor] if minor.is_ascii_digit() => {
            if *minor == b'0' {
                Version::Http10
            } else {
                Version::Http11
            }
        }
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit() => {
            return Err(ParseError::MajorVersion);
        }
        _ => return Err(ParseError::Version),
    };
    Ok((method, target::parse(target, method)?, version))
}

/// A token; the usual ones are known to be.
#[inline]
fn method(bytes: &[u8]) -> Result<&str, ParseError> {
    match bytes {
        b"GET" => Ok("GET"),
        b"HEAD" => Ok("HEAD"),
        b"POST" => Ok("POST"),
        b"PUT" => Ok("PUT"),
        b"PATCH" => Ok("PATCH"),
        b"DELETE" => Ok("DELETE"),
        b"OPTIONS" => Ok("OPTIONS"),
        other if is_token(other) => str::from_utf8(other).map_err(|_| ParseError::Method),
        _ => Err(ParseError::Method),
    }
}

/// Parses `lines` field lines and the blank line after them. httparse does the bytes; it would take a lone LF as a
/// line end, so every line end is known to be CRLF before (by [`HeadScan`] or the trailer section's reader).
#[inline]
pub(super) fn field_lines(section: &[u8], lines: usize) -> Result<Vec<Field<'_>>, ParseError> {
    let mut ordinary = [httparse::EMPTY_HEADER; ORDINARY_FIELDS];
    let mut many = Vec::new();
    let headers = if lines <= ORDINARY_FIELDS {
        &mut ordinary[..]
    } else {
        many.resize(lines, httparse::EMPTY_HEADER);
        &mut many[..]
    };
    match httparse::parse_headers(section, headers) {
        Ok(httparse::Status::Complete((used, headers))) if used == section.len() => {
            Ok(headers.iter().map(|header| Field { name: header.name, value: trim(header.value) }).collect())
        }
        _ => Err(diagnose(section)),
    }
}

/// The first field line that is wrong, and how. Slow, since it is only asked when one is.
fn diagnose(section: &[u8]) -> ParseError {
    for (index, line) in section.split(|&byte| byte == b'\n').enumerate() {
        let fault = match line.strip_suffix(b"\r") {
            None => return ParseError::LineEnd,
            Some([]) => break,
            Some(line) => fault(line),
        };
        if let Some(fault) = fault {
            return ParseError::FieldLine { line: index + 1, fault };
        }
    }
    ParseError::LineEnd
}

fn fault(line: &[u8]) -> Option<FieldFault> {
    if matches!(line[0], b' ' | b'\t') {
        return Some(FieldFault::Folded);
    }
    let Some(colon) = memchr::memchr(b':', line) else { return Some(FieldFault::Colon) };
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    if matches!(name.last(), Some(b' ' | b'\t')) {
        Some(FieldFault::SpaceBeforeColon)
    } else if !is_token(name) {
        Some(FieldFault::Name)
    } else if value.iter().any(|&byte| (byte < b' ' && byte != b'\t') || byte == 0x7F) {
        Some(FieldFault::Value)
    } else {
        None
    }
}

#[cfg(test)]
#[path = "head_tests.rs"]
mod tests;

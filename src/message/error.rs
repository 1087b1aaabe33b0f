//! Why a request is refused before anybody has looked at what it asks for.

use std::fmt;

use http::StatusCode;

use super::Problem;

/// What is wrong with a request's bytes. After any of these the connection is closed: where the next request begins
/// is no longer certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseError {
    /// A line does not end with CRLF, or a CR or LF stands alone (RFC 9112 2.2).
    LineEnd,
    /// More empty lines before the request line than are skipped (RFC 9112 2.2).
    EmptyLines,
    /// The request line is not `method SP target SP version` (RFC 9112 3).
    RequestLine,
    /// The method is not a token (RFC 9110 9.1).
    Method,
    /// The request target has none of the four forms, or the wrong one for the method (RFC 9112 3.2).
    Target(&'static str),
    /// The target URI has a scheme that is not served here, `https` above all (RFC 9110 7.4).
    Scheme,
    /// The third part is not `HTTP/` DIGIT `.` DIGIT (RFC 9112 2.3).
    Version,
    /// A major version other than 1 (RFC 9110 15.6.6).
    MajorVersion,
    /// A field line is not `name: value` (RFC 9112 5).
    FieldLine {
        /// Which one, counted from 1.
        line: usize,
        /// What is wrong with it.
        fault: FieldFault,
    },
    /// An HTTP/1.1 request without `Host` (RFC 9112 3.2).
    HostMissing,
    /// More than one `Host` line, even if equal.
    HostRepeated,
    /// `Host` is not `uri-host [":" port]`.
    HostInvalid,
    /// `Content-Length` is not digits only (RFC 9112 6.2).
    ContentLength,
    /// More than one `Content-Length` line.
    ContentLengthRepeated,
    /// Both `Content-Length` and `Transfer-Encoding` (RFC 9112 6.3).
    BothLengths,
    /// `Transfer-Encoding` whose last coding is not `chunked`, or chunked twice, or in HTTP/1.0 (RFC 9112 6.1).
    TransferEncoding,
    /// A transfer coding other than `chunked` (RFC 9112 7).
    TransferCoding,
    /// An expectation other than `100-continue` (RFC 9110 10.1.1).
    Expectation,
    /// The request target is longer than is taken (RFC 9112 3).
    TargetTooLong,
    /// The header section is longer than is taken (RFC 6585 5).
    HeadTooLarge,
    /// More field lines than are taken (RFC 6585 5).
    TooManyFields,
    /// The content is longer than is taken (RFC 9110 15.5.14).
    ContentTooLarge,
    /// A chunk is not exactly as RFC 9112 7.1 has it.
    Chunk(ChunkError),
    /// Chunk extensions or trailer fields are longer than is taken.
    ChunkTooLarge,
}

/// What is wrong with a field line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldFault {
    /// It begins with white space: a folded line, or space before the first field (RFC 9112 2.2 and 5.2).
    Folded,
    /// There is no colon.
    Colon,
    /// White space between name and colon (RFC 9112 5.1).
    SpaceBeforeColon,
    /// The name is not a token.
    Name,
    /// The value holds a control byte other than HTAB (RFC 9110 5.5).
    Value,
}

impl ParseError {
    /// The status with which the request is answered.
    pub fn status(&self) -> StatusCode {
        match self {
            ParseError::Scheme => StatusCode::MISDIRECTED_REQUEST,
            ParseError::MajorVersion => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            ParseError::TransferCoding => StatusCode::NOT_IMPLEMENTED,
            ParseError::Expectation => StatusCode::EXPECTATION_FAILED,
            ParseError::TargetTooLong => StatusCode::URI_TOO_LONG,
            ParseError::HeadTooLarge | ParseError::TooManyFields | ParseError::ChunkTooLarge => {
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
            }
            ParseError::ContentTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ParseError::LineEnd
            | ParseError::EmptyLines
            | ParseError::RequestLine
            | ParseError::Method
            | ParseError::Target(_)
            | ParseError::Version
            | ParseError::FieldLine { .. }
            | ParseError::HostMissing
            | ParseError::HostRepeated
            | ParseError::HostInvalid
            | ParseError::ContentLength
            | ParseError::ContentLengthRepeated
            | ParseError::BothLengths
            | ParseError::TransferEncoding
            | ParseError::Chunk(_) => StatusCode::BAD_REQUEST,
        }
    }

    /// The stable word for it in a problem document.
    pub fn code(&self) -> &'static str {
        match self {
            ParseError::LineEnd | ParseError::EmptyLines => "bad-line-end",
            ParseError::RequestLine | ParseError::Method => "bad-request-line",
            ParseError::Target(_) => "bad-target",
            ParseError::Scheme => "wrong-scheme",
            ParseError::Version => "bad-version",
            ParseError::MajorVersion => "version-not-supported",
            ParseError::FieldLine { .. } => "bad-field-line",
            ParseError::HostMissing | ParseError::HostRepeated | ParseError::HostInvalid => "bad-host",
            ParseError::ContentLength | ParseError::ContentLengthRepeated => "bad-content-length",
            ParseError::BothLengths => "ambiguous-length",
            ParseError::TransferEncoding => "bad-transfer-encoding",
            ParseError::TransferCoding => "unknown-transfer-coding",
            ParseError::Expectation => "unknown-expectation",
            ParseError::TargetTooLong => "target-too-long",
            ParseError::HeadTooLarge => "head-too-large",
            ParseError::TooManyFields => "too-many-fields",
            ParseError::ContentTooLarge => "content-too-large",
            ParseError::Chunk(_) => "bad-chunk",
            ParseError::ChunkTooLarge => "chunk-too-large",
        }
    }

    /// The problem document that answers the request.
    pub fn problem(&self) -> Problem {
        Problem::new(self.status(), self.code(), self.to_string())
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            ParseError::LineEnd => "a line does not end with CRLF, or a CR or LF stands alone",
            ParseError::EmptyLines => "too many empty lines before the request line",
            ParseError::RequestLine => "the request line is not 'method target version', with one space between each",
            ParseError::Method => "the method is not a token",
            ParseError::Target(what) => return write!(f, "the request target is not valid: {what}"),
            ParseError::Scheme => "this connection is plain 'http', the target URI has another scheme",
            ParseError::Version => "the version is not 'HTTP/' digit '.' digit",
            ParseError::MajorVersion => "only HTTP/1.1 and HTTP/1.0 are spoken here",
            ParseError::FieldLine { line, fault } => return write!(f, "field line {line}: {fault}"),
            ParseError::HostMissing => "an HTTP/1.1 request needs a 'Host' field",
            ParseError::HostRepeated => "expected one 'Host' field, found several",
            ParseError::HostInvalid => "'Host' is not a host with an optional port",
            ParseError::ContentLength => "'Content-Length' is not a number made of digits only",
            ParseError::ContentLengthRepeated => "expected one 'Content-Length' field, found several",
            ParseError::BothLengths => "'Content-Length' and 'Transfer-Encoding' exclude each other",
            ParseError::TransferEncoding => {
                "the last transfer coding of a request must be 'chunked', once, in HTTP/1.1"
            }
            ParseError::TransferCoding => "'chunked' is the only transfer coding known here",
            ParseError::Expectation => "'100-continue' is the only expectation known here",
            ParseError::TargetTooLong => "the request target is longer than this server allows",
            ParseError::HeadTooLarge => "the header section is longer than this server allows",
            ParseError::TooManyFields => "there are more field lines than this server allows",
            ParseError::ContentTooLarge => "the content is longer than this server allows",
            ParseError::Chunk(what) => return write!(f, "the chunked content is not valid: {what}"),
            ParseError::ChunkTooLarge => "the chunk extensions or trailer fields are longer than this server allows",
        };
        f.write_str(text)
    }
}

impl fmt::Display for FieldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FieldFault::Folded => "begins with white space, folded lines are not allowed",
            FieldFault::Colon => "expected 'name: value', found no colon",
            FieldFault::SpaceBeforeColon => "white space between field name and colon",
            FieldFault::Name => "the field name is not a token",
            FieldFault::Value => "the field value holds a control character",
        })
    }
}

impl std::error::Error for ParseError {}

/// Why bytes are no chunked content, or more of it than is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkError {
    /// The size is not hexadecimal digits.
    Size,
    /// The size has more digits than a `u64`.
    SizeDigits,
    /// The line of a size does not end with CRLF.
    SizeEnd,
    /// An extension is none by its grammar.
    Extension,
    /// The data is not followed by CRLF.
    DataEnd,
    /// A line of the trailer section does not end with CRLF.
    TrailerEnd,
    /// The content is longer than is taken.
    Content,
    /// Chunk extensions or trailer fields are longer, or more, than is taken.
    Overhead,
}

impl fmt::Display for ChunkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ChunkError::Size => "the chunk size must be hexadecimal digits only",
            ChunkError::SizeDigits => "the chunk size has more than 16 digits",
            ChunkError::SizeEnd => "the chunk size line must end with CRLF",
            ChunkError::Extension => "a chunk extension that is not ';name' or ';name=value'",
            ChunkError::DataEnd => "chunk data must end with CRLF after its size",
            ChunkError::TrailerEnd => "a line of the trailer section must end with CRLF",
            ChunkError::Content => "the chunks hold more content than is taken",
            ChunkError::Overhead => "the chunk extensions or trailer fields are longer than is taken",
        })
    }
}

impl std::error::Error for ChunkError {}

impl From<ChunkError> for ParseError {
    fn from(error: ChunkError) -> ParseError {
        match error {
            ChunkError::TrailerEnd => ParseError::LineEnd,
            ChunkError::Content => ParseError::ContentTooLarge,
            ChunkError::Overhead => ParseError::ChunkTooLarge,
            error => ParseError::Chunk(error),
        }
    }
}

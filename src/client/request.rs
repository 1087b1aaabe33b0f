//! A complete request as a value: what is printed of it is what is sent.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};
use bytes::Bytes;

use super::error::{Error, Kind};
use super::proxy::Proxy;
use super::target::TargetUri;

/// One field line, without its line end, just as it is sent.
///
/// ```
/// use httpkit::client::FieldLine;
///
/// let line = FieldLine::typed("x-Trace:   7").expect("a name and a colon");
/// assert_eq!(line.line(), "x-Trace:   7", "it is sent as it was typed");
/// assert!(line.is("X-TRACE") && line.value() == "7");
/// assert_eq!(FieldLine::new("Accept", "*/*").line(), "Accept: */*");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldLine {
    line: BString,
    colon: usize,
}

impl FieldLine {
    /// The line `name: value`, or `name:` for an empty value.
    pub fn new(name: &str, value: impl AsRef<[u8]>) -> FieldLine {
        let value = value.as_ref();
        let blank: &[u8] = if value.is_empty() { b"" } else { b" " };
        FieldLine { line: [name.as_bytes(), b":", blank, value].concat().into(), colon: name.len() }
    }

    /// A line as a user typed it, without a line end. `None` if there is no name before a colon; a name is text, a value
    /// any bytes.
    pub fn typed(line: impl AsRef<[u8]>) -> Option<FieldLine> {
        let line = line.as_ref().trim_end_with(|last| matches!(last, '\r' | '\n'));
        let colon = line.find_byte(b':').filter(|at| *at > 0 && line[..*at].is_utf8())?;
        Some(FieldLine { line: line.into(), colon })
    }

    /// The field name.
    pub fn name(&self) -> &str {
        self.line[..self.colon].to_str().unwrap_or_default()
    }

    /// The field value without the white space around it.
    pub fn value(&self) -> &BStr {
        self.line[self.colon + 1..].trim_ascii().as_bstr()
    }

    /// The field value as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> Cow<'_, str> {
        self.value().to_str_lossy()
    }

    /// The whole line.
    pub fn line(&self) -> &BStr {
        self.line.as_bstr()
    }

    /// Whether the name is this one, compared without case and without white space that should not be around it: a secret
    /// stays one.
    pub fn is(&self, name: &str) -> bool {
        self.name().trim_ascii().eq_ignore_ascii_case(name)
    }

    /// Whether it is about a connection of HTTP/1.1, so that HTTP/2 has none of it (RFC 9113 8.2.2), or asks for a wait that
    /// is not waited there.
    pub(super) fn is_of_connection(&self) -> bool {
        ["transfer-encoding", "connection", "expect"].iter().any(|name| self.is(name))
    }
}

/// The protocol version that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// `HTTP/1.0`
    Http10,
    /// `HTTP/1.1`
    #[default]
    Http11,
    /// `HTTP/2`, agreed on in the TLS handshake; 1.1 where the server does not offer it.
    Http2,
    /// `HTTP/2` without asking.
    Http2PriorKnowledge,
}

/// A stretch of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Bytes in memory.
    Bytes(Bytes),
    /// Part of a file, from an offset, of a length known before.
    File {
        /// Where it is.
        path: PathBuf,
        /// The first byte.
        offset: u64,
        /// How many bytes.
        length: u64,
    },
    /// All that a file that has no length gives: a pipe, a device.
    Endless(PathBuf),
    /// Standard input up to its end; it can be read once.
    Input,
}

/// The content of a request, read only when it is sent.
///
/// ```
/// use httpkit::client::{Content, Piece};
///
/// let mut content = Content::bytes("a=1");
/// assert_eq!((content.length(), content.in_memory()), (Some(3), Some(b"a=1".to_vec())));
/// content.0.push(Piece::Input);
/// assert!(content.length().is_none() && !content.is_repeatable(), "standard input can be read once");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content(pub Vec<Piece>);

impl Content {
    /// Content that is in memory.
    pub fn bytes(bytes: impl Into<Bytes>) -> Content {
        Content(vec![Piece::Bytes(bytes.into())])
    }

    /// The length in bytes, unless a piece has none before it is read.
    pub fn length(&self) -> Option<u64> {
        self.0.iter().try_fold(0, |sum, piece| match piece {
            Piece::Bytes(bytes) => Some(sum + bytes.len() as u64),
            Piece::File { length, .. } => Some(sum + length),
            Piece::Endless(_) | Piece::Input => None,
        })
    }

    /// Whether it can be sent a second time.
    pub fn is_repeatable(&self) -> bool {
        !self.0.iter().any(|piece| matches!(piece, Piece::Input | Piece::Endless(_)))
    }

    /// The content in memory, if all of it is.
    pub fn in_memory(&self) -> Option<Vec<u8>> {
        self.0.iter().try_fold(Vec::new(), |mut bytes, piece| match piece {
            Piece::Bytes(more) => {
                bytes.extend_from_slice(more);
                Some(bytes)
            }
            _ => None,
        })
    }

    /// Opens it for reading; `input` stands for standard input.
    ///
    /// # Errors
    /// `Kind::Read` for a file that cannot be opened.
    pub fn open<'a>(&self, input: &'a mut (dyn Read + Send)) -> Result<Box<dyn Read + 'a>, Error> {
        let mut reader: Box<dyn Read + 'a> = Box::new(io::empty());
        let mut input = Some(input);
        for piece in &self.0 {
            reader = match (piece.open()?, input.take_if(|_| *piece == Piece::Input)) {
                (Some(opened), _) => Box::new(reader.chain(opened)),
                (None, Some(input)) => Box::new(reader.chain(input)),
                (None, None) => return Err(Error::new(Kind::Read, "standard input can be read only once")),
            };
        }
        Ok(reader)
    }

    /// Opens content that is a stretch of one file and nothing else, at its first byte; `None` for other content.
    ///
    /// # Errors
    /// `Kind::Read` for a file that cannot be opened.
    pub fn open_file(&self) -> Result<Option<File>, Error> {
        match self.0.as_slice() {
            [Piece::File { path, offset, .. }] => open_at(path, *offset).map(Some),
            _ => Ok(None),
        }
    }

    /// Opens content that needs no standard input.
    ///
    /// # Errors
    /// `Kind::Read` for a file that cannot be opened, and if standard input is needed after all.
    pub fn open_owned(&self) -> Result<Box<dyn Read + Send + Sync>, Error> {
        let mut reader: Box<dyn Read + Send + Sync> = Box::new(io::empty());
        for piece in &self.0 {
            let opened = piece.open()?;
            let opened = opened.ok_or_else(|| Error::new(Kind::Read, "standard input can be read only once"))?;
            reader = Box::new(reader.chain(opened));
        }
        Ok(reader)
    }
}

impl Piece {
    /// Opens it, unless it is standard input.
    fn open(&self) -> Result<Option<Box<dyn Read + Send + Sync>>, Error> {
        Ok(Some(match self {
            Piece::Bytes(bytes) => Box::new(Cursor::new(bytes.clone())),
            Piece::File { path, offset, length } => Box::new(open_at(path, *offset)?.take(*length)),
            Piece::Endless(path) => Box::new(File::open(path).map_err(|error| unreadable(path, &error))?),
            Piece::Input => return Ok(None),
        }))
    }
}

/// Opens a file at a byte of it.
fn open_at(path: &Path, offset: u64) -> Result<File, Error> {
    let opened = File::open(path).and_then(|mut file| file.seek(SeekFrom::Start(offset)).map(|_| file));
    opened.map_err(|error| unreadable(path, &error))
}

/// The failure to read a file.
pub fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::new(Kind::Read, format!("cannot read '{}': {}", path.display(), reason(error)))
}

/// What the system said, without the number that std appends.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string().to_lowercase();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// One chunk around the data; no data is the last chunk (RFC 9112 7.1).
pub fn chunk(data: &[u8]) -> Vec<u8> {
    let mut framed = format!("{:x}\r\n", data.len()).into_bytes();
    framed.extend_from_slice(data);
    framed.extend_from_slice(b"\r\n");
    framed
}

/// A complete request: every field line is here, also those that a library would add by itself.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method, a token.
    pub method: String,
    /// Where it goes.
    pub target: TargetUri,
    /// The request target as it stands in the request line.
    pub request_target: String,
    /// The protocol version asked for.
    pub protocol: Protocol,
    /// The header section, in the order in which it is sent.
    pub fields: Vec<FieldLine>,
    /// The content; `None` sends none and says nothing of its length.
    pub content: Option<Content>,
    /// Whether the content is sent in chunks (RFC 9112 7.1).
    pub chunked: bool,
    /// The proxy that it goes through.
    pub proxy: Option<Proxy>,
    /// The request that asks the proxy for a tunnel first (RFC 9110 9.3.6).
    pub connect: Option<Box<Request>>,
}

impl Request {
    /// The head as it is sent: request line, header section, blank line. HTTP/2 sends the same as frames, with names in small
    /// letters (RFC 9113 8.2); where it is yet to be agreed on, this is the head of HTTP/1.1.
    pub fn head(&self) -> Vec<u8> {
        match self.protocol {
            Protocol::Http10 => self.head_in("HTTP/1.0", |_| true),
            Protocol::Http11 | Protocol::Http2 => self.head_in("HTTP/1.1", |_| true),
            Protocol::Http2PriorKnowledge => self.head_over_http2(),
        }
    }

    /// The head that goes over HTTP/2.
    pub(super) fn head_over_http2(&self) -> Vec<u8> {
        self.head_in("HTTP/2", |field| !field.is_of_connection())
    }

    fn head_in(&self, version: &str, has: impl Fn(&FieldLine) -> bool) -> Vec<u8> {
        let mut head = format!("{} {} {version}\r\n", self.method, self.request_target).into_bytes();
        for field in self.fields.iter().filter(|field| has(field)) {
            head.extend_from_slice(field.line());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }

    /// The first field of that name.
    pub fn field(&self, name: &str) -> Option<&FieldLine> {
        self.fields.iter().find(|field| field.is(name))
    }

    /// Whether the content waits for a `100 (Continue)` (RFC 9110 10.1.1).
    pub fn expects_continue(&self) -> bool {
        self.content.is_some()
            && self.protocol != Protocol::Http10
            && self.field("expect").is_some_and(|field| field.value().eq_ignore_ascii_case(b"100-continue"))
    }

    /// The HTTP proxy that reads the request itself, in absolute-form.
    pub fn asked_proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref().filter(|proxy| proxy.kind.is_http() && self.connect.is_none())
    }

    /// Whether sending it twice means the same as sending it once (RFC 9110 9.2.2).
    pub fn is_idempotent(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "TRACE")
    }
}

//! A response as a value, before it is written.

use std::borrow::Cow;

use bytes::Bytes;
use http::StatusCode;

/// The content of a response.
#[derive(Debug, Clone, Default)]
pub enum Content {
    /// No content and, where the status allows it, `Content-Length: 0`.
    #[default]
    Empty,
    /// Octets made for this response.
    Owned(Vec<u8>),
    /// Stretches of shared octets (parts of the data file) in order; they are not copied before they are written.
    Pieces(Vec<Bytes>),
}

impl Content {
    /// The length in octets.
    pub fn len(&self) -> usize {
        match self {
            Content::Empty => 0,
            Content::Owned(octets) => octets.len(),
            Content::Pieces(pieces) => pieces.iter().map(Bytes::len).sum(),
        }
    }

    /// Whether there is not a single octet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All octets in one piece.
    pub fn to_vec(&self) -> Vec<u8> {
        match self {
            Content::Empty => Vec::new(),
            Content::Owned(octets) => octets.clone(),
            Content::Pieces(pieces) => pieces.concat(),
        }
    }
}

/// A final response. `Date`, `Content-Length` and `Connection` are not among its fields: the writer sets them,
/// and leaves out the content for HEAD, 204 and 304 while `Content-Length` stays what GET's would be.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: StatusCode,
    /// Field lines in the order in which they are written. Names are tokens and values hold no control octets;
    /// the writer replaces any that slipped in.
    pub fields: Vec<(&'static str, Cow<'static, str>)>,
    /// The content.
    pub content: Content,
}

impl Response {
    /// A response without fields and without content.
    pub fn new(status: StatusCode) -> Response {
        Response { status, fields: Vec::new(), content: Content::Empty }
    }

    /// The same, with room for so many field lines.
    pub fn with_room(status: StatusCode, fields: usize) -> Response {
        Response { status, fields: Vec::with_capacity(fields), content: Content::Empty }
    }

    /// The same with one more field line.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Response {
        self.fields.push((name, value.into()));
        self
    }

    /// The same with this content.
    #[must_use]
    pub fn with_content(mut self, content: Content) -> Response {
        self.content = content;
        self
    }
}

//! A message as it came, line by line, however broken it is.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::SystemTime;

use super::line::{LONG, Line};

/// What is known of an exchange besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around {
    /// Whether TLS protected it.
    pub is_tls: Option<bool>,
    /// When the message came.
    pub now: Option<SystemTime>,
    /// Whether there are more bytes than were given.
    pub is_cut: bool,
    /// Whether the client stopped reading of its own accord, so that nothing that is missing of a response is the server's
    /// fault.
    pub is_left: bool,
}

/// The first line.
#[derive(Debug)]
pub(super) enum Start<'a> {
    Request(RequestLine<'a>),
    Response(StatusLine<'a>),
    /// Neither: some other protocol.
    Neither,
}

/// A request line, as it is written; what is not UTF-8 is U+FFFD.
#[derive(Debug)]
pub(super) struct RequestLine<'a> {
    pub(super) method: Cow<'a, str>,
    pub(super) target: Cow<'a, str>,
    /// Empty if there is none.
    pub(super) version: Cow<'a, str>,
}

/// A status line, as it is written; what is not UTF-8 is U+FFFD.
#[derive(Debug)]
pub(super) struct StatusLine<'a> {
    pub(super) version: Cow<'a, str>,
    /// As written; what it means is in `status`.
    pub(super) code: Cow<'a, str>,
    /// 0 if it is not three digits.
    pub(super) status: u16,
    /// `None` if the space before it is missing too.
    pub(super) reason: Option<Cow<'a, str>>,
}

/// Where the content ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// There is none.
    None,
    /// After so many bytes.
    Length(u64),
    /// With the last chunk.
    Chunked,
    /// Where the connection closes.
    Close,
    /// What follows is another protocol.
    Switched,
    /// Nobody can know.
    Unknown,
}

/// A message.
#[derive(Debug)]
pub(super) struct Message<'a> {
    pub(super) start: Start<'a>,
    pub(super) lines: Vec<Line<'a>>,
    /// The first header fields of a name, by their places in `lines`. They are bounded in number, so that a rule which
    /// asks for them on each of many lines stays cheap.
    pub(super) names: HashMap<String, Vec<usize>>,
    pub(super) body: Body,
    /// So many bytes of content came.
    pub(super) received: u64,
    /// Whether a field that says where the content ends is too long to be looked into.
    pub(super) is_obscure: bool,
    /// What is wrong with the chunk at which the content breaks.
    pub(super) chunk_fault: Option<&'static str>,
    /// The index of the request that this response answers.
    pub(super) request: Option<usize>,
}

impl<'a> Message<'a> {
    /// The values of all header fields of a name in small letters, but for those that are too long to be looked into.
    pub(super) fn all<'m>(&'m self, name: &str) -> impl Iterator<Item = &'m str> + use<'m, 'a> {
        let places = self.names.get(name).map(Vec::as_slice).unwrap_or_default();
        let lines = places.iter().map(|place| &self.lines[*place]);
        lines.filter(|line| line.bytes.len() <= LONG).map(|line| &*line.value)
    }

    /// The value of the first header field of a name in small letters.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Whether there is a header field of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// Whether a list field has a member, whose case does not count.
    pub(super) fn lists(&self, name: &str, member: &str) -> bool {
        self.all(name).flat_map(|value| value.split(',')).any(|item| item.trim().eq_ignore_ascii_case(member))
    }

    /// The method; empty in a response.
    pub(super) fn method(&self) -> &str {
        match &self.start {
            Start::Request(line) => &line.method,
            _ => "",
        }
    }

    /// The target; empty in a response.
    pub(super) fn target(&self) -> &str {
        match &self.start {
            Start::Request(line) => &line.target,
            _ => "",
        }
    }

    /// The status code; 0 in a request.
    pub(super) fn status(&self) -> u16 {
        match &self.start {
            Start::Response(line) => line.status,
            _ => 0,
        }
    }

    /// The version as it is written; empty if there is none.
    pub(super) fn version(&self) -> &str {
        match &self.start {
            Start::Request(line) => &line.version,
            Start::Response(line) => &line.version,
            Start::Neither => "",
        }
    }

    /// Whether the version is HTTP/1.0, or none at all.
    pub(super) fn is_old(&self) -> bool {
        matches!(self.version(), "HTTP/1.0" | "")
    }

    /// Whether chunks were expected, whole or not.
    pub(super) fn is_chunked(&self) -> bool {
        self.body == Body::Chunked || self.chunk_fault.is_some()
    }
}

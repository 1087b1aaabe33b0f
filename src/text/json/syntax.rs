//! Where a text is malformed, in a reader's terms.

use std::borrow::Cow;
use std::fmt;

use super::walk;

/// How many levels arrays and objects may be nested.
pub const MAX_DEPTH: usize = 128;

/// Why a text is not what it should be, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What was expected there, in words that go after "line 1, column 2: ".
    pub expected: String,
    /// The kind of fault.
    pub kind: SyntaxKind,
}

/// The kinds of fault that a caller may want to tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyntaxKind {
    /// The grammar is violated.
    Malformed,
    /// The text is not UTF-8.
    Encoding,
    /// An object holds a member name twice.
    Duplicate,
    /// Arrays and objects are nested too deep.
    Depth,
}

impl SyntaxError {
    /// An error at the byte `offset` of `text`.
    pub(crate) fn at(
        text: &[u8],
        offset: usize,
        expected: impl Into<Cow<'static, str>>,
        kind: SyntaxKind,
    ) -> SyntaxError {
        let (line, column) = position(text, offset);
        SyntaxError { line, column, expected: expected.into().into_owned(), kind }
    }

    /// The member whose name starts at `offset` stands a second time in its object.
    pub(crate) fn duplicate(text: &[u8], offset: usize) -> SyntaxError {
        let end = walk::skip_string(text, offset);
        let name = walk::decode(&text[offset..end]);
        SyntaxError::at(
            text,
            offset,
            format!("the member name '{name}' occurs twice in one object"),
            SyntaxKind::Duplicate,
        )
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.expected)
    }
}

impl std::error::Error for SyntaxError {}

/// Line and column, both from 1, of the byte at `offset`. A column is a character; a byte order mark is none.
pub(crate) fn position(text: &[u8], offset: usize) -> (usize, usize) {
    let before = &text[..offset.min(text.len())];
    let line = 1 + memchr::memchr_iter(b'\n', before).count();
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let here = &before[start..];
    let here = if start == 0 { here.strip_prefix(b"\xef\xbb\xbf").unwrap_or(here) } else { here };
    // Continuation bytes are no characters of their own.
    let column = 1 + here.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
    (line, column)
}

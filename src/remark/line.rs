//! The lines of a message, as they came.

use std::borrow::Cow;

use memchr::memchr;

/// So many lines are explained of one input; what follows is not.
pub const MAX_LINES: usize = 5_000;

/// A field line of more bytes is not looked into: what is said of it is that it is long.
pub(super) const LONG: usize = 8 * 1024;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// An empty line before the start line.
    Before,
    /// A request line or status line, or what stands in its place.
    Start,
    /// A field line of the header section.
    Field,
    /// A line of the header section that begins with white space.
    Folded,
    /// A line of the header section without a colon.
    NoField,
    /// The blank line that ends the header section.
    Blank,
    /// Content whose end is not marked by chunks.
    Content,
    /// The size of a chunk.
    ChunkSize,
    /// The data of a chunk, with the line end after it.
    ChunkData,
    /// A field line of the trailer section.
    Trailer,
    /// The blank line that ends a chunked content.
    ChunksEnd,
    /// Nothing: the bytes end here, and the message does not.
    Missing,
    /// Bytes of which nothing more can be said.
    Rest,
    /// Bytes behind the lines that are explained.
    Unread,
}

/// A line, or a run of content.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    /// What it is.
    pub part: Part,
    /// The bytes, line end included.
    pub bytes: &'a [u8],
    /// The name of a field, in small letters.
    pub(super) name: String,
    /// The value of a field, else the line without its end.
    pub(super) value: Cow<'a, str>,
}

/// The bytes up to the next LF with it, or all of them.
pub(super) fn first_line(bytes: &[u8]) -> &[u8] {
    memchr(b'\n', bytes).map_or(bytes, |at| &bytes[..=at])
}

/// A line without its end.
pub(super) fn without_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// A line that is no field.
pub(super) fn line(part: Part, bytes: &[u8]) -> Line<'_> {
    let value = match part {
        Part::Content | Part::ChunkData | Part::Rest | Part::Unread => Cow::Borrowed(""),
        _ => String::from_utf8_lossy(without_end(bytes)),
    };
    Line { part, bytes, name: String::new(), value }
}

/// A line of a header or trailer section.
pub(super) fn field_line(bytes: &[u8], part: Part) -> Line<'_> {
    let text = without_end(bytes);
    match memchr(b':', text) {
        _ if matches!(text.first(), Some(b' ' | b'\t')) => line(Part::Folded, bytes),
        None => line(Part::NoField, bytes),
        Some(colon) => Line {
            part,
            bytes,
            name: String::from_utf8_lossy(text[..colon].trim_ascii()).to_ascii_lowercase(),
            value: String::from_utf8_lossy(text[colon + 1..].trim_ascii()),
        },
    }
}

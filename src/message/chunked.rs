//! The chunked transfer coding, decoded as the bytes arrive (RFC 9112 7.1).
//!
//! ```text
//! chunked-body = *chunk last-chunk trailer-section CRLF
//! chunk        = 1*HEXDIG [ chunk-ext ] CRLF chunk-data CRLF
//! ```

use super::chunk_extension::Extension;
use super::head::field_lines;
use super::{ChunkError, ParseError};

/// How much of the chunked framing is taken besides the content itself.
#[derive(Debug, Clone, Copy)]
pub struct ChunkedLimits {
    /// The most bytes of content.
    pub content: u64,
    /// The most bytes of chunk extensions over the whole content (RFC 9112 7.1.1).
    pub extensions: usize,
    /// The most bytes of trailer fields.
    pub trailers: usize,
    /// The most trailer field lines.
    pub trailer_lines: usize,
}

/// What the bytes given to [`ChunkedDecoder::next`] begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunked {
    /// So many bytes are chunk data, after so many of framing.
    Data {
        /// Bytes of framing before the data.
        skip: usize,
        /// Bytes of data.
        length: usize,
    },
    /// All bytes are framing, and more must come.
    More,
    /// The content, trailers included, ends after so many bytes.
    End {
        /// Bytes of framing up to the end.
        used: usize,
    },
}

/// What one call of [`ChunkedDecoder::decode`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// So many bytes of the input were used.
    pub used: usize,
    /// The end of the content, trailers included, was reached; what follows is the next request.
    pub is_complete: bool,
}

/// How near to the grammar a sender must keep. For both a size is `1*HEXDIG`, and a line ends behind it and behind the
/// data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grammar {
    /// The grammar and nothing else: a request that others may read differently is refused.
    Strict,
    /// What is wrong and harmless is taken, as user agents do: a response is shown, not passed on.
    Lenient,
}

impl Grammar {
    /// Whether the byte goes on after the digits of a size.
    fn begins_extension(byte: u8) -> bool {
        matches!(byte, b';' | b' ' | b'\t')
    }

    /// The place in an extension behind the byte, which is no line end, if it may stand there.
    fn extended(self, at: Option<Extension>, byte: u8) -> Result<Option<Extension>, ChunkError> {
        match (self, at) {
            (Grammar::Lenient, _) => Ok(None),
            (Grammar::Strict, None) => Extension::first(byte).map(Some).ok_or(ChunkError::Extension),
            (Grammar::Strict, Some(at)) => at.after(byte).map(Some).ok_or(ChunkError::Extension),
        }
    }

    /// Whether a lone LF ends a line. It may end one of a field section (RFC 9112 2.2), and user agents take it behind
    /// sizes and data too.
    fn takes_lf(self) -> bool {
        self == Grammar::Lenient
    }

    /// The line without its end.
    fn trailer_line(self, line: &[u8]) -> Result<&[u8], ChunkError> {
        match (line, self) {
            ([line @ .., b'\r', b'\n'], _) | ([line @ .., b'\n'], Grammar::Lenient) => Ok(line),
            _ => Err(ChunkError::TrailerEnd),
        }
    }
}

/// A decoder of one content. Each byte of the framing is looked at once, however the input is cut, and the data is not
/// looked at. Extensions are skipped; trailer fields are never merged into the header section (RFC 9110 6.5.1).
///
/// ```
/// use httpkit::message::{ChunkedDecoder, ChunkedLimits};
///
/// let limits = ChunkedLimits { content: 1024, extensions: 256, trailers: 1024, trailer_lines: 8 };
/// let (mut decoder, mut content) = (ChunkedDecoder::new(limits), Vec::new());
/// assert!(!decoder.decode(b"5\r\nhel", &mut content)?.is_complete);
/// let decoded = decoder.decode(b"lo\r\n0\r\nSum: 1\r\n\r\nGET", &mut content)?;
/// assert!(decoded.is_complete && decoded.used == 17, "the next request is left alone");
/// assert_eq!((content.as_slice(), decoder.trailer()), (&b"hello"[..], &b"Sum: 1\r\n"[..]));
/// # Ok::<(), httpkit::message::ParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ChunkedDecoder {
    state: ChunkState,
    grammar: Grammar,
    limits: ChunkedLimits,
    content: u64,
    extensions: usize,
    trailers: Vec<u8>,
    trailer_line: usize,
    trailer_lines: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChunkState {
    Size {
        size: u64,
        digits: u8,
    },
    /// `at`: where in it, for the grammar.
    Extension {
        size: u64,
        at: Option<Extension>,
    },
    SizeEnd {
        size: u64,
    },
    Data {
        left: u64,
    },
    DataCr,
    DataLf,
    Trailers,
    Complete,
}

impl ChunkedDecoder {
    /// A decoder at the first chunk size that takes nothing outside the grammar.
    pub fn new(limits: ChunkedLimits) -> ChunkedDecoder {
        ChunkedDecoder {
            state: ChunkState::Size { size: 0, digits: 0 },
            grammar: Grammar::Strict,
            limits,
            content: 0,
            extensions: 0,
            trailers: Vec::new(),
            trailer_line: 0,
            trailer_lines: 0,
        }
    }

    /// A decoder that also takes white space behind a chunk size, anything in an extension, and lone LFs as line ends.
    pub fn lenient(limits: ChunkedLimits) -> ChunkedDecoder {
        ChunkedDecoder { grammar: Grammar::Lenient, ..ChunkedDecoder::new(limits) }
    }

    /// Looks at the next bytes, and says what they begin with. The caller goes on behind what was named.
    ///
    /// # Errors
    /// The first byte that the grammar does not allow, or a limit. The decoder is of no further use then.
    pub fn next(&mut self, input: &[u8]) -> Result<Chunked, ChunkError> {
        let mut at = 0;
        loop {
            match self.state {
                ChunkState::Complete => return Ok(Chunked::End { used: at }),
                _ if at == input.len() => return Ok(Chunked::More),
                ChunkState::Data { left } => {
                    let length = usize::try_from(left).unwrap_or(usize::MAX).min(input.len() - at);
                    let left = left - length as u64;
                    self.state = if left == 0 { ChunkState::DataCr } else { ChunkState::Data { left } };
                    return Ok(Chunked::Data { skip: at, length });
                }
                _ => self.state = self.step(input[at])?,
            }
            at += 1;
        }
    }

    /// Decodes all of the input up to the end of the content, appends the content found to `content`, and checks the
    /// trailer section like a header section.
    ///
    /// # Errors
    /// [`ParseError::Chunk`] for anything outside the grammar, what is wrong with a trailer field, and the limits'
    /// errors. The decoder is of no further use then.
    pub fn decode(&mut self, input: &[u8], content: &mut Vec<u8>) -> Result<Decoded, ParseError> {
        let mut at = 0;
        loop {
            match self.next(&input[at..])? {
                Chunked::Data { skip, length } => {
                    at += skip + length;
                    content.extend_from_slice(&input[at - length..at]);
                }
                Chunked::More => return Ok(Decoded { used: input.len(), is_complete: false }),
                Chunked::End { used } => {
                    field_lines(&self.trailers, self.trailer_lines)?;
                    return Ok(Decoded { used: at + used, is_complete: true });
                }
            }
        }
    }

    /// The lines of the trailer section as received, without the blank line that ends it.
    pub fn trailer(&self) -> &[u8] {
        &self.trailers[..self.trailer_line]
    }

    /// The state after a byte that is not chunk data.
    fn step(&mut self, byte: u8) -> Result<ChunkState, ChunkError> {
        match self.state {
            ChunkState::Size { size, digits } => self.size(byte, size, digits),
            ChunkState::Extension { size, at } => self.extension(byte, size, at),
            ChunkState::SizeEnd { size } => self.size_end(byte, size),
            ChunkState::DataCr if byte == b'\r' => Ok(ChunkState::DataLf),
            ChunkState::DataCr if byte == b'\n' && self.grammar.takes_lf() => {
                Ok(ChunkState::Size { size: 0, digits: 0 })
            }
            ChunkState::DataLf if byte == b'\n' => Ok(ChunkState::Size { size: 0, digits: 0 }),
            ChunkState::DataCr | ChunkState::DataLf => Err(ChunkError::DataEnd),
            ChunkState::Trailers => self.trailer_byte(byte),
            ChunkState::Data { .. } | ChunkState::Complete => Ok(self.state),
        }
    }

    fn size(&mut self, byte: u8, size: u64, digits: u8) -> Result<ChunkState, ChunkError> {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            b'\r' if digits > 0 => return Ok(ChunkState::SizeEnd { size }),
            b'\n' if digits > 0 && self.grammar.takes_lf() => return self.size_end(byte, size),
            _ if digits > 0 && Grammar::begins_extension(byte) => return self.extension(byte, size, None),
            _ => return Err(ChunkError::Size),
        };
        // Sixteen digits fill a u64: RFC 9112 7.1 wants large sizes not to overflow, and zeros have an end too.
        if digits == 16 {
            return Err(ChunkError::SizeDigits);
        }
        Ok(ChunkState::Size { size: size << 4 | u64::from(digit), digits: digits + 1 })
    }

    fn extension(&mut self, byte: u8, size: u64, at: Option<Extension>) -> Result<ChunkState, ChunkError> {
        let at = match byte {
            b'\r' if at.is_none_or(Extension::may_end) => return Ok(ChunkState::SizeEnd { size }),
            b'\r' => return Err(ChunkError::Extension),
            b'\n' if self.grammar.takes_lf() => return self.size_end(byte, size),
            b'\n' => return Err(ChunkError::SizeEnd),
            byte => self.grammar.extended(at, byte)?,
        };
        self.extensions += 1;
        if self.extensions > self.limits.extensions {
            return Err(ChunkError::Overhead);
        }
        Ok(ChunkState::Extension { size, at })
    }

    fn size_end(&mut self, byte: u8, size: u64) -> Result<ChunkState, ChunkError> {
        if byte != b'\n' {
            return Err(ChunkError::SizeEnd);
        }
        if size == 0 {
            return Ok(ChunkState::Trailers);
        }
        // By the size announced, before the data is read.
        self.content = self.content.saturating_add(size);
        if self.content > self.limits.content {
            return Err(ChunkError::Content);
        }
        Ok(ChunkState::Data { left: size })
    }

    /// Collects the trailer section up to its blank line.
    fn trailer_byte(&mut self, byte: u8) -> Result<ChunkState, ChunkError> {
        self.trailers.push(byte);
        if self.trailers.len() > self.limits.trailers + 2 {
            return Err(ChunkError::Overhead);
        }
        if byte != b'\n' {
            return Ok(ChunkState::Trailers);
        }
        if self.grammar.trailer_line(&self.trailers[self.trailer_line..])?.is_empty() {
            return Ok(ChunkState::Complete);
        }
        self.trailer_line = self.trailers.len();
        self.trailer_lines += 1;
        if self.trailer_lines > self.limits.trailer_lines {
            return Err(ChunkError::Overhead);
        }
        Ok(ChunkState::Trailers)
    }
}

#[cfg(test)]
#[path = "chunked_tests.rs"]
mod tests;

//! The chunked transfer coding, decoded as the octets arrive (RFC 9112 7.1).

use super::ParseError;
use super::head::field_lines;

/// How much of the chunked framing is taken besides the content itself.
#[derive(Debug, Clone, Copy)]
pub struct ChunkedLimits {
    /// The most octets of content.
    pub content: u64,
    /// The most octets of chunk extensions over the whole content (RFC 9112 7.1.1).
    pub extensions: usize,
    /// The most octets of trailer fields.
    pub trailers: usize,
    /// The most trailer field lines.
    pub trailer_lines: usize,
}

/// What one call of [`ChunkedDecoder::decode`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// So many octets of the input were used.
    pub used: usize,
    /// The end of the content, trailers included, was reached; what follows is the next request.
    pub is_complete: bool,
}

/// A decoder of one content. Each octet is looked at once, however the input is cut; `1*HEXDIG` sizes, CRLF line ends
/// and nothing else is taken. Extensions are skipped and trailer fields checked and dropped: they are never merged
/// into the header section (RFC 9110 6.5.1).
#[derive(Debug, Clone)]
pub struct ChunkedDecoder {
    state: State,
    limits: ChunkedLimits,
    content: u64,
    extensions: usize,
    trailers: Vec<u8>,
    trailer_line: usize,
    trailer_lines: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Size { size: u64, digits: u8 },
    Extension { size: u64 },
    SizeEnd { size: u64 },
    Data { left: u64 },
    DataCr,
    DataLf,
    Trailers,
    Complete,
}

impl ChunkedDecoder {
    /// A decoder at the first chunk size.
    pub fn new(limits: ChunkedLimits) -> ChunkedDecoder {
        ChunkedDecoder {
            state: State::Size { size: 0, digits: 0 },
            limits,
            content: 0,
            extensions: 0,
            trailers: Vec::new(),
            trailer_line: 0,
            trailer_lines: 0,
        }
    }

    /// Decodes what it can and appends the content found to `content`.
    ///
    /// # Errors
    /// [`ParseError::Chunk`] for anything outside the grammar, and the limits' errors. The decoder is of no further
    /// use then.
    pub fn decode(&mut self, input: &[u8], content: &mut Vec<u8>) -> Result<Decoded, ParseError> {
        let mut at = 0;
        while at < input.len() && self.state != State::Complete {
            if let State::Data { left } = self.state {
                let rest = &input[at..];
                let length = usize::try_from(left).map_or(rest.len(), |left| left.min(rest.len()));
                content.extend_from_slice(&rest[..length]);
                at += length;
                let left = left - length as u64;
                self.state = if left == 0 { State::DataCr } else { State::Data { left } };
                continue;
            }
            self.state = self.next(input[at])?;
            at += 1;
        }
        Ok(Decoded { used: at, is_complete: self.state == State::Complete })
    }

    /// The state after an octet that is not chunk data.
    fn next(&mut self, octet: u8) -> Result<State, ParseError> {
        match self.state {
            State::Size { size, digits } => self.size(octet, size, digits),
            State::Extension { size } => self.extension(octet, size),
            State::SizeEnd { size } => self.size_end(octet, size),
            State::DataCr if octet == b'\r' => Ok(State::DataLf),
            State::DataLf if octet == b'\n' => Ok(State::Size { size: 0, digits: 0 }),
            State::DataCr | State::DataLf => Err(ParseError::Chunk("chunk data must end with CRLF after its size")),
            State::Trailers => self.trailer(octet),
            State::Data { .. } | State::Complete => Ok(self.state),
        }
    }

    fn size(&mut self, octet: u8, size: u64, digits: u8) -> Result<State, ParseError> {
        let digit = match octet {
            b'0'..=b'9' => octet - b'0',
            b'a'..=b'f' => octet - b'a' + 10,
            b'A'..=b'F' => octet - b'A' + 10,
            b'\r' if digits > 0 => return Ok(State::SizeEnd { size }),
            b';' if digits > 0 => return self.extension(octet, size),
            _ => return Err(ParseError::Chunk("the chunk size must be hexadecimal digits only")),
        };
        if digits == 16 {
            return Err(ParseError::Chunk("the chunk size has more than 16 digits"));
        }
        Ok(State::Size { size: size << 4 | u64::from(digit), digits: digits + 1 })
    }

    fn extension(&mut self, octet: u8, size: u64) -> Result<State, ParseError> {
        match octet {
            b'\r' => return Ok(State::SizeEnd { size }),
            b'\t' | b' '..=0x7E | 0x80.. => {}
            _ => return Err(ParseError::Chunk("a control character in a chunk extension")),
        }
        self.extensions += 1;
        if self.extensions > self.limits.extensions {
            return Err(ParseError::ChunkTooLarge);
        }
        Ok(State::Extension { size })
    }

    fn size_end(&mut self, octet: u8, size: u64) -> Result<State, ParseError> {
        if octet != b'\n' {
            return Err(ParseError::Chunk("the chunk size line must end with CRLF"));
        }
        if size == 0 {
            return Ok(State::Trailers);
        }
        // By the size announced, before the data is read.
        self.content = self.content.saturating_add(size);
        if self.content > self.limits.content {
            return Err(ParseError::ContentTooLarge);
        }
        Ok(State::Data { left: size })
    }

    /// Collects the trailer section up to its blank line, then checks it like a header section.
    fn trailer(&mut self, octet: u8) -> Result<State, ParseError> {
        self.trailers.push(octet);
        if self.trailers.len() > self.limits.trailers + 2 {
            return Err(ParseError::ChunkTooLarge);
        }
        if octet != b'\n' {
            return Ok(State::Trailers);
        }
        let line = &self.trailers[self.trailer_line..];
        if !line.ends_with(b"\r\n") {
            return Err(ParseError::LineEnd);
        }
        if line.len() == 2 {
            field_lines(&self.trailers, self.trailer_lines)?;
            self.trailers = Vec::new();
            return Ok(State::Complete);
        }
        self.trailer_line = self.trailers.len();
        self.trailer_lines += 1;
        if self.trailer_lines > self.limits.trailer_lines {
            return Err(ParseError::ChunkTooLarge);
        }
        Ok(State::Trailers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: ChunkedLimits = ChunkedLimits { content: 20, extensions: 12, trailers: 40, trailer_lines: 2 };

    fn whole(input: &[u8]) -> Result<(Decoded, Vec<u8>), ParseError> {
        let mut content = Vec::new();
        ChunkedDecoder::new(LIMITS).decode(input, &mut content).map(|decoded| (decoded, content))
    }

    fn bytewise(input: &[u8]) -> Result<(Decoded, Vec<u8>), ParseError> {
        let (mut content, mut decoder, mut used) = (Vec::new(), ChunkedDecoder::new(LIMITS), 0);
        for octet in input {
            let decoded = decoder.decode(&[*octet], &mut content)?;
            used += decoded.used;
            if decoded.is_complete {
                return Ok((Decoded { used, is_complete: true }, content));
            }
        }
        Ok((Decoded { used, is_complete: false }, content))
    }

    #[test]
    fn chunks_whole_and_byte_by_byte() {
        for (input, content) in [
            ("0\r\n\r\n", ""),
            ("000\r\n\r\n", ""),
            ("5\r\nhello\r\n0\r\n\r\n", "hello"),
            ("5\r\nhello\r\n0A\r\n0123456789\r\n00\r\n\r\n", "hello0123456789"),
            ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
            ("1;x=\"y\"\r\na\r\n0;z\r\n\r\n", "a"),
            ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
            ("1\r\na\r\n0\r\nX: y\r\nEmpty:\r\n\r\n", "a"),
        ] {
            let expected = (Decoded { used: input.len(), is_complete: true }, content.as_bytes().to_vec());
            let followed = [input.as_bytes(), b"GET / HTTP/1.1\r\n"].concat();
            assert_eq!(whole(&followed), Ok(expected.clone()), "{input:?}");
            assert_eq!(bytewise(&followed), Ok(expected), "{input:?}");
            for cut in 0..input.len() {
                assert!(!whole(&input.as_bytes()[..cut]).unwrap().0.is_complete, "{input:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn refused_whole_and_byte_by_byte() {
        for (input, status) in [
            ("\r\n", 400),
            ("x\r\n", 400),
            ("-1\r\n", 400),
            ("+1\r\na", 400),
            ("0x1\r\na", 400),
            ("1 \r\na", 400),
            (" 1\r\na", 400),
            ("1\na\r\n", 400),
            ("1\r\r\na", 400),
            ("1\r\nab\r\n", 400),
            ("1\r\na\n0\r\n\r\n", 400),
            ("1\r\na0\r\n\r\n", 400),
            ("00000000000000001\r\na", 400),
            ("fffffffffffffffff\r\na", 400),
            ("ffffffffffffffff\r\na", 413),
            ("15\r\n", 413),
            ("14\r\n01234567890123456789\r\n1\r\n", 413),
            ("1;a\u{7f}\r\n", 400),
            ("1;a\nb\r\n", 400),
            (";a\r\n", 400),
            ("1;345678\r\na\r\n1;345678\r\n", 431),
            ("0\r\nX : y\r\n\r\n", 400),
            ("0\r\n folded: y\r\n\r\n", 400),
            ("0\r\nnocolon\r\n\r\n", 400),
            ("0\r\nX: y\n\r\n", 400),
            ("0\r\nX: a\rb\r\n\r\n", 400),
            ("0\r\n\n", 400),
            ("0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", 431),
            ("0\r\nA: 0123456789012345678901234567890123456789\r\n\r\n", 431),
        ] {
            let (one, other) = (whole(input.as_bytes()).unwrap_err(), bytewise(input.as_bytes()).unwrap_err());
            assert_eq!(one, other, "{input:?}");
            assert_eq!(one.status().as_u16(), status, "{input:?}: {one}");
        }
    }
}

//! The chunked transfer coding, read as it arrives (RFC 9112 7.1).
//!
//! ```text
//! chunked-body = *chunk last-chunk trailer-section CRLF
//! chunk        = 1*HEXDIG [ chunk-ext ] CRLF chunk-data CRLF
//! ```

use std::fmt;

/// The most octets of chunk extensions, and of the trailer section, in one body.
const OVERHEAD_LIMIT: usize = 64 * 1024;

/// What the octets at hand begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunked {
    /// This many octets were chunk data after this many of framing.
    Data {
        /// Octets of framing before the data.
        skip: usize,
        /// Octets of data.
        length: usize,
    },
    /// All octets were framing, and more must come.
    More,
    /// The body ended after this many octets.
    End {
        /// Octets of framing up to the end.
        used: usize,
    },
}

/// Why octets are no chunked body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkError {
    /// The size is not hexadecimal digits, or too many of them.
    Size,
    /// A line does not end in CRLF, or something follows the data of a chunk.
    LineEnd,
    /// Chunk extensions or trailer fields without end.
    Overhead,
}

impl fmt::Display for ChunkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ChunkError::Size => "illegal chunk size, expected at most 16 hexadecimal digits",
            ChunkError::LineEnd => "a chunk does not end in CRLF",
            ChunkError::Overhead => "more chunk extensions or trailer fields than allowed",
        })
    }
}

impl std::error::Error for ChunkError {}

/// Where in the grammar the next octet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Size { value: u64, digits: u8 },
    Extension { value: u64, after_cr: bool },
    Data { left: u64 },
    DataEnd { after_cr: bool },
    Trailer,
    End,
}

/// Reads a chunked body however it is cut into pieces.
#[derive(Debug, Clone)]
pub struct ChunkReader {
    place: Place,
    overhead: usize,
    trailer: Vec<u8>,
}

impl Default for ChunkReader {
    fn default() -> ChunkReader {
        ChunkReader { place: Place::Size { value: 0, digits: 0 }, overhead: 0, trailer: Vec::new() }
    }
}

impl ChunkReader {
    /// Looks at the next octets, and says what they begin with. The caller goes on behind what was named.
    ///
    /// # Errors
    /// The first octet that the grammar does not allow, or too much overhead.
    pub fn next(&mut self, input: &[u8]) -> Result<Chunked, ChunkError> {
        let mut at = 0;
        while at < input.len() || self.place == Place::End {
            if let Place::Data { left } = self.place {
                let length = usize::try_from(left).unwrap_or(usize::MAX).min(input.len() - at);
                self.place = match left - length as u64 {
                    0 => Place::DataEnd { after_cr: false },
                    left => Place::Data { left },
                };
                return Ok(Chunked::Data { skip: at, length });
            }
            if self.place == Place::End {
                return Ok(Chunked::End { used: at });
            }
            self.place = self.step(input[at])?;
            at += 1;
        }
        Ok(Chunked::More)
    }

    /// The trailer section as received, without the blank line that ends it; empty before the end and if there is none.
    pub fn trailer(&self) -> &[u8] {
        let blank_line = |end: &'static [u8]| self.trailer.strip_suffix(end);
        blank_line(b"\r\n").or_else(|| blank_line(b"\n")).unwrap_or(&self.trailer)
    }

    fn step(&mut self, octet: u8) -> Result<Place, ChunkError> {
        match (self.place, octet) {
            (Place::Size { value, digits }, _) if octet.is_ascii_hexdigit() => {
                // Sixteen digits fill a u64: RFC 9112 7.1 wants large sizes not to overflow, and zeros have an end too.
                if digits == 16 {
                    return Err(ChunkError::Size);
                }
                let digit = u64::from(char::from(octet).to_digit(16).unwrap_or_default());
                Ok(Place::Size { value: value << 4 | digit, digits: digits + 1 })
            }
            (Place::Size { value, digits: 1.. }, b'\r') => Ok(Place::Extension { value, after_cr: true }),
            (Place::Size { value, digits: 1.. }, b';' | b' ' | b'\t') => {
                Ok(Place::Extension { value, after_cr: false })
            }
            (Place::Size { .. }, _) => Err(ChunkError::Size),
            (Place::Extension { value: 0, after_cr: true }, b'\n') => Ok(Place::Trailer),
            (Place::Extension { value: left, after_cr: true }, b'\n') => Ok(Place::Data { left }),
            (Place::Extension { after_cr: true, .. }, _) | (Place::Extension { .. }, b'\n') => Err(ChunkError::LineEnd),
            (Place::Extension { value, .. }, _) => {
                self.count()?;
                Ok(Place::Extension { value, after_cr: octet == b'\r' })
            }
            (Place::DataEnd { after_cr: false }, b'\r') => Ok(Place::DataEnd { after_cr: true }),
            (Place::DataEnd { after_cr: true }, b'\n') => Ok(Place::Size { value: 0, digits: 0 }),
            (Place::DataEnd { .. }, _) => Err(ChunkError::LineEnd),
            (Place::Trailer, _) => {
                self.count()?;
                self.trailer.push(octet);
                // As in a header section, a lone LF ends a line (RFC 9112 2.2).
                let line = self.trailer.strip_suffix(b"\r\n").or_else(|| self.trailer.strip_suffix(b"\n"));
                let ended = line.is_some_and(|before| matches!(before.last(), None | Some(b'\n')));
                Ok(if ended { Place::End } else { Place::Trailer })
            }
            (place @ (Place::Data { .. } | Place::End), _) => Ok(place),
        }
    }

    fn count(&mut self) -> Result<(), ChunkError> {
        self.overhead += 1;
        if self.overhead > OVERHEAD_LIMIT { Err(ChunkError::Overhead) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The content, the trailer section and how much was used.
    type Whole = (Vec<u8>, Vec<u8>, usize);

    /// Reads `input` in pieces of `size`.
    fn read(input: &[u8], size: usize) -> Result<Option<Whole>, ChunkError> {
        let (mut reader, mut content, mut used) = (ChunkReader::default(), Vec::new(), 0);
        for piece in input.chunks(size) {
            let mut at = 0;
            loop {
                match reader.next(&piece[at..])? {
                    Chunked::Data { skip, length } => {
                        content.extend_from_slice(&piece[at + skip..at + skip + length]);
                        at += skip + length;
                    }
                    Chunked::More => break,
                    Chunked::End { used: end } => {
                        return Ok(Some((content, reader.trailer().to_vec(), used + at + end)));
                    }
                }
            }
            used += piece.len();
        }
        Ok(None)
    }

    #[test]
    fn a_body_is_the_same_however_it_is_cut() {
        for (input, content, trailer, rest) in [
            ("0\r\n\r\n", "", "", ""),
            ("3\r\nabc\r\n0\r\n\r\nHTTP", "abc", "", "HTTP"),
            ("A;x=\"y\"\r\n0123456789\r\n1 ;z\r\n!\r\n000\r\n\r\n", "0123456789!", "", ""),
            ("2\r\n\r\n\r\n0\r\nX: 1\r\nY: 2\r\n\r\n", "\r\n", "X: 1\r\nY: 2\r\n", ""),
            ("0\r\nX: 1\nY: 2\r\n\nHTTP", "", "X: 1\nY: 2\r\n", "HTTP"),
            ("0\r\nX: 1\n\r\nHTTP", "", "X: 1\n", "HTTP"),
            ("0\r\n\nHTTP", "", "", "HTTP"),
        ] {
            for size in [1, 2, 3, 7, 1000] {
                let (got, fields, used) = read(input.as_bytes(), size).unwrap().unwrap();
                assert_eq!(got, content.as_bytes(), "{input:?} in pieces of {size}");
                assert_eq!(fields, trailer.as_bytes(), "{input:?} in pieces of {size}");
                assert_eq!(&input[used..], rest, "{input:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn what_is_no_chunked_body_is_refused() {
        for (input, expected) in [
            ("zz\r\n", ChunkError::Size),
            ("\r\n", ChunkError::Size),
            ("-1\r\n", ChunkError::Size),
            ("0x3\r\n", ChunkError::Size),
            ("10000000000000000\r\n", ChunkError::Size),
            ("3\nabc", ChunkError::Size),
            ("3;a\nabc", ChunkError::LineEnd),
            ("3\r\rabc", ChunkError::LineEnd),
            ("3\r\nabcd\r\n", ChunkError::LineEnd),
            ("3\r\nabc\n0", ChunkError::LineEnd),
        ] {
            assert_eq!(read(input.as_bytes(), 1), Err(expected), "{input:?}");
        }
        let endless = [b"3;".to_vec(), vec![b'x'; OVERHEAD_LIMIT + 1]].concat();
        assert_eq!(read(&endless, 4096), Err(ChunkError::Overhead));
        let trailers = [b"0\r\n".to_vec(), b"a: b\r\n".repeat(OVERHEAD_LIMIT)].concat();
        assert_eq!(read(&trailers, 4096), Err(ChunkError::Overhead));
    }

    #[test]
    fn a_body_that_is_cut_has_no_end() {
        for input in ["3", "3\r\n", "3\r\nab", "3\r\nabc\r\n", "0\r\n", "0\r\nX: y\r\n"] {
            assert_eq!(read(input.as_bytes(), 1), Ok(None), "{input:?}");
        }
    }
}

//! The chunked transfer coding, decoded as the octets arrive (RFC 9112 7.1).
//!
//! ```text
//! chunked-body = *chunk last-chunk trailer-section CRLF
//! chunk        = 1*HEXDIG [ chunk-ext ] CRLF chunk-data CRLF
//! ```

use std::fmt;

use super::ParseError;
use super::chunk_extension::Extension;
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

/// What the octets given to [`ChunkedDecoder::next`] begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunked {
    /// So many octets are chunk data, after so many of framing.
    Data {
        /// Octets of framing before the data.
        skip: usize,
        /// Octets of data.
        length: usize,
    },
    /// All octets are framing, and more must come.
    More,
    /// The content, trailers included, ends after so many octets.
    End {
        /// Octets of framing up to the end.
        used: usize,
    },
}

/// What one call of [`ChunkedDecoder::decode`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// So many octets of the input were used.
    pub used: usize,
    /// The end of the content, trailers included, was reached; what follows is the next request.
    pub is_complete: bool,
}

/// Why octets are no chunked content, or more of it than is taken.
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
    /// Whether the octet goes on after the digits of a size.
    fn begins_extension(octet: u8) -> bool {
        matches!(octet, b';' | b' ' | b'\t')
    }

    /// The place in an extension behind the octet, which is no line end, if it may stand there.
    fn extended(self, at: Option<Extension>, octet: u8) -> Result<Option<Extension>, ChunkError> {
        match (self, at) {
            (Grammar::Lenient, _) => Ok(None),
            (Grammar::Strict, None) => Extension::first(octet).map(Some).ok_or(ChunkError::Extension),
            (Grammar::Strict, Some(at)) => at.after(octet).map(Some).ok_or(ChunkError::Extension),
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

/// A decoder of one content. Each octet of the framing is looked at once, however the input is cut, and the data is not
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
    state: State,
    grammar: Grammar,
    limits: ChunkedLimits,
    content: u64,
    extensions: usize,
    trailers: Vec<u8>,
    trailer_line: usize,
    trailer_lines: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
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
            state: State::Size { size: 0, digits: 0 },
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

    /// Looks at the next octets, and says what they begin with. The caller goes on behind what was named.
    ///
    /// # Errors
    /// The first octet that the grammar does not allow, or a limit. The decoder is of no further use then.
    pub fn next(&mut self, input: &[u8]) -> Result<Chunked, ChunkError> {
        let mut at = 0;
        loop {
            match self.state {
                State::Complete => return Ok(Chunked::End { used: at }),
                _ if at == input.len() => return Ok(Chunked::More),
                State::Data { left } => {
                    let length = usize::try_from(left).unwrap_or(usize::MAX).min(input.len() - at);
                    let left = left - length as u64;
                    self.state = if left == 0 { State::DataCr } else { State::Data { left } };
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

    /// The state after an octet that is not chunk data.
    fn step(&mut self, octet: u8) -> Result<State, ChunkError> {
        match self.state {
            State::Size { size, digits } => self.size(octet, size, digits),
            State::Extension { size, at } => self.extension(octet, size, at),
            State::SizeEnd { size } => self.size_end(octet, size),
            State::DataCr if octet == b'\r' => Ok(State::DataLf),
            State::DataCr if octet == b'\n' && self.grammar.takes_lf() => Ok(State::Size { size: 0, digits: 0 }),
            State::DataLf if octet == b'\n' => Ok(State::Size { size: 0, digits: 0 }),
            State::DataCr | State::DataLf => Err(ChunkError::DataEnd),
            State::Trailers => self.trailer_octet(octet),
            State::Data { .. } | State::Complete => Ok(self.state),
        }
    }

    fn size(&mut self, octet: u8, size: u64, digits: u8) -> Result<State, ChunkError> {
        let digit = match octet {
            b'0'..=b'9' => octet - b'0',
            b'a'..=b'f' => octet - b'a' + 10,
            b'A'..=b'F' => octet - b'A' + 10,
            b'\r' if digits > 0 => return Ok(State::SizeEnd { size }),
            b'\n' if digits > 0 && self.grammar.takes_lf() => return self.size_end(octet, size),
            _ if digits > 0 && Grammar::begins_extension(octet) => return self.extension(octet, size, None),
            _ => return Err(ChunkError::Size),
        };
        // Sixteen digits fill a u64: RFC 9112 7.1 wants large sizes not to overflow, and zeros have an end too.
        if digits == 16 {
            return Err(ChunkError::SizeDigits);
        }
        Ok(State::Size { size: size << 4 | u64::from(digit), digits: digits + 1 })
    }

    fn extension(&mut self, octet: u8, size: u64, at: Option<Extension>) -> Result<State, ChunkError> {
        let at = match octet {
            b'\r' if at.is_none_or(Extension::may_end) => return Ok(State::SizeEnd { size }),
            b'\r' => return Err(ChunkError::Extension),
            b'\n' if self.grammar.takes_lf() => return self.size_end(octet, size),
            b'\n' => return Err(ChunkError::SizeEnd),
            octet => self.grammar.extended(at, octet)?,
        };
        self.extensions += 1;
        if self.extensions > self.limits.extensions {
            return Err(ChunkError::Overhead);
        }
        Ok(State::Extension { size, at })
    }

    fn size_end(&mut self, octet: u8, size: u64) -> Result<State, ChunkError> {
        if octet != b'\n' {
            return Err(ChunkError::SizeEnd);
        }
        if size == 0 {
            return Ok(State::Trailers);
        }
        // By the size announced, before the data is read.
        self.content = self.content.saturating_add(size);
        if self.content > self.limits.content {
            return Err(ChunkError::Content);
        }
        Ok(State::Data { left: size })
    }

    /// Collects the trailer section up to its blank line.
    fn trailer_octet(&mut self, octet: u8) -> Result<State, ChunkError> {
        self.trailers.push(octet);
        if self.trailers.len() > self.limits.trailers + 2 {
            return Err(ChunkError::Overhead);
        }
        if octet != b'\n' {
            return Ok(State::Trailers);
        }
        if self.grammar.trailer_line(&self.trailers[self.trailer_line..])?.is_empty() {
            return Ok(State::Complete);
        }
        self.trailer_line = self.trailers.len();
        self.trailer_lines += 1;
        if self.trailer_lines > self.limits.trailer_lines {
            return Err(ChunkError::Overhead);
        }
        Ok(State::Trailers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: ChunkedLimits = ChunkedLimits { content: 20, extensions: 12, trailers: 40, trailer_lines: 2 };

    /// The content, the trailer section and how much was used; `None` if the end was not reached.
    type Whole = Option<(Vec<u8>, Vec<u8>, usize)>;

    /// Reads `input` in pieces of `size`, slice by slice.
    fn read(mut decoder: ChunkedDecoder, input: &[u8], size: usize) -> Result<Whole, ChunkError> {
        let (mut content, mut used) = (Vec::new(), 0);
        for piece in input.chunks(size) {
            let mut at = 0;
            loop {
                match decoder.next(&piece[at..])? {
                    Chunked::Data { skip, length } => {
                        content.extend_from_slice(&piece[at + skip..at + skip + length]);
                        at += skip + length;
                    }
                    Chunked::More => break,
                    Chunked::End { used: end } => {
                        return Ok(Some((content, decoder.trailer().to_vec(), used + at + end)));
                    }
                }
            }
            used += piece.len();
        }
        Ok(None)
    }

    fn lenient(input: &[u8], size: usize) -> Result<Whole, ChunkError> {
        read(ChunkedDecoder::lenient(LIMITS), input, size)
    }

    /// Decodes `input` in pieces of `size`, the content copied and the trailer fields checked.
    fn strict(input: &[u8], size: usize) -> Result<Whole, ParseError> {
        let (mut content, mut decoder, mut used) = (Vec::new(), ChunkedDecoder::new(LIMITS), 0);
        for piece in input.chunks(size) {
            let decoded = decoder.decode(piece, &mut content)?;
            used += decoded.used;
            if decoded.is_complete {
                return Ok(Some((content, decoder.trailer().to_vec(), used)));
            }
        }
        Ok(None)
    }

    /// What both take: the octets, the content and the trailer section.
    const GOOD: &[(&str, &str, &str)] = &[
        ("0\r\n\r\n", "", ""),
        ("000\r\n\r\n", "", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello", ""),
        ("5\r\nhello\r\n0A\r\n0123456789\r\n00\r\n\r\n", "hello0123456789", ""),
        ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789", ""),
        ("A;x=\"y\"\r\n0123456789\r\n1;z\r\n!\r\n000\r\n\r\n", "0123456789!", ""),
        ("1;x=\"y\"\r\na\r\n0;z\r\n\r\n", "a", ""),
        ("1\t;z\r\na\r\n0 ;z\r\n\r\n", "a", ""),
        ("1 ; a = b\r\na\r\n0\r\n\r\n", "a", ""),
        ("1;a=\"\\\"; \"\r\na\r\n0\r\n\r\n", "a", ""),
        ("1;a;b=c\r\na\r\n0\r\n\r\n", "a", ""),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n", ""),
        ("2\r\n\r\n\r\n0\r\nX: 1\r\nY: 2\r\n\r\n", "\r\n", "X: 1\r\nY: 2\r\n"),
        ("1\r\na\r\n0\r\nX: y\r\nEmpty:\r\n\r\n", "a", "X: y\r\nEmpty:\r\n"),
    ];

    /// What only the lenient one takes.
    const HARMLESS: &[(&str, &str, &str)] = &[
        ("1 \r\na\r\n0\r\n\r\n", "a", ""),
        ("1;\r\na\r\n0\r\n\r\n", "a", ""),
        ("1;=b\r\na\r\n0\r\n\r\n", "a", ""),
        ("1;a=\r\na\r\n0\r\n\r\n", "a", ""),
        ("1;a=\"open\r\na\r\n0\r\n\r\n", "a", ""),
        ("1;a=\"b\\\"\r\na\r\n0\r\n\r\n", "a", ""),
        ("1;a=\"b\"c\r\na\r\n0\r\n\r\n", "a", ""),
        ("1;a b\r\na\r\n0\r\n\r\n", "a", ""),
        ("1;a \r\na\r\n0\r\n\r\n", "a", ""),
        ("1 ;;a\r\na\r\n0\r\n\r\n", "a", ""),
        ("1;a@\r\na\r\n0\r\n\r\n", "a", ""),
        ("1;\u{0}\u{7f}\r\na\r\n0\r\n\r\n", "a", ""),
        ("0\r\nX: 1\nY: 2\r\n\n", "", "X: 1\nY: 2\r\n"),
        ("0\r\nX: 1\n\r\n", "", "X: 1\n"),
        ("0\r\n\n", "", ""),
        ("1\na\n0\n\n", "a", ""),
        ("1\na\r\n0\r\n\r\n", "a", ""),
        ("1\r\na\n0\r\n\r\n", "a", ""),
        ("1;a\nb\n0 \nX: y\n\n", "b", "X: y\n"),
        ("0\r\nX : y\r\n\r\n", "", "X : y\r\n"),
        ("0\r\n folded: y\r\n\r\n", "", " folded: y\r\n"),
        ("0\r\nnocolon\r\n\r\n", "", "nocolon\r\n"),
        ("0\r\nX: a\rb\r\n\r\n", "", "X: a\rb\r\n"),
    ];

    /// What neither takes, with the status of a request and the error of a response.
    const BAD: &[(&str, u16, ChunkError)] = &[
        ("\r\n", 400, ChunkError::Size),
        ("x\r\n", 400, ChunkError::Size),
        ("zz\r\n", 400, ChunkError::Size),
        ("-1\r\n", 400, ChunkError::Size),
        ("+1\r\na", 400, ChunkError::Size),
        ("0x1\r\na", 400, ChunkError::Size),
        (" 1\r\na", 400, ChunkError::Size),
        (";a\r\n", 400, ChunkError::Size),
        ("1\r\r\na", 400, ChunkError::SizeEnd),
        ("1;a\rb\r\n", 400, ChunkError::SizeEnd),
        ("1\r\nab\r\n", 400, ChunkError::DataEnd),
        ("1\na0\n\n", 400, ChunkError::DataEnd),
        ("1\r\na\rb0\r\n\r\n", 400, ChunkError::DataEnd),
        ("1\r\na0\r\n\r\n", 400, ChunkError::DataEnd),
        ("00000000000000001\r\na", 400, ChunkError::SizeDigits),
        ("10000000000000000\r\n", 400, ChunkError::SizeDigits),
        ("fffffffffffffffff\r\na", 400, ChunkError::SizeDigits),
        ("ffffffffffffffff\r\na", 413, ChunkError::Content),
        ("15\r\n", 413, ChunkError::Content),
        ("14\r\n01234567890123456789\r\n1\r\n", 413, ChunkError::Content),
        ("1;345678\r\na\r\n1;345678\r\n", 431, ChunkError::Overhead),
        ("0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", 431, ChunkError::Overhead),
        ("0\r\nA: 0123456789012345678901234567890123456789\r\n\r\n", 431, ChunkError::Overhead),
    ];

    /// Sizes of pieces: octet by octet up to whole.
    const SIZES: [usize; 5] = [1, 2, 3, 7, 1000];

    #[test]
    fn content_is_the_same_however_it_is_cut() {
        for (input, content, trailer) in GOOD.iter().chain(HARMLESS) {
            let expected = Some((content.as_bytes().to_vec(), trailer.as_bytes().to_vec(), input.len()));
            let followed = [input.as_bytes(), b"GET / HTTP/1.1\r\n"].concat();
            for size in SIZES {
                assert_eq!(lenient(&followed, size), Ok(expected.clone()), "{input:?} in pieces of {size}");
            }
            for cut in 0..input.len() {
                assert_eq!(lenient(&input.as_bytes()[..cut], 1000), Ok(None), "{input:?} cut at {cut}");
            }
        }
        for (input, content, trailer) in GOOD {
            let expected = Some((content.as_bytes().to_vec(), trailer.as_bytes().to_vec(), input.len()));
            let followed = [input.as_bytes(), b"GET / HTTP/1.1\r\n"].concat();
            for size in SIZES {
                assert_eq!(strict(&followed, size), Ok(expected.clone()), "{input:?} in pieces of {size}");
            }
            for cut in 0..input.len() {
                assert_eq!(strict(&input.as_bytes()[..cut], 1000), Ok(None), "{input:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn what_is_no_chunked_content_is_refused_however_it_is_cut() {
        let harmless = HARMLESS.iter().map(|(input, ..)| (*input, 400));
        for (input, status) in BAD.iter().map(|(input, status, _)| (*input, *status)).chain(harmless) {
            let error = strict(input.as_bytes(), 1000).unwrap_err();
            assert_eq!(error.status().as_u16(), status, "{input:?}: {error}");
            for size in SIZES {
                assert_eq!(strict(input.as_bytes(), size), Err(error), "{input:?} in pieces of {size}");
            }
        }
        for (input, _, error) in BAD {
            for size in SIZES {
                assert_eq!(lenient(input.as_bytes(), size), Err(*error), "{input:?} in pieces of {size}");
            }
        }
    }

    /// One octet of each case replaced by each of some: whatever the strict one takes, the lenient one takes alike, and
    /// neither depends on how the octets are cut.
    #[test]
    fn the_lenient_one_takes_all_that_the_strict_one_takes() {
        let mut taken = 0;
        let bad = BAD.iter().map(|(input, ..)| *input);
        for input in GOOD.iter().chain(HARMLESS).map(|(input, ..)| *input).chain(bad) {
            for at in 0..input.len() {
                for mutant in b"\r\n \t;:019aFxX\x00\x7f\xff" {
                    let mut octets = input.as_bytes().to_vec();
                    octets[at] = *mutant;
                    let (one, other) = (strict(&octets, 1000), lenient(&octets, 1000));
                    assert_eq!(strict(&octets, 1), one, "{octets:?}");
                    assert_eq!(lenient(&octets, 1), other, "{octets:?}");
                    if let Ok(Some(_)) = one {
                        taken += 1;
                        assert_eq!(other.as_ref().ok(), one.as_ref().ok(), "{octets:?}");
                    }
                }
            }
        }
        assert!(taken > 500, "only {taken} were good: the cases are of no use");
    }
}

//! Chunked content, cut at every place and wrong in every way.

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

/// What both take: the bytes, the content and the trailer section.
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

/// Sizes of pieces: byte by byte up to whole.
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

/// One byte of each case replaced by each of some: whatever the strict one takes, the lenient one takes alike, and
/// neither depends on how the bytes are cut.
#[test]
fn the_lenient_one_takes_all_that_the_strict_one_takes() {
    let mut taken = 0;
    let bad = BAD.iter().map(|(input, ..)| *input);
    for input in GOOD.iter().chain(HARMLESS).map(|(input, ..)| *input).chain(bad) {
        for at in 0..input.len() {
            for mutant in b"\r\n \t;:019aFxX\x00\x7f\xff" {
                let mut bytes = input.as_bytes().to_vec();
                bytes[at] = *mutant;
                let (one, other) = (strict(&bytes, 1000), lenient(&bytes, 1000));
                assert_eq!(strict(&bytes, 1), one, "{bytes:?}");
                assert_eq!(lenient(&bytes, 1), other, "{bytes:?}");
                if let Ok(Some(_)) = one {
                    taken += 1;
                    assert_eq!(other.as_ref().ok(), one.as_ref().ok(), "{bytes:?}");
                }
            }
        }
    }
    assert!(taken > 500, "only {taken} were good: the cases are of no use");
}

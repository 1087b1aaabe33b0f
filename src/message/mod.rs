//! HTTP/1.1 on bytes: nouns and grammar. It knows no socket, no file, no clock and nothing of what is served.

mod authority;
mod chunk_extension;
mod chunked;
mod cookie_date;
mod date;
mod error;
mod event;
mod framing;
mod head;
pub(crate) mod json;
mod live;
mod preference;
mod problem;
mod reply;
mod request;
mod response;
mod stream;
mod target;
mod write;

pub use authority::is_authority;
pub use chunked::{Chunked, ChunkedDecoder, ChunkedLimits, Decoded};
pub use cookie_date::cookie_date;
pub use date::{http_date, sayable};
pub use error::{ChunkError, FieldFault, ParseError};
pub use event::write_event;
pub use framing::Framing;
pub use head::{Head, HeadLimits, HeadScan, HeadSpan, parse_head};
pub use live::{Bell, Listener, Live, Piece};
pub use preference::preferences;
pub use problem::{Member, Problem};
pub use reply::{
    BodyEnd, ReplyError, ReplyHead, ReplyVersion, TransferCodings, reply_body_end, reply_head, reply_head_end,
    reply_trailer, sound_lines, transfer_codings,
};
pub use request::{Field, Fields, OwnedRequest, Request, Target, Version};
pub use response::{Content, FieldLines, Response};
pub use stream::Stream;
pub use write::{ConnectionOption, carries_content, reason_phrase, write_head};

/// The bytes that may stand in a token (RFC 9110 5.6.2, `tchar`).
const TCHAR: [bool; 256] = byte_set(b"!#$%&'*+-.^_`|~");

/// Letters, digits and these.
pub(crate) const fn byte_set(others: &[u8]) -> [bool; 256] {
    let mut set = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        set[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut index = 0;
    while index < others.len() {
        set[others[index] as usize] = true;
        index += 1;
    }
    set
}

/// Whether the byte may stand in a token.
pub(crate) const fn is_tchar(byte: u8) -> bool {
    TCHAR[byte as usize]
}

/// Whether the bytes are a token: at least one `tchar` and nothing else.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| is_tchar(byte))
}

/// Without optional white space (SP and HTAB, RFC 9110 5.6.3) on both sides.
#[inline]
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Reads a quoted string (RFC 9110 5.6.4) from behind its opening quote: what it says, and what follows its closing
/// quote, `None` if there is none.
pub fn quoted_string(text: &str) -> (String, Option<&str>) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, Some(&text[at + 1..])),
            '\\' => value.extend(characters.next().map(|(_, next)| next)),
            other => value.push(other),
        }
    }
    (value, None)
}

#[cfg(test)]
mod tests {
    use super::quoted_string;

    #[test]
    fn a_quoted_string_ends_at_the_first_quote_that_is_not_escaped() {
        for (text, value, rest) in [
            ("\", b", "", Some(", b")),
            ("a; b\";c\"", "a; b", Some(";c\"")),
            ("a \\\"b\\\" \\c\\\\\"", "a \"b\" c\\", Some("")),
            ("ä\\ö\"ü", "äö", Some("ü")),
            ("", "", None),
            ("a\\\"", "a\"", None),
            ("a\\", "a", None),
        ] {
            assert_eq!(quoted_string(text), (value.to_owned(), rest), "{text:?}");
        }
    }
}

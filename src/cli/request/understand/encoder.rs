//! What `;encoder=` makes of the content of a part of a form (RFC 2045 6).

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::client::{Content, Error, Kind, Piece, reason};

/// The longest line of encoded content (RFC 2045 6.7, 6.8).
const LINE: usize = 76;

/// A content transfer encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoder {
    Binary,
    EightBit,
    SevenBit,
    Base64,
    QuotedPrintable,
}

impl Encoder {
    /// The encoding of that name.
    ///
    /// # Errors
    /// `Kind::Usage` if there is none.
    pub(crate) fn named(name: &str) -> Result<Encoder, Error> {
        let all = [Self::Binary, Self::EightBit, Self::SevenBit, Self::Base64, Self::QuotedPrintable];
        let found = all.into_iter().find(|encoder| encoder.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let known = all.map(Encoder::name).join(", ");
            Error::new(Kind::Usage, format!("encoder '{name}' of a form field, expected one of {known}"))
        })
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Encoder::Binary => "binary",
            Encoder::EightBit => "8bit",
            Encoder::SevenBit => "7bit",
            Encoder::Base64 => "base64",
            Encoder::QuotedPrintable => "quoted-printable",
        }
    }

    /// Encodes a content, which is read whole unless it stays as it is.
    ///
    /// # Errors
    /// `Kind::Read` if it cannot be read, or is not what the encoding allows.
    pub(crate) fn apply(self, content: Piece, input: &mut dyn Read) -> Result<Piece, Error> {
        if matches!(self, Encoder::Binary | Encoder::EightBit) {
            return Ok(content);
        }
        let mut bytes = Vec::new();
        let mut opened = match content {
            Piece::Input => Box::new(input) as Box<dyn Read>,
            other => Content(vec![other]).open_owned()?,
        };
        opened.read_to_end(&mut bytes).map_err(|error| Error::new(Kind::Read, reason(&error)))?;
        let encoded = match self {
            Encoder::Base64 => base64(&bytes),
            Encoder::QuotedPrintable => quoted_printable(&bytes),
            _ if bytes.is_ascii() => bytes,
            _ => return Err(Error::new(Kind::Read, "encoder '7bit' of a form field, but its content is not ASCII")),
        };
        Ok(Piece::Bytes(encoded.into()))
    }
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    let lines: Vec<String> = bytes.chunks(LINE / 4 * 3).map(|line| STANDARD.encode(line)).collect();
    lines.join("\r\n").into_bytes()
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut column = 0;
    let mut rest = bytes;
    while let [first, behind @ ..] = rest {
        if let [b'\r', b'\n', behind @ ..] = rest {
            out.extend_from_slice(b"\r\n");
            (column, rest) = (0, behind);
            continue;
        }
        let ends = behind.is_empty() || behind.starts_with(b"\r\n");
        let sign = match first {
            // White space at the end of a line would be lost.
            b' ' | b'\t' if !ends => vec![*first],
            b'!'..=b'<' | b'>'..=b'~' => vec![*first],
            other => format!("={other:02X}").into_bytes(),
        };
        if column + sign.len() > LINE - usize::from(!ends) {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        column += sign.len();
        out.extend(sign);
        rest = behind;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_encoded_in_lines() {
        assert_eq!(base64(b"abc"), b"YWJj");
        assert_eq!(base64(&[0; 60]), [vec![b'A'; 76], b"\r\nAAAA".to_vec()].concat());
        for (plain, expected) in [
            ("a=b \r\nc\u{e4}\t", "a=3Db=20\r\nc=C3=A4=09"),
            ("a b\nc", "a b=0Ac"),
            (&"x".repeat(76), &"x".repeat(76)),
            (&"x".repeat(78), &format!("{}=\r\nxxx", "x".repeat(75))),
        ] {
            assert_eq!(String::from_utf8(quoted_printable(plain.as_bytes())).unwrap(), expected, "{plain}");
        }
    }

    #[test]
    fn an_encoder_has_a_name_and_may_refuse() {
        assert_eq!(Encoder::named("QUOTED-printable").unwrap(), Encoder::QuotedPrintable);
        assert_eq!(Encoder::named("rot13").unwrap_err().kind, Kind::Usage);
        let content = Piece::Bytes("\u{e4}".into());
        assert_eq!(Encoder::SevenBit.apply(content, &mut std::io::empty()).unwrap_err().kind, Kind::Read);
    }
}

//! Where the content of a request ends (RFC 9112 6), and what else the header section says to the connection itself.

use std::str;

use super::{Field, ParseError, Version, is_authority, trim};

/// How the content of a request is delimited (RFC 9112 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Neither `Content-Length` nor `Transfer-Encoding`: there is no content.
    None,
    /// So many bytes follow. A number past 64 bits is held as the largest.
    Length(u64),
    /// Chunks follow.
    Chunked,
}

/// What one pass over the header section finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Control<'a> {
    pub(super) host: Option<&'a str>,
    pub(super) framing: Framing,
    pub(super) close: bool,
    pub(super) keep_alive: bool,
    pub(super) expects_continue: bool,
}

/// Reads the fields that concern the connection, each by its own strict grammar; nothing is guessed.
///
/// # Errors
/// The field that is missing, repeated, malformed or at odds with another.
pub(super) fn control<'a>(fields: &[Field<'a>], version: Version) -> Result<Control<'a>, ParseError> {
    let mut found =
        Control { host: None, framing: Framing::None, close: false, keep_alive: false, expects_continue: false };
    let mut codings: Option<Codings> = None;
    let mut length = None;
    for field in fields {
        // The length of the name rules out nearly every field without a comparison.
        match field.name.len() {
            4 if field.name.eq_ignore_ascii_case("host") => {
                once(&mut found.host, host(field.value)?, ParseError::HostRepeated)?;
            }
            6 if field.name.eq_ignore_ascii_case("expect") && version == Version::Http11 => {
                expectation(field.value)?;
                found.expects_continue = true;
            }
            10 if field.name.eq_ignore_ascii_case("connection") => {
                for option in field.value.split(|&byte| byte == b',').map(trim) {
                    found.close |= option.eq_ignore_ascii_case(b"close");
                    found.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
                }
            }
            14 if field.name.eq_ignore_ascii_case("content-length") => {
                once(&mut length, content_length(field.value)?, ParseError::ContentLengthRepeated)?;
            }
            17 if field.name.eq_ignore_ascii_case("transfer-encoding") => {
                codings.get_or_insert_default().add(field.value);
            }
            _ => {}
        }
    }
    if found.host.is_none() && version == Version::Http11 {
        return Err(ParseError::HostMissing);
    }
    found.framing = match (length, codings) {
        (None, None) => Framing::None,
        (Some(length), None) => Framing::Length(length),
        (Some(_), Some(_)) => return Err(ParseError::BothLengths),
        // Such a message is to be treated as if its framing is faulty (RFC 9112 6.1).
        (None, Some(_)) if version == Version::Http10 => return Err(ParseError::TransferEncoding),
        (None, Some(codings)) => codings.framing()?,
    };
    Ok(found)
}

/// Keeps a value of which there may be one, even if the second is equal.
fn once<T>(slot: &mut Option<T>, value: T, repeated: ParseError) -> Result<(), ParseError> {
    if slot.replace(value).is_some() { Err(repeated) } else { Ok(()) }
}

fn host(value: &[u8]) -> Result<&str, ParseError> {
    if !is_authority(value) {
        return Err(ParseError::HostInvalid);
    }
    str::from_utf8(value).map_err(|_| ParseError::HostInvalid)
}

fn expectation(value: &[u8]) -> Result<(), ParseError> {
    if value.split(|&byte| byte == b',').all(|item| trim(item).eq_ignore_ascii_case(b"100-continue")) {
        Ok(())
    } else {
        Err(ParseError::Expectation)
    }
}

/// `1*DIGIT` and nothing else: no sign, no list, no white space inside.
fn content_length(value: &[u8]) -> Result<u64, ParseError> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(ParseError::ContentLength);
    }
    Ok(value.iter().fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))))
}

/// The transfer codings of all `Transfer-Encoding` lines, as far as the verdict needs them.
#[derive(Debug, Default, Clone, Copy)]
struct Codings {
    count: usize,
    chunked: usize,
    last_is_chunked: bool,
    malformed: bool,
}

impl Codings {
    fn add(&mut self, value: &[u8]) {
        for coding in value.split(|&byte| byte == b',').map(trim) {
            self.count += 1;
            self.malformed |= coding.is_empty();
            self.last_is_chunked = coding.eq_ignore_ascii_case(b"chunked");
            self.chunked += usize::from(self.last_is_chunked);
        }
    }

    fn framing(self) -> Result<Framing, ParseError> {
        if self.malformed || !self.last_is_chunked || self.chunked > 1 {
            Err(ParseError::TransferEncoding)
        } else if self.count > 1 {
            Err(ParseError::TransferCoding)
        } else {
            Ok(Framing::Chunked)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(version: Version, lines: &[(&'static str, &'static str)]) -> Result<Framing, ParseError> {
        let mut fields = vec![Field { name: "Host", value: b"h" }];
        fields.extend(lines.iter().map(|(name, value)| Field { name, value: value.as_bytes() }));
        control(&fields, version).map(|found| found.framing)
    }

    #[test]
    fn lengths() {
        let cl = |value| verdict(Version::Http11, &[("content-LENGTH", value)]);
        assert_eq!(cl("0"), Ok(Framing::Length(0)));
        assert_eq!(cl("0012"), Ok(Framing::Length(12)));
        assert_eq!(cl("99999999999999999999999999"), Ok(Framing::Length(u64::MAX)));
        for bad in ["", "+1", "-1", "1,1", "1, 1", "0x1", "1 1", "1.0", "a", "1;"] {
            assert_eq!(cl(bad), Err(ParseError::ContentLength), "{bad}");
        }
        let twice = verdict(Version::Http11, &[("Content-Length", "1"), ("Content-Length", "1")]);
        assert_eq!(twice, Err(ParseError::ContentLengthRepeated));
    }

    #[test]
    fn codings() {
        let te = |value| verdict(Version::Http11, &[("Transfer-Encoding", value)]);
        for good in ["chunked", "CHUNKED", "Chunked"] {
            assert_eq!(te(good), Ok(Framing::Chunked), "{good}");
        }
        for unknown in ["gzip, chunked", "x;a=\"b\", chunked", "identity,chunked"] {
            assert_eq!(te(unknown), Err(ParseError::TransferCoding), "{unknown}");
        }
        for bad in [
            "",
            "gzip",
            "identity",
            "chunked, gzip",
            "chunked, chunked",
            "chunked;a=b",
            "xchunked",
            "chunked,",
            ",chunked",
            "chunked\u{b}",
            "\"chunked\"",
        ] {
            assert_eq!(te(bad), Err(ParseError::TransferEncoding), "{bad}");
        }
        let lines = [("Transfer-Encoding", "gzip"), ("transfer-encoding", "chunked")];
        assert_eq!(verdict(Version::Http11, &lines), Err(ParseError::TransferCoding));
        let lines = [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")];
        assert_eq!(verdict(Version::Http11, &lines), Err(ParseError::TransferEncoding));
        let lines = [("Transfer-Encoding", "chunked"), ("Content-Length", "1")];
        assert_eq!(verdict(Version::Http11, &lines), Err(ParseError::BothLengths));
        assert_eq!(verdict(Version::Http10, &lines[..1]), Err(ParseError::TransferEncoding));
    }

    #[test]
    fn options_and_expectations() {
        let found = |name, value: &'static str, version| {
            control(&[Field { name: "Host", value: b"h" }, Field { name, value: value.as_bytes() }], version)
        };
        assert!(found("connection", "x, CLOSE", Version::Http11).unwrap().close);
        assert!(!found("connection", "x close", Version::Http11).unwrap().close);
        assert!(found("Connection", "Keep-Alive,foo", Version::Http10).unwrap().keep_alive);
        assert!(found("Expect", "100-Continue", Version::Http11).unwrap().expects_continue);
        assert_eq!(found("Expect", "200-ok", Version::Http11), Err(ParseError::Expectation));
        assert!(!found("Expect", "200-ok", Version::Http10).unwrap().expects_continue);
    }
}

//! The credentials that the server may ask for: `--token` (RFC 6750, bearer tokens) and `--basic` (RFC 7617).

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq;

use crate::message::{Fields, Response};

/// What a request has to bear. Where nothing is asked for, everybody may read and write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// This token, or the name and password.
    pub token: Option<Token>,
    /// This name and password, or the token.
    pub basic: Option<Basic>,
    /// Only writes are asked for them.
    pub opens_reads: bool,
}

impl Access {
    /// Whether nobody is asked for anything.
    pub fn is_open(&self) -> bool {
        self.token.is_none() && self.basic.is_none()
    }

    /// Whether a request with these fields may have an answer.
    #[inline]
    pub(super) fn admits(&self, fields: &Fields<'_>, is_read: bool) -> bool {
        self.is_open() || (is_read && self.opens_reads) || self.are_borne_by(fields)
    }

    /// Whether one of them is borne. The comparison takes as long for a near miss as for a far one.
    fn are_borne_by(&self, fields: &Fields<'_>) -> bool {
        let Some(value) = fields.first("authorization").and_then(|value| str::from_utf8(value).ok()) else {
            return false;
        };
        let Some((scheme, credentials)) = value.split_once(' ') else { return false };
        let credentials = credentials.trim();
        match () {
            () if scheme.eq_ignore_ascii_case("bearer") => {
                self.token.as_ref().is_some_and(|token| credentials.as_bytes().ct_eq(token.0.as_bytes()).into())
            }
            () if scheme.eq_ignore_ascii_case("basic") => {
                let pair = STANDARD.decode(credentials).unwrap_or_default();
                self.basic.as_ref().is_some_and(|basic| pair.ct_eq(basic.0.as_bytes()).into())
            }
            () => false,
        }
    }

    /// What was expected, for people.
    pub(super) fn expected(&self) -> &'static str {
        match (&self.token, &self.basic) {
            (Some(_), None) => "this server was started with '--token'; expected 'Authorization: Bearer TOKEN'",
            (Some(_), Some(_)) => {
                "this server was started with '--token' and '--basic'; expected 'Authorization: Bearer TOKEN', or Basic with \
                 user name and password"
            }
            (None, _) => {
                "this server was started with '--basic'; expected 'Authorization: Basic', user name and password"
            }
        }
    }

    /// The response with a challenge for each of them (RFC 9110 11.6.1).
    pub(super) fn challenge(&self, response: Response) -> Response {
        const NAME: &str = "WWW-Authenticate";
        let response = match self.token {
            Some(_) => response.with(NAME, "Bearer realm=\"httpkit\""),
            None => response,
        };
        match self.basic {
            Some(_) => response.with(NAME, "Basic realm=\"httpkit\", charset=\"UTF-8\""),
            None => response,
        }
    }
}

/// A bearer token.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

impl FromStr for Token {
    type Err = &'static str;

    /// A token of the characters that `Authorization: Bearer` can carry (RFC 6750 2.1).
    fn from_str(text: &str) -> Result<Token, &'static str> {
        let is_b64token = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        match !text.is_empty() && text.chars().all(is_b64token) {
            true => Ok(Token(text.to_string())),
            false => Err("expected letters, digits and -._~+/= only"),
        }
    }
}

/// A user's name, a colon and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Basic(String);

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Basic(***)")
    }
}

impl FromStr for Basic {
    type Err = &'static str;

    /// A name without colon, which may be empty, and a password, both without control characters (RFC 7617 2).
    fn from_str(text: &str) -> Result<Basic, &'static str> {
        match text.contains(':') && !text.contains(char::is_control) {
            true => Ok(Basic(text.to_string())),
            false => Err("expected USER:PASSWORD"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Field;

    #[test]
    fn borne_or_not() {
        let token = Access { token: "s3cret".parse().ok(), ..Access::default() };
        let basic = Access { basic: "ann:pass:wörd".parse().ok(), ..Access::default() };
        let both = Access { token: token.token.clone(), ..basic.clone() };
        let right = format!("Basic {}", STANDARD.encode("ann:pass:wörd"));
        let wrong = format!("Basic {}", STANDARD.encode("ann:pass:word"));
        for (value, by_token, by_basic) in [
            (Some("Bearer s3cret"), true, false),
            (Some("bearer  s3cret "), true, false),
            (Some("Bearer s3cre"), false, false),
            (Some("Bearer s3cretx"), false, false),
            (Some("Basic s3cret"), false, false),
            (Some("s3cret"), false, false),
            (Some("Bearer "), false, false),
            (Some("Basic "), false, false),
            (Some("Basic ***"), false, false),
            (Some(&*right), false, true),
            (Some(&*right.replace("Basic", "BASIC")), false, true),
            (Some(&*wrong), false, false),
            (None, false, false),
        ] {
            let field = value.map(|value| Field { name: "authorization", value: value.as_bytes() });
            let fields = Fields(field.as_slice());
            let found = (token.admits(&fields, true), basic.admits(&fields, false), both.admits(&fields, false));
            assert_eq!(found, (by_token, by_basic, by_token || by_basic), "{value:?}");
            assert!(Access::default().admits(&fields, false));
            let open = Access { opens_reads: true, ..both.clone() };
            assert!(open.admits(&fields, true) && open.admits(&fields, false) == (by_token || by_basic), "{value:?}");
        }
        assert!(!format!("{both:?}").contains("pass"), "they are not logged by accident");
        for text in ["", "a b", "é"] {
            assert!(text.parse::<Token>().is_err(), "{text}");
        }
        for text in ["", "ann", "ann:\n"] {
            assert!(text.parse::<Basic>().is_err(), "{text:?}");
        }
    }
}

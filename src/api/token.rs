//! The one credential that the server may ask for: `--token` (RFC 6750, bearer tokens).

use std::fmt;

use crate::message::Fields;

/// A token that every request must bear.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

impl Token {
    /// A token of the characters that `Authorization: Bearer` can carry (RFC 6750 2.1); `None` for any other text.
    pub fn new(text: &str) -> Option<Token> {
        let is_b64token = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        (!text.is_empty() && text.chars().all(is_b64token)).then(|| Token(text.to_string()))
    }

    /// Whether the request bears it. The comparison takes as long for a near miss as for a far one.
    pub(super) fn is_borne_by(&self, fields: &Fields<'_>) -> bool {
        let Some(value) = fields.first("authorization").and_then(|value| str::from_utf8(value).ok()) else {
            return false;
        };
        match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                subtle::ConstantTimeEq::ct_eq(token.trim().as_bytes(), self.0.as_bytes()).into()
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Field;

    #[test]
    fn borne_or_not() {
        let token = Token::new("s3cret").unwrap();
        for (value, expected) in [
            (Some("Bearer s3cret"), true),
            (Some("bearer  s3cret "), true),
            (Some("Bearer s3cre"), false),
            (Some("Bearer s3cretx"), false),
            (Some("Basic s3cret"), false),
            (Some("s3cret"), false),
            (Some("Bearer "), false),
            (None, false),
        ] {
            let field = value.map(|value| Field { name: "authorization", value: value.as_bytes() });
            assert_eq!(token.is_borne_by(&Fields(field.as_slice())), expected, "{value:?}");
        }
        assert_eq!(format!("{token:?}"), "Token(***)", "it is not logged by accident");
        assert!(Token::new("").is_none() && Token::new("a b").is_none() && Token::new("é").is_none());
    }
}

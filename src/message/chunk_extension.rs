//! The grammar of chunk extensions, byte by byte: `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`
//! (RFC 9112 7.1.1).

use super::is_tchar;

/// Where in an extension the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extension {
    /// Behind the size or a value, and a blank: a `;` has to come.
    Blank,
    /// Behind `;`.
    Semicolon,
    Name,
    /// Behind a name and a blank: `;` or `=`.
    NameBlank,
    /// Behind `=`.
    Equals,
    Token,
    Quoted,
    /// Behind a backslash within quotes.
    Escaped,
    /// Behind the closing quote.
    Closed,
}

impl Extension {
    /// The place of the byte behind `byte`, which stands behind the size; `None` where the grammar does not allow it.
    pub(super) fn first(byte: u8) -> Option<Extension> {
        Extension::Blank.after(byte)
    }

    /// The place behind `byte`, which is no line end.
    pub(super) fn after(self, byte: u8) -> Option<Extension> {
        use Extension::{Blank, Closed, Equals, Escaped, Name, NameBlank, Quoted, Semicolon, Token};
        let is_blank = matches!(byte, b' ' | b'\t');
        let is_text = is_blank || byte > b' ' && byte != 0x7F;
        match (self, byte) {
            (Quoted, b'"') => Some(Closed),
            (Quoted, b'\\') => Some(Escaped),
            (Quoted | Escaped, _) => is_text.then_some(Quoted),
            (Blank | Name | NameBlank | Token | Closed, b';') => Some(Semicolon),
            (Name | NameBlank, b'=') => Some(Equals),
            (Name | NameBlank, _) if is_blank => Some(NameBlank),
            (Semicolon | Equals, _) if is_blank => Some(self),
            (Blank | Token | Closed, _) if is_blank => Some(Blank),
            (Equals, b'"') => Some(Quoted),
            (Semicolon | Name, _) if is_tchar(byte) => Some(Name),
            (Equals | Token, _) if is_tchar(byte) => Some(Token),
            _ => None,
        }
    }

    /// The line may end here.
    pub(super) fn may_end(self) -> bool {
        matches!(self, Extension::Name | Extension::Token | Extension::Closed)
    }
}

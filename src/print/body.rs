//! Content on its way to a person: made readable, or withheld if it is binary.

use super::json::Indenter;
use super::style::Palette;
use super::visible::Visible;

/// What becomes of content.
#[derive(Debug, Clone)]
pub enum Body {
    /// The very bytes.
    Bytes,
    /// For a person.
    Text {
        /// Re-indents JSON.
        indenter: Option<Box<Indenter>>,
        /// Makes control characters visible.
        visible: Option<Visible>,
        /// Set once binary content was seen: nothing of the rest is shown.
        is_withheld: bool,
    },
    /// JSON that may be one string, of which nothing is shown before its end is known.
    Held {
        /// What has come.
        held: Vec<u8>,
        /// Whether more than blanks have come.
        has_begun: bool,
        /// What becomes of it if it is a string: its text is shown, without quotes and escapes.
        text: Box<Body>,
        /// What becomes of it if it is none.
        other: Box<Body>,
    },
}

/// A longer string stays as it came.
const LONGEST: usize = 16 << 20;

/// What is wanted for content on a stream.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish {
    /// JSON is indented.
    pub format: bool,
    /// JSON is coloured, and that is the palette.
    pub palette: Palette,
    /// Control characters are made visible and binary content is withheld.
    pub guard: bool,
    /// JSON that is one string is shown as its text.
    pub unquote: bool,
}

impl Body {
    /// What becomes of content of that media type.
    pub fn new(media_type: Option<&str>, wish: Wish) -> Body {
        if wish.unquote && media_type.is_some_and(is_json) {
            let other = Wish { unquote: false, ..wish };
            return Body::Held {
                held: Vec::new(),
                has_begun: false,
                text: Box::new(Body::new(None, other)),
                other: Box::new(Body::new(media_type, other)),
            };
        }
        let is_json = media_type.is_some_and(is_json) && (wish.format || wish.palette.is_on());
        if !is_json && !wish.guard {
            return Body::Bytes;
        }
        Body::Text {
            indenter: is_json.then(|| Box::new(Indenter::new(wish.palette, wish.format))),
            visible: wish.guard.then(Visible::default),
            is_withheld: false,
        }
    }

    /// The next piece as it is printed; `None` stands for the bytes as they are.
    pub fn feed(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let (indenter, visible, is_withheld) = match self {
            Body::Bytes => return None,
            Body::Text { indenter, visible, is_withheld } => (indenter, visible, is_withheld),
            Body::Held { held, has_begun, other, .. } => {
                // Looked for in each piece once.
                let first = if *has_begun { None } else { bytes.iter().find(|byte| !byte.is_ascii_whitespace()) };
                *has_begun |= first.is_some();
                held.extend_from_slice(bytes);
                if first.is_none_or(|first| *first == b'"') && held.len() <= LONGEST {
                    return Some(Vec::new());
                }
                let (held, mut other) = (std::mem::take(held), std::mem::replace(&mut **other, Body::Bytes));
                let shown = other.whole(&held);
                *self = other;
                return Some(shown);
            }
        };
        if visible.is_some() && bytes.contains(&0) {
            *is_withheld = true;
        }
        if *is_withheld {
            return Some(Vec::new());
        }
        let text = match visible {
            Some(visible) => visible.feed(bytes),
            None => String::from_utf8_lossy(bytes).into_owned(),
        };
        Some(indenter.as_mut().map_or_else(|| text.clone(), |indenter| indenter.feed(&text)).into_bytes())
    }

    /// What is printed after the last piece.
    pub fn finish(&mut self) -> Vec<u8> {
        if let Body::Held { held, text, other, .. } = self {
            let (shown, mut body) = match serde_json::from_slice::<String>(held) {
                Ok(string) => (string.into_bytes(), std::mem::replace(&mut **text, Body::Bytes)),
                Err(_) => (std::mem::take(held), std::mem::replace(&mut **other, Body::Bytes)),
            };
            let shown = [body.whole(&shown), body.finish()].concat();
            *self = body;
            return shown;
        }
        let Body::Text { indenter, visible, is_withheld: false } = self else { return Vec::new() };
        let held = visible.as_mut().map(Visible::finish).unwrap_or_default();
        match indenter {
            Some(indenter) => (indenter.feed(&held) + &indenter.finish()).into_bytes(),
            None => held.into_bytes(),
        }
    }

    /// A piece as it is printed.
    fn whole(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.feed(bytes).unwrap_or_else(|| bytes.to_vec())
    }

    /// Whether something was withheld because it is binary.
    pub fn is_withheld(&self) -> bool {
        matches!(self, Body::Text { is_withheld: true, .. })
    }
}

/// `application/json` and everything that ends in `+json` (RFC 6839 3.1).
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(media_type: &str, wish: Wish, bytes: &[u8]) -> (Vec<u8>, bool) {
        let mut body = Body::new(Some(media_type), wish);
        let mut out = Vec::new();
        for piece in bytes.chunks(2) {
            out.extend(body.feed(piece).unwrap_or_else(|| piece.to_vec()));
        }
        out.extend(body.finish());
        (out, body.is_withheld())
    }

    /// It would be hours otherwise.
    #[test]
    fn blanks_before_a_string_are_looked_at_once_each() {
        let mut body = Body::new(Some("application/json"), Wish { unquote: true, ..Wish::default() });
        for _ in 0..1_000_000 {
            assert_eq!(body.feed(b" "), Some(Vec::new()));
        }
        assert_eq!(body.feed(b"\"a"), Some(Vec::new()));
        assert_eq!(body.feed(b" b\""), Some(Vec::new()));
        assert_eq!(body.finish(), b"a b");
    }

    #[test]
    fn a_string_is_shown_without_quotes_if_that_is_wanted() {
        let wish = Wish { unquote: true, ..Wish::default() };
        let person = Wish { format: true, guard: true, ..wish };
        for (wish, media_type, bytes, expected) in [
            (wish, "application/json", " \"a\\n\\u00e9\\\"\" ", "a\né\""),
            (wish, "application/json", "{\"a\": \"b\"}", "{\"a\": \"b\"}"),
            (wish, "application/json", " 12 ", " 12 "),
            (wish, "application/json", "\"a\" x", "\"a\" x"),
            (wish, "application/json", "\"a", "\"a"),
            (wish, "application/json", "", ""),
            (wish, "text/plain", "\"a\"", "\"a\""),
            (person, "application/json", "\"a\\u001b[2J\"", "a\\x1b[2J"),
            (person, "application/json", "[\"a\"]", "[\n  \"a\"\n]\n"),
        ] {
            let shown = String::from_utf8(print(media_type, wish, bytes.as_bytes()).0).unwrap();
            assert_eq!(shown, expected, "{bytes}");
        }
    }

    #[test]
    fn a_pipe_gets_the_very_bytes_and_a_person_what_can_be_read() {
        let person = Wish { format: true, guard: true, ..Wish::default() };
        for (media_type, wish, bytes, expected, withheld) in [
            ("application/json", Wish::default(), &b"{\"a\":\x00\xff}"[..], &b"{\"a\":\x00\xff}"[..], false),
            ("application/json", person, b"{\"a\":1}", b"{\n  \"a\": 1\n}\n", false),
            ("application/problem+json; x=y", person, b"[\"\xc3\xa9\"]", b"[\n  \"\xc3\xa9\"\n]\n", false),
            ("text/plain", person, b"a\x1b[2Jb", b"a\\x1b[2Jb", false),
            ("image/png", person, b"\x89PNG\r\n\x1a\n\0\0", b"\\x89PNG\r\n\\x1a\n", true),
        ] {
            assert_eq!(print(media_type, wish, bytes), (expected.to_vec(), withheld), "{media_type}");
        }
    }
}

//! Content on its way to a person: made readable, or withheld if it is binary.

use super::json::Indenter;
use super::style::Palette;
use super::visible::Visible;

/// What becomes of content.
#[derive(Debug, Clone)]
pub enum Body {
    /// The very octets.
    Octets,
    /// For a person.
    Text {
        /// Re-indents JSON.
        indenter: Option<Box<Indenter>>,
        /// Makes control characters visible.
        visible: Option<Visible>,
        /// Set once binary content was seen: nothing of the rest is shown.
        is_withheld: bool,
    },
}

/// What is wanted for content on a stream.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish {
    /// JSON is indented.
    pub format: bool,
    /// JSON is coloured, and that is the palette.
    pub palette: Palette,
    /// Control characters are made visible and binary content is withheld.
    pub guard: bool,
}

impl Body {
    /// What becomes of content of that media type.
    pub fn new(media_type: Option<&str>, wish: Wish) -> Body {
        let is_json = media_type.is_some_and(is_json) && (wish.format || wish.palette.is_on());
        if !is_json && !wish.guard {
            return Body::Octets;
        }
        Body::Text {
            indenter: is_json.then(|| Box::new(Indenter::new(wish.palette, wish.format))),
            visible: wish.guard.then(Visible::default),
            is_withheld: false,
        }
    }

    /// The next piece as it is printed; `None` stands for the octets as they are.
    pub fn feed(&mut self, octets: &[u8]) -> Option<Vec<u8>> {
        let Body::Text { indenter, visible, is_withheld } = self else { return None };
        if visible.is_some() && octets.contains(&0) {
            *is_withheld = true;
        }
        if *is_withheld {
            return Some(Vec::new());
        }
        let text = match visible {
            Some(visible) => visible.feed(octets),
            None => String::from_utf8_lossy(octets).into_owned(),
        };
        Some(indenter.as_mut().map_or_else(|| text.clone(), |indenter| indenter.feed(&text)).into_bytes())
    }

    /// What is printed after the last piece.
    pub fn finish(&mut self) -> Vec<u8> {
        let Body::Text { indenter, visible, is_withheld: false } = self else { return Vec::new() };
        let held = visible.as_mut().map(Visible::finish).unwrap_or_default();
        match indenter {
            Some(indenter) => (indenter.feed(&held) + &indenter.finish()).into_bytes(),
            None => held.into_bytes(),
        }
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

    fn print(media_type: &str, wish: Wish, octets: &[u8]) -> (Vec<u8>, bool) {
        let mut body = Body::new(Some(media_type), wish);
        let mut out = Vec::new();
        for piece in octets.chunks(2) {
            out.extend(body.feed(piece).unwrap_or_else(|| piece.to_vec()));
        }
        out.extend(body.finish());
        (out, body.is_withheld())
    }

    #[test]
    fn a_pipe_gets_the_very_octets_and_a_person_what_can_be_read() {
        let person = Wish { format: true, guard: true, ..Wish::default() };
        for (media_type, wish, octets, expected, withheld) in [
            ("application/json", Wish::default(), &b"{\"a\":\x00\xff}"[..], &b"{\"a\":\x00\xff}"[..], false),
            ("application/json", person, b"{\"a\":1}", b"{\n  \"a\": 1\n}\n", false),
            ("application/problem+json; x=y", person, b"[\"\xc3\xa9\"]", b"[\n  \"\xc3\xa9\"\n]\n", false),
            ("text/plain", person, b"a\x1b[2Jb", b"a\\x1b[2Jb", false),
            ("image/png", person, b"\x89PNG\r\n\x1a\n\0\0", b"\\x89PNG\r\n\\x1a\n", true),
        ] {
            assert_eq!(print(media_type, wish, octets), (expected.to_vec(), withheld), "{media_type}");
        }
    }
}

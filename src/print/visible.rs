//! Control characters made visible: what comes from the network must not steer a terminal.

use std::borrow::Cow;
use std::fmt::Write;

/// A stream of text whose control characters become visible, however it is cut into pieces.
///
/// Line feeds and tabs stay, and a CR before a line feed; all other control characters, those of Unicode's C1 set
/// included, and bytes that are not UTF-8 appear as `\x1b`. Marks that turn the direction of text around, which make
/// it read as something else, appear as `\u{202e}`.
///
/// ```
/// use httpkit::print::Visible;
///
/// let mut visible = Visible::default();
/// assert_eq!(visible.feed(b"red \x1b[31m \xc3"), "red \\x1b[31m ", "half of a character is held back");
/// assert_eq!(visible.feed(b"\xa9\n") + &visible.finish(), "é\n");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Visible {
    /// The start of a character, or a CR, that the next piece decides about.
    held: Vec<u8>,
}

impl Visible {
    /// The next piece, ready to be shown.
    pub fn feed(&mut self, bytes: &[u8]) -> String {
        let all = match self.held.is_empty() {
            true => Cow::Borrowed(bytes),
            false => Cow::Owned([self.held.as_slice(), bytes].concat()),
        };
        let keep = held_length(&all);
        let (now, later) = all.split_at(all.len() - keep);
        let shown = show(now);
        self.held = later.to_vec();
        shown
    }

    /// What was still held back.
    pub fn finish(&mut self) -> String {
        show(&std::mem::take(&mut self.held))
    }
}

/// A whole text with its control characters made visible; its lines stay.
pub fn text(text: &str) -> String {
    show(text.as_bytes())
}

/// A whole text with its control characters made visible, line ends included.
pub fn line(text: &str) -> String {
    show(text.as_bytes()).replace('\n', "\\n")
}

/// Whether a character turns the direction of text around, so that it reads as something else.
pub fn turns_text(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How many bytes at the end cannot be judged yet.
fn held_length(bytes: &[u8]) -> usize {
    if bytes.last() == Some(&b'\r') {
        return 1;
    }
    let start = bytes.len().saturating_sub(3);
    match std::str::from_utf8(&bytes[start..]) {
        // The window may start within a character; only its end counts.
        _ if bytes.is_empty() => 0,
        Ok(_) => 0,
        Err(_) => (1..=bytes.len().min(3)).find(|length| is_cut(&bytes[bytes.len() - length..])).unwrap_or(0),
    }
}

/// Whether bytes are the beginning of one character and nothing else.
fn is_cut(bytes: &[u8]) -> bool {
    matches!(std::str::from_utf8(bytes), Err(error) if error.valid_up_to() == 0 && error.error_len().is_none())
}

fn show(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let mut characters = chunk.valid().chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\n' | '\t' => out.push(character),
                '\r' if characters.peek() == Some(&'\n') => out.push(character),
                '\r' => out.push_str("\\r"),
                _ if character.is_control() => push(&mut out, format_args!("\\x{:02x}", u32::from(character))),
                turning if turns_text(turning) => {
                    push(&mut out, format_args!("\\u{{{:x}}}", u32::from(character)));
                }
                _ => out.push(character),
            }
        }
        for byte in chunk.invalid() {
            push(&mut out, format_args!("\\x{byte:02x}"));
        }
    }
    out
}

fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing into a String cannot fail.
    let _ = out.write_fmt(arguments);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_however_the_text_is_cut() {
        for (bytes, expected) in [
            (&b"plain\ttext\r\n"[..], "plain\ttext\r\n"),
            (b"\x1b[31mred\x07\x7f", "\\x1b[31mred\\x07\\x7f"),
            (b"over\rwritten", "over\\rwritten"),
            ("gr\u{fc}\u{df}e \u{1f600} \u{c7ac}".as_bytes(), "gr\u{fc}\u{df}e \u{1f600} \u{c7ac}"),
            ("c1 \u{9b}31m".as_bytes(), "c1 \\x9b31m"),
            ("a\u{202e}b".as_bytes(), "a\\u{202e}b"),
            (b"latin \xfc\xff", "latin \\xfc\\xff"),
            (b"cut \xe2\x82", "cut \\xe2\\x82"),
            (b"", ""),
        ] {
            for size in [1, 2, 3, 5, 100] {
                let mut visible = Visible::default();
                let mut shown: String = bytes.chunks(size).map(|piece| visible.feed(piece)).collect();
                shown.push_str(&visible.finish());
                assert_eq!(shown, expected, "in pieces of {size}");
            }
        }
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(line("a\nb\x1bc"), "a\\nb\\x1bc");
    }
}

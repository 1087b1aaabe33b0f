//! An exchange as its bytes: text from which they can be made again, and nothing that steers a terminal.

use std::fmt::Write;

use super::escape::{ending, escaped};
use super::head::{Manner, start_line};
use super::secret::Hider;
use super::style::Tone;
use super::visible::line;

/// How much of a content is shown unless all of it is asked for, in bytes.
const SHOWN: u64 = 16 * 1024;
/// How many bytes of content that is no text stand on a line.
const ROW: usize = 16;

/// Who sent bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The client: its lines begin with `> `.
    Client,
    /// The server: its lines begin with `< `.
    Server,
}

/// Shows the bytes of exchanges as they come. After the mark of a line, CR is `\r`, LF is `\n` and ends the line, a
/// backslash is `\\`, every other control byte and every byte that is not UTF-8 is `\xNN`.
#[derive(Debug)]
pub struct Wire {
    manner: Manner,
    limit: u64,
    /// Of the content that is under way: whether it is text, and how much was shown and left out.
    is_text: Option<bool>,
    side: Option<Side>,
    shown: u64,
    left_out: u64,
    hider: Hider,
}

impl Wire {
    /// Nothing shown yet; with `all`, contents are shown to their ends.
    pub fn new(manner: Manner, all: bool) -> Wire {
        let limit = if all { u64::MAX } else { SHOWN };
        Wire { manner, limit, is_text: None, side: None, shown: 0, left_out: 0, hider: Hider::default() }
    }

    /// Whole lines of a head; `is_first` says that they begin it.
    pub fn head(&mut self, side: Side, bytes: &[u8], is_first: bool) -> String {
        let mut out = self.end();
        let mut is_start = is_first;
        let mut is_masked = false;
        for text in bytes.split_inclusive(|byte| *byte == b'\n') {
            let escaped = escaped(text);
            let (body, end) = ending(&escaped);
            let palette = self.manner.palette;
            let (body, is_hidden) = match self.manner.mask {
                true => self.hider.line(body, is_start),
                false => (body.into(), false),
            };
            is_masked |= is_hidden;
            let shown = match body.split_once(':').filter(|_| !is_start) {
                None if is_start => start_line(&body, palette),
                Some((name, value)) => format!("{}:{value}", palette.paint(Tone::Name, name)),
                None => body.into_owned(),
            };
            self.push(&mut out, side, &format!("{shown}{}", palette.paint(Tone::Faint, end)));
            is_start = false;
        }
        if is_masked {
            out.push_str(&self.note("secrets are masked, --show-secrets shows them"));
        }
        out
    }

    /// Bytes of a content, with what frames them.
    pub fn content(&mut self, side: Side, bytes: &[u8]) -> String {
        // What the other side sends is another content.
        let is_other = self.side.is_some_and(|before| before != side);
        let mut out = if is_other { self.end() } else { String::new() };
        self.side = Some(side);
        let fits = usize::try_from(self.limit - self.shown).unwrap_or(usize::MAX).min(bytes.len());
        let (now, rest) = bytes.split_at(fits);
        self.shown += now.len() as u64;
        self.left_out += rest.len() as u64;
        if *self.is_text.get_or_insert_with(|| is_text(bytes)) {
            now.split_inclusive(|byte| *byte == b'\n').for_each(|text| self.push(&mut out, side, &escaped(text)));
        } else {
            now.chunks(ROW).for_each(|row| self.push(&mut out, side, &hexadecimal(row)));
        }
        out
    }

    /// Something that happened besides.
    pub fn note(&mut self, text: &str) -> String {
        let mut out = self.end();
        let _ = writeln!(out, "{}{}", self.manner.palette.paint(Tone::Faint, "* "), line(text));
        out
    }

    /// The end of the content that was under way: what of it was left out.
    pub fn end(&mut self) -> String {
        let left_out = std::mem::take(&mut self.left_out);
        (self.is_text, self.side, self.shown) = (None, None, 0);
        match left_out {
            0 => String::new(),
            _ => self.note(&format!("{} more bytes, not shown (--wire=all shows them)", grouped(left_out))),
        }
    }

    fn push(&self, out: &mut String, side: Side, shown: &str) {
        let mark = if side == Side::Client { "> " } else { "< " };
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}{shown}", self.manner.palette.paint(Tone::Faint, mark));
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect()
}

/// Whether the beginning of a content reads as text.
fn is_text(bytes: &[u8]) -> bool {
    let is_plain = |byte: &u8| !byte.is_ascii_control() || matches!(byte, b'\t' | b'\r' | b'\n' | 0x1b);
    let chunk = bytes.utf8_chunks().next();
    let is_cut = |chunk: std::str::Utf8Chunk<'_>| bytes.len() - chunk.valid().len() < 4;
    bytes.iter().all(is_plain) && chunk.is_none_or(is_cut)
}

/// A number with commas between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_gives_the_bytes_back() {
        let mut wire = Wire::new(Manner::default(), false);
        assert_eq!(
            wire.head(Side::Client, b"GET / HTTP/1.1\r\nA: \\\x1b\r\n", true),
            "> GET / HTTP/1.1\\r\\n\n> A: \\\\\\x1b\\r\\n\n"
        );
        assert_eq!(
            wire.content(Side::Server, "h\u{e9}\u{9b}\u{202e}\n\tb".as_bytes()),
            "< h\u{e9}\\xc2\\x9b\\xe2\\x80\\xae\\n\n< \\x09b\n"
        );
        wire.end();
        assert_eq!(wire.content(Side::Server, b"\x00ab\xff"), "< \\x00\\x61\\x62\\xff\n");
    }

    #[test]
    fn a_long_content_is_shown_in_part() {
        let mut wire = Wire::new(Manner::default(), false);
        let shown = wire.content(Side::Server, &vec![b'a'; 16 * 1024 + 999_999]);
        assert_eq!(shown.len(), 16 * 1024 + 3);
        assert_eq!(wire.content(Side::Server, b"a"), "");
        assert_eq!(wire.end(), "* 1,000,000 more bytes, not shown (--wire=all shows them)\n");
        assert_eq!(wire.end(), "");
    }

    #[test]
    fn secrets_are_masked_and_that_is_said() {
        let mut wire = Wire::new(Manner { mask: true, ..Manner::default() }, true);
        let shown = wire.head(Side::Client, b"GET / HTTP/1.1\r\nCookie: a=b\r\n\r\n", true);
        assert_eq!(
            shown,
            "> GET / HTTP/1.1\\r\\n\n> Cookie: ***\\r\\n\n> \\r\\n\n* secrets are masked, --show-secrets shows them\n"
        );
    }
}

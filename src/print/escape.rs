//! Bytes as text that can be turned back into the very bytes.

use std::fmt::Write;

/// The bytes with CR as `\r`, LF as `\n`, a backslash as `\\`, and as `\x1b` each byte of other control characters, of
/// marks that turn the direction of text around, and of what is not UTF-8.
///
/// ```
/// assert_eq!(httpkit::print::escaped(b"a\\b\r\n\x1b\xff"), r"a\\b\r\n\x1b\xff");
/// ```
pub fn escaped(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\r' => out.push_str("\\r"),
                '\n' => out.push_str("\\n"),
                '\\' => out.push_str("\\\\"),
                _ if is_steering(character) => hexadecimal(&mut out, character.encode_utf8(&mut [0; 4]).as_bytes()),
                _ => out.push(character),
            }
        }
        hexadecimal(&mut out, chunk.invalid());
    }
    out
}

fn is_steering(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn hexadecimal(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing into a String cannot fail.
        let _ = write!(out, "\\x{byte:02x}");
    }
}

/// An escaped line and what ends it.
pub(super) fn ending(line: &str) -> (&str, &str) {
    let body = line.strip_suffix("\\n").map_or(line, |body| body.strip_suffix("\\r").unwrap_or(body));
    line.split_at(body.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The way back, as a reader of the output would write it.
    fn undone(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match (character, if character == '\\' { characters.next() } else { None }) {
                (_, Some('r')) => bytes.push(b'\r'),
                (_, Some('n')) => bytes.push(b'\n'),
                (_, Some('x')) => {
                    let digits: String = characters.by_ref().take(2).collect();
                    bytes.push(u8::from_str_radix(&digits, 16).unwrap());
                }
                (_, Some(other)) => bytes.extend(other.to_string().bytes()),
                (other, None) => bytes.extend(other.to_string().bytes()),
            }
        }
        bytes
    }

    #[test]
    fn what_is_escaped_can_be_undone() {
        for (bytes, expected) in [
            (&b"GET / HTTP/1.1\r\n"[..], "GET / HTTP/1.1\\r\\n"),
            (b"a\\r\x1b[m\x00\xff", "a\\\\r\\x1b[m\\x00\\xff"),
            ("\u{fc}\u{9b}\u{202e}".as_bytes(), "\u{fc}\\xc2\\x9b\\xe2\\x80\\xae"),
        ] {
            assert_eq!(escaped(bytes), expected);
            assert_eq!(undone(expected), bytes);
        }
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(undone(&escaped(&all)), all);
    }
}

//! The strings in what this program says as JSON: problem documents and the log.

use std::io::Write;

/// Appends a JSON string (RFC 8259 7). Every control character is escaped, those of C1 and DEL too, which JSON does not
/// ask for: a problem or a log is read on terminals, and those obey them.
pub(crate) fn quote(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut done = 0;
    for (at, c) in text.char_indices().filter(|&(_, c)| matches!(c, '"' | '\\') || c.is_control()) {
        out.extend_from_slice(&text.as_bytes()[done..at]);
        done = at + c.len_utf8();
        match c {
            '"' | '\\' => out.extend_from_slice(&[b'\\', c as u8]),
            // Writing to a Vec cannot fail.
            c => drop(write!(out, "\\u{:04x}", u32::from(c))),
        }
    }
    out.extend_from_slice(&text.as_bytes()[done..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_holds_no_control_character_and_says_the_same() {
        for (text, expected) in [
            ("", r#""""#),
            ("plain", r#""plain""#),
            ("\"\\/", r#""\"\\/""#),
            ("a\r\n\u{1b}[0m", r#""a\u000d\u000a\u001b[0m""#),
            ("\u{7f}\u{9b}\u{a0}", "\"\\u007f\\u009b\u{a0}\""),
            ("ä\0ö", r#""ä\u0000ö""#),
        ] {
            let mut out = Vec::new();
            quote(text, &mut out);
            assert_eq!(String::from_utf8(out.clone()).unwrap(), expected);
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}

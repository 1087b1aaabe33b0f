//! The strings and bytes in what this program says as JSON: problem documents, the log, exchanges.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

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
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            // Writing to a Vec cannot fail.
            c => drop(write!(out, "\\u{:04x}", u32::from(c))),
        }
    }
    out.extend_from_slice(&text.as_bytes()[done..]);
    out.push(b'"');
}

/// Appends an object that holds bytes: how many there are of them, and those that are given, as `text` where they are
/// UTF-8 and else as `base64`. Where these are not all, `cut` is how many of them there are, which the object says as `kept`.
pub(crate) fn bytes(given: &[u8], cut: Option<usize>, length: u64, out: &mut Vec<u8>) {
    let text = match str::from_utf8(given) {
        Ok(text) => Some(text),
        // The cut may go through a character.
        Err(error) if cut.is_some() && error.error_len().is_none() => {
            str::from_utf8(&given[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    // Writing to a Vec cannot fail.
    let _ = write!(out, "{{\"bytes\":{length}");
    if let Some(kept) = cut {
        let lost = given.len() - text.map_or(given.len(), str::len);
        let _ = write!(out, ",\"kept\":{}", kept.saturating_sub(lost));
    }
    match text {
        Some(text) => {
            out.extend_from_slice(b",\"text\":");
            quote(text, out);
        }
        None => {
            let _ = write!(out, ",\"base64\":\"{}\"", STANDARD.encode(given));
        }
    }
    out.push(b'}');
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
            ("a\r\n\u{1b}[0m", r#""a\r\n\u001b[0m""#),
            ("\u{7f}\u{9b}\u{a0}", "\"\\u007f\\u009b\u{a0}\""),
            ("ä\0ö", r#""ä\u0000ö""#),
        ] {
            let mut out = Vec::new();
            quote(text, &mut out);
            assert_eq!(String::from_utf8(out.clone()).unwrap(), expected);
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
    #[test]
    fn bytes_are_text_if_they_can_be_and_say_how_many_there_were() {
        for (given, length, expected) in [
            (&b"a\r\n"[..], 3, r#"{"bytes":3,"text":"a\r\n"}"#),
            (b"", 0, r#"{"bytes":0,"text":""}"#),
            (b"a\xff", 2, r#"{"bytes":2,"base64":"Yf8="}"#),
            ("aä".as_bytes(), 9, r#"{"bytes":9,"kept":3,"text":"aä"}"#),
            // Cut within a character, which is not the same as being no text.
            (b"a\xc3", 9, r#"{"bytes":9,"kept":1,"text":"a"}"#),
            (b"a\xc3", 2, r#"{"bytes":2,"base64":"YcM="}"#),
            (b"\xffa\xc3", 9, r#"{"bytes":9,"kept":3,"base64":"/2HD"}"#),
        ] {
            let mut out = Vec::new();
            let cut = (given.len() < length).then_some(given.len());
            bytes(given, cut, length as u64, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}

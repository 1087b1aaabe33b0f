//! Text as Python writes it: `repr` of str, list and dict, and `json.dumps`. The original systems were Python programs
//! and put such text on the wire.

use std::borrow::Cow;

/// Appends `repr(text)` of a Python str.
///
/// Single quotes, unless the text holds some and no double ones; characters that Python does not count as printable
/// are escaped (Python library reference, `str.isprintable`).
pub(super) fn write_repr(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for sign in text.chars() {
        match sign {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if sign == quote => out.extend(['\\', sign]),
            ' '..='~' => out.push(sign),
            _ if is_printable(sign) => out.push(sign),
            '\0'..='\u{ff}' => out.push_str(&format!("\\x{:02x}", u32::from(sign))),
            '\u{100}'..='\u{ffff}' => out.push_str(&format!("\\u{:04x}", u32::from(sign))),
            _ => out.push_str(&format!("\\U{:08x}", u32::from(sign))),
        }
    }
    out.push(quote);
}

/// The standard library escapes for `Debug` exactly the categories that Python does (Cc, Cf, Cs, Co, Cn, Zl, Zp, Zs),
/// and at the start of a text also characters that join the one before; so the question is put behind a letter.
fn is_printable(sign: char) -> bool {
    let mut text = [b'a', 0, 0, 0, 0];
    let length = sign.encode_utf8(&mut text[1..]).len();
    str::from_utf8(&text[..=length]).is_ok_and(|text| text.escape_debug().nth(1) == Some(sign))
}

/// `repr` of a Python list of str: `['update', 'name', 'lee']`.
pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::from("[");
    for (position, item) in items.into_iter().enumerate() {
        if position > 0 {
            out.push_str(", ");
        }
        write_repr(item, &mut out);
    }
    out.push(']');
    out
}

/// A value of a dict, as far as a flat map of JSON has such.
pub(super) enum Value<'a> {
    /// A str.
    Text(Cow<'a, str>),
    /// Anything else, by its JSON text.
    Literal(Cow<'a, str>),
}

/// `repr` of a Python dict from str to str, numbers, booleans and None: `{'junhyung': 'bae', 'n': 1}`.
pub(super) fn dict<'a>(members: impl IntoIterator<Item = (Cow<'a, str>, Value<'a>)>) -> String {
    let mut out = String::from("{");
    for (position, (name, value)) in members.into_iter().enumerate() {
        if position > 0 {
            out.push_str(", ");
        }
        write_repr(&name, &mut out);
        out.push_str(": ");
        match value {
            Value::Text(text) => write_repr(&text, &mut out),
            Value::Literal(text) => out.push_str(match &*text {
                "true" => "True",
                "false" => "False",
                "null" => "None",
                other => other,
            }),
        }
    }
    out.push('}');
    out
}

/// JSON text as `json.dumps` writes it: one line, `, ` and `: ` between, everything beyond ASCII escaped. Numbers keep
/// their text. `json` is well-formed.
pub(super) fn dumps(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() + json.len() / 8);
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => {
                at = dump_string(json, at, &mut out);
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b',' => out.extend_from_slice(b", "),
            b':' => out.extend_from_slice(b": "),
            other => out.push(*other),
        }
        at += 1;
    }
    out
}

/// Writes the string that begins at `at`; gives the place behind its closing quote.
fn dump_string(json: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    out.push(b'"');
    let mut at = at + 1;
    loop {
        let rest = json.get(at..).unwrap_or_default();
        match rest {
            [] => return at,
            [b'"', ..] => {
                out.push(b'"');
                return at + 1;
            }
            [b'\\', b'u', digits @ ..] => {
                let unit = digits.get(..4).and_then(|digits| str::from_utf8(digits).ok());
                dump_unit(unit.and_then(|unit| u16::from_str_radix(unit, 16).ok()).unwrap_or(0xfffd), out);
                at += 6;
            }
            [b'\\', escaped, ..] => {
                // A slash need not be escaped, and Python does not.
                out.extend_from_slice(if *escaped == b'/' { b"/" } else { &rest[..2] });
                at += 2;
            }
            [byte, ..] if byte.is_ascii() => {
                dump_unit(u16::from(*byte), out);
                at += 1;
            }
            _ => {
                let length = rest.iter().take_while(|byte| !byte.is_ascii()).count();
                let text = String::from_utf8_lossy(&rest[..length]);
                text.encode_utf16().for_each(|unit| dump_unit(unit, out));
                at += length;
            }
        }
    }
}

/// Writes one UTF-16 code unit within a JSON string, as Python escapes it.
fn dump_unit(unit: u16, out: &mut Vec<u8>) {
    match u8::try_from(unit) {
        Ok(sign @ (b'"' | b'\\')) => out.extend_from_slice(&[b'\\', sign]),
        Ok(sign @ b' '..=b'~') => out.push(sign),
        Ok(b'\n') => out.extend_from_slice(b"\\n"),
        Ok(b'\r') => out.extend_from_slice(b"\\r"),
        Ok(b'\t') => out.extend_from_slice(b"\\t"),
        Ok(0x08) => out.extend_from_slice(b"\\b"),
        Ok(0x0c) => out.extend_from_slice(b"\\f"),
        _ => out.extend_from_slice(format!("\\u{unit:04x}").as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Python 3 prints for `repr` of the text.
    #[test]
    fn repr_quotes_and_escapes_as_python_does() {
        for (text, expected) in [
            ("bae", "'bae'"),
            ("", "''"),
            ("O'Neil", "\"O'Neil\""),
            ("say \"hi\"", "'say \"hi\"'"),
            ("it's \"so\"", "'it\\'s \"so\"'"),
            ("a\\b", "'a\\\\b'"),
            ("tab\tline\ncr\r", "'tab\\tline\\ncr\\r'"),
            ("\0\x1b\x7f", "'\\x00\\x1b\\x7f'"),
            ("준형", "'준형'"),
            ("\u{ad}\u{a0}é", "'\\xad\\xa0é'"),
            ("\u{200b}\u{2028}\u{feff}", "'\\u200b\\u2028\\ufeff'"),
            ("e\u{301}", "'e\u{301}'"),
            ("\u{301}", "'\u{301}'"),
            ("\u{1f600}\u{e0001}", "'\u{1f600}\\U000e0001'"),
            ("\u{3000}", "'\\u3000'"),
        ] {
            let mut out = String::new();
            write_repr(text, &mut out);
            assert_eq!(out, expected, "{text:?}");
        }
    }

    #[test]
    fn lists_and_dicts_are_those_of_python() {
        assert_eq!(list(["update", "name", "l'ee"]), "['update', 'name', \"l'ee\"]");
        assert_eq!(list([]), "[]");
        let text = |text: &'static str| Value::Text(text.into());
        let literal = |text: &'static str| Value::Literal(text.into());
        for (members, expected) in [
            (vec![], "{}"),
            (vec![("a", text("b"))], "{'a': 'b'}"),
            (vec![("a", text("b")), ("c", text(""))], "{'a': 'b', 'c': ''}"),
            (vec![("a", literal("1.0")), ("b", literal("true"))], "{'a': 1.0, 'b': True}"),
            (vec![("a", literal("false")), ("b", literal("null"))], "{'a': False, 'b': None}"),
        ] {
            let members = members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value));
            assert_eq!(dict(members), expected);
        }
    }

    /// What Python 3 prints for `json.dumps(json.loads(text))`.
    #[test]
    fn dumps_is_one_line_of_ascii() {
        for (json, expected) in [
            ("{\n\t\"a\":1,\n\t\"b\" : [ 1 , 2 ]\n}\n", r#"{"a": 1, "b": [1, 2]}"#),
            ("{}", "{}"),
            ("[ ]", "[]"),
            (r#"{"a,b":"c:d, e"}"#, r#"{"a,b": "c:d, e"}"#),
            (r#"["\/","\"","\\","\b\f\n\r\t"]"#, r#"["/", "\"", "\\", "\b\f\n\r\t"]"#),
            (r#"["A\u00e9\ud83d\ude00"]"#, r#"["A\u00e9\ud83d\ude00"]"#),
            (r#"["\u0041\u0022\u005C\u000a\u00E9\u007f\u0000"]"#, r#"["A\"\\\n\u00e9\u007f\u0000"]"#),
            ("[\"준é\u{1f600}\"]", r#"["\uc900\u00e9\ud83d\ude00"]"#),
            (r#"[1.0,1e400,true,null,"\ud800"]"#, r#"[1.0, 1e400, true, null, "\ud800"]"#),
            ("[\"\u{7f}\"]", r#"["\u007f"]"#),
        ] {
            assert_eq!(String::from_utf8(dumps(json.as_bytes())).unwrap(), expected, "{json}");
        }
    }
}

//! Walking through JSON text that is known to be well-formed. On any other text the answers are of no use, but nothing
//! panics.

use std::borrow::Cow;

/// The kinds of JSON values (RFC 8259 section 3) by their first byte; `None` for what starts no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Object,
    Array,
    String,
    Number,
    Boolean,
    Null,
}

/// What kind of value `text` is.
#[inline]
pub(crate) fn sort(text: &[u8]) -> Sort {
    match text.first() {
        Some(b'{') => Sort::Object,
        Some(b'[') => Sort::Array,
        Some(b'"') => Sort::String,
        Some(b't' | b'f') => Sort::Boolean,
        Some(b'n') | None => Sort::Null,
        Some(_) => Sort::Number,
    }
}

/// The offset of the first byte at or after `at` that is not white space.
#[inline]
pub(crate) fn skip_white(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// `text` without the white space around it.
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    let start = skip_white(text, 0);
    let end = back_white(text, text.len()).max(start);
    &text[start..end]
}

/// The offset after the last byte before `at` that is not white space.
#[inline]
pub(crate) fn back_white(text: &[u8], mut at: usize) -> usize {
    while at > 0 && matches!(text[at - 1], b' ' | b'\n' | b'\r' | b'\t') {
        at -= 1;
    }
    at
}

/// The offset after the string that starts at `at`.
#[inline]
pub(crate) fn skip_string(text: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(rest) = text.get(at..) {
        match memchr::memchr2(b'"', b'\\', rest) {
            Some(found) if rest[found] == b'"' => return at + found + 1,
            Some(found) => at += found + 2,
            None => break,
        }
    }
    text.len()
}

/// The offset after the value that starts at `at`.
#[inline]
pub(crate) fn skip_value(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        Some(b'"') => skip_string(text, at),
        Some(b'{' | b'[') => skip_container(text, at),
        _ => {
            let rest = text.get(at..).unwrap_or_default();
            // What ends a number or a word is no greater than a comma, but for a plus sign, or a closing bracket.
            let end = rest.iter().position(|&byte| (byte <= b',' && byte != b'+') || byte | 0x20 == b'}');
            at + end.unwrap_or(rest.len())
        }
    }
}

fn skip_container(text: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = skip_string(text, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return at + 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// A member of an object: offsets into the text walked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    /// Where the name token starts, and where the member does.
    pub(crate) start: usize,
    /// After the name token.
    pub(crate) name_end: usize,
    /// Where the value starts.
    pub(crate) value: usize,
    /// After the value.
    pub(crate) end: usize,
}

/// The members of the object that `text` is.
pub(crate) fn members(text: &[u8]) -> impl Iterator<Item = Member> {
    let mut at = skip_white(text, 1);
    std::iter::from_fn(move || {
        if text.get(at) != Some(&b'"') {
            return None;
        }
        let member = member_at(text, at);
        at = after_child(text, member.end);
        Some(member)
    })
}

/// The member that starts at `start`.
#[inline]
pub(crate) fn member_at(text: &[u8], start: usize) -> Member {
    let name_end = skip_string(text, start);
    let value = value_of_member(text, name_end);
    Member { start, name_end, value, end: skip_value(text, value) }
}

/// Where the value starts of the member whose name ends at `name_end`.
#[inline]
pub(crate) fn value_of_member(text: &[u8], name_end: usize) -> usize {
    skip_white(text, skip_white(text, name_end) + 1)
}

/// The elements of the array that `text` is, as ranges.
pub(crate) fn elements(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut at = skip_white(text, 1);
    std::iter::from_fn(move || {
        if matches!(text.get(at), None | Some(b']')) {
            return None;
        }
        let element = (at, skip_value(text, at));
        at = after_child(text, element.1);
        Some(element)
    })
}

/// Where the child after the one that ends at `end` starts, or the closing bracket stands.
#[inline]
fn after_child(text: &[u8], end: usize) -> usize {
    let at = skip_white(text, end);
    if text.get(at) == Some(&b',') { skip_white(text, at + 1) } else { at }
}

/// The value of the first member named `name` of the object that `text` is.
#[inline]
pub(crate) fn member<'t>(text: &'t [u8], name: &str) -> Option<&'t [u8]> {
    if text.first() != Some(&b'{') {
        return None;
    }
    let mut at = skip_white(text, 1);
    while text.get(at) == Some(&b'"') {
        let name_end = skip_string(text, at);
        let value = value_of_member(text, name_end);
        let end = skip_value(text, value);
        if is_name(&text[at..name_end], name) {
            return text.get(value..end);
        }
        at = after_child(text, end);
    }
    None
}

/// Whether the string token says `name`.
#[inline]
pub(crate) fn is_name(token: &[u8], name: &str) -> bool {
    let inner = token.get(1..token.len().saturating_sub(1)).unwrap_or_default();
    inner == name.as_bytes() || (memchr::memchr(b'\\', inner).is_some() && decode(token) == name)
}

/// The text that a string token stands for. A lone surrogate, which is in the grammar but no character, is read as
/// U+FFFD.
pub(crate) fn decode(token: &[u8]) -> Cow<'_, str> {
    let inner = token.get(1..token.len().saturating_sub(1)).unwrap_or_default();
    match memchr::memchr(b'\\', inner) {
        None => String::from_utf8_lossy(inner),
        Some(first) => Cow::Owned(unescape(inner, first)),
    }
}

/// The bytes of the text that a string token stands for.
#[inline]
pub(crate) fn decode_bytes(token: &[u8]) -> Cow<'_, [u8]> {
    let inner = token.get(1..token.len().saturating_sub(1)).unwrap_or_default();
    match memchr::memchr(b'\\', inner) {
        None => Cow::Borrowed(inner),
        Some(first) => Cow::Owned(unescape(inner, first).into_bytes()),
    }
}

/// Whether a string token holds half of a surrogate pair, which is in the grammar but no character.
pub(crate) fn has_lone_surrogate(token: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = token.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += found + 2;
        if token.get(at - 1) != Some(&b'u') {
            continue;
        }
        let rest = token.get(at..).unwrap_or_default();
        let used = code_point(rest).1;
        if used == 4 && unit(rest).is_some_and(|unit| (0xd800..0xe000).contains(&unit)) {
            return true;
        }
        at += used;
    }
    false
}

fn unescape(inner: &[u8], first: usize) -> String {
    let mut text = String::with_capacity(inner.len());
    text.push_str(&String::from_utf8_lossy(&inner[..first]));
    let mut at = first;
    while at < inner.len() {
        let next = memchr::memchr(b'\\', &inner[at..]).map_or(inner.len(), |found| at + found);
        text.push_str(&String::from_utf8_lossy(&inner[at..next]));
        let Some(&letter) = inner.get(next + 1) else { break };
        at = next + 2;
        match letter {
            b'b' => text.push('\u{8}'),
            b'f' => text.push('\u{c}'),
            b'n' => text.push('\n'),
            b'r' => text.push('\r'),
            b't' => text.push('\t'),
            b'u' => {
                let (character, used) = code_point(&inner[at..]);
                text.push(character);
                at += used;
            }
            other => text.push(char::from(other)),
        }
    }
    text
}

/// The character of the digits after `\u`, and how many bytes it takes, the second half of a pair included.
fn code_point(rest: &[u8]) -> (char, usize) {
    let Some(unit) = unit(rest) else { return (char::REPLACEMENT_CHARACTER, 4.min(rest.len())) };
    if (0xd800..0xdc00).contains(&unit)
        && rest.get(4..6) == Some(b"\\u")
        && let Some(low) = rest.get(6..).and_then(self::unit)
        && (0xdc00..0xe000).contains(&low)
    {
        let point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER), 10);
    }
    (char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), 4)
}

fn unit(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits.get(..4)?).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// Appends `text` as a JSON string, with no more escapes than RFC 8259 section 7 asks for.
pub(crate) fn quote(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    escape(text.as_bytes(), out);
    out.push(b'"');
}

/// Appends bytes as they stand between the quotes of a JSON string; what is not UTF-8 stays as it is.
pub(crate) fn escape(text: &[u8], out: &mut Vec<u8>) {
    let mut done = 0;
    for (at, &byte) in text.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&text[done..at]);
        done = at + 1;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x8 => out.extend_from_slice(b"\\b"),
            0xc => out.extend_from_slice(b"\\f"),
            _ => {
                let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    out.extend_from_slice(&text[done..]);
}

/// `text` as a JSON string token.
pub(crate) fn quoted(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    quote(text, &mut out);
    out
}

/// `object` with `member` set to `token`, in front if it is not there.
pub(crate) fn with_member(object: &[u8], name: &str, token: &[u8]) -> Vec<u8> {
    if let Some(old) = member(object, name) {
        let start = old.as_ptr().addr() - object.as_ptr().addr();
        return [&object[..start], token, &object[start + old.len()..]].concat();
    }
    let mut out = vec![b'{'];
    quote(name, &mut out);
    out.push(b':');
    out.extend_from_slice(token);
    if members(object).next().is_some() {
        out.push(b',');
    }
    out.extend_from_slice(&object[1..]);
    out
}

/// How many levels of arrays and objects `text` has.
pub(crate) fn depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = skip_string(text, at);
                continue;
            }
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_decode_and_quote() {
        for (token, text) in [
            (r#""plain""#, "plain"),
            (r#""a\"b\\c\/d""#, "a\"b\\c/d"),
            (r#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t"),
            (r#""\u00e9\uD83D\uDE00!""#, "é😀!"),
            (r#""\ud83d x""#, "\u{fffd} x"),
            (r#""""#, ""),
        ] {
            assert_eq!(decode(token.as_bytes()), text);
            assert_eq!(decode(&quoted(text)), text);
        }
        assert_eq!(quoted("a\"\u{1}é"), r#""a\"\u0001é""#.as_bytes());
    }

    #[test]
    fn halves_of_surrogate_pairs_are_seen() {
        for (token, lone) in [
            (r#""\\ud83d""#, false),
            (r#""\\\ud83d""#, true),
            (r#""\ud83d\ude00""#, false),
            (r#""\ude00""#, true),
            (r#""\ud83d\ud83d\ude00""#, true),
            (r#""\u00e9 \n""#, false),
        ] {
            assert_eq!(has_lone_surrogate(token.as_bytes()), lone, "{token}");
        }
    }

    #[test]
    fn members_and_elements() {
        let text = br#"{ "a" : [1, {"x":"]"}] , "b":"\"}" ,"c":null}"#;
        let values: Vec<_> = members(text).map(|m| &text[m.value..m.end]).collect();
        assert_eq!(values, [&br#"[1, {"x":"]"}]"#[..], br#""\"}""#, b"null"]);
        assert_eq!(member(text, "c"), Some(&b"null"[..]));
        assert_eq!(member(br#"{"\u0061":1}"#, "a"), Some(&b"1"[..]));
        let array = br#"[ 1,"a,]", [2,3] ,{} ]"#;
        let found: Vec<_> = elements(array).map(|(start, end)| &array[start..end]).collect();
        assert_eq!(found, [&b"1"[..], br#""a,]""#, b"[2,3]", b"{}"]);
        assert_eq!(depth(array), 2);
    }
}

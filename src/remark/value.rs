//! Small readers for field values, and numbers as people read them.

use std::time::{Duration, SystemTime};

/// The members of a list, without empty ones; a comma in quotes does not part them (RFC 9110 5.6.1).
pub(super) fn list(value: &str) -> Vec<&str> {
    split(value, b',').into_iter().filter(|item| !item.is_empty()).collect()
}

/// The pieces between separators that are not in quotes, trimmed.
pub(super) fn split(value: &str, separator: u8) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut is_quoted, mut is_escaped) = (0, false, false);
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            byte if byte == separator && !is_quoted => {
                pieces.push(value[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(value[start..].trim());
    pieces
}

/// The value of a parameter behind the first semicolon, or of a directive in a list, without its quotes.
pub(super) fn parameter<'v>(value: &'v str, separator: u8, name: &str) -> Option<&'v str> {
    split(value, separator).into_iter().find_map(|piece| {
        let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// What stands before the first semicolon, in small letters.
pub(super) fn essence(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whole seconds, and nothing else; more than 64 bits are held as the largest.
pub(super) fn number(value: &str) -> Option<u64> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| value.parse().unwrap_or(u64::MAX))
}

/// A date in one of the three formats (RFC 9110 5.6.7).
pub(super) fn date(value: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(value).ok()
}

/// How far `later` is after `earlier`, in words; `None` if it is not.
pub(super) fn after(later: SystemTime, earlier: SystemTime) -> Option<String> {
    later.duration_since(earlier).ok().filter(|span| *span >= Duration::from_secs(1)).map(|gap| span(gap.as_secs()))
}

/// Whether the text is an entity tag (RFC 9110 8.8.3).
pub(super) fn is_entity_tag(value: &str) -> bool {
    let opaque = value.strip_prefix("W/").unwrap_or(value);
    let inner = opaque.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.is_some_and(|inner| inner.chars().all(|character| character > ' ' && character != '"' && character != '\x7f'))
}

/// Whether the text is a token (RFC 9110 5.6.2).
pub(super) fn is_token(text: &str) -> bool {
    crate::message::is_token(text.as_bytes())
}

/// A value short enough to stand in a sentence.
pub(super) fn brief(value: &str) -> String {
    match value.char_indices().nth(48) {
        Some((at, _)) => format!("{}...", &value[..at]),
        None => value.to_owned(),
    }
}

/// A number with commas between its thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// So many bytes.
pub(super) fn bytes(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "byte" } else { "bytes" })
}

/// A span of time as people say it: `600 s (10 minutes)`.
pub(super) fn span(seconds: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| seconds >= unit.saturating_mul(2) || seconds == *unit)
    else {
        return format!("{seconds} s");
    };
    let count = seconds / unit;
    let about = if seconds.is_multiple_of(unit) { "" } else { "about " };
    let plural = if count == 1 { "" } else { "s" };
    format!("{} s ({about}{} {name}{plural})", grouped(seconds), grouped(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_parameters_know_quotes() {
        assert_eq!(list("a, \"b, c\" ,, d"), ["a", "\"b, c\"", "d"]);
        assert_eq!(parameter("text/plain; a=\"x;y\"; Charset=utf-8", b';', "charset"), Some("utf-8"));
        assert_eq!(parameter("no-cache, max-age=5", b',', "max-age"), Some("5"));
        assert_eq!(parameter("no-cache", b',', "no-cache"), Some(""));
    }

    #[test]
    fn numbers_read_well() {
        for (seconds, text) in [
            (0, "0 s"),
            (60, "60 s (1 minute)"),
            (90, "90 s"),
            (600, "600 s (10 minutes)"),
            (3_700, "3,700 s (about 61 minutes)"),
            (31_536_000, "31,536,000 s (365 days)"),
        ] {
            assert_eq!(span(seconds), text);
        }
        assert_eq!((bytes(1), bytes(1_234_567)), ("1 byte".to_owned(), "1,234,567 bytes".to_owned()));
    }

    #[test]
    fn entity_tags_have_quotes() {
        for (value, expected) in [("\"a\"", true), ("W/\"\"", true), ("a", false), ("\"", false), ("w/\"a\"", false)] {
            assert_eq!(is_entity_tag(value), expected, "{value}");
        }
    }
}

//! Formats that texts follow, by the names that JSON Schema has for them (Validation 2020-12, section 7.3).

use std::net::{Ipv4Addr, Ipv6Addr};

/// A format of a text.
///
/// ```
/// use httpkit::text::format::Format;
///
/// assert!(Format::Date.is_met_by("2028-02-29") && !Format::Date.is_met_by("2027-02-29"));
/// assert_eq!(Format::DateTime.name(), "date-time");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `2026-05-02` (RFC 3339, `full-date`).
    Date,
    /// `2026-05-02T14:10:55Z` (RFC 3339, `date-time`).
    DateTime,
    /// `name@host.example` (RFC 5321, without quotes and comments).
    Email,
    /// An address of IPv4 in four numbers.
    Ipv4,
    /// An address of IPv6 (RFC 4291).
    Ipv6,
    /// `https://host.example/path` (RFC 3986).
    Uri,
    /// Hexadecimal digits in groups of 8, 4, 4, 4 and 12 (RFC 9562).
    Uuid,
}

/// All of them.
const ALL: [Format; 7] =
    [Format::Date, Format::DateTime, Format::Email, Format::Ipv4, Format::Ipv6, Format::Uri, Format::Uuid];

impl Format {
    /// The name that JSON Schema has for it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Date => "date",
            Format::DateTime => "date-time",
            Format::Email => "email",
            Format::Ipv4 => "ipv4",
            Format::Ipv6 => "ipv6",
            Format::Uri => "uri",
            Format::Uuid => "uuid",
        }
    }

    /// Whether the text follows it.
    pub fn is_met_by(self, text: &str) -> bool {
        match self {
            Format::Date => is_date(text.as_bytes()),
            Format::DateTime => is_date_time(text.as_bytes()),
            Format::Email => is_email(text),
            Format::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Format::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Format::Uri => is_uri(text),
            Format::Uuid => is_uuid(text.as_bytes()),
        }
    }

    /// Whether the text is seen to be meant so. More texts are URIs than are meant as such: `note:x` is one.
    fn is_shown_by(self, text: &str) -> bool {
        self.is_met_by(text) && (self != Format::Uri || text.contains("://"))
    }
}

/// The formats that all texts looked at so far follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Formats(u8);

impl Default for Formats {
    fn default() -> Formats {
        Formats(u8::MAX)
    }
}

impl Formats {
    /// Looks at one more text. The highest bit stands for no format: it goes with the first text.
    #[inline]
    pub(crate) fn narrow(&mut self, text: &str) {
        if self.0 != 0 {
            self.0 = (0..)
                .zip(ALL)
                .filter(|(bit, format)| self.0 >> bit & 1 == 1 && format.is_shown_by(text))
                .fold(0, |bits, (bit, _)| bits | 1 << bit);
        }
    }

    /// Whether there is none left.
    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first of them.
    pub(crate) fn first(self) -> Option<Format> {
        let has_seen_one = self != Formats::default();
        ALL.get(self.0.trailing_zeros() as usize).copied().filter(|_| has_seen_one)
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + u32::from(digit - b'0')))
}

fn is_date(text: &[u8]) -> bool {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text else { return false };
    let parts = (number(&[*y0, *y1, *y2, *y3]), number(&[*m0, *m1]), number(&[*d0, *d1]));
    let (Some(year), Some(month), Some(day)) = parts else { return false };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn is_date_time(text: &[u8]) -> bool {
    let Some((date, [b'T' | b't', time @ ..])) = text.split_at_checked(10) else { return false };
    let Some(([h0, h1, b':', m0, m1, b':', s0, s1], rest)) = time.split_at_checked(8) else { return false };
    let within = |digits: [u8; 2], most: u32| number(&digits).is_some_and(|value| value <= most);
    let digits = rest.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
    let offset = if rest.starts_with(b".") && digits > 0 { &rest[1 + digits..] } else { rest };
    let is_offset = match offset {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h0, h1, b':', m0, m1] => within([*h0, *h1], 23) && within([*m0, *m1], 59),
        _ => false,
    };
    is_date(date) && within([*h0, *h1], 23) && within([*m0, *m1], 59) && within([*s0, *s1], 59) && is_offset
}

/// Atoms of RFC 5321, and a host name.
fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    local.len() <= 64 && local.split('.').all(is_atom) && host.len() <= 255 && host.split('.').all(is_label)
}

/// A scheme, and behind it nothing but what may stand in a URI.
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let (before, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    is_scheme && has_uri_characters(before) && has_uri_characters(fragment)
}

fn has_uri_characters(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=%".contains(&byte);
    // Brackets stand around an address of IPv6 only.
    let text = match text.strip_prefix("//").map(|rest| rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()))) {
        Some((authority, rest)) if authority.contains(['[', ']']) => {
            let inner = authority.split_once('[').and_then(|(_, rest)| rest.rsplit_once(']')).map(|(inner, _)| inner);
            if inner.is_none_or(|inner| inner.parse::<Ipv6Addr>().is_err()) {
                return false;
            }
            rest
        }
        _ => text,
    };
    let are_escapes_whole = text
        .split('%')
        .skip(1)
        .all(|after| after.len() >= 2 && after.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit));
    text.bytes().all(is_allowed) && are_escapes_whole
}

fn is_uuid(text: &[u8]) -> bool {
    let is_right = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.iter().enumerate().all(is_right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_knows_its_own() {
        for (text, expected) in [
            ("2026-05-02", Some(Format::Date)),
            ("2024-02-29", Some(Format::Date)),
            ("2023-02-29", None),
            ("2100-02-29", None),
            ("2026-13-01", None),
            ("2026-00-01", None),
            ("2026-04-31", None),
            ("2026-5-2", None),
            ("20260502", None),
            ("2026-05-02T14:10:55Z", Some(Format::DateTime)),
            ("2026-05-02t14:10:55.25+09:00", Some(Format::DateTime)),
            ("2026-05-02T14:10:55", None),
            ("2026-05-02T24:00:00Z", None),
            ("2026-05-02T14:10:55.Z", None),
            ("2026-05-02 14:10:55Z", None),
            ("2026-05-02T14:10:55+24:00", None),
            ("한2026-05", None),
            ("a.b+c@host.example", Some(Format::Email)),
            ("a@localhost", Some(Format::Email)),
            ("a..b@host.example", None),
            ("a@-host.example", None),
            ("@host.example", None),
            ("a@", None),
            ("127.0.0.1", Some(Format::Ipv4)),
            ("127.0.0.01", None),
            ("1.2.3", None),
            ("::1", Some(Format::Ipv6)),
            ("fe80::1%eth0", None),
            ("https://host.example/a?b=c#d", Some(Format::Uri)),
            ("http://[::1]:80/", Some(Format::Uri)),
            ("http://[x]/", None),
            ("https://host.example/a b", None),
            ("https://host.example/%zz", None),
            ("note:x", None),
            ("//host.example/", None),
            ("018f6f3e-7c1a-7c3e-9c3f-0242ac120002", Some(Format::Uuid)),
            ("018f6f3e7c1a7c3e9c3f0242ac120002", None),
            ("", None),
            ("1", None),
            ("word", None),
        ] {
            let mut formats = Formats::default();
            formats.narrow(text);
            assert_eq!(formats.first(), expected, "{text:?}");
            assert_eq!(formats.is_empty(), expected.is_none(), "{text:?}");
        }
        assert!(Format::Uri.is_met_by("note:x"), "it is one, though it may not be meant so");
    }

    #[test]
    fn a_format_is_that_of_all() {
        let of = |texts: &[&str]| {
            let mut formats = Formats::default();
            texts.iter().for_each(|text| formats.narrow(text));
            formats.first()
        };
        assert_eq!(of(&["2026-05-02", "2027-01-01"]), Some(Format::Date));
        assert_eq!(of(&["2026-05-02", "2026-05-02T14:10:55Z"]), None);
        assert_eq!(of(&["2026-05-02", "", "2026-05-02"]), None);
        assert_eq!(of(&[]), None);
    }
}

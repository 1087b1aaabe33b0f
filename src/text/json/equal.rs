//! Whether two JSON texts say the same (RFC 6902 section 4.6).

use std::borrow::Cow;
use std::collections::HashMap;

use super::walk::{self, Sort};

/// Whether `one` and `other` are equal: numbers by value, objects whatever the order of their members.
pub(crate) fn equal(one: &[u8], other: &[u8]) -> bool {
    let (one, other) = (walk::trim(one), walk::trim(other));
    if walk::sort(one) != walk::sort(other) {
        return false;
    }
    match walk::sort(one) {
        Sort::Object => {
            let (one, other) = (object(one), object(other));
            let same =
                |(name, value): (&Cow<'_, str>, &&[u8])| other.get(name).is_some_and(|their| equal(value, their));
            one.len() == other.len() && one.iter().all(same)
        }
        Sort::Array => {
            let mut theirs = walk::elements(other);
            let mut ours = walk::elements(one);
            let alike = ours
                .all(|(start, end)| theirs.next().is_some_and(|(from, to)| equal(&one[start..end], &other[from..to])));
            alike && theirs.next().is_none()
        }
        Sort::String => walk::decode(one) == walk::decode(other),
        Sort::Number => Decimal::of(one) == Decimal::of(other),
        Sort::Boolean | Sort::Null => one == other,
    }
}

fn object(text: &[u8]) -> HashMap<Cow<'_, str>, &[u8]> {
    walk::members(text)
        .map(|member| (walk::decode(&text[member.start..member.name_end]), &text[member.value..member.end]))
        .collect()
}

/// A number by its digits, so that no precision is lost: the digits without zeros around them, and the power of ten
/// of the last.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    /// `None`: beyond what is worth counting; such numbers are equal when they look the same.
    power: Result<i64, Vec<u8>>,
}

impl Decimal {
    fn of(text: &[u8]) -> Decimal {
        let (negative, rest) = match text.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match memchr::memchr2(b'e', b'E', rest) {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, &b"0"[..]),
        };
        let (whole, fraction) = match memchr::memchr(b'.', mantissa) {
            Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
            None => (mantissa, &b""[..]),
        };
        let all = [whole, fraction].concat();
        let first = all.iter().position(|&digit| digit != b'0').unwrap_or(all.len());
        let last = all.iter().rposition(|&digit| digit != b'0').map_or(first, |at| at + 1);
        let digits = all[first..last].to_vec();
        if digits.is_empty() {
            return Decimal { negative: false, digits, power: Ok(0) };
        }
        let exponent: Option<i64> = std::str::from_utf8(exponent).ok().and_then(|text| text.parse().ok());
        let shift = i64::try_from(all.len() - last).ok().zip(i64::try_from(fraction.len()).ok());
        let power = exponent
            .zip(shift)
            .and_then(|(exponent, (zeros, fraction))| exponent.checked_add(zeros)?.checked_sub(fraction));
        Decimal { negative, digits, power: power.ok_or_else(|| text.to_vec()) }
    }
}

#[cfg(test)]
mod tests {
    use super::equal;

    #[test]
    fn values_are_compared_not_texts() {
        for (one, other, same) in [
            ("1", "1.0", true),
            ("1e2", "100", true),
            ("0.10", "1E-1", true),
            ("-0", "0", true),
            ("-1", "1", false),
            ("12345678901234567890", "12345678901234567891", false),
            ("1e400", "10e399", true),
            ("1e99999999999999999999", "1e99999999999999999999", true),
            ("\"a\"", "\"\\u0061\"", true),
            ("{\"a\":1,\"b\":[1,2]}", "{ \"b\" : [1, 2], \"a\":1.0}", true),
            ("{\"a\":1}", "{\"a\":1,\"b\":2}", false),
            ("[1,2]", "[2,1]", false),
            ("[1]", "[1,2]", false),
            ("null", "false", false),
            ("true", "false", false),
        ] {
            assert_eq!(equal(one.as_bytes(), other.as_bytes()), same, "{one} {other}");
            assert_eq!(equal(other.as_bytes(), one.as_bytes()), same, "{other} {one}");
        }
    }
}

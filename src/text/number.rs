//! Numbers compared by their text, exactly: no rounding, whatever their size.

use std::cmp::Ordering;

/// A JSON number taken apart: its value is `0.digits` times ten to the power of `scale`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number<'t> {
    negative: bool,
    /// Digits before and after the point, without leading zeros before or trailing zeros after.
    whole: &'t [u8],
    fraction: &'t [u8],
    scale: i64,
}

impl<'t> Number<'t> {
    /// Reads a text that is a JSON number (RFC 8259 6) and nothing else: `007`, `+1`, `1.` and `.5` are none.
    pub(crate) fn of(text: &'t str) -> Option<Number<'t>> {
        let (negative, rest) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let (whole, rest) = digits(rest);
        if whole.is_empty() || (whole[0] == b'0' && whole.len() > 1) {
            return None;
        }
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => Some(digits(rest)).filter(|(fraction, _)| !fraction.is_empty())?,
            rest => (&[][..], rest),
        };
        let exponent = match rest {
            [] => 0,
            [b'e' | b'E', rest @ ..] => exponent(rest)?,
            _ => return None,
        };
        Some(Number::normal(negative, whole, fraction, exponent))
    }

    fn normal(negative: bool, whole: &'t [u8], fraction: &'t [u8], exponent: i64) -> Number<'t> {
        let fraction = &fraction[..fraction.iter().rposition(|d| *d != b'0').map_or(0, |last| last + 1)];
        let whole = if whole == b"0" { &[][..] } else { whole };
        if !whole.is_empty() {
            let scale = exponent.saturating_add(whole.len() as i64);
            let whole = match fraction {
                [] => &whole[..whole.iter().rposition(|d| *d != b'0').map_or(0, |last| last + 1)],
                _ => whole,
            };
            return Number { negative, whole, fraction, scale };
        }
        let zeros = fraction.iter().take_while(|d| **d == b'0').count();
        match &fraction[zeros..] {
            [] => Number { negative: false, whole, fraction: &[], scale: 0 },
            fraction => Number { negative, whole, fraction, scale: exponent.saturating_sub(zeros as i64) },
        }
    }

    fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    /// Nothing is behind its point, once it is written out.
    pub(crate) fn is_whole(&self) -> bool {
        let digits = self.whole.len() + self.fraction.len();
        self.is_zero() || self.scale >= i64::try_from(digits).unwrap_or(i64::MAX)
    }

    fn sign(&self) -> i8 {
        match (self.is_zero(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn magnitude(&self, other: &Number<'_>) -> Ordering {
        self.scale
            .cmp(&other.scale)
            .then_with(|| self.whole.iter().chain(self.fraction).cmp(other.whole.iter().chain(other.fraction)))
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number<'_> {}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sign().cmp(&other.sign()).then_with(|| match self.sign() {
            0 => Ordering::Equal,
            1 => self.magnitude(other),
            _ => other.magnitude(self),
        })
    }
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|d| d.is_ascii_digit()).count())
}

/// An exponent; one beyond the range of the type is as good as its end.
fn exponent(text: &[u8]) -> Option<i64> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] | rest => (false, rest),
    };
    let (all, rest) = digits(rest);
    if all.is_empty() || !rest.is_empty() {
        return None;
    }
    // Half the range leaves room for the lengths of the digits.
    let value = all.iter().try_fold(0i64, |value, d| value.checked_mul(10)?.checked_add(i64::from(d - b'0')));
    let value = value.unwrap_or(i64::MAX / 2).min(i64::MAX / 2);
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_number() {
        for text in ["0", "-0", "1", "10", "1.0", "0.5", "1e400", "1E-3", "1e+2", "-12.50", "12345678901234567890123"] {
            assert!(Number::of(text).is_some(), "{text}");
        }
        for text in
            ["", "-", "007", "+1", "1.", ".5", "1e", "1e+", "0x1", " 1", "1 ", "1,0", "Infinity", "--1", "1.5.2"]
        {
            assert!(Number::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_is_whole() {
        for (text, expected) in [
            ("0", true),
            ("-0.00", true),
            ("120", true),
            ("1.0", true),
            ("1.5", false),
            ("1.5e1", true),
            ("1e400", true),
            ("1e-1", false),
            ("10e-1", true),
            ("100.01e2", true),
            ("100.01e1", false),
        ] {
            assert_eq!(Number::of(text).unwrap().is_whole(), expected, "{text}");
        }
    }

    #[test]
    fn order_is_exact() {
        let ascending = [
            "-1e400",
            "-2e20",
            "-100",
            "-10.5",
            "-10",
            "-0.5",
            "-0.05",
            "0",
            "1e-400",
            "0.05",
            "0.5",
            "0.55",
            "1",
            "1.5",
            "9",
            "10",
            "10.000000000000000000001",
            "11",
            "100",
            "9007199254740992",
            "9007199254740993",
            "1e100",
            "1e400",
            "2e400",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(Number::of(a).unwrap().cmp(&Number::of(b).unwrap()), i.cmp(&j), "{a} and {b}");
            }
        }
        for (a, b) in [
            ("1", "1.0"),
            ("100", "1e2"),
            ("-0", "0"),
            ("0.10", "1e-1"),
            ("1.50e1", "15"),
            ("0e9", "0"),
            ("120", "12e1"),
        ] {
            assert_eq!(Number::of(a).unwrap().cmp(&Number::of(b).unwrap()), Ordering::Equal, "{a} and {b}");
        }
    }
}

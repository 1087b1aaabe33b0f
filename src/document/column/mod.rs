//! Columns: what queries have read of the records of a large container, kept beside its text so that the next query on
//! the same member need not read again.
//!
//! A column belongs to the bytes that a container was read from, which never change; children that were changed since
//! are read one by one. It tells for certain where it tells anything, and says so where a record has to be read. It
//! knows nothing of how queries compare.

mod build;
mod glance;
mod kept;
mod made;
mod names;
mod reader;

use std::sync::OnceLock;

pub(crate) use glance::{Glance, Seen};
pub(crate) use kept::Columns;

/// What is kept of one member of each child, by child number.
#[derive(Debug)]
pub(crate) enum Column {
    /// No child has it.
    Absent,
    /// It has few different values: which one each child has.
    Few {
        /// Where the text of each value stands.
        values: Vec<(u32, u32)>,
        /// By child: [`MISSING`], [`UNCLEAR`], or [`FIRST`] and up for the values.
        codes: Box<[u16]>,
    },
    /// Mostly numbers: the double next to each.
    Numbers {
        /// By child; no number are those whose bits are [`NO_MEMBER`], [`NULL`] or [`TO_READ`].
        numbers: Box<[f64]>,
        /// Different numbers are next to different doubles.
        are_short: bool,
        /// None of them is a text that looks like a number.
        are_numbers: bool,
    },
    /// Mostly texts: a hash of each, as [`text_hash`] makes it.
    Texts {
        /// By child: [`MISSING_HASH`], [`UNCLEAR_HASH`], or that of its text.
        hashes: Box<[u32]>,
        /// By child, once an order was asked for: [`NO_TEXT`], [`UNREAD_TEXT`], or its first eight bytes as a number.
        beginnings: OnceLock<Box<[u64]>>,
    },
}

/// The code of a child without the member.
pub(crate) const MISSING: u16 = 0;
/// The code of a child that has to be read.
pub(crate) const UNCLEAR: u16 = 1;
/// The code of the first value.
pub(crate) const FIRST: u16 = 2;

/// The bits of what stands for a child without the member. No number that is read is one of these.
pub(crate) const NO_MEMBER: u64 = f64::NAN.to_bits() | 1;
/// Stands for null.
pub(crate) const NULL: u64 = f64::NAN.to_bits() | 2;
/// Stands for a child that has to be read.
pub(crate) const TO_READ: u64 = f64::NAN.to_bits() | 3;

/// The hash that stands for a child without the member.
pub(crate) const MISSING_HASH: u32 = 0;
/// The hash that stands for a child that has to be read: a number, or no scalar.
pub(crate) const UNCLEAR_HASH: u32 = 1;

/// Stands for the beginning of a text that is not there. No UTF-8 has such bytes.
pub(crate) const NO_TEXT: u64 = u64::MAX;
/// Stands for a child that has to be read: no text, or one that is ordered as a number.
pub(crate) const UNREAD_TEXT: u64 = u64::MAX - 1;

/// The hash of a text in a column.
#[allow(clippy::cast_possible_truncation, reason = "parts of a hash are taken on purpose")]
pub(crate) fn text_hash(text: &[u8]) -> u32 {
    (super::index::hash_of(text) as u32).max(UNCLEAR_HASH + 1)
}

/// The double next to a number, and whether no other number of such a text is next to the same: fifteen digits tell
/// doubles apart.
pub(crate) fn double(text: &[u8]) -> (f64, bool) {
    if let Some(number) = short_double(text) {
        return (number, true);
    }
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    (number.unwrap_or(0.0), false)
}

fn short_double(text: &[u8]) -> Option<f64> {
    const POWERS: [f64; 15] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];
    if text.len() > 15 {
        return None;
    }
    let (is_negative, digits) = text.strip_prefix(b"-").map_or((false, text), |digits| (true, digits));
    let (mut mantissa, mut after_point, mut places) = (0_u64, false, 0);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + u64::from(byte - b'0');
                places += usize::from(after_point);
            }
            b'.' if !after_point => after_point = true,
            _ => return None,
        }
    }
    // Both are exact, so that the quotient is rounded once, as it should be.
    let number = if places == 0 { mantissa as f64 } else { mantissa as f64 / POWERS.get(places)? };
    Some(if is_negative { -number } else { number })
}

impl Column {
    /// About how much memory it takes.
    fn size(&self) -> usize {
        match self {
            Column::Absent => 0,
            Column::Few { values, codes } => values.len() * 8 + codes.len() * 2,
            Column::Numbers { numbers, .. } => numbers.len() * 8,
            Column::Texts { hashes, beginnings } => {
                hashes.len() * 4 + beginnings.get().map_or(0, |beginnings| beginnings.len() * 8)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_the_nearest() {
        for text in ["0", "-0", "1", "1.0", "0.1", "-12.50", "999999999999999", "0.0000000000001", "123456.789012"] {
            assert_eq!(double(text.as_bytes()), (text.parse().unwrap(), true), "{text}");
        }
        for text in ["1e2", "1E400", "-1e400", "1e-400", "9007199254740993", "1234567890.123456"] {
            assert_eq!(double(text.as_bytes()), (text.parse().unwrap(), false), "{text}");
        }
        let bits = [NO_MEMBER, NULL, TO_READ].map(f64::from_bits);
        assert!(bits.iter().all(|number| number.is_nan()));
    }
}

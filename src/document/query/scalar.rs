//! Single values as they are compared, and texts looked for in them.

use std::borrow::Cow;
use std::cmp::Ordering;

use memchr::memmem::Finder;

use crate::document::{Kind, Node};
use crate::text::csv::{self, Table};
use crate::text::json::walk::{self, Sort};
use crate::text::number::Number;

/// Whether a text contains another, which is in lower case, without regard to case.
pub(super) fn contains(text: &str, lower: &str) -> bool {
    match text.is_ascii() {
        true => contains_ascii(text.as_bytes(), lower.as_bytes()),
        false => text.to_lowercase().contains(lower),
    }
}

/// A text of up to this many bytes is looked for where its first letter is; of a longer one that could be all of the
/// text, again and again.
const SHORT: usize = 16;

/// So much of a text is put in lower case at a time.
const STRETCH: usize = 64 << 10;

/// The same where all is ASCII.
pub(super) fn contains_ascii(text: &[u8], lower: &[u8]) -> bool {
    let Some(&first) = lower.first() else { return true };
    if text.len() < lower.len() {
        return false;
    }
    if lower.len() <= SHORT {
        let mut starts = memchr::memchr2_iter(first, first.to_ascii_uppercase(), text);
        return starts.any(|at| text[at..].get(..lower.len()).is_some_and(|part| part.eq_ignore_ascii_case(lower)));
    }
    // The time that this takes is that of both lengths together, whatever stands in them.
    let finder = Finder::new(lower);
    let overlap = lower.len() - 1;
    let step = STRETCH.max(lower.len());
    let mut part = Vec::new();
    (0..text.len() - overlap).step_by(step).any(|from| {
        part.clear();
        part.extend_from_slice(&text[from..text.len().min(from + step + overlap)]);
        part.make_ascii_lowercase();
        finder.find(&part).is_some()
    })
}

/// The text of a scalar: a string decoded, anything else as written.
pub(super) struct Scalar<'v> {
    pub(super) kind: Kind,
    pub(super) text: Cow<'v, str>,
}

/// Takes a scalar node for comparing.
pub(super) fn scalar(node: Node<'_>) -> Scalar<'_> {
    Scalar { kind: node.kind(), text: node.scalar_text() }
}

impl<'v> Scalar<'v> {
    /// Takes the JSON text of a scalar for comparing, or a cell of `table`.
    pub(super) fn of(text: &'v [u8], table: Option<&Table>) -> Scalar<'v> {
        let sort = table.map_or_else(|| walk::sort(text), |table| table.cell_sort(text));
        let (kind, text) = match sort {
            Sort::String if table.is_some() => (Kind::String, csv::decode(text)),
            Sort::String => (Kind::String, walk::decode(text)),
            Sort::Null if table.is_some() => (Kind::Null, Cow::Borrowed("null")),
            Sort::Boolean => (Kind::Boolean, String::from_utf8_lossy(text)),
            Sort::Null => (Kind::Null, String::from_utf8_lossy(text)),
            _ => (Kind::Number, String::from_utf8_lossy(text)),
        };
        Scalar { kind, text }
    }
}

impl Scalar<'_> {
    /// Strings compare exactly, numbers by their value.
    pub(super) fn equals(&self, wanted: &str) -> bool {
        *self.text == *wanted
            || (self.kind == Kind::Number
                && Number::of(&self.text).is_some()
                && Number::of(&self.text) == Number::of(wanted))
    }

    /// By value where both sides look like numbers, else by code point; null has no order.
    pub(super) fn compare(&self, wanted: &str) -> Option<Ordering> {
        if self.kind == Kind::Null {
            return None;
        }
        match (Number::of(&self.text), Number::of(wanted)) {
            (Some(found), Some(wanted)) => Some(found.cmp(&wanted)),
            _ => Some((*self.text).cmp(wanted)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::contains_ascii;

    #[test]
    fn a_text_is_found_wherever_it_stands_and_whatever_its_case() {
        let mut random = fastrand::Rng::with_seed(12);
        for length in [1, 3, super::SHORT, super::SHORT + 1, 100] {
            for _ in 0..40 {
                let lower: Vec<u8> = (0..length).map(|_| *random.choice(b"ab-").unwrap()).collect();
                let mut text = vec![b'A'; random.usize(length..3 * super::STRETCH)];
                let plain = |text: &[u8]| String::from_utf8(text.to_ascii_lowercase()).unwrap();
                let expected = plain(&text).contains(&plain(&lower));
                assert_eq!(contains_ascii(&text, &lower), expected);
                let at = random.usize(..=text.len() - length);
                text[at..at + length].copy_from_slice(&lower.to_ascii_uppercase());
                assert!(contains_ascii(&text, &lower), "{length} at {at} of {}", text.len());
            }
        }
    }
}

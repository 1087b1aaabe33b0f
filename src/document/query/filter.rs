//! Which records a query keeps: `field=v`, `field:op=v`, `field_op=v`.

use std::borrow::Cow;
use std::cmp::Ordering;

use memchr::memmem::Finder;

use super::QueryError;
use super::record::{Record, Value};
use crate::document::{Kind, Node};
use crate::text::csv::{self, Table};
use crate::text::json::walk::{self, Sort};
use crate::text::number::Number;

/// One rule: all of its values stand beside each other by OR (by AND where the operator denies).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    /// Member names from the record down.
    pub(super) path: Vec<String>,
    pub(super) operator: Operator,
    pub(super) values: Vec<String>,
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
    In,
    NotIn,
    Contains,
    StartsWith,
    EndsWith,
    Exists,
}

impl Operator {
    /// The operator of that name.
    pub(super) fn of(name: &str) -> Option<Operator> {
        Some(match name {
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "lt" => Operator::Lt,
            "lte" => Operator::Lte,
            "gt" => Operator::Gt,
            "gte" => Operator::Gte,
            "in" => Operator::In,
            "nin" => Operator::NotIn,
            "contains" | "like" => Operator::Contains,
            "startsWith" => Operator::StartsWith,
            "endsWith" => Operator::EndsWith,
            "exists" => Operator::Exists,
            _ => return None,
        })
    }

    /// Whether it holds for a record in which nothing equals the value.
    pub(super) fn denies(self) -> bool {
        matches!(self, Operator::Ne | Operator::NotIn)
    }

    /// Whether several values can be given as one.
    pub(super) fn takes_list(self) -> bool {
        matches!(self, Operator::In | Operator::NotIn)
    }

    /// Whether it asks if values are equal, or denies it.
    pub(super) fn is_equality(self) -> bool {
        matches!(self, Operator::Eq | Operator::Ne | Operator::In | Operator::NotIn)
    }

    /// Whether a number that is less, equal or greater meets the one that is wanted; `None` of what does not compare.
    pub(super) fn met_by(self) -> Option<(bool, bool, bool)> {
        Some(match self {
            _ if self.is_equality() => (false, true, false),
            Operator::Lt => (true, false, false),
            Operator::Lte => (true, true, false),
            Operator::Gt => (false, false, true),
            Operator::Gte => (false, true, true),
            _ => return None,
        })
    }
}

impl Filter {
    /// One more rule, or one more value of the same rule. `in` and `nin` take lists.
    pub(super) fn add(
        filters: &mut Vec<Filter>,
        field: &str,
        operator: Operator,
        value: String,
    ) -> Result<(), QueryError> {
        let values = match operator.takes_list() {
            true => value.split(',').map(str::to_string).collect(),
            false => vec![value],
        };
        let filter = Filter::of(field.split('.').map(str::to_string).collect(), operator, values)?;
        match filters.iter_mut().find(|other| other.path == filter.path && other.operator == operator) {
            Some(other) => other.values.extend(filter.values),
            None => filters.push(filter),
        }
        Ok(())
    }

    /// The rule for what stands at a path.
    pub(super) fn of(path: Vec<String>, operator: Operator, mut values: Vec<String>) -> Result<Filter, QueryError> {
        match operator {
            Operator::Exists => {
                if let Some(value) = values.iter().find(|value| !matches!(&***value, "true" | "false")) {
                    let parameter = format!("{}:exists", path.join("."));
                    return Err(QueryError::NotTrueOrFalse { parameter, value: value.clone() });
                }
            }
            Operator::Contains | Operator::StartsWith | Operator::EndsWith => {
                values.iter_mut().for_each(|value| *value = value.to_lowercase());
            }
            _ => {}
        }
        Ok(Filter { path, operator, values })
    }

    /// Whether the record is kept.
    pub(super) fn keeps(&self, record: &Record<'_>) -> bool {
        let value = record.value(&self.path);
        if self.operator == Operator::Exists {
            return self.values.iter().any(|wanted| (wanted == "true") == value.is_some());
        }
        let met = value.is_some_and(|value| match value {
            Value::Node(node) => self.any_scalar(node),
            Value::Key(key) => self.any_value(&Scalar { kind: Kind::String, text: Cow::Borrowed(key) }),
        });
        met != self.operator.denies()
    }

    /// The same for the text of a member that is a scalar, or of a cell of `table`, or for a member that is not there.
    pub(super) fn holds(&self, text: Option<&[u8]>, table: Option<&Table>) -> bool {
        if self.operator == Operator::Exists {
            return self.values.iter().any(|wanted| (wanted == "true") == text.is_some());
        }
        text.is_some_and(|text| self.any_value(&Scalar::of(text, table))) != self.operator.denies()
    }

    /// Whether the value, or any element of an array of values, is met by one of the rule's values.
    fn any_scalar(&self, value: Node<'_>) -> bool {
        match value.kind() {
            Kind::Array => value.children().any(|(_, element)| self.any_scalar(element)),
            Kind::Object | Kind::Table | Kind::Row => false,
            _ => self.any_value(&scalar(value)),
        }
    }

    fn any_value(&self, found: &Scalar<'_>) -> bool {
        self.values.iter().any(|wanted| self.meets(found, wanted))
    }

    fn meets(&self, found: &Scalar<'_>, wanted: &str) -> bool {
        let order = || found.compare(wanted);
        match self.operator {
            Operator::Eq | Operator::Ne | Operator::In | Operator::NotIn => found.equals(wanted),
            Operator::Lt => order() == Some(Ordering::Less),
            Operator::Lte => matches!(order(), Some(Ordering::Less | Ordering::Equal)),
            Operator::Gt => order() == Some(Ordering::Greater),
            Operator::Gte => matches!(order(), Some(Ordering::Greater | Ordering::Equal)),
            Operator::Contains => contains(&found.text, wanted),
            Operator::StartsWith => found.text.to_lowercase().starts_with(wanted),
            Operator::EndsWith => found.text.to_lowercase().ends_with(wanted),
            Operator::Exists => true,
        }
    }
}

/// Whether the record is worth reading for a full text: where all is ASCII and nothing is escaped, the text stands in
/// its bytes.
pub(super) fn may_mention(record: &Record<'_>, text: &str) -> bool {
    match record.node.raw() {
        Some(raw) if !record.is_keyed() && raw.is_ascii() && !raw.contains(&b'\\') && !text.contains('"') => {
            text.is_ascii() && contains_ascii(raw, text.as_bytes())
        }
        _ => true,
    }
}

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

fn contains_ascii(text: &[u8], lower: &[u8]) -> bool {
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
    fn equals(&self, wanted: &str) -> bool {
        *self.text == *wanted
            || (self.kind == Kind::Number
                && Number::of(&self.text).is_some()
                && Number::of(&self.text) == Number::of(wanted))
    }

    /// By value where both sides look like numbers, else by code point; null has no order.
    fn compare(&self, wanted: &str) -> Option<Ordering> {
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

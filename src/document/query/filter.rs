//! Which records a query keeps: `field=v`, `field:op=v`, `field_op=v`.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::QueryError;
use super::record::{Record, Value};
use super::scalar::{Scalar, contains, contains_ascii, scalar};
use crate::document::{Kind, Node};
use crate::text::csv::Table;

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

//! `_where`: a condition as a JSON object, in which rules stand beside each other by AND, or by OR in a list under `or`.

use serde_json::{Map, Value};

use super::QueryError;
use super::filter::{Filter, Operator};
use super::record::Record;
use crate::text::json;

/// A rule, or others together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    Rule(Filter),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

impl Condition {
    /// Reads `{"views":{"gt":100},"or":[{"author":{"name":{"eq":"Kim"}}},{"title":{"contains":"x"}}]}`. A value where
    /// an object with operators is expected is what the member equals.
    ///
    /// # Errors
    /// [`QueryError::NotCondition`].
    pub(super) fn parse(text: &str) -> Result<Condition, QueryError> {
        json::check(text.as_bytes()).map_err(|error| refused(error.to_string()))?;
        match serde_json::from_str(text) {
            Ok(Value::Object(members)) => of_members(&[], &members),
            _ => Err(refused(r#"expected an object, as {"or":[{"views":{"gt":100}},{"title":{"eq":"x"}}]}"#)),
        }
    }

    /// Whether the record is kept.
    pub(super) fn keeps(&self, record: &Record<'_>) -> bool {
        match self {
            Condition::Rule(filter) => filter.keeps(record),
            Condition::All(all) => all.iter().all(|condition| condition.keeps(record)),
            Condition::Any(any) => any.iter().any(|condition| condition.keeps(record)),
        }
    }

    /// Every rule in it.
    pub(super) fn rules(&self) -> Vec<&Filter> {
        match self {
            Condition::Rule(filter) => vec![filter],
            Condition::All(inner) | Condition::Any(inner) => inner.iter().flat_map(Condition::rules).collect(),
        }
    }
}

fn refused(reason: impl Into<String>) -> QueryError {
    QueryError::NotCondition { reason: reason.into() }
}

/// The condition that an object states for what stands at `path`.
fn of_members(path: &[String], members: &Map<String, Value>) -> Result<Condition, QueryError> {
    members.iter().map(|(name, value)| of_member(path, name, value)).collect::<Result<_, _>>().map(Condition::All)
}

fn of_member(path: &[String], name: &str, value: &Value) -> Result<Condition, QueryError> {
    let inner = || [path, &name.split('.').map(str::to_string).collect::<Vec<_>>()].concat();
    match (name, value) {
        ("or", Value::Array(items)) => of_list(path, name, items).map(Condition::Any),
        ("and", Value::Array(items)) => of_list(path, name, items).map(Condition::All),
        (_, Value::Array(_)) => Err(refused(format!("expected a value or an object for '{name}', found a list"))),
        (_, Value::Object(members)) if members.iter().any(|(name, value)| is_operator(name, value)) => {
            members.iter().map(|(name, value)| rule(inner(), name, value)).collect::<Result<_, _>>().map(Condition::All)
        }
        (_, Value::Object(members)) => of_members(&inner(), members),
        (_, value) => Ok(Condition::Rule(Filter::of(inner(), Operator::Eq, vec![text(value)])?)),
    }
}

fn of_list(path: &[String], name: &str, items: &[Value]) -> Result<Vec<Condition>, QueryError> {
    let conditions = items.iter().map(|item| match item {
        Value::Object(members) => of_members(path, members),
        _ => Err(refused(format!("expected objects in the list '{name}', found {item}"))),
    });
    conditions.collect()
}

/// A member really named like an operator holds an object.
fn is_operator(name: &str, value: &Value) -> bool {
    Operator::of(name).is_some() && !value.is_object()
}

fn rule(path: Vec<String>, name: &str, value: &Value) -> Result<Condition, QueryError> {
    let operator = Operator::of(name)
        .ok_or_else(|| QueryError::UnknownOperator { parameter: format!("{}:{name}", path.join(".")) })?;
    let values = match value {
        Value::Array(items) if operator.takes_list() => items.iter().map(text).collect(),
        Value::Array(_) | Value::Object(_) => {
            return Err(refused(format!("expected a value for '{name}', found {value}")));
        }
        value => vec![text(value)],
    };
    Filter::of(path, operator, values).map(Condition::Rule)
}

/// The text of a value as records are compared with it.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

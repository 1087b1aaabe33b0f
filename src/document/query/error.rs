//! Why parameters are no query.

use std::fmt;

use super::page::least;
use crate::document::bounds::Bound;

/// The query's own names, as they are told to somebody who gave another. Beside them there is `q`.
pub(super) const OWN: &[&str] = &[
    "_sort",
    "_order",
    "_page",
    "_per_page",
    "_limit",
    "_start",
    "_end",
    "_fields",
    "_embed",
    "_expand",
    "_where",
    "_format",
];

/// Why parameters are no query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryError {
    /// `field:op=v` with an operator that is none.
    UnknownOperator {
        /// The parameter as given.
        parameter: String,
    },
    /// A page, limit or offset that is not a number.
    NotNumber {
        /// The parameter's name.
        parameter: String,
        /// What it was given.
        value: String,
    },
    /// `exists` with something else than `true` or `false`.
    NotTrueOrFalse {
        /// The parameter's name.
        parameter: String,
        /// What it was given.
        value: String,
    },
    /// More of something than one query may have.
    TooMany(Bound),
    /// A name that begins with `_` and is neither one of the query's own nor that of a member.
    UnknownParameter {
        /// The name given.
        parameter: String,
    },
    /// A column that the table does not have.
    UnknownColumn {
        /// The column named.
        column: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// `_order` with something else than `asc` and `desc`.
    NotOrder {
        /// What it was given.
        value: String,
    },
    /// `_where` with something that is no condition.
    NotCondition {
        /// What was expected and what was found.
        reason: String,
    },
    /// `_embed` or `_expand` with a name to which nothing leads.
    NoRelation {
        /// The name given.
        name: String,
    },
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            QueryError::UnknownOperator { parameter } => write!(
                f,
                "'{parameter}' has no known operator, expected one of: eq, ne, lt, lte, gt, gte, in, nin, contains, \
                 startsWith, endsWith, exists, like"
            ),
            QueryError::NotNumber { parameter, value } => {
                write!(f, "'{parameter}' is '{value}', expected a whole number from {}", least(parameter))
            }
            QueryError::NotTrueOrFalse { parameter, value } => {
                write!(f, "'{parameter}' is '{value}', expected true or false")
            }
            QueryError::TooMany(Bound { what, most }) => {
                write!(f, "the query has too many {what}, expected at most {most}")
            }
            QueryError::UnknownParameter { parameter } => {
                write!(f, "there is no parameter '{parameter}', expected one of: q, {}", OWN.join(", "))
            }
            QueryError::UnknownColumn { column, columns } => {
                write!(f, "there is no column '{column}', expected one of: {}", columns.join(", "))
            }
            QueryError::NotOrder { value } => write!(f, "'_order' is '{value}', expected asc or desc"),
            QueryError::NotCondition { reason } => write!(f, "'_where' is no condition: {reason}"),
            QueryError::NoRelation { name } => write!(f, "nothing here is related by the name '{name}'"),
        }
    }
}

impl std::error::Error for QueryError {}

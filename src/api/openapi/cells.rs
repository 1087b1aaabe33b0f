//! What can be sent for a cell of CSV, and what is shown of it.

use serde_json::{Value, json};

use super::value::plain;
use crate::document::{Schema, Type};
use crate::text::CellTypes;

/// What any cell takes: it holds the text of it.
pub(super) fn any() -> Value {
    json!({"type": ["string", "number", "boolean", "null"]})
}

/// What can be sent for a cell.
pub(super) fn sent(schema: &Schema, types: CellTypes) -> Value {
    match (types, schema.format()) {
        (_, Some(_)) => plain(schema),
        (CellTypes::Text, None) => any(),
        (CellTypes::Auto, None) if schema.types().is_empty() => any(),
        (CellTypes::Auto, None) => {
            let mut shape = plain(schema);
            if let Some(pattern) = text_pattern(schema) {
                shape["pattern"] = pattern.into();
            }
            shape
        }
    }
}

/// Whether a cell may be left out: it is empty then.
pub(super) fn is_optional(schema: &Schema, types: CellTypes) -> bool {
    let kinds = schema.types();
    match types {
        CellTypes::Text => schema.format().is_none(),
        CellTypes::Auto => kinds.is_empty() || kinds.contains(&Type::Null),
    }
}

/// The texts that are read as texts again, and not as a number, as true or false, or as nothing.
fn text_pattern(schema: &Schema) -> Option<String> {
    let kinds = schema.types();
    if !kinds.contains(&Type::String) {
        return None;
    }
    let others = [
        (!kinds.contains(&Type::Null)).then_some(""),
        (!kinds.contains(&Type::Boolean)).then_some("true|false"),
        (!kinds.contains(&Type::Number)).then_some(r"-?(0|[1-9][0-9]*)\.[0-9]+"),
        (!kinds.contains(&Type::Number) && !kinds.contains(&Type::Integer)).then_some("-?(0|[1-9][0-9]*)"),
    ];
    let others: Vec<&str> = others.into_iter().flatten().collect();
    (!others.is_empty()).then(|| format!("^(?!({})$)", others.join("|")))
}

//! Objects of JSON that take what stands in them.

use serde_json::Value;

/// An object of these members. `json!` copies each value that it is given, so that a content would be copied once for each
/// object around it.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

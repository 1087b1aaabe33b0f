//! What parameters are called: by names of the query's own, by those of members, and by either as other languages write
//! lists and nested values.

use std::borrow::Cow;

use super::error::{OWN, QueryError};
use super::filter::Operator;
use crate::document::Node;

/// The name that is meant by one with brackets: libraries repeat a name as `id[]` or `id[0]`, and write a path as
/// `author[name]`. Any other is what it is.
pub fn plain_name(name: &str) -> Cow<'_, str> {
    if !name.contains('[') {
        return Cow::Borrowed(name);
    }
    let mut parts = name.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((inner, behind)) = part.split_once(']') else { return Cow::Borrowed(name) };
        let is_index = inner.bytes().all(|digit| digit.is_ascii_digit());
        match Operator::of(inner) {
            _ if is_index => {}
            Some(_) if behind.is_empty() => plain = format!("{plain}:{inner}"),
            _ => plain = format!("{plain}.{inner}"),
        }
        plain.push_str(behind);
    }
    if plain.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(plain) }
}

/// Whether a parameter of that name can mean nothing but what the query's own names mean, and is none of them.
pub(super) fn is_foreign(name: &str) -> bool {
    name.len() > 1 && name.starts_with('_') && !OWN.contains(&name)
}

/// A table has its columns and no other, so another name is a mistake.
///
/// # Errors
/// [`QueryError::UnknownColumn`].
pub(super) fn check_column(name: &str, collection: Node<'_>) -> Result<(), QueryError> {
    match collection.columns() {
        Some(columns) if !columns.iter().any(|column| column == name) => {
            Err(QueryError::UnknownColumn { column: name.to_string(), columns })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn names_in_brackets() {
        for (name, expected) in [
            ("id", "id"),
            ("id[]", "id"),
            ("id[0]", "id"),
            ("id[17]", "id"),
            ("author[name]", "author.name"),
            ("author[name][first]", "author.name.first"),
            ("tags[0][name]", "tags.name"),
            ("author[name][]", "author.name"),
            ("author[name]_like", "author.name_like"),
            ("views_gte[]", "views_gte"),
            ("views[gte]", "views:gte"),
            ("id:in[]", "id:in"),
            ("_embed[]", "_embed"),
            ("a[b", "a[b"),
            ("a]", "a]"),
            ("[]", "[]"),
            ("", ""),
        ] {
            assert_eq!(plain_name(name), expected, "{name}");
        }
    }
}

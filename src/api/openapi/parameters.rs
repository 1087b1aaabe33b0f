//! The parameters of a query on a collection.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::document::{Schema, Type, plain_name};

/// So many members are listed as filters.
const FILTERS: usize = 20;

/// Those that every collection takes, by the names of their components.
const SHARED: [&str; 6] = ["Order", "Page", "Limit", "Start", "End", "Search"];

/// The components.
pub(super) fn components() -> Value {
    let whole = |name: &str, least: u8, description: &str| {
        let schema = json!({"type": "integer", "minimum": least});
        json!({"name": name, "in": "query", "description": description, "schema": schema})
    };
    json!({
        "Order": {
            "name": "_order",
            "in": "query",
            "description": "The direction of each member of `_sort`, or of all of them.",
            "schema": {"type": "string", "pattern": "^((asc|desc)(,(asc|desc))*)?$"},
        },
        "Page": whole("_page", 1, "The number of the page, from 1; `Link` has the others."),
        "Limit": whole("_limit", 0, "How many records a page or part has."),
        "Start": whole("_start", 0, "The position of the first record, from 0."),
        "End": whole("_end", 0, "The position after the last record."),
        "Search": {
            "name": "q",
            "in": "query",
            "description": "A text that stands anywhere in the record, in any case.",
            "schema": {"type": "string"},
        },
    })
}

/// The parameters of a collection of these records; `is_table`: there are no other members.
pub(super) fn of(record: &Schema, is_table: bool) -> Vec<Value> {
    let mut parameters = vec![sort(record, is_table)];
    let has_own = |name: &str| record.member(name).is_some();
    let shared = SHARED.iter().filter(|name| **name != "Search" || !has_own("q"));
    parameters.extend(shared.map(|name| json!({"$ref": format!("#/components/parameters/{name}")})));
    let mut names = HashSet::new();
    for member in record.members().iter().filter(|member| is_usual(member.name())).take(FILTERS) {
        let types = member.schema().types();
        if types.iter().any(|kind| matches!(kind, Type::Object | Type::Array)) {
            continue;
        }
        let name = member.name();
        let mut add = |suffix: &str, description: &str| {
            let name = format!("{name}{suffix}");
            let is_free = suffix.is_empty() || !has_own(&name);
            if is_free && names.insert(name.clone()) {
                let schema = json!({"type": "string"});
                parameters.push(json!({"name": name, "in": "query", "description": description, "schema": schema}));
            }
        };
        add("", &format!("Only records whose `{name}` is this."));
        if types.iter().any(|kind| matches!(kind, Type::Integer | Type::Number)) || member.schema().format().is_some() {
            add("_gte", &format!("Only records whose `{name}` is this or greater."));
            add("_lte", &format!("Only records whose `{name}` is this or less."));
        } else if types.contains(&Type::String) {
            add("_like", &format!("Only records whose `{name}` contains this, in any case."));
        }
    }
    parameters
}

/// A name that means this member and nothing else, however it is sent.
fn is_usual(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('_')
        && !name.contains([':', '.', '[', ']', '&', '='])
        && !name.chars().any(char::is_control)
        && plain_name(name) == name
}

fn sort(record: &Schema, is_table: bool) -> Value {
    let mut schema = json!({"type": "string"});
    if is_table {
        let names = record.members().iter().map(|member| member.name()).filter(|name| !name.contains([',', '.']));
        let names: Vec<String> = names.map(escaped).collect();
        let one = format!("-?({})", names.join("|"));
        schema["pattern"] = format!("^({one}(,{one})*)?$").into();
    }
    json!({
        "name": "_sort",
        "in": "query",
        "description": "Members to sort by, with commas between them; `-` before one for descending order.",
        "schema": schema,
    })
}

/// A text in a regular expression (ECMA-262) that stands for itself.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        if letter.is_ascii_punctuation() && letter != '_' && letter != '-' {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

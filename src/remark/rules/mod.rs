//! The table, a file for each topic, and the way from a line to the rules that look at it.

mod browser;
mod cache;
mod cache_control;
mod condition;
mod connection;
mod content;
mod cookie;
mod credentials;
mod date;
mod field;
mod framing;
mod host;
mod method;
mod negotiation;
mod range;
mod request_line;
mod response;
mod route;
mod status;
mod status_line;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::line::{LONG, Line, Part};
use super::rule::{At, Here, Rule};

/// In the order in which they speak.
const TABLES: &[&[Rule]] = &[
    method::RULES,
    request_line::RULES,
    status::RULES,
    status_line::RULES,
    framing::RULES,
    connection::RULES,
    host::RULES,
    date::RULES,
    content::RULES,
    negotiation::RULES,
    response::RULES,
    condition::RULES,
    range::RULES,
    cache::RULES,
    cache_control::RULES,
    credentials::RULES,
    cookie::RULES,
    browser::RULES,
    route::RULES,
    field::RULES,
];

/// The rules that speak of a field, by its name in small letters.
static FIELDS: LazyLock<HashMap<&'static str, Vec<&'static Rule>>> = LazyLock::new(|| {
    let mut fields: HashMap<&'static str, Vec<&'static Rule>> = HashMap::new();
    for rule in all() {
        if let Some(name) = rule.field() {
            fields.entry(name).or_default().push(rule);
        }
    }
    fields
});

/// The rules that speak of no field.
static OTHERS: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| all().filter(|rule| rule.field().is_none()).collect());

/// All rules.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    TABLES.iter().flat_map(|table| table.iter())
}

/// The rules that look at a line.
pub(super) fn at<'h>(here: &'h Here<'h>) -> impl Iterator<Item = &'static Rule> + use<'h> {
    let fields: &[&Rule] = match here.line.bytes.len() <= LONG {
        true => here.rules,
        false => &[],
    };
    fields.iter().chain(OTHERS.iter()).copied().filter(|rule| rule.looks_at(here))
}

/// The rules that speak of a field line of which no other does.
pub(super) fn otherwise() -> impl Iterator<Item = &'static Rule> {
    OTHERS.iter().copied().filter(|rule| rule.at == At::Otherwise)
}

/// The rules that speak of a field of that name, none for a line of another kind.
pub(super) fn of(line: &Line<'_>) -> &'static [&'static Rule] {
    let rules = FIELDS.get(&*line.name).filter(|_| line.part == Part::Field);
    rules.map(Vec::as_slice).unwrap_or_default()
}

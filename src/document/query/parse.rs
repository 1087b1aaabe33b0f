//! From names and values to a query.

use std::collections::{HashMap, HashSet};

use super::filter::{Filter, Operator};
use super::order::SortKey;
use super::page::{PAGE_LENGTH, Page, least};
use super::{Query, QueryError};
use crate::document::Node;
use crate::document::bounds::{FILTERS, MEMBERS, RELATIONS, SORT_KEYS, VALUES};
use crate::document::column::{Glance, Seen};

/// The parameters of paging, as far as they are given.
#[derive(Default)]
struct Paging {
    page: Option<usize>,
    per_page: Option<usize>,
    limit: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
}

impl Query {
    /// Reads names and values. A name like `views_gte` is an operator only if no record of the collection has a member
    /// really named so.
    ///
    /// # Errors
    /// All of [`QueryError`] but `NoRelation`.
    pub fn parse(parameters: &[(String, String)], collection: Node<'_>) -> Result<Query, QueryError> {
        let mut query = Query::default();
        let mut paging = Paging::default();
        let (mut sort, mut order) = (Vec::new(), Vec::new());
        let mut rules = HashMap::new();
        for (name, value) in parameters {
            let list = || value.split(',').filter(|item| !item.is_empty()).map(str::to_string);
            match &**name {
                // What browsers and libraries add so that nothing is taken from a cache.
                "_" => {}
                "q" if !has_member(collection, "q") => query.text = Some(value.to_lowercase()),
                "_sort" => sort.extend(list()),
                "_order" => order.extend(list()),
                "_fields" => query.members.get_or_insert_default().extend(list()),
                "_embed" => query.embed.extend(list()),
                "_expand" => query.expand.extend(list()),
                "_page" => paging.page = Some(number(name, value)?),
                "_per_page" => paging.per_page = Some(number(name, value)?),
                "_limit" => paging.limit = Some(number(name, value)?),
                "_start" => paging.start = Some(number(name, value)?),
                "_end" => paging.end = Some(number(name, value)?),
                _ => {
                    // What a name stands for is looked up in all records: once.
                    let known = rules.get(name.as_str()).copied();
                    let (field, operator) = known.map_or_else(|| rule(name, collection), Ok)?;
                    rules.insert(name.as_str(), (field, operator));
                    Filter::add(&mut query.filters, field, operator, value.clone())?;
                    if FILTERS.is_passed_by(query.filters.len()) {
                        return Err(QueryError::TooMany(FILTERS));
                    }
                }
            }
        }
        query.sort = sort_keys(&sort, &order);
        query.page = paging.page();
        query.within_bounds()
    }

    /// What is asked for again is done once; of what is left there may be so much.
    fn within_bounds(mut self) -> Result<Query, QueryError> {
        let mut seen = HashSet::new();
        self.sort.retain(|key| seen.insert(key.path.clone()));
        for names in [&mut self.embed, &mut self.expand].into_iter().chain(&mut self.members) {
            let mut seen = HashSet::new();
            names.retain(|name| seen.insert(name.clone()));
        }
        for filter in &mut self.filters {
            let mut seen = HashSet::new();
            filter.values.retain(|value| seen.insert(value.clone()));
        }
        let values = self.filters.iter().map(|filter| filter.values.len()).sum();
        let counts = [
            (VALUES, values),
            (SORT_KEYS, self.sort.len()),
            (RELATIONS, self.embed.len() + self.expand.len()),
            (MEMBERS, self.members.as_ref().map_or(0, Vec::len)),
        ];
        match counts.into_iter().find(|(bound, count)| bound.is_passed_by(*count)) {
            Some((bound, _)) => Err(QueryError::TooMany(bound)),
            None => Ok(self),
        }
    }
}

impl Paging {
    /// What part is meant; `None`: everything.
    fn page(&self) -> Option<Page> {
        if let Some(per_page) = self.per_page {
            let start = (self.page.unwrap_or(1) - 1).saturating_mul(per_page);
            return Some(Page { start, limit: per_page, is_envelope: true, is_numbered: true });
        }
        if let Some(number) = self.page {
            let limit = self.limit.unwrap_or(PAGE_LENGTH);
            return Some(Page {
                start: (number - 1).saturating_mul(limit),
                limit,
                is_envelope: false,
                is_numbered: true,
            });
        }
        if self.start.is_none() && self.end.is_none() && self.limit.is_none() {
            return None;
        }
        let start = self.start.unwrap_or(0);
        let by_end = self.end.map(|end| end.saturating_sub(start));
        let limit = self.limit.or(by_end).unwrap_or(usize::MAX);
        Some(Page { start, limit, is_envelope: false, is_numbered: false })
    }
}

fn number(name: &str, value: &str) -> Result<usize, QueryError> {
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    // A number that is too large for the type is past every end, as the largest one is.
    let number = if digits { Some(value.parse().unwrap_or(usize::MAX)) } else { None };
    number
        .filter(|number| *number >= least(name))
        .ok_or_else(|| QueryError::NotNumber { parameter: name.to_string(), value: value.to_string() })
}

/// `_sort=a,-b` with `_order=desc,asc` in step; `_order` without more goes for all that follow nothing of their own.
fn sort_keys(sort: &[String], order: &[String]) -> Vec<SortKey> {
    sort.iter()
        .enumerate()
        .map(|(at, field)| {
            let (minus, field) = field.strip_prefix('-').map_or((false, &**field), |field| (true, field));
            let descending = order.get(at).is_some_and(|order| order.eq_ignore_ascii_case("desc"));
            SortKey { path: field.split('.').map(str::to_string).collect(), descending: minus != descending }
        })
        .collect()
}

/// The field and operator that a parameter's name stands for.
fn rule<'n>(name: &'n str, collection: Node<'_>) -> Result<(&'n str, Operator), QueryError> {
    if let Some((field, operator)) = name.rsplit_once(':').filter(|(field, _)| !field.is_empty()) {
        return match Operator::of(operator) {
            Some(operator) => Ok((field, operator)),
            None if has_member(collection, name) => Ok((name, Operator::Eq)),
            None => Err(QueryError::UnknownOperator { parameter: name.to_string() }),
        };
    }
    let suffix = name.rsplit_once('_').filter(|(field, _)| !field.is_empty());
    match suffix.and_then(|(field, operator)| Some((field, Operator::of(operator)?))) {
        Some(rule) if !has_member(collection, name) => Ok(rule),
        _ => Ok((name, Operator::Eq)),
    }
}

/// Whether any record has a member of that name.
fn has_member(collection: Node<'_>, name: &str) -> bool {
    if let Some(columns) = collection.columns() {
        return columns.iter().any(|column| column == name);
    }
    if let Some(container) = collection.container().filter(|container| container.remembers_names()) {
        let has = |number: u32| collection.by_number(container, number).child(name).is_some();
        return match container.first_with(name) {
            // What is not among what was read may be among what was changed since.
            None => {
                container.changed(0..container.base_count()).any(|(number, is_gone)| !is_gone && has(number))
                    || container.added().any(has)
            }
            Some(first) if container.changed(first..first + 1).next().is_none() => true,
            Some(_) => container.numbers().any(has),
        };
    }
    let glance = Glance::of(name);
    collection.values().any(|record| match glance.as_ref().zip(record.raw()).map(|(glance, raw)| glance.at(raw)) {
        Some(Seen::Value(_)) => true,
        Some(Seen::Nothing) => false,
        Some(Seen::Unclear) | None => record.child(name).is_some(),
    })
}

//! From names and values to a query.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::condition::Condition;
use super::filter::{Filter, Operator};
use super::members::Members;
use super::names::{check_column, is_foreign, plain_name};
use super::order::SortKey;
use super::outside::shown_key;
use super::page::{PAGE_LENGTH, Page, least};
use super::presence::has_member;
use super::{Query, QueryError};
use crate::document::Node;
use crate::document::bounds::{FILTERS, MEMBERS, RELATIONS, SORT_KEYS, VALUES};

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
        let (mut sort, mut order, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        let mut names = ParameterNames { collection, plain: HashMap::new(), rules: HashMap::new() };
        for (name, value) in parameters {
            let list = || value.split(',').filter(|item| !item.is_empty()).map(str::to_string);
            let name = names.plain(name);
            match &*name {
                // What browsers and libraries add so that nothing is taken from a cache.
                "_" => {}
                // Which records there are has nothing to do with the form of the answer.
                "_format" => {}
                "q" if !has_member(collection, "q") => query.text = Some(value.to_lowercase()),
                "_sort" => sort.extend(list()),
                "_order" => order.extend(list()),
                // An empty field of a form chooses nothing.
                "_fields" if value.is_empty() => {}
                "_fields" => query.members.get_or_insert_default().extend(list()),
                "_embed" => query.embed.extend(list()),
                "_expand" => query.expand.extend(list()),
                "_where" => conditions.push(Condition::parse(value)?),
                "_page" => paging.page = Some(number(&name, value)?),
                "_per_page" => paging.per_page = Some(number(&name, value)?),
                "_limit" => paging.limit = Some(number(&name, value)?),
                "_start" => paging.start = Some(number(&name, value)?),
                "_end" => paging.end = Some(number(&name, value)?),
                _ => {
                    let (field, operator) = names.rule(&name)?;
                    Filter::add(&mut query.filters, &field, operator, value.clone())?;
                    if FILTERS.is_passed_by(query.filters.len()) {
                        return Err(QueryError::TooMany(FILTERS));
                    }
                }
            }
        }
        query.take_conditions(conditions, collection)?;
        query.members.iter().flat_map(Members::names).try_for_each(|name| check_column(name, collection))?;
        query.sort = sort_keys(&sort, &order)?;
        query.sort.iter().try_for_each(|key| check_column(&key.path.join("."), collection))?;
        query.page = paging.page();
        query.within_bounds()
    }

    /// What is asked for again is done once; of what is left there may be so much.
    fn within_bounds(mut self) -> Result<Query, QueryError> {
        let mut seen = HashSet::new();
        self.sort.retain(|key| seen.insert(key.path.clone()));
        for names in [&mut self.embed, &mut self.expand] {
            let mut seen = HashSet::new();
            names.retain(|name| seen.insert(name.clone()));
        }
        if let Some(members) = &mut self.members {
            let mut seen = HashSet::new();
            members.retain(|name| seen.insert(name.to_owned()));
        }
        for filter in &mut self.filters {
            let mut seen = HashSet::new();
            filter.values.retain(|value| seen.insert(value.clone()));
        }
        let rules = self.filters.iter().chain(self.conditions.iter().flat_map(Condition::rules));
        let (filters, values) = rules.fold((0, 0), |(rules, values), rule| (rules + 1, values + rule.values.len()));
        let counts = [
            (FILTERS, filters),
            (VALUES, values),
            (SORT_KEYS, self.sort.len()),
            (RELATIONS, self.embed.len() + self.expand.len()),
            (MEMBERS, self.members.as_ref().map_or(0, |members| members.names().count())),
        ];
        match counts.into_iter().find(|(bound, count)| bound.is_passed_by(*count)) {
            Some((bound, _)) => Err(QueryError::TooMany(bound)),
            None => Ok(self),
        }
    }

    /// Reads what may be asked of one record: some of its members, and its relations. Of what is no record nothing can
    /// be asked.
    ///
    /// # Errors
    /// All of [`QueryError`] that have to do with these, and `UnknownParameter`.
    pub fn of_one(parameters: &[(String, String)], record: Node<'_>) -> Result<Query, QueryError> {
        let is_foreign = |name: &String| is_foreign(&plain_name(name)) && record.child(name).is_none();
        if let Some((name, _)) = parameters.iter().find(|(name, _)| is_foreign(name)) {
            return Err(QueryError::UnknownParameter { parameter: name.clone() });
        }
        let is_shown = |name: &str| matches!(&*plain_name(name), "_fields" | "_embed" | "_expand");
        let shown: Vec<_> = parameters.iter().filter(|(name, _)| is_shown(name)).cloned().collect();
        Query::parse(&shown, record)
    }

    /// Conditions take the place of filters, as in json-server 1.x. Their rules that hold for every record are filters
    /// like others; what is left are those beside each other by OR.
    fn take_conditions(&mut self, conditions: Vec<Condition>, collection: Node<'_>) -> Result<(), QueryError> {
        if !conditions.is_empty() {
            self.filters.clear();
        }
        let mut left = conditions;
        while let Some(condition) = left.pop() {
            condition.rules().iter().try_for_each(|rule| check_column(&rule.path.join("."), collection))?;
            match condition {
                Condition::Rule(filter) => self.filters.push(filter),
                Condition::All(all) => left.extend(all),
                any @ Condition::Any(_) => self.conditions.push(any),
            }
        }
        Ok(())
    }
}

/// What names of parameters stand for. It may have to be looked up in all records, so it is done once for each.
struct ParameterNames<'p, 'v> {
    collection: Node<'v>,
    plain: HashMap<&'p str, Cow<'p, str>>,
    rules: HashMap<String, (String, Operator)>,
}

impl<'p> ParameterNames<'p, '_> {
    /// The name without brackets, unless a member is really named so.
    fn plain(&mut self, name: &'p str) -> Cow<'p, str> {
        if !name.contains('[') {
            return Cow::Borrowed(name);
        }
        let is_looked_up = !FILTERS.is_passed_by(self.plain.len());
        let collection = self.collection;
        let plain = self.plain.entry(name).or_insert_with(|| match is_looked_up && has_member(collection, name) {
            true => Cow::Borrowed(name),
            false => plain_name(name),
        });
        plain.clone()
    }

    /// The member and the operator.
    fn rule(&mut self, name: &str) -> Result<(String, Operator), QueryError> {
        if let Some(known) = self.rules.get(name) {
            return Ok(known.clone());
        }
        let (field, operator) = rule(name, self.collection)?;
        check_field(name, field, self.collection)?;
        self.rules.insert(name.to_owned(), (field.to_owned(), operator));
        Ok((field.to_owned(), operator))
    }
}

/// A name that begins with `_` was perhaps meant as one of the query's own; one that a table does not have is a mistake.
fn check_field(parameter: &str, field: &str, collection: Node<'_>) -> Result<(), QueryError> {
    let is_member = |name: &str| {
        shown_key(collection) == name
            || has_member(collection, name)
            || name.split_once('.').is_some_and(|(first, _)| has_member(collection, first))
    };
    if is_foreign(parameter) && !is_member(field) {
        return Err(QueryError::UnknownParameter { parameter: parameter.to_string() });
    }
    check_column(field, collection)
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
fn sort_keys(sort: &[String], order: &[String]) -> Result<Vec<SortKey>, QueryError> {
    let is_order = |text: &String| ["asc", "desc"].iter().any(|order| text.eq_ignore_ascii_case(order));
    if let Some(value) = order.iter().find(|text| !is_order(text)) {
        return Err(QueryError::NotOrder { value: value.clone() });
    }
    let keys = sort.iter().enumerate().map(|(at, field)| {
        let (minus, field) = field.strip_prefix('-').map_or((false, &**field), |field| (true, field));
        let descending = order.get(at).is_some_and(|order| order.eq_ignore_ascii_case("desc"));
        SortKey { path: field.split('.').map(str::to_string).collect(), descending: minus != descending }
    });
    Ok(keys.collect())
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

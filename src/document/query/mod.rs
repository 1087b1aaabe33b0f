//! Queries on collections: which records, in which order, which of them, and what of each. A query is made of names
//! and values; where they came from is not known here.

mod condition;
mod error;
mod export;
mod filter;
mod members;
mod names;
mod order;
mod ordinals;
mod outside;
mod page;
mod parse;
mod pieces;
mod presence;
#[cfg(test)]
mod property;
#[cfg(test)]
mod property_model;
mod rank;
mod record;
mod relation;
mod scalar;
mod selection;
mod sieve;
mod survivors;

use std::collections::HashSet;

use bytes::Bytes;

use condition::Condition;
pub use error::QueryError;
pub use export::Export;
pub(crate) use export::Exported;
use filter::{Filter, may_mention};
use members::Members;
pub use names::plain_name;
use order::SortKey;
pub use outside::shown_key;
use page::Page;
pub use page::PageLinks;
use record::{Numbered, Record, records};
pub use relation::Pointing;
use relation::Relations;
use selection::Found;
pub use selection::Selection;
use sieve::Sieve;
use survivors::Survivors;

use super::patience::{Pace, is_over};
use super::{Node, View};

/// So many records tell which members there are.
const TELLING: usize = 1000;

/// A query as it was meant.
///
/// ```
/// use httpkit::document::Query;
/// # use httpkit::store::{Options, Source, Store};
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("db.json");
/// # std::fs::write(&file, r#"[{"id": 1, "age": 20}, {"id": 2, "age": 31}, {"id": 3, "age": 45}]"#)?;
/// # let store = Store::open(Source::Files(vec![file]), Options::default(), &mut |_| {}).unwrap();
/// // db.json: [{"id": 1, "age": 20}, {"id": 2, "age": 31}, {"id": 3, "age": 45}]
/// let view = store.view();
/// let asked = [("age_gte", "30"), ("_sort", "-age")].map(|(name, value)| (name.to_owned(), value.to_owned()));
/// let query = Query::parse(&asked, view.root())?;
/// let found = query.run(&view, view.root(), &[] as &[&str])?;
/// assert_eq!(found.array().concat(), br#"[{"id": 3, "age": 45},{"id": 2, "age": 31}]"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    filters: Vec<Filter>,
    /// What must hold beside them, of `_where`.
    conditions: Vec<Condition>,
    /// Full text, in lower case.
    text: Option<String>,
    sort: Vec<SortKey>,
    page: Option<Page>,
    members: Option<Members>,
    embed: Vec<String>,
    expand: Vec<String>,
}

impl Query {
    /// Whether it asks for the whole collection as it is.
    pub fn is_empty(&self) -> bool {
        *self == Query::default()
    }

    /// Runs the query on a collection: an array, a table, or an object of records, whose records get their key as the
    /// member that `key_name` names. `path`: that of the collection, for its relations.
    ///
    /// # Errors
    /// [`QueryError::NoRelation`].
    pub fn run<'v>(
        &self,
        view: &'v View,
        collection: Node<'v>,
        path: &[impl AsRef<str>],
    ) -> Result<Selection<'v>, QueryError> {
        let relations = Relations::of(&self.embed, &self.expand, view, path)?;
        if is_over() {
            // What was put together is looked at by nobody.
            return Ok(Selection::none(relations));
        }
        let (found, total) = match Numbered::of(collection) {
            Some(all) => self.found_among(all),
            None => {
                let sieves: Vec<Sieve<'_>> = self.filters.iter().map(|filter| Sieve::of(filter, None)).collect();
                let mut pace = Pace::default();
                let all = records(collection).take_while(|_| pace.goes_on(0));
                let kept = all.filter(|record| sieves.iter().all(|sieve| sieve.keeps(record)));
                let (records, total) = self.paged(kept.filter(|record| self.meets(record)));
                (Found::Records(records), total)
            }
        };
        let (members, links) = (self.members.clone(), self.page.map(|page| page.links(total)));
        Ok(Selection { found, members, relations, total, links })
    }

    /// What it finds in a large collection, and how much there is without paging.
    fn found_among<'v>(&self, all: Numbered<'v>) -> (Found<'v>, usize) {
        let sieves: Vec<Sieve<'_>> = self.filters.iter().map(|filter| Sieve::of(filter, Some(&all))).collect();
        let candidates = sieves.iter().find_map(Sieve::text).and_then(|text| all.container.containing(text));
        let numbers: Box<dyn Iterator<Item = u32>> = match candidates {
            Some(candidates) => {
                let mut pace = Pace::default();
                let candidates = candidates.take_while(move |_| pace.goes_on(0));
                Box::new(candidates.filter(|number| {
                    let record = all.record(*number);
                    sieves.iter().all(|sieve| sieve.keeps(&record))
                }))
            }
            None => Box::new(Survivors::of(&all, &sieves)),
        };
        let mut pace = Pace::default();
        let kept: Box<dyn Iterator<Item = u32>> = match self.text.is_none() && self.conditions.is_empty() {
            true => numbers,
            false => Box::new(
                numbers
                    .map(|number| (number, all.record(number)))
                    .take_while(move |(_, record)| pace.goes_on(record.length()))
                    .filter(|(_, record)| self.meets(record))
                    .map(|(number, _)| number),
            ),
        };
        let page = self.page.unwrap_or_default();
        let (numbers, total) = match self.sort.is_empty() {
            true => page.cut(kept),
            false => {
                let (sorted, total) = order::sort_numbers(&all, kept, &self.sort, page.end());
                (sorted.into_iter().skip(page.start).take(page.limit).collect(), total)
            }
        };
        sieves.iter().for_each(|sieve| sieve.prepare_next(all.container));
        (Found::Numbers(all.clone(), numbers), total)
    }

    /// Whether a record that all filters keep is kept by the rest of the query too.
    fn meets(&self, record: &Record<'_>) -> bool {
        self.conditions.iter().all(|condition| condition.keeps(record))
            && self.text.as_ref().is_none_or(|text| may_mention(record, text) && record.mentions(text))
    }

    /// The records of the page in their order, and how many there are without paging.
    fn paged<'v>(&self, kept: impl Iterator<Item = Record<'v>>) -> (Vec<Record<'v>>, usize) {
        let page = self.page.unwrap_or_default();
        if self.sort.is_empty() {
            return page.cut(kept);
        }
        let (sorted, total) = order::sort(kept, &self.sort, page.end());
        (sorted.into_iter().skip(page.start).take(page.limit).collect(), total)
    }

    /// The columns of what it selects from a table; `None` of any other collection.
    pub fn columns(&self, collection: Node<'_>) -> Option<Vec<String>> {
        let mut columns = collection.columns()?;
        if let Some(members) = &self.members {
            columns.retain(|column| members.names().any(|name| name == column));
        }
        Some(columns)
    }

    /// The members of records of a collection that is no table, as far as they are asked for: what the header of a table
    /// without rows has. The first records tell, and of an empty collection the key is all that is known.
    pub fn names(&self, collection: Node<'_>) -> Vec<String> {
        let mut names = Vec::new();
        let mut seen = HashSet::new();
        let asked = self.members.as_ref().map(Members::as_columns);
        for record in records(collection).take(TELLING) {
            let all = members::members(&record, asked.as_ref()).into_iter().map(|(name, _)| name);
            names.extend(all.filter(|name| seen.insert(name.clone())));
        }
        if names.is_empty() {
            names.push(shown_key(collection).into_owned());
        }
        names
    }

    /// One record alone, with the members asked for and with its relations. `path`: that of its collection.
    ///
    /// # Errors
    /// [`QueryError::NoRelation`].
    pub fn show(&self, view: &View, record: Node<'_>, path: &[impl AsRef<str>]) -> Result<Vec<Bytes>, QueryError> {
        let relations = Relations::of(&self.embed, &self.expand, view, path)?;
        Ok(selection::text(&Record::alone(record), self.members.as_ref(), &relations))
    }
}

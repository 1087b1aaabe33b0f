//! Queries on collections: which records, in which order, which of them, and what of each. A query is made of names
//! and values; where they came from is not known here.

mod filter;
mod glance;
mod order;
mod page;
mod parse;
mod record;
mod relation;

use std::fmt;

use bytes::Bytes;

use filter::{Filter, Sieve, may_mention};
use order::SortKey;
use page::Page;
pub use page::PageLinks;
use record::Record;
use relation::Relations;

use super::{Node, View};

/// A query as it was meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    filters: Vec<Filter>,
    /// Full text, in lower case.
    text: Option<String>,
    sort: Vec<SortKey>,
    page: Option<Page>,
    members: Option<Vec<String>>,
    embed: Vec<String>,
    expand: Vec<String>,
}

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
                write!(f, "'{parameter}' is '{value}', expected a whole number from {}", page::least(parameter))
            }
            QueryError::NotTrueOrFalse { parameter, value } => {
                write!(f, "'{parameter}' is '{value}', expected true or false")
            }
            QueryError::NoRelation { name } => write!(f, "nothing here is related by the name '{name}'"),
        }
    }
}

impl std::error::Error for QueryError {}

/// The records that a query selected, as the text of a JSON array.
#[derive(Debug)]
pub struct Selection {
    /// The text of each record.
    pub records: Vec<Vec<Bytes>>,
    /// How many records there are without paging.
    pub total: usize,
    /// Where the page lies, if one was asked for.
    pub links: Option<PageLinks>,
}

impl Selection {
    /// The text of the JSON array of the records.
    pub fn array(&self) -> Vec<Bytes> {
        let mut pieces = vec![Bytes::from_static(b"[")];
        for (at, record) in self.records.iter().enumerate() {
            if at > 0 {
                pieces.push(Bytes::from_static(b","));
            }
            pieces.extend(record.iter().cloned());
        }
        pieces.push(Bytes::from_static(b"]"));
        pieces
    }
}

impl Query {
    /// Whether it asks for the whole collection as it is.
    pub fn is_empty(&self) -> bool {
        *self == Query::default()
    }

    /// Runs the query on a collection: an array, a table, or an object of records, whose records get their key as the
    /// member that `key_name` names. `name`: that of the collection in the root, for its relations.
    ///
    /// # Errors
    /// [`QueryError::NoRelation`].
    pub fn run(&self, view: &View, collection: Node<'_>, name: Option<&str>) -> Result<Selection, QueryError> {
        let relations = Relations::of(&self.embed, &self.expand, view.root(), name)?;
        let sieves: Vec<Sieve<'_>> = self.filters.iter().map(Sieve::of).collect();
        let text = sieves.iter().find_map(Sieve::text);
        let kept = record::records(collection, text)
            .filter(|record| sieves.iter().all(|sieve| sieve.keeps(record)))
            .filter(|record| self.text.as_ref().is_none_or(|text| may_mention(record, text) && record.mentions(text)));
        let page = self.page.unwrap_or_default();
        let (records, total) = if self.sort.is_empty() {
            page.cut(kept)
        } else {
            let (sorted, total) = order::sort(kept, &self.sort, page.start.saturating_add(page.limit));
            (sorted.into_iter().skip(page.start).take(page.limit).collect(), total)
        };
        let records = records.into_iter().map(|record| self.text_of(&record, &relations)).collect();
        Ok(Selection { records, total, links: self.page.map(|page| page.links(total)) })
    }

    /// The columns of what it selects from a table; `None` of any other collection.
    pub fn columns(&self, collection: Node<'_>) -> Option<Vec<String>> {
        let mut columns = collection.columns()?;
        if let Some(members) = &self.members {
            columns.retain(|column| members.contains(column));
        }
        Some(columns)
    }

    /// One record alone, with the members asked for and with its relations.
    ///
    /// # Errors
    /// [`QueryError::NoRelation`].
    pub fn show(&self, view: &View, record: Node<'_>, name: Option<&str>) -> Result<Vec<Bytes>, QueryError> {
        let relations = Relations::of(&self.embed, &self.expand, view.root(), name)?;
        Ok(self.text_of(&Record::alone(record), &relations))
    }

    fn text_of(&self, record: &Record<'_>, relations: &Relations<'_>) -> Vec<Bytes> {
        if self.members.is_none() && relations.is_empty() && !record.is_keyed() {
            return record.node.text();
        }
        let mut members = record.members(self.members.as_deref());
        members.extend(relations.members(record));
        record::object(&members)
    }
}

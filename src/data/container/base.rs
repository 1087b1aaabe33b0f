//! The bytes that a container was read from: where its children and their keys stand in them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use imbl::OrdMap;

use super::{Base, Container, Shape};
use crate::data::csv;
use crate::data::index::KeyTable;
use crate::data::json::walk;
use crate::data::key::{self, KeyStats};

impl Container {
    /// Indexes `text`, whose children start at `starts`; `large` are those of them that have an index, by number.
    pub(crate) fn new(shape: Shape, text: Bytes, starts: Vec<u32>, large: Vec<(u32, Arc<Container>)>) -> Container {
        let count = u32::try_from(starts.len()).unwrap_or(u32::MAX);
        let base = Base {
            text,
            starts: starts.into(),
            large,
            table: KeyTable::default(),
            duplicates: HashMap::new(),
            identity: OnceLock::new(),
        };
        let mut container = Container {
            shape,
            base: Arc::new(base),
            edits: OrdMap::new(),
            keys: imbl::HashMap::new(),
            next: count,
            live: count,
            keyed: 0,
            records: 0,
            stats: KeyStats::default(),
            chain: 0,
            layout: None,
        };
        let (table, duplicates) = container.index_keys();
        if let Some(base) = Arc::get_mut(&mut container.base) {
            base.table = table;
            base.duplicates = duplicates;
        }
        container
    }

    fn index_keys(&mut self) -> (KeyTable, HashMap<String, Vec<u32>>) {
        let mut table = KeyTable::default();
        let mut duplicates: HashMap<String, Vec<u32>> = HashMap::new();
        let base = self.base.clone();
        let count = base.starts.len();
        for number in 0..self.next {
            // The end of a row is where the next one starts; that of a JSON value need not be known.
            let from = match self.shape {
                Shape::Table(_) => self.base_child(&base, number),
                _ => &base.text[base.starts[number as usize] as usize..],
            };
            let Some(key) = self.read_key(from) else { continue };
            self.keyed += 1;
            if self.keyed == 1 {
                table = KeyTable::new(count);
            }
            let same = |other: u32| self.base_key(&base, other).as_deref() == Some(&*key);
            if table.insert(key.as_bytes(), number, same).is_some() {
                duplicates.entry(key.into_owned()).or_default().push(number);
            }
        }
        (table, duplicates)
    }

    /// The key of the child that starts `from`, counting what there is to count about it.
    #[inline]
    fn read_key<'t>(&mut self, from: &'t [u8]) -> Option<Cow<'t, str>> {
        match &self.shape {
            Shape::Object => {
                let end = walk::skip_string(from, 0);
                let value = walk::value_of_member(from, end);
                self.records += u32::from(from.get(value) == Some(&b'{'));
                Some(walk::decode(&from[..end]))
            }
            Shape::Array(name) => {
                self.records += u32::from(from.first() == Some(&b'{'));
                let token = walk::member(from, name)?;
                let key = key::text_of(token)?;
                self.stats.add(token);
                Some(key)
            }
            Shape::Table(table) => {
                self.records += 1;
                let key = if table.map { csv::decode(table.cell(from, 0)) } else { table.key_of(from)? };
                self.stats.add_text(&key);
                Some(key)
            }
        }
    }

    pub(super) fn base_key<'b>(&self, base: &'b Base, number: u32) -> Option<Cow<'b, str>> {
        let text = self.base_child(base, number);
        match &self.shape {
            Shape::Object => Some(walk::decode(&text[..walk::skip_string(text, 0)])),
            Shape::Array(name) => key::text_of(walk::member(text, name)?),
            Shape::Table(table) if table.map => Some(csv::decode(table.cell(text, 0))),
            Shape::Table(table) => table.key_of(text),
        }
    }

    /// The bytes of a child of the base, with its name in an object.
    #[inline]
    pub(super) fn base_child<'b>(&self, base: &'b Base, number: u32) -> &'b [u8] {
        let (start, end) = self.base_range(base, number);
        &base.text[start..end]
    }

    #[inline]
    pub(super) fn base_range(&self, base: &Base, number: u32) -> (usize, usize) {
        let at = number as usize;
        let start = base.starts[at] as usize;
        let text = &base.text[..];
        let next = base.starts.get(at + 1).map(|&next| next as usize);
        let end = match (&self.shape, next) {
            (Shape::Table(_), next) => {
                let mut end = next.unwrap_or(text.len());
                while end > start && matches!(text[end - 1], b'\r' | b'\n') {
                    end -= 1;
                }
                end
            }
            (_, Some(next)) => walk::back_white(text, walk::back_white(text, next).saturating_sub(1)),
            (_, None) => walk::back_white(text, text.len().saturating_sub(1)),
        };
        (start, end.max(start))
    }

    /// Where a child of the base starts, or where its last ends if there is no such child.
    pub(crate) fn start(&self, number: u32) -> usize {
        let end = || self.base_count().checked_sub(1).map_or(0, |last| self.base_range(&self.base, last).1);
        self.base.starts.get(number as usize).map_or_else(end, |&start| start as usize)
    }

    /// What stands before the first child of the base.
    pub(crate) fn opening(&self) -> &[u8] {
        let end = self.base.starts.first().map_or(self.base.text.len(), |&first| first as usize);
        &self.base.text[..end]
    }

    /// What separates the last two children of the base, if there are two.
    pub(crate) fn last_gap(&self) -> Option<&[u8]> {
        let last = self.base_count().checked_sub(2)?;
        let (_, end) = self.base_range(&self.base, last);
        Some(&self.base.text[end..self.base.starts[last as usize + 1] as usize])
    }

    /// What separates the children that were added, if any were.
    pub(crate) fn added_gap(&self) -> Option<&[u8]> {
        self.layout.as_ref().map(|layout| &layout.separator[..])
    }

    /// What stands between the name and the value of the last member of the base.
    pub(crate) fn last_colon(&self) -> Option<&[u8]> {
        let start = *self.base.starts.last()? as usize;
        let name_end = walk::skip_string(&self.base.text, start);
        self.base.text.get(name_end..self.value_start(start))
    }
}

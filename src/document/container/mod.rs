//! An object, array or table as the bytes it was read from, an index of its children, and the changes made since.
//!
//! A container is persistent: a changed copy shares all but a few nodes with the one before, so that a reader keeps
//! its own consistent state at no cost.

mod base;
mod differing;
mod keys;
mod lines;
mod pieces;
mod value;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use imbl::OrdMap;
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_64_with_seed};

use crate::document::column::Columns;
use crate::document::index::KeyTable;
use crate::document::parts::FEW_BYTES;
use crate::text::csv::Table;
use crate::text::json::walk;
use crate::text::key::KeyStats;

pub(crate) use base::WIDE;

/// What a container is.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// A JSON object.
    Object,
    /// A JSON array, and the member that holds the key of its elements.
    Array(Arc<str>),
    /// CSV rows: elements, or members if the table is a map.
    Table(Arc<Table>),
}

/// The bytes read and where the children stand in them.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) text: Bytes,
    starts: Box<[u32]>,
    large: Vec<(u32, Arc<Container>)>,
    table: KeyTable,
    /// Keys that occur more than once: the children after the first.
    duplicates: HashMap<String, Vec<u32>>,
    identity: OnceLock<u64>,
    /// Something is escaped in the text.
    pub(crate) has_escapes: bool,
    /// A number may be written with an exponent.
    has_exponents: bool,
    /// Nothing is escaped or nested in the children: JSON scalars, and objects of scalars.
    pub(crate) is_flat: bool,
    /// No such object holds a member name twice.
    pub(crate) has_unique_names: bool,
    /// Every child is an object without an index of its own.
    pub(crate) are_small_objects: bool,
    /// The text is JSON Lines: no brackets, and each child alone on its line.
    pub(crate) is_lines: bool,
    pub(crate) columns: Columns,
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Container {
    pub(crate) shape: Shape,
    pub(crate) base: Arc<Base>,
    /// By child number; numbers from that of the base's children on are additions.
    edits: OrdMap<u32, Edit>,
    /// Keys that the base's table does not know.
    keys: imbl::HashMap<String, u32>,
    /// Keys that another child has already: the children after the first.
    clashes: imbl::HashMap<String, Vec<u32>>,
    next: u32,
    live: u32,
    keyed: u32,
    records: u32,
    pub(crate) stats: KeyStats,
    /// Follows from all changes so far, in order.
    chain: u64,
    layout: Option<Arc<Layout>>,
}

#[derive(Debug, Clone)]
enum Edit {
    Removed,
    Replaced(Value),
    Added(Arc<Added>),
}

#[derive(Debug)]
struct Added {
    /// The member name and colon as they are to stand before the value.
    lead: Bytes,
    name: String,
    value: Value,
}

/// What goes around and between the children that are added to a container.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Before the first, if the container was empty when it was read.
    pub(crate) open: Bytes,
    /// After the last, likewise.
    pub(crate) close: Bytes,
    /// Before each that is added, unless it is the only one.
    pub(crate) separator: Bytes,
}

/// A value: small ones are bytes to be scanned when asked, large containers have an index.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// JSON text, or a CSV row or cell as it stands.
    Leaf(Bytes),
    /// An indexed container.
    Large(Arc<Container>),
}

/// A value where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'c> {
    /// `text` is part of `owner`.
    Leaf { owner: &'c Bytes, text: &'c [u8] },
    /// An indexed container.
    Large(&'c Arc<Container>),
}

/// Where a text goes: pieces as the bytes they are part of, and the range in them.
pub(crate) type Emit<'e> = &'e mut dyn FnMut(&Bytes, usize, usize);

/// An entity tag of a text up to this length is a function of its bytes alone.
const HASHED: usize = 16 << 10;

/// So many changes are looked at in less than a millisecond.
const MANY_EDITS: usize = 1000;

impl Container {
    /// How many children it was read with.
    pub(crate) fn base_count(&self) -> u32 {
        u32::try_from(self.base.starts.len()).unwrap_or(u32::MAX)
    }

    /// How many children there are.
    pub(crate) fn len(&self) -> usize {
        self.live as usize
    }

    /// Some element has a key, so elements are found by theirs.
    #[inline]
    pub(crate) fn is_keyed(&self) -> bool {
        self.keyed > 0
    }

    /// Some child is an object.
    pub(crate) fn has_records(&self) -> bool {
        self.records > 0
    }

    /// Every child is an object, and there is one.
    pub(crate) fn are_records(&self) -> bool {
        self.live > 0 && self.records == self.live && self.table().is_none_or(|table| !table.map)
    }

    /// The table whose rows the children are.
    #[inline]
    pub(crate) fn table(&self) -> Option<&Arc<Table>> {
        match &self.shape {
            Shape::Table(table) => Some(table),
            _ => None,
        }
    }

    /// Its text is JSON Lines.
    #[inline]
    pub(crate) fn is_lines(&self) -> bool {
        self.base.is_lines
    }

    /// Its text is not JSON, which is made of its children.
    #[inline]
    pub(crate) fn is_rendered(&self) -> bool {
        self.is_lines() || self.table().is_some()
    }

    /// Children are members, with a name each.
    #[inline]
    pub(crate) fn has_names(&self) -> bool {
        match &self.shape {
            Shape::Object => true,
            Shape::Array(_) => false,
            Shape::Table(table) => table.map,
        }
    }

    /// Whether the child with this number stands as it was read.
    #[inline]
    pub(crate) fn is_as_read(&self, number: u32) -> bool {
        number < self.base_count() && (self.edits.is_empty() || !self.edits.contains_key(&number))
    }

    /// Something was changed since it was read.
    pub(crate) fn is_edited(&self) -> bool {
        self.chain != 0
    }

    /// Whether its text is longer than so many bytes, as far as it takes no long look to know.
    pub(crate) fn is_longer_than(&self, bytes: usize) -> bool {
        let value = |edit: &Edit| match edit {
            Edit::Removed => 0,
            Edit::Replaced(value) => value.place().base_length(),
            Edit::Added(added) => added.value.place().base_length(),
        };
        let base = self.base.text.len();
        base > bytes
            || self.edits.len() > MANY_EDITS
            || self.edits.values().map(value).fold(base, usize::saturating_add) > bytes
    }

    /// Whether its JSON text is made of many pieces, or put together from many rows.
    pub(crate) fn is_long_in_pieces(&self) -> bool {
        let inner = |edit: &Edit| match edit {
            Edit::Replaced(Value::Large(container)) => container.is_long_in_pieces(),
            _ => false,
        };
        self.edits.len() > MANY_EDITS
            || self.edits.values().any(inner)
            || (self.is_rendered() && self.is_longer_as_json(FEW_BYTES))
    }

    /// The same of its JSON text, in which each row of a table repeats the names of all columns.
    pub(crate) fn is_longer_as_json(&self, bytes: usize) -> bool {
        let names = self.table().map_or(0, |table| self.len().saturating_mul(table.names_length()));
        names > bytes || self.is_longer_than(bytes)
    }

    /// The numbers of the children, in order.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        let count = self.base_count();
        let mut removed = self.edits.range(..count).filter(|(_, edit)| matches!(edit, Edit::Removed)).peekable();
        let base = (0..count).filter(move |number| {
            if removed.peek().is_some_and(|(gone, _)| *gone == number) {
                removed.next();
                return false;
            }
            true
        });
        base.chain(self.added())
    }

    /// The children that were changed, of those numbers that it was read with, and whether each is gone.
    pub(crate) fn changed(&self, range: Range<u32>) -> impl Iterator<Item = (u32, bool)> + '_ {
        self.edits.range(range).map(|(number, edit)| (*number, matches!(edit, Edit::Removed)))
    }

    /// The first number from `from` on that a child has.
    pub(crate) fn number_from(&self, from: u32) -> Option<u32> {
        if from < self.base_count() && self.edits.is_empty() {
            return Some(from);
        }
        let base = (from..self.base_count()).find(|number| !matches!(self.edits.get(number), Some(Edit::Removed)));
        base.or_else(|| self.edits.range(from.max(self.base_count())..).next().map(|(number, _)| *number))
    }

    /// The numbers of the children that were added.
    pub(crate) fn added(&self) -> impl Iterator<Item = u32> + '_ {
        self.edits.range(self.base_count()..).map(|(number, _)| *number)
    }

    /// The number of the child at a position. Only what was removed is looked at, so that a patch may ask a thousand times.
    pub(crate) fn nth(&self, position: usize) -> Option<u32> {
        if position >= self.len() {
            return None;
        }
        let (mut number, count) = (u32::try_from(position).ok()?, self.base_count());
        for (removed, _) in self.edits.range(..count).filter(|(_, edit)| matches!(edit, Edit::Removed)) {
            if *removed > number {
                break;
            }
            number += 1;
        }
        if number < count {
            return Some(number);
        }
        // Behind them stands what was added, with numbers in a row unless some of it is gone again.
        let (removed, at) = (number as usize - position, number - count);
        let added = (self.live + u32::try_from(removed).unwrap_or(u32::MAX)).saturating_sub(count);
        match added == self.next - count {
            true => Some(number),
            false => self.added().nth(at as usize),
        }
    }

    /// The child with this number, which must be one of [`Container::numbers`].
    #[inline]
    pub(crate) fn child(&self, number: u32) -> Place<'_> {
        if !self.edits.is_empty() {
            match self.edits.get(&number) {
                Some(Edit::Replaced(value)) => return value.place(),
                Some(Edit::Added(added)) => return added.value.place(),
                Some(Edit::Removed) | None => {}
            }
        }
        self.child_as_read(number).unwrap_or(Place::Leaf { owner: &self.base.text, text: &[] })
    }

    /// The child with this number as it was read.
    #[inline]
    fn child_as_read(&self, number: u32) -> Option<Place<'_>> {
        if number as usize >= self.base.starts.len() {
            return None;
        }
        if !self.base.large.is_empty()
            && let Ok(at) = self.base.large.binary_search_by_key(&number, |(number, _)| *number)
        {
            return Some(Place::Large(&self.base.large[at].1));
        }
        let (start, end) = self.base_range(&self.base, number);
        let start = if matches!(self.shape, Shape::Object) { self.value_start(start) } else { start };
        Some(Place::Leaf { owner: &self.base.text, text: &self.base.text[start..end] })
    }

    fn value_start(&self, start: usize) -> usize {
        let text = &self.base.text[..];
        walk::value_of_member(text, walk::skip_string(text, start))
    }

    /// Puts `value` in the place of a child.
    pub(crate) fn replace(&mut self, number: u32, value: Value) {
        let before = self.facts(number);
        self.link(number, &value);
        let edit = match self.edits.get(&number) {
            Some(Edit::Added(added)) => {
                let (lead, name) = (added.lead.clone(), added.name.clone());
                Edit::Added(Arc::new(Added { lead, name, value }))
            }
            _ => Edit::Replaced(value),
        };
        self.edits.insert(number, edit);
        let after = self.facts(number);
        self.records = self.records + u32::from(after.record) - u32::from(before.record);
        if before.key != after.key && !matches!(self.shape, Shape::Object) {
            self.forget(number, &before);
            self.learn(number, &after);
        }
    }

    /// Takes a child out.
    pub(crate) fn remove(&mut self, number: u32) {
        let facts = self.facts(number);
        self.chain = xxh3_64_with_seed(&number.to_le_bytes(), self.chain ^ 1).max(1);
        self.forget(number, &facts);
        self.records -= u32::from(facts.record);
        self.live -= 1;
        if number < self.base_count() {
            self.edits.insert(number, Edit::Removed);
        } else {
            self.edits.remove(&number);
        }
    }

    /// Adds a child at the end. `name` and `lead`, the name as it is to stand, are empty but in an object.
    pub(crate) fn add(&mut self, name: String, lead: Bytes, value: Value, layout: impl FnOnce(&Container) -> Layout) {
        if self.layout.is_none() {
            self.layout = Some(Arc::new(layout(self)));
        }
        let number = self.next;
        self.next += 1;
        self.live += 1;
        self.chain = xxh3_64_with_seed(name.as_bytes(), self.chain);
        self.link(number, &value);
        self.edits.insert(number, Edit::Added(Arc::new(Added { lead, name, value })));
        let facts = self.facts(number);
        self.records += u32::from(facts.record);
        self.learn(number, &facts);
    }

    fn link(&mut self, number: u32, value: &Value) {
        let mut link = [0; 12];
        link[..4].copy_from_slice(&number.to_le_bytes());
        link[4..].copy_from_slice(&value.place().tag().to_le_bytes());
        // Zero says that nothing was changed.
        self.chain = xxh3_64_with_seed(&link, self.chain).max(1);
    }

    /// A hash that changes with the text; up to a certain length it depends on nothing else.
    pub(crate) fn tag(&self) -> u64 {
        if self.base.text.len() <= HASHED && self.edits.len() <= 1024 {
            let mut hash = Xxh3::new();
            self.pieces(&mut |owner, start, end| hash.update(&owner[start..end]));
            return hash.digest();
        }
        let identity = *self.base.identity.get_or_init(|| xxh3_64(&self.base.text));
        if self.chain == 0 { identity } else { xxh3_64_with_seed(&self.chain.to_le_bytes(), identity) }
    }

    /// The text in one.
    pub(crate) fn to_bytes(&self) -> Bytes {
        if !self.is_edited() {
            return self.base.text.clone();
        }
        let mut out = Vec::with_capacity(self.base.text.len() + 64);
        self.pieces(&mut |owner, start, end| out.extend_from_slice(&owner[start..end]));
        out.into()
    }

    /// The last children, the very last first.
    pub(crate) fn last_children(&self) -> impl Iterator<Item = Place<'_>> {
        let count = self.base_count();
        let added = self.edits.range(count..).rev().map(|(number, _)| *number);
        let base = (0..count).rev().filter(|number| !matches!(self.edits.get(number), Some(Edit::Removed)));
        added.chain(base).map(|number| self.child(number))
    }

    /// The children of the base that have an index.
    pub(crate) fn large_children(&self) -> impl Iterator<Item = (u32, &Arc<Container>)> {
        self.base.large.iter().map(|(number, container)| (*number, container))
    }
}

/// The index that a path segment or JSON pointer token says, in its one canonical form.
pub(crate) fn index(segment: &str) -> Option<usize> {
    let canonical = segment.bytes().all(|byte| byte.is_ascii_digit()) && (segment == "0" || !segment.starts_with('0'));
    if canonical { segment.parse().ok() } else { None }
}

//! The bytes that a container was read from: where its children and their keys stand in them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use imbl::OrdMap;
use memchr::memmem::Finder;

use super::{Base, Container, Shape};
use crate::document::column::Columns;
use crate::document::index::{KeyTable, NO_KEY, hash_of};
use crate::document::parts::{BREATH, in_parts};
use crate::document::patience::goes_on;
use crate::text::csv;
use crate::text::json::scan::Inside;
use crate::text::json::walk;
use crate::text::key::{self, KeyStats};

/// What one look at each of some children tells.
#[derive(Default)]
struct Survey {
    /// The hash of each key, [`NO_KEY`] where there is none.
    hashes: Vec<u64>,
    keyed: u32,
    records: u32,
    stats: KeyStats,
}

impl Container {
    /// Indexes `text`, whose children start at `starts`; `large` are those of them that have an index, by number.
    pub(crate) fn new(
        shape: Shape,
        text: Bytes,
        starts: Vec<u32>,
        large: Vec<(u32, Arc<Container>)>,
        inside: Inside,
    ) -> Container {
        Container::unindexed(shape, text, starts, large).indexed(inside)
    }

    /// The same of JSON Lines, an array whose elements have their key in `member`.
    pub(crate) fn of_lines(
        member: &str,
        text: Bytes,
        starts: Vec<u32>,
        large: Vec<(u32, Arc<Container>)>,
        inside: Inside,
    ) -> Container {
        let mut container = Container::unindexed(Shape::Array(member.into()), text, starts, large);
        if let Some(base) = Arc::get_mut(&mut container.base) {
            base.is_lines = true;
        }
        container.indexed(inside)
    }

    fn unindexed(shape: Shape, text: Bytes, starts: Vec<u32>, large: Vec<(u32, Arc<Container>)>) -> Container {
        let count = u32::try_from(starts.len()).unwrap_or(u32::MAX);
        let base = Base {
            text,
            starts: starts.into(),
            large,
            table: KeyTable::default(),
            duplicates: HashMap::new(),
            identity: OnceLock::new(),
            has_escapes: false,
            has_exponents: false,
            is_flat: false,
            has_unique_names: false,
            are_small_objects: false,
            is_lines: false,
            columns: Columns::default(),
        };
        Container {
            shape,
            base: Arc::new(base),
            edits: OrdMap::new(),
            keys: imbl::HashMap::new(),
            clashes: imbl::HashMap::new(),
            next: count,
            live: count,
            keyed: 0,
            records: 0,
            stats: KeyStats::default(),
            chain: 0,
            layout: None,
        }
    }

    fn indexed(mut self, inside: Inside) -> Container {
        let surveys = in_parts(self.next, |range| self.survey(range));
        for survey in &surveys {
            self.keyed += survey.keyed;
            self.records += survey.records;
            self.stats.join(&survey.stats);
        }
        let (table, duplicates) = self.index_keys(&surveys);
        if let Some(base) = Arc::get_mut(&mut self.base) {
            base.table = table;
            base.duplicates = duplicates;
            base.has_escapes = inside.has_escapes;
            base.has_exponents = inside.has_exponents;
            // As many objects and arrays as children that are objects: these are they.
            base.are_small_objects = base.large.is_empty() && self.records == self.next;
            base.has_unique_names = inside.has_unique_names;
            base.is_flat = !inside.has_escapes && inside.containers == self.records as usize;
        }
        self
    }

    /// Whether every child can be told by its bytes: nothing was changed, and nothing is escaped.
    pub(crate) fn is_searchable(&self) -> bool {
        !self.is_edited() && !self.has_names() && self.base.large.is_empty() && !self.base.has_escapes
    }

    /// Whether a number may be written with an exponent in the text that the container was read from. No number of a
    /// table is: its cells are texts, or numbers as JSON would write them.
    pub(crate) fn has_exponents(&self) -> bool {
        self.base.has_exponents
    }

    /// The numbers of the children whose text contains what is looked for, in order: one search over all of them.
    /// `None`: not every child can be told by its bytes.
    pub(crate) fn containing(&self, finder: Finder<'static>) -> Option<impl Iterator<Item = u32> + '_> {
        let (text, starts) = (&self.base.text[..], &self.base.starts[..]);
        if !self.is_searchable() {
            return None;
        }
        let mut number = 0;
        Some(std::iter::from_fn(move || {
            let mut from = *starts.get(number)? as usize;
            // What is looked for lies within a child, so that parts may end where children start.
            let hit = loop {
                let next = starts.get(number + BREATH).map_or(text.len(), |&next| next as usize);
                if let Some(hit) = finder.find(&text[from..next]) {
                    break from + hit;
                }
                if !goes_on() {
                    return None;
                }
                number += BREATH;
                from = *starts.get(number)? as usize;
            };
            let found = last_not_after(&starts[number..], hit) + number;
            number = found + 1;
            u32::try_from(found).ok()
        }))
    }

    fn index_keys(&self, surveys: &[Survey]) -> (KeyTable, HashMap<String, Vec<u32>>) {
        let mut duplicates: HashMap<String, Vec<u32>> = HashMap::new();
        if self.keyed == 0 {
            return (KeyTable::default(), duplicates);
        }
        let mut table = KeyTable::new(self.base.starts.len());
        let hashes = surveys.iter().flat_map(|survey| &survey.hashes);
        for (number, &hash) in (0..self.next).zip(hashes) {
            let key = || self.base_key(&self.base, number);
            let same = |other: u32| self.base_key(&self.base, other) == key();
            if hash != NO_KEY && table.insert(hash, number, same).is_some() {
                duplicates.entry(key().unwrap_or_default().into_owned()).or_default().push(number);
            }
        }
        (table, duplicates)
    }

    fn survey(&self, range: Range<u32>) -> Survey {
        let mut survey = Survey { hashes: Vec::with_capacity(range.len()), ..Survey::default() };
        for number in range {
            let hash = match self.survey_child(number, &mut survey) {
                Some(key) => {
                    survey.keyed += 1;
                    hash_of(&key)
                }
                None => NO_KEY,
            };
            survey.hashes.push(hash);
        }
        survey
    }

    /// The key of a child of the base, counting what there is to count about it.
    #[inline]
    fn survey_child(&self, number: u32, survey: &mut Survey) -> Option<Cow<'_, [u8]>> {
        // Where a JSON value ends need not be known for that.
        let from = &self.base.text[self.base.starts[number as usize] as usize..];
        match &self.shape {
            Shape::Object => {
                let end = walk::skip_string(from, 0);
                let value = walk::value_of_member(from, end);
                survey.records += u32::from(from.get(value) == Some(&b'{'));
                Some(walk::decode_bytes(&from[..end]))
            }
            Shape::Array(name) => {
                survey.records += u32::from(from.first() == Some(&b'{'));
                let token = walk::member(from, name)?;
                let key = key::bytes_of(token)?;
                survey.stats.add(token);
                Some(key)
            }
            Shape::Table(table) => {
                survey.records += 1;
                let row = self.base_child(&self.base, number);
                let key = csv::decode_bytes(table.cell(row, if table.map { 0 } else { table.key }));
                if key.is_empty() && !table.map {
                    return None;
                }
                survey.stats.add_text(&key);
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

    /// The name or key that a child was read with.
    pub(crate) fn base_name(&self, number: u32) -> Option<Cow<'_, str>> {
        self.base_key(&self.base, number)
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
            (_, next) if base.is_lines => walk::back_white(text, next.unwrap_or(text.len())),
            (_, Some(next)) => walk::back_white(text, walk::back_white(text, next).saturating_sub(1)),
            (_, None) => walk::back_white(text, text.len().saturating_sub(1)),
        };
        (start, end.max(start))
    }

    /// The value of a child of the base as it stands; `None` if it has an index of its own.
    #[inline]
    pub(crate) fn base_value(&self, number: u32) -> Option<&[u8]> {
        let base = &*self.base;
        if !base.large.is_empty() && base.large.binary_search_by_key(&number, |(number, _)| *number).is_ok() {
            return None;
        }
        let (start, end) = self.base_range(base, number);
        let start = if matches!(self.shape, Shape::Object) { self.value_start(start) } else { start };
        Some(&base.text[start..end])
    }

    /// The text of a child of the base, which is an element, and what follows it before the next one.
    #[inline]
    pub(crate) fn base_stretch(&self, number: u32) -> &[u8] {
        let (text, at) = (&self.base.text[..], number as usize);
        let start = self.base.starts.get(at).map_or(text.len(), |&start| start as usize);
        let end = self.base.starts.get(at + 1).map_or(text.len(), |&next| next as usize);
        text.get(start..end).unwrap_or_default()
    }

    /// Where `part`, which is part of the base, stands in it.
    pub(crate) fn base_place(&self, part: &[u8]) -> (u32, u32) {
        let start = part.as_ptr().addr().saturating_sub(self.base.text.as_ptr().addr());
        let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
        // An empty cell at the end of a row that is short may be part of nothing.
        if part.is_empty() { (0, 0) } else { (offset(start), offset(start + part.len())) }
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

    /// What separates the last two children of the base, if there are two and it is no longer than usual. Between lines
    /// may be blank ones, which are no pattern.
    pub(crate) fn last_gap(&self) -> Option<&[u8]> {
        if self.is_lines() {
            return None;
        }
        let last = self.base_count().checked_sub(2)?;
        let (_, end) = self.base_range(&self.base, last);
        Some(&self.base.text[end..self.base.starts[last as usize + 1] as usize]).filter(|gap| gap.len() <= WIDE)
    }

    /// What separates the children that were added, if any were.
    pub(crate) fn added_gap(&self) -> Option<&[u8]> {
        self.layout.as_ref().map(|layout| &layout.separator[..])
    }

    /// What stands between the name and the value of the last member of the base, if it is no longer than usual.
    pub(crate) fn last_colon(&self) -> Option<&[u8]> {
        let start = *self.base.starts.last()? as usize;
        let name_end = walk::skip_string(&self.base.text, start);
        self.base.text.get(name_end..self.value_start(start)).filter(|colon| colon.len() <= WIDE)
    }
}

/// White space longer than this is no layout: each child that is added would get as much.
pub(crate) const WIDE: usize = 48;

/// The position of the last of the ascending numbers that is not greater than `limit`; the first one is not. Looked for in
/// steps that double, since it is near the front more often than not.
fn last_not_after(ascending: &[u32], limit: usize) -> usize {
    let is_before = |start: &u32| *start as usize <= limit;
    let mut step = 1;
    while ascending.get(step).is_some_and(is_before) {
        step *= 2;
    }
    let from = step / 2;
    from + ascending[from..ascending.len().min(step + 1)].partition_point(is_before) - 1
}

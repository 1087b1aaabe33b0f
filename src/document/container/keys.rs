//! Children by name and key: which one has it, whether another has it too, and what is known of them all.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Container, Edit, Place, Shape, index};
use crate::text::csv;
use crate::text::json::walk::{self, Sort};
use crate::text::key;

/// What one child adds to what is known of all.
pub(super) struct Facts {
    pub(super) record: bool,
    pub(super) key: Option<String>,
    token: Option<Vec<u8>>,
}

impl Container {
    /// The member name, or the key of an element or row if it has one.
    pub(crate) fn name(&self, number: u32) -> Option<Cow<'_, str>> {
        match &self.shape {
            Shape::Object => match self.edits.get(&number) {
                Some(Edit::Added(added)) => Some(Cow::Borrowed(added.name.as_str())),
                _ => self.base_key(&self.base, number),
            },
            Shape::Array(name) => match self.child(number) {
                Place::Leaf { text, .. } => key::text_of(walk::member(text, name)?),
                place @ Place::Large(_) => {
                    let token = place.member_text(name)?;
                    key::text_of(&token).map(|text| Cow::Owned(text.into_owned()))
                }
            },
            Shape::Table(table) => match self.child(number) {
                Place::Leaf { text, .. } if table.map => Some(csv::decode(table.cell(text, 0))),
                Place::Leaf { text, .. } => table.key_of(text),
                Place::Large(_) => None,
            },
        }
    }

    /// The first child with this name or key.
    #[inline]
    pub(crate) fn locate(&self, name: &str) -> Option<u32> {
        let is_it = |number: u32| self.is_named(number, name);
        let found = self.base.table.find(name.as_bytes(), is_it);
        found
            .or_else(|| self.base.duplicates.get(name)?.iter().copied().find(|&number| is_it(number)))
            .or_else(|| self.keys.get(name).copied())
    }

    /// Whether the base's child is there still and has this name.
    #[inline]
    fn is_named(&self, number: u32, name: &str) -> bool {
        if !self.edits.is_empty() && matches!(self.edits.get(&number), Some(Edit::Removed)) {
            return false;
        }
        match &self.shape {
            Shape::Object => {
                let start = self.base.starts[number as usize] as usize;
                let end = walk::skip_string(&self.base.text, start);
                walk::is_name(&self.base.text[start..end], name)
            }
            Shape::Array(member) => match self.child(number) {
                Place::Leaf { text, .. } => {
                    walk::member(text, member).and_then(key::bytes_of).as_deref() == Some(name.as_bytes())
                }
                Place::Large(_) => self.name(number).as_deref() == Some(name),
            },
            Shape::Table(_) => self.name(number).as_deref() == Some(name),
        }
    }

    /// The child that a path segment leads to: by name or key, else by index the element that has no key of its own.
    #[inline]
    pub(crate) fn step(&self, segment: &str) -> Option<u32> {
        let found = self.locate(segment);
        if found.is_some() || self.has_names() || self.keyed == self.live {
            return found;
        }
        let number = self.nth(index(segment)?)?;
        (self.keyed == 0 || self.name(number).is_none()).then_some(number)
    }

    /// Some element has no key of its own, so that it is found by its index.
    pub(crate) fn has_keyless(&self) -> bool {
        !self.has_names() && self.keyed < self.live
    }

    /// A key that more than one child has now, and not before the change that made this of `old`.
    pub(crate) fn new_twin(&self, old: Option<&Container>) -> Option<String> {
        let was_there = |key: &str| old.is_some_and(|old| old.is_ambiguous(key));
        let is_same = old.is_some_and(|old| Arc::ptr_eq(&old.base, &self.base));
        let mut read = self.base.duplicates.keys().filter(|key| !is_same && self.is_ambiguous(key) && !was_there(key));
        read.next().or_else(|| self.clashes.keys().next()).cloned()
    }

    /// More than one child has this name or key.
    #[inline]
    pub(crate) fn is_ambiguous(&self, name: &str) -> bool {
        let Some(more) = self.base.duplicates.get(name) else { return false };
        let first = self.base.table.find(name.as_bytes(), |number| self.is_named(number, name));
        let more = more.iter().filter(|&&number| self.is_named(number, name));
        // Two are enough to know: a key may stand in every record.
        usize::from(first.is_some()) + more.take(2).count() > 1
    }

    /// A name or key that more than one child has.
    pub(crate) fn ambiguous_name(&self) -> Option<&str> {
        self.base.duplicates.keys().map(String::as_str).find(|name| self.is_ambiguous(name))
    }

    /// The keys that more than one child was read with, in the order of the file.
    pub(crate) fn doubled(&self) -> Vec<&str> {
        let mut doubled: Vec<_> = self.base.duplicates.iter().map(|(key, more)| (more.first(), key.as_str())).collect();
        doubled.sort_unstable();
        doubled.into_iter().map(|(_, key)| key).collect()
    }

    pub(super) fn facts(&self, number: u32) -> Facts {
        let place = self.child(number);
        let record = self.table().is_some() || place.sort() == Sort::Object;
        let token = match &self.shape {
            Shape::Array(name) if record => place.member_text(name).map(Cow::into_owned),
            _ => None,
        };
        Facts { record, key: self.name(number).map(Cow::into_owned), token }
    }

    pub(super) fn learn(&mut self, number: u32, facts: &Facts) {
        let Some(key) = &facts.key else { return };
        self.keyed += 1;
        match (&self.shape, &facts.token) {
            (Shape::Array(_), Some(token)) => self.stats.add(token),
            (Shape::Table(_), _) => self.stats.add_text(key.as_bytes()),
            _ => {}
        }
        match self.locate(key) {
            None => drop(self.keys.insert(key.clone(), number)),
            Some(other) if other != number => self.clashes.entry(key.clone()).or_default().push(number),
            // It has its old key again, which another has taken in the meantime.
            Some(_) => {
                if let Some(other) = self.keys.remove(key) {
                    self.clashes.entry(key.clone()).or_default().push(other);
                }
            }
        }
    }

    pub(super) fn forget(&mut self, number: u32, facts: &Facts) {
        let Some(key) = &facts.key else { return };
        self.keyed -= 1;
        match (&self.shape, &facts.token) {
            (Shape::Array(_), Some(token)) => self.stats.remove(token),
            (Shape::Table(_), _) => self.stats.remove_text(key),
            _ => {}
        }
        if self.keys.get(key) == Some(&number) {
            self.keys.remove(key);
        }
        self.settle(number, key);
    }

    /// A child loses its key: of those that have it too, the first is found by it from now on.
    fn settle(&mut self, number: u32, key: &str) {
        let Some(mut others) = self.clashes.remove(key) else { return };
        let is_another = |other: u32| other != number && self.is_named(other, key);
        let is_in_base = self.base.table.find(key.as_bytes(), is_another).is_some()
            || self.base.duplicates.get(key).is_some_and(|more| more.iter().any(|&other| is_another(other)));
        match others.iter().position(|&other| other == number) {
            Some(at) => drop(others.swap_remove(at)),
            None if is_in_base => {}
            None => {
                others.sort_unstable();
                self.keys.insert(key.to_owned(), others.remove(0));
            }
        }
        if !others.is_empty() {
            self.clashes.insert(key.to_owned(), others);
        }
    }
}

//! Whether records have a member of some name at all, remembered.

use std::ops::Range;
use std::sync::PoisonError;

use memchr::memmem;

use super::glance::Seen;
use super::kept::Look;
use super::reader::Reader;
use crate::document::container::Container;
use crate::document::parts::{BREATH, breathe, in_parts, with_breath};
use crate::text::json::walk;
use crate::text::key;

/// So much is remembered.
const LOOKS: usize = 64;

impl Container {
    /// Whether it is worth remembering which names its children have: they are many, and all small objects as they were
    /// read.
    pub(crate) fn remembers_names(&self) -> bool {
        self.table().is_none() && self.base_count() >= super::made::CHILDREN && self.base.are_small_objects
    }

    /// The first of the children that it was read with that has a member of that name. [`Container::remembers_names`].
    pub(crate) fn first_with(&self, name: &str) -> Option<u32> {
        self.remembered(Look::With(name.to_owned()), || self.look_for(name))
    }

    /// The first of the children that it was read with that has a member of that name which is not its own name in this
    /// object. [`Container::remembers_names`].
    pub(crate) fn first_named_otherwise(&self, name: &str) -> Option<u32> {
        self.remembered(Look::NamedOtherwise(name.to_owned()), || {
            let from = self.first_with(name)?;
            let is_it = |number: &u32| {
                let own = self.base_value(*number).and_then(|text| walk::member(text, name));
                own.is_some_and(|own| key::text_of(own) != self.base_name(*number))
            };
            let first = |range: Range<u32>| with_breath(range.start.max(from)..range.end).find(is_it);
            in_parts(self.base_count(), first).into_iter().flatten().next()
        })
    }

    fn remembered(&self, look: Look, find: impl FnOnce() -> Option<u32>) -> Option<u32> {
        let looks = || self.base.columns.looks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, first)) = looks().iter().find(|(known, _)| *known == look) {
            return *first;
        }
        let first = find();
        let mut looks = looks();
        if looks.len() == LOOKS {
            looks.remove(0);
        }
        looks.push((look, first));
        first
    }

    fn look_for(&self, name: &str) -> Option<u32> {
        let path = [name.to_owned()];
        let reader = Reader::of(self, &path);
        // Where nothing is escaped, a name stands letter for letter.
        if !self.base.has_escapes {
            let token = walk::quoted(name);
            let finder = memmem::Finder::new(&token);
            let is_there = |range: Range<u32>| {
                range.step_by(BREATH).any(|from| {
                    breathe();
                    let end = self.start(from.saturating_add(BREATH as u32)).min(self.base.text.len());
                    finder.find(&self.base.text[self.start(from).min(end)..end]).is_some()
                })
            };
            if !in_parts(self.base_count(), is_there).contains(&true) {
                return None;
            }
        }
        let first = |range| {
            let mut run = reader.run();
            with_breath(range).find(|number| !matches!(run.at(*number), Seen::Nothing))
        };
        in_parts(self.base_count(), first).into_iter().flatten().next()
    }
}

//! Whether records have a member of some name at all, remembered.

use std::ops::Range;
use std::sync::PoisonError;

use memchr::memmem;

use super::glance::Seen;
use super::reader::Reader;
use crate::document::container::Container;
use crate::document::parts::{BREATH, breathe, in_parts, with_breath};
use crate::text::json::walk;

/// So many names are remembered.
const NAMES: usize = 64;

impl Container {
    /// Whether it is worth remembering which names its children have: they are many, and all small objects as they were
    /// read.
    pub(crate) fn remembers_names(&self) -> bool {
        self.table().is_none() && self.base_count() >= super::made::CHILDREN && self.base.are_small_objects
    }

    /// The first of the children that it was read with that has a member of that name. [`Container::remembers_names`].
    pub(crate) fn first_with(&self, name: &str) -> Option<u32> {
        let names = || self.base.columns.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, first)) = names().iter().find(|(known, _)| known == name) {
            return *first;
        }
        let first = self.look_for(name);
        let mut names = names();
        if names.len() == NAMES {
            names.remove(0);
        }
        names.push((name.to_owned(), first));
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

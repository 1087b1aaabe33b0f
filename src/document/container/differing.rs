//! What differs between two states of a container that come of the same text, without a look at what they share.

use std::collections::HashSet;
use std::sync::Arc;

use imbl::ordmap::DiffItem;

use super::{Container, Edit, Place, Value};

impl Container {
    /// Both are surely the same.
    pub(crate) fn is_surely(&self, other: &Container) -> bool {
        Arc::ptr_eq(&self.base, &other.base) && self.chain == other.chain
    }

    /// Several children have one name or key.
    pub(crate) fn has_doubles(&self) -> bool {
        !self.clashes.is_empty() || self.ambiguous_name().is_some()
    }

    /// The names of the children that may differ from those of a later state of the same text, in its order. `None`: it is of another,
    /// or some of them have no name, or not the same place.
    pub(crate) fn suspects(&self, later: &Container) -> Option<Vec<String>> {
        if !Arc::ptr_eq(&self.base, &later.base) || self.has_doubles() || later.has_doubles() {
            return None;
        }
        let (mut names, mut seen) = (Vec::new(), HashSet::new());
        for item in self.edits.diff(&later.edits) {
            let number = match item {
                DiffItem::Add(number, _) | DiffItem::Remove(number, _) => *number,
                DiffItem::Update { old: (number, _), .. } => *number,
            };
            let (before, after) = (self.has(number), later.has(number));
            let name = if after { later.name(number) } else { self.name(number).filter(|_| before) };
            let name = name?.into_owned();
            let is_renamed = before && after && self.name(number).is_none_or(|own| *own != *name);
            // Removed and added again, it stands behind the others.
            if is_renamed || !seen.insert(name.clone()) {
                return None;
            }
            names.push(name);
        }
        Some(names)
    }

    /// Both have the same text, byte for byte, as far as it takes no long look at what they share; `false` says nothing for
    /// certain.
    pub(crate) fn has_text_of(&self, other: &Container) -> bool {
        if !Arc::ptr_eq(&self.base, &other.base) {
            return other.is_text(&self.to_bytes());
        }
        let is_kept = |number: u32, edit: &Edit| match edit {
            Edit::Replaced(value) => self.child_as_read(number).is_some_and(|place| place.has_text_of(value.place())),
            Edit::Removed | Edit::Added(_) => false,
        };
        self.live == other.live
            && (self.layout == other.layout || self.added().next().is_none())
            && self.edits.diff(&other.edits).all(|item| match item {
                DiffItem::Add(number, edit) | DiffItem::Remove(number, edit) => is_kept(*number, edit),
                DiffItem::Update { old: (_, old), new: (_, new) } => old.has_text_of(new),
            })
    }

    /// This is how it stands in the file.
    fn is_text(&self, text: &[u8]) -> bool {
        let mut left = Some(text);
        self.pieces(&mut |owner, start, end| left = left.and_then(|left| left.strip_prefix(&owner[start..end])));
        left.is_some_and(<[u8]>::is_empty)
    }

    /// A child has this number.
    fn has(&self, number: u32) -> bool {
        match self.edits.get(&number) {
            Some(Edit::Removed) => false,
            Some(_) => true,
            None => number < self.base_count(),
        }
    }
}

impl Place<'_> {
    /// See [`Container::has_text_of`].
    pub(crate) fn has_text_of(self, other: Place<'_>) -> bool {
        match (self, other) {
            (Place::Leaf { text: one, .. }, Place::Leaf { text: two, .. }) => one == two,
            (Place::Large(one), Place::Large(two)) => Arc::ptr_eq(one, two) || one.has_text_of(two),
            _ => false,
        }
    }

    /// Its JSON text is this one, byte for byte.
    pub(crate) fn is_json(self, text: &[u8]) -> bool {
        match self {
            Place::Leaf { text: own, .. } => own == text,
            Place::Large(container) if container.is_lines() => self.json() == text,
            Place::Large(container) => container.is_text(text),
        }
    }
}

impl Edit {
    fn has_text_of(&self, other: &Edit) -> bool {
        match (self, other) {
            (Edit::Replaced(one), Edit::Replaced(two)) => one.place().has_text_of(two.place()),
            (Edit::Added(one), Edit::Added(two)) => {
                one.lead == two.lead && one.value.place().has_text_of(two.value.place())
            }
            _ => false,
        }
    }
}

/// Whether they are the very same, not only alike.
impl PartialEq for Edit {
    fn eq(&self, other: &Edit) -> bool {
        match (self, other) {
            (Edit::Removed, Edit::Removed) => true,
            (Edit::Added(one), Edit::Added(two)) => Arc::ptr_eq(one, two),
            (Edit::Replaced(Value::Leaf(one)), Edit::Replaced(Value::Leaf(two))) => {
                one.as_ptr() == two.as_ptr() && one.len() == two.len()
            }
            (Edit::Replaced(Value::Large(one)), Edit::Replaced(Value::Large(two))) => Arc::ptr_eq(one, two),
            _ => false,
        }
    }
}

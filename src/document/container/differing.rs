//! What differs between two states of a container that come of the same text, without a look at what they share.

use std::collections::HashSet;
use std::sync::Arc;

use imbl::ordmap::DiffItem;

use super::{Container, Edit, Value};

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

    /// A child has this number.
    fn has(&self, number: u32) -> bool {
        match self.edits.get(&number) {
            Some(Edit::Removed) => false,
            Some(_) => true,
            None => number < self.base_count(),
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

//! Whether two nodes, of one state or of two, are the same as far as a short look tells.

use super::{Node, Part};

impl<'v> Node<'v> {
    /// Whether they are surely the same; `false` says nothing of large ones.
    pub(in crate::document) fn is_surely(&self, other: &Node<'_>) -> bool {
        match (&self.part, &other.part) {
            (Part::Text { text: one, .. }, Part::Text { text: two, .. }) => one == two,
            (Part::Cell { text: one, table }, Part::Cell { text: two, table: other })
            | (Part::Row { text: one, table }, Part::Row { text: two, table: other }) => {
                one == two && table.delimiter == other.delimiter && table.columns == other.columns
            }
            (Part::Large(one), Part::Large(two)) => one.is_surely(two),
            _ => false,
        }
    }

    /// The names of the children that may differ, where both come of the same text: no other child does, and none has
    /// another place among those that are in both. `None`: that is not known.
    pub(in crate::document) fn suspects(&self, later: &Node<'_>) -> Option<Vec<String>> {
        let (Part::Large(one), Part::Large(two)) = (self.part, later.part) else { return None };
        one.suspects(two)
    }

    /// Its children are found by name without a look at the others.
    pub(in crate::document) fn has_index(&self) -> bool {
        matches!(self.part, Part::Large(_) | Part::Mounts)
    }

    /// Several of its children have one name, as far as its index tells.
    pub(in crate::document) fn has_doubles(&self) -> bool {
        matches!(self.part, Part::Large(container) if container.has_doubles())
    }
}

//! Whether any record has a member of some name at all.

use crate::document::Node;
use crate::document::column::{Glance, Seen};
use crate::document::container::Container;

/// Whether any record has a member of that name.
pub(super) fn has_member(collection: Node<'_>, name: &str) -> bool {
    if let Some(columns) = collection.columns() {
        return columns.iter().any(|column| column == name);
    }
    if let Some(container) = collection.container().filter(|container| container.remembers_names()) {
        let has = |number| collection.by_number(container, number).child(name).is_some();
        return holds_of_some(container, container.first_with(name), has);
    }
    let glance = Glance::of(name);
    collection.values().any(|record| match glance.as_ref().zip(record.raw()).map(|(glance, raw)| glance.at(raw)) {
        Some(Seen::Value(_)) => true,
        Some(Seen::Nothing) => false,
        Some(Seen::Unclear) | None => record.child(name).is_some(),
    })
}

/// Whether something holds of a child now. `first`: the first of which it held as they were read.
pub(super) fn holds_of_some(container: &Container, first: Option<u32>, holds: impl Fn(u32) -> bool) -> bool {
    match first {
        // What is not among what was read may be among what was changed since.
        None => {
            container.changed(0..container.base_count()).any(|(number, is_gone)| !is_gone && holds(number))
                || container.added().any(holds)
        }
        Some(first) if container.is_as_read(first) => true,
        Some(_) => container.numbers().any(holds),
    }
}

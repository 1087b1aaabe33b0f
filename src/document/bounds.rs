//! How much work one request can order, where its size does not say it: counts of what is done once for every record,
//! or once more for each time that it is asked for. What is repeated word for word is done, and counted, once.

/// A limit as the manual lists it: what is counted, and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// What is counted, in the plural.
    pub what: &'static str,
    /// The most that one request may hold.
    pub most: usize,
}

/// Rules of a query: `field=v`, `field:op=v`; the same field and operator again is the same rule.
pub(super) const FILTERS: Bound = Bound { what: "filters", most: 50 };

/// Values of all rules together.
pub(super) const VALUES: Bound = Bound { what: "filter values", most: 1000 };

/// Keys of `_sort`.
pub(super) const SORT_KEYS: Bound = Bound { what: "sort keys", most: 10 };

/// Names in `_embed` and `_expand`.
pub(super) const RELATIONS: Bound = Bound { what: "embedded or expanded collections", most: 10 };

/// Names in `_fields`.
pub(super) const MEMBERS: Bound = Bound { what: "chosen fields", most: 200 };

/// Operations of a JSON Patch.
pub(super) const OPERATIONS: Bound = Bound { what: "JSON Patch operations", most: 1000 };

/// All of them, for the manual.
pub const BOUNDS: [Bound; 6] = [FILTERS, VALUES, SORT_KEYS, RELATIONS, MEMBERS, OPERATIONS];

impl Bound {
    /// Whether so many are too many.
    pub(super) fn is_passed_by(self, count: usize) -> bool {
        count > self.most
    }
}

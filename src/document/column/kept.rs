//! The columns that are kept for a container: the last ones used, within a bound.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Column;

/// So many columns are kept, however small.
pub(super) const COLUMNS: usize = 64;

/// The columns of one container, the last one used at the end.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(super) kept: Mutex<Vec<KeptColumn>>,
    /// What was looked for, and the first child of which it holds.
    pub(super) looks: Mutex<Vec<(Look, Option<u32>)>>,
}

/// What is looked for in children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    /// A member of this name.
    With(String),
    /// A member of this name that is there, and is not the name by which the object holds the child.
    NamedOtherwise(String),
}

#[derive(Debug)]
pub(super) struct KeptColumn {
    path: Vec<String>,
    /// Whoever asks first makes it, and the others wait. `None`: it is not worth keeping.
    column: Arc<OnceLock<Option<Arc<Column>>>>,
}

impl Columns {
    /// The column of the member at `path`, if it is there.
    pub(super) fn made(&self, path: &[String]) -> Option<Arc<Column>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_there = kept.iter().any(|kept| kept.path == path && kept.column.get().is_some());
        drop(kept);
        if is_there { self.entry(path).0.get()?.clone() } else { None }
    }

    /// The place of a column, and whether nobody has asked for it before.
    pub(super) fn entry(&self, path: &[String]) -> (Arc<OnceLock<Option<Arc<Column>>>>, bool) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = kept.iter().position(|kept| kept.path == path) {
            let found = kept.remove(at);
            let column = Arc::clone(&found.column);
            kept.push(found);
            return (column, false);
        }
        if kept.len() == COLUMNS {
            kept.remove(0);
        }
        let column = Arc::default();
        kept.push(KeptColumn { path: path.to_vec(), column: Arc::clone(&column) });
        (column, true)
    }

    /// Lets go of those that were used longest ago until the rest is within the bound.
    pub(super) fn shrink(&self, most: usize) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut total = 0;
        let mut room: Vec<bool> = kept
            .iter()
            .rev()
            .map(|kept| {
                let size = kept.size();
                total += size;
                size == 0 || total <= most
            })
            .collect();
        kept.retain(|_| room.pop().unwrap_or(true));
    }

    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.kept.lock().unwrap().iter().map(KeptColumn::size).sum()
    }
}

impl KeptColumn {
    fn size(&self) -> usize {
        self.column.get().and_then(Option::as_ref).map_or(0, |column| column.size())
    }
}

//! The columns that are kept for a container: the last ones used, within a bound.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::{Column, build};
use crate::document::container::Container;

/// Containers of fewer children are read each time, which takes no longer than a millisecond.
pub(super) const CHILDREN: u32 = 1000;

/// So many columns are kept, however small.
const COLUMNS: usize = 64;

/// All columns together may take so many bytes, or this part of the text.
const BYTES: usize = 4 << 20;
const PART: usize = 4;

/// The columns of one container, the last one used at the end.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    kept: Mutex<Vec<KeptColumn>>,
    /// Names that were looked for, and the first child that has a member of that name.
    pub(super) names: Mutex<Vec<(String, Option<u32>)>>,
}

#[derive(Debug)]
struct KeptColumn {
    path: Vec<String>,
    /// Whoever asks first makes it, and the others wait. `None`: it is not worth keeping.
    column: Arc<OnceLock<Option<Arc<Column>>>>,
}

impl Container {
    /// The column of the member at `path`, made if it is not there. `None`: there is none to be had, and the records are
    /// to be read.
    pub(crate) fn column(&self, path: &[String]) -> Option<Arc<Column>> {
        if self.base_count() < CHILDREN {
            return None;
        }
        let (column, _) = self.base.columns.entry(path);
        self.make(&column, path);
        column.get()?.clone()
    }

    /// The column of the member at `path`, if it is there.
    pub(crate) fn made_column(&self, path: &[String]) -> Option<Arc<Column>> {
        if self.base_count() < CHILDREN { None } else { self.base.columns.made(path) }
    }

    /// Has the column of the member at `path` made in the background, for queries to come.
    pub(crate) fn make_column_later(&self, path: &[String]) {
        if self.base_count() < CHILDREN {
            return;
        }
        let (column, is_new) = self.base.columns.entry(path);
        if is_new {
            let (container, path) = (self.clone(), path.to_vec());
            let make = move || container.make(&column, &path);
            // Without a thread the column is made by whoever cannot do without.
            let _ = std::thread::Builder::new().name("column".to_owned()).spawn(make);
        }
    }

    /// Makes a column, unless it is made, and lets go of others that have no room beside it.
    fn make(&self, column: &OnceLock<Option<Arc<Column>>>, path: &[String]) {
        let most = BYTES.max(self.base.text.len() / PART);
        column.get_or_init(|| {
            let column = build::column(self, path).filter(|column| column.size() <= most);
            column.map(Arc::new)
        });
        self.base.columns.shrink(most);
    }

    /// How much memory the columns take.
    #[cfg(test)]
    pub(crate) fn columns_size(&self) -> usize {
        self.base.columns.size()
    }
}

impl Columns {
    fn made(&self, path: &[String]) -> Option<Arc<Column>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_there = kept.iter().any(|kept| kept.path == path && kept.column.get().is_some());
        drop(kept);
        if is_there { self.entry(path).0.get()?.clone() } else { None }
    }

    /// The place of a column, and whether nobody has asked for it before.
    fn entry(&self, path: &[String]) -> (Arc<OnceLock<Option<Arc<Column>>>>, bool) {
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
    fn shrink(&self, most: usize) {
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
    fn size(&self) -> usize {
        self.kept.lock().unwrap().iter().map(KeptColumn::size).sum()
    }
}

impl KeptColumn {
    fn size(&self) -> usize {
        self.column.get().and_then(Option::as_ref).map_or(0, |column| column.size())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Weak;

    use bytes::Bytes;

    use super::*;
    use crate::document::container::{Base, Value};
    use crate::document::state::{Document, Format, Reading};
    use crate::text::{CellTypes, KeyRule};

    fn records(count: usize) -> Document {
        let record = |n| format!("{{\"id\":{n},\"a\":{n},\"b\":\"text {n}\",\"c\":{},\"d\":{n}.5}}", n % 7);
        let text = format!("[{}]", (0..count).map(record).collect::<Vec<_>>().join(","));
        let rule = Arc::new(KeyRule::default());
        let reading = Reading { rule, format: Format::Json, types: CellTypes::Text, encoding: None, stem: None };
        Document::read(Bytes::from(text), &reading, &mut Vec::new(), &mut |_| {}).unwrap()
    }

    fn container(document: &Document) -> &Container {
        let Value::Large(container) = &document.root else { panic!("small") };
        container
    }

    fn path(name: &str) -> [String; 1] {
        [name.to_owned()]
    }

    #[test]
    fn a_member_gets_the_column_that_fits() {
        let document = records(20_000);
        let column = |name| container(&document).column(&path(name)).unwrap();
        assert!(matches!(&*column("a"), Column::Numbers { are_short: true, are_numbers: true, .. }));
        assert!(matches!(&*column("b"), Column::Texts { .. }));
        assert!(matches!(&*column("c"), Column::Few { values, .. } if values.len() == 7));
        assert!(matches!(&*column("none"), Column::Absent));
        assert!(Arc::ptr_eq(&column("a"), &column("a")), "it is made once");
    }

    /// The last ones used stay.
    #[test]
    fn the_columns_of_a_container_are_bounded() {
        let document = records(200_000);
        let container = container(&document);
        let first = container.column(&path("a")).unwrap();
        for name in ["id", "d", "b", "c", "a", "id", "d"] {
            container.column(&path(name)).unwrap();
            let most = BYTES.max(container.base.text.len() / PART);
            assert!(container.columns_size() <= most, "{} of {most}", container.columns_size());
        }
        assert!(!Arc::ptr_eq(&first, &container.column(&path("a")).unwrap()), "it had to go for others");
    }

    #[test]
    fn the_columns_of_a_container_are_counted_too() {
        let document = records(2000);
        let container = container(&document);
        for number in 0..200 {
            assert!(container.column(&path(&format!("none {number}"))).is_some());
        }
        assert!(container.base.columns.kept.lock().unwrap().len() <= COLUMNS);
    }

    #[test]
    fn columns_go_with_the_text_that_they_were_read_from() {
        let mut document = records(2000);
        container(&document).column(&path("a")).unwrap();
        let base: Weak<Base> = Arc::downgrade(&container(&document).base);
        document = document.reread().unwrap();
        assert!(base.upgrade().is_none());
        assert_eq!(container(&document).columns_size(), 0);
    }
}

//! The columns of a container, made when they are asked for.

use std::sync::{Arc, OnceLock};

use super::{Column, build};
use crate::document::container::Container;

/// Containers of fewer children are read each time, which takes no longer than a millisecond.
pub(super) const CHILDREN: u32 = 1000;

/// All columns together may take so many bytes, or this part of the text.
const BYTES: usize = 4 << 20;
const PART: usize = 4;

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

    /// Has the beginnings of a column of texts made, if there is room for them; whether they are there.
    pub(crate) fn has_beginnings(&self, column: &Column, path: &[String]) -> bool {
        let Column::Texts { hashes, beginnings } = column else { return false };
        let most = BYTES.max(self.base.text.len() / PART);
        if hashes.len() * 12 > most {
            return false;
        }
        beginnings.get_or_init(|| build::beginnings(self, path));
        self.base.columns.shrink(most);
        true
    }

    /// How much memory the columns take.
    #[cfg(test)]
    pub(crate) fn columns_size(&self) -> usize {
        self.base.columns.size()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Weak;

    use bytes::Bytes;

    use super::super::kept::COLUMNS;
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

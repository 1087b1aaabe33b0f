//! A place in a view: what it is, and its text.

mod alike;
mod ambiguous;
mod children;

use std::borrow::Cow;

use bytes::Bytes;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::container::{Container, Place, Shape, index};
use super::parts::FEW_BYTES;
use super::state::Document;
use super::view::View;
use crate::text::csv::{self, Table};
use crate::text::json::walk::{self, Sort};
use crate::text::key::{self, KeyStats};

pub use children::Values;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A JSON object, a CSV file of keys and values, or the root over several files.
    Object,
    /// A JSON array.
    Array,
    /// A CSV file: rows by key.
    Table,
    /// A CSV record.
    Row,
    /// A JSON string or a CSV cell.
    String,
    /// A JSON number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
}

/// A place in a view. It costs nothing to copy.
///
/// ```
/// use httpkit::document::Kind;
/// # use httpkit::store::{Options, Source, Store};
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("people.csv");
/// # std::fs::write(&file, "id,name\n1,Kim\n")?;
/// # let store = Store::open(Source::Files(vec![file]), Options::default(), &mut |_| {}).unwrap();
/// // people.csv: id,name
/// //             1,Kim
/// let view = store.view();
/// let row = view.find(&["1"]).unwrap();
/// assert_eq!((row.kind(), row.columns().unwrap()), (Kind::Row, vec!["id".to_owned(), "name".to_owned()]));
/// assert_eq!(row.child("name").unwrap().string().as_deref(), Some("Kim"));
/// assert_eq!(row.text().concat(), br#"{"id":"1","name":"Kim"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Node<'v> {
    view: &'v View,
    part: Part<'v>,
    /// The member that holds the key, if this is an array.
    key: &'v str,
    /// The small container that it stands in, and the member that holds the key there.
    parent: Option<(&'v [u8], &'v str)>,
    top: bool,
    /// The name or key by which it was reached occurs more than once.
    twice: bool,
}

#[derive(Debug, Clone, Copy)]
enum Part<'v> {
    /// The root over several files.
    Mounts,
    Large(&'v Container),
    Text {
        owner: &'v Bytes,
        text: &'v [u8],
    },
    Row {
        table: &'v Table,
        text: &'v [u8],
    },
    Cell {
        table: &'v Table,
        text: &'v [u8],
    },
}

/// Text that is rendered, not stored, is given in pieces of about this size.
const PIECE: usize = 256 << 10;

impl<'v> Node<'v> {
    #[inline]
    pub(crate) fn root(view: &'v View) -> Node<'v> {
        match view.mounts.first() {
            Some(document) if !view.mounted => Node { top: true, ..Node::of_document(view, document) },
            _ => Node { view, part: Part::Mounts, key: "id", parent: None, top: true, twice: false },
        }
    }

    #[inline]
    fn of_document(view: &'v View, document: &'v Document) -> Node<'v> {
        let context = &document.context;
        let part = part(document.root.place());
        let key = context.reading.rule.member(context.reading.stem.as_deref());
        Node { view, part, key, parent: None, top: false, twice: false }
    }

    pub(crate) fn view(&self) -> &'v View {
        self.view
    }

    /// What it is.
    #[inline]
    pub fn kind(&self) -> Kind {
        let sort = match &self.part {
            Part::Mounts => Sort::Object,
            Part::Large(container) => match &container.shape {
                Shape::Object => Sort::Object,
                Shape::Array(_) => Sort::Array,
                Shape::Table(table) if table.map => Sort::Object,
                Shape::Table(_) => return Kind::Table,
            },
            Part::Text { text, .. } => walk::sort(text),
            Part::Row { .. } => return Kind::Row,
            Part::Cell { table, text } => table.cell_sort(text),
        };
        match sort {
            Sort::Object => Kind::Object,
            Sort::Array => Kind::Array,
            Sort::String => Kind::String,
            Sort::Number => Kind::Number,
            Sort::Boolean => Kind::Boolean,
            Sort::Null => Kind::Null,
        }
    }

    /// It is where the empty path leads.
    pub fn is_root(&self) -> bool {
        self.top
    }

    /// Its children are elements, rows or keyed records: an array, a table, or an object whose members are all
    /// objects. An empty object is none.
    pub fn is_collection(&self) -> bool {
        match self.kind() {
            Kind::Array | Kind::Table => true,
            Kind::Object => match &self.part {
                Part::Large(container) => container.are_records(),
                Part::Text { text, .. } => {
                    let mut members = walk::members(text).peekable();
                    members.peek().is_some() && members.all(|member| text.get(member.value) == Some(&b'{'))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Its JSON text, in pieces: for JSON the very bytes of the file, not copied; rows and cells are rendered.
    pub fn text(&self) -> Vec<Bytes> {
        if let Some(stretch) = self.stretch() {
            return vec![stretch];
        }
        match &self.part {
            Part::Large(container) if !container.is_rendered() => {
                let mut pieces = Vec::new();
                container.pieces(&mut |owner, start, end| pieces.push(owner.slice(start..end)));
                pieces
            }
            Part::Large(_) | Part::Mounts => {
                let mut pieces = Vec::new();
                let mut out = Vec::new();
                self.write_rendered(&mut out, &mut |out| {
                    if out.len() >= PIECE {
                        pieces.push(Bytes::from(std::mem::take(out)));
                    }
                });
                pieces.push(out.into());
                pieces
            }
            _ => {
                let mut out = Vec::new();
                self.write_text(&mut out);
                vec![out.into()]
            }
        }
    }

    /// Whether its text in the file is longer than so many bytes.
    pub fn is_longer_than(&self, bytes: usize) -> bool {
        match &self.part {
            Part::Text { text, .. } | Part::Row { text, .. } | Part::Cell { text, .. } => text.len() > bytes,
            Part::Large(container) => container.is_longer_than(bytes),
            Part::Mounts => self.view.mounts.iter().any(|document| document.root.place().is_longer_than(bytes)),
        }
    }

    /// Whether its text in the file or as JSON is longer than so many bytes.
    pub fn is_longer_as_json(&self, bytes: usize) -> bool {
        match &self.part {
            Part::Large(container) => container.is_longer_as_json(bytes),
            _ => self.is_longer_than(bytes),
        }
    }

    /// Its JSON text is not what stands in the file: of CSV rows, JSON Lines.
    #[inline]
    pub fn is_rendered(&self) -> bool {
        match &self.part {
            Part::Large(container) => container.is_rendered(),
            _ => false,
        }
    }

    /// Whether its JSON text is made of many pieces, or put together from many rows.
    #[inline]
    pub fn is_long_in_pieces(&self) -> bool {
        match &self.part {
            Part::Text { .. } | Part::Row { .. } | Part::Cell { .. } => false,
            Part::Large(container) => container.is_long_in_pieces(),
            Part::Mounts => self.is_longer_than(FEW_BYTES),
        }
    }

    /// Its JSON text where that is one stretch of the file's bytes, not copied.
    #[inline]
    pub fn stretch(&self) -> Option<Bytes> {
        match &self.part {
            Part::Text { owner, text } if !text.is_empty() => Some(owner.slice_ref(text)),
            _ => None,
        }
    }

    /// Appends its JSON text.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        match &self.part {
            Part::Text { text, .. } => out.extend_from_slice(text),
            Part::Row { table, text } => table.row_json(text, out),
            Part::Cell { table, text } => table.cell_json(text, out),
            Part::Large(container) if !container.is_rendered() => {
                container.pieces(&mut |owner, start, end| out.extend_from_slice(&owner[start..end]));
            }
            Part::Large(_) | Part::Mounts => self.write_rendered(out, &mut |_| {}),
        }
    }

    /// Writes what is no JSON text in the file; `flush` is called between children.
    fn write_rendered(&self, out: &mut Vec<u8>, flush: &mut dyn FnMut(&mut Vec<u8>)) {
        if self.kind() != Kind::Object {
            out.push(b'[');
            for (position, child) in self.values().enumerate() {
                out.extend_from_slice(if position > 0 { b"," } else { b"" });
                child.write_text(out);
                flush(out);
            }
            return out.push(b']');
        }
        out.push(b'{');
        for (position, (name, child)) in self.children().enumerate() {
            out.extend_from_slice(if position > 0 { b"," } else { b"" });
            walk::quote(&name, out);
            out.push(b':');
            child.write_text(out);
            flush(out);
        }
        out.push(b'}');
    }

    /// Its bytes as they stand in the file, of what is small: JSON text, a CSV row or cell.
    pub(crate) fn raw(&self) -> Option<&'v [u8]> {
        match self.part {
            Part::Text { text, .. } | Part::Row { text, .. } | Part::Cell { text, .. } => Some(text),
            Part::Mounts | Part::Large(_) => None,
        }
    }

    /// A CSV row as it stands, and its table.
    pub(crate) fn row(&self) -> Option<(&'v [u8], &'v Table)> {
        match self.part {
            Part::Row { table, text } => Some((text, table)),
            _ => None,
        }
    }

    /// The text of the file where it is CSV as everybody reads it: with commas.
    pub fn csv_text(&self) -> Option<Vec<Bytes>> {
        let Part::Large(container) = self.part else { return None };
        container.table().filter(|table| !table.map && table.delimiter == b',')?;
        let mut pieces = Vec::new();
        container.pieces(&mut |owner, start, end| pieces.push(owner.slice(start..end)));
        Some(pieces)
    }

    /// Its JSON text where it stands in the file as it is, of what is small: the bytes that it is part of, and where.
    #[inline]
    pub(crate) fn stored(&self) -> Option<(&'v Bytes, usize, usize)> {
        match self.part {
            Part::Text { owner, text } => {
                let start = text.as_ptr().addr().saturating_sub(owner.as_ptr().addr());
                Some((owner, start, start + text.len()))
            }
            _ => None,
        }
    }

    /// The text of a scalar: a string decoded, anything else as it is written; empty for what is no scalar.
    pub fn scalar_text(&self) -> Cow<'v, str> {
        match self.part {
            Part::Text { text, .. } => match walk::sort(text) {
                Sort::String => walk::decode(text),
                Sort::Object | Sort::Array => Cow::Borrowed(""),
                _ => String::from_utf8_lossy(text),
            },
            Part::Cell { table, text } if table.cell_sort(text) == Sort::Null => Cow::Borrowed("null"),
            Part::Cell { text, .. } => csv::decode(text),
            Part::Mounts | Part::Large(_) | Part::Row { .. } => Cow::Borrowed(""),
        }
    }

    /// The text of a string or cell; `None` of anything else.
    pub fn string(&self) -> Option<Cow<'v, str>> {
        match self.part {
            Part::Text { text, .. } if walk::sort(text) == Sort::String => Some(walk::decode(text)),
            Part::Cell { table, text } if table.cell_sort(text) == Sort::String => Some(csv::decode(text)),
            _ => None,
        }
    }

    /// The columns of a table or row.
    pub fn columns(&self) -> Option<Vec<String>> {
        match self.part {
            Part::Large(container) => container.table().filter(|table| !table.map).map(|table| table.columns.clone()),
            Part::Row { table, .. } => Some(table.columns.clone()),
            _ => None,
        }
    }

    /// The byte between the cells of a table or row.
    pub fn delimiter(&self) -> Option<u8> {
        match self.part {
            Part::Large(container) => container.table().map(|table| table.delimiter),
            Part::Row { table, .. } => Some(table.delimiter),
            _ => None,
        }
    }

    /// The member or column that holds the key, of an array or table.
    pub fn key_name(&self) -> Option<Cow<'v, str>> {
        match self.part {
            Part::Large(container) => match &container.shape {
                Shape::Array(name) => Some(Cow::Borrowed(name)),
                Shape::Table(table) if !table.map => Some(Cow::Borrowed(table.key_name())),
                _ => None,
            },
            Part::Text { text, .. } if walk::sort(text) == Sort::Array => Some(Cow::Borrowed(self.key)),
            _ => None,
        }
    }

    /// The text of its entity tag, without quotes. Of what is small it is a function of the bytes alone; of what is
    /// large it changes with each change, and no more than these are looked at.
    pub fn tag(&self) -> String {
        format!("{:016x}", self.tag_number())
    }

    /// The number whose sixteen hexadecimal digits [`Node::tag`] is.
    #[inline]
    pub fn tag_number(&self) -> u64 {
        match &self.part {
            Part::Text { text, .. } | Part::Row { text, .. } | Part::Cell { text, .. } => xxh3_64(text),
            Part::Large(container) => container.tag(),
            Part::Mounts => self
                .view
                .mounts
                .iter()
                .fold(0, |hash, document| xxh3_64_with_seed(&document.root.place().tag().to_le_bytes(), hash)),
        }
    }

    /// What is known of the keys of an array.
    pub(crate) fn key_stats(&self) -> Option<KeyStats> {
        match self.part {
            Part::Large(container) if !matches!(container.shape, Shape::Object) => Some(container.stats),
            Part::Text { text, .. } if walk::sort(text) == Sort::Array => {
                let mut stats = KeyStats::default();
                let keys = walk::elements(text).filter_map(|(start, end)| walk::member(&text[start..end], self.key));
                keys.filter(|token| key::text_of(token).is_some()).for_each(|token| stats.add(token));
                Some(stats)
            }
            _ => None,
        }
    }

    /// Whether a PUT could create a child with this name.
    pub(crate) fn takes(&self, name: &str) -> bool {
        match self.part {
            Part::Mounts | Part::Row { .. } | Part::Cell { .. } => false,
            Part::Large(container) => {
                container.has_names()
                    || container.table().is_some()
                    || container.is_keyed()
                    || container.len() == 0
                    || index(name) == Some(container.len())
            }
            Part::Text { text, .. } => match walk::sort(text) {
                Sort::Object => true,
                Sort::Array => {
                    let mut elements = walk::elements(text);
                    let keyed =
                        |(start, end)| walk::member(&text[start..end], self.key).and_then(key::text_of).is_some();
                    index(name) == Some(self.len()) || self.is_empty() || elements.any(keyed)
                }
                _ => false,
            },
        }
    }
}

#[inline]
fn part(place: Place<'_>) -> Part<'_> {
    match place {
        Place::Leaf { owner, text } => Part::Text { owner, text },
        Place::Large(container) => Part::Large(container),
    }
}

//! A place in a view: what it is, what is in it, and its text.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::container::{Container, Place, Shape, index};
use super::csv::{self, Table};
use super::document::Document;
use super::json::walk::{self, Sort};
use super::key::{self, KeyStats};
use super::view::View;

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

/// The children of a node, without their names.
pub struct Values<'v>(Walk<'v>);

/// Where they come from; a large array or table as it was read needs no step through a table of functions for each.
enum Walk<'v> {
    Unedited { parent: Node<'v>, container: &'v Container, numbers: Range<u32> },
    Others(Box<dyn Iterator<Item = Node<'v>> + 'v>),
}

impl<'v> Iterator for Values<'v> {
    type Item = Node<'v>;

    #[inline]
    fn next(&mut self) -> Option<Node<'v>> {
        match &mut self.0 {
            Walk::Unedited { parent, container, numbers } => {
                numbers.next().map(|number| parent.numbered(container, number, ""))
            }
            Walk::Others(values) => values.next(),
        }
    }
}

/// A place in a view. It costs nothing to copy.
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
    pub(crate) fn root(view: &'v View) -> Node<'v> {
        match view.mounts.first() {
            Some(document) if !view.mounted => Node { top: true, ..Node::of_document(view, document) },
            _ => Node { view, part: Part::Mounts, key: "id", parent: None, top: true, twice: false },
        }
    }

    fn of_document(view: &'v View, document: &'v Document) -> Node<'v> {
        let context = &document.context;
        let part = part(document.root.place());
        let key = context.rule.member(context.stem.as_deref());
        Node { view, part, key, parent: None, top: false, twice: false }
    }

    /// What it is.
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
            Part::Large(container) if container.table().is_none() => {
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

    /// Its JSON text where that is one stretch of the file's bytes, not copied.
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
            Part::Large(container) if container.table().is_none() => {
                container.pieces(&mut |owner, start, end| out.extend_from_slice(&owner[start..end]));
            }
            Part::Large(_) | Part::Mounts => self.write_rendered(out, &mut |_| {}),
        }
    }

    /// Writes what is no JSON text in the file; `flush` is called between children.
    fn write_rendered(&self, out: &mut Vec<u8>, flush: &mut dyn FnMut(&mut Vec<u8>)) {
        let named = self.kind() == Kind::Object;
        out.push(if named { b'{' } else { b'[' });
        for (position, (name, child)) in self.children().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            if named {
                walk::quote(&name, out);
                out.push(b':');
            }
            child.write_text(out);
            flush(out);
        }
        out.push(if named { b'}' } else { b']' });
    }

    /// How many children it has.
    pub fn len(&self) -> usize {
        match &self.part {
            Part::Mounts => self.view.mounts.len(),
            Part::Large(container) => container.len(),
            Part::Row { table, .. } => table.columns.len(),
            Part::Text { text, .. } => match walk::sort(text) {
                Sort::Object => walk::members(text).count(),
                Sort::Array => walk::elements(text).count(),
                _ => 0,
            },
            Part::Cell { .. } => 0,
        }
    }

    /// It has no children.
    pub fn is_empty(&self) -> bool {
        match &self.part {
            Part::Text { text, .. } => match walk::sort(text) {
                Sort::Object => walk::members(text).next().is_none(),
                Sort::Array => walk::elements(text).next().is_none(),
                _ => true,
            },
            _ => self.len() == 0,
        }
    }

    /// Its children in the order of the file: by member name, column, key, or index where there is no key.
    pub fn children(&self) -> impl Iterator<Item = (Cow<'v, str>, Node<'v>)> + use<'v> {
        let node = *self;
        let children: Box<dyn Iterator<Item = (Cow<'v, str>, Node<'v>)> + 'v> = match self.part {
            Part::Mounts => Box::new(node.view.mounts.iter().map(move |document| {
                let stem = document.context.stem.as_deref().unwrap_or_default();
                (Cow::Borrowed(stem), Node::of_document(node.view, document))
            })),
            Part::Large(container) => Box::new(container.numbers().enumerate().map(move |(position, number)| {
                let name = container.name(number).unwrap_or_else(|| Cow::Owned(position.to_string()));
                let child = node.numbered(container, number, &name);
                (name, child)
            })),
            Part::Text { owner, text } => match walk::sort(text) {
                Sort::Object => Box::new(walk::members(text).map(move |member| {
                    let name = walk::decode(&text[member.start..member.name_end]);
                    let child = node.inner(owner, text, (member.value, member.end), Some(&name));
                    (name, child)
                })),
                Sort::Array => Box::new(walk::elements(text).enumerate().map(move |(position, element)| {
                    let child = node.inner(owner, text, element, None);
                    let own = walk::member(&text[element.0..element.1], node.key).and_then(key::text_of);
                    (own.unwrap_or_else(|| Cow::Owned(position.to_string())), child)
                })),
                _ => Box::new(std::iter::empty()),
            },
            Part::Row { table, text } => {
                let mut cells = csv::cells(text, table.delimiter);
                Box::new(table.columns.iter().map(move |column| {
                    let part = Part::Cell { table, text: cells.next().unwrap_or_default() };
                    (Cow::Borrowed(column.as_str()), node.with(part))
                }))
            }
            Part::Cell { .. } => Box::new(std::iter::empty()),
        };
        children
    }

    /// Its children without their names, which an array or table would have to look up in each of them.
    pub fn values(&self) -> Values<'v> {
        let parent = *self;
        Values(match self.part {
            Part::Large(container) if !container.has_names() && !container.is_edited() => {
                Walk::Unedited { parent, container, numbers: 0..u32::try_from(container.len()).unwrap_or(u32::MAX) }
            }
            Part::Large(container) if !container.has_names() => {
                Walk::Others(Box::new(container.numbers().map(move |number| parent.numbered(container, number, ""))))
            }
            _ => Walk::Others(Box::new(self.children().map(|(_, child)| child))),
        })
    }

    /// The container that it is, if its children have numbers there, and are records: not one of keys and values.
    pub(crate) fn container(&self) -> Option<&'v Container> {
        match self.part {
            Part::Large(container) if container.table().is_none_or(|table| !table.map) => Some(container),
            _ => None,
        }
    }

    /// The child with this number in `container`, which is the one that this node is.
    #[inline]
    pub(crate) fn by_number(&self, container: &'v Container, number: u32) -> Node<'v> {
        let name = if container.has_names() { container.name(number) } else { None };
        self.numbered(container, number, name.as_deref().unwrap_or_default())
    }

    /// Its octets as they stand in the file, of what is small: JSON text, a CSV row or cell.
    pub(crate) fn raw(&self) -> Option<&'v [u8]> {
        match self.part {
            Part::Text { text, .. } | Part::Row { text, .. } | Part::Cell { text, .. } => Some(text),
            Part::Mounts | Part::Large(_) => None,
        }
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

    /// The child that a path segment leads to.
    #[inline]
    pub fn child(&self, name: &str) -> Option<Node<'v>> {
        match self.part {
            Part::Mounts => {
                let mount = self.view.mount(name)?;
                Some(Node::of_document(self.view, &self.view.mounts[mount]))
            }
            Part::Large(container) => {
                let number = container.step(name)?;
                Some(Node { twice: container.is_ambiguous(name), ..self.numbered(container, number, name) })
            }
            Part::Text { owner, text } => match walk::sort(text) {
                Sort::Object => {
                    let value = walk::member(text, name)?;
                    let start = value.as_ptr().addr() - text.as_ptr().addr();
                    Some(self.inner(owner, text, (start, start + value.len()), Some(name)))
                }
                Sort::Array => self.element(owner, text, name),
                _ => None,
            },
            Part::Row { table, text } => {
                let column = table.column(name)?;
                Some(self.with(Part::Cell { table, text: table.cell(text, column) }))
            }
            Part::Cell { .. } => None,
        }
    }

    fn element(&self, owner: &'v Bytes, text: &'v [u8], segment: &str) -> Option<Node<'v>> {
        let wanted = index(segment);
        let (mut keyed, mut at_index) = (false, None);
        for (position, (start, end)) in walk::elements(text).enumerate() {
            if let Some(key) = walk::member(&text[start..end], self.key).and_then(key::text_of) {
                keyed = true;
                if key == segment {
                    return Some(self.inner(owner, text, (start, end), None));
                }
            }
            if wanted == Some(position) {
                at_index = Some((start, end));
            }
        }
        at_index.filter(|_| !keyed).map(|range| self.inner(owner, text, range, None))
    }

    fn inner(&self, owner: &'v Bytes, text: &'v [u8], (start, end): (usize, usize), name: Option<&str>) -> Node<'v> {
        let part = Part::Text { owner, text: &text[start..end] };
        Node { parent: Some((text, self.key)), key: self.key_under(name), ..self.with(part) }
    }

    fn numbered(&self, container: &'v Container, number: u32, name: &str) -> Node<'v> {
        let part = match (container.child(number), container.table()) {
            (Place::Leaf { text, .. }, Some(table)) if table.map => Part::Cell { table, text: table.cell(text, 1) },
            (Place::Leaf { text, .. }, Some(table)) => Part::Row { table, text },
            (place, _) => part(place),
        };
        Node { key: self.key_under(container.has_names().then_some(name)), ..self.with(part) }
    }

    fn with(&self, part: Part<'v>) -> Node<'v> {
        Node { view: self.view, part, key: self.key, parent: None, top: false, twice: false }
    }

    /// The member that holds the key in an array that stands under `name`.
    fn key_under(&self, name: Option<&str>) -> &'v str {
        self.view.mounts.first().map_or("id", |document| document.context.rule.member(name))
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

    /// This object holds a member name more than once, or the key by which the node was found occurs more than once:
    /// it is not clear what a write would be meant for.
    pub fn ambiguous(&self) -> bool {
        let within = match self.part {
            Part::Large(container) => container.has_names() && container.ambiguous_name().is_some(),
            Part::Text { text, .. } => duplicate_member(text).is_some(),
            _ => false,
        };
        within || self.twice || self.is_twice_in_parent()
    }

    fn is_twice_in_parent(&self) -> bool {
        let (Some((parent, key_name)), Part::Text { text, .. }) = (self.parent, self.part) else { return false };
        let own = text.as_ptr().addr() - parent.as_ptr().addr();
        if walk::sort(parent) == Sort::Object {
            let name = |member: &walk::Member| walk::decode(&parent[member.start..member.name_end]);
            let Some(this) = walk::members(parent).find(|member| member.value == own) else { return false };
            return walk::members(parent).filter(|member| name(member) == name(&this)).count() > 1;
        }
        let key = |text| walk::member(text, key_name).and_then(key::text_of);
        key(text).is_some_and(|own| {
            let same = |&(start, end): &(usize, usize)| key(&parent[start..end]).as_ref() == Some(&own);
            walk::elements(parent).filter(same).count() > 1
        })
    }

    /// The text of its entity tag, without quotes. Of what is small it is a function of the bytes alone; of what is
    /// large it changes with each change, and no more than these are looked at.
    pub fn tag(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let hash = self.hash();
        let digits: [u8; 16] = std::array::from_fn(|at| DIGITS[(hash >> (60 - at * 4)) as usize % 16]);
        // Room for what tells the forms of a representation apart.
        let mut tag = String::with_capacity(24);
        tag.push_str(str::from_utf8(&digits).unwrap_or_default());
        tag
    }

    fn hash(&self) -> u64 {
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

fn part(place: Place<'_>) -> Part<'_> {
    match place {
        Place::Leaf { owner, text } => Part::Text { owner, text },
        Place::Large(container) => Part::Large(container),
    }
}

/// A member name that the object `text` holds more than once.
pub(crate) fn duplicate_member(text: &[u8]) -> Option<String> {
    if walk::sort(text) != Sort::Object {
        return None;
    }
    let mut names: Vec<_> =
        walk::members(text).map(|member| walk::decode(&text[member.start..member.name_end])).collect();
    names.sort_unstable();
    names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone().into_owned())
}

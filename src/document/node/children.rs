//! What is in a node: its children by name, key, index and number.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

use super::{Node, Part, part};
use crate::document::container::{Container, Place, index};
use crate::text::csv::{self, CellTypes};
use crate::text::json::walk::{self, Sort};
use crate::text::key;

/// The children of a node, without their names.
pub struct Values<'v>(ChildWalk<'v>);

/// Where they come from; a large array or table as it was read needs no step through a table of functions for each.
enum ChildWalk<'v> {
    Unedited { parent: Node<'v>, container: &'v Container, numbers: Range<u32> },
    Others(Box<dyn Iterator<Item = Node<'v>> + 'v>),
}

impl<'v> Iterator for Values<'v> {
    type Item = Node<'v>;

    #[inline]
    fn next(&mut self) -> Option<Node<'v>> {
        match &mut self.0 {
            ChildWalk::Unedited { parent, container, numbers } => {
                numbers.next().map(|number| parent.numbered(container, number, ""))
            }
            ChildWalk::Others(values) => values.next(),
        }
    }
}

impl<'v> Node<'v> {
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

    /// How its cells are shown, if it is a CSV file or a row of one.
    pub(crate) fn cell_types(&self) -> Option<CellTypes> {
        match &self.part {
            Part::Large(container) => container.table().map(|table| table.types),
            Part::Row { table, .. } => Some(table.types),
            _ => None,
        }
    }

    /// Its children in the order of the file: by member name, column, key, or index where there is no key.
    pub fn children(&self) -> impl Iterator<Item = (Cow<'v, str>, Node<'v>)> + use<'v> {
        let node = *self;
        let children: Box<dyn Iterator<Item = (Cow<'v, str>, Node<'v>)> + 'v> = match self.part {
            Part::Mounts => Box::new(node.view.mounts.iter().map(move |document| {
                let stem = document.context.reading.stem.as_deref().unwrap_or_default();
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
            Part::Large(container) if !container.has_names() && !container.is_edited() => ChildWalk::Unedited {
                parent,
                container,
                numbers: 0..u32::try_from(container.len()).unwrap_or(u32::MAX),
            },
            Part::Large(container) if !container.has_names() => ChildWalk::Others(Box::new(
                container.numbers().map(move |number| parent.numbered(container, number, "")),
            )),
            _ => ChildWalk::Others(Box::new(self.children().map(|(_, child)| child))),
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

    /// The child that a path segment leads to.
    #[inline]
    pub fn child(&self, name: &str) -> Option<Node<'v>> {
        let mut node = *self;
        node.enter(name).then_some(node)
    }

    /// Becomes the child that a path segment leads to, if there is one; says whether there is. A node is large enough for
    /// its copies to be felt in a walk.
    #[inline]
    pub(in crate::document) fn enter(&mut self, name: &str) -> bool {
        self.enter_child(name).is_some()
    }

    #[inline(always)]
    fn enter_child(&mut self, name: &str) -> Option<()> {
        match self.part {
            Part::Mounts => {
                let mount = self.view.mount(name)?;
                *self = Node::of_document(self.view, &self.view.mounts[mount]);
            }
            Part::Large(container) => {
                let number = container.step(name)?;
                self.key = self.key_under(container.has_names().then_some(name));
                self.become_part(container_part(container, number));
                self.twice = container.is_ambiguous(name);
            }
            Part::Text { owner, text } => match walk::sort(text) {
                Sort::Object => {
                    let value = walk::member(text, name)?;
                    let parent = (text, self.key);
                    self.key = self.key_under(Some(name));
                    self.become_part(Part::Text { owner, text: value });
                    self.parent = Some(parent);
                }
                Sort::Array => *self = self.element(owner, text, name)?,
                _ => return None,
            },
            Part::Row { table, text } => {
                let column = table.column(name)?;
                self.become_part(Part::Cell { table, text: table.cell(text, column) });
            }
            Part::Cell { .. } => return None,
        }
        Some(())
    }

    #[inline]
    fn become_part(&mut self, part: Part<'v>) {
        self.part = part;
        self.parent = None;
        self.top = false;
        self.twice = false;
    }

    fn element(&self, owner: &'v Bytes, text: &'v [u8], segment: &str) -> Option<Node<'v>> {
        let wanted = index(segment);
        let mut at_index = None;
        for (position, (start, end)) in walk::elements(text).enumerate() {
            match walk::member(&text[start..end], self.key).and_then(key::text_of) {
                Some(key) if key == segment => return Some(self.inner(owner, text, (start, end), None)),
                None if wanted == Some(position) => at_index = Some((start, end)),
                _ => {}
            }
        }
        at_index.map(|range| self.inner(owner, text, range, None))
    }

    fn inner(&self, owner: &'v Bytes, text: &'v [u8], (start, end): (usize, usize), name: Option<&str>) -> Node<'v> {
        let part = Part::Text { owner, text: &text[start..end] };
        Node { parent: Some((text, self.key)), key: self.key_under(name), ..self.with(part) }
    }

    fn numbered(&self, container: &'v Container, number: u32, name: &str) -> Node<'v> {
        let part = container_part(container, number);
        Node { key: self.key_under(container.has_names().then_some(name)), ..self.with(part) }
    }

    fn with(&self, part: Part<'v>) -> Node<'v> {
        Node { view: self.view, part, key: self.key, parent: None, top: false, twice: false }
    }

    /// The member that holds the key in an array that stands under `name`.
    #[inline]
    fn key_under(&self, name: Option<&str>) -> &'v str {
        self.view.mounts.first().map_or("id", |document| document.context.reading.rule.member(name))
    }
}

/// The child of a container with this number.
#[inline]
fn container_part(container: &Container, number: u32) -> Part<'_> {
    match (container.child(number), container.table()) {
        (Place::Leaf { text, .. }, Some(table)) if table.map => Part::Cell { table, text: table.cell(text, 1) },
        (Place::Leaf { text, .. }, Some(table)) => Part::Row { table, text },
        (place, _) => part(place),
    }
}

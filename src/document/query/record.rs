//! One record of a collection, with the key by which an object of records holds it.

use std::borrow::Cow;

use super::outside::outside_key;
use super::scalar::{contains, scalar};
use crate::document::container::Container;
use crate::document::{Kind, Node};

/// A record. An object of records holds the key outside the record; a query shows it as the record's first member.
#[derive(Debug, Clone)]
pub(super) struct Record<'v> {
    pub(super) node: Node<'v>,
    /// The member that the key is shown as, and the key.
    key: Option<(Cow<'static, str>, Cow<'v, str>)>,
}

/// What stands under a name in a record.
pub(super) enum Value<'r, 'v> {
    Node(Node<'v>),
    Key(&'r str),
}

/// The records of a collection, in file order.
pub(super) fn records<'v>(collection: Node<'v>) -> Box<dyn Iterator<Item = Record<'v>> + 'v> {
    if collection.kind() != Kind::Object {
        return Box::new(collection.values().map(Record::alone));
    }
    let member = outside_key(collection);
    Box::new(collection.children().map(move |(key, node)| Record::keyed(node, key, member.clone())))
}

/// The records of a large collection, each told by its number.
#[derive(Debug, Clone)]
pub(super) struct Numbered<'v> {
    pub(super) container: &'v Container,
    collection: Node<'v>,
    /// The member that keys are shown as, if they stand outside of the records.
    pub(super) member: Option<Cow<'static, str>>,
}

impl<'v> Numbered<'v> {
    /// `None`: the collection is small.
    pub(super) fn of(collection: Node<'v>) -> Option<Numbered<'v>> {
        let container = collection.container()?;
        Some(Numbered { container, collection, member: container.has_names().then(|| outside_key(collection)) })
    }

    /// The same where it is known what keys are shown as.
    pub(super) fn again(collection: Node<'v>, member: Option<Cow<'static, str>>) -> Option<Numbered<'v>> {
        Some(Numbered { container: collection.container()?, collection, member })
    }

    /// The record with this number.
    #[inline]
    pub(super) fn record(&self, number: u32) -> Record<'v> {
        let node = self.collection.by_number(self.container, number);
        match &self.member {
            None => Record::alone(node),
            Some(member) => Record::keyed(node, self.container.name(number).unwrap_or_default(), member.clone()),
        }
    }
}

impl<'v> Record<'v> {
    /// A record that holds its key itself, or whose key is not asked for.
    pub(super) fn alone(node: Node<'v>) -> Record<'v> {
        Record { node, key: None }
    }

    /// A record that is held by a key, which is shown as `member` unless the record says it there itself.
    fn keyed(node: Node<'v>, key: Cow<'v, str>, member: Cow<'static, str>) -> Record<'v> {
        let is_inside = node.child(&member).is_some();
        Record { node, key: (!is_inside).then_some((member, key)) }
    }

    /// How many bytes are looked at to read it.
    #[inline]
    pub(super) fn length(&self) -> usize {
        self.node.raw().map_or(0, <[u8]>::len)
    }

    /// The member that its key is shown as, and the key, where that stands outside of it.
    pub(super) fn key(&self) -> Option<(&str, &str)> {
        self.key.as_ref().map(|(member, key)| (&**member, &**key))
    }

    /// Whether its key stands outside of it.
    pub(super) fn is_keyed(&self) -> bool {
        self.key.is_some()
    }

    /// The value at a path of member names. A member really named as the whole dotted path goes before the walk down.
    pub(super) fn value(&self, path: &[String]) -> Option<Value<'_, 'v>> {
        match (path, &self.key) {
            ([name], Some((member, key))) if name == member => Some(Value::Key(key)),
            ([name], _) => self.node.child(name).map(Value::Node),
            (path, _) => self
                .node
                .child(&path.join("."))
                .or_else(|| path.iter().try_fold(self.node, |node, name| node.child(name)))
                .map(Value::Node),
        }
    }

    /// The text of a member that holds a scalar, the key included.
    pub(super) fn scalar_text(&self, name: &str) -> Option<Cow<'_, str>> {
        match &self.key {
            Some((member, key)) if member == name => Some(Cow::Borrowed(key)),
            _ => self.node.child(name).map(|node| scalar(node).text),
        }
    }

    /// Whether any scalar in it, at any depth, contains the text, which is in lower case.
    pub(super) fn mentions(&self, text: &str) -> bool {
        self.key.as_ref().is_some_and(|(_, key)| contains(key, text)) || mentions(self.node, text)
    }
}

fn mentions(node: Node<'_>, text: &str) -> bool {
    match node.kind() {
        Kind::Object | Kind::Array | Kind::Table | Kind::Row => node.children().any(|(_, child)| mentions(child, text)),
        Kind::Null => false,
        _ => contains(&scalar(node).text, text),
    }
}

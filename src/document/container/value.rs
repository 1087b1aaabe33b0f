//! A value and where it stands.

use std::borrow::Cow;

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

use super::{Container, Emit, Place, Shape, Value, index};
use crate::text::json::walk::{self, Sort};

impl Value {
    /// Gives the text to `emit`, piece by piece.
    pub(crate) fn pieces(&self, emit: Emit<'_>) {
        self.place().pieces(emit);
    }

    /// The text in one.
    pub(crate) fn to_bytes(&self) -> Bytes {
        match self {
            Value::Leaf(text) => text.clone(),
            Value::Large(container) => container.to_bytes(),
        }
    }

    pub(crate) fn place(&self) -> Place<'_> {
        match self {
            Value::Leaf(owner) => Place::Leaf { owner, text: owner },
            Value::Large(container) => Place::Large(container),
        }
    }
}

impl<'c> Place<'c> {
    pub(crate) fn pieces(&self, emit: Emit<'_>) {
        match self {
            Place::Leaf { owner, text } => {
                let start = text.as_ptr().addr().saturating_sub(owner.as_ptr().addr());
                emit(owner, start, start + text.len());
            }
            Place::Large(container) => container.pieces(emit),
        }
    }

    /// The value for itself.
    pub(crate) fn to_value(self) -> Value {
        match self {
            Place::Leaf { owner, text } => {
                Value::Leaf(if text.is_empty() { Bytes::new() } else { owner.slice_ref(text) })
            }
            Place::Large(container) => Value::Large(container.clone()),
        }
    }

    /// Its JSON text in one.
    pub(crate) fn json(self) -> Bytes {
        match self {
            Place::Large(container) if container.is_lines() => container.lines_as_array(),
            _ => self.to_value().to_bytes(),
        }
    }

    /// What kind of JSON value it is.
    pub(crate) fn sort(&self) -> Sort {
        match self {
            Place::Leaf { text, .. } => walk::sort(text),
            Place::Large(container) => match &container.shape {
                Shape::Object => Sort::Object,
                Shape::Array(_) => Sort::Array,
                Shape::Table(table) if table.map => Sort::Object,
                Shape::Table(_) => Sort::Array,
            },
        }
    }

    /// The value of a member of this object.
    pub(crate) fn member_text(&self, name: &str) -> Option<Cow<'c, [u8]>> {
        match self {
            Place::Leaf { text, .. } => walk::member(text, name).map(Cow::Borrowed),
            Place::Large(container) => {
                let container: &'c Container = container;
                let number = container.locate(name)?;
                Some(match container.child(number) {
                    Place::Leaf { text, .. } => Cow::Borrowed(text),
                    Place::Large(inner) => Cow::Owned(inner.to_bytes().to_vec()),
                })
            }
        }
    }

    /// How long the text that it was read from is.
    pub(crate) fn base_length(&self) -> usize {
        match self {
            Place::Leaf { text, .. } => text.len(),
            Place::Large(container) => container.base.text.len(),
        }
    }

    /// See [`Container::is_longer_than`].
    pub(crate) fn is_longer_than(&self, bytes: usize) -> bool {
        match self {
            Place::Leaf { text, .. } => text.len() > bytes,
            Place::Large(container) => container.is_longer_than(bytes),
        }
    }

    /// The child that a token of a JSON pointer leads to (RFC 6901 4).
    pub(crate) fn under(&self, token: &str) -> Option<Place<'c>> {
        match *self {
            Place::Large(container) if container.has_names() => Some(container.child(container.locate(token)?)),
            Place::Large(container) => Some(container.child(container.nth(index(token)?)?)),
            Place::Leaf { owner, text } => {
                let text = match walk::sort(text) {
                    Sort::Object => walk::member(text, token)?,
                    Sort::Array => {
                        let (start, end) = walk::elements(text).nth(index(token)?)?;
                        &text[start..end]
                    }
                    _ => return None,
                };
                Some(Place::Leaf { owner, text })
            }
        }
    }

    /// A hash that changes when the value does.
    pub(crate) fn tag(&self) -> u64 {
        match self {
            Place::Leaf { text, .. } => xxh3_64(text),
            Place::Large(container) => container.tag(),
        }
    }
}

//! Whether a change keeps to the schema of the document: `--strict`.

use std::borrow::Cow;

use bytes::Bytes;

use super::check::{Fault, What};
use super::{Schema, Type};
use crate::document::change::{Action, Outcome, Refusal};
use crate::document::{Kind, Node, View};
use crate::text::CellTypes;
use crate::text::json::walk::{self, Sort};

/// A change that was applied in memory, and is not made yet.
#[derive(Clone, Copy)]
pub(crate) struct Made<'c> {
    /// The path of the change, of the document it is in, and the action there.
    pub(crate) path: &'c [String],
    pub(crate) action: &'c Action,
    pub(crate) outcome: &'c Outcome,
    /// All documents after it, and how many segments lead to this one.
    pub(crate) after: &'c View,
    pub(crate) above: usize,
}

/// Holds a change against the schema of its document. Gives the schema with what it teaches, if it has filled a
/// collection of which nothing was known.
///
/// # Errors
/// [`Refusal::Schema`], or for what a merge patch leaves incomplete [`Refusal::Incomplete`].
pub(crate) fn check(schema: &Schema, made: &Made<'_>) -> Result<Option<Schema>, Refusal> {
    let fault =
        made.place(schema).and_then(|place| made.body_fault(&place).or_else(|| made.state_fault(schema, &place)));
    fault.map_or_else(|| Ok(made.lesson(schema)), |fault| Err(made.refusal(fault)))
}

/// What is known of the place that a change is for.
struct Place<'s> {
    schema: &'s Schema,
    /// What is known of the node that it is in.
    parent: Option<&'s Schema>,
}

impl Made<'_> {
    /// `None`: nothing is known there.
    fn place<'s>(&self, schema: &'s Schema) -> Option<Place<'s>> {
        let (mut place, mut way) = (Place { schema, parent: None }, self.path.iter());
        way.try_for_each(|name| {
            place = Place { schema: place.schema.below(name)?, parent: Some(place.schema) };
            Some(())
        })?;
        Some(place)
    }

    fn lesson(&self, schema: &Schema) -> Option<Schema> {
        let above = self.path.split_last().map(|(_, above)| above);
        let filled = [Some(self.path), above].into_iter().flatten().find_map(|path| {
            Some(path).zip(self.node(path).filter(|node| node.kind() == Kind::Array && !node.is_empty()))
        });
        let (path, node) = filled?;
        let holds_records = node.values().next().is_some_and(|first| first.kind() == Kind::Object);
        let is_new = match (Made { path, ..*self }).place(schema) {
            Some(place) => place.schema.is_only(Type::Array) && place.schema.items().is_none(),
            None => true,
        };
        (holds_records && is_new).then(|| schema.with(path, node))
    }

    /// What is wrong with the values as they were sent. To a table of texts any scalar can be sent, as it becomes one.
    fn body_fault(&self, place: &Place<'_>) -> Option<Fault> {
        let schema = place.schema;
        if let Some(types) = self.cell_types() {
            return self.body().filter(|_| types == CellTypes::Auto).and_then(|body| schema.rows().fault_in_part(body));
        }
        match self.action {
            Action::Put(body) => schema.fault(body, self.key_above().as_deref()),
            Action::Post(body) => schema.fault_in_added(body, self.key_in(self.path).as_deref()),
            Action::Merge(body) => schema.fault_of_merge(body, self.node(self.path)),
            Action::Create(body) | Action::Update(body) if schema.items().is_none() => schema.fault_in_part(body),
            _ => None,
        }
    }

    /// What is wrong with what has become of it.
    fn state_fault(&self, schema: &Schema, place: &Place<'_>) -> Option<Fault> {
        match self.action {
            Action::Patch(body) => self.fault_in_patched(place, body),
            Action::Create(_) | Action::Update(_) if schema.items().is_some() => {
                schema.items()?.fault(&text(self.node(self.outcome.path.get(self.above..)?)?), None)
            }
            _ if self.cell_types().is_some() => self.fault_in_table(schema),
            Action::Delete { .. } => {
                let (name, parent) = (self.path.last()?, place.parent?);
                parent.member(name).filter(|member| parent.requires(member)).map(|_| Fault::missing(name))
            }
            Action::Rows(_) => schema.fault(&text(self.node::<&str>(&[])?), None),
            _ => None,
        }
    }

    /// What is wrong with the rows that the change has made.
    fn fault_in_table(&self, schema: &Schema) -> Option<Fault> {
        if let Some((key, _)) = self.path.split_first() {
            return schema.below(key)?.fault(&text(self.node(&[key])?), None);
        }
        match (self.action, schema.items()) {
            (Action::Post(_), Some(row)) => {
                let added = self.outcome.text.concat();
                if walk::sort(&added) == Sort::Array { schema.fault(&added, None) } else { row.fault(&added, None) }
            }
            // The table is one of names and values.
            (_, None) => self.body().into_iter().flat_map(names).find_map(|name| {
                schema.below(&name)?.fault(&text(self.node(&[&*name])?), None).map(|fault| fault.below(&name))
            }),
            _ => schema.fault(&text(self.node::<&str>(&[])?), None),
        }
    }

    /// What is wrong with what a JSON Patch has made: of a large node, with the children that it names.
    fn fault_in_patched(&self, place: &Place<'_>, operations: &[u8]) -> Option<Fault> {
        let node = self.node(self.path)?;
        match if node.is_longer_than(FEW) { first_tokens(operations) } else { None } {
            Some(names) => {
                let fault = |name: &String| {
                    let fault = place.schema.below(name)?.fault(&text(node.child(name)?), None)?;
                    Some(fault.below(name))
                };
                names.iter().find_map(fault).or_else(|| place.schema.fault_of_lack(Some(node)))
            }
            None => place.schema.fault(&text(node), None),
        }
    }

    fn node<S: AsRef<str>>(&self, path: &[S]) -> Option<Node<'_>> {
        let above = self.outcome.path.iter().take(self.above).map(String::as_str);
        self.after.find(&above.chain(path.iter().map(AsRef::as_ref)).collect::<Vec<_>>()).ok()
    }

    fn body(&self) -> Option<&Bytes> {
        match self.action {
            Action::Put(body)
            | Action::Merge(body)
            | Action::Post(body)
            | Action::Create(body)
            | Action::Update(body) => Some(body),
            Action::Patch(_) | Action::Delete { .. } | Action::Rows(_) => None,
        }
    }

    /// How the cells are shown, if the document is CSV.
    fn cell_types(&self) -> Option<CellTypes> {
        self.node::<&str>(&[])?.cell_types()
    }

    /// The member that holds the key of what is in the node.
    fn key_in(&self, path: &[String]) -> Option<String> {
        self.node(path)?.key_name().map(Cow::into_owned)
    }

    /// The member that holds the key of the node.
    fn key_above(&self) -> Option<String> {
        self.path.split_last().and_then(|(_, above)| self.key_in(above))
    }

    fn refusal(&self, fault: Fault) -> Refusal {
        let place = match (fault.place.is_empty(), self.path.last()) {
            (false, _) => fault.place.join("."),
            (true, Some(name)) => name.clone(),
            (true, None) => "/".to_owned(),
        };
        match fault.what {
            What::Other { expected, found } => Refusal::Schema {
                reason: format!("'{place}': expected {expected} as in the data (--strict), found {found}"),
            },
            What::Missing if self.leaves_out(&fault.place) => Refusal::Incomplete {
                reason: format!("'{place}' would be missing, which is everywhere in the data (--strict); send it too"),
            },
            What::Missing => Refusal::Schema {
                reason: format!("'{place}' would be missing, which is everywhere in the data (--strict)"),
            },
        }
    }

    /// The change is a merge patch that says nothing of the member: it lacks only because of what was there before.
    fn leaves_out(&self, place: &[String]) -> bool {
        let Action::Merge(body) = self.action else { return false };
        let mut names = place.iter();
        names.try_fold(&body[..], |text, name| walk::member(text, name)).is_none()
    }
}

/// A node of up to so many bytes is looked at as a whole.
const FEW: usize = 64 << 10;

fn text(node: Node<'_>) -> Vec<u8> {
    node.text().concat()
}

/// The names of the members of an object.
fn names(body: &Bytes) -> impl Iterator<Item = Cow<'_, str>> {
    walk::members(body).map(|member| walk::decode(&body[member.start..member.name_end]))
}

/// The children that the operations of a JSON Patch (RFC 6902) lead to; `None`: they cannot be told.
fn first_tokens(operations: &[u8]) -> Option<Vec<String>> {
    let serde_json::Value::Array(operations) = serde_json::from_slice(operations).ok()? else { return None };
    let first = |operation: &serde_json::Value| {
        let token = operation["path"].as_str()?.split('/').nth(1).filter(|token| *token != "-")?;
        Some(token.replace("~1", "/").replace("~0", "~"))
    };
    operations.iter().map(first).collect()
}

impl Schema {
    /// What is wrong with what is added: elements, records by key, or members. `filled`: the member of an element that
    /// need not be there.
    fn fault_in_added(&self, body: &[u8], filled: Option<&str>) -> Option<Fault> {
        match (walk::sort(body), self.items().filter(|_| !self.is_records())) {
            (Sort::Array, Some(items)) => walk::elements(body).enumerate().find_map(|(at, (start, end))| {
                items.fault(&body[start..end], filled).map(|fault| fault.below(&at.to_string()))
            }),
            (_, Some(items)) => items.fault(body, filled),
            (Sort::Object, None) => self.fault_in_part(body),
            _ => self.fault(body, None),
        }
    }

    /// What is wrong with the members that are there, of an object or of each in an array.
    fn fault_in_part(&self, body: &[u8]) -> Option<Fault> {
        match walk::sort(body) {
            Sort::Object => walk::members(body).find_map(|member| {
                let name = walk::decode(&body[member.start..member.name_end]);
                self.below(&name)?.fault(&body[member.value..member.end], None).map(|fault| fault.below(&name))
            }),
            Sort::Array => walk::elements(body)
                .enumerate()
                .find_map(|(at, (start, end))| Some(self.fault_in_part(&body[start..end])?.below(&at.to_string()))),
            _ => self.fault(body, None),
        }
    }

    /// What is known of the rows of a table, or of the table if it is one of names and values.
    fn rows(&self) -> &Schema {
        self.items().unwrap_or(self)
    }
}

//! JSON Schema (2020-12) of what stands in a place, and of what can be sent to it.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::cells;
use super::resources::{Records, Resource, Resources, What};
use super::value::{Use, nullable, object, part, plain, shape};
use crate::text::CellTypes;

/// The shapes of all resources, by their paths.
pub(super) struct Shapes<'r> {
    by_path: HashMap<&'r [String], &'r Resource<'r>>,
    all: &'r [Resource<'r>],
}

impl<'r> Shapes<'r> {
    pub(super) fn of(resources: &'r Resources<'r>) -> Shapes<'r> {
        let all = &resources.all;
        Shapes { by_path: all.iter().map(|resource| (resource.path.as_slice(), resource)).collect(), all }
    }

    /// The shapes that have a name: records, and objects that stand there once.
    pub(super) fn components(&self) -> Map<String, Value> {
        let mut components = Map::new();
        components.insert("Problem".to_owned(), super::refusals::problem());
        for resource in self.all {
            let mut add =
                |used: Use, shape| components.insert(format!("{}{}", resource.singular, used.suffix()), shape);
            let is_written = resource.allowed.put;
            match &resource.what {
                What::Records(records) => {
                    add(Use::Whole, with_example(record(records, resource.cells, Use::Whole), records.example.clone()));
                    if is_written {
                        add(Use::Input, record(records, resource.cells, Use::Input));
                        add(Use::Patch, record(records, resource.cells, Use::Patch));
                    }
                }
                What::Single => {
                    add(Use::Whole, self.single(resource, Use::Whole));
                    if is_written && resource.cells.is_some() {
                        add(Use::Input, self.single(resource, Use::Input));
                    }
                    if is_written {
                        add(Use::Patch, self.single(resource, Use::Patch));
                    }
                }
                What::Value { .. } => {}
            }
        }
        components
    }

    /// The shape of what stands at a resource, or is sent to it.
    pub(super) fn place(&self, resource: &Resource<'_>, used: Use) -> Value {
        match (&resource.what, used) {
            // A patch of an array takes its place, as any that is no object does. Keys are made of what is added, and in
            // tables.
            (What::Records(records), used) if records.key.is_some() => {
                let is_table = resource.cells.is_some() && used != Use::Whole;
                json!({"type": "array", "items": reference(resource, if is_table { Use::Input } else { Use::Whole })})
            }
            (What::Records(_), Use::Patch) => {
                json!({"type": "object", "additionalProperties": nullable(reference(resource, Use::Patch))})
            }
            (What::Records(_), used) => json!({"type": "object", "additionalProperties": reference(resource, used)}),
            (What::Single, Use::Input) if resource.cells.is_none() => reference(resource, Use::Whole),
            (What::Single, used) => reference(resource, used),
            (What::Value { .. }, used) => value(resource, used),
        }
    }

    fn single(&self, resource: &Resource<'_>, used: Use) -> Value {
        let mut properties = Map::new();
        for member in resource.schema.members() {
            let path = [&resource.path, [member.name().to_owned()].as_slice()].concat();
            let shape = match self.by_path.get(path.as_slice()) {
                Some(child) => self.place(child, used),
                None => shape(member.schema(), used),
            };
            properties.insert(member.name().to_owned(), if used == Use::Patch { nullable(shape) } else { shape });
        }
        let mut shape = json!({"type": "object"});
        if !properties.is_empty() {
            shape["properties"] = properties.into();
        }
        if let Some(types) = resource.cells {
            shape["additionalProperties"] = match (types, used) {
                (CellTypes::Text, Use::Whole) => json!({"type": "string"}),
                _ => cells::any(),
            };
        }
        shape
    }
}

/// A value that is described where it stands.
fn value(resource: &Resource<'_>, used: Use) -> Value {
    match (resource.cells, used) {
        (Some(types), Use::Input | Use::Patch) => cells::sent(resource.schema, types),
        _ => plain(resource.schema),
    }
}

/// What a record of a resource is called.
pub(super) fn reference(resource: &Resource<'_>, used: Use) -> Value {
    json!({"$ref": format!("#/components/schemas/{}{}", resource.singular, used.suffix())})
}

/// A record, with what has to be there.
fn record(records: &Records<'_>, types: Option<CellTypes>, used: Use) -> Value {
    let schema = records.record;
    let is_key = |name: &str| records.key.as_deref() == Some(name);
    let mut properties = Map::new();
    let mut required = Vec::new();
    for member in schema.members() {
        let (name, of_member) = (member.name(), member.schema());
        let is_needed = match (types, used) {
            (_, Use::Whole) => schema.requires(member),
            (_, Use::Patch) => false,
            (Some(types), Use::Input) => {
                !cells::is_optional(of_member, types) && (!is_key(name) || of_member.format().is_some())
            }
            (None, Use::Input) => schema.requires(member) && !is_key(name),
        };
        if is_needed {
            required.push(name);
        }
        let shape = match (types, used) {
            (Some(types), Use::Input | Use::Patch) => cells::sent(of_member, types),
            (None, Use::Patch) => part(schema, member, shape(of_member, Use::Patch)),
            _ => plain(of_member),
        };
        properties.insert(name.to_owned(), shape);
    }
    let mut shape = object(properties, &required);
    if types.is_some() {
        shape["additionalProperties"] = false.into();
    }
    shape
}

/// The members of a record that one may be given which it does not have: those that not all have.
pub(super) fn further(records: &Records<'_>) -> Value {
    let members = records.record.members().iter().filter(|member| !records.record.requires(member));
    object(members.map(|member| (member.name().to_owned(), plain(member.schema()))).collect(), &[])
}

fn with_example(mut shape: Value, example: Option<Value>) -> Value {
    if let Some(example) = example {
        shape["examples"] = json!([example]);
    }
    shape
}

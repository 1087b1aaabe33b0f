//! JSON Schema (2020-12) of values, as they are or as a merge patch changes them.

use serde_json::{Map, Value, json};

use crate::document::{Member, Schema, Type};

/// What a shape is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// What is answered, or sent where it takes the place of all that stands there.
    Whole,
    /// A record that is sent, whose key need not be there.
    Input,
    /// A merge patch (RFC 7396): members to change, and null for those to remove.
    Patch,
}

impl Use {
    /// What is behind the name of a component for it.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Use::Whole => "",
            Use::Input => "Input",
            Use::Patch => "Patch",
        }
    }
}

/// A value of these kinds as it is.
pub(super) fn plain(schema: &Schema) -> Value {
    shape(schema, Use::Whole)
}

/// The shape of the values of a place.
pub(super) fn shape(schema: &Schema, used: Use) -> Value {
    let types = schema.types();
    let names: Vec<&str> = types.iter().map(|kind| kind.name()).collect();
    let mut shape = match names.as_slice() {
        [] => return json!({}),
        [one] => json!({"type": one}),
        many => json!({"type": many}),
    };
    if let Some(format) = schema.format() {
        if types == [Type::String, Type::Null] {
            return json!({"anyOf": [{"type": "string", "format": format.name()}, {"type": "null"}]});
        }
        shape["format"] = format.name().into();
    }
    let items = schema.items().map(plain);
    if schema.is_records() {
        shape["additionalProperties"] = items.unwrap_or(json!({}));
        return shape;
    }
    if types.contains(&Type::Object) {
        add_members(schema, used, &mut shape);
    }
    if let Some(items) = items.filter(|_| types.contains(&Type::Array)) {
        shape["items"] = items;
    }
    shape
}

fn add_members(schema: &Schema, used: Use, into: &mut Value) {
    let is_part = used == Use::Patch && schema.is_only(Type::Object);
    let members = schema.members().iter().map(|member| {
        let shape = if is_part { part(schema, member, shape(member.schema(), used)) } else { plain(member.schema()) };
        (member.name().to_owned(), shape)
    });
    let members: Map<String, Value> = members.collect();
    let required = schema.members().iter().filter(|member| !is_part && schema.requires(member));
    let required: Vec<&str> = required.map(Member::name).collect();
    if !members.is_empty() {
        into["properties"] = members.into();
    }
    if !required.is_empty() {
        into["required"] = required.into();
    }
}

/// A member in a merge patch: null removes it, if it may be removed.
pub(super) fn part(schema: &Schema, member: &Member, shape: Value) -> Value {
    if schema.requires(member) { without_null(shape) } else { nullable(shape) }
}

/// The same, but not null.
fn without_null(mut shape: Value) -> Value {
    if shape == json!({}) {
        return json!({"type": ["object", "array", "string", "number", "boolean"]});
    }
    if let Some(any) = shape.get_mut("anyOf").and_then(Value::as_array_mut) {
        any.retain(|one| one["type"] != "null");
        return if let [one] = &any[..] { one.clone() } else { shape };
    }
    if let Some(types) = shape.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|one| one != "null");
        if let [one] = &types[..] {
            shape["type"] = one.clone();
        }
    }
    shape
}

/// An object of these members.
pub(super) fn object(properties: Map<String, Value>, required: &[&str]) -> Value {
    let mut object = json!({"type": "object"});
    if !properties.is_empty() {
        object["properties"] = properties.into();
    }
    if !required.is_empty() {
        object["required"] = required.into();
    }
    object
}

/// The same or null.
pub(super) fn nullable(mut shape: Value) -> Value {
    if let Some(Value::Array(any)) = shape.get_mut("anyOf") {
        if !any.iter().any(|one| one["type"] == "null") {
            any.push(json!({"type": "null"}));
        }
        return shape;
    }
    // Few readers look for a format beside several types.
    if shape.get("$ref").is_some() || shape.get("format").is_some() {
        return json!({"anyOf": [shape, {"type": "null"}]});
    }
    match shape.get_mut("type") {
        Some(Value::Array(many)) if !many.iter().any(|kind| kind == "null") => many.push("null".into()),
        Some(one) if one.is_string() && one != "null" => *one = json!([one.take(), "null"]),
        _ => {}
    }
    shape
}

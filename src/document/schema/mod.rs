//! Schemas: what kinds of values stand in each place of a document, found out from the values themselves in one pass, and
//! whether a change keeps to that.

mod change;
mod check;
mod infer;
#[cfg(test)]
mod tests;

use crate::text::format::{Format, Formats};
use crate::text::json::walk::Sort;

pub(crate) use change::{Made, check};

/// Below so many levels values are not looked at: an object or array there is anything.
const DEPTH: usize = 12;

/// So many members of one object are described; what further ones there are, is anything.
const MEMBERS: usize = 200;

/// So many places of one document are told apart; what stands in further ones, is anything.
const PLACES: usize = 4000;

/// A place that holds more kinds of values than this may hold anything.
const WIDTH: usize = 4;

/// The limits of a schema, for the manual: levels, members of one object, places in all, kinds of values in one place.
pub const SCHEMA_LIMITS: [usize; 4] = [DEPTH, MEMBERS, PLACES, WIDTH];

/// What kinds of values stand in one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    kinds: Kinds,
    formats: Formats,
    /// How many of the values are objects.
    objects: usize,
    members: Vec<Member>,
    items: Option<Box<Schema>>,
    role: Role,
}

/// A member of the objects in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    name: String,
    /// How many of the objects have it, and the last one of these.
    count: usize,
    last: usize,
    schema: Schema,
}

/// What the objects in one place are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Role {
    /// One of many: what all of them have, each new one needs.
    #[default]
    Record,
    /// The only one of its kind, whose members come and go.
    Single,
    /// One whose members are records, by key.
    Records,
}

/// A kind of value, in the words of JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// An object.
    Object,
    /// An array.
    Array,
    /// A string.
    String,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
}

const TYPES: [Type; 7] =
    [Type::Object, Type::Array, Type::String, Type::Integer, Type::Number, Type::Boolean, Type::Null];

impl Type {
    /// What a value is, by how it is written: `1.0` is a number, as whoever writes it so expects fractions.
    fn of(sort: Sort, text: &[u8]) -> Type {
        match sort {
            Sort::Object => Type::Object,
            Sort::Array => Type::Array,
            Sort::String => Type::String,
            Sort::Number if text.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')) => Type::Number,
            Sort::Number => Type::Integer,
            Sort::Boolean => Type::Boolean,
            Sort::Null => Type::Null,
        }
    }

    /// Its name in JSON Schema.
    pub fn name(self) -> &'static str {
        match self {
            Type::Object => "object",
            Type::Array => "array",
            Type::String => "string",
            Type::Integer => "integer",
            Type::Number => "number",
            Type::Boolean => "boolean",
            Type::Null => "null",
        }
    }
}

/// Kinds of values, as a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Kinds(u8);

impl Kinds {
    fn add(&mut self, kind: Type) {
        self.0 |= 1 << kind as u8;
    }

    fn has(self, kind: Type) -> bool {
        self.0 >> kind as u8 & 1 == 1
    }
}

impl Schema {
    /// The kinds of the values; none where anything may stand. Null alone says nothing of what else may be there.
    pub fn types(&self) -> Vec<Type> {
        let is_wide = self.kinds.has(Type::Number);
        let types: Vec<Type> =
            TYPES.into_iter().filter(|kind| self.kinds.has(*kind) && !(is_wide && *kind == Type::Integer)).collect();
        if types == [Type::Null] || types.len() > WIDTH { Vec::new() } else { types }
    }

    /// Whether all the values are of this one kind.
    pub fn is_only(&self, kind: Type) -> bool {
        self.types() == [kind]
    }

    /// The format that all strings follow.
    pub fn format(&self) -> Option<Format> {
        self.formats.first().filter(|_| self.kinds.has(Type::String))
    }

    /// The members of the objects, in the order of their first appearance.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// What is known of the member of this name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// What is known of the elements of the arrays, or of the records of an object of records.
    pub fn items(&self) -> Option<&Schema> {
        self.items.as_deref()
    }

    /// It is an object whose members are records, by key.
    pub fn is_records(&self) -> bool {
        self.role == Role::Records
    }

    /// It is the only one of its kind, whose members come and go.
    pub fn is_single(&self) -> bool {
        self.role == Role::Single
    }

    /// Whether every object here has the member.
    pub fn requires(&self, member: &Member) -> bool {
        self.role == Role::Record && member.count == self.objects
    }
}

impl Member {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its values are.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }
}

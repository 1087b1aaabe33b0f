//! Whether a value keeps to a schema.

use super::{Schema, Type};
use crate::document::Node;
use crate::text::json::walk::{self, Sort};
use crate::text::number::Number;

/// Why a value does not keep to a schema.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where, from the value down: member names, and positions in arrays.
    pub(super) place: Vec<String>,
    pub(super) what: What,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Another kind of value, or a text that does not follow the format.
    Other { expected: String, found: String },
    /// A member that every record has.
    Missing,
}

impl Fault {
    pub(super) fn missing(name: &str) -> Fault {
        Fault { place: vec![name.to_owned()], what: What::Missing }
    }

    /// The same, seen from one level above.
    pub(super) fn below(mut self, name: &str) -> Fault {
        self.place.insert(0, name.to_owned());
        self
    }
}

impl Schema {
    /// What is wrong with a value, as JSON text; `None`: nothing. `filled`: the member of it that need not be there.
    pub(super) fn fault(&self, text: &[u8], filled: Option<&str>) -> Option<Fault> {
        if self.types().is_empty() {
            return None;
        }
        let sort = walk::sort(text);
        if !self.takes(sort, text) {
            return Some(self.other(found(sort, text)));
        }
        match sort {
            Sort::Object => self.fault_in_object(text, filled),
            Sort::Array => {
                let items = self.items()?;
                let fault = |(at, (start, end)): (usize, (usize, usize))| {
                    items.fault(&text[start..end], None).map(|fault| fault.below(&at.to_string()))
                };
                walk::elements(text).enumerate().find_map(fault)
            }
            Sort::String => {
                let format = self.format()?;
                let is_met = format.is_met_by(&walk::decode(text));
                (!is_met).then(|| self.other(String::from_utf8_lossy(text).into_owned()))
            }
            _ => None,
        }
    }

    fn fault_in_object(&self, text: &[u8], filled: Option<&str>) -> Option<Fault> {
        // In one pass over the object, however many members are required.
        let mut there = vec![false; self.members.len()];
        for member in walk::members(text) {
            let name = walk::decode(&text[member.start..member.name_end]);
            let value = &text[member.value..member.end];
            let known = self.members.iter().position(|member| member.name == name);
            known.iter().for_each(|&at| there[at] = true);
            let schema = match known {
                Some(at) => Some(&self.members[at].schema),
                None => self.items().filter(|_| self.is_records()),
            };
            if let Some(fault) = schema.and_then(|schema| schema.fault(value, None)) {
                return Some(fault.below(&name));
            }
        }
        let is_lacking = |(at, is_there): &(usize, bool)| {
            !is_there && self.requires(&self.members[*at]) && Some(self.members[*at].name.as_str()) != filled
        };
        let (at, _) = there.into_iter().enumerate().find(is_lacking)?;
        Some(Fault::missing(&self.members[at].name))
    }

    /// What is wrong with what a merge patch (RFC 7396) brings to a value; `after` is what it has become.
    pub(super) fn fault_of_merge(&self, patch: &[u8], after: Option<Node<'_>>) -> Option<Fault> {
        if walk::sort(patch) != Sort::Object || self.types().is_empty() {
            return self.fault(patch, None);
        }
        if !self.takes(Sort::Object, patch) {
            return Some(self.other(found(Sort::Object, patch)));
        }
        for member in walk::members(patch) {
            let name = walk::decode(&patch[member.start..member.name_end]);
            let value = &patch[member.value..member.end];
            let Some(schema) = self.below(&name).filter(|_| walk::sort(value) != Sort::Null) else { continue };
            if let Some(fault) = schema.fault_of_merge(value, after.and_then(|node| node.child(&name))) {
                return Some(fault.below(&name));
            }
        }
        self.fault_of_lack(after)
    }

    /// The member that a node lacks.
    pub(super) fn fault_of_lack(&self, node: Option<Node<'_>>) -> Option<Fault> {
        let lacks = |name: &str| node.is_none_or(|node| node.child(name).is_none());
        self.members
            .iter()
            .find(|member| self.requires(member) && lacks(&member.name))
            .map(|it| Fault::missing(&it.name))
    }

    /// What is known of the child of this name or key.
    pub(super) fn below(&self, name: &str) -> Option<&Schema> {
        match self.member(name) {
            Some(member) if !self.is_records() => Some(&member.schema),
            _ if self.is_records() || self.kinds.has(Type::Array) => self.items(),
            _ => None,
        }
    }

    /// The same, to be added to.
    pub(super) fn below_mut(&mut self, name: &str) -> Option<&mut Schema> {
        match self.members.iter().position(|member| member.name == name).filter(|_| !self.is_records()) {
            Some(at) => self.members.get_mut(at).map(|member| &mut member.schema),
            None => self.items.as_deref_mut(),
        }
    }

    /// Whether such a value may stand here. Where there are integers any whole number is one to JSON Schema, however it is
    /// written.
    fn takes(&self, sort: Sort, text: &[u8]) -> bool {
        let is_whole = || str::from_utf8(text).ok().and_then(Number::of).is_some_and(|number| number.is_whole());
        match Type::of(sort, text) {
            Type::Integer => self.kinds.has(Type::Integer) || self.kinds.has(Type::Number),
            Type::Number => self.kinds.has(Type::Number) || (self.kinds.has(Type::Integer) && is_whole()),
            other => self.kinds.has(other),
        }
    }

    fn other(&self, found: String) -> Fault {
        let types: Vec<&str> = self.types().into_iter().map(Type::name).collect();
        let format = self.format().map(|format| format!(" in the format '{}'", format.name())).unwrap_or_default();
        Fault { place: Vec::new(), what: What::Other { expected: format!("{}{format}", types.join(" or ")), found } }
    }
}

/// A text longer than this is not told back.
const SHOWN: usize = 40;

/// What a value is, for people.
fn found(sort: Sort, text: &[u8]) -> String {
    match sort {
        Sort::Object => "object".to_owned(),
        Sort::Array => "array".to_owned(),
        Sort::Null => "null".to_owned(),
        Sort::String => "string".to_owned(),
        Sort::Boolean => "boolean".to_owned(),
        Sort::Number if text.len() > SHOWN => "number".to_owned(),
        Sort::Number => format!("number {}", String::from_utf8_lossy(text)),
    }
}

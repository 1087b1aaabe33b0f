//! The members that `_fields` asks for: by name, or by the path of one inside others.

use std::borrow::Cow;
use std::slice::from_ref;

use bytes::Bytes;

use super::record::Record;
use crate::document::{Kind, Node};
use crate::text::json::walk;

/// What is to be shown of each record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Members {
    asked: Vec<Asked>,
    /// What stands inside other members is shown under its whole path, as the column that it is in a table.
    are_columns: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    name: String,
    /// The name parted at its dots.
    path: Vec<String>,
}

/// What was found of a member.
enum Part<'m, 'v> {
    /// All of it, by the name that was asked for.
    Whole(&'m str, Node<'v>),
    /// Some of what is in it.
    Inside { is_list: bool, parts: Vec<(Cow<'v, str>, Part<'m, 'v>)> },
}

/// A name that was asked for, and what is left of its path.
type Left<'m> = (&'m str, &'m [String]);

impl Members {
    /// Asks for these too.
    pub(super) fn extend(&mut self, names: impl Iterator<Item = String>) {
        self.asked.extend(names.map(|name| Asked { path: name.split('.').map(str::to_owned).collect(), name }));
    }

    /// Keeps the names for which `is_kept` says so.
    pub(super) fn retain(&mut self, mut is_kept: impl FnMut(&str) -> bool) {
        self.asked.retain(|asked| is_kept(&asked.name));
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.asked.iter().map(|asked| asked.name.as_str())
    }

    /// The same as the columns of a table.
    pub(super) fn as_columns(&self) -> Members {
        Members { are_columns: true, ..self.clone() }
    }

    fn has(&self, name: &str) -> bool {
        self.names().any(|asked| asked == name)
    }

    /// Names and texts of what the record has of them, in the order of the file.
    fn of(&self, record: Node<'_>) -> Vec<(String, Vec<Bytes>)> {
        // A member really named as the whole dotted path goes before the walk down.
        let asked =
            self.asked.iter().map(|Asked { name, path }| match path.len() > 1 && record.child(name).is_some() {
                true => (name.as_str(), from_ref(name)),
                false => (name.as_str(), path.as_slice()),
            });
        let parts = parts(record, &asked.collect::<Vec<_>>());
        let mut members = Vec::with_capacity(parts.len());
        for (name, part) in parts {
            match part {
                Part::Whole(_, node) => members.push((name.into_owned(), node.text())),
                part if self.are_columns => part.columns(&mut members),
                part => {
                    let mut text = Vec::new();
                    part.write(&mut text);
                    members.push((name.into_owned(), vec![text.into()]));
                }
            }
        }
        members
    }
}

/// What a node has of what is asked for. `asked`: none of these paths is empty.
fn parts<'m, 'v>(node: Node<'v>, asked: &[Left<'m>]) -> Vec<(Cow<'v, str>, Part<'m, 'v>)> {
    let mut found = Vec::new();
    for (name, child) in node.children() {
        let inside = asked.iter().filter_map(|(whole, left)| {
            let (first, left) = left.split_first()?;
            (*first == *name).then_some((*whole, left))
        });
        let inside: Vec<Left<'m>> = inside.collect();
        if let Some((whole, _)) = inside.iter().find(|(_, left)| left.is_empty()) {
            found.push((name, Part::Whole(whole, child)));
        } else if !inside.is_empty() {
            let parts = parts(child, &inside);
            if !parts.is_empty() {
                found.push((name, Part::Inside { is_list: child.kind() == Kind::Array, parts }));
            }
        }
    }
    found
}

impl Part<'_, '_> {
    /// Appends its JSON text.
    fn write(&self, out: &mut Vec<u8>) {
        let (is_list, parts) = match self {
            Part::Whole(_, node) => return node.write_text(out),
            Part::Inside { is_list, parts } => (*is_list, parts),
        };
        out.push(if is_list { b'[' } else { b'{' });
        for (at, (name, part)) in parts.iter().enumerate() {
            out.extend_from_slice(if at > 0 { b"," } else { b"" });
            if !is_list {
                walk::quote(name, out);
                out.push(b':');
            }
            part.write(out);
        }
        out.push(if is_list { b']' } else { b'}' });
    }

    /// Adds what it holds as columns.
    fn columns(&self, out: &mut Vec<(String, Vec<Bytes>)>) {
        match self {
            Part::Whole(name, node) => out.push(((*name).to_owned(), node.text())),
            Part::Inside { parts, .. } => parts.iter().for_each(|(_, part)| part.columns(out)),
        }
    }
}

/// Names and texts of the members of a record, the key first where it stands outside; only those asked for, if some are.
pub(super) fn members(record: &Record<'_>, asked: Option<&Members>) -> Vec<(String, Vec<Bytes>)> {
    let key = record.key().filter(|(member, _)| asked.is_none_or(|asked| asked.has(member)));
    let key = key.map(|(member, key)| (member.to_owned(), vec![walk::quoted(key).into()]));
    let own = match asked {
        None => record.node.children().map(|(name, node)| (name.into_owned(), node.text())).collect(),
        Some(asked) => asked.of(record.node),
    };
    key.into_iter().chain(own).collect()
}

/// The text of an object of these members.
pub(super) fn object(members: &[(String, Vec<Bytes>)]) -> Vec<Bytes> {
    let mut text = vec![b'{'];
    for (at, (name, value)) in members.iter().enumerate() {
        if at > 0 {
            text.push(b',');
        }
        walk::quote(name, &mut text);
        text.push(b':');
        for piece in value {
            text.extend_from_slice(piece);
        }
    }
    text.push(b'}');
    vec![text.into()]
}

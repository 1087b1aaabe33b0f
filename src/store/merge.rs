//! Changes made to a document again: to the one that they were made to, or to what its owner has made of it meanwhile.

use std::collections::HashSet;
use std::time::SystemTime;

use bytes::Bytes;

use super::journal::Recorded;
use crate::document::edit::{self, Given};
use crate::document::state::Document;
use crate::document::{Action, Kind, Node, View};

/// A document, and how many of the changes could be made to it.
pub(crate) struct Replayed {
    pub(crate) document: Document,
    pub(crate) made: usize,
}

/// `document` with changes made to it again. One that cannot be made any more is left out.
pub(crate) fn replayed(document: Document, changes: &[Recorded]) -> Replayed {
    let mut view = View { mounts: vec![document], mounted: false, modified: SystemTime::UNIX_EPOCH };
    let mut given = Given::new();
    let mut made = 0;
    for change in changes {
        if let Ok(applied) = edit::apply(&view, &change.path, &change.action, usize::MAX, &mut given) {
            view.mounts[0] = applied.document;
            made += 1;
        }
    }
    Replayed { document: view.mounts.remove(0), made }
}

/// An owner's edit of `base`, with changes that were made to `base` too and that the owner could not see. Where both
/// changed the same value, the owner's is the later word and stays.
pub(crate) fn brought_over(edited: Document, base: &Document, changes: &[Recorded]) -> Document {
    // The operations of a JSON Patch go by places in arrays, where the owner's records may stand now.
    let is_by_place = |change: &&Recorded| matches!(change.action, Action::Patch(_));
    let by_name = changes.iter().find(is_by_place).map(|_| {
        let told = differences(base, &replayed(base.clone(), changes).document);
        told.unwrap_or_else(|| changes.iter().filter(|change| !is_by_place(change)).cloned().collect())
    });
    let changes = by_name.as_deref().unwrap_or(changes);
    let (before, after) = (alone(base), alone(&edited));
    let left: Vec<Recorded> = changes.iter().filter_map(|change| left_over(change, &before, &after)).collect();
    replayed(edited, &left).document
}

/// An owner's edit as changes to the members or records of `before`; `None` if it is none of that kind, or of too many.
pub(crate) fn differences(before: &Document, after: &Document) -> Option<Vec<Recorded>> {
    let mut changes = Vec::new();
    differences_in(&[], &alone(before), &alone(after), &mut changes)?;
    Some(changes)
}

/// The same of the node at a path, which is in both.
fn differences_in(path: &[String], before: &View, after: &View, changes: &mut Vec<Recorded>) -> Option<()> {
    let (old, new) = (before.find(path).ok()?, after.find(path).ok()?);
    if old.kind() != new.kind() || !matches!(new.kind(), Kind::Object | Kind::Array | Kind::Table) {
        return None;
    }
    let place = |name: &str| [path, &[name.to_owned()]].concat();
    if new.kind() != Kind::Object && !(are_named(before, path) && are_named(after, path)) {
        return added_among(path, (&old, &new), changes);
    }
    for (name, node) in new.children() {
        let child = place(&name);
        if is_same(&child, before, after) {
            continue;
        }
        if changes.len() >= DIFFERENCES {
            return None;
        }
        if path.is_empty() && are_named(before, &child) && are_named(after, &child) {
            differences_in(&child, before, after, changes)?;
            continue;
        }
        let (text, is_added) = (Bytes::from(node.text().concat()), before.find(&child).is_err());
        changes.push(match is_added && new.kind() != Kind::Object {
            // In an array, as an element that is one itself would be added element by element.
            true => Recorded { path: path.to_vec(), action: Action::Post([b"[", &*text, b"]"].concat().into()) },
            false => Recorded { path: child, action: Action::Put(text) },
        });
    }
    let mut gone: Vec<Vec<String>> = old.children().map(|(name, _)| place(&name)).collect();
    gone.retain(|path| after.find(path).is_err());
    let delete = |path| Recorded { path, action: Action::Delete { dependent: None } };
    changes.extend(gone.into_iter().map(delete));
    (changes.len() <= DIFFERENCES).then_some(())
}

/// The same where not each record has a key of its own: as what was added among the others, if they are all still there.
fn added_among(path: &[String], (old, new): (&Node<'_>, &Node<'_>), changes: &mut Vec<Recorded>) -> Option<()> {
    let mut left = old.children().map(|(_, node)| node.text().concat()).peekable();
    for (_, node) in new.children() {
        let text = node.text().concat();
        if left.next_if_eq(&text).is_none() {
            if changes.len() >= DIFFERENCES {
                return None;
            }
            let action = Action::Post([b"[", &*text, b"]"].concat().into());
            changes.push(Recorded { path: path.to_vec(), action });
        }
    }
    left.next().is_none().then_some(())
}

/// Whether a node is an array or a table of records, each with a key of its own.
fn are_named(view: &View, path: &[String]) -> bool {
    let Ok(node) = view.find(path) else { return false };
    let mut names = HashSet::new();
    matches!(node.kind(), Kind::Array | Kind::Table)
        && node.children().all(|(name, _)| {
            let record = [path, &[name.to_string()]].concat();
            names.insert(name.into_owned()) && is_by_key(view, &record)
        })
}

/// Whether a node is found by a key that it has, not by its place.
fn is_by_key(view: &View, path: &[String]) -> bool {
    let Some((_, above)) = path.split_last() else { return true };
    let Ok(parent) = view.find(above) else { return false };
    match (parent.kind(), parent.key_name()) {
        (Kind::Array, Some(key)) => view.find(&[path, &[key.into_owned()]].concat()).is_ok(),
        (Kind::Array, None) => false,
        _ => true,
    }
}

/// More differences than this are another document.
const DIFFERENCES: usize = 4096;

fn alone(document: &Document) -> View {
    View { mounts: vec![document.clone()], mounted: false, modified: SystemTime::UNIX_EPOCH }
}

/// What of a change does not stand against the owner's edit.
fn left_over(change: &Recorded, before: &View, after: &View) -> Option<Recorded> {
    match &change.action {
        // These take the place of all that stands there.
        Action::Put(_) | Action::Delete { .. } | Action::Rows(_) if !is_same(&change.path, before, after) => None,
        Action::Merge(body) | Action::Update(body) => {
            let body = untouched(body, &change.path, before, after)?;
            let action =
                if matches!(change.action, Action::Merge(_)) { Action::Merge(body) } else { Action::Update(body) };
            Some(Recorded { path: change.path.clone(), action })
        }
        // These add.
        _ => Some(change.clone()),
    }
}

/// The members of a body that the owner has left alone; `None` if there are none.
fn untouched(body: &Bytes, path: &[String], before: &View, after: &View) -> Option<Bytes> {
    if is_same(path, before, after) {
        return Some(body.clone());
    }
    if !(1..=path.len()).all(|length| is_by_key(before, &path[..length])) {
        // Another one may stand there now.
        return None;
    }
    let Ok(serde_json::Value::Object(mut members)) = serde_json::from_slice(body) else { return None };
    members.retain(|name, _| {
        let member: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
        is_same(&member, before, after)
    });
    // What was read from a text can be written as one.
    (!members.is_empty()).then(|| serde_json::to_vec(&members).unwrap_or_default().into())
}

/// Whether a node is the same in both, or in neither.
fn is_same(path: &[String], before: &View, after: &View) -> bool {
    match (before.find(path), after.find(path)) {
        (Ok(before), Ok(after)) => before.text().concat() == after.text().concat(),
        (Err(_), Err(_)) => true,
        _ => false,
    }
}

//! Changes made to a document again: to the one that they were made to, or to what its owner has made of it meanwhile.

use std::time::SystemTime;

use bytes::Bytes;

use super::journal::Recorded;
use crate::document::edit::{self, Given};
use crate::document::state::Document;
use crate::document::{Action, Kind, View};

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
    let (before, after) = (alone(base), alone(&edited));
    let left: Vec<Recorded> = changes.iter().filter_map(|change| left_over(change, &before, &after)).collect();
    replayed(edited, &left).document
}

/// An owner's edit as changes to the members or records of `before`; `None` if it is none of that kind, or of too many.
pub(crate) fn differences(before: &Document, after: &Document) -> Option<Vec<Recorded>> {
    let (before, after) = (alone(before), alone(after));
    let (old, new) = (before.root(), after.root());
    if old.kind() != new.kind() || !matches!(new.kind(), Kind::Object | Kind::Array | Kind::Table) {
        return None;
    }
    let mut changes = Vec::new();
    for (name, node) in new.children() {
        let path = vec![name.into_owned()];
        if is_same(&path, &before, &after) {
            continue;
        }
        if changes.len() == DIFFERENCES {
            return None;
        }
        let (text, is_added) = (Bytes::from(node.text().concat()), before.find(&path).is_err());
        changes.push(match is_added && new.kind() != Kind::Object {
            // In an array, as an element that is one itself would be added element by element.
            true => Recorded { path: Vec::new(), action: Action::Post([b"[", &*text, b"]"].concat().into()) },
            false => Recorded { path, action: Action::Put(text) },
        });
    }
    // From the last one on, as what has no key goes by its index.
    let mut gone: Vec<String> = old.children().map(|(name, _)| name.into_owned()).collect();
    gone.retain(|name| after.find(&[name.as_str()]).is_err());
    if changes.len() + gone.len() > DIFFERENCES {
        return None;
    }
    let delete = |name| Recorded { path: vec![name], action: Action::Delete { dependent: None } };
    changes.extend(gone.into_iter().rev().map(delete));
    Some(changes)
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
        // These add, or test for themselves what they change.
        _ => Some(change.clone()),
    }
}

/// The members of a body that the owner has left alone; `None` if there are none.
fn untouched(body: &Bytes, path: &[String], before: &View, after: &View) -> Option<Bytes> {
    if is_same(path, before, after) {
        return Some(body.clone());
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

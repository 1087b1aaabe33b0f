//! What was made of the data, as the requests that make it so: the events of change streams.

use bytes::Bytes;

use super::representation::Compactor;
use super::target::path_of;
use crate::document::{Action, Kind, News, Node, Step, View, differences};
use crate::message::json;
use crate::text::json::walk::{self, Sort};

/// An event of more bytes than this is not sent: who follows is told to read anew.
pub const LONGEST: usize = 1 << 20;

/// More differences than this are not told one by one.
const MANY: usize = 1000;

/// A change of one node, as the request that makes it.
#[derive(Debug)]
pub struct Event {
    /// The node.
    pub path: Vec<String>,
    /// The siblings behind it are found at other paths now.
    pub shifts: bool,
    /// The request as JSON; `None`: it is too long to be told.
    pub data: Option<Vec<u8>>,
}

/// Gives `tell` the events of what was made, in order, each with the states before and after.
pub fn events(made: &News, tell: &mut dyn FnMut(Event, &View, &View)) {
    match made {
        News::Start(_) => {}
        News::Steps(steps) => steps.iter().for_each(|step| of_step(step, tell)),
        News::Edit { before, after } => compared(before, after, tell),
    }
}

/// What became of the node at `path` through a change elsewhere; `None`: nothing.
pub fn event_at(path: &[String], before: &View, after: &View) -> Option<Event> {
    match (before.find(path), after.find(path)) {
        (Err(_), Err(_)) => None,
        (Ok(old), Ok(new)) if old.tag_number() == new.tag_number() => None,
        (_, Ok(node)) => Some(put(path, node)),
        (Ok(_), Err(_)) => Some(delete(path)),
    }
}

fn of_step(step: &Step, tell: &mut dyn FnMut(Event, &View, &View)) {
    let (before, after) = (&*step.before, &*step.after);
    let event = match &step.action {
        Action::Put(_) => {
            after.find(&step.path).or_else(|_| after.find(&step.outcome.path)).ok().map(|node| put(&step.path, node))
        }
        Action::Merge(patch) => merge(step, patch),
        // It added nothing.
        Action::Post(body) if walk::elements(body).next().is_none() && walk::sort(body) == Sort::Array => return,
        Action::Post(body) => post(step, body),
        Action::Delete { dependent: None } => match after.find(&step.path) {
            // A cell that is removed is empty.
            Ok(cell) if is_cell(&step.path, before) => Some(put(&step.path, cell)),
            _ => Some(Event { shifts: shifts(&step.path, before), ..delete(&step.path) }),
        },
        Action::Delete { .. } | Action::Patch(_) | Action::Create(_) | Action::Update(_) | Action::Rows(_) => None,
    };
    match event {
        Some(event) => tell(event, before, after),
        None => compared(before, after, tell),
    }
}

/// What differs, node by node.
fn compared(before: &View, after: &View, tell: &mut dyn FnMut(Event, &View, &View)) {
    let Some(differences) = differences(before, after, MANY) else {
        return tell(Event { path: Vec::new(), shifts: false, data: None }, before, after);
    };
    for difference in differences {
        let node = after.find(&difference.path).ok().filter(|_| !difference.is_gone);
        let event = node.map_or_else(|| delete(&difference.path), |node| put(&difference.path, node));
        tell(event, before, after);
    }
}

/// The node as it is now.
pub(super) fn put(path: &[String], node: Node<'_>) -> Event {
    let data = (!node.is_longer_as_json(LONGEST)).then(|| {
        let mut out = beginning("PUT", path);
        Compactor::default().take_all(&node.text(), &mut out);
        end(out, Some(node))
    });
    Event { path: path.to_vec(), shifts: false, data: data.filter(|data| data.len() <= LONGEST) }
}

/// The node is not there any more.
pub(super) fn delete(path: &[String]) -> Event {
    let mut out = beginning("DELETE", path);
    out.extend_from_slice(b"null");
    Event { path: path.to_vec(), shifts: false, data: Some(end(out, None)) }
}

fn is_cell(path: &[String], before: &View) -> bool {
    let row = path.split_last().and_then(|(_, above)| before.find(above).ok());
    row.is_some_and(|row| row.kind() == Kind::Row)
}

/// An element without a key of its own is gone, and those behind it have moved.
fn shifts(path: &[String], before: &View) -> bool {
    let Some((name, above)) = path.split_last() else { return false };
    let Ok(parent) = before.find(above) else { return false };
    let has_key = |child: Node<'_>| parent.key_name().is_some_and(|key| child.child(&key).is_some());
    parent.kind() == Kind::Array && parent.child(name).is_some_and(|child| !has_key(child))
}

/// A merge patch with what it made of each member, which may be another text than the one sent. `None`: it did not merge
/// members.
fn merge(step: &Step, patch: &Bytes) -> Option<Event> {
    let new = step.after.find(&step.path).or_else(|_| step.after.find(&step.outcome.path)).ok()?;
    let old = step.before.find(&step.path).ok()?;
    let has_members = |node: Node<'_>| matches!(node.kind(), Kind::Object | Kind::Row);
    if walk::sort(patch) != Sort::Object || !has_members(old) || !has_members(new) {
        return (old.kind() != Kind::Table).then(|| put(&step.path, new));
    }
    let mut out = beginning("PATCH", &step.path);
    merged(patch, Some(old), new, &mut out);
    Some(whole(&step.path, end(out, Some(new))))
}

fn merged(patch: &[u8], old: Option<Node<'_>>, new: Node<'_>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (at, member) in walk::members(patch).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let (name, value) = (&patch[member.start..member.name_end], &patch[member.value..member.end]);
        out.extend_from_slice(name);
        out.push(b':');
        let name = walk::decode(name);
        let old = old.and_then(|old| old.child(&name));
        match new.child(&name) {
            None => out.extend_from_slice(b"null"),
            Some(new)
                if walk::sort(value) == Sort::Object
                    && new.kind() == Kind::Object
                    && old.is_some_and(|old| old.kind() == Kind::Object) =>
            {
                merged(value, old, new, out);
            }
            Some(new) => Compactor::default().take_all(&new.text(), out),
        }
    }
    out.push(b'}');
}

/// What was added, with the keys that it was given.
fn post(step: &Step, body: &Bytes) -> Option<Event> {
    let node = step.after.find(&step.path).ok()?;
    let mut out = beginning("POST", &step.path);
    let mut compactor = Compactor::default();
    match node.kind() {
        Kind::Object => merged(body, None, node, &mut out),
        _ => compactor.take_all(&step.outcome.text, &mut out),
    }
    Some(whole(&step.path, end(out, Some(node))))
}

fn whole(path: &[String], data: Vec<u8>) -> Event {
    Event { path: path.to_vec(), shifts: false, data: Some(data).filter(|data| data.len() <= LONGEST) }
}

/// The members before the body.
pub(super) fn beginning(method: &str, path: &[String]) -> Vec<u8> {
    let mut out = format!("{{\"method\":\"{method}\",\"path\":").into_bytes();
    json::quote(&path_of(path), &mut out);
    out.extend_from_slice(b",\"body\":");
    out
}

/// And what follows it: the entity tag of the node, if there is one.
pub(super) fn end(mut out: Vec<u8>, node: Option<Node<'_>>) -> Vec<u8> {
    match node {
        Some(node) => out.extend_from_slice(format!(",\"etag\":\"\\\"{}\\\"\"}}", node.tag()).as_bytes()),
        None => out.extend_from_slice(b",\"etag\":null}"),
    }
    out
}

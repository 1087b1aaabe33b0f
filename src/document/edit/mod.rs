//! Changes applied: from one state of the documents and a change to the next state, without touching anything else.

mod collection;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod hostile_tests;
mod insertions;
mod kind;
#[cfg(test)]
mod lines_tests;
mod merge;
mod meter;
mod object;
mod patch;
#[cfg(test)]
mod property;
#[cfg(test)]
mod property_table;
mod record;
mod rewrite;
mod rows;
#[cfg(test)]
mod rule_tests;
mod siblings;
mod survey;
mod table;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use bytes::Bytes;

use super::change::{Action, Outcome, Refusal, Replacement};
use super::container::{Shape, Value};
use super::node::Node;
use super::state::Document;
use super::view::View;
use crate::text::key::KeyStats;

/// Keys that were given in this run, by the path of their collection, so that none is given twice.
pub(crate) type Given = HashMap<Vec<String>, KeyStats>;

/// A change that was applied.
pub(crate) struct Applied {
    /// Which document it changed.
    pub(crate) mount: usize,
    /// The state of that document after it.
    pub(crate) document: Document,
    /// The change as it can be applied again: with the keys that it was given.
    pub(crate) action: Action,
    result: Report,
}

/// What an action says about itself, before the new state can be looked at.
struct Report {
    created: bool,
    /// The node written, from the root of its document.
    path: Vec<String>,
    /// Its text, if it cannot be read off the new state.
    text: Option<Vec<Bytes>>,
    gone: bool,
    report: Vec<Replacement>,
}

/// What an action made of a document.
struct Edited {
    root: Value,
    /// The action as it can be applied again, if it is not the one given.
    action: Option<Action>,
    result: Report,
}

impl Report {
    fn at(path: &[String]) -> Report {
        Report { created: false, path: path.to_vec(), text: None, gone: false, report: Vec::new() }
    }
}

/// Applies `action` to the node at `path`. `room`: the most bytes that a body may add beyond its own.
pub(crate) fn apply(
    view: &View,
    path: &[String],
    action: &Action,
    room: usize,
    given: &mut Given,
) -> Result<Applied, Refusal> {
    let (mount, inner) = locate(view, path)?;
    let document = &view.mounts[mount];
    let place = Place { view, document, path, inner, room, given };
    survey::check_names(action)?;
    let edited = match &document.root {
        Value::Large(container) if matches!(container.shape, Shape::Table(_)) => table::edit(container, place, action)?,
        _ => {
            let name = inner.last().or(document.context.reading.stem.as_ref()).map(String::as_str);
            let old = || view.find(path).map_or_else(|_| Vec::new(), |node| node.text().concat());
            survey::check(action, &document.context.reading.rule, name, &old)?;
            json(place, action)?
        }
    };
    let document = Document { root: rewrite::settled(document, edited.root)?, ..document.clone() };
    Ok(Applied { mount, document, action: edited.action.unwrap_or_else(|| action.clone()), result: edited.result })
}

/// Where an action is applied.
struct Place<'p> {
    view: &'p View,
    document: &'p Document,
    /// From the root of everything.
    path: &'p [String],
    /// From the root of the document.
    inner: &'p [String],
    /// See [`apply`].
    room: usize,
    given: &'p mut Given,
}

fn locate<'p>(view: &View, path: &'p [String]) -> Result<(usize, &'p [String]), Refusal> {
    if !view.mounted {
        return Ok((0, path));
    }
    let Some((stem, inner)) = path.split_first() else {
        let hint = "each file is written at its own path, not at the root".to_owned();
        return Err(Refusal::NotPermitted { hint });
    };
    match view.mount(stem) {
        Some(mount) => Ok((mount, inner)),
        None => Err(Refusal::Missing { path: path.to_vec(), parent_exists: false }),
    }
}

fn json(place: Place<'_>, action: &Action) -> Result<Edited, Refusal> {
    match action {
        Action::Put(body) => object::put(place, body, true),
        Action::Rows(body) => object::put(place, body, false),
        Action::Merge(body) => merge::merge(place, body),
        Action::Patch(body) => patch::patch(place, body),
        Action::Post(body) => collection::post(place, body),
        Action::Delete { dependent } => collection::delete(place, dependent.as_deref()),
        Action::Create(body) => record::write(place, body, true),
        Action::Update(body) => record::write(place, body, false),
    }
}

impl Applied {
    /// What to tell whoever asked for it; `after` is the state with the change in it.
    pub(crate) fn outcome(self, after: &View) -> Outcome {
        let mut path: Vec<String> = Vec::new();
        if after.mounted {
            path.extend(after.mounts[self.mount].context.reading.stem.clone());
        }
        path.extend(self.result.path);
        let moved = if self.result.gone { None } else { after.moved(&path) };
        let (moved, path) = (moved.is_some(), moved.unwrap_or(path));
        let node = after.find(&path).ok().filter(|_| !self.result.gone);
        let text = self.result.text.or_else(|| node.map(|node| node.text())).unwrap_or_default();
        let tag = node.map(|node| node.tag());
        Outcome { created: self.result.created, moved, path, text, tag, report: self.result.report }
    }
}

impl Place<'_> {
    fn missing(&self) -> Refusal {
        let parent_exists = self.view.find(self.path).err().is_some_and(|missing| missing.parent_exists);
        Refusal::Missing { path: self.path.to_vec(), parent_exists }
    }

    /// The node that is to be changed.
    fn node(&self) -> Result<Node<'_>, Refusal> {
        self.view.find(self.path).map_err(|_| self.missing())
    }

    /// The root and whole collections are emptied, not removed.
    fn check_removable(&self) -> Result<(), Refusal> {
        self.node()?;
        self.view.obstacle(self.path).map_or(Ok(()), |hint| Err(Refusal::NotPermitted { hint }))
    }
}

/// A refusal because of what a value is.
fn unfit(reason: impl Into<String>) -> Refusal {
    Refusal::Unfit { reason: reason.into() }
}

/// The refusal to write below a single value.
fn no_members() -> Refusal {
    Refusal::NotPermitted { hint: "a single value has no members; PUT replaces it".to_owned() }
}

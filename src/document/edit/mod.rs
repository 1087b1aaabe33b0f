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
mod place;
#[cfg(test)]
mod property;
#[cfg(test)]
mod property_table;
mod record;
mod replacing;
mod rewrite;
mod rows;
#[cfg(test)]
mod rule_tests;
mod siblings;
mod spot;
mod survey;
mod table;
#[cfg(test)]
mod tests;

use super::change::{Action, Outcome, Refusal};
use super::container::{Shape, Value};
use super::state::Document;
use super::view::View;

pub(crate) use place::Given;
use place::{Edited, Place, Report};

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
        None => Err(Refusal::Missing { path: vec![stem.clone()], parent_exists: false }),
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

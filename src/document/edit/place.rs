//! Where an action is applied, what it makes of the document there, and what it says about itself.

use std::collections::HashMap;

use bytes::Bytes;

use crate::document::change::{Action, Refusal, Replacement};
use crate::document::container::Value;
use crate::document::node::Node;
use crate::document::state::Document;
use crate::document::view::View;
use crate::text::key::KeyStats;

/// Keys that were given in this run, by the path of their collection, so that none is given twice.
pub(crate) type Given = HashMap<Vec<String>, KeyStats>;

/// Where an action is applied.
pub(super) struct Place<'p> {
    pub(super) view: &'p View,
    pub(super) document: &'p Document,
    /// From the root of everything.
    pub(super) path: &'p [String],
    /// From the root of the document.
    pub(super) inner: &'p [String],
    /// See [`super::apply`].
    pub(super) room: usize,
    pub(super) given: &'p mut Given,
}

/// What an action says about itself, before the new state can be looked at.
pub(super) struct Report {
    pub(super) created: bool,
    /// The node written, from the root of its document.
    pub(super) path: Vec<String>,
    /// Its text, if it cannot be read off the new state.
    pub(super) text: Option<Vec<Bytes>>,
    pub(super) gone: bool,
    pub(super) report: Vec<Replacement>,
}

/// What an action made of a document.
pub(super) struct Edited {
    pub(super) root: Value,
    /// The action as it can be applied again, if it is not the one given.
    pub(super) action: Option<Action>,
    pub(super) result: Report,
}

impl Report {
    /// Nothing but where it was done.
    pub(super) fn at(path: &[String]) -> Report {
        Report { created: false, path: path.to_vec(), text: None, gone: false, report: Vec::new() }
    }
}

impl Place<'_> {
    /// The refusal of a path that leads nowhere, which names the first node on the way that is not there.
    pub(super) fn missing(&self) -> Refusal {
        let missing = self.view.find(self.path).err();
        let length = missing.map_or(self.path.len(), |missing| missing.found + 1);
        let parent_exists = missing.is_some_and(|missing| missing.parent_exists);
        Refusal::Missing { path: self.path[..length.min(self.path.len())].to_vec(), parent_exists }
    }

    /// The node that is to be changed.
    pub(super) fn node(&self) -> Result<Node<'_>, Refusal> {
        self.view.find(self.path).map_err(|_| self.missing())
    }

    /// The root and whole collections are emptied, not removed.
    pub(super) fn check_removable(&self) -> Result<(), Refusal> {
        self.node()?;
        self.view.obstacle(self.path).map_or(Ok(()), |hint| Err(Refusal::NotPermitted { hint }))
    }
}

/// A refusal because of what a value is.
pub(super) fn unfit(reason: impl Into<String>) -> Refusal {
    Refusal::Unfit { reason: reason.into() }
}

/// The refusal to write below a single value.
pub(super) fn no_members() -> Refusal {
    Refusal::NotPermitted { hint: "a single value has no members; PUT replaces it".to_owned() }
}

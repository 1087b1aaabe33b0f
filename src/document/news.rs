//! What became of the data, told in order, to whoever follows it.

use std::sync::Arc;

use super::change::{Action, Outcome};
use super::view::View;

/// What was made of the data.
pub enum News {
    /// This state is what everything told from now on follows.
    Start(Arc<View>),
    /// Changes, one after the other; there is at least one.
    Steps(Vec<Step>),
    /// An owner has edited a file.
    Edit {
        /// The state before it.
        before: Arc<View>,
        /// The state with it.
        after: Arc<View>,
    },
}

/// One change that was made.
pub struct Step {
    /// The node that it was asked of.
    pub path: Vec<String>,
    /// The change as it can be made again: with the keys that were given.
    pub action: Action,
    /// What became of it.
    pub outcome: Outcome,
    /// The state before it.
    pub before: Arc<View>,
    /// The state with it.
    pub after: Arc<View>,
}

impl News {
    /// The last state that is told of.
    pub fn view(&self) -> Option<&Arc<View>> {
        match self {
            News::Start(view) => Some(view),
            News::Steps(steps) => steps.last().map(|step| &step.after),
            News::Edit { after, .. } => Some(after),
        }
    }
}

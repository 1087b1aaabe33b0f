//! Telling somebody of each change, while there is somebody who wants to know.

use std::sync::Arc;

use crate::document::{Action, News, Outcome, Step, View};

/// Told of what is made of the data, in order and at once after it is to be seen; `false`: nothing more is wanted. It is
/// called on the committer's thread.
pub(crate) type Follower = Box<dyn FnMut(News) -> bool + Send>;

/// Who follows the committer, if anybody does, and what is to be told after the next state is seen.
#[derive(Default)]
pub(crate) struct Following {
    follower: Option<Follower>,
    /// With the mount that each is of.
    steps: Vec<(usize, Step)>,
}

/// A change, as it was made: where it was asked for, and what it was.
pub(crate) struct Change<'c> {
    pub(crate) mount: usize,
    pub(crate) path: Vec<String>,
    pub(crate) action: Action,
    pub(crate) outcome: &'c Outcome,
}

impl Following {
    /// Somebody follows from now on, in place of who did until now.
    pub(crate) fn begin(&mut self, follower: Follower, view: Arc<View>) {
        self.follower = Some(follower);
        self.tell(News::Start(view));
    }

    pub(crate) fn is_on(&self) -> bool {
        self.follower.is_some()
    }

    /// The state as it is, if somebody will be told what becomes of it.
    pub(crate) fn state(&self, view: &View) -> Option<Arc<View>> {
        self.is_on().then(|| Arc::new(view.clone()))
    }

    /// A change was made to the state `before`, which is told of when it is durable.
    pub(crate) fn note(&mut self, change: Change<'_>, before: Option<Arc<View>>, after: &View) {
        let Some((before, after)) = before.zip(self.state(after)) else { return };
        let Change { mount, path, action, outcome } = change;
        self.steps.push((mount, Step { path, action, outcome: outcome.clone(), before, after }));
    }

    /// The changes to that mount were not made after all.
    pub(crate) fn forget(&mut self, mount: usize) {
        self.steps.retain(|(of, _)| *of != mount);
    }

    /// What was noted is to be seen.
    pub(crate) fn tell_steps(&mut self) {
        if !self.steps.is_empty() {
            let steps = std::mem::take(&mut self.steps);
            self.tell(News::Steps(steps.into_iter().map(|(_, step)| step).collect()));
        }
    }

    /// Tells of something else.
    pub(crate) fn tell(&mut self, made: News) {
        if self.follower.as_mut().is_some_and(|follower| !follower(made)) {
            self.follower = None;
        }
    }
}

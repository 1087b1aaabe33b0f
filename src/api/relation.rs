//! Records that point at one record of another collection, below that record: `/posts/1/comments` and what is under it.

use std::borrow::Cow;

use http::StatusCode;

use super::after::Written;
use super::method::{Allowed, Method};
use super::refusal::Problem;
use super::target::path_of;
use crate::document::{Action, Pointing, View};

/// What a path leads to below such records: `/posts/1/comments/3` is `/comments/3`, if that points at `/posts/1`.
pub(super) struct Aim<'p>(Option<(Pointing, Vec<Cow<'p, str>>)>);

impl<'p> Aim<'p> {
    /// Where `path` leads.
    pub(super) fn at(view: &View, path: &[Cow<'p, str>]) -> Aim<'p> {
        let below = || {
            path.get(3)?;
            let pointing = Pointing::at(view, path, view.find(path).err()?)?;
            let below = path.get(pointing.depth()..).filter(|below| !below.is_empty())?;
            below.first().filter(|key| pointing.has(view, key))?;
            let collection = pointing.collection.iter().cloned().map(Cow::Owned);
            let below = collection.chain(below.iter().cloned()).collect();
            Some((pointing, below))
        };
        Aim(below())
    }

    /// The path from the root, of the request's own `path`.
    pub(super) fn path<'a>(&'a self, path: &'a [Cow<'p, str>]) -> &'a [Cow<'p, str>] {
        self.0.as_ref().map_or(path, |(_, below)| below)
    }

    /// What is asked of one of the records: what replaces it points where it does.
    pub(super) fn on_one(
        &self,
        (written, action): (Written, Action),
        allowed: Allowed,
    ) -> Result<(Written, Action), Problem> {
        match (action, &self.0) {
            (Action::Put(body), Some((pointing, below))) if below.len() == pointing.collection.len() + 1 => {
                let body = pointing.replacing(&body).map_err(|refusal| Problem::of_refusal(&refusal, allowed))?;
                Ok((written, Action::Put(body)))
            }
            (action, _) => Ok((written, action)),
        }
    }
}

/// What is asked of all the records, as what is asked of their collection.
pub(super) fn on_all(
    pointing: &Pointing,
    method: Method,
    allowed: Allowed,
    read: impl FnOnce() -> Result<(Written, Action), Problem>,
) -> Result<(Written, Action), Problem> {
    let Pointing { collection, member, key, .. } = pointing;
    let (collection, path) = (collection.last().map_or("", String::as_str), path_of(collection));
    if method == Method::Put {
        let detail = format!(
            "this is the records of '{collection}' whose '{member}' is '{key}', which a member of that name would \
             hide; POST adds one, PUT '{path}' replaces all"
        );
        return Err(Problem::new(StatusCode::CONFLICT, "relation", detail));
    }
    if method != Method::Post {
        let detail = format!("POST adds to these records of '{collection}'; each is changed at a path of its own");
        return Err(Problem::not_allowed(allowed, detail));
    }
    match read()? {
        (written, Action::Post(body)) => {
            let filled = pointing.fill(&body).map_err(|refusal| Problem::of_refusal(&refusal, allowed))?;
            Ok((written, Action::Post(filled)))
        }
        other => Ok(other),
    }
}

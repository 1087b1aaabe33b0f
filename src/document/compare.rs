//! What differs between two states: which nodes to set and which to remove in one to have the other.

use std::borrow::Cow;
use std::collections::HashMap;

use super::node::{Kind, Node};
use super::parts::{BREATH, breathe};
use super::view::View;

/// A node that is another in a later state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its path.
    pub path: Vec<String>,
    /// It is not there any more; else it is to be replaced, or added behind its siblings.
    pub is_gone: bool,
}

/// The nodes to set and to remove in `before`, one after the other, to have `after`; members of objects may have another
/// order then. `None`: there are more than `most`.
///
/// ```
/// use httpkit::document::{Action, Change, differences};
/// use std::sync::mpsc;
/// use httpkit::store::{Options, Source, Store};
///
/// let store = Store::open(Source::Memory, Options::default(), &mut |_| {})?;
/// let before = store.view();
/// let change = Change { path: vec!["n".into()], action: Action::Put("1".into()), room: 1024, condition: None };
/// let (sender, receiver) = mpsc::channel();
/// store.commit(change, Box::new(move |result| sender.send(result.is_ok()).unwrap()));
/// assert_eq!(receiver.recv(), Ok(true));
/// let found = differences(&before, &store.view(), 10).expect("at most ten");
/// assert!(found.len() == 1 && found[0].path == ["n"] && !found[0].is_gone);
/// # Ok::<(), httpkit::store::OpenError>(())
/// ```
pub fn differences(before: &View, after: &View, most: usize) -> Option<Vec<Difference>> {
    let mut comparison = Comparison { path: Vec::new(), found: Vec::new(), most, seen: 0 };
    comparison.node(before.root(), after.root())?;
    Some(comparison.found)
}

/// Each step gives `None` when more was found than was asked for.
struct Comparison {
    path: Vec<String>,
    found: Vec<Difference>,
    most: usize,
    seen: usize,
}

impl Comparison {
    fn node(&mut self, old: Node<'_>, new: Node<'_>) -> Option<()> {
        self.seen += 1;
        if self.seen.is_multiple_of(BREATH) {
            breathe();
        }
        if old.is_surely(&new) {
            return Some(());
        }
        match (old.kind(), new.kind()) {
            (Kind::Object, Kind::Object) | (Kind::Row, Kind::Row) => self.children(old, new, false),
            (Kind::Array, Kind::Array) => self.children(old, new, true),
            (Kind::Table, Kind::Table) if old.columns() == new.columns() => self.children(old, new, true),
            _ => self.differs(false),
        }
    }

    fn children(&mut self, old: Node<'_>, new: Node<'_>, is_ordered: bool) -> Option<()> {
        if let Some(suspects) = old.suspects(&new) {
            return suspects.into_iter().try_for_each(|name| {
                let both = (old.child(&name), new.child(&name));
                self.below(name, |comparison| match both {
                    (Some(old), Some(new)) => comparison.node(old, new),
                    (None, None) => Some(()),
                    (_, new) => comparison.differs(new.is_none()),
                })
            });
        }
        let mark = self.found.len();
        if let Some((olds, news)) = Lookup::of(old, is_ordered).zip(Lookup::of(new, is_ordered)) {
            let is_told = if is_ordered { self.elements(&olds, &news)? } else { self.members(&olds, &news)? };
            if is_told {
                return Some(());
            }
        }
        self.found.truncate(mark);
        self.differs(false)
    }

    fn members(&mut self, olds: &Lookup<'_>, news: &Lookup<'_>) -> Option<bool> {
        for (name, new) in news.node.children() {
            let old = olds.get(&name);
            self.below(name.into_owned(), |comparison| match old {
                Some(old) => comparison.node(old, new),
                None => comparison.differs(false),
            })?;
        }
        for (name, _) in olds.node.children() {
            if news.get(&name).is_none() {
                self.below(name.into_owned(), |comparison| comparison.differs(true))?;
            }
        }
        Some(true)
    }

    /// `false`: the elements that are in both have another order, or new ones stand before them.
    fn elements(&mut self, olds: &Lookup<'_>, news: &Lookup<'_>) -> Option<bool> {
        let (mut before, mut is_added) = (olds.node.children(), false);
        for (name, new) in news.node.children() {
            let Some(old) = olds.get(&name) else {
                is_added = true;
                self.below(name.into_owned(), |comparison| comparison.differs(false))?;
                continue;
            };
            loop {
                match before.next() {
                    Some((own, _)) if own == name => break,
                    Some((own, _)) if news.get(&own).is_none() => {
                        self.below(own.into_owned(), |comparison| comparison.differs(true))?;
                    }
                    _ => return Some(false),
                }
            }
            if is_added {
                return Some(false);
            }
            self.below(name.into_owned(), |comparison| comparison.node(old, new))?;
        }
        for (name, _) in before {
            self.below(name.into_owned(), |comparison| comparison.differs(true))?;
        }
        Some(true)
    }

    fn below(&mut self, name: String, compare: impl FnOnce(&mut Comparison) -> Option<()>) -> Option<()> {
        self.path.push(name);
        let result = compare(self);
        self.path.pop();
        result
    }

    fn differs(&mut self, is_gone: bool) -> Option<()> {
        self.found.push(Difference { path: self.path.clone(), is_gone });
        (self.found.len() <= self.most).then_some(())
    }
}

/// The children of a node by their names, which are all different, and in an array their keys.
struct Lookup<'v> {
    node: Node<'v>,
    /// Of a node that has no index.
    map: HashMap<Cow<'v, str>, Node<'v>>,
}

impl<'v> Lookup<'v> {
    /// `None`: not all have a name or key of their own.
    fn of(node: Node<'v>, is_ordered: bool) -> Option<Lookup<'v>> {
        let key_name = node.key_name().filter(|_| is_ordered);
        let is_own = |name: &str, child: &Node<'v>| {
            key_name.as_ref().is_none_or(|key_name| child.child(key_name).is_some_and(|key| key.scalar_text() == name))
        };
        let mut map = HashMap::new();
        if node.has_doubles() || !node.children().all(|(name, child)| is_own(&name, &child)) {
            return None;
        }
        if !node.has_index() {
            for (name, child) in node.children() {
                if map.insert(name, child).is_some() {
                    return None;
                }
            }
        }
        Some(Lookup { node, map })
    }

    fn get(&self, name: &str) -> Option<Node<'v>> {
        if self.node.has_index() { self.node.child(name) } else { self.map.get(name).copied() }
    }
}

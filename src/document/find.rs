//! From a path to the node that it leads to, and what may be done there.

use super::container::index;
use super::node::{Kind, Node};
use super::view::View;

/// Nothing is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// How many segments lead to a node.
    pub found: usize,
    /// Only the last segment is missing, and its parent could take it by PUT.
    pub parent_exists: bool,
}

/// What a node takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permits {
    /// It can be replaced, merged and patched.
    pub change: bool,
    /// Elements, rows or members can be added to it.
    pub add: bool,
    /// It can be removed.
    pub remove: bool,
}

impl View {
    /// The root of it all: the document, or with several files an object that has each under its stem.
    #[inline]
    pub fn root(&self) -> Node<'_> {
        Node::root(self)
    }

    /// Walks the documents: members by name, elements and rows by key, by index where no element has a key. Segments
    /// are decoded already.
    ///
    /// # Errors
    /// How far the path leads, if not to a node.
    #[inline]
    pub fn find(&self, path: &[impl AsRef<str>]) -> Result<Node<'_>, Missing> {
        let mut node = self.root();
        for (found, segment) in path.iter().enumerate() {
            if !node.enter(segment.as_ref()) {
                let last = found + 1 == path.len();
                return Err(Missing { found, parent_exists: last && node.takes(segment.as_ref()) });
            }
        }
        Ok(node)
    }

    /// Where the node is that was at `path` before its elements that were found by their index got keys; `None`: there.
    pub(crate) fn moved(&self, path: &[String]) -> Option<Vec<String>> {
        if self.find(path).is_ok() {
            return None;
        }
        let (mut node, mut now) = (self.root(), Vec::with_capacity(path.len()));
        for segment in path {
            let (name, child) = match node.child(segment) {
                Some(child) => (segment.clone(), child),
                None => {
                    let at = index(segment).filter(|_| matches!(node.kind(), Kind::Array | Kind::Table))?;
                    let (name, child) = node.children().nth(at)?;
                    (name.into_owned(), child)
                }
            };
            node = child;
            now.push(name);
        }
        Some(now)
    }

    /// What the node at a path takes; nothing if there is none.
    pub fn permits(&self, path: &[impl AsRef<str>]) -> Permits {
        let Ok(node) = self.find(path) else { return Permits::default() };
        if self.mounted && path.is_empty() {
            return Permits::default();
        }
        Permits {
            change: true,
            add: matches!(node.kind(), Kind::Object | Kind::Array | Kind::Table),
            remove: self.obstacle(path).is_none(),
        }
    }

    /// Why the node at a path cannot be removed, and what to do instead; `None` if it can be.
    pub(crate) fn obstacle(&self, path: &[impl AsRef<str>]) -> Option<String> {
        let node = self.find(path).ok()?;
        let empty = if node.kind() == Kind::Object { "PUT {}" } else { "PUT []" };
        let depth = path.len() - usize::from(self.mounted && !path.is_empty());
        if depth == 0 {
            return Some(format!("the root cannot be removed; {empty} empties it"));
        }
        let parent = self.find(&path[..path.len() - 1]).ok()?;
        let of_root = depth == 1 && parent.kind() == Kind::Object && !parent.is_collection();
        let is_whole = match node.kind() {
            Kind::Array => of_root || node.children().next().is_some_and(|(_, child)| child.kind() == Kind::Object),
            Kind::Object => of_root && node.is_collection(),
            _ => false,
        };
        is_whole.then(|| format!("a whole collection cannot be removed; {empty} empties it"))
    }
}

//! One consistent state of all that is served.

use std::time::SystemTime;

use super::document::Document;
use super::node::Node;

/// A state of the documents. It never changes; a later one is another view.
#[derive(Debug, Clone)]
pub struct View {
    pub(crate) mounts: Vec<Document>,
    /// The documents stand each under its stem, not the only one at the root.
    pub(crate) mounted: bool,
    pub(crate) modified: SystemTime,
}

/// Nothing is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// How many segments lead to a node.
    pub found: usize,
    /// Only the last segment is missing, and its parent could take it by PUT.
    pub parent_exists: bool,
}

impl View {
    /// The root of it all: the document, or with several files an object that has each under its stem.
    pub fn root(&self) -> Node<'_> {
        Node::root(self)
    }

    /// Walks the documents: members by name, elements and rows by key, by index where no element has a key. Segments
    /// are decoded already.
    ///
    /// # Errors
    /// How far the path leads, if not to a node.
    pub fn find(&self, path: &[impl AsRef<str>]) -> Result<Node<'_>, Missing> {
        let mut node = self.root();
        for (found, segment) in path.iter().enumerate() {
            match node.child(segment.as_ref()) {
                Some(child) => node = child,
                None => {
                    let last = found + 1 == path.len();
                    return Err(Missing { found, parent_exists: last && node.takes(segment.as_ref()) });
                }
            }
        }
        Ok(node)
    }

    /// When the file was changed last, by its owner or through this program.
    pub fn modified(&self) -> SystemTime {
        self.modified
    }

    /// The document under `stem`, or the only one.
    pub(crate) fn mount(&self, stem: &str) -> Option<usize> {
        self.mounts.iter().position(|document| document.context.stem.as_deref() == Some(stem))
    }
}

//! One consistent state of all that is served.

use std::time::SystemTime;

use super::state::Document;
use crate::text::KeyRule;

/// A state of the documents. It never changes; a later one is another view.
#[derive(Debug, Clone)]
pub struct View {
    pub(crate) mounts: Vec<Document>,
    /// The documents stand each under its stem, not the only one at the root.
    pub(crate) mounted: bool,
    pub(crate) modified: SystemTime,
}

impl View {
    /// How many bytes its documents were read from, which are in memory as long as it is.
    pub fn length(&self) -> usize {
        self.mounts.iter().map(|document| document.root.place().base_length()).sum()
    }

    /// Which members hold keys, and point at them.
    pub(crate) fn rule(&self) -> &KeyRule {
        static USUAL: KeyRule = KeyRule { default: None, by_collection: Vec::new(), foreign: None };
        self.mounts.first().map_or(&USUAL, |document| &document.context.reading.rule)
    }

    /// When the file was changed last, by its owner or through this program.
    pub fn modified(&self) -> SystemTime {
        self.modified
    }

    /// The document under `stem`, or the only one.
    pub(crate) fn mount(&self, stem: &str) -> Option<usize> {
        self.mounts.iter().position(|document| document.context.reading.stem.as_deref() == Some(stem))
    }
}

//! One consistent state of all that is served.

use std::sync::Arc;
use std::time::SystemTime;

use super::patience::is_over;
use super::schema::Schema;
use super::state::Document;
use crate::text::KeyRule;

/// A state of the documents. It never changes; a later one is another view.
///
/// ```
/// # use httpkit::store::{Options, Source, Store};
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("db.json");
/// # std::fs::write(&file, r#"{"posts": [{"id": 7, "stars": 1.50}]}"#)?;
/// # let store = Store::open(Source::Files(vec![file]), Options::default(), &mut |_| {}).unwrap();
/// // db.json: {"posts": [{"id": 7, "stars": 1.50}]}
/// let view = store.view();
/// let stars = view.find(&["posts", "7", "stars"]).unwrap();
/// assert_eq!(stars.text().concat(), b"1.50", "the bytes of the file");
/// let missing = view.find(&["posts", "8"]).unwrap_err();
/// assert_eq!(missing.found, 1, "'posts' is there, '8' is not");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

    /// The root is no file's: each stands under its stem.
    pub fn is_mounted(&self) -> bool {
        self.mounted
    }

    /// When the file was changed last, by its owner or through this program.
    pub fn modified(&self) -> SystemTime {
        self.modified
    }

    /// The schema of a document: of its present state, or the one that its changes are held against, which is that of
    /// the first state for which it was asked since its file was read.
    pub(crate) fn schema_of(&self, mount: usize, is_kept: bool) -> Arc<Schema> {
        let document = &self.mounts[mount];
        if let Some(schema) = document.schema.get().filter(|_| is_kept) {
            return schema.clone();
        }
        let root = self.root();
        let root = if self.mounted { root.values().nth(mount).unwrap_or(root) } else { root };
        let schema = Arc::new(Schema::of_document(root));
        // What was cut short is not kept.
        if is_kept && !is_over() { document.schema.get_or_init(|| schema).clone() } else { schema }
    }

    /// The schema of the root. `is_kept`: the one that changes are held against.
    pub fn schema(&self, is_kept: bool) -> Arc<Schema> {
        if !self.mounted {
            return self.schema_of(0, is_kept);
        }
        let stem = |document: &Document| document.context.reading.stem.clone().unwrap_or_default();
        let stems = self.mounts.iter().enumerate();
        let members = stems.map(|(mount, document)| (stem(document), Schema::clone(&self.schema_of(mount, is_kept))));
        Arc::new(Schema::single(members))
    }

    /// The document under `stem`, or the only one.
    pub(crate) fn mount(&self, stem: &str) -> Option<usize> {
        self.mounts.iter().position(|document| document.context.reading.stem.as_deref() == Some(stem))
    }
}

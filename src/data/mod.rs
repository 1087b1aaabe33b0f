//! The document: JSON and CSV text as it stands in the file, an index over it, changes, and the durable store.
//! It knows nothing of HTTP.

pub mod bulk;
mod change;
mod column;
mod committer;
mod container;
mod csv;
mod current;
mod document;
mod edit;
mod file;
mod index;
mod journal;
pub mod json;
mod key;
mod layout;
mod node;
mod number;
mod open;
mod parts;
mod query;
mod storage;
mod store;
mod view;
mod watch;

pub use change::{Action, Change, Condition, Outcome, Refusal, Replacement};
pub use csv::CellTypes;
pub use key::{KeyRule, foreign_keys};
pub use node::{Kind, Node, Values};
pub use open::{Notice, OpenError, Options, Source, SyncPolicy};
pub use query::{PageLinks, Query, QueryError, Selection};
pub use store::Store;
pub use view::{Missing, Permits, View};

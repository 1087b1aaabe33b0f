//! The document: JSON and CSV text as it stands in the file, an index over it, changes, and the durable store.
//! It knows nothing of HTTP.

mod change;

pub use change::{Action, Change, Condition, Outcome, Refusal, Replacement};

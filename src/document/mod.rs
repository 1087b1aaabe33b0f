//! The document: states of the data, an index over each, what a query finds in one, and what a change makes of it. All
//! of it is pure: it knows nothing of files, of threads that write them, or of HTTP.

mod bounds;
mod change;
mod column;
mod compare;
#[cfg(test)]
mod compare_tests;
mod container;
pub(crate) mod edit;
mod find;
mod index;
mod layout;
mod news;
mod node;
mod parts;
mod patience;
mod query;
pub(crate) mod schema;
pub(crate) mod state;
mod view;

pub use bounds::{BOUNDS, Bound};
pub use change::{Action, Change, Condition, Outcome, Refusal, Replacement};
pub use compare::{Difference, differences};
pub use find::{Missing, Permits};
pub use news::{News, Step};
pub use node::{Kind, Node, Values};
pub use patience::{Cut, Pace, takes, within};
pub(crate) use query::Exported;
pub use query::{Export, PageLinks, Pointing, Query, QueryError, Selection, plain_name, shown_key};
pub use schema::{Member, SCHEMA_LIMITS, Schema, Type};
pub use view::View;

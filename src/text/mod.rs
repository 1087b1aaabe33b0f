//! Text as it stands in a file or a body: JSON, CSV, numbers and keys, from bytes to spans and back. It keeps no state
//! and knows nothing of documents, files or HTTP.

pub mod bulk;
pub(crate) mod csv;
pub mod encoding;
pub mod format;
pub mod json;
pub(crate) mod key;
pub mod names;
pub(crate) mod number;
mod singular;

pub use csv::CellTypes;
pub use key::KeyRule;
pub(crate) use singular::singular;

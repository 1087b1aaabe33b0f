//! The store: a document and its file, kept the same. It reads the file, watches it, and has one thread that makes
//! changes durable before they count. It knows nothing of HTTP.

mod committer;
mod current;
mod file;
mod journal;
mod open;
mod shared;
mod storage;
mod watch;

pub use open::{Notice, OpenError, Options, Source, SyncPolicy};
pub use shared::Store;

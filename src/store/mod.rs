//! The store: a document and its file, kept the same. It reads the file, watches it, and has one thread that makes
//! changes durable before they count. It knows nothing of HTTP.

mod behind;
mod claim;
mod coming;
mod committer;
mod current;
mod due;
mod ear;
mod file;
mod fold;
mod folding;
mod follow;
mod glance;
mod in_place;
mod journal;
mod load;
mod look;
mod merge;
mod open;
mod replace;
mod replay;
mod reserve;
mod shadow;
mod shared;
mod sight;
mod storage;
mod watch;
mod writers;
mod writing;

pub use open::{CloseError, Notice, OpenError, Options, Source, SyncPolicy};
pub use shared::Store;

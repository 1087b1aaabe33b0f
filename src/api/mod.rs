//! What a request means for the data: method, path and fields to an answer or a change. Pure: it knows no socket, no
//! clock and no file.

mod accept;
mod after;
mod beginning;
mod body;
mod coding;
mod condition;
mod contents;
mod events;
mod follow;
mod method;
mod origin;
mod outline;
mod own;
mod page;
mod pairs;
mod plan;
mod prefer;
mod range;
mod reachable;
mod read;
mod refusal;
mod relation;
mod representation;
mod respond;
mod rows;
mod single;
mod site;
mod stream;
mod tag;
mod target;
mod token;

pub use accept::choose;
pub use after::After;
pub use events::{Event, LONGEST, event_at, events};
pub use follow::{Follow, snapshot};
pub use origin::Sites;
pub use own::{Work, own};
pub use plan::{Plan, Settings};
pub use respond::{respond, unauthorized};
pub use site::{HostRule, Origin};
pub use target::path_of;
pub use token::Token;

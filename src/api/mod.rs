//! What a request means for the data: method, path and fields to an answer or a change. Pure: it knows no socket, no
//! clock and no file.

mod accept;
mod beginning;
mod body;
mod coding;
mod condition;
mod method;
mod origin;
mod pairs;
mod range;
mod read;
mod refusal;
mod representation;
mod respond;
mod single;
mod site;
mod target;
mod token;

pub use origin::Sites;
pub use respond::{After, Plan, Settings, respond};
pub use site::{HostRule, Origin};
pub use token::Token;

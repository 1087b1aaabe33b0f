//! HTTP/1.1 on octets: nouns and grammar. It knows no socket, no file, no clock and nothing of what is served.

mod request;
mod response;

pub use request::{Field, Fields, Request, Target, Version};
pub use response::{Content, Response};

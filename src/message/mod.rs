//! HTTP/1.1 on octets: nouns and grammar. It knows no socket, no file, no clock and nothing of what is served.

mod chunk;
mod reply;
mod request;
mod response;

pub use chunk::{ChunkError, ChunkReader, Chunked};
pub use reply::{BodyEnd, ReplyError, ReplyHead, ReplyVersion, reply_body_end, reply_head, reply_head_end};
pub use request::{Field, Fields, Request, Target, Version};
pub use response::{Content, Response};

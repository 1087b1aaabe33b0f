//! Captures of connections in the pcapng format, made of what was read and written; bytes only, no file and no socket.
//!
//! A capture is a stream of blocks, each a whole number of times four bytes, so it can be cut after any block and written
//! to a pipe while it grows. What makes blocks appends them to a `Vec`; where they go, and what is left out when nobody
//! takes them, is for the caller:
//!
//! ```
//! use std::time::SystemTime;
//! use httpkit::capture::{Flow, Side, beginning, secrets};
//!
//! let mut out = Vec::new();
//! beginning(&mut out, "httpkit 0.1.0", "seen from within the server");
//! let now = SystemTime::now();
//! let (client, server) = ("127.0.0.1:50000".parse()?, "127.0.0.1:8080".parse()?);
//! let mut flow = Flow::open(&mut out, client, server, now, now);
//! flow.carry(&mut out, Side::Client, b"GET / HTTP/1.1\r\n\r\n", now, Some("request 1"));
//! // Keys stand before the packets that they open.
//! secrets(&mut out, "CLIENT_RANDOM 00 00\n");
//! flow.carry(&mut out, Side::Server, b"HTTP/1.1 204 No Content\r\n\r\n", now, None);
//! flow.finish(&mut out, Side::Client, now);
//! # Ok::<(), std::net::AddrParseError>(())
//! ```
//!
//! Packets are IP without a link layer below, with TCP as it may have been around the bytes: a handshake at the beginning,
//! segments of at most [`SEGMENT`] bytes, an acknowledgement behind the segments of one read or write, and FIN or RST at the end.

mod block;
mod flow;
mod packet;

pub use block::{beginning, left_out, packets, secrets, whole_blocks};
pub use flow::{Flow, SEGMENT, Side};

//! Sockets, connections, limits and the request log: octets in, octets out, for any [`Service`]. It does not know what
//! is served.

mod service;

pub use service::{Completion, Reply, Service};

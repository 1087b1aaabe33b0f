//! The server engine over real sockets, with a small service of its own.

mod basics;
mod kit;
mod limits;
mod octets;

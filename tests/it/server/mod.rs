//! The server engine over real sockets, with a small service of its own.

mod basics;
mod bytes;
mod endurance;
mod faults;
pub(crate) mod kit;
mod limits;
mod lines;
pub(crate) mod property;
mod repeats;
mod signals;

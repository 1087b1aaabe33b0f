//! The five original systems as dialects, server side: bytes of a message in, an answer or a change to the data out. No
//! socket and no clock. Each dialect is a file; none knows another, and none knows the standard path, which knows none
//! of them.

pub mod banner;
pub mod comma;
pub mod dialog;
mod exchange;
mod flat;
mod head;
mod manner;
pub mod names;
pub mod pairs;
mod python;

pub use exchange::{Answer, Dialect, Heard, Plan, Scene, Written};
pub use head::{Bounds, Framer, Framing, Progress};
pub use manner::Manner;

//! What people and pipes see, written to a given writer. It decides nothing about the exchange, and knows no argument.

mod terminal;

pub use terminal::{Sink, Terminal};

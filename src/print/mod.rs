//! What people and pipes see, written to a given writer. It decides nothing about the exchange, and knows no argument.

mod amount;
mod body;
mod escape;
mod head;
mod json;
mod progress;
mod quiet;
mod remarks;
mod secret;
mod style;
mod terminal;
mod timing;
mod trace;
mod visible;
mod wire;

pub use amount::{size, time};
pub use body::{Body, Wish};
pub use escape::escaped;
pub use head::{Manner, head, lines};
pub use json::Indenter;
pub use progress::{Bars, Progress, ShareBar};
pub use quiet::Quiet;
pub use remarks::{Page, explained, wrapped};
pub use secret::{MASK, is_secret, without_passwords};
pub use style::{Choice, Palette, Tone};
pub use terminal::{Sink, Terminal};
pub use timing::{Mark, Span, waterfall};
pub use trace::{Dump, block};
pub use visible::{Visible, line, text, turns_text};
pub use wire::{Side, Wire};

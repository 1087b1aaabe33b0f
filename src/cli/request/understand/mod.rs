//! From arguments to plain data: what the options of one group mean together. It reads the files and the standard input
//! that the command line names, and opens no connection.

mod content;
mod destination;
mod dialect;
mod encoder;
mod fields;
mod form;
mod glob;
mod items;
mod limits;
mod part;
mod raw;
mod spec;
mod target;
mod upload;
mod urls;

pub(crate) use spec::{Surroundings, spec};
pub(crate) use target::serve_port;

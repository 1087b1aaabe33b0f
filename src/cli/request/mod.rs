//! The story of `request`, from the arguments to the exit status: `understand` makes plain data of them, `run` acts on
//! it. What both of them speak of stands here.

mod layout;
mod names;
mod plan;
mod retry;
mod run;
mod understand;

use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::client::reason;

pub use run::run;

/// What a file that the command line names holds; `-` is standard input.
pub(crate) fn read_file(name: &Path, input: &mut dyn Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = match name.as_os_str().as_bytes() {
        b"-" => input.read_to_end(&mut bytes).map(|_| bytes),
        _ => std::fs::read(name),
    };
    read.map_err(|error| format!("cannot read '{}': {}", name.display(), reason(&error)))
}

//! The command line: arguments, the two stories (`request`, `serve`), messages, the exit status, and what is generated
//! from the definition of the arguments. It decides and connects; it knows no byte of HTTP and no socket.

pub mod args;
mod complaint;
pub mod exit;
pub mod generate;
mod help;
mod meaning;
pub mod request;
pub mod serve;
mod write_out;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::error::ErrorKind;

pub use crate::print::Terminal;
use args::{Asked, Outside};

/// Runs one command line, the program's name first, and gives the exit status of the process.
pub fn run(argv: impl IntoIterator<Item = OsString>, terminal: &mut Terminal) -> u8 {
    let input = &mut terminal.input;
    let mut read_file = |name: &Path| request::read_file(name, input);
    let mut outside = Outside { read_file: &mut read_file, environment: &terminal.variable };
    match args::parse(argv, &mut outside) {
        Ok(Asked::Requests(groups)) => request::run(&groups, terminal),
        Ok(Asked::Serve(args)) => serve::run(*args, terminal),
        Ok(Asked::Generated(what)) => help::print(&what.text(), terminal),
        Ok(Asked::Help(wish)) => help::show(&wish, terminal),
        Err(error) => refuse(&error, terminal),
    }
}

/// Prints what clap has to say: the version on standard output, status 0; a usage error on standard error, status 2,
/// or 26 if it is a file that cannot be read.
fn refuse(error: &clap::Error, terminal: &mut Terminal) -> u8 {
    if !error.use_stderr() {
        return help::print(&error.render().to_string(), terminal);
    }
    let status = if error.kind() == ErrorKind::Io { exit::READ } else { exit::USAGE };
    let text = format!("httpkit: ({status}) {}\n", complaint::complaint(error));
    // Nothing is left to tell when even this cannot be written.
    let _ = terminal.error.write_all(text.as_bytes());
    status
}

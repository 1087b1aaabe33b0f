//! The command line: arguments, the two stories (`request`, `serve`), messages, the exit status, and what is generated
//! from the definition of the arguments. It decides and connects; it knows no octet of HTTP and no socket.

pub mod args;
pub mod exit;
pub mod request;
pub mod serve;

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;

use crate::print::Terminal;
use args::{Cli, Command};

/// Runs one command line, the program's name first, and gives the exit status of the process.
pub fn run(argv: impl IntoIterator<Item = OsString>, terminal: &mut Terminal) -> u8 {
    match Cli::try_parse_from(argv) {
        Ok(cli) => match cli.command {
            Command::Request(args) => request::run(*args, terminal),
            Command::Serve(args) => serve::run(*args, terminal),
        },
        Err(error) => refuse(&error, terminal),
    }
}

/// Prints what clap has to say: help and version on standard output, status 0; a usage error on standard error, status 2.
fn refuse(error: &clap::Error, terminal: &mut Terminal) -> u8 {
    let (sink, status) = match error.use_stderr() {
        true => (&mut terminal.error, exit::USAGE),
        false => (&mut terminal.output, exit::SUCCESS),
    };
    let text = match sink.is_terminal {
        true => error.render().ansi().to_string(),
        false => error.render().to_string(),
    };
    // Nothing is left to tell when even this cannot be written.
    let _ = sink.write_all(text.as_bytes());
    status
}

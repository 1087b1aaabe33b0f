//! The thin binary: hands over the arguments and the streams, exits. The map is in the library.

use std::process::ExitCode;

use httpkit::cli::{self, Terminal};

fn main() -> ExitCode {
    ExitCode::from(cli::run(std::env::args_os(), &mut Terminal::of_process()))
}

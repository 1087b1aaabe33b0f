//! The story of `serve`.

use super::exit;
use crate::cli::args::ServeArgs;
use crate::print::Terminal;

/// Runs `httpkit serve` and gives the exit status.
pub fn run(_args: ServeArgs, _terminal: &mut Terminal) -> u8 {
    exit::USAGE
}

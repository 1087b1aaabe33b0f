//! The story of `request`.

use super::exit;
use crate::cli::args::RequestArgs;
use crate::print::Terminal;

/// Runs `httpkit request` and gives the exit status.
pub fn run(_args: RequestArgs, _terminal: &mut Terminal) -> u8 {
    exit::USAGE
}

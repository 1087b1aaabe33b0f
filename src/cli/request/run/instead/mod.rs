//! What is done with a request in place of sending it: a variant of `Instead` and a file each.

mod dry_run;
mod tool;

use super::running::Running;
use crate::cli::request::layout::Instead;
use crate::client::{Error, Request};

/// Does with the request what was asked for in place of sending it.
///
/// # Errors
/// `Kind::Write`, `Kind::Closed`; `Kind::Read` for content that cannot be read.
pub(crate) fn act(instead: Instead, request: &Request, run: &mut Running<'_>) -> Result<(), Error> {
    match instead {
        Instead::DryRun => dry_run::print(request, run),
        Instead::As(tool) => tool::print(tool, request, run),
    }
}

//! What one option of `request` is.

use crate::cli::args::definition::Definition;
use crate::cli::args::request::RequestArgs;

/// Names, help and effect of an option.
pub(super) type Row = Definition<RequestArgs>;

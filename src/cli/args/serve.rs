//! The arguments of `serve`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// What may follow `httpkit serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The JSON or CSV file to serve.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// The port to listen on; 0 takes a free one.
    #[arg(short, long, value_name = "PORT", default_value_t = 8080, value_hint = ValueHint::Other)]
    pub port: u16,
}

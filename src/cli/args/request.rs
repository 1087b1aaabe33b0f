//! The arguments of `request`.

use clap::{Args, ValueHint};

/// What may follow `httpkit request`.
#[derive(Debug, Args)]
pub struct RequestArgs {
    /// The method, if it is not the one that the options imply, and the URL.
    #[arg(value_name = "[METHOD] URL", value_hint = ValueHint::Url)]
    pub words: Vec<String>,
    /// Use this method.
    #[arg(short = 'X', long = "request", value_name = "METHOD", value_hint = ValueHint::Other)]
    pub method: Option<String>,
}

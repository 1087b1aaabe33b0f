//! What may be typed. The types here only record and validate; what is meant by it is decided in the stories.

mod request;
mod serve;

use clap::{Parser, Subcommand};

use super::generate::Generate;
pub use request::RequestArgs;
pub use serve::ServeArgs;

/// See HTTP: serve a JSON or CSV file as an API, and send requests with curl's own options.
#[derive(Debug, Parser)]
#[command(
    name = "httpkit",
    version,
    about,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    args_conflicts_with_subcommands = true
)]
pub struct Cli {
    /// Print completions for a shell, or a man page, and do nothing else.
    #[arg(long, value_name = "WHAT")]
    pub generate: Option<Generate>,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The two sides.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Send a request and print the response.
    Request(Box<RequestArgs>),
    /// Serve a JSON or CSV file as an HTTP API.
    Serve(Box<ServeArgs>),
}

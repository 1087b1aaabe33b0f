//! `--as`: the request as a command or a program for another tool. What a tool cannot say stands in a comment.

mod call;
mod curl;
mod extras;
mod file;
mod httpie;
mod javascript;
mod python;
mod shell;
mod text;

use call::Call;

use crate::cli::args::Tool;
use crate::cli::request::run::running::Running;
use crate::client::{Error, Request};

/// Prints the request for that tool.
///
/// # Errors
/// `Kind::Write`, `Kind::Closed`.
pub(super) fn print(tool: Tool, request: &Request, run: &mut Running<'_>) -> Result<(), Error> {
    let call = Call::new(request, run.transfer, run.plan);
    let text = match tool {
        Tool::Curl => curl::command("curl", &call),
        Tool::Httpkit => curl::command("httpkit request", &call),
        Tool::Httpie => httpie::command(&call),
        Tool::Python => python::program(&call),
        Tool::JavaScript => javascript::program(&call),
        Tool::Http => file::request(&call),
    };
    let before = match (run.report.number, tool) {
        (0, _) => "",
        (_, Tool::Http) => "\n###\n\n",
        _ => "\n",
    };
    run.out.print(format!("{before}{text}").as_bytes())
}

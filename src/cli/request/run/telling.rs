//! What is said about a transfer that is over: `--print m` and `-w`.

use std::io::Write;
use std::path::Path;

use super::output;
use super::report::{Looks, Place, Report};
use super::saving;
use crate::cli::request::layout::Layout;
use crate::client::Error;
use crate::print::Terminal;

/// Says what was asked for about a transfer that is over.
pub(crate) fn tell(report: &Report, layout: &Layout, terminal: &mut Terminal) -> Result<(), Error> {
    if layout.instead.is_some() {
        return Ok(());
    }
    if layout.parts.is_some_and(|parts| parts.meta) {
        output::to_stdout(&mut terminal.output, report.meta().as_bytes())?;
    }
    layout.write_out.as_ref().map_or(Ok(()), |format| write_report(report, format, terminal, layout))
}

fn write_report(report: &Report, format: &str, terminal: &mut Terminal, layout: &Layout) -> Result<(), Error> {
    let looks = Looks {
        output: terminal.output.is_terminal && !layout.raw_terminal,
        error: terminal.error.is_terminal && !layout.raw_terminal,
    };
    let written = report.write(format, looks);
    for name in &written.unknown {
        output::warn(&mut terminal.error, layout, &format!("unknown variable '{name}' in -w"));
    }
    for (place, text) in &written.parts {
        match place {
            Place::Output => output::to_stdout(&mut terminal.output, text.as_bytes())?,
            // What cannot be said on standard error cannot be said at all.
            Place::Error => drop(terminal.error.write_all(text.as_bytes())),
            Place::File { name, appends } => saving::to_file(Path::new(name), *appends, text.as_bytes())?,
        }
    }
    Ok(())
}

//! The arguments of `serve`.

mod choices;
mod data;
mod faults;
mod limits;
mod see;
mod typed;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use bstr::BString;
use clap::builder::PathBufValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};

pub use choices::{AccessChoice, CellTypesChoice, LogChoice, SyncChoice};
use data::{ACCESS, DATA, DIALECT, PLACE, STATIC};
use faults::FAULTS;
use limits::LIMITS;
use see::{LOG, SEE};
use typed::Row;
pub use typed::ServeArgs;

use super::definition::help_arg;

/// What clap calls the files by.
const FILES: &str = "files";

/// The options under the headings of the help.
static OPTIONS: [(Option<&str>, &[Row]); 9] = [
    (None, PLACE),
    (Some("Data"), DATA),
    (Some("Files"), STATIC),
    (Some("Dialect"), DIALECT),
    (Some("Access"), ACCESS),
    (Some("Limits"), LIMITS),
    (Some("Log"), LOG),
    (Some("See the exchange"), SEE),
    (Some("Faults"), FAULTS),
];

/// The options in the order of the help.
pub(super) fn all() -> impl Iterator<Item = &'static Row> {
    OPTIONS.iter().flat_map(|(_, options)| options.iter())
}

/// The side `serve` as clap knows it.
pub(super) fn command() -> Command {
    let files = Arg::new(FILES)
        .value_name("FILE")
        .value_hint(ValueHint::AnyPath)
        .value_parser(PathBufValueParser::new())
        .num_args(1..)
        .action(ArgAction::Append)
        .help("JSON, JSON Lines, CSV or TSV files to serve, or a folder of them; one file is served at /, several at /NAME each. \
             A HAR file is played: each request gets the answer that was recorded");
    let options = OPTIONS.iter().flat_map(|(heading, options)| options.iter().map(|option| option.arg(*heading)));
    Command::new("serve")
        .about("Serve a JSON or CSV file as an HTTP API")
        .override_usage("httpkit serve [FILE]... [OPTIONS]")
        .disable_help_flag(true)
        .arg(help_arg())
        .arg(files)
        .args(options)
}

/// Reads what clap has taken.
///
/// # Errors
/// A value that will not do, which clap should have refused.
pub(super) fn read(matches: &ArgMatches) -> Result<ServeArgs, String> {
    let files = matches.get_many::<PathBuf>(FILES).into_iter().flatten().cloned().collect();
    let mut args = ServeArgs { files, ..ServeArgs::default() };
    for option in all() {
        if is_given(option, matches) {
            args.given.push((option.long, option.misplaced));
        }
        if option.takes_value() {
            for value in matches.get_raw(option.long).into_iter().flatten() {
                option.apply(&mut args, value.as_bytes().into())?;
            }
        } else if matches.get_flag(option.long) {
            option.apply(&mut args, BString::default())?;
        }
    }
    Ok(args)
}

/// Whether it was typed, and not only to say what holds anyway.
fn is_given(option: &Row, matches: &ArgMatches) -> bool {
    let is_default = |value: &OsStr| option.default.is_some_and(|default| value == default);
    matches.value_source(option.long) == Some(ValueSource::CommandLine)
        && !matches.get_raw(option.long).is_some_and(|mut values| values.all(is_default))
}

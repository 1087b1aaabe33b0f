//! What may be typed. The types here only record and validate; what is meant by it is decided in the stories.

mod dialect;
mod refused;
mod request;
mod serve;
mod usual;
mod values;
mod variables;
mod words;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::generate::Generate;
pub use dialect::DialectChoice;
pub use request::{DataKind, DataPart, Destination, RequestArgs, Word};
pub use serve::{CellTypesChoice, LogChoice, ServeArgs, Size, SyncChoice, Time};
pub use values::{FIELDS, METHODS, Parts, Pretty, When};
pub use variables::UNRESERVED;
use variables::{Fault, Variables};
pub use words::Outside;
use words::Token;

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

/// What a command line asks for.
#[derive(Debug)]
pub enum Asked {
    /// Requests: one set of arguments for each group that `--next` parts.
    Requests(Vec<RequestArgs>),
    /// Anything else.
    Other(Cli),
}

/// Reads a command line, the program's name first; configuration files and variables come from `outside`.
///
/// # Errors
/// Whatever clap refuses, and its answers to `--help` and `--version`; an option of curl that is not built in; a
/// configuration file or a variable that cannot be read.
pub fn parse(argv: impl IntoIterator<Item = OsString>, outside: &mut Outside<'_>) -> Result<Asked, clap::Error> {
    let argv: Vec<OsString> = argv.into_iter().collect();
    if let Some(args) = read_usual(&argv) {
        return Ok(Asked::Requests(vec![args]));
    }
    parse_whole(argv, outside)
}

/// The arguments of a request that holds usual options only.
fn read_usual(argv: &[OsString]) -> Option<RequestArgs> {
    let words = argv.get(2..).filter(|_| argv[1] == "request")?;
    usual::read(words.iter().map(|word| word.to_str()).collect::<Option<Vec<&str>>>()?)
}

/// Reads any command line, with clap.
fn parse_whole(mut argv: Vec<OsString>, outside: &mut Outside<'_>) -> Result<Asked, clap::Error> {
    let command = Cli::command();
    if argv.get(1).is_none_or(|word| word != "request") {
        return Cli::from_arg_matches(&command.try_get_matches_from(argv)?).map(Asked::Other);
    }
    let words = argv.split_off(2).into_iter().map(OsString::into_string).collect::<Result<Vec<String>, OsString>>();
    let words = words.map_err(|word| refusal(&command, format!("{} is not UTF-8", word.display())))?;
    let request = command.find_subcommand("request").unwrap_or(&command);
    let mut variables = Variables::default();
    let tokens = words::read(&words, request).map_err(Fault::Usage);
    let tokens = tokens.and_then(|tokens| words::resolve(tokens, request, outside, &mut variables, 8));
    let tokens = tokens.map_err(|fault| match fault {
        Fault::Usage(what) => refusal(&command, what),
        Fault::Read(what) => clap::Error::raw(ErrorKind::Io, format!("{what}\n")).with_cmd(&command),
    })?;
    let mut groups = match words::groups(tokens).as_slice() {
        // The usual case is spared the copy of all definitions.
        [only] => vec![group(command, &argv, only)?],
        groups => {
            let read = groups.iter().map(|tokens| group(command.clone(), &argv, tokens));
            read.collect::<Result<Vec<_>, _>>()?
        }
    };
    if let Some(first) = groups.first_mut() {
        first.warnings = variables.warnings;
    }
    Ok(Asked::Requests(groups))
}

/// The arguments of one group.
fn group(mut command: clap::Command, program: &[OsString], tokens: &[Token]) -> Result<RequestArgs, clap::Error> {
    let argv = program.iter().cloned().chain(words::write(tokens).into_iter().map(OsString::from));
    let matches = command.try_get_matches_from_mut(argv)?;
    let Some(Command::Request(mut args)) = Cli::from_arg_matches(&matches)?.command else {
        return Err(refusal(&command, "expected a request".to_owned()));
    };
    if let Some(matches) = matches.subcommand_matches("request") {
        args.parts = in_order(matches, &request::DATA, |kind, value| DataPart { kind, value });
        args.forms = in_order(matches, &[("form", false), ("form_string", true)], |literal, value| (literal, value));
        let make = |is_url, value| if is_url { Word::Url(value) } else { Word::Plain(value) };
        args.targets = in_order(matches, &[("words", false), ("url", true)], make);
    }
    args.destinations = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Option(long, value) if long == "output" => Some(Destination::File(value.into())),
            Token::Flag(long) if long == "remote-name" => Some(Destination::RemoteName),
            _ => None,
        })
        .collect();
    Ok(*args)
}

fn refusal(command: &clap::Command, what: String) -> clap::Error {
    clap::Error::raw(ErrorKind::InvalidValue, format!("{what}\n")).with_cmd(command)
}

/// The values of several arguments in the order in which they were typed.
fn in_order<K: Copy, T>(matches: &ArgMatches, arguments: &[(&str, K)], make: impl Fn(K, String) -> T) -> Vec<T> {
    let mut found: Vec<(usize, K, String)> = Vec::new();
    for (id, kind) in arguments {
        let places = matches.indices_of(id).into_iter().flatten();
        let values = matches.get_many::<String>(id).into_iter().flatten();
        found.extend(places.zip(values).map(|(place, value)| (place, *kind, value.clone())));
    }
    found.sort_by_key(|(place, ..)| *place);
    found.into_iter().map(|(_, kind, value)| make(kind, value)).collect()
}

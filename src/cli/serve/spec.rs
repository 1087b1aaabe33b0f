//! What the arguments of `serve` mean, as plain data.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use http::StatusCode;

use crate::api::{Access, HostRule, Origin, Settings, Sites};
use crate::cli::args::{AccessChoice, CellTypesChoice, Instead, LogChoice, ServeArgs, SyncChoice};
use crate::print::{Palette, Terminal, Tone, line};
use crate::server::{Config, ExchangeJournal, Limits, LogConfig, LogFormat, Paint};
use crate::store::{Options, Source, SyncPolicy};
use crate::text::{CellTypes, KeyRule};

use super::error::ServeError;
use super::{exchanges, pcap};

/// The files that are served when none is named, in this order.
const USUAL: [&str; 3] = ["data.json", "data.csv", "db.json"];

/// Where the data comes from, and whether that has to be said because nobody named it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// The files were named.
    Named,
    /// One of the usual files of this folder.
    Found(&'static str),
    /// There is no file: memory only.
    Memory,
}

/// Chooses what to serve: the files named, else the first usual one that is a file, else memory.
pub(super) fn source(files: Vec<PathBuf>, is_file: impl Fn(&Path) -> bool) -> (Source, Choice) {
    if !files.is_empty() {
        return (Source::Files(files), Choice::Named);
    }
    match USUAL.into_iter().find(|name| is_file(Path::new(name))) {
        Some(name) => (Source::Files(vec![PathBuf::from(name)]), Choice::Found(name)),
        None => (Source::Memory, Choice::Memory),
    }
}

/// Whether requests are answered with themselves.
///
/// # Errors
/// Options that speak of data, which there is none of then.
pub(super) fn echo(args: &ServeArgs) -> Result<bool, ServeError> {
    let file = args.files.first().map(|file| format!("'{}' would never be served", file.display()));
    let odd = file.or_else(|| args.misplaced_in(Instead::Echo).map(|name| format!("--{name} has no place there")));
    match odd.filter(|_| args.echo) {
        Some(reason) => Err(ServeError::Usage(format!("--echo answers with the request and serves no file: {reason}"))),
        None => Ok(args.echo),
    }
}

/// The archive whose answers are to be given again, if the file is one.
///
/// # Errors
/// There are other files too, or options that speak of data.
pub(super) fn archive(args: &ServeArgs) -> Result<Option<PathBuf>, ServeError> {
    let is_archive = |path: &&PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("har"));
    let Some(path) = args.files.iter().find(is_archive) else { return Ok(None) };
    let shown = line(&path.to_string_lossy()).to_string();
    match args.misplaced_in(Instead::Archive) {
        _ if args.files.len() > 1 => Err(ServeError::Usage(format!("'{shown}' is an archive and is served alone"))),
        Some(name) => Err(ServeError::Usage(format!("--{name} has no place where an archive is served ('{shown}')"))),
        None => Ok(Some(path.clone())),
    }
}

/// How the data is to be treated.
pub(super) fn options(args: &ServeArgs) -> Result<Options, ServeError> {
    Ok(Options {
        keys: KeyRule { foreign: args.foreign_key_suffix.clone(), ..key_rule(&args.key)? },
        save: !args.no_save,
        read_only: args.read_only || args.encoding.is_some(),
        strict: args.strict,
        sync: match args.sync {
            SyncChoice::Each => SyncPolicy::Each,
            SyncChoice::Batch => SyncPolicy::Batch,
            SyncChoice::Off => SyncPolicy::Off,
        },
        types: match args.types {
            CellTypesChoice::Text => CellTypes::Text,
            CellTypesChoice::Auto => CellTypes::Auto,
        },
        create: args.create,
        encoding: args.encoding.as_deref().map(encoding_named).transpose()?,
    })
}

/// `--encoding`.
fn encoding_named(name: &str) -> Result<&'static encoding_rs::Encoding, ServeError> {
    let unknown = || {
        let reason = "expected the name of an encoding, as 'UTF-16LE', 'EUC-KR', 'Shift_JIS' or 'windows-1252'";
        ServeError::Usage(format!("--encoding '{name}': {reason}"))
    };
    crate::text::encoding::named(name).ok_or_else(unknown)
}

/// `--key NAME` and `--key COLLECTION=NAME`.
fn key_rule(values: &[String]) -> Result<KeyRule, ServeError> {
    let mut rule = KeyRule::default();
    for value in values {
        match value.split_once('=') {
            None if !value.is_empty() => rule.default = Some(value.clone()),
            Some((collection, name)) if !collection.is_empty() && !name.is_empty() => {
                rule.by_collection.push((collection.to_string(), name.to_string()));
            }
            _ => return Err(ServeError::Usage(format!("--key '{value}': expected NAME or COLLECTION=NAME"))),
        }
    }
    Ok(rule)
}

/// Who may use the API, and for what.
pub(super) fn settings(args: &ServeArgs) -> Result<Settings, ServeError> {
    let rules =
        |names: &[String]| names.iter().map(|name| read("--allow-host", name)).collect::<Result<Vec<HostRule>, _>>();
    let mut hosts = rules(&args.allow_host)?;
    // The name that the server is bound to is its own, if it is a name.
    hosts.extend(args.host.parse::<std::net::IpAddr>().is_err().then(|| args.host.parse()).and_then(Result::ok));
    let named = args.cors.iter().filter(|origin| *origin != "*");
    Ok(Settings {
        sites: Sites {
            hosts,
            origins: named.map(|origin| read("--cors", origin)).collect::<Result<Vec<Origin>, _>>()?,
            any_origin: args.cors.iter().any(|origin| origin == "*"),
        },
        read_only: args.read_only || args.encoding.is_some(),
        strict: args.strict,
        access: access(args)?,
        trace: args.trace,
        room: args.max_body.0,
        query_time: args.query_timeout.0,
        answer: args.max_pending.0 / 4,
    })
}

/// What requests must bear.
fn access(args: &ServeArgs) -> Result<Access, ServeError> {
    let opens_reads = args.access == AccessChoice::ReadsOpen;
    let access = Access { token: secret("--token", &args.token)?, basic: secret("--basic", &args.basic)?, opens_reads };
    if opens_reads && access.is_open() {
        let reason = "'--access reads:open' says what is left open: expected '--token' or '--basic', too";
        return Err(ServeError::Usage(reason.to_owned()));
    }
    Ok(access)
}

/// Reads a secret, which a failure does not repeat.
fn secret<T: FromStr<Err = &'static str>>(option: &str, value: &Option<String>) -> Result<Option<T>, ServeError> {
    let read = value.as_deref().map(str::parse).transpose();
    read.map_err(|expected| ServeError::Usage(format!("{option}: {expected}")))
}

/// Reads the value of an option.
fn read<T: FromStr<Err = String>>(option: &str, value: &str) -> Result<T, ServeError> {
    value.parse().map_err(|expected| ServeError::Usage(format!("{option} '{value}': {expected}")))
}

/// The colours of standard error.
pub(super) fn palette(args: &ServeArgs, terminal: &Terminal) -> Palette {
    Palette::choose(args.color.into(), terminal.error.is_terminal, terminal.setting())
}

/// Limits, threads, the log, the journal and the capture.
///
/// # Errors
/// The capture cannot be made.
pub(super) fn config(args: &ServeArgs, palette: Palette, terminal: &Terminal) -> Result<Config, ServeError> {
    let format = match args.log {
        LogChoice::None => None,
        LogChoice::Short => Some(LogFormat::Short),
        LogChoice::Common => Some(LogFormat::Common),
        LogChoice::Json => Some(LogFormat::Json),
    };
    let log = format.map(|format| LogConfig {
        format,
        writer: Box::new(terminal.error.share()),
        paint: palette.is_on().then_some(paint as Paint),
        echo_headers: args.echo_headers.then_some(if args.show_secrets { as_it_is } else { exchanges::masked }),
        is_timed: terminal.error.is_terminal,
    });
    let journal = (args.journal > 0).then(|| Arc::new(ExchangeJournal::new(args.journal)));
    let capture = pcap::capture(args, terminal)?;
    Ok(Config { log, journal, capture, ..Config::new(limits(args)) })
}

fn limits(args: &ServeArgs) -> Limits {
    Limits {
        head: args.max_head.0,
        target: args.max_target.0,
        fields: args.max_fields,
        body: args.max_body.0 as u64,
        pending: args.max_pending.0,
        connections: args.max_connections,
        head_time: args.head_timeout.0,
        body_time: args.body_timeout.0,
        idle_time: args.idle_timeout.0,
        write_time: args.write_timeout.0,
        ..Limits::USUAL
    }
}

/// A header section with all that is in it.
fn as_it_is(head: &[u8]) -> Cow<'_, [u8]> {
    Cow::Borrowed(head)
}

/// The colour of a status.
fn paint(status: StatusCode) -> (&'static str, &'static str) {
    Tone::of_status(status.as_u16()).marks()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Asked, Outside, parse};

    #[test]
    fn keys() {
        let rule = |values: &[&str]| key_rule(&values.iter().map(|v| v.to_string()).collect::<Vec<_>>());
        let found = rule(&["slug", "posts=name", "people=id=x"]).unwrap();
        assert_eq!(found.default.as_deref(), Some("slug"));
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        assert_eq!(found.by_collection, [pair("posts", "name"), pair("people", "id=x")]);
        for wrong in ["", "=x", "x="] {
            assert!(rule(&[wrong]).unwrap_err().to_string().contains("expected NAME"), "{wrong}");
        }
    }

    #[test]
    fn the_limits_of_options_that_are_not_given_are_the_usual_ones() {
        let mut read_file = |_: &Path| Err(String::new());
        let mut outside = Outside { read_file: &mut read_file, environment: &|_: &str| None };
        let Ok(Asked::Serve(args)) = parse(["httpkit", "serve"].map(Into::into), &mut outside) else {
            panic!("not read")
        };
        assert_eq!(limits(&args), Limits::USUAL);
    }

    #[test]
    fn the_usual_files_in_their_order() {
        let mut there: Vec<&str> = Vec::new();
        let choice = |there: &[&str]| source(Vec::new(), |path| there.iter().any(|name| path == Path::new(name))).1;
        assert_eq!(choice(&there), Choice::Memory);
        for name in ["db.json", "data.csv", "data.json"] {
            there.push(name);
            assert_eq!(choice(&there), Choice::Found(name));
        }
        assert_eq!(source(vec!["x".into()], |_| true).1, Choice::Named);
    }
}

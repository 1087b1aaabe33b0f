//! The arguments of `serve`.

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use bstr::BString;
use clap::builder::PathBufValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};

use super::definition::{Definition, Named, help_arg, named, names, number};
use super::quantities::{Size, Time};
use super::{DialectChoice, When};

/// What clap calls the files by.
const FILES: &str = "files";

/// Two lines and an example for each dialect.
const DIALECTS: &str = "\
Speak the protocol of one of the original systems instead of HTTP/1.1, one exchange per connection

names: a flat map of first and last names, queried by parameters. It is valid HTTP, but every answer is \
text as Python prints it.
    httpkit request --dialect names POST '127.0.0.1/?name=sangki&last_name=oh'

dialog: a JSON object of records under its file name, with LF line ends. A write is first answered with a \
300 that asks for one more line on the same connection.
    httpkit request --dialect dialog DELETE 127.0.0.1/students.json -d Chan_Jin

pairs: a flat map with POST /create and PUT /update; the URL travels in Host, and HEAD is answered with 100. \
The method END stops the server.
    httpkit request --dialect pairs POST 127.0.0.1/create -d 'ID: 7&Grade: A'

comma: neither HTTP nor data: 'METHOD,URL' is answered with one status text. --site names the site \
whose URLs are accepted.
    httpkit request --dialect comma --connect-to ::127.0.0.1:8080 GET test.com

banner: one record in a CSV file of one column; the server greets before it reads. Requests are those of \
pairs.
    httpkit request --dialect banner PUT 127.0.0.1/update -d name:lee";

/// What was typed after `httpkit serve`, and for what was not typed its default. (That of the type is what there is
/// before the defaults of the options are read.)
#[derive(Debug, Clone, Default)]
pub struct ServeArgs {
    /// `FILE`...
    pub files: Vec<PathBuf>,
    /// `--port`
    pub port: u16,
    /// `--host`
    pub host: String,
    /// `--create`
    pub create: bool,
    /// `--no-save`
    pub no_save: bool,
    /// `--read-only`
    pub read_only: bool,
    /// `--key`
    pub key: Vec<String>,
    /// `--foreign-key-suffix`
    pub foreign_key_suffix: Option<String>,
    /// `--encoding`
    pub encoding: Option<String>,
    /// `--types`
    pub types: CellTypesChoice,
    /// `--sync`
    pub sync: SyncChoice,
    /// `--dialect`
    pub dialect: DialectChoice,
    /// `--site`
    pub site: Option<String>,
    /// `--allow-host`
    pub allow_host: Vec<String>,
    /// `--cors`
    pub cors: Vec<String>,
    /// `--token`
    pub token: Option<String>,
    /// `--max-head`
    pub max_head: Size,
    /// `--max-target`
    pub max_target: Size,
    /// `--max-fields`
    pub max_fields: usize,
    /// `--max-body`
    pub max_body: Size,
    /// `--max-connections`
    pub max_connections: usize,
    /// `--head-timeout`
    pub head_timeout: Time,
    /// `--body-timeout`
    pub body_timeout: Time,
    /// `--idle-timeout`
    pub idle_timeout: Time,
    /// `--write-timeout`
    pub write_timeout: Time,
    /// `--query-timeout`
    pub query_timeout: Time,
    /// `--max-pending`
    pub max_pending: Size,
    /// `--log`
    pub log: LogChoice,
    /// `--echo-headers`
    pub echo_headers: bool,
    /// `--echo`
    pub echo: bool,
    /// `--pcap`
    pub pcap: Option<PathBuf>,
    /// `--max-pcap`
    pub max_pcap: Size,
    /// `--journal`
    pub journal: usize,
    /// `--show-secrets`
    pub show_secrets: bool,
    /// `--color`
    pub color: When,
}

type Row = Definition<ServeArgs>;

/// The options under the headings of the help.
static OPTIONS: [(Option<&str>, &[Row]); 7] = [
    (None, PLACE),
    (Some("Data"), DATA),
    (Some("Dialect"), DIALECT),
    (Some("Access"), ACCESS),
    (Some("Limits"), LIMITS),
    (Some("Log"), LOG),
    (Some("See the exchange"), SEE),
];

static PLACE: &[Row] = &[
    Row::value("port", "PORT", "Port to listen on; 0 picks a free one", |args, text| {
        set(&mut args.port, number(text, u16::MAX))
    })
    .on_screen("listen on this port")
    .letter('p')
    .default("8080")
    .hint(ValueHint::Other),
    Row::text("host", "HOST", "Address or host name to listen on", |args, text| args.host = text)
        .on_screen("on this address")
        .default("127.0.0.1")
        .hint(ValueHint::Hostname),
];

static DATA: &[Row] = &[
    Row::flag("create", "Create the file if it does not exist", |args| args.create = true)
        .on_screen("begin a new file"),
    Row::flag("no-save", "Keep changes in memory only", |args| args.no_save = true).on_screen("keep it in memory"),
    Row::flag("read-only", "Refuse every write", |args| args.read_only = true).on_screen("refuse to write"),
    Row::text(
        "key",
        "NAME",
        "Member or column that identifies a record (default: 'id'); COLLECTION=NAME sets it for one collection",
        |args, text| args.key.push(text),
    )
    .on_screen("column of the keys")
    .many()
    .hint(ValueHint::Other),
    Row::text(
        "foreign-key-suffix",
        "TEXT",
        "What follows a collection's singular in members that point at its records: 'Id' as in 'postId'",
        |args, text| args.foreign_key_suffix = Some(text),
    )
    .hint(ValueHint::Other),
    Row::text(
        "encoding",
        "NAME",
        "Read files that are not UTF-8, as 'EUC-KR' or 'UTF-16LE'; nothing is written to them",
        |args, text| args.encoding = Some(text),
    )
    .hint(ValueHint::Other),
    Row::value(
        "types",
        "HOW",
        "How CSV cells are shown: as strings, or with numbers, booleans and null inferred",
        |args, text| set(&mut args.types, named(text)),
    )
    .on_screen("infer types in CSV")
    .one_of(names::<CellTypesChoice>)
    .default("text"),
    Row::value(
        "sync",
        "WHEN",
        "When a write is answered: once it is on disk, shortly before, or without waiting for the disk",
        |args, text| set(&mut args.sync, named(text)),
    )
    .one_of(names::<SyncChoice>)
    .default("each"),
];

static DIALECT: &[Row] = &[
    Row::value("dialect", "NAME", "Speak the protocol of one of the original systems", |args, text| {
        set(&mut args.dialect, named(text))
    })
    .on_screen("speak a dialect")
    .told(names::<DialectChoice>, DIALECTS),
    Row::text("site", "NAME", "Site that the dialect 'comma' serves (default: test.com)", |args, text| {
        args.site = Some(text)
    })
    .hint(ValueHint::Hostname),
];

static ACCESS: &[Row] = &[
    Row::text(
        "allow-host",
        "NAME",
        "Also accept requests for this host name, NAME:PORT or *.NAME (always accepted: IP addresses and localhost)",
        |args, text| args.allow_host.push(text),
    )
    .many()
    .hint(ValueHint::Hostname),
    Row::text(
        "cors",
        "ORIGIN",
        "Allow web pages of this origin to read and write (always allowed: pages of this machine); '*' allows all",
        |args, text| args.cors.push(text),
    )
    .on_screen("allow other origins")
    .many()
    .hint(ValueHint::Url),
    Row::text("token", "TOKEN", "Require 'Authorization: Bearer TOKEN' in every request", |args, text| {
        args.token = Some(text)
    })
    .on_screen("ask for this token")
    .hint(ValueHint::Other),
];

static LIMITS: &[Row] = &[
    Row::value("max-head", "SIZE", "Maximum size of a request head", |args, text| {
        set(&mut args.max_head, text.parse())
    })
    .default("32k")
    .hint(ValueHint::Other),
    Row::value("max-target", "SIZE", "Maximum length of a request target", |args, text| {
        set(&mut args.max_target, text.parse())
    })
    .default("8k")
    .hint(ValueHint::Other),
    Row::value("max-fields", "COUNT", "Maximum number of field lines in a request", |args, text| {
        set(&mut args.max_fields, number(text, usize::MAX))
    })
    .default("100")
    .hint(ValueHint::Other),
    Row::value("max-body", "SIZE", "Maximum size of a request body", |args, text| {
        set(&mut args.max_body, text.parse())
    })
    .default("16m")
    .hint(ValueHint::Other),
    Row::value(
        "max-pending",
        "SIZE",
        "Maximum size of all request bodies that are still arriving, and of all answers made in memory that are still unread",
        |args, text| set(&mut args.max_pending, text.parse()),
    )
    .default("256m")
    .hint(ValueHint::Other),
    Row::value("max-connections", "COUNT", "Maximum number of open connections; further ones wait", |args, text| {
        set(&mut args.max_connections, number(text, usize::MAX))
    })
    .default("10000")
    .hint(ValueHint::Other),
    Row::value("head-timeout", "TIME", "Time within which a request head must arrive", |args, text| {
        set(&mut args.head_timeout, text.parse())
    })
    .default("10s")
    .hint(ValueHint::Other),
    Row::value("body-timeout", "TIME", "How long a request body may lag behind the minimum rate", |args, text| {
        set(&mut args.body_timeout, text.parse())
    })
    .default("10s")
    .hint(ValueHint::Other),
    Row::value("idle-timeout", "TIME", "How long a connection may be idle between requests", |args, text| {
        set(&mut args.idle_timeout, text.parse())
    })
    .default("60s")
    .hint(ValueHint::Other),
    Row::value("write-timeout", "TIME", "How long a client may leave its responses unread", |args, text| {
        set(&mut args.write_timeout, text.parse())
    })
    .default("30s")
    .hint(ValueHint::Other),
    Row::value("query-timeout", "TIME", "How long an answer may be worked on", |args, text| {
        set(&mut args.query_timeout, text.parse())
    })
    .default("30s")
    .hint(ValueHint::Other),
];

static LOG: &[Row] = &[
    Row::value("log", "FORMAT", "Format of the request log on standard error", |args, text| {
        set(&mut args.log, named(text))
    })
    .on_screen("how to log requests")
    .one_of(names::<LogChoice>)
    .default("common"),
    Row::flag("echo-headers", "Log the header sections of requests and responses", |args| args.echo_headers = true)
        .on_screen("log header sections"),
    Row::value("color", "WHEN", "When to use colors", |args, text| set(&mut args.color, named(text)))
        .one_of(names::<When>)
        .default("auto"),
];

static SEE: &[Row] = &[
    Row::flag(
        "echo",
        "Serve no file, but answer each request with the bytes that came, or as JSON if it accepts that; \
         '?_status=503', '?_delay=2s' and '?_header=NAME:VALUE' shape the answer",
        |args| args.echo = true,
    ),
    Row::value(
        "journal",
        "COUNT",
        "Keep the last exchanges, byte for byte, for GET /_/requests: this many, together 4 MiB, of each content the first \
         16 KiB; 0 keeps none. They are shown to clients on this machine, or with --token to those who bear it",
        |args, text| set(&mut args.journal, number(text, MOST_EXCHANGES)),
    )
    .default("100")
    .hint(ValueHint::Other),
    Row::path(
        "pcap",
        "FILE",
        "Capture what crosses the connections for Wireshark (pcapng), '-' for standard output; the URL then goes to \
         standard error",
        |args, path| args.pcap = Some(path),
    ),
    Row::value("max-pcap", "SIZE", "Maximum size of a capture, which ends there", |args, text| {
        set(&mut args.max_pcap, text.parse())
    })
    .default("1g")
    .hint(ValueHint::Other),
    Row::flag("show-secrets", "Show Authorization, Cookie and Set-Cookie in GET /_/requests", |args| {
        args.show_secrets = true
    }),
];

/// What `--journal` may keep.
const MOST_EXCHANGES: usize = 10_000;

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
        .help("JSON, JSON Lines, CSV or TSV files to serve, or a folder of them; one file is served at /, several at /NAME each");
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
    for option in OPTIONS.iter().flat_map(|(_, options)| options.iter()) {
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

/// Puts what was read in its place.
fn set<T>(place: &mut T, value: Result<T, String>) -> Result<(), String> {
    *place = value?;
    Ok(())
}

/// `--types`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellTypesChoice {
    /// Every cell is a string
    #[default]
    Text,
    /// Canonical numbers, true, false and empty cells are shown as JSON numbers, booleans and null
    Auto,
}

impl Named for CellTypesChoice {
    const NAMED: &'static [(CellTypesChoice, &'static str, &'static str)] = &[
        (CellTypesChoice::Text, "text", "Every cell is a string"),
        (
            CellTypesChoice::Auto,
            "auto",
            "Numbers, true and false, and empty cells are shown as JSON numbers, booleans and null",
        ),
    ];
}

/// `--sync`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SyncChoice {
    /// Every write is on the disk before it is answered
    #[default]
    Each,
    /// Writes are on the disk within a moment after they are answered
    Batch,
    /// The operating system decides
    Off,
}

impl Named for SyncChoice {
    const NAMED: &'static [(SyncChoice, &'static str, &'static str)] = &[
        (SyncChoice::Each, "each", "Every write is on disk before it is answered"),
        (SyncChoice::Batch, "batch", "Writes reach the disk within 0.1 s after they are answered"),
        (SyncChoice::Off, "off", "The operating system decides when writes reach the disk"),
    ];
}

/// `--log`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogChoice {
    /// No lines
    None,
    /// The common log format
    #[default]
    Common,
    /// A JSON object a line
    Json,
}

impl Named for LogChoice {
    const NAMED: &'static [(LogChoice, &'static str, &'static str)] = &[
        (LogChoice::None, "none", "No log"),
        (LogChoice::Common, "common", "The common log format"),
        (LogChoice::Json, "json", "One JSON object per line"),
    ];
}

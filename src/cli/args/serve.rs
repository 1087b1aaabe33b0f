//! The arguments of `serve`.

use std::path::PathBuf;

use clap::builder::PathBufValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};

use super::definition::{Definition, Named, named, names, number};
use super::quantities::{Size, Time};
use super::{DialectChoice, When};

/// What clap calls the files by.
const FILES: &str = "files";

/// Two lines and an example for each dialect.
const DIALECTS: &str = "\
Speak as one of the original systems did, instead of HTTP/1.1; one exchange a connection

names: a flat map of first and last names behind a query string. It is valid HTTP, but everything is text \
as Python prints it.
    httpkit request --dialect names POST '127.0.0.1/?name=sangki&last_name=oh'

dialog: a JSON object of records under its file name, with LF lines. A write is first answered with a 300 \
that asks for one line more on the same connection.
    httpkit request --dialect dialog DELETE 127.0.0.1/students.json -d Chan_Jin

pairs: a flat map with POST /create and PUT /update; the URL travels in Host, and HEAD is answered with 100. \
The method END ends the server.
    httpkit request --dialect pairs POST 127.0.0.1/create -d 'ID: 20182793&Grade: A'

comma: no HTTP at all, and no data: 'METHOD,URL' is answered with one status text. --site names the site \
whose URLs are right.
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
    /// `--log`
    pub log: LogChoice,
    /// `--echo-headers`
    pub echo_headers: bool,
    /// `--color`
    pub color: When,
}

type Row = Definition<ServeArgs>;

/// The options under the headings of the help.
static OPTIONS: [(Option<&str>, &[Row]); 6] = [
    (None, PLACE),
    (Some("Data"), DATA),
    (Some("Dialect"), DIALECT),
    (Some("Access"), ACCESS),
    (Some("Limits"), LIMITS),
    (Some("Log"), LOG),
];

static PLACE: &[Row] = &[
    Row::value("port", "PORT", "Listen on this port; 0 takes a free one", |args, text| {
        set(&mut args.port, number(text, u16::MAX))
    })
    .letter('p')
    .default("8080")
    .hint(ValueHint::Other),
    Row::text("host", "HOST", "Listen on this address or name", |args, text| args.host = text)
        .default("127.0.0.1")
        .hint(ValueHint::Hostname),
];

static DATA: &[Row] = &[
    Row::flag("create", "Make a named file that does not exist", |args| args.create = true),
    Row::flag("no-save", "Keep changes in memory only", |args| args.no_save = true),
    Row::flag("read-only", "Refuse every write", |args| args.read_only = true),
    Row::text(
        "key",
        "NAME",
        "Find records by this member or column instead of 'id'; COLLECTION=NAME for one collection",
        |args, text| args.key.push(text),
    )
    .many()
    .hint(ValueHint::Other),
    Row::value(
        "types",
        "HOW",
        "How CSV cells are shown: all as strings, or numbers, booleans and nothing as what they look like",
        |args, text| set(&mut args.types, named(text)),
    )
    .one_of(names::<CellTypesChoice>)
    .default("text"),
    Row::value(
        "sync",
        "WHEN",
        "What a write waits for: its own place on the disk, that of a batch, or nothing",
        |args, text| set(&mut args.sync, named(text)),
    )
    .one_of(names::<SyncChoice>)
    .default("each"),
];

static DIALECT: &[Row] = &[
    Row::value("dialect", "NAME", "Speak as one of the original systems did", |args, text| {
        set(&mut args.dialect, named(text))
    })
    .told(names::<DialectChoice>, DIALECTS),
    Row::text("site", "NAME", "The site whose URLs the dialect 'comma' knows, instead of test.com", |args, text| {
        args.site = Some(text)
    })
    .hint(ValueHint::Hostname),
];

static ACCESS: &[Row] = &[
    Row::text(
        "allow-host",
        "NAME",
        "Answer to this host name too, besides IP addresses and localhost",
        |args, text| args.allow_host.push(text),
    )
    .many()
    .hint(ValueHint::Hostname),
    Row::text(
        "cors",
        "ORIGIN",
        "Let pages of this origin read and write, besides those of this machine; '*' for all",
        |args, text| args.cors.push(text),
    )
    .many()
    .hint(ValueHint::Url),
    Row::text("token", "TOKEN", "Ask every request for 'Authorization: Bearer TOKEN'", |args, text| {
        args.token = Some(text)
    })
    .hint(ValueHint::Other),
];

static LIMITS: &[Row] = &[
    Row::value("max-head", "SIZE", "Most octets of a request's head", |args, text| {
        set(&mut args.max_head, text.parse())
    })
    .default("32k")
    .hint(ValueHint::Other),
    Row::value("max-target", "SIZE", "Most octets of a request target", |args, text| {
        set(&mut args.max_target, text.parse())
    })
    .default("8k")
    .hint(ValueHint::Other),
    Row::value("max-fields", "COUNT", "Most field lines of a request", |args, text| {
        set(&mut args.max_fields, number(text, usize::MAX))
    })
    .default("100")
    .hint(ValueHint::Other),
    Row::value("max-body", "SIZE", "Most octets of a request's body", |args, text| {
        set(&mut args.max_body, text.parse())
    })
    .default("16m")
    .hint(ValueHint::Other),
    Row::value("max-connections", "COUNT", "Most connections at once; further ones wait", |args, text| {
        set(&mut args.max_connections, number(text, usize::MAX))
    })
    .default("10000")
    .hint(ValueHint::Other),
    Row::value("head-timeout", "TIME", "Time for a request's head to arrive", |args, text| {
        set(&mut args.head_timeout, text.parse())
    })
    .default("10s")
    .hint(ValueHint::Other),
    Row::value(
        "body-timeout",
        "TIME",
        "Time that a request's body may fall behind a slow but steady pace",
        |args, text| set(&mut args.body_timeout, text.parse()),
    )
    .default("10s")
    .hint(ValueHint::Other),
    Row::value("idle-timeout", "TIME", "Time that a connection may be idle between requests", |args, text| {
        set(&mut args.idle_timeout, text.parse())
    })
    .default("60s")
    .hint(ValueHint::Other),
    Row::value("write-timeout", "TIME", "Time that a peer may leave its answers unread", |args, text| {
        set(&mut args.write_timeout, text.parse())
    })
    .default("30s")
    .hint(ValueHint::Other),
];

static LOG: &[Row] = &[
    Row::value("log", "FORMAT", "How each request is logged on standard error", |args, text| {
        set(&mut args.log, named(text))
    })
    .one_of(names::<LogChoice>)
    .default("common"),
    Row::flag("echo-headers", "Log the header section of each request and response", |args| args.echo_headers = true),
    Row::value("color", "WHEN", "When to use colours", |args, text| set(&mut args.color, named(text)))
        .one_of(names::<When>)
        .default("auto"),
];

/// The side `serve` as clap knows it.
pub(super) fn command() -> Command {
    let files = Arg::new(FILES)
        .value_name("FILE")
        .value_hint(ValueHint::AnyPath)
        .value_parser(PathBufValueParser::new())
        .num_args(1..)
        .action(ArgAction::Append)
        .help(
            "The JSON, CSV or TSV files to serve, or a folder of them; one file is the root, several are at /NAME each",
        );
    let options = OPTIONS.iter().flat_map(|(heading, options)| options.iter().map(|option| option.arg(*heading)));
    Command::new("serve")
        .about("Serve a JSON or CSV file as an HTTP API")
        .after_help(
            "Examples:\n\
               \x20 httpkit serve                         data.json, data.csv or db.json of this folder, else an object in memory\n\
               \x20 httpkit serve people.csv              GET /7, PATCH /7, DELETE /7, POST /\n\
               \x20 httpkit serve --create notes.json     begin a new file\n\
               \x20 httpkit serve posts.json users.csv    several files, at /posts and /users",
        )
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
                option.apply(&mut args, value.to_string_lossy().into_owned())?;
            }
        } else if matches.get_flag(option.long) {
            option.apply(&mut args, String::new())?;
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
            "Canonical numbers, true, false and empty cells are shown as JSON numbers, booleans and null",
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
        (SyncChoice::Each, "each", "Every write is on the disk before it is answered"),
        (SyncChoice::Batch, "batch", "Writes are on the disk within a moment after they are answered"),
        (SyncChoice::Off, "off", "The operating system decides"),
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
        (LogChoice::None, "none", "No lines"),
        (LogChoice::Common, "common", "The common log format"),
        (LogChoice::Json, "json", "A JSON object a line"),
    ];
}

//! The arguments of `serve`.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::{DialectChoice, When};

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

/// What may follow `httpkit serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  httpkit serve                         data.json, data.csv or db.json of this folder, else an object in memory
  httpkit serve people.csv              GET /7, PATCH /7, DELETE /7, POST /
  httpkit serve --create notes.json     begin a new file
  httpkit serve posts.json users.csv    several files, at /posts and /users")]
pub struct ServeArgs {
    /// The JSON, CSV or TSV files to serve, or a folder of them; one file is the root, several are at /NAME each
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,

    /// Listen on this port; 0 takes a free one
    #[arg(short, long, value_name = "PORT", default_value_t = 8080, value_hint = ValueHint::Other)]
    pub port: u16,
    /// Listen on this address or name
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1", value_hint = ValueHint::Hostname)]
    pub host: String,

    /// Make a named file that does not exist
    #[arg(long, help_heading = "Data")]
    pub create: bool,
    /// Keep changes in memory only
    #[arg(long, help_heading = "Data")]
    pub no_save: bool,
    /// Refuse every write
    #[arg(long, help_heading = "Data")]
    pub read_only: bool,
    /// Find records by this member or column instead of 'id'; COLLECTION=NAME for one collection
    #[arg(long, value_name = "NAME", help_heading = "Data", value_hint = ValueHint::Other)]
    pub key: Vec<String>,
    /// How CSV cells are shown: all as strings, or numbers, booleans and nothing as what they look like
    #[arg(long, value_name = "HOW", default_value = "text", help_heading = "Data")]
    pub types: CellTypesChoice,
    /// What a write waits for: its own place on the disk, that of a batch, or nothing
    #[arg(long, value_name = "WHEN", default_value = "each", help_heading = "Data")]
    pub sync: SyncChoice,

    /// Speak as one of the original systems did
    #[arg(
        long,
        value_name = "NAME",
        default_value = "http",
        hide_default_value = true,
        hide_possible_values = true,
        help_heading = "Dialect",
        long_help = DIALECTS
    )]
    pub dialect: DialectChoice,
    /// The site whose URLs the dialect 'comma' knows, instead of test.com
    #[arg(long, value_name = "NAME", help_heading = "Dialect", value_hint = ValueHint::Hostname)]
    pub site: Option<String>,

    /// Answer to this host name too, besides IP addresses and localhost
    #[arg(long, value_name = "NAME", help_heading = "Access", value_hint = ValueHint::Hostname)]
    pub allow_host: Vec<String>,
    /// Let pages of this origin read and write, besides those of this machine; '*' for all
    #[arg(long, value_name = "ORIGIN", help_heading = "Access", value_hint = ValueHint::Url)]
    pub cors: Vec<String>,

    /// Ask every request for 'Authorization: Bearer TOKEN'
    #[arg(long, value_name = "TOKEN", help_heading = "Access", value_hint = ValueHint::Other)]
    pub token: Option<String>,

    /// Most octets of a request's head
    #[arg(long, value_name = "SIZE", default_value = "32k", help_heading = "Limits", value_hint = ValueHint::Other)]
    pub max_head: Size,
    /// Most octets of a request target
    #[arg(long, value_name = "SIZE", default_value = "8k", help_heading = "Limits", value_hint = ValueHint::Other)]
    pub max_target: Size,
    /// Most field lines of a request
    #[arg(long, value_name = "COUNT", default_value_t = 100, help_heading = "Limits", value_hint = ValueHint::Other)]
    pub max_fields: usize,
    /// Most octets of a request's body
    #[arg(long, value_name = "SIZE", default_value = "16m", help_heading = "Limits", value_hint = ValueHint::Other)]
    pub max_body: Size,
    /// Most connections at once; further ones wait
    #[arg(long, value_name = "COUNT", default_value_t = 10_000, help_heading = "Limits", value_hint = ValueHint::Other)]
    pub max_connections: usize,
    /// Time for a request's head to arrive
    #[arg(long, value_name = "TIME", default_value = "10s", help_heading = "Limits", value_hint = ValueHint::Other)]
    pub head_timeout: Time,
    /// Time that a request's body may fall behind a slow but steady pace
    #[arg(long, value_name = "TIME", default_value = "10s", help_heading = "Limits", value_hint = ValueHint::Other)]
    pub body_timeout: Time,
    /// Time that a connection may be idle between requests
    #[arg(long, value_name = "TIME", default_value = "60s", help_heading = "Limits", value_hint = ValueHint::Other)]
    pub idle_timeout: Time,
    /// Time that a peer may leave its answers unread
    #[arg(long, value_name = "TIME", default_value = "30s", help_heading = "Limits", value_hint = ValueHint::Other)]
    pub write_timeout: Time,

    /// How each request is logged on standard error
    #[arg(long, value_name = "FORMAT", default_value = "common", help_heading = "Log")]
    pub log: LogChoice,
    /// Log the header section of each request and response
    #[arg(long, help_heading = "Log")]
    pub echo_headers: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Log")]
    pub color: When,
}

/// `--types`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CellTypesChoice {
    /// Every cell is a string
    Text,
    /// Canonical numbers, true, false and empty cells are shown as JSON numbers, booleans and null
    Auto,
}

/// `--sync`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SyncChoice {
    /// Every write is on the disk before it is answered
    Each,
    /// Writes are on the disk within a moment after they are answered
    Batch,
    /// The operating system decides
    Off,
}

/// `--log`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogChoice {
    /// No lines
    None,
    /// The common log format
    Common,
    /// A JSON object a line
    Json,
}

/// A number of octets: `100`, `32k`, `16m`, `1g` (powers of 1024).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub usize);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Size, String> {
        let lower = text.to_ascii_lowercase();
        let (digits, factor) = match lower.strip_suffix(['k', 'm', 'g']) {
            Some(digits) if lower.ends_with('k') => (digits, 1 << 10),
            Some(digits) if lower.ends_with('m') => (digits, 1 << 20),
            Some(digits) => (digits, 1 << 30),
            None => (&*lower, 1),
        };
        let number: Option<usize> = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
        number
            .and_then(|number| number.checked_mul(factor))
            .filter(|size| *size > 0)
            .map(Size)
            .ok_or_else(|| "expected a number of octets above 0, such as 4096, 32k or 16m".to_string())
    }
}

/// A length of time: `200ms`, `10s`, `5m`; a number alone is seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub Duration);

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Time, String> {
        let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
        let factor = match unit {
            "ms" => 0.001,
            "" | "s" => 1.0,
            "m" => 60.0,
            _ => f64::NAN,
        };
        number
            .parse::<f64>()
            .ok()
            .map(|number| number * factor)
            .filter(|seconds| *seconds > 0.0 && *seconds <= 1e6)
            .map(|seconds| Time(Duration::from_secs_f64(seconds)))
            .ok_or_else(|| "expected a time above 0, such as 200ms, 10s or 5m".to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times() {
        for (text, expected) in
            [("1", Some(1)), ("32k", Some(32 << 10)), ("16M", Some(16 << 20)), ("1g", Some(1 << 30))]
        {
            assert_eq!(text.parse::<Size>().ok().map(|size| size.0), expected, "{text}");
        }
        for text in ["", "k", "0", "-1", "1.5k", "1kb", "99999999999999999999", "99999999999g"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
        for (text, millis) in [("200ms", 200), ("10s", 10_000), ("2", 2000), ("1.5s", 1500), ("5m", 300_000)] {
            assert_eq!(text.parse::<Time>().ok().map(|time| time.0.as_millis()), Some(millis), "{text}");
        }
        for text in ["", "s", "0", "-1s", "10h", "1e30", "inf", "nan"] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
    }
}

//! The arguments of `request`: curl's options under curl's names, and a few of our own under long names.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// What may follow `httpkit request`.
#[derive(Debug, Clone, Args)]
#[command(
    override_usage = "httpkit request [METHOD] URL... [OPTIONS]",
    after_help = "Without METHOD: GET, or POST with data, PUT with -T, HEAD with -I.\n\
                  A URL without scheme is http://, and on this machine without port :8080, where 'httpkit serve' \
                  listens.\n':3000/x' and ':/x' mean this machine.",
    args_override_self = true,
    disable_help_flag = true
)]
pub struct RequestArgs {
    /// Print this help
    #[arg(short, long, action = clap::ArgAction::HelpShort, global = false)]
    help: Option<bool>,

    /// Method (if it is not the one that the options imply) and URL
    #[arg(value_name = "[METHOD] URL", value_hint = ValueHint::Url)]
    pub words: Vec<String>,

    /// Use this method
    #[arg(short = 'X', long, value_name = "METHOD", help_heading = "Request", value_parser = Names(METHODS), hide_possible_values = true)]
    pub request: Option<String>,
    /// Send this field; 'Name:' removes a default, 'Name;' sends it empty, '@file' reads lines
    #[arg(short = 'H', long, value_name = "LINE", help_heading = "Request", value_parser = Names(FIELDS), hide_possible_values = true)]
    pub header: Vec<String>,
    /// Send data, with POST; '@file' reads it, '@-' from standard input, line ends removed
    #[arg(short, long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub data: Vec<String>,
    /// The same
    #[arg(long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub data_ascii: Vec<String>,
    /// The same, '@' has no meaning
    #[arg(long, value_name = "DATA", help_heading = "Request")]
    pub data_raw: Vec<String>,
    /// The same, with '@file' as it is
    #[arg(long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub data_binary: Vec<String>,
    /// The same, percent-encoded: 'content', '=content', 'name=content', '@file', 'name@file'
    #[arg(long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub data_urlencode: Vec<String>,
    /// Send JSON, with POST, and ask for JSON
    #[arg(long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub json: Vec<String>,
    /// Put the data into the query of the URL instead
    #[arg(short = 'G', long, help_heading = "Request")]
    pub get: bool,
    /// Add to the query of the URL, percent-encoded as with --data-urlencode; '+text' as it is
    #[arg(long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub url_query: Vec<String>,
    /// Ask for the header section only, with HEAD
    #[arg(short = 'I', long, help_heading = "Request")]
    pub head: bool,
    /// Send this file, with PUT; '-' is standard input
    #[arg(short = 'T', long, value_name = "FILE", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub upload_file: Vec<String>,
    /// Name and password, for Basic authentication
    #[arg(short, long, value_name = "USER:PASSWORD", help_heading = "Request", value_hint = ValueHint::Username)]
    pub user: Option<String>,
    /// Send this User-Agent; '' sends none
    #[arg(short = 'A', long, value_name = "NAME", help_heading = "Request")]
    pub user_agent: Option<String>,
    /// Send this Referer; ';auto' behind it sets it when a redirect is followed
    #[arg(short = 'e', long, value_name = "URL", help_heading = "Request", value_hint = ValueHint::Url)]
    pub referer: Option<String>,
    /// Ask for these octets only
    #[arg(short, long, value_name = "RANGE", help_heading = "Request")]
    pub range: Option<String>,
    /// A URL, as if it stood alone
    #[arg(long, value_name = "URL", help_heading = "Request", value_hint = ValueHint::Url)]
    pub url: Vec<String>,
    /// Put this into the request line instead of the URL's path and query
    #[arg(long, value_name = "TARGET", help_heading = "Request")]
    pub request_target: Option<String>,
    /// Keep /../ and /./ in the path
    #[arg(long, help_heading = "Request")]
    pub path_as_is: bool,
    /// Speak HTTP/1.0
    #[arg(short = '0', long = "http1.0", help_heading = "Request")]
    pub http1_0: bool,
    /// Speak HTTP/1.1
    #[arg(long = "http1.1", help_heading = "Request")]
    pub http1_1: bool,
    /// Take a response without a header section
    #[arg(long = "http0.9", help_heading = "Request")]
    pub http0_9: bool,
    /// Speak to one of the original systems
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Request",
        value_enum,
        default_value = "http",
        hide_default_value = true
    )]
    pub dialect: super::DialectChoice,
    /// Print the request as it would be sent, and send nothing
    #[arg(long, alias = "offline", help_heading = "Request")]
    pub dry_run: bool,

    /// Put the response's header section before the content
    #[arg(short, long, alias = "show-headers", help_heading = "Response")]
    pub include: bool,
    /// Print the header sections of request and response around the content
    #[arg(long, help_heading = "Response")]
    pub echo_headers: bool,
    /// Say what goes out ('>') and comes in ('<') on standard error
    #[arg(short, long, help_heading = "Response")]
    pub verbose: bool,
    /// Fail, with status 22 and without content, on 400 and above
    #[arg(short, long, help_heading = "Response")]
    pub fail: bool,
    /// Fail, with status 22, on 400 and above, and print the content all the same
    #[arg(long, help_heading = "Response", conflicts_with = "fail")]
    pub fail_with_body: bool,
    /// Hand out the message body with its chunk framing
    #[arg(long, help_heading = "Response")]
    pub raw: bool,

    /// Write the content to this file; '-' is standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output", value_hint = ValueHint::FilePath)]
    pub output: Vec<PathBuf>,
    /// Print this at the end, with %{variables}: http_code, time_total, size_download, ...
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output")]
    pub write_out: Option<String>,
    /// Say nothing of failures and progress
    #[arg(short, long, help_heading = "Output")]
    pub silent: bool,
    /// Say failures even with -s
    #[arg(short = 'S', long, help_heading = "Output")]
    pub show_error: bool,
    /// Show no progress bar
    #[arg(long, help_heading = "Output")]
    pub no_progress_meter: bool,
    /// Write each piece at once (always so)
    #[arg(short = 'N', long, help_heading = "Output")]
    pub no_buffer: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", help_heading = "Output", value_enum)]
    pub color: Option<When>,
    /// What to do for the eye: indent and colour JSON
    #[arg(long, value_name = "HOW", help_heading = "Output", value_enum)]
    pub pretty: Option<Pretty>,
    /// Show passwords and cookies on a terminal
    #[arg(long, help_heading = "Output")]
    pub show_secrets: bool,
    /// Print control characters and binary content on a terminal as they are
    #[arg(long, help_heading = "Output")]
    pub raw_terminal: bool,

    /// Follow redirects
    #[arg(short = 'L', long, help_heading = "Connection")]
    pub location: bool,
    /// Follow redirects, and send secrets to other origins too
    #[arg(long, help_heading = "Connection")]
    pub location_trusted: bool,
    /// Follow at most so many redirects; -1 is without end
    #[arg(long, value_name = "NUMBER", help_heading = "Connection", allow_negative_numbers = true)]
    pub max_redirs: Option<i64>,
    /// Keep POST on 301
    #[arg(long, help_heading = "Connection")]
    pub post301: bool,
    /// Keep POST on 302
    #[arg(long, help_heading = "Connection")]
    pub post302: bool,
    /// Keep POST on 303
    #[arg(long, help_heading = "Connection")]
    pub post303: bool,
    /// The most time for the whole transfer
    #[arg(short, long, value_name = "SECONDS", help_heading = "Connection", value_parser = seconds)]
    pub max_time: Option<std::time::Duration>,
    /// The most time until a connection stands
    #[arg(long, value_name = "SECONDS", help_heading = "Connection", value_parser = seconds)]
    pub connect_timeout: Option<std::time::Duration>,
    /// How long content waits for '100 Continue'
    #[arg(long = "expect100-timeout", value_name = "SECONDS", help_heading = "Connection", value_parser = seconds)]
    pub expect100_timeout: Option<std::time::Duration>,
    /// Use these addresses for a host and port
    #[arg(long, value_name = "HOST:PORT:ADDRESS", help_heading = "Connection")]
    pub resolve: Vec<String>,
    /// Connect to another host and port
    #[arg(long, value_name = "HOST1:PORT1:HOST2:PORT2", help_heading = "Connection")]
    pub connect_to: Vec<String>,
    /// Connect to this socket file
    #[arg(long, value_name = "FILE", help_heading = "Connection", value_hint = ValueHint::FilePath)]
    pub unix_socket: Option<PathBuf>,
    /// Use IPv4 addresses only
    #[arg(short = '4', long, help_heading = "Connection", overrides_with = "ipv6")]
    pub ipv4: bool,
    /// Use IPv6 addresses only
    #[arg(short = '6', long, help_heading = "Connection", overrides_with = "ipv4")]
    pub ipv6: bool,
    /// Connect from this address
    #[arg(long, value_name = "ADDRESS", help_heading = "Connection")]
    pub interface: Option<std::net::IpAddr>,
    /// Take any certificate
    #[arg(short = 'k', long, help_heading = "Connection")]
    pub insecure: bool,

    /// Data in the order in which it was typed, whatever option it came with.
    #[arg(skip)]
    pub parts: Vec<DataPart>,
    /// Words and `--url` values in the order in which they were typed.
    #[arg(skip)]
    pub targets: Vec<Word>,
}

/// A word that is no option, or what `--url` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// A method or a URL.
    Plain(String),
    /// A URL.
    Url(String),
}

/// Data as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPart {
    /// The option.
    pub kind: DataKind,
    /// Its value.
    pub value: String,
}

/// The options that give data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataKind {
    /// `-d`, `--data-ascii`
    Data,
    /// `--data-raw`
    Raw,
    /// `--data-binary`
    Binary,
    /// `--data-urlencode`
    Encoded,
    /// `--json`
    Json,
}

/// The identifiers of the arguments that give data.
pub(super) const DATA: [(&str, DataKind); 6] = [
    ("data", DataKind::Data),
    ("data_ascii", DataKind::Data),
    ("data_raw", DataKind::Raw),
    ("data_binary", DataKind::Binary),
    ("data_urlencode", DataKind::Encoded),
    ("json", DataKind::Json),
];

/// `--color`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `--pretty`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Pretty {
    /// Colours and indentation
    All,
    /// Colours only
    Colors,
    /// Indentation only
    Format,
    /// Neither
    None,
}

/// The methods that people use (RFC 9110 9.3, RFC 5789).
pub const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// The fields that people send, with their colon.
pub const FIELDS: &[&str] = &[
    "Accept:",
    "Accept-Encoding:",
    "Accept-Language:",
    "Authorization:",
    "Cache-Control:",
    "Connection:",
    "Content-Encoding:",
    "Content-Language:",
    "Content-Type:",
    "Cookie:",
    "Expect:",
    "Host:",
    "If-Match:",
    "If-Modified-Since:",
    "If-None-Match:",
    "If-Range:",
    "If-Unmodified-Since:",
    "Origin:",
    "Prefer:",
    "Range:",
    "Referer:",
    "Transfer-Encoding:",
    "User-Agent:",
    "X-Forwarded-For:",
    "X-Requested-With:",
];

/// Takes any text, and offers these names to the completion of a shell.
#[derive(Debug, Clone, Copy)]
struct Names(&'static [&'static str]);

impl clap::builder::TypedValueParser for Names {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        clap::builder::StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = clap::builder::PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(|name| clap::builder::PossibleValue::new(*name))))
    }
}

/// Seconds with a fraction, as curl takes them.
fn seconds(text: &str) -> Result<std::time::Duration, String> {
    let wrong = || format!("'{text}' is no number of seconds");
    let number: f64 = text.parse().map_err(|_| wrong())?;
    std::time::Duration::try_from_secs_f64(number).map_err(|_| wrong())
}

//! What values of `request`'s arguments are, and how they are read.

use clap::ValueEnum;

use crate::print::Choice;

/// `--print`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// `H`
    pub request_head: bool,
    /// `B`
    pub request_content: bool,
    /// `h`
    pub head: bool,
    /// `b`
    pub content: bool,
    /// `m`
    pub meta: bool,
}

impl Parts {
    pub(super) fn read(text: &str) -> Result<Parts, String> {
        match text.chars().find(|letter| !"HBhbm".contains(*letter)) {
            Some(letter) => Err(format!("'{letter}' is no part, expected letters of HBhbm")),
            None => Ok(Parts {
                request_head: text.contains('H'),
                request_content: text.contains('B'),
                head: text.contains('h'),
                content: text.contains('b'),
                meta: text.contains('m'),
            }),
        }
    }
}

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

impl From<When> for Choice {
    fn from(when: When) -> Choice {
        match when {
            When::Auto => Choice::Auto,
            When::Always => Choice::Always,
            When::Never => Choice::Never,
        }
    }
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
pub(super) struct Names(pub(super) &'static [&'static str]);

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
pub(super) fn seconds(text: &str) -> Result<std::time::Duration, String> {
    let wrong = || format!("'{text}' is no number of seconds");
    let number: f64 = text.parse().map_err(|_| wrong())?;
    std::time::Duration::try_from_secs_f64(number).map_err(|_| wrong())
}

/// A number of octets; k, M, G or T may follow, in steps of 1024.
pub(super) fn octets(text: &str) -> Result<u64, String> {
    let wrong = || format!("'{text}' is no number of octets");
    let digits = text.trim_end_matches(|last: char| last.is_ascii_alphabetic());
    let power = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(1 << (10 * power)).ok_or_else(wrong)
}

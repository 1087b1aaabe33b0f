//! What values of `request`'s arguments are, and how they are read.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use super::definition::Named;
use crate::print::Choice;

/// `--wire`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WireWish {
    /// Shows contents to their ends.
    pub all: bool,
}

/// `--as`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// A command for curl
    Curl,
    /// A command for httpkit
    Httpkit,
    /// A command for HTTPie
    Httpie,
    /// A program in Python, with requests
    Python,
    /// A module in JavaScript, with fetch
    JavaScript,
    /// A .http file, as editors run them
    Http,
}

impl Named for Tool {
    const NAMED: &'static [(Tool, &'static str, &'static str)] = &[
        (Tool::Curl, "curl", "A command for curl"),
        (Tool::Httpkit, "httpkit", "A command for httpkit"),
        (Tool::Httpie, "httpie", "A command for HTTPie"),
        (Tool::Python, "python", "A program in Python, with requests"),
        (Tool::JavaScript, "javascript", "A module in JavaScript, with fetch"),
        (Tool::Http, "http", "A .http file, as editors run them"),
    ];
}

/// `--timing`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimingWish {
    /// For people.
    Rows,
    /// For programs.
    Json,
}

/// `--print`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
            Some(letter) => Err(format!("'{letter}' is no part; expected letters of HBhbm")),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum When {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Named for When {
    const NAMED: &'static [(When, &'static str, &'static str)] =
        &[(When::Auto, "auto", "On a terminal"), (When::Always, "always", "Always"), (When::Never, "never", "Never")];
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pretty {
    /// Colors and indentation
    All,
    /// Colors only
    Colors,
    /// Indentation only
    Format,
    /// Neither
    None,
}

impl Named for Pretty {
    const NAMED: &'static [(Pretty, &'static str, &'static str)] = &[
        (Pretty::All, "all", "Colors and indentation"),
        (Pretty::Colors, "colors", "Colors only"),
        (Pretty::Format, "format", "Indentation only"),
        (Pretty::None, "none", "Neither"),
    ];
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

/// The least time between two starts: `N`, `N/UNIT` or `N/COUNT UNIT`, by the hour if no unit is said.
pub(super) fn pace(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a number of transfers and a unit, such as 10/m or 5/15s".to_owned();
    let (count, unit) = text.split_once('/').unwrap_or((text, "h"));
    let digits = unit.bytes().take_while(u8::is_ascii_digit).count();
    let seconds: u64 = match &unit[digits..] {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let units: u64 = if digits == 0 { 1 } else { unit[..digits].parse().map_err(|_| wrong())? };
    let count: u64 = count.parse().ok().filter(|count| *count > 0).ok_or_else(wrong)?;
    let milliseconds = units.checked_mul(seconds * 1000).filter(|_| units > 0).ok_or_else(wrong)?;
    Ok(Duration::from_millis(milliseconds / count))
}

/// Seconds with a fraction, as curl takes them, and no more than curl can count in milliseconds.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    const MOST: u64 = i64::MAX as u64 / 1000;
    let read = text.parse().ok().and_then(|number| Duration::try_from_secs_f64(number).ok());
    read.filter(|time| time.as_secs() < MOST).ok_or_else(|| "expected a number of seconds, such as 2 or 0.5".to_owned())
}

/// A number of bytes; k, M, G or T may follow, in steps of 1024.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || "expected a size in bytes, such as 4096, 32k or 16M".to_owned();
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
/// The file in `FILE:PASSWORD` (curl(1) `-E`); `\:` is a colon of the name, `\\` a backslash. The password goes nowhere, not
/// even into a message.
pub(super) fn without_password(typed: &Path) -> PathBuf {
    let (mut name, mut bytes) = (Vec::new(), typed.as_os_str().as_bytes().iter());
    while let Some(byte) = bytes.next() {
        match byte {
            b':' => break,
            b'\\' => match bytes.as_slice().first() {
                Some(escaped @ (b':' | b'\\')) => {
                    name.push(*escaped);
                    bytes.next();
                }
                _ => name.push(b'\\'),
            },
            other => name.push(*other),
        }
    }
    PathBuf::from(OsString::from_vec(name))
}

/// A URL holds no bytes that are not UTF-8: they are percent-encoded (RFC 3986 2.5).
pub fn url_text(typed: &[u8]) -> String {
    let encoded = |bytes| percent_encode(bytes, NON_ALPHANUMERIC).to_string();
    typed.utf8_chunks().flat_map(|chunk| [chunk.valid().to_owned(), encoded(chunk.invalid())]).collect()
}

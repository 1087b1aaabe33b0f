//! `--dialect`, on both sides.

use clap::ValueEnum;

/// What is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum DialectChoice {
    /// HTTP/1.1
    #[default]
    Http,
    /// A dictionary of names behind a query string
    Names,
    /// Records under a file name; asks back with a 300 before it writes
    Dialog,
    /// A key-value store with /create and /update; the URL travels in Host
    Pairs,
    /// 'METHOD,URL' is answered with one status text
    Comma,
    /// One record in a CSV file; the server greets
    Banner,
}

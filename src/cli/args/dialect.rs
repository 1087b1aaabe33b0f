//! `--dialect`, on both sides.

use super::definition::Named;

/// What is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

impl Named for DialectChoice {
    const NAMED: &'static [(DialectChoice, &'static str, &'static str)] = &[
        (DialectChoice::Http, "http", "HTTP/1.1"),
        (DialectChoice::Names, "names", "A dictionary of names behind a query string"),
        (DialectChoice::Dialog, "dialog", "Records under a file name; asks back with a 300 before it writes"),
        (DialectChoice::Pairs, "pairs", "A key-value store with /create and /update; the URL travels in Host"),
        (DialectChoice::Comma, "comma", "'METHOD,URL' is answered with one status text"),
        (DialectChoice::Banner, "banner", "One record in a CSV file; the server greets"),
    ];
}

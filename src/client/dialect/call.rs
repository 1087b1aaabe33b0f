//! What is asked in a dialect, and what is said there.

use super::url::Url;

/// An original system that is not spoken as HTTP/1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `students.json`, with a 300 before a write.
    Dialog,
    /// The key-value store; the URL travels in `Host`.
    Pairs,
    /// `METHOD,URL`.
    Comma,
    /// One record, after a greeting.
    Banner,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The method as typed.
    pub method: &'a str,
    /// Where it goes.
    pub url: &'a Url,
    /// The data, empty if there is none.
    pub data: &'a [u8],
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The head, or all there is.
    pub head: Vec<u8>,
    /// The content.
    pub content: Vec<u8>,
    /// The end of the message is the end of what is sent.
    pub is_last: bool,
}

/// How far an answer has come. Originals leave connections open, and two of them declare a length that is wrong: only a
/// silence tells that nothing more comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// More must come.
    Partial,
    /// It may be whole: the end of the input or a short silence says so.
    Settled,
}

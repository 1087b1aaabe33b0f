//! What `serve` may do in place of serving data over HTTP; some options have no place there.

/// What is done instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// `--echo`: requests are answered with themselves.
    Echo,
    /// The answers of a HAR file are given again.
    Archive,
    /// `--dialect`: one of the original systems is played.
    Dialect,
}

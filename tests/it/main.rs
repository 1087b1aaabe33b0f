//! The tests: one binary, a module a subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

//! The tests: one binary, a module a subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod access;
mod api;
mod browser;
mod ci;
mod dialect_client;
mod dialect_python;
mod dialect_serve;
mod dialect_tables;
mod durability;
mod explain;
mod files;
mod fresh;
mod generated;
mod hand_edits;
mod hostile;
#[allow(dead_code, reason = "a shared kit: not every build of the tests uses every tool in it")]
mod kit;
mod manual;
mod peers;
mod react_admin;
mod readme;
mod recorder;
mod remark;
mod request;
mod request_exit;
mod request_features;
mod request_hostile;
mod request_like_curl;
mod request_pace;
mod request_parallel;
mod request_pty;
mod request_redirect;
mod request_terminal;
mod request_tls;
mod request_trace;
mod request_variables;
mod rooms;
mod rules;
mod screen;
mod serve_pty;
mod server;
mod shells;
mod store;
mod story;
mod suffixes;

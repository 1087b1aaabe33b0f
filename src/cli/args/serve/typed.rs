//! What can be typed after `httpkit serve`.

use std::path::PathBuf;

use super::choices::{AccessChoice, CellTypesChoice, LogChoice, SyncChoice};
use crate::cli::args::definition::Definition;
use crate::cli::args::instead::Instead;
use crate::cli::args::quantities::{Size, Time, TimeRange};
use crate::cli::args::{DialectChoice, When};

/// What was typed after `httpkit serve`, and for what was not typed its default. (That of the type is what there is
/// before the defaults of the options are read.)
#[derive(Debug, Clone, Default)]
pub struct ServeArgs {
    /// The options that were given, and where each of them has no place.
    pub given: Vec<(&'static str, &'static [Instead])>,
    /// `FILE`...
    pub files: Vec<PathBuf>,
    /// `--port`
    pub port: u16,
    /// `--host`
    pub host: String,
    /// `--open`
    pub open: bool,
    /// `--create`
    pub create: bool,
    /// `--no-save`
    pub no_save: bool,
    /// `--read-only`
    pub read_only: bool,
    /// `--strict`
    pub strict: bool,
    /// `--key`
    pub key: Vec<String>,
    /// `--foreign-key-suffix`
    pub foreign_key_suffix: Option<String>,
    /// `--encoding`
    pub encoding: Option<String>,
    /// `--types`
    pub types: CellTypesChoice,
    /// `--sync`
    pub sync: SyncChoice,
    /// `--dialect`
    pub dialect: DialectChoice,
    /// `--site`
    pub site: Option<String>,
    /// `--allow-host`
    pub allow_host: Vec<String>,
    /// `--cors`
    pub cors: Vec<String>,
    /// `--token`
    pub token: Option<String>,
    /// `--basic`
    pub basic: Option<String>,
    /// `--access`
    pub access: AccessChoice,
    /// `--static`
    pub folder: Option<PathBuf>,
    /// `--spa`
    pub spa: bool,
    /// `--trace`
    pub trace: bool,
    /// `--max-head`
    pub max_head: Size,
    /// `--max-target`
    pub max_target: Size,
    /// `--max-fields`, in lines
    pub max_fields: usize,
    /// `--max-body`
    pub max_body: Size,
    /// `--max-connections`
    pub max_connections: usize,
    /// `--head-timeout`
    pub head_timeout: Time,
    /// `--body-timeout`
    pub body_timeout: Time,
    /// `--idle-timeout`
    pub idle_timeout: Time,
    /// `--write-timeout`
    pub write_timeout: Time,
    /// `--query-timeout`
    pub query_timeout: Time,
    /// `--max-pending`
    pub max_pending: Size,
    /// `--log`
    pub log: LogChoice,
    /// `--echo-headers`
    pub echo_headers: bool,
    /// `--echo`
    pub echo: bool,
    /// `--pcap`
    pub pcap: Option<PathBuf>,
    /// `--max-pcap`
    pub max_pcap: Size,
    /// `--journal`, in exchanges, 0 to 10,000
    pub journal: usize,
    /// `--show-secrets`
    pub show_secrets: bool,
    /// `--delay`
    pub delay: Option<TimeRange>,
    /// `--fault`
    pub fault: Vec<String>,
    /// `--fail`
    pub fail: Vec<String>,
    /// `--seed`; any number
    pub seed: Option<u64>,
    /// `--color`
    pub color: When,
}

impl ServeArgs {
    /// Whether an option was given, and not only to say what holds anyway.
    pub fn is_given(&self, long: &str) -> bool {
        self.given.iter().any(|(name, _)| *name == long)
    }

    /// The first option that was given and has no place there, without its dashes.
    pub fn misplaced_in(&self, instead: Instead) -> Option<&'static str> {
        self.given.iter().find(|(_, where_not)| where_not.contains(&instead)).map(|(name, _)| *name)
    }
}

/// Names, help and effect of an option.
pub(super) type Row = Definition<ServeArgs>;

/// Puts what was read in its place.
pub(super) fn set<T>(place: &mut T, value: Result<T, String>) -> Result<(), String> {
    *place = value?;
    Ok(())
}

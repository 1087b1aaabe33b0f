//! The options of `serve` that have a few values.

use crate::cli::args::definition::Named;

/// `--types`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellTypesChoice {
    /// Every cell is a string
    #[default]
    Text,
    /// Canonical numbers, true, false and empty cells are shown as JSON numbers, booleans and null
    Auto,
}

impl Named for CellTypesChoice {
    const NAMED: &'static [(CellTypesChoice, &'static str, &'static str)] = &[
        (CellTypesChoice::Text, "text", "Every cell is a string"),
        (
            CellTypesChoice::Auto,
            "auto",
            "Numbers, true and false, and empty cells are shown as JSON numbers, booleans and null",
        ),
    ];
}

/// `--access`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AccessChoice {
    /// Every request bears the credentials
    #[default]
    All,
    /// Only what changes something does
    ReadsOpen,
}

impl Named for AccessChoice {
    const NAMED: &'static [(AccessChoice, &'static str, &'static str)] = &[
        (AccessChoice::All, "all", "Every request needs the token or password"),
        (AccessChoice::ReadsOpen, "reads:open", "Reading is open to everybody"),
    ];
}

/// `--sync`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SyncChoice {
    /// Every write is on the disk before it is answered
    #[default]
    Each,
    /// Writes are on the disk within a moment after they are answered
    Batch,
    /// The operating system decides
    Off,
}

impl Named for SyncChoice {
    const NAMED: &'static [(SyncChoice, &'static str, &'static str)] = &[
        (SyncChoice::Each, "each", "Every write is on disk before it is answered"),
        (SyncChoice::Batch, "batch", "Writes reach the disk within 0.1 s after they are answered"),
        (SyncChoice::Off, "off", "The operating system decides when writes reach the disk"),
    ];
}

/// `--log`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogChoice {
    /// No lines
    None,
    /// A short line for people
    #[default]
    Short,
    /// The common log format
    Common,
    /// A JSON object a line
    Json,
}

impl Named for LogChoice {
    const NAMED: &'static [(LogChoice, &'static str, &'static str)] = &[
        (LogChoice::None, "none", "No log"),
        (LogChoice::Short, "short", "A line for people, on a terminal with the time taken"),
        (LogChoice::Common, "common", "The common log format, for programs that read logs"),
        (LogChoice::Json, "json", "One JSON object per line"),
    ];
}

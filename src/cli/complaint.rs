//! What is wrong with a command line, in one line.

use std::error::Error;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What clap found, in our words: what is wrong, what was expected, what may have been meant. Ends without a line end.
pub(super) fn complaint(error: &clap::Error) -> String {
    // What was refused here has its words, and nothing else.
    if error.context().next().is_none() {
        return first_line(error);
    }
    let what = match error.kind() {
        ErrorKind::UnknownArgument => format!("there is no option {}", quoted(error, ContextKind::InvalidArg)),
        ErrorKind::InvalidSubcommand if error.get(ContextKind::InvalidSubcommand).is_some() => {
            format!("there is no command {}", quoted(error, ContextKind::InvalidSubcommand))
        }
        ErrorKind::ArgumentConflict => return conflict(error),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if error.get(ContextKind::InvalidArg).is_some() => {
            return value(error);
        }
        _ => return first_line(error),
    };
    match meant(error) {
        Some(name) => format!("{what}, did you mean '{name}'?"),
        None => format!("{what}; try --help"),
    }
}

/// What cannot stand beside what: most of the time an option beside itself.
fn conflict(error: &clap::Error) -> String {
    let prior = quoted(error, ContextKind::PriorArg);
    let (option, command) = (ContextKind::InvalidArg, ContextKind::InvalidSubcommand);
    let late = quoted(error, if error.get(option).is_some() { option } else { command });
    match late == prior {
        true => format!("{prior} is given twice"),
        false => format!("{late} cannot stand beside {prior}"),
    }
}

/// What is wrong with the value of an option.
fn value(error: &clap::Error) -> String {
    let option = quoted(error, ContextKind::InvalidArg);
    let expected = match (error.get(ContextKind::ValidValue), error.source()) {
        (Some(ContextValue::Strings(values)), _) if !values.is_empty() => {
            format!("expected one of: {}", values.join(", "))
        }
        (_, Some(what)) => what.to_string(),
        _ => String::new(),
    };
    let what = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(typed)) if !typed.is_empty() => format!("{option} cannot be '{typed}'"),
        _ => format!("{option} has no value"),
    };
    let hint = meant(error).map(|name| format!("; did you mean '{name}'?")).unwrap_or_default();
    match expected.is_empty() {
        true => what,
        false => format!("{what}: {expected}{hint}"),
    }
}

/// The name that clap finds the most alike.
fn meant(error: &clap::Error) -> Option<&str> {
    let kinds = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    kinds.into_iter().find_map(|kind| match error.get(kind)? {
        ContextValue::String(name) => Some(name.as_str()),
        ContextValue::Strings(names) => names.first().map(String::as_str),
        _ => None,
    })
}

fn quoted(error: &clap::Error, kind: ContextKind) -> String {
    error.get(kind).map(|name| format!("'{name}'")).unwrap_or_default()
}

/// What was said here, or what clap says and we have no words for.
fn first_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    text.trim_start_matches("error: ").lines().next().unwrap_or_default().trim_end().to_owned()
}

//! `--delay`, `--fault` and `--fail`: answers that come late, wrong or not at all, for whoever tests clients.
//!
//! What was typed becomes plain data ([`rule`], read by [`grammar`]); what happens to a request follows from that, the
//! request and how many came before it ([`decision`]); and [`service`] says it to the server.

mod decision;
mod grammar;
mod rule;
mod service;

pub(super) use decision::Faults;
pub(super) use service::Faulty;

use std::hash::{BuildHasher, RandomState};

use super::error::ServeError;
use crate::cli::args::ServeArgs;
use crate::print::line;

/// What is to go wrong, if anything.
///
/// # Errors
/// A mistake in one of them, with its place.
pub(super) fn faults(args: &ServeArgs) -> Result<Option<Faults>, ServeError> {
    let mistaken = |option: &str, text: &str, mistake: grammar::Mistake| {
        ServeError::Usage(format!("{option} '{}', column {}: {}", line(text), mistake.column, mistake.reason))
    };
    let mut rules = Vec::new();
    for text in &args.fault {
        rules.push(grammar::rule(text).map_err(|mistake| mistaken("--fault", text, mistake))?);
    }
    for text in &args.fail {
        rules.push(grammar::failure(text).map_err(|mistake| mistaken("--fail", text, mistake))?);
    }
    if rules.is_empty() && args.delay.is_none() {
        if args.seed.is_some() {
            let reason =
                "'--seed' makes the chance of '--fault', '--fail' or '--delay' repeatable: expected one of them, too";
            return Err(ServeError::Usage(reason.to_owned()));
        }
        return Ok(None);
    }
    // Each `RandomState` has keys of its own.
    let seed = args.seed.unwrap_or_else(|| RandomState::new().hash_one(0_u8));
    Ok(Some(Faults { rules, delay: args.delay, seed, is_drawn: args.seed.is_none() }))
}

//! Which of the original dialects is spoken, and which options have no place in it.

use super::target;
use crate::cli::args::{DialectChoice, RequestArgs};
use crate::client::dialect::{Dialect, Url};
use crate::client::{Error, Kind, TargetUri};

/// What is spoken if it is not HTTP; `names` is.
///
/// # Errors
/// `Kind::Usage` for options that say something about HTTP, for which a dialect has no place.
pub(crate) fn of(args: &RequestArgs) -> Result<Option<Dialect>, Error> {
    let dialect = match args.dialect {
        DialectChoice::Http | DialectChoice::Names => return Ok(None),
        DialectChoice::Dialog => Dialect::Dialog,
        DialectChoice::Pairs => Dialect::Pairs,
        DialectChoice::Comma => Dialect::Comma,
        DialectChoice::Banner => Dialect::Banner,
    };
    match args.http_only {
        Some(option) => {
            Err(Error::new(Kind::Usage, format!("--{option} has no meaning in this dialect, leave it out")))
        }
        None => Ok(Some(dialect)),
    }
}

/// The target with the port that dialects have where none was written.
///
/// # Errors
/// `Kind::Usage` if `HTTPKIT_PORT` is no port.
pub(crate) fn with_port(mut target: TargetUri, typed: &str, variable: Option<&str>) -> Result<TargetUri, Error> {
    if Url::parse(typed).is_ok_and(|url| url.port.is_none()) {
        target.port = Some(target::serve_port(variable)?);
    }
    Ok(target)
}

//! Which of the original dialects is spoken, and which options have no place in it.

use super::target;
use crate::cli::args::{DialectChoice, RequestArgs};
use crate::client::dialect::{Dialect, Url};
use crate::client::{Error, Kind, Protocol, TargetUri};

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
    match foreign(args).iter().find(|(is_given, _)| *is_given) {
        Some((_, option)) => {
            Err(Error::new(Kind::Usage, format!("{option} has no place in this dialect, leave it out")))
        }
        None => Ok(Some(dialect)),
    }
}

/// The options that say something about HTTP, TLS or a proxy, and whether each is given.
fn foreign(args: &RequestArgs) -> Vec<(bool, &'static str)> {
    vec![
        (!args.header.is_empty(), "-H"),
        (args.has_json(), "--json"),
        (!args.forms.is_empty(), "-F"),
        (args.get, "-G"),
        (!args.url_query.is_empty(), "--url-query"),
        (!args.upload_file.is_empty(), "-T"),
        (args.user.is_some(), "-u"),
        (args.oauth2_bearer.is_some(), "--oauth2-bearer"),
        (args.netrc || args.netrc_optional || args.netrc_file.is_some(), "--netrc"),
        (args.user_agent.is_some(), "-A"),
        (args.referer.is_some(), "-e"),
        (!args.cookie.is_empty() || args.cookie_jar.is_some(), "-b"),
        (args.range.is_some() || args.continue_at.is_some(), "-r"),
        (args.time_cond.is_some(), "-z"),
        (args.compressed, "--compressed"),
        (args.request_target.is_some(), "--request-target"),
        (args.protocol == Some(Protocol::Http10), "-0"),
        (matches!(args.protocol, Some(Protocol::Http2 | Protocol::Http2PriorKnowledge)), "--http2"),
        (args.raw, "--raw"),
        (args.remote_header_name, "-J"),
        (args.max_filesize.is_some(), "--max-filesize"),
        (args.limit_rate.is_some(), "--limit-rate"),
        (args.speed_limit.is_some() || args.speed_time.is_some(), "-y"),
        (args.location || args.location_trusted, "-L"),
        (args.retry.is_some(), "--retry"),
        (args.proxy.is_some(), "-x"),
        (args.insecure || args.cacert.is_some() || args.capath.is_some() || args.cert.is_some(), "a TLS option"),
    ]
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

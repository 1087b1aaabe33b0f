//! Passwords that are asked for: `-u` and `-U` with a name alone, where a person types (curl(1) `-u`).

use std::borrow::Cow;
use std::io::{Read, Write};

use crate::cli::args::RequestArgs;
use crate::client::{Error, Kind, reason};
use crate::print::{self, Quiet, Terminal};

/// The groups with the passwords that a person has typed.
///
/// # Errors
/// `Kind::Read` where the terminal cannot be kept from showing them, gives none, or gives one that is not UTF-8.
pub(super) fn ask<'g>(groups: &'g [RequestArgs], terminal: &mut Terminal) -> Result<Cow<'g, [RequestArgs]>, Error> {
    let lacks_one = |args: &RequestArgs| lacks_password(user_of(args)) || lacks_password(args.proxy_user.as_deref());
    if !terminal.input_is_terminal || !groups.iter().any(lacks_one) {
        return Ok(Cow::Borrowed(groups));
    }
    let mut groups = groups.to_vec();
    let count = groups.len();
    for (place, args) in groups.iter_mut().enumerate() {
        let which = if count == 1 { String::new() } else { format!(" of group {}", place + 1) };
        if let Some(user) = user_of(args).filter(|user| lacks_password(Some(user))) {
            args.user = Some(complete(user, "host", &which, terminal)?);
        }
        if let Some(user) = args.proxy_user.as_deref().filter(|user| lacks_password(Some(user))) {
            args.proxy_user = Some(complete(user, "proxy", &which, terminal)?);
        }
    }
    Ok(Cow::Owned(groups))
}

/// Who asks the host, unless a token says it.
fn user_of(args: &RequestArgs) -> Option<&str> {
    args.user.as_deref().filter(|_| args.oauth2_bearer.is_none())
}

fn lacks_password(user: Option<&str>) -> bool {
    user.is_some_and(|user| !user.contains(':'))
}

/// `USER:PASSWORD`, once the password is typed.
fn complete(user: &str, whose: &str, which: &str, terminal: &mut Terminal) -> Result<String, Error> {
    let unread = |what: &str| Error::new(Kind::Read, format!("the password of '{}' {what}", print::text(user)));
    let quiet = Quiet::begin().ok_or_else(|| unread("would be shown by this terminal, expected -u USER:PASSWORD"))?;
    let asked = write!(terminal.error, "Enter {whose} password for user '{}'{which}: ", print::text(user));
    let line = asked.and_then(|()| line(terminal.input.as_mut()));
    drop(quiet);
    // What ended the line was not shown either.
    let _ = writeln!(terminal.error);
    let line = line.map_err(|error| unread(&format!("cannot be read: {}", reason(&error))))?;
    let password = String::from_utf8(line).map_err(|_| unread("is not UTF-8"))?;
    Ok(format!("{user}:{password}"))
}

/// A line without its end. Nothing behind it is read: the content may stand there.
fn line(input: &mut dyn Read) -> std::io::Result<Vec<u8>> {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while input.read(&mut byte)? == 1 && byte != *b"\n" {
        line.extend(byte);
    }
    Ok(line)
}

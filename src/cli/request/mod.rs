//! The story of `request`, from the arguments to the exit status.

mod content;
mod dialect;
mod fields;
mod form;
mod glob;
mod limits;
mod netrc;
mod output;
mod report;
mod spec;
mod target;
mod trace;
mod transfer;

use std::io::Read;
use std::time::SystemTime;

use super::exit;
use crate::cli::args::RequestArgs;
use crate::client::transport::{Settings, Transport};
use crate::client::{Error, Jar, Kind, reason, unreadable};
use crate::print::{Sink, Terminal};
use output::Layout;
use spec::{Plan, Surroundings};
use trace::Trace;
use transfer::run_transfer;

/// What the transfers of a run share.
struct Session {
    transport: Transport,
    jar: Jar,
    /// Whether cookies are kept at all: a file was named for them.
    keeps_cookies: bool,
    trace: Option<Trace>,
}

/// Runs `httpkit request`, one group of options after the other, and gives the exit status: that of the last transfer.
pub fn run(groups: &[RequestArgs], terminal: &mut Terminal) -> u8 {
    let mut session = Session {
        transport: Transport::new(Settings::default()),
        jar: Jar::default(),
        keeps_cookies: false,
        trace: None,
    };
    if let Some(first) = groups.first() {
        session.trace = Trace::open(groups, terminal).unwrap_or_else(|what| {
            output::warn(&mut terminal.error, &output::layout(first, &terminal.variable), &what);
            None
        });
    }
    let mut status = exit::SUCCESS;
    for (number, args) in groups.iter().enumerate() {
        if let Err(error) = redirect_errors(args, terminal) {
            return fail(&error, &output::layout(args, &terminal.variable), terminal);
        }
        let ended;
        (status, ended) = run_group(args, &mut session, number == 0, terminal);
        if ended {
            break;
        }
    }
    status
}

/// The text of a configuration file; `-` is standard input.
pub(super) fn read_config(name: &str, input: &mut dyn Read) -> Result<String, String> {
    let mut text = String::new();
    let read = match name {
        "-" => input.read_to_string(&mut text).map(|_| text),
        path => std::fs::read_to_string(path),
    };
    read.map_err(|error| format!("cannot read configuration file '{name}': {}", reason(&error)))
}

/// `--stderr`: what is said about transfers goes to a file, or to standard output.
fn redirect_errors(args: &RequestArgs, terminal: &mut Terminal) -> Result<(), Error> {
    let Some(path) = &args.stderr else { return Ok(()) };
    let failed = |error: &std::io::Error| {
        Error::new(Kind::Write, format!("cannot write '{}': {}", path.display(), reason(error)))
    };
    let sink = match path.as_os_str() == "-" {
        true => Terminal::of_process().output,
        false => Sink::new(std::fs::File::create(path).map_err(|error| failed(&error))?, false),
    };
    terminal.error = sink;
    Ok(())
}

/// Runs the transfers of one group; gives the status, and whether the run ends here.
fn run_group(args: &RequestArgs, session: &mut Session, is_first: bool, terminal: &mut Terminal) -> (u8, bool) {
    let mut around = Surroundings { input: &mut terminal.input, variable: &terminal.variable };
    let plan = match spec::spec(args, &mut around) {
        Ok(plan) => plan,
        Err(error) => return (fail(&error, &output::layout(args, &terminal.variable), terminal), true),
    };
    for warning in plan.warnings.iter().filter(|_| !plan.layout.silent) {
        output::warn(&mut terminal.error, &plan.layout, warning);
    }
    session.keeps_cookies |= !plan.cookie_files.is_empty() || plan.cookie_jar.is_some();
    session.transport.configure(plan.settings.clone());
    let prepared = load_cookies(&plan, &mut session.jar).and_then(|()| begin_dump(&plan, is_first));
    let mut status = prepared.map_or_else(|error| fail(&error, &plan.layout, terminal), |()| exit::SUCCESS);
    let mut ended = status != exit::SUCCESS;
    for (number, transfer) in plan.transfers.iter().enumerate() {
        if ended {
            break;
        }
        status = match run_transfer(&plan, transfer, number, session, terminal) {
            Ok(()) => exit::SUCCESS,
            Err(error) => fail(&error, &plan.layout, terminal),
        };
        ended = status != exit::SUCCESS && plan.layout.fail_early;
    }
    if let Err(error) = save_cookies(&plan, &session.jar, terminal) {
        output::warn(&mut terminal.error, &plan.layout, &error.message);
    }
    (status, ended)
}

/// Reads the files of `-b`. One that is not there holds no cookies: a first run has none.
fn load_cookies(plan: &Plan, jar: &mut Jar) -> Result<(), Error> {
    for name in plan.cookie_files.iter().filter(|name| !name.is_empty()) {
        match std::fs::read(name) {
            Ok(octets) => jar.load(&String::from_utf8_lossy(&octets), plan.junk_session, SystemTime::now()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreadable(std::path::Path::new(name), &error)),
        }
    }
    Ok(())
}

/// Writes the file of `-c`: whole, then in the place of the old one.
fn save_cookies(plan: &Plan, jar: &Jar, terminal: &mut Terminal) -> Result<(), Error> {
    let Some(path) = plan.cookie_jar.as_deref().filter(|_| !plan.layout.dry_run) else { return Ok(()) };
    let text = jar.text(SystemTime::now());
    if path.as_os_str() == "-" {
        return output::to_stdout(&mut terminal.output, text.as_bytes());
    }
    std::fs::write(path, text).map_err(|error| {
        Error::new(Kind::Write, format!("cannot write cookies to '{}': {}", path.display(), reason(&error)))
    })
}

/// Empties the file of `-D` once; each head is added to it.
fn begin_dump(plan: &Plan, is_first: bool) -> Result<(), Error> {
    match plan.layout.saving.dump_header.as_deref().filter(|path| path.as_os_str() != "-" && is_first) {
        Some(path) if !plan.layout.dry_run => std::fs::File::create(path)
            .map(|_| ())
            .map_err(|error| Error::new(Kind::Write, format!("cannot write '{}': {}", path.display(), reason(&error)))),
        _ => Ok(()),
    }
}

/// Says what failed, if failures are said, and gives its exit status. A closed pipe ends quietly.
fn fail(error: &Error, layout: &Layout, terminal: &mut Terminal) -> u8 {
    let status = exit::of(error.kind);
    if layout.speaks() && error.kind != Kind::Closed {
        output::complain(&mut terminal.error, layout, status, error);
    }
    status
}

//! The story of `request`, from the arguments to the exit status.

mod content;
mod dialect;
mod fields;
mod form;
mod glob;
mod layout;
mod limits;
mod netrc;
mod output;
mod parallel;
mod report;
mod saving;
mod session;
mod spec;
mod target;
mod trace;
mod transfer;
mod verdict;

use std::io::Read;

use super::exit;
use crate::cli::args::RequestArgs;
use crate::client::{Error, Kind, reason};
use crate::print::{Sink, Terminal};
use layout::Layout;
use session::Session;
use spec::{Plan, Surroundings};
use trace::Trace;
use transfer::run_transfer;

/// Runs `httpkit request`, one group of options after the other, and gives the exit status: that of the last transfer.
pub fn run(groups: &[RequestArgs], terminal: &mut Terminal) -> u8 {
    for args in groups {
        if let Err(error) = redirect_errors(args, terminal) {
            return fail(&error, &Layout::of(args, &terminal.setting()), terminal);
        }
    }
    let mut session = Session::new(open_trace(groups, terminal));
    if let Some(at_once) = parallel::wanted(groups) {
        return run_at_once(groups, at_once, &mut session, terminal);
    }
    let mut status = exit::SUCCESS;
    for (number, args) in groups.iter().enumerate() {
        let plan = match plan(args, terminal) {
            Ok(plan) => plan,
            Err(status) => return status,
        };
        let ended;
        (status, ended) = run_group(&plan, &mut session, number == 0, terminal);
        if ended {
            break;
        }
    }
    status
}

/// `-Z`: all groups together. One that cannot be understood does not keep those before it from running.
fn run_at_once(groups: &[RequestArgs], at_once: usize, session: &mut Session, terminal: &mut Terminal) -> u8 {
    let mut plans = Vec::new();
    for args in groups {
        match plan(args, terminal) {
            Ok(plan) => plans.push(plan),
            Err(status) => {
                parallel::run(&plans, at_once, session, terminal);
                return status;
            }
        }
    }
    parallel::run(&plans, at_once, session, terminal)
}

/// The trace, if one was asked for. One that cannot be written is left out with a warning, as curl does.
fn open_trace(groups: &[RequestArgs], terminal: &mut Terminal) -> Option<Trace> {
    match (Trace::open(groups, terminal), groups.first()) {
        (Ok(trace), _) => trace,
        (Err(what), Some(args)) => {
            let layout = Layout::of(args, &terminal.setting());
            output::warn(&mut terminal.error, &layout, &what);
            None
        }
        (Err(_), None) => None,
    }
}

/// What a file that the command line names holds; `-` is standard input.
pub(super) fn read_file(name: &str, input: &mut dyn Read) -> Result<Vec<u8>, String> {
    let mut octets = Vec::new();
    let read = match name {
        "-" => input.read_to_end(&mut octets).map(|_| octets),
        path => std::fs::read(path),
    };
    read.map_err(|error| format!("cannot read '{name}': {}", reason(&error)))
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

/// Understands one group; what is wrong with it is said, and gives the exit status.
fn plan(args: &RequestArgs, terminal: &mut Terminal) -> Result<Plan, u8> {
    let setting = terminal.setting();
    let mut around = Surroundings { input: &mut terminal.input, variable: &setting };
    let plan = spec::spec(args, &mut around);
    plan.map_err(|error| fail(&error, &Layout::of(args, &setting), terminal))
}

/// Runs the transfers of one group in order; gives the status, and whether the run ends here.
fn run_group(plan: &Plan, session: &mut Session, is_first: bool, terminal: &mut Terminal) -> (u8, bool) {
    if let Err(error) = prepare(plan, session, is_first, terminal) {
        return (fail(&error, &plan.layout, terminal), true);
    }
    session.configure(plan);
    let mut status = exit::SUCCESS;
    for transfer in &plan.transfers {
        let url = session.urls + transfer.place;
        status = run_transfer(plan, transfer, url, session, terminal);
        if status != exit::SUCCESS && plan.layout.fail_early {
            break;
        }
    }
    session.urls += plan.urls;
    finish(plan, session, terminal);
    (status, status != exit::SUCCESS && plan.layout.fail_early)
}

/// What comes before the transfers of a group: warnings, cookies, an empty file for the heads.
fn prepare(plan: &Plan, session: &Session, is_first: bool, terminal: &mut Terminal) -> Result<(), Error> {
    for warning in plan.warnings.iter().filter(|_| !plan.layout.silent) {
        output::warn(&mut terminal.error, &plan.layout, warning);
    }
    session.load_cookies(plan)?;
    begin_dump(plan, is_first)
}

/// What comes after the transfers of a group: the cookies are kept.
fn finish(plan: &Plan, session: &Session, terminal: &mut Terminal) {
    if let Err(error) = session.save_cookies(plan, terminal) {
        output::warn(&mut terminal.error, &plan.layout, &error.message);
    }
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

/// Says what failed, if failures are said, and gives its exit status. A closed pipe ends quietly, and so does a
/// transfer that ends because another one failed.
fn fail(error: &Error, layout: &Layout, terminal: &mut Terminal) -> u8 {
    let status = exit::of(error.kind);
    if layout.speaks() && !matches!(error.kind, Kind::Closed | Kind::Aborted) {
        output::complain(&mut terminal.error, layout, status, error);
    }
    status
}

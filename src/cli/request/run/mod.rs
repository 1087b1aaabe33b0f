//! From plain data to what happens: transfers one after the other or at once, their output, and the exit status.

mod apart;
mod content;
mod conversation;
mod explain;
mod group;
mod har;
mod instead;
mod interruption;
mod lesson;
mod listener;
mod listeners;
mod local;
mod output;
mod parallel;
mod password;
mod pcap;
mod phases;
mod raw;
mod record;
mod report;
mod running;
mod saving;
mod session;
mod showing;
mod telling;
mod timing;
mod trace;
mod transfer;
mod upload;
mod verbose;
mod verdict;
mod wire;

use std::mem;
use std::path::Path;

use super::layout::Layout;
use super::plan::Plan;
use super::understand::{Surroundings, spec};
use crate::cli::args::RequestArgs;
use crate::cli::exit;
use crate::client::{Error, Kind, reason};
use crate::print::{Sink, Terminal};
use group::run_group;
use interruption::Interruption;
use lesson::Lesson;
use output::fail;
use record::Book;
use session::Session;

/// Runs `httpkit request`, one group of options after the other, and gives the exit status: that of the last transfer.
pub fn run(groups: &[RequestArgs], terminal: &mut Terminal) -> u8 {
    for args in groups {
        if let Err(error) = redirect_errors(args, terminal) {
            return fail(&error, &Layout::of(args, &terminal.setting()), terminal);
        }
    }
    if let Some(status) = explain::run(groups, terminal) {
        return status;
    }
    let groups = match (password::ask(groups, terminal), groups.first()) {
        (Ok(groups), _) => groups,
        (Err(error), Some(args)) => return fail(&error, &Layout::of(args, &terminal.setting()), terminal),
        (Err(_), None) => return exit::USAGE,
    };
    run_session(&groups, terminal)
}

/// All groups in one session, and what is told of it behind them.
fn run_session(groups: &[RequestArgs], terminal: &mut Terminal) -> u8 {
    if let Err((error, args)) = apart::check(groups) {
        return fail(&error, &Layout::of(args, &terminal.setting()), terminal);
    }
    let asks = groups.iter().find(|args| args.explain);
    let lesson = asks.map(|_| Lesson::default());
    let book = match open_book(groups) {
        Ok(book) => book,
        Err((error, args)) => return fail(&error, &Layout::of(args, &terminal.setting()), terminal),
    };
    let listeners = match listeners::open(groups, lesson.as_ref(), terminal) {
        Ok(listeners) => listeners,
        Err((error, args)) => return fail(&error, &Layout::of(args, &terminal.setting()), terminal),
    };
    let interruption = (book.is_some() || lesson.is_some()).then(Interruption::heed);
    let mut session = Session::new(listeners, book.clone(), interruption.as_ref().map(Interruption::stop));
    let output = clear_output(groups, terminal);
    let mut status = run_all(groups, &mut session, terminal);
    // What closes now is still heard of.
    drop(session);
    if let Some(output) = output {
        terminal.output = output;
    }
    if let (Some(lesson), Some(args)) = (lesson, asks) {
        let layout = Layout::of(args, &terminal.setting());
        if let Err(error) = lesson.tell(&layout, terminal) {
            status = worse(status, fail(&error, &layout, terminal));
        }
    }
    let status = book.map_or(status, |book| tell_of(&book, groups, status, terminal));
    drop(interruption);
    status
}

/// The book that `--timing` and `--har` are told from, if they were given. That an archive can be written is known before
/// anything is sent.
fn open_book(groups: &[RequestArgs]) -> Result<Option<Book>, (Error, &RequestArgs)> {
    if let Some((args, path)) = har_wish(groups) {
        groups.iter().try_for_each(|args| har::check_beside(path, args).map_err(|error| (error, args)))?;
        har::check(path).map_err(|error| (error, args))?;
    }
    Ok(Book::wanted(groups))
}

/// The file of `--har`, the same in all groups, if something is sent that is to be written to it.
fn har_wish(groups: &[RequestArgs]) -> Option<(&RequestArgs, &Path)> {
    let sends = groups.iter().any(|args| !args.dry_run && args.as_tool.is_none());
    groups.first().filter(|_| sends).and_then(|args| Some((args, args.har.as_deref()?)))
}

/// Has what a run writes to standard output go to standard error, and gives the former, if an archive is to be alone there.
fn clear_output(groups: &[RequestArgs], terminal: &mut Terminal) -> Option<Sink> {
    har_wish(groups).filter(|(_, path)| path.as_os_str() == "-")?;
    let error = terminal.error.share();
    Some(mem::replace(&mut terminal.output, error))
}

/// `--timing` and `--har`: what the exchanges of the run were. Gives the status, which is another one if all went well and
/// the archive cannot be written.
fn tell_of(book: &Book, groups: &[RequestArgs], status: u8, terminal: &mut Terminal) -> u8 {
    let (crossings, left_out) = book.take();
    if let Some(args) = groups.first().filter(|args| left_out > 0 && !args.silent) {
        let text = format!("only the first {} exchanges are told of, {left_out} more are not", crossings.len());
        let layout = Layout::of(args, &terminal.setting());
        output::warn(&mut terminal.error, &layout, &text);
    }
    if let Some((args, wish)) = groups.iter().find_map(|args| Some((args, args.timing?))) {
        timing::tell(&crossings, wish, &Layout::of(args, &terminal.setting()), terminal);
    }
    let Some((args, path)) = har_wish(groups) else { return status };
    let shows_secrets = groups.iter().any(|args| args.show_secrets);
    match har::write(path, &crossings, left_out, shows_secrets, terminal) {
        Ok(()) => status,
        Err(error) => worse(status, fail(&error, &Layout::of(args, &terminal.setting()), terminal)),
    }
}

/// The status of a run of which something that is told at the end has failed, too: a transfer that failed counts for more.
fn worse(status: u8, told: u8) -> u8 {
    if status == exit::SUCCESS { told } else { status }
}

/// One group after the other, or all at once.
fn run_all(groups: &[RequestArgs], session: &mut Session, terminal: &mut Terminal) -> u8 {
    if let Some(at_once) = parallel::wanted(groups) {
        return run_at_once(groups, at_once, session, terminal);
    }
    let mut status = exit::SUCCESS;
    for args in groups {
        let plan = match plan(args, groups, terminal) {
            Ok(plan) => plan,
            Err(status) => return status,
        };
        let ended;
        (status, ended) = run_group(&plan, session, terminal);
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
        match plan(args, groups, terminal) {
            Ok(plan) => plans.push(plan),
            Err(status) => {
                parallel::run(&plans, at_once, session, terminal);
                return status;
            }
        }
    }
    parallel::run(&plans, at_once, session, terminal)
}

/// `--stderr`: what is said about transfers goes to a file, or to standard output.
fn redirect_errors(args: &RequestArgs, terminal: &mut Terminal) -> Result<(), Error> {
    let Some(path) = &args.stderr else { return Ok(()) };
    let failed = |error: &std::io::Error| {
        Error::new(Kind::Write, format!("cannot write '{}': {}", path.display(), reason(error)))
    };
    let sink = match path.as_os_str() == "-" {
        true => Terminal::of_process().output,
        false => Sink::new(saving::anew(path, saving::READABLE).map_err(|error| failed(&error))?, false),
    };
    terminal.error = sink;
    Ok(())
}

/// Understands one of the groups; what is wrong with it is said, and gives the exit status.
fn plan(args: &RequestArgs, groups: &[RequestArgs], terminal: &mut Terminal) -> Result<Plan, u8> {
    let setting = terminal.setting();
    let mut around = Surroundings { input: &mut terminal.input, variable: &setting };
    let plan = spec(args, &mut around).and_then(|plan| apart::check_contents(&plan, groups).map(|()| plan));
    plan.map_err(|error| fail(&error, &Layout::of(args, &setting), terminal))
}

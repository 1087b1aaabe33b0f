//! `-Z`: several transfers at once. Each runs on a thread as it would alone; connections belong to a thread, cookies to
//! all, and what is written of one transfer at a time is written whole.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::group::{finish, prepare};
use super::output::fail;
use super::session::Session;
use super::transfer::run_transfer;
use crate::cli::args::RequestArgs;
use crate::cli::exit;
use crate::cli::request::plan::{Plan, Transfer};
use crate::print::Terminal;

/// How many transfers run at once if nothing else was said, and how many at most: curl's.
const USUAL: u32 = 50;
const MOST: u32 = 300;

/// How many transfers shall run at once, if more than one shall: of several groups, one that says so counts for all.
pub(crate) fn wanted(groups: &[RequestArgs]) -> Option<usize> {
    let named = groups.iter().rev().find_map(|args| args.parallel_max).filter(|limit| (1..=MOST).contains(limit));
    groups.iter().any(|args| args.parallel).then(|| named.unwrap_or(USUAL) as usize)
}

/// One transfer, and the number of its URL on the command line.
type TransferJob<'p> = (&'p Plan, &'p Transfer, usize);

/// Runs all transfers of all plans, so many at once, and gives the status: that of the last failure, if there was one.
pub(crate) fn run(plans: &[Plan], at_once: usize, session: &mut Session, terminal: &mut Terminal) -> u8 {
    for plan in plans {
        if let Err(error) = prepare(plan, session, terminal) {
            return fail(&error, &plan.layout, terminal);
        }
    }
    let mut before = 0;
    let mut jobs: Vec<TransferJob<'_>> = Vec::new();
    for plan in plans {
        jobs.extend(plan.transfers.iter().map(|transfer| (plan, transfer, before + transfer.place)));
        before += plan.urls;
    }
    let status = work(&jobs, at_once, session, terminal);
    for plan in plans {
        finish(plan, session, terminal);
    }
    status
}

fn work(jobs: &[TransferJob<'_>], at_once: usize, session: &Session, terminal: &mut Terminal) -> u8 {
    let input = SharedInput(Arc::new(Mutex::new(std::mem::replace(&mut terminal.input, Box::new(io::empty())))));
    let (next, status) = (AtomicUsize::new(0), Mutex::new(exit::SUCCESS));
    let stop: Arc<AtomicBool> = session.stop().unwrap_or_default();
    let may_stop = jobs.iter().any(|(plan, ..)| plan.layout.fail_early);
    thread::scope(|scope| {
        for _ in 0..at_once.min(jobs.len()) {
            let mut session = session.share(may_stop.then_some(&stop));
            let mut terminal = Terminal {
                input: Box::new(input.clone()),
                input_is_terminal: terminal.input_is_terminal,
                output: terminal.output.share(),
                error: terminal.error.share(),
                variable: terminal.variable,
            };
            let (next, stop, status) = (&next, &stop, &status);
            scope.spawn(move || {
                while let Some((plan, transfer, url)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    session.configure(plan);
                    let ended = run_transfer(plan, transfer, *url, &mut session, &mut terminal);
                    // Those that end because another one failed are not the failure.
                    if ended != exit::SUCCESS && !stop.load(Ordering::Relaxed) {
                        *status.lock().unwrap_or_else(PoisonError::into_inner) = ended;
                        stop.fetch_or(plan.layout.fail_early, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    status.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Standard input for all threads; whoever reads first has it.
#[derive(Clone)]
struct SharedInput(Arc<Mutex<Box<dyn Read + Send>>>);

impl Read for SharedInput {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read(buffer)
    }
}

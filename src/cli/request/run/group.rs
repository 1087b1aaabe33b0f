//! The transfers of one group of options, and what comes before and after them.

use super::output::{self, fail};
use super::saving;
use super::session::Session;
use super::transfer::run_transfer;
use crate::cli::exit;
use crate::cli::request::plan::Plan;
use crate::client::{Error, Kind};
use crate::print::Terminal;

/// Runs the transfers of one group in order; gives the status, and whether the run ends here.
pub(crate) fn run_group(plan: &Plan, session: &mut Session, terminal: &mut Terminal) -> (u8, bool) {
    if let Err(error) = prepare(plan, session, terminal) {
        return (fail(&error, &plan.layout, terminal), true);
    }
    if let Err(error) = begin_tag(plan) {
        return (fail(&error, &plan.layout, terminal), plan.layout.fail_early);
    }
    session.configure(plan);
    let mut status = exit::SUCCESS;
    for transfer in &plan.transfers {
        if session.is_stopped() {
            break;
        }
        if let Some(wait) = plan.pace.and_then(|pace| session.until_next(pace))
            && let Err(error) = session.pause(wait)
        {
            return (fail(&error, &plan.layout, terminal), true);
        }
        let url = session.urls + transfer.place;
        status = run_transfer(plan, transfer, url, session, terminal);
        if status != exit::SUCCESS && plan.layout.fail_early {
            break;
        }
    }
    session.urls += plan.urls;
    finish(plan, session, terminal);
    (status, session.is_stopped() || (status != exit::SUCCESS && plan.layout.fail_early))
}

/// What comes before the transfers of a group: warnings, cookies, an empty file for the heads.
pub(crate) fn prepare(plan: &Plan, session: &mut Session, terminal: &mut Terminal) -> Result<(), Error> {
    for warning in plan.warnings.iter().filter(|_| !plan.layout.silent) {
        output::warn(&mut terminal.error, &plan.layout, warning);
    }
    session.load_cookies(plan, terminal)?;
    session.load_secure_hosts(plan)?;
    begin_dump(plan)
}

/// What comes after the transfers of a group: the cookies and what hosts have said are kept.
pub(crate) fn finish(plan: &Plan, session: &Session, terminal: &mut Terminal) {
    for saved in [session.save_cookies(plan, terminal), session.save_secure_hosts(plan)] {
        if let Err(error) = saved {
            output::warn(&mut terminal.error, &plan.layout, &error.message);
        }
    }
}

/// Makes the file of `--etag-save`, so that one that cannot be made is known before anything is sent.
fn begin_tag(plan: &Plan) -> Result<(), Error> {
    let saving = &plan.layout.saving;
    match saving.etag.as_deref().filter(|path| path.as_os_str() != "-" && plan.layout.instead.is_none()) {
        // curl's status for it.
        Some(path) => {
            saving::to_new_file(path, saving.create_dirs, true).map_err(|error| Error::new(Kind::Read, error.message))
        }
        None => Ok(()),
    }
}

/// Empties the file of `-D` of a group once; each head is added to it.
pub(crate) fn begin_dump(plan: &Plan) -> Result<(), Error> {
    let saving = &plan.layout.saving;
    let named = saving.dump_header.as_deref().filter(|path| !matches!(path.to_str(), Some("-" | "%")));
    match named.filter(|_| plan.layout.instead.is_none()) {
        Some(path) => saving::to_new_file(path, saving.create_dirs, false),
        None => Ok(()),
    }
}

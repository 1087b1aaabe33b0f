//! `--send`: bytes that need not be a request, over a connection of their own, and whatever comes back.

use std::time::Duration;

use super::running::Running;
use crate::client::transport::{Deadline, Received};
use crate::client::{Error, Kind, Scheme};

/// How long the server may think before its first byte where `-m` says nothing, and between two bytes.
const FIRST: Duration = Duration::from_secs(10);
const NEXT: Duration = Duration::from_secs(2);
/// A longer answer is cut.
const MOST: u64 = 1 << 30;

/// Sends the bytes and takes what comes until the server closes, or says nothing more. What crosses is shown as `--wire`
/// shows it; `-o` keeps what came.
///
/// # Errors
/// `Kind::Empty` if nothing came; those of the connection.
pub(crate) fn send(bytes: &[u8], run: &mut Running<'_>) -> Result<(), Error> {
    let Running { plan, transfer, session, out, report, .. } = run;
    let target = transfer.target.clone()?;
    if plan.layout.instead.is_some() {
        return out.print(bytes);
    }
    if target.scheme != Scheme::Http {
        return Err(Error::new(Kind::Usage, "--send speaks in the clear, expected http://"));
    }
    report.effective = Some(target.clone());
    let deadline = Deadline::after(plan.settings.total_time);
    let opened = session.transport.open(&target, deadline);
    report.facts = session.transport.facts().clone();
    report.connects = report.facts.connects;
    let mut connection = opened?;
    connection.send_head(bytes)?;
    let mut has_ended = false;
    while report.downloaded < MOST {
        let patience = match (report.downloaded, plan.settings.total_time) {
            (0, Some(total)) => total,
            (0, None) => FIRST,
            _ => NEXT,
        };
        let mut piece = Vec::new();
        match connection.receive(&mut piece, Some(patience))? {
            Received::Bytes(length) => {
                report.downloaded += length as u64;
                out.check_shown()?;
                if out.path().is_some() {
                    out.write(&piece)?;
                }
            }
            Received::Silence => break,
            Received::End => {
                has_ended = true;
                break;
            }
        }
    }
    if report.downloaded == 0 {
        let what = if has_ended { "empty reply from the server: it closed" } else { "the server says nothing" };
        return Err(Error::new(Kind::Empty, what));
    }
    session.unwatch();
    let end = match has_ended {
        true => "* closed by the server\n".to_owned(),
        false => format!("* nothing more came for {} s\n", NEXT.as_secs()),
    };
    out.print(end.as_bytes())
}

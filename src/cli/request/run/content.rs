//! What is shown of an exchange: the content of the request, header sections, the content of the response.

use super::output::Output;
use super::running::Running;
use super::verdict::{Verdict, refusal, verdict};
use crate::cli::request::layout::Layout;
use crate::cli::request::plan::Plan;
use crate::client::transport::Exchange;
use crate::client::{Error, Kind, Request, RequestSpec, read_decoded};
use crate::print::Bars;

/// `--print B`: the content of the request, if it is in memory; what is read while it is sent is not read twice.
pub(crate) fn print_request_content(request: &Request, layout: &Layout, out: &mut Output<'_>) -> Result<(), Error> {
    let (Some(content), true) = (&request.content, layout.parts.is_some_and(|parts| parts.request_content)) else {
        return Ok(());
    };
    let Some(octets) = content.in_memory() else {
        out.warn("the content of the request comes from a file and is not printed; --dry-run prints it");
        return Ok(());
    };
    let mut body = out.body(request.field("content-type").map(|field| field.value()));
    match body.feed(&octets) {
        Some(shown) => out.print(&shown)?,
        None => out.print(&octets)?,
    }
    out.print(&body.finish())
}

/// Interim heads and the final one, where header sections are shown.
pub(crate) fn print_heads(exchange: &Exchange, out: &mut Output<'_>) -> Result<(), Error> {
    exchange.interim.iter().chain([&exchange.head]).try_for_each(|head| out.head(head))
}

/// The content of the final response, and what is known in the end.
pub(crate) fn finish(mut exchange: Exchange, run: &mut Running<'_>) -> Result<(), Error> {
    let Running { plan, transfer, session, out, report, .. } = run;
    let printed = verdict(transfer, &exchange, &plan.layout).and_then(|verdict| match verdict {
        Verdict::Wanted => print_content(&mut exchange, plan, &transfer.spec, &session.bars, out),
        Verdict::Unneeded => Ok(()),
        Verdict::Unchanged => {
            out.remark("the content is not newer than was asked for: taken as 304");
            report.head.iter_mut().for_each(|head| head.status = 304);
            Ok(())
        }
    });
    report.downloaded = exchange.received();
    report.delivered = out.delivered();
    report.file = out.path().map(|path| path.display().to_string());
    if printed.is_err() {
        out.abandon();
    }
    printed?;
    session.transport.keep(exchange);
    Ok(())
}

/// The content of the final response, as it arrives.
fn print_content(
    exchange: &mut Exchange,
    plan: &Plan,
    spec: &RequestSpec,
    bars: &Bars,
    out: &mut Output<'_>,
) -> Result<(), Error> {
    let layout = &plan.layout;
    let failure = refusal(layout, &exchange.head);
    if let (Some(failure), true) = (&failure, layout.fail) {
        return Err(failure.clone());
    }
    if let Some(limit) = layout.max_filesize.filter(|limit| exchange.expected().is_some_and(|length| length > *limit)) {
        return Err(too_large(limit));
    }
    let mut body = out.body(exchange.head.text("content-type").as_deref());
    let mut progress = out.progress(exchange.expected(), bars);
    let is_wanted = out.takes_content();
    let mut received = 0;
    let take = |octets: &[u8]| {
        received += octets.len() as u64;
        progress.advance(received);
        if let Some(limit) = layout.max_filesize.filter(|limit| received > *limit) {
            return Err(too_large(limit));
        }
        match body.feed(octets) {
            _ if !is_wanted => Ok(()),
            Some(shown) => out.write(&shown),
            None => out.write(octets),
        }
    };
    match spec.compressed && !plan.settings.raw {
        true => read_decoded(exchange, take)?,
        false => read_plain(exchange, take)?,
    }
    let rest = body.finish();
    if is_wanted {
        out.write(&rest)?;
    }
    if body.is_withheld() {
        out.warn(&format!("{} bytes of binary content are not shown; -o FILE saves them", exchange.received()));
    }
    out.trailer(exchange.trailer())?;
    out.finish()?;
    out.date(&exchange.head);
    failure.map_or(Ok(()), Err)
}

fn read_plain(exchange: &mut Exchange, mut take: impl FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
    while let Some(octets) = exchange.read()? {
        take(octets)?;
    }
    Ok(())
}

fn too_large(limit: u64) -> Error {
    Error::new(Kind::Size, format!("the content is larger than {limit} bytes"))
}

/// The content of a redirect is read, so that the connection can be used again, and shown to nobody. Where the connection
/// ends with it anyway, what follows does not wait for that.
pub(crate) fn discard(exchange: &mut Exchange) -> Result<(), Error> {
    while exchange.may_be_kept() && exchange.read()?.is_some() {}
    Ok(())
}

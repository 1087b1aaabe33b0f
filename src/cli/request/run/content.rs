//! What is shown of an exchange: the content of the request, header sections, the content of the response.

use super::output::Output;
use super::running::Running;
use super::verdict::{Verdict, refusal, verdict};
use crate::cli::request::layout::Layout;
use crate::cli::request::plan::Plan;
use crate::client::transport::Exchange;
use crate::client::{Error, FieldLine, Kind, Request, RequestSpec, read_decoded};
use crate::message::ReplyHead;
use crate::print::{Bars, Body, Progress};

/// `--print B`: the content of the request, if it is in memory; what is read while it is sent is not read twice.
pub(crate) fn print_request_content(request: &Request, layout: &Layout, out: &mut Output<'_>) -> Result<(), Error> {
    let (Some(content), true) = (&request.content, layout.parts.is_some_and(|parts| parts.request_content)) else {
        return Ok(());
    };
    let Some(bytes) = content.in_memory() else {
        out.warn("the content of the request comes from a file and is not printed; --dry-run prints it");
        return Ok(());
    };
    let mut body = out.body(request.field("content-type").map(FieldLine::text).as_deref());
    match body.feed(&bytes) {
        Some(shown) => out.print(&shown)?,
        None => out.print(&bytes)?,
    }
    out.print(&body.finish())
}

/// Interim heads and the final one, where header sections are shown.
pub(crate) fn print_heads(exchange: &Exchange, out: &mut Output<'_>) -> Result<(), Error> {
    exchange.interim.iter().chain([&exchange.head]).try_for_each(|head| out.head(head))
}

/// What came before the final head where header sections are shown: the answer of a proxy to the request for a tunnel,
/// unless that is not wanted, and what a response that broke off began with.
///
/// # Errors
/// `Kind::Write`, `Kind::Closed`.
pub(crate) fn print_before(run: &mut Running<'_>) -> Result<(), Error> {
    let facts = &run.report.facts;
    if !run.plan.layout.hides_tunnel {
        facts.tunnel.iter().try_for_each(|head| run.out.head(head))?;
    }
    match facts.broken.is_empty() {
        true => Ok(()),
        false => run.out.plain_head(&facts.broken),
    }
}

/// The content of the final response, and what is known in the end.
pub(crate) fn finish(mut exchange: Exchange, run: &mut Running<'_>) -> Result<(), Error> {
    let Running { plan, transfer, session, out, report, resume, .. } = run;
    let printed = verdict(&transfer.spec, *resume, &exchange, &plan.layout).and_then(|verdict| match verdict {
        Verdict::Wanted => print_content(&mut exchange, plan, &transfer.spec, &session.bars, out),
        Verdict::Unneeded if exchange.expected() == Some(0) => out.say_status(&exchange.head),
        Verdict::Unneeded => Ok(()),
        Verdict::Unchanged => {
            out.remark("the content is not newer than was asked for: taken as 304");
            report.head.iter_mut().for_each(|head| head.status = 304);
            Ok(())
        }
    });
    report.downloaded = exchange.received();
    printed?;
    out.tell_surplus(exchange.surplus());
    out.tell_dialect(&exchange.head);
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
        return Err(with_detail(failure.clone(), exchange));
    }
    // What HEAD says of the content would not be wanted either.
    let is_said = exchange.expected() == Some(0) && !plan.settings.ignores_length;
    within(layout.max_filesize.filter(|_| is_said), declared(&exchange.head))?;
    let body = out.body(exchange.head.text("content-type").as_deref());
    let mut delivery = Delivery::begin(body, exchange.expected(), layout, bars, out)?;
    let is_compressed = spec.compressed && !plan.settings.raw;
    let is_coded = is_compressed && exchange.head.first("content-encoding").is_some();
    delivery.is_decoded = is_coded || !exchange.codings.is_empty();
    let take = |bytes: &[u8]| delivery.take(bytes);
    match is_compressed {
        false if exchange.codings.is_empty() => read_plain(exchange, take)?,
        is_compressed => read_decoded(exchange, is_compressed, take)?,
    }
    delivery.end(exchange.received())?;
    // With --raw it is part of the content.
    if !plan.settings.raw {
        out.trailer(exchange.trailer())?;
    }
    // A failure without content makes no file.
    if failure.is_none() || exchange.received() > 0 {
        out.finish()?;
    }
    if exchange.received() == 0 {
        out.say_status(&exchange.head)?;
    }
    out.date(&exchange.head);
    failure.map_or(Ok(()), Err)
}

/// The longest problem document that is read for its detail.
const PROBLEM: u64 = 64 << 10;

/// The failure with what the server says of it, if that is a problem document (RFC 9457).
fn with_detail(failure: Error, exchange: &mut Exchange) -> Error {
    let media_type = exchange.head.text("content-type").unwrap_or_default();
    let is_problem = media_type.get(..24).is_some_and(|start| start.eq_ignore_ascii_case("application/problem+json"));
    if !is_problem || exchange.expected().is_none_or(|length| length > PROBLEM) {
        return failure;
    }
    let mut content = Vec::new();
    // What cannot be read says nothing more; the failure is the status.
    let read = read_plain(exchange, |bytes| {
        content.extend_from_slice(bytes);
        Ok(())
    });
    let problem = read.ok().and_then(|()| serde_json::from_slice::<serde_json::Value>(&content).ok());
    let said = problem.as_ref().and_then(|problem| problem.get("detail").or(problem.get("title"))?.as_str());
    match said {
        Some(said) => Error::new(failure.kind, format!("{}: {said}", failure.message)),
        None => failure,
    }
}

/// Content on its way to where it goes, wherever it comes from.
pub(crate) struct Delivery<'o, 'a> {
    out: &'o mut Output<'a>,
    body: Body,
    progress: Progress,
    is_wanted: bool,
    /// Whether it came in a coding, so that a little may have become much.
    is_decoded: bool,
    limit: Option<u64>,
    taken: u64,
}

impl<'o, 'a> Delivery<'o, 'a> {
    /// Begins a content of that length, if it is known.
    ///
    /// # Errors
    /// `Kind::Size` if it is longer than is wanted.
    pub(crate) fn begin(
        body: Body,
        length: Option<u64>,
        layout: &Layout,
        bars: &Bars,
        out: &'o mut Output<'a>,
    ) -> Result<Delivery<'o, 'a>, Error> {
        let limit = layout.max_filesize;
        within(limit, length.unwrap_or(0))?;
        let (progress, is_wanted) = (out.progress(length, bars), out.takes_content());
        Ok(Delivery { out, body, progress, is_wanted, is_decoded: false, limit, taken: 0 })
    }

    /// Takes a stretch.
    ///
    /// # Errors
    /// `Kind::Size` if that is more than is wanted; those of [`Output::write`].
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let room = self.limit.map_or(u64::MAX, |limit| limit - self.taken);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let taken = match room < bytes.len() {
            true if self.is_decoded => &[],
            true => &bytes[..room],
            false => bytes,
        };
        self.taken += taken.len() as u64;
        self.progress.advance(self.taken);
        match self.body.feed(taken) {
            _ if !self.is_wanted => self.out.check_shown()?,
            Some(shown) => self.out.write(&shown)?,
            None => self.out.write(taken)?,
        }
        // As much as was wanted stays, as with curl; of what was decoded, whole stretches.
        match self.limit.filter(|_| taken.len() < bytes.len()) {
            Some(limit) => Err(too_large(limit)),
            None => Ok(()),
        }
    }

    /// Ends it; so many bytes came, in whatever coding.
    ///
    /// # Errors
    /// Those of [`Output::write`].
    pub(crate) fn end(mut self, received: u64) -> Result<(), Error> {
        let rest = self.body.finish();
        self.progress.finish();
        if self.is_wanted && !rest.is_empty() {
            self.out.write(&rest)?;
        }
        self.out.warn_of_withheld(&self.body, received);
        Ok(())
    }
}

/// How long the head says that the content is, if it has one.
fn declared(head: &ReplyHead) -> u64 {
    let length = head.text("content-length").filter(|_| !matches!(head.status, 204 | 304));
    length.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Whether that is not more than is wanted.
fn within(limit: Option<u64>, length: u64) -> Result<(), Error> {
    match limit.filter(|limit| length > *limit) {
        Some(limit) => Err(too_large(limit)),
        None => Ok(()),
    }
}

fn too_large(limit: u64) -> Error {
    Error::new(Kind::Size, format!("the content is larger than {limit} bytes"))
}

fn read_plain(exchange: &mut Exchange, mut take: impl FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
    while let Some(bytes) = exchange.read()? {
        take(bytes)?;
    }
    Ok(())
}

/// The content of a redirect is read, so that the connection can be used again, and shown to nobody. Where the connection
/// ends with it anyway, what follows does not wait for that.
pub(crate) fn discard(exchange: &mut Exchange) -> Result<(), Error> {
    while exchange.may_be_kept() && exchange.read()?.is_some() {}
    Ok(())
}

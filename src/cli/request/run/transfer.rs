//! One transfer: request, response, and again while the response is a redirect, a challenge or a reason to wait.

use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::conversation::converse;
use super::output::fail;
use super::output::{self, Output};
use super::report::{Place, Report};
use super::saving;
use super::session::Session;
use super::verdict::{Verdict, refusal, verdict};
use crate::cli::exit;
use crate::cli::request::layout::Layout;
use crate::cli::request::plan::{Plan, Transfer};
use crate::cli::request::retry::retry_after;
use crate::client::transport::{Deadline, Exchange, Transport};
use crate::client::{
    Body, Credentials, Error, Follow, Hop, Kind, Next, Request, RequestSpec, build, digest_answer, named_target, next,
    proxy_for, read_decoded,
};
use crate::message::ReplyHead;
use crate::print::{Bars, Terminal};

/// One transfer, with all its attempts, and what is said about it: a failure, and what `-w` asks for. Gives the status.
pub(crate) fn run_transfer(
    plan: &Plan,
    transfer: &Transfer,
    url: usize,
    session: &mut Session,
    terminal: &mut Terminal,
) -> u8 {
    let started = Instant::now();
    let mut report = Report { url: transfer.url.clone(), url_number: url, ..Report::default() };
    report.target = transfer.target.clone().ok();
    report.method = transfer.spec.first_method().to_owned();
    report.file = transfer.file.as_ref().map(|path| path.display().to_string());
    report.number = session.begin();
    let outcome = match plan.dialect {
        Some(dialect) => converse(dialect, plan, transfer, &mut session.transport, terminal, &mut report),
        None => attempts(plan, transfer, session, terminal, &mut report, started),
    };
    report.total_time = started.elapsed();
    if let Err(error) = &outcome {
        report.exit = fail(error, &plan.layout, terminal);
        report.message = Some(error.message.clone());
    }
    match tell(&report, &plan.layout, terminal) {
        Err(error) if report.exit == exit::SUCCESS => fail(&error, &plan.layout, terminal),
        _ => report.exit,
    }
}

/// Says what was asked for about a transfer that is over.
fn tell(report: &Report, layout: &Layout, terminal: &mut Terminal) -> Result<(), Error> {
    if layout.dry_run {
        return Ok(());
    }
    if layout.parts.is_some_and(|parts| parts.meta) {
        output::to_stdout(&mut terminal.output, report.meta().as_bytes())?;
    }
    layout.write_out.as_ref().map_or(Ok(()), |format| write_report(report, format, terminal, layout))
}

/// How one attempt went.
enum Attempt {
    /// As far as it can go.
    Over,
    /// It may go better in a while: the status, and how long the server asks to wait.
    Later(u16, Option<Duration>),
}

/// Tries until it works, fails for good, or was tried often enough.
fn attempts(
    plan: &Plan,
    transfer: &Transfer,
    session: &mut Session,
    terminal: &mut Terminal,
    report: &mut Report,
    started: Instant,
) -> Result<(), Error> {
    let mut tried = 0;
    loop {
        let left = plan.retry.times - tried;
        let outcome = follow_hops(plan, transfer, session, terminal, report, left > 0);
        let (what, asked) = match &outcome {
            Ok(Attempt::Over) => return Ok(()),
            Ok(Attempt::Later(status, asked)) => (format!("status {status}"), *asked),
            Err(error) if left > 0 && !report.is_begun && plan.retry.may_pass(error.kind) => {
                (error.message.clone(), None)
            }
            Err(error) => return Err(error.clone()),
        };
        tried += 1;
        let wait = plan.retry.wait(tried, asked, started.elapsed());
        match (outcome, wait) {
            (Err(error), None) => return Err(error),
            // The time for further attempts is up: what comes now is the answer.
            (Ok(_), None) => return follow_hops(plan, transfer, session, terminal, report, false).map(|_| ()),
            (_, Some(wait)) => {
                if !plan.layout.silent {
                    let seconds = wait.as_secs();
                    let text = format!("{what}: trying again in {seconds} s, {left} attempts left");
                    output::warn(&mut terminal.error, &plan.layout, &text);
                }
                report.retries = tried;
                session.pause(wait)?;
            }
        }
    }
}

/// Request, response, and again while the response is a redirect or a challenge.
fn follow_hops(
    plan: &Plan,
    transfer: &Transfer,
    session: &mut Session,
    terminal: &mut Terminal,
    report: &mut Report,
    may_retry: bool,
) -> Result<Attempt, Error> {
    let deadline = Deadline::after(plan.settings.total_time);
    let started = Instant::now();
    let mut hop = Hop::first(transfer.target.clone()?);
    hop.probes = matches!(transfer.spec.credentials, Some(Credentials::Digest(_)));
    let Terminal { input, output, error, variable, .. } = terminal;
    let mut out = Output::new(&plan.layout, output, error, transfer);
    loop {
        hop.proxy = proxy_for(&hop.target, &plan.proxy, variable)?;
        if let Some(jar) = session.cookies() {
            hop.cookies = jar.field(&named_target(&transfer.spec, &hop), SystemTime::now());
        }
        let request = build(&transfer.spec, &hop)?;
        if plan.layout.dry_run {
            return print_unsent(&request, input.as_mut(), &mut out).map(|()| Attempt::Over);
        }
        out.request(&request.head())?;
        print_request_content(&request, &plan.layout, &mut out)?;
        report.begin_hop(&request, &hop, started.elapsed());
        let sent = session.transport.send(&request, input.as_mut(), deadline.from_now());
        report.know(&session.transport, sent.as_ref().ok());
        let mut exchange = sent?;
        out.remark(&connection_remark(report));
        if let Some(mut jar) = session.cookies() {
            jar.keep(&named_target(&transfer.spec, &hop), &exchange.head, SystemTime::now());
        }
        if let Some(again) = answer_challenge(&transfer.spec, &request, &hop, &exchange.head)? {
            print_heads(&exchange, &mut out)?;
            discard(&mut exchange)?;
            session.transport.keep(exchange);
            hop = again;
            continue;
        }
        if may_retry && plan.retry.is_transient(exchange.head.status) {
            let asked = exchange.head.text("retry-after").and_then(|text| retry_after(&text, SystemTime::now()));
            return Ok(Attempt::Later(exchange.head.status, asked));
        }
        out.name(&exchange.head);
        print_heads(&exchange, &mut out)?;
        match next(&transfer.spec, &plan.follow, &hop, &request.method, &exchange.head)? {
            Next::Hop(following) => {
                warn_of_method(&transfer.spec, &plan.follow, &hop, &following, &mut out);
                discard(&mut exchange)?;
                session.transport.keep(exchange);
                hop = *following;
            }
            last => {
                if let Next::Elsewhere(target) = last {
                    report.redirect = Some(target);
                }
                finish(plan, transfer, exchange, session, &mut out, report)?;
                return Ok(Attempt::Over);
            }
        }
    }
}

/// The hop that answers a challenge, if there is one and it was not answered before.
fn answer_challenge(spec: &RequestSpec, request: &Request, hop: &Hop, head: &ReplyHead) -> Result<Option<Hop>, Error> {
    let Some(Credentials::Digest(userinfo)) = spec.credentials.as_ref().filter(|_| hop.trusted) else {
        return Ok(None);
    };
    if hop.authorization.is_some() {
        return Ok(None);
    }
    let is_repeatable = match &spec.body {
        Body::Data(content, _) | Body::Upload(content) => content.is_repeatable() || hop.probes,
        Body::None => true,
    };
    if head.status != 401 || !is_repeatable {
        // Nobody asked for a password: what was held back goes out now.
        let was_held = hop.probes && hop.with_body && !matches!(spec.body, Body::None);
        return Ok(was_held.then(|| Hop { probes: false, ..hop.clone() }));
    }
    let answer = digest_answer(request, userinfo, head)?;
    Ok(answer.map(|answer| Hop { authorization: Some(answer), probes: false, ..hop.clone() }))
}

/// The content of the final response, and what is known in the end.
fn finish(
    plan: &Plan,
    transfer: &Transfer,
    mut exchange: Exchange,
    session: &mut Session,
    out: &mut Output<'_>,
    report: &mut Report,
) -> Result<(), Error> {
    let printed = verdict(transfer, &exchange, &plan.layout, out).and_then(|verdict| match verdict {
        Verdict::Wanted => print_content(&mut exchange, plan, &transfer.spec, &session.bars, out),
        Verdict::Unneeded => Ok(()),
        Verdict::Unchanged => {
            out.remark("the content is not newer than was asked for: taken as 304");
            report.head.iter_mut().for_each(|head| head.status = 304);
            Ok(())
        }
    });
    report.downloaded = exchange.received();
    report.is_begun = out.is_begun() || (out.path().is_none() && report.downloaded > 0);
    report.file = out.path().map(|path| path.display().to_string());
    if printed.is_err() {
        out.abandon();
    }
    printed?;
    session.transport.keep(exchange);
    Ok(())
}

/// `--dry-run`: the octets that would be sent.
fn print_unsent(request: &Request, input: &mut (dyn Read + Send), out: &mut Output<'_>) -> Result<(), Error> {
    out.dry_head(&request.head())?;
    let Some(content) = &request.content else { return Ok(()) };
    let mut source = content.open(input)?;
    let mut body = out.dry_body(request.field("content-type").map(|field| field.value()));
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = source.read(&mut piece).map_err(|error| Error::new(Kind::Read, crate::client::reason(&error)))?;
        let octets = if request.chunked { crate::client::chunk(&piece[..length]) } else { piece[..length].to_vec() };
        match body.feed(&octets) {
            Some(shown) => out.print(&shown)?,
            None => out.print(&octets)?,
        }
        if length == 0 {
            break;
        }
    }
    out.print(&body.finish())
}

/// `--print B`: the content of the request, if it is in memory; what is read while it is sent is not read twice.
fn print_request_content(request: &Request, layout: &Layout, out: &mut Output<'_>) -> Result<(), Error> {
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

fn print_heads(exchange: &Exchange, out: &mut Output<'_>) -> Result<(), Error> {
    exchange.interim.iter().chain([&exchange.head]).try_for_each(|head| out.head(head))
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
        out.warn(&format!("{} octets of binary content are not shown; -o FILE saves them", exchange.received()));
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
    Error::new(Kind::Size, format!("the content is larger than {limit} octets"))
}

/// The content of a redirect is read, so that the connection can be used again, and shown to nobody.
fn discard(exchange: &mut Exchange) -> Result<(), Error> {
    while exchange.read()?.is_some() {}
    Ok(())
}

/// A method that was named stays where it would have become GET: the user should know.
fn warn_of_method(spec: &RequestSpec, follow: &Follow, hop: &Hop, following: &Hop, out: &mut Output<'_>) {
    if let (Some(method), true) = (&spec.method, hop.with_body && !following.with_body)
        && !matches!(method.as_str(), "GET" | "HEAD")
        && follow.follow
    {
        out.warn(&format!("the redirect would turn {method} into GET, but -X keeps it"));
    }
}

fn connection_remark(report: &Report) -> String {
    match (report.facts.remote, report.facts.reused) {
        (_, true) => "the connection is used again".to_owned(),
        (Some(address), false) => format!("connected to {address}"),
        (None, false) => "connected".to_owned(),
    }
}

fn write_report(report: &Report, format: &str, terminal: &mut Terminal, layout: &Layout) -> Result<(), Error> {
    let written = report.write(format);
    for name in &written.unknown {
        output::warn(&mut terminal.error, layout, &format!("unknown variable '{name}' in -w"));
    }
    for (place, text) in &written.parts {
        match place {
            Place::Output => output::to_stdout(&mut terminal.output, text.as_bytes())?,
            // What cannot be said on standard error cannot be said at all.
            Place::Error => drop(terminal.error.write_all(text.as_bytes())),
            Place::File { name, appends } => saving::to_file(Path::new(name), *appends, text.as_bytes())?,
        }
    }
    Ok(())
}

impl Report {
    fn begin_hop(&mut self, request: &Request, hop: &Hop, before: Duration) {
        self.method.clone_from(&request.method);
        self.referer = request.field("referer").map(|field| field.value().to_owned());
        self.proxied = request.proxy.is_some();
        self.tunnels = request.tunnels();
        self.effective = Some(hop.target.clone());
        self.redirects = hop.redirects;
        self.head = None;
        if hop.redirects > 0 {
            self.redirect_time = before;
        }
    }

    fn know(&mut self, transport: &Transport, exchange: Option<&Exchange>) {
        self.facts = transport.facts().clone();
        self.connects += self.facts.connects;
        self.head_octets += self.facts.head_octets;
        self.request_octets += self.facts.request_octets;
        self.head = exchange.map(|exchange| exchange.head.clone());
    }
}

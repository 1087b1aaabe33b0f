//! The story of `request`, from the arguments to the exit status.

mod content;
mod dialect;
mod fields;
mod limits;
mod output;
mod report;
mod spec;
mod target;

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::exit;
use crate::cli::args::RequestArgs;
use crate::client::transport::{Deadline, Exchange, Transport};
use crate::client::{Error, Follow, Hop, Kind, Next, Request, RequestSpec, build, next};
use crate::message::ReplyHead;
use crate::print::Terminal;
use output::{Layout, Output};
use report::Report;
use spec::{Plan, Surroundings, Transfer};

/// Runs `httpkit request` and gives the exit status: that of the last transfer.
pub fn run(args: &RequestArgs, terminal: &mut Terminal) -> u8 {
    let mut around = Surroundings { input: &mut terminal.input, variable: &terminal.variable };
    let plan = match spec::spec(args, &mut around) {
        Ok(plan) => plan,
        Err(error) => return fail(&error, &output::layout(args, &terminal.variable), terminal),
    };
    for warning in plan.warnings.iter().filter(|_| !plan.layout.silent) {
        output::warn(&mut terminal.error, &plan.layout, warning);
    }
    let mut transport = Transport::new(plan.settings.clone());
    let mut status = exit::SUCCESS;
    for (number, transfer) in plan.transfers.iter().enumerate() {
        status = match run_transfer(&plan, transfer, number, &mut transport, terminal) {
            Ok(()) => exit::SUCCESS,
            Err(error) => fail(&error, &plan.layout, terminal),
        };
    }
    status
}

/// Says what failed, if failures are said, and gives its exit status. A closed pipe ends quietly.
fn fail(error: &Error, layout: &Layout, terminal: &mut Terminal) -> u8 {
    let status = exit::of(error.kind);
    if layout.speaks() && error.kind != Kind::Closed {
        output::complain(&mut terminal.error, layout, status, error);
    }
    status
}

/// One transfer, and what `-w` says about it.
fn run_transfer(
    plan: &Plan,
    transfer: &Transfer,
    number: usize,
    transport: &mut Transport,
    terminal: &mut Terminal,
) -> Result<(), Error> {
    let started = Instant::now();
    let mut report = Report { url: transfer.url.clone(), number, ..Report::default() };
    report.file = transfer.file.as_ref().map(|path| path.display().to_string());
    let outcome = match plan.dialect {
        Some(dialect) => dialect::converse(dialect, plan, transfer, transport, terminal, &mut report),
        None => follow_hops(plan, transfer, transport, terminal, &mut report),
    };
    report.total_time = started.elapsed();
    if let Err(error) = &outcome {
        report.exit = exit::of(error.kind);
        report.message = Some(error.message.clone());
    }
    match &plan.layout.write_out {
        Some(format) if !plan.layout.dry_run => {
            let told = write_report(&report, format, terminal, &plan.layout);
            outcome.and(told)
        }
        _ => outcome,
    }
}

/// Request, response, and again while the response is a redirect.
fn follow_hops(
    plan: &Plan,
    transfer: &Transfer,
    transport: &mut Transport,
    terminal: &mut Terminal,
    report: &mut Report,
) -> Result<(), Error> {
    let deadline = Deadline::after(plan.settings.total_time);
    let started = Instant::now();
    let mut hop = Hop::first(transfer.target.clone()?);
    let Terminal { input, output, error, .. } = terminal;
    let mut out = Output::new(&plan.layout, output, error, transfer.file.as_deref());
    loop {
        let request = build(&transfer.spec, &hop)?;
        if plan.layout.dry_run {
            return print_unsent(&request, input.as_mut(), &mut out);
        }
        out.request(&request.head())?;
        report.begin_hop(&request, &hop, started.elapsed());
        let sent = transport.send(&request, input.as_mut(), deadline.from_now());
        report.know(transport, sent.as_ref().ok());
        let mut exchange = sent?;
        out.remark(&connection_remark(report));
        print_heads(&exchange, &mut out)?;
        match next(&transfer.spec, &plan.follow, &hop, &request.method, &exchange.head)? {
            Next::Hop(following) => {
                warn_of_method(&transfer.spec, &plan.follow, &hop, &following, &mut out);
                discard(&mut exchange)?;
                transport.keep(exchange);
                hop = *following;
            }
            last => {
                if let Next::Elsewhere(target) = last {
                    report.redirect = Some(target);
                }
                let printed = print_content(&mut exchange, &plan.layout, &mut out);
                report.downloaded = exchange.received();
                printed?;
                transport.keep(exchange);
                return Ok(());
            }
        }
    }
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

fn print_heads(exchange: &Exchange, out: &mut Output<'_>) -> Result<(), Error> {
    exchange.interim.iter().chain([&exchange.head]).try_for_each(|head| out.head(head))
}

/// The content of the final response, as it arrives.
fn print_content(exchange: &mut Exchange, layout: &Layout, out: &mut Output<'_>) -> Result<(), Error> {
    let refused = exchange.head.status >= 400 && (layout.fail || layout.fail_with_body);
    let failure = || Error::new(Kind::Status, format!("the server answered {}", status_text(&exchange.head)));
    let failure = refused.then(failure);
    if let (Some(failure), true) = (&failure, layout.fail) {
        return Err(failure.clone());
    }
    let mut body = out.body(exchange.head.text("content-type").as_deref());
    while let Some(octets) = exchange.read()? {
        match body.feed(octets) {
            Some(shown) => out.write(&shown)?,
            None => out.write(octets)?,
        }
    }
    out.write(&body.finish())?;
    if body.is_withheld() {
        out.warn(&format!("{} octets of binary content are not shown; -o FILE saves them", exchange.received()));
    }
    out.trailer(exchange.trailer())?;
    out.finish()?;
    failure.map_or(Ok(()), Err)
}

fn status_text(head: &ReplyHead) -> String {
    format!("{} {}", head.status, head.reason).trim_end().to_owned()
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
        (Some(address), false) => format!("connected to {address}"),
        (_, true) => "the connection is used again".to_owned(),
        (None, false) => "connected".to_owned(),
    }
}

fn write_report(report: &Report, format: &str, terminal: &mut Terminal, layout: &Layout) -> Result<(), Error> {
    let written = report.write(format);
    for name in &written.unknown {
        output::warn(&mut terminal.error, layout, &format!("unknown variable '{name}' in -w"));
    }
    // What cannot be said on standard error cannot be said at all.
    let _ = terminal.error.write_all(written.error.as_bytes());
    output::to_stdout(&mut terminal.output, written.output.as_bytes())
}

impl Report {
    fn begin_hop(&mut self, request: &Request, hop: &Hop, before: Duration) {
        self.method.clone_from(&request.method);
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

//! One transfer: request, response, and again while the response is a redirect, a challenge or a reason to wait.

use std::time::{Duration, Instant, SystemTime};

use super::content::{discard, finish, print_heads, print_request_content};
use super::conversation::converse;
use super::output::{self, Output, fail};
use super::proxy;
use super::running::Running;
use super::session::Session;
use super::telling::tell;
use super::{instead, local};
use crate::cli::exit;
use crate::cli::request::plan::{Plan, Transfer};
use crate::cli::request::retry::retry_after;
use crate::client::transport::{Deadline, Exchange};
use crate::client::{
    Authentication, Error, Follow, Hop, Kind, Next, Request, RequestSpec, build, elsewhere, named_target, next,
    proxy_for,
};
use crate::message::ReplyHead;
use crate::print::Terminal;

/// One transfer, with all its attempts, and what is said about it: a failure, and what `-w` asks for. Gives the status.
pub(crate) fn run_transfer(
    plan: &Plan,
    transfer: &Transfer,
    url: usize,
    session: &mut Session,
    terminal: &mut Terminal,
) -> u8 {
    if let Some(path) = transfer.file.as_deref().filter(|path| plan.layout.saving.skip_existing && path.exists()) {
        if !plan.layout.silent {
            output::note(terminal, &plan.layout, &format!("'{}' is there and is not fetched again", path.display()));
        }
        return exit::SUCCESS;
    }
    let mut run = Running::begin(plan, transfer, url, session, terminal);
    let outcome = match (plan.dialect, &transfer.local) {
        (Some(dialect), _) => converse(dialect, &mut run),
        (None, Some(path)) => local::read(path, &mut run),
        (None, None) => attempts(&mut run),
    };
    if outcome.is_err() {
        run.out.abandon();
    }
    run.note_output();
    let mut report = run.report;
    if let Err(error) = &outcome {
        report.exit = fail(error, &plan.layout, terminal);
        report.message = Some(error.message.clone());
    }
    match tell(&report, &plan.layout, terminal) {
        Err(error) if report.exit == exit::SUCCESS => fail(&error, &plan.layout, terminal),
        _ => report.exit,
    }
}

/// How one attempt went.
enum Attempt {
    /// As far as it can go.
    Over,
    /// It may go better after a while: the status, and how long to wait.
    Later(u16, Duration),
}

/// Tries until it works, fails for good, or was tried often enough.
fn attempts(run: &mut Running<'_>) -> Result<(), Error> {
    loop {
        let (what, wait) = match follow_hops(run) {
            Ok(Attempt::Over) => return Ok(()),
            Ok(Attempt::Later(status, wait)) => (format!("status {status}"), wait),
            Err(error) => match wait_after(&error, run) {
                Some(wait) => (error.message, wait),
                None => return Err(error),
            },
        };
        run.report.retries += 1;
        let left = run.plan.retry.times - run.report.retries;
        let seconds = wait.as_secs_f64();
        run.out.warn(&format!("{what}: trying again in {seconds} s, {left} more attempts after that"));
        run.session.pause(wait)?;
    }
}

/// How long to wait after a failure, if there shall be another attempt.
fn wait_after(error: &Error, run: &Running<'_>) -> Option<Duration> {
    let was_sent = !matches!(error.kind, Kind::Connect | Kind::Name | Kind::ProxyName);
    let may_pass = run.plan.retry.may_pass(error.kind) && run.out.can_begin_again();
    let may_send = !was_sent || run.transfer.spec.is_repeatable();
    run.plan.retry.wait(run.report.retries + 1, None, run.started.elapsed()).filter(|_| may_pass && may_send)
}

/// How long to wait before the request is sent again, if this response may be another one then. Decided before the
/// response is let go: where there is no further attempt, it is the answer.
fn wait_after_status(head: &ReplyHead, run: &mut Running<'_>) -> Option<Duration> {
    let retry = run.plan.retry;
    if retry.times == 0 || !retry.is_transient(head.status) || !run.transfer.spec.is_repeatable() {
        return None;
    }
    let asked = head.text("retry-after").and_then(|text| retry_after(&text, SystemTime::now()));
    retry.wait(run.report.retries + 1, asked, run.started.elapsed())
}

/// Request, response, and again while the response is a redirect or a challenge.
fn follow_hops(run: &mut Running<'_>) -> Result<Attempt, Error> {
    let (plan, spec) = (run.plan, &run.transfer.spec);
    let deadline = Deadline::after(plan.settings.total_time);
    let started = Instant::now();
    let mut hop = Hop::first(run.transfer.target.clone()?);
    let mut authentication = Authentication::default();
    run.out.begin(run.transfer)?;
    loop {
        hop.proxy = proxy_for(&hop.target, &plan.proxy, &run.variable)?;
        hop.place = plan.settings.place_of(&hop.target);
        if let Some(jar) = run.session.cookies() {
            hop.cookies = jar.field(&named_target(spec, &hop), SystemTime::now());
        }
        authentication.prepare(spec, &mut hop);
        let request = build(spec, &hop)?;
        if let Some(instead) = plan.layout.instead {
            return instead::act(instead, &request, run).map(|()| Attempt::Over);
        }
        run.out.request(&request.head())?;
        print_request_content(&request, &plan.layout, &mut run.out)?;
        run.note_hop(&request, &hop, started.elapsed());
        let sent = run.session.transport.send(&request, run.input, deadline.from_now());
        run.note_sent(sent.as_ref().ok());
        proxy::show_tunnel(run)?;
        if let (Ok(exchange), Some(mut jar)) = (&sent, run.session.cookies()) {
            jar.keep(&named_target(spec, &hop), &exchange.head, SystemTime::now());
        }
        let refusal = sent.as_ref().map_or(run.report.facts.tunnel.last(), |exchange| Some(&exchange.head));
        if let Some(again) = proxy::answer(spec, &request, &hop, refusal)? {
            if let Ok(mut exchange) = sent {
                print_heads(&exchange, &mut run.out)?;
                discard(&mut exchange)?;
                run.session.transport.keep(exchange);
            }
            hop = again;
            continue;
        }
        let mut exchange = sent?;
        if authentication.answers(spec, &hop, &exchange.head)? || drop_expect(spec, &request, &mut hop, &exchange) {
            print_heads(&exchange, &mut run.out)?;
            discard(&mut exchange)?;
            run.session.transport.keep(exchange);
            continue;
        }
        if let Some(wait) = wait_after_status(&exchange.head, run) {
            return Ok(Attempt::Later(exchange.head.status, wait));
        }
        run.out.name(&exchange.head);
        print_heads(&exchange, &mut run.out)?;
        let following = next(spec, &plan.follow, &hop, &request.method, &exchange.head);
        if !matches!(following, Ok(Next::Hop(_))) {
            run.report.redirect = elsewhere(&plan.follow, &hop, &exchange.head);
        }
        match following? {
            Next::Hop(following) => {
                warn_of_method(spec, &plan.follow, &hop, &following, &mut run.out);
                discard(&mut exchange)?;
                run.session.transport.keep(exchange);
                // The answer to a challenge holds for one request; a password for all.
                let known = hop.proxy_authorization.filter(|value| value.starts_with("Basic "));
                hop = Hop { proxy_authorization: known, ..*following };
            }
            Next::Done => {
                finish(exchange, run)?;
                return Ok(Attempt::Over);
            }
        }
    }
}

/// Whether the server refused an `Expect` that nobody typed: the request goes out again without it (RFC 9110 15.5.18).
fn drop_expect(spec: &RequestSpec, request: &Request, hop: &mut Hop, exchange: &Exchange) -> bool {
    let is_refused = exchange.head.status == 417 && hop.expects && !spec.is_typed("expect");
    let is_dropped = is_refused && request.expects_continue() && spec.is_repeatable();
    hop.expects &= !is_dropped;
    is_dropped
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

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
use crate::client::transport::Deadline;
use crate::client::{
    Body, Credentials, Error, Follow, Hop, Next, Request, RequestSpec, build, credentials, digest_answer, elsewhere,
    named_target, next, proxy_for,
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
    run.report.total_time = run.started.elapsed();
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
    /// It may go better in a while: the status, and how long the server asks to wait.
    Later(u16, Option<Duration>),
}

/// Tries until it works, fails for good, or was tried often enough.
fn attempts(run: &mut Running<'_>) -> Result<(), Error> {
    let retry = run.plan.retry;
    let mut tried = 0;
    loop {
        let left = retry.times - tried;
        let outcome = follow_hops(run, left > 0);
        let (what, asked) = match &outcome {
            Ok(Attempt::Over) => return Ok(()),
            Ok(Attempt::Later(status, asked)) => (format!("status {status}"), *asked),
            Err(error) if left > 0 && !run.report.is_begun && retry.may_pass(error.kind) => {
                (error.message.clone(), None)
            }
            Err(error) => return Err(error.clone()),
        };
        tried += 1;
        let wait = retry.wait(tried, asked, run.started.elapsed());
        match (outcome, wait) {
            (Err(error), None) => return Err(error),
            // The time for further attempts is up: what comes now is the answer.
            (Ok(_), None) => return follow_hops(run, false).map(|_| ()),
            (_, Some(wait)) => {
                let seconds = wait.as_secs();
                run.out.warn(&format!("{what}: trying again in {seconds} s, {left} attempts left"));
                run.report.retries = tried;
                run.session.pause(wait)?;
            }
        }
    }
}

/// Request, response, and again while the response is a redirect or a challenge.
fn follow_hops(run: &mut Running<'_>, may_retry: bool) -> Result<Attempt, Error> {
    let (plan, spec) = (run.plan, &run.transfer.spec);
    let deadline = Deadline::after(plan.settings.total_time);
    let started = Instant::now();
    let mut hop = Hop::first(run.transfer.target.clone()?);
    hop.probes = matches!(credentials(spec, &hop), Some(Credentials::Digest(_)));
    run.out.begin(run.transfer);
    loop {
        hop.proxy = proxy_for(&hop.target, &plan.proxy, &run.variable)?;
        hop.place = plan.settings.place_of(&hop.target);
        if let Some(jar) = run.session.cookies() {
            hop.cookies = jar.field(&named_target(spec, &hop), SystemTime::now());
        }
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
        if let Some(mut jar) = run.session.cookies() {
            jar.keep(&named_target(spec, &hop), &exchange.head, SystemTime::now());
        }
        if let Some(again) = answer_challenge(spec, &request, &hop, &exchange.head)? {
            print_heads(&exchange, &mut run.out)?;
            discard(&mut exchange)?;
            run.session.transport.keep(exchange);
            hop = again;
            continue;
        }
        if may_retry && plan.retry.is_transient(exchange.head.status) {
            let asked = exchange.head.text("retry-after").and_then(|text| retry_after(&text, SystemTime::now()));
            return Ok(Attempt::Later(exchange.head.status, asked));
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

/// The hop that answers a challenge, if there is one and it was not answered before.
fn answer_challenge(spec: &RequestSpec, request: &Request, hop: &Hop, head: &ReplyHead) -> Result<Option<Hop>, Error> {
    let Some(Credentials::Digest(userinfo)) = credentials(spec, hop) else {
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
    let answer = digest_answer(request, &userinfo, head)?;
    Ok(answer.map(|answer| Hop { authorization: Some(answer), probes: false, ..hop.clone() }))
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

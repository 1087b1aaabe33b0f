//! One transfer: request, response, and again while the response is a redirect, a challenge or a reason to wait.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::content::{discard, finish, print_before, print_heads, print_request_content};
use super::conversation::converse;
use super::output::{self, Output, fail};
use super::running::Running;
use super::session::Session;
use super::telling::tell;
use super::verdict::is_part;
use super::{instead, local, raw};
use crate::cli::exit;
use crate::cli::request::plan::{Plan, Transfer};
use crate::cli::request::retry::retry_after;
use crate::client::transport::{Deadline, Exchange};
use crate::client::{
    Authentication, Error, Follow, Hop, Kind, Next, ProxyAuthentication, Request, RequestSpec, TargetUri, build,
    elsewhere, named_target, next, proxy_for,
};
use crate::message::{ReplyVersion, Version};
use crate::print::Terminal;

/// One transfer, with all its attempts, and what is said about it: a failure, and what `-w` asks for. Gives the status.
pub(crate) fn run_transfer(
    plan: &Plan,
    transfer: &Transfer,
    url: usize,
    session: &mut Session,
    terminal: &mut Terminal,
) -> u8 {
    let there = transfer.file.as_deref().filter(|path| plan.layout.saving.skip_existing && path.exists());
    if let Some(path) = there.filter(|_| !plan.layout.silent) {
        let what = format!("'{}' is there and is not fetched again", path.display());
        output::note(&mut terminal.error, &plan.layout, &what);
    }
    let mut run = Running::begin(plan, transfer, url, session, terminal);
    let outcome = match (plan.dialect, &transfer.local) {
        _ if there.is_some() => Ok(()),
        (Some(dialect), _) => converse(dialect, &mut run),
        (None, _) if plan.raw.is_some() => raw::send(plan.raw.as_deref().unwrap_or_default(), &mut run),
        (None, Some(path)) => local::transfer(path, &mut run),
        (None, None) => attempts(&mut run),
    };
    match outcome {
        Ok(()) => run.out.say_saved(run.started.elapsed(), &run.session.bars),
        Err(_) => run.out.abandon(),
    }
    run.session.unwatch();
    // What is shown ends here.
    let outcome = outcome.and_then(|()| run.out.check_shown());
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
        let outcome = follow_hops(run);
        run.note_end(outcome.as_ref().err());
        let (what, wait) = match outcome {
            Ok(Attempt::Over) => return Ok(()),
            Ok(Attempt::Later(status, wait)) => (format!("status {status}"), wait),
            Err(error) => match wait_after(&error, run) {
                Some(wait) => {
                    keep_part(&error, run);
                    (error.message, wait)
                }
                None => return Err(error),
            },
        };
        run.try_again();
        let left = run.plan.retry.times - run.report.retries;
        let seconds = wait.as_secs_f64();
        run.out.warn(&format!("{what}: trying again in {seconds} s, {left} more attempts after that"));
        run.session.pause(wait)?;
    }
}

/// How long to wait after a failure, if there shall be another attempt.
fn wait_after(error: &Error, run: &Running<'_>) -> Option<Duration> {
    let was_sent = !matches!(error.kind, Kind::Connect | Kind::Name | Kind::ProxyName);
    let may_pass = run.plan.retry.may_pass(error.kind);
    let may_send = !was_sent || run.transfer.spec.is_repeatable();
    run.plan.retry.wait(run.report.retries + 1, None, run.started.elapsed()).filter(|_| may_pass && may_send)
}

/// Lets the next attempt go on where this one broke off, if it may (`-C`). Of content that is too large no more is asked for.
fn keep_part(error: &Error, run: &mut Running<'_>) {
    let (Some(from), Some(head)) = (run.resume, &run.report.head) else { return };
    let is_part = is_part(&run.transfer.spec, from, &run.report.method, head);
    if is_part && error.kind != Kind::Size && !run.plan.settings.raw {
        run.resume = run.out.keep(from).or(run.resume);
    }
}

/// The status of the response, and how long to wait before the request is sent again, if it may be another one then.
fn later(run: &Running<'_>) -> Option<Attempt> {
    let (retry, head) = (run.plan.retry, run.report.head.as_ref()?);
    if retry.times == 0 || !retry.is_transient(head.status) || !run.transfer.spec.is_repeatable() {
        return None;
    }
    let asked = head.text("retry-after").and_then(|text| retry_after(&text, SystemTime::now()));
    let wait = retry.wait(run.report.retries + 1, asked, run.started.elapsed())?;
    Some(Attempt::Later(head.status, wait))
}

/// Request, response, and again while the response is a redirect or a challenge.
fn follow_hops(run: &mut Running<'_>) -> Result<Attempt, Error> {
    let spec = &run.transfer.spec;
    let mut hops = Hops::first(run.transfer.target.clone()?, run.plan.settings.total_time);
    hops.hop.range = run.resume.filter(|from| run.transfer.resume != Some(*from)).map(|from| format!("bytes={from}-"));
    run.out.begin(run.transfer)?;
    loop {
        let request = hops.request(run)?;
        if let Some(instead) = run.plan.layout.instead {
            return instead::act(instead, &request, run).map(|()| Attempt::Over);
        }
        let sent = hops.send(&request, run)?;
        let goes_again = hops.goes_again(&request, &sent, run);
        if !matches!(goes_again, Ok(false)) {
            if let Ok(exchange) = &sent {
                print_heads(exchange, &mut run.out)?;
            }
            goes_again?;
            if let Ok(exchange) = sent {
                pass(exchange, run)?;
            }
            continue;
        }
        let exchange = sent.map_err(|error| hinted(refused(error, run), &hops.hop, run))?;
        match after(&hops.hop, &request, &exchange, run)? {
            Next::Hop(following) => {
                warn_of_method(spec, &run.plan.follow, &hops.hop, &following, &mut run.out);
                pass(exchange, run)?;
                hops.hop = *following;
            }
            Next::Done => return end(exchange, run),
        }
    }
}

/// The failure of a hop: a tunnel that was refused is a status that fails too, where such do (`-f`).
fn refused(error: Error, run: &Running<'_>) -> Error {
    let is_refusal = run.report.facts.tunnel.last().is_some_and(|head| head.status >= 400);
    match error.kind == Kind::Connect && is_refusal && run.plan.layout.fail {
        true => Error::new(Kind::Status, error.message),
        false => error,
    }
}

/// The failure of a hop: a host that is not there may be the name of a file that is, and was to be served.
fn hinted(error: Error, hop: &Hop, run: &Running<'_>) -> Error {
    let typed = &run.transfer.url;
    let is_first = run.transfer.target.as_ref().is_ok_and(|first| first.host == hop.target.host);
    match error.kind == Kind::Name && is_first && Path::new(typed).is_file() {
        true => Error::new(Kind::Name, format!("{}; 'httpkit serve {typed}' serves the file", error.message)),
        false => error,
    }
}

/// The end of an attempt: its response comes out as if it were the last, as it may be.
fn end(exchange: Exchange, run: &mut Running<'_>) -> Result<Attempt, Error> {
    let outcome = finish(exchange, run).map(|()| Attempt::Over);
    match outcome {
        Err(error) if error.kind != Kind::Status => Err(error),
        outcome => later(run).map_or(outcome, Ok),
    }
}

/// The version after whose answers requests go in HTTP/1.0.
const OLD: ReplyVersion = ReplyVersion::Http1(Version::Http10);

/// What the hops of one attempt have in common, and the one that is at hand.
struct Hops {
    hop: Hop,
    deadline: Deadline,
    started: Instant,
    authentication: Authentication,
    proxies: ProxyAuthentication,
}

impl Hops {
    fn first(target: TargetUri, total_time: Option<Duration>) -> Hops {
        Hops {
            hop: Hop::first(target),
            deadline: Deadline::after(total_time),
            started: Instant::now(),
            authentication: Authentication::default(),
            proxies: ProxyAuthentication::default(),
        }
    }

    /// The complete request of the hop at hand, with what is known by now.
    fn request(&mut self, run: &mut Running<'_>) -> Result<Request, Error> {
        let (plan, spec, hop) = (run.plan, &run.transfer.spec, &mut self.hop);
        run.session.note_request();
        if let Some(target) = run.session.secure_hosts().and_then(|hosts| hosts.secure(&hop.target, SystemTime::now()))
        {
            hop.target = target;
        }
        hop.proxy = proxy_for(&hop.target, &plan.proxy, &run.variable)?;
        hop.place = plan.settings.place_of(&hop.target);
        if let Some(jar) = run.session.cookies() {
            hop.cookies = jar.field(&named_target(spec, hop), SystemTime::now());
        }
        self.authentication.prepare(spec, hop);
        self.proxies.prepare(spec, hop);
        let request = build(spec, hop)?;
        if hop.is_old || !run.session.transport.is_old(&request) {
            return Ok(request);
        }
        build(spec, &Hop { is_old: true, ..hop.clone() })
    }

    /// Sends the request, and notes and shows what became of that before the final head. Fails where nothing can be shown.
    fn send(&mut self, request: &Request, run: &mut Running<'_>) -> Result<Result<Exchange, Error>, Error> {
        run.out.request(&request.head())?;
        print_request_content(request, &run.plan.layout, &mut run.out)?;
        run.note_hop(request, &self.hop, self.started.elapsed());
        let sent = run.session.transport.send(request, run.input, self.deadline.from_now());
        run.note_sent(sent.as_ref().ok());
        print_before(run)?;
        self.hop.is_old |= sent.as_ref().is_ok_and(|exchange| exchange.head.version == OLD);
        if let (Ok(exchange), Some(mut jar)) = (&sent, run.session.cookies()) {
            jar.keep(&named_target(&run.transfer.spec, &self.hop), &exchange.head, SystemTime::now());
        }
        if let (Ok(exchange), Some(mut hosts)) = (&sent, run.session.secure_hosts()) {
            hosts.keep(&self.hop.target, &exchange.head, SystemTime::now());
        }
        Ok(sent)
    }

    /// Whether the same hop is asked again, with what the proxy or the server wants to know.
    fn goes_again(
        &mut self,
        request: &Request,
        sent: &Result<Exchange, Error>,
        run: &Running<'_>,
    ) -> Result<bool, Error> {
        let spec = &run.transfer.spec;
        let of_proxy = match sent {
            Err(_) => run.report.facts.tunnel.last(),
            Ok(exchange) => Some(&exchange.head).filter(|_| request.asked_proxy().is_some()),
        };
        if let Some(head) = of_proxy
            && self.proxies.answers(spec, &self.hop, head)?
        {
            return Ok(true);
        }
        match sent {
            Err(_) => Ok(false),
            Ok(exchange) => Ok(self.authentication.answers(spec, &self.hop, &exchange.head)?
                || drop_expect(spec, request, &mut self.hop, exchange)),
        }
    }
}

/// Shows the heads of a response, and says what follows on it.
fn after(hop: &Hop, request: &Request, exchange: &Exchange, run: &mut Running<'_>) -> Result<Next, Error> {
    let follow = &run.plan.follow;
    run.out.name(&exchange.head);
    print_heads(exchange, &mut run.out)?;
    let following = next(&run.transfer.spec, follow, hop, &request.method, &exchange.head);
    if !matches!(following, Ok(Next::Hop(_))) {
        run.report.redirect = elsewhere(follow, hop, &exchange.head);
    }
    following
}

/// Reads past the content of a response that is not the last, and keeps its connection.
fn pass(mut exchange: Exchange, run: &mut Running<'_>) -> Result<(), Error> {
    discard(&mut exchange)?;
    run.session.transport.keep(exchange);
    Ok(())
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

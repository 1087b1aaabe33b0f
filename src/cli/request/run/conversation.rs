//! A transfer in one of the original dialects: call, answer, and where the server asks back, the reply to its question.

use std::io::Read;
use std::time::Duration;

use super::output::Output;
use super::report::Report;
use super::running::Running;
use crate::cli::request::layout::Instead;
use crate::cli::request::plan::{Plan, Transfer};
use crate::cli::request::understand::serve_port;
use crate::client::dialect::{Call, Dialect, Message, Progress, Reply, Url, read_reply, remark};
use crate::client::transport::{Deadline, Plain, Received};
use crate::client::{Body, Content, Error, Kind, Reading, TargetUri, reason};

/// After this time without bytes, an answer that may be whole is.
const SILENCE: Duration = Duration::from_millis(200);
/// After this time without a greeting it is said that none has come.
const PATIENCE: Duration = Duration::from_secs(3);
/// A larger answer is refused.
const ANSWER_LIMIT: usize = 1 << 30;

/// Reads downward: what is sent, the connection, the greeting, the answer, the reply to a question and its answer.
pub(crate) fn converse(dialect: Dialect, run: &mut Running<'_>) -> Result<(), Error> {
    let Running { plan, transfer, session, input, out, report, .. } = run;
    let url = Url::parse(&transfer.url)?;
    let data = data(transfer, *input)?;
    let method = method(transfer);
    let content = if dialect.asks_back() { &[][..] } else { data.as_deref().unwrap_or_default() };
    let message = dialect.message(&Call { method, url: &url, data: content })?;
    let port = (run.variable)("HTTPKIT_PORT").filter(|port| !port.is_empty());
    let target = destination(&url, port.as_deref())?;
    if let Some(Instead::DryRun) = plan.layout.instead {
        out.dry_head(&message.head)?;
        return out.print(&message.content);
    }
    report.method = method.to_owned();
    report.effective = Some(target.clone());
    let opened = session.transport.open(&target, Deadline::after(plan.settings.total_time));
    report.facts = session.transport.facts().clone();
    report.connects = report.facts.connects;
    let mut line = Line { connection: opened?, dialect, method };
    let address = report.facts.remote.map_or_else(String::new, |address| format!(" to {address}"));
    out.remark(&format!("connected{address}"));
    if let Some(greeting) = dialect.greeting() {
        let greeting = line.greeting(greeting, &mut |text| out.warn(text))?;
        out.write(&greeting)?;
        out.write(b"\n")?;
    }
    out.request(&message.head)?;
    if plan.layout.parts.is_some_and(|parts| parts.request_content) {
        out.print(&message.content)?;
    }
    let answer = line.call(&message)?;
    let Some(question) = show(dialect, plan, method, &answer, out, report)? else { return out.finish() };
    let reply = match data {
        Some(data) => data,
        None => {
            out.prompt(&question, run.input_is_terminal);
            one_line(*input)?
        }
    };
    let answer = line.call(&Message { head: reply, content: Vec::new(), is_last: true })?;
    show(dialect, plan, method, &answer, out, report)?;
    out.finish()
}

fn method(transfer: &Transfer) -> &str {
    match (&transfer.spec.method, &transfer.spec.body) {
        (Some(method), _) => method,
        (None, _) if transfer.spec.head_only => "HEAD",
        (None, Body::None) => "GET",
        (None, _) => "POST",
    }
}

/// The data, read whole; `None` if there is none.
fn data(transfer: &Transfer, input: &mut (dyn Read + Send)) -> Result<Option<Vec<u8>>, Error> {
    let Body::Data(content, _) = &transfer.spec.body else { return Ok(None) };
    read_whole(content, input).map(Some)
}

fn read_whole(content: &Content, input: &mut (dyn Read + Send)) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = content.open(input)?.read_to_end(&mut bytes);
    read.map_err(|error| Error::new(Kind::Read, reason(&error)))?;
    Ok(bytes)
}

/// The host of the URL, which need not be one that HTTP knows, and its port.
fn destination(url: &Url, variable: Option<&str>) -> Result<TargetUri, Error> {
    let port = match url.port {
        Some(port) => port,
        None => serve_port(variable)?,
    };
    TargetUri::parse(&format!("http://{}:{port}/", url.host), Reading::default())
}

/// One line of standard input, without its end.
fn one_line(input: &mut dyn Read) -> Result<Vec<u8>, Error> {
    let mut line = Vec::new();
    let mut byte = [0];
    while input.read(&mut byte).map_err(|error| Error::new(Kind::Read, reason(&error)))? > 0 && byte != *b"\n" {
        line.push(byte[0]);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(line)
}

/// Shows an answer as the layout asks; gives the words that it asks for, if it is a question.
fn show(
    dialect: Dialect,
    plan: &Plan,
    method: &str,
    bytes: &[u8],
    out: &mut Output<'_>,
    report: &mut Report,
) -> Result<Option<String>, Error> {
    if bytes.is_empty() && dialect.may_be_silent(method) {
        return Ok(None);
    }
    let other = remark(Some(dialect), bytes);
    let reply = read_reply(dialect, method, bytes).map_err(|error| match other {
        Some(remark) => Error::new(error.kind, format!("{error}; {remark}")),
        None => error,
    })?;
    if let Some(remark) = other {
        out.warn(remark);
    }
    if let Some(head) = &reply.head {
        out.head(head)?;
        report.head_bytes += head.bytes.len() as u64;
    }
    report.head.clone_from(&reply.head);
    report.told = reply.status.as_ref().map(|(status, _)| *status);
    report.downloaded += reply.content.len() as u64;
    let question = dialect.question(&reply).map(str::to_owned);
    let failure = failure(&reply).filter(|_| plan.layout.fail || plan.layout.fail_with_body);
    if let (Some(failure), true) = (&failure, plan.layout.fail) {
        return Err(failure.clone());
    }
    content(&reply, out)?;
    if question.is_some() {
        // The question has no line end of its own, and something follows it.
        out.write(b"\n")?;
    }
    failure.map_or(Ok(question), Err)
}

fn content(reply: &Reply<'_>, out: &mut Output<'_>) -> Result<(), Error> {
    if !out.takes_content() {
        return Ok(());
    }
    let media_type = reply.head.as_ref().and_then(|head| head.text("content-type"));
    let mut body = out.body(media_type.as_deref());
    match body.feed(reply.content) {
        Some(shown) => out.write(&shown)?,
        None => out.write(reply.content)?,
    }
    out.write(&body.finish())?;
    out.warn_of_withheld(&body, reply.content.len() as u64);
    Ok(())
}

fn failure(reply: &Reply<'_>) -> Option<Error> {
    let (status, words) = reply.status.as_ref().filter(|(status, _)| *status >= 400)?;
    Some(Error::new(Kind::Status, format!("the server answered {status} {words}")))
}

/// The connection of one transfer.
struct Line<'a> {
    connection: Plain,
    dialect: Dialect,
    method: &'a str,
}

impl Line<'_> {
    /// What the server says before it is asked: the greeting that is known, or what comes before a silence.
    fn greeting(&mut self, known: &[u8], warn: &mut dyn FnMut(&str)) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let mut patience = Some(PATIENCE);
        loop {
            let silence = if bytes.is_empty() { patience } else { Some(SILENCE) };
            match self.connection.receive(&mut bytes, silence)? {
                Received::End if bytes.is_empty() => return Err(empty()),
                Received::Bytes(_) if bytes != known => {}
                Received::Silence if bytes.is_empty() => {
                    patience = None;
                    warn("no greeting yet; a server that does not speak the dialect 'banner' sends none");
                }
                _ => return Ok(bytes),
            }
        }
    }

    /// Sends a message and reads the answer to its end.
    fn call(&mut self, message: &Message) -> Result<Vec<u8>, Error> {
        self.connection.send(&[message.head.as_slice(), &message.content].concat())?;
        if message.is_last {
            self.connection.finish();
        }
        let mut bytes = Vec::new();
        loop {
            let is_settled = self.dialect.progress(&bytes) == Progress::Settled;
            let received = self.connection.receive(&mut bytes, is_settled.then_some(SILENCE));
            match received {
                Ok(Received::Bytes(_)) if bytes.len() > ANSWER_LIMIT => {
                    return Err(Error::new(Kind::Size, "the answer has more than a gibibyte"));
                }
                Ok(Received::Bytes(_)) => {}
                Ok(Received::End) if bytes.is_empty() && !self.dialect.may_be_silent(self.method) => {
                    return Err(empty());
                }
                // A server that ends may reset what it does not answer.
                Err(error) if error.kind == Kind::Receive && self.dialect.may_be_silent(self.method) => {
                    return Ok(bytes);
                }
                Ok(_) => return Ok(bytes),
                Err(error) => return Err(error),
            }
        }
    }
}

fn empty() -> Error {
    Error::new(Kind::Empty, "empty reply from server")
}

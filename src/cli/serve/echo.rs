//! `serve --echo`: each request is answered with itself.

use std::io::Write;
use std::time::{Duration, Instant};

use http::StatusCode;

use super::manner;
use super::own::Own;
use crate::api::{self, Settings};
use crate::cli::args::Time;
use crate::message::{Content, Member, Problem, Request, Response, Target, json};
use crate::server::{Arrival, Reply, Service};

/// Answers of more bytes than this are made off the workers.
const AT_ONCE: usize = 64 << 10;

/// So long an answer may be delayed.
const LONGEST: Duration = Duration::from_secs(300);

/// So much of what is refused is told in the refusal.
const TOLD: usize = 16 << 10;

/// The fields that say where an answer ends and when it was made; the server alone sets them.
pub(super) const FRAMING: [&str; 4] = ["connection", "content-length", "date", "transfer-encoding"];

/// A service that has no data.
pub(super) struct Echo {
    pub(super) settings: Settings,
    pub(super) own: Own,
}

impl Service for Echo {
    fn respond(&self, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        if Own::is_asked(request) {
            return self.own.respond(request, arrival, &self.settings);
        }
        if let Some(refusal) = api::unauthorized(request, &self.settings) {
            return Reply::Ready(refusal);
        }
        match AnswerShape::of(request) {
            // A link would do to set cookies for all that is served under this name.
            Ok(shape) if !shape.is_plain() && self.settings.sites.is_foreign(request) => {
                let detail = "a page of another site does not shape the answer; '--cors ORIGIN' allows its pages to";
                Reply::Ready(refusal(Problem::new(StatusCode::FORBIDDEN, "foreign-origin", detail), arrival))
            }
            Ok(shape) => shape.reply(request, arrival),
            Err(problem) => Reply::Ready(refusal(problem, arrival)),
        }
    }

    fn keeps_bodies(&self) -> bool {
        true
    }

    fn before_content(&self, request: &Request<'_>, _: &Arrival<'_>) -> Option<Reply> {
        let is_own = Own::is_asked(request);
        api::unauthorized(request, &self.settings).filter(|_| !is_own).map(Reply::Ready)
    }

    fn is_recorded(&self, request: &Request<'_>) -> bool {
        !Own::is_asked(request)
    }

    fn refusal(&self, problem: Problem, arrival: &Arrival<'_>) -> Response {
        refusal(problem, arrival)
    }
}

/// A refusal that tells what was received.
fn refusal(problem: Problem, arrival: &Arrival<'_>) -> Response {
    let problem = manner::named(problem, arrival);
    let mut told = arrival.head[..arrival.head.len().min(TOLD)].to_vec();
    if told.len() == arrival.head.len() {
        told.extend_from_slice(&arrival.body[..arrival.body.len().min(TOLD - told.len())]);
    }
    let length = arrival.head.len() as u64 + arrival.body_length;
    problem.with("received", Member::Bytes(told, length)).response()
}

/// What the query asks of the answer: `_status=503`, `_delay=2s`, `_header=Name:value`.
#[derive(Debug)]
struct AnswerShape {
    status: StatusCode,
    delay: Option<Duration>,
    fields: Vec<(String, String)>,
}

impl AnswerShape {
    /// What the request asks for.
    ///
    /// # Errors
    /// A parameter that cannot be read, or CONNECT: any success would make a tunnel of the connection (RFC 9110 9.3.6).
    fn of(request: &Request<'_>) -> Result<AnswerShape, Problem> {
        let query = match request.target {
            Target::Path { query, .. } => query.unwrap_or_default(),
            Target::Asterisk => "",
            Target::Authority(_) => {
                let detail = "this server is no proxy";
                return Err(Problem::new(StatusCode::NOT_IMPLEMENTED, "unknown-method", detail));
            }
        };
        let mut shape = AnswerShape { status: StatusCode::OK, delay: None, fields: Vec::new() };
        for (name, value) in query.split('&').filter_map(|parameter| parameter.split_once('=')) {
            let value = percent_encoding::percent_decode_str(value).decode_utf8();
            let taken = match (name, value) {
                ("_status" | "_delay" | "_header", Err(_)) => Err("expected UTF-8"),
                ("_status", Ok(value)) => shape.take_status(&value),
                ("_delay", Ok(value)) => shape.take_delay(&value),
                ("_header", Ok(value)) => shape.take_field(&value),
                _ => Ok(()),
            };
            taken.map_err(|expected| {
                Problem::new(StatusCode::BAD_REQUEST, "bad-query", format!("'{name}': {expected}"))
            })?;
        }
        Ok(shape)
    }

    /// Nothing was asked for.
    fn is_plain(&self) -> bool {
        self.status == StatusCode::OK && self.delay.is_none() && self.fields.is_empty()
    }

    fn take_status(&mut self, text: &str) -> Result<(), &'static str> {
        let status = text.parse().ok().filter(|status| (200..=599).contains(status));
        self.status = status.and_then(|status| StatusCode::from_u16(status).ok()).ok_or("expected 200 to 599")?;
        Ok(())
    }

    fn take_delay(&mut self, text: &str) -> Result<(), &'static str> {
        let delay = text.parse::<Time>().ok().map(|time| time.0).filter(|delay| *delay <= LONGEST);
        self.delay = Some(delay.ok_or("expected a time up to 5m, such as 200ms or 2s")?);
        Ok(())
    }

    fn take_field(&mut self, text: &str) -> Result<(), &'static str> {
        let (name, value) = text.split_once(':').ok_or("expected NAME:VALUE")?;
        if FRAMING.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Err("the server sets Connection, Content-Length, Date and Transfer-Encoding itself");
        }
        if !Response::new(StatusCode::OK).fields.push_named(name, value) {
            return Err("expected the name of a field before the colon");
        }
        self.fields.push((name.to_owned(), value.trim().to_owned()));
        Ok(())
    }

    /// The request itself, in the form that it accepts.
    fn reply(self, request: &Request<'_>, arrival: &Arrival<'_>) -> Reply {
        let accept: Vec<&str> = request.fields.all("accept").filter_map(|value| str::from_utf8(value).ok()).collect();
        let delay = self.delay;
        let made: Box<dyn FnOnce() -> Response + Send> = match api::choose(&accept, &["text/plain", "application/json"])
        {
            Some("application/json") => {
                let (mut text, content) = (described(request, arrival), request.content.to_vec());
                Box::new(move || {
                    json::bytes(&content, None, content.len() as u64, &mut text);
                    text.push(b'}');
                    self.response("application/json", text)
                })
            }
            // What accepts neither is shown what it sent all the same.
            _ => {
                let bytes = [arrival.head, arrival.body].concat();
                Box::new(move || self.response("text/plain", bytes))
            }
        };
        let is_large = arrival.body.len() > AT_ONCE;
        let answer = move || if is_large { Reply::Long(made) } else { Reply::Ready(made()) };
        match delay {
            Some(delay) => Reply::NotBefore(Instant::now() + delay, Box::new(answer)),
            None => answer(),
        }
    }

    fn response(self, media_type: &'static str, content: Vec<u8>) -> Response {
        let mut response = Response::new(self.status);
        if !self.fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            response.fields.push("Content-Type", media_type);
        }
        // What a page has somebody send here must not run as a page of this server, whatever type it asks for.
        response.fields.push("Content-Security-Policy", "default-src 'none'; sandbox");
        response.fields.push("X-Content-Type-Options", "nosniff");
        response.fields.push("Cache-Control", "no-store");
        for (name, value) in &self.fields {
            response.fields.push_named(name, value);
        }
        response.with_content(Content::from(content))
    }
}

/// The request as a JSON object, up to its content, which is to follow with the end of the object.
fn described(request: &Request<'_>, arrival: &Arrival<'_>) -> Vec<u8> {
    let head = arrival.request_head();
    let line = &head[..memchr::memchr(b'\r', head).unwrap_or(head.len())];
    // A request line that was taken is ASCII.
    let line = String::from_utf8_lossy(line);
    let mut words = line.split(' ');
    let mut out = b"{\"line\":".to_vec();
    json::quote(&line, &mut out);
    for name in ["method", "target", "version"] {
        // Writing to a Vec cannot fail.
        let _ = write!(out, ",\"{name}\":");
        json::quote(words.next().unwrap_or_default(), &mut out);
    }
    out.extend_from_slice(b",\"fields\":[");
    for (index, field) in request.fields.0.iter().enumerate() {
        out.extend_from_slice(if index > 0 { b",[" } else { b"[" });
        json::quote(field.name, &mut out);
        out.push(b',');
        match str::from_utf8(field.value) {
            Ok(value) => json::quote(value, &mut out),
            Err(_) => json::bytes(field.value, None, field.value.len() as u64, &mut out),
        }
        out.push(b']');
    }
    let framing = match () {
        () if request.fields.first("transfer-encoding").is_some() => "chunked",
        () if request.fields.first("content-length").is_some() => "length",
        () => "none",
    };
    let Arrival { peer, connection, request, .. } = arrival;
    let _ = write!(
        out,
        "],\"framing\":\"{framing}\",\"connection\":{{\"peer\":\"{peer}\",\"number\":{connection},\"request\":{request}}},\"content\":"
    );
    out
}

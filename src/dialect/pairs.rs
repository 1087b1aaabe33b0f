//! `pairs`: a key-value store with `/create` and `/update`. The URL travels in `Host`, the request target is always `/`,
//! and a HEAD is answered with a final 100.

use super::exchange::{Answer, Dialect, Plan, Scene};
use super::head::{Framing, Message};
use super::manner::Manner;
use super::{flat, python};
use crate::document::{Action, Change, Outcome, Refusal, View};

const EXISTS: &str = "The key already exists!";
const NO_KEY: &str = "Key value does not exist or is blank.";
const NO_PAIR: &str = "Key-value format is not valid.";
const NOTHING: &str = "There is no content, Please check";
const INVALID: &str = "Invalid Address(url)";
const NOWHERE: Address<'static> = Address { host: "?", path: "?" };

/// The key-value store.
#[derive(Debug, Clone)]
pub struct Pairs {
    /// The hosts that URLs may name: the address served on.
    pub hosts: Vec<String>,
}

/// A URL as it stands in `Host`: `127.0.0.1/create`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Address<'a> {
    host: &'a str,
    path: &'a str,
}

impl Dialect for Pairs {
    fn manner(&self) -> Manner {
        Manner::Pairs
    }

    fn framing(&self) -> Framing {
        Framing::Head
    }

    fn checks_host(&self) -> bool {
        true
    }

    fn respond(&self, message: &[u8], scene: &Scene<'_>) -> Plan {
        let Some(message) = Message::parse(message) else { return Plan::Answer(self.malformed(scene)) };
        let method = message.method();
        if method == "END" {
            return Plan::End;
        }
        let Some(address) = Address::parse(message.host) else {
            return Plan::Answer(answer(404, NOWHERE, INVALID, scene));
        };
        let refuse = |status, text: &str| Plan::Answer(answer(status, address, text, scene));
        if !matches!(method, "HEAD" | "GET" | "POST" | "PUT") {
            return refuse(405, "Method not allowed");
        }
        if !self.hosts.iter().any(|host| host == address.bare_host()) {
            return refuse(400, &format!("Not allowed host: {}", address.host));
        }
        match (address.path, method) {
            ("create", "POST") => create(address, message.content, scene),
            ("create", _) => refuse(404, "Select the appropriate method(Create mode => POST)"),
            ("update", "PUT") => update(address, message.content, scene),
            ("update", _) => refuse(404, "Select the appropriate method(Updata mode => PUT)"),
            (_, "HEAD") => refuse(100, ""),
            (_, "GET") => {
                let (host, path) = (address.host.to_owned(), address.path.to_owned());
                let list = move |scene: &Scene<'_>| {
                    answer(200, Address { host: &host, path: &path }, &listing(scene.view), scene)
                };
                Plan::of_all(scene, list)
            }
            // The original broke on these.
            _ => refuse(404, INVALID),
        }
    }

    fn malformed(&self, scene: &Scene<'_>) -> Answer {
        answer(400, NOWHERE, NO_PAIR, scene)
    }
}

/// Whether the data can be served as a flat map.
pub fn serves(view: &View) -> bool {
    flat::is_flat(view)
}

impl Address<'_> {
    /// A URL has a slash; a client without one sends `?/?`.
    fn parse(url: &str) -> Option<Address<'_>> {
        let (host, path) = url.split_once('/')?;
        (url != "?/?").then_some(Address { host, path })
    }

    /// The host without a port, which the original clients do not send.
    fn bare_host(&self) -> &str {
        match self.host.rsplit_once(':') {
            Some((host, port)) if !port.is_empty() && port.bytes().all(|sign| sign.is_ascii_digit()) => host,
            _ => self.host,
        }
    }
}

/// What the store holds.
fn listing(view: &View) -> String {
    let mut members = flat::members(view).peekable();
    if members.peek().is_none() {
        return "No data in DB".to_owned();
    }
    let lines = members.map(|(key, value)| format!("{key}:{}", python::Value::into_text(value)));
    format!("The data in DB is as follows. \n\r{}", lines.collect::<Vec<_>>().join("\n\r"))
}

/// The pairs of `key: value&key2: value2`, trimmed; a value may hold further colons.
fn pairs(content: &str) -> impl Iterator<Item = Result<(&str, &str), &'static str>> {
    content.split('&').map(|pair| match pair.split_once(':') {
        None => Err(NO_PAIR),
        Some((key, _)) if key.trim().is_empty() => Err(NO_KEY),
        Some((key, value)) => Ok((key.trim(), value.trim())),
    })
}

/// POST `/create`: every key is new, or nothing is stored.
fn create(address: Address<'_>, content: &str, scene: &Scene<'_>) -> Plan {
    let refuse = |text: &str| Plan::Answer(answer(400, address, text, scene));
    if matches!(content, "" | " ") {
        return refuse(content);
    }
    let mut added: Vec<(&str, &str)> = Vec::new();
    let mut keys = std::collections::HashSet::new();
    for pair in pairs(content) {
        match pair {
            Ok((key, _)) if flat::member(scene.view, key).is_some() || !keys.insert(key) => return refuse(EXISTS),
            Ok(pair) => added.push(pair),
            Err(text) => return refuse(text),
        }
    }
    let lines: String = added.iter().map(|(key, value)| format!("{key}:{value}\r\n")).collect();
    let done = lines + "Post Successfully OK";
    write(Action::Create(flat::object(added).into()), address, move |_| done)
}

/// PUT `/update`: known keys get new values, new keys are added; the report names both.
fn update(address: Address<'_>, content: &str, scene: &Scene<'_>) -> Plan {
    let refuse = |text: &str| Plan::Answer(answer(400, address, text, scene));
    if matches!(content, "" | " ") {
        return refuse(NOTHING);
    }
    let mut members = serde_json::Map::new();
    for pair in pairs(content) {
        match pair {
            // The last one of a key that comes twice counts, in the place of the first.
            Ok((key, value)) => drop(members.insert(key.to_owned(), value.into())),
            Err(text) => return refuse(text),
        }
    }
    let sent = content.to_owned();
    let action = Action::Update(serde_json::Value::Object(members).to_string().into());
    write(action, address, move |outcome| report(sent, &outcome))
}

/// What a PUT changed and added.
fn report(mut text: String, outcome: &Outcome) -> String {
    let (changed, added): (Vec<_>, Vec<_>) = outcome.report.iter().partition(|member| member.old.is_some());
    if !changed.is_empty() {
        text += "\n\rUpdate Data as follow:\n\r";
    }
    for member in changed {
        let old = flat::text_of(member.old.as_deref().unwrap_or_default());
        text += &format!("{}: {old} => {}\n\r", member.name, flat::text_of(&member.new));
    }
    if !added.is_empty() {
        text += "\n\rUpdate(New) Data as follow:\n\r";
    }
    for member in added {
        text += &format!("{}: {}(There's no key, New update)", member.name, flat::text_of(&member.new));
    }
    text + "\n\rUpdate with new data Sucessfully OK "
}

fn write(action: Action, address: Address<'_>, done: impl FnOnce(Outcome) -> String + Send + 'static) -> Plan {
    let (host, path) = (address.host.to_owned(), address.path.to_owned());
    let written = move |result: Result<Outcome, Refusal>, scene: &Scene<'_>| {
        let address = Address { host: &host, path: &path };
        match result {
            Ok(outcome) => answer(200, address, &done(outcome), scene),
            Err(Refusal::Taken { .. }) => answer(400, address, EXISTS, scene),
            Err(refusal) => answer(400, address, &refusal.to_string(), scene),
        }
    };
    Plan::Write(Change { path: Vec::new(), action, room: usize::MAX, condition: None }, Box::new(written))
}

fn answer(status: u16, address: Address<'_>, content: &str, scene: &Scene<'_>) -> Answer {
    let reason = match status {
        100 => "CONTINUE",
        200 => "OK",
        404 => "NOT_FOUND",
        405 => "METHOD_NOT_ALLOWED",
        _ => "BAD_REQUEST",
    };
    // What came in `Host` goes back in it; it holds no line end, and other control characters are not passed on.
    let url = format!("{}/{}", address.host, address.path).replace(char::is_control, "?");
    let date = scene.now.strftime("%a, %d %b %Y %H:%M:%S %Z");
    let head = format!(
        "HTTP/1.1 {status} {reason}\r\nHost: {url}\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
         Content-Length: {}\r\nDate: {date}\r\n\r\n",
        content.len()
    );
    Answer::new(status, head, content.as_bytes())
}

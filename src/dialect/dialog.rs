//! `dialog`: a JSON object of records under its file name. It asks back with a 300 before it writes, and ends its lines
//! with LF.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::exchange::{Answer, Dialect, Heard, Plan, Scene};
use super::head::{Framing, Message};
use super::manner::Manner;
use super::{flat, python};
use crate::document::{Action, Change, Kind, View};

/// The store of records.
#[derive(Debug, Clone)]
pub struct Dialog {
    /// The name of the data file, which is the only target there is.
    pub name: String,
}

impl Dialect for Dialog {
    fn manner(&self) -> Manner {
        Manner::Dialog
    }

    fn framing(&self) -> Framing {
        Framing::OpenHead
    }

    fn respond(&self, message: &[u8], scene: &Scene<'_>) -> Plan {
        let Some(message) = Message::parse(message) else { return Plan::Answer(bad_request(scene)) };
        let (method, Some(target)) = (message.method(), message.words.get(1)) else {
            return Plan::Answer(bad_request(scene));
        };
        if !matches!(method, "GET" | "HEAD" | "POST" | "PUT" | "DELETE") {
            return Plan::Answer(bad_request(scene));
        }
        if !self.is_target(target) {
            return Plan::Answer(answer(404, "Not Found", scene));
        }
        match method {
            "GET" => Plan::of_all(scene, |scene| file(scene, true)),
            "HEAD" => Plan::of_all(scene, |scene| file(scene, false)),
            "POST" => add(scene),
            "PUT" => ask("key wantToUpdate value", scene, Box::new(update)),
            _ => ask("key", scene, Box::new(delete)),
        }
    }

    fn malformed(&self, scene: &Scene<'_>) -> Answer {
        bad_request(scene)
    }
}

/// Whether the data can be served as an object of records.
pub fn serves(view: &View) -> bool {
    view.root().kind() == Kind::Object
}

impl Dialog {
    /// The original opened whatever file was named; here there is one, as it is written or percent-encoded.
    fn is_target(&self, target: &str) -> bool {
        let target = target.strip_prefix('/').unwrap_or(target);
        target == self.name || percent_decode_str(target).decode_utf8().is_ok_and(|target| target == self.name)
    }
}

/// GET, and HEAD, which the original answered with one more line end in place of the content.
fn file(scene: &Scene<'_>, with_content: bool) -> Answer {
    let mut json = Vec::new();
    scene.view.root().write_text(&mut json);
    let content = python::dumps(&json);
    let length = content.len();
    let head = format!("{}Content-Type: application/json\nContent-Length:{length} \n\n", head(200, "OK", scene));
    match with_content {
        true => Answer::new(200, head, &content),
        false => Answer::new(200, head + "\n", b""),
    }
}

/// POST: the fields of the first record are those that are asked for; without one there is nothing to ask.
fn add(scene: &Scene<'_>) -> Plan {
    let first = scene.view.root().children().next().filter(|(_, record)| record.kind() == Kind::Object);
    let Some((_, first)) = first else { return Plan::Answer(bad_request(scene)) };
    let fields: Vec<String> = first.children().map(|(name, _)| Cow::into_owned(name)).collect();
    let names: String = fields.iter().map(|field| format!("{field} ")).collect();
    let heard = move |line: &[u8], scene: &Scene<'_>| match words(line).as_deref() {
        Some([key, values @ ..]) if values.len() == fields.len() => {
            let members = fields.iter().map(String::as_str).zip(values.iter().copied());
            let action = Action::Put(flat::object(members).into());
            write(vec![(*key).to_owned()], action, (201, "Created"))
        }
        _ => Plan::Answer(bad_request(scene)),
    };
    ask(&format!("\nEnter follow data : key {names}"), scene, Box::new(heard))
}

/// PUT: one value of one record, which is there.
fn update(line: &[u8], scene: &Scene<'_>) -> Plan {
    match words(line).as_deref() {
        Some([key, field, value]) if member_kind(scene, key) == Some(Kind::Object) => {
            let path = vec![(*key).to_owned(), (*field).to_owned()];
            write(path, Action::Put(flat::quoted(value).into()), (200, "OK"))
        }
        _ => Plan::Answer(bad_request(scene)),
    }
}

/// DELETE: one record, which is there.
fn delete(line: &[u8], scene: &Scene<'_>) -> Plan {
    match words(line).as_deref() {
        Some([key]) if member_kind(scene, key).is_some() => {
            write(vec![(*key).to_owned()], Action::Delete { dependent: None }, (200, "OK"))
        }
        _ => Plan::Answer(bad_request(scene)),
    }
}

fn member_kind(scene: &Scene<'_>, key: &str) -> Option<Kind> {
    let root = scene.view.root();
    (root.kind() == Kind::Object).then(|| root.child(key)).flatten().map(|node| node.kind())
}

/// The words of a line; `None` if it is not UTF-8.
fn words(line: &[u8]) -> Option<Vec<&str>> {
    Some(str::from_utf8(line).ok()?.split_whitespace().collect())
}

fn ask(question: &str, scene: &Scene<'_>, heard: Heard) -> Plan {
    Plan::Ask(Answer::new(300, head(300, "Multiple Choices", scene), question.as_bytes()), heard)
}

/// The original answered every failure with a 400.
fn write(path: Vec<String>, action: Action, (status, reason): (u16, &'static str)) -> Plan {
    let written = move |result: Result<_, _>, scene: &Scene<'_>| match result {
        Ok(_) => answer(status, reason, scene),
        Err(_) => bad_request(scene),
    };
    Plan::Write(Change { path, action, room: usize::MAX, condition: None }, Box::new(written))
}

fn bad_request(scene: &Scene<'_>) -> Answer {
    answer(400, "Bad Request", scene)
}

fn answer(status: u16, reason: &str, scene: &Scene<'_>) -> Answer {
    Answer::new(status, head(status, reason, scene), b"")
}

fn head(status: u16, reason: &str, scene: &Scene<'_>) -> String {
    let date = scene.now.strftime("%Y-%m-%d %H:%M:%S%.6f");
    format!("HTTP/1.1 {status} {reason}\nDate: {date}\nHost: localhost\n")
}

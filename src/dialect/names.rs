//! `names`: a dictionary of first and last names behind a query string. It is valid HTTP, so the ordinary HTTP/1.1
//! conversation carries it; only what a request means is different.

use std::borrow::Cow;

use http::StatusCode;
use percent_encoding::percent_decode_str;

use super::{flat, python};
use crate::document::{Action, Change, Outcome, Refusal, View};
use crate::message::{Content, Request, Response, Target};

const NO_SUCH_NAME: &str = "Can not find name.";
const INCORRECT: &str = "Incorrect parameters provided";

/// What is to be done about a request.
pub enum Plan {
    /// Answer this.
    Answer(Response),
    /// Commit the change, then answer [`Written::answer`].
    Write(Change, Written),
}

/// What was done to the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// A name was set.
    Set,
    /// A name was deleted.
    Deleted,
}

/// Whether the data can be served as a dictionary of names.
pub fn serves(view: &View) -> bool {
    flat::is_flat(view)
}

/// Decides on a complete request, given the state that it sees.
pub fn respond(request: &Request<'_>, view: &View) -> Plan {
    let query = match request.target {
        Target::Path { path: "/", query } => query.unwrap_or_default(),
        _ => "",
    };
    let name = parameter(query, "name");
    match request.method {
        "GET" => Plan::Answer(look_up(name.as_deref(), view)),
        "POST" => set(name, parameter(query, "last_name")),
        "DELETE" => delete(name.as_deref(), query, view),
        _ => Plan::Answer(Response::new(StatusCode::NOT_IMPLEMENTED)),
    }
}

fn look_up(name: Option<&str>, view: &View) -> Response {
    let Some(name) = name else { return text(StatusCode::NOT_FOUND, INCORRECT) };
    match flat::member(view, name) {
        Some(last_name) => text(StatusCode::OK, last_name.into_text().into_owned()),
        None => text(StatusCode::NOT_FOUND, NO_SUCH_NAME),
    }
}

fn set(name: Option<Cow<'_, str>>, last_name: Option<Cow<'_, str>>) -> Plan {
    let (Some(name), Some(last_name)) = (name, last_name) else {
        return Plan::Answer(text(StatusCode::NOT_FOUND, INCORRECT));
    };
    let action = Action::Put(flat::quoted(&last_name).into());
    Plan::Write(Change { path: vec![name.into_owned()], action, room: usize::MAX, condition: None }, Written::Set)
}

/// Deletes the first entry that has the name, be it as first or as last name.
fn delete(name: Option<&str>, query: &str, view: &View) -> Plan {
    let Some(name) = name else { return Plan::Answer(text(StatusCode::NOT_FOUND, query.to_owned())) };
    let mut entries = flat::members(view);
    let found =
        entries.find(|(first, last)| first == name || matches!(last, python::Value::Text(last) if last == name));
    let Some((first, _)) = found else { return Plan::Answer(text(StatusCode::NOT_FOUND, NO_SUCH_NAME)) };
    // A name that was changed meanwhile is not the one that was meant.
    let tag = view.root().child(&first).map(|node| node.tag());
    let condition = move |current: Option<&str>, _root: &str| current.is_some() && current == tag.as_deref();
    let change = Change {
        path: vec![first.into_owned()],
        action: Action::Delete { dependent: None },
        room: usize::MAX,
        condition: Some(Box::new(condition)),
    };
    Plan::Write(change, Written::Deleted)
}

impl Written {
    /// The answer to the change, given the state after it.
    pub fn answer(self, result: Result<Outcome, Refusal>, view: &View) -> Response {
        match (result, self) {
            (Ok(_), Written::Set) => text(StatusCode::OK, python::dict(flat::members(view))),
            (Ok(_), Written::Deleted) => {
                let dictionary = python::dict(flat::members(view));
                text(StatusCode::OK, format!("deleted complete, current dict: {dictionary}"))
            }
            (Err(Refusal::Missing { .. } | Refusal::Precondition), _) => text(StatusCode::NOT_FOUND, NO_SUCH_NAME),
            // The original knew no status for what went wrong with it besides this one.
            (Err(refusal), _) => text(StatusCode::NOT_FOUND, refusal.to_string()),
        }
    }
}

fn text(status: StatusCode, text: impl Into<Cow<'static, str>>) -> Response {
    let content = Content::from(text.into().into_owned().into_bytes());
    Response::new(status).with("Content-Type", "text/plain").with_content(content)
}

/// The first value of that name in a form (`application/x-www-form-urlencoded`). `None` if there is none, if it is
/// empty, or if it is not UTF-8.
fn parameter<'q>(query: &'q str, name: &str) -> Option<Cow<'q, str>> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(own, value)| !value.is_empty() && decoded(own).as_deref() == Some(name));
    found.and_then(|(_, value)| decoded(value))
}

fn decoded(text: &str) -> Option<Cow<'_, str>> {
    match text.contains('+') {
        true => {
            let text = text.replace('+', " ");
            let decoded = percent_decode_str(&text).decode_utf8().ok()?.into_owned();
            Some(decoded.into())
        }
        false => percent_decode_str(text).decode_utf8().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_those_of_a_form() {
        for (query, expected) in [
            ("name=junhyung", Some("junhyung")),
            ("last_name=oh&name=sangki", Some("sangki")),
            ("name=a&name=b", Some("a")),
            ("name=&name=b", Some("b")),
            ("name=a+b%2Bc", Some("a b+c")),
            ("name=%EC%A4%80%ED%98%95", Some("준형")),
            ("n%61me=x", Some("x")),
            ("name=a=b", Some("a=b")),
            ("name=%zz", Some("%zz")),
            ("name=", None),
            ("name", None),
            ("", None),
            ("Name=a", None),
            ("name=%ff", None),
        ] {
            assert_eq!(parameter(query, "name").as_deref(), expected, "{query}");
        }
    }
}

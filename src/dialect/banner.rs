//! `banner`: a store of one record in a CSV file of one column and three rows: the verb, the key, the value. The server
//! greets before it reads; a request is framed as in `pairs`.

use super::exchange::{Answer, Dialect, Plan, Scene};
use super::head::{Framing, Message};
use super::manner::Manner;
use super::python;
use crate::document::{Action, Change, Kind, Outcome, Refusal, View};

/// The store of one record.
#[derive(Debug, Clone, Copy)]
pub struct Banner;

impl Dialect for Banner {
    fn greeting(&self) -> &'static str {
        "Welcome to the server!!"
    }

    fn manner(&self) -> Manner {
        Manner::Pairs
    }

    fn framing(&self) -> Framing {
        Framing::Head
    }

    fn respond(&self, message: &[u8], scene: &Scene<'_>) -> Plan {
        let Some(message) = Message::parse(message) else { return Plan::Answer(self.malformed(scene)) };
        // A URL without a slash has no path; the original broke on it.
        let path = message.host.split_once('/').map_or("", |(_, path)| path);
        match message.method() {
            "HEAD" => Plan::Answer(answer(100, "CONTINUE", "")),
            "GET" => Plan::Answer(record(scene.view)),
            "POST" => write("create", path, message.content, (201, "CREATED")),
            "PUT" => write("update", path, message.content, (200, "OK")),
            other => Plan::Answer(refused(&items(&other.to_lowercase(), message.content))),
        }
    }

    fn malformed(&self, _scene: &Scene<'_>) -> Answer {
        refused(&[])
    }
}

/// Whether the data can be served as one record: a table of one column, or nothing yet.
pub fn serves(view: &View) -> bool {
    let root = view.root();
    match root.kind() {
        Kind::Table => root.columns().is_some_and(|columns| columns.len() == 1),
        Kind::Array => root.children().all(|(_, row)| row.kind() == Kind::Array && row.len() == 1),
        _ => root.is_empty(),
    }
}

/// GET: key and value, as a dict.
fn record(view: &View) -> Answer {
    let mut rows = rows(view).into_iter().skip(1);
    match (rows.next(), rows.next()) {
        (Some(key), Some(value)) => {
            let member = (key.into(), python::Value::Text(value.into()));
            answer(200, "OK", &python::dict([member]))
        }
        _ => answer(404, "NOT_FOUND", "No data"),
    }
}

/// The first cell of each row, the header among them. Data in memory has rows as arrays.
fn rows(view: &View) -> Vec<String> {
    let root = view.root();
    let text = |node: crate::document::Node<'_>| node.string().map(|text| text.into_owned());
    let header = root.columns().and_then(|columns| columns.into_iter().next());
    let cells = root.children().filter_map(|(_, row)| row.children().next().and_then(|(_, cell)| text(cell)));
    header.into_iter().chain(cells).collect()
}

/// POST and PUT: the path holds the verb, the content exactly one colon.
fn write(verb: &'static str, path: &str, content: &str, (status, reason): (u16, &'static str)) -> Plan {
    let items = items(verb, content);
    if !path.contains(verb) || items.len() != 3 {
        return Plan::Answer(refused(&items));
    }
    let rows: serde_json::Value = items.iter().map(|item| vec![item.as_str()]).collect();
    let action = Action::Rows(rows.to_string().into());
    let written = move |result: Result<Outcome, Refusal>, _: &Scene<'_>| match result {
        Ok(_) => answer(status, reason, &list(&items)),
        // The list would look as if the client were at fault.
        Err(refusal) => answer(400, "BAD_REQUEST", &refusal.to_string()),
    };
    Plan::Write(Change { path: Vec::new(), action, room: usize::MAX, condition: None }, Box::new(written))
}

fn items(verb: &str, content: &str) -> Vec<String> {
    std::iter::once(verb).chain(content.split(':')).map(str::to_owned).collect()
}

fn list(items: &[String]) -> String {
    python::list(items.iter().map(String::as_str))
}

fn refused(items: &[String]) -> Answer {
    answer(400, "BAD_REQUEST", &list(items))
}

fn answer(status: u16, reason: &str, content: &str) -> Answer {
    let head = format!(
        "HTTP/1.1 {status} {reason}\r\nContent-Type: text/html\r\nConnection: keep-alive\r\nContent-Length: {}\r\n\r\n",
        content.len()
    );
    Answer::new(status, head, content.as_bytes())
}

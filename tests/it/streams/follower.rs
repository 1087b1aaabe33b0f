//! A client of change streams, which knows no more of them than the manual says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

/// What is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// An event, or what only sets the id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) data: String,
}

impl Event {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap()
    }

    /// Method, path and body of a change.
    pub(crate) fn change(&self) -> Value {
        assert_eq!(self.name, "change", "{self:?}");
        let change = self.json();
        json!([change["method"], change["path"], change["body"]])
    }
}

/// A stream that is read.
pub(crate) struct Follower {
    pub(crate) head: String,
    reader: BufReader<TcpStream>,
    text: String,
}

impl Follower {
    /// Asks for a stream, with further header lines.
    pub(crate) fn open(address: SocketAddr, target: &str, lines: &str) -> Follower {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{lines}\r\n");
        (&stream).write_all(head.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
        }
        Follower { head, reader, text: String::new() }
    }

    /// Sends nothing more, which ends the stream when all that there is was sent.
    pub(crate) fn finish(&mut self) {
        self.reader.get_ref().shutdown(Shutdown::Write).unwrap();
    }

    pub(crate) fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    /// The next event; `None`: the stream is over.
    pub(crate) fn event(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = parsed(block);
                self.text = rest.to_owned();
                if let Some(event) = event {
                    return Some(event);
                }
            }
            if !self.chunk() {
                return None;
            }
        }
    }

    /// The next event that has data.
    pub(crate) fn next(&mut self) -> Option<Event> {
        loop {
            let event = self.event()?;
            if !event.data.is_empty() {
                return Some(event);
            }
        }
    }

    /// Method, path and body of the next change.
    pub(crate) fn change(&mut self) -> Value {
        self.next().unwrap().change()
    }

    /// Waits for a comment.
    pub(crate) fn comment(&mut self) {
        while !self.text.contains(":\n\n") {
            assert!(self.chunk());
        }
    }

    fn chunk(&mut self) -> bool {
        let mut line = String::new();
        if self.reader.read_line(&mut line).unwrap() == 0 {
            panic!("the stream was cut");
        }
        let length = usize::from_str_radix(line.trim_end(), 16).unwrap();
        let mut chunk = vec![0; length + 2];
        self.reader.read_exact(&mut chunk).unwrap();
        chunk.truncate(length);
        self.text.push_str(str::from_utf8(&chunk).unwrap());
        length > 0
    }
}

fn parsed(block: &str) -> Option<Event> {
    let mut event = Event::default();
    for line in block.lines().filter(|line| !line.starts_with(':')) {
        let (field, value) = line.split_once(": ").unwrap();
        match field {
            "id" => event.id = value.to_owned(),
            "event" => event.name = value.to_owned(),
            "data" => event.data = value.to_owned(),
            "retry" => assert_eq!(value, "1000"),
            other => panic!("unknown field '{other}'"),
        }
    }
    (event != Event::default()).then_some(event)
}

/// What a client holds of a node: the state, and what the events made of it.
#[derive(Debug, Default)]
pub(crate) struct Mirror {
    /// The path of the node.
    root: Vec<String>,
    /// The member that holds the keys.
    key: String,
    pub(crate) state: Option<Value>,
    pub(crate) last: String,
}

impl Mirror {
    pub(crate) fn of(root: &str, key: &str) -> Mirror {
        Mirror { root: segments(root), key: key.to_owned(), state: None, last: String::new() }
    }

    /// Takes the next event in; `false`: the state has to be read anew.
    pub(crate) fn take(&mut self, event: &Event) -> bool {
        self.last.clone_from(&event.id);
        if event.name == "reset" {
            self.state = None;
            return false;
        }
        let change = event.json();
        let path = segments(change["path"].as_str().unwrap());
        let inner =
            path.strip_prefix(&self.root[..]).unwrap_or_else(|| panic!("{change} is not below {:?}", self.root));
        let (method, body) = (change["method"].as_str().unwrap(), change["body"].clone());
        let Some((name, above)) = inner.split_last() else {
            self.state = match (method, self.state.take()) {
                ("PUT", _) => Some(body),
                ("DELETE", _) => None,
                (_, Some(mut state)) => {
                    apply(method, &mut state, body);
                    Some(state)
                }
                (_, None) => panic!("{change} of nothing"),
            };
            return true;
        };
        let mut node = self.state.as_mut().unwrap();
        for name in above {
            let at = place(node, name, &self.key).unwrap_or_else(|| panic!("{change}: nothing at {name}"));
            node = child(node, &at).unwrap();
        }
        let at = place(node, name, &self.key);
        match (method, at, node) {
            ("DELETE", Some(Place::Name(name)), Value::Object(members)) => drop(members.remove(&name)),
            ("DELETE", Some(Place::Index(at)), Value::Array(elements)) => drop(elements.remove(at)),
            ("PUT", Some(at), node) => *child(node, &at).unwrap() = body,
            ("PUT", None, Value::Object(members)) => drop(members.insert(name.clone(), body)),
            ("PUT", None, Value::Array(elements)) => elements.push(body),
            (method, Some(at), node) => apply(method, child(node, &at).unwrap(), body),
            (method, at, node) => panic!("{method} {change} at {at:?} of {node}"),
        }
        true
    }
}

fn apply(method: &str, node: &mut Value, body: Value) {
    match (method, node, body) {
        ("POST", Value::Array(elements), Value::Array(more)) => elements.extend(more),
        ("POST", Value::Array(elements), one) => elements.push(one),
        ("POST", Value::Object(members), Value::Object(more)) => members.extend(more),
        ("PATCH", node, patch) => merge(node, patch),
        (method, node, body) => panic!("{method} of {node} with {body}"),
    }
}

/// RFC 7396.
fn merge(node: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *node = patch;
        return;
    };
    if !node.is_object() {
        *node = json!({});
    }
    let members = node.as_object_mut().unwrap();
    for (name, value) in patch {
        match value {
            Value::Null => drop(members.remove(&name)),
            value => merge(members.entry(name).or_insert(Value::Null), value),
        }
    }
}

#[derive(Debug)]
enum Place {
    Name(String),
    Index(usize),
}

fn place(node: &Value, name: &str, key: &str) -> Option<Place> {
    match node {
        Value::Object(members) => members.contains_key(name).then(|| Place::Name(name.to_owned())),
        Value::Array(elements) => {
            let text = |value: &Value| match value {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            };
            let own = |element: &Value| element.get(key).and_then(text);
            let found = elements.iter().position(|element| own(element).as_deref() == Some(name));
            let by_index =
                || name.parse().ok().filter(|at| elements.get(*at).is_some_and(|element| own(element).is_none()));
            found.or_else(by_index).map(Place::Index)
        }
        _ => None,
    }
}

fn child<'v>(node: &'v mut Value, place: &Place) -> Option<&'v mut Value> {
    match place {
        Place::Name(name) => node.get_mut(name),
        Place::Index(at) => node.get_mut(at),
    }
}

fn segments(path: &str) -> Vec<String> {
    let decoded = |segment: &str| percent_encoding::percent_decode_str(segment).decode_utf8().unwrap().into_owned();
    path.split('/').filter(|segment| !segment.is_empty()).map(decoded).collect()
}

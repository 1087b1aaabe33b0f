//! What of the data has a path in the description: collections with their records, and what stands there once.

use std::borrow::Cow;

use serde_json::Value;

use super::names::{Taken, word};
use crate::api::method::Allowed;
use crate::api::plan::Settings;
use crate::api::respond::allowed;
use crate::document::{Kind, Node, Schema, Type, View};
use crate::text::{CellTypes, singular};

/// An example longer than this is left out.
const EXAMPLE: usize = 2048;

/// So many nodes have a path.
const MOST: usize = 200;

/// A node with a path, a collection with that of its records.
pub(super) struct Resource<'s> {
    pub(super) path: Vec<String>,
    /// What it is called, alone and by the records in it.
    pub(super) name: String,
    pub(super) singular: String,
    pub(super) schema: &'s Schema,
    pub(super) allowed: Allowed,
    /// A PUT creates it where it is missing.
    pub(super) is_creatable: bool,
    /// How the cells are shown, of CSV.
    pub(super) cells: Option<CellTypes>,
    pub(super) what: What<'s>,
}

pub(super) enum What<'s> {
    /// An object whose members come and go.
    Single,
    /// Any other value; `is_list`: an array, to which elements can be added.
    Value { is_list: bool },
    /// Records, each with a path of its own.
    Records(Records<'s>),
}

/// What is to be known of records.
pub(super) struct Records<'s> {
    pub(super) record: &'s Schema,
    /// The member that holds the key; `None`: they stand by name in an object.
    pub(super) key: Option<String>,
    pub(super) has_integer_keys: bool,
    pub(super) allowed: Allowed,
    /// The first of them, and its key.
    pub(super) example: Option<Value>,
    pub(super) example_key: Option<String>,
}

/// All of them.
pub(super) struct Resources<'s> {
    pub(super) all: Vec<Resource<'s>>,
    /// There are more.
    pub(super) is_cut: bool,
}

impl<'s> Resources<'s> {
    pub(super) fn of(view: &View, schema: &'s Schema, settings: &Settings, stem: &str) -> Resources<'s> {
        let mut walk =
            ResourceWalk { view, settings, stem, taken: Taken::default(), all: Vec::new(), count: 0, is_cut: false };
        walk.visit(view.root(), schema, &mut Vec::new(), None);
        Resources { all: walk.all, is_cut: walk.is_cut }
    }
}

impl Resource<'_> {
    /// What it stands under in the description.
    pub(super) fn tag(&self) -> &str {
        self.path.first().map_or("/", String::as_str)
    }

    /// What it is, for people.
    pub(super) fn told(&self) -> String {
        let place = crate::api::target::path_of(&self.path);
        match &self.what {
            What::Single => format!("What stands at {place}."),
            What::Value { is_list: false } => format!("The value at {place}."),
            What::Value { is_list: true } => format!("The elements of {place}."),
            What::Records(_) => format!("The records of {place}."),
        }
    }
}

struct ResourceWalk<'w, 's> {
    view: &'w View,
    settings: &'w Settings,
    stem: &'w str,
    taken: Taken,
    all: Vec<Resource<'s>>,
    count: usize,
    is_cut: bool,
}

/// Nothing is known.
fn unknown() -> &'static Schema {
    static UNKNOWN: std::sync::OnceLock<Schema> = std::sync::OnceLock::new();
    UNKNOWN.get_or_init(Schema::default)
}

impl<'s> ResourceWalk<'_, 's> {
    fn visit(&mut self, node: Node<'_>, schema: &'s Schema, path: &mut Vec<String>, cells: Option<CellTypes>) {
        if self.count == MOST {
            self.is_cut = true;
            return;
        }
        let cells = node.cell_types().or(cells);
        let what = self.what(node, schema, path);
        let is_single = matches!(what, What::Single);
        let (name, singular) = self.names(path, &what);
        let resource = Resource {
            path: path.clone(),
            name,
            singular,
            schema,
            allowed: self.allowed(path),
            is_creatable: path.len() > usize::from(self.view.mounted),
            cells,
            what,
        };
        self.count += 1;
        for (name, child) in node.children().take_while(|_| is_single) {
            if is_taken_out(&name) {
                continue;
            }
            let known = schema.member(&name).map_or(unknown(), |member| member.schema());
            path.push(name.into_owned());
            self.visit(child, known, path, cells);
            path.pop();
            if self.is_cut {
                break;
            }
        }
        // What changes all of them stands behind the parts.
        self.all.push(resource);
    }

    fn what(&self, node: Node<'_>, schema: &'s Schema, path: &[String]) -> What<'s> {
        let records = schema.items().filter(|record| record.is_only(Type::Object));
        match (node.kind(), records) {
            (Kind::Table, Some(record)) => What::Records(self.records(node, record, path)),
            (Kind::Array, Some(record)) if has_keys(node, record) => What::Records(self.records(node, record, path)),
            (Kind::Object, Some(record)) if schema.is_records() => What::Records(self.records(node, record, path)),
            (Kind::Object, _) => What::Single,
            (kind, _) => What::Value { is_list: matches!(kind, Kind::Array | Kind::Table) },
        }
    }

    fn records(&self, node: Node<'_>, record: &'s Schema, path: &[String]) -> Records<'s> {
        let key = node.key_name().map(Cow::into_owned);
        let first = node.children().next();
        let allowed = match &first {
            Some((name, _)) => self.allowed(&[path, &[name.to_string()]].concat()),
            None if self.settings.read_only => Allowed::READ,
            None => Allowed { post: node.kind() != Kind::Table, ..Allowed::ANY },
        };
        let keys = key.as_deref().and_then(|key| record.member(key));
        Records {
            record,
            has_integer_keys: keys.is_some_and(|member| member.schema().is_only(Type::Integer)),
            key,
            allowed,
            example: first.and_then(|(_, record)| example(record)),
            example_key: node.children().map(|(name, _)| name.into_owned()).find(|name| is_segment(name)),
        }
    }

    fn allowed(&self, path: &[String]) -> Allowed {
        let path: Vec<Cow<'_, str>> = path.iter().map(|segment| Cow::Borrowed(segment.as_str())).collect();
        allowed(self.view, &path, self.settings)
    }

    /// A name for the node, and one for a record in it.
    fn names(&mut self, path: &[String], what: &What<'_>) -> (String, String) {
        let is_collection = matches!(what, What::Records(_));
        let whole = match (path, is_collection) {
            ([], true) => word(self.stem),
            ([], false) => "Data".to_owned(),
            (path, _) => path.iter().map(|segment| word(segment)).collect(),
        };
        let whole = if whole.is_empty() { "Node".to_owned() } else { whole };
        let one = if is_collection { singular(&whole) } else { whole.clone() };
        let one = self.taken.give(one);
        let many = if one == whole || !is_collection { one.clone() } else { self.taken.give(whole) };
        (many, one)
    }
}

/// Whether every client takes such a name out of a path, so that nothing stands there.
fn is_taken_out(name: &str) -> bool {
    matches!(name, "." | "..")
}

/// Whether the name can be put into the path of a record as it is described.
fn is_segment(name: &str) -> bool {
    !name.is_empty() && !is_taken_out(name)
}

/// Whether each record in the array has a key, and so a path.
fn has_keys(node: Node<'_>, record: &Schema) -> bool {
    let key = node.key_name().unwrap_or_default();
    record.member(&key).is_some_and(|member| {
        let types = member.schema().types();
        let are_keys = types.iter().all(|kind| matches!(kind, Type::String | Type::Integer));
        record.requires(member) && are_keys && !types.is_empty()
    })
}

/// A value of the data as an example, if it is short.
fn example(node: Node<'_>) -> Option<Value> {
    if node.is_longer_as_json(EXAMPLE) {
        return None;
    }
    serde_json::from_slice(&node.text().concat()).ok()
}

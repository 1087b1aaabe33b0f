//! A change as a value, and what became of it.

use std::fmt;

use bytes::Bytes;

/// A change to one node of the document, to be applied whole or not at all.
///
/// ```
/// use httpkit::document::{Action, Change, Refusal};
/// use std::sync::mpsc;
/// # use httpkit::store::{Options, Source, Store};
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("db.json");
/// # std::fs::write(&file, r#"{"posts": [{"id": 7, "stars": 1.50}]}"#)?;
/// # let store = Store::open(Source::Files(vec![file]), Options::default(), &mut |_| {}).unwrap();
/// // db.json: {"posts": [{"id": 7, "stars": 1.50}]}
/// let path = ["posts", "7"].map(String::from).to_vec();
/// let merge = |text: &'static str, condition| {
///     let change = Change { path: path.clone(), action: Action::Merge(text.into()), room: 1 << 20, condition };
///     let (sender, receiver) = mpsc::channel();
///     store.commit(change, Box::new(move |result| sender.send(result).unwrap()));
///     receiver.recv().unwrap()
/// };
/// let outcome = merge(r#"{"stars": 5}"#, None).unwrap();
/// assert_eq!(outcome.text.concat(), br#"{"id": 7, "stars": 5}"#);
/// let is_untouched: httpkit::document::Condition = Box::new(|tag, _| tag == Some("another tag"));
/// assert!(matches!(merge(r#"{"stars": 6}"#, Some(is_untouched)), Err(Refusal::Precondition)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Change {
    /// The node: decoded path segments from the root; empty is the root itself.
    pub path: Vec<String>,
    /// What is to happen there.
    pub action: Action,
    /// The most bytes that its body may make of itself: what a JSON Patch copies, rows that it names no cells of.
    pub room: usize,
    /// Checked by the committer against the state that the change is applied to.
    pub condition: Option<Condition>,
}

/// Whether the change may go on, given the entity tags of the node (`None`: there is none) and of the root as they are
/// just before.
pub type Condition = Box<dyn FnOnce(Option<&str>, &str) -> bool + Send>;

/// What a change does. Values are JSON text, already known to be well-formed and without duplicate member names.
#[derive(Debug, Clone)]
pub enum Action {
    /// Replace the node, or create it under an existing parent.
    Put(Bytes),
    /// JSON Merge Patch (RFC 7396).
    Merge(Bytes),
    /// JSON Patch (RFC 6902): the text of the array of operations.
    Patch(Bytes),
    /// Only ever adds: an element (or each of an array of elements) to an array or table, members to an object.
    Post(Bytes),
    /// Remove one record, member or cell; `dependent` names a collection whose elements that point at it go too.
    Delete {
        /// The collection named by `_dependent`, if any.
        dependent: Option<String>,
    },
    /// `POST /create` of the original systems: a JSON object whose members are added; one that exists is a conflict.
    Create(Bytes),
    /// `PUT /update` of the original systems: a JSON object whose members are set or added.
    Update(Bytes),
    /// Replace the whole document by rows: a JSON array of arrays of strings. A CSV file gets them as its lines, the
    /// header first, whatever its header was; a JSON document becomes the array.
    Rows(Bytes),
}

/// What a change did, once it is durable.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The node was not there before.
    pub created: bool,
    /// The path leads elsewhere than the request's: an element that was found by its index has a key now.
    pub moved: bool,
    /// The path of the node that was written, created or removed. For a POST of several elements: the collection.
    pub path: Vec<String>,
    /// The JSON text of that node: after the change, or as it was before a DELETE. For a POST of several elements, the
    /// array of the elements as stored.
    pub text: Vec<Bytes>,
    /// The entity tag of that node after the change (without quotes); `None` after a DELETE.
    pub tag: Option<String>,
    /// For [`Action::Create`] and [`Action::Update`]: each member in the order given.
    pub report: Vec<Replacement>,
}

/// One member that an action route wrote.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// The member name, or `record/column` path within a table or keyed records.
    pub name: String,
    /// JSON text of the old value; `None` when the member is new.
    pub old: Option<Bytes>,
    /// JSON text of the new value.
    pub new: Bytes,
}

/// Why a change was not made. Nothing of it was. `Display` says it in one line for people.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The node, or one on the way to it, is not there; `parent_exists` tells whether a PUT could create it.
    Missing {
        /// The first node that is missing on the way.
        path: Vec<String>,
        /// Its parent is there and could take it.
        parent_exists: bool,
    },
    /// The key or member is taken.
    Taken {
        /// The key or member name.
        name: String,
    },
    /// The body's key differs from that in the path, or a patch would change it.
    KeyChange {
        /// The member that holds the key.
        member: String,
        /// The key in the path.
        expected: String,
        /// The text of the key in the body; `None`: it has none.
        found: Option<String>,
    },
    /// A collection would become another kind of value.
    KindChange {
        /// What it is, what was found, and what does it instead.
        reason: String,
    },
    /// A collection that a request relates to another has no records that point at it.
    NoRelation {
        /// What was looked for, and where.
        reason: String,
    },
    /// The file holds this key or member name more than once, so it is not clear which one is meant.
    Ambiguous {
        /// The duplicate key or member name.
        name: String,
    },
    /// The node takes no such action: the root or a whole collection cannot be deleted, a scalar takes no member.
    NotPermitted {
        /// Why, and what does it instead.
        hint: String,
    },
    /// A table has no such column.
    UnknownColumn {
        /// The column named.
        column: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// The value does not fit: an object in a cell, a number as a record, nesting that is too deep.
    Unfit {
        /// What was expected and what was found.
        reason: String,
    },
    /// A JSON Patch cannot be applied: malformed (`test_failed` false), or a `test` that does not hold.
    Patch {
        /// The operation, from 0, and what is wrong with it.
        reason: String,
        /// A `test` operation failed.
        test_failed: bool,
    },
    /// The value is of another kind than the schema of the document has in that place.
    Schema {
        /// Which member, what was expected and what was found.
        reason: String,
    },
    /// A merge patch would leave a record without a member that all have, for what was there before.
    Incomplete {
        /// Which member.
        reason: String,
    },
    /// It orders more work, or makes more of the document, than one request may.
    TooMuch {
        /// What there is too much of, and the limit.
        reason: String,
    },
    /// The condition did not hold.
    Precondition,
    /// The file was edited by hand and does not parse; it is left alone.
    Broken {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What was expected there.
        reason: String,
    },
    /// The change could not be made durable; the old state is served.
    Storage {
        /// The operating system's word for it.
        reason: String,
        /// The file system is full.
        full: bool,
    },
}

/// Of many columns the first so many are named.
const LISTED: usize = 20;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Missing { path, .. } => write!(f, "there is nothing at '/{}'", path.join("/")),
            Refusal::Taken { name } => write!(f, "'{name}' exists already"),
            Refusal::KeyChange { member, expected, found } => {
                write!(f, "the key '{member}' is '{expected}' by the path, but ")?;
                match found {
                    Some(found) => write!(f, "'{found}' in the body"),
                    None => f.write_str("there would be none; a record keeps its key"),
                }
            }
            Refusal::Ambiguous { name } => write!(f, "the file holds '{name}' more than once"),
            Refusal::NotPermitted { hint } => f.write_str(hint),
            Refusal::UnknownColumn { column, columns } => {
                let (listed, rest) = columns.split_at(columns.len().min(LISTED));
                write!(f, "there is no column '{column}', expected one of: {}", listed.join(", "))?;
                if rest.is_empty() { Ok(()) } else { write!(f, " and {} more", rest.len()) }
            }
            Refusal::KindChange { reason }
            | Refusal::NoRelation { reason }
            | Refusal::Unfit { reason }
            | Refusal::Schema { reason }
            | Refusal::Incomplete { reason }
            | Refusal::Patch { reason, .. }
            | Refusal::TooMuch { reason } => f.write_str(reason),
            Refusal::Precondition => f.write_str("the condition does not hold"),
            Refusal::Broken { line, column, reason } => {
                write!(f, "the file was edited and does not parse: line {line}, column {column}: {reason}")
            }
            Refusal::Storage { reason, .. } => write!(f, "the change could not be saved: {reason}"),
        }
    }
}

impl std::error::Error for Refusal {}

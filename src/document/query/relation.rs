//! Records that point at one another: a member `postId` holds the key of a record in `posts`.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use bytes::Bytes;

use super::QueryError;
use super::members::{members, object};
use super::outside::{outside_key, shown_key};
use super::pieces::array;
use super::presence::has_member;
use super::record::{Record, records};
use crate::document::Refusal;
use crate::document::{Kind, Missing, Node, Pace, View};
use crate::text::json::walk::{self, Sort};
use crate::text::key::{self, KeyRule};

/// The relations that a query asks for, with the related records by key.
#[derive(Default)]
pub(super) struct Relations<'v>(Vec<Relation<'v>>);

struct Relation<'v> {
    /// The member under which the related records are shown.
    shown_as: String,
    /// The member of the record that is compared.
    own: String,
    is_list: bool,
    related: HashMap<String, Vec<Record<'v>>>,
}

impl<'v> Relations<'v> {
    /// Looks up what `_embed` and `_expand` name. `path`: that of the collection the records are in.
    pub(super) fn of(
        embed: &[String],
        expand: &[String],
        view: &'v View,
        path: &[impl AsRef<str>],
    ) -> Result<Relations<'v>, QueryError> {
        let name = path.last().map(AsRef::as_ref);
        let root = path.len().checked_sub(1).and_then(|above| home(view, &path[..above])).unwrap_or(view.root());
        let embedded = embed
            .iter()
            .map(|wanted| children(wanted, root, name).or_else(|| parent(wanted, root, name)).ok_or(wanted));
        let expanded = expand.iter().map(|wanted| parent(wanted, root, name).ok_or(wanted));
        let relations = embedded.chain(expanded).collect::<Result<Vec<_>, _>>();
        relations.map(Relations).map_err(|name| QueryError::NoRelation { name: name.clone() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The related records of one record, as members to be added to it.
    pub(super) fn members(&self, record: &Record<'_>) -> Vec<(String, Vec<Bytes>)> {
        self.0
            .iter()
            .filter_map(|relation| {
                let key = record.scalar_text(&relation.own);
                let related = key.and_then(|key| relation.related.get(&*key)).map_or(&[][..], Vec::as_slice);
                let text = match (relation.is_list, related) {
                    (true, related) => array(related.iter().map(whole)),
                    (false, [first, ..]) => whole(first),
                    (false, []) => return None,
                };
                Some((relation.shown_as.clone(), text))
            })
            .collect()
    }
}

/// What collections are beside one another in: the root of it all, or of one of several files.
fn home<'v>(view: &'v View, path: &[impl AsRef<str>]) -> Option<Node<'v>> {
    match path {
        [] => Some(view.root()),
        [stem] if view.is_mounted() => view.root().child(stem.as_ref()),
        _ => None,
    }
}

/// The records of one collection that point at one record of another: what stands at `/posts/1/comments`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointing {
    /// The path of the collection that they are in: `comments`.
    pub collection: Vec<String>,
    /// The member by which they point: `postId`.
    pub member: String,
    /// The text of the key that they point at: `1`.
    pub key: String,
    /// The same as the JSON value that it is.
    token: Bytes,
    /// The collection is an object, whose member names are the keys of its records.
    names: Option<Names>,
}

/// Where a record that is sent says the name that it is to have in an object of records.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Names {
    /// The member under which queries show it.
    member: String,
    /// The records say it themselves too.
    are_inside: bool,
}

impl Pointing {
    /// Whether a path that leads so far, and no farther, can be one of such records.
    pub fn is_possible(view: &View, missing: Missing) -> bool {
        missing.found == 2 || (missing.found == 3 && view.is_mounted())
    }

    /// What stands at `path`, or above it, if it leads to a record and from there on by the name of a collection beside
    /// that of the record. `None` also where records of that collection point nowhere. `missing`: how far it leads.
    pub fn at(view: &View, path: &[impl AsRef<str>], missing: Missing) -> Option<Pointing> {
        let (above, rest) = path.split_at_checked(missing.found.checked_sub(2)?)?;
        let [parent, key, child, ..] = rest else { return None };
        let (parent, key, child) = (parent.as_ref(), key.as_ref(), child.as_ref());
        let root = home(view, above)?;
        let around = root.child(parent).filter(|node| is_collection(*node))?;
        let record = around.child(key)?;
        let children = root.child(child).filter(|node| is_collection(*node))?;
        let member = pointer(children, parent, view.rule())?;
        let token = match around.key_name() {
            Some(name) => Bytes::from(record.child(&name)?.text().concat()),
            None => Bytes::from(walk::quoted(key)),
        };
        let names = (children.kind() == Kind::Object).then(|| Names::of(children));
        let collection = above.iter().map(AsRef::as_ref).chain([child]).map(str::to_string).collect();
        Some(Pointing { collection, member, key: key.to_string(), token, names })
    }

    /// How many segments lead to these records: to their collection, and the record that they point at between.
    pub fn depth(&self) -> usize {
        self.collection.len() + 2
    }

    /// The record with the key `key` in the collection, if it is one of these.
    pub fn has(&self, view: &View, key: &str) -> bool {
        let collection = view.find(&self.collection).ok();
        let found = collection.and_then(|collection| collection.child(key)?.child(&self.member));
        found.is_some_and(|pointer| pointer.scalar_text() == self.key)
    }

    /// What is sent to be added to them, each record pointing where it should. In an object of records each has a name:
    /// the one that it says, else a new one.
    ///
    /// # Errors
    /// A record that points elsewhere, or that is none.
    pub fn fill(&self, body: &[u8]) -> Result<Bytes, Refusal> {
        let many = walk::sort(body) == Sort::Array;
        let each: Vec<&[u8]> = match many {
            true => walk::elements(body).map(|(start, end)| &body[start..end]).collect(),
            false => vec![body],
        };
        let records = each.into_iter().map(|record| self.filled(record)).collect::<Result<Vec<_>, _>>()?;
        if let Some(names) = &self.names {
            return names.object(&records);
        }
        let joined = records.join(&b","[..]);
        Ok(if many { [b"[", &joined[..], b"]"].concat().into() } else { joined.into() })
    }

    /// What is to replace one of them, pointing where that does.
    ///
    /// # Errors
    /// The same.
    pub fn replacing(&self, record: &[u8]) -> Result<Bytes, Refusal> {
        self.filled(record).map(Bytes::from)
    }

    fn filled(&self, record: &[u8]) -> Result<Vec<u8>, Refusal> {
        if walk::sort(record) != Sort::Object {
            return Err(Refusal::Unfit { reason: "expected an object, a record".to_string() });
        }
        match walk::member(record, &self.member) {
            None | Some(b"null") => {}
            Some(found) if key::text_of(found).is_some_and(|text| text == self.key) => {}
            Some(found) => {
                return Err(Refusal::KeyChange {
                    member: self.member.clone(),
                    expected: self.key.clone(),
                    found: Some(key::text_of(found).unwrap_or_else(|| String::from_utf8_lossy(found)).into_owned()),
                });
            }
        }
        Ok(walk::with_member(record, &self.member, &self.token))
    }
}

impl Names {
    fn of(collection: Node<'_>) -> Names {
        let member = outside_key(collection).into_owned();
        Names { are_inside: has_member(collection, &member), member }
    }

    /// Records as the members of an object.
    fn object(&self, records: &[Vec<u8>]) -> Result<Bytes, Refusal> {
        let (mut out, mut taken) = (vec![b'{'], HashSet::new());
        for record in records {
            let name = self.of_record(record)?;
            if out.len() > 1 {
                out.push(b',');
            }
            walk::quote(&name, &mut out);
            out.push(b':');
            out.extend(self.stored(record, &name));
            if !taken.insert(name.clone()) {
                return Err(Refusal::Taken { name });
            }
        }
        out.push(b'}');
        Ok(out.into())
    }

    /// The name that a record says, else a new one.
    fn of_record(&self, record: &[u8]) -> Result<String, Refusal> {
        let Names { member, .. } = self;
        match walk::member(record, member).filter(|token| *token != b"null") {
            Some(token) => key::text_of(token)
                .filter(|name| !name.is_empty())
                .map(Cow::into_owned)
                .ok_or_else(|| Refusal::Unfit { reason: format!("expected a text or a number as key '{member}'") }),
            None => Ok(key::text_of(key::random().as_bytes()).unwrap_or_default().into_owned()),
        }
    }

    /// The record as it is to be stored under the name.
    fn stored(&self, record: &[u8], name: &str) -> Vec<u8> {
        let Names { member, are_inside } = self;
        if *are_inside {
            let says_it = walk::member(record, member).is_some_and(|token| token != b"null");
            return if says_it { record.to_vec() } else { walk::with_member(record, member, &walk::quoted(name)) };
        }
        let members =
            walk::members(record).filter(|found| !walk::is_name(&record[found.start..found.name_end], member));
        let members: Vec<&[u8]> = members.map(|found| &record[found.start..found.end]).collect();
        [b"{", &members.join(&b","[..])[..], b"}"].concat()
    }
}

/// `_embed=comments` on posts: the records of `comments` by their `postId`.
fn children<'v>(wanted: &str, root: Node<'v>, name: Option<&str>) -> Option<Relation<'v>> {
    let collection = root.child(wanted).filter(|node| is_collection(*node))?;
    let member = pointer(collection, name?, root.view().rule())?;
    let own = shown_key(root.child(name?)?).into_owned();
    Some(Relation { shown_as: wanted.to_string(), own, is_list: true, related: by_member(collection, &member) })
}

/// `_expand=post` on comments: the record of `posts` that `postId` points at. `None` too where no record of the
/// collection `name` has such a member.
fn parent<'v>(wanted: &str, root: Node<'v>, name: Option<&str>) -> Option<Relation<'v>> {
    let rule = root.view().rule();
    let own = format!("{wanted}{}", rule.foreign_suffix());
    let (_, collection) =
        root.children().find(|(name, node)| is_collection(*node) && rule.foreign_keys(name).contains(&own))?;
    let from = name.and_then(|name| root.child(name));
    from.filter(|from| from.is_empty() || some_has(*from, &own))?;
    let related = by_member(collection, &shown_key(collection));
    Some(Relation { shown_as: wanted.to_string(), own, is_list: false, related })
}

fn is_collection(node: Node<'_>) -> bool {
    matches!(node.kind(), Kind::Array | Kind::Table) || node.is_collection()
}

/// The member by which records of one collection point at those of another, if any of them has such a member, or there
/// is none yet.
fn pointer(collection: Node<'_>, pointed_at: &str, rule: &KeyRule) -> Option<String> {
    let mut names = rule.foreign_keys(pointed_at).into_iter();
    if collection.columns().is_none() && collection.is_empty() {
        return names.next();
    }
    names.find(|member| some_has(collection, member))
}

/// Some record of the collection has the member; of a table, all have.
fn some_has(collection: Node<'_>, member: &str) -> bool {
    if let Some(columns) = collection.columns() {
        return columns.iter().any(|column| column == member);
    }
    let mut pace = Pace::default();
    let mut records = records(collection).take_while(|record| pace.goes_on(record.length()));
    records.any(|record| record.node.child(member).is_some())
}

fn by_member<'v>(collection: Node<'v>, member: &str) -> HashMap<String, Vec<Record<'v>>> {
    let mut by_member: HashMap<String, Vec<Record<'v>>> = HashMap::new();
    let mut pace = Pace::default();
    for record in records(collection) {
        if !pace.goes_on(record.length()) {
            break;
        }
        if let Some(text) = record.scalar_text(member).map(|text| text.into_owned()) {
            by_member.entry(text).or_default().push(record);
        }
    }
    by_member
}

fn whole(record: &Record<'_>) -> Vec<Bytes> {
    if record.is_keyed() { object(&members(record, None)) } else { record.node.text() }
}

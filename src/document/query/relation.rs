//! Records that point at one another: a member `postId` holds the key of a record in `posts`.

use std::collections::HashMap;

use bytes::Bytes;

use super::record::{Record, object, records};
use super::selection::array;
use super::{Query, QueryError};
use crate::document::{Kind, Node, Pace, View};
use crate::text::foreign_keys;

/// The relations that a query asks for, with the related records by key.
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
    /// Looks up what `_embed` and `_expand` name. `name`: that of the collection the records are in.
    pub(super) fn of(
        embed: &[String],
        expand: &[String],
        root: Node<'v>,
        name: Option<&str>,
    ) -> Result<Relations<'v>, QueryError> {
        let embedded =
            embed.iter().map(|wanted| children(wanted, root, name).or_else(|| parent(wanted, root)).ok_or(wanted));
        let expanded = expand.iter().map(|wanted| parent(wanted, root).ok_or(wanted));
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

impl Query {
    /// The rule that keeps the records of `child` that point at the record `key` of `parent`: `/posts/1/comments` as a
    /// query on `comments`. `None` if `child` is no collection of the root, or none of its records has such a member.
    pub fn pointing_at(view: &View, parent: &str, key: &str, child: &str) -> Option<(String, String)> {
        let children = view.root().child(child).filter(|node| is_collection(*node))?;
        let member = pointer(children, parent)?;
        Some((member, key.to_string()))
    }
}

/// `_embed=comments` on posts: the records of `comments` by their `postId`.
fn children<'v>(wanted: &str, root: Node<'v>, name: Option<&str>) -> Option<Relation<'v>> {
    let collection = root.child(wanted).filter(|node| is_collection(*node))?;
    let member = pointer(collection, name?)?;
    let own = root.child(name?)?.key_name().map_or_else(|| "id".to_string(), |name| name.into_owned());
    Some(Relation { shown_as: wanted.to_string(), own, is_list: true, related: by_member(collection, &member) })
}

/// `_expand=post` on comments: the record of `posts` that `postId` points at.
fn parent<'v>(wanted: &str, root: Node<'v>) -> Option<Relation<'v>> {
    let own = format!("{wanted}Id");
    let (_, collection) =
        root.children().find(|(name, node)| is_collection(*node) && foreign_keys(name).contains(&own))?;
    let key = collection.key_name().map_or_else(|| "id".to_string(), |name| name.into_owned());
    Some(Relation { shown_as: wanted.to_string(), own, is_list: false, related: by_member(collection, &key) })
}

fn is_collection(node: Node<'_>) -> bool {
    matches!(node.kind(), Kind::Array | Kind::Table) || node.is_collection()
}

/// The member by which records of one collection point at those of another, if any of them has such a member.
fn pointer(collection: Node<'_>, pointed_at: &str) -> Option<String> {
    foreign_keys(pointed_at).into_iter().find(|member| {
        let mut pace = Pace::default();
        let records = records(collection).take_while(|record| pace.goes_on(record.octets()));
        records.into_iter().any(|record| record.node.child(member).is_some())
    })
}

fn by_member<'v>(collection: Node<'v>, member: &str) -> HashMap<String, Vec<Record<'v>>> {
    let mut by_member: HashMap<String, Vec<Record<'v>>> = HashMap::new();
    let mut pace = Pace::default();
    for record in records(collection) {
        if !pace.goes_on(record.octets()) {
            break;
        }
        if let Some(text) = record.scalar_text(member).map(|text| text.into_owned()) {
            by_member.entry(text).or_default().push(record);
        }
    }
    by_member
}

fn whole(record: &Record<'_>) -> Vec<Bytes> {
    if record.is_keyed() { object(&record.members(None)) } else { record.node.text() }
}

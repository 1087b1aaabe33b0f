//! POST and DELETE: adding to what is there, and taking one thing out of it.

use bytes::Bytes;

use crate::document::change::{Action, Refusal};
use crate::document::container::{Container, Shape, Value};
use crate::document::node::Node;
use crate::document::state::Context;
use crate::text::json::walk::{self, Sort};
use crate::text::key::{self, KeyStats};

use super::object::fill_key;
use super::place::{Edited, Place, Report, unfit};
use super::rewrite::{Step, append, check_unambiguous, rewrite, rewrite_at, segments, step_number};
use super::siblings::{check_record, fitting};
use super::spot::{Spot, root_spot};

/// Adds to an array or object; whatever is there stays as it is.
pub(super) fn post(place: Place<'_>, body: &[u8]) -> Result<Edited, Refusal> {
    let context = &place.document.context;
    place.node()?;
    let earlier = place.given.get(place.path).copied().unwrap_or_default();
    let mut added = AddedMembers::default();
    let mut again: Option<Bytes> = None;
    let many = walk::sort(body) == Sort::Array;
    let mut object = false;
    let mut act = |container: &mut Container, spot: &Spot| {
        check_unambiguous(container)?;
        object = container.has_names();
        if object {
            added = post_members(context, container, body, spot)?;
        } else {
            let text;
            (added, text) = post_elements(context, container, body, &earlier, spot)?;
            again = Some(text.into());
        }
        Ok(())
    };
    let root = rewrite_at(&place, place.inner, &mut act)?;
    let mut result = Report::at(place.inner);
    result.created = added.count > 0;
    if added.count == 0 {
        result.text = Some(vec![Bytes::copy_from_slice(body)]);
    }
    match added {
        AddedMembers { first: Some(name), count: 1 } if object || !many => result.path.push(name),
        _ if many && !object => result.text = again.clone().map(|text| vec![text]),
        _ => {}
    }
    Ok(Edited { root, action: again.map(Action::Post), result })
}

/// What was added: how many, and the name of the first. The names of all may be more than their texts.
#[derive(Default)]
struct AddedMembers {
    first: Option<String>,
    count: usize,
}

impl AddedMembers {
    fn take(&mut self, name: impl FnOnce() -> String) {
        self.first.get_or_insert_with(name);
        self.count += 1;
    }
}

fn post_members(
    context: &Context,
    container: &mut Container,
    body: &[u8],
    spot: &Spot,
) -> Result<AddedMembers, Refusal> {
    if walk::sort(body) != Sort::Object {
        return Err(unfit("expected an object, whose members are added"));
    }
    let mut added = AddedMembers::default();
    for member in walk::members(body) {
        let name = walk::decode(&body[member.start..member.name_end]).into_owned();
        if container.locate(&name).is_some() {
            return Err(Refusal::Taken { name });
        }
        append(context, container, Some(&name), &body[member.value..member.end], spot)?;
        added.take(|| name);
    }
    Ok(added)
}

/// Adds the element that `body` is, or those in it; gives them as an array, with the keys that they were given.
fn post_elements(
    context: &Context,
    container: &mut Container,
    body: &[u8],
    earlier: &KeyStats,
    spot: &Spot,
) -> Result<(AddedMembers, Vec<u8>), Refusal> {
    let elements: Vec<&[u8]> = match walk::sort(body) {
        Sort::Array => walk::elements(body).map(|(start, end)| &body[start..end]).collect(),
        _ => vec![body],
    };
    let (mut added, mut texts) = (AddedMembers::default(), Vec::with_capacity(body.len() + 2));
    for element in elements {
        let (name, text) = new_element(container, element, earlier)?;
        append(context, container, None, &text, spot)?;
        added.take(|| name.unwrap_or_else(|| (container.len() - 1).to_string()));
        texts.push(if texts.is_empty() { b'[' } else { b',' });
        texts.extend_from_slice(&text);
    }
    if texts.is_empty() {
        texts.push(b'[');
    }
    texts.push(b']');
    Ok((added, texts))
}

/// The key and text of an element that is to be added.
pub(super) fn new_element(
    container: &Container,
    element: &[u8],
    earlier: &KeyStats,
) -> Result<(Option<String>, Vec<u8>), Refusal> {
    let Shape::Array(member) = &container.shape else { return Ok((None, element.to_vec())) };
    let sort = walk::sort(element);
    if sort != Sort::Object {
        return check_record(container, None, sort).map(|()| (None, element.to_vec()));
    }
    match walk::member(element, member) {
        Some(token) if token != b"null" => {
            let fit = fitting(&container.stats, member, token)?;
            let name = key::text_of(&fit).unwrap_or_default().into_owned();
            if container.step(&name).is_some() {
                return Err(Refusal::Taken { name });
            }
            Ok((Some(name), if fit == token { element.to_vec() } else { fill_key(element, member, &fit) }))
        }
        // Elements that have no keys get none.
        None if !container.is_keyed() && container.len() > 0 => Ok((None, element.to_vec())),
        _ => {
            let token = new_key(container, earlier, false);
            let key = key::text_of(token.as_bytes()).unwrap_or_default().into_owned();
            Ok((Some(key), fill_key(element, member, token.as_bytes())))
        }
    }
}

/// A key that no child has, and none had in this run.
pub(super) fn new_key(container: &Container, earlier: &KeyStats, table: bool) -> String {
    let mut stats = container.stats;
    stats.remember(earlier);
    let taken = |token: &String| {
        let text = key::text_of(token.as_bytes()).unwrap_or_default();
        container.locate(&text).is_some()
    };
    let next = stats.next(table).map(|token| match token.parse::<i128>() {
        // An element without a key is found by its index, which is no key then.
        Ok(next) if !table && container.has_keyless() => next.max(container.len() as i128 + 1).to_string(),
        _ => token,
    });
    if let Some(token) = next.filter(|token| !taken(token)) {
        return token;
    }
    loop {
        let token = key::random();
        if !taken(&token) {
            return token;
        }
    }
}

/// Removes the node, and of the collection `dependent` beside it what points at it.
pub(super) fn delete(mut place: Place<'_>, dependent: Option<&str>) -> Result<Edited, Refusal> {
    let node = place.node()?;
    place.check_removable()?;
    let Some((name, above)) = place.inner.split_last() else { return Err(place.missing()) };
    if let Some(name) = node.ambiguous(name) {
        return Err(Refusal::Ambiguous { name });
    }
    let mut result = Report::at(place.inner);
    result.gone = true;
    result.text = Some(node.text());
    let mut freed = None;
    let mut act = |container: &mut Container, _: &Spot| {
        check_unambiguous(container)?;
        let Some(number) = step_number(container, &Step::Segment(name))? else { return Ok(()) };
        freed = key_of(container, number);
        container.remove(number);
        Ok(())
    };
    let mut root = rewrite_at(&place, above, &mut act)?;
    if let Some(token) = freed {
        place.given.entry(place.path[..place.path.len() - 1].to_vec()).or_default().add(&token);
    }
    if let Some(dependent) = dependent {
        root = without_dependents(&mut place, &root, above, name, dependent)?;
    }
    Ok(Edited { root, action: None, result })
}

/// The key of an element as it stands.
fn key_of(container: &Container, number: u32) -> Option<Vec<u8>> {
    let Shape::Array(member) = &container.shape else { return None };
    container.child(number).member_text(member).map(std::borrow::Cow::into_owned)
}

fn without_dependents(
    place: &mut Place<'_>,
    root: &Value,
    above: &[String],
    key: &str,
    dependent: &str,
) -> Result<Value, Refusal> {
    let context = &place.document.context;
    let Some((collection, beside)) = above.split_last() else {
        let hint = "in this file there is no collection beside the one that the record is in".to_owned();
        return Err(Refusal::NotPermitted { hint });
    };
    let names = context.reading.rule.foreign_keys(collection);
    let mut path = beside.to_vec();
    path.push(dependent.to_owned());
    check_relation(place, &path, &names)?;
    let mut gone: Vec<Vec<u8>> = Vec::new();
    let mut act = |container: &mut Container, _: &Spot| {
        let points = |number: &u32| {
            let child = container.child(*number);
            names
                .iter()
                .any(|name| child.member_text(name).is_some_and(|token| key::text_of(&token).as_deref() == Some(key)))
        };
        let numbers: Vec<u32> = container.numbers().filter(points).collect();
        for number in numbers {
            gone.extend(key_of(container, number));
            container.remove(number);
        }
        Ok(())
    };
    let changed = rewrite(context, root.place(), &root_spot(context), &segments(&path), &mut act)?;
    let full = [&place.path[..place.path.len() - place.inner.len()], &path].concat();
    if !gone.is_empty() {
        let given = place.given.entry(full.clone()).or_default();
        gone.iter().for_each(|token| given.add(token));
    }
    changed.ok_or(Refusal::Missing { path: full, parent_exists: false })
}

/// Some record at `path` points somewhere by one of these members, or there is none yet.
fn check_relation(place: &Place<'_>, path: &[String], names: &[String]) -> Result<(), Refusal> {
    let full = [&place.path[..place.path.len() - place.inner.len()], path].concat();
    let dependent = full.last().cloned().unwrap_or_default();
    let node = place.view.find(&full).ok().filter(|node| node.is_collection());
    let node = node.ok_or_else(|| Refusal::NoRelation { reason: format!("'{dependent}' is no collection") })?;
    let points = |record: Node<'_>| names.iter().any(|name| record.child(name).is_some());
    if node.is_empty() || node.values().any(points) {
        return Ok(());
    }
    let expected = names.first().map_or("", String::as_str);
    Err(Refusal::NoRelation { reason: format!("no record of '{dependent}' has a member '{expected}'") })
}

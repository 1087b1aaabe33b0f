//! The action routes of the original systems: `POST /create` and `PUT /update` take pairs, which are members of an
//! object, or one record of a collection with its key among them.

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;

use crate::document::change::{Action, Refusal, Replacement};
use crate::document::container::{Container, Place as Spotted, Shape, Value};
use crate::document::state::Context;
use crate::text::json::walk::{self, Sort};
use crate::text::key::{self, KeyStats};

use super::collection::new_key;
use super::kind::{self, Stand};
use super::object::fill_key;
use super::place::{Edited, Place, Report, no_members, unfit};
use super::replacing::{laid_out, replacement};
use super::rewrite::{Step, append, check_unambiguous, rewrite, rewrite_at, step_number};
use super::siblings::fitting;
use super::spot::{Spot, child_spot};

/// A pair of the body: its name, and its value as JSON text.
#[derive(Debug, Clone)]
pub(super) struct Pair<'b> {
    pub(super) name: String,
    pub(super) value: &'b [u8],
}

/// The pairs of a body.
pub(super) fn pairs(body: &[u8]) -> Result<Vec<Pair<'_>>, Refusal> {
    if walk::sort(body) != Sort::Object {
        return Err(unfit("expected pairs, or an object"));
    }
    let pair = |member: walk::Member| {
        let name = walk::decode(&body[member.start..member.name_end]).into_owned();
        Pair { name, value: &body[member.value..member.end] }
    };
    let pairs: Vec<_> = walk::members(body).map(pair).collect();
    if pairs.is_empty() { Err(unfit("expected at least one pair")) } else { Ok(pairs) }
}

/// Takes the pair that holds the key out of `pairs`: named as the key is, else `id`, else `key`, else the first.
pub(super) fn take_key<'b>(pairs: &mut Vec<Pair<'b>>, name: Option<&str>) -> Pair<'b> {
    let position = |wanted: &str| pairs.iter().position(|pair| pair.name == wanted);
    let at = name.and_then(position).or_else(|| position("id")).or_else(|| position("key")).unwrap_or(0);
    pairs.remove(at)
}

/// The pair that holds the key of an element: named as the key is, or `id` or `key` where the others have no such member.
fn own_key<'b>(container: &Container, pairs: &mut Vec<Pair<'b>>, member: &str) -> Option<Pair<'b>> {
    let first = container.numbers().next().map(|number| container.child(number));
    let is_free = |name: &str| first.is_none_or(|first| first.member_text(name).is_none());
    let position = |wanted: &str| pairs.iter().position(|pair| pair.name == wanted);
    let alias = |name: &str| position(name).filter(|_| is_free(name));
    let at = position(member).or_else(|| alias("id")).or_else(|| alias("key"))?;
    Some(pairs.remove(at))
}

/// The text of a key that was given as a pair.
pub(super) fn key_text(pair: &Pair<'_>) -> Result<String, Refusal> {
    let text = key::text_of(pair.value).filter(|text| !text.is_empty());
    text.map(std::borrow::Cow::into_owned)
        .ok_or_else(|| unfit(format!("expected a text or a number as key '{}'", pair.name)))
}

/// Adds the pairs (`create`: to what is not there yet) or sets them.
pub(super) fn write(place: Place<'_>, body: &[u8], create: bool) -> Result<Edited, Refusal> {
    let context = &place.document.context;
    place.node()?;
    let earlier = place.given.get(place.path).copied().unwrap_or_default();
    let mut writer =
        Writer { context, create, report: Vec::new(), created: false, path: Vec::new(), earlier, again: None };
    let pairs = pairs(body)?;
    let rule = context.reading.rule.named(context.reading.stem.as_deref());
    let mut act = |container: &mut Container, spot: &Spot| {
        check_unambiguous(container)?;
        let records = pairs.iter().all(|pair| walk::sort(pair.value) == Sort::Object);
        match &container.shape {
            Shape::Object if container.are_records() && !records => writer.keyed_record(container, &pairs, rule, spot),
            Shape::Object => writer.members(container, &pairs, spot),
            _ => writer.element(container, &pairs, spot),
        }
    };
    let root = rewrite_at(&place, place.inner, &mut act)?;
    let mut result = Report::at(place.inner);
    result.path.extend(writer.path);
    result.created = writer.created;
    result.report = writer.report;
    Ok(Edited { root, action: writer.again, result })
}

struct Writer<'w> {
    context: &'w Context,
    create: bool,
    report: Vec<Replacement>,
    created: bool,
    /// From the container on.
    path: Vec<String>,
    /// Keys that were given before in this run.
    earlier: KeyStats,
    /// The action as it can be applied again.
    again: Option<Action>,
}

impl Writer<'_> {
    fn note(&mut self, name: String, old: Option<Bytes>, new: &[u8]) {
        self.report.push(Replacement { name, old, new: Bytes::copy_from_slice(new) });
    }

    /// Each pair is a member.
    fn members(&mut self, container: &mut Container, pairs: &[Pair<'_>], spot: &Spot) -> Result<(), Refusal> {
        for pair in pairs {
            let number = container.locate(&pair.name);
            let Some(number) = number else {
                append(self.context, container, Some(&pair.name), pair.value, spot)?;
                self.created = true;
                self.note(pair.name.clone(), None, pair.value);
                continue;
            };
            if self.create {
                return Err(Refusal::Taken { name: pair.name.clone() });
            }
            let inner = child_spot(self.context, container, Some(number), Some(&pair.name), spot);
            let stand = Stand::of(self.context, &inner, container.are_records());
            kind::check_put(container.child(number), stand, pair.value)?;
            let old = container.child(number).to_value().to_bytes();
            let value = replacement(self.context, container.child(number), pair.value, &inner)?;
            container.replace(number, value);
            self.note(pair.name.clone(), Some(old), pair.value);
        }
        if let [pair] = pairs {
            self.path.push(pair.name.clone());
        }
        Ok(())
    }

    /// The pairs are a record, whose key is its member name.
    fn keyed_record(
        &mut self,
        container: &mut Container,
        pairs: &[Pair<'_>],
        rule: Option<&str>,
        spot: &Spot,
    ) -> Result<(), Refusal> {
        let mut pairs = pairs.to_vec();
        let key = key_text(&take_key(&mut pairs, rule))?;
        let number = container.locate(&key);
        self.record(container, (number, &key), &object(&pairs), &pairs, spot)
    }

    /// The pairs are an element, with its key among them.
    fn element(&mut self, container: &mut Container, pairs: &[Pair<'_>], spot: &Spot) -> Result<(), Refusal> {
        let Shape::Array(member) = &container.shape else { return Ok(()) };
        let member = member.to_string();
        if container.len() > 0 && !container.is_keyed() && !container.are_records() {
            let hint = "the elements are no records, so pairs cannot be written; PUT replaces the array".to_owned();
            return Err(Refusal::NotPermitted { hint });
        }
        let mut rest = pairs.to_vec();
        let (key, token) = match own_key(container, &mut rest, &member) {
            Some(pair) => (key_text(&pair)?, pair.value.to_vec()),
            None if self.create => {
                let token = new_key(container, &self.earlier, false).into_bytes();
                (key::text_of(&token).unwrap_or_default().into_owned(), token)
            }
            None => return Err(unfit(format!("expected the key '{member}' among the pairs"))),
        };
        let number = step_number(container, &Step::Segment(&key))?;
        let token = if number.is_some() { token } else { fitting(&container.stats, &member, &token)?.into_owned() };
        let text = fill_key(&object(&rest), &member, &token);
        self.again = self.create.then(|| Action::Create(Bytes::copy_from_slice(&text)));
        self.record(container, (number, &key), &text, &rest, spot)
    }

    /// Sets members of the record `number`, or adds it as `text`.
    fn record(
        &mut self,
        container: &mut Container,
        (number, key): (Option<u32>, &str),
        text: &[u8],
        pairs: &[Pair<'_>],
        spot: &Spot,
    ) -> Result<(), Refusal> {
        self.path.push(key.to_owned());
        let named = container.has_names().then_some(key);
        let Some(number) = number else {
            self.created = true;
            append(self.context, container, named, text, spot)?;
            pairs.iter().for_each(|pair| self.note(format!("{key}/{}", pair.name), None, pair.value));
            return Ok(());
        };
        if self.create {
            return Err(Refusal::Taken { name: key.to_owned() });
        }
        let old = container.child(number);
        let before = Members::of(&old, pairs.len());
        for pair in pairs {
            self.note(format!("{key}/{}", pair.name), before.text(&pair.name), pair.value);
        }
        let inner = child_spot(self.context, container, Some(number), named, spot);
        let value = set_members(self.context, old, pairs, &inner)?;
        container.replace(number, value);
        Ok(())
    }
}

/// The members of a record that pairs are about to set.
enum Members<'m> {
    /// A few are looked for one by one.
    One(&'m Spotted<'m>),
    /// For many a single walk is enough.
    All(HashMap<Cow<'m, str>, &'m [u8]>),
}

/// So many members are a few.
const FEW: usize = 16;

impl<'m> Members<'m> {
    fn of(record: &'m Spotted<'m>, wanted: usize) -> Members<'m> {
        let Spotted::Leaf { text, .. } = *record else { return Members::One(record) };
        if wanted <= FEW || walk::sort(text) != Sort::Object {
            return Members::One(record);
        }
        let mut all = HashMap::new();
        for member in walk::members(text) {
            all.entry(walk::decode(&text[member.start..member.name_end])).or_insert(&text[member.value..member.end]);
        }
        Members::All(all)
    }

    fn text(&self, name: &str) -> Option<Bytes> {
        match self {
            Members::One(record) => record.member_text(name).map(|text| Bytes::copy_from_slice(&text)),
            Members::All(all) => all.get(name).map(|text| Bytes::copy_from_slice(text)),
        }
    }
}

/// A record with members set; unlike in a merge patch null is a value. It is read and written once, however many.
fn set_members(context: &Context, old: Spotted<'_>, pairs: &[Pair<'_>], spot: &Spot) -> Result<Value, Refusal> {
    let mut act = |container: &mut Container, spot: &Spot| {
        check_unambiguous(container)?;
        for pair in pairs {
            match container.locate(&pair.name) {
                Some(number) => {
                    let inner = child_spot(context, container, Some(number), Some(&pair.name), spot);
                    kind::check_put(container.child(number), Stand::of(context, &inner, true), pair.value)?;
                    let value = laid_out(context, container.child(number), pair.value, &inner)?;
                    container.replace(number, value);
                }
                None => append(context, container, Some(&pair.name), pair.value, spot)?,
            }
        }
        Ok(())
    };
    let changed = rewrite(context, old, spot, &[], &mut act)?;
    changed.ok_or_else(no_members)
}

/// The pairs as an object.
fn object(pairs: &[Pair<'_>]) -> Vec<u8> {
    let mut out = vec![b'{'];
    for (position, pair) in pairs.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        walk::quote(&pair.name, &mut out);
        out.push(b':');
        out.extend_from_slice(pair.value);
    }
    out.push(b'}');
    out
}

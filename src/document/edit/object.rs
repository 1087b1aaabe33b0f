//! PUT: replacing a node or creating it under its parent.

use crate::document::change::{Action, Refusal};
use crate::document::container::{Container, Shape, index};
use crate::document::state::Context;
use crate::text::json::walk::{self, Sort};
use crate::text::key;

pub(super) use crate::text::json::walk::with_member as fill_key;

use super::kind::Stand;
use super::place::{Edited, Place, Report};
use super::rewrite::{Step, append, check_unambiguous, rewrite_at, step_number};
use super::spot::{Spot, child_spot, new_value, root_spot};
use super::{kind, replacing, siblings};

/// Replaces the node, or creates it under an existing parent.
///
/// `strict`: a collection stays one, and its records have keys.
pub(super) fn put(place: Place<'_>, body: &[u8], strict: bool) -> Result<Edited, Refusal> {
    let context = &place.document.context;
    let mut filled = None;
    let mut result = Report::at(place.inner);
    if let Ok(node) = place.view.find(place.path) {
        if let Some(name) = node.ambiguous(place.path.last().map_or("", String::as_str)) {
            return Err(Refusal::Ambiguous { name });
        }
        if let Some(stats) = node.key_stats() {
            let earlier = place.given.get(place.path).copied().unwrap_or_default();
            filled = siblings::records_with_keys(node, body, &earlier).filter(|_| strict);
            place.given.entry(place.path.to_vec()).or_default().remember(&stats);
        }
    }
    let body = filled.as_deref().unwrap_or(body);
    let among_records = place.is_among_records();
    let root = match place.inner.split_last() {
        None => {
            let spot = root_spot(context);
            if strict {
                let stand = Stand::of(context, &spot, among_records);
                kind::check_put(place.document.root.place(), stand, body)?;
            }
            match strict {
                true => replacing::replacement(context, place.document.root.place(), body, &spot)?,
                false => new_value(context, body, &spot)?,
            }
        }
        Some((name, above)) => {
            let missing = || place.missing();
            let mut act = |container: &mut Container, spot: &Spot| {
                if let Some(number) = step_number(container, &Step::Segment(name))? {
                    let inner = child_spot(context, container, Some(number), Some(name), spot);
                    kind::check_put(container.child(number), Stand::of(context, &inner, among_records), body)?;
                }
                result.created = put_child(context, container, name, body, spot, &missing)?;
                Ok(())
            };
            rewrite_at(&place, above, &mut act)?
        }
    };
    Ok(Edited { root, action: filled.map(|body| Action::Put(body.into())), result })
}

/// Sets or adds a child; whether it was added.
fn put_child(
    context: &Context,
    container: &mut Container,
    name: &str,
    body: &[u8],
    spot: &Spot,
    missing: &dyn Fn() -> Refusal,
) -> Result<bool, Refusal> {
    check_unambiguous(container)?;
    let number = step_number(container, &Step::Segment(name))?;
    let inner = child_spot(context, container, number, Some(name), spot);
    let Shape::Array(member) = &container.shape else {
        match number {
            Some(number) => {
                let value = replacing::replacement(context, container.child(number), body, &inner)?;
                container.replace(number, value);
            }
            None => append(context, container, Some(name), body, spot)?,
        }
        return Ok(number.is_none());
    };
    let member = member.to_string();
    match number {
        Some(number) => {
            let old = container.child(number).member_text(&member).map(std::borrow::Cow::into_owned);
            let body = match old.filter(|_| container.is_keyed()) {
                Some(token) => with_key(body, &member, &token, name)?,
                None => {
                    siblings::check_record(container, Some(number), walk::sort(body))?;
                    siblings::first_key(container, number, body)?
                }
            };
            let value = replacing::laid_out(context, container.child(number), &body, &inner)?;
            container.replace(number, value);
            Ok(false)
        }
        None if container.is_keyed() || (container.len() == 0 && walk::sort(body) == Sort::Object) => {
            let own = walk::member(body, &member).filter(|own| key::text_of(own).as_deref() == Some(name));
            let token = match own.filter(|_| container.stats.count() == 0) {
                Some(own) => own.to_vec(),
                None => key_token(container, name),
            };
            let token = siblings::fitting(&container.stats, &member, &token)?;
            let body = with_key(body, &member, &token, name)?;
            append(context, container, None, &body, spot)?;
            Ok(true)
        }
        None if index(name) == Some(container.len()) => {
            siblings::check_record(container, None, walk::sort(body))?;
            append(context, container, None, body, spot)?;
            Ok(true)
        }
        None => Err(missing()),
    }
}

/// A key from a path as a JSON value: a number where all keys are, or where there are none so far, as a new key is then.
pub(super) fn key_token(container: &Container, name: &str) -> Vec<u8> {
    let canonical = name.parse::<i128>().is_ok_and(|value| value.to_string() == name);
    if canonical && (container.stats.are_integers() || container.stats.count() == 0) {
        name.as_bytes().to_vec()
    } else {
        walk::quoted(name)
    }
}

/// The record `body` with its key: filled in if it is missing, refused if it is another.
fn with_key(body: &[u8], member: &str, token: &[u8], name: &str) -> Result<Vec<u8>, Refusal> {
    if walk::sort(body) != Sort::Object {
        return Err(siblings::no_record(member));
    }
    match walk::member(body, member) {
        None | Some(b"null") => Ok(fill_key(body, member, token)),
        Some(found) if key::text_of(found).as_deref() == Some(name) => Ok(fill_key(body, member, token)),
        Some(found) => Err(Refusal::KeyChange {
            member: member.to_owned(),
            expected: name.to_owned(),
            found: Some(key::text_of(found).unwrap_or_else(|| String::from_utf8_lossy(found)).into_owned()),
        }),
    }
}

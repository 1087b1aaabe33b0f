//! Keys among those of the other elements: a key keeps its type, and a new one is of the kind that the others are.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::document::change::Refusal;
use crate::document::container::{Container, Place as Spotted, Shape, Value};
use crate::document::node::Node;
use crate::document::state::Context;
use crate::text::json::walk::{self, Sort};
use crate::text::key::{self, KeyStats};

use super::object::fill_key;
use super::place::unfit;
use super::spot::Spot;

/// The key `token` as it is to stand among keys of which `stats` tells.
///
/// # Errors
/// It is no key, or of another kind than all the others.
pub(super) fn fitting<'t>(stats: &KeyStats, member: &str, token: &'t [u8]) -> Result<Cow<'t, [u8]>, Refusal> {
    let Some(text) = key::text_of(token).filter(|_| !walk::has_lone_surrogate(token)) else {
        return Err(unfit(format!("expected a text or a number as key '{member}'")));
    };
    let wanted = if stats.count() == 0 {
        return Ok(Cow::Borrowed(token));
    } else if stats.are_integers() {
        if is_whole_number(text.as_bytes()) {
            return Ok(Cow::Owned(text.into_owned().into_bytes()));
        }
        "a whole number"
    } else if stats.are_texts() && walk::sort(token) != Sort::String {
        "a text"
    } else {
        return Ok(Cow::Borrowed(token));
    };
    let found = String::from_utf8_lossy(token);
    Err(unfit(format!("expected {wanted} as key '{member}', as all the others are, found {found}")))
}

/// An integer as JSON writes it.
fn is_whole_number(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) && (digits == b"0" || digits[0] != b'0');
    plain && text != b"-0"
}

/// Among elements of which some have keys only a record is added, or put in the place of one. `number`: that of the element
/// whose place it takes.
pub(super) fn check_record(container: &Container, number: Option<u32>, element: Sort) -> Result<(), Refusal> {
    let Shape::Array(member) = &container.shape else { return Ok(()) };
    let old = number.map(|number| container.child(number));
    if element == Sort::Object || !container.is_keyed() || old.is_some_and(|old| old.sort() != Sort::Object) {
        return Ok(());
    }
    Err(match old.and_then(|old| old.member_text(member)) {
        Some(_) => no_record(member),
        None => unfit("expected an object, as the other elements are"),
    })
}

/// The refusal of what is no record, where one with a key is expected.
pub(super) fn no_record(member: &str) -> Refusal {
    unfit(format!("expected an object, a record with its key in '{member}'"))
}

/// What is to stand in the place of a child: if it has the key that the child has, the key stays as it is written.
pub(super) fn with_stored_key(
    context: &Context,
    container: &Container,
    number: u32,
    value: Value,
    spot: &Spot,
) -> Result<Value, Refusal> {
    let Shape::Array(member) = &container.shape else { return Ok(value) };
    let place = value.place();
    let (Some(old), Some(new)) = (container.child(number).member_text(member), place.member_text(member)) else {
        return Ok(value);
    };
    let says_the_same = key::text_of(&old).is_some_and(|text| key::text_of(&new).as_ref() == Some(&text));
    if old == new || !says_the_same {
        return Ok(value);
    }
    with_key(context, &value, member, &old, spot)
}

fn with_key(context: &Context, record: &Value, member: &str, token: &[u8], spot: &Spot) -> Result<Value, Refusal> {
    let text = fill_key(&record.to_bytes(), member, token);
    Value::read(context, text.into(), spot.name.as_deref()).map_err(|error| unfit(error.to_string()))
}

/// The same where a JSON Patch leads to the child: a key of its own is of the kind that those of the others are.
pub(super) fn with_fitting_key(
    context: &Context,
    container: &Container,
    number: u32,
    value: Value,
    spot: &Spot,
) -> Result<Value, Refusal> {
    let Shape::Array(member) = &container.shape else { return Ok(value) };
    let is_key = |token: &Cow<'_, [u8]>| key::text_of(token).is_some();
    let old = container.child(number).member_text(member).filter(is_key);
    let Some(new) = value.place().member_text(member).filter(is_key) else { return Ok(value) };
    if old.as_ref() == Some(&new) {
        return Ok(value);
    }
    let mut others = container.stats;
    old.iter().for_each(|old| others.remove(old));
    let fit = fitting(&others, member, &new)?;
    if fit == new {
        return Ok(value);
    }
    with_key(context, &value, member, &fit, spot)
}

/// An element that a JSON Patch adds to `container`, with its key as it is to stand among the others.
pub(super) fn fitted<'e>(container: &Container, element: &'e [u8]) -> Result<Cow<'e, [u8]>, Refusal> {
    check_record(container, None, walk::sort(element))?;
    let Shape::Array(member) = &container.shape else { return Ok(Cow::Borrowed(element)) };
    let Some(token) = walk::member(element, member).filter(|token| key::text_of(token).is_some()) else {
        return Ok(Cow::Borrowed(element));
    };
    let fit = fitting(&container.stats, member, token)?;
    Ok(if *fit == *token { Cow::Borrowed(element) } else { Cow::Owned(fill_key(element, member, &fit)) })
}

/// The key that an element gives itself which is found by its index so far.
pub(super) fn first_key(container: &Container, number: u32, element: &[u8]) -> Result<Vec<u8>, Refusal> {
    let Shape::Array(member) = &container.shape else { return Ok(element.to_vec()) };
    let Some(token) = walk::member(element, member).filter(|token| *token != b"null") else {
        return Ok(element.to_vec());
    };
    let fit = fitting(&container.stats, member, token)?;
    let name = key::text_of(&fit).unwrap_or_default().into_owned();
    match container.step(&name) {
        Some(other) if other != number => Err(Refusal::Taken { name }),
        _ if fit == token => Ok(element.to_vec()),
        _ => Ok(fill_key(element, member, &fit)),
    }
}

/// The records of `body`, an array that is to replace `old`, each with a key, of the type that the keys there have.
/// `None`: they stay as they are.
pub(super) fn records_with_keys(old: Node<'_>, body: &[u8], earlier: &KeyStats) -> Option<Vec<u8>> {
    let (before, member) = (old.key_stats()?, old.key_name()?);
    if walk::sort(body) != Sort::Array || before.count() != old.len() {
        return None;
    }
    let elements: Vec<&[u8]> = walk::elements(body).map(|(start, end)| &body[start..end]).collect();
    let own = |element: &'_ [u8]| -> Option<Vec<u8>> {
        let token = walk::member(element, &member).filter(|token| *token != b"null")?;
        Some(fitting(&before, &member, token).map_or_else(|_| token.to_vec(), Cow::into_owned))
    };
    let tokens: Vec<Option<Vec<u8>>> = elements.iter().map(|element| own(element)).collect();
    let mut stats = KeyStats::default();
    tokens.iter().flatten().filter(|token| key::text_of(token).is_some()).for_each(|token| stats.add(token));
    // Where nothing has or had a key, none is wanted.
    if stats.count() == 0 && before.count() == 0 {
        return None;
    }
    if stats.count() == 0 {
        stats = before;
    }
    stats.remember(&before);
    stats.remember(earlier);
    let mut taken: HashSet<String> =
        tokens.iter().flatten().filter_map(|token| Some(key::text_of(token)?.into_owned())).collect();
    let mut out = vec![b'['];
    for (element, token) in elements.iter().zip(tokens) {
        if out.len() > 1 {
            out.push(b',');
        }
        match token {
            _ if walk::sort(element) != Sort::Object => out.extend_from_slice(element),
            Some(token) => out.extend(fill_key(element, &member, &token)),
            None => {
                let token = free_key(&mut stats, &mut taken);
                out.extend(fill_key(element, &member, token.as_bytes()));
            }
        }
    }
    out.push(b']');
    Some(out)
}

/// A key that two elements of the array `after` have, and not of `before`, what it was.
pub(super) fn new_twin(before: Option<Spotted<'_>>, after: Spotted<'_>, member: &str) -> Option<String> {
    match after {
        Spotted::Large(container) if matches!(container.shape, Shape::Array(_)) => container.new_twin(match before {
            Some(Spotted::Large(before)) => Some(before),
            _ => None,
        }),
        Spotted::Leaf { text, .. } if walk::sort(text) == Sort::Array => {
            let doubled = |text: &[u8]| {
                let mut seen = HashSet::new();
                let key = |(start, end): (usize, usize)| {
                    Some(key::text_of(walk::member(&text[start..end], member)?)?.into_owned())
                };
                walk::elements(text).filter_map(key).filter(|key| !seen.insert(key.clone())).collect::<Vec<_>>()
            };
            let old = match before {
                Some(Spotted::Leaf { text, .. }) if walk::sort(text) == Sort::Array => doubled(text),
                _ => Vec::new(),
            };
            doubled(text).into_iter().find(|key| !old.contains(key))
        }
        _ => None,
    }
}

/// A key that is not taken, which it is from then on.
fn free_key(stats: &mut KeyStats, taken: &mut HashSet<String>) -> String {
    loop {
        let token = stats.next(false).unwrap_or_else(key::random);
        stats.add(token.as_bytes());
        if taken.insert(key::text_of(token.as_bytes()).unwrap_or_default().into_owned()) {
            return token;
        }
    }
}

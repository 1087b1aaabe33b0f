//! Going down to one container, changing it, and making new containers of those around it on the way back.

use std::sync::Arc;

use bytes::Bytes;

use crate::document::change::Refusal;
use crate::document::container::{Container, Place as Spotted, Shape, Value, index};
use crate::document::layout;
use crate::document::state::{Context, Document, Format};
use crate::text::json::walk::{self, Sort};

use super::place::{Edited, Place, Report, no_members, unfit};
use super::siblings::{check_record, first_key, with_fitting_key, with_stored_key};
use super::spot::{Spot, child_spot, malformed, new_value, root_spot};

/// One step down.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'s> {
    /// A path segment: elements by key, by index only where there are no keys.
    Segment(&'s str),
    /// A token of a JSON pointer (RFC 6901): elements by index.
    Token(&'s str),
}

/// What a change does with the container it is about.
pub(super) type Act<'a> = &'a mut dyn FnMut(&mut Container, &Spot) -> Result<(), Refusal>;

/// What a change makes of the value it is about.
pub(super) type Make<'a> = &'a mut dyn FnMut(Spotted<'_>, &Spot) -> Result<Value, Refusal>;

/// The steps of a path.
pub(super) fn segments(path: &[String]) -> Vec<Step<'_>> {
    path.iter().map(|segment| Step::Segment(segment)).collect()
}

/// Changes the container at `path`, which begins at the document's root, and gives the new root.
pub(super) fn rewrite_at(place: &Place<'_>, path: &[String], act: Act<'_>) -> Result<Value, Refusal> {
    let Document { context, root, .. } = place.document;
    let root = rewrite(context, root.place(), &root_spot(context), &segments(path), act)?;
    root.ok_or_else(|| place.missing())
}

/// Replaces the node by what `make` gives.
pub(super) fn modify_node(place: &Place<'_>, make: Make<'_>) -> Result<Edited, Refusal> {
    if let Some(name) = place.inner.last()
        && let Some(name) = place.node()?.ambiguous(name)
    {
        return Err(Refusal::Ambiguous { name });
    }
    let Document { context, root, .. } = place.document;
    let root = modify(context, root.place(), &root_spot(context), &segments(place.inner), make)?;
    let root = root.ok_or_else(|| place.missing())?;
    Ok(Edited { root, action: None, result: Report::at(place.inner) })
}

/// Changes the container that `steps` lead to, and gives the new value of `place`. `None`: the steps lead nowhere.
pub(super) fn rewrite(
    context: &Context,
    place: Spotted<'_>,
    spot: &Spot,
    steps: &[Step<'_>],
    act: Act<'_>,
) -> Result<Option<Value>, Refusal> {
    modify(context, place, spot, steps, &mut |place, spot| {
        let mut container = opened(context, place, spot)?;
        act(&mut container, spot)?;
        closed(context, container, spot)
    })
}

/// Replaces the value that `steps` lead to by what `make` gives. `None`: the steps lead nowhere.
pub(super) fn modify(
    context: &Context,
    place: Spotted<'_>,
    spot: &Spot,
    steps: &[Step<'_>],
    make: Make<'_>,
) -> Result<Option<Value>, Refusal> {
    let Some((step, rest)) = steps.split_first() else { return make(place, spot).map(Some) };
    if !matches!(place.sort(), Sort::Object | Sort::Array) {
        return Ok(None);
    }
    let mut container = opened(context, place, spot)?;
    let Some(number) = step_number(&container, step)? else { return Ok(None) };
    let key = container.name(number).map(std::borrow::Cow::into_owned);
    let inner = child_spot(context, &container, Some(number), key.as_deref(), spot);
    let Some(value) = modify(context, container.child(number), &inner, rest, make)? else { return Ok(None) };
    check_record(&container, Some(number), value.place().sort())?;
    let mut value = with_stored_key(context, &container, number, value, &inner)?;
    match step {
        Step::Segment(_) if key.is_none() => drop(first_key(&container, number, &value.to_bytes())?),
        Step::Segment(_) => {}
        Step::Token(_) => value = with_fitting_key(context, &container, number, value, &inner)?,
    }
    container.replace(number, value);
    if matches!(step, Step::Segment(_)) {
        check_key(&container, number, key.as_deref())?;
    }
    closed(context, container, spot).map(Some)
}

/// An element that was found by its key keeps it.
fn check_key(container: &Container, number: u32, before: Option<&str>) -> Result<(), Refusal> {
    let Shape::Array(member) = &container.shape else { return Ok(()) };
    let (Some(before), after) = (before, container.name(number)) else { return Ok(()) };
    if after.as_deref() == Some(before) {
        return Ok(());
    }
    let found = after.map(std::borrow::Cow::into_owned);
    Err(Refusal::KeyChange { member: member.to_string(), expected: before.to_owned(), found })
}

/// The child that a step leads to.
pub(super) fn step_number(container: &Container, step: &Step<'_>) -> Result<Option<u32>, Refusal> {
    let number = match step {
        Step::Token(token) if !container.has_names() => return Ok(index(token).and_then(|at| container.nth(at))),
        Step::Segment(name) | Step::Token(name) => {
            if container.is_ambiguous(name) {
                return Err(Refusal::Ambiguous { name: (*name).to_owned() });
            }
            container.step(name)
        }
    };
    Ok(number)
}

/// What has a member name twice takes no writes.
pub(super) fn check_unambiguous(container: &Container) -> Result<(), Refusal> {
    match container.ambiguous_name() {
        Some(name) if container.has_names() => Err(Refusal::Ambiguous { name: name.to_owned() }),
        _ => Ok(()),
    }
}

/// The container at `place`, ready to be changed.
pub(super) fn opened(context: &Context, place: Spotted<'_>, spot: &Spot) -> Result<Container, Refusal> {
    match place {
        Spotted::Large(container) => Ok(Container::clone(container)),
        Spotted::Leaf { text, .. } if !matches!(walk::sort(text), Sort::Object | Sort::Array) => Err(no_members()),
        Spotted::Leaf { owner, text } => {
            let value = Value::indexed(context, owner.slice_ref(text), spot.name.as_deref()).map_err(malformed)?;
            match value {
                Value::Large(container) => Ok(Arc::unwrap_or_clone(container)),
                Value::Leaf(_) => Err(unfit("expected an object or array")),
            }
        }
    }
}

/// The array that `text` is in the place of `container`, ready to be changed.
pub(super) fn read_anew(
    context: &Context,
    container: &Container,
    text: Bytes,
    spot: &Spot,
) -> Result<Container, Refusal> {
    if !container.is_lines() {
        return opened(context, Value::Leaf(text).place(), spot);
    }
    let value = Value::of_lines(context, text, spot.name.as_deref()).map_err(malformed)?;
    opened(context, value.place(), spot)
}

/// The value that a changed container is: its bytes again if it is small.
pub(super) fn closed(context: &Context, container: Container, spot: &Spot) -> Result<Value, Refusal> {
    if spot.depth == 0 || container.base.text.len() >= context.large {
        return Ok(Value::Large(Arc::new(container)));
    }
    let text = container.to_bytes();
    Value::read(context, text, spot.name.as_deref()).map_err(malformed)
}

/// Appends a child, `name` being its member name in an object.
pub(super) fn append(
    context: &Context,
    container: &mut Container,
    name: Option<&str>,
    text: &[u8],
    spot: &Spot,
) -> Result<(), Refusal> {
    let inner = child_spot(context, container, None, name, spot);
    let value = new_value(context, text, &inner)?;
    append_value(context, container, name, value, spot);
    Ok(())
}

/// Appends a child that is laid out already.
pub(super) fn append_value(
    context: &Context,
    container: &mut Container,
    name: Option<&str>,
    value: Value,
    spot: &Spot,
) {
    let lead = name.map(|name| layout::lead(container, name, &context.style)).unwrap_or_default();
    let name = name.unwrap_or_default().to_owned();
    container.add(name, lead, value, |container| layout::layout(container, &context.style, &spot.flow));
}

/// The root of a document as its format has it. JSON Lines that were replaced as a whole are an array in brackets.
pub(super) fn settled(document: &Document, root: Value) -> Result<Value, Refusal> {
    let Context { reading, style, .. } = &*document.context;
    if reading.format != Format::Lines || matches!(&root, Value::Large(container) if container.is_lines()) {
        return Ok(root);
    }
    let text = root.to_bytes();
    if walk::sort(&text) != Sort::Array {
        return Err(unfit("a JSON Lines file is an array, each line an element; expected an array"));
    }
    let mut lines = Vec::with_capacity(text.len());
    for (start, end) in walk::elements(&text) {
        lines.extend_from_slice(&text[start..end]);
        lines.extend_from_slice(style.newline);
    }
    Value::of_lines(&document.context, lines.into(), reading.stem.as_deref()).map_err(malformed)
}

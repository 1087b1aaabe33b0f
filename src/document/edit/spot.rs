//! Where a value stands, and a new value made for that.

use bytes::Bytes;

use super::place::unfit;
use crate::document::change::Refusal;
use crate::document::container::{Container, Value};
use crate::document::layout;
use crate::document::state::Context;
use crate::text::json::print::Flow;
use crate::text::json::walk;
use crate::text::json::{MAX_DEPTH, SyntaxError};

/// Where a value stands.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    /// How it may be laid out.
    pub(super) flow: Flow,
    /// The member name under which it stands.
    pub(super) name: Option<String>,
    /// How many containers are around it.
    pub(super) depth: usize,
}

/// The spot of a document's root value.
pub(super) fn root_spot(context: &Context) -> Spot {
    let flow = if context.style.lines { Flow::Block(Vec::new()) } else { Flow::Line };
    Spot { flow, name: context.reading.stem.clone(), depth: 0 }
}

/// Where a child of `container` stands, `number` if it is there already.
pub(super) fn child_spot(
    context: &Context,
    container: &Container,
    number: Option<u32>,
    name: Option<&str>,
    spot: &Spot,
) -> Spot {
    let old = number.map(|number| container.child(number));
    let flow = layout::child_flow(container, old, &context.style, &spot.flow);
    let name = name.filter(|_| container.has_names()).map(str::to_owned);
    Spot { flow, name, depth: spot.depth + 1 }
}

/// A new value for a spot: `text` in the style of what is around it.
pub(super) fn new_value(context: &Context, text: &[u8], spot: &Spot) -> Result<Value, Refusal> {
    if spot.depth + walk::depth(text) > MAX_DEPTH {
        return Err(unfit(format!("expected at most {MAX_DEPTH} levels of arrays and objects in the file")));
    }
    let text: Bytes = layout::printed(text, &context.style, &spot.flow);
    if spot.depth == 0 {
        return Value::indexed(context, text, spot.name.as_deref()).map_err(malformed);
    }
    Value::read(context, text, spot.name.as_deref()).map_err(malformed)
}

/// What is said of a body that is no JSON after all; it should have been checked before.
pub(super) fn malformed(error: SyntaxError) -> Refusal {
    unfit(format!("the value is not JSON: {error}"))
}

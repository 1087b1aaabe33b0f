//! How something new is fitted in: as its neighbours are, else as the file is.

use bytes::Bytes;

use super::container::{Container, Layout, Place, Shape, WIDE};
use crate::text::json::print::{self, Flow, Style};
use crate::text::json::walk;

/// The layout of `container`, which stands where `flow` says.
pub(crate) fn layout(container: &Container, style: &Style, flow: &Flow) -> Layout {
    if let Shape::Table(table) = &container.shape {
        return rows(container.opening(), table.newline, container.last_children().next().is_none());
    }
    if container.is_lines() {
        return Layout { open: Bytes::new(), close: Bytes::new(), separator: Bytes::from_static(style.newline) };
    }
    let opening = container.opening();
    let brackets = match container.shape {
        Shape::Object => [b"{", b"}"],
        _ => [b"[", b"]"],
    };
    if let Some(gap) = container.last_gap() {
        return Layout { open: Bytes::new(), close: Bytes::new(), separator: Bytes::copy_from_slice(gap) };
    }
    let white = opening.get(1..).filter(|white| white.len() <= WIDE).unwrap_or_default();
    let separator = if white.contains(&b'\n') { [b",", white].concat() } else { style.comma.clone() };
    let pad: &[u8] = if brackets[0] == b"{" { &style.pad } else { b"" };
    match flow {
        Flow::Block(indent) if opening.ends_with(b"]") || opening.ends_with(b"}") => {
            let inner = [style.newline, indent.as_slice(), style.unit.as_slice()].concat();
            Layout {
                open: [brackets[0], inner.as_slice()].concat().into(),
                close: [style.newline, indent.as_slice(), brackets[1]].concat().into(),
                separator: [b",", inner.as_slice()].concat().into(),
            }
        }
        _ => Layout {
            open: [brackets[0].as_slice(), pad].concat().into(),
            close: [pad, brackets[1].as_slice()].concat().into(),
            separator: separator.into(),
        },
    }
}

/// The layout of a table that `opening`, its header row, stands before.
fn rows(opening: &[u8], newline: &'static [u8], empty: bool) -> Layout {
    let ends = |text: &[u8]| matches!(text.last(), Some(b'\n' | b'\r'));
    let open = if empty && !ends(opening) { [opening, newline].concat() } else { opening.to_vec() };
    let close = if ends(opening) { Bytes::from_static(newline) } else { Bytes::new() };
    Layout { open: open.into(), close, separator: Bytes::from_static(newline) }
}

/// Where the value of a child of `container` goes, in place of `old` if there is one.
pub(crate) fn child_flow(container: &Container, old: Option<Place<'_>>, style: &Style, flow: &Flow) -> Flow {
    let indent = || {
        let opening = container.opening();
        let bare = opening.ends_with(b"]") || opening.ends_with(b"}");
        let gap = container.added_gap().or_else(|| container.last_gap());
        let white = gap.unwrap_or(if bare { b"" } else { opening });
        let white = memchr::memrchr(b',', white).map_or(white, |comma| &white[comma + 1..]);
        let white = if white.len() <= WIDE { white } else { b"" };
        match (memchr::memrchr(b'\n', white), flow) {
            (Some(at), _) => Flow::Block(white[at + 1..].to_vec()),
            (None, Flow::Block(indent)) if gap.is_none() && bare => {
                Flow::Block([indent.as_slice(), &style.unit].concat())
            }
            (None, flow) => flow.clone(),
        }
    };
    // Whether a container is broken into lines is seen best from itself, else from its siblings.
    let mut moulds = old.into_iter().chain(container.last_children().take(3));
    match moulds.find_map(|place| is_broken(&place)) {
        Some(false) => Flow::Line,
        Some(true) => indent(),
        None if style.lines => indent(),
        None => Flow::Line,
    }
}

/// Whether a container is broken into lines; `None` of what has nothing in it.
fn is_broken(place: &Place<'_>) -> Option<bool> {
    match place {
        Place::Large(container) if container.len() > 0 => {
            Some(container.opening().contains(&b'\n') || container.last_gap().is_some_and(|gap| gap.contains(&b'\n')))
        }
        Place::Large(_) => None,
        Place::Leaf { text, .. } => {
            let inner = walk::skip_white(text, 1);
            let holds =
                matches!(text.first(), Some(b'{' | b'[')) && !matches!(text.get(inner), None | Some(b'}' | b']'));
            holds.then(|| memchr::memchr(b'\n', text).is_some())
        }
    }
}

/// A member's name as it is to stand before its value.
pub(crate) fn lead(container: &Container, name: &str, style: &Style) -> Bytes {
    let mut out = walk::quoted(name);
    match container.last_colon() {
        Some(colon) if !colon.contains(&b'\n') => out.extend_from_slice(colon),
        _ => out.extend_from_slice(&style.colon),
    }
    out.into()
}

/// `text` printed where `flow` says.
pub(crate) fn printed(text: &[u8], style: &Style, flow: &Flow) -> Bytes {
    let mut out = Vec::with_capacity(text.len() + 16);
    print::print(text, style, if is_worth_lines(text, style, flow) { flow } else { &Flow::Line }, &mut out);
    out.into()
}

/// A text may become so many times longer by being broken into lines.
const WIDEST: usize = 8;

/// Of a text that is no longer than this the white space does not matter.
const SMALL: usize = 64 << 10;

/// Whether breaking a text into lines does not make many times of it: an element at a great depth, or in a file that is
/// indented widely, can have more white space before it than it has bytes.
fn is_worth_lines(text: &[u8], style: &Style, flow: &Flow) -> bool {
    let Flow::Block(indent) = flow else { return true };
    if text.len() <= SMALL && style.unit.len() <= WIDEST {
        return true;
    }
    let lines = text.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{' | b']' | b'}')).count();
    let widest = indent.len() + style.unit.len() * walk::depth(text) + style.newline.len();
    lines.saturating_mul(widest) <= text.len().saturating_mul(WIDEST).max(SMALL)
}

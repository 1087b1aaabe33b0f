//! What a pass over a JSON text gives.

use crate::text::json::{SyntaxError, SyntaxKind};

/// A place where the text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Byte offset.
    pub(crate) offset: usize,
    /// What was expected there.
    pub(crate) expected: &'static str,
    /// Malformed, not UTF-8, or too deep.
    pub(crate) kind: SyntaxKind,
}

impl Fault {
    /// The fault with line and column.
    pub(crate) fn locate(&self, text: &[u8]) -> SyntaxError {
        SyntaxError::at(text, self.offset, self.expected, self.kind)
    }
}

/// What a scan found.
#[derive(Debug)]
pub(crate) struct Found {
    /// Where the root value stands.
    pub(crate) root: (usize, usize),
    /// The containers that were asked for, each after those inside it.
    pub(crate) containers: Vec<Extent>,
    /// Where a member name starts that its object (of those not in `containers`) holds already; only the
    /// first few of them.
    pub(crate) duplicates: Vec<usize>,
    /// The root, which is the last of the containers, is the text itself: JSON Lines.
    pub(crate) is_lines: bool,
}

/// A container and where its children start.
#[derive(Debug)]
pub(crate) struct Extent {
    /// Offset of the opening bracket.
    pub(crate) start: usize,
    /// Offset after the closing bracket.
    pub(crate) end: usize,
    /// The name token of the member whose value it is.
    pub(crate) name: Option<(usize, usize)>,
    /// Where each child starts, from the opening bracket: an element, or a member with its name.
    pub(crate) children: Vec<u32>,
    /// What is inside of it.
    pub(crate) inside: Inside,
}

/// What a scan saw inside of a JSON container.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Inside {
    /// How many objects and arrays, at any depth.
    pub(crate) containers: usize,
    /// A string in it is written with escapes.
    pub(crate) has_escapes: bool,
    /// No object in it that is too small for an index, nor any before it in the text, holds a member name twice.
    pub(crate) has_unique_names: bool,
    /// A number in it, or before it in the text, is written with an exponent.
    pub(crate) has_exponents: bool,
}

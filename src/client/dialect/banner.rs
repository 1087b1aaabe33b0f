//! `banner`: the server speaks first; after its greeting everything is framed as in `pairs`.

/// What the server greets with. It has no end of its own; a silence after other words does as well.
pub(super) const GREETING: &[u8] = b"Welcome to the server!!";

//! Reading one member of each child, as fast as the text allows.

use super::glance::{Glance, Guess, Seen};
use crate::document::container::{Container, Shape};
use crate::text::csv::Table;
use crate::text::json::walk;

/// Reads the member at a path in the children that a container was read with.
pub(super) struct Reader<'c> {
    container: &'c Container,
    way: ReadingWay<'c>,
}

enum ReadingWay<'c> {
    Cell(&'c Table, usize),
    /// The elements are small objects, in which nothing is escaped, nested or named twice.
    Alike(Box<Glance>),
    Member {
        names: &'c [String],
        whole: String,
        glance: Option<Box<Glance>>,
        is_flat: bool,
    },
    Nowhere,
}

impl<'c> Reader<'c> {
    /// `path`: member names from the record down.
    pub(super) fn of(container: &'c Container, path: &'c [String]) -> Reader<'c> {
        let whole = path.join(".");
        let way = match &container.shape {
            Shape::Table(table) => {
                table.column(&whole).map_or(ReadingWay::Nowhere, |column| ReadingWay::Cell(table, column))
            }
            _ => {
                let glance = if matches!(path, [_]) { Glance::of(&whole).map(Box::new) } else { None };
                let base = &container.base;
                let are_alike = base.are_small_objects && base.is_flat && base.has_unique_names;
                match glance {
                    Some(glance) if are_alike && !container.has_names() => ReadingWay::Alike(glance),
                    glance => ReadingWay::Member { names: path, whole, glance, is_flat: base.is_flat },
                }
            }
        };
        Reader { container, way }
    }

    /// Reads children one after the other.
    pub(super) fn run(&self) -> Run<'_, 'c> {
        Run { reader: self, guess: Guess::default() }
    }

    fn at(&self, number: u32, guess: &mut Guess) -> Seen<'c> {
        if let ReadingWay::Alike(glance) = &self.way {
            return glance.in_alike(self.container.base_stretch(number), guess);
        }
        let Some(text) = self.container.base_value(number) else { return Seen::Unclear };
        match &self.way {
            ReadingWay::Nowhere | ReadingWay::Alike(_) => Seen::Nothing,
            ReadingWay::Cell(table, column) => Seen::Value(table.cell(text, *column)),
            ReadingWay::Member { glance: Some(glance), is_flat: true, .. } => glance.in_flat(text),
            ReadingWay::Member { names, whole, glance, .. } => {
                match glance.as_ref().map_or(Seen::Unclear, |glance| glance.at(text)) {
                    Seen::Unclear => walked(text, names, whole),
                    clear => clear,
                }
            }
        }
    }

    /// The table whose cells are read.
    pub(super) fn table(&self) -> Option<&'c Table> {
        self.container.table().map(|table| &**table)
    }
}

/// See [`Reader::run`].
pub(super) struct Run<'r, 'c> {
    reader: &'r Reader<'c>,
    guess: Guess,
}

impl<'c> Run<'_, 'c> {
    /// The value of the child with this number, as it stands.
    #[inline]
    pub(super) fn at(&mut self, number: u32) -> Seen<'c> {
        self.reader.at(number, &mut self.guess)
    }
}

/// A member really named as the whole dotted path goes before the walk down.
fn walked<'t>(text: &'t [u8], names: &[String], whole: &str) -> Seen<'t> {
    let found = match walk::member(text, whole) {
        None if names.len() > 1 => names.iter().try_fold(text, |text, name| match text.first() {
            // A step into an array is by key or index.
            Some(b'[') => Err(Seen::Unclear),
            _ => walk::member(text, name).ok_or(Seen::Nothing),
        }),
        // A record that is an array.
        None if text.first() == Some(&b'[') => Err(Seen::Unclear),
        found => found.ok_or(Seen::Nothing),
    };
    match found {
        Ok(value) if matches!(value.first(), Some(b'{' | b'[')) => Seen::Unclear,
        Ok(value) => Seen::Value(value),
        Err(seen) => seen,
    }
}

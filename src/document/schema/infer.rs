//! From values to the schema that they have between them, in one pass.

use super::{DEPTH, Kinds, MEMBERS, Member, PLACES, Role, Schema, Type};
use crate::document::{Kind, Node, Pace};
use crate::text::CellTypes;
use crate::text::json::walk::{self, Sort};

/// So many members of an object are looked at to see whether they are records of one kind.
const TELLING: usize = 100;

impl Schema {
    /// The schema of a whole document: what is there once has members that come and go; elements, rows, and objects of
    /// which several stand side by side are records.
    pub(crate) fn of_document(root: Node<'_>) -> Schema {
        let (mut schema, mut survey) = (Schema::default(), SchemaSurvey { places: PLACES });
        survey.single(&mut schema, root, 0);
        schema
    }

    /// The schema of an object that has these members.
    pub(crate) fn single(members: impl IntoIterator<Item = (String, Schema)>) -> Schema {
        let members = members.into_iter().map(|(name, schema)| Member { name, count: 1, last: 1, schema }).collect();
        let kinds = Kinds(1 << Type::Object as u8);
        Schema { kinds, objects: 1, members, role: Role::Single, ..Schema::default() }
    }

    /// The same schema with what a node tells of the place at a path.
    pub(super) fn with(&self, path: &[String], node: Node<'_>) -> Schema {
        let mut schema = self.clone();
        let mut survey = SchemaSurvey { places: PLACES.saturating_sub(self.places()) };
        let place = path.iter().try_fold(&mut schema, |place, name| match place.below(name).is_some() {
            true => place.below_mut(name),
            false => survey.further(place, name),
        });
        if let Some(place) = place {
            survey.node(place, node, path.len());
        }
        schema
    }

    /// How many places it tells apart, below its own.
    fn places(&self) -> usize {
        let members = self.members.iter().map(|member| 1 + member.schema.places());
        members.sum::<usize>() + self.items().map_or(0, |items| 1 + items.places())
    }

    fn begin_object(&mut self) {
        self.kinds.add(Type::Object);
        self.objects += 1;
    }

    fn take_scalar(&mut self, sort: Sort, text: &str) {
        self.kinds.add(Type::of(sort, text.as_bytes()));
        if sort == Sort::String {
            self.formats.narrow(text);
        }
    }
}

/// A pass over values, and how many more places it may tell apart.
struct SchemaSurvey {
    places: usize,
}

impl SchemaSurvey {
    /// A value that stands alone in its place.
    fn single(&mut self, schema: &mut Schema, node: Node<'_>, depth: usize) {
        if node.kind() != Kind::Object || depth >= DEPTH {
            return self.node(schema, node, depth);
        }
        schema.begin_object();
        if are_records(node) {
            schema.role = Role::Records;
            return self.items(schema, node, depth);
        }
        schema.role = Role::Single;
        for (at, (name, child)) in node.children().take(MEMBERS).enumerate() {
            if let Some(member) = self.member(schema, at, &name) {
                self.single(member, child, depth + 1);
            }
        }
    }

    /// One more value of a place.
    fn node(&mut self, schema: &mut Schema, node: Node<'_>, depth: usize) {
        if let Some((owner, start, end)) = node.stored() {
            return self.text(schema, &owner[start..end], depth);
        }
        match node.kind() {
            Kind::Object | Kind::Row => {
                schema.begin_object();
                for (at, (name, child)) in node.children().enumerate().take_while(|_| depth < DEPTH) {
                    if let Some(member) = self.member(schema, at, &name) {
                        self.node(member, child, depth + 1);
                    }
                }
            }
            Kind::Array | Kind::Table => {
                schema.kinds.add(Type::Array);
                self.columns(schema, node);
                self.items(schema, node, depth);
            }
            kind => schema.take_scalar(sort(kind), &node.scalar_text()),
        }
    }

    /// The elements of an array, or the records in an object.
    fn items(&mut self, schema: &mut Schema, node: Node<'_>, depth: usize) {
        let mut pace = Pace::default();
        for child in node.values().take_while(|child| depth < DEPTH && pace.goes_on(weight(child))) {
            let Some(items) = self.of_items(schema) else { return };
            self.node(items, child, depth + 1);
        }
    }

    /// A table has its columns without any row, too.
    fn columns(&mut self, schema: &mut Schema, table: Node<'_>) {
        let Some(items) = table.columns().and_then(|_| self.of_items(schema)) else { return };
        items.kinds.add(Type::Object);
        for (at, column) in table.columns().unwrap_or_default().iter().enumerate() {
            let is_text = table.cell_types() == Some(CellTypes::Text);
            if let Some(cells) = self.member(items, at, column).filter(|_| is_text) {
                cells.kinds.add(Type::String);
            }
        }
    }

    /// One more value of a place, as JSON text.
    fn text(&mut self, schema: &mut Schema, text: &[u8], depth: usize) {
        match walk::sort(text) {
            Sort::Object => {
                schema.begin_object();
                for (at, member) in walk::members(text).enumerate().take_while(|_| depth < DEPTH) {
                    let name = walk::decode(&text[member.start..member.name_end]);
                    if let Some(known) = self.member(schema, at, &name) {
                        self.text(known, &text[member.value..member.end], depth + 1);
                    }
                }
            }
            Sort::Array => {
                schema.kinds.add(Type::Array);
                for (start, end) in walk::elements(text).take_while(|_| depth < DEPTH) {
                    let Some(items) = self.of_items(schema) else { return };
                    self.text(items, &text[start..end], depth + 1);
                }
            }
            Sort::String if schema.formats.is_empty() => schema.kinds.add(Type::String),
            Sort::String => schema.take_scalar(Sort::String, &walk::decode(text)),
            sort => schema.take_scalar(sort, str::from_utf8(text).unwrap_or_default()),
        }
    }

    /// The member of this name, counted; `None` of one too many. Records mostly have their members in one order, so it is
    /// looked for at `at` first.
    fn member<'s>(&mut self, schema: &'s mut Schema, at: usize, name: &str) -> Option<&'s mut Schema> {
        let is_it = |member: &Member| member.name == name;
        let found =
            if schema.members.get(at).is_some_and(is_it) { Some(at) } else { schema.members.iter().position(is_it) };
        let at = match found {
            Some(at) => at,
            None => {
                self.further(schema, name)?;
                schema.members.len() - 1
            }
        };
        let member = schema.members.get_mut(at)?;
        // A name that an object has twice counts once.
        member.count += usize::from(member.last != schema.objects);
        member.last = schema.objects;
        Some(&mut member.schema)
    }

    /// A member that no object had so far.
    fn further<'s>(&mut self, schema: &'s mut Schema, name: &str) -> Option<&'s mut Schema> {
        self.places = self.places.checked_sub(1).filter(|_| schema.members.len() < MEMBERS)?;
        schema.members.push(Member { name: name.to_owned(), count: 0, last: 0, schema: Schema::default() });
        schema.members.last_mut().map(|member| &mut member.schema)
    }

    /// What the elements are; `None` of a place too many.
    fn of_items<'s>(&mut self, schema: &'s mut Schema) -> Option<&'s mut Schema> {
        if schema.items.is_none() {
            self.places = self.places.checked_sub(1)?;
        }
        Some(schema.items.get_or_insert_default())
    }
}

/// Whether an object holds records: several objects, of which the first ones share a member.
fn are_records(node: Node<'_>) -> bool {
    if !node.is_collection() || node.children().nth(1).is_none() {
        return false;
    }
    let mut first = node.values().take(TELLING);
    let Some(names) =
        first.next().map(|record| record.children().take(MEMBERS).map(|(name, _)| name).collect::<Vec<_>>())
    else {
        return false;
    };
    let rest: Vec<Node<'_>> = first.collect();
    names.iter().any(|name| rest.iter().all(|record| record.child(name).is_some()))
}

/// About how much work it is.
fn weight(node: &Node<'_>) -> usize {
    node.raw().map_or(0, <[u8]>::len)
}

fn sort(kind: Kind) -> Sort {
    match kind {
        Kind::String => Sort::String,
        Kind::Number => Sort::Number,
        Kind::Boolean => Sort::Boolean,
        _ => Sort::Null,
    }
}

//! Changes to a CSV file as a whole, and its rows as text. What a row means is for [`records`] and [`map`].

mod map;
mod records;

use std::sync::Arc;

use bytes::Bytes;

use crate::document::change::{Action, Refusal, Replacement};
use crate::document::container::{Container, Place as Spotted, Shape, Value};
use crate::document::layout;
use crate::text::csv::{self, Table};
use crate::text::json::print::Flow;
use crate::text::json::scan::Inside;
use crate::text::json::walk::{self, Sort};
use crate::text::key::KeyStats;

use super::patch::patched_text;
use super::place::{Edited, Place, Report, unfit};
use super::record::Pair;
use super::rows::{self, AMPLE, cell_text, too_long};

/// Applies `action` to the table `container` or what is in it.
pub(super) fn edit(container: &Arc<Container>, place: Place<'_>, action: &Action) -> Result<Edited, Refusal> {
    let Shape::Table(table) = &container.shape else { return Err(unfit("expected a table")) };
    let table = table.clone();
    let mut edit = TableEdit {
        container: Container::clone(container),
        result: Report::at(place.inner),
        earlier: place.given.get(root_path(&place)).copied().unwrap_or_default(),
        again: None,
        freed: Vec::new(),
        table,
        room: place.room.saturating_mul(AMPLE),
    };
    match place.inner {
        [] => edit.whole(&place, action)?,
        [key] if edit.table.map => edit.member(&place, key, action)?,
        [key] => edit.record(&place, key, action)?,
        [key, column] if !edit.table.map => edit.cell(&place, key, column, action)?,
        _ => return Err(nothing_below(&place)),
    }
    if !edit.freed.is_empty() {
        let given = place.given.entry(root_path(&place).to_vec()).or_default();
        edit.freed.iter().for_each(|key| given.add_text(key.as_bytes()));
    }
    Ok(Edited { root: Value::Large(Arc::new(edit.container)), action: edit.again, result: edit.result })
}

fn root_path<'p>(place: &Place<'p>) -> &'p [String] {
    &place.path[..place.path.len() - place.inner.len()]
}

/// A path that goes on below a cell.
fn nothing_below(place: &Place<'_>) -> Refusal {
    let above = place.path.len() - 1;
    match place.view.find(&place.path[..above]) {
        Ok(_) => Refusal::NotPermitted { hint: "a cell has no members".to_owned() },
        Err(_) => place.missing(),
    }
}

/// One change: the table as it becomes, and what is to be said of it.
struct TableEdit {
    table: Arc<Table>,
    container: Container,
    result: Report,
    /// Keys that were given before in this run.
    earlier: KeyStats,
    /// The action as it can be applied again, if it is not the one given.
    again: Option<Action>,
    /// Keys of rows that are gone.
    freed: Vec<String>,
    /// The bytes that its rows may still have, as text and as the JSON that is answered.
    room: usize,
}

impl TableEdit {
    fn whole(&mut self, place: &Place<'_>, action: &Action) -> Result<(), Refusal> {
        match action {
            Action::Patch(patch) => self.put_all(&patched(place, patch)?),
            Action::Merge(body) if self.table.map => self.merge_members(body),
            Action::Merge(body) if walk::sort(body) == Sort::Object => {
                Err(unfit("a table is an array, into which no members can be merged; PATCH a row"))
            }
            Action::Post(body) | Action::Put(body) | Action::Merge(body)
                if self.is_blank() && walk::sort(body) == Sort::Array =>
            {
                self.begin(place, body)
            }
            // A merge patch that is no object takes the place of what it is for (RFC 7396 2).
            Action::Put(body) | Action::Merge(body) => self.put_all(body),
            Action::Post(body) if self.table.map => self.post_members(body),
            Action::Post(body) => self.post_records(body),
            Action::Delete { .. } => place.check_removable(),
            Action::Create(body) => self.write_pairs(body, true),
            Action::Update(body) => self.write_pairs(body, false),
            Action::Rows(body) => {
                self.container = rows::table(&place.document.context, &self.table, body)?;
                Ok(())
            }
        }
    }

    /// Nothing is in the file, so that the first rows say what columns there are.
    fn is_blank(&self) -> bool {
        self.table.is_made && self.container.len() == 0
    }

    /// Makes the table that the records of `body` are.
    fn begin(&mut self, place: &Place<'_>, body: &[u8]) -> Result<(), Refusal> {
        if walk::elements(body).next().is_none() {
            self.result.text = Some(vec![Bytes::copy_from_slice(body)]);
            return Ok(());
        }
        let text = rows::of_records(body, self.room)?;
        self.container = rows::table(&place.document.context, &self.table, &text)?;
        if let Some(name) = self.container.ambiguous_name() {
            return Err(Refusal::Taken { name: name.to_owned() });
        }
        self.result.created = true;
        self.again = Some(Action::Rows(text.into()));
        Ok(())
    }

    /// Replaces all rows. A row whose key is there already keeps the cells that say the same.
    fn put_all(&mut self, body: &[u8]) -> Result<(), Refusal> {
        let old = self.container.clone();
        self.freed.extend(old.numbers().filter_map(|number| old.name(number)).map(std::borrow::Cow::into_owned));
        self.container = emptied(&self.table, &old);
        self.container.stats.remember(&old.stats);
        if self.table.map {
            return self.put_members(&old, body);
        }
        self.put_records(&old, body)?;
        // As JSON, which is answered, each row repeats the names of all columns.
        self.spend(self.container.len().saturating_mul(self.table.names_length()))
    }

    /// The action routes: the pairs are members, or one row with its key among them.
    fn write_pairs(&mut self, body: &[u8], create: bool) -> Result<(), Refusal> {
        if self.table.map { self.write_members(body, create) } else { self.write_record(body, create) }
    }

    /// Row texts of a neighbour, for how its cells are quoted.
    fn mould(&self) -> Option<&[u8]> {
        match self.container.last_children().next() {
            Some(Spotted::Leaf { text, .. }) => Some(text),
            _ => None,
        }
    }

    fn row_text(&self, number: u32) -> &[u8] {
        match self.container.child(number) {
            Spotted::Leaf { text, .. } => text,
            Spotted::Large(_) => &[],
        }
    }

    fn row_values(&self, number: u32) -> Vec<String> {
        let row = self.row_text(number);
        let mut cells = csv::cells(row, self.table.delimiter);
        self.table.columns.iter().map(|_| csv::decode(cells.next().unwrap_or_default()).into_owned()).collect()
    }

    /// The cell of a row as a JSON value.
    fn cell_json(&self, number: u32, column: usize) -> Bytes {
        let mut text = Vec::new();
        self.table.cell_json(self.table.cell(self.row_text(number), column), &mut text);
        text.into()
    }

    /// All cells of a row as JSON values.
    fn cells_json(&self, number: u32) -> Vec<Bytes> {
        let mut cells = csv::cells(self.row_text(number), self.table.delimiter);
        let json = |cell: &[u8]| {
            let mut text = Vec::new();
            self.table.cell_json(cell, &mut text);
            Bytes::from(text)
        };
        self.table.columns.iter().map(|_| json(cells.next().unwrap_or_default())).collect()
    }

    fn set_row(&mut self, number: u32, values: &[String]) {
        let row = self.table.row(values, Some(self.row_text(number)), self.mould());
        self.container.replace(number, Value::Leaf(row.into()));
    }

    /// Counts bytes of rows that are made of a body.
    fn spend(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.room = self.room.checked_sub(bytes).ok_or_else(too_long)?;
        Ok(())
    }

    fn add_row(&mut self, values: &[String]) -> Result<(), Refusal> {
        let row = self.table.row(values, None, self.mould());
        self.spend(row.len())?;
        let name = if self.table.map { values.first().cloned().unwrap_or_default() } else { String::new() };
        // The layout of rows does not depend on the style of JSON.
        let layout = |container: &Container| layout::layout(container, &Default::default(), &Flow::Line);
        self.container.add(name, Bytes::new(), Value::Leaf(row.into()), layout);
        Ok(())
    }

    /// Adds a row, written as the one with its key in `old` is as far as both say the same.
    fn put_row(&mut self, old: &Container, values: &[String]) -> Result<(), Refusal> {
        let key = &values[self.table.key];
        let row = match old.locate(key).map(|number| old.child(number)) {
            Some(Spotted::Leaf { text, .. }) => self.table.row(values, Some(text), None),
            _ => self.table.row(values, None, self.mould()),
        };
        self.spend(row.len())?;
        let layout = |container: &Container| layout::layout(container, &Default::default(), &Flow::Line);
        self.container.add(String::new(), Bytes::new(), Value::Leaf(row.into()), layout);
        Ok(())
    }

    /// The row with this key.
    fn find(&self, key: &str) -> Result<Option<u32>, Refusal> {
        if self.container.is_ambiguous(key) {
            return Err(Refusal::Ambiguous { name: key.to_owned() });
        }
        Ok(self.container.step(key))
    }

    /// Notes that the node is gone, and what it was.
    fn note_gone(&mut self, place: &Place<'_>) -> Result<(), Refusal> {
        self.result.gone = true;
        self.result.text = Some(place.node()?.text());
        Ok(())
    }

    /// Notes what a pair has replaced.
    fn note(&mut self, name: String, old: Option<Bytes>, pair: &Pair<'_>) {
        self.result.report.push(Replacement { name, old, new: Bytes::copy_from_slice(pair.value) });
    }
}

/// What the node says after the patch.
fn patched(place: &Place<'_>, patch: &[u8]) -> Result<Bytes, Refusal> {
    let text = Bytes::from(place.node()?.text().concat());
    patched_text(place, text, patch)
}

/// The table without its rows; the file ends with a line end if it did before.
fn emptied(table: &Table, old: &Container) -> Container {
    let ends = |text: &[u8]| matches!(text.last(), Some(b'\n' | b'\r'));
    let mut text = old.opening().to_vec();
    while ends(&text) {
        text.pop();
    }
    if ends(&old.base.text) {
        text.extend_from_slice(table.newline);
    }
    Container::new(old.shape.clone(), text.into(), Vec::new(), Vec::new(), Inside::default())
}

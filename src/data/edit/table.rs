//! Changes to a CSV table, its rows and cells, and to a CSV file of keys and values.

use std::sync::Arc;

use bytes::Bytes;

use crate::data::change::{Action, Refusal, Replacement};
use crate::data::container::{Container, Inside, Place as Spotted, Shape, Value};
use crate::data::csv::{self, Table};
use crate::data::json::print::Flow;
use crate::data::json::walk::{self, Sort};
use crate::data::key::{self, KeyStats};
use crate::data::layout;

use super::collection::new_key;
use super::patch::patched_text;
use super::record::{Pair, key_text, pairs, take_key};
use super::{Edited, Place, Report, rows, unfit};

/// Applies `action` to the table `container` or what is in it.
pub(super) fn edit(container: &Arc<Container>, place: Place<'_>, action: &Action) -> Result<Edited, Refusal> {
    let Shape::Table(table) = &container.shape else { return Err(unfit("expected a table")) };
    let table = table.clone();
    let mut edit = Edit {
        container: Container::clone(container),
        result: Report::at(place.inner),
        earlier: place.given.get(root_path(&place)).copied().unwrap_or_default(),
        again: None,
        freed: Vec::new(),
        table,
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

struct Edit {
    table: Arc<Table>,
    container: Container,
    result: Report,
    earlier: KeyStats,
    again: Option<Action>,
    freed: Vec<String>,
}

impl Edit {
    fn whole(&mut self, place: &Place<'_>, action: &Action) -> Result<(), Refusal> {
        match action {
            Action::Put(body) => self.put_all(body),
            Action::Patch(patch) => {
                let text = Bytes::from(place.node()?.text().concat());
                let body = patched_text(&place.document.context, text, patch)?;
                self.put_all(&body)
            }
            Action::Merge(body) if self.table.map => self.merge_members(body),
            Action::Merge(_) => Err(unfit("a table is an array, into which no members can be merged; PATCH a row")),
            Action::Post(body) if self.table.map => self.post_members(body),
            Action::Post(body) => self.post_rows(body),
            Action::Delete { .. } => place.check_removable(),
            Action::Create(body) => self.write_pairs(body, true),
            Action::Update(body) => self.write_pairs(body, false),
            Action::Rows(body) => {
                self.container = rows::table(&place.document.context, &self.table, body)?;
                Ok(())
            }
        }
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

    fn set_row(&mut self, number: u32, values: &[String]) {
        let row = self.table.row(values, Some(self.row_text(number)), self.mould());
        self.container.replace(number, Value::Leaf(row.into()));
    }

    fn add_row(&mut self, values: &[String]) {
        let row = self.table.row(values, None, self.mould());
        let name = if self.table.map { values.first().cloned().unwrap_or_default() } else { String::new() };
        // The layout of rows does not depend on the style of JSON.
        let layout = |container: &Container| layout::layout(container, &Default::default(), &Flow::Line);
        self.container.add(name, Bytes::new(), Value::Leaf(row.into()), layout);
    }

    fn remove_row(&mut self, number: u32) {
        self.freed.extend(self.container.name(number).map(std::borrow::Cow::into_owned));
        self.container.remove(number);
    }

    /// The row with this key.
    fn find(&self, key: &str) -> Result<Option<u32>, Refusal> {
        if self.container.is_ambiguous(key) {
            return Err(Refusal::Ambiguous { name: key.to_owned() });
        }
        Ok(self.container.step(key))
    }

    fn check_members(&self) -> Result<(), Refusal> {
        match self.container.ambiguous_name() {
            Some(name) if self.table.map => Err(Refusal::Ambiguous { name: name.to_owned() }),
            _ => Ok(()),
        }
    }

    /// Sets in `values` what the object `body` says.
    fn fill(&self, values: &mut [String], body: &[u8]) -> Result<(), Refusal> {
        if walk::sort(body) != Sort::Object {
            return Err(unfit("expected an object, whose members are cells of a row"));
        }
        for member in walk::members(body) {
            let name = walk::decode(&body[member.start..member.name_end]);
            self.set(values, &name, &body[member.value..member.end])?;
        }
        Ok(())
    }

    fn set(&self, values: &mut [String], column: &str, token: &[u8]) -> Result<(), Refusal> {
        let number = self.column(column)?;
        values[number] = cell_text(column, token)?;
        Ok(())
    }

    fn column(&self, name: &str) -> Result<usize, Refusal> {
        let unknown = || Refusal::UnknownColumn { column: name.to_owned(), columns: self.table.columns.clone() };
        self.table.column(name).ok_or_else(unknown)
    }

    fn check_key(&self, values: &[String], key: &str) -> Result<(), Refusal> {
        let found = &values[self.table.key];
        if found == key {
            return Ok(());
        }
        let member = self.table.key_name().to_owned();
        Err(Refusal::KeyChange { member, expected: key.to_owned(), found: found.clone() })
    }

    fn record(&mut self, place: &Place<'_>, key: &str, action: &Action) -> Result<(), Refusal> {
        let number = self.find(key)?;
        let width = self.table.columns.len();
        if let Action::Put(body) = action {
            let mut values = vec![String::new(); width];
            let own = number.map(|number| self.row_values(number)[self.table.key].clone());
            let own = own.unwrap_or_else(|| key.to_owned());
            self.fill(&mut values, body)?;
            if values[self.table.key].is_empty() {
                values[self.table.key].clone_from(&own);
            }
            self.check_key(&values, &own)?;
            self.result.created = number.is_none();
            match number {
                Some(number) => self.set_row(number, &values),
                None => self.add_row(&values),
            }
            return Ok(());
        }
        let number = number.ok_or_else(|| place.missing())?;
        let mut values = self.row_values(number);
        let own = values[self.table.key].clone();
        match action {
            Action::Merge(body) => self.fill(&mut values, body)?,
            Action::Patch(patch) => {
                let text = Bytes::from(place.node()?.text().concat());
                let body = patched_text(&place.document.context, text, patch)?;
                values = vec![String::new(); width];
                self.fill(&mut values, &body)?;
            }
            Action::Delete { dependent: None } => {
                self.result.gone = true;
                self.result.text = Some(place.node()?.text());
                self.remove_row(number);
                return Ok(());
            }
            Action::Delete { .. } => {
                let hint = "a table has no other collections beside it, so nothing depends on its rows".to_owned();
                return Err(Refusal::NotPermitted { hint });
            }
            _ => {
                let hint = "a row has the columns of its table, nothing can be added; PATCH sets cells".to_owned();
                return Err(Refusal::NotPermitted { hint });
            }
        }
        self.check_key(&values, &own)?;
        self.set_row(number, &values);
        Ok(())
    }

    fn cell(&mut self, place: &Place<'_>, key: &str, column: &str, action: &Action) -> Result<(), Refusal> {
        let number = self.find(key)?.ok_or_else(|| place.missing())?;
        let at = match action {
            Action::Put(_) => self.column(column)?,
            _ => self.table.column(column).ok_or_else(|| place.missing())?,
        };
        let mut values = self.row_values(number);
        let own = values[self.table.key].clone();
        match action {
            Action::Put(body) | Action::Merge(body) => values[at] = cell_text(column, body)?,
            Action::Patch(patch) => {
                let text = Bytes::from(place.node()?.text().concat());
                values[at] = cell_text(column, &patched_text(&place.document.context, text, patch)?)?;
            }
            Action::Delete { .. } => {
                self.result.gone = true;
                self.result.text = Some(place.node()?.text());
                values[at].clear();
            }
            _ => {
                return Err(Refusal::NotPermitted {
                    hint: "a single value has no members; PUT replaces it".to_owned(),
                });
            }
        }
        self.check_key(&values, &own)?;
        self.set_row(number, &values);
        Ok(())
    }

    /// A member of a file of keys and values.
    fn member(&mut self, place: &Place<'_>, name: &str, action: &Action) -> Result<(), Refusal> {
        self.check_members()?;
        let number = self.find(name)?;
        match (action, number) {
            (Action::Put(body), _) => {
                self.result.created = number.is_none();
                self.set_member(name, &cell_text(name, body)?);
                Ok(())
            }
            (_, None) => Err(place.missing()),
            (Action::Merge(body), Some(_)) => {
                self.set_member(name, &cell_text(name, body)?);
                Ok(())
            }
            (Action::Patch(patch), Some(_)) => {
                let text = Bytes::from(place.node()?.text().concat());
                let body = patched_text(&place.document.context, text, patch)?;
                self.set_member(name, &cell_text(name, &body)?);
                Ok(())
            }
            (Action::Delete { .. }, Some(number)) => {
                self.result.gone = true;
                self.result.text = Some(place.node()?.text());
                self.container.remove(number);
                Ok(())
            }
            _ => Err(Refusal::NotPermitted { hint: "a single value has no members; PUT replaces it".to_owned() }),
        }
    }

    fn set_member(&mut self, name: &str, text: &str) {
        match self.container.locate(name) {
            Some(number) => {
                let mut values = self.row_values(number);
                text.clone_into(&mut values[1]);
                self.set_row(number, &values);
            }
            None => self.add_row(&[name.to_owned(), text.to_owned()]),
        }
    }

    fn merge_members(&mut self, body: &[u8]) -> Result<(), Refusal> {
        self.check_members()?;
        if walk::sort(body) != Sort::Object {
            return Err(unfit("expected an object, whose members are set"));
        }
        for member in walk::members(body) {
            let name = walk::decode(&body[member.start..member.name_end]);
            match &body[member.value..member.end] {
                b"null" => {
                    if let Some(number) = self.container.locate(&name) {
                        self.container.remove(number);
                    }
                }
                token => self.set_member(&name, &cell_text(&name, token)?),
            }
        }
        Ok(())
    }

    fn post_members(&mut self, body: &[u8]) -> Result<(), Refusal> {
        self.check_members()?;
        let pairs = pairs(body)?;
        for pair in &pairs {
            if self.container.locate(&pair.name).is_some() {
                return Err(Refusal::Taken { name: pair.name.clone() });
            }
            self.set_member(&pair.name, &cell_text(&pair.name, pair.value)?);
        }
        self.result.created = true;
        if let [pair] = pairs.as_slice() {
            self.result.path.push(pair.name.clone());
        }
        Ok(())
    }

    fn post_rows(&mut self, body: &[u8]) -> Result<(), Refusal> {
        let many = walk::sort(body) == Sort::Array;
        let bodies: Vec<&[u8]> = match many {
            true => walk::elements(body).map(|(start, end)| &body[start..end]).collect(),
            false => vec![body],
        };
        let first = self.container.len();
        for body in bodies {
            let mut values = vec![String::new(); self.table.columns.len()];
            self.fill(&mut values, body)?;
            self.add_new(&mut values)?;
        }
        let mut texts = Vec::new();
        let numbers: Vec<u32> = self.container.numbers().skip(first).collect();
        for &number in &numbers {
            let mut text = Vec::new();
            self.table.row_json(self.row_text(number), &mut text);
            texts.push(text);
        }
        self.result.created = true;
        if let ([number], false) = (numbers.as_slice(), many) {
            let name = self.container.name(*number).map(std::borrow::Cow::into_owned);
            self.result.path.push(name.unwrap_or_else(|| first.to_string()));
        }
        let text = Bytes::from([&b"["[..], &texts.join(&b","[..]), b"]"].concat());
        if many {
            self.result.text = Some(vec![text.clone()]);
        }
        self.again = Some(Action::Post(text));
        Ok(())
    }

    /// Adds a row that is not there yet, with a key of its own if it has none.
    fn add_new(&mut self, values: &mut [String]) -> Result<(), Refusal> {
        let at = self.table.key;
        if values[at].is_empty() {
            let token = new_key(&self.container, &self.earlier, true);
            values[at] = key::text_of(token.as_bytes()).unwrap_or_default().into_owned();
        } else if self.container.locate(&values[at]).is_some() {
            return Err(Refusal::Taken { name: values[at].clone() });
        }
        self.add_row(values);
        Ok(())
    }

    /// Replaces all rows. A row whose key is there already keeps the cells that say the same.
    fn put_all(&mut self, body: &[u8]) -> Result<(), Refusal> {
        let old = self.container.clone();
        self.freed.extend(old.numbers().filter_map(|number| old.name(number)).map(std::borrow::Cow::into_owned));
        self.container = emptied(&self.table, &old);
        self.container.stats.remember(&old.stats);
        if self.table.map {
            if walk::sort(body) != Sort::Object {
                return Err(unfit("expected an object, whose members are keys and values"));
            }
            for member in walk::members(body) {
                let name = walk::decode(&body[member.start..member.name_end]);
                let text = cell_text(&name, &body[member.value..member.end])?;
                self.put_row(&old, &[name.into_owned(), text]);
            }
            return Ok(());
        }
        if walk::sort(body) != Sort::Array {
            return Err(unfit("expected an array of objects, the rows of the table"));
        }
        for (start, end) in walk::elements(body) {
            let mut values = vec![String::new(); self.table.columns.len()];
            self.fill(&mut values, &body[start..end])?;
            let key = &values[self.table.key];
            if key.is_empty() {
                self.add_new(&mut values)?;
            } else if self.container.locate(key).is_some() {
                return Err(Refusal::Taken { name: key.clone() });
            } else {
                self.put_row(&old, &values);
            }
        }
        Ok(())
    }

    fn put_row(&mut self, old: &Container, values: &[String]) {
        let key = &values[self.table.key];
        let row = match old.locate(key).map(|number| old.child(number)) {
            Some(Spotted::Leaf { text, .. }) => self.table.row(values, Some(text), None),
            _ => self.table.row(values, None, self.mould()),
        };
        let layout = |container: &Container| layout::layout(container, &Default::default(), &Flow::Line);
        self.container.add(String::new(), Bytes::new(), Value::Leaf(row.into()), layout);
    }

    /// The action routes: the pairs are members, or one row with its key among them.
    fn write_pairs(&mut self, body: &[u8], create: bool) -> Result<(), Refusal> {
        self.check_members()?;
        let mut pairs = pairs(body)?;
        if self.table.map {
            return self.write_members(&pairs, create);
        }
        let key_name = self.table.key_name().to_owned();
        let pair = take_key(&mut pairs, Some(&key_name));
        // A pair named like another column is no key.
        if pair.name != key_name && self.table.column(&pair.name).is_some() {
            return Err(unfit(format!("expected the key '{key_name}' among the pairs")));
        }
        let key = key_text(&pair)?;
        let number = self.find(&key)?.filter(|_| self.container.is_keyed());
        let mut values = match number {
            Some(_) if create => return Err(Refusal::Taken { name: key }),
            Some(number) => self.row_values(number),
            None => vec![String::new(); self.table.columns.len()],
        };
        self.result.path.push(key.clone());
        self.result.created = number.is_none();
        values[self.table.key].clone_from(&key);
        for pair in &pairs {
            let at = self.column(&pair.name)?;
            let old = number.map(|number| {
                let mut text = Vec::new();
                self.table.cell_json(self.table.cell(self.row_text(number), at), &mut text);
                text.into()
            });
            self.result.report.push(replacement(format!("{key}/{}", pair.name), old, pair));
            self.set(&mut values, &pair.name, pair.value)?;
        }
        match number {
            Some(number) => self.set_row(number, &values),
            None => self.add_row(&values),
        }
        Ok(())
    }

    fn write_members(&mut self, pairs: &[Pair<'_>], create: bool) -> Result<(), Refusal> {
        for pair in pairs {
            let number = self.container.locate(&pair.name);
            if create && number.is_some() {
                return Err(Refusal::Taken { name: pair.name.clone() });
            }
            let old = number.map(|number| {
                let mut text = Vec::new();
                self.table.cell_json(self.table.cell(self.row_text(number), 1), &mut text);
                text.into()
            });
            self.result.created |= old.is_none();
            self.result.report.push(replacement(pair.name.clone(), old, pair));
            self.set_member(&pair.name, &cell_text(&pair.name, pair.value)?);
        }
        if let [pair] = pairs {
            self.result.path.push(pair.name.clone());
        }
        Ok(())
    }
}

fn replacement(name: String, old: Option<Bytes>, pair: &Pair<'_>) -> Replacement {
    Replacement { name, old, new: Bytes::copy_from_slice(pair.value) }
}

/// The text that a value has in the cell of a column.
fn cell_text(column: &str, token: &[u8]) -> Result<String, Refusal> {
    match csv::cell_text(token) {
        Some(text) => Ok(text.into_owned()),
        None => Err(unfit(format!("a cell of the column '{column}' can not hold an array or object"))),
    }
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

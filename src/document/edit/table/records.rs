//! A CSV table of records: an array, whose elements are its rows, each with a cell for every column.

use bytes::Bytes;

use super::super::collection::new_key;
use super::super::place::{Place, no_members, unfit};
use super::super::record::{key_text, pairs, take_key};
use super::{TableEdit, cell_text, patched};
use crate::document::change::{Action, Refusal};
use crate::document::container::{Container, Place as Spotted};
use crate::text::csv::decode;
use crate::text::json::walk::{self, Sort};
use crate::text::key;

impl TableEdit {
    /// Applies `action` to the record with this key, which PUT may add.
    pub(super) fn record(&mut self, place: &Place<'_>, key: &str, action: &Action) -> Result<(), Refusal> {
        let number = self.find(key)?;
        if let Action::Put(body) = action {
            let mut values = self.blank(number.map(|number| self.row_text(number)));
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
                None => self.add_row(&values)?,
            }
            return Ok(());
        }
        let number = number.ok_or_else(|| place.missing())?;
        let mut values = self.row_values(number);
        let own = values[self.table.key].clone();
        match action {
            Action::Merge(body) => self.fill(&mut values, body)?,
            Action::Patch(patch) => {
                values = self.blank(Some(self.row_text(number)));
                self.fill(&mut values, &patched(place, patch)?)?;
            }
            Action::Delete { dependent: None } => {
                self.note_gone(place)?;
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

    /// Applies `action` to one cell of the record with this key.
    pub(super) fn cell(&mut self, place: &Place<'_>, key: &str, column: &str, action: &Action) -> Result<(), Refusal> {
        let number = self.find(key)?.ok_or_else(|| place.missing())?;
        if !matches!(action, Action::Put(_)) && self.table.column(column).is_none() {
            return Err(place.missing());
        }
        let mut values = self.row_values(number);
        let own = values[self.table.key].clone();
        match action {
            Action::Put(body) | Action::Merge(body) => self.set(&mut values, column, body)?,
            Action::Patch(patch) => self.set(&mut values, column, &patched(place, patch)?)?,
            Action::Delete { .. } => {
                self.note_gone(place)?;
                self.set(&mut values, column, b"null")?;
            }
            _ => return Err(no_members()),
        }
        self.check_key(&values, &own)?;
        self.set_row(number, &values);
        Ok(())
    }

    /// Adds the record `body`, or each of an array.
    pub(super) fn post_records(&mut self, body: &[u8]) -> Result<(), Refusal> {
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
            self.spend(text.len())?;
            texts.push(text);
        }
        self.result.created = !numbers.is_empty();
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

    /// Writes the records of an array in place of those of `old`.
    pub(super) fn put_records(&mut self, old: &Container, body: &[u8]) -> Result<(), Refusal> {
        if walk::sort(body) != Sort::Array {
            return Err(unfit("expected an array of objects, the rows of the table"));
        }
        for (start, end) in walk::elements(body) {
            let key = walk::member(&body[start..end], self.table.key_name()).and_then(key::text_of);
            let before = key.and_then(|key| old.locate(&key)).map(|number| old.child(number));
            let mut values = self.blank(match before {
                Some(Spotted::Leaf { text, .. }) => Some(text),
                _ => None,
            });
            self.fill(&mut values, &body[start..end])?;
            let key = &values[self.table.key];
            if key.is_empty() {
                self.add_new(&mut values)?;
            } else if self.container.locate(key).is_some() {
                return Err(Refusal::Taken { name: key.clone() });
            } else {
                self.put_row(old, &values)?;
            }
        }
        Ok(())
    }

    /// Adds the record that the pairs are (`create`: if it is not there yet), or sets its cells.
    pub(super) fn write_record(&mut self, body: &[u8], create: bool) -> Result<(), Refusal> {
        let mut pairs = pairs(body)?;
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
        let before = number.map(|number| self.cells_json(number));
        for pair in &pairs {
            let at = self.column(&pair.name)?;
            let old = before.as_ref().map(|cells| cells[at].clone());
            self.note(format!("{key}/{}", pair.name), old, pair);
            self.set(&mut values, &pair.name, pair.value)?;
        }
        match number {
            Some(number) => self.set_row(number, &values),
            None => self.add_row(&values)?,
        }
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
        self.add_row(values)
    }

    fn remove_row(&mut self, number: u32) {
        self.freed.extend(self.container.name(number).map(std::borrow::Cow::into_owned));
        self.container.remove(number);
    }

    /// The values that a record begins with which replaces `old`: empty, but for those that may not be written.
    fn blank(&self, old: Option<&[u8]>) -> Vec<String> {
        let mut values = vec![String::new(); self.table.columns.len()];
        for (at, value) in values.iter_mut().enumerate() {
            if let Some(row) = old.filter(|_| self.table.is_doubtful(at)) {
                *value = decode(self.table.cell(row, at)).into_owned();
            }
        }
        values
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
        let text = cell_text(column, token)?;
        if self.table.is_doubtful(number) && values[number] != text {
            return Err(Refusal::Ambiguous { name: column.to_owned() });
        }
        values[number] = text;
        Ok(())
    }

    fn column(&self, name: &str) -> Result<usize, Refusal> {
        let unknown = || Refusal::UnknownColumn { column: name.to_owned(), columns: self.table.columns.clone() };
        self.table.column(name).ok_or_else(unknown)
    }

    /// A record keeps its key.
    fn check_key(&self, values: &[String], key: &str) -> Result<(), Refusal> {
        let found = &values[self.table.key];
        if found == key {
            return Ok(());
        }
        // A row without a key, found by its index, may get one.
        if key.is_empty() {
            return match self.container.locate(found) {
                Some(_) => Err(Refusal::Taken { name: found.clone() }),
                None => Ok(()),
            };
        }
        let member = self.table.key_name().to_owned();
        Err(Refusal::KeyChange { member, expected: key.to_owned(), found: Some(found.clone()) })
    }
}

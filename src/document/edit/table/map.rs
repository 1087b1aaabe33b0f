//! A CSV file of keys and values: one object, whose members are its rows.

use bytes::Bytes;

use super::super::place::{Place, no_members, unfit};
use super::super::record::pairs;
use super::super::rewrite::check_unambiguous;
use super::{TableEdit, cell_text, patched};
use crate::document::change::{Action, Refusal};
use crate::document::container::Container;
use crate::text::json::walk::{self, Sort};

impl TableEdit {
    /// Applies `action` to the member `name`.
    pub(super) fn member(&mut self, place: &Place<'_>, name: &str, action: &Action) -> Result<(), Refusal> {
        check_unambiguous(&self.container)?;
        let number = self.find(name)?;
        match (action, number) {
            (Action::Put(body), _) => {
                self.result.created = number.is_none();
                self.set_member(name, &cell_text(name, body)?)
            }
            (_, None) => Err(place.missing()),
            (Action::Merge(body), Some(_)) => self.set_member(name, &cell_text(name, body)?),
            (Action::Patch(patch), Some(_)) => {
                let body = patched(place, patch)?;
                self.set_member(name, &cell_text(name, &body)?)
            }
            (Action::Delete { .. }, Some(number)) => {
                self.note_gone(place)?;
                self.container.remove(number);
                Ok(())
            }
            _ => Err(no_members()),
        }
    }

    /// Sets the members of an object; null removes one.
    pub(super) fn merge_members(&mut self, body: &[u8]) -> Result<(), Refusal> {
        check_unambiguous(&self.container)?;
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
                token => self.set_member(&name, &cell_text(&name, token)?)?,
            }
        }
        Ok(())
    }

    /// Adds members that are not there yet.
    pub(super) fn post_members(&mut self, body: &[u8]) -> Result<(), Refusal> {
        check_unambiguous(&self.container)?;
        if walk::sort(body) == Sort::Object && walk::members(body).next().is_none() {
            self.result.text = Some(vec![Bytes::from_static(b"{}")]);
            return Ok(());
        }
        let pairs = pairs(body)?;
        for pair in &pairs {
            if self.container.locate(&pair.name).is_some() {
                return Err(Refusal::Taken { name: pair.name.clone() });
            }
            self.set_member(&pair.name, &cell_text(&pair.name, pair.value)?)?;
        }
        self.result.created = true;
        if let [pair] = pairs.as_slice() {
            self.result.path.push(pair.name.clone());
        }
        Ok(())
    }

    /// Writes the members of an object in place of those of `old`.
    pub(super) fn put_members(&mut self, old: &Container, body: &[u8]) -> Result<(), Refusal> {
        if walk::sort(body) != Sort::Object {
            return Err(unfit("expected an object, whose members are keys and values"));
        }
        for member in walk::members(body) {
            let name = walk::decode(&body[member.start..member.name_end]);
            let text = cell_text(&name, &body[member.value..member.end])?;
            self.put_row(old, &[name.into_owned(), text])?;
        }
        Ok(())
    }

    /// Adds the pairs (`create`: to what is not there yet) or sets them.
    pub(super) fn write_members(&mut self, body: &[u8], create: bool) -> Result<(), Refusal> {
        check_unambiguous(&self.container)?;
        let pairs = pairs(body)?;
        for pair in &pairs {
            let number = self.container.locate(&pair.name);
            if create && number.is_some() {
                return Err(Refusal::Taken { name: pair.name.clone() });
            }
            let old = number.map(|number| self.cell_json(number, 1));
            self.result.created |= old.is_none();
            self.note(pair.name.clone(), old, pair);
            self.set_member(&pair.name, &cell_text(&pair.name, pair.value)?)?;
        }
        if let [pair] = pairs.as_slice() {
            self.result.path.push(pair.name.clone());
        }
        Ok(())
    }

    fn set_member(&mut self, name: &str, text: &str) -> Result<(), Refusal> {
        match self.container.locate(name) {
            Some(number) => {
                let mut values = self.row_values(number);
                text.clone_into(&mut values[1]);
                self.set_row(number, &values);
            }
            None => self.add_row(&[name.to_owned(), text.to_owned()])?,
        }
        Ok(())
    }
}

//! Random changes to random tables in random styles, against a plain model. What stands before and after the row that a
//! change is about stays byte for byte, and so do the cells of that row that say the same as before.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::{Given, apply};
use crate::document::View;
use crate::document::change::Action;
use crate::document::state::{Document, Format, Reading};
use crate::text::{CellTypes, KeyRule};

struct TableModel {
    delimiter: char,
    newline: &'static str,
    columns: Vec<String>,
    /// What stands before the first row.
    head: String,
    rows: Vec<ModelRow>,
    /// Whether the last row of the file had a line end when it was read.
    is_ended: bool,
}

struct ModelRow {
    /// The cells as they stand; as many as the row has.
    cells: Vec<String>,
    /// The line end behind it, blank lines too; none behind the last one perhaps.
    gap: String,
}

const TEXTS: &[&str] =
    &["", "", "a", "b c", " x ", "x\"y", "\"", "007", "-0", "1e400", "é", "a,b", "c;d", "e|f", "g\th", "true", "null"];
const BREAKS: &[&str] = &["two\nlines", "\n", "a\r\nb"];

impl TableModel {
    fn random(random: &mut Rng) -> TableModel {
        let delimiter = [',', ';', '\t', '|'][random.usize(..4)];
        let newline = ["\n", "\r\n", "\r"][random.usize(..3)];
        let mut columns: Vec<String> =
            ["name", "no te", "q\"x", "z"].iter().take(random.usize(1..5)).map(|name| (*name).to_owned()).collect();
        columns.insert(random.usize(..=columns.len()), "id".to_owned());
        let mut model =
            TableModel { delimiter, newline, columns, head: String::new(), rows: Vec::new(), is_ended: true };
        let names: Vec<String> = model.columns.iter().map(|name| model.cell(name, random)).collect();
        let bom = if random.bool() { "\u{feff}" } else { "" };
        model.head = format!("{bom}{}{newline}", names.join(&delimiter.to_string()));
        let count = random.usize(1..30);
        for key in 1..=count {
            let values: Vec<String> = (0..model.columns.len()).map(|_| model.text(random)).collect();
            let mut cells: Vec<String> = values.iter().map(|value| model.cell(value, random)).collect();
            let at = model.key();
            cells[at] = key.to_string();
            if random.u8(..8) == 0 {
                cells.truncate(random.usize(at + 1..=cells.len()));
            }
            // A row of one empty cell would be a blank line, but the key is in each.
            let blank = if random.u8(..8) == 0 { newline } else { "" };
            let gap = if key == count && random.bool() { String::new() } else { format!("{newline}{blank}") };
            model.is_ended = !gap.is_empty();
            model.rows.push(ModelRow { cells, gap });
        }
        model
    }

    fn key(&self) -> usize {
        self.columns.iter().position(|column| column == "id").unwrap()
    }

    /// A lone CR ends a line, but then no LF may stand anywhere.
    fn text(&self, random: &mut Rng) -> String {
        let texts = if random.u8(..6) == 0 && self.newline != "\r" { BREAKS } else { TEXTS };
        texts[random.usize(..texts.len())].to_owned()
    }

    /// A text as a cell, in quotes where it has to be and sometimes where not.
    fn cell(&self, text: &str, random: &mut Rng) -> String {
        let special = text.contains([self.delimiter, '\n', '\r']) || text.starts_with('"');
        match special || random.u8(..5) == 0 {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text.to_owned(),
        }
    }

    fn row(&self, at: usize) -> String {
        self.rows[at].cells.join(&self.delimiter.to_string())
    }

    fn part(&self, range: std::ops::Range<usize>) -> String {
        range.map(|at| self.row(at) + &self.rows[at].gap).collect()
    }

    fn file(&self) -> String {
        self.head.clone() + &self.part(0..self.rows.len())
    }

    fn values(&self, at: usize) -> Vec<String> {
        let mut values: Vec<String> = self.rows[at].cells.iter().map(|cell| decoded(cell)).collect();
        values.resize(self.columns.len(), String::new());
        values
    }

    /// The cells of a row as they stand.
    fn split(&self, row: &str) -> Vec<String> {
        let (mut cells, mut is_quoted) = (vec![String::new()], false);
        for letter in row.chars() {
            let cell = cells.last_mut().unwrap();
            match letter {
                '"' if is_quoted || cell.is_empty() || cell.starts_with('"') => is_quoted = !is_quoted,
                letter if letter == self.delimiter && !is_quoted => {
                    cells.push(String::new());
                    continue;
                }
                _ => {}
            }
            cells.last_mut().unwrap().push(letter);
        }
        cells
    }

    /// Makes a change; what the file has to begin and end with afterwards, and the values of the row between.
    fn change(&mut self, random: &mut Rng) -> (Vec<String>, Action, Expected) {
        let at = random.usize(..self.rows.len());
        let key = decoded(&self.rows[at].cells[self.key()]);
        let old = self.values(at);
        let column = random.usize(..self.columns.len());
        let name = self.columns[column].clone();
        match random.u8(..6) {
            0 if self.rows.len() > 1 => (vec![key], Action::Delete { dependent: None }, Expected::Gone(at)),
            1 => match self.addition(random) {
                Some((values, body)) => (vec![], Action::Post(body), Expected::Added(values)),
                None => self.change(random),
            },
            2 => {
                let mut values = vec![String::new(); self.columns.len()];
                values[self.key()].clone_from(&key);
                let body = self.filled(&mut values, random, |value| json!(value));
                (vec![key], Action::Put(body), Expected::ModelRow(at, values))
            }
            3 => {
                let mut values = old;
                let null_if_empty = |value: &str| if value.is_empty() { Value::Null } else { json!(value) };
                let body = self.filled(&mut values, random, null_if_empty);
                (vec![key], Action::Merge(body), Expected::ModelRow(at, values))
            }
            _ if name == "id" => self.change(random),
            4 => {
                let mut values = old;
                values[column] = String::new();
                (vec![key, name], Action::Delete { dependent: None }, Expected::ModelRow(at, values))
            }
            _ => {
                let mut values = old;
                values[column] = self.text(random);
                let body = Bytes::from(json!(values[column]).to_string());
                (vec![key, name], Action::Put(body), Expected::ModelRow(at, values))
            }
        }
    }

    /// A row with a key that no other has, if this one is new, and the record that names its values.
    fn addition(&mut self, random: &mut Rng) -> Option<(Vec<String>, Bytes)> {
        let is_free = |n: &usize| (0..self.rows.len()).all(|at| self.values(at)[self.key()] != n.to_string());
        let key = ((1..).find(is_free)? + 1000 * random.usize(1..9)).to_string();
        if (0..self.rows.len()).any(|at| self.values(at)[self.key()] == key) {
            return None;
        }
        let mut values: Vec<String> = self.columns.iter().map(|_| self.text(random)).collect();
        values[self.key()] = key;
        let named = self.columns.iter().zip(&values);
        let body: Map<String, Value> = named.map(|(name, value)| (name.clone(), json!(value))).collect();
        Some((values, Bytes::from(Value::from(body).to_string())))
    }

    /// Other values in some columns, and the record that names them.
    fn filled(&self, values: &mut [String], random: &mut Rng, stored: impl Fn(&str) -> Value) -> Bytes {
        let mut body = Map::new();
        for (value, name) in values.iter_mut().zip(&self.columns) {
            if name != "id" && random.bool() {
                *value = self.text(random);
                body.insert(name.clone(), stored(value));
            }
        }
        Bytes::from(Value::from(body).to_string())
    }

    /// Takes over what became of the file, if it is as expected.
    fn follow(&mut self, after: &str, expected: Expected, said: &str) {
        match expected {
            Expected::ModelRow(at, values) => {
                let before = self.head.clone() + &self.part(0..at);
                let behind = self.rows[at].gap.clone() + &self.part(at + 1..self.rows.len());
                let row = between(after, &before, &behind, said);
                let cells = self.split(row);
                for (column, cell) in cells.iter().enumerate() {
                    if let Some(old) = self.rows[at].cells.get(column).filter(|old| decoded(old) == values[column]) {
                        assert_eq!(cell, old, "a cell that says the same, {said}");
                    }
                }
                self.rows[at].cells = cells;
                assert_eq!(self.values(at), values, "{said}\nnow {after:?}");
            }
            Expected::Gone(at) => {
                let row = self.rows.remove(at);
                // Its own line end goes with it; blank lines stay.
                let before = if at > 0 { &mut self.rows[at - 1].gap } else { &mut self.head };
                before.push_str(row.gap.strip_prefix(self.newline).unwrap_or_default());
                let file = self.file();
                // If it was added where no line end stood, that goes too.
                let is_undone = row.gap.is_empty() && file.strip_suffix(self.newline) == Some(after);
                if is_undone {
                    let last = &mut self.rows[at - 1].gap;
                    last.truncate(last.len() - self.newline.len());
                }
                assert!(is_undone || file == after, "{said}\nnow {after:?}");
            }
            Expected::Added(values) => {
                // At the end of the text, blank lines too, and with a line end if the file began with one.
                let last = self.rows.last_mut().unwrap();
                let gap = if self.is_ended { self.newline } else { "" };
                if last.gap.is_empty() {
                    last.gap.push_str(self.newline);
                }
                let text = between(after, &self.file(), gap, said);
                self.rows.push(ModelRow { cells: self.split(text), gap: gap.to_owned() });
                assert_eq!(self.values(self.rows.len() - 1), values, "{said}\nnow {after:?}");
            }
        }
    }

    /// What the csv crate reads is what the model says.
    fn check(&self, text: &str, said: &str) {
        let mut builder = csv::ReaderBuilder::new();
        builder.delimiter(self.delimiter as u8).flexible(true);
        if self.newline == "\r" {
            builder.terminator(csv::Terminator::Any(b'\r'));
        }
        let mut reader = builder.from_reader(text.as_bytes());
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            .map(|mut row: Vec<String>| {
                row.resize(self.columns.len(), String::new());
                row
            })
            .collect();
        let values: Vec<Vec<String>> = (0..self.rows.len()).map(|at| self.values(at)).collect();
        assert_eq!(rows, values, "{said}\nnow {text:?}");
    }
}

enum Expected {
    /// The row there has these values.
    ModelRow(usize, Vec<String>),
    Gone(usize),
    Added(Vec<String>),
}

fn between<'t>(text: &'t str, before: &str, behind: &str, said: &str) -> &'t str {
    let rest = text.strip_prefix(before).unwrap_or_else(|| panic!("what stands before changed, {said}\nnow {text:?}"));
    rest.strip_suffix(behind).unwrap_or_else(|| panic!("what stands behind changed, {said}\nnow {text:?}"))
}

fn decoded(cell: &str) -> String {
    match cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => cell.to_owned(),
    }
}

#[test]
fn random_changes_to_tables_do_what_the_model_does_and_touch_nothing_else() {
    let rounds = std::env::var("HTTPKIT_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    for seed in 0..rounds {
        let mut random = Rng::with_seed(seed);
        let mut model = TableModel::random(&mut random);
        let types = if random.bool() { CellTypes::Text } else { CellTypes::Auto };
        let format = Format::Csv { tab: model.delimiter == '\t' && random.bool() };
        let reading = Reading { rule: Arc::new(KeyRule::default()), format, types, encoding: None, stem: None };
        let read = |text: String| Document::read(Bytes::from(text), &reading, &mut Vec::new(), &mut |_| {});
        let document = read(model.file()).unwrap_or_else(|error| panic!("{error}: {:?}", model.file()));
        let mut view = View { mounts: vec![document], mounted: false, modified: SystemTime::now() };
        model.check(&model.file(), &format!("seed {seed}"));
        for round in 0..25 {
            let before = model.file();
            let (path, action, expected) = model.change(&mut random);
            let said = format!("seed {seed}, round {round}: {action:?} at {path:?} of {before:?}");
            let applied = apply(&view, &path, &action, usize::MAX, &mut Given::new());
            view.mounts[0] = applied.unwrap_or_else(|refusal| panic!("{refusal}, {said}")).document;
            let after = String::from_utf8(view.mounts[0].to_bytes().to_vec()).unwrap();
            model.follow(&after, expected, &said);
            model.check(&after, &said);
            if random.u8(..6) == 0 {
                view.mounts[0] = view.mounts[0].reread().unwrap();
                model.is_ended = after.ends_with(model.newline);
            }
        }
    }
}

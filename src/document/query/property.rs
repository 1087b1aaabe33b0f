//! Random queries on random collections, before and after changes, against a plain model that reads every record each
//! time. Each query is asked twice, since the second time it may be answered from what the first one left.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use fastrand::Rng;

use super::Query;
use super::property_model::{Kind, Model, Profile, Rank, Record, at, kind, rank, value};
use crate::document::change::Action;
use crate::document::edit::{Given, apply};
use crate::document::state::{Document, Reading};
use crate::document::{Kind as NodeKind, View};
use crate::text::KeyRule;
use crate::text::json::walk;

fn meets(value: &Model, operator: &str, wanted: &str, rank: Option<Rank>) -> bool {
    let (text, own, is_number) = match value {
        Model::Array(elements) => return elements.iter().any(|element| meets(element, operator, wanted, rank)),
        Model::Object(_) => return false,
        Model::Number(text, rank) => (text.clone(), Some(*rank), true),
        Model::Text(text, rank) => (text.clone(), *rank, false),
        Model::Boolean(is) => (is.to_string(), None, false),
        Model::Null => ("null".to_owned(), None, false),
    };
    let order = match (own, rank) {
        _ if *value == Model::Null => None,
        (Some(own), Some(rank)) => own.partial_cmp(&rank),
        _ => Some((*text).cmp(wanted)),
    };
    match operator {
        "eq" | "ne" | "in" | "nin" => text == wanted || (is_number && rank.is_some() && own == rank),
        "lt" => order == Some(Ordering::Less),
        "lte" => order.is_some_and(Ordering::is_le),
        "gt" => order == Some(Ordering::Greater),
        "gte" => order.is_some_and(Ordering::is_ge),
        "contains" => text.to_lowercase().contains(&wanted.to_lowercase()),
        "startsWith" => text.to_lowercase().starts_with(&wanted.to_lowercase()),
        other => unreachable!("{other}"),
    }
}

/// A filter as parameters ask for it.
#[derive(Debug)]
struct Rule {
    path: String,
    operator: &'static str,
    wanted: Vec<(String, Option<Rank>)>,
}

impl Rule {
    fn random(kind: &Kind, records: &[Record], random: &mut Rng) -> Rule {
        let operators = ["eq", "eq", "ne", "lt", "lte", "gt", "gte", "in", "nin", "contains", "startsWith", "exists"];
        let operator = operators[random.usize(..operators.len())];
        let path = match random.u8(..10) {
            // A table has its columns and no other.
            0 if kind.is_table() => "id".to_owned(),
            0 => ["id", "none", "deep.0", "deep.y"][random.usize(..4)].to_owned(),
            _ => kind.members[random.usize(..kind.members.len())].0.clone(),
        };
        let one = |random: &mut Rng| loop {
            // Mostly something that is there.
            let value = match records.is_empty() || random.u8(..3) == 0 {
                true => value(random, Profile::Mixed),
                false => at(&records[random.usize(..records.len())].1, &path).cloned().unwrap_or(Model::Null),
            };
            let wanted = match value {
                Model::Number(text, _) | Model::Text(text, _) => text,
                Model::Null => "null".to_owned(),
                _ => random.u8(..99).to_string(),
            };
            let rank = rank(&wanted);
            if !(wanted.contains(',') && matches!(operator, "in" | "nin")) {
                break (wanted, rank);
            }
        };
        let count = if matches!(operator, "in" | "nin" | "eq" | "lt") { random.usize(1..4) } else { 1 };
        let wanted = match operator {
            "exists" => vec![(random.bool().to_string(), None)],
            _ => (0..count).map(|_| one(random)).collect(),
        };
        Rule { path, operator, wanted }
    }

    fn keeps(&self, kind: &Kind, (key, members): &Record) -> bool {
        let key_shown = Model::Text(key.to_string(), Some((*key as f64, 0)));
        let value = match at(members, &self.path) {
            None if kind.is_keyed && self.path == "id" => Some(&key_shown),
            found => found,
        };
        if self.operator == "exists" {
            return (self.wanted[0].0 == "true") == value.is_some();
        }
        let is_met = value
            .is_some_and(|value| self.wanted.iter().any(|(wanted, rank)| meets(value, self.operator, wanted, *rank)));
        is_met != matches!(self.operator, "ne" | "nin")
    }

    fn parameters(&self) -> Vec<(String, String)> {
        let name = format!("{}:{}", self.path, self.operator);
        let texts = self.wanted.iter().map(|(text, _)| text.clone());
        match self.operator {
            "in" | "nin" => vec![(name, texts.collect::<Vec<_>>().join(","))],
            _ => texts.map(|text| (name.clone(), text)).collect(),
        }
    }
}

/// Changes the model and the document alike.
fn change(kind: &Kind, view: &mut View, records: &mut Vec<Record>, random: &mut Rng) {
    let at = random.usize(..records.len());
    let new_key = records.iter().map(|(key, _)| key + 1).max().unwrap();
    let is_new = random.u8(..4) == 0;
    let key = if is_new { new_key } else { records[at].0 };
    let record = kind.record(random, key);
    // What holds a name twice is not written to, nor written.
    if has_twice(&record.1) || has_twice(&records[at].1) {
        return;
    }
    let (action, place) = match random.u8(..4) {
        0 if !is_new => {
            records.remove(at);
            (Action::Delete { dependent: None }, None)
        }
        _ => {
            let body = kind.json(&record, &mut Rng::with_seed(1));
            if is_new {
                records.push(record);
            } else {
                records[at] = record;
            }
            (Action::Put(Bytes::from(body)), Some(if is_new { records.len() - 1 } else { at }))
        }
    };
    let applied = apply(view, &[key.to_string()], &action, usize::MAX, &mut Given::new());
    view.mounts[0] = applied.unwrap_or_else(|refusal| panic!("{refusal}")).document;
    // A cell takes the quotes of the one before, and with them its type.
    if let Some(at) = place.filter(|_| kind.is_table()) {
        let row = view.find(&[key.to_string()]).unwrap();
        for (name, value) in &mut records[at].1 {
            let cell = row.child(name).unwrap();
            let text = cell.scalar_text().into_owned();
            *value = match cell.kind() {
                NodeKind::Number => Model::Number(text.clone(), rank(&text).unwrap()),
                NodeKind::Boolean => Model::Boolean(text == "true"),
                NodeKind::Null => Model::Null,
                _ => Model::Text(text.clone(), rank(&text)),
            };
        }
    }
}

fn has_twice(members: &[(String, Model)]) -> bool {
    members.iter().enumerate().any(|(at, (name, _))| members[..at].iter().any(|(other, _)| other == name))
}

fn answer(view: &View, rules: &[Rule]) -> (Vec<u8>, usize) {
    let parameters: Vec<_> = rules.iter().flat_map(Rule::parameters).collect();
    let query = Query::parse(&parameters, view.root()).unwrap();
    let selection = query.run(view, view.root(), &[""; 0]).unwrap();
    assert_eq!(selection.records().collect::<Vec<_>>().len(), selection.total);
    (selection.array().concat(), selection.total)
}

fn check(kind: &Kind, view: &View, records: &[Record], rules: &[Rule], said: &str) {
    let kept = || records.iter().filter(|record| rules.iter().all(|rule| rule.keeps(kind, record)));
    let (found, total) = answer(view, rules);
    let keys: Vec<String> = kept().map(|(key, _)| key.to_string()).collect();
    let found_keys: Vec<String> = walk::elements(&found)
        .map(|(start, end)| {
            let id = walk::member(&found[start..end], "id").unwrap_or_default();
            String::from_utf8_lossy(id).trim_matches('"').to_owned()
        })
        .collect();
    let differs = || {
        let missing = kept().find(|record| !found_keys.contains(&record.0.to_string()));
        let extra = records.iter().find(|(key, _)| {
            let key = key.to_string();
            found_keys.contains(&key) && !keys.contains(&key)
        });
        format!("{said}: {rules:?}\nmissing {missing:?}\nextra {extra:?}")
    };
    assert!(found_keys == keys && total == keys.len(), "{}", differs());
    if !kind.is_keyed {
        let text = |key: &String| view.find(&[key]).unwrap().text().concat();
        let texts: Vec<Vec<u8>> = keys.iter().map(text).collect();
        assert_eq!(found, [&b"["[..], &texts.join(&b","[..]), b"]"].concat(), "{said}: {rules:?}");
    }
}

#[test]
fn queries_find_what_the_model_finds_whatever_was_asked_and_changed_before() {
    let rounds = std::env::var("HTTPKIT_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(8);
    for seed in 0..rounds {
        let mut random = Rng::with_seed(seed);
        let kind = kind(&mut random);
        let mut records: Vec<Record> =
            (1..=random.usize(1000..2500)).map(|key| kind.record(&mut random, key)).collect();
        let text = Bytes::from(kind.file(&records, &mut random));
        let reading = Reading {
            rule: Arc::new(KeyRule::default()),
            format: kind.format,
            types: kind.types,
            encoding: None,
            stem: None,
        };
        let read = Document::read(text, &reading, &mut Vec::new(), &mut |_| {}).unwrap();
        let mut view = View { mounts: vec![read], mounted: false, modified: SystemTime::now() };
        for stage in 0..4 {
            for round in 0..12 {
                let rules: Vec<Rule> =
                    (0..random.usize(1..3)).map(|_| Rule::random(&kind, &records, &mut random)).collect();
                let mut paths: Vec<_> = rules.iter().map(|rule| (&rule.path, rule.operator)).collect();
                paths.sort_unstable();
                paths.dedup();
                // The same rule twice is one rule with more values.
                let rules = if paths.len() < rules.len() { &rules[..1] } else { &rules[..] };
                let said = format!("seed {seed}, stage {stage}, round {round}, {:?}", kind.members);
                check(&kind, &view, &records, rules, &said);
                // What is made in the background otherwise.
                let container = view.root().container().unwrap();
                for rule in rules {
                    let path: Vec<String> = rule.path.split('.').map(str::to_owned).collect();
                    container.column(&path);
                }
                check(&kind, &view, &records, rules, &format!("{said}, again"));
            }
            for _ in 0..random.usize(1..40) {
                change(&kind, &mut view, &mut records, &mut random);
            }
            if random.u8(..4) == 0 {
                view.mounts[0] = view.mounts[0].reread().unwrap();
            }
        }
    }
}

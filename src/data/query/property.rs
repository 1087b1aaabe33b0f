//! Random queries on random collections, before and after changes, against a plain model that reads every record each
//! time. Each query is asked twice, since the second time it may be answered from what the first one left.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use fastrand::Rng;

use super::Query;
use crate::data::change::Action;
use crate::data::document::{Document, Format, Reading};
use crate::data::edit::{Given, apply};
use crate::data::json::walk;
use crate::data::number::Number;
use crate::data::{CellTypes, KeyRule, Kind as NodeKind, View};

/// Where a number stands among others: by its double, then among those that are next to the same one.
type Rank = (f64, u8);

#[derive(Debug, Clone, PartialEq)]
enum Model {
    /// The text, and its rank.
    Number(String, Rank),
    /// The text, and the rank of the number that it looks like.
    Text(String, Option<Rank>),
    Boolean(bool),
    Null,
    Array(Vec<Model>),
    Object(Vec<(String, Model)>),
}

/// A record: its key and its members in order, the first of a name counts.
type Record = (usize, Vec<(String, Model)>);

const ODD: &[(&str, Rank)] = &[
    ("-2e400", (-1e308, 0)),
    ("-1e400", (-1e308, 1)),
    ("-2.50", (-2.5, 0)),
    ("0", (0.0, 0)),
    ("-0", (0.0, 0)),
    ("0.00", (0.0, 0)),
    ("1e-400", (0.0, 1)),
    ("0.1", (0.1, 0)),
    ("1e-1", (0.1, 0)),
    ("0.10", (0.1, 0)),
    ("1", (1.0, 0)),
    ("1.0", (1.0, 0)),
    ("100", (100.0, 0)),
    ("1e2", (100.0, 0)),
    ("9007199254740992", (9007199254740992.0, 0)),
    ("9007199254740992.0", (9007199254740992.0, 0)),
    ("9007199254740993", (9007199254740992.0, 1)),
    ("1e400", (1e308, 0)),
    ("2e400", (1e308, 1)),
];

const TEXTS: &[&str] = &["", "Jeju", "jeju", "Jejudo", "a\"b", "é\\n", "null", "true", "007", "x:y,z", ", ", "\u{1}"];

/// What a member holds in most records.
#[derive(Debug, Clone, Copy)]
enum Profile {
    FewTexts,
    ManyTexts,
    Integers,
    Decimals,
    Odd,
    Numerals,
    Mixed,
    Deep,
}

fn number(random: &mut Rng, profile: Profile) -> (String, Rank) {
    match profile {
        Profile::Decimals => {
            let hundredths = random.i32(-50_000..50_000);
            let sign = if hundredths < 0 { "-" } else { "" };
            let text = format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100);
            (text, (f64::from(hundredths) / 100.0, 0))
        }
        Profile::Odd => {
            let (text, rank) = ODD[random.usize(..ODD.len())];
            (text.to_owned(), rank)
        }
        _ => {
            let integer = random.i32(-3..20_000);
            (integer.to_string(), (f64::from(integer), 0))
        }
    }
}

/// The rank of the number that a text looks like.
fn rank(text: &str) -> Option<Rank> {
    let odd = ODD.iter().find(|(odd, _)| *odd == text).map(|(_, rank)| *rank);
    odd.or_else(|| Some((Number::of(text).and_then(|_| text.parse().ok())?, 0)))
}

fn text(random: &mut Rng) -> Model {
    Model::Text(TEXTS[random.usize(..TEXTS.len())].to_owned(), None)
}

fn value(random: &mut Rng, profile: Profile) -> Model {
    match profile {
        Profile::FewTexts => text(random),
        Profile::ManyTexts if random.u8(..8) > 0 => Model::Text(format!("Person {}", random.u16(..5000)), None),
        Profile::ManyTexts => value(random, Profile::Mixed),
        Profile::Integers | Profile::Decimals | Profile::Odd => match random.u8(..40) {
            0 => value(random, Profile::Mixed),
            _ => {
                let (text, rank) = number(random, profile);
                Model::Number(text, rank)
            }
        },
        Profile::Numerals => {
            let inner = if random.bool() { Profile::Odd } else { Profile::Integers };
            let (text, rank) = number(random, inner);
            if random.u8(..8) > 0 { Model::Text(text, Some(rank)) } else { Model::Number(text, rank) }
        }
        Profile::Mixed => match random.u8(..8) {
            0 => Model::Null,
            1 => Model::Boolean(random.bool()),
            2 => Model::Array((0..random.usize(..3)).map(|_| value(random, Profile::Odd)).collect()),
            3 => Model::Object(vec![("x".to_owned(), value(random, Profile::Odd))]),
            4 => text(random),
            _ => value(random, Profile::Odd),
        },
        Profile::Deep => match random.u8(..6) {
            0 => value(random, Profile::Mixed),
            _ => Model::Object(vec![("y".to_owned(), Model::Null), ("x".to_owned(), value(random, Profile::Integers))]),
        },
    }
}

const PROFILES: &[Profile] = &[
    Profile::FewTexts,
    Profile::ManyTexts,
    Profile::Integers,
    Profile::Decimals,
    Profile::Odd,
    Profile::Numerals,
    Profile::Mixed,
    Profile::Deep,
];

const NAMES: &[&str] = &["a", "é\"", "n_gte", ", ", "deep", "deep.x", "b"];

/// How the file looks, and which values there are.
struct Kind {
    format: Format,
    types: CellTypes,
    /// Records by name rather than in an array.
    is_keyed: bool,
    /// Nothing nested, escaped or odd in it.
    is_plain: bool,
    members: Vec<(String, Profile)>,
    gap: &'static str,
}

fn kind(random: &mut Rng) -> Kind {
    let is_table = random.u8(..3) == 0;
    let is_plain = is_table || random.bool();
    let profiles = if is_plain { &PROFILES[..6] } else { PROFILES };
    let names = if is_plain { &["a", "n_gte", "deep.x", "b"][..] } else { NAMES };
    let members =
        names.iter().map(|name| ((*name).to_owned(), profiles[random.usize(..profiles.len())])).collect::<Vec<_>>();
    Kind {
        format: if is_table { Format::Csv { tab: false } } else { Format::Json },
        types: if random.bool() { CellTypes::Auto } else { CellTypes::Text },
        is_keyed: !is_table && random.u8(..3) == 0,
        is_plain,
        members,
        gap: [",", ",\n  "][random.usize(..2)],
    }
}

impl Kind {
    fn is_table(&self) -> bool {
        matches!(self.format, Format::Csv { .. })
    }

    fn record(&self, random: &mut Rng, key: usize) -> Record {
        let mut members = Vec::new();
        if !self.is_keyed {
            let rank = (key as f64, 0);
            members.push(("id".to_owned(), self.seen(Model::Number(key.to_string(), rank), false)));
        }
        for (name, profile) in &self.members {
            if !self.is_table() && random.u8(..6) == 0 {
                continue;
            }
            let mut made = value(random, *profile);
            while self.is_plain && !is_plain(&made) {
                made = value(random, *profile);
            }
            let quoted = random.u8(..4) == 0;
            members.push((name.clone(), if self.is_table() { self.seen(made, quoted) } else { made }));
            if !self.is_table() && random.u8(..60) == 0 && !self.is_plain {
                members.push((name.clone(), value(random, Profile::Odd)));
            }
        }
        if !self.is_plain && random.u16(..700) == 0 {
            members.push(("long".to_owned(), Model::Text("x".repeat(5000), None)));
        }
        (key, members)
    }

    /// A value as it is in a table: cells are texts, or with types what they look like unless they are quoted.
    fn seen(&self, value: Model, quoted: bool) -> Model {
        if !self.is_table() {
            return value;
        }
        let (text, rank) = match value {
            Model::Number(text, rank) => (text, Some(rank)),
            Model::Text(text, rank) => (text, rank),
            Model::Null => (String::new(), None),
            Model::Boolean(is) => (is.to_string(), None),
            other => unreachable!("{other:?}"),
        };
        let is_canonical = !text.contains(['e', 'E']) && text != "-0";
        match (self.types, &*text) {
            (CellTypes::Auto, "") if !quoted => Model::Null,
            (CellTypes::Auto, "true") if !quoted => Model::Boolean(true),
            (CellTypes::Auto, _) if rank.is_some() && is_canonical && !quoted => Model::Number(text, rank.unwrap()),
            _ => Model::Text(text, rank),
        }
    }

    fn json(&self, (_, members): &Record, random: &mut Rng) -> String {
        let mut out = String::from("{");
        for (at, (name, value)) in members.iter().enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            let is_escaped = !self.is_plain && name == "a" && random.u8(..20) == 0;
            out.push_str(&if is_escaped { "\"\\u0061\"".to_owned() } else { quoted(name) });
            out.push_str(if random.bool() { ": " } else { ":" });
            print(value, &mut out);
        }
        out + "}"
    }

    fn row(&self, (_, members): &Record) -> String {
        let cells = members.iter().map(|(_, value)| match value {
            Model::Null => String::new(),
            Model::Number(text, _) => text.clone(),
            Model::Boolean(is) => is.to_string(),
            // With types a text is quoted where it would look like something else; this keeps it so.
            Model::Text(text, rank) => {
                let special =
                    text.contains(['"', ',', '\n', '\u{1}']) || (rank.is_some() && self.types == CellTypes::Auto);
                let special = special || (self.types == CellTypes::Auto && matches!(&**text, "" | "true"));
                if special { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.clone() }
            }
            other => unreachable!("{other:?}"),
        });
        cells.collect::<Vec<_>>().join(",")
    }

    fn file(&self, records: &[Record], random: &mut Rng) -> String {
        if self.is_table() {
            let header: Vec<String> = self.members.iter().map(|(name, _)| name.clone()).collect();
            let rows: Vec<String> = records.iter().map(|record| self.row(record)).collect();
            return format!("id,{}\n{}\n", header.join(","), rows.join("\n"));
        }
        let texts: Vec<String> = records
            .iter()
            .map(|record| {
                let text = self.json(record, random);
                if self.is_keyed { format!("\"{}\":{text}", record.0) } else { text }
            })
            .collect();
        let text = texts.join(self.gap);
        if self.is_keyed { format!("{{{text}}}") } else { format!("[{text}]") }
    }
}

fn is_plain(value: &Model) -> bool {
    match value {
        Model::Number(..) | Model::Null | Model::Boolean(_) => true,
        Model::Text(text, _) => !text.contains(['"', '\\', '\u{1}']),
        _ => false,
    }
}

fn quoted(text: &str) -> String {
    String::from_utf8(walk::quoted(text)).unwrap()
}

fn print(value: &Model, out: &mut String) {
    match value {
        Model::Number(text, _) => out.push_str(text),
        Model::Text(text, _) => out.push_str(&quoted(text)),
        Model::Boolean(is) => out.push_str(&is.to_string()),
        Model::Null => out.push_str("null"),
        Model::Array(elements) => {
            out.push('[');
            for (at, element) in elements.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                print(element, out);
            }
            out.push(']');
        }
        Model::Object(members) => {
            out.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                out.push_str(&quoted(name));
                out.push(':');
                print(value, out);
            }
            out.push('}');
        }
    }
}

fn member<'m>(members: &'m [(String, Model)], name: &str) -> Option<&'m Model> {
    members.iter().find(|(own, _)| own == name).map(|(_, value)| value)
}

/// The value at a dotted path: a member really named so goes first.
fn at<'m>(members: &'m [(String, Model)], path: &str) -> Option<&'m Model> {
    member(members, path).or_else(|| {
        let (first, rest) = path.split_once('.')?;
        match member(members, first)? {
            Model::Object(inner) => at(inner, rest),
            Model::Array(elements) => elements.get(rest.parse::<usize>().ok()?),
            _ => None,
        }
    })
}

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
    let applied = apply(view, &[key.to_string()], &action, &mut Given::new());
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
    let selection = query.run(view, view.root(), None).unwrap();
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
        let reading =
            Reading { rule: Arc::new(KeyRule::default()), format: kind.format, types: kind.types, stem: None };
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

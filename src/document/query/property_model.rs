//! Made-up collections: records of all kinds of values, as a model that knows their order, and as the text of a file.

use fastrand::Rng;

use crate::document::state::Format;
use crate::text::CellTypes;
use crate::text::json::walk;
use crate::text::number::Number;

/// Where a number stands among others: by its double, then among those that are next to the same one.
pub(super) type Rank = (f64, u8);

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Model {
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
pub(super) type Record = (usize, Vec<(String, Model)>);

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
pub(super) enum Profile {
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
pub(super) fn rank(text: &str) -> Option<Rank> {
    let odd = ODD.iter().find(|(odd, _)| *odd == text).map(|(_, rank)| *rank);
    odd.or_else(|| Some((Number::of(text).and_then(|_| text.parse().ok())?, 0)))
}

fn text(random: &mut Rng) -> Model {
    Model::Text(TEXTS[random.usize(..TEXTS.len())].to_owned(), None)
}

/// Some value of that profile.
pub(super) fn value(random: &mut Rng, profile: Profile) -> Model {
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
pub(super) struct Kind {
    pub(super) format: Format,
    pub(super) types: CellTypes,
    /// Records by name rather than in an array.
    pub(super) is_keyed: bool,
    /// Nothing nested, escaped or odd in it.
    is_plain: bool,
    pub(super) members: Vec<(String, Profile)>,
    gap: &'static str,
}

/// Some way that a file may look.
pub(super) fn kind(random: &mut Rng) -> Kind {
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
    pub(super) fn is_table(&self) -> bool {
        matches!(self.format, Format::Csv { .. })
    }

    /// Some record with that key.
    pub(super) fn record(&self, random: &mut Rng, key: usize) -> Record {
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

    /// The text of a record.
    pub(super) fn json(&self, (_, members): &Record, random: &mut Rng) -> String {
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

    /// The text of the file with these records.
    pub(super) fn file(&self, records: &[Record], random: &mut Rng) -> String {
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
pub(super) fn at<'m>(members: &'m [(String, Model)], path: &str) -> Option<&'m Model> {
    member(members, path).or_else(|| {
        let (first, rest) = path.split_once('.')?;
        match member(members, first)? {
            Model::Object(inner) => at(inner, rest),
            Model::Array(elements) => elements.get(rest.parse::<usize>().ok()?),
            _ => None,
        }
    })
}

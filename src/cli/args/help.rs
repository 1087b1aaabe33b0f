//! What was asked about the program itself, and the options as a help text tells them.

use std::ffi::OsString;

use clap::Arg;

use super::{options, serve};

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `httpkit request`
    Request,
    /// `httpkit serve`
    Serve,
}

/// What was asked about the program, or about one side of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpWish {
    /// The side; without one it is both.
    pub side: Option<Side>,
    /// How much.
    pub what: What,
}

/// How much is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Nothing was asked for at all: how to begin.
    Start,
    /// `-h`: what fits one screen.
    Screen,
    /// `--help`: everything.
    Whole,
    /// `--help WORD`: what fits the word.
    About(String),
}

impl HelpWish {
    /// What a whole command line asks for, the program's name first. Those of requests are read as curl's are, later.
    pub(super) fn of(argv: &[OsString]) -> Option<HelpWish> {
        match argv.get(1) {
            None => Some(HelpWish { side: None, what: What::Start }),
            Some(word) if word == "serve" => {
                let at = argv.iter().position(|word| word == "-h" || word == "--help")?;
                HelpWish::read(&argv[at..], Some(Side::Serve))
            }
            Some(word) if word == "help" => HelpWish::about(argv.get(2), None),
            Some(_) => HelpWish::read(&argv[1..], None),
        }
    }

    /// What the words ask for that begin with `-h` or `--help`; `None` if they begin otherwise.
    pub(super) fn read(words: &[OsString], side: Option<Side>) -> Option<HelpWish> {
        let what = match (words.first()?.to_str()?, words.get(1)) {
            ("-h", _) => What::Screen,
            ("--help", word) => return HelpWish::about(word, side),
            _ => return None,
        };
        Some(HelpWish { side, what })
    }

    /// What is asked by `--help`, or by `--help WORD`.
    fn about(word: Option<&OsString>, side: Option<Side>) -> Option<HelpWish> {
        let what = word.map_or(What::Whole, |word| What::About(word.to_string_lossy().into_owned()));
        Some(HelpWish { side, what })
    }
}

/// A side as its help tells it.
#[derive(Debug)]
pub struct Described {
    /// `request` or `serve`.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub about: String,
    /// How it is called, one way on each line.
    pub usage: String,
    /// The options under their headings.
    pub options: Vec<(String, Vec<DescribedOption>)>,
}

/// An option as a help text tells it.
#[derive(Debug)]
pub struct DescribedOption {
    /// Its names and its value: `-r, --range <RANGE>`.
    pub form: String,
    /// What it does, with its default.
    pub help: String,
    /// The values that there are, and what each does.
    pub values: Vec<(String, String)>,
    names: Vec<String>,
}

impl DescribedOption {
    /// Its names, with their dashes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether that is one of its names, with dashes or, for a long one, without.
    pub fn is_called(&self, word: &str) -> bool {
        self.names.iter().any(|name| name == word || name.strip_prefix("--") == Some(word))
    }
}

/// All options of a side.
pub fn described(side: Side) -> Described {
    let (name, mut command) = match side {
        Side::Request => ("request", options::command()),
        Side::Serve => ("serve", serve::command()),
    };
    command.build();
    let mut headed: Vec<(String, Vec<DescribedOption>)> = Vec::new();
    let (words, others): (Vec<&Arg>, Vec<&Arg>) = command.get_arguments().partition(|arg| arg.is_positional());
    for arg in words.into_iter().chain(others).filter(|arg| !arg.is_hide_set()) {
        let heading = match arg.is_positional() {
            true => "Arguments",
            false => arg.get_help_heading().unwrap_or("Options"),
        };
        match headed.iter_mut().find(|(known, _)| known == heading) {
            Some((_, options)) => options.push(option(arg)),
            None => headed.push((heading.to_owned(), vec![option(arg)])),
        }
    }
    let usage = command.render_usage().to_string().replace("Usage: ", "  ").replace("\n       ", "\n  ");
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    Described { name, about, usage: format!("{}\n", usage.trim_end()), options: headed }
}

fn option(arg: &Arg) -> DescribedOption {
    let letter = arg.get_short().map(|letter| format!("-{letter}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let also = arg.get_all_aliases().into_iter().flatten().map(|name| format!("--{name}"));
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let tells_default = arg.get_action().takes_values() && !arg.is_hide_default_value_set();
    let defaults: Vec<_> =
        arg.get_default_values().iter().filter(|_| tells_default).map(|value| value.to_string_lossy()).collect();
    let values: Vec<(String, String)> = match arg.is_hide_possible_values_set() {
        true => Vec::new(),
        false => arg
            .get_possible_values()
            .iter()
            .map(|value| (value.get_name().to_owned(), value.get_help().map(ToString::to_string).unwrap_or_default()))
            .filter(|(name, _)| !matches!(name.as_str(), "true" | "false"))
            .collect(),
    };
    let listed: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
    let said = |label: &str, values: String| if values.is_empty() { values } else { format!(" [{label}{values}]") };
    DescribedOption {
        form: match &letter {
            Some(letter) if long.is_some() => format!("{letter}, {arg}"),
            _ if arg.is_positional() => arg.get_value_names().unwrap_or_default().join(" "),
            _ => arg.to_string(),
        },
        help: format!("{help}{}{}", said("", listed.join(", ")), said("default: ", defaults.join(" "))),
        values,
        names: letter.into_iter().chain(long).chain(also).collect(),
    }
}

/// The options of a side that its screen shows, each with its short form and a few words.
pub fn brief(side: Side) -> Vec<(String, &'static str)> {
    match side {
        Side::Request => options::all().filter_map(|option| option.brief()).collect(),
        Side::Serve => serve::all().filter_map(|option| option.brief()).collect(),
    }
}

//! What an option is: its names, what is said of it, and what it does to the arguments of its side.
//!
//! All is made of one table of these for each side: the reading of a command line, clap's definitions and with them help,
//! errors, completions and man pages. For `request` clap's own are made only if clap has something to say, as that takes
//! longer than everything else that a small request does.

use std::ffi::OsString;
use std::fmt::Display;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::str::FromStr;

use bstr::BString;
use clap::builder::{
    NonEmptyStringValueParser, PathBufValueParser, PossibleValue, PossibleValuesParser, TypedValueParser, ValueParser,
};
use clap::{Arg, ArgAction, ValueHint};

use super::completion::Completion;
use super::instead::Instead;

/// An option of the side that has the arguments `A`.
pub(super) struct Definition<A: 'static> {
    /// The long name, without the dashes.
    pub(super) long: &'static str,
    /// The letter.
    pub(super) letter: Option<char>,
    /// Further long names that no help mentions.
    also: &'static [&'static str],
    help: &'static str,
    /// What the long help says instead.
    long_help: Option<&'static str>,
    /// What it does.
    pub(super) take: Take<A>,
    /// How the help calls the value.
    value_name: &'static str,
    hint: ValueHint,
    /// What a shell offers for the value, where the hint cannot say it.
    pub(super) completion: Option<Completion>,
    offer: Offer,
    /// The value that it has if it is not given.
    pub(super) default: Option<&'static str>,
    /// What the screen of `-h` says of it in a few words, if it is there.
    brief: Option<&'static str>,
    /// Whether it may be given more than once, each time to another effect.
    is_many: bool,
    /// Whether it means something, or changes nothing, where one of the original dialects is spoken.
    pub(super) is_in_dialects: bool,
    /// Whether curl has none of that name.
    pub(super) is_ours: bool,
    /// Where an option of `serve` has no place.
    pub(super) misplaced: &'static [Instead],
}

/// What an option does to the arguments.
pub(super) enum Take<A> {
    /// It has no value.
    Flag(fn(&mut A)),
    /// It may have a value, after `=`; the failure says what was expected.
    Maybe(fn(&mut A, &str) -> Result<(), String>),
    /// Its value is any text.
    Text(fn(&mut A, String)),
    /// Its value is text, and not empty: a variable of a script that is not set shall not pass for a wish.
    Filled(fn(&mut A, String)),
    /// Its value is any bytes: they are sent as they are.
    Bytes(fn(&mut A, BString)),
    /// Its value is any bytes, and not empty.
    FilledBytes(fn(&mut A, BString)),
    /// Its value is a path, which is not empty.
    Path(fn(&mut A, PathBuf)),
    /// Its value is to be read; the failure says what was expected.
    Read(fn(&mut A, &str) -> Result<(), String>),
}

/// Values that are known beforehand.
#[derive(Clone, Copy)]
enum Offer {
    None,
    /// Some of many, for completions only.
    Some(&'static [&'static str]),
    /// All there are, for the help too.
    All(fn() -> Vec<PossibleValue>),
    /// All there are, which the help says in its own words.
    Told(fn() -> Vec<PossibleValue>),
}

impl<A> Definition<A> {
    /// A flag.
    pub(super) const fn flag(long: &'static str, help: &'static str, set: fn(&mut A)) -> Definition<A> {
        Definition::define(long, "", help, Take::Flag(set))
    }

    /// An option that may have a value, after `=`; without one it is read as nothing.
    pub(super) const fn maybe(
        long: &'static str,
        value_name: &'static str,
        help: &'static str,
        read: fn(&mut A, &str) -> Result<(), String>,
    ) -> Definition<A> {
        Definition::define(long, value_name, help, Take::Maybe(read))
    }

    /// An option whose value is any text.
    pub(super) const fn text(
        long: &'static str,
        value_name: &'static str,
        help: &'static str,
        set: fn(&mut A, String),
    ) -> Definition<A> {
        Definition::define(long, value_name, help, Take::Text(set))
    }

    /// An option whose value is text that is not empty.
    pub(super) const fn filled(
        long: &'static str,
        value_name: &'static str,
        help: &'static str,
        set: fn(&mut A, String),
    ) -> Definition<A> {
        Definition::define(long, value_name, help, Take::Filled(set))
    }

    /// An option whose value is any bytes, UTF-8 or not.
    pub(super) const fn bytes(
        long: &'static str,
        value_name: &'static str,
        help: &'static str,
        set: fn(&mut A, BString),
    ) -> Definition<A> {
        Definition::define(long, value_name, help, Take::Bytes(set))
    }

    /// An option whose value is any bytes, but not none.
    pub(super) const fn filled_bytes(
        long: &'static str,
        value_name: &'static str,
        help: &'static str,
        set: fn(&mut A, BString),
    ) -> Definition<A> {
        Definition::define(long, value_name, help, Take::FilledBytes(set))
    }

    /// An option whose value is the name of a file.
    pub(super) const fn path(
        long: &'static str,
        value_name: &'static str,
        help: &'static str,
        set: fn(&mut A, PathBuf),
    ) -> Definition<A> {
        Definition::define(long, value_name, help, Take::Path(set)).hint(ValueHint::FilePath)
    }

    /// An option whose value is to be read.
    pub(super) const fn value(
        long: &'static str,
        value_name: &'static str,
        help: &'static str,
        read: fn(&mut A, &str) -> Result<(), String>,
    ) -> Definition<A> {
        Definition::define(long, value_name, help, Take::Read(read))
    }

    const fn define(long: &'static str, value_name: &'static str, help: &'static str, take: Take<A>) -> Definition<A> {
        Definition {
            long,
            letter: None,
            also: &[],
            help,
            long_help: None,
            take,
            value_name,
            hint: ValueHint::Unknown,
            completion: None,
            offer: Offer::None,
            default: None,
            brief: None,
            is_many: false,
            is_in_dialects: false,
            is_ours: false,
            misplaced: &[],
        }
    }

    pub(super) const fn letter(self, letter: char) -> Definition<A> {
        Definition { letter: Some(letter), ..self }
    }

    pub(super) const fn also(self, also: &'static [&'static str]) -> Definition<A> {
        Definition { also, ..self }
    }

    pub(super) const fn hint(self, hint: ValueHint) -> Definition<A> {
        Definition { hint, ..self }
    }

    /// Has shells offer this for the value.
    pub(super) const fn completing(self, completion: Completion) -> Definition<A> {
        Definition { completion: Some(completion), ..self }
    }

    /// Offers these values to completions; any other will do too.
    pub(super) const fn offering(self, names: &'static [&'static str]) -> Definition<A> {
        Definition { offer: Offer::Some(names), ..self }
    }

    /// The values that there are.
    pub(super) const fn one_of(self, names: fn() -> Vec<PossibleValue>) -> Definition<A> {
        Definition { offer: Offer::All(names), ..self }
    }

    /// The values that there are, where the help says more of them than their names.
    pub(super) const fn told(self, names: fn() -> Vec<PossibleValue>, long_help: &'static str) -> Definition<A> {
        Definition { offer: Offer::Told(names), long_help: Some(long_help), ..self }
    }

    /// What the long help says of it instead.
    pub(super) const fn explained(self, long_help: &'static str) -> Definition<A> {
        Definition { long_help: Some(long_help), ..self }
    }

    /// The value that it has if it is not given.
    pub(super) const fn default(self, value: &'static str) -> Definition<A> {
        Definition { default: Some(value), ..self }
    }

    /// Puts it on the screen of `-h`, with these few words.
    pub(super) const fn on_screen(self, brief: &'static str) -> Definition<A> {
        Definition { brief: Some(brief), ..self }
    }

    pub(super) const fn many(self) -> Definition<A> {
        Definition { is_many: true, ..self }
    }

    /// Says that it has a place where one of the original dialects is spoken; one without a place there is refused.
    pub(super) const fn in_dialects(self) -> Definition<A> {
        Definition { is_in_dialects: true, ..self }
    }

    /// Says that it is no option of curl.
    pub(super) const fn ours(self) -> Definition<A> {
        Definition { is_ours: true, ..self }
    }

    /// Says where it has no place: it is refused there.
    pub(super) const fn not_with(self, misplaced: &'static [Instead]) -> Definition<A> {
        Definition { misplaced, ..self }
    }

    /// Its shortest form, and the few words of the screen of `-h`, if it is there.
    pub(super) fn brief(&self) -> Option<(String, &'static str)> {
        let name = self.letter.map_or_else(|| format!("--{}", self.long), |letter| format!("-{letter}"));
        let value = if self.takes_value() { format!(" {}", self.value_name) } else { String::new() };
        self.brief.map(|brief| (name + &value, brief))
    }

    pub(super) fn takes_value(&self) -> bool {
        !matches!(self.take, Take::Flag(_) | Take::Maybe(_))
    }

    /// Whether it may have a value, after `=`.
    pub(super) fn may_take_value(&self) -> bool {
        matches!(self.take, Take::Maybe(_))
    }

    /// The value that it may have, after `=`.
    pub(super) fn inline_value(&self) -> Option<&'static str> {
        self.may_take_value().then_some(self.value_name)
    }

    /// Whether that is one of its long names.
    pub(super) fn is_called(&self, long: &str) -> bool {
        self.long == long || self.also.contains(&long)
    }

    /// Does what it does, with its value.
    ///
    /// # Errors
    /// A value that will not do; what was expected.
    pub(super) fn apply(&self, args: &mut A, value: BString) -> Result<(), String> {
        match self.take {
            Take::Flag(set) => set(args),
            Take::Filled(_) | Take::FilledBytes(_) if value.is_empty() => return Err("expected a value".to_owned()),
            Take::Text(set) | Take::Filled(set) => set(args, self.utf8(value)?),
            Take::Bytes(set) | Take::FilledBytes(set) => set(args, value),
            Take::Path(_) if value.is_empty() => return Err("expected the name of a file".to_owned()),
            Take::Path(set) => set(args, path(value)),
            Take::Read(read) | Take::Maybe(read) => return read(args, &self.utf8(value)?),
        }
        Ok(())
    }

    /// The value as text. A failure does not repeat it: it may be a password.
    fn utf8(&self, value: BString) -> Result<String, String> {
        String::from_utf8(value.into()).map_err(|_| format!("'--{}': the value is not UTF-8", self.long))
    }
}

impl<A: Default> Definition<A> {
    /// It as clap knows it.
    pub(super) fn arg(&'static self, heading: Option<&'static str>) -> Arg {
        let arg = Arg::new(self.long)
            .long(self.long)
            .aliases(self.also)
            .short(self.letter)
            .help(self.help)
            .long_help(self.long_help)
            .help_heading(heading);
        if let Take::Maybe(_) = self.take {
            return arg
                .action(ArgAction::Set)
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("")
                .value_name(self.value_name)
                .value_parser(self.parser());
        }
        if !self.takes_value() {
            return arg.action(if self.is_many { ArgAction::Count } else { ArgAction::SetTrue });
        }
        arg.action(if self.is_many { ArgAction::Append } else { ArgAction::Set })
            .value_name(self.value_name)
            .value_hint(self.hint)
            .value_parser(self.parser())
            .hide_possible_values(matches!(self.offer, Offer::Some(_) | Offer::Told(_)))
            .default_value(self.default)
            .hide_default_value(matches!(self.offer, Offer::Told(_)))
    }

    fn parser(&'static self) -> ValueParser {
        match (self.offer, &self.take) {
            (Offer::Some(names), _) => ValueParser::new(Names(names)),
            (Offer::All(names) | Offer::Told(names), _) => PossibleValuesParser::new(names()).into(),
            (Offer::None, Take::Path(_) | Take::FilledBytes(_)) => PathBufValueParser::new().into(),
            (Offer::None, Take::Read(read) | Take::Maybe(read)) => {
                ValueParser::new(|text: &str| read(&mut A::default(), text).map(|()| text.to_owned()))
            }
            (Offer::None, Take::Filled(_)) => NonEmptyStringValueParser::new().into(),
            (Offer::None, Take::Bytes(_)) => ValueParser::os_string(),
            (Offer::None, _) => ValueParser::string(),
        }
    }
}

/// Bytes as the name of a file.
pub(super) fn path(name: BString) -> PathBuf {
    PathBuf::from(OsString::from_vec(name.into()))
}

/// `-h` and `--help`, for clap's errors, completions and man pages; they are answered elsewhere.
pub(super) fn help_arg() -> Arg {
    let help = "Show help: -h one screen, --help everything, --help WORD about WORD";
    Arg::new("help").short('h').long("help").action(ArgAction::HelpShort).help(help)
}

/// Puts what was read in its place.
pub(super) fn put<T>(place: &mut Option<T>, value: Result<T, String>) -> Result<(), String> {
    *place = Some(value?);
    Ok(())
}

/// A whole number, at most that.
pub(super) fn number<T: FromStr + PartialOrd + Display>(text: &str, most: T) -> Result<T, String> {
    let number = text.parse().ok().filter(|number| *number <= most);
    number.ok_or_else(|| format!("expected a whole number up to {most}"))
}

/// A whole number above 0: with none of them nothing would work.
pub(super) fn count(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "expected a whole number above 0".to_owned())
}

/// One of these names; an empty one stands for no value at all.
pub(super) fn one(names: &[&str], text: &str) -> Result<String, String> {
    match (names.contains(&text), names) {
        (true, _) => Ok(text.to_owned()),
        (false, ["", name]) => Err(format!("expected '{name}', or no value")),
        (false, _) => Err(format!("expected one of: {}", names.join(", "))),
    }
}

/// These names, for clap.
pub(super) fn possible(names: &'static [&'static str]) -> Vec<PossibleValue> {
    names.iter().map(|name| PossibleValue::new(*name)).collect()
}

/// What has a few values, each with a name and a help.
pub(in crate::cli) trait Named: Copy + 'static {
    /// The values in the order of the help.
    const NAMED: &'static [(Self, &'static str, &'static str)];
}

/// A value by its name.
pub(super) fn named<T: Named>(text: &str) -> Result<T, String> {
    let value = T::NAMED.iter().find(|(_, name, _)| *name == text);
    value.map(|(value, ..)| *value).ok_or_else(|| format!("there is no '{text}'"))
}

/// The names of all values.
pub(super) fn names<T: Named>() -> Vec<PossibleValue> {
    T::NAMED.iter().map(|(_, name, help)| PossibleValue::new(*name).help(*help)).collect()
}

/// Takes any text, and offers these names to the completion of a shell.
#[derive(Debug, Clone, Copy)]
struct Names(&'static [&'static str]);

impl TypedValueParser for Names {
    type Value = OsString;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<OsString, clap::Error> {
        clap::builder::OsStringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(|name| PossibleValue::new(*name))))
    }
}

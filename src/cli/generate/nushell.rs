//! Completions for nushell: a table of the options, and a function in its language that chooses among them.
//!
//! clap_complete_nushell declares each option instead. nushell does not read such a declaration: the name of an option
//! becomes that of a variable there, and none has a dot (`--http1.0`). And it would refuse `--wire=all`.

use clap::{Arg, Command, ValueHint};

use super::completions::exits;
use crate::cli::args::{Completion, FIELDS, completion};

/// The script, for a command whose methods have these meanings.
pub(super) fn script<'m>(command: &Command, methods: impl Iterator<Item = (&'m str, &'m str)>) -> String {
    let sides = std::iter::once(command).chain(command.get_subcommands());
    let rows = sides.flat_map(|side| side.get_arguments().map(|option| row(side.get_name(), option)));
    let rows: Vec<String> = rows.flatten().collect();
    let methods: Vec<String> = methods
        .map(|(name, meaning)| format!("        {{ value: {}, description: {} }}", quoted(name), quoted(meaning)))
        .collect();
    let fields: Vec<String> = FIELDS.iter().map(|name| quoted(name)).collect();
    include_str!("more.nu")
        .replace("@OPTIONS@", &rows.join("\n"))
        .replace("@METHODS@", &methods.join("\n"))
        .replace("@FIELDS@", &fields.join(", "))
        .replace("@EXITS@", &exits().map(|status| quoted(&status)).collect::<Vec<_>>().join(", "))
}

/// An option's row: its side, its names, what it does, and what its value is (`null`: it has none).
fn row(side: &str, option: &Arg) -> Option<String> {
    let long = option.get_long()?;
    let letter = option.get_short().map(|letter| quoted(&format!("-{letter}")));
    let names: Vec<String> = std::iter::once(quoted(&format!("--{long}"))).chain(letter).collect();
    let help = option.get_help().map(ToString::to_string).unwrap_or_default().replace('\n', " ");
    // What is only behind `=` is not the next word.
    let is_inline = option.is_require_equals_set();
    let (value, inline) =
        if is_inline { ("null".to_owned(), inline(option)) } else { (value(option), "null".to_owned()) };
    Some(format!("        [{side}, [{}], {}, {value}, {inline}]", names.join(", "), quoted(&help)))
}

/// The values behind `=`: the one that its help calls it by.
fn inline(option: &Arg) -> String {
    let names = option.get_value_names().unwrap_or_default();
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    format!("[{}]", names.join(", "))
}

fn value(option: &Arg) -> String {
    if !option.get_action().takes_values() {
        return "null".to_owned();
    }
    let values: Vec<String> = option.get_possible_values().iter().map(|value| quoted(value.get_name())).collect();
    let kind = match (completion(option.get_id().as_str()), option.get_value_hint()) {
        (Some(Completion::Methods), _) => "methods",
        (Some(Completion::Fields), _) => "fields",
        (Some(Completion::Content | Completion::Words), _) => "content",
        (None, _) if !values.is_empty() => return format!("[{}]", values.join(", ")),
        (None, ValueHint::FilePath | ValueHint::DirPath | ValueHint::AnyPath) => "path",
        (None, _) => "any",
    };
    quoted(kind)
}

/// A string of nushell with nothing in it that is put in its place.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

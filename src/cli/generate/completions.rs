//! Completions: what clap_complete makes, and what its generators cannot say.
//!
//! They know fixed lists of values and plain files. A method as the first word, a field name with its colon, a file
//! after `@`: for these an argument gets a mark as its only value, and the mark becomes a call of a function in the
//! shell's own language, from the files beside this one. The arguments themselves are not touched: what is typed is
//! parsed as before.

use clap::builder::PossibleValuesParser;
use clap::{Command, ValueHint};
use clap_complete::{Shell, generate};

use crate::cli::args::{Completion, FIELDS, METHODS, completion, inline_value};
use crate::cli::meaning;

/// What each of the methods asks for (RFC 9110 9.3, RFC 5789), in the order of [`METHODS`].
const MEANINGS: [&str; METHODS.len()] = [
    "transfer a representation",
    "as GET, without the content",
    "process the content: add something",
    "replace all of it, or create it",
    "change a part of it",
    "remove it",
    "ask what is allowed",
    "have the request echoed",
];

/// The completion script for a shell.
pub(super) fn script(shell: Shell, command: Command) -> String {
    let mut command = command.mut_subcommand("request", mark);
    let inline: Vec<String> = command.get_subcommands().flat_map(inline).collect();
    let mut made = Vec::new();
    generate(shell, &mut command, "httpkit", &mut made);
    let made = String::from_utf8_lossy(&made).into_owned();
    let script = match shell {
        Shell::Bash => bash(made, &inline),
        Shell::Zsh => zsh(made, &command, &inline),
        Shell::Fish => fish(made, &inline),
        Shell::PowerShell => powershell(&made),
        Shell::Elvish => elvish(&made),
        _ => made,
    };
    // A trailing blank means nothing to any of the shells, and editors would take it away from the copies.
    script.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn mark(request: Command) -> Command {
    request.mut_args(|argument| match completion(argument.get_id().as_str()) {
        // Without its hint, as bash would take one of `Other` to mean "no blank after the value".
        Some(wish) => argument.value_parser(PossibleValuesParser::new([wish.mark()])).value_hint(ValueHint::Unknown),
        None => match inline_value(argument.get_id().as_str()) {
            Some(value) => argument.value_parser(PossibleValuesParser::new([value])).default_missing_value(value),
            None => argument,
        },
    })
}

/// The options of a side whose value is only behind `=`.
fn inline(side: &Command) -> Vec<String> {
    let options = side.get_arguments().filter(|option| option.is_require_equals_set());
    options.filter_map(|option| option.get_long()).map(|long| format!("--{long}")).collect()
}

/// The exit statuses that can be explained.
pub(super) fn exits() -> impl Iterator<Item = String> {
    meaning::MEANINGS.iter().map(|row| row.status.to_string())
}

fn bash(made: String, inline: &[String]) -> String {
    let mut script = made.replace("@words@", &METHODS.join(" "));
    for mark in Completion::ALL.map(Completion::mark) {
        let call = format!("$(_httpkit_{} \"${{cur}}\")", mark.trim_matches('@'));
        script = script.replace(&format!("$(compgen -W \"{mark}\" -- \"${{cur}}\")"), &call);
    }
    script + "\n" + &fill(include_str!("more.bash")).replace("@INLINE@", &inline.join(" "))
}

fn zsh(made: String, command: &Command, inline: &[String]) -> String {
    // With two colons the words would swallow the options that follow them; these may stand anywhere.
    let mut script = made.replacen("'*::words -- ", "'*:words -- ", 1);
    // What stands behind a colon in the name of a value would be run.
    let arguments = command.get_subcommands().flat_map(Command::get_arguments);
    for name in arguments.flat_map(|argument| argument.get_value_names().unwrap_or_default()) {
        script = script.replace(&format!("]:{name}:"), &format!("]:{}:", name.replace(':', "\\:")));
    }
    for mark in Completion::ALL.map(Completion::mark) {
        script = script.replace(&format!("({mark})"), &format!("_httpkit_{}", mark.trim_matches('@')));
    }
    for option in inline {
        script = script.replace(&format!("'{option}=["), &format!("'{option}=-["));
    }
    // The one that is called finds out whether it is a request.
    script = script.replacen("\n_httpkit() {\n", "\n_httpkit_made() {\n", 1);
    // Those of zsh offer ftp and gopher.
    script = script.replace(":_urls'", ":_httpkit_urls'");
    // The functions come before the end of the file, which calls `_httpkit` when the file is loaded by its name.
    let end = script.find("if [ \"$funcstack[1]\"").unwrap_or(script.len());
    let (functions, call) = script.split_at(end);
    format!("{functions}{}\n{call}", fill(include_str!("more.zsh")))
}

fn fish(made: String, inline: &[String]) -> String {
    // `--generate` that still waits for its value is no reason to offer nothing.
    let mut script = made.replacen("2>/dev/null\n    or return\n", "2>/dev/null\n    or return 0\n", 1);
    for mark in Completion::ALL.map(Completion::mark) {
        script = script.replace(&format!("{mark}\\t''"), &format!("(__httpkit_{})", mark.trim_matches('@')));
    }
    // An option with `-r` takes the next word.
    for option in inline {
        let start = format!(" -l {} -d ", option.trim_start_matches("--"));
        let lines = script.split_inclusive('\n');
        let mended = lines
            .map(|line| if line.contains(&start) { line.replacen(" -r -f -a", " -f -a", 1) } else { line.to_owned() });
        script = mended.collect();
    }
    // A bare `#` would begin a comment.
    script.replace(" -s # ", " -s '#' ") + "\n" + &fill(include_str!("more.fish"))
}

/// The methods, and what each asks for.
pub(super) fn methods_told() -> impl Iterator<Item = (&'static str, &'static str)> {
    METHODS.iter().copied().zip(MEANINGS)
}

fn methods(line: impl Fn(&str, &str) -> String) -> Vec<String> {
    methods_told().map(|(name, meaning)| line(name, meaning)).collect()
}

/// Puts the lists into the text of a shell's own functions.
fn fill(text: &str) -> String {
    let described: Vec<String> = methods(|name, meaning| format!("'{name}:{meaning}'"));
    text.replace("@METHODS@", &METHODS.join(" "))
        .replace("@DESCRIBED@", &described.join(" "))
        .replace("@FIELDS@", &FIELDS.join(" "))
        .replace("@LOWER@", &METHODS.join(" ").to_ascii_lowercase())
        .replace("@EXITS@", &exits().collect::<Vec<_>>().join(" "))
}

fn powershell(made: &str) -> String {
    let line = |name: &str, meaning: &str| {
        let value = "[CompletionResultType]::ParameterValue";
        format!("            [CompletionResult]::new('{name}', '{name}', {value}, '{meaning}')\n")
    };
    let stop = "        if ($element.Value -in 'request', 'serve') { break }\n";
    let script = insert_after(made, "'httpkit;request' {\n", &methods(line).concat());
    insert_after(&script, "        $element.Value\n", stop)
}

fn elvish(made: &str) -> String {
    let line = |name: &str, meaning: &str| format!("            cand {name} '{meaning}'\n");
    let stop = "        if (has-value [request serve] $word) {\n            break\n        }\n";
    let script = insert_after(made, "&'httpkit;request'= {\n", &methods(line).concat());
    // A bare `-#` would begin a comment.
    insert_after(&script, "        set command = $command';'$word\n", stop).replace("cand -# ", "cand '-#' ")
}

/// These two shells' scripts know no values, so the methods stand beside the options; and they take every word for a
/// subcommand, so they are told where the subcommands end.
fn insert_after(text: &str, place: &str, lines: &str) -> String {
    text.replacen(place, &format!("{place}{lines}"), 1)
}

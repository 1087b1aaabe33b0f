//! Completions: what clap_complete makes, and what its generators cannot say.
//!
//! They know fixed lists of values and plain files. A method as the first word, a field name with its colon, a file
//! after `@`: for these an argument gets a mark as its only value, and the mark becomes a call of a function in the
//! shell's own language, from the files beside this one. The arguments themselves are not touched: what is typed is
//! parsed as before.

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, ValueHint};
use clap_complete::{Shell, generate};

/// The methods offered, with what they ask for (RFC 9110 9.3, RFC 5789).
const METHODS: &[(&str, &str)] = &[
    ("GET", "transfer a representation"),
    ("HEAD", "as GET, without the content"),
    ("POST", "process the content: add something"),
    ("PUT", "replace all of it, or create it"),
    ("PATCH", "change a part of it"),
    ("DELETE", "remove it"),
    ("OPTIONS", "ask what is allowed"),
    ("TRACE", "have the request echoed"),
];

/// The field names offered after `-H`: those that a person sends in a request.
const FIELDS: &[&str] = &[
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Type",
    "Cookie",
    "DNT",
    "Date",
    "Expect",
    "Forwarded",
    "From",
    "Host",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Last-Event-ID",
    "Max-Forwards",
    "Origin",
    "Pragma",
    "Prefer",
    "Proxy-Authorization",
    "Range",
    "Referer",
    "Sec-Fetch-Site",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-HTTP-Method-Override",
    "X-Requested-With",
];

/// A mark, and the arguments of `request` (by long name; the positional one by its own) that get it.
const MARKS: &[(&str, &[&str])] = &[
    ("@words@", &["words"]),
    ("@methods@", &["request"]),
    ("@fields@", &["header", "proxy-header"]),
    ("@content@", &["data", "data-ascii", "data-binary", "data-urlencode", "form", "json", "url-query", "write-out"]),
];

/// The completion script for a shell.
pub(super) fn script(shell: Shell, command: Command) -> String {
    let mut made = Vec::new();
    generate(shell, &mut command.mut_subcommand("request", mark), "httpkit", &mut made);
    let made = String::from_utf8_lossy(&made).into_owned();
    let script = match shell {
        Shell::Bash => bash(made),
        Shell::Zsh => zsh(made),
        Shell::Fish => fish(made),
        Shell::PowerShell => powershell(&made),
        Shell::Elvish => elvish(&made),
        _ => made,
    };
    // A trailing blank means nothing to any of the shells, and editors would take it away from the copies.
    script.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn mark(request: Command) -> Command {
    request.mut_args(|argument| match mark_of(&argument) {
        // Without its hint, as bash would take one of `Other` to mean "no blank after the value".
        Some(mark) => argument.value_parser(PossibleValuesParser::new([mark])).value_hint(ValueHint::Unknown),
        None => argument,
    })
}

fn mark_of(argument: &Arg) -> Option<&'static str> {
    let name = argument.get_long().unwrap_or(argument.get_id().as_str());
    MARKS.iter().find(|(_, names)| names.contains(&name)).map(|(mark, _)| *mark)
}

fn bash(made: String) -> String {
    let names: Vec<&str> = METHODS.iter().map(|(name, _)| *name).collect();
    let mut script = made.replace("@words@", &names.join(" "));
    for (mark, _) in MARKS {
        let call = format!("$(_httpkit_{} \"${{cur}}\")", mark.trim_matches('@'));
        script = script.replace(&format!("$(compgen -W \"{mark}\" -- \"${{cur}}\")"), &call);
    }
    script + "\n" + &fill(include_str!("more.bash"))
}

fn zsh(made: String) -> String {
    let mut script = made;
    for (mark, _) in MARKS {
        script = script.replace(&format!("({mark})"), &format!("_httpkit_{}", mark.trim_matches('@')));
    }
    // The functions come before the end of the file, which calls `_httpkit` when the file is loaded by its name.
    let end = script.find("if [ \"$funcstack[1]\"").unwrap_or(script.len());
    let (functions, call) = script.split_at(end);
    format!("{functions}{}\n{call}", fill(include_str!("more.zsh")))
}

fn fish(made: String) -> String {
    // `--generate` that still waits for its value is no reason to offer nothing.
    let mut script = made.replacen("2>/dev/null\n    or return\n", "2>/dev/null\n    or return 0\n", 1);
    for (mark, _) in MARKS {
        script = script.replace(&format!("{mark}\\t''"), &format!("(__httpkit_{})", mark.trim_matches('@')));
    }
    script + "\n" + &fill(include_str!("more.fish"))
}

/// Puts the lists into the text of a shell's own functions.
fn fill(text: &str) -> String {
    let names: Vec<&str> = METHODS.iter().map(|(name, _)| *name).collect();
    let described: Vec<String> = METHODS.iter().map(|(name, meaning)| format!("'{name}:{meaning}'")).collect();
    let fields: Vec<String> = FIELDS.iter().map(|name| format!("{name}:")).collect();
    text.replace("@METHODS@", &names.join(" "))
        .replace("@DESCRIBED@", &described.join(" "))
        .replace("@FIELDS@", &fields.join(" "))
}

fn powershell(made: &str) -> String {
    let line = |(name, meaning): &(&str, &str)| {
        format!(
            "            [CompletionResult]::new('{name}', '{name}', [CompletionResultType]::ParameterValue, '{meaning}')\n"
        )
    };
    insert_after(made, "'httpkit;request' {\n", &METHODS.iter().map(line).collect::<String>())
}

fn elvish(made: &str) -> String {
    let line = |(name, meaning): &(&str, &str)| format!("            cand {name} '{meaning}'\n");
    insert_after(made, "&'httpkit;request'= {\n", &METHODS.iter().map(line).collect::<String>())
}

/// These two shells' scripts know no values, so the methods stand beside the options.
fn insert_after(text: &str, place: &str, lines: &str) -> String {
    text.replacen(place, &format!("{place}{lines}"), 1)
}

//! A command line of `request` as curl reads it, put into the one form that clap is given.
//!
//! curl's habits that clap does not share: a leading word `curl` (a pasted command line), `--no-FLAG` for every flag,
//! values that look like options, options that are shortened, option groups parted by `--next`.

use clap::{Arg, Command};

use super::refused::{refusal, refusal_of_letter};
use super::variables::{Fault, Variables};

/// One thing on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A flag, by its long name.
    Flag(String),
    /// An option with its value, by its long name.
    Option(String, String),
    /// An option in whose value variables are to be expanded.
    Expand(String, String),
    /// A word that is no option.
    Word(String),
    /// Something that clap shall refuse, or answer: `--help`.
    Other(String),
}

/// Reads a command line, what comes after `request`, into tokens.
///
/// # Errors
/// An option of curl that is not built in; the message says so.
pub(super) fn read(words: &[String], command: &Command) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut words = words.iter().map(String::as_str).peekable();
    words.next_if_eq(&"curl");
    while let Some(word) = words.next() {
        if word == "--" {
            tokens.extend(words.map(|word| Token::Word(word.to_owned())));
            break;
        } else if let Some(long) = word.strip_prefix("--") {
            read_long(long, command, &mut words, &mut tokens)?;
        } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            read_letters(letters, command, &mut words, &mut tokens)?;
        } else {
            tokens.push(Token::Word(word.to_owned()));
        }
    }
    Ok(tokens)
}

/// The groups that `--next` parts.
pub(super) fn groups(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let next = Token::Flag("next".to_owned());
    tokens.split(|token| *token == next).map(<[Token]>::to_vec).collect()
}

/// What stands outside of the command line.
pub struct Outside<'a> {
    /// Reads a file; `-` is standard input. A failure says which file, and why.
    pub read_file: &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    /// Looks an environment variable up.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
}

/// The tokens with those of configuration files in the place of `-K`, and with variables expanded: both in the order in
/// which they stand, so that a file may set what a later option uses.
///
/// # Errors
/// A file that cannot be read, a line that is none, an option that is not built in; too many files within files; a
/// variable that cannot be set or expanded.
pub(super) fn resolve(
    tokens: Vec<Token>,
    command: &Command,
    outside: &mut Outside<'_>,
    variables: &mut Variables,
    depth: usize,
) -> Result<Vec<Token>, Fault> {
    let mut all = Vec::new();
    for token in tokens {
        let token = match token {
            Token::Expand(long, value) => Token::Option(long, variables.expand(&value).map_err(Fault::Usage)?),
            other => other,
        };
        match token {
            Token::Option(long, name) if long == "config" => {
                if depth == 0 {
                    return Err(Fault::Usage(format!("'-K {name}': configuration files name one another")));
                }
                let wrong = |what| Fault::Usage(format!("configuration file '{name}', {what}"));
                let text = (outside.read_file)(&name).map_err(Fault::Read)?;
                let text = String::from_utf8(text).map_err(|_| wrong("which is not UTF-8".to_owned()))?;
                let words = config_words(&text).map_err(wrong)?;
                let tokens = read(&words, command).map_err(Fault::Usage)?;
                all.extend(resolve(tokens, command, outside, variables, depth - 1)?);
            }
            Token::Option(long, setting) if long == "variable" => {
                variables.set(&setting, outside.environment, outside.read_file)?;
            }
            other => all.push(other),
        }
    }
    Ok(all)
}

/// The words of a configuration file: on each line an option, dashes or not, and its value after white space, `=` or
/// `:`; quotes keep white space, and `#` begins a remark (curl(1) `-K`).
fn config_words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let end = line.find(|character: char| character.is_ascii_whitespace() || "=:".contains(character));
        // `-:` is an option though it holds a colon.
        let end = if line.starts_with("-:") { Some(2).filter(|end| line.len() > *end) } else { end };
        let (name, value) = end.map_or((line, ""), |end| line.split_at(end));
        words.push(if name.starts_with('-') { name.to_owned() } else { format!("--{name}") });
        let value = value.trim_ascii_start();
        let value = value.strip_prefix(['=', ':']).unwrap_or(value).trim_ascii_start();
        if !value.is_empty() {
            words.push(config_value(value).ok_or_else(|| format!("line {}: a quote without its end", number + 1))?);
        }
    }
    Ok(words)
}

/// A value in quotes, with `\\`, `\"`, `\t`, `\n`, `\r` and `\v`; without quotes it ends at white space.
fn config_value(text: &str) -> Option<String> {
    let Some(quoted) = text.strip_prefix('"') else {
        return Some(text.split_ascii_whitespace().next().unwrap_or_default().to_owned());
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return Some(value),
            '\\' => value.push(match characters.next()? {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                'v' => '\u{b}',
                other => other,
            }),
            other => value.push(other),
        }
    }
}

/// The tokens as arguments for clap, each option with its value in one.
pub(super) fn write(tokens: &[Token]) -> Vec<String> {
    tokens
        .iter()
        .map(|token| match token {
            Token::Flag(long) => format!("--{long}"),
            Token::Option(long, value) | Token::Expand(long, value) => format!("--{long}={value}"),
            Token::Word(word) | Token::Other(word) => word.clone(),
        })
        .collect()
}

fn read_long<'w>(
    text: &str,
    command: &Command,
    words: &mut impl Iterator<Item = &'w str>,
    tokens: &mut Vec<Token>,
) -> Result<(), String> {
    let (name, inline) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    if let Some(arg) = find_long(name, command) {
        let long = arg.get_long().unwrap_or_default().to_owned();
        match (takes_value(arg), inline) {
            (true, Some(value)) => tokens.push(Token::Option(long, value)),
            (true, None) => match words.next() {
                Some(value) => tokens.push(Token::Option(long, value.to_owned())),
                None => tokens.push(Token::Other(format!("--{long}"))),
            },
            (false, None) => tokens.push(Token::Flag(long)),
            (false, Some(_)) => tokens.push(Token::Other(format!("--{text}"))),
        }
        return Ok(());
    }
    if let Some(flag) =
        name.strip_prefix("no-").and_then(|name| find_long(name, command)).filter(|arg| !takes_value(arg))
    {
        let long = flag.get_long().unwrap_or_default();
        tokens.retain(|token| !matches!(token, Token::Flag(flag) if flag == long));
        return Ok(());
    }
    if let Some(option) = name.strip_prefix("expand-") {
        let long = find_long(option, command).filter(|arg| takes_value(arg)).and_then(Arg::get_long);
        let long = long.ok_or_else(|| format!("'--{name}': there is no option '--{option}' that takes a value"))?;
        let value = inline.or_else(|| words.next().map(str::to_owned));
        let value = value.ok_or_else(|| format!("'--{name}': a value is missing"))?;
        tokens.push(Token::Expand(long.to_owned(), value));
        return Ok(());
    }
    match refusal(name) {
        Some(what) => Err(what),
        None => {
            tokens.push(Token::Other(format!("--{text}")));
            Ok(())
        }
    }
}

/// Letters after one dash: flags, up to the first that takes a value, which is the rest or the next word.
fn read_letters<'w>(
    letters: &str,
    command: &Command,
    words: &mut impl Iterator<Item = &'w str>,
    tokens: &mut Vec<Token>,
) -> Result<(), String> {
    let mut rest = letters.chars();
    while let Some(letter) = rest.next() {
        let Some(arg) = command.get_arguments().find(|arg| arg.get_short() == Some(letter)) else {
            tokens.push(Token::Other(format!("-{letter}{}", rest.as_str())));
            return refusal_of_letter(letter).map_or(Ok(()), Err);
        };
        let long = arg.get_long().unwrap_or_default().to_owned();
        if !takes_value(arg) {
            tokens.push(Token::Flag(long));
            continue;
        }
        let value = Some(rest.as_str()).filter(|rest| !rest.is_empty()).or_else(|| words.next());
        tokens.push(match value {
            Some(value) => Token::Option(long, value.to_owned()),
            None => Token::Other(format!("--{long}")),
        });
        return Ok(());
    }
    Ok(())
}

/// The argument of that long name, of one of its other names, or of the one name that begins so.
fn find_long<'c>(name: &str, command: &'c Command) -> Option<&'c Arg> {
    let names = |arg: &'c Arg| arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default());
    if let Some(exact) = command.get_arguments().find(|arg| names(arg).any(|long| long == name)) {
        return Some(exact);
    }
    let mut similar = command.get_arguments().filter(|arg| arg.get_long().is_some_and(|long| long.starts_with(name)));
    let first = similar.next().filter(|_| name.len() > 1);
    first.filter(|_| similar.next().is_none() && refusal(name).is_none())
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ArgAction;

    fn command() -> Command {
        let flag = |long: &'static str, short| Arg::new(long).long(long).short(short).action(ArgAction::SetTrue);
        let option =
            |long: &'static str, short: Option<char>| Arg::new(long).long(long).short(short).action(ArgAction::Append);
        Command::new("x")
            .arg(flag("silent", 's'))
            .arg(flag("include", 'i').alias("show-headers"))
            .arg(Arg::new("no-clobber").long("no-clobber").action(ArgAction::SetTrue))
            .arg(option("data", Some('d')))
            .arg(option("request", Some('X')))
            .arg(option("request-target", None))
    }

    fn normal(line: &str) -> String {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        write(&read(&words, &command()).unwrap()).join(" ")
    }

    #[test]
    fn a_command_line_is_read_as_curl_reads_it() {
        for (line, expected) in [
            ("curl -s URL", "--silent URL"),
            ("URL -siXPUT", "URL --silent --include --request=PUT"),
            ("-sX PUT -d -s", "--silent --request=PUT --data=-s"),
            ("-d --data=x --data --no-silent", "--data=--data=x --data=--no-silent"),
            ("-d= --data=a=b", "--data== --data=a=b"),
            ("-s -i --no-silent", "--include"),
            ("-is --no-include --silent", "--silent --silent"),
            ("--no-clobber", "--no-clobber"),
            ("--inc --show-headers", "--include --include"),
            ("--reques PUT", "--reques PUT"),
            ("--request PUT --request-t x", "--request=PUT --request-target=x"),
            ("-d", "--data"),
            ("--help -z", "--help -z"),
            ("-s -- -i -", "--silent -i -"),
            ("-", "-"),
            ("--silent=no", "--silent=no"),
        ] {
            assert_eq!(normal(line), expected, "{line}");
        }
    }

    #[test]
    fn a_configuration_file_stands_for_its_options() {
        let text = |name: &str| match name {
            "a" => "# remark\nsilent\n--data = \"x \\\"y\\\" \\t\" \nrequest: PUT # rest\n-K b\n",
            "b" => "url http://h/\nvariable name=x\n",
            "loop" => "config loop",
            _ => "data \"open",
        };
        let option = |long: &'static str| Arg::new(long).long(long).action(ArgAction::Append);
        let config = option("config").short('K');
        let command = command().arg(option("url")).arg(option("variable")).arg(config);
        let expand = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let tokens = read(&words, &command).map_err(Fault::Usage)?;
            let mut read_file = |name: &str| Ok(text(name).as_bytes().to_vec());
            let mut outside = Outside { read_file: &mut read_file, environment: &|_| None };
            let resolved = resolve(tokens, &command, &mut outside, &mut Variables::default(), 4);
            resolved.map(|tokens| write(&tokens).join("|"))
        };
        assert_eq!(expand("-i -Ka x").unwrap(), "--include|--silent|--data=x \"y\" \t|--request=PUT|--url=http://h/|x");
        assert_eq!(
            expand("--expand-data {{name}} -Ka --expand-dat={{name}}{{name:b64}} --data {{name}}").unwrap(),
            "--data=|--silent|--data=x \"y\" \t|--request=PUT|--url=http://h/|--data=xeA==|--data={{name}}"
        );
        for (line, what) in [
            ("-K bad", "configuration file 'bad', line 1: a quote without its end"),
            ("-K loop", "'-K loop': configuration files name one another"),
            ("--expand-silent x", "'--expand-silent': there is no option '--silent' that takes a value"),
            ("--expand-data", "'--expand-data': a value is missing"),
        ] {
            assert_eq!(expand(line), Err(Fault::Usage(what.to_owned())), "{line}");
        }
    }

    #[test]
    fn what_is_not_built_in_is_named() {
        let refused = read(&["--ntlm".to_owned()], &command()).unwrap_err();
        assert_eq!(refused, "'--ntlm': NTLM is not built in");
    }
}

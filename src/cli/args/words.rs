//! A command line of `request` as curl reads it.
//!
//! curl's habits that clap does not share: a leading word `curl` (a pasted command line), `--no-FLAG` for every flag,
//! values that look like options, options that are shortened, option groups parted by `--next`.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};

use super::config;
use super::definition;
use super::options::{all, find, find_letter};
use super::refused::{refusal, refusal_of_letter};
use super::request::RequestArgs;
use super::variables::{Fault, Variables};

type OptionRow = definition::Definition<RequestArgs>;

/// One thing on the command line.
#[derive(Clone)]
pub(super) enum Token {
    /// A flag.
    Flag(&'static OptionRow),
    /// `--no-FLAG`: the flag before it in its group does not count.
    Unset(&'static OptionRow),
    /// An option with its value.
    Option(&'static OptionRow, BString),
    /// An option in whose value variables are to be expanded.
    Expand(&'static OptionRow, BString),
    /// A word that is no option.
    Word(BString),
    /// Something that clap shall refuse, or answer: `--help`.
    Other(BString),
}

impl Token {
    /// The option that it is, if it is one that is known.
    pub(super) fn option(&self) -> Option<&'static OptionRow> {
        match self {
            Token::Flag(option) | Token::Option(option, _) | Token::Expand(option, _) => Some(option),
            Token::Unset(_) | Token::Word(_) | Token::Other(_) => None,
        }
    }
}

impl Token {
    /// Whether it is `-h` or `--help`.
    pub(super) fn asks_for_help(&self) -> bool {
        matches!(self, Token::Other(word) if word == "-h" || word == "--help")
    }

    /// It as one argument.
    fn bytes(&self) -> BString {
        match self {
            Token::Flag(flag) => format!("--{}", flag.long).into(),
            Token::Unset(flag) => format!("--no-{}", flag.long).into(),
            Token::Option(option, value) | Token::Expand(option, value) => {
                [b"--", option.long.as_bytes(), b"=", value].concat().into()
            }
            Token::Word(word) | Token::Other(word) => word.clone(),
        }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.bytes(), to)
    }
}

/// Reads a command line, what comes after `request`, into tokens.
///
/// # Errors
/// An option of curl that is not built in; the message says so.
pub(super) fn read(words: &[BString]) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut words = words.iter().map(|word| word.as_bstr()).peekable();
    words.next_if_eq(&BStr::new("curl"));
    while let Some(word) = words.next() {
        if word == "--" {
            tokens.extend(words.map(|word| Token::Word(word.to_owned())));
            break;
        } else if let Some(long) = word.strip_prefix(b"--") {
            read_long(long.as_bstr(), &mut words, &mut tokens)?;
        } else if let Some(letters) = word.strip_prefix(b"-").filter(|letters| !letters.is_empty()) {
            read_letters(letters.as_bstr(), &mut words, &mut tokens)?;
        } else {
            tokens.push(Token::Word(word.to_owned()));
        }
    }
    Ok(tokens)
}

fn is_next(token: &Token) -> bool {
    matches!(token, Token::Flag(flag) if flag.long == "next")
}

/// Whether the last group names something to transfer.
fn has_url(tokens: &[Token]) -> bool {
    let is_url =
        |token: &Token| matches!(token, Token::Word(_)) || token.option().is_some_and(|option| option.long == "url");
    tokens.rsplit(is_next).next().is_some_and(|group| group.iter().any(is_url))
}

/// The groups that `--next` parts, without the flags that are taken back in them.
pub(super) fn groups(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let groups: Vec<Vec<Token>> = tokens.split(is_next).map(settled).collect();
    // One that nothing stands in before the first `--next` is none: a configuration file may begin with it.
    let skipped = usize::from(groups.len() > 1 && groups[0].is_empty());
    groups.into_iter().skip(skipped).collect()
}

/// The tokens of a group without the flags that a later `--no-FLAG` takes back, wherever the two stand: on the command
/// line or in a file.
fn settled(tokens: &[Token]) -> Vec<Token> {
    tokens.iter().fold(Vec::new(), |mut kept, token| {
        match token {
            Token::Unset(unset) => {
                kept.retain(|token| !matches!(token, Token::Flag(flag) if flag.long == unset.long));
            }
            other => kept.push(other.clone()),
        }
        kept
    })
}

/// What stands outside of the command line.
pub struct Outside<'a> {
    /// Reads a file; `-` is standard input. A failure says which file, and why.
    pub read_file: &'a mut dyn FnMut(&Path) -> Result<Vec<u8>, String>,
    /// Looks an environment variable up.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
}

/// The most configuration files within one another.
const MOST_FILES: usize = 8;

/// The tokens with those of configuration files in the place of `-K`, and with variables expanded: both in the order in
/// which they stand, so that a file may set what a later option uses.
///
/// # Errors
/// A file that cannot be read, a line that is none, an option that is not built in; too many files within files; a
/// variable that cannot be set or expanded.
pub(super) fn resolve(
    tokens: Vec<Token>,
    outside: &mut Outside<'_>,
    variables: &mut Variables,
) -> Result<Vec<Token>, Fault> {
    let mut all = Vec::new();
    add(&mut all, tokens, outside, variables, 0)?;
    Ok(all)
}

/// Adds the tokens of the command line, or of a file within so many files.
fn add(
    all: &mut Vec<Token>,
    tokens: Vec<Token>,
    outside: &mut Outside<'_>,
    variables: &mut Variables,
    files: usize,
) -> Result<(), Fault> {
    for token in tokens {
        let token = match token {
            Token::Expand(option, value) => {
                Token::Option(option, variables.expand(value.as_bstr()).map_err(Fault::Usage)?)
            }
            other => other,
        };
        match token {
            Token::Option(option, name) if option.long == "config" => {
                if files == MOST_FILES {
                    return Err(Fault::Usage(format!("'-K {name}': configuration files name one another")));
                }
                let wrong = |what| Fault::Usage(format!("configuration file '{name}', {what}"));
                let text = (outside.read_file)(&super::definition::path(name.clone())).map_err(Fault::Read)?;
                let warn = &mut |what| variables.warnings.push(format!("configuration file '{name}', {what}"));
                let words = config::words(&text, warn).map_err(wrong)?;
                let tokens = read(&words).map_err(Fault::Usage)?;
                if let Some(help) = tokens.iter().find(|token| token.asks_for_help()) {
                    return Err(wrong(format!("'{help}' belongs on the command line")));
                }
                add(all, tokens, outside, variables, files + 1)?;
            }
            Token::Option(option, setting) if option.long == "variable" => {
                variables.set(setting.as_bstr(), outside.environment, outside.read_file)?;
            }
            // A file may begin with it: what stands before, on the command line, belongs to the group that follows.
            next if files > 0 && is_next(&next) && !has_url(all) => {}
            other => all.push(other),
        }
    }
    Ok(())
}

/// The tokens as arguments for clap: each option with its value in one, and behind all of them the words, which may
/// begin with a dash.
pub(super) fn write(tokens: &[Token]) -> impl Iterator<Item = OsString> {
    let (words, options): (Vec<&Token>, Vec<&Token>) = tokens.iter().partition(|token| matches!(token, Token::Word(_)));
    let options = options.into_iter().map(Token::bytes);
    let all = options.chain(["--".into()]).chain(words.into_iter().map(Token::bytes));
    all.map(|word| OsString::from_vec(word.into())).collect::<Vec<_>>().into_iter()
}

fn read_long<'w>(
    text: &BStr,
    words: &mut impl Iterator<Item = &'w BStr>,
    tokens: &mut Vec<Token>,
) -> Result<(), String> {
    let (name, inline) = match text.split_once_str("=") {
        Some((name, value)) => (name, Some(BString::from(value))),
        None => (text.as_bytes(), None),
    };
    let other = |text: &BStr| Token::Other([b"--", text.as_bytes()].concat().into());
    let Ok(name) = name.to_str() else {
        tokens.push(other(text));
        return Ok(());
    };
    if let Some(option) = find_long(name) {
        tokens.push(match (option.takes_value(), inline) {
            (true, inline) => match inline.or_else(|| words.next().map(BStr::to_owned)) {
                Some(value) => Token::Option(option, value),
                None => other(BStr::new(option.long)),
            },
            (false, None) => Token::Flag(option),
            (false, Some(value)) if option.may_take_value() => Token::Option(option, value),
            (false, Some(_)) => other(text),
        });
        return Ok(());
    }
    if let Some(unset) = name.strip_prefix("no-").and_then(find_long).filter(|option| !option.takes_value()) {
        tokens.push(Token::Unset(unset));
        return Ok(());
    }
    let negated = format!("no-{name}");
    if let Some(unset) = find(&negated).filter(|option| !option.takes_value()) {
        tokens.push(Token::Unset(unset));
        return Ok(());
    }
    // What is not built in is not done, and what cannot be left out is: to say so changes nothing.
    let opposite = name.strip_prefix("no-").unwrap_or(&negated);
    if refusal(opposite).is_some() && refusal(name).is_none() {
        return Ok(());
    }
    if let Some(expanded) = name.strip_prefix("expand-") {
        let option = find_long(expanded).filter(|option| option.takes_value());
        let option =
            option.ok_or_else(|| format!("'--{name}': there is no option '--{expanded}' that takes a value"))?;
        let value = inline.or_else(|| words.next().map(BStr::to_owned));
        tokens.push(Token::Expand(option, value.ok_or_else(|| format!("'--{name}': a value is missing"))?));
        return Ok(());
    }
    match refusal(name) {
        Some(what) => Err(what),
        None => {
            tokens.push(other(text));
            Ok(())
        }
    }
}

/// Letters after one dash: flags, up to the first that takes a value, which is the rest or the next word.
fn read_letters<'w>(
    letters: &BStr,
    words: &mut impl Iterator<Item = &'w BStr>,
    tokens: &mut Vec<Token>,
) -> Result<(), String> {
    let mut rest = letters.as_bytes();
    while let (Some(letter), length) = bstr::decode_utf8(rest) {
        rest = &rest[length..];
        let Some(option) = find_letter(letter) else {
            tokens.push(Token::Other([b"-", letter.to_string().as_bytes(), rest].concat().into()));
            return refusal_of_letter(letter).map_or(Ok(()), Err);
        };
        if !option.takes_value() {
            tokens.push(Token::Flag(option));
            continue;
        }
        let value = Some(rest.as_bstr()).filter(|rest| !rest.is_empty()).or_else(|| words.next());
        tokens.push(match value {
            Some(value) => Token::Option(option, value.to_owned()),
            None => Token::Other(format!("--{}", option.long).into()),
        });
        return Ok(());
    }
    if !rest.is_empty() {
        tokens.push(Token::Other([b"-", rest].concat().into()));
    }
    Ok(())
}

/// The option of that long name, of one of its other names, or of the one name that begins so.
fn find_long(name: &str) -> Option<&'static OptionRow> {
    find(name).or_else(|| {
        // What curl's options leave to nobody is free for ours.
        let (ours, curls): (Vec<_>, Vec<_>) =
            all().filter(|option| option.long.starts_with(name)).partition(|option| option.is_ours);
        let similar = if curls.is_empty() { ours } else { curls };
        similar.first().filter(|_| similar.len() == 1 && name.len() > 1 && refusal(name).is_none()).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tokens: &[Token]) -> Vec<String> {
        tokens.iter().map(Token::to_string).collect()
    }

    fn normal(line: &str) -> String {
        let words: Vec<BString> = line.split(' ').map(BString::from).collect();
        let tokens = read(&words).unwrap_or_else(|what| panic!("{line}: {what}"));
        groups(tokens).iter().map(|group| shown(group).join(" ")).collect::<Vec<_>>().join(" | ")
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
            ("-i a --next --no-include b -i --next -s", "--include a | b --include | --silent"),
            ("--no-clobber", "--no-clobber"),
            ("-N --no-progress-meter --buffer x --progress-meter", "x"),
            ("--no-ntlm --no-npn --alpn --sessionid --no-keepalive --keepalive x", "x"),
            ("--inc --show-headers", "--include --include"),
            ("--reques PUT", "--reques PUT"),
            ("--exp 1 --ti x --raw-s", "--expect100-timeout=1 --time-cond=x --raw-strings"),
            ("--request PUT --request-t x", "--request=PUT --request-target=x"),
            ("-d", "--data"),
            ("--help -h", "--help -h"),
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
            "a" => "# remark\nsilent\ndata = \"x \\\"y\\\" \\t\" \nrequest: PUT # rest\n-ume:x=y\n-K b\n",
            "b" => "url http://h/\nvariable name=x\n",
            "next" => "next\nurl x\nnext\ndata y\nnext\nurl z\n",
            "back" => "no-silent\nget\n",
            "loop" => "config loop",
            _ => "data \"open",
        };
        let expand = |line: &str| {
            let words: Vec<BString> = line.split(' ').map(BString::from).collect();
            let tokens = read(&words).map_err(Fault::Usage)?;
            let mut read_file = |name: &Path| Ok(text(name.to_str().unwrap()).as_bytes().to_vec());
            let mut outside = Outside { read_file: &mut read_file, environment: &|_| None };
            let resolved = resolve(tokens, &mut outside, &mut Variables::default());
            let shown = |group: &Vec<Token>| shown(group).join("|");
            resolved.map(|tokens| groups(tokens).iter().map(shown).collect::<Vec<_>>().join("|--next|"))
        };
        assert_eq!(
            expand("-i -Ka x").unwrap(),
            "--include|--silent|--data=x \"y\" \t|--request=PUT|--user=me:x=y|--url=http://h/|x"
        );
        assert_eq!(
            expand("--expand-data {{name}} -Ka --expand-url-q={{name}}{{name:b64}} --data {{name}}").unwrap(),
            "--data=|--silent|--data=x \"y\" \t|--request=PUT|--user=me:x=y|--url=http://h/|--url-query=xeA==|--data={{name}}"
        );
        assert_eq!(
            expand("-i -K next -K next").unwrap(),
            "--include|--url=x|--next|--data=y|--url=z|--next|--url=x|--next|--data=y|--url=z"
        );
        assert_eq!(expand("-i --next x").unwrap(), "--include|--next|x", "on the command line it says what curl says");
        assert_eq!(expand("-s -Kback x --no-get").unwrap(), "x");
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
        let refused = read(&["--ntlm".into()]).err();
        assert_eq!(
            refused.as_deref(),
            Some("'--ntlm': NTLM is not built in; --anyauth takes what else the server offers")
        );
    }
}

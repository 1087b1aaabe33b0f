//! The usual options, read without clap.
//!
//! Making clap's definitions of more than a hundred arguments takes longer than everything else that a small request
//! does. A command line that holds nothing but what is listed here, and nothing to say about it, is spared that; any
//! other is left to clap, which also says what is wrong. The tests hold each entry, and each pair of them, against clap.

use super::request::{DataKind, DataPart, Destination, RequestArgs, Word};

/// One option, and what it does to the arguments.
struct Usual {
    long: &'static str,
    letter: Option<char>,
    take: Take,
}

/// What is done with an option.
#[derive(Clone, Copy)]
enum Take {
    Flag(fn(&mut RequestArgs)),
    Value(fn(&mut RequestArgs, String)),
}

const fn flag(long: &'static str, letter: Option<char>, set: fn(&mut RequestArgs)) -> Usual {
    Usual { long, letter, take: Take::Flag(set) }
}

const fn value(long: &'static str, letter: Option<char>, set: fn(&mut RequestArgs, String)) -> Usual {
    Usual { long, letter, take: Take::Value(set) }
}

/// Options whose meaning depends on no other option, and that take any text or none.
const USUAL: &[Usual] = &[
    value("request", Some('X'), |args, text| args.request = Some(text)),
    value("header", Some('H'), |args, text| args.header.push(text)),
    value("data", Some('d'), |args, text| part(&mut args.data, &mut args.parts, DataKind::Data, text)),
    value("data-raw", None, |args, text| part(&mut args.data_raw, &mut args.parts, DataKind::Raw, text)),
    value("data-binary", None, |args, text| part(&mut args.data_binary, &mut args.parts, DataKind::Binary, text)),
    value("data-urlencode", None, |args, text| {
        part(&mut args.data_urlencode, &mut args.parts, DataKind::Encoded, text)
    }),
    value("json", None, |args, text| part(&mut args.json, &mut args.parts, DataKind::Json, text)),
    flag("get", Some('G'), |args| args.get = true),
    value("url-query", None, |args, text| args.url_query.push(text)),
    flag("head", Some('I'), |args| args.head = true),
    value("upload-file", Some('T'), |args, text| args.upload_file.push(text)),
    value("user", Some('u'), |args, text| args.user = Some(text)),
    value("user-agent", Some('A'), |args, text| args.user_agent = Some(text)),
    value("referer", Some('e'), |args, text| args.referer = Some(text)),
    value("range", Some('r'), |args, text| args.range = Some(text)),
    value("cookie", Some('b'), |args, text| args.cookie.push(text)),
    value("cookie-jar", Some('c'), |args, text| args.cookie_jar = Some(text.into())),
    value("oauth2-bearer", None, |args, text| args.oauth2_bearer = Some(text)),
    flag("compressed", None, |args| args.compressed = true),
    flag("globoff", Some('g'), |args| args.globoff = true),
    flag("path-as-is", None, |args| args.path_as_is = true),
    value("request-target", None, |args, text| args.request_target = Some(text)),
    flag("http1.0", Some('0'), |args| args.http1_0 = true),
    flag("dry-run", None, |args| args.dry_run = true),
    flag("offline", None, |args| args.dry_run = true),
    flag("include", Some('i'), |args| args.include = true),
    flag("show-headers", None, |args| args.include = true),
    flag("echo-headers", None, |args| args.echo_headers = true),
    flag("verbose", Some('v'), |args| args.verbose = true),
    flag("fail", Some('f'), |args| args.fail = true),
    flag("raw", None, |args| args.raw = true),
    value("output", Some('o'), |args, text| {
        args.destinations.push(Destination::File(text.clone().into()));
        args.output.push(text.into());
    }),
    value("dump-header", Some('D'), |args, text| args.dump_header = Some(text.into())),
    value("write-out", Some('w'), |args, text| args.write_out = Some(text)),
    flag("silent", Some('s'), |args| args.silent = true),
    flag("show-error", Some('S'), |args| args.show_error = true),
    flag("no-progress-meter", None, |args| args.no_progress_meter = true),
    flag("location", Some('L'), |args| args.location = true),
    flag("insecure", Some('k'), |args| args.insecure = true),
    value("cacert", None, |args, text| args.cacert = Some(text.into())),
    value("proxy", Some('x'), |args, text| args.proxy = Some(text)),
    value("unix-socket", None, |args, text| args.unix_socket = Some(text.into())),
];

fn part(values: &mut Vec<String>, parts: &mut Vec<DataPart>, kind: DataKind, value: String) {
    parts.push(DataPart { kind, value: value.clone() });
    values.push(value);
}

/// Reads what comes after `request`; `None` leaves it to clap.
pub(super) fn read<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<RequestArgs> {
    let mut args = RequestArgs::default();
    let mut words = words.into_iter().peekable();
    words.next_if_eq(&"curl");
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--") {
            let (name, inline) = long.split_once('=').map_or((long, None), |(name, text)| (name, Some(text)));
            match (USUAL.iter().find(|usual| usual.long == name)?.take, inline) {
                (Take::Flag(set), None) => set(&mut args),
                (Take::Flag(_), Some(_)) => return None,
                (Take::Value(set), _) => set(&mut args, text(inline.or_else(|| words.next()))?),
            }
        } else if let Some(letters) = word.strip_prefix('-') {
            read_letters(letters, &mut words, &mut args)?;
        } else {
            let word = text(Some(word))?;
            args.targets.push(Word::Plain(word.clone()));
            args.words.push(word);
        }
    }
    Some(args)
}

/// Letters after one dash: flags, up to the first that takes a value, which is the rest or the next word.
fn read_letters<'w>(letters: &'w str, words: &mut impl Iterator<Item = &'w str>, args: &mut RequestArgs) -> Option<()> {
    let mut rest = letters.chars();
    let mut next = Some(rest.next()?);
    while let Some(letter) = next {
        match USUAL.iter().find(|usual| usual.letter == Some(letter))?.take {
            Take::Flag(set) => set(args),
            Take::Value(set) => {
                let inline = Some(rest.as_str()).filter(|rest| !rest.is_empty());
                set(args, text(inline.or_else(|| words.next()))?);
                return Some(());
            }
        }
        next = rest.next();
    }
    Some(())
}

/// A value that is there. Whether an empty one will do is for clap to say.
fn text(value: Option<&str>) -> Option<String> {
    value.filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::{Asked, Outside, parse_whole};
    use super::*;

    /// What clap makes of it.
    fn whole(words: &[String]) -> String {
        let argv = ["httpkit", "request"].into_iter().map(OsString::from).chain(words.iter().map(OsString::from));
        let mut read_file = |name: &str| Err(format!("{name} is not read"));
        let mut outside = Outside { read_file: &mut read_file, environment: &|_: &str| None };
        match parse_whole(argv.collect(), &mut outside) {
            Ok(Asked::Requests(groups)) => groups.iter().map(|args| format!("{args:?}")).collect(),
            other => panic!("{words:?}: {other:?}"),
        }
    }

    fn usual(words: &[String]) -> Option<String> {
        read(words.iter().map(String::as_str)).map(|args| format!("{args:?}"))
    }

    /// An option as it may be typed, with a value that tells it from others.
    fn typed(usual: &Usual, place: usize) -> Vec<Vec<String>> {
        let long = format!("--{}", usual.long);
        let short = usual.letter.map(|letter| format!("-{letter}"));
        match usual.take {
            Take::Flag(_) => [Some(long), short].into_iter().flatten().map(|word| vec![word]).collect(),
            Take::Value(_) => {
                let value = format!("-v=@{place}");
                let mut all = vec![vec![long.clone(), value.clone()], vec![format!("{long}={value}")]];
                if let Some(short) = short {
                    all.extend([vec![short.clone(), value.clone()], vec![format!("{short}{value}")]]);
                }
                all
            }
        }
    }

    #[test]
    fn each_option_is_read_as_clap_reads_it() {
        for (place, option) in USUAL.iter().enumerate() {
            for words in typed(option, place) {
                let words = [vec!["PUT".to_owned()], words, vec!["h/".to_owned()]].concat();
                assert_eq!(usual(&words), Some(whole(&words)), "{words:?}");
            }
        }
    }

    #[test]
    fn each_pair_is_read_as_clap_reads_it() {
        let last = |usual: &Usual, place| typed(usual, place).pop().unwrap_or_default();
        for (first, second) in USUAL.iter().flat_map(|first| USUAL.iter().map(move |second| (first, second))) {
            let words = [last(first, 1), vec!["h/".to_owned()], last(second, 2)].concat();
            assert_eq!(usual(&words), Some(whole(&words)), "{words:?}");
        }
    }

    #[test]
    fn everything_else_is_left_to_clap() {
        for words in [
            "--help",
            "-h",
            "h -",
            "h --",
            "h --next h",
            "h --include=1",
            "h --no-include",
            "h -iZ",
            "h -o",
            "h -id",
            "h --output=",
            "h --fail-with-body",
            "h --max-time 1",
            "h --dialect names",
            "h -K f",
            "h --ftp-pasv",
            "h -\u{e9}",
        ] {
            assert!(read(words.split(' ')).is_none(), "{words}");
        }
        assert!(read(["h", "-H", ""]).is_none());
        assert!(read([""]).is_none());
    }

    #[test]
    fn letters_stand_together_and_a_pasted_line_begins_with_curl() {
        for words in [&["curl", "-isSL", "h"][..], &["-svo", "f", "h"], &["-XPUT", "-d@f", "h", "curl"], &[]] {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(usual(&words), Some(whole(&words)), "{words:?}");
        }
    }
}

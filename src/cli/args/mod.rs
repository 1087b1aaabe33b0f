//! What may be typed. The types here only record and validate; what is meant by it is decided in the stories.

mod completion;
mod config;
mod definition;
mod dialect;
mod generated;
mod help;
mod instead;
mod options;
mod quantities;
mod queries;
mod refused;
mod request;
mod serve;
mod short;
mod slip;
mod values;
mod variables;
mod words;

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use bstr::{BString, ByteSlice};
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, Command};

pub use completion::Completion;
use definition::{help_arg, named, names};
pub use dialect::DialectChoice;
pub use generated::Generate;
pub use help::{Described, DescribedOption, HelpWish, Side, What, brief, described};
pub use instead::Instead;
pub use options::{completion, inline_value};
pub use quantities::{Size, Time, TimeRange};
pub use queries::QUERIES;
pub use request::{DataKind, DataPart, Destination, RequestArgs, Spelling, Word};
pub use serve::{AccessChoice, CellTypesChoice, LogChoice, ServeArgs, SyncChoice};
pub(super) use slip::meant;
pub use values::{FIELDS, METHODS, Parts, Pretty, TimingWish, Tool, When, WireWish, url_text};
pub use variables::UNRESERVED;
use variables::{Fault, Variables};
pub use words::Outside;
use words::Token;

/// What a command line asks for.
#[derive(Debug)]
pub enum Asked {
    /// Requests: one set of arguments for each group that `--next` parts.
    Requests(Vec<RequestArgs>),
    /// A server.
    Serve(Box<ServeArgs>),
    /// Something about the program itself.
    Help(HelpWish),
    /// A text that is made from the definitions of the arguments.
    Generated(Generate),
}

/// The program's arguments as clap knows them, with those of both sides.
pub fn command() -> Command {
    program().subcommand(options::command()).subcommand(serve::command())
}

/// The program without its sides: the definitions of a side are made only if they are asked for.
fn program() -> Command {
    let generate = Arg::new("generate")
        .long("generate")
        .value_name("WHAT")
        .value_parser(PossibleValuesParser::new(names::<Generate>()))
        .help("Print completions for a shell, or a man page, and do nothing else");
    Command::new("httpkit")
        .version(env!("CARGO_PKG_VERSION"))
        .about("See HTTP: serve a JSON or CSV file as an API, and send requests with curl's own options")
        .override_usage("httpkit [METHOD] URL [ITEM]... [OPTIONS]\n       httpkit serve [FILE]... [OPTIONS]")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .args_conflicts_with_subcommands(true)
        .arg(help_arg())
        .arg(generate)
}

/// Reads a command line, the program's name first; configuration files and variables come from `outside`.
///
/// # Errors
/// Whatever clap refuses, and its answers to `--help` and `--version`; an option of curl that is not built in; a
/// configuration file or a variable that cannot be read.
pub fn parse(argv: impl IntoIterator<Item = OsString>, outside: &mut Outside<'_>) -> Result<Asked, clap::Error> {
    let argv: Vec<OsString> = argv.into_iter().collect();
    if let Some(wish) = HelpWish::of(&argv) {
        return Ok(Asked::Help(wish));
    }
    let first = argv.get(1).and_then(|word| word.to_str()).unwrap_or_default();
    if let Some(own) = short::meant_own(first) {
        let what = format!("there is no option '{first}', did you mean '{own}'?");
        return Err(refusal(ErrorKind::UnknownArgument, &what));
    }
    let mut command = match first {
        "request" => return read_requests(&argv[2..], Spelling::Curl, outside),
        "serve" => program().subcommand(serve::command()),
        word if short::is_request(word, argv.len() > 2) => return read_requests(&argv[1..], Spelling::Short, outside),
        _ => command(),
    };
    if let Some(method) = meant(first, METHODS.iter().copied()).filter(|_| argv.len() > 2) {
        let what = format!("'{first}' is no method, did you mean '{method}'?");
        return Err(refusal(ErrorKind::InvalidSubcommand, &what));
    }
    let matches = command.try_get_matches_from_mut(argv)?;
    let said = |what: String| command.clone().error(ErrorKind::InvalidValue, what);
    match (matches.get_one::<String>("generate"), matches.subcommand_matches("serve")) {
        (Some(what), _) => named(what).map(Asked::Generated).map_err(said),
        (None, Some(matches)) => serve::read(matches).map(|args| Asked::Serve(Box::new(args))).map_err(said),
        (None, None) => Err(command.error(ErrorKind::MissingSubcommand, "expected 'request' or 'serve'")),
    }
}

/// The arguments of each group in what comes after `request`.
fn read_requests(arguments: &[OsString], spelling: Spelling, outside: &mut Outside<'_>) -> Result<Asked, clap::Error> {
    let words: Vec<BString> = arguments.iter().map(|word| word.as_bytes().into()).collect();
    let mut variables = Variables::default();
    let tokens = words::read(&words).map_err(Fault::Usage);
    if let Ok(tokens) = &tokens
        && let Some(wish) = help_wish(tokens, arguments)
    {
        return Ok(Asked::Help(wish));
    }
    let tokens = tokens.and_then(|tokens| words::resolve(tokens, outside, &mut variables));
    let tokens = tokens.map_err(|fault| match fault {
        Fault::Usage(what) => refusal(ErrorKind::InvalidValue, &what),
        Fault::Read(what) => refusal(ErrorKind::Io, &what),
    })?;
    let mut groups = words::groups(tokens)
        .iter()
        .map(|tokens| read_group(tokens).map_err(|what| word_of_clap(tokens, &what)))
        .collect::<Result<Vec<RequestArgs>, clap::Error>>()?;
    if let Some(first) = groups.first_mut() {
        first.warnings = variables.warnings;
    }
    share(&mut groups);
    groups.iter_mut().for_each(|group| group.spelling = spelling);
    Ok(Asked::Requests(groups))
}

/// Has what is meant for a run hold in all its groups: all exchanges are in one archive, what is in place of the content is
/// so for all, and where something is done instead of sending, nothing is sent.
fn share(groups: &mut [RequestArgs]) {
    let har = groups.iter().rev().find_map(|args| args.har.clone());
    let wire = groups.iter().rev().find_map(|args| args.wire);
    let as_tool = groups.iter().rev().find_map(|args| args.as_tool);
    let (dry_run, explain) = (groups.iter().any(|args| args.dry_run), groups.iter().any(|args| args.explain));
    for args in groups {
        args.har.clone_from(&har);
        (args.wire, args.as_tool, args.dry_run, args.explain) = (wire, as_tool, dry_run, explain);
    }
}

/// What is asked about requests, if anything is.
fn help_wish(tokens: &[Token], arguments: &[OsString]) -> Option<HelpWish> {
    let asked = tokens.iter().find(|token| token.asks_for_help())?;
    let at = arguments.iter().rposition(|word| *word == *asked.to_string())?;
    HelpWish::read(&arguments[at..], Some(Side::Request))
}

/// The arguments of one group.
///
/// # Errors
/// Something that clap refuses or answers.
fn read_group(tokens: &[Token]) -> Result<RequestArgs, String> {
    let mut args = RequestArgs::default();
    for token in tokens {
        match token {
            Token::Flag(option) => option.apply(&mut args, BString::default())?,
            Token::Option(option, value) | Token::Expand(option, value) => option.apply(&mut args, value.clone())?,
            Token::Word(word) => args.targets.push(Word::plain(word.as_bstr())),
            // Those of a group are settled before.
            Token::Unset(_) => {}
            Token::Other(word) => return Err(format!("unexpected '{word}'")),
        }
    }
    // A variable of a script that is not set shall not pass for a URL.
    if args.targets.contains(&Word::Plain(String::new())) {
        return Err("a URL is empty, expected one as in 'httpkit request http://example.com/'".to_owned());
    }
    if args.dialect != DialectChoice::Http {
        args.http_only = tokens.iter().filter_map(Token::option).find(|option| !option.is_in_dialects).map(|o| o.long);
    }
    Ok(args)
}

/// What clap says of a group that is refused here, and if it says nothing, what was said here.
fn word_of_clap(tokens: &[Token], what: &str) -> clap::Error {
    let argv = ["httpkit", "request"].into_iter().map(OsString::from).chain(words::write(tokens));
    // Where any value will do, it lists none as if no other were allowed.
    let open = |arg: Arg| match arg.is_hide_possible_values_set() {
        true => arg.value_parser(clap::value_parser!(OsString)),
        false => arg,
    };
    let matches = program().subcommand(options::command().mut_args(open)).try_get_matches_from(argv);
    // It does not say whose value is not UTF-8.
    let error = matches.err().filter(|error| error.kind() != ErrorKind::InvalidUtf8);
    error.unwrap_or_else(|| refusal(ErrorKind::InvalidValue, what))
}

fn refusal(kind: ErrorKind, what: &str) -> clap::Error {
    clap::Error::raw(kind, format!("{what}\n")).with_cmd(&program())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn tokens(words: &[&str]) -> Vec<Token> {
        let words: Vec<BString> = words.iter().map(|word| BString::from(*word)).collect();
        words::read(&words).unwrap_or_else(|what| panic!("{words:?}: {what}"))
    }

    fn args(line: &str) -> RequestArgs {
        let words: Vec<&str> = line.split(' ').collect();
        read_group(&tokens(&words)).unwrap_or_else(|what| panic!("{line}: {what}"))
    }

    #[test]
    fn no_name_is_there_twice() {
        // clap looks for names and letters that are given twice, and for rivals that are not there.
        command().debug_assert();
    }

    #[test]
    fn clap_refuses_what_is_refused_here_and_nothing_else() {
        let values = [
            "",
            "1",
            "-1",
            "1.5",
            "4294967296",
            "99999999999999999999",
            "2k",
            "http",
            "default",
            "all",
            "auto",
            "HB",
            "x",
        ];
        let mut command = program().subcommand(options::command());
        let mut refused = |tokens: &[Token]| {
            let argv = ["httpkit", "request"].into_iter().map(OsString::from).chain(words::write(tokens));
            command.try_get_matches_from_mut(argv).err().map(|error| error.to_string())
        };
        for option in options::all() {
            let tokens = match option.takes_value() {
                true => values.map(|value| vec![Token::Option(option, value.into())]).to_vec(),
                false => vec![vec![Token::Flag(option)], vec![Token::Flag(option), Token::Flag(option)]],
            };
            for tokens in tokens {
                let (here, clap) = (read_group(&tokens).err(), refused(&tokens));
                assert_eq!(here.is_some(), clap.is_some(), "{}: {here:?}, {clap:?}", tokens[0]);
            }
        }
        for words in [&["-o"][..], &["--silent=1"], &["-sh"], &["--unknown"], &["-%"]] {
            let tokens = tokens(words);
            assert!(read_group(&tokens).is_err() && refused(&tokens).is_some(), "{words:?}");
        }
    }

    #[test]
    fn serve_has_its_defaults_and_what_was_typed() {
        let read = |line: &str| {
            let mut read_file = |name: &Path| Err(format!("{} is not read", name.display()));
            let mut outside = Outside { read_file: &mut read_file, environment: &|_: &str| None };
            match parse(line.split(' ').map(OsString::from), &mut outside) {
                Ok(Asked::Serve(args)) => *args,
                other => panic!("{line}: {other:?}"),
            }
        };
        let args = read("httpkit serve");
        assert_eq!((args.port, args.host.as_str(), args.files.len()), (8080, "127.0.0.1", 0));
        assert_eq!([args.max_head.0, args.max_target.0, args.max_body.0], [32 << 10, 8 << 10, 16 << 20]);
        assert_eq!((args.max_fields, args.max_connections), (100, 10_000));
        let times = [args.head_timeout, args.body_timeout, args.idle_timeout, args.write_timeout];
        assert_eq!(times.map(|time| time.0.as_secs()), [10, 10, 60, 30]);
        assert_eq!((args.types, args.sync), (CellTypesChoice::Text, SyncChoice::Each));
        assert_eq!((args.log, args.color, args.dialect), (LogChoice::Short, When::Auto, DialectChoice::Http));
        let args =
            read("httpkit serve a.csv -p0 --key a --key b=c --types auto --log json --read-only b.json --max-head=1k");
        assert_eq!((args.port, args.files.len(), args.key.join(" ").as_str()), (0, 2, "a b=c"));
        assert_eq!((args.types, args.log, args.max_head), (CellTypesChoice::Auto, LogChoice::Json, Size(1024)));
        assert!(args.read_only && !args.create && args.token.is_none());
    }

    #[test]
    fn of_options_that_exclude_one_another_the_last_holds() {
        for (line, same) in [
            ("-X GET -X PUT", "-X PUT"),
            ("-v --trace t", "--trace t"),
            ("--trace t -v", "-v"),
            ("--trace-ascii a --trace t", "--trace t"),
            ("--digest --basic", "--basic --digest"),
            ("-4 -6", "-6"),
            ("-6 -4", "-4"),
            ("--http2 -0", "-0"),
            ("-0 --http2-prior-knowledge", "--http2-prior-knowledge"),
            ("--http2 --http1.1", "--http1.1"),
            ("-m 1 --max-time 2", "-m 2"),
        ] {
            let read = |line: &str| format!("{:?}", args(format!("h {line}").trim_end()));
            assert_eq!(read(line), read(same), "{line}");
        }
    }

    #[test]
    fn an_option_means_something_in_dialects_or_is_known_not_to() {
        for option in options::all() {
            let is_known = |dialect: &str| {
                let mut tokens = tokens(&["--dialect", dialect]);
                tokens.push(match option.takes_value() {
                    true => Token::Option(option, "1".into()),
                    false => Token::Flag(option),
                });
                read_group(&tokens).map(|args| args.http_only)
            };
            // A value that will not do is refused before.
            let Ok(http_only) = is_known("pairs") else { continue };
            assert_eq!(http_only, (!option.is_in_dialects).then_some(option.long));
            assert_eq!(is_known("http"), Ok(None), "{}", option.long);
        }
    }

    #[test]
    #[ignore = "needs curl"]
    fn a_row_says_whether_curl_has_its_option() {
        let output = std::process::Command::new("curl").args(["--help", "all"]).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        // Each line is ` -X, --name <value> What it does`.
        let names = help.lines().filter_map(|line| line.split_whitespace().find_map(|word| word.strip_prefix("--")));
        let curls: Vec<&str> = names.collect();
        assert!(curls.len() > 200, "{}", curls.len());
        for name in curls.iter().filter(|name| **name != "help") {
            assert!(options::find(name).is_none_or(|option| !option.is_ours), "{name}");
            // One that is refused is known, too.
            let tokens = words::read(&[format!("--{name}").into(), "1".into()]).unwrap_or_default();
            assert!(!tokens.iter().any(|token| matches!(token, Token::Other(_))), "{name}");
        }
        // An older curl has not all of them.
        for option in options::all().filter(|option| option.is_ours) {
            assert!(!curls.contains(&option.long) && refused::refusal(option.long).is_none(), "{}", option.long);
        }
    }

    #[test]
    fn what_is_typed_keeps_its_order() {
        let read = args("POST h/ -d a --json b -F c --form-string d --url e -o f -O -- -g");
        let word = |text: &str| Word::Plain(text.to_owned());
        assert_eq!(read.targets, [word("POST"), word("h/"), Word::Url("e".to_owned()), word("-g")]);
        let part = |kind, value: &str| DataPart { kind, value: value.into() };
        assert_eq!(read.parts, [part(DataKind::Data, "a"), part(DataKind::Json, "b")]);
        assert_eq!(read.forms, [(false, "c".into()), (true, "d".into())]);
        assert_eq!(read.destinations, [Destination::File("f".into()), Destination::RemoteName]);
    }
}

//! From what was typed to what is meant: plain data, before anything happens.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{content, dialect, fields, limits, output, target};
use crate::cli::args::{DialectChoice, RequestArgs};
use crate::client::dialect::Dialect;
use crate::client::transport::Settings;
use crate::client::{
    Body, Content, Credentials, Error, FieldLine, FieldWish, Follow, Kind, Piece, Protocol, Reading, RequestSpec,
    TargetUri, parse_user,
};

/// All that one group of options asks for.
#[derive(Debug)]
pub(super) struct Plan {
    /// What is sent, in order.
    pub(super) transfers: Vec<Transfer>,
    /// Where the output goes and how it looks.
    pub(super) layout: output::Layout,
    /// How connections are made.
    pub(super) settings: Settings,
    /// How redirects are followed.
    pub(super) follow: Follow,
    /// What is spoken, if it is not HTTP.
    pub(super) dialect: Option<Dialect>,
    /// What the user should know, though it is no failure.
    pub(super) warnings: Vec<String>,
}

/// One URL and what is asked of it.
#[derive(Debug)]
pub(super) struct Transfer {
    /// The URL as it was typed.
    pub(super) url: String,
    /// What it means, or why it means nothing.
    pub(super) target: Result<TargetUri, Error>,
    /// The request.
    pub(super) spec: RequestSpec,
    /// The file for the content, if it does not go to standard output.
    pub(super) file: Option<PathBuf>,
}

/// What stands outside of the command line.
pub(super) struct Surroundings<'a> {
    /// Standard input, read where the command line says `-`.
    pub(super) input: &'a mut dyn Read,
    /// Looks an environment variable up.
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
}

/// Understands a command line.
///
/// # Errors
/// `Kind::Usage` for options that contradict each other, `Kind::Read` for input that cannot be read.
pub(super) fn spec(args: &RequestArgs, around: &mut Surroundings<'_>) -> Result<Plan, Error> {
    let mut warnings = Vec::new();
    let (word, urls) = target::split(&args.targets);
    if urls.is_empty() {
        return Err(Error::new(Kind::Usage, "no URL, expected 'httpkit request [METHOD] URL'; try --help"));
    }
    let data = data(args, around)?;
    let queries = queries(args, data.as_ref(), around)?;
    let request = RequestSpec {
        method: args.request.clone().or(word),
        head_only: args.head,
        protocol: if args.http1_0 { Protocol::Http10 } else { Protocol::Http11 },
        request_target: args.request_target.clone(),
        fields: typed_fields(args, around, &mut warnings)?,
        user_agent: args.user_agent.clone(),
        referer: args.referer.as_deref().map(|text| text.strip_suffix(";auto").unwrap_or(text).to_owned()),
        range: args.range.as_deref().map(|text| range(text, &mut warnings)),
        credentials: args.user.as_deref().map(|text| Credentials::Basic(parse_user(text))),
        body: body(args, data),
        ..RequestSpec::default()
    };
    check_body(args, &request)?;
    let transfers = urls
        .iter()
        .enumerate()
        .map(|(place, url)| transfer(args, url, place, &request, &queries, around))
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(Plan {
        transfers,
        layout: output::layout(args, around.variable),
        settings: limits::settings(args)?,
        follow: limits::follow(args),
        dialect: dialect::of(args)?,
        warnings,
    })
}

fn transfer(
    args: &RequestArgs,
    url: &str,
    place: usize,
    request: &RequestSpec,
    queries: &[String],
    around: &Surroundings<'_>,
) -> Result<Transfer, Error> {
    let port = (around.variable)("HTTPKIT_PORT");
    let mut target = target::read(url, reading(args), port.as_deref());
    if args.dialect != DialectChoice::Http {
        target = target.and_then(|target| dialect::with_port(target, url, port.as_deref()));
    }
    let mut spec = request.clone();
    if let Some(name) = args.upload_file.get(place).filter(|name| !name.is_empty()) {
        spec.body = Body::Upload(upload(name)?);
        if let Ok(target) = &mut target {
            add_file_name(target, name);
        }
    }
    if let Ok(target) = &mut target {
        for query in queries {
            target.query = Some(match target.query.take().filter(|query| !query.is_empty()) {
                Some(before) => format!("{before}&{query}"),
                None => query.clone(),
            });
        }
    }
    let file = args.output.get(place).filter(|path| path.as_os_str() != "-").cloned();
    Ok(Transfer { url: url.to_owned(), target, spec, file })
}

/// How URLs are read.
pub(super) fn reading(args: &RequestArgs) -> Reading {
    Reading { path_as_is: args.path_as_is, spaces: false }
}

fn data(args: &RequestArgs, around: &mut Surroundings<'_>) -> Result<Option<Content>, Error> {
    match args.parts.is_empty() {
        true => Ok(None),
        false => content::join(&args.parts, around.input).map(Some),
    }
}

/// What is added to the query: the data with `-G`, and `--url-query`.
fn queries(args: &RequestArgs, data: Option<&Content>, around: &mut Surroundings<'_>) -> Result<Vec<String>, Error> {
    let mut queries = Vec::new();
    for text in &args.url_query {
        queries.push(match text.strip_prefix('+') {
            Some(raw) => raw.to_owned(),
            None => content::encoded(text, around.input)?,
        });
    }
    if let Some(data) = data.filter(|_| args.get) {
        let mut octets = Vec::new();
        let read = data.open(&mut std::io::empty())?.read_to_end(&mut octets);
        read.map_err(|error| Error::new(Kind::Read, crate::client::reason(&error)))?;
        queries.push(String::from_utf8(octets).map_err(|_| Error::new(Kind::Usage, "-G: the data is not UTF-8"))?);
    }
    // Data may hold anything; a query may not.
    let encode =
        |query: &String| TargetUri::parse(&format!("http://h/?{query}"), Reading { spaces: true, path_as_is: true });
    queries.iter().map(|query| Ok(encode(query)?.query.unwrap_or_default())).collect()
}

fn body(args: &RequestArgs, data: Option<Content>) -> Body {
    match data {
        Some(content) if !args.get => Body::Data(content, Some("application/x-www-form-urlencoded".to_owned())),
        _ => Body::None,
    }
}

/// Content and its absence contradict each other.
fn check_body(args: &RequestArgs, request: &RequestSpec) -> Result<(), Error> {
    let wishes = [
        (args.head, "-I"),
        (!matches!(request.body, Body::None), "-d"),
        (args.upload_file.iter().any(|name| !name.is_empty()), "-T"),
    ];
    let named: Vec<&str> = wishes.iter().filter(|(is_wished, _)| *is_wished).map(|(_, name)| *name).collect();
    match named.as_slice() {
        [first, second, ..] => {
            Err(Error::new(Kind::Usage, format!("{first} and {second} ask for different methods, take one of them")))
        }
        _ => Ok(()),
    }
}

fn upload(name: &str) -> Result<Content, Error> {
    match name {
        "-" | "." => Ok(Content(vec![Piece::Input])),
        path => Ok(Content(vec![content::file(Path::new(path))?])),
    }
}

/// A URL that ends in a slash gets the name of the file that is sent there.
fn add_file_name(target: &mut TargetUri, name: &str) {
    if target.path.ends_with('/') && !matches!(name, "-" | ".") {
        let name = Path::new(name).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let encoded = percent_encoding::utf8_percent_encode(&name, content::UNRESERVED).to_string();
        target.path.push_str(&encoded);
    }
}

/// Custom fields; `--json` adds the two that say JSON, unless they were typed.
fn typed_fields(
    args: &RequestArgs,
    around: &mut Surroundings<'_>,
    warnings: &mut Vec<String>,
) -> Result<Vec<FieldWish>, Error> {
    let mut wishes = fields::read(&args.header, around.input, &mut |text| warnings.push(text))?;
    if !args.json.is_empty() {
        for name in ["Content-Type", "Accept"] {
            let is_typed = wishes.iter().any(|wish| match wish {
                FieldWish::Send(line) => line.is(name),
                FieldWish::Omit(omitted) => omitted.eq_ignore_ascii_case(name),
            });
            if !is_typed {
                wishes.push(FieldWish::Send(FieldLine::new(name, "application/json")));
            }
        }
    }
    Ok(wishes)
}

fn range(text: &str, warnings: &mut Vec<String>) -> String {
    match text.contains('-') {
        true => format!("bytes={text}"),
        false => {
            warnings.push(format!("range '{text}' has no dash and is taken as '{text}-'"));
            format!("bytes={text}-")
        }
    }
}

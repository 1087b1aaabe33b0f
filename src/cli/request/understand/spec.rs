//! From what was typed to what is meant: plain data, before anything happens.

use std::ffi::OsStr;
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::BString;

use super::glob::Globbed;
use super::target::reading;
use super::upload::{self, Upload};
use super::urls::{self, Named};
use super::{content, destination, dialect, fields, form, items, limits, raw, target};
use crate::cli::args::{Destination, DialectChoice, RequestArgs, url_text};
use crate::cli::request::layout::Layout;
use crate::cli::request::plan::{Form, Plan, Transfer};
use crate::cli::request::retry::Retry;
use crate::client::form::Quoting;
use crate::client::{
    AuthScheme, Body, Content, Credentials, Error, FieldLine, FieldWish, Kind, Netrc, NetrcWish, Protocol, Reading,
    RequestSpec, TargetUri, has_scheme, last_segment, parse_user,
};

/// What stands outside of the command line.
pub(crate) struct Surroundings<'a> {
    /// Standard input, read where the command line says `-`.
    pub(crate) input: &'a mut dyn Read,
    /// Looks an environment variable up.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<String>,
}

/// Understands a command line.
///
/// # Errors
/// `Kind::Usage` for options that contradict each other, `Kind::Read` for input that cannot be read.
pub(crate) fn spec(args: &RequestArgs, around: &mut Surroundings<'_>) -> Result<Plan, Error> {
    let mut warnings = args.warnings.clone();
    limits::default_scheme(args)?;
    let args = &*items::read(args, target::split(&args.targets).1, around.input)?;
    let (word, words) = target::split(&args.targets);
    warnings.extend(target::slip(&args.targets));
    let mut urls = urls::named(words, around.input)?;
    urls.iter_mut().for_each(|url| url.word += args.targets.len() - words.len());
    target::check(&args.targets)?;
    let data = data(args, around)?;
    let (typed_cookies, cookie_files) = cookies(&args.cookie);
    let queries = queries(args, data.as_ref(), around)?;
    let netrc = match netrc(args, around) {
        Err(error) if error.kind == Kind::Usage => return Err(error),
        netrc => netrc,
    };
    let mut request = request(args, data, around, &mut warnings)?;
    request.netrc = netrc.as_ref().ok().cloned().flatten();
    request.method = args.request.clone().or(word);
    request.cookies = Some(typed_cookies).filter(|text| !text.is_empty());
    check_body(args)?;
    destination::check(args, urls.len())?;
    warnings.extend(destination::surplus(args, urls.len()));
    limits::some_scheme(args)?;
    let mut transfers = transfers(args, &urls, &request, &queries, around)?;
    if let Err(error) = netrc {
        transfers.iter_mut().for_each(|transfer| transfer.fail(&error));
    }
    let mut layout = Layout::of(args, around.variable);
    layout.write_out = layout.write_out.map(|text| content::format(text, around.input)).transpose()?;
    Ok(Plan {
        urls: urls.len(),
        transfers,
        layout,
        retry: Retry::of(args),
        proxy: limits::proxy(args),
        cookie_files,
        cookie_jar: args.cookie_jar.clone(),
        hsts: args.hsts.clone(),
        junk_session: args.junk_session_cookies,
        settings: limits::settings(args)?,
        follow: limits::follow(args),
        dialect: dialect::of(args)?,
        pace: args.rate,
        form: (!args.forms.is_empty()).then(|| Form { parts: args.forms.clone(), escapes: args.form_escape }),
        raw: raw::read(args, around.input)?,
        warnings,
    })
}

/// The request, but for what the words of the command line say, and its cookies.
fn request(
    args: &RequestArgs,
    data: Option<Content>,
    around: &mut Surroundings<'_>,
    warnings: &mut Vec<String>,
) -> Result<RequestSpec, Error> {
    let mut fields = typed_fields(args, around, warnings)?;
    let quoting = if args.form_escape { Quoting::Backslash } else { Quoting::Percent };
    let mut form_around = form::Around { input: &mut *around.input, warnings };
    let form = form::read(&args.forms, quoting, &mut fields, &mut form_around)?;
    Ok(RequestSpec {
        head_only: args.head,
        protocol: args.protocol.unwrap_or_default(),
        request_target: args.request_target.clone(),
        fields,
        proxy_fields: fields::read(&args.proxy_header, around.input, &mut |what| warnings.push(what))?,
        user_agent: args.user_agent.clone(),
        referer: args.referer.as_ref().map(|text| text.strip_suffix(b";auto").unwrap_or(text).into()),
        obeys: args.follow,
        range: args.range.as_deref().map(|text| range(text, warnings)),
        condition: args.time_cond.as_deref().and_then(|text| limits::condition(text, warnings)),
        compressed: args.compressed,
        // HTTP/2 has no transfer codings, and forbids to ask for them (RFC 9113 8.2.2).
        transfer_codings: args.tr_encoding
            && !matches!(args.protocol, Some(Protocol::Http2 | Protocol::Http2PriorKnowledge)),
        credentials: credentials(args),
        scheme: scheme(args),
        body: match form {
            Some((content, media_type)) => Body::Data(content, Some(media_type)),
            None => body(args, data),
        },
        ..RequestSpec::default()
    })
}

/// What is sent, in order: to each URL, and all that a pattern stands for, each file.
fn transfers(
    args: &RequestArgs,
    urls: &[Named],
    request: &RequestSpec,
    queries: &[String],
    around: &Surroundings<'_>,
) -> Result<Vec<Transfer>, Error> {
    let is_plain = args.globoff || dialect::of(args)?.is_some();
    let mut transfers = Vec::new();
    for (place, url) in urls.iter().enumerate() {
        for file in upload::files(args, place)? {
            for globbed in url.expand(is_plain)? {
                let aim = TypedUrl { url, place, globbed, file: file.clone() };
                transfers.push(transfer(args, aim, request, queries, around)?);
            }
        }
    }
    Ok(transfers)
}

/// One URL of a command line, and the file that is sent there.
struct TypedUrl<'a> {
    url: &'a Named,
    place: usize,
    globbed: Globbed,
    file: Option<Upload>,
}

fn transfer(
    args: &RequestArgs,
    aim: TypedUrl<'_>,
    request: &RequestSpec,
    queries: &[String],
    around: &Surroundings<'_>,
) -> Result<Transfer, Error> {
    let TypedUrl { url: named, place, mut globbed, file } = aim;
    let url = with_scheme(args, &globbed.url);
    let port = (around.variable)("HTTPKIT_PORT");
    let local = local(args, &url)?;
    let mut target = target::read(&url, reading(args), port.as_deref());
    target = target.and_then(|target| limits::schemes(args).check(target.scheme).map(|()| target));
    if args.dialect != DialectChoice::Http {
        target = target.and_then(|target| dialect::with_port(target, &url, port.as_deref()));
    }
    let mut spec = request.clone();
    // What is sent there gives its name to the URL, and not to what comes.
    let name = match (&local, &target) {
        (Some(path), _) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
        (None, target) => target.as_ref().ok().map(|target| last_segment(target).to_owned()),
    };
    if let Some(Upload { path: name, chosen }) = file {
        // What cannot be sent fails when its turn comes.
        match upload::put(&mut spec, &name, args.continue_at.as_deref()) {
            Err(error) if local.is_none() && error.kind != Kind::Usage => target = target.and(Err(error)),
            put => put?,
        }
        if let Ok(target) = &mut target {
            upload::add_file_name(target, &name);
        }
        globbed.chosen.extend(chosen);
    }
    if let Ok(target) = &mut target {
        for query in queries {
            target.query = Some(match target.query.take().filter(|query| !query.is_empty()) {
                Some(before) => format!("{before}&{query}"),
                None => query.clone(),
            });
        }
    }
    let wish = destination::wish(args, named, place);
    let file = destination::file(args, wish, &globbed, name.as_deref())?;
    let is_upload = matches!(spec.body, Body::Upload(_));
    let resume = if is_upload { None } else { destination::resume(args, file.as_deref())? };
    if let Some(from) = resume.filter(|from| *from > 0) {
        spec.range = Some(format!("bytes={from}-"));
    }
    let servers_choice = args.remote_header_name && wish == Some(&Destination::RemoteName);
    let is_discarded = wish == Some(&Destination::Nowhere);
    Ok(Transfer { url: globbed.url, target, local, place, spec, file, servers_choice, is_discarded, resume })
}

/// The URL with the scheme of `--proto-default` where it has none.
fn with_scheme(args: &RequestArgs, url: &str) -> String {
    let Some(scheme) = &args.proto_default else { return url.to_owned() };
    let has_one = url.contains("://") && has_scheme(url);
    if has_one { url.to_owned() } else { format!("{scheme}://{url}") }
}

/// The file that a URL names, if it names one.
fn local(args: &RequestArgs, url: &str) -> Result<Option<PathBuf>, Error> {
    match urls::local_path(url) {
        None => Ok(None),
        Some(_) if !limits::schemes(args).has_file() => {
            Err(Error::new(Kind::Protocol, "scheme 'file' is not allowed by --proto"))
        }
        Some(path) => path.map(Some),
    }
}

/// Cookies that were typed, joined, and the files that were named: a value without `=` is a file.
fn cookies(values: &[BString]) -> (BString, Vec<PathBuf>) {
    let (typed, files): (Vec<&BString>, Vec<&BString>) = values.iter().partition(|value| value.contains(&b'='));
    let path = |name: &BString| PathBuf::from(OsStr::from_bytes(name));
    (bstr::join("; ", typed).into(), files.into_iter().map(path).collect())
}

fn credentials(args: &RequestArgs) -> Option<Credentials> {
    if let Some(token) = &args.oauth2_bearer {
        return Some(Credentials::Bearer(token.clone()));
    }
    let named = args.user.as_deref().map(parse_user).filter(|userinfo| !userinfo.is_empty());
    named.map(|userinfo| scheme(args).show(userinfo))
}

fn scheme(args: &RequestArgs) -> AuthScheme {
    match (args.digest, args.basic) {
        _ if args.any_auth => AuthScheme::Offered,
        (true, true) => AuthScheme::Offered,
        (true, false) => AuthScheme::Digest,
        (false, _) => AuthScheme::Basic,
    }
}

/// Whether `-u` says who asks: a password alone does not.
fn is_named(args: &RequestArgs) -> bool {
    args.user.as_deref().is_some_and(|text| !parse_user(text).user.is_empty())
}

/// The netrc file that was named, or the one that everybody has.
fn netrc(args: &RequestArgs, around: &Surroundings<'_>) -> Result<Option<NetrcWish>, Error> {
    let usual = (around.variable)("NETRC").map(PathBuf::from);
    let usual = usual.or_else(|| (around.variable)("HOME").map(|home| Path::new(&home).join(".netrc")));
    let path = match (args.netrc_file.clone(), usual) {
        (Some(path), _) => path,
        (None, Some(path)) if args.netrc || args.netrc_optional => path,
        _ => return Ok(None),
    };
    let text = match std::fs::read(&path) {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        // A file that was named is meant to be there, whatever else may be left out.
        Err(error) if args.netrc_file.is_some() && error.kind() == ErrorKind::NotFound => {
            return Err(Error::new(Kind::Usage, format!("--netrc-file '{}': no such file", path.display())));
        }
        // Who is named already needs no entry of the usual file.
        Err(error) if !args.netrc_optional && (args.netrc_file.is_some() || !is_named(args)) => {
            return Err(crate::client::unreadable(&path, &error));
        }
        Err(_) => return Ok(None),
    };
    match Netrc::read(&text) {
        Ok(netrc) => Ok(Some(NetrcWish { netrc: Arc::new(netrc), is_optional: args.netrc_optional })),
        Err(_) if args.netrc_optional => Ok(None),
        Err(error) => Err(error),
    }
}

fn data(args: &RequestArgs, around: &mut Surroundings<'_>) -> Result<Option<Content>, Error> {
    match args.parts.is_empty() {
        true => Ok(None),
        false => content::join(&args.parts, around.input).map(Some),
    }
}

/// What is added to the query: the data with `-G`, and `--url-query`.
fn queries(args: &RequestArgs, data: Option<&Content>, around: &mut Surroundings<'_>) -> Result<Vec<String>, Error> {
    let mut queries: Vec<BString> = Vec::new();
    for text in &args.url_query {
        queries.push(match text.strip_prefix(b"+") {
            Some(raw) => raw.into(),
            None => content::encoded(text, around.input)?,
        });
    }
    if let Some(data) = data.filter(|_| args.get) {
        let mut bytes = Vec::new();
        let read = data.open(&mut std::io::empty())?.read_to_end(&mut bytes);
        read.map_err(|error| Error::new(Kind::Read, crate::client::reason(&error)))?;
        queries.push(bytes.into());
    }
    queries.iter().map(as_query).collect()
}

/// What is added to a query as it is sent. Data may hold anything, and a query may not: what is meant by a blank in it
/// only its writer knows.
fn as_query(added: &BString) -> Result<String, Error> {
    if added.iter().any(|byte| byte.is_ascii_control() || *byte == b' ') {
        let hint = "write it as %20 or so, or give --data-urlencode";
        return Err(Error::new(Kind::Url, format!("white space or a control character added to the query; {hint}")));
    }
    let reading = Reading { path_as_is: true, ..Reading::default() };
    let read = TargetUri::parse(&format!("http://h/?{}", url_text(added)), reading)?;
    Ok(upper_hex(&read.query.unwrap_or_default()))
}

/// Percent-encoded bytes in upper case (RFC 3986 6.2.2.1), as curl sends what it adds to a query.
fn upper_hex(text: &str) -> String {
    let mut parts = text.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.split_at_checked(2) {
        Some((hex, rest)) if hex.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            format!("{text}%{}{rest}", hex.to_ascii_uppercase())
        }
        _ => format!("{text}%{part}"),
    })
}

fn body(args: &RequestArgs, data: Option<Content>) -> Body {
    match data {
        Some(content) if !args.get => Body::Data(content, Some("application/x-www-form-urlencoded".into())),
        _ => Body::None,
    }
}

/// Content and its absence contradict each other.
fn check_body(args: &RequestArgs) -> Result<(), Error> {
    let wishes = [
        (args.head, "-I"),
        (!args.parts.is_empty() && !args.get, "-d"),
        // Data in the query asks for GET, which with -I becomes HEAD.
        (!args.parts.is_empty() && args.get && !args.head, "-G"),
        (!args.forms.is_empty(), "-F"),
        (args.upload_file.iter().any(|path| !path.as_os_str().is_empty()), "-T"),
    ];
    let named: Vec<&str> = wishes.iter().filter(|(is_wished, _)| *is_wished).map(|(_, name)| *name).collect();
    match named.as_slice() {
        [first, second, ..] => {
            Err(Error::new(Kind::Usage, format!("{first} and {second} ask for different methods, take one of them")))
        }
        _ => Ok(()),
    }
}

/// Custom fields; `--json` adds the two that say JSON, unless they were typed.
fn typed_fields(
    args: &RequestArgs,
    around: &mut Surroundings<'_>,
    warnings: &mut Vec<String>,
) -> Result<Vec<FieldWish>, Error> {
    let mut wishes = fields::read(&args.header, around.input, &mut |text| warnings.push(text))?;
    if args.has_json() {
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
    if let Some(path) = &args.etag_compare {
        wishes.push(FieldWish::Send(FieldLine::new("If-None-Match", entity_tag(path, warnings))));
    }
    Ok(wishes)
}

/// The entity tag that a file holds; one that is not there holds an empty one.
fn entity_tag(path: &Path, warnings: &mut Vec<String>) -> Vec<u8> {
    let mut tag = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            warnings.push(crate::client::unreadable(path, &error).message);
            Vec::new()
        }
    };
    tag.retain(|byte| !matches!(byte, b'\r' | b'\n' | b'\0'));
    if tag.is_empty() { b"\"\"".to_vec() } else { tag }
}

fn range(text: &str, warnings: &mut Vec<String>) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match digits == 0 || text.contains('-') {
        true => format!("bytes={text}"),
        false => {
            let first = &text[..digits];
            warnings.push(format!("range '{text}' has no dash and is taken as '{first}-'"));
            format!("bytes={first}-")
        }
    }
}

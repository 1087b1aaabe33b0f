//! METHOD and URL: which word is which, and what a URL means that says less than a URL should.

use std::net::Ipv4Addr;

use crate::cli::args::{METHODS, RequestArgs, Word, meant};
use crate::client::{Error, Kind, Reading, TargetUri, has_scheme};

/// The port that `serve` listens on if nothing else is said.
const SERVE_PORT: u16 = 8080;

/// The method, if the first word is one, and the URLs.
///
/// The first word is the method if another word follows and it is an upper-case token or a common method in any case.
pub(crate) fn split(words: &[Word]) -> (Option<String>, &[Word]) {
    let method = match words {
        [Word::Plain(first), _, ..] => as_method(first),
        _ => None,
    };
    (method.clone(), &words[usize::from(method.is_some())..])
}

/// A first word that may have been meant as a method, though it is a URL.
pub(crate) fn slip(words: &[Word]) -> Option<String> {
    let [Word::Plain(first), _, ..] = words else { return None };
    let method = meant(first, METHODS.iter().copied()).filter(|_| as_method(first).is_none())?;
    Some(format!("'{first}' is taken as a URL; did you mean '{method}'?"))
}

/// Whether there is a URL.
///
/// # Errors
/// `Kind::Usage` if there is none, or a method stands where it should.
pub(crate) fn check(words: &[Word]) -> Result<(), Error> {
    let what = match words {
        [] => "no URL, expected 'httpkit request [METHOD] URL'; try --help".to_owned(),
        [Word::Plain(word)] if METHODS.contains(&&**word) => {
            format!("'{word}' is a method and a URL is missing, expected one as in 'httpkit {word} :8080/x'")
        }
        _ => return Ok(()),
    };
    Err(Error::new(Kind::Usage, what))
}

fn begins(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

fn as_method(word: &str) -> Option<String> {
    let is_upper = word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
    let is_common = METHODS.iter().any(|method| method.eq_ignore_ascii_case(word));
    (is_upper || is_common).then(|| word.to_ascii_uppercase())
}

/// Reads a URL as it was typed: without a scheme it is `http`, and on this machine, without a port either, it is the
/// port that `serve` listens on; a colon alone is this machine.
///
/// # Errors
/// Those of [`TargetUri::parse`], and `Kind::Usage` for an `HTTPKIT_PORT` that is no port.
pub(crate) fn read(typed: &str, reading: Reading, port: Option<&str>) -> Result<TargetUri, Error> {
    if typed.is_empty() {
        return Err(Error::new(Kind::Url, "the URL is empty"));
    }
    if has_scheme(typed) && ["http:/", "https:/"].iter().any(|start| begins(typed, start))
        || typed.contains("://") && has_scheme(typed)
    {
        return TargetUri::parse(typed, reading);
    }
    if typed.strip_prefix("//").unwrap_or(typed).starts_with('/') {
        let what = format!("URL '{typed}': a path without a host, expected one as in ':{typed}' for this machine");
        return Err(Error::new(Kind::Url, what));
    }
    let completed = match typed.strip_prefix(':') {
        Some(rest) => format!("http://localhost:{rest}"),
        None => format!("http://{}", typed.strip_prefix("//").unwrap_or(typed)),
    };
    let mut target = TargetUri::parse(&completed, reading)?;
    if !names_port(&completed) && is_loopback(&target) {
        let port = serve_port(port)?;
        target.port = Some(port).filter(|port| *port != target.scheme.default_port());
    }
    Ok(target)
}

/// The port that `serve` listens on, or what `HTTPKIT_PORT` says.
///
/// # Errors
/// `Kind::Usage` if that is no port.
pub(crate) fn serve_port(variable: Option<&str>) -> Result<u16, Error> {
    let Some(text) = variable else { return Ok(SERVE_PORT) };
    text.parse()
        .map_err(|_| Error::new(Kind::Usage, format!("environment variable HTTPKIT_PORT is '{text}', expected a port")))
}

/// Whether the authority of a URL ends in a port.
fn names_port(url: &str) -> bool {
    let authority = url.split("://").nth(1).unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    let host_port = authority.rsplit('@').next().unwrap_or_default();
    let after_brackets = host_port.rsplit(']').next().unwrap_or_default();
    after_brackets.split_once(':').is_some_and(|(_, port)| !port.is_empty())
}

fn is_loopback(target: &TargetUri) -> bool {
    let host = target.bare_host();
    host.eq_ignore_ascii_case("localhost")
        || host == "::1"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// How URLs are read.
pub(crate) fn reading(args: &RequestArgs) -> Reading {
    Reading { path_as_is: args.path_as_is, no_userinfo: args.disallow_username_in_url, ..Reading::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_may_be_the_method() {
        let plain = |words: &str| words.split(' ').map(|word| Word::Plain(word.to_owned())).collect::<Vec<_>>();
        for (words, method, urls) in [
            ("PUT 127.0.0.1/update", Some("PUT"), vec!["127.0.0.1/update"]),
            ("get host", Some("GET"), vec!["host"]),
            ("Delete host", Some("DELETE"), vec!["host"]),
            ("PROPFIND host", Some("PROPFIND"), vec!["host"]),
            ("M-SEARCH host", Some("M-SEARCH"), vec!["host"]),
            ("propfind host", None, vec!["propfind", "host"]),
            ("GET", None, vec!["GET"]),
            ("host GET", None, vec!["host", "GET"]),
            ("WWW.EXAMPLE.COM b", None, vec!["WWW.EXAMPLE.COM", "b"]),
            ("GET a b", Some("GET"), vec!["a", "b"]),
        ] {
            let words = plain(words);
            let (found, rest) = split(&words);
            let urls: Vec<Word> = urls.into_iter().map(|url| Word::Plain(url.to_owned())).collect();
            assert_eq!((found, rest), (method.map(str::to_owned), urls.as_slice()), "{words:?}");
        }
        let mixed = [Word::Plain("POST".into()), Word::Url("POST".into())];
        assert_eq!(split(&mixed), (Some("POST".into()), &mixed[1..]));
        assert_eq!(split(&mixed[1..]), (None, &mixed[1..]));
    }

    #[test]
    fn a_url_may_say_less_than_a_url_should() {
        for (typed, expected) in [
            ("example.com", "http://example.com/"),
            ("example.com:81/x", "http://example.com:81/x"),
            ("127.0.0.1/update", "http://127.0.0.1:8080/update"),
            ("127.8.9.10", "http://127.8.9.10:8080/"),
            ("localhost?x", "http://localhost:8080/?x"),
            ("LocalHost", "http://LocalHost:8080/"),
            ("[::1]/x", "http://[::1]:8080/x"),
            ("localhost:80", "http://localhost/"),
            ("localhost:3000/x:y", "http://localhost:3000/x:y"),
            ("http://127.0.0.1/", "http://127.0.0.1/"),
            ("https://localhost/", "https://localhost/"),
            (":3000/x", "http://localhost:3000/x"),
            (":/x", "http://localhost:8080/x"),
            (":", "http://localhost:8080/"),
            ("localhost.example.com", "http://localhost.example.com/"),
            ("127.0.0.1.example.com", "http://127.0.0.1.example.com/"),
            ("me:secret@localhost", "http://localhost:8080/"),
            ("//example.com/x", "http://example.com/x"),
        ] {
            assert_eq!(read(typed, Reading::default(), None).unwrap().to_string(), expected, "{typed}");
        }
        assert_eq!(read(":/x", Reading::default(), Some("81")).unwrap().to_string(), "http://localhost:81/x");
        assert_eq!(read(":/x", Reading::default(), Some("x")).unwrap_err().kind, Kind::Usage);
        for typed in ["", "/x", "///x"] {
            assert_eq!(read(typed, Reading::default(), None).unwrap_err().kind, Kind::Url, "{typed}");
        }
    }
}

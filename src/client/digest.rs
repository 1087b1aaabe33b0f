//! Digest authentication (RFC 7616): the answer to a challenge.

use md5::{Digest, Md5};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

use super::error::{Error, Kind};
use super::request::Request;
use super::target::Userinfo;
use crate::message::{ReplyHead, quoted_string};

/// What a server asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Option<String>,
    has_qop: bool,
}

/// Fills the octets with random ones.
///
/// # Errors
/// The system gives none.
pub(super) fn random(octets: &mut [u8]) -> Result<(), Error> {
    let none = |_| Error::new(Kind::Send, "the system gives no random numbers");
    SystemRandom::new().fill(octets).map_err(none)
}

/// The value of `Authorization` that answers the challenge in this response, if there is one that is understood.
///
/// # Errors
/// The system gives no random octets.
pub fn answer(request: &Request, userinfo: &Userinfo, head: &ReplyHead) -> Result<Option<String>, Error> {
    answer_in("www-authenticate", request, userinfo, head)
}

/// The value of `Proxy-Authorization` that answers the challenge of a proxy, if there is one that is understood.
///
/// # Errors
/// The system gives no random octets.
pub fn proxy_answer(request: &Request, userinfo: &Userinfo, head: &ReplyHead) -> Result<Option<String>, Error> {
    answer_in("proxy-authenticate", request, userinfo, head)
}

fn answer_in(field: &str, request: &Request, userinfo: &Userinfo, head: &ReplyHead) -> Result<Option<String>, Error> {
    let challenges = head.all(field).filter_map(|value| parse(&String::from_utf8_lossy(value)));
    let known = |challenge: &Challenge| hash_of(challenge).is_some();
    let Some(challenge) = challenges.filter(known).max_by_key(is_sha) else { return Ok(None) };
    let mut octets = [0; 16];
    random(&mut octets)?;
    let cnonce = hexadecimal(&octets);
    Ok(Some(respond(&challenge, &request.method, &request.request_target, userinfo, &cnonce)))
}

fn is_sha(challenge: &Challenge) -> bool {
    challenge.algorithm.as_deref().is_some_and(|name| name.to_ascii_uppercase().starts_with("SHA"))
}

fn hash_of(challenge: &Challenge) -> Option<fn(&str) -> String> {
    match challenge.algorithm.as_deref().unwrap_or("MD5").to_ascii_uppercase().as_str() {
        "MD5" | "MD5-SESS" => Some(|text| hexadecimal(&Md5::digest(text.as_bytes()))),
        "SHA-256" | "SHA-256-SESS" => Some(|text| hexadecimal(digest(&SHA256, text.as_bytes()).as_ref())),
        _ => None,
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// RFC 7616 3.4.
fn respond(challenge: &Challenge, method: &str, target: &str, userinfo: &Userinfo, cnonce: &str) -> String {
    let hash = hash_of(challenge).unwrap_or(|_| String::new());
    let Userinfo { user, password } = userinfo;
    let Challenge { realm, nonce, .. } = challenge;
    let mut first = hash(&format!("{user}:{realm}:{password}"));
    if challenge.algorithm.as_deref().is_some_and(|name| name.to_ascii_lowercase().ends_with("-sess")) {
        first = hash(&format!("{first}:{nonce}:{cnonce}"));
    }
    let second = hash(&format!("{method}:{target}"));
    let quote = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut value = format!(
        "Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{target}\", ",
        quote(user),
        quote(realm),
        quote(nonce)
    );
    if challenge.has_qop {
        let response = hash(&format!("{first}:{nonce}:00000001:{cnonce}:auth:{second}"));
        value.push_str(&format!("cnonce=\"{cnonce}\", nc=00000001, qop=auth, response=\"{response}\""));
    } else {
        value.push_str(&format!("response=\"{}\"", hash(&format!("{first}:{nonce}:{second}"))));
    }
    if let Some(opaque) = &challenge.opaque {
        value.push_str(&format!(", opaque=\"{}\"", quote(opaque)));
    }
    if let Some(algorithm) = &challenge.algorithm {
        value.push_str(&format!(", algorithm={algorithm}"));
    }
    value
}

/// The Digest challenge in a field value, which may hold challenges of other schemes before it.
fn parse(value: &str) -> Option<Challenge> {
    let at = value.to_ascii_lowercase().find("digest ")?;
    let mut challenge = Challenge::default();
    let mut rest = value[at + 7..].trim_ascii_start();
    while let Some((key, after)) = rest.split_once('=') {
        let (text, left) = parameter(after.trim_ascii_start());
        match key.trim_matches([' ', ',', '\t']).to_ascii_lowercase().as_str() {
            "realm" => challenge.realm = text,
            "nonce" => challenge.nonce = text,
            "opaque" => challenge.opaque = Some(text),
            "algorithm" => challenge.algorithm = Some(text),
            "qop" => challenge.has_qop = text.split(',').any(|item| item.trim().eq_ignore_ascii_case("auth")),
            _ => {}
        }
        rest = left;
    }
    Some(challenge).filter(|challenge| !challenge.nonce.is_empty())
}

/// A token or a quoted string, and what follows it.
fn parameter(text: &str) -> (String, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, rest) = quoted_string(quoted);
        return (value, rest.unwrap_or_default());
    }
    let (value, rest) = text.split_at(text.find(',').unwrap_or(text.len()));
    (value.trim_ascii().to_owned(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: &str = "Basic realm=\"x\", Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", \
                             algorithm=ALGORITHM, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
                             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";

    #[test]
    fn the_examples_of_rfc_7616_come_out() {
        let userinfo = Userinfo { user: "Mufasa".into(), password: "Circle of Life".into() };
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let challenge = parse(&CHALLENGE.replace("ALGORITHM", algorithm)).unwrap();
            let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
            let value = respond(&challenge, "GET", "/dir/index.html", &userinfo, cnonce);
            assert!(value.contains(&format!("response=\"{response}\"")), "{value}");
            assert!(value.ends_with(&format!("algorithm={algorithm}")), "{value}");
        }
    }

    #[test]
    fn what_is_no_challenge_is_none() {
        for value in ["Basic realm=\"x\"", "Digest realm=\"x\"", "Digest", ""] {
            assert_eq!(parse(value), None, "{value}");
        }
        assert!(hash_of(&Challenge { algorithm: Some("SHA-512-256".into()), ..Challenge::default() }).is_none());
    }
}

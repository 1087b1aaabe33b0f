//! Digest authentication (RFC 7616): what answers a challenge.

use md5::Md5;
use ring::rand::{SecureRandom, SystemRandom};
use sha2::digest::Digest;
use sha2::{Sha256, Sha512_256};

use super::challenge::Challenge;
use super::error::{Error, Kind};
use super::target::Userinfo;

/// The hash function of a challenge.
type Hash = fn(&[u8]) -> String;

/// What of the message the answer covers (`qop`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Covers {
    /// The request line, the old way (RFC 2069).
    Old,
    /// The request line.
    Line,
    /// The request line and the content.
    Content,
}

/// A challenge that is understood, and how often it was answered.
#[derive(Debug, Clone)]
pub(super) struct Session {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Option<String>,
    hash: Hash,
    is_session: bool,
    covers: Covers,
    hashes_user: bool,
    cnonce: String,
    count: u32,
}

/// What an answer is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    /// Path and query, also where the request line holds more.
    pub(super) uri: &'a str,
    pub(super) content: &'a [u8],
}

/// Fills the bytes with random ones.
///
/// # Errors
/// The system gives none.
pub(super) fn random(bytes: &mut [u8]) -> Result<(), Error> {
    let none = |_| Error::new(Kind::Send, "the system gives no random numbers");
    SystemRandom::new().fill(bytes).map_err(none)
}

impl Session {
    /// Begins to answer a challenge; `None` if it is not understood.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub(super) fn begin(challenge: &Challenge) -> Result<Option<Session>, Error> {
        let mut bytes = [0; 16];
        random(&mut bytes)?;
        Ok(Session::with(challenge, hexadecimal(&bytes)))
    }

    fn with(challenge: &Challenge, cnonce: String) -> Option<Session> {
        let owned = |name: &str| challenge.get(name).map(str::to_owned);
        let nonce = owned("nonce").filter(|nonce| challenge.is("digest") && !nonce.is_empty())?;
        let algorithm = owned("algorithm");
        let name = algorithm.as_deref().unwrap_or("MD5").to_ascii_uppercase();
        let plain = name.strip_suffix("-SESS");
        let covers = covers(challenge.get("qop").unwrap_or_default());
        Some(Session {
            realm: owned("realm").unwrap_or_default(),
            nonce,
            opaque: owned("opaque"),
            hash: hash_of(plain.unwrap_or(&name))?,
            algorithm,
            is_session: plain.is_some(),
            covers,
            hashes_user: is_true(challenge, "userhash"),
            cnonce,
            count: 0,
        })
        // The nonce of the client is part of the secret there, and is told only with `qop` (RFC 7616 3.4.2).
        .filter(|session| !session.is_session || session.covers != Covers::Old)
    }

    /// Whether answers depend on the content.
    pub(super) fn covers_content(&self) -> bool {
        self.covers == Covers::Content
    }

    /// The value of the field that answers, a new one each time (RFC 7616 3.4).
    pub(super) fn answer(&mut self, asked: Asked<'_>, userinfo: &Userinfo) -> String {
        self.count = self.count.saturating_add(1);
        let hash = |text: &str| (self.hash)(text.as_bytes());
        let Userinfo { user, password } = userinfo;
        let Session { realm, nonce, cnonce, count, .. } = &*self;
        let mut first = hash(&format!("{user}:{realm}:{password}"));
        if self.is_session {
            first = hash(&format!("{first}:{nonce}:{cnonce}"));
        }
        let Asked { method, uri, content } = asked;
        let second = match self.covers {
            Covers::Content => hash(&format!("{method}:{uri}:{}", (self.hash)(content))),
            _ => hash(&format!("{method}:{uri}")),
        };
        let name = if self.hashes_user { hash(&format!("{user}:{realm}")) } else { user.clone() };
        let [quoted_name, quoted_realm, quoted_nonce, quoted_uri] = [&name, realm, nonce, uri].map(quote);
        let mut value = format!(
            "Digest username=\"{quoted_name}\", realm=\"{quoted_realm}\", nonce=\"{quoted_nonce}\", uri=\"{quoted_uri}\", "
        );
        let qop = if self.covers_content() { "auth-int" } else { "auth" };
        if self.covers == Covers::Old {
            value.push_str(&format!("response=\"{}\"", hash(&format!("{first}:{nonce}:{second}"))));
        } else {
            let response = hash(&format!("{first}:{nonce}:{count:08x}:{cnonce}:{qop}:{second}"));
            value.push_str(&format!("cnonce=\"{cnonce}\", nc={count:08x}, qop={qop}, response=\"{response}\""));
        }
        if let Some(opaque) = &self.opaque {
            value.push_str(&format!(", opaque=\"{}\"", quote(opaque)));
        }
        if let Some(algorithm) = &self.algorithm {
            value.push_str(&format!(", algorithm={algorithm}"));
        }
        if self.hashes_user {
            value.push_str(", userhash=true");
        }
        value
    }
}

/// Whether a challenge says only that the nonce is too old, and not that the password is wrong.
pub(super) fn is_stale(challenge: &Challenge) -> bool {
    is_true(challenge, "stale")
}

fn is_true(challenge: &Challenge, name: &str) -> bool {
    challenge.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

fn covers(qop: &str) -> Covers {
    let offers = |name: &str| qop.split(',').any(|item| item.trim_ascii().eq_ignore_ascii_case(name));
    match (offers("auth"), offers("auth-int")) {
        (true, _) => Covers::Line,
        (false, true) => Covers::Content,
        _ => Covers::Old,
    }
}

fn hash_of(name: &str) -> Option<Hash> {
    match name {
        "MD5" => Some(|bytes| hexadecimal(&Md5::digest(bytes))),
        "SHA-256" => Some(|bytes| hexadecimal(&Sha256::digest(bytes))),
        "SHA-512-256" => Some(|bytes| hexadecimal(&Sha512_256::digest(bytes))),
        _ => None,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text between quotes: what has no place there is percent-encoded, as curl does.
fn quote(text: impl AsRef<str>) -> String {
    let mut quoted = String::new();
    for byte in text.as_ref().bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=b'~' => quoted.push(char::from(byte)),
            _ => quoted.push_str(&format!("%{byte:02X}")),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::challenge::parse;

    const CHALLENGE: &str = "Basic realm=\"x\", Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", \
                             algorithm=ALGORITHM, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
                             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";

    fn session(value: &str, cnonce: &str) -> Option<Session> {
        parse(value).iter().find_map(|challenge| Session::with(challenge, cnonce.to_owned()))
    }

    #[test]
    fn the_examples_of_rfc_7616_come_out() {
        let userinfo = Userinfo { user: "Mufasa".into(), password: "Circle of Life".into() };
        let asked = Asked { method: "GET", uri: "/dir/index.html", content: b"" };
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let mut session =
                session(&CHALLENGE.replace("ALGORITHM", algorithm), "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
                    .unwrap();
            let value = session.answer(asked, &userinfo);
            assert!(value.contains(&format!("response=\"{response}\"")), "{value}");
            assert!(value.ends_with(&format!("algorithm={algorithm}")), "{value}");
            assert!(session.answer(asked, &userinfo).contains("nc=00000002"));
        }
    }

    #[test]
    fn sha_512_256_hashes_the_name_too() {
        // RFC 7616 3.9.2, with the hash of the user's name as its erratum 4897 has it; the response was
        // worked out apart from this program.
        let challenge = "Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, \
                         nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", \
                         opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", charset=UTF-8, userhash=true";
        let userinfo = Userinfo { user: "J\u{e4}s\u{f8}n Doe".into(), password: "Secret, or not?".into() };
        let mut session = session(challenge, "NTg6RKcb9boFIAS3KrFK9BGeh+niz/sm").unwrap();
        let value = session.answer(Asked { method: "GET", uri: "/doe.json", content: b"" }, &userinfo);
        assert!(
            value.contains("username=\"793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b\""),
            "{value}"
        );
        assert!(
            value.contains("response=\"7a4e1192babbba02e91182d2895bfdbf7adafc6e48d4e517ca301974843d840c\""),
            "{value}"
        );
        assert!(value.ends_with("algorithm=SHA-512-256, userhash=true"), "{value}");
    }

    #[test]
    fn what_is_covered_depends_on_the_challenge() {
        let userinfo = Userinfo { user: "a\"\\\u{e9}".into(), password: String::new() };
        let asked = Asked { method: "POST", uri: "/a?b", content: b"content" };
        for (rest, expected) in [
            ("qop=\"auth-int\"", "qop=auth-int"),
            ("qop=\"auth-int, AUTH\"", "qop=auth,"),
            ("qop=other", "uri=\"/a?b\", response="),
            ("", "uri=\"/a?b\", response="),
            ("algorithm=\"md5-sess\", qop=auth", "algorithm=md5-sess"),
        ] {
            let value = session(&format!("Digest nonce=n, {rest}"), "c").unwrap().answer(asked, &userinfo);
            assert!(value.contains(expected), "{rest}: {value}");
            assert!(value.starts_with("Digest username=\"a\\\"\\\\%C3%A9\", realm=\"\", nonce=\"n\""), "{value}");
        }
    }

    #[test]
    fn what_is_not_understood_is_no_session() {
        for value in [
            "Basic realm=\"x\"",
            "Digest realm=\"x\"",
            "Digest nonce=\"\"",
            "Digest nonce=n, algorithm=SHA-3",
            "Digest nonce=n, algorithm=MD5-sess",
            "",
        ] {
            assert!(session(value, "c").is_none(), "{value}");
        }
    }
}

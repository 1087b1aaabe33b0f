//! Names and passwords out of a netrc file (netrc(5)), as curl reads it: words parted by white space and line ends, in
//! quotes where they hold some.

use super::error::{Error, Kind};
use super::target::Userinfo;

/// The entries of a netrc file.
///
/// ```
/// use httpkit::client::Netrc;
///
/// let netrc = Netrc::read("machine example.com login kim password 'a b'\n".replace('\'', "\"").as_str())?;
/// let found = netrc.find("example.com", None).unwrap();
/// assert_eq!((found.user.as_str(), found.password.as_str()), ("kim", "a b"));
/// assert!(netrc.find("example.org", None).is_none());
/// # Ok::<(), httpkit::client::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Netrc {
    entries: Vec<Entry>,
}

/// One entry; without a host it is the default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Entry {
    host: Option<String>,
    login: Option<String>,
    password: Option<String>,
}

impl Netrc {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// `Kind::Read` for a quote without its end. What stands in the file is not said: it is secret.
    pub fn read(text: &str) -> Result<Netrc, Error> {
        let lines = text.lines().filter(|line| !line.trim_start_matches([' ', '\t']).starts_with('#'));
        let text = lines.collect::<Vec<_>>().join("\n");
        let mut words = Words { rest: &text };
        let mut entries: Vec<Entry> = Vec::new();
        // Between a macro and the next entry nothing belongs to anybody.
        let mut is_open = false;
        while let Some(word) = words.next()? {
            match word.keyword() {
                Some("machine") => {
                    let host = words.value()?.unwrap_or_default();
                    entries.push(Entry { host: Some(host), ..Entry::default() });
                    is_open = true;
                }
                Some("default") => {
                    entries.push(Entry::default());
                    is_open = true;
                }
                Some("macdef") => {
                    words.skip_macro();
                    is_open = false;
                }
                Some(key @ ("login" | "password" | "account")) => {
                    let value = words.value()?;
                    match (entries.last_mut().filter(|_| is_open), key) {
                        (Some(entry), "login") => entry.login = value,
                        (Some(entry), "password") => entry.password = value,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        Ok(Netrc { entries })
    }

    /// The entry for a host, and for a user if one is named; else the default entry. An entry without a name is for any
    /// user.
    pub fn find(&self, host: &str, user: Option<&str>) -> Option<Userinfo> {
        let user = user.filter(|user| !user.is_empty());
        let entry = self.entries.iter().find(|entry| {
            let is_of_host = entry.host.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(host));
            is_of_host
                && match (&entry.login, user) {
                    (Some(login), Some(user)) => login == user && entry.password.is_some(),
                    (Some(_), None) => true,
                    (None, _) => entry.password.is_some(),
                }
        })?;
        Some(Userinfo {
            user: user.map(str::to_owned).or_else(|| entry.login.clone()).unwrap_or_default(),
            password: entry.password.clone().unwrap_or_default(),
        })
    }
}

/// A word of the file.
struct NetrcWord {
    text: String,
    is_quoted: bool,
}

impl NetrcWord {
    /// The word of the format that it is, if it is one: without quotes, in any case.
    fn keyword(&self) -> Option<&'static str> {
        let known = ["machine", "default", "login", "password", "account", "macdef"];
        known.into_iter().find(|word| !self.is_quoted && word.eq_ignore_ascii_case(&self.text))
    }
}

struct Words<'t> {
    rest: &'t str,
}

impl Words<'_> {
    fn next(&mut self) -> Result<Option<NetrcWord>, Error> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        match self.rest.strip_prefix('"') {
            _ if self.rest.is_empty() => Ok(None),
            Some(quoted) => self.quoted(quoted).map(Some),
            None => {
                let end = self.rest.find([' ', '\t', '\r', '\n']).unwrap_or(self.rest.len());
                let (word, rest) = self.rest.split_at(end);
                self.rest = rest;
                Ok(Some(NetrcWord { text: word.to_owned(), is_quoted: false }))
            }
        }
    }

    /// A word after its opening quote: a backslash keeps the character after it, or makes an `n`, `r` or `t` the
    /// character that these stand for.
    fn quoted(&mut self, quoted: &str) -> Result<NetrcWord, Error> {
        let mut text = String::new();
        let mut characters = quoted.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = &self.rest[1 + at + 1..];
                    return Ok(NetrcWord { text, is_quoted: true });
                }
                '\\' => text.extend(characters.next().map(|(_, character)| match character {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    other => other,
                })),
                other => text.push(other),
            }
        }
        Err(Error::new(Kind::Read, "netrc file: a quote has no end"))
    }

    /// The word after a keyword, whatever it is.
    fn value(&mut self) -> Result<Option<String>, Error> {
        Ok(self.next()?.map(|word| word.text))
    }

    /// A macro goes on to the next empty line.
    fn skip_macro(&mut self) {
        let mut end = self.rest.len();
        for (at, _) in self.rest.match_indices('\n') {
            if self.rest[at + 1..].trim_start_matches('\r').starts_with('\n') {
                end = at + 1;
                break;
            }
        }
        self.rest = &self.rest[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_entry_that_fits_counts() {
        let text = "# machine no login no\nmachine a.example login one password p1\nmacdef init\nmachine b login x\n\n\
                    machine b.example\n  login two\n  password \"p 2\\\"\"\nmachine a.example login three password p3\n\
                    MACHINE\nlines.example\nLOGIN\nfour\nPassword\n#remark\np4\nmachine quiet.example password p5\n\
                    machine nameonly.example login six\nmachine \"login\" login \"machine\" password default\n\
                    machine odd.example junk login seven account none password p\\7\n\
                    default login any password thing\nmachine late.example login no password no\n";
        let netrc = Netrc::read(text).unwrap();
        for (host, user, expected) in [
            ("a.example", None, Some(("one", "p1"))),
            ("A.Example", Some("three"), Some(("three", "p3"))),
            ("b.example", None, Some(("two", "p 2\""))),
            ("c.example", None, Some(("any", "thing"))),
            ("a.example", Some("nobody"), None),
            // The words may stand on lines of their own: the name on the next line once made the entry everybody's.
            ("lines.example", None, Some(("four", "p4"))),
            ("other.example", None, Some(("any", "thing"))),
            // A password alone is for any user.
            ("quiet.example", Some("me"), Some(("me", "p5"))),
            ("quiet.example", None, Some(("", "p5"))),
            ("nameonly.example", None, Some(("six", ""))),
            ("login", None, Some(("machine", "default"))),
            ("odd.example", None, Some(("seven", "p\\7"))),
            ("late.example", None, Some(("any", "thing"))),
        ] {
            let found = netrc.find(host, user).map(|found| (found.user, found.password));
            assert_eq!(found, expected.map(|(user, password)| (user.to_owned(), password.to_owned())), "{host}");
        }
        let error = Netrc::read("machine a login \"x").unwrap_err();
        assert!(error.kind == Kind::Read && !error.message.contains('x'), "{}", error.message);
        // What stands behind a backslash may be any character: Basic can carry it.
        let odd = Netrc::read("machine a login \"b\\tc\" password \"d\\r\\n\\\"\"").unwrap().find("a", None).unwrap();
        assert_eq!((odd.user.as_str(), odd.password.as_str()), ("b\tc", "d\r\n\""));
        let crlf = Netrc::read("machine a\r\n\tlogin b\r\n\tpassword c\r\n").unwrap().find("a", None).unwrap();
        assert_eq!((crlf.user.as_str(), crlf.password.as_str()), ("b", "c"));
    }
}

//! Names and passwords out of a netrc file (netrc(5)).

use crate::client::Userinfo;

/// The entry for a host, and for a user if one is named; else the default entry.
pub(crate) fn find(text: &str, host: &str, user: Option<&str>) -> Option<Userinfo> {
    let entries = read(text);
    let fits = |entry: &&Entry| {
        entry.host.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(host))
            && user.is_none_or(|user| entry.login == user)
    };
    let entry = entries.iter().find(fits)?;
    Some(Userinfo { user: entry.login.clone(), password: entry.password.clone() })
}

/// One entry; without a host it is the default.
#[derive(Debug, Default)]
struct Entry {
    host: Option<String>,
    login: String,
    password: String,
}

fn read(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let words = words(line);
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "machine" => entries.push(Entry { host: words.next().map(str::to_owned), ..Entry::default() }),
                "default" => entries.push(Entry::default()),
                // A macro goes on to the next empty line.
                "macdef" => {
                    let _ = lines.by_ref().find(|line| line.trim().is_empty());
                    break;
                }
                "login" | "password" | "account" => {
                    let value = words.next().unwrap_or_default().to_owned();
                    match (entries.last_mut(), word) {
                        (Some(entry), "login") => entry.login = value,
                        (Some(entry), "password") => entry.password = value,
                        _ => {}
                    }
                }
                _ if word.starts_with('#') => break,
                _ => {}
            }
        }
    }
    entries
}

/// The words of a line; quotes keep white space, and a backslash the character after it.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut characters = line.trim().chars().peekable();
    while characters.peek().is_some() {
        let is_quoted = characters.next_if_eq(&'"').is_some();
        let mut word = String::new();
        while let Some(character) = characters.next() {
            match character {
                '"' if is_quoted => break,
                '\\' if is_quoted => word.extend(characters.next()),
                other if !is_quoted && other.is_whitespace() => break,
                other => word.push(other),
            }
        }
        if is_quoted || !word.is_empty() {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_entry_that_fits_counts() {
        let text = "# machine no login no\nmachine a.example login one password p1\nmacdef init\nmachine b login x\n\n\
                    machine b.example\n  login two\n  password \"p 2\\\"\"\nmachine a.example login three password p3\n\
                    default login any password thing\n";
        for (host, user, expected) in [
            ("a.example", None, Some(("one", "p1"))),
            ("A.Example", Some("three"), Some(("three", "p3"))),
            ("b.example", None, Some(("two", "p 2\""))),
            ("c.example", None, Some(("any", "thing"))),
            ("a.example", Some("nobody"), None),
        ] {
            let found = find(text, host, user).map(|found| (found.user, found.password));
            assert_eq!(found, expected.map(|(user, password)| (user.to_owned(), password.to_owned())), "{host}");
        }
    }
}

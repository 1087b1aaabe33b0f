//! Requests without the word `request`: what looks like one.

use bstr::BString;

use super::slip::meant;
use super::values::METHODS;
use super::words::{self, Token};

/// Whether a command line that begins with this word is a request: an option, a method that something follows, a URL, a
/// port of this machine.
pub(super) fn is_request(word: &str, is_followed: bool) -> bool {
    let is_option = word.starts_with('-') && word.len() > 1 && !is_ours(word);
    is_option || word == "curl" || is_url(word) || is_method(word, is_followed)
}

/// Options of the program itself.
fn is_ours(word: &str) -> bool {
    matches!(word, "-h" | "--help" | "-V" | "--version" | "--") || word.starts_with("--generate")
}

/// The option of the program itself that a word was meant to be: a slip of the finger, or the beginning of its name, where
/// that is no option of a request.
pub(super) fn meant_own(word: &str) -> Option<&'static str> {
    let name = word.split('=').next().unwrap_or_default();
    let is_unknown = matches!(words::read(&[BString::from(name)]).as_deref(), Ok([Token::Other(_)]));
    let begins = |own: &&&str| name.len() > 4 && own.starts_with(name);
    let found = meant(name, OWN.iter().copied()).or_else(|| OWN.iter().find(begins).copied());
    found.filter(|own| is_unknown && *own != name)
}

/// The long options of the program itself.
const OWN: [&str; 3] = ["--help", "--version", "--generate"];

fn is_url(word: &str) -> bool {
    word.contains([':', '/', '.']) || word.split('?').next() == Some("localhost")
}

fn is_method(word: &str, is_followed: bool) -> bool {
    let is_upper = word.len() > 1
        && word.starts_with(|sign: char| sign.is_ascii_uppercase())
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
    METHODS.iter().any(|method| method.eq_ignore_ascii_case(word)) || is_upper && is_followed
}

#[cfg(test)]
mod tests {
    use super::{is_request, meant_own};

    #[test]
    fn a_slip_of_an_option_of_the_program_is_told_from_one_of_a_request() {
        for (word, expected) in [
            ("--verison", Some("--version")),
            ("--versoin", Some("--version")),
            ("--vers", Some("--version")),
            ("--generat", Some("--generate")),
            ("--genrate=man", Some("--generate")),
            ("--hlep", Some("--help")),
            ("--version", None),
            ("--verbos", None),
            ("--ver", None),
            ("--head", None),
            ("--hel", Some("--help")),
            ("--xyz", None),
        ] {
            assert_eq!(meant_own(word), expected, "{word}");
        }
    }

    #[test]
    fn what_looks_like_a_request_is_one() {
        for word in [
            "http://h",
            "h.example",
            ":8080/x",
            ":/x",
            "localhost",
            "localhost?x",
            "127.0.0.1",
            "[::1]",
            "post",
            "GET",
            "curl",
            "-v",
            "-XPUT",
        ] {
            assert!(is_request(word, false), "{word}");
        }
        assert!(is_request("PROPFIND", true) && !is_request("PROPFIND", false));
        for word in ["pizza", "sevre", "serve", "-h", "--help", "-V", "--generate", "--generate=man", "", "-", "--"] {
            assert!(!is_request(word, true), "{word}");
        }
    }
}

//! Challenges: how a server wants to know who asks (RFC 9110 11.6.1).

use crate::message::{ReplyHead, quoted_string};

/// One challenge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    /// Whether it asks for that scheme, compared without case.
    pub(super) fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// The value of the parameter of that name; of several, which should not be, that of the last one, as curl has it.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter().rev();
        parameters.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// All challenges in the fields of that name, in order.
pub(super) fn challenges(head: &ReplyHead, name: &str) -> Vec<Challenge> {
    head.all(name).flat_map(|value| parse(&String::from_utf8_lossy(value))).collect()
}

/// The challenges in a field value. One field may hold several, and commas part both them and their parameters: a word
/// is the name of a parameter if `=` follows. What fits nowhere is skipped.
pub(super) fn parse(value: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    let mut rest = value;
    let mut is_item = true;
    loop {
        let behind = rest.trim_start_matches([' ', '\t', ',']);
        is_item |= rest[..rest.len() - behind.len()].contains(',');
        let length = behind.find([' ', '\t', ',', '=', '"']).unwrap_or(behind.len());
        let (word, after) = behind.split_at(length);
        let after = after.trim_start_matches([' ', '\t']);
        if let Some(text) = after.strip_prefix('=') {
            let (value, left) = parameter(text.trim_start_matches([' ', '\t']));
            if let Some(challenge) = found.last_mut() {
                challenge.parameters.push((word.to_owned(), value));
            }
            rest = left;
        } else if let Some(quoted) = after.strip_prefix('"') {
            rest = quoted_string(quoted).1.unwrap_or_default();
        } else if word.is_empty() {
            return found;
        } else {
            // A word behind the scheme is what older schemes have in place of parameters (`token68`).
            if is_item {
                found.push(Challenge { scheme: word.to_owned(), parameters: Vec::new() });
            }
            rest = after;
        }
        is_item = false;
    }
}

/// A token or a quoted string, and what follows it.
fn parameter(text: &str) -> (String, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, rest) = quoted_string(quoted);
        return (value, rest.unwrap_or_default());
    }
    let (value, rest) = text.split_at(text.find([',', ' ', '\t']).unwrap_or(text.len()));
    (value.to_owned(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_parted_from_parameters() {
        for (value, expected) in [
            ("Basic realm=\"x\"", "Basic(realm=x)"),
            ("basic", "basic()"),
            (
                "Digest realm=\"a, Basic b=c\", nonce=n,qop=\"auth,auth-int\"",
                "Digest(realm=a, Basic b=c;nonce=n;qop=auth,auth-int)",
            ),
            ("Basic realm=\"Digest x\", Digest nonce = \"n\"", "Basic(realm=Digest x) Digest(nonce=n)"),
            ("NTLM, Negotiate abc==, Basic", "NTLM() Negotiate(abc==) Basic()"),
            ("Negotiate Basic", "Negotiate()"),
            ("Digest nonce=n realm=r", "Digest(nonce=n;realm=r)"),
            ("Digest nonce=\"a\\\"b", "Digest(nonce=a\"b)"),
            (", ,Basic ,, realm=x, ,", "Basic(realm=x)"),
            ("a=b, Basic", "Basic()"),
            ("Basic =\"\" \"x\" =", ""),
            ("", ""),
        ] {
            let text = |(key, value): &(String, String)| format!("{key}={value}");
            let said = |challenge: &Challenge| {
                format!("{}({})", challenge.scheme, challenge.parameters.iter().map(text).collect::<Vec<_>>().join(";"))
            };
            assert_eq!(parse(value).iter().map(said).collect::<Vec<_>>().join(" "), expected, "{value}");
        }
    }
}

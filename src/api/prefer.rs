//! What a client would like (RFC 7240), as far as that is heeded.

use std::time::Duration;

use crate::message::{Fields, preferences};

/// No answer is waited for longer.
const LONGEST: u64 = 300;

/// `return=minimal` (RFC 7240 4.2).
pub(super) fn minimal(fields: &Fields<'_>) -> bool {
    first(fields, "return").is_some_and(|value| value.eq_ignore_ascii_case("minimal"))
}

/// `wait=SECONDS` (RFC 7240 4.3).
pub(super) fn wait(fields: &Fields<'_>) -> Option<Duration> {
    let seconds = first(fields, "wait")?;
    let digits = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Duration::from_secs(seconds.parse().unwrap_or(u64::MAX).min(LONGEST)))
}

/// The value of the first preference of that name, which is the one that counts (RFC 7240 2).
fn first(fields: &Fields<'_>, name: &str) -> Option<String> {
    preferences(fields).find_map(|(found, value)| (found == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Field;

    #[test]
    fn what_is_preferred() {
        for (values, is_minimal, seconds) in [
            (&["wait=30"][..], false, Some(30)),
            (&["return=minimal, Wait = \"5\""], true, Some(5)),
            (&["respond-async", "wait=0;x=y", "wait=9"], false, Some(0)),
            (&["wait=99999999999999999999999"], false, Some(300)),
            (&["wait", "wait=9"], false, None),
            (&["wait=-1"], false, None),
            (&["wait=0.5"], false, None),
            (&["waits=3, returns=minimal"], false, None),
            (&["return=representation, return=minimal"], false, None),
            (&["x=\"a, wait=3, return=minimal\""], false, None),
            (&["respond-async; wait=3; return=minimal"], false, None),
            (&["return=\"Minimal\"; wait=3"], true, None),
            (&[], false, None),
        ] {
            let lines: Vec<_> = values.iter().map(|value| Field { name: "prefer", value: value.as_bytes() }).collect();
            let fields = Fields(&lines);
            assert_eq!(
                (minimal(&fields), wait(&fields).map(|time| time.as_secs())),
                (is_minimal, seconds),
                "{values:?}"
            );
        }
    }
}

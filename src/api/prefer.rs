//! What a client would like (RFC 7240), as far as that is heeded.

use std::time::Duration;

use crate::message::Fields;

/// No answer is waited for longer.
const LONGEST: u64 = 300;

/// `return=minimal` (RFC 7240 4.2).
pub(super) fn minimal(fields: &Fields<'_>) -> bool {
    preferences(fields).any(|preference| preference.eq_ignore_ascii_case("return=minimal"))
}

/// `wait=SECONDS` (RFC 7240 4.3), of which the first one counts.
pub(super) fn wait(fields: &Fields<'_>) -> Option<Duration> {
    let mut waits = preferences(fields).filter_map(|preference| preference.split_once('='));
    let (_, seconds) = waits.find(|(name, _)| name.trim_end().eq_ignore_ascii_case("wait"))?;
    let seconds = seconds.trim().trim_matches('"');
    let digits = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Duration::from_secs(seconds.parse().unwrap_or(u64::MAX).min(LONGEST)))
}

fn preferences<'f>(fields: &Fields<'f>) -> impl Iterator<Item = &'f str> + use<'f> {
    let values = fields.0.iter().filter(|field| field.name.eq_ignore_ascii_case("prefer"));
    let texts = values.filter_map(|field| str::from_utf8(field.value).ok());
    texts.flat_map(|value| value.split([',', ';'])).map(str::trim)
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
            (&["wait", "wait=", "wait=-1", "waits=3"], false, None),
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

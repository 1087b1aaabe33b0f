//! Fields that a request may hold once: sent twice, nobody knows which one was meant, and a proxy may have read the
//! other one (RFC 9110 5.3).

use http::StatusCode;

use super::refusal::Problem;
use crate::message::Fields;

/// Refused when they come twice. `If-Modified-Since` and `If-Unmodified-Since` are not among them: a list of dates is no
/// date, and is ignored (RFC 9110 13.1.3, 13.1.4); `Host`, `Content-Length` and the like are refused as they are read.
const SINGLE: [&str; 7] =
    ["Range", "Origin", "If-Range", "Content-Type", "Authorization", "Content-Range", "Access-Control-Request-Method"];

/// Refuses a request with one of these fields in two lines.
pub(super) fn check(fields: &Fields<'_>) -> Result<(), Problem> {
    let mut seen = 0_u8;
    for field in fields.0 {
        // The length rules out nearly every field that is none of these.
        let is_it = |name: &str| name.len() == field.name.len() && name.eq_ignore_ascii_case(field.name);
        let Some(at) = SINGLE.iter().position(|name| is_it(name)) else { continue };
        if seen & (1 << at) != 0 {
            let detail = format!("the field '{}' is sent twice, expected once", SINGLE[at]);
            return Err(Problem::new(StatusCode::BAD_REQUEST, "repeated-field", detail));
        }
        seen |= 1 << at;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Field;

    #[test]
    fn what_is_sent_twice() {
        let refused = |names: &[&'static str]| {
            let lines: Vec<_> = names.iter().map(|name| Field { name, value: b"x" }).collect();
            check(&Fields(&lines)).is_err()
        };
        for name in SINGLE {
            assert!(!refused(&[name, "Accept"]), "{name}");
            assert!(refused(&[name, "Accept", name.to_ascii_lowercase().leak()]), "{name}");
        }
        assert!(!refused(&[
            "Accept",
            "accept",
            "If-Modified-Since",
            "If-Modified-Since",
            "If-None-Match",
            "If-None-Match"
        ]));
    }
}

//! Proactive negotiation by media type (RFC 9110 12.5.1).

/// One media range of an `Accept` field with its weight in thousandths.
#[derive(Debug, PartialEq, Eq)]
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    weight: u16,
}

impl Range<'_> {
    /// How specifically the range names the media type; `None` when it does not cover it.
    fn precedence(&self, media_type: &str) -> Option<u8> {
        let (kind, subtype) = media_type.split_once('/')?;
        match (self.kind, self.subtype) {
            ("*", "*") => Some(0),
            (k, "*") if k.eq_ignore_ascii_case(kind) => Some(1),
            (k, s) if k.eq_ignore_ascii_case(kind) && s.eq_ignore_ascii_case(subtype) => Some(2),
            _ => None,
        }
    }
}

/// Chooses among the media types offered, given in the server's order of preference, by the values of all `Accept`
/// field lines. The most specific range that covers a type gives its weight; the greatest weight wins, and among equals
/// the server's order. No `Accept` at all takes the first. `None`: nothing offered is acceptable (406). Ranges that are
/// malformed are passed over.
///
/// ```
/// use httpkit::api::choose;
///
/// let offered = ["application/json", "text/csv"];
/// assert_eq!(choose(&["text/*, application/json;q=0.5"], &offered), Some("text/csv"));
/// assert_eq!(choose(&["image/png"], &offered), None);
/// ```
pub fn choose<'o>(accept: &[&str], offered: &[&'o str]) -> Option<&'o str> {
    let ranges: Vec<Range<'_>> = accept.iter().flat_map(|value| value.split(',')).filter_map(range).collect();
    if ranges.is_empty() {
        return offered.first().copied();
    }
    let mut best: Option<(u16, &str)> = None;
    for media_type in offered {
        let weight = weight_of(media_type, &ranges);
        if weight > best.map_or(0, |(weight, _)| weight) {
            best = Some((weight, media_type));
        }
    }
    best.map(|(_, media_type)| media_type)
}

/// Whether a client prefers one media type, named as itself, to each of the others (by the values of all its `Accept`
/// fields): who accepts everything alike, or a family of types, does not.
pub(super) fn prefers(accept: &[&str], media_type: &str, others: &[&str]) -> bool {
    let ranges: Vec<Range<'_>> = accept.iter().flat_map(|value| value.split(',')).filter_map(range).collect();
    // Java's own client, up to 17, names HTML as it names pictures, and takes whatever comes. No browser sends a lone `*`.
    if accept.iter().flat_map(|value| value.split([',', ';'])).any(|part| part.trim() == "*") {
        return false;
    }
    let named = ranges.iter().filter(|range| range.precedence(media_type) == Some(2)).map(|range| range.weight).max();
    named.is_some_and(|weight| weight > 0 && others.iter().all(|other| weight_of(other, &ranges) < weight))
}

fn weight_of(media_type: &str, ranges: &[Range<'_>]) -> u16 {
    ranges
        .iter()
        .filter_map(|range| Some((range.precedence(media_type)?, range.weight)))
        .max()
        .map_or(0, |(_, weight)| weight)
}

/// Reads a range forgivingly: a lone `*`, as Java up to 17 sends it, is `*/*`.
fn range(text: &str) -> Option<Range<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let (kind, subtype) = match parts.next()? {
        "*" => ("*", "*"),
        other => other.split_once('/')?,
    };
    let weight = parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.trim_end().eq_ignore_ascii_case("q"))
        .map_or(Some(1000), |(_, weight)| thousandths(weight.trim_start()))?;
    (!kind.is_empty() && !subtype.is_empty()).then_some(Range { kind, subtype, weight })
}

/// A weight, `0` to `1`, in thousandths. RFC 9110 12.4.2 has a zero before the point and at most three decimals; some
/// clients leave the zero out or send more.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let decimals: u16 = format!("{decimals:0<3}")[..3].parse().ok()?;
    match whole {
        "" if text.len() < 2 => None,
        "0" | "" => Some(decimals),
        "1" if decimals == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_weight_wins_then_the_servers_order() {
        let offered = ["application/json", "text/csv", "application/x-ndjson"];
        let cases: &[(&[&str], Option<&str>)] = &[
            (&[], Some("application/json")),
            (&["*/*"], Some("application/json")),
            (&["text/csv"], Some("text/csv")),
            (&["TEXT/CSV"], Some("text/csv")),
            (&["text/*;q=0.5, application/json;q=0.4"], Some("text/csv")),
            (&["text/*", "*/*;q=0.1"], Some("text/csv")),
            (&["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], Some("application/json")),
            (&["application/json;q=0, */*"], Some("text/csv")),
            (&["application/json;q=0"], None),
            (&["image/png"], None),
            (&["text/csv; charset=utf-8; q=0.2"], Some("text/csv")),
            (&["application/json, text/plain, */*"], Some("application/json")),
            (&["text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"], Some("application/json")),
            (&["*"], Some("application/json")),
            (&["text/csv ; Q = 0.9, application/json;q=.85"], Some("text/csv")),
            (&["text/csv;q=0.33333, */*;q=0.2"], Some("text/csv")),
            (&["text/csv;q=2, nonsense"], Some("application/json")),
        ];
        for (accept, expected) in cases {
            assert_eq!(choose(accept, &offered), *expected, "{accept:?}");
        }
    }

    #[test]
    fn html_is_preferred_by_browsers_and_by_nobody_who_takes_everything() {
        let others = ["application/json", "text/csv", "application/x-ndjson"];
        for (accept, expected) in [
            (&["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"][..], true),
            (
                &["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"],
                true,
            ),
            (&["text/html"], true),
            (&["TEXT/HTML;q=0.2"], true),
            (&["text/html;q=0.5", "*/*;q=0.4"], true),
            (&["*/*"], false),
            (&[], false),
            (&["text/*"], false),
            (&["text/html, */*"], false),
            (&["text/html;q=0"], false),
            (&["text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"], false),
            (&["text/html, application/json"], false),
            (&["text/html;q=0.9, text/csv"], false),
            (&["application/json;q=0, */*"], false),
            (&["application/json, text/plain, */*"], false),
        ] {
            assert_eq!(prefers(accept, "text/html", &others), expected, "{accept:?}");
        }
    }

    #[test]
    fn weights() {
        for (text, expected) in [
            ("1", Some(1000)),
            ("1.000", Some(1000)),
            ("0.5", Some(500)),
            ("0.001", Some(1)),
            ("0", Some(0)),
            (".2", Some(200)),
            ("0.1234", Some(123)),
            ("1.0000", Some(1000)),
        ] {
            assert_eq!(thousandths(text), expected);
        }
        for text in ["", ".", "1.1", "2", "-1", "0.x"] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }
}

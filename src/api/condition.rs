//! Preconditions (RFC 9110 13), in the order of its section 13.2.2.

use std::time::SystemTime;

use super::representation::Form;
use super::tag::CODED;
use crate::document::Condition;
use crate::message::Fields;

/// What the preconditions of a GET or HEAD say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Go on.
    Met,
    /// The representation that the client has is the current one: 304.
    NotModified,
    /// 412.
    Failed,
}

/// The precondition fields of a request, as far as they are present.
pub(super) struct Preconditions {
    matches: Option<Tags>,
    none_matches: Option<Tags>,
    modified_since: Option<SystemTime>,
    unmodified_since: Option<SystemTime>,
}

/// `*`, or a list of entity tags.
enum Tags {
    Any,
    /// Opaque tag without quotes, and whether it was weak.
    List(Vec<(String, bool)>),
}

impl Preconditions {
    /// Reads the fields; `None` when there are none, which is the usual case and costs no allocation. A date that does
    /// not parse is ignored (RFC 9110 13.1.3).
    #[inline]
    pub(super) fn of(fields: &Fields<'_>) -> Option<Preconditions> {
        let is_one = |name: &str| name.len() >= 8 && matches!(name.as_bytes(), [b'i' | b'I', b'f' | b'F', b'-', ..]);
        if !fields.0.iter().any(|field| is_one(field.name)) {
            return None;
        }
        // Dates in two lines are a list, which is ignored (RFC 9110 13.1.3, 13.1.4).
        let date = |name| {
            let mut values = fields.all(name);
            let value = values.next().filter(|_| values.next().is_none());
            value.and_then(|value| httpdate::parse_http_date(str::from_utf8(value).ok()?).ok())
        };
        Some(Preconditions {
            matches: Tags::of(fields, "if-match"),
            none_matches: Tags::of(fields, "if-none-match"),
            modified_since: date("if-modified-since"),
            unmodified_since: date("if-unmodified-since"),
        })
    }

    /// For GET and HEAD of a representation with this entity tag, last modified then.
    pub(super) fn for_reading(&self, tag: &str, modified: SystemTime) -> Verdict {
        match (&self.matches, self.unmodified_since) {
            (Some(tags), _) if !tags.hold_strongly(Some(tag)) => return Verdict::Failed,
            (None, Some(date)) if is_later(modified, date) => return Verdict::Failed,
            _ => {}
        }
        match (&self.none_matches, self.modified_since) {
            (Some(tags), _) if tags.hold_weakly(Some(tag)) => Verdict::NotModified,
            (None, Some(date)) if !is_later(modified, date) => Verdict::NotModified,
            _ => Verdict::Met,
        }
    }

    /// Whether it is by its tag that the representation is known which the client has.
    pub(super) fn are_by_tag(&self) -> bool {
        matches!(self.none_matches, Some(Tags::List(_)))
    }

    /// For GET and HEAD of a representation with this entity tag that is of no known date: then conditions by date do not
    /// count (RFC 9110 13.1.3, 13.1.4).
    pub(super) fn for_undated(&self, tag: &str) -> Verdict {
        let is_same = |tags: &Option<Tags>, holds: fn(&Tags, Option<&str>) -> bool| {
            tags.as_ref().map(|tags| holds(tags, Some(tag)))
        };
        match (is_same(&self.matches, Tags::hold_strongly), is_same(&self.none_matches, Tags::hold_weakly)) {
            (Some(false), _) => Verdict::Failed,
            (_, Some(true)) => Verdict::NotModified,
            _ => Verdict::Met,
        }
    }

    /// For a change: what the committer asks when the change's turn comes. `modified` is the time of the last change
    /// now known.
    pub(super) fn for_writing(self, modified: SystemTime) -> Condition {
        Box::new(move |tag, root| {
            let go_on = match (&self.matches, self.unmodified_since) {
                (Some(tags), _) => tags.hold_for(tag, root),
                (None, Some(date)) => !is_later(modified, date),
                (None, None) => true,
            };
            let is_known = |tags: Tags| match tags {
                Tags::Any => tag.is_some(),
                Tags::List(list) => list.iter().any(|(listed, _)| is_of_state(listed, tag, root)),
            };
            go_on && !self.none_matches.is_some_and(is_known)
        })
    }
}

/// HTTP dates have whole seconds, so fractions of the later time do not count.
fn is_later(time: SystemTime, than: SystemTime) -> bool {
    let seconds = |t: SystemTime| t.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    seconds(time) > seconds(than)
}

impl Tags {
    fn of(fields: &Fields<'_>, name: &str) -> Option<Tags> {
        let mut list = Vec::new();
        let mut present = false;
        for value in fields.all(name) {
            present = true;
            let value = String::from_utf8_lossy(value);
            if value.trim() == "*" {
                return Some(Tags::Any);
            }
            list.extend(entity_tags(&value));
        }
        present.then_some(Tags::List(list))
    }

    /// Strong comparison: neither is weak (RFC 9110 8.8.3.2). `tag`: that of the node; `None` when there is no node.
    fn hold_strongly(&self, tag: Option<&str>) -> bool {
        match self {
            Tags::Any => tag.is_some(),
            Tags::List(list) => list.iter().any(|(listed, weak)| !weak && Some(&**listed) == tag),
        }
    }

    /// The same for the state that a node is in, whichever representation of it a tag is of: browsers get that of a coded
    /// one, and the page that changes the node knows no other.
    fn hold_for(&self, tag: Option<&str>, root: &str) -> bool {
        match self {
            Tags::Any => tag.is_some(),
            Tags::List(list) => list.iter().any(|(listed, weak)| !weak && is_of_state(listed, tag, root)),
        }
    }

    fn hold_weakly(&self, tag: Option<&str>) -> bool {
        match self {
            Tags::Any => tag.is_some(),
            Tags::List(list) => list.iter().any(|(listed, _)| Some(&**listed) == tag),
        }
    }
}

/// Whether a tag is that of some representation of a node in the state that has the tag `node`; what a query shows of it
/// has the tag of the root in place of the node's own.
fn is_of_state(listed: &str, node: Option<&str>, root: &str) -> bool {
    let Some(node) = node else { return false };
    let mut parts = listed.split('-');
    let base = parts.next().unwrap_or_default();
    let (mut of_query, mut is_ours) = (false, true);
    for part in parts {
        let is_mark = |mark: &str| mark.strip_prefix('-') == Some(part);
        match part {
            _ if is_mark(CODED) || Form::ALL.iter().any(|form| is_mark(form.suffix())) => {}
            hash if hash.len() == 16 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()) => of_query = true,
            _ => is_ours = false,
        }
    }
    is_ours && base == if of_query { root } else { node } || listed == node
}

/// The entity tags of a list (RFC 9110 8.8.3); a comma may stand inside the quotes of one. What is none is left out.
fn entity_tags(value: &str) -> Vec<(String, bool)> {
    let mut tags = Vec::new();
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let opaque = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"');
        let parts = opaque.and_then(|opaque| opaque.split_once('"'));
        let whole = parts.map(|(tag, behind)| (tag, behind.trim_start_matches([' ', '\t'])));
        match whole.filter(|(_, behind)| behind.is_empty() || behind.starts_with(',')) {
            Some((tag, behind)) => {
                tags.push((tag.to_owned(), rest.starts_with('W')));
                rest = behind;
            }
            None => match rest.split_once(',') {
                Some((_, behind)) => rest = behind,
                None => return tags,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Field;
    use std::time::Duration;

    fn preconditions(lines: &[(&'static str, &'static str)]) -> Option<Preconditions> {
        let fields: Vec<_> = lines.iter().map(|(name, value)| Field { name, value: value.as_bytes() }).collect();
        Preconditions::of(&Fields(&fields))
    }

    /// Sun, 06 Nov 1994 08:49:37 GMT and a bit.
    fn modified() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_300)
    }

    #[test]
    fn reading() {
        use Verdict::{Failed, Met, NotModified};
        let same = "Sun, 06 Nov 1994 08:49:37 GMT";
        let before = "Sun, 06 Nov 1994 08:49:36 GMT";
        let cases: &[(&[(&str, &str)], Verdict)] = &[
            (&[("If-None-Match", "\"a\"")], NotModified),
            (&[("If-None-Match", "W/\"a\"")], NotModified),
            (&[("If-None-Match", "\"x\", \"a\"")], NotModified),
            (&[("If-None-Match", "\"x,y\" ,W/\"a\"")], NotModified),
            // What is no entity tag says nothing.
            (&[("If-None-Match", "\"a\"-gzip")], Met),
            (&[("If-None-Match", "x\"a\"")], Met),
            (&[("If-None-Match", "w/\"a\"")], Met),
            (&[("If-None-Match", "\"a\" \"b\"")], Met),
            (&[("If-None-Match", "a")], Met),
            (&[("If-None-Match", "\"a")], Met),
            (&[("If-None-Match", "nothing,\"a\"")], NotModified),
            (&[("If-None-Match", "\"x\"-gzip, \"a\"")], NotModified),
            (&[("If-None-Match", "\"x\"")], Met),
            (&[("If-None-Match", "*")], NotModified),
            (&[("If-None-Match", "\"x\""), ("If-Modified-Since", same)], Met),
            (&[("If-Modified-Since", same)], NotModified),
            (&[("If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT")], NotModified),
            (&[("If-Modified-Since", "Sun Nov  6 08:49:37 1994")], NotModified),
            (&[("If-Modified-Since", before)], Met),
            (&[("If-Modified-Since", "yesterday")], Met),
            (&[("If-Match", "\"a\"")], Met),
            (&[("If-Match", "W/\"a\"")], Failed),
            (&[("If-Match", "\"x\"")], Failed),
            (&[("If-Match", "*")], Met),
            (&[("If-Match", "\"x\""), ("If-None-Match", "\"a\"")], Failed),
            (&[("If-Match", "\"a\""), ("If-None-Match", "\"a\"")], NotModified),
            (&[("If-Unmodified-Since", same)], Met),
            (&[("If-Unmodified-Since", before)], Failed),
            (&[("If-Match", "\"a\""), ("If-Unmodified-Since", before)], Met),
        ];
        for (lines, expected) in cases {
            let lines: Vec<(&'static str, &'static str)> = lines.to_vec();
            assert_eq!(preconditions(&lines).unwrap().for_reading("a", modified()), *expected, "{lines:?}");
        }
        assert!(preconditions(&[("Host", "x"), ("If-", "y")]).is_none());
    }

    #[test]
    fn writing() {
        type Case<'c> = (&'c [(&'c str, &'c str)], Option<&'c str>, bool);
        let cases: &[Case<'_>] = &[
            (&[("If-Match", "\"a\"")], Some("a"), true),
            (&[("If-Match", "\"a\"")], Some("b"), false),
            (&[("If-Match", "\"a\"")], None, false),
            (&[("If-Match", "\"a-gzip\"")], Some("a"), true),
            (&[("If-Match", "\"a-csv-gzip\"")], Some("a"), true),
            (&[("If-Match", "\"a-lines\"")], Some("a"), true),
            (&[("If-Match", "\"a-plain\"")], Some("a"), true),
            (&[("If-Match", "\"a-else\"")], Some("a"), false),
            (&[("If-Match", "\"b-gzip\"")], Some("a"), false),
            (&[("If-Match", "\"r-0123456789abcdef-gzip\"")], Some("a"), true),
            (&[("If-Match", "\"q-0123456789abcdef-gzip\"")], Some("a"), false),
            (&[("If-Match", "W/\"a-gzip\"")], Some("a"), false),
            (&[("If-None-Match", "\"a-gzip\"")], Some("a"), false),
            (&[("If-Match", "*")], None, false),
            (&[("If-None-Match", "*")], None, true),
            (&[("If-None-Match", "*")], Some("a"), false),
            (&[("If-None-Match", "\"a,b\"")], Some("a,b"), false),
            (&[("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT")], Some("a"), false),
        ];
        for (lines, tag, expected) in cases {
            let lines: Vec<(&'static str, &'static str)> = lines.to_vec();
            assert_eq!(preconditions(&lines).unwrap().for_writing(modified())(*tag, "r"), *expected, "{lines:?}");
        }
    }
}

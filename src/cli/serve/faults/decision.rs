//! What goes wrong with a request: a pure function of the rules, the request and the number that it has for each rule.

use std::ops::Range;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::grammar;
use super::rule::{Effect, Often, PathPattern, Rule};
use crate::cli::args::TimeRange;
use crate::message::{Fields, Request, Target, preferences};

/// What is to go wrong.
#[derive(Debug, Clone)]
pub(in crate::cli::serve) struct Faults {
    /// In this order: the first that strikes is the one that does.
    pub(super) rules: Vec<Rule>,
    /// How late every answer is.
    pub(super) delay: Option<TimeRange>,
    /// What chance depends on: the same, and the same requests in the same order, have the same faults.
    pub(super) seed: u64,
    /// Nobody said that number.
    pub(super) is_drawn: bool,
}

/// What goes wrong with a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Strike {
    pub(super) effect: Effect,
    pub(super) chance: Chance,
}

/// Numbers by chance, the same ones for the same request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chance(u64);

/// What decides whether a rule strikes.
const WHETHER: u64 = 0;
/// What decides how late an answer is.
const LATENESS: u64 = 1;
/// The first of those that make garbage.
const GARBAGE: u64 = 2;

/// So many bytes of garbage, in words of eight.
const GARBAGE_WORDS: Range<u64> = GARBAGE..GARBAGE + 8;

impl Faults {
    /// What goes wrong with a request. `count` counts a request for the rule of that index and gives its number, from 1.
    ///
    /// # Errors
    /// The client prefers something that cannot be understood; says what was expected.
    pub(super) fn of(
        &self,
        request: &Request<'_>,
        mut count: impl FnMut(usize) -> u64,
    ) -> Result<Option<Strike>, String> {
        let path = path(request);
        for (index, rule) in self.rules.iter().enumerate().filter(|(_, rule)| rule.is_about(request, &path)) {
            let effect = match rule.effect {
                Effect::OfClient => match preferred(&request.fields) {
                    None => continue,
                    Some(preferred) => preferred?,
                },
                ref effect => effect.clone(),
            };
            let number = count(index);
            let chance = self.chance(index, number);
            if rule.often.is_met(number, chance) {
                return Ok(Some(Strike { effect, chance }));
            }
        }
        Ok(None)
    }

    /// How late the answer to the request of that number is in any case.
    pub(super) fn delay(&self, number: u64) -> Option<Duration> {
        self.delay.map(|delay| self.chance(self.rules.len(), number).lateness(delay))
    }

    /// The number that chance depends on, if it decides anything and nobody said which it is to be.
    pub(in crate::cli::serve) fn drawn_seed(&self) -> Option<u64> {
        let is_open = |range: &TimeRange| range.least < range.most;
        let is_drawn = |rule: &Rule| {
            matches!(rule.often, Often::Share(share) if share < 1.0)
                || matches!(&rule.effect, Effect::Delay(range) if is_open(range))
        };
        let is_any = self.delay.as_ref().is_some_and(is_open) || self.rules.iter().any(is_drawn);
        (is_any && self.is_drawn).then_some(self.seed)
    }

    fn chance(&self, rule: usize, number: u64) -> Chance {
        Chance(mixed(rule as u64, number, self.seed))
    }
}

impl Rule {
    /// Whether it is about such requests.
    fn is_about(&self, request: &Request<'_>, path: &str) -> bool {
        let is_method = match &self.method {
            Some(method) => method == request.method,
            // What a browser asks beforehand is not what the page asks.
            None => !is_preflight(request),
        };
        is_method && self.path.as_ref().is_none_or(|pattern| pattern.fits(path))
    }
}

impl PathPattern {
    fn fits(&self, path: &str) -> bool {
        if self.is_beginning { path.starts_with(&self.text) } else { path == self.text }
    }
}

impl Often {
    /// Whether it is so for the request of that number.
    fn is_met(self, number: u64, chance: Chance) -> bool {
        match self {
            Often::Always => true,
            Often::Share(share) => chance.share(WHETHER) < share,
            Often::First(count) => number <= count,
            Often::Every(count) => number.is_multiple_of(count),
        }
    }
}

impl Chance {
    /// A number from 0 to 1, without 1.
    fn share(self, purpose: u64) -> f64 {
        (self.word(purpose) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn word(self, purpose: u64) -> u64 {
        mixed(purpose, 0, self.0)
    }

    /// A time from the range.
    pub(super) fn lateness(self, range: TimeRange) -> Duration {
        range.least + (range.most - range.least).mul_f64(self.share(LATENESS))
    }

    /// Bytes that no recipient takes for the beginning of an answer: the first is no letter.
    pub(super) fn garbage(self) -> Vec<u8> {
        let bytes = GARBAGE_WORDS.flat_map(|purpose| self.word(purpose).to_le_bytes());
        std::iter::once(0xff).chain(bytes).collect()
    }
}

fn mixed(first: u64, second: u64, seed: u64) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&first.to_le_bytes());
    bytes[8..].copy_from_slice(&second.to_le_bytes());
    xxh3_64_with_seed(&bytes, seed)
}

/// The path of a request as patterns know it, percent-decoded and without a slash at its end.
fn path(request: &Request<'_>) -> String {
    let Target::Path { path, .. } = request.target else { return String::new() };
    let path = percent_decode_str(path).decode_utf8_lossy();
    match path.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => shorter.to_owned(),
        _ => path.into_owned(),
    }
}

/// Whether a browser asks whether a page of another origin may ask something (CORS).
fn is_preflight(request: &Request<'_>) -> bool {
    request.method == "OPTIONS" && request.fields.first("access-control-request-method").is_some()
}

/// What the client prefers to go wrong: `Prefer: fault=reset` or `Prefer: code=503` (RFC 7240).
fn preferred(fields: &Fields<'_>) -> Option<Result<Effect, String>> {
    let (name, value) = preferences(fields).find(|(name, _)| matches!(&**name, "fault" | "code"))?;
    let effect = if name == "code" { grammar::code(&value) } else { grammar::preference(&value) };
    Some(effect.map_err(|reason| format!("'Prefer: {name}': {reason}")))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::message::{Field, Version};

    fn faults(rules: &[&str], seed: u64) -> Faults {
        Faults {
            rules: rules.iter().map(|rule| grammar::rule(rule).unwrap()).collect(),
            delay: None,
            seed,
            is_drawn: true,
        }
    }

    /// What a request of such a line and fields meets, one after the other.
    fn met(faults: &Faults, requests: &[(&str, &[(&str, &str)])]) -> Vec<Result<&'static str, String>> {
        let counts = RefCell::new(vec![0; faults.rules.len()]);
        let count = |index: usize| {
            counts.borrow_mut()[index] += 1;
            counts.borrow()[index]
        };
        let one = |(line, fields): &(&str, &[(&str, &str)])| {
            let (method, target) = line.split_once(' ').unwrap();
            let (path, query) = match target.split_once('?') {
                Some((path, query)) => (path, Some(query)),
                None => (target, None),
            };
            let target = if path == "*" { Target::Asterisk } else { Target::Path { path, query } };
            let fields: Vec<Field<'_>> =
                fields.iter().map(|(name, value)| Field { name, value: value.as_bytes() }).collect();
            let fields = Fields(&fields);
            let request = Request { method, target, authority: None, version: Version::Http11, fields, content: b"" };
            faults.of(&request, count).map(|strike| strike.map_or("", |strike| strike.effect.name()))
        };
        requests.iter().map(one).collect()
    }

    fn plain(faults: &Faults, lines: &[&str]) -> Vec<&'static str> {
        let requests: Vec<(&str, &[(&str, &str)])> = lines.iter().map(|line| (*line, &[][..])).collect();
        met(faults, &requests).into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn a_rule_is_about_its_method_and_path() {
        let about = |rule: &str, line: &str| plain(&faults(&[rule], 0), &[line]) == ["reset"];
        for (rule, line) in [
            ("reset", "GET /"),
            ("reset", "OPTIONS *"),
            ("POST reset", "POST /x"),
            ("/posts reset", "GET /posts?_sort=id"),
            ("/posts reset", "GET /posts/"),
            ("/posts/* reset", "GET /posts/1"),
            ("/posts* reset", "GET /posts"),
            ("/ reset", "GET /"),
            ("/caf%C3%A9 reset", "GET /café"),
            ("/café reset", "GET /caf%c3%a9"),
        ] {
            assert!(about(rule, line), "{rule} {line}");
        }
        for (rule, line) in [
            ("GET reset", "HEAD /x"),
            ("/posts reset", "GET /posts/1"),
            ("/posts/* reset", "GET /posts"),
            ("/ reset", "GET /x"),
            ("/* reset", "OPTIONS *"),
            ("/Posts reset", "GET /posts"),
        ] {
            assert!(!about(rule, line), "{rule} {line}");
        }
    }

    #[test]
    fn the_first_that_strikes_wins_and_counts() {
        let all = ["GET /"; 7];
        assert_eq!(plain(&faults(&["reset x2", "empty x1"], 0), &all), ["reset", "reset", "empty", "", "", "", ""]);
        assert_eq!(plain(&faults(&["reset every 3"], 0), &all), ["", "", "reset", "", "", "reset", ""]);
        let apart = faults(&["GET reset x1", "POST empty x1"], 0);
        assert_eq!(plain(&apart, &["POST /", "GET /", "POST /", "GET /"]), ["empty", "reset", "", ""]);
    }

    #[test]
    fn chance_is_fair_and_the_same_for_the_same_seed() {
        let lines = ["GET /"; 2000];
        let struck = |seed| plain(&faults(&["reset 10%"], seed), &lines);
        let count = |struck: &[&str]| struck.iter().filter(|name| !name.is_empty()).count();
        assert_eq!(struck(7), struck(7));
        assert_ne!(struck(7), struck(8));
        assert!((120..280).contains(&count(&struck(7))), "{}", count(&struck(7)));
        assert_eq!(count(&plain(&faults(&["reset 100%"], 7), &lines)), 2000);
    }

    #[test]
    fn delays_are_within_their_range() {
        let (least, most) = (Duration::from_millis(100), Duration::from_millis(400));
        let faults = Faults { rules: Vec::new(), delay: Some(TimeRange { least, most }), seed: 1, is_drawn: true };
        let delays: Vec<Duration> = (1..200).filter_map(|number| faults.delay(number)).collect();
        assert!(delays.len() == 199 && delays.iter().all(|delay| (least..=most).contains(delay)));
        assert!(delays.iter().min().unwrap() < &Duration::from_millis(120));
        assert!(delays.iter().max().unwrap() > &Duration::from_millis(380));
    }

    #[test]
    fn a_client_chooses_if_it_may() {
        let chosen = |value: &str| met(&faults(&["client"], 0), &[("GET /", &[("Prefer", value)])]).remove(0);
        for (value, expected) in [
            ("fault=reset", "reset"),
            ("code=503", "status"),
            ("Fault = \"drip:1k/s\"", "drip"),
            ("return=minimal, fault=empty; x=y", "empty"),
            ("code=204, code=500", "status"),
            ("fault=reset, code=500", "reset"),
            ("a=\"b, fault=reset\", fault=empty", "empty"),
            ("wait=3; fault=reset", ""),
            ("return=minimal", ""),
            ("", ""),
        ] {
            assert_eq!(chosen(value), Ok(expected), "{value}");
        }
        for (value, expected) in [
            ("fault=resett", "'Prefer: fault': expected a status, delay:TIME, reset, "),
            ("fault=client", "'Prefer: fault': expected a status, delay:TIME, reset, "),
            ("fault", "'Prefer: fault': expected a status, delay:TIME, reset, "),
            ("fault=\"reset x3\"", "'Prefer: fault': expected a status, delay:TIME, reset, "),
            ("code=99", "'Prefer: code': expected a status from 200 to 599, found '99'"),
            ("code=1000", "'Prefer: code': expected a status from 200 to 599, found '1000'"),
            ("code=abc, code=503", "'Prefer: code': expected a status from 200 to 599, found 'abc'"),
            ("code=reset", "'Prefer: code': expected a status from 200 to 599, found 'reset'"),
            (
                "code=\"503:Retry-After=1\"",
                "'Prefer: code': expected a status from 200 to 599, found '503:Retry-After=1'",
            ),
            ("code", "'Prefer: code': expected a status from 200 to 599, found nothing"),
        ] {
            let refusal = chosen(value).unwrap_err();
            assert!(refusal.starts_with(expected), "{value}: {refusal}");
        }
        assert_eq!(met(&faults(&["reset x0"; 0], 0), &[("GET /", &[("Prefer", "fault=reset")])]), [Ok("")]);
    }

    #[test]
    fn what_a_browser_asks_beforehand_is_spared_unless_it_is_meant() {
        let preflight: &[(&str, &str)] = &[("Access-Control-Request-Method", "PUT")];
        assert_eq!(met(&faults(&["reset"], 0), &[("OPTIONS /", preflight)]), [Ok("")]);
        assert_eq!(met(&faults(&["OPTIONS reset"], 0), &[("OPTIONS /", preflight)]), [Ok("reset")]);
        assert_eq!(met(&faults(&["reset"], 0), &[("OPTIONS /", &[])]), [Ok("reset")]);
    }
}

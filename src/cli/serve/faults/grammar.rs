//! How faults are written: `[METHOD] [PATH*] WHAT[:ARG] [5% | x3 | every 4]`.

use http::StatusCode;
use percent_encoding::percent_decode_str;

use super::rule::{Effect, Often, PathPattern, Rule};
use crate::cli::args::{METHODS, Size, Time};
use crate::cli::serve::echo;
use crate::message::is_token;
use crate::print::line;

/// Between two lines of a slow head, if nothing else is said.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// Everything that can go wrong.
const EFFECTS: &str =
    "a status, delay:TIME, reset, empty, truncate, garbage, bad-chunk, stall, drip:RATE, slow-head or client";

/// What is wrong with the text of a fault.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Where, in characters from 1.
    pub(super) column: usize,
    /// What was expected there, and found.
    pub(super) reason: String,
}

/// A word of the text, and where it begins.
#[derive(Clone, Copy)]
struct SpecWord<'a> {
    whole: &'a str,
    start: usize,
    text: &'a str,
}

impl<'a> SpecWord<'a> {
    /// The words of a text, in order.
    fn all(whole: &'a str) -> impl Iterator<Item = SpecWord<'a>> {
        let mut start = 0;
        let words = whole.split([' ', '\t']).map(move |text| {
            let word = SpecWord { whole, start, text };
            // The separators are one byte each.
            start += text.len() + 1;
            word
        });
        words.filter(|word| !word.text.is_empty())
    }

    /// What follows its first colon, if there is one.
    fn argument(self) -> (&'a str, Option<SpecWord<'a>>) {
        match self.text.split_once(':') {
            Some((name, text)) => (name, Some(SpecWord { start: self.start + name.len() + 1, text, ..self })),
            None => (self.text, None),
        }
    }

    fn mistake(self, reason: String) -> Mistake {
        let column = self.whole.get(..self.start).unwrap_or(self.whole).chars().count() + 1;
        Mistake { column, reason }
    }

    /// It is not what was expected.
    fn expected(self, what: &str) -> Mistake {
        let found = if self.text.is_empty() { "nothing".to_owned() } else { format!("'{}'", line(self.text)) };
        self.mistake(format!("expected {what}, found {found}"))
    }
}

/// The end of a text.
fn end(whole: &str) -> SpecWord<'_> {
    SpecWord { whole, start: whole.len(), text: "" }
}

/// Reads the value of `--fault`.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn rule(text: &str) -> Result<Rule, Mistake> {
    let mut words = SpecWord::all(text).peekable();
    let method = words.next_if(|word| is_method(word.text)).map(method).transpose()?;
    let path = words.next_if(|word| word.text.starts_with('/')).map(pattern).transpose()?;
    let effect = effect(words.next().unwrap_or(end(text)))?;
    let often = match words.next() {
        Some(word) => often(word, &mut words)?,
        None => Often::Always,
    };
    match words.next() {
        Some(word) => Err(word.expected("the end")),
        None => Ok(Rule { method, path, effect, often }),
    }
}

/// Whether a word stands for a method: one of the usual in any case, as on the command line of a request, or a word that
/// begins with a capital, as no effect does.
fn is_method(word: &str) -> bool {
    usual(word).is_some() || word.starts_with(|first: char| first.is_ascii_uppercase())
}

fn usual(word: &str) -> Option<&'static str> {
    METHODS.iter().find(|method| method.eq_ignore_ascii_case(word)).copied()
}

fn method(word: SpecWord<'_>) -> Result<String, Mistake> {
    match is_token(word.text.as_bytes()) {
        true => Ok(usual(word.text).unwrap_or(word.text).to_owned()),
        false => Err(word.expected("a method or a path")),
    }
}

/// Reads the value of `--fail`: a status and, behind a colon, how often.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn failure(text: &str) -> Result<Rule, Mistake> {
    let (_, argument) = SpecWord { whole: text, start: 0, text }.argument();
    let name = SpecWord { whole: text, start: 0, text: text.split(':').next().unwrap_or_default() };
    let often = match argument {
        Some(argument) => {
            let mut words = SpecWord::all(text).filter_map(|word| {
                let skipped = argument.start.saturating_sub(word.start).min(word.text.len());
                let rest = SpecWord { start: word.start + skipped, text: &word.text[skipped..], ..word };
                (!rest.text.is_empty()).then_some(rest)
            });
            let first = words.next().unwrap_or(end(text));
            let often = often(first, &mut words)?;
            if let Some(word) = words.next() {
                return Err(word.expected("the end"));
            }
            often
        }
        None => Often::Always,
    };
    let effect = Effect::Status(status(name)?, None);
    Ok(Rule { method: None, path: None, effect, often })
}

/// Reads what a client prefers to go wrong.
///
/// # Errors
/// What is wrong with it.
pub(super) fn preference(text: &str) -> Result<Effect, String> {
    let word = SpecWord { whole: text, start: 0, text };
    match effect(word) {
        Ok(Effect::OfClient) => Err(word.expected(EFFECTS).reason),
        Ok(effect) => Ok(effect),
        Err(mistake) => Err(mistake.reason),
    }
}

/// Reads which status a client prefers.
///
/// # Errors
/// What is wrong with it.
pub(super) fn code(text: &str) -> Result<Effect, String> {
    let status = status(SpecWord { whole: text, start: 0, text }).map_err(|mistake| mistake.reason)?;
    Ok(Effect::Status(status, None))
}

fn pattern(word: SpecWord<'_>) -> Result<PathPattern, Mistake> {
    let (text, is_beginning) = match word.text.strip_suffix('*') {
        Some(text) => (text, true),
        None => (word.text, false),
    };
    if text.contains('*') {
        return Err(word.expected("a path with '*' at its end only"));
    }
    if text.contains(['?', '#']) {
        return Err(word.expected("a path without a query"));
    }
    let text = percent_decode_str(text).decode_utf8().map_err(|_| word.expected("a path in UTF-8"))?;
    // As in requests, one slash at the end makes no difference.
    let text = match text.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() && !is_beginning => shorter,
        _ => &text,
    };
    Ok(PathPattern { text: text.to_owned(), is_beginning })
}

fn effect(word: SpecWord<'_>) -> Result<Effect, Mistake> {
    let (name, argument) = word.argument();
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        let field = argument.map(field).transpose()?;
        return Ok(Effect::Status(status(SpecWord { text: name, ..word })?, field));
    }
    let plain = match name {
        "delay" => {
            return Ok(Effect::Delay(needed(word, argument, "a time up to 60m such as 'delay:2s' or 'delay:1s-3s'")?));
        }
        "drip" => {
            let what = "a rate such as 'drip:1k/s'";
            let argument = argument.ok_or_else(|| word.expected(what))?;
            let rate = argument.text.strip_suffix("/s").and_then(|size| size.parse::<Size>().ok());
            return rate.map(|rate| Effect::Drip(rate.0)).ok_or_else(|| argument.expected(what));
        }
        "slow-head" => {
            let pause = argument.map(|argument| needed::<Time>(word, Some(argument), "a time such as 'slow-head:1s'"));
            return Ok(Effect::SlowHead(pause.transpose()?.map_or(PAUSE, |time| time.0)));
        }
        "reset" => Effect::Reset,
        "empty" => Effect::Empty,
        "truncate" => Effect::Truncate,
        "garbage" => Effect::Garbage,
        "bad-chunk" => Effect::BadChunk,
        "stall" => Effect::Stall,
        "client" => Effect::OfClient,
        _ => return Err(word.expected(EFFECTS)),
    };
    match argument {
        Some(argument) => Err(argument.expected(&format!("nothing behind '{name}:'"))),
        None => Ok(plain),
    }
}

/// What has to stand behind the colon of a word.
fn needed<T: std::str::FromStr>(word: SpecWord<'_>, argument: Option<SpecWord<'_>>, what: &str) -> Result<T, Mistake> {
    let argument = argument.ok_or_else(|| word.expected(what))?;
    argument.text.parse().map_err(|_| argument.expected(what))
}

fn status(word: SpecWord<'_>) -> Result<StatusCode, Mistake> {
    let status = word.text.parse::<StatusCode>().ok().filter(|status| (200..600).contains(&status.as_u16()));
    status.ok_or_else(|| word.expected("a status from 200 to 599"))
}

/// `Name=value`.
fn field(word: SpecWord<'_>) -> Result<(String, String), Mistake> {
    let pair = word.text.split_once('=').filter(|(name, _)| is_token(name.as_bytes()));
    let (name, value) = pair.ok_or_else(|| word.expected("a field such as 'Retry-After=2'"))?;
    if echo::FRAMING.iter().chain(&["content-type"]).any(|own| own.eq_ignore_ascii_case(name)) {
        return Err(word.expected("a field that the server does not set itself"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// `5%`, `x3` or `every 4`.
fn often<'a>(word: SpecWord<'a>, words: &mut impl Iterator<Item = SpecWord<'a>>) -> Result<Often, Mistake> {
    let what = "how often, as '5%', 'x3' or 'every 4'";
    let count = |text: &str| text.parse::<u64>().ok().filter(|count| *count > 0 && !text.starts_with('+'));
    if word.text == "every" {
        let word = words.next().unwrap_or(end(word.whole));
        return count(word.text).map(Often::Every).ok_or_else(|| word.expected("a number behind 'every'"));
    }
    if let Some(share) = word.text.strip_suffix('%') {
        let is_plain = share.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let share = share.parse::<f64>().ok().filter(|share| is_plain && *share > 0.0 && *share <= 100.0);
        let expected = || word.expected("a share above 0% and up to 100%");
        return share.map(|share| Often::Share(share / 100.0)).ok_or_else(expected);
    }
    let first = word.text.strip_prefix('x').and_then(count);
    first.map(Often::First).ok_or_else(|| word.expected(what))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cli::args::TimeRange;

    fn status_of(code: u16, field: Option<(&str, &str)>) -> Effect {
        let field = field.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Effect::Status(StatusCode::from_u16(code).unwrap(), field)
    }

    fn delay(least: u64, most: u64) -> Effect {
        Effect::Delay(TimeRange { least: Duration::from_millis(least), most: Duration::from_millis(most) })
    }

    #[test]
    fn what_goes_wrong() {
        for (text, expected) in [
            ("503", status_of(503, None)),
            ("503:Retry-After=2", status_of(503, Some(("Retry-After", "2")))),
            ("302:Location=http://a/?b=c", status_of(302, Some(("Location", "http://a/?b=c")))),
            ("503:X=", status_of(503, Some(("X", "")))),
            ("delay:2s", delay(2000, 2000)),
            ("delay:100ms-1.5s", delay(100, 1500)),
            ("reset", Effect::Reset),
            ("empty", Effect::Empty),
            ("truncate", Effect::Truncate),
            ("garbage", Effect::Garbage),
            ("bad-chunk", Effect::BadChunk),
            ("stall", Effect::Stall),
            ("drip:1k/s", Effect::Drip(1024)),
            ("slow-head", Effect::SlowHead(Duration::from_secs(1))),
            ("slow-head:20ms", Effect::SlowHead(Duration::from_millis(20))),
            ("client", Effect::OfClient),
        ] {
            let expected = Rule { method: None, path: None, effect: expected, often: Often::Always };
            assert_eq!(rule(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn which_requests() {
        let path = |text: &str, is_beginning| Some(PathPattern { text: text.to_owned(), is_beginning });
        for (text, method, path, often) in [
            ("GET reset", Some("GET"), None, Often::Always),
            ("get reset", Some("GET"), None, Often::Always),
            ("LINK reset", Some("LINK"), None, Often::Always),
            ("/posts reset", None, path("/posts", false), Often::Always),
            ("/posts/ reset", None, path("/posts", false), Often::Always),
            ("/ reset", None, path("/", false), Often::Always),
            ("/* reset", None, path("/", true), Often::Always),
            ("  PATCH\t/posts/*  reset  x3 ", Some("PATCH"), path("/posts/", true), Often::First(3)),
            ("/caf%C3%A9%2A reset", None, path("/café*", false), Often::Always),
            ("/café* reset", None, path("/café", true), Often::Always),
            ("reset 5%", None, None, Often::Share(0.05)),
            ("reset 0.5%", None, None, Often::Share(0.005)),
            ("reset 100%", None, None, Often::Share(1.0)),
            ("reset every 4", None, None, Often::Every(4)),
        ] {
            let method = method.map(str::to_owned);
            assert_eq!(rule(text), Ok(Rule { method, path, effect: Effect::Reset, often }), "{text}");
        }
    }

    #[test]
    fn mistakes_have_their_place() {
        for (text, column, reason) in [
            ("", 1, "expected a status, delay:TIME, reset"),
            ("  ", 3, "found nothing"),
            ("GET", 4, "found nothing"),
            ("GET /x resett", 8, "found 'resett'"),
            ("link reset", 1, "found 'link'"),
            ("/é? reset", 1, "expected a path without a query"),
            ("/*/é reset", 1, "expected a path with '*' at its end only"),
            ("/%FF reset", 1, "UTF-8"),
            ("/é GET reset", 4, "found 'GET'"),
            ("G(T reset", 1, "expected a method"),
            ("99", 1, "expected a status from 200 to 599"),
            ("1000", 1, "expected a status from 200 to 599"),
            ("100", 1, "expected a status from 200 to 599"),
            ("600", 1, "expected a status from 200 to 599"),
            ("503x", 1, "expected a status from 200 to 599"),
            ("503:", 5, "expected a field such as 'Retry-After=2', found nothing"),
            ("503:Retry-After", 5, "expected a field"),
            ("503:a b=c", 5, "found 'a'"),
            ("503:=c", 5, "expected a field"),
            ("503:content-length=2", 5, "does not set itself"),
            ("503:Content-Type=a/b", 5, "does not set itself"),
            ("delay", 1, "expected a time up to 60m such as 'delay:2s'"),
            ("é delay:2s-1s", 1, "found 'é'"),
            ("delay:2s-1s", 7, "found '2s-1s'"),
            ("delay:0s", 7, "found '0s'"),
            ("delay:2h", 7, "found '2h'"),
            ("delay:61m", 7, "expected a time up to 60m such as 'delay:2s' or 'delay:1s-3s', found '61m'"),
            ("delay:1s-", 7, "found '1s-'"),
            ("drip", 1, "expected a rate"),
            ("drip:1k", 6, "expected a rate"),
            ("drip:0/s", 6, "expected a rate"),
            ("slow-head:", 11, "expected a time such as 'slow-head:1s', found nothing"),
            ("reset:1", 7, "expected nothing behind 'reset:', found '1'"),
            ("reset x", 7, "expected how often, as '5%', 'x3' or 'every 4', found 'x'"),
            ("reset x0", 7, "found 'x0'"),
            ("reset x-1", 7, "found 'x-1'"),
            ("reset x+1", 7, "found 'x+1'"),
            ("reset 0%", 7, "expected a share"),
            ("reset 101%", 7, "expected a share"),
            ("reset nan%", 7, "expected a share"),
            ("reset -5%", 7, "expected a share"),
            ("reset %", 7, "expected a share"),
            ("reset every", 12, "expected a number behind 'every', found nothing"),
            ("reset every 0", 13, "expected a number behind 'every', found '0'"),
            ("reset x3 x4", 10, "expected the end, found 'x4'"),
            ("reset \u{1b}[2J", 7, "found '\\x1b[2J'"),
        ] {
            let mistake = rule(text).unwrap_err();
            assert!(mistake.reason.contains(reason), "{text}: {mistake:?}");
            assert_eq!(mistake.column, column, "{text}: {mistake:?}");
        }
    }

    #[test]
    fn the_short_form() {
        for (text, code, expected) in [
            ("503", 503, Often::Always),
            ("503:5%", 503, Often::Share(0.05)),
            ("500:x3", 500, Often::First(3)),
            ("429:every 4", 429, Often::Every(4)),
        ] {
            let found = failure(text).unwrap();
            assert_eq!((found.effect, found.often), (status_of(code, None), expected), "{text}");
        }
        for (text, column) in
            [("", 1), ("reset", 1), ("5%", 1), ("503:", 5), ("503:5", 5), ("503:5% x", 8), ("503:every", 10)]
        {
            assert_eq!(failure(text).unwrap_err().column, column, "{text}");
        }
    }

    #[test]
    fn a_client_chooses_among_the_same() {
        assert_eq!(preference("drip:1/s"), Ok(Effect::Drip(1)));
        assert!(preference("client").is_err() && preference("reset x3").is_err() && preference("").is_err());
    }
}

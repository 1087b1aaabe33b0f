//! A waterfall: one row for each exchange, each phase to scale, so that one sees where the time went.

use std::io::{self, Write};

use super::style::{Palette, Tone};
use super::visible;

/// From so many columns on, the bar stands beside the numbers.
const WIDE: usize = 120;
/// So many columns the numbers have then.
const NUMBERS: usize = 66;
/// Fewer columns than these are as good as none.
const LEAST: usize = 40;

/// One exchange.
#[derive(Debug, Clone, Default)]
pub struct Span {
    /// What was asked: method and URL.
    pub what: String,
    /// The status of the response, if there was one.
    pub status: Option<u16>,
    /// What is said of it besides.
    pub note: Option<String>,
    /// Whether it failed.
    pub failed: bool,
    /// When it began, in microseconds after the first one did.
    pub start: u64,
    /// The phases that there were, in order, each with its time in microseconds.
    pub phases: Vec<(Mark, u64)>,
    /// Bytes that were sent.
    pub sent: u64,
    /// Bytes that came back.
    pub received: u64,
}

/// How a phase is called and drawn.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// Its name.
    pub name: &'static str,
    /// What its part of the bar is made of, so that it is told apart without colours too.
    pub sign: char,
    /// Its colour.
    pub tone: Tone,
}

impl Span {
    /// When it ended, in microseconds after the first one began.
    fn end(&self) -> u64 {
        self.start + self.total()
    }

    fn total(&self) -> u64 {
        self.phases.iter().map(|(_, time)| time).sum()
    }
}

/// Writes the rows of all of them, on one scale, within that many columns.
///
/// # Errors
/// Those of the writer.
pub fn waterfall(out: &mut impl Write, spans: &[Span], palette: Palette, columns: usize) -> io::Result<()> {
    let columns = columns.max(LEAST);
    let whole = spans.iter().map(Span::end).max().unwrap_or(0);
    for span in spans {
        title(out, span, palette, columns)?;
        let numbers = numbers(span, palette);
        match columns >= WIDE && numbers.width <= NUMBERS {
            true => {
                let gap = " ".repeat(NUMBERS - numbers.width);
                let bar = bar(span, whole, columns - NUMBERS - 6, palette);
                writeln!(out, "  {}{gap} |{bar}|", numbers.text)?;
            }
            false => {
                writeln!(out, "  {}", numbers.text)?;
                writeln!(out, "  |{}|", bar(span, whole, columns - 5, palette))?;
            }
        }
    }
    Ok(())
}

/// What was asked and what came of it, and at the right end how long it took and how many bytes went each way.
fn title(out: &mut impl Write, span: &Span, palette: Palette, columns: usize) -> io::Result<()> {
    let facts =
        format!("{} ms  {} B up  {} B down", milliseconds(span.total()), grouped(span.sent), grouped(span.received));
    let status = span.status.map_or_else(|| "---".to_owned(), |status| format!("{status:03}"));
    let room = columns.saturating_sub(facts.len() + status.len() + 5);
    let what = shortened(&visible::line(&span.what), room.max(10));
    let tone = if span.failed { Tone::Bad } else { Tone::of_status(span.status.unwrap_or(0)) };
    let gap = " ".repeat(room.saturating_sub(what.chars().count()));
    writeln!(out, "{what} {}{gap}   {facts}", palette.paint(tone, &status))?;
    let Some(note) = &span.note else { return Ok(()) };
    let tone = if span.failed { Tone::Bad } else { Tone::Faint };
    writeln!(out, "  {}", palette.paint(tone, &shortened(&visible::line(note), columns - 3)))
}

struct PhaseNumbers {
    text: String,
    width: usize,
}

/// The phases with their signs and times.
fn numbers(span: &Span, palette: Palette) -> PhaseNumbers {
    let mut numbers = PhaseNumbers { text: String::new(), width: 0 };
    for (mark, time) in &span.phases {
        let gap = if numbers.width == 0 { "" } else { "  " };
        let (sign, rest) = (mark.sign.to_string(), format!(" {} {}", mark.name, milliseconds(*time)));
        numbers.width += gap.len() + 1 + rest.len();
        numbers.text.push_str(&format!("{gap}{}{rest}", palette.paint(mark.tone, &sign)));
    }
    numbers
}

/// The bar of a row, of so many columns for the whole time. A row that has taken time is seen, if only as one sign.
fn bar(span: &Span, whole: u64, columns: usize, palette: Palette) -> String {
    let column = |time: u64| scaled(time, whole, columns);
    let (first, mut time) = (column(span.start).min(columns - 1), span.start);
    let mut bar = " ".repeat(first);
    let mut at = first;
    let longest = span.phases.iter().map(|(_, time)| *time).max();
    for (mark, length) in &span.phases {
        time += length;
        let is_lone = at == first && column(span.end()) <= first && Some(*length) == longest;
        let end = column(time).max(at + usize::from(is_lone)).min(columns);
        bar.push_str(&palette.paint(mark.tone, &mark.sign.to_string().repeat(end - at)));
        at = end;
    }
    bar.push_str(&" ".repeat(columns - at));
    bar
}

/// The column, to the nearest one.
fn scaled(time: u64, whole: u64, columns: usize) -> usize {
    let exact = (u128::from(time) * columns as u128 * 2 + u128::from(whole)) / (u128::from(whole) * 2).max(1);
    usize::try_from(exact).unwrap_or(columns).min(columns)
}

/// Milliseconds with three digits that count, at least.
fn milliseconds(time: u64) -> String {
    let milliseconds = time as f64 / 1e3;
    match time {
        0..10_000 => format!("{milliseconds:.2}"),
        10_000..100_000 => format!("{milliseconds:.1}"),
        _ => format!("{milliseconds:.0}"),
    }
}

/// A number with commas between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The text, or its beginning and a sign that there is more.
fn shortened(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        true => text.chars().take(most.saturating_sub(3)).chain("...".chars()).collect(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEND: Mark = Mark { name: "send", sign: '>', tone: Tone::Good };
    const WAIT: Mark = Mark { name: "wait", sign: '.', tone: Tone::Faint };

    fn shown(spans: &[Span], columns: usize) -> String {
        let mut out = Vec::new();
        waterfall(&mut out, spans, Palette::default(), columns).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn span(start: u64, phases: &[(Mark, u64)]) -> Span {
        let (what, status) = ("GET http://h/".to_owned(), Some(200));
        Span { what, status, start, phases: phases.to_vec(), sent: 1234, received: 0, ..Span::default() }
    }

    #[test]
    fn bars_are_to_scale_on_one_axis() {
        let spans = [span(0, &[(SEND, 1000), (WAIT, 1000)]), span(2000, &[(WAIT, 2000)])];
        let text = shown(&spans, 45);
        let bars: Vec<&str> = text.lines().filter(|line| line.starts_with("  |")).collect();
        assert_eq!(
            bars,
            [
                format!("  |{}{}{}|", ">".repeat(10), ".".repeat(10), " ".repeat(20)),
                format!("  |{}{}|", " ".repeat(20), ".".repeat(20)),
            ]
        );
        assert!(
            text.starts_with("GET htt... 200   2.00 ms  1,234 B up  0 B down\n  > send 1.00  . wait 1.00\n"),
            "{text}"
        );
    }

    #[test]
    fn no_row_is_wider_than_asked_and_none_is_invisible() {
        for columns in [60, 80, 119, 120, 140, 200] {
            let spans =
                [span(0, &[(SEND, 0), (WAIT, 1)]), span(0, &[(WAIT, 90_000_000)]), span(90_000_000, &[(SEND, 2)])];
            let text = shown(&spans, columns);
            assert!(text.lines().all(|line| line.chars().count() < columns), "{columns}\n{text}");
            let bars: Vec<&str> = text.lines().filter(|line| line.contains('|')).collect();
            assert!(bars.iter().all(|bar| !bar.split('|').nth(1).unwrap().trim().is_empty()), "{text}");
        }
    }

    #[test]
    fn nothing_at_all_is_drawn_too() {
        assert_eq!(shown(&[], 80), "");
        assert!(shown(&[span(0, &[])], 80).contains("0.00 ms"));
    }

    #[test]
    fn what_a_server_says_steers_no_terminal() {
        let spans = [Span { note: Some("\x1b[2J\u{202e}".into()), failed: true, ..span(0, &[]) }];
        assert!(shown(&spans, 80).contains("\n  \\x1b[2J\\u{202e}\n"));
    }
}

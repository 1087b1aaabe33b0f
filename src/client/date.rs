//! Dates as people and servers write them (curl(1) `-z`).

use std::time::{Duration, SystemTime};

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::{BrokenDownTime, Config};
use jiff::tz::TimeZone;

/// The moment that a text means: HTTP's forms, `2024-05-01`, with a time or not, seconds since 1970 after `@`, and what
/// else people write: day, month and year in any order, with a time, a weekday and a zone or without. A date without a
/// zone is in GMT, as curl has it.
pub fn read_date(text: &str) -> Option<SystemTime> {
    if let Ok(moment) = httpdate::parse_http_date(text) {
        return Some(moment);
    }
    if let Some(seconds) = text.strip_prefix('@') {
        return SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds.parse().ok()?));
    }
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(moment.into());
    }
    let civil =
        text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(|date| date.to_datetime(Time::midnight())));
    match civil {
        Ok(civil) => moment(civil, 0),
        Err(_) => Loose::read(text)?.moment(),
    }
}

/// A moment as `20240501 12:30:00`, in GMT; `None` beyond the year 9999.
pub(super) fn compact(moment: SystemTime) -> Option<String> {
    let moment = jiff::Timestamp::try_from(moment).ok()?;
    Some(moment.strftime("%Y%m%d %H:%M:%S").to_string())
}

/// What the forms of a format of `strftime` mean that are others here: those of the C locale, and curl's `%f`.
const C_FORMS: [(char, &str); 6] = [
    ('c', "%a %b %e %H:%M:%S %Y"),
    ('D', "%m/%d/%y"),
    ('f', "%6f"),
    ('r', "%I:%M:%S %p"),
    ('x', "%m/%d/%y"),
    ('X', "%H:%M:%S"),
];

/// A moment, in UTC, in a format of `strftime`, with microseconds for `%f` (curl(1) `%time{}`). What is no form of it stays
/// as it is; nothing for a moment beyond the year 9999.
pub fn dated(moment: SystemTime, format: &str) -> String {
    let Ok(moment) = jiff::Timestamp::try_from(moment) else { return String::new() };
    let mut text = String::new();
    let mut rest = format;
    while let Some((before, form)) = rest.split_once('%') {
        let letter = form.chars().next();
        let meant = C_FORMS.iter().find(|(form, _)| Some(*form) == letter).map(|(_, meant)| *meant);
        text.push_str(before);
        let used = letter.map_or(0, char::len_utf8);
        match meant {
            Some(meant) => text.push_str(meant),
            None => text.extend(["%", &form[..used]]),
        }
        rest = &form[used..];
    }
    text.push_str(rest);
    let parts = BrokenDownTime::from(&moment.to_zoned(TimeZone::UTC));
    parts.to_string_with_config(&Config::new().lenient(true), &text).unwrap_or_default()
}

/// Seconds since 1970, 0 before.
pub(super) fn seconds(moment: SystemTime) -> u64 {
    moment.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

/// A date and time so many seconds east of Greenwich.
fn moment(civil: DateTime, east: i64) -> Option<SystemTime> {
    let there = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(there.checked_sub(jiff::SignedDuration::from_secs(east)).ok()?.into())
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Zones by the names that mail and news gave them, in hours east of Greenwich (RFC 5322 4.3).
const ZONES: [(&str, i64); 22] = [
    ("gmt", 0),
    ("utc", 0),
    ("ut", 0),
    ("z", 0),
    ("wet", 0),
    ("bst", 1),
    ("cet", 1),
    ("met", 1),
    ("cest", 2),
    ("mest", 2),
    ("eet", 2),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("hst", -10),
    ("jst", 9),
    ("nzst", 12),
];

/// What was found in a date whose parts stand in any order.
#[derive(Default)]
struct Loose {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<Time>,
    east: Option<i64>,
    has_weekday: bool,
}

impl Loose {
    /// `None` if a part is none, or is there twice.
    fn read(text: &str) -> Option<Loose> {
        let mut found = Loose::default();
        let mut rest = text;
        while let Some(start) = rest.find(|sign: char| sign.is_ascii_alphanumeric()) {
            let sign = rest[..start].chars().next_back().filter(|sign| matches!(sign, '+' | '-'));
            rest = &rest[start..];
            let is_word = rest.starts_with(|sign: char| sign.is_ascii_alphabetic());
            let belongs = |sign: char| match is_word {
                true => sign.is_ascii_alphabetic(),
                false => sign.is_ascii_digit() || sign == ':',
            };
            let part;
            (part, rest) = rest.split_at(rest.find(|sign: char| !belongs(sign)).unwrap_or(rest.len()));
            match is_word {
                true => found.word(&part.to_ascii_lowercase())?,
                false => found.number(part, sign)?,
            }
        }
        Some(found)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let is_short_or_whole = |name: &str| word == name || word == &name[..3];
        if let Some(month) = MONTHS.iter().position(|month| word == *month).filter(|_| self.month.is_none()) {
            self.month = i8::try_from(month + 1).ok();
        } else if DAYS.iter().any(|day| is_short_or_whole(day)) && !self.has_weekday {
            self.has_weekday = true;
        } else {
            let (_, hours) = ZONES.iter().find(|(zone, _)| *zone == word).filter(|_| self.east.is_none())?;
            self.east = Some(hours * 3600);
        }
        Some(())
    }

    fn number(&mut self, digits: &str, sign: Option<char>) -> Option<()> {
        if digits.contains(':') {
            return self.clock(digits);
        }
        let number: u32 = digits.parse().ok()?;
        if let (Some(sign), 4, None, true) = (sign, digits.len(), self.east, self.time.is_some() && number <= 1400) {
            let east = i64::from(number / 100) * 3600 + i64::from(number % 100) * 60;
            self.east = Some(if sign == '-' { -east } else { east });
        } else if digits.len() == 8 && self.year.is_none() && self.month.is_none() && self.day.is_none() {
            self.year = i16::try_from(number / 10_000).ok();
            self.month = i8::try_from(number / 100 % 100).ok();
            self.day = i8::try_from(number % 100).ok();
        } else if (1..=31).contains(&number) && digits.len() <= 2 && self.day.is_none() {
            self.day = i8::try_from(number).ok();
        } else if self.year.is_none() {
            let century = match (digits.len(), number) {
                (..=2, 71..) => 1900,
                (..=2, _) => 2000,
                _ => 0,
            };
            self.year = i16::try_from(number + century).ok();
        } else {
            return None;
        }
        Some(())
    }

    fn clock(&mut self, digits: &str) -> Option<()> {
        let mut numbers = digits.split(':').map(|part| part.parse::<i8>().ok().filter(|_| part.len() <= 2));
        let (hour, minute) = (numbers.next()??, numbers.next()??);
        let second = numbers.next().map_or(Some(0), |second| second)?;
        let is_whole = self.time.is_none() && numbers.next().is_none();
        // A leap second is the last one of its minute here.
        self.time = Some(Time::new(hour, minute, second.min(59), 0).ok().filter(|_| is_whole && second <= 60)?);
        Some(())
    }

    fn moment(&self) -> Option<SystemTime> {
        let date = Date::new(self.year?, self.month?, self.day?).ok()?;
        moment(date.to_datetime(self.time.unwrap_or(Time::midnight())), self.east.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for (text, expected) in [
            ("Tue, 01 Jan 2019 00:00:00 GMT", Some("Tue, 01 Jan 2019 00:00:00 GMT")),
            ("Mon, 01 Jan 2019 00:00:00 GMT", Some("Tue, 01 Jan 2019 00:00:00 GMT")),
            ("20190101", Some("Tue, 01 Jan 2019 00:00:00 GMT")),
            ("2019-01-01", Some("Tue, 01 Jan 2019 00:00:00 GMT")),
            ("2019-01-01 12:30:00", Some("Tue, 01 Jan 2019 12:30:00 GMT")),
            ("2019-01-01T12:30:00+02:00", Some("Tue, 01 Jan 2019 10:30:00 GMT")),
            ("1 Jan 2019 12:30:00 +0000", Some("Tue, 01 Jan 2019 12:30:00 GMT")),
            ("jan 1 12:30:00 2019 GMT", Some("Tue, 01 Jan 2019 12:30:00 GMT")),
            ("01-Jan-19 12:30:00", Some("Tue, 01 Jan 2019 12:30:00 GMT")),
            ("Jan 1 2019", Some("Tue, 01 Jan 2019 00:00:00 GMT")),
            ("2019 Jan 1 12:30", Some("Tue, 01 Jan 2019 12:30:00 GMT")),
            ("12:30 1 Jan 2019 CET", Some("Tue, 01 Jan 2019 11:30:00 GMT")),
            ("Tuesday, 1-Jan-99 12:30:00 PST", Some("Fri, 01 Jan 1999 20:30:00 GMT")),
            ("20190101 12:30:00 -0730", Some("Tue, 01 Jan 2019 20:00:00 GMT")),
            ("Tue Jan  1 12:30:60 2019", Some("Tue, 01 Jan 2019 12:30:59 GMT")),
            ("@1546300800", Some("Tue, 01 Jan 2019 00:00:00 GMT")),
            ("@99999999999999999999", None),
            ("soon", None),
            ("", None),
            ("1 Jan", None),
            ("31 Feb 2019", None),
            ("1 2 3 4 2019", None),
            ("1 Jan 2019 12:61", None),
            ("1 Jan 2019 1:2:3:4", None),
        ] {
            assert_eq!(read_date(text).map(httpdate::fmt_http_date).as_deref(), expected, "{text}");
        }
    }
}

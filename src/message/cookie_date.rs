//! Dates of cookies in any of the forms that servers write (RFC 6265 5.1.1).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// A longer date is none: curl's limit.
const LONGEST: usize = 80;

/// Seconds since 1970 of a date, at least 1; `None` if it is none.
pub fn cookie_date(text: &str) -> Option<u64> {
    if text.len() > LONGEST {
        return None;
    }
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.bytes().collect::<Vec<u8>>().split(|byte| is_delimiter(*byte)).filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = time_of(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = digits(token, 1..=2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = digits(token, 2..=4)
        {
            year = Some(match found {
                70..=99 => found + 1900,
                0..=69 => found + 2000,
                _ => found,
            });
        }
    }
    let day = Date::new(year.filter(|year| *year >= 1601)?, month?, i8::try_from(day?).ok()?).ok()?;
    let moment = Offset::UTC.to_timestamp(DateTime::from_parts(day, time?)).ok()?;
    Some(u64::try_from(moment.as_second()).unwrap_or(0).max(1))
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x20..=0x2f | 0x3b..=0x40 | 0x5b..=0x60 | 0x7b..=0x7e)
}

/// The digits that a token begins with, if there are so many of them; anything that is no digit may follow.
fn digits(token: &[u8], count: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let length = token.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let text = str::from_utf8(&token[..length]).ok().filter(|_| count.contains(&length))?;
    text.parse().ok()
}

/// `hh:mm:ss`, one digit or two each.
fn time_of(token: &[u8]) -> Option<Time> {
    let mut parts = token.splitn(3, |byte| *byte == b':');
    let whole = |part: &[u8]| part.iter().all(u8::is_ascii_digit).then(|| digits(part, 1..=2)).flatten();
    let (hour, minute) = (whole(parts.next()?)?, whole(parts.next()?)?);
    let second = digits(parts.next()?, 1..=2)?;
    let small = |number: i16| i8::try_from(number).ok();
    Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()
}

fn month_of(token: &[u8]) -> Option<i8> {
    let start = token.get(..3)?;
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let place = names.iter().position(|name| start.eq_ignore_ascii_case(name.as_bytes()))?;
    i8::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_a_date_are_read() {
        // Sunday, 6 November 1994, 08:49:37.
        let expected = Some(784_111_777);
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            // The weekday is not looked at: it may be wrong or missing, as may the rest of the words.
            "Thu, 06 Nov 1994 08:49:37 GMT",
            "Fri, 06 Nov 1994 08:49:37 GMT",
            "06 Nov 1994 08:49:37",
            "1994 Nov 6 8:49:37",
            "Nov 6 94 08:49:37 UTC",
            "november 6th 1994 08:49:37 Z",
            "08:49:37 6-nov-1994",
            "6/Nov/1994_08:49:37",
            "Sun,06 Nov 1994 08:49:37 -0100",
        ] {
            assert_eq!(cookie_date(text), expected, "{text}");
        }
        for (text, expected) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(1)),
            ("Wed, 31 Dec 1969 23:59:59 GMT", Some(1)),
            ("Tue, 01-Jan-69 00:00:00 GMT", Some(3_124_224_000)),
            ("Thu, 29 Feb 2024 12:00:00 GMT", Some(1_709_208_000)),
            ("Wed, 29 Feb 2023 12:00:00 GMT", None),
            ("Sun, 32 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1600 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:60:37 GMT", None),
            ("Sun, 06 Nov 1994", None),
            ("Sun, 06 1994 08:49:37", None),
            ("0", None),
            ("", None),
        ] {
            assert_eq!(cookie_date(text), expected, "{text}");
        }
        assert_eq!(cookie_date(&format!("{}Sun, 06 Nov 1994 08:49:37 GMT", " ".repeat(80))), None);
    }
}

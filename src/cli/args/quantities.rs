//! Sizes and times as values of arguments.

use std::str::FromStr;
use std::time::Duration;

/// A number of bytes: `100`, `32k`, `16m`, `1g` (powers of 1024).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size(pub usize);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Size, String> {
        let lower = text.to_ascii_lowercase();
        let (digits, factor) = match lower.strip_suffix(['k', 'm', 'g']) {
            Some(digits) if lower.ends_with('k') => (digits, 1 << 10),
            Some(digits) if lower.ends_with('m') => (digits, 1 << 20),
            Some(digits) => (digits, 1 << 30),
            None => (&*lower, 1),
        };
        let number: Option<usize> = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
        number
            .and_then(|number| number.checked_mul(factor))
            .filter(|size| *size > 0)
            .map(Size)
            .ok_or_else(|| "expected a size above 0, such as 4096, 32k or 16m".to_string())
    }
}

/// A length of time: `200ms`, `10s`, `5m`; a number alone is seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Time(pub Duration);

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Time, String> {
        let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
        let factor = match unit {
            "ms" => 0.001,
            "" | "s" => 1.0,
            "m" => 60.0,
            _ => f64::NAN,
        };
        number
            .parse::<f64>()
            .ok()
            .map(|number| number * factor)
            .filter(|seconds| *seconds > 0.0 && *seconds <= 1e6)
            .map(|seconds| Time(Duration::from_secs_f64(seconds)))
            .ok_or_else(|| "expected a time above 0, such as 200ms, 10s or 5m".to_string())
    }
}

/// A length of time, or any between two: `200ms`, `100ms-400ms`; at most an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// The shortest, at most an hour.
    pub least: Duration,
    /// The longest, at most an hour, and not below the shortest.
    pub most: Duration,
}

impl FromStr for TimeRange {
    type Err = String;

    fn from_str(text: &str) -> Result<TimeRange, String> {
        const LONGEST: Duration = Duration::from_secs(3600);
        let expected =
            || "expected a time above 0 and up to 60m, or two with '-' between, such as 200ms or 1s-3s".to_string();
        let time = |text: &str| text.parse::<Time>().map(|time| time.0);
        let (least, most) = text.split_once('-').unwrap_or((text, text));
        match (time(least), time(most)) {
            (Ok(least), Ok(most)) if least <= most && most <= LONGEST => Ok(TimeRange { least, most }),
            _ => Err(expected()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times() {
        for (text, expected) in
            [("1", Some(1)), ("32k", Some(32 << 10)), ("16M", Some(16 << 20)), ("1g", Some(1 << 30))]
        {
            assert_eq!(text.parse::<Size>().ok().map(|size| size.0), expected, "{text}");
        }
        for text in ["", "k", "0", "-1", "1.5k", "1kb", "99999999999999999999", "99999999999g"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
        for (text, millis) in [("200ms", 200), ("10s", 10_000), ("2", 2000), ("1.5s", 1500), ("5m", 300_000)] {
            assert_eq!(text.parse::<Time>().ok().map(|time| time.0.as_millis()), Some(millis), "{text}");
        }
        for (text, least, most) in [("200ms", 200, 200), ("100ms-0.4", 100, 400), ("60m", 3_600_000, 3_600_000)] {
            let range = text.parse::<TimeRange>().map(|range| (range.least.as_millis(), range.most.as_millis()));
            assert_eq!(range, Ok((least, most)), "{text}");
        }
        for text in ["", "-", "1s-", "-1s", "2s-1s", "0s-1s", "61m", "1s-2s-3s"] {
            assert!(text.parse::<TimeRange>().is_err(), "{text}");
        }
        for text in ["", "s", "0", "-1s", "10h", "1e30", "inf", "nan"] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
    }
}

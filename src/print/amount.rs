//! Sizes and times as people say them.

use std::time::Duration;

/// A size: `812 bytes`, `2.9 KiB`, `60 MiB`.
///
/// ```
/// assert_eq!([812, 3_000, 60 << 20].map(httpkit::print::size), ["812 bytes", "2.9 KiB", "60 MiB"]);
/// ```
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") };
    }
    let mut unit = 0;
    // Tenths, so that what is rounded up to the next unit is said in that.
    let mut tenths = u128::from(bytes) * 10;
    loop {
        tenths = (tenths + 512) / 1024;
        match tenths {
            0..=99 => return format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit]),
            _ if tenths < 10_235 || unit == UNITS.len() - 1 => {
                return format!("{} {}", (tenths + 5) / 10, UNITS[unit]);
            }
            _ => unit += 1,
        }
    }
}

/// A time: `120 ms`, `6.2 s`, `48 s`, `2 min 5 s`, `1 h 4 min`.
pub fn time(taken: Duration) -> String {
    let tenths = (taken.as_millis() + 50) / 100;
    let seconds = (taken.as_millis() + 500) / 1000;
    match seconds {
        _ if taken < Duration::from_secs(1) => format!("{} ms", taken.as_millis()),
        0..=9 => format!("{}.{} s", tenths / 10, tenths % 10),
        10..=59 => format!("{seconds} s"),
        60..=3599 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_short() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (3000, "2.9 KiB"),
            (60 << 20, "60 MiB"),
            ((1 << 20) - 1, "1.0 MiB"),
            (1 << 30, "1.0 GiB"),
            (u64::MAX, "16777216 TiB"),
        ] {
            assert_eq!(size(bytes), text, "{bytes}");
        }
        for (milliseconds, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1000, "1.0 s"),
            (6240, "6.2 s"),
            (9990, "10 s"),
            (59_400, "59 s"),
            (125_000, "2 min 5 s"),
            (3_840_000, "1 h 4 min"),
        ] {
            assert_eq!(time(Duration::from_millis(milliseconds)), text, "{milliseconds}");
        }
    }
}

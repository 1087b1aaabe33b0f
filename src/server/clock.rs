//! The time as text, made once a second.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;

use crate::message::http_date;

/// What the time is, in the forms in which answers and log lines say it.
pub(super) struct Clock {
    /// The moment of the last refresh.
    pub(super) now: SystemTime,
    second: u64,
    /// IMF-fixdate (RFC 9110 5.6.7).
    pub(super) date: String,
    /// `02/May/2022 14:10:55`, local time.
    pub(super) short: String,
    /// `02/May/2022:14:10:55 +0900`, local time as the common log format has it.
    pub(super) common: String,
    /// RFC 3339, local time with its offset.
    pub(super) rfc3339: String,
    zone: TimeZone,
}

impl Clock {
    /// The time now.
    pub(super) fn new() -> Clock {
        let empty = String::new;
        let file = if std::env::var_os("TZ").is_some() { None } else { std::fs::read("/etc/localtime").ok() };
        let zone = zone(file.as_deref());
        let mut clock = Clock {
            now: UNIX_EPOCH,
            second: u64::MAX,
            date: empty(),
            short: empty(),
            common: empty(),
            rfc3339: empty(),
            zone,
        };
        clock.refresh();
        clock
    }

    /// Brings the texts up to date if another second has begun.
    pub(super) fn refresh(&mut self) {
        let now = SystemTime::now();
        self.now = now;
        let second = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if second == self.second {
            return;
        }
        self.second = second;
        self.date = http_date(now);
        let seconds = i64::try_from(second).unwrap_or(0);
        let local = jiff::Timestamp::from_second(seconds).unwrap_or_default().to_zoned(self.zone.clone());
        self.short = local.strftime("%d/%b/%Y %H:%M:%S").to_string();
        self.common = local.strftime("%d/%b/%Y:%H:%M:%S %z").to_string();
        self.rfc3339 = local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    }
}

/// The time zone that this file (RFC 8536) holds; without one, what the system and `TZ` say. Read so, it lacks its name,
/// which nobody asks for: to find that, all files of the zone database would be looked through.
fn zone(file: Option<&[u8]>) -> TimeZone {
    let zone = file.and_then(|bytes| TimeZone::tzif("local", bytes).ok());
    zone.unwrap_or_else(TimeZone::system)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::{Clock, zone};

    #[test]
    fn the_zone_is_that_of_its_file_or_else_of_the_system() {
        let now = Timestamp::from_second(1_750_000_000).unwrap();
        assert_eq!(zone(None).to_offset(now), TimeZone::system().to_offset(now));
        assert_eq!(zone(Some(b"no zone")).to_offset(now), TimeZone::system().to_offset(now));
        // RFC 8536 3: no transitions, and one local time of nine hours ahead, called KST.
        let counts = [0, 0, 0, 0, 1, 4].map(u32::to_be_bytes).concat();
        let block = [&counts[..], &32_400_i32.to_be_bytes(), &[0, 0], b"KST\0"].concat();
        let header = |version: &[u8]| [b"TZif", version, &[0; 15]].concat();
        let text = [header(b"2"), block.clone(), header(b"2"), block, b"\nKST-9\n".to_vec()].concat();
        assert_eq!(zone(Some(&text)).to_offset(now).seconds(), 32_400);
    }

    #[test]
    fn the_forms() {
        let clock = Clock::new();
        assert!(httpdate::parse_http_date(&clock.date).is_ok() && clock.date.len() == 29);
        assert_eq!(clock.short.len(), "02/May/2022 14:10:55".len());
        assert_eq!(clock.common.len(), "02/May/2022:14:10:55 +0900".len());
        assert_eq!(clock.rfc3339.len(), "2022-05-02T14:10:55+09:00".len());
    }
}

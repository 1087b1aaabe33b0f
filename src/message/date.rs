//! Dates as HTTP writes them (RFC 9110 5.6.7), whatever a clock or a file says.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last second that an IMF-fixdate, whose year has four digits, can say: 9999-12-31 23:59:59.
const LAST: u64 = 253_402_300_799;

/// The moment itself if a date can say it, else the first or the last that it can.
pub fn sayable(moment: SystemTime) -> SystemTime {
    let seconds = moment.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    if seconds > LAST { UNIX_EPOCH + Duration::from_secs(LAST) } else { moment.max(UNIX_EPOCH) }
}

/// A moment as an IMF-fixdate, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// let moment = UNIX_EPOCH + Duration::from_secs(784_111_777);
/// assert_eq!(httpkit::message::http_date(moment), "Sun, 06 Nov 1994 08:49:37 GMT");
/// ```
pub fn http_date(moment: SystemTime) -> String {
    httpdate::fmt_http_date(sayable(moment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_has_a_date() {
        let after = |seconds: u64| UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        let before = |seconds: u64| UNIX_EPOCH.checked_sub(Duration::from_secs(seconds));
        for (moment, date) in [
            (after(0), "Thu, 01 Jan 1970 00:00:00 GMT"),
            (before(1), "Thu, 01 Jan 1970 00:00:00 GMT"),
            (before(1 << 40), "Thu, 01 Jan 1970 00:00:00 GMT"),
            (after(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT"),
            (after(LAST), "Fri, 31 Dec 9999 23:59:59 GMT"),
            (after(LAST + 1), "Fri, 31 Dec 9999 23:59:59 GMT"),
            (after(1 << 60), "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(moment.map(http_date).as_deref(), moment.map(|_| date));
        }
    }
}

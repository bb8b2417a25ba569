//! Moments as values: seconds since 1970-01-01T00:00:00 UTC, without a clock.

use serde::{Deserialize, Serialize};
use thiserror::Error;

const SECONDS_PER_DAY: i64 = 86_400;

/// Kazakhstan has had one time, UTC+5, since 1 March 2024 (before, its east had UTC+6).
const ALMATY_OFFSET: i64 = 5 * 3_600;

/// A moment, to the second. Leap seconds are not counted, as in POSIX.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixTime(i64);

/// The text is not a moment as RFC 3339 writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a moment in the form of RFC 3339")]
pub struct NotATime;

impl UnixTime {
    /// The moment that many seconds after 1970-01-01T00:00:00 UTC.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds after 1970-01-01T00:00:00 UTC.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0
    }

    /// The moment that many seconds later, or earlier if negative; the last or first one there is, if beyond it.
    #[must_use]
    pub const fn plus_secs(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this moment; negative if `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment in UTC as `2026-03-01T09:05:00Z` (RFC 3339, section 5.6). Years beyond 9999 get more digits.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let Civil { year, month, day, hour, minute, second } = Civil::of(self);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// Reads a moment as RFC 3339, section 5.6, writes it, with any offset; parts of a second are dropped.
    ///
    /// # Errors
    /// [`NotATime`] for everything else, a date that no calendar has and a leap second included.
    pub fn parse_rfc3339(text: &str) -> Result<Self, NotATime> {
        // 64 bytes leave room for any precision of seconds that somebody may send.
        if !text.is_ascii() || text.len() > 64 {
            return Err(NotATime);
        }
        let bytes = text.as_bytes();
        let number = |from: usize, to: usize| -> Result<i64, NotATime> {
            let digits = bytes.get(from..to).ok_or(NotATime)?;
            digits.iter().try_fold(0, |sum, byte| match byte {
                b'0'..=b'9' => Ok(sum * 10 + i64::from(byte - b'0')),
                _ => Err(NotATime),
            })
        };
        let sign = |at: usize, allowed: &[u8]| match bytes.get(at) {
            Some(byte) if allowed.contains(byte) => Ok(()),
            Some(_) | None => Err(NotATime),
        };
        sign(4, b"-")?;
        sign(7, b"-")?;
        sign(10, b"Tt ")?;
        sign(13, b":")?;
        sign(16, b":")?;
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        if !is_date(year, month, day) || hour > 23 || minute > 59 || second > 59 {
            return Err(NotATime);
        }
        let mut rest = bytes.get(19..).ok_or(NotATime)?;
        if let Some(fraction) = rest.strip_prefix(b".") {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return Err(NotATime);
            }
            rest = &fraction[digits..];
        }
        let at = bytes.len() - rest.len();
        let offset = match rest {
            b"Z" | b"z" => 0,
            [direction @ (b'+' | b'-'), _, _, b':', _, _] => {
                let (hours, minutes) = (number(at + 1, at + 3)?, number(at + 4, at + 6)?);
                if hours > 23 || minutes > 59 {
                    return Err(NotATime);
                }
                let offset = hours * 3_600 + minutes * 60;
                if *direction == b'-' { -offset } else { offset }
            }
            _ => return Err(NotATime),
        };
        let clock = hour * 3_600 + minute * 60 + second;
        Ok(Self(days_from_civil(year, month, day) * SECONDS_PER_DAY + clock - offset))
    }

    /// The moment on Kazakhstan's calendars and clocks, five hours ahead of UTC.
    #[must_use]
    pub fn almaty_civil(self) -> Civil {
        Civil::of(self.plus_secs(ALMATY_OFFSET))
    }

    /// The moment on Kazakhstan's clocks, as its services print it: `01.03.2026 (14:05:00)`.
    #[must_use]
    pub fn almaty(self) -> String {
        let Civil { year, month, day, hour, minute, second } = self.almaty_civil();
        format!("{day:02}.{month:02}.{year:04} ({hour:02}:{minute:02}:{second:02})")
    }
}

/// A moment by calendar and clock, without an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// Of the Gregorian calendar; the year before 1 is 0.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
}

impl Civil {
    fn of(moment: UnixTime) -> Self {
        let days = moment.0.div_euclid(SECONDS_PER_DAY);
        let clock = moment.0.rem_euclid(SECONDS_PER_DAY);
        // Years are counted from 1 March, so that the leap day is a year's last day. 719,468 days lie between
        // 0000-03-01 and 1970-01-01; 400 years have 146,097 days.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // Five months from March on have 153 days together, whichever five they are.
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Self {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
            hour: clock / 3_600,
            minute: clock % 3_600 / 60,
            second: clock % 60,
        }
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Whether the Gregorian calendar has this date.
pub(crate) fn is_date(year: i64, month: i64, day: i64) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=last).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments_are_written_and_read_back() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_772_355_900, "2026-03-01T09:05:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(UnixTime::from_secs(seconds).rfc3339(), text);
            assert_eq!(UnixTime::parse_rfc3339(text), Ok(UnixTime::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn every_day_of_eight_centuries_comes_back_as_itself() {
        for day in -146_097..146_097 {
            let moment = UnixTime::from_secs(day * SECONDS_PER_DAY + 3_661);
            assert_eq!(UnixTime::parse_rfc3339(&moment.rfc3339()), Ok(moment));
        }
    }

    #[test]
    fn offsets_and_parts_of_seconds_are_understood() {
        let moment = UnixTime::from_secs(1_772_355_900);
        for text in [
            "2026-03-01T14:05:00+05:00",
            "2026-03-01t04:35:00-04:30",
            "2026-03-01 09:05:00.999999999z",
        ] {
            assert_eq!(UnixTime::parse_rfc3339(text), Ok(moment), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2026-03-01",
            "2026-03-01T09:05:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-10T00:00:00Z",
            "2026-03-01T24:00:00Z",
            "2026-03-01T23:59:60Z",
            "2026-03-01T09:05:00.Z",
            "2026-03-01T09:05:00+5:00",
            "2026-03-01T09:05:00+24:00",
            "2026-03-01T09:05:00ZZ",
            "2026-03-0aT09:05:00Z",
            "٢026-03-01T09:05:00Z",
        ] {
            assert_eq!(UnixTime::parse_rfc3339(text), Err(NotATime), "{text}");
        }
    }

    #[test]
    fn almaty_is_five_hours_ahead() {
        assert_eq!(UnixTime::from_secs(1_772_391_900).almaty(), "02.03.2026 (00:05:00)");
    }

    #[test]
    fn the_ends_of_time_neither_wrap_nor_panic() {
        for seconds in [i64::MIN, i64::MAX] {
            let moment = UnixTime::from_secs(seconds);
            assert!(!moment.rfc3339().is_empty() && !moment.almaty().is_empty());
        }
        assert_eq!(UnixTime::from_secs(i64::MAX).plus_secs(1).as_secs(), i64::MAX);
        assert_eq!(UnixTime::from_secs(i64::MIN).since(UnixTime::from_secs(i64::MAX)), i64::MIN);
    }
}

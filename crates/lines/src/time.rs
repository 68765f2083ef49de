//! Time: instants in UTC microseconds, what a line says about time, and the civil calendar.
//! No clock is read here and no time zone of the machine is known here.

use crate::table::words;
use serde::{Deserialize, Serialize};
mod bulk;
mod calendar;
mod digits;
pub mod field;
pub mod stamp;
mod window;
pub mod written;
pub mod zone;

pub use bulk::{Bulk, Days, bulks};
pub use calendar::{Calendar, swapped, whole};
pub use window::Window;

/// The months as people write them, January first.
pub const MONTHS: [&str; 12] =
    words("January February March April May June July August September October November December");

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day.
pub const DAY: i64 = 24 * HOUR;

/// A point in time: microseconds since 1970-01-01T00:00:00 UTC.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// Whole seconds since 1970 UTC, rounded down.
    pub fn second(self) -> i64 {
        self.0.div_euclid(SECOND)
    }
    /// The last microsecond of its second: a stamp in whole seconds stands for all of it, so that what else happened in that
    /// second may have been before it.
    pub fn last_of_second(self) -> Self {
        Instant(self.second().saturating_add(1).saturating_mul(SECOND) - 1)
    }
    /// How long after `earlier` this is as a reader of both works it out, in microseconds: from second to second, as they are shown;
    /// within one second as it is.
    pub fn since(self, earlier: Self) -> i64 {
        match self.second().saturating_sub(earlier.second()) {
            0 => self.0 - earlier.0,
            seconds => seconds.saturating_mul(SECOND),
        }
    }
    /// The instant at the start of a second given in seconds since 1970 UTC.
    pub fn from_second(s: i64) -> Self {
        Instant(s * SECOND)
    }
    /// Seconds from `earlier` to `self`, with sign.
    pub fn seconds_since(self, earlier: Instant) -> f64 {
        (self.0 - earlier.0) as f64 / SECOND as f64
    }
}

/// The first of the times from `low` on for which something holds that goes on to hold; `high` where that is none before it.
pub fn first_that(mut low: i64, mut high: i64, holds: impl Fn(i64) -> bool) -> i64 {
    while low < high {
        let middle = low + (high - low) / 2;
        match holds(middle) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    low
}

/// How much of the date a stamp carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dated {
    /// Year, month and day are there.
    Full,
    /// Month and day, no year (RFC 3164). `wall_us` is then counted in the leap year 1972 until [`with_year`] sets it.
    NoYear,
    /// Year, month and day in numbers; a day above 12 shows that the day comes first.
    DayFirst,
    /// Year, month and day in numbers; a day above 12 shows that the month comes first.
    MonthFirst,
    /// Numbers of which either may be the day: `wall_us` takes the first for it until a [`Calendar`] says otherwise.
    Either,
    /// The same with a half of the day (`AM`), as those write who put the month first.
    LikelyMonthFirst,
    /// A time of day alone. `wall_us` is then counted from midnight until a [`Calendar`] knows the day.
    NoDate,
}

impl Dated {
    /// Whether nothing is left open.
    #[inline]
    pub fn is_whole(self) -> bool {
        matches!(self, Dated::Full | Dated::DayFirst | Dated::MonthFirst)
    }
}

/// The unit of the last digit a stamp writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Whole seconds.
    Second,
    /// A fraction of up to three digits.
    Milli,
    /// A finer fraction.
    Micro,
}

/// What one line says about time, as written: no zone is guessed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The written date and time, in microseconds since 1970 as if it were UTC.
    pub wall_us: i64,
    /// The written offset in minutes east of UTC; `None` where the line has none.
    pub offset_min: Option<i16>,
    /// Whether the year is known.
    pub dated: Dated,
    /// The unit of the last digit.
    pub precision: Precision,
}

impl Stamp {
    /// A stamp with its whole date.
    #[inline]
    pub fn full(wall_us: i64, offset_min: Option<i16>, precision: Precision) -> Self {
        Stamp {
            wall_us,
            offset_min,
            dated: Dated::Full,
            precision,
        }
    }
    /// A stamp that is an instant already (epoch seconds, `Z`).
    #[inline]
    pub fn utc(us: i64, precision: Precision) -> Self {
        Stamp::full(us, Some(0), precision)
    }
    /// The same with that offset.
    #[inline]
    pub fn at_offset(self, offset_min: Option<i16>) -> Self {
        Stamp { offset_min, ..self }
    }
    /// The instant, where the line states its zone and its year.
    #[inline]
    pub fn instant(&self) -> Option<Instant> {
        match self.offset_min {
            Some(o) if self.dated.is_whole() => Some(Instant(self.wall_us - i64::from(o) * MINUTE)),
            _ => None,
        }
    }
}

/// Days from 1970-01-01 to a civil date (proleptic Gregorian; Howard Hinnant, "chrono-compatible low-level date algorithms").
#[inline]
pub fn days_from_civil(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let mp = (m + 9) % 12;
    let doy = (153 * mp + 2) / 5 + d - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// The civil date (year, month 1–12, day 1–31) of a number of days since 1970-01-01. Inverse of [`days_from_civil`].
pub fn civil_from_days(z: i64) -> (i64, u32, u32) {
    let z = z + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z - era * 146_097;
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let d = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let m = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
    let y = yoe + era * 400 + i64::from(m <= 2);
    (y, m, d)
}

/// Whether a year has a 29 February.
#[inline]
pub fn is_leap(y: i64) -> bool {
    (y % 4 == 0 && y % 100 != 0) || y % 400 == 0
}

/// Gives a year-less stamp the latest year such that it is not later than `reference` plus one day.
/// `reference` is wall time in microseconds. 29 February takes the latest leap year. A dated stamp stays as it is.
#[inline]
pub fn with_year(stamp: Stamp, reference: i64) -> Stamp {
    match stamp.dated {
        Dated::NoYear => latest_year(stamp, reference),
        _ => stamp,
    }
}

fn latest_year(stamp: Stamp, reference: i64) -> Stamp {
    let days = stamp.wall_us.div_euclid(DAY);
    let rest = stamp.wall_us.rem_euclid(DAY);
    let (_, m, d) = civil_from_days(days);
    let (ref_year, _, _) = civil_from_days(reference.div_euclid(DAY));
    let mut y = ref_year + 1;
    let wall = loop {
        if !(m == 2 && d == 29 && !is_leap(y)) {
            let w = days_from_civil(y, i64::from(m), i64::from(d)) * DAY + rest;
            if w <= reference + DAY {
                break w;
            }
        }
        y -= 1;
    };
    Stamp {
        wall_us: wall,
        dated: Dated::Full,
        ..stamp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_round_trip() {
        for z in (-800_000..800_000).step_by(37) {
            let (y, m, d) = civil_from_days(z);
            assert_eq!(days_from_civil(y, i64::from(m), i64::from(d)), z);
        }
        assert_eq!(days_from_civil(2024, 2, 29), 19_782);
    }

    #[test]
    fn instants_lie_apart_as_their_seconds_do() {
        // 10:02:08.6 and 10:02:11 stand three seconds apart
        let at = |us: i64| Instant(36_120 * SECOND + us);
        assert_eq!(at(8_600_000).since(at(11 * SECOND)), -3 * SECOND);
        assert_eq!(at(11_300_000).since(at(11 * SECOND)), 300_000);
        assert_eq!(Instant(i64::MAX).since(Instant(i64::MIN)), i64::MAX);
    }

    #[test]
    fn a_missing_year_is_the_latest_not_after_the_reference() {
        let at = |y, m, d| days_from_civil(y, m, d) * DAY;
        let stamp = |m, d| Stamp {
            wall_us: at(1972, m, d),
            offset_min: None,
            dated: Dated::NoYear,
            precision: Precision::Second,
        };
        assert_eq!(
            with_year(stamp(12, 31), at(2026, 1, 1)).wall_us,
            at(2025, 12, 31)
        );
        assert_eq!(
            with_year(stamp(1, 1), at(2025, 12, 31)).wall_us,
            at(2026, 1, 1)
        );
        assert_eq!(
            with_year(stamp(1, 2), at(2025, 12, 31)).wall_us,
            at(2025, 1, 2)
        );
        assert_eq!(
            with_year(stamp(2, 29), at(2026, 3, 1)).wall_us,
            at(2024, 2, 29)
        );
    }
}

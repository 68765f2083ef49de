//! What completes the stamps of an input: the year, the order of day and month, the day, where its lines leave them open.
//! Decided once for all who read the input; nothing is looked up here.

use serde::{Deserialize, Serialize};

use super::{DAY, Dated, HOUR, Precision, Stamp, civil_from_days, days_from_civil, with_year};

/// How the open dates of an input are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Calendar {
    /// Wall time in microseconds that stamps without a year are not later than (plus a day).
    pub year_reference: i64,
    /// Whether `03/10/2026` is the 10th of March.
    pub month_first: bool,
    /// Wall time of the first line, for lines that write no date; `None`: they have no time.
    pub start: Option<i64>,
    /// Minutes east of UTC of these, where the heading of the file says it.
    pub start_offset_min: Option<i16>,
}

impl Calendar {
    /// The stamp with all of its date; `None` when it cannot be known.
    #[inline(always)]
    pub fn complete(&self, stamp: Stamp) -> Option<Stamp> {
        match stamp.dated {
            Dated::Full => Some(stamp),
            _ => self.rare(stamp),
        }
    }

    #[cold]
    fn rare(&self, stamp: Stamp) -> Option<Stamp> {
        let mut offset_min = stamp.offset_min;
        let wall_us = match stamp.dated {
            Dated::Full | Dated::DayFirst | Dated::MonthFirst => stamp.wall_us,
            Dated::NoYear => return Some(with_year(stamp, self.year_reference)),
            Dated::Either | Dated::LikelyMonthFirst => {
                let read = match self.month_first {
                    true => swapped(stamp.wall_us),
                    false => stamp.wall_us,
                };
                whole(read, self.year_reference)
            }
            Dated::NoDate => {
                let start = self.start?;
                offset_min = offset_min.or(self.start_offset_min);
                let today = start.div_euclid(DAY) * DAY + stamp.wall_us;
                // Lines may be out of order by less than an hour; earlier ones are those after midnight.
                match today < start - HOUR {
                    true => today + DAY,
                    false => today,
                }
            }
        };
        Some(Stamp {
            wall_us,
            offset_min,
            dated: Dated::Full,
            ..stamp
        })
    }
}

/// The wall time of a date in numbers, in the year that it is of where it has none: it is then counted in 1972.
pub fn whole(wall_us: i64, year_reference: i64) -> i64 {
    const NO_YEAR: std::ops::Range<i64> = 730 * DAY..1096 * DAY;
    let stamp = Stamp {
        wall_us,
        offset_min: None,
        dated: Dated::NoYear,
        precision: Precision::Second,
    };
    match NO_YEAR.contains(&wall_us) {
        true => with_year(stamp, year_reference).wall_us,
        false => wall_us,
    }
}

/// The wall time with day and month in each other's place; both are at most 12.
pub fn swapped(wall_us: i64) -> i64 {
    let (y, m, d) = civil_from_days(wall_us.div_euclid(DAY));
    days_from_civil(y, i64::from(d), i64::from(m)) * DAY + wall_us.rem_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::stamp::whole;

    fn wall(s: &str) -> i64 {
        whole(s.as_bytes()).unwrap().wall_us
    }

    #[test]
    fn open_dates_are_completed() {
        let c = Calendar {
            year_reference: wall("2026-06-01 00:00:00"),
            month_first: false,
            start: Some(wall("2026-03-10 23:50:00")),
            start_offset_min: Some(120),
        };
        let at = |c: &Calendar, s: &str| c.complete(whole(s.as_bytes()).unwrap()).unwrap().wall_us;
        assert_eq!(at(&c, "Dec 31 23:59:59"), wall("2025-12-31 23:59:59"));
        assert_eq!(at(&c, "03/10/2026 01:02:03"), wall("2026-10-03 01:02:03"));
        assert_eq!(at(&c, "23:55:00,5"), wall("2026-03-10 23:55:00.5"));
        assert_eq!(at(&c, "23:10:00"), wall("2026-03-10 23:10:00"));
        assert_eq!(at(&c, "00:10:00"), wall("2026-03-11 00:10:00"));
        let zoned = c.complete(whole(b"23:55:00").unwrap()).unwrap();
        assert_eq!(zoned.offset_min, Some(120));
        let us = Calendar {
            month_first: true,
            start: None,
            ..c
        };
        assert_eq!(at(&us, "03/10/2026 01:02:03"), wall("2026-03-10 01:02:03"));
        // what decides by itself is not touched
        assert_eq!(at(&us, "20/11/2026 01:02:03"), wall("2026-11-20 01:02:03"));
        assert_eq!(us.complete(whole(b"23:55:00").unwrap()), None);
    }
}

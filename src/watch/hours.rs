//! Maintenance windows: stretches of time in which what fails is expected to.

use crate::analysis::When;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{DAY, HOUR, Instant, MINUTE};

/// A stretch of time, once or each day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours(HoursKind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum HoursKind {
    /// Microseconds of the day; where the end lies before the beginning it is of the next day.
    Daily(i64, i64),
    Once(When, When),
}

impl Hours {
    /// From `02:00-04:00`, or two dates with `/` between them.
    ///
    /// # Errors
    /// In words, where it is neither.
    pub fn parse(s: &str) -> Result<Hours, String> {
        if let Some((from, to)) = s.split_once('/') {
            return Ok(Hours(HoursKind::Once(When::parse(from)?, When::parse(to)?)));
        }
        let time = |s: &str| {
            let (h, m) = s.split_once(':')?;
            let (h, m): (i64, i64) = (h.parse().ok()?, m.parse().ok()?);
            ((0..=24).contains(&h) && (0..60).contains(&m) && h * 60 + m <= 1440)
                .then_some(h * HOUR + m * MINUTE)
        };
        let both = s.split_once('-').and_then(|(a, b)| time(a).zip(time(b)));
        let (from, to) = both.ok_or("not a time of day twice, as 02:00-04:00, or two dates, as 2026-03-10T02:00Z/2026-03-10T04:00Z")?;
        Ok(Hours(HoursKind::Daily(from, to)))
    }

    /// Whether an instant lies in them; times of day are those of a zone.
    pub(super) fn hold(&self, t: Instant, zone: Zone) -> bool {
        match &self.0 {
            HoursKind::Daily(from, to) => {
                let east = i64::from(zone.offset_at(t)) * MINUTE;
                let at = (t.0 + east).rem_euclid(DAY);
                match from <= to {
                    true => (*from..*to).contains(&at),
                    false => at >= *from || at < *to,
                }
            }
            HoursKind::Once(from, to) => {
                let at = |w: &When| w.absolute(Some(zone));
                at(from).is_some_and(|f| f <= t) && at(to).is_some_and(|e| t < e)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_of_each_day_or_once() {
        let at = |h: i64, m: i64| Instant(20_000 * DAY + h * HOUR + m * MINUTE);
        let night = Hours::parse("22:30-04:00").unwrap();
        let berlin = Zone::Fixed(60);
        for (h, m, within) in [
            (22, 29, false),
            (22, 30, true),
            (3, 59, true),
            (4, 0, false),
        ] {
            assert_eq!(night.hold(at(h, m), Zone::UTC), within, "{h}:{m}");
            assert_eq!(night.hold(at(h - 1, m), berlin), within, "{h}:{m}");
        }
        let once = Hours::parse("2024-10-04T02:00:00Z/2024-10-04T04:00:00Z").unwrap();
        assert!(once.hold(at(3, 0), berlin) && !once.hold(at(4, 0), berlin));
        for bad in ["", "2-4", "25:00-26:00", "02:00", "x/y"] {
            assert!(Hours::parse(bad).is_err(), "{bad}");
        }
    }
}

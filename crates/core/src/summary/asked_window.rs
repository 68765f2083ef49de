//! When a record happened on the clock of its input, and whether that lies in the stretch of time that is asked for.
//! Used for lines that are folded and for those that are only looked at to see where the stretch lies.

use crate::summary::{Axis, Windows};
use coroner_lines::record::{At, Body, Record};
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Calendar, Dated, MINUTE, Stamp};

/// What makes an instant of what lines write.
#[derive(Clone, Copy, Debug)]
pub struct StampClock {
    /// Completes what stamps leave open.
    pub calendar: Calendar,
    /// Zone given by the user for lines without one.
    pub zone: Option<Zone>,
}

impl StampClock {
    /// The instant or wall time of a stamp in microseconds, and its axis; `None` when its date cannot be known.
    #[inline(always)]
    pub fn tick(&self, stamp: Stamp) -> Option<(Axis, i64)> {
        // the parts of a stamp that is whole, and no copy of it: that would be waited for
        if stamp.dated == Dated::Full {
            return Some(self.whole(stamp.wall_us, stamp.offset_min));
        }
        let s = self.calendar.complete(stamp)?;
        Some(self.whole(s.wall_us, s.offset_min))
    }

    #[inline(always)]
    fn whole(&self, wall_us: i64, offset_min: Option<i16>) -> (Axis, i64) {
        match (offset_min, self.zone) {
            (Some(o), _) => (Axis::Utc, wall_us - i64::from(o) * MINUTE),
            // a zone whose offset changes is for whoever knows all lines: the hour that a clock repeats is distinguished by place
            (None, Some(Zone::Fixed(m))) => (Axis::Utc, wall_us - i64::from(m) * MINUTE),
            (None, _) => (Axis::Wall, wall_us),
        }
    }

    /// When a record was over; `None` for one without a time.
    pub fn over(&self, rec: &Record<'_>) -> Option<(Axis, i64)> {
        let (axis, us) = self.tick(rec.stamp?)?;
        match (&rec.body, rec.stamped) {
            (Body::Request(r), At::Start) => Some((axis, us + r.latency_us.max(0))),
            _ => Some((axis, us)),
        }
    }
}

impl Windows {
    /// Whether a time on an axis is asked for.
    #[inline]
    pub fn hold(&self, axis: Axis, us: i64) -> bool {
        match axis {
            Axis::Utc => self.utc.contains(us),
            Axis::Wall => self.wall.contains(us),
        }
    }
}

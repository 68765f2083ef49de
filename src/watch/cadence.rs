//! How steadily an input speaks, and how far the clock of its lines without a zone is from the clock on the wall.
//! Numbers of one input on its own clock; no judgement of what that means.

use coroner_lines::time::{HOUR, MINUTE, SECOND};
use serde::{Deserialize, Serialize};

/// Without a line for so long an input is silent.
pub(super) const SILENT: i64 = 30 * SECOND;
/// Seconds of a slot.
const SLOT_S: i64 = 30;
/// Slots that are remembered: an hour.
const KEPT: u32 = 120;
/// Slots whose lines show how often one comes.
const RATE: usize = 10;
/// Lines expected in a silence before it is one (a chance of e to the minus this).
const EXPECTED: f64 = 22.0;

/// Lines of the last hour, by half-minutes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Cadence {
    /// The newest slot.
    last: Option<i64>,
    /// A bit for each slot that has a line, the newest lowest.
    #[serde(with = "halves")]
    heard: u128,
    /// Slots since the first line, at most [`KEPT`].
    known: u32,
    /// Lines of the last slots.
    lines: [u32; RATE],
    /// Nobody listened since the newest slot: until the next line nothing is known of it.
    #[serde(skip)]
    deaf: bool,
}

impl Cadence {
    /// Goes on after a time in which nobody listened, which is no pause of the input.
    pub fn resume(&mut self) {
        self.deaf = true;
    }

    /// Takes the second of lines.
    pub fn see(&mut self, second: i64, lines: u32) {
        let slot = second.div_euclid(SLOT_S);
        let Some(last) = self.last else {
            (self.last, self.heard, self.known) = (Some(slot), 1, 1);
            self.lines[place(slot)] = lines;
            return;
        };
        if slot > last {
            let deaf = std::mem::take(&mut self.deaf);
            let last = if deaf { slot - 1 } else { last };
            let by = u32::try_from(slot - last).unwrap_or(u32::MAX);
            self.heard = self.heard.checked_shl(by).unwrap_or(0);
            self.known = self.known.saturating_add(by).min(KEPT);
            (last + 1..=slot)
                .take(RATE)
                .for_each(|s| self.lines[place(s)] = 0);
            self.last = Some(slot);
        }
        let back = self.last.unwrap_or(slot) - slot;
        if (0..i64::from(KEPT)).contains(&back) {
            self.heard |= 1 << back;
            if back < RATE as i64 {
                let n = &mut self.lines[place(slot)];
                *n = n.saturating_add(lines);
            }
        }
    }

    /// Whether there was a line in 99 of 100 half-minutes, of so many at least; and so many that a silence of this length is none
    /// of its pauses.
    pub fn lacks(&self, silent_us: i64, slots: u32) -> bool {
        let of = u128::MAX >> (128 - self.known.max(1));
        let heard = (self.heard & of).count_ones();
        let lines: u32 = self.lines.iter().sum();
        let span = f64::from(self.known.clamp(1, RATE as u32)) * SLOT_S as f64;
        let expected = f64::from(lines) / span * (silent_us as f64 / SECOND as f64);
        self.known >= slots && heard * 100 >= self.known * 99 && expected >= EXPECTED
    }
}

/// Bits as two numbers: one of them is more than JSON holds.
mod halves {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(bits: &u128, to: S) -> Result<S::Ok, S::Error> {
        ((bits >> 64) as u64, *bits as u64).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u128, D::Error> {
        let (high, low) = <(u64, u64)>::deserialize(from)?;
        Ok(u128::from(high) << 64 | u128::from(low))
    }
}

fn place(slot: i64) -> usize {
    slot.rem_euclid(RATE as i64) as usize
}

/// A line is at most so much older than its arrival, and ahead of it.
const LATE: i64 = 2 * MINUTE;
const EARLY: i64 = 20 * SECOND;
/// A clock is off by no more.
const OFF: i64 = 7 * MINUTE;
/// Offsets of zones are multiples of this, and none is larger.
pub(super) const QUARTER: i64 = 15 * MINUTE;
const FURTHEST: i64 = 14 * HOUR;
/// Lines that must agree before they are believed.
const ENOUGH: u8 = 3;
/// Between two of them.
const APART: i64 = 2 * SECOND;

/// The zone of lines without one, as their arrival shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Arrival {
    /// Microseconds east of UTC.
    east: Option<i64>,
    /// What the last lines say, how many of them, and when the last of these came.
    said: Option<(i64, u8, i64)>,
}

impl Arrival {
    /// Takes a stamp and when it came, in UTC; `sure`: that is known to be when it was written. Whether the zone is another now.
    pub fn see(&mut self, stamp: i64, came: i64, sure: bool) -> bool {
        let ahead = stamp - came;
        let east = (ahead + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
        // where its clock is off by minutes, or its lines are late, not before more of them say so
        let sure = sure && (-LATE..=EARLY).contains(&(ahead - east));
        if (ahead - east).abs() > OFF || east.abs() > FURTHEST {
            return false;
        }
        let n = match self.said {
            // lines that come at once, as those of a copy do, are one
            Some((e, n, at)) if e == east && came - at < APART => {
                return self.believe(east, n, sure);
            }
            Some((e, n, _)) if e == east => n.saturating_add(1),
            _ => 1,
        };
        self.said = Some((east, n, came));
        self.believe(east, n, sure)
    }

    fn believe(&mut self, east: i64, n: u8, sure: bool) -> bool {
        let believed = n >= ENOUGH || sure && self.east.is_none();
        if !believed || self.east == Some(east) {
            return false;
        }
        self.east = Some(east);
        true
    }

    /// Takes a zone that other lines showed, where their arrival shows none.
    pub fn stays(&mut self, east: Option<i64>) {
        self.east = self.east.or(east);
    }

    /// Microseconds east of UTC, once that is known.
    pub fn east(&self) -> Option<i64> {
        self.east
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_input_that_stops_is_silent_and_a_rare_one_is_not() {
        let spoken = |each: i64, until: i64| {
            let mut c = Cadence::default();
            (0..until).step_by(each as usize).for_each(|s| c.see(s, 1));
            c
        };
        assert!(spoken(1, 1800).lacks(30 * SECOND, 60));
        assert!(!spoken(1, 1700).lacks(30 * SECOND, 60), "too short");
        assert!(!spoken(10, 1800).lacks(60 * SECOND, 60), "too few lines");
        let mut paused = spoken(1, 1800);
        (2400..4200).for_each(|s| paused.see(s, 1));
        assert!(!paused.lacks(HOUR, 60), "it paused before");
        paused.see(1_000_000_000, 1);
        assert!(!paused.lacks(HOUR, 60));
        paused.see(i64::MIN / 2, 1);
        // kept and gone on with after an hour in which nobody listened
        let kept = serde_json::to_value(spoken(1, 3 * 3600)).unwrap();
        let mut again: Cadence = serde_json::from_value(kept).unwrap();
        again.resume();
        (5 * 3600..5 * 3600 + 30).for_each(|s| again.see(s, 1));
        assert!(again.lacks(30 * SECOND, 60));
    }

    #[test]
    fn the_first_line_that_comes_shows_its_zone() {
        for east in [-11 * HOUR, -QUARTER, 0, 345 * MINUTE, 13 * HOUR] {
            let mut a = Arrival::default();
            assert!(a.see(1_000_000 + east - 3 * SECOND, 1_000_000, true));
            assert_eq!(a.east(), Some(east));
            assert!(!a.see(east + 7 * MINUTE, 0, true), "it says nothing");
            // a clock that is minutes behind, or ahead
            for off in [-6 * MINUTE, -3 * MINUTE, 7 * MINUTE] {
                let mut b = Arrival::default();
                for n in 0..3 {
                    assert_eq!(b.see(east + off + n * APART, n * APART, true), n == 2);
                }
                assert_eq!(b.east(), Some(east));
            }
            // summer time ends
            for n in 0..3 {
                assert_eq!(a.see(east - HOUR, n * APART, true), n == 2);
            }
        }
        let mut a = Arrival::default();
        for n in 0..100 {
            // lines that are read far faster than they were written
            a.see(n * 10 * SECOND, n, false);
        }
        assert_eq!(a.east(), None);
    }
}

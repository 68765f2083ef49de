//! (clock domain, wall time) to UTC: zones given by the user, written in the lines, or found by holding inputs against each
//! other, after merging. Everything above this module uses mapped time only.

mod align;
mod backward_step;
mod burst_offset;
mod dst;
mod estimate;
mod evidence;
mod host_offset;
mod piecewise;
mod reference;
mod shared_acts;
mod shared_traffic;
mod stated_waits;
mod step_time;

pub use crate::clock::backward_step::{Fall, set_back};
pub use crate::clock::dst::Change;
pub use crate::clock::host_offset::shifts;
pub use align::align;
pub(crate) use estimate::hosts;

use crate::model::ZoneSource;
use coroner_core::summary::Axis;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{HOUR, Instant, MINUTE, SECOND, first_that};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How the zone-less stamps of one input become UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapped {
    /// Zone of the wall clock, as it is reported.
    pub zone: Zone,
    /// Where it comes from.
    pub source: ZoneSource,
    /// 0–1: how far ahead of the next best zone, where estimated.
    pub margin: Option<f64>,
    /// Why, in words.
    pub basis: &'static str,
    /// Minutes east of UTC at the beginning of the input.
    pub base_min: i64,
    /// Later changes of that offset, in order.
    pub changes: Vec<Change>,
}

impl Mapped {
    /// Microseconds east of UTC of a wall time.
    fn offset_us(&self, us: i64, at: Option<u64>) -> i64 {
        let later = self.changes.iter();
        let later = later.map(|c| (c.from_wall, c.at, c.offset_min * MINUTE));
        in_force(self.base_min * MINUTE, later, us, at)
    }
}

/// What a clock has to be put right by when it shows `us`: what holds first, or a later value, each with the time that the clock
/// shows from which on it holds in any case and the byte offset of its first line. In a stretch that the clock shows twice the byte
/// offset of the line shows which one is meant, without it the first.
fn in_force(
    first: i64,
    later: impl Iterator<Item = (i64, Option<u64>, i64)>,
    us: i64,
    byte: Option<u64>,
) -> i64 {
    let mut now = first;
    for (from, at, by) in later {
        let twice = (now - by).max(0);
        let second = at.zip(byte).is_some_and(|(at, byte)| byte >= at);
        if us < from && !(second && us >= from - twice) {
            break;
        }
        now = by;
    }
    now
}

/// By how much a clock is wrong, beside its zone, until it is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// The time the clock shows, its zone taken off, from which on this holds in any case; the first piece holds from the start.
    pub from: i64,
    /// Byte offset of the first line under it, where the clock went back and the lines show it.
    pub at: Option<u64>,
    /// Microseconds by which its stamps run ahead.
    pub ahead_us: i64,
    /// Microseconds by which that may be off.
    pub margin_us: i64,
    /// Why, in words.
    pub basis: &'static str,
}

/// The clocks of all inputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clocks {
    /// Neighbours mostly share theirs.
    map: BTreeMap<u32, Arc<Mapped>>,
    shifts: BTreeMap<u32, Vec<Shift>>,
}

impl Clocks {
    /// Sets the zone of an input's zone-less stamps.
    pub fn set(&mut self, input: u32, m: Mapped) {
        let before = self.map.range(..input).next_back();
        let shared = before.map(|x| x.1).filter(|of| ***of == m).cloned();
        self.map
            .insert(input, shared.unwrap_or_else(|| Arc::new(m)));
    }

    /// How an input's zone-less stamps are mapped; `None` when it has none.
    pub fn of(&self, input: u32) -> Option<&Mapped> {
        self.map.get(&input).map(|m| &**m)
    }

    /// The same where inputs have other numbers; those without one are left out.
    pub fn renumbered(self, number: impl Fn(u32) -> Option<u32>) -> Clocks {
        let map = self.map.into_iter();
        let shifts = self.shifts.into_iter();
        Clocks {
            map: map.filter_map(|(i, m)| Some((number(i)?, m))).collect(),
            shifts: shifts.filter_map(|(i, s)| Some((number(i)?, s))).collect(),
        }
    }

    /// Sets by how much the stamps of an input run ahead: pieces in order of time.
    pub fn set_shift(&mut self, input: u32, pieces: Vec<Shift>) {
        self.shifts.insert(input, pieces);
    }

    /// By how much the stamps of an input run ahead, piece by piece; empty where they are right or nothing shows otherwise.
    pub fn shifts_of(&self, input: u32) -> &[Shift] {
        self.shifts.get(&input).map_or(&[], Vec::as_slice)
    }

    /// Microseconds by which the clock of an input is ahead when it shows `us`, its zone taken off.
    fn ahead(&self, input: u32, us: i64, byte: Option<u64>) -> i64 {
        let mut pieces = self.shifts_of(input).iter();
        let first = pieces.next().map_or(0, |s| s.ahead_us);
        in_force(first, pieces.map(|s| (s.from, s.at, s.ahead_us)), us, byte)
    }

    /// The instant of a time on an axis of an input. Zone-less stamps of an input that was not aligned count as UTC.
    pub fn instant(&self, input: u32, axis: Axis, us: i64) -> Instant {
        match self.steady(input, axis) {
            Some(by) => Instant(us - by),
            None => self.axis_shift(input, axis).utc(us),
        }
    }

    /// Microseconds between an axis of an input and UTC, where they are the same at all times.
    fn steady(&self, input: u32, axis: Axis) -> Option<i64> {
        let pieces = self.shifts_of(input);
        let map = self.map.get(&input).filter(|_| axis == Axis::Wall);
        if pieces.len() > 1 || map.is_some_and(|m| !m.changes.is_empty()) {
            return None;
        }
        let zone = map.map_or(0, |m| m.base_min * MINUTE);
        Some(pieces.first().map_or(0, |s| s.ahead_us) + zone)
    }

    /// The instant of a line: like [`Clocks::instant`], but in an hour that a clock repeats its place shows which one it is.
    pub fn at(&self, input: u32, axis: Axis, us: i64, byte: u64) -> Instant {
        let t = match (axis, self.map.get(&input)) {
            (Axis::Wall, Some(m)) => us - m.offset_us(us, Some(byte)),
            _ => us,
        };
        Instant(t - self.ahead(input, t, Some(byte)))
    }

    /// What the clock of an axis showed at an instant: the inverse of [`Clocks::instant`], the earlier of two answers where
    /// the clock went back.
    pub fn written(&self, input: u32, axis: Axis, t: Instant) -> i64 {
        if let Some(by) = self.steady(input, axis) {
            return t.0.saturating_add(by);
        }
        // no zone and no clock of a server that anybody looked at is further off than this
        const FURTHEST: i64 = 27 * HOUR;
        let (from, to) = (t.0.saturating_sub(FURTHEST), t.0.saturating_add(FURTHEST));
        first_that(from, to, |us| self.instant(input, axis, us) >= t)
    }

    /// What is between an axis of an input and UTC.
    pub fn axis_shift(&self, input: u32, axis: Axis) -> AxisShift {
        if let Some(base) = self.steady(input, axis) {
            return AxisShift {
                base,
                changes: None,
            };
        }
        let pieces = self.shifts_of(input);
        let first = pieces.first().map_or(0, |s| s.ahead_us);
        let map = self.map.get(&input).filter(|_| axis == Axis::Wall);
        let zone = |us: i64| map.map_or(0, |m| m.offset_us(us, None));
        // where the zone changes and where the clock is set, by what the axis shows
        let set = pieces.iter().skip(1);
        let mut breaks: Vec<i64> = set.map(|s| s.from + zone(s.from)).collect();
        breaks.extend(map.iter().flat_map(|m| &m.changes).map(|c| c.from_wall));
        breaks.sort_unstable();
        let change = |at: i64| (at, zone(at) + self.ahead(input, at - zone(at), None));
        AxisShift {
            base: first + map.map_or(0, |m| m.base_min * MINUTE),
            changes: match breaks.is_empty() {
                true => None,
                false => Some(breaks.into_iter().map(change).collect()),
            },
        }
    }
}

/// What is between an axis and UTC, in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AxisShift {
    base: i64,
    /// From this time on the axis on, this much. Few clocks have any.
    changes: Option<Arc<[(i64, i64)]>>,
}

impl AxisShift {
    /// The instant of a time on the axis.
    #[inline]
    pub fn utc(&self, us: i64) -> Instant {
        let later = match &self.changes {
            None => None,
            Some(all) => all.iter().take_while(|c| c.0 <= us).last(),
        };
        Instant(us - later.map_or(self.base, |c| c.1))
    }

    /// The second of a second on the axis, both since 1970.
    #[inline]
    pub fn utc_second(&self, second: i64) -> i64 {
        match (&self.changes, self.base) {
            // most clocks are read as they stand
            (None, 0) => second,
            _ => self.utc(second * SECOND).second(),
        }
    }

    /// The time on the axis of an instant.
    #[inline]
    pub fn on_axis(&self, t: Instant) -> i64 {
        let mut shift = self.base;
        for (from, by) in self.changes.iter().flat_map(|all| &all[..]) {
            if t.0 < from - shift.max(*by) {
                break;
            }
            shift = *by;
        }
        t.0 + shift
    }
}

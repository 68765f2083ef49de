//! How far the logs have come. Each clock has its own time; the watch's is that of the clocks whose zone is known, and follows
//! when an estimate changes, back too. What lines show is judged on their own clock, so that no input makes another one wait.

use super::cadence::QUARTER;
use super::engine::Watch;
use coroner_core::summary::{Axis, Glimpse, Part};
use coroner_infer::clock::{Clocks, Mapped, Shift};
use coroner_infer::infer::InferConfig;
use coroner_infer::model::ZoneSource;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{HOUR, Instant, MINUTE, SECOND};
use std::sync::Arc;

/// A line is live when it comes so soon after it was written, or is ahead of the wall by so little.
const SOON: i64 = 2 * MINUTE;
const EARLY: i64 = 20 * SECOND;
/// Lines that come this much after others of their time are reported.
const LATE: i64 = 6 * HOUR;
/// A step of a clock further ahead than this must be confirmed by other lines.
const FAR: i64 = HOUR;

impl Watch {
    /// Takes the time of the next line; says whether something may be due.
    pub(super) fn goes_on(&mut self, f: usize, id: u32, g: &Glimpse) -> bool {
        let mut reached = None;
        if let Some((axis, us)) = g.at {
            self.learn_zone((f, id), (axis, us), self.wall_us);
            if let Some(at) = self.known(f, id, axis, us) {
                let ahead = at.0.saturating_sub(self.now.0);
                if self.seen().is_none() || ahead <= FAR {
                    reached = Some(at);
                }
                if self.seen().is_some() && ahead < -LATE {
                    self.feeds[f].late += u64::from(g.records);
                }
                self.feeds[f].lag_us = Some(self.wall_us.saturating_sub(at.0));
            }
            let second = us.div_euclid(SECOND);
            let newest = self.feeds[f].newest(axis);
            if !self.catches_up
                && newest.is_some_and(|n| second > n.div_euclid(SECOND) && us - n <= FAR)
            {
                self.look_at(f, id, axis, second);
            }
        }
        let reached = reached.or_else(|| self.known_newest(f, id));
        self.feeds[f].comes_to(g);
        let stepped = reached.is_some_and(|at| self.comes_to(f, at));
        self.feeds[f].heard_at = self.now;
        if stepped {
            self.silences();
        }
        stepped || self.asked || self.wanted
    }

    /// The logs come to an instant, unless an input that is read behind others is behind it. Whether another second begins.
    fn comes_to(&mut self, f: usize, at: Instant) -> bool {
        let mut at = at;
        if !self.backlog.is_empty() {
            let Some(behind) = self.behind_others(f, at) else {
                return false;
            };
            at = behind;
        }
        if self.live {
            at.0 = at.0.min(self.wall_us);
        }
        if self.seen().is_some() && at.second() <= self.now.second() {
            return false;
        }
        (self.now, self.heard) = (at, at);
        true
    }

    /// How far all inputs have come of which more is there, where one comes to an instant.
    fn behind_others(&self, f: usize, at: Instant) -> Option<Instant> {
        // one that was not read yet may be anywhere
        let begun = |b: &usize| self.feeds[*b].walked > 0 || *b == f;
        let all = self.backlog.iter();
        let behind = all.clone().filter_map(|b| match *b == f {
            true => Some(at).max(self.reached(*b)),
            false => self.reached(*b),
        });
        let begun = all.clone().all(begun);
        begun.then(|| behind.min().map_or(at, |b| b.min(at)))
    }

    /// The instant of a stamp of an input, where its zone is known, or no other input knows one.
    fn known(&self, f: usize, id: u32, axis: Axis, us: i64) -> Option<Instant> {
        let is_known = |c: &Clocks| c.of(id).is_some_and(|m| m.source != ZoneSource::Assumed);
        match (axis, &self.clocks) {
            (Axis::Utc, None) => Some(Instant(us)),
            (Axis::Utc, Some(c)) => Some(c.instant(id, axis, us)),
            (Axis::Wall, Some(c)) if is_known(c) || !self.zoned => Some(c.instant(id, axis, us)),
            (Axis::Wall, _) => match self.feeds[f].arrival.east() {
                Some(east) => Some(Instant(us - east)),
                None => (!self.zoned).then_some(Instant(us)),
            },
        }
    }

    fn known_newest(&self, f: usize, id: u32) -> Option<Instant> {
        let at = |axis| self.known(f, id, axis, self.feeds[f].newest(axis)?);
        at(Axis::Utc).max(at(Axis::Wall))
    }

    /// What the time of a line shows of zones: one that says its own is known to be right, and one that does not is held against
    /// the time at which it came, as the clock on the wall showed it.
    pub(super) fn learn_zone(&mut self, (f, id): (usize, u32), (axis, us): (Axis, i64), came: i64) {
        let first = !self.zoned;
        match axis {
            Axis::Utc => {
                self.zoned = true;
                self.feeds[f].on_time = self.live && self.is_soon(came - us);
            }
            Axis::Wall if self.backlog.contains(&f) || self.catches_up => {}
            Axis::Wall => {
                let came = match self.live || !self.zoned {
                    true => came,
                    false => self.now.0,
                };
                if !self.feeds[f].arrival.see(us, came, self.live) {
                    return;
                }
                self.zoned = true;
                let mut clocks = self.clocks.take();
                if let Some(c) = &mut clocks {
                    self.arrived(f, id, c);
                }
                self.clocks = clocks;
            }
        }
        if first && self.zoned {
            self.comes_back();
        }
    }

    /// Puts the zone that the arrival of an input's lines shows into clocks.
    fn arrived(&self, f: usize, id: u32, clocks: &mut Clocks) {
        let Some(east) = self.feeds[f].arrival.east() else {
            return;
        };
        let Some(old) = clocks.of(id) else { return };
        let base_min = east / MINUTE;
        if old.source == ZoneSource::Option || old.base_min == base_min && old.changes.is_empty() {
            return;
        }
        clocks.set(id, by_arrival(base_min));
        clocks.set_shift(id, Vec::new());
    }

    /// Takes the clocks that a part shows beside the zones that arrival does, and with them the time that the logs have come to.
    pub(super) fn set_clocks(&mut self, part: &mut Part, config: &InferConfig) {
        let mut shown = Vec::new();
        for (id, f) in self.planned() {
            let Some(east) = self.feeds[f].arrival.east() else {
                continue;
            };
            if let Some(p) = part.inputs.get_mut(&id)
                && p.meta.zone.is_none()
            {
                Arc::make_mut(&mut p.meta).zone = Some(by_arrival(east / MINUTE).zone);
                shown.push((id, east / MINUTE));
            }
        }
        let mut clocks = coroner_infer::infer::clocks(part, config);
        for (id, base_min) in shown {
            if let Some(p) = part.inputs.get_mut(&id) {
                Arc::make_mut(&mut p.meta).zone = None;
            }
            if clocks.of(id).is_some() {
                clocks.set(id, by_arrival(base_min));
            }
        }
        for (id, f) in self.planned() {
            // a clock that is off by hours would not have shown when its lines come
            let feed = &self.feeds[f];
            let off = |s: &Shift| s.ahead_us.abs() > QUARTER / 2;
            if (feed.on_time || feed.arrival.east().is_some())
                && clocks.shifts_of(id).iter().any(off)
            {
                clocks.set_shift(id, Vec::new());
            }
        }
        self.clocks = Some(clocks);
        self.comes_back();
    }

    /// How far the logs have come by what is known now: an estimate that changed can pull that back.
    pub(super) fn comes_back(&mut self) {
        let all = self
            .planned()
            .filter_map(|(id, f)| self.known_newest(f, id));
        let Some(at) = all.max() else { return };
        let idle = self.now.0.saturating_sub(self.heard.0).max(0);
        let mut at = Instant(at.0.saturating_add(idle));
        if self.live {
            at.0 = at.0.min(self.wall_us);
        }
        if self.seen().is_some() && at < self.now {
            let back = self.now.0 - at.0;
            for feed in &mut self.feeds {
                feed.heard_at.0 = feed.heard_at.0.saturating_sub(back);
            }
            self.heard.0 = self.heard.0.saturating_sub(back);
            self.last = self.last.map(|l| l.min(at));
            self.now = at;
        }
    }

    /// The instant of a stamp, by what is known.
    pub(super) fn instant(&self, id: u32, axis: Axis, us: i64) -> Instant {
        let f = self.order.get(id as usize).copied();
        let known = f.and_then(|f| self.known(f, id, axis, us));
        known.unwrap_or(Instant(us))
    }

    /// Whether lines come as they are written.
    pub(super) fn comes_live(&self) -> bool {
        let mut lags = self.feeds.iter().filter_map(|f| f.lag_us);
        lags.any(|lag| self.is_soon(lag))
    }

    /// Whether a line that comes so long after its time comes as it is written.
    fn is_soon(&self, lag_us: i64) -> bool {
        (-EARLY..=SOON).contains(&lag_us)
    }
}

/// A zone that the arrival of lines shows.
fn by_arrival(base_min: i64) -> Mapped {
    Mapped {
        zone: Zone::Fixed(i16::try_from(base_min).unwrap_or(0)),
        source: ZoneSource::Aligned,
        margin: None,
        basis: "the time at which its lines come",
        base_min,
        changes: Vec::new(),
    }
}

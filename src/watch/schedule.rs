//! When to infer: a suspicion, one that is a minute old or over, an incident that goes on, rows that are new, a long quiet.
//! At most every ten seconds of the logs' time, and less often for what is not urgent, so that a replay keeps up.

use crate::watch::engine::{Suspicion, Watch};
use crate::watch::score::Alarm;
use coroner_core::error::Result;
use coroner_core::plan::Plan;
use coroner_core::scan::Glimpse;
use coroner_core::summary::Axis;
use coroner_lines::time::{HOUR, Instant, MINUTE, SECOND};

/// Between two inferences.
const LEAST: i64 = 10 * SECOND;
/// Inferences that rows and incidents which go on may take in a row; one more comes with each [`REFILL`].
const BURST: i64 = 30;
const REFILL: i64 = MINUTE;
/// Until the first inference, which tells zones and tiers, and between inferences where nothing happens.
const FIRST: i64 = MINUTE;
const QUIET: i64 = 10 * MINUTE;
/// Lines that come this much after others of their time are told.
const LATE: i64 = 6 * HOUR;
/// Without a line for so long on the wall, the logs' time goes on.
const SILENT: i64 = 30 * SECOND;
/// Without a line for so long on the wall, what waits for the next one is told.
const IDLE: i64 = 5 * SECOND;
/// Lines expected within [`SILENT`] where it is told that none came (a chance of e to the minus this).
const EXPECTED: f64 = 22.0;

/// How many more inferences may be made that are not urgent.
#[derive(Debug)]
pub(super) struct Budget {
    left: i64,
    filled: Option<Instant>,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            left: BURST,
            filled: None,
        }
    }
}

impl Budget {
    fn has(&mut self, now: Instant) -> bool {
        let from = *self.filled.get_or_insert(now);
        let more = ((now.0 - from.0) / REFILL).max(0);
        if more > 0 {
            self.left = (self.left + more).min(BURST);
            self.filled = Some(Instant(from.0 + more * REFILL));
        }
        self.left > 0
    }

    fn take(&mut self) {
        self.left = (self.left - 1).max(0);
    }
}

/// A suspicion that is to be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct New {
    pub feed: usize,
    pub axis: Axis,
    pub by_app: bool,
    pub alarm: Alarm,
}

impl Watch {
    /// Takes the time of the next line; says whether it begins another second of the logs.
    pub(super) fn goes_on(&mut self, f: usize, id: u32, g: &Glimpse) -> bool {
        let reached = match g.at {
            // a line from far ahead moves nothing before others confirm it
            Some((axis, us)) => {
                let at = match &self.clocks {
                    Some(c) => c.instant(id, axis, us),
                    None => Instant(us),
                };
                let far = self.now.0 != i64::MIN && at.0.saturating_sub(self.now.0) > HOUR;
                match far || axis == Axis::Wall && self.clocks.is_none() {
                    true => self.feeds[f].reached(self.clocks.as_ref(), id),
                    false => Some(at),
                }
            }
            None => self.feeds[f].reached(self.clocks.as_ref(), id),
        };
        // the logs have come as far as the input that is furthest behind; one that was not read yet may be anywhere
        let begun = |b: &usize| self.feeds[*b].walked > 0 || *b == f;
        if !self.backlog.iter().all(begun) {
            return false;
        }
        let behind = self.backlog.iter().filter_map(|b| match *b == f {
            true => reached.max(self.reached(*b)),
            false => self.reached(*b),
        });
        let reached = behind.min().or(reached);
        let Some(at) =
            reached.filter(|at| at.second() > self.now.second() || self.seen().is_none())
        else {
            return false;
        };
        if self.seen().is_some() {
            self.silence(f, at);
        }
        self.hear(at);
        self.suspect();
        true
    }

    /// Counts a line that comes late.
    pub(super) fn count_late(&mut self, f: usize, id: u32, g: &Glimpse) {
        let Some((axis, us)) = g.at else { return };
        let at = match &self.clocks {
            Some(c) => c.instant(id, axis, us),
            None => Instant(us),
        };
        self.feeds[f].late +=
            u64::from(self.now.0.saturating_sub(at.0) > LATE && self.seen().is_some());
    }

    /// Looks at the scores of all inputs.
    fn suspect(&mut self) {
        let any_web = self
            .feeds
            .iter()
            .any(|f| f.scores.keys().any(|(_, by_app)| !by_app));
        let planned: Vec<(u32, usize)> = self.planned().collect();
        for (id, f) in planned {
            if self.feeds[f].inner {
                continue;
            }
            let keys: Vec<(Axis, bool)> = self.feeds[f].scores.keys().copied().collect();
            for (axis, by_app) in keys.into_iter().filter(|k| !(k.1 && any_web)) {
                self.look_at(f, id, axis, by_app);
            }
        }
    }

    fn look_at(&mut self, f: usize, id: u32, axis: Axis, by_app: bool) {
        let now = self.written(id, axis, self.now).div_euclid(SECOND);
        let bad: Vec<(i64, i64)> = self
            .tracked
            .iter()
            .filter(|t| t.opened.is_some() && !t.gone)
            .map(|t| {
                let at = |t: Instant| self.written(id, axis, t).div_euclid(SECOND);
                (at(t.onset), t.recovery.map_or(i64::MAX, at))
            })
            .collect();
        let Some(score) = self.feeds[f].scores.get_mut(&(axis, by_app)) else {
            return;
        };
        let usual = score.usual(now, &bad);
        let alarm = score.alarm(now, usual);
        let key = (f, axis, by_app);
        match (alarm, self.suspicions.get_mut(&key)) {
            (Some(alarm), None) => {
                if !self
                    .alarms
                    .iter()
                    .any(|n| (n.feed, n.axis, n.by_app) == key)
                {
                    self.alarms.push(New {
                        feed: f,
                        axis,
                        by_app,
                        alarm,
                    });
                }
            }
            (Some(alarm), Some(s)) => s.failed = alarm.failed,
            (None, _) => {}
        }
        // what was told to be over is not suspected again for the same failures
        let spent = self.suspicions.get(&key).and_then(|s| s.spent);
        if let Some(spent) = spent
            && alarm.is_none_or(|a| a.onset > self.written(id, axis, spent).div_euclid(SECOND))
        {
            self.suspicions.remove(&key);
        }
    }

    /// What the clock of an input showed at an instant.
    pub(super) fn written(&self, id: u32, axis: Axis, t: Instant) -> i64 {
        self.clocks.as_ref().map_or(t.0, |c| c.written(id, axis, t))
    }

    /// Whether the requests of a suspicion were as usual for the last minute.
    pub(super) fn is_calm(&mut self, (f, axis, by_app): (usize, Axis, bool)) -> bool {
        let id = self.id(f);
        let now = self.written(id, axis, self.now).div_euclid(SECOND);
        let Some(score) = self.feeds[f].scores.get_mut(&(axis, by_app)) else {
            return true;
        };
        let usual = score.usual(now, &[]);
        score.is_calm(now, usual)
    }

    /// Whether an inference is due.
    pub(super) fn due(&mut self) -> bool {
        let Some(now) = self.seen() else { return false };
        if self.asked || !self.alarms.is_empty() {
            return true;
        }
        let since = self.last.map_or(i64::MAX, |l| now.0.saturating_sub(l.0));
        if self.last.is_none() {
            self.last = Some(Instant(now.0 - QUIET + FIRST));
            return false;
        }
        if since < LEAST {
            return false;
        }
        let waiting: Vec<(usize, Axis, bool)> = self.suspicions.keys().copied().collect();
        for key in waiting {
            let t = &self.tracked[self.suspicions[&key].tracked];
            let old = now.0.saturating_sub(t.onset.0) >= MINUTE;
            if t.opened.is_none() && !t.gone && (old || self.is_calm(key)) {
                return true;
            }
        }
        let open = self.tracked.iter().filter(|t| t.is_open());
        let oldest = open.map(|t| now.0.saturating_sub(t.onset.0)).min();
        let pace = oldest.map(|age| (age / 10).clamp(LEAST, MINUTE));
        let wanted = self.news || pace.is_some_and(|p| since >= p);
        wanted && self.budget.has(now) || since >= QUIET
    }

    /// Infers, and tells what is new.
    pub(super) fn judge(&mut self, plan: &Plan) -> Result<()> {
        if self.news || self.tracked.iter().any(|t| t.is_open()) {
            self.budget.take();
        }
        let report = self.inferred(plan)?;
        (self.last, self.news, self.stale, self.asked) = (Some(self.now), false, false, false);
        self.tell(&report, false);
        self.keep(report);
        Ok(())
    }

    /// No line came for this long on the wall.
    pub(super) fn idle(&mut self, idle: i64) -> Result<()> {
        if idle >= SILENT {
            let (_, heard) = self.heard();
            if self.seen().is_some() {
                let now = Instant(heard.0.saturating_add(idle));
                let feeds: Vec<usize> = self.planned().map(|p| p.1).collect();
                for f in feeds {
                    self.silence(f, now);
                }
                if now > self.now {
                    self.now = now;
                }
                self.suspect();
            }
        }
        let waits = self.stale && (self.news || idle >= SILENT || self.holds_back());
        if idle < IDLE || !(waits || self.due()) || self.seen().is_none() {
            return Ok(());
        }
        let Some(plan) = self.plan.take() else {
            return Ok(());
        };
        let done = self.judge_with_waiting(&plan);
        self.plan = Some(plan);
        done
    }

    /// Whether lines are there that were not read because their record may go on.
    fn holds_back(&self) -> bool {
        self.feeds.iter().any(|f| !f.cutter.waiting().is_empty())
    }

    /// Infers with the lines that wait for the next record, which are read again when it comes.
    fn judge_with_waiting(&mut self, plan: &Plan) -> Result<()> {
        let mut kept = Vec::new();
        for (id, f) in self.planned().collect::<Vec<_>>() {
            let input = &plan.inputs[id as usize];
            let feed = &mut self.feeds[f];
            if input.whole || input.frame.is_some() || feed.cutter.waiting().is_empty() {
                continue;
            }
            feed.fold()?;
            kept.push((f, feed.part.clone()));
            let at = feed.cutter.offset();
            let part = coroner_core::scan::live::bytes(
                (plan, id),
                self.settings.read.scan,
                at,
                feed.cutter.waiting(),
            );
            part.inputs.into_values().try_for_each(|p| feed.add(*p))?;
        }
        let done = self.judge(plan);
        for (f, part) in kept {
            (self.feeds[f].part, self.feeds[f].young) = (part, None);
        }
        done
    }

    /// Tells that an input which always says something was silent until an instant.
    fn silence(&mut self, f: usize, to: Instant) {
        let id = self.id(f);
        let Some(last) = self.feeds[f].reached(self.clocks.as_ref(), id) else {
            return;
        };
        let feed = &self.feeds[f];
        if to.0.saturating_sub(last.0) < SILENT + SECOND || feed.expected() < EXPECTED {
            return;
        }
        if feed.silent == Some(last.0) {
            return;
        }
        let text = format!("no line of {} for 30 s", feed.name);
        self.feeds[f].silent = Some(last.0);
        let start = Instant((last.second() + 1) * SECOND);
        let seen = Instant(start.0 + SILENT);
        self.events.gap("silence", &text, Some(start), Some(seen));
    }

    /// Notes that a suspicion was told.
    pub(super) fn suspected(&mut self, new: New, tracked: usize) {
        let s = Suspicion {
            tracked,
            spent: None,
            failed: new.alarm.failed,
        };
        self.suspicions.insert((new.feed, new.axis, new.by_app), s);
    }
}

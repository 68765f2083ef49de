//! When to infer: at a suspicion, when one is a minute old or over, at the ages at which an incident is reported again, where rows are new,
//! and after a long quiet. At most every ten seconds of the logs' time, and less often for what is not urgent, so that a replay
//! keeps up.

use super::cadence::SILENT;
use super::engine::Watch;
use super::hours::Hours;
use super::incident_states::{HOLD, IncidentStage, OPENS, ReportedIncident};
use coroner_core::error::Result;
use coroner_core::plan::Plan;
use coroner_core::summary::Axis;
use coroner_lines::time::{HOUR, Instant, MINUTE, SECOND};

/// Between two inferences.
const LEAST: i64 = 10 * SECOND;
/// Inferences that rows may take in a row; one more comes with each [`REFILL`].
const BURST: i64 = 30;
const REFILL: i64 = MINUTE;
/// Until the first inference, which shows zones and tiers, and between inferences where nothing happens.
const FIRST: i64 = MINUTE;
const QUIET: i64 = 10 * MINUTE;
/// Where lines come faster than they were written, one that nothing asks for is made when this part of what was read before came.
const SHARE: u64 = 2;
/// Without a line for so long on the wall, what waits for the next one is reported.
const IDLE: i64 = 5 * SECOND;
/// The same of one input beside others that go on.
const WHOLE: i64 = 2 * SECOND;
/// Logs that end longer ago than this are history.
const HISTORY: i64 = HOUR;

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

impl Watch {
    /// What the clock of an input showed at an instant.
    pub(super) fn written(&self, id: u32, axis: Axis, t: Instant) -> i64 {
        let east = self
            .order
            .get(id as usize)
            .and_then(|f| self.feeds[*f].arrival.east());
        match (&self.clocks, axis) {
            (Some(c), _) => c.written(id, axis, t),
            (None, Axis::Wall) => t.0.saturating_add(east.unwrap_or(0)),
            (None, Axis::Utc) => t.0,
        }
    }

    /// Whether an inference is due.
    pub(super) fn due(&mut self) -> bool {
        let Some(now) = self.seen().filter(|_| !self.catches_up) else {
            return false;
        };
        if self.asked {
            return true;
        }
        let Some(last) = self.last else {
            self.last = Some(Instant(now.0 - QUIET + FIRST));
            return false;
        };
        let since = now.0.saturating_sub(last.0);
        let crossed = |t: &ReportedIncident| {
            let age = if t.is_open() { t.next * MINUTE } else { OPENS };
            let at = t.onset.0.saturating_add(age);
            !t.stage.is_final() && last.0 < at && at <= now.0
        };
        if self.reported.iter().any(crossed) {
            return true;
        }
        if since < LEAST {
            return false;
        }
        let muted = |t: &ReportedIncident| t.told.is_some_and(|s| self.after_maintenance(s));
        if self.reported.iter().any(|t| t.is_open() && muted(t)) {
            return true;
        }
        let wait = self.reported.iter().filter_map(|t| {
            let age = now.0.saturating_sub(t.onset.0);
            let calm = t.calm.map_or(0, |c| now.0 - c.0);
            match t.stage {
                IncidentStage::Seen => Some(LEAST),
                IncidentStage::Suspected if age < MINUTE => None,
                IncidentStage::Suspected if t.calm.is_some() => (calm >= HOLD).then_some(LEAST),
                IncidentStage::Suspected if age < HOLD => Some(LEAST),
                // what is not as usual for so long, and no incident, is looked at less often
                IncidentStage::Suspected => Some(MINUTE),
                IncidentStage::Open | IncidentStage::Easing
                    if age / MINUTE >= t.next || t.missed.is_some() =>
                {
                    Some(LEAST)
                }
                IncidentStage::Easing if calm >= HOLD => Some(LEAST),
                IncidentStage::Open | IncidentStage::Easing if age < 2 * HOLD => {
                    Some(MINUTE.max(age / 4))
                }
                _ => None,
            }
        });
        let waits = wait.min().filter(|w| *w < QUIET);
        waits.is_some_and(|w| since >= w)
            || since >= QUIET && self.pays()
            || self.news && self.budget.has(now)
    }

    /// Whether one that nothing asks for costs little beside what was read since the last one, as each is made from all that was
    /// read. Where lines come as they are written it always does.
    fn pays(&self) -> bool {
        let (at_us, lines) = self.paid;
        let waited = !(0..LEAST).contains(&(self.wall_us - at_us));
        waited || (self.lines_read() - lines) * SHARE >= lines
    }

    /// Lines looked at.
    pub(super) fn lines_read(&self) -> u64 {
        self.feeds.iter().map(|f| f.lines).sum()
    }

    /// Sets the maintenance windows.
    pub fn maintain(&mut self, hours: Vec<Hours>) {
        self.events.hours = hours;
    }

    /// Whether what was said last of an incident was said in a maintenance window that is over now.
    pub(super) fn after_maintenance(&self, said: Instant) -> bool {
        self.events.in_maintenance(said) && !self.events.in_maintenance(self.now)
    }

    /// Whether the last record of an input waits for a next one that does not come.
    fn is_whole(&self, f: usize) -> bool {
        let feed = &self.feeds[f];
        let since = self.wall_us.saturating_sub(feed.heard_us);
        !feed.cutter.waiting().is_empty() && feed.planned.is_some() && since >= WHOLE
    }

    /// Records that are whole by now are as new as those that were read.
    pub(super) fn see_waiting(&mut self) {
        for f in 0..self.feeds.len() {
            let whole = self.is_whole(f);
            let feed = &mut self.feeds[f];
            let reached = feed.cutter.offset() + feed.cutter.waiting().len() as u64;
            if whole && feed.offered < reached {
                feed.offered = reached;
                self.news = true;
            }
        }
    }

    /// Infers from all that was read, and from records that wait for no more, and reports what is new.
    pub(super) fn judge(&mut self, plan: &Plan) -> Result<()> {
        self.judge_with(plan, Watch::is_whole)
    }

    fn judge_alone(&mut self, plan: &Plan) -> Result<()> {
        if self.news && !self.asked {
            self.budget.take();
        }
        let report = self.inferred(plan, false)?;
        self.paid = (self.wall_us, self.lines_read());
        (self.last, self.news, self.stale, self.asked) = (Some(self.now), false, false, false);
        self.emit_new(&report, false);
        self.keep(report);
        Ok(())
    }

    /// All that was there before is read: it is reported by one inference, and what is over as what it is.
    pub(super) fn caught_up(&mut self) -> Result<()> {
        self.plan_all()?;
        if let Some(plan) = self.plan.take() {
            self.comes_back();
            let all = self.planned().filter_map(|(_, f)| self.reached(f));
            self.now = all.max().unwrap_or(self.now);
            self.heard = self.now;
            self.past = true;
            let done = self.judge(&plan);
            self.plan = Some(plan);
            done?;
        }
        let now = self.now;
        self.feeds.iter_mut().for_each(|f| f.heard_at = now);
        (self.past, self.catches_up) = (false, false);
        Ok(())
    }

    /// Whether a reported incident was over before the watch began.
    pub(super) fn is_past(&self, t: usize) -> bool {
        let old = self.wall_us.saturating_sub(self.now.0) > HISTORY;
        self.past && (old || self.reported[t].past)
    }

    /// No line came for this long on the wall.
    pub(super) fn idle(&mut self, idle: i64) -> Result<()> {
        if self.catches_up {
            return Ok(());
        }
        if idle >= SILENT && self.seen().is_some() {
            let now = Instant(self.heard.0.saturating_add(idle));
            self.now = self.now.max(now);
        }
        if self.live || idle >= SILENT {
            self.silences();
        }
        let waits = self.stale && (self.news || idle >= SILENT || self.holds_back());
        let due = self.due();
        if !(due || idle >= IDLE && waits) || self.seen().is_none() {
            return Ok(());
        }
        let Some(plan) = self.plan.take() else {
            return Ok(());
        };
        let done = self.judge_with(&plan, |w, f| !w.feeds[f].cutter.waiting().is_empty());
        self.plan = Some(plan);
        done
    }

    /// Whether lines are there that were not read because their record may go on.
    fn holds_back(&self) -> bool {
        self.feeds.iter().any(|f| !f.cutter.waiting().is_empty())
    }

    /// Infers with the lines of inputs that wait for the next record, which are read again when it comes.
    fn judge_with(&mut self, plan: &Plan, waits: impl Fn(&Watch, usize) -> bool) -> Result<()> {
        let mut kept = Vec::new();
        for (id, f) in self.planned().collect::<Vec<_>>() {
            let input = &plan.inputs[id as usize];
            if input.whole || input.frame.is_some() || !waits(self, f) {
                continue;
            }
            let feed = &mut self.feeds[f];
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
        let done = self.judge_alone(plan);
        for (f, part) in kept {
            (self.feeds[f].part, self.feeds[f].young) = (part, None);
        }
        done
    }
}

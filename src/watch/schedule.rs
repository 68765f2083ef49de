//! When to infer: at a suspicion, when one is a minute old or over, at the ages at which an incident is reported again, where rows are new,
//! and after a long quiet. At most every ten seconds of the logs' time, and less often for what is not urgent, so that a replay
//! keeps up.

use super::account::Due;
use super::cadence::SILENT;
use super::engine::Watch;
use super::feed::Feed;
use super::hours::Hours;
use super::incident_states::{HOLD, IncidentStage, LASTS, OPENS, ReportedIncident, Sign, Source};
use super::stretches::LookedAt;
use coroner_core::error::Result;
use coroner_core::plan::Plan;
use coroner_core::summary::Axis;
use coroner_lines::time::{HOUR, Instant, MINUTE, SECOND};

/// Between two inferences.
const LEAST: i64 = 10 * SECOND;
/// Until the first inference, which shows zones and tiers, and between inferences where nothing happens.
const FIRST: i64 = MINUTE;
const QUIET: i64 = 10 * MINUTE;
/// Minutes after which an incident is reported again at the latest.
const REPEAT: i64 = 30;
/// Without a line for so long on the wall, what waits for the next one is reported.
const IDLE: i64 = 5 * SECOND;
/// The same of one input beside others that go on.
const WHOLE: i64 = 2 * SECOND;
/// Logs that end longer ago than this are history.
const HISTORY: i64 = HOUR;

impl Watch {
    /// What the clock of an input showed at an instant.
    pub(super) fn written(&self, id: u32, axis: Axis, t: Instant) -> i64 {
        let east = self
            .order
            .get(id as usize)
            .and_then(|f| self.feeds[*f].arrival.east());
        match (&self.clocks, axis) {
            (Some(c), _) if axis == Axis::Utc || c.of(id).is_some() => c.written(id, axis, t),
            (_, Axis::Wall) => t.0.saturating_add(east.unwrap_or(0)),
            (_, Axis::Utc) => t.0,
        }
    }

    /// Earns by the lines that were read.
    pub(super) fn earn(&mut self) -> Result<()> {
        let requests = self.feeds.iter().map(|f| f.total.0).sum();
        let second = self.now.second();
        self.account.read(self.lines_read(), requests, second);
        self.end_stretch()
    }

    /// Whether an inference is due, and can be paid for.
    pub(super) fn due(&mut self) -> bool {
        if self.asked {
            return self.seen().is_some() && !self.catches_up;
        }
        let Some(due) = self.wants() else {
            return false;
        };
        // for what is not over all else that cannot be paid for is left behind
        let left = (due <= Due::Over).then(|| self.may_leave()).flatten();
        let pays = self.account.has_for(due, self.cost(left));
        if !pays && due <= Due::Over {
            self.goes_without();
            // a part may end with it
            return self.wants() == Some(Due::Always);
        }
        pays
    }

    /// Opens, closes and takes back what is to be, as its requests show it: what is not closed in time would take what fails next for
    /// itself.
    fn goes_without(&mut self) {
        for t in self.over..self.reported.len() {
            let reported = &self.reported[t];
            // what an inference had not may be none, unless it failed for a minute more
            let failed = |m: Instant| reported.until >= Some(Instant(m.0.saturating_add(OPENS)));
            let old = self.is_old(reported) && reported.missed.is_none_or(failed);
            let sign = match (self.is_over(reported), reported.is_open()) {
                (true, open) if open || old => Sign::Ends,
                (true, _) => Sign::Fades,
                (false, false) if old => Sign::Holds,
                _ => continue,
            };
            if !reported.sources.is_empty() {
                self.step_of(t, sign, None);
            }
        }
        self.pass_over();
    }

    /// Old enough to be opened, and known to be no burst.
    fn is_old(&self, t: &ReportedIncident) -> bool {
        // an inference has no incident of what failed for less
        !t.sources.is_empty() && t.may_open() && t.until >= Some(due_at(t))
    }

    /// Whether it is to be opened, and no inference was made since it is old enough, or failed again.
    fn is_to_open(&self, t: &ReportedIncident) -> bool {
        let since = |at: Option<Instant>| at.is_some_and(|at| self.last < Some(at));
        let old = Some(due_at(t)).filter(|_| self.is_old(t));
        !t.is_open() && (since(old) || since(t.relapsed))
    }

    /// As usual for so long that an inference has its end, which it may date a little later.
    fn is_over(&self, t: &ReportedIncident) -> bool {
        t.calm.is_some_and(|c| self.now.0 - c.0 > HOLD + LEAST)
    }

    /// Whether an inference that is not urgent can be paid for.
    pub(super) fn can_pay(&self) -> bool {
        self.account.has_for(Due::Useful, self.cost(None))
    }

    /// Whether it has the age at which it is reported again.
    pub(super) fn is_due(&self, t: usize) -> bool {
        let reported = &self.reported[t];
        (self.now.0 - reported.onset.0) / MINUTE >= reported.next
    }

    /// Sets the age at which it is reported again: at 1, 2, 5, 10, 20 minutes, whenever it has lasted twice as long, and each half
    /// hour, since who shows it may forget it after one. What was said shortly before that is not said again.
    pub(super) fn next_update(&mut self, t: usize) {
        let age = (self.now.0 - self.reported[t].onset.0 + LASTS) / MINUTE;
        let next = [1, 2, 5, 10, 20].into_iter().find(|m| *m > age);
        self.reported[t].next = next.unwrap_or((age * 2).min(age + REPEAT));
    }

    /// What an inference is wanted for.
    fn wants(&mut self) -> Option<Due> {
        let now = self.seen().filter(|_| !self.catches_up)?;
        let Some(last) = self.last else {
            self.last = Some(Instant(now.0 - QUIET + FIRST));
            self.rolling.now.begins(now);
            return None;
        };
        let since = now.0.saturating_sub(last.0);
        let quiet = match self.news {
            true => (LEAST, Due::News),
            false => (QUIET, Due::Quiet),
        };
        if !self.wanted && self.rolling.when.is_none() && self.going().next().is_none() {
            return (since >= quiet.0).then_some(quiet.1);
        }
        let rolls = since >= LEAST && self.rolls();
        let age = |t: &ReportedIncident| now.0.saturating_sub(t.onset.0);
        let going = self.going();
        let crossed = |t: &ReportedIncident, minutes: i64| {
            let at = t.onset.0.saturating_add(minutes * MINUTE);
            last.0 < at && at <= now.0
        };
        let over = |t: &ReportedIncident| since >= LEAST && self.is_over(t);
        if rolls {
            return Some(Due::Always);
        }
        let first = |t: &&ReportedIncident| self.is_to_open(t) || !t.is_open() && over(t);
        // whoever is told asks first for what was changed shortly before
        let soon = |t: &ReportedIncident| t.onset.0.saturating_sub(self.changed.0) < HOLD;
        if let Some(t) = going.clone().filter(first).max_by_key(|t| soon(t)) {
            return Some(if soon(t) { Due::Changed } else { Due::Urgent });
        }
        if going.clone().any(over) {
            return Some(Due::Over);
        }
        let updates = |t: &&ReportedIncident| t.is_open() && crossed(t, t.next);
        if self.wanted || going.clone().any(|t| updates(&t)) {
            return Some(Due::Useful);
        }
        let short = |t: &ReportedIncident| t.until.unwrap_or(t.onset).0 - t.onset.0 < OPENS;
        let muted = |t: &ReportedIncident| t.told.is_some_and(|s| self.after_maintenance(s));
        let wait = |t: &ReportedIncident| match t.stage {
            IncidentStage::Seen => Some((MINUTE, Due::Useful)),
            IncidentStage::Suspected if short(t) || t.calm.is_some() || !t.may_open() => None,
            IncidentStage::Suspected if age(t) < HOLD => {
                let since = t.relapsed.unwrap_or(t.noticed);
                let young = now.0.saturating_sub(since.0);
                Some((LEAST.max(young / 6), Due::Urgent))
            }
            // what is not as usual for so long, and no incident, is looked at less often
            IncidentStage::Suspected => Some((MINUTE, Due::Quiet)),
            IncidentStage::Open | IncidentStage::Easing
                if age(t) / MINUTE >= t.next || t.missed.is_some() || muted(t) =>
            {
                Some((LEAST, Due::Useful))
            }
            IncidentStage::Open | IncidentStage::Easing if age(t) < 2 * HOLD => {
                Some((MINUTE.max(age(t) / 4), Due::Quiet))
            }
            _ => None,
        };
        let waits = going.filter_map(wait).chain([quiet]);
        let over = waits.filter(|(wait, _)| since >= *wait);
        over.map(|(_, due)| due).min()
    }

    /// Lines looked at.
    pub(super) fn lines_read(&self) -> u64 {
        self.feeds.iter().map(|f| f.lines).sum()
    }

    /// What the seconds cost that an inference looks at; where all up to a moment is left behind, if one is given.
    fn cost(&self, left: Option<Instant>) -> u64 {
        let of = |f: &Feed| f.cost + f.behind.cost(left);
        self.feeds.iter().map(of).sum()
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
        self.waits(f) && feed.planned.is_some() && since >= WHOLE
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
        self.account.pay(self.cost(None));
        let look = if self.asked {
            LookedAt::All
        } else {
            LookedAt::Recent
        };
        let report = self.inferred(plan, look)?;
        (self.last, self.news, self.stale) = (Some(self.now), false, false);
        (self.asked, self.wanted) = (false, false);
        self.emit_new(&report, false);
        self.report = Some(report);
        Ok(())
    }

    /// All that was there before is read: it is reported by one inference, and what is over as what it is.
    pub(super) fn caught_up(&mut self) -> Result<()> {
        self.plan_all()?;
        self.with_plan(|w, plan| {
            w.comes_back();
            let all = w.planned().filter_map(|(_, f)| w.reached(f));
            w.now = all.max().unwrap_or(w.now);
            w.heard = w.now;
            w.past = true;
            // the last record of each is as whole as it will be, as far as anybody can know
            for feed in &mut w.feeds {
                feed.offered = feed.cutter.offset() + feed.cutter.waiting().len() as u64;
            }
            w.looks_again();
            w.judge_with(plan, Watch::waits)
        })?;
        let now = self.now;
        self.feeds.iter_mut().for_each(|f| f.heard_at = now);
        (self.past, self.catches_up) = (false, false);
        self.leave_reported(None);
        Ok(())
    }

    /// Says how far the logs had come when what was reported was left; `None`: all since then is read.
    pub(super) fn leave_reported(&mut self, at: Option<Instant>) {
        self.reported.iter_mut().for_each(|t| t.left = at);
    }

    /// Looks at what failed before a watch was started again, as the lines show it that came since.
    pub(super) fn looks_again(&mut self) {
        for source in self.failing.clone() {
            if let Source::Requests(f, axis, tally) = source
                && let Some(us) = self.feeds[f].newest(axis)
            {
                self.look_at_those((f, self.id(f), axis), tally, us.div_euclid(SECOND));
            }
        }
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
        let waits = || (0..self.feeds.len()).any(|f| self.waits(f));
        let waits = self.stale && (self.news || idle >= SILENT || waits());
        let due = self.due();
        if !(due || idle >= IDLE && waits) || self.seen().is_none() {
            return Ok(());
        }
        self.with_plan(|w, plan| w.judge_with(plan, Watch::waits))
            .map(drop)
    }

    /// Whether lines of an input are there that were not read because their record may go on.
    fn waits(&self, f: usize) -> bool {
        !self.feeds[f].cutter.waiting().is_empty()
    }

    /// Infers with the lines of inputs that wait for the next record, which are read again when it comes.
    fn judge_with(&mut self, plan: &Plan, waits: impl Fn(&Watch, usize) -> bool) -> Result<()> {
        if !self.asked {
            self.leave_behind(false)?;
        }
        let mut kept = Vec::new();
        for (id, f) in self.planned().collect::<Vec<_>>() {
            let input = &plan.inputs[id as usize];
            if input.whole || input.frame.is_some() || !waits(self, f) {
                continue;
            }
            let feed = &mut self.feeds[f];
            feed.fold()?;
            kept.push((f, feed.part.clone(), feed.unsaved.clone()));
            let (at, bytes) = (feed.cutter.offset(), feed.cutter.waiting());
            let scan = self.settings.read.scan;
            let part = feed.sequel.bytes((plan, id), scan, (at, true), bytes);
            for p in part.inputs.into_values() {
                let wall = p.track(Axis::Wall).span.filter(|_| self.live);
                self.feeds[f].add(*p)?;
                // it came as it was written, too, however long it waits by now
                if let Some((_, us)) = wall {
                    let came = self.feeds[f].heard_us;
                    self.learn_zone((f, id), (Axis::Wall, us), came);
                }
            }
        }
        let done = self.judge_alone(plan);
        for (f, part, unsaved) in kept {
            let feed = &mut self.feeds[f];
            (feed.part, feed.young, feed.unsaved) = (part, None, unsaved);
        }
        self.leave_behind(true)?;
        if !self.past && self.rolls() {
            self.roll_over(plan)?;
        }
        done
    }
}

/// From when on it is old enough to be opened.
fn due_at(t: &ReportedIncident) -> Instant {
    Instant(t.onset.0.saturating_add(OPENS))
}

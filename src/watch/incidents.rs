//! What happens to incidents that are reported: what scores and silences show at each step, and what each inference has of them.
//! Every change of state goes through [`Watch::step_of`], and so through the one table.

use super::engine::Watch;
use super::incident_states::{
    HOLD, IncidentStage, InferredIncident, LASTS, OPENS, ReportedIncident, Said, Sign, Source,
    Tale, assigned, is_as_ever, lasted,
};
use crate::watch::say::{counts_of, less, suspect, symptom};
use crate::watch::score::Alarm;
use coroner_core::summary::Axis;
use coroner_infer::model::{Incident, Report, State, Tier};
use coroner_lines::time::{Instant, MINUTE, SECOND};
use coroner_report::report::time::{date, minute};

impl Watch {
    /// The incidents from the first on that is not over; all before it are.
    pub(super) fn going(&self) -> impl Iterator<Item = &ReportedIncident> + Clone {
        self.reported[self.over..]
            .iter()
            .filter(|t| !t.stage.is_final())
    }

    /// Goes on to the first incident that is not over.
    pub(super) fn pass_over(&mut self) {
        let ahead = self.reported[self.over..].iter();
        self.over += ahead.take_while(|t| t.stage.is_final()).count();
    }

    /// The incident that what fails belongs to: its own, or any that goes on, or that is suspected since less than a minute.
    pub(super) fn going_with(&self, source: Source) -> Option<usize> {
        let first = |is: &dyn Fn(&ReportedIncident) -> bool| {
            let mut all = self.reported[self.over..].iter();
            let found = all.position(|t| !t.stage.is_final() && is(t));
            found.map(|n| self.over + n)
        };
        first(&|t| t.sources.contains(&source))
            .or_else(|| first(&ReportedIncident::is_open))
            .or_else(|| first(&|t| t.is_young(self.now)))
    }

    /// The stretches of reported incidents that ended after `since`, in seconds of the clock of an input.
    pub(super) fn bad(&self, id: u32, axis: Axis, since: i64) -> Vec<(i64, i64)> {
        let at = |t: Instant| self.written(id, axis, t).div_euclid(SECOND);
        let stands = |t: &&ReportedIncident| t.opened.is_some() && t.stage != IncidentStage::Gone;
        let of = |t: &ReportedIncident| {
            let end = t.calm.or(t.recovery);
            (at(t.onset), end.map_or(i64::MAX, at))
        };
        let all = self.reported.iter().filter(stands).map(of);
        all.filter(|(_, end)| *end > since).collect()
    }

    /// Whether an incident is open and a source of it fails: then that it fails shows nothing more.
    pub(super) fn is_failing(&self, t: usize, source: Source) -> bool {
        let reported = &self.reported[t];
        let open = reported.stage == IncidentStage::Open && reported.opened.is_some();
        open && reported.calm.is_none()
            && reported.sources.contains(&source)
            && self.failing.contains(&source)
    }

    /// What fails shows that an incident goes on, or that it is one more.
    pub(super) fn fails(&mut self, t: usize, source: Source, alarm: Option<&Alarm>) {
        let until = match (source, alarm) {
            (Source::Requests(f, axis, _), Some(a)) => {
                self.instant(self.id(f), axis, a.until * SECOND)
            }
            _ => self.now,
        };
        let reported = &mut self.reported[t];
        reported.until = reported.until.max(Some(until));
        let again = reported.calm.take().is_some() && reported.stage == IncidentStage::Suspected;
        let more = |a: &&Alarm| again || a.failed > reported.said.failed;
        if let Some(a) = alarm.filter(more).filter(|_| reported.opened.is_none()) {
            (reported.said.requests, reported.said.failed) = (a.requests, a.failed);
            // a second burst may be one of two short ones, a third may not
            let since = reported.relapsed.unwrap_or(reported.noticed);
            reported.lasts |= match again {
                true => reported.relapsed.is_some(),
                false => self.now.0 - since.0 >= LASTS,
            };
        }
        if !reported.sources.contains(&source) {
            reported.sources.push(source);
        }
        self.failing.insert(source);
        if again {
            self.reported[t].relapsed = Some(self.now);
            self.wanted = true;
            self.say_suspected(t, source, alarm, true);
        }
        self.step_of(t, Sign::Fails, None);
    }

    /// A source of an incident was as usual for a minute: then it is, unless another one still fails.
    pub(super) fn calms(&mut self, t: usize, source: Source, since: Instant) {
        if self.failing.remove(&source)
            && let Source::Requests(f, axis, tally) = source
            && let mut scores = self.feeds[f].scores.iter_mut()
            && let Some((_, score)) = scores.find(|s| s.0 == (axis, tally))
        {
            // what fails from now on is judged by itself
            score.begin_anew();
        }
        if self.fails_now(t) || !self.reported[t].sources.contains(&source) {
            return;
        }
        let reported = &mut self.reported[t];
        if reported.calm.is_none() {
            reported.calm = Some(since.max(reported.onset));
            self.wanted |= reported.stage == IncidentStage::Suspected;
            // later its scores know less
            let counts = self.since_onset(t);
            let said = &mut self.reported[t].said;
            (said.requests, said.failed) = counts;
        }
        self.step_of(t, Sign::Calms, None);
    }

    /// An input is silent for so long, or speaks again.
    pub(super) fn is_silent(&mut self, f: usize, silent_us: i64) {
        let source = Source::Silence(f);
        let known = self.going_with(source);
        match known {
            None => {
                // the logs may lag behind the clock on the wall by which the silence is measured
                let onset = Instant(self.feeds[f].heard_at.0 + SECOND);
                let t = self.begin(onset, IncidentStage::Suspected, vec![source]);
                (self.reported[t].score, self.reported[t].lasts) = (0.9, true);
                self.failing.insert(source);
                self.say_suspected(t, source, None, false);
            }
            Some(t) => {
                self.fails(t, source, None);
                if silent_us >= OPENS && self.reported[t].stage == IncidentStage::Suspected {
                    self.step_of(t, Sign::Holds, None);
                }
            }
        }
    }

    /// An input that was silent speaks again for a minute.
    pub(super) fn speaks(&mut self, f: usize, since: Instant) {
        if let Some(t) = self.silenced(f) {
            self.calms(t, Source::Silence(f), since);
            self.fades(t);
        }
    }

    /// Takes a suspicion back that calmed. Not before an incident would be over: until then what fails again is the same.
    pub(super) fn fades(&mut self, t: usize) {
        let reported = &self.reported[t];
        if reported.stage == IncidentStage::Suspected && self.calm_of(t) >= HOLD {
            self.step_of(t, Sign::Fades, None);
        }
    }

    /// For how long it is as usual.
    fn calm_of(&self, t: usize) -> i64 {
        let since = self.reported[t].calm;
        since.map_or(0, |c| self.now.0 - c.0)
    }

    /// Another incident, with an id that none had.
    pub(super) fn begin(
        &mut self,
        onset: Instant,
        stage: IncidentStage,
        sources: Vec<Source>,
    ) -> usize {
        let zone = self.events.zone;
        let time = minute(onset, zone).replace(':', "");
        let id = format!("{}T{time}", date(onset, zone));
        let used = |id: &str| self.reported.iter().any(|t| t.id == id);
        let id = match (2..).map(|n| format!("{id}-{n}")).find(|i| !used(i)) {
            Some(numbered) if used(&id) => numbered,
            _ => id,
        };
        self.reported
            .push(ReportedIncident::new(id, onset, stage, sources, self.now));
        self.wanted |= stage == IncidentStage::Suspected;
        self.reported.len() - 1
    }

    /// Takes a step: what the table says is reported, by an inference where one has it.
    pub(super) fn step_of(&mut self, t: usize, sign: Sign, by: InferredIncident<'_>) {
        let Some((stage, tale)) = self.reported[t].stage.next(sign) else {
            return;
        };
        self.reported[t].stage = stage;
        match tale {
            Tale::Nothing => {}
            Tale::Open => self.say_open(t, by),
            Tale::Update => self.say_update(t, by, true),
            Tale::Close => self.say_close(t, by),
            Tale::Retract => self.say_gone(t),
            Tale::OpenAndClose => {
                self.say_open(t, by);
                self.say_close(t, by);
            }
        }
    }

    /// Emits what is new in a report on all that was read; `last`: it is the last one.
    pub(super) fn emit_new(&mut self, report: &Report, last: bool) {
        self.events.zone = report.settings.zone;
        for (id, input) in report.inputs.iter().enumerate() {
            let f = self.feed_of(id as u32) as usize;
            self.feeds[f].inner = input.tier == Some(Tier::Inner);
        }
        if last && self.seen().is_none() {
            // no line was looked at by itself
            let ends = report.inputs.iter().filter_map(|i| i.span);
            self.now = ends.map(|s| s.1).max().unwrap_or(Instant(0));
        }
        self.rows(report, last);
        if last && self.kept {
            return;
        }
        let found = assigned(&self.reported, &report.incidents, self.now);
        let mut has = vec![false; self.reported.len()];
        for (i, known) in report.incidents.iter().zip(&found) {
            let t = match known {
                Some(t) => *t,
                None if i.onset > self.now || is_as_ever(i) => continue,
                // what was over when it was left behind was judged before
                None if !last && i.recovery.is_some_and(|r| r < self.left_at) => continue,
                None => {
                    has.push(false);
                    self.begin(i.onset, IncidentStage::Seen, Vec::new())
                }
            };
            has[t] = true;
            self.found((t, known.is_some()), i, report, last);
        }
        for t in (0..has.len()).filter(|t| !has[*t]) {
            // what is part of another incident is one
            let part = |i: &Incident| {
                self.reported[t]
                    .shares(i, self.now)
                    .is_some_and(|us| us > 0)
            };
            if !report.incidents.iter().any(part) || last {
                self.missed(t, last);
            }
        }
        self.reported
            .retain(|t| t.known || t.stage != IncidentStage::Gone);
        self.over = 0;
        self.pass_over();
    }

    /// An inference has an incident.
    fn found(&mut self, (t, seen): (usize, bool), i: &Incident, report: &Report, last: bool) {
        if self.reported[t].stage.is_final() {
            return;
        }
        let by = Some((i, report));
        self.reported[t].missed = None;
        self.reported[t].past |= self.past && i.state == State::Recovered;
        if last {
            return self.step_of(t, Sign::Last(true), by);
        }
        // of what is joined with an earlier one only its own time counts; what goes on does so since it was suspected
        let own = self.now.0 - self.reported[t].onset.0;
        let age = match (self.merged_with(t, i).is_some(), i.state) {
            (true, _) => lasted(i, self.now).min(own),
            (false, State::Truncated) => lasted(i, self.now).max(own),
            _ => lasted(i, self.now),
        };
        let sure = seen && self.reported[t].is_sure(self.now) || self.catches_up;
        let old = age >= OPENS || self.reported[t].relapsed.is_some();
        if old && sure && self.reported[t].may_open() {
            self.step_of(t, Sign::Holds, by);
        }
        if self.reported[t].sources.is_empty() {
            self.eases(t, i, report);
        }
        if i.state == State::Recovered && sure && !self.fails_now(t) {
            self.step_of(t, Sign::Ends, by);
        } else if self.reported[t].is_open() {
            self.changes(t, i, report);
        }
    }

    /// What no score shows is as usual, or goes on, as inferences say.
    fn eases(&mut self, t: usize, i: &Incident, report: &Report) {
        let calm = i.recovery.filter(|r| self.now.0 - r.0 >= MINUTE);
        let sign = if calm.is_some() {
            Sign::Calms
        } else {
            Sign::Fails
        };
        self.reported[t].calm = calm;
        self.step_of(t, sign, Some((i, report)));
    }

    fn fails_now(&self, t: usize) -> bool {
        let mut sources = self.reported[t].sources.iter();
        sources.any(|s| self.failing.contains(s))
    }

    /// The earlier incident that one of an inference is joined with, where the reported one is not it.
    pub(super) fn merged_with(&self, t: usize, i: &Incident) -> Option<&ReportedIncident> {
        let reported = &self.reported[t];
        let mut closed = self
            .reported
            .iter()
            .filter(|c| c.stage == IncidentStage::Closed);
        closed.find(|c| c.onset < reported.onset && c.shares(i, self.now).is_some_and(|us| us > 0))
    }

    fn changes(&mut self, t: usize, i: &Incident, report: &Report) {
        let suspect = suspect(i);
        let (requests, failed) = self.harm(t, i);
        let due = self.is_due(t);
        let reported = &mut self.reported[t];
        let share = |failed: u64, of: u64| failed as f64 / of.max(1) as f64;
        let moved = share(failed, requests) - share(reported.said.failed, reported.said.requests);
        // another suspect must stay for two looks
        let other = suspect != reported.said.suspect;
        let settled = other && suspect == reported.said.rival;
        reported.said.rival = suspect;
        let due = due || settled;
        // where nothing fails any more, the share only thins out
        let due = due || moved.abs() >= 0.10 && !self.fails_no_more(t);
        if due
            || self.reported[t]
                .told
                .is_some_and(|s| self.after_maintenance(s))
        {
            self.say_update(t, Some((i, report)), false);
        }
    }

    /// An inference has it not.
    fn missed(&mut self, t: usize, last: bool) {
        let now = self.now;
        let reported = &mut self.reported[t];
        if reported.stage.is_final() {
            return;
        }
        let silence = matches!(
            reported.sources[..],
            [Source::Silence(_) | Source::Traffic(_), ..]
        ) && reported.is_open();
        if last {
            return self.step_of(t, Sign::Last(silence), None);
        }
        let missed = now.0 - reported.missed.get_or_insert(now).0;
        let (stage, fails) = (reported.stage, self.fails_now(t));
        match stage {
            IncidentStage::Seen => self.step_of(t, Sign::Fades, None),
            IncidentStage::Suspected => self.fades(t),
            // an inference may not see it, but nothing came, and for so long now all came again
            IncidentStage::Easing if silence && self.calm_of(t) >= HOLD => {
                self.step_of(t, Sign::Ends, None);
            }
            IncidentStage::Open | IncidentStage::Easing if silence && self.is_due(t) => {
                self.say_update(t, None, false);
            }
            IncidentStage::Open | IncidentStage::Easing
                if !silence && !fails && missed >= MINUTE =>
            {
                self.step_of(t, Sign::Calms, None);
                self.step_of(t, Sign::Fades, None);
            }
            _ => {}
        }
    }

    /// What was said of it now.
    pub(super) fn note(&mut self, t: usize, i: &Incident) {
        if self.merged_with(t, i).is_some() && self.reported[t].before == (0, 0) {
            self.reported[t].before = less(counts_of(i), self.since_onset(t));
        }
        let (requests, failed) = self.harm(t, i);
        let suspect = suspect(i);
        self.reported[t].said = Said {
            requests,
            failed,
            onset: Some(self.onset_of(t, i)),
            symptom: symptom(i),
            rival: suspect.clone(),
            suspect,
        };
    }
}

//! What happens to incidents that are told: what scores and silences show at each step, and what each inference has of them.
//! Every change of state goes through [`Watch::step_of`], and so through the one table.

use super::engine::Watch;
use super::told::{
    HOLD, IncidentStage, InferredIncident, OPENS, Said, Sign, Source, Tale, ToldIncident, assigned,
    lasted,
};
use crate::watch::score::Alarm;
use coroner_core::model::{Incident, Report, State, Tier};
use coroner_core::summary::Axis;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use coroner_report::report::time::{date, minute};

impl Watch {
    /// Looks at the score of an input whose clock goes on.
    pub(super) fn look_at(&mut self, f: usize, id: u32, axis: Axis, second: i64) {
        if self.feeds[f].inner {
            return;
        }
        let any_web = self.web;
        for key in [(axis, false), (axis, true)] {
            if key.1 && any_web {
                continue;
            }
            let source = Source::Requests(f, axis, key.1);
            let bad = |t: &ToldIncident| {
                let at = |t: Instant| self.written(id, axis, t).div_euclid(SECOND);
                let end = t.calm.or(t.recovery);
                (at(t.onset), end.map_or(i64::MAX, at))
            };
            let told = self.told.iter();
            let told = told.filter(|t| t.opened.is_some() && t.stage != IncidentStage::Gone);
            let bad: Vec<_> = told.map(bad).collect();
            let Some(score) = self.feeds[f].scores.get_mut(&key) else {
                continue;
            };
            let usual = score.usual(second, &bad);
            let (alarm, calm) = (score.alarm(second, usual), score.is_calm(second, usual));
            let known = self
                .told
                .iter()
                .position(|t| !t.stage.is_final() && (t.sources.contains(&source) || t.is_open()));
            match (known, alarm) {
                (Some(t), _) if calm => {
                    let since = self.instant(id, axis, (second - 60) * SECOND);
                    self.calms(t, source, since);
                }
                (None, Some(alarm)) if !calm => self.suspicion(source, &alarm),
                (Some(t), Some(alarm)) => self.fails(t, source, Some(&alarm)),
                _ => {}
            }
        }
    }

    /// What fails tells that an incident goes on, or that it is one more.
    fn fails(&mut self, t: usize, source: Source, alarm: Option<&Alarm>) {
        let told = &mut self.told[t];
        if let Some(a) = alarm.filter(|a| a.failed > told.said.failed && told.opened.is_none()) {
            (told.said.requests, told.said.failed) = (a.requests, a.failed);
        }
        if !told.sources.contains(&source) {
            told.sources.push(source);
        }
        told.calm = None;
        self.failing.insert(source);
        self.step_of(t, Sign::Fails, None);
    }

    /// A source of an incident was as usual for a minute: then it is, unless another one still fails.
    fn calms(&mut self, t: usize, source: Source, since: Instant) {
        if self.failing.remove(&source)
            && let Source::Requests(f, axis, by_app) = source
            && let Some(score) = self.feeds[f].scores.get_mut(&(axis, by_app))
        {
            // what fails from now on is judged by itself
            score.begin_anew();
        }
        let told = &mut self.told[t];
        if told.sources.iter().any(|s| self.failing.contains(s)) || !told.sources.contains(&source)
        {
            return;
        }
        if told.calm.is_none() {
            told.calm = Some(since.max(told.onset));
            self.asked |= told.stage == IncidentStage::Suspected;
        }
        self.step_of(t, Sign::Calms, None);
    }

    /// An input is silent for so long, or speaks again.
    pub(super) fn is_silent(&mut self, f: usize, silent_us: i64) {
        let source = Source::Silence(f);
        let known = self
            .told
            .iter()
            .position(|t| !t.stage.is_final() && (t.sources.contains(&source) || t.is_open()));
        match known {
            None => {
                // the logs may lag behind the clock on the wall by which the silence is measured
                let onset = Instant(self.feeds[f].heard_at.0 + SECOND);
                let t = self.begin(onset, IncidentStage::Suspected, vec![source]);
                self.told[t].score = 0.9;
                self.failing.insert(source);
                self.say_suspected(t, None);
            }
            Some(t) => {
                self.fails(t, source, None);
                if silent_us >= OPENS && self.told[t].stage == IncidentStage::Suspected {
                    self.step_of(t, Sign::Holds, None);
                }
            }
        }
    }

    /// An input that was silent speaks again for a minute.
    pub(super) fn speaks(&mut self, f: usize, since: Instant) {
        let source = Source::Silence(f);
        if let Some(t) = self.silenced(f).filter(|t| self.may_fade(*t)) {
            self.calms(t, source, since);
            if self.told[t].stage == IncidentStage::Suspected {
                self.step_of(t, Sign::Fades, None);
            }
        }
    }

    /// Whether a suspicion is old enough to be taken back: one of silence is told after half a minute of it, and nothing told is
    /// contradicted within the next one.
    fn may_fade(&self, t: usize) -> bool {
        let told = &self.told[t];
        let silence = matches!(told.sources[..], [Source::Silence(_), ..]);
        !silence || told.is_open() || self.now.0 - told.onset.0 >= 90 * SECOND
    }

    /// The incident that the silence of an input is of.
    pub(super) fn silenced(&self, f: usize) -> Option<usize> {
        let source = Source::Silence(f);
        let mut told = self.told.iter();
        told.position(|t| !t.stage.is_final() && t.sources.contains(&source))
    }

    fn suspicion(&mut self, source: Source, alarm: &Alarm) {
        let Source::Requests(f, axis, _) = source else {
            return;
        };
        let onset = self.instant(self.id(f), axis, alarm.onset * SECOND);
        let t = self.begin(onset, IncidentStage::Suspected, vec![source]);
        let told = &mut self.told[t];
        // at the threshold nine of ten hold
        told.score = 1.0 / (1.0 + (9.0 - alarm.nats).exp());
        (told.said.requests, told.said.failed) = (alarm.requests, alarm.failed);
        self.failing.insert(source);
        self.say_suspected(t, Some((f, alarm.first)));
    }

    /// Another incident, with an id that none had.
    fn begin(&mut self, onset: Instant, stage: IncidentStage, sources: Vec<Source>) -> usize {
        let zone = self.events.zone;
        let time = minute(onset, zone).replace(':', "");
        let id = format!("{}T{time}", date(onset, zone));
        let used = |id: &str| self.told.iter().any(|t| t.id == id);
        let id = match (2..).map(|n| format!("{id}-{n}")).find(|i| !used(i)) {
            Some(numbered) if used(&id) => numbered,
            _ => id,
        };
        self.told.push(ToldIncident::new(id, onset, stage, sources));
        self.asked |= stage == IncidentStage::Suspected;
        self.told.len() - 1
    }

    /// Takes a step: what the table says is told, by an inference where one has it.
    fn step_of(&mut self, t: usize, sign: Sign, by: InferredIncident<'_>) {
        let Some((stage, tale)) = self.told[t].stage.next(sign) else {
            return;
        };
        self.told[t].stage = stage;
        match tale {
            Tale::Nothing => {}
            Tale::Open => self.say_open(t, by),
            Tale::Update => self.say_update(t, by),
            Tale::Close => self.say_close(t, by),
            Tale::Retract => self.say_gone(t),
            Tale::OpenAndClose => {
                self.say_open(t, by);
                self.say_close(t, by);
            }
        }
    }

    /// Tells what is new in a report on all that was read; `last`: it is the last one.
    pub(super) fn tell(&mut self, report: &Report, last: bool) {
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
        let found = assigned(&self.told, &report.incidents, self.now);
        let mut has = vec![false; self.told.len()];
        for (i, known) in report.incidents.iter().zip(&found) {
            let t = match known {
                Some(t) => *t,
                None if i.onset > self.now => continue,
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
            let part = |i: &Incident| self.told[t].shares(i, self.now).is_some_and(|us| us > 0);
            if !report.incidents.iter().any(part) || last {
                self.missed(t, last);
            }
        }
        self.told
            .retain(|t| t.known || t.stage != IncidentStage::Gone);
    }

    /// An inference has an incident.
    fn found(&mut self, (t, seen): (usize, bool), i: &Incident, report: &Report, last: bool) {
        if self.told[t].stage.is_final() {
            return;
        }
        let by = Some((i, report));
        self.told[t].missed = None;
        self.told[t].past |= self.past && i.state == State::Recovered;
        if last {
            return self.step_of(t, Sign::Last(true), by);
        }
        // of what is joined with an earlier one only its own time counts
        let mut age = lasted(i, self.now);
        if self.merged_with(t, i).is_some() {
            age = age.min(self.now.0 - self.told[t].onset.0);
        }
        if age >= OPENS && (seen || self.catches_up) {
            self.step_of(t, Sign::Holds, by);
        }
        if i.state == State::Recovered && !self.fails_now(t) {
            self.step_of(t, Sign::Ends, by);
        } else if self.told[t].is_open() {
            self.changes(t, i, report);
        }
    }

    fn fails_now(&self, t: usize) -> bool {
        let mut sources = self.told[t].sources.iter();
        sources.any(|s| self.failing.contains(s))
    }

    /// The earlier incident that one of an inference is joined with, where the told one is not it.
    pub(super) fn merged_with(&self, t: usize, i: &Incident) -> Option<&ToldIncident> {
        let told = &self.told[t];
        let mut closed = self
            .told
            .iter()
            .filter(|c| c.stage == IncidentStage::Closed);
        closed.find(|c| c.onset < told.onset && c.shares(i, self.now).is_some_and(|us| us > 0))
    }

    fn changes(&mut self, t: usize, i: &Incident, report: &Report) {
        let suspect = suspect(i);
        let now = self.now;
        let (requests, failed) = self.harm(t, i);
        let told = &mut self.told[t];
        let age = (now.0 - told.onset.0) / MINUTE;
        let share = |failed: u64, of: u64| failed as f64 / of.max(1) as f64;
        let moved = share(failed, requests) - share(told.said.failed, told.said.requests);
        // another suspect must stay for two looks
        let other = suspect != told.said.suspect;
        let settled = other && suspect == told.said.rival;
        told.said.rival = suspect;
        if age >= told.next || moved.abs() >= 0.10 || settled {
            self.say_update(t, Some((i, report)));
        }
    }

    /// An inference has it not.
    fn missed(&mut self, t: usize, last: bool) {
        let now = self.now;
        let told = &mut self.told[t];
        if told.stage.is_final() {
            return;
        }
        let silence = matches!(told.sources[..], [Source::Silence(_), ..]) && told.is_open();
        if last {
            return self.step_of(t, Sign::Last(silence), None);
        }
        let missed = now.0 - told.missed.get_or_insert(now).0;
        let (stage, fails) = (told.stage, self.fails_now(t));
        let told = &self.told[t];
        let calm = told.calm.map_or(0, |c| now.0 - c.0);
        match stage {
            IncidentStage::Seen => self.step_of(t, Sign::Fades, None),
            IncidentStage::Suspected if calm > 0 && self.may_fade(t) => {
                self.step_of(t, Sign::Fades, None);
            }
            // an inference may not see it, but nothing came, and for so long now all came again
            IncidentStage::Easing if silence && calm >= HOLD => self.step_of(t, Sign::Ends, None),
            IncidentStage::Open | IncidentStage::Easing
                if !silence && !fails && missed >= MINUTE =>
            {
                self.step_of(t, Sign::Calms, None);
                self.step_of(t, Sign::Fades, None);
            }
            _ => {}
        }
    }

    /// Requests and failed ones of a told incident in one of an inference: without those of what was told before.
    pub(super) fn harm(&self, t: usize, i: &Incident) -> (u64, u64) {
        let (n, k) = (i.impact.requests.unwrap_or(0), i.impact.failed.unwrap_or(0));
        match self.merged_with(t, i) {
            Some(c) => (
                n.saturating_sub(c.said.requests),
                k.saturating_sub(c.said.failed),
            ),
            None => (n, k),
        }
    }

    /// What was said of it now.
    pub(super) fn note(&mut self, t: usize, i: &Incident) {
        let (requests, failed) = self.harm(t, i);
        let suspect = suspect(i);
        let age = (self.now.0 - self.told[t].onset.0) / MINUTE;
        let told = &mut self.told[t];
        // at 1, 2, 5, 10, 20 minutes, and whenever it has lasted twice as long
        told.next = match [1, 2, 5, 10, 20].into_iter().find(|m| *m > age) {
            Some(next) => next,
            None => age * 2,
        };
        told.said = Said {
            requests,
            failed,
            rival: suspect.clone(),
            suspect,
        };
    }
}

/// The first suspect, as far as it is one.
fn suspect(i: &Incident) -> String {
    let first = i.causes.first();
    let what = first.and_then(|c| Some((c.class.word(), c.culprit.as_ref()?.name.for_json())));
    format!("{:?} {what:?}", i.cause_verdict)
}

//! From one inference to the next: which incidents are new, go on, changed, are over, or did not hold.
//! Nothing that was told is changed: there are events that correct it.

use super::engine::Watch;
use super::event::{EventFields, counts, evidence, fields, rounded};
use crate::watch::announced::{Tracked, differ, lasted};
use crate::watch::schedule::New;
use coroner_core::model::{Incident, Report, State, Tier};
use coroner_lines::time::{Instant, MINUTE, SECOND};
use coroner_report::report::time::{date, minute, seconds, span};
use serde_json::{Value, json};

/// Told as an incident from this age on.
const OPENS: i64 = MINUTE;

impl Watch {
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
        for new in std::mem::take(&mut self.alarms) {
            self.suspicion(new, report);
        }
        let mut matched = vec![None; self.tracked.len()];
        for i in &report.incidents {
            let known = self.matching(i, &matched);
            let t = match known {
                Some(t) => t,
                None if lasted(i, self.now) < OPENS && !last => continue,
                None => {
                    matched.push(None);
                    self.track(i)
                }
            };
            matched[t] = Some(i);
            self.incident(t, i, report, last);
        }
        for (t, found) in matched.iter().enumerate() {
            if found.is_none() {
                self.without(t, report, last);
            }
        }
        for s in self.suspicions.values_mut() {
            let t = &self.tracked[s.tracked];
            if (t.gone || t.closed.is_some()) && s.spent.is_none() {
                s.spent = Some(self.now);
            }
        }
    }

    /// The incident told before that an incident of a report is: one that is not taken, and of several the last.
    fn matching(&self, i: &Incident, taken: &[Option<&Incident>]) -> Option<usize> {
        let free = (0..self.tracked.len()).filter(|t| taken[*t].is_none());
        let all = free.filter(|t| self.tracked[*t].is(i, self.now));
        all.max_by_key(|t| (self.tracked[*t].opened.is_some(), *t))
    }

    fn track(&mut self, i: &Incident) -> usize {
        let id = self.unused(&i.id);
        self.tracked.push(Tracked {
            id,
            onset: i.onset,
            recovery: None,
            suspected: None,
            opened: None,
            closed: None,
            gone: false,
            score: 0.0,
            failed: 0,
            said: Default::default(),
            told: self.now,
        });
        self.tracked.len() - 1
    }

    /// The id, with a number where it was given before.
    fn unused(&self, id: &str) -> String {
        let used = |id: &str| self.tracked.iter().any(|t| t.id == id);
        match (2..).map(|n| format!("{id}-{n}")).find(|i| !used(i)) {
            Some(numbered) if used(id) => numbered,
            _ => id.to_owned(),
        }
    }

    /// Tells a suspicion, unless an incident that was told goes on.
    fn suspicion(&mut self, new: New, report: &Report) {
        let alarm = new.alarm;
        let id = self.id(new.feed);
        let at = |s: i64| {
            let us = s * SECOND;
            let clocks = self.clocks.as_ref();
            clocks.map_or(Instant(us), |c| c.instant(id, new.axis, us))
        };
        let onset = at(alarm.onset);
        let goes_on = |t: &Tracked| {
            let end = t
                .recovery
                .map_or(i64::MAX, |r| r.0.saturating_add(5 * MINUTE));
            !t.gone && t.opened.is_some() && onset.0 <= end
                || t.suspected.is_some() && !t.gone && t.closed.is_none()
        };
        if let Some(t) = self.tracked.iter().position(goes_on) {
            return self.suspected(new, t);
        }
        let here = |i: &&Incident| (i.onset.0 - onset.0).abs() <= MINUTE;
        let name = match report.incidents.iter().find(here) {
            Some(i) => i.id.clone(),
            None => {
                let zone = self.events.zone;
                let time = minute(onset, zone).replace(':', "");
                format!("{}T{time}", date(onset, zone))
            }
        };
        // at the threshold nine of ten hold
        let score = 1.0 / (1.0 + (9.0 - alarm.nats).exp());
        let name = self.unused(&name);
        let line = json!({"input": new.feed, "line": alarm.first.line, "byte": alarm.first.byte});
        let mut all = fields([
            ("incident", name.as_str().into()),
            ("onset", self.events.time(onset)),
            ("score", rounded(score.min(0.9999)).into()),
        ]);
        all.extend(counts(alarm.requests, alarm.failed));
        all.insert("evidence".into(), json!([line]));
        let seq = self
            .events
            .tell("incident_suspected", Some(onset), self.seen(), all);
        self.tracked.push(Tracked {
            id: name,
            onset,
            recovery: None,
            suspected: Some(seq),
            opened: None,
            closed: None,
            gone: false,
            score,
            failed: alarm.failed,
            said: Default::default(),
            told: self.now,
        });
        self.suspected(new, self.tracked.len() - 1);
    }

    /// Tells what is new about an incident of a report.
    fn incident(&mut self, t: usize, i: &Incident, report: &Report, last: bool) {
        if self.tracked[t].opened.is_none() {
            if lasted(i, self.now) < OPENS && !last {
                return;
            }
            self.open(t, i, report);
        } else {
            self.correct(t, i);
        }
        let over = i.state == State::Recovered || last;
        if self.tracked[t].closed.is_some() {
            return;
        }
        if over {
            self.close(t, i);
        } else if self.now.0 - self.tracked[t].told.0 >= 10 * SECOND {
            let says = said(i);
            if self.tracked[t].said != says {
                self.tracked[t].said = says;
                self.update(t, i);
            }
        }
    }

    fn open(&mut self, t: usize, i: &Incident, report: &Report) {
        let tracked = &self.tracked[t];
        let score = tracked.score.max(0.99);
        let interval = i.onset_interval;
        let interval = interval.map(|(a, b)| json!([self.events.time(a), self.events.time(b)]));
        let mut all = self.head(t, i);
        all.insert("onset".into(), self.events.time(i.onset));
        all.insert("onset_interval".into(), interval.unwrap_or(Value::Null));
        all.insert("score".into(), rounded(score).into());
        all.extend(self.harm(i));
        all.extend(self.events.causes(i.cause_verdict, &i.causes, i.onset));
        let rows = i.timeline.iter().chain(&report.timeline);
        let onset = rows.filter(|e| !e.evidence.is_empty()).min_by_key(|e| {
            (
                e.kind.word() != "onset",
                e.time.map_or(i64::MAX, |x| (x.0 - i.onset.0).abs()),
            )
        });
        if let Some(e) = onset {
            let lines = evidence(&e.evidence, |input| self.feed_of(input));
            all.insert("evidence".into(), lines);
        }
        let seen = self.seen();
        let seq = self.events.tell("incident_open", Some(i.onset), seen, all);
        let tracked = &mut self.tracked[t];
        (tracked.opened, tracked.onset, tracked.told) = (Some(seq), i.onset, self.now);
        tracked.said = said(i);
    }

    /// Corrects what was told of an incident.
    fn correct(&mut self, t: usize, i: &Incident) {
        let before = self.tracked[t].clone();
        if differ(Some(before.onset), Some(i.onset)) {
            let all = fields([("onset", self.events.time(i.onset))]);
            self.correction(t, before.opened, "lines that came since", i.onset, all);
            self.tracked[t].onset = i.onset;
        }
        let over = i.state == State::Recovered;
        if before.closed.is_some() && (!over || differ(before.recovery, i.recovery)) {
            let recovery = i.recovery.filter(|_| over);
            let why = match over {
                true => "lines that came since",
                false => "it goes on: requests fail again",
            };
            let time = recovery.map_or(Value::Null, |r| self.events.time(r));
            let at = recovery.or(before.recovery).unwrap_or(i.onset);
            self.correction(t, before.closed, why, at, fields([("recovery", time)]));
            let tracked = &mut self.tracked[t];
            tracked.recovery = recovery;
            if !over {
                tracked.closed = None;
            }
        }
    }

    fn correction(&mut self, t: usize, of: Option<u64>, why: &str, at: Instant, more: EventFields) {
        let mut all = fields([("incident", self.tracked[t].id.as_str().into())]);
        all.insert("of".into(), of.unwrap_or(1).into());
        all.extend(more);
        all.insert("why".into(), why.into());
        self.events.tell("correction", Some(at), self.seen(), all);
    }

    fn update(&mut self, t: usize, i: &Incident) {
        let mut all = self.head(t, i);
        all.extend(self.harm(i));
        all.extend(self.events.causes(i.cause_verdict, &i.causes, i.onset));
        let seen = self.seen();
        self.events.tell("incident_update", seen, seen, all);
        self.tracked[t].told = self.now;
    }

    fn close(&mut self, t: usize, i: &Incident) {
        let state = match i.state {
            State::Recovered => "recovered",
            State::RecoveredUnconfirmed => "recovered_unconfirmed",
            State::Truncated => "truncated",
        };
        let recovery = i.recovery.map_or(Value::Null, |r| self.events.time(r));
        let mut all = self.head(t, i);
        all.insert("state".into(), state.into());
        all.insert("onset".into(), self.events.time(i.onset));
        all.insert("recovery".into(), recovery);
        all.insert("recovery_held_s".into(), i.held_us.map(seconds).into());
        all.insert("recover_s".into(), i.durations.recover.map(seconds).into());
        all.extend(self.harm(i));
        all.extend(self.events.causes(i.cause_verdict, &i.causes, i.onset));
        let seen = self.seen();
        let seq = self
            .events
            .tell("incident_close", i.recovery.or(seen), seen, all);
        let tracked = &mut self.tracked[t];
        (tracked.closed, tracked.recovery) = (Some(seq), i.recovery);
    }

    /// Tells that what was told as an incident, or suspected, is none.
    fn without(&mut self, t: usize, report: &Report, last: bool) {
        let tracked = &self.tracked[t];
        if tracked.gone {
            return;
        }
        let now = self.now;
        let why = if tracked.opened.is_some() {
            let part = report.incidents.iter().any(|i| tracked.is(i, now));
            match part {
                true => "it is part of another incident".to_owned(),
                false => "with the lines that came since it is no incident".to_owned(),
            }
        } else {
            let keys = self.suspicions.iter().filter(|(_, s)| s.tracked == t);
            let keys: Vec<_> = keys.map(|(k, s)| (*k, s.failed)).collect();
            if !last && keys.iter().any(|(k, _)| !self.is_calm(*k)) {
                return;
            }
            let failed = keys.iter().map(|k| k.1).max();
            let failed = failed.unwrap_or(0).max(self.tracked[t].failed);
            let blip = report.blips.iter().find(|b| {
                let end = b.end.unwrap_or(now);
                (b.start.0 - self.tracked[t].onset.0).abs() <= MINUTE && end <= now
            });
            match blip.and_then(|b| Some((b.failed?, b.end?.0 - b.start.0))) {
                Some((n, us)) => format!("{n} failures in {}, none since: a blip", span(us)),
                None => format!("{failed} failures, and then as usual again: no incident"),
            }
        };
        let id = self.tracked[t].id.as_str().into();
        let all = fields([("incident", id), ("why", why.into())]);
        let seen = self.seen();
        let onset = self.tracked[t].onset;
        self.events.tell("retraction", Some(onset), seen, all);
        self.tracked[t].gone = true;
    }

    fn head(&self, t: usize, i: &Incident) -> EventFields {
        let mut all = fields([("incident", self.tracked[t].id.as_str().into())]);
        if let Some(s) = &i.service {
            all.insert("service".into(), s.for_json().into());
        }
        all
    }

    /// Requests and failed ones; of an incident without a request series, none.
    fn harm(&self, i: &Incident) -> EventFields {
        counts(i.impact.requests.unwrap_or(0), i.impact.failed.unwrap_or(0))
    }
}

/// What an update would say: where nothing of it is new, there is none.
fn said(i: &Incident) -> (u64, Option<Instant>, String) {
    let first = i
        .causes
        .first()
        .map(|c| (c.class.word(), (c.score * 20.0) as u8));
    let cause = format!("{:?} {first:?}", i.cause_verdict);
    (i.impact.failed.unwrap_or(0), i.recovery, cause)
}

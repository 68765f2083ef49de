//! What the requests of inputs show before an inference does: that they fail, are refused, or stay away. A fall of the traffic is
//! suspected after three minutes and open after five, since an inference is sure of it only when it is over.

use super::engine::Watch;
use super::incident_states::{IncidentStage, ReportedIncident, Sign, Source};
use super::score::{Alarm, Tally, UsualTraffic};
use coroner_core::summary::Axis;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use coroner_report::report::sentence::percent;

/// Minutes before a suspicion in which it began.
const BEGAN: i64 = 3 * MINUTE;
/// Open from this age on.
const OPENS: i64 = 5 * MINUTE;

impl Watch {
    /// Looks at the score of an input whose clock goes on.
    pub(super) fn look_at(&mut self, f: usize, id: u32, axis: Axis, second: i64) {
        if self.feeds[f].inner {
            return;
        }
        let all: &[Tally] = match self.web {
            true => &[Tally::Failed, Tally::Refused],
            false => &[Tally::Failed, Tally::FailedInApp],
        };
        let minute = |s: i64| s.div_euclid(60);
        let newest = self.feeds[f].newest(axis);
        let ends = newest.is_some_and(|us| minute(us.div_euclid(SECOND)) < minute(second));
        if self.web && ends {
            self.look_at_traffic(f);
        }
        for tally in all {
            self.look_at_those((f, id, axis), *tally, second);
        }
    }

    /// The same of what one of its scores counts.
    pub(super) fn look_at_those(
        &mut self,
        (f, id, axis): (usize, u32, Axis),
        tally: Tally,
        second: i64,
    ) {
        let key = (axis, tally);
        let source = Source::Requests(f, axis, tally);
        let scores = &self.feeds[f].scores;
        let Some(at) = scores.iter().position(|s| s.0 == key) else {
            return;
        };
        let quiet = scores[at].1.is_quiet();
        if quiet && self.over == self.reported.len() {
            return;
        }
        let known = self.going_with(source);
        let own = known.filter(|t| self.reported[*t].sources.contains(&source));
        if quiet && own.is_none() {
            return;
        }
        let scores = &mut self.feeds[f].scores;
        let mut score = std::mem::take(&mut scores[at].1);
        let usual = score.usual(second, |since| self.bad(id, axis, since));
        let calm = known.is_some() && score.is_calm(second, usual);
        let fails = known.is_some_and(|t| self.is_failing(t, source));
        // what is calm, or known to fail, is not asked for more
        let alarm = match calm || fails {
            true => None,
            false => score.alarm(second, usual),
        };
        let new = known.is_none() && alarm.is_some() && !score.is_calm(second, usual);
        self.feeds[f].scores[at].1 = score;
        match (known, alarm) {
            (Some(t), _) if calm => {
                let since = self.instant(id, axis, (second - 60) * SECOND);
                self.calms(t, source, since);
            }
            (None, Some(alarm)) if new => self.suspicion(source, &alarm),
            (Some(t), Some(alarm)) => self.fails(t, source, Some(&alarm)),
            _ => {}
        }
    }

    fn suspicion(&mut self, source: Source, alarm: &Alarm) {
        let Source::Requests(f, axis, _) = source else {
            return;
        };
        let onset = self.instant(self.id(f), axis, alarm.onset * SECOND);
        // which service fails only an inference knows: where one is asked for, it is looked at and not suspected
        let asked_for = self.settings.about.service.is_none();
        let stage = match asked_for {
            true => IncidentStage::Suspected,
            false => IncidentStage::Seen,
        };
        let t = self.begin(onset, stage, vec![source]);
        let reported = &mut self.reported[t];
        // at the threshold nine of ten hold
        reported.score = 1.0 / (1.0 + (9.0 - alarm.nats).exp());
        (reported.said.requests, reported.said.failed) = (alarm.requests, alarm.failed);
        self.failing.insert(source);
        if asked_for {
            self.say_suspected(t, source, Some(alarm), false);
        }
    }

    /// Looks at what all inputs at the edge have, as a minute of one of them is over.
    pub(super) fn look_at_traffic(&mut self, f: usize) {
        let falls = |s: &Source| matches!(s, Source::Traffic(_));
        let own = |t: &ReportedIncident| t.sources.first().is_some_and(falls);
        let mut all = self.reported[self.over..].iter();
        let known = all.position(|t| !t.stage.is_final() && own(t));
        let known = known.map(|n| self.over + n);
        let mut own = self.feeds[f].scores.iter();
        if known.is_none() && !own.any(|s| s.1.has_fallen()) {
            return;
        }
        let traffic = self.traffic(f, known.map(|t| self.reported[t].onset));
        let low = traffic.is_low(known.is_some());
        let Some(t) = known else {
            // where requests fail, some stay away
            if low && self.going().next().is_none() {
                self.falls(f, traffic);
            }
            return;
        };
        let source = self.reported[t].sources[0];
        if !low {
            self.calms(t, source, Instant(self.now.0 - MINUTE));
            return self.fades(t);
        }
        self.fails(t, source, None);
        let reported = &mut self.reported[t];
        let old = self.now.0 - reported.onset.0 > OPENS - MINUTE;
        if old && reported.stage == IncidentStage::Suspected {
            reported.lasts = true;
            self.step_of(t, Sign::Holds, None);
        }
    }

    fn falls(&mut self, f: usize, traffic: UsualTraffic) {
        let onset = Instant((self.now.0 + MINUTE - BEGAN).div_euclid(MINUTE) * MINUTE);
        let source = Source::Traffic(f);
        let t = self.begin(onset, IncidentStage::Suspected, vec![source]);
        let less = percent(1.0 - traffic.share());
        let reported = &mut self.reported[t];
        (reported.score, reported.said.symptom) =
            (0.9, format!("{less} fewer requests than usual"));
        self.failing.insert(source);
        self.say_suspected(t, source, None, false);
    }

    /// The requests of the edge, each input up to its newest line: one that is silent, or comes late, is as usual. Of one the last
    /// minute is over.
    fn traffic(&self, over: usize, onset: Option<Instant>) -> UsualTraffic {
        let mut all = UsualTraffic::default();
        for (id, f) in self.planned().filter(|(_, f)| !self.feeds[*f].inner) {
            let feed = &self.feeds[f];
            for ((axis, _), score) in feed.scores.iter().filter(|s| s.0.1 == Tally::Failed) {
                let at = |t: Instant| self.written(id, *axis, t);
                let newest = feed.newest(*axis).unwrap_or(i64::MAX);
                let newest = newest.saturating_add(if f == over { MINUTE } else { 0 });
                let now = newest.min(at(self.now).saturating_add(MINUTE));
                let onset = onset.map(|o| at(o).div_euclid(SECOND));
                all = all.with(score.traffic(now.div_euclid(SECOND), onset));
            }
        }
        all
    }
}

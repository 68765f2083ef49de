//! What the events of an incident say: its figures, its suspects, the change before it, a severity, and one sentence for a chat.

use super::engine::Watch;
use super::event::{EventFields, counts, evidence, fields, rounded};
use super::feed::Feed;
use super::incident_states::{HOLD, IncidentStage, InferredIncident, Source};
use super::score::{Alarm, Score, Tally};
use coroner_infer::model::{CauseVerdict, Event, Incident, State};
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use coroner_report::report::sentence::{count, counted, percent, share};
use coroner_report::report::time::{clock, seconds, span};
use coroner_report::report::{facts, harm, kinds};
use serde_json::{Value, json};

/// Changes this long before an onset are named with it.
const BEFORE: i64 = 10 * MINUTE;
/// Onsets that are closer to each other are the same.
const APART: i64 = 10 * SECOND;

impl Watch {
    /// Reports a suspicion, or that what is suspected fails `again`.
    pub(super) fn say_suspected(
        &mut self,
        t: usize,
        source: Source,
        alarm: Option<&Alarm>,
        again: bool,
    ) {
        let reported = &self.reported[t];
        let mut all = self.head(t, None);
        all.insert("kind".into(), self.kind(t).into());
        all.insert("onset".into(), self.events.time(reported.onset));
        all.insert("score".into(), rounded(reported.score.min(0.9999)).into());
        let how = if again {
            all.insert("relapse".into(), true.into());
            "suspected again"
        } else {
            "suspected"
        };
        all.insert("text".into(), self.sentence(t, None, how).into());
        let line = match (source, alarm) {
            (Source::Requests(f, ..), Some(a)) => {
                json!({"input": f, "line": a.first.line, "byte": a.first.offset})
            }
            (Source::Silence(f) | Source::Traffic(f) | Source::Requests(f, ..), _) => {
                json!({"input": f, "line": self.feeds[f].lines.max(1)})
            }
        };
        all.insert("evidence".into(), json!([line]));
        let time = if again { self.now } else { reported.onset };
        self.event_of(t, "incident_suspected", time, all);
    }

    pub(super) fn say_open(&mut self, t: usize, by: InferredIncident<'_>) {
        // the score may know better than an inference in steps of ten seconds where it began
        let suspected = self.reported[t].onset;
        if let Some((i, _)) = by {
            let onset = self.onset_of(t, i);
            let reported = &mut self.reported[t];
            reported.onset = onset;
            reported.score = reported.score.max(0.99);
            self.note(t, i);
        }
        let reported = &self.reported[t];
        let mut all = self.head(t, by);
        all.insert("kind".into(), self.kind(t).into());
        all.insert("onset".into(), self.events.time(reported.onset));
        let interval = by.and_then(|(i, _)| i.onset_interval);
        let interval = interval.map(|(a, b)| json!([self.events.time(a), self.events.time(b)]));
        all.insert("onset_interval".into(), interval.unwrap_or(Value::Null));
        all.insert("score".into(), rounded(reported.score).into());
        all.insert("text".into(), self.sentence(t, by, "open").into());
        let mut lines = json!([]);
        // of a silence that no inference has, what the last one knew
        let (onset, report) = match by {
            Some((i, report)) => (i.onset, Some(report)),
            None => (reported.onset, self.report.as_ref()),
        };
        let own = by.into_iter().flat_map(|(i, _)| &i.timeline);
        let rows = own.chain(report.into_iter().flat_map(|r| &r.timeline));
        let until = onset.max(suspected);
        all.insert("changes".into(), self.changes_before(until, rows.clone()));
        if by.is_some() {
            let rows = rows.filter(|e| !e.evidence.is_empty());
            let first = rows.min_by_key(|e| {
                let apart = e.time.map_or(i64::MAX, |x| (x.0 - onset.0).abs());
                (e.kind.word() != "onset", apart)
            });
            if let Some(e) = first {
                lines = evidence(&e.evidence, |input| self.feed_of(input));
            }
        } else if let Some(Source::Silence(f)) = reported.sources.first() {
            lines = json!([{"input": f, "line": self.feeds[*f].lines.max(1)}]);
        }
        all.insert("evidence".into(), lines);
        let seq = self.event_of(t, "incident_open", reported.onset, all);
        self.reported[t].opened = Some(seq);
    }

    pub(super) fn say_update(&mut self, t: usize, by: InferredIncident<'_>, relapse: bool) {
        let before = self.reported[t].onset;
        if let Some((i, _)) = by {
            let onset = self.onset_of(t, i);
            let near = |o: Instant| (o.0 - onset.0).abs() < APART;
            // another onset must stay for two looks
            let stays = self.reported[t].said.onset.is_some_and(near);
            self.note(t, i);
            let reported = &mut self.reported[t];
            if stays && !near(reported.onset) {
                reported.onset = onset;
            }
        }
        self.corrected(t, before);
        let mut all = self.head(t, by);
        if relapse {
            all.insert("relapse".into(), true.into());
        }
        let how = if relapse { "relapse" } else { "update" };
        all.insert("text".into(), self.sentence(t, by, how).into());
        self.event_of(t, "incident_update", self.now, all);
    }

    pub(super) fn say_close(&mut self, t: usize, by: InferredIncident<'_>) {
        let before = self.reported[t].onset;
        if let Some((i, _)) = by {
            let onset = self.onset_of(t, i);
            self.note(t, i);
            self.reported[t].onset = onset;
        }
        self.corrected(t, before);
        let reported = &self.reported[t];
        let (recovery, held, state) = match by {
            Some((i, _)) => (i.recovery, i.held_us, i.state),
            None => match reported.calm {
                Some(c) => (Some(c), Some(self.now.0 - c.0), State::Recovered),
                None => (None, None, State::Truncated),
            },
        };
        // what is measured to be over later than the logs have come is not over yet
        let recovery = recovery.filter(|r| *r <= self.now);
        let state = match state {
            State::Recovered => "recovered",
            State::RecoveredUnconfirmed => "recovered_unconfirmed",
            State::Truncated => "truncated",
        };
        let recover = recovery.map(|r| seconds(r.0 - reported.onset.0));
        self.reported[t].recovery = recovery;
        let reported = &self.reported[t];
        let mut all = self.head(t, by);
        all.insert("state".into(), state.into());
        all.insert("onset".into(), self.events.time(reported.onset));
        let time = recovery.map_or(Value::Null, |r| self.events.time(r));
        all.insert("recovery".into(), time);
        all.insert("recovery_held_s".into(), held.map(seconds).into());
        all.insert("recover_s".into(), recover.into());
        all.insert("text".into(), self.sentence(t, by, "close").into());
        self.event_of(t, "incident_close", recovery.unwrap_or(self.now), all);
    }

    /// Reports that a suspicion, or an incident, was none.
    pub(super) fn say_gone(&mut self, t: usize) {
        let reported = &self.reported[t];
        let failed = reported.said.failed;
        let calm = reported.calm.unwrap_or(self.now);
        let lasted = span((calm.0 - reported.onset.0).max(SECOND));
        let name = |f: usize| self.feeds[f].name.as_str();
        let bad = match self.kind(t) {
            "refused" => "refusal",
            _ => "failure",
        };
        let why = match (reported.sources.first(), reported.opened) {
            (Some(Source::Silence(f)), _) => {
                format!("{} was silent for {lasted}, then went on", name(*f))
            }
            (Some(Source::Traffic(_)), _) => {
                format!(
                    "{} for {lasted}, then as many as before",
                    reported.said.symptom
                )
            }
            (_, Some(_)) => format!(
                "{} in {lasted}, none since: no incident",
                counted(failed, bad)
            ),
            _ => {
                let blip = calm.0 - reported.onset.0 < HOLD;
                format!(
                    "{} in {lasted}, then back to normal{}",
                    counted(failed, bad),
                    if blip { ": a blip" } else { "" }
                )
            }
        };
        let text = format!("No incident: {why}");
        let onset = reported.onset;
        let mut all = fields([("incident", reported.id.as_str().into())]);
        all.insert("why".into(), why.into());
        all.insert("text".into(), text.into());
        self.event_of(t, "retraction", onset, all);
    }

    /// Corrects the onset, where what was reported of it is not so.
    fn corrected(&mut self, t: usize, before: Instant) {
        let reported = &self.reported[t];
        let Some(of) = reported
            .opened
            .filter(|_| (reported.onset.0 - before.0).abs() >= SECOND)
        else {
            return;
        };
        let mut all = fields([("incident", reported.id.as_str().into()), ("of", of.into())]);
        all.insert("onset".into(), self.events.time(reported.onset));
        all.insert("why".into(), "lines that came since".into());
        self.event_of(t, "correction", reported.onset, all);
    }

    fn event_of(&mut self, t: usize, event: &str, time: Instant, mut all: EventFields) -> u64 {
        // who was told of an incident is told of its end, however late, and nobody else
        let reported = &self.reported[t];
        let past = match reported.known {
            true => reported.history && (event == "incident_close" || self.is_past(t)),
            false => self.is_past(t),
        };
        let told = self.seen();
        self.next_update(t);
        let reported = &mut self.reported[t];
        (reported.known, reported.told, reported.history) = (true, told, past);
        if past {
            all.insert("backfill".into(), true.into());
        }
        let seen = self.seen();
        self.events.emit(event, Some(time), seen, all)
    }

    /// What all events of an incident say; counts and suspects are those said last, where no inference says more.
    fn head(&self, t: usize, by: InferredIncident<'_>) -> EventFields {
        let reported = &self.reported[t];
        let mut all = fields([("incident", reported.id.as_str().into())]);
        let (requests, failed) = self.harm_so_far(t, by);
        all.extend(counts(requests, failed));
        if let Some((i, report)) = by {
            if let Some(s) = &i.service {
                all.insert("service".into(), s.for_json().into());
            }
            if let Some((severity, _)) = harm::severity(report, i) {
                all.insert("severity".into(), severity.into());
            }
            all.extend(self.events.causes(i.cause_verdict, &i.causes, i.onset));
        }
        all
    }

    /// Requests and failed ones of a reported incident in one of an inference: without those of what it is joined with.
    pub(super) fn harm(&self, t: usize, i: &Incident) -> (u64, u64) {
        let before = match self.merged_with(t, i) {
            Some(_) => self.reported[t].before,
            None => (0, 0),
        };
        less(counts_of(i), before)
    }

    /// Requests and failed ones from its onset to its calm, as its sources show them; of one that began long ago those said last.
    pub(super) fn since_onset(&self, t: usize) -> (u64, u64) {
        let reported = &self.reported[t];
        let since = |(score, at): (&Score, i64)| {
            let since = |t: Instant| at - (self.now.0 - t.0).div_euclid(SECOND);
            score.sum(since(reported.onset), reported.calm.map_or(at + 1, since))
        };
        let said = (reported.said.requests, reported.said.failed);
        self.scores_of(t).map(since).max().unwrap_or(said).max(said)
    }

    /// Whether its requests come and did not fail in the last seconds: too short to say that it is over.
    pub(super) fn fails_no_more(&self, t: usize) -> bool {
        let mut scores = self.scores_of(t).peekable();
        scores.peek().is_some() && scores.all(|(score, at)| score.fails_no_more(at))
    }

    /// The scores of its sources, and the second of each that the logs have come to.
    fn scores_of(&self, t: usize) -> impl Iterator<Item = (&Score, i64)> {
        self.reported[t].sources.iter().filter_map(|source| {
            let Source::Requests(f, axis, tally) = source else {
                return None;
            };
            let mut scores = self.feeds[*f].scores.iter();
            let (_, score) = scores.find(|s| s.0 == (*axis, *tally))?;
            let now = self.written(self.id(*f), *axis, self.now);
            Some((score, now.div_euclid(SECOND)))
        })
    }

    /// Requests and failed ones: those said last, where no inference says more.
    fn harm_so_far(&self, t: usize, by: InferredIncident<'_>) -> (u64, u64) {
        let said = &self.reported[t].said;
        by.map_or((said.requests, said.failed), |(i, _)| self.harm(t, i))
    }

    fn kind(&self, t: usize) -> &'static str {
        match self.reported[t].sources.first() {
            Some(Source::Silence(_)) => "silence",
            Some(Source::Traffic(_)) => "traffic_drop",
            Some(Source::Requests(.., Tally::Refused)) => "refused",
            _ => "failing",
        }
    }

    /// Changes that were made shortly before an onset, the nearest first.
    fn changes_before<'e>(&self, onset: Instant, rows: impl Iterator<Item = &'e Event>) -> Value {
        let near = |e: &&Event| {
            let lead = e.time.map(|t| onset.0 - t.0);
            lead.is_some_and(|l| (-SECOND..=BEFORE).contains(&l))
                && kinds::family(e.kind) == "change"
        };
        let mut all: Vec<_> = rows.filter(near).collect();
        all.sort_list_by_key(|e| std::cmp::Reverse(e.time));
        // what led to an incident stands among its rows and among all
        let place = |e: &Event| e.evidence.first().map(|l| (l.input, l.byte));
        all.dedup_by_key(|e| (e.kind, e.time, place(e)));
        let one = |e: &&Event| {
            let at = e.time.map_or(Value::Null, |t| self.events.time(t));
            json!({"time": at, "kind": e.kind.word(), "text": self.events.text(&e.text, onset)})
        };
        all.iter().take(3).map(one).collect()
    }

    /// One sentence, fit for a chat.
    fn sentence(&self, t: usize, by: InferredIncident<'_>, how: &str) -> String {
        let reported = &self.reported[t];
        let at = |x: Instant| clock(x, self.events.zone);
        // what is counted is since then, whatever was reported of the onset
        let onset = by.map(|(i, _)| self.onset_of(t, i));
        let since = at(onset.or(reported.said.onset).unwrap_or(reported.onset));
        let (requests, failed) = self.harm_so_far(t, by);
        let service = by.and_then(|(i, _)| i.service.as_ref());
        let of = service.map_or(String::new(), |s| format!("{}: ", s.for_json()));
        let eases = reported.stage == IncidentStage::Easing;
        let eased = reported.calm.filter(|_| eases && how == "update");
        let symptom = by.map_or(reported.said.symptom.clone(), |(i, _)| symptom(i));
        let silent = match reported.sources.first() {
            Some(Source::Silence(f)) => Some(&self.feeds[*f]),
            _ => None,
        };
        let refused = self.kind(t) == "refused";
        let failures = format!(
            "{} of {} {} ({})",
            count(failed),
            counted(requests, "request"),
            if refused { "were refused" } else { "failed" },
            percent(share(failed, requests))
        );
        let harm = match (silent, failed) {
            (Some(feed), 0) => format!("{} silent", feed.name),
            _ if symptom.is_empty() || refused => failures,
            (_, 0) => symptom,
            _ => format!("{symptom}, {failures}"),
        };
        let known = by.filter(|(i, _)| i.cause_verdict != CauseVerdict::NotEstablished);
        let suspect = known.and_then(|(i, _)| Some((i.causes.first()?, i.onset)));
        let suspect = suspect.map_or(String::new(), |(c, day)| {
            format!("; suspect: {}", self.events.text(&c.title, day))
        });
        let change = by.and_then(|(i, _)| facts::change(i).map(|c| (c, i.onset)));
        let change = change.map_or(String::new(), |((e, lead), day)| {
            let text = self.events.text(&e.text, day);
            format!("; {} before: {text}", span(lead))
        });
        match how {
            "suspected" => format!("Suspected since {since}: {harm}"),
            "suspected again" => format!("Suspected since {since}, failing again: {harm}"),
            "open" => format!("{of}{harm} since {since}{suspect}{change}"),
            "relapse" => format!("{of}failing again; {harm} since {since}"),
            "close" => match reported.recovery {
                Some(r) => format!(
                    "{of}recovered at {} after {}; {harm}{suspect}",
                    at(r),
                    span(r.0 - reported.onset.0)
                ),
                None => format!("{of}the logs end before it does; {harm} since {since}{suspect}"),
            },
            _ => match eased {
                Some(calm) => format!(
                    "{of}recovering, as usual since {}: {harm} from {since} on{suspect}",
                    at(calm)
                ),
                None if silent.is_some_and(Feed::speaks_again) => {
                    format!("{of}lines come again: {harm} from {since} on{suspect}")
                }
                None if self.fails_no_more(t) => {
                    format!("{of}no failure for 10 s: {harm} since {since}{suspect}")
                }
                None => {
                    let goes_on = if failed > 0 { "failing" } else { "going on" };
                    format!("{of}still {goes_on}: {harm} since {since}{suspect}")
                }
            },
        }
    }
}

/// What an incident begins with, where that is no failing request: `slow responses`.
pub(super) fn symptom(i: &Incident) -> String {
    let other = facts::onset_kind(i).is_some_and(|kind| kind != "error");
    let words = || kinds::symptom(i).0.to_ascii_lowercase();
    other.then(words).unwrap_or_default()
}

/// The first suspect, as far as it is one.
pub(super) fn suspect(i: &Incident) -> String {
    let first = i.causes.first();
    let what = first.and_then(|c| Some((c.class.word(), c.culprit.as_ref()?.name.for_json())));
    format!("{:?} {what:?}", i.cause_verdict)
}

/// Requests and failed ones of an incident of an inference.
pub(super) fn counts_of(i: &Incident) -> (u64, u64) {
    (i.impact.requests.unwrap_or(0), i.impact.failed.unwrap_or(0))
}

/// Counts without those of a part.
pub(super) fn less(all: (u64, u64), part: (u64, u64)) -> (u64, u64) {
    (all.0.saturating_sub(part.0), all.1.saturating_sub(part.1))
}

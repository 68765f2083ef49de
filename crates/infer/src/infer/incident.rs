//! One incident: what the detector found, with its rows, durations, harm and causes.

use super::channels::{KeyName, slowing};
use super::lines::{around, came_in, failing_lines, last_failing, run_lines};
use super::restart_loops::{self, Loop};
use super::story::{letters, name_release};
use super::title::title;
use super::{
    InferConfig, facts, follow_ups, impact, log_errors, lulls, mitigation, order, phases, refusals,
    remarks, template_shift, worst_minute,
};
use crate::cause;
use crate::detect::{self, Counts, DetectedIncident, Detection, Run, RunKind, moments};
use crate::infer::impact::usual_before;
use crate::infer::lanes::View;
use crate::infer::measured_rows::{measured, onset_run};
use crate::infer::message_history::Past;
use crate::infer::rare::RareMessage;
use crate::model::{
    CauseVerdict, Component, Event, Evidence, Gap, Impact, Incident, NewTemplate, Piece, Sentence,
    State,
};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// Makes incidents from what is common to all of them.
pub(crate) struct Maker<'a> {
    pub view: &'a View<'a>,
    /// What each log held before a moment.
    pub past: &'a Past<'a>,
    pub counts: &'a Counts,
    pub found: &'a Detection,
    pub stated: &'a [Event],
    pub config: &'a InferConfig,
    /// Names of the keys that runs speak of.
    pub keys: &'a [KeyName],
    /// Services that fall again and again.
    pub loops: &'a [Loop],
    /// Messages that are rare around an onset.
    pub rare: &'a [RareMessage<'a>],
}

impl Maker<'_> {
    /// Makes one incident; what its markers cannot show goes to `gaps`.
    pub fn make(&self, f: &DetectedIncident, gaps: &mut Vec<Gap>) -> Incident {
        let (failing, ended) = f.moments();
        let onset = onset(self.view, f);
        let held = self.held(f);
        let over = !f.ongoing_at_end && held >= 60;
        let recovery = over.then(|| self.recovery(f, onset));
        // behind the last failure it is calm already
        let held = held + recovery.map_or(0, |r| (f.end - r.second()).max(0));
        let log_end = self.view.span.map_or(ended, |s| s.1);
        let end = if over { ended } else { log_end.max(ended) };
        let looping = self.looping(f);
        let mut harm = match looping {
            Some(_) => Impact::default(),
            None => {
                let usual = usual_before(self.found, self.counts, f).unwrap_or(self.found.p0);
                let to = recovery.map_or(end, |r| Instant(r.0 + SECOND).min(end));
                impact::impact(self.view, self.counts, (failing, to), usual, self.config)
            }
        };
        if let Some(RunKind::Silence | RunKind::TrafficDrop) = onset_run(f).map(|r| r.kind) {
            harm.expected_requests = impact::usual_requests(self.view, onset, end);
        }
        let mut series = match looping.is_some() || self.config.brief {
            true => None,
            false => impact::series(self.view, self.counts, onset, end, &harm),
        };
        if onset_run(f).is_some_and(|r| r.kind == RunKind::Refused) {
            refusals::as_failed(self.view, f, &mut harm, series.as_mut());
        }
        let around = series.as_ref();
        let near = around.and_then(|_| impact::near(self.view, self.counts, onset, &harm));

        let paused = self.pauses(f);
        let times = paused.chunks(2).filter_map(|p| p[0].time.zip(p[1].time));
        let known = (recovery, harm.failed);
        let case = facts::Facts::gather(self, f, (onset, end), known, times.collect());
        let seen = case.case();
        let mut ranking = cause::rank(&seen);
        let new_templates = case.new_templates();

        let mut rows = self.stated_rows(onset, end);
        rows.extend(self.measured_rows(f, onset, recovery, &new_templates));
        rows.extend(paused);
        rows.extend(worst_minute::worst(self.view, onset, end, &harm));
        let found: Vec<Event> = cause::findings(&seen)
            .into_iter()
            .map(remarks::row)
            .collect();
        // what somebody found is no mere note
        let line = |e: &Event| e.evidence.first().map(|x| (x.input, x.line));
        let is_found =
            |e: &Event| e.kind == K::HumanNote && found.iter().any(|f| line(f) == line(e));
        rows.retain(|e| !is_found(e));
        rows.extend(found);
        rows.sort_list_by(|a, b| order(a).cmp(&order(b)));
        let numbered = rows.iter_mut().enumerate();
        let renamed = numbered.map(|(i, e)| {
            let new = format!("r{}", i + 1);
            (std::mem::replace(&mut e.id, new.clone()), new)
        });
        let ids: Vec<(String, String)> = renamed.collect();
        // with the last that is done it is over, where that is so a minute later
        let last = recovery.and_then(|r| mitigation::last_step(&rows, Instant(r.0 - MINUTE), r));
        let ends = |t: Instant| last.is_some_and(|(from, to)| t >= from && t <= to);
        let helped = |t| ends(t) || mitigation::helped(self.view, t, onset, recovery);
        let lingers = |t, next| mitigation::lingers(self.view, t, onset, (next, recovery));
        // a step after which as many fail until another one helped only where no step did more
        let keys = phases::keys(&rows, onset, end, |t| helped(t) && !lingers(t, None));
        let keys = match keys.mitigation_start {
            Some(_) => keys,
            None => phases::keys(&rows, onset, end, helped),
        };
        let both = (helped, lingers);
        let mut durations = phases::durations(both, &rows, &keys, onset, recovery, gaps);
        let change = ranking.change.as_ref();
        let change = change.and_then(|c| ids.iter().find(|(old, _)| old == c));
        let change = change.map(|(_, new)| new.clone());
        let changed = |rows: &[Event]| rows.iter().position(|e| Some(&e.id) == change.as_ref());
        if let Some(t) = changed(&rows).and_then(|c| rows[c].time) {
            durations.lead = (t <= onset.last_of_second()).then_some(onset.since(t).max(0));
        }
        letters(&mut rows, &keys, change.as_deref());
        for c in &mut ranking.causes {
            let new = |old: String| ids.iter().find(|i| i.0 == old).map(|i| i.1.clone());
            c.trigger = c.trigger.take().and_then(new);
        }
        name_release(&mut rows, change.as_deref(), ranking.causes.first());
        // between falls nobody detects, decides or mitigates: the starts are the loop's own
        let phases = match looping {
            Some(_) => Vec::new(),
            None => phases::phases(&rows, &keys, onset, recovery),
        };
        let falling = looping.and_then(|l| l.service.as_ref());
        let service = falling.or(case.service()).cloned();
        let after = changed(&rows).map(|c| &rows[c]);
        let waves = rows.iter().filter(|e| e.kind == K::Relapse).count() > 1;
        let of = (service.as_ref(), case.site());
        let title = title(f, of, (onset, recovery), waves, &ranking, after);
        let mut incident = Incident {
            id: String::new(),
            title,
            service,
            state: match held {
                _ if !over => State::Truncated,
                600.. => State::Recovered,
                _ => State::RecoveredUnconfirmed,
            },
            onset,
            onset_interval: onset_interval(f, onset),
            onset_precedes_log: f.precedes_log,
            recovery,
            recovery_interval: recovery.and_then(|r| {
                let (a, b) = ending(f)?.1;
                let earlier = f.end * SECOND - r.0;
                Some((Instant(a.0 - earlier), Instant(b.0 - earlier)))
            }),
            held_us: recovery.map(|_| held * SECOND),
            durations,
            phases,
            impact: harm,
            components: components(f, recovery.is_some(), (self.keys, self.loops)),
            timeline: rows,
            cause_verdict: ranking.verdict,
            causes: ranking.leads(),
            missing: ranking.missing,
            signals: Vec::new(),
            new_templates,
            unexplained: Vec::new(),
            versions: case.versions(),
            prompts: Vec::new(),
            series,
            near,
            kept_failing: None,
        };
        follow_ups::signals(&mut incident, self.view, &keys);
        // where a cause is known, this is more often what it does than what brought it
        if incident.cause_verdict == CauseVerdict::NotEstablished {
            let shifts = template_shift::signals(self.view, onset, end);
            incident.signals.extend(shifts);
        }
        follow_ups::prompts(&mut incident);
        incident
    }

    /// When it was over: at the last failure, or when what was missing was there again.
    fn recovery(&self, f: &DetectedIncident, onset: Instant) -> Instant {
        let ended = Instant::from_second(f.end);
        match ending(f).map(|x| x.0.kind) {
            Some(RunKind::Error | RunKind::Key) => {
                let last = last_failing(self.view, onset, ended);
                last.map_or(ended, |last| Instant::from_second(last.0.second()))
            }
            // the second of the last error, behind which the run ends
            Some(RunKind::LogErrors) => Instant(ended.0 - SECOND),
            _ => ended,
        }
    }

    /// The loop that an incident is.
    fn looping(&self, f: &DetectedIncident) -> Option<&Loop> {
        self.loop_of(onset_run(f)?)
    }

    fn loop_of(&self, r: &Run) -> Option<&Loop> {
        let key = r.key.filter(|_| r.kind == RunKind::RestartLoop)?;
        self.loops.get(key as usize)
    }

    /// Lines that show a run.
    pub fn run_lines(&self, r: &Run) -> Vec<Evidence> {
        match self.loop_of(r) {
            Some(l) => vec![l.first.clone(), l.last.clone()],
            None => run_lines(self.view, r),
        }
    }

    /// Calm seconds after the end: of the requests, or where none are logged of the errors, to the end of the logs.
    fn held(&self, f: &DetectedIncident) -> i64 {
        match (onset_run(f).map(|r| r.kind), self.view.span) {
            (Some(RunKind::LogErrors | RunKind::RestartLoop), Some((_, b))) => {
                (b.second() - f.end).max(0)
            }
            _ => detect::held(self.counts, f.start, f.end, self.found.p0),
        }
    }

    fn measured_rows(
        &self,
        f: &DetectedIncident,
        onset: Instant,
        recovery: Option<Instant>,
        new: &[NewTemplate],
    ) -> Vec<Event> {
        if let Some(l) = self.looping(f) {
            return restart_loops::rows(l, recovery);
        }
        let mut out = Vec::new();
        let first = onset_run(f);
        let evidence = first.map(|r| run_lines(self.view, r)).unwrap_or_default();
        if !evidence.is_empty() {
            let text = match first.map(|r| r.kind) {
                Some(RunKind::Silence) => Sentence::words(STOPS),
                Some(RunKind::TrafficDrop) => {
                    Sentence::words("Far fewer requests than usual begin")
                }
                Some(RunKind::LogErrors) => {
                    Sentence::words("Errors in the logs that are new, or far more than usual")
                }
                Some(RunKind::Latency) => slowing(self.view, onset, f.moments().1),
                Some(RunKind::Refused) => first.map(refusals::words).unwrap_or_default(),
                _ => self.onset_words(f, onset),
            };
            out.push(Event {
                interval: onset_interval(f, onset),
                ..measured(K::Onset, onset, text, evidence, CHANGE_POINT)
            });
        }
        for r in f.runs.iter().filter(|r| r.kind == RunKind::Silence) {
            let lines = run_lines(self.view, r);
            let (a, b) = r.moments();
            let ends = [
                (K::SilenceStart, a, STOPS, a != onset),
                (
                    K::SilenceFinish,
                    b,
                    "Requests come in again",
                    Some(b) != recovery,
                ),
            ];
            let ends = ends.into_iter().filter(|x| x.3 && !lines.is_empty());
            out.extend(ends.map(|(kind, at, words, _)| {
                measured(kind, at, Sentence::words(words), lines.clone(), SILENCE)
            }));
        }
        let near = new
            .iter()
            .filter(|t| t.first >= Instant(onset.0 - 10 * MINUTE));
        // one that begins as others before it do is new by a name or a number only
        let known = |t: &&NewTemplate| t.none_for.is_some() || self.view.earlier.is_some();
        for t in near.filter(known).take(3) {
            let line = t.evidence.first().and_then(|e| e.excerpt.as_ref());
            let said = line.map_or_else(|| t.text.clone(), |l| t.text.example(l));
            if said.for_json().trim().is_empty() {
                continue;
            }
            let text = log_errors::new_error(t.none_for, said);
            out.push(measured(
                K::NewError,
                t.first,
                text,
                t.evidence.clone(),
                NEW,
            ));
        }
        if let Some(r) = recovery {
            let (last, within) = ending(f).unzip();
            let lines = match last.map(|r| r.kind) {
                Some(RunKind::Silence | RunKind::TrafficDrop | RunKind::Refused) => {
                    around(self.view, r, r).1
                }
                // the first line of the minute may be a slow one
                Some(RunKind::Latency) => around(self.view, r, Instant(r.0 + MINUTE)).1,
                Some(RunKind::LogErrors) => last.and_then(|x| log_errors::last_line(self.view, x)),
                _ => last_failing(self.view, onset, f.moments().1).map(|x| x.1),
            };
            if let Some(e) = lines {
                let text = match last.map(|r| r.kind) {
                    Some(RunKind::Silence) => "Requests come in again, few fail",
                    Some(RunKind::TrafficDrop) => "Traffic back to normal",
                    Some(RunKind::Latency) => "Response times back to normal",
                    Some(RunKind::Refused) => "Refusals back to the usual rate",
                    Some(RunKind::LogErrors) => {
                        "Last error of the incident; error messages back to the usual rate"
                    }
                    _ => "Last 5xx of the incident; error rate back to normal",
                };
                out.push(Event {
                    interval: within,
                    ..measured(K::Recovery, r, Sentence::words(text), vec![e], CALM)
                });
            }
        }
        out
    }

    /// Rows for the stretches in which the incident seems to be over.
    fn pauses(&self, f: &DetectedIncident) -> Vec<Event> {
        let seconds = self.counts.between(f.start, f.end);
        let mut out = Vec::new();
        // back to normal is back to what the onset is measured from
        let p0 = self.found.p0;
        let usual = usual_before(self.found, self.counts, f).map_or(p0, |before| before.min(p0));
        let (begin, finish) = f.moments();
        for pause in lulls::pauses(seconds, usual) {
            let (end, again) = moments(pause);
            let last = last_failing(self.view, begin, end);
            let first = failing_lines(self.view, again, finish);
            if let (Some((last, line)), Some(first)) = (last, first) {
                let text =
                    Sentence::words("Last 5xx for now: error rate back to normal, but only for ")
                        .p(Piece::Span(again.since(last)));
                out.push(measured(K::PartialRecovery, last, text, vec![line], PAUSED));
                let text = Sentence::words("5xx begins again");
                out.push(measured(K::Relapse, again, text, first, PAUSED));
            }
        }
        out
    }

    fn onset_words(&self, f: &DetectedIncident, onset: Instant) -> Sentence {
        let (from, to) = moments((f.start, f.end.min(f.start + 120)));
        let (n, k) = self.view.requests(from, to);
        let s = match usual_before(self.found, self.counts, f) {
            Some(usual) => Sentence::words("5xx rises from ")
                .p(Piece::Share(usual))
                .w(" to "),
            None => Sentence::words("5xx begins: "),
        };
        let s = s.p(Piece::Share(if n == 0 { 0.0 } else { k as f64 / n as f64 }));
        // what waits fails when it is answered
        let answered = f.start - onset.second() > 1;
        match (f.end - f.start < 120, answered) {
            (true, _) => s.w(" of requests until it ends"),
            (false, false) => s.w(" of requests in the first two minutes"),
            (false, true) => s.w(" of requests within two minutes"),
        }
    }
}

const PAUSED: &str = "stretch without a failure that the incident's own share would hardly leave, and no more than the usual share in all of it";
/// What is said where requests stop.
const STOPS: &str = "Requests stop coming in";
const CHANGE_POINT: &str =
    "maximum-likelihood change point of the failing share, with its 95 % interval";
const NEW: &str = "message template without a line in its log before, rotated parts and all";
const CALM: &str = "end of the last failing stretch, and how long it stays calm";
const SILENCE: &str =
    "no line for longer than the usual rate of lines allows, while other inputs go on";

/// Between which moments the onset is: as those of the first failing answers, by as much earlier as the onset is.
fn onset_interval(f: &DetectedIncident, onset: Instant) -> Option<(Instant, Instant)> {
    let (a, b) = moments(onset_run(f)?.start_interval);
    let waited = Instant::from_second(f.start).0 - onset.0;
    Some((Instant(a.0 - waited), Instant(b.0 - waited)))
}

/// When an incident begins. A request is counted when it is answered, and may have come in a minute before.
pub(crate) fn onset(view: &View<'_>, f: &DetectedIncident) -> Instant {
    let (failing, _) = f.moments();
    match onset_run(f).map(|r| r.kind) {
        Some(RunKind::Error | RunKind::Key) => came_in(view, failing),
        _ => failing,
    }
}

/// The part that ends where the incident does (of equals the one that counts longest), and between which moments that is.
fn ending(f: &DetectedIncident) -> Option<(&Run, (Instant, Instant))> {
    let nearest = |r: &&Run| ((r.end - f.end).abs(), r.start);
    // how fast responses are ends nothing but what slow ones began
    let slow = onset_run(f).is_some_and(|r| r.kind == RunKind::Latency);
    let ends = |r: &&Run| slow || r.kind != RunKind::Latency;
    let run = f.runs.iter().filter(ends).min_by_key(nearest)?;
    let (a, b) = run.end_interval;
    Some((run, moments((a.min(f.end), b.max(f.end)))))
}

/// The parts of an incident; one that still goes on where the logs end has no end, unless it is `over`.
pub(crate) fn components(
    f: &DetectedIncident,
    over: bool,
    (keys, loops): (&[KeyName], &[Loop]),
) -> Vec<Component> {
    let label = |r: &Run| match r.kind {
        RunKind::Key => Some(keys.get(r.key? as usize)?.label()),
        RunKind::RestartLoop => loops.get(r.key? as usize)?.service.clone(),
        _ => None,
    };
    let component = |r: &Run| Component {
        kind: match r.kind {
            RunKind::Error | RunKind::Key => "error",
            RunKind::Silence => "silence",
            RunKind::Latency => "latency",
            RunKind::TrafficDrop => "traffic_drop",
            RunKind::Refused => "refused",
            RunKind::LogErrors => "log_errors",
            RunKind::RestartLoop => "restart_loop",
        },
        key: label(r),
        start: r.moments().0,
        end: Some(r.moments().1).filter(|_| over || r.end < f.end),
    };
    f.runs.iter().map(component).collect()
}

//! Services that fall and come up again and again: a stretch of bad ends of one service on one host, close to each other,
//! that nobody asked for. Needs no request, and is looked for only where no request log could show harm.

use super::named;
use crate::detect::{DetectedIncident, Run, RunKind};
use crate::infer::citing::cite;
use crate::infer::lanes::{Lane, View};
use crate::infer::measured_rows::measured;
use crate::model::{Event, Evidence, Piece, Sentence};
use coroner_core::summary::{Marker, Seen};
use coroner_lines::record::{Kind, MarkerKind as K};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::BTreeMap;

/// Bad ends that make a loop.
const LEAST: usize = 3;
/// Longest time between two of them, in microseconds: longer than any supervisor waits, shorter than what comes by the hour.
const APART: i64 = 15 * MINUTE;
/// Lines within so long are of one end.
const ONE_END: i64 = 5 * SECOND;
/// So long before an end an error, or somebody's act, belongs to it.
const BEFORE: i64 = MINUTE;

/// A loop.
pub(crate) struct Loop {
    /// The service, where lines name it.
    pub service: Option<LogText>,
    /// The host, where it is known.
    pub host: Option<LogText>,
    /// When it falls.
    pub falls: Vec<Instant>,
    /// The line of the first fall, of the last, and of the start that holds.
    pub first: Evidence,
    /// The last fall.
    pub last: Evidence,
    /// The start after the last fall that no stop follows.
    pub up: Option<(Instant, Evidence)>,
    /// When it was stopped after the last fall and not started again.
    stopped: Option<Instant>,
}

impl Loop {
    /// When it ends: with the start that holds, else with the stop of it, else with the last fall.
    pub fn end(&self) -> Instant {
        let last = self.falls[self.falls.len() - 1];
        let up = self.up.as_ref().map(|u| u.0);
        up.or(self.stopped).unwrap_or(last)
    }
}

/// What happens to a service.
struct Life<'a> {
    us: i64,
    kind: K,
    seen: &'a Seen,
    worker: bool,
}

/// One bad end, and the start after it that no stop follows.
struct Fall<'a> {
    us: i64,
    seen: &'a Seen,
    up: Option<&'a Life<'a>>,
    /// The stop after that start, if none follows it.
    stopped: Option<&'a Life<'a>>,
}

type ProcessKey<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

/// The loops of an archive, by their begin.
pub(crate) fn loops(view: &View<'_>) -> Vec<Loop> {
    let mut out = Vec::new();
    let acts = acts(view);
    for l in &view.lanes {
        for ((host, service), mut life) in lives(l) {
            life.sort_list_by_key(|x| (x.us, x.seen.pos.offset));
            let falls = falls(l, &acts, &life);
            for run in falls.chunk_by(|a, b| b.us - a.us <= APART) {
                if run.len() >= LEAST && !by_the_clock(run) {
                    out.push(made(l, named(host), named(service), run));
                }
            }
        }
    }
    let covered = |x: &Loop| {
        let of = |l: &Lane<'_>| l.utc(l.body.0) <= x.end() && x.falls[0] <= l.utc(l.body.1);
        view.edge().any(of)
    };
    out.retain(|x| !covered(x));
    out.sort_list_by_key(|x| (x.falls[0], x.first.input, x.first.byte));
    out
}

/// Starts and ends of each service on each host.
fn lives<'a>(l: &Lane<'a>) -> BTreeMap<ProcessKey<'a>, Vec<Life<'a>>> {
    let own = l.part.meta.host.as_deref().map(str::as_bytes);
    let mut by: BTreeMap<ProcessKey<'a>, Vec<Life<'a>>> = BTreeMap::new();
    let mut add = |host: &'a Option<Vec<u8>>, service: &'a Option<Vec<u8>>, life| {
        let key = (host.as_deref().or(own), service.as_deref());
        by.entry(key).or_default().push(life);
    };
    const LIFE: [K; 4] = [K::ServiceStop, K::ServiceStart, K::Restart, K::Crash];
    for m in l
        .track
        .markers
        .iter()
        .filter(|m| m.timed && LIFE.contains(&m.kind))
    {
        add(&m.host, &m.service, of(m.kind, m.seen.us, &m.seen, &m.text));
    }
    for (k, r) in l.track.repeats.iter().filter(|(k, _)| k.kind == K::Crash) {
        let last = Some(r.last_us).filter(|us| us - r.first.us > ONE_END);
        for us in [r.first.us].into_iter().chain(last) {
            add(&k.host, &k.service, of(k.kind, us, &r.first, &r.text));
        }
    }
    by
}

/// A worker that ends is no end of its service.
fn of<'a>(kind: K, us: i64, seen: &'a Seen, text: &[u8]) -> Life<'a> {
    let worker = text.to_ascii_lowercase();
    let worker = memchr::memmem::find(&worker, b"worker").is_some();
    Life {
        us,
        kind,
        seen,
        worker,
    }
}

/// The bad ends of a life: crashes, and stops with an error before them; none that somebody asked for, and none that is
/// the one before, stated again.
fn falls<'a>(l: &Lane<'_>, acts: &[Instant], life: &'a [Life<'a>]) -> Vec<Fall<'a>> {
    let mut out: Vec<Fall<'a>> = Vec::new();
    let mut last_end = None;
    for x in life {
        match x.kind {
            K::ServiceStart | K::Restart => {
                last_end = None;
                if let Some(f) = out.last_mut() {
                    (f.up, f.stopped) = (Some(x), None);
                }
                continue;
            }
            _ if x.worker || last_end.is_some_and(|t| x.us - t <= ONE_END) => continue,
            _ => last_end = Some(x.us),
        }
        let erred = || l.track.errors.sum(x.us - BEFORE, x.us + SECOND) > 0;
        let bad = x.kind == K::Crash || erred();
        // what ends again ran again, whether or not a line states its start
        let up = out
            .last()
            .is_none_or(|f| f.up.is_some() || x.us - f.us > BEFORE);
        let up = up || x.kind == K::Crash;
        if bad && up && !asked(acts, l.utc(x.us)) {
            out.push(Fall {
                us: x.us,
                seen: x.seen,
                up: None,
                stopped: None,
            });
        } else if let Some(f) = out.last_mut() {
            // what is stopped after it came up did not stay up
            (f.up, f.stopped) = (None, Some(x));
        }
    }
    out
}

/// When somebody acts, sorted: what deploy tools begin, what logs name a person for, and what is done against trouble.
fn acts(view: &View<'_>) -> Vec<Instant> {
    let mut out = Vec::new();
    for l in &view.lanes {
        let of_tool = l.part.kind() == Kind::Deploy;
        let act = |m: &&Marker| match m.kind {
            K::DeployStart | K::RollbackStart | K::MitigationStart | K::MaintenanceStart => true,
            K::Restart | K::ConfigChange | K::ServiceStop => of_tool || m.actor.is_some(),
            _ => false,
        };
        let all = l.track.markers.iter().filter(|m| m.timed).filter(act);
        out.extend(all.map(|m| l.utc(m.seen.us)));
    }
    out.sort_unstable();
    out
}

/// Whether somebody's act stands right before an end.
fn asked(acts: &[Instant], end: Instant) -> bool {
    let next = acts.partition_point(|t| t.0 < end.0 - BEFORE);
    acts.get(next).is_some_and(|t| *t <= end)
}

/// Whether the starts come at full minutes from each other: what a timer runs fails again, and is no loop.
fn by_the_clock(run: &[Fall<'_>]) -> bool {
    let at = |f: &Fall<'_>| f.up.map_or(f.us, |u| u.us);
    let mut steps = run.windows(2).map(|w| at(&w[1]) - at(&w[0]));
    let near = |step: i64| {
        let off = step.rem_euclid(MINUTE);
        step >= MINUTE - 2 * SECOND && off.min(MINUTE - off) <= 2 * SECOND
    };
    steps.all(near)
}

fn made(l: &Lane<'_>, host: Option<LogText>, service: Option<LogText>, run: &[Fall<'_>]) -> Loop {
    let last = &run[run.len() - 1];
    Loop {
        service,
        host,
        falls: run.iter().map(|f| l.utc(f.us)).collect(),
        first: cite(l.input, run[0].seen),
        last: cite(l.input, last.seen),
        up: last.up.map(|u| (l.utc(u.us), cite(l.input, u.seen))),
        stopped: last.stopped.map(|x| l.utc(x.us)),
    }
}

/// The loops as incidents of their own. One whose service does not stay up for as long as it did before is not over.
pub(crate) fn found(
    view: &View<'_>,
    loops: &[Loop],
    others: &[DetectedIncident],
) -> Vec<DetectedIncident> {
    let log_end = view.span.map_or(i64::MAX, |s| s.1.second());
    let apart = |f: &DetectedIncident| {
        let apart = |o: &DetectedIncident| o.end + 60 < f.start || f.end + 60 < o.start;
        others.iter().all(apart)
    };
    let each = loops.iter().enumerate().map(|(i, x)| {
        let start = x.falls[0].second();
        let end = x.end().second().max(start + 1);
        let longest = x.falls.windows(2).map(|w| (w[1].0 - w[0].0) / SECOND).max();
        let held = log_end - end >= longest.unwrap_or(0).max(60);
        DetectedIncident {
            runs: vec![Run {
                key: u32::try_from(i).ok(),
                ..Run::dated(
                    RunKind::RestartLoop,
                    (start, end),
                    (0, x.falls.len() as u64),
                )
            }],
            start,
            end,
            ongoing_at_end: x.up.is_none() || !held,
            precedes_log: false,
        }
    });
    each.filter(apart).collect()
}

/// The rows that report a loop.
pub(crate) fn rows(l: &Loop, recovery: Option<Instant>) -> Vec<Event> {
    let (start, last) = (l.falls[0].second(), l.falls[l.falls.len() - 1]);
    let start = Instant::from_second(start);
    let name = || match &l.service {
        Some(x) => Sentence::default().name(x),
        None => Sentence::words("The service"),
    };
    let text = name()
        .w(" falls and comes up again and again: ")
        .p(Piece::Count(l.falls.len() as u64))
        .w(" times until ")
        .p(Piece::Time(last));
    let of = |mut e: Event| {
        (e.service, e.host) = (l.service.clone(), l.host.clone());
        e
    };
    let lines = vec![l.first.clone(), l.last.clone()];
    let mut out = vec![of(measured(K::Onset, start, text, lines, METHOD))];
    if let (Some(r), Some((_, line))) = (recovery, &l.up) {
        let text = name().w(" comes up, and stays up");
        let line = vec![line.clone()];
        out.push(of(measured(K::Recovery, r, text, line, METHOD)));
    }
    out
}

const METHOD: &str = "three or more bad ends of one service on one host, none 15 minutes after the one before, that no act stands before";

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_core::summary::Pos;

    fn seen(s: i64) -> Seen {
        let pos = Pos {
            offset: s as u64,
            line: 1,
        };
        Seen::new(s * SECOND, pos, b"x")
    }

    fn run<'a>(at: &[i64], seen: &'a Seen) -> Vec<Fall<'a>> {
        let fall = |s: &i64| Fall {
            us: s * SECOND,
            seen,
            up: None,
            stopped: None,
        };
        at.iter().map(fall).collect()
    }

    #[test]
    fn an_act_stands_right_before_what_it_ends() {
        let acts = [100, 500].map(Instant::from_second);
        let at = |s| asked(&acts, Instant::from_second(s));
        assert!(at(100) && at(160) && at(501));
        assert!(!at(99) && !at(161) && !at(561));
    }

    #[test]
    fn a_timer_is_known_by_its_minutes_and_a_loop_is_not() {
        let line = seen(0);
        // a job that a timer starts every five minutes
        assert!(by_the_clock(&run(&[3, 304, 603, 904], &line)));
        // the pauses of a supervisor: 10, 20, 40, 80 s and the time that it ran
        assert!(!by_the_clock(&run(&[0, 11, 32, 73, 154], &line)));
        assert!(!by_the_clock(&run(&[0, 60, 125, 180], &line)));
    }
}

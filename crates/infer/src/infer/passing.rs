//! Names that stand in the logs just as long as the failures: first in a line shortly before them, last as they end. Found by where they
//! stand, whatever the lines say; what that means for a cause is not decided here.

use crate::cause::{PassingFact, ends_number, fault, names_in, quoted, table};
use crate::clock::hosts;
use crate::infer::citing::cite;
use crate::infer::lanes::{Lane, View};
use crate::infer::passing_logs::{self, WITHIN};
use crate::model::{Event, Evidence};
use coroner_core::summary::{CitableLine, MessageShape, Seen};
use coroner_lines::format::app::message::stated_request;
use coroner_lines::marker::behind_prompt;
use coroner_lines::record::Kind;
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::Instant;
use regex::bytes::Regex;
use std::collections::{BTreeMap, BTreeSet};

/// Lines up to which the first and last of each minute of a log are read.
const SMALL: u64 = 20_000;
/// Lines that may name something first.
const MOST: usize = 400;

/// Where a name stands first and last.
struct Stands {
    first: Instant,
    begins: Evidence,
    /// The first line before the onset that holds a statement which changes a table.
    does: Option<(Instant, Evidence)>,
    last: Instant,
    ends: Evidence,
}

/// What comes and goes with failures: logs that are written meanwhile, and names that stand elsewhere.
pub(super) fn facts(
    view: &View<'_>,
    events: &[Event],
    (onset, stop): (Instant, Instant),
) -> Vec<PassingFact> {
    // where something runs is there all the time
    let places: BTreeSet<String> = view.lanes.iter().flat_map(|l| hosts(l.part)).collect();
    let of_events = events.iter().filter_map(|e| e.host.as_ref());
    let places: BTreeSet<String> = of_events
        .map(|h| h.for_json().to_lowercase())
        .chain(places)
        .collect();
    let mut all = passing_logs::logs(view, (onset, stop));
    all.retain(|log| is_plain(&log.begins));
    for log in &mut all {
        log.names.retain(|n| !places.contains(n));
    }
    let of_logs: BTreeSet<u32> = all.iter().map(|log| log.begins.input).collect();
    let names = names(view, events, (onset, stop), &places).into_iter();
    all.extend(names.filter(|n| !of_logs.contains(&n.begins.input)));
    all
}

/// The names that come and go with failures, by the line that names them first.
fn names(
    view: &View<'_>,
    events: &[Event],
    (onset, stop): (Instant, Instant),
    places: &BTreeSet<String>,
) -> Vec<PassingFact> {
    let ended = ended_by_number(events, stop);
    let named = |text: &str, input: u32| {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let of_log = |w: &&str| {
            ended
                .get(w)
                .is_some_and(|log| log.is_none_or(|l| l == input))
        };
        let numbers = words.filter(of_log).map(str::to_owned);
        let names = names_in([text]).into_iter();
        let names = names.filter(|n| n.starts_with(char::is_alphabetic) && !places.contains(n));
        names.chain(numbers).collect::<BTreeSet<String>>()
    };
    let mut all: BTreeMap<String, Stands> = BTreeMap::new();
    for (at, line) in first_lines(view, events, onset) {
        for name in named(&said(&line), line.input) {
            all.entry(name).or_insert_with(|| Stands {
                first: at,
                begins: line.clone(),
                does: None,
                last: at,
                ends: line.clone(),
            });
        }
    }
    let Some(any) = any_of(all.keys()) else {
        return Vec::new();
    };
    let mut meet =
        |at: Instant, (text, input): (&str, u32), line: &dyn Fn() -> Option<Evidence>| {
            for name in named(text, input) {
                let Some(s) = all.get_mut(&name) else {
                    continue;
                };
                // what lies further off ends or begins nothing
                let near = (onset.0 - WITHIN..=stop.0 + WITHIN).contains(&at.0);
                if at < s.first {
                    s.first = at;
                    s.begins = near.then(line).flatten().unwrap_or(s.begins.clone());
                }
                let sooner = s.does.as_ref().is_none_or(|d| at < d.0);
                if sooner && near && at < onset && table(text).is_some() {
                    s.does = line().map(|l| (at, l));
                }
                if at > s.last {
                    s.last = at;
                    s.ends = near.then(line).flatten().unwrap_or(s.ends.clone());
                }
            }
        };
    for e in events {
        let line = || e.evidence.first().cloned();
        if let (Some(at), Some(first)) = (e.time, line()) {
            meet(at, (&said(&first), first.input), &line);
        }
    }
    for l in &view.lanes {
        each_line(view, l, &mut |at, seen| {
            if !any.is_match(&seen.raw) {
                return;
            }
            meet(at, (&String::from_utf8_lossy(&seen.raw), l.input), &|| {
                Some(cite(l.input, seen))
            });
        });
    }
    let passes = |s: &Stands| {
        (onset.0 - WITHIN..onset.0).contains(&s.first.0)
            && s.last > onset
            && s.last.since(stop).abs() <= WITHIN
            && is_plain(&s.begins)
    };
    let mut by_line: BTreeMap<_, Vec<(String, Stands)>> = BTreeMap::new();
    let passing = |(name, s): &(String, Stands)| passes(s) && !is_run(name, &s.begins);
    for (name, s) in all.into_iter().filter(passing) {
        let place = (s.first, s.begins.input, s.begins.byte);
        by_line.entry(place).or_default().push((name, s));
    }
    // the longest name says most
    let fact = |names: Vec<(String, Stands)>| {
        let (name, told) = names.iter().max_by_key(|(name, _)| name.len())?;
        Some(PassingFact {
            name: name.clone(),
            quiet: None,
            first: told.first,
            begins: told.begins.clone(),
            does: told
                .does
                .as_ref()
                .map_or(&told.begins, |(_, line)| line)
                .clone(),
            last: told.last,
            ends: told.ends.clone(),
            names: names.into_iter().map(|(name, _)| name).collect(),
        })
    };
    by_line.into_values().filter_map(fact).collect()
}

/// What lines hold one of some names; `None` where there is none, or they are too many.
fn any_of<'n>(names: impl Iterator<Item = &'n String>) -> Option<Regex> {
    let names: Vec<String> = names.map(|n| regex::escape(n)).collect();
    let pattern = (!names.is_empty()).then(|| format!("(?i-u){}", names.join("|")))?;
    Regex::new(&pattern).ok()
}

/// The numbers of processes and sessions that somebody ends around the end of the failures; a session's is of the log that says so.
fn ended_by_number(events: &[Event], stop: Instant) -> BTreeMap<&str, Option<u32>> {
    let near = |e: &&Event| e.time.is_some_and(|t| t.since(stop).abs() <= WITHIN);
    let ended = events.iter().filter(near).filter_map(|e| {
        let (id, process) = ends_number(quoted(e)?)?;
        let log = e.evidence.first().map(|l| l.input);
        Some((id, log.filter(|_| !process)))
    });
    ended.collect()
}

/// What a line says.
fn said(line: &Evidence) -> String {
    let text = line.excerpt.as_ref().map(LogText::said);
    text.map_or(String::new(), |t| t.for_json().to_owned())
}

/// Whether a line shows that what bears the name is run, as a job does with its tool, whatever that is given.
fn is_run(name: &str, line: &Evidence) -> bool {
    let text = said(line);
    let typed = behind_prompt(text.as_bytes()).unwrap_or_default();
    let program = typed.split(|c| *c == b' ').next().unwrap_or_default();
    program.to_ascii_lowercase().ends_with(name.as_bytes())
}

/// Whether a line states neither a request nor a fault.
fn is_plain(line: &Evidence) -> bool {
    let text = said(line);
    stated_request(text.as_bytes()).is_none() && fault(&text).is_none()
}

/// The lines shortly before an onset that are neither a request nor an error and of which few are alike, in the order of time.
fn first_lines(view: &View<'_>, events: &[Event], onset: Instant) -> Vec<(Instant, Evidence)> {
    let window = Instant(onset.0 - WITHIN)..onset;
    let alert = |e: &&Event| e.kind.log() == Some(Kind::Pager);
    let rows = events.iter().filter(|e| !alert(e)).filter_map(|e| {
        let at = e.time.filter(|t| window.contains(t))?;
        Some((at, e.evidence.first()?.clone()))
    });
    let mut found: Vec<(Instant, Evidence)> = rows.collect();
    // an alert says what fails, whatever its words
    for l in view.lanes.iter().filter(|l| l.part.kind() != Kind::Pager) {
        let errors = l.track.templates.iter();
        let errors: BTreeSet<u64> = errors.map(|(_, t)| t.first.pos.offset).collect();
        let shapes = l.track.shapes.iter().map(|(_, shape)| shape);
        let few = shapes.filter(|s| s.count <= MessageShape::FEW);
        let kept = few.flat_map(|s| &s.lines);
        let within = kept.filter(|k| window.contains(&l.utc(k.us)));
        let plain = within.filter(|k| !errors.contains(&k.pos.offset));
        found.extend(plain.map(|k| (l.utc(k.us), view.cite(l.input, k))));
    }
    found.retain(|(_, line)| is_plain(line));
    found.sort_list_by_key(|(at, line)| (*at, line.input, line.byte));
    found.dedup_by_key(|(_, line)| (line.input, line.byte));
    found.truncate(MOST);
    found
}

/// The lines of a log that are kept.
fn each_line(view: &View<'_>, l: &Lane<'_>, then: &mut dyn FnMut(Instant, &Seen)) {
    let mut of = |k: &CitableLine| {
        if let Some(seen) = view.seen(l.input, k) {
            then(l.utc(k.us), &seen);
        }
    };
    l.track
        .shapes
        .iter()
        .flat_map(|(_, s)| &s.lines)
        .for_each(&mut of);
    let stretches = l.part.coverage.stretches();
    if stretches.map(|(_, s, _)| s.lines).sum::<u64>() <= SMALL {
        l.track.edges().for_each(&mut of);
    }
    for (_, t) in l.track.templates.iter() {
        for seen in std::iter::once(&t.first)
            .chain(t.tens.values())
            .chain([t.last()])
        {
            then(l.utc(seen.us), seen);
        }
    }
}

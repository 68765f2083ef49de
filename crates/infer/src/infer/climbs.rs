//! Numbers of programs that grew beyond all they had been, around an onset. Which these are is decided here by their lines alone,
//! not what they have to do with the outage.

use crate::cause::ClimbFact;
use crate::infer::lanes::{Lane, View};
use crate::infer::log_names::service_of_log;
use crate::model::{Cited, Signal};
use coroner_core::summary::{GaugeName, GaugeStep};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::text::words::split;
use coroner_lines::time::{HOUR, Instant, MINUTE};
use std::collections::{BTreeMap, BTreeSet};

/// How long before the onset one may begin.
const LEAD: i64 = 2 * HOUR;
/// How long the number must have been written before, and in how many lines.
const USUAL: i64 = 5 * MINUTE;
const USUAL_LINES: i64 = 8;
/// How many times as high it must have become, one at least, and in how many lines it must be beyond what was usual.
const GROWN: u64 = 8;
const BEYOND_LINES: i64 = 3;
/// Most numbers that are told.
const NAMED: usize = 2;
/// Bits of one, in thousandths: what is less is none.
const ONE: u8 = 10;

/// Words of names of numbers that say nothing of how a program is, but tell things apart or how long one of them took.
const OF_ONE: &str = "id pid uid gid port line section age ms attempt retry retries try duration dur took elapsed latency status code";

/// The lines of one doubling, of all parts of a log.
struct Doubling<'a> {
    bits: u8,
    lines: u64,
    most: u64,
    at: Instant,
    last: Instant,
    first: (&'a Lane<'a>, &'a GaugeStep),
}

/// All of them, by when they began.
pub(super) fn climbs(view: &View<'_>, onset: Instant, end: Instant) -> Vec<ClimbFact> {
    let mut series: BTreeMap<(&str, &GaugeName), BTreeMap<u8, Doubling<'_>>> = BTreeMap::new();
    for lane in &view.lanes {
        for (name, used) in lane.track.gauges.iter() {
            let kept = series.entry((lane.log(), name)).or_default();
            for s in &used.steps {
                let new = Doubling {
                    bits: s.bits,
                    lines: 0,
                    most: 0,
                    at: lane.utc(s.first.us),
                    last: lane.utc(s.last_us),
                    first: (lane, s),
                };
                let (at, last) = (new.at, new.last);
                let d = kept.entry(s.bits).or_insert(new);
                d.lines += s.lines;
                d.most = d.most.max(s.most);
                d.last = d.last.max(last);
                if at < d.at {
                    (d.at, d.first) = (at, (lane, s));
                }
            }
        }
    }
    let mut found: Vec<_> = series
        .into_iter()
        .filter(|((_, name), _)| is_a_state(name))
        .filter_map(|((_, name), doublings)| {
            let until = doublings.into_values().filter(|d| d.at <= end);
            climb(view, name, &until.collect::<Vec<_>>(), onset)
        })
        .collect();
    found
        .sort_list_by(|a, b| (a.began, &a.name, &a.evidence).cmp(&(b.began, &b.name, &b.evidence)));
    found
}

/// Whether a number is that of a program, and not of one thing that it tells of.
fn is_a_state(name: &GaugeName) -> bool {
    let [_, _, name, _] = name.parts();
    let words = split(&String::from_utf8_lossy(name));
    !words.iter().any(|w| OF_ONE.split(' ').any(|o| o == w))
}

fn climb(
    view: &View<'_>,
    name: &GaugeName,
    all: &[Doubling<'_>],
    onset: Instant,
) -> Option<ClimbFact> {
    let start = all.iter().map(|d| d.at).min()?;
    let top = all.last()?;
    // what had been the highest for long, until it grew beyond
    let grew = |n: &usize| {
        let (usual, beyond) = all.split_at(*n);
        let highest = usual.iter().map(|d| d.most).max();
        let (Some(highest), Some(first)) = (highest, beyond.first()) else {
            return false;
        };
        let began = first.at;
        let (before, climbing) = (began.since(start), top.at.since(began));
        let lines = |some: &[Doubling<'_>]| some.iter().map(|d| d.lines).sum::<u64>() as i64;
        let last = |some: &[Doubling<'_>]| some.iter().map(|d| d.last).max().unwrap_or(began);
        // it is written as often as before, and no longer as low
        let (wrote, lasted) = (last(usual).since(start), last(beyond).since(began));
        let expected = (lines(usual) as i128 * lasted as i128 / wrote.max(1) as i128) as i64;
        first.bits > ONE
            && top.most / GROWN >= highest.max(1000)
            && beyond.len() > 1
            && beyond.is_sorted_by_key(|d| d.at)
            && climbing > 0
            && before >= USUAL
            && before * 2 >= climbing
            && lines(usual) >= USUAL_LINES
            && lines(beyond) >= BEYOND_LINES.max(expected / 2)
            && began.since(onset) >= -LEAD
    };
    let (usual, beyond) = all.split_at((1..all.len()).find(grew)?);
    let first = beyond.first()?;
    let [_, service, name, unit] = name.parts();
    let named = |v: &[u8]| (!v.is_empty()).then(|| LogText::name(v));
    let (lane, step) = first.first;
    let (top_lane, top_step) = top.first;
    let evidence = vec![
        view.cite(lane.input, &step.first),
        view.cite(top_lane.input, &top_step.first),
    ];
    // as its line says; what may not be read there is not told
    let told = evidence.last()?.excerpt.as_ref()?;
    let top = top_step.stated(name, told.for_json().as_bytes())?;
    Some(ClimbFact {
        name: LogText::name(name),
        unit: named(unit),
        service: named(service)
            .or_else(|| service_of_log(&lane.part.meta.name).map(|s| LogText::name(s.as_bytes()))),
        began: first.at,
        usual: usual.iter().map(|d| d.most).max()?,
        top,
        until: beyond.iter().map(|d| d.last).max()?,
        evidence,
    })
}

/// The first ones that began before the failures, as signals: what grows with them is what they do.
pub(super) fn signals(all: &[ClimbFact], onset: Instant) -> Vec<Signal> {
    let leads = all.iter().filter(|c| c.leads(onset));
    let mut names = BTreeSet::new();
    let each = leads.filter(|c| names.insert(c.name.for_json()));
    let said = each.take(NAMED).map(|c| Signal {
        class: "climbing_number",
        text: c.told(onset),
        cited: Cited::Lines(c.evidence.clone()),
    });
    said.collect()
}

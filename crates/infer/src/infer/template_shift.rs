//! Whose messages changed with the incident: each service's mix of templates against its own past (a G-test). Which service
//! logs errors at all says little, since some always do; whose mix changes most is right about twice as often.

use crate::infer::citing::cite_many;
use crate::infer::lanes::{Lane, View};
use crate::infer::novelty::collapse;
use crate::infer::services::is_infrastructure;
use crate::model::{Cited, Evidence, Sentence, Signal};
use coroner_core::summary::touching;
use coroner_lines::record::Kind;
use coroner_lines::sorting::SortList;
use coroner_lines::text::{LogText, only_reports_a_request};
use coroner_lines::time::{HOUR, Instant, MINUTE};
use std::collections::{BTreeMap, BTreeSet};

/// Messages that a service must have written on either side.
const LEAST: f64 = 20.0;
/// A change counts from so many standard deviations on: lines come in bursts, so that three would be common.
const FROM: f64 = 6.0;
/// Most services that are named.
const NAMED: usize = 3;

/// How much the messages of a service changed.
pub(crate) struct Shift {
    /// The service.
    pub service: LogText,
    /// Standard deviations (Fisher's approximation of the chi-square distribution).
    pub z: f64,
    /// The template that changed most upwards.
    grown: Option<(LogText, Evidence)>,
}

/// Lines of one template of one service before and during.
#[derive(Default)]
struct Cell {
    before: f64,
    during: f64,
    line: Option<Evidence>,
}

/// Services whose mix changed, most changed first.
pub(crate) fn shifts(view: &View<'_>, onset: Instant, end: Instant) -> Vec<Shift> {
    let split = Instant(onset.0 - MINUTE);
    let past = Instant(onset.0 - HOUR);
    let mut services: BTreeMap<&[u8], BTreeMap<Vec<u8>, Cell>> = BTreeMap::new();
    let apps = applications(view);
    let scopes = lanes(view).flat_map(|l| l.track.templates.iter());
    let common = collapse(scopes.map(|(k, _)| &k.text[..]));
    for l in lanes(view) {
        let (a, b, c) = (l.on_axis(past), l.on_axis(split), l.on_axis(end));
        for (k, t) in l.track.templates.iter() {
            let Some(service) = k.service.as_deref().filter(|s| apps.contains(s)) else {
                continue;
            };
            if only_reports_a_request(&k.text) {
                continue;
            }
            let text = common[&k.text[..]].clone();
            let lines = |from, to| t.minutes.total(touching(MINUTE, from, to)) as f64;
            let cells = services.entry(service).or_default();
            let cell = cells.entry(text).or_default();
            cell.before += lines(a, b);
            let during = lines(b, c);
            cell.during += during;
            if during > 0.0 && cell.line.is_none() {
                // minutes that reach over the end count as well
                let behind = || Some(&t.first).filter(|s| s.us >= b);
                let first = t.first_in(b, c).or_else(behind);
                cell.line = first.map(|s| cite_many(l.input, s, during as u64));
            }
        }
    }
    let each = services.into_iter().filter_map(|(service, cells)| {
        let all = messages(view, service, (past, split, end));
        shift(service, cells, all)
    });
    let mut out: Vec<Shift> = each.filter(|s| s.z >= FROM).collect();
    out.sort_list_by(|a, b| b.z.total_cmp(&a.z).then_with(|| a.service.cmp(&b.service)));
    out
}

/// All messages of a service before and during, in whole ten seconds.
fn messages(view: &View<'_>, service: &[u8], at: (Instant, Instant, Instant)) -> (f64, f64) {
    let mut sum = (0.0, 0.0);
    for l in lanes(view) {
        let said = l.track.said.sorted();
        for (_, s) in said.into_iter().filter(|x| x.0 == service) {
            let [a, b, c] = [at.0, at.1, at.2].map(|t| l.on_axis(t));
            sum.0 += s.n.sum(a, b) as f64;
            sum.1 += s.n.sum(b, c) as f64;
        }
    }
    sum
}

/// The G statistic of the table template × (before, during), with all other messages as one more row.
fn shift(service: &[u8], cells: BTreeMap<Vec<u8>, Cell>, all: (f64, f64)) -> Option<Shift> {
    let kept = cells
        .values()
        .fold((0.0, 0.0), |s, c| (s.0 + c.before, s.1 + c.during));
    // minutes of templates and tens of messages do not end together
    let other = ((all.0 - kept.0).max(0.0), (all.1 - kept.1).max(0.0));
    let (before, during) = (kept.0 + other.0, kept.1 + other.1);
    if before < LEAST || during < LEAST {
        return None;
    }
    let mut g = 0.0;
    let mut rows = 0u32;
    let mut grown: Option<(f64, LogText, Evidence)> = None;
    let mut add = |o: (f64, f64)| {
        let n = o.0 + o.1;
        if n == 0.0 {
            return 0.0;
        }
        rows += 1;
        let part = |o: f64, side: f64| match o {
            0.0 => 0.0,
            o => 2.0 * o * (o * (before + during) / (n * side)).ln(),
        };
        g += part(o.0, before) + part(o.1, during);
        part(o.1, during)
    };
    add(other);
    for (text, c) in cells {
        let up = add((c.before, c.during));
        // an indented line belongs to the message above it
        let inner = text.first().is_some_and(u8::is_ascii_whitespace);
        let most = !inner && up > grown.as_ref().map_or(0.0, |g| g.0);
        let (true, Some(line)) = (most, c.line) else {
            continue;
        };
        grown = Some((up, LogText::new(&text), line));
    }
    let degrees = f64::from(rows.saturating_sub(1));
    (degrees >= 1.0).then(|| Shift {
        service: LogText::name(service),
        z: (2.0 * g.max(0.0)).sqrt() - (2.0 * degrees - 1.0).sqrt(),
        grown: grown.map(|(_, text, line)| (text, line)),
    })
}

/// Lanes of application logs.
fn lanes<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = &'v Lane<'a>> {
    view.lanes.iter().filter(|l| l.part.kind() == Kind::App)
}

/// Services that applications log under.
fn applications<'a>(view: &View<'a>) -> BTreeSet<&'a [u8]> {
    lanes(view)
        .flat_map(|l| l.track.said.sorted())
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty())
        .filter(|name| !std::str::from_utf8(name).is_ok_and(is_infrastructure))
        .collect()
}

/// The most changed services as signals, where several services were there to be compared.
pub(crate) fn signals(view: &View<'_>, onset: Instant, end: Instant) -> Vec<Signal> {
    let found = shifts(view, onset, end);
    if applications(view).len() < 2 {
        return Vec::new();
    }
    let named = found.into_iter().take(NAMED).enumerate();
    named
        .filter_map(|(n, s)| {
            let (template, line) = s.grown?;
            let rank = ["most", "second most", "third most"].get(n)?;
            let said = line.excerpt.as_ref().map(|x| template.example(x));
            let text = Sentence::words("Of all services' logs that of ").name(&s.service);
            let text = text.w(format!(" changed {rank} while requests failed, mainly: "));
            Some(Signal {
                class: "message_mix",
                text: text.log(&said.unwrap_or(template)),
                cited: Cited::Lines(vec![line]),
            })
        })
        .collect()
}

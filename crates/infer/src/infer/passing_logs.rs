//! Logs that are written just as long as requests fail, and not before or after: those of a job that holds or uses up what they need.
//! Found by their times alone; what they say stands in their lines.

use crate::cause::{PassingFact, is_database, names_in};
use crate::infer::lanes::{Lane, View};
use crate::infer::topology::file;
use coroner_core::summary::CitableLine;
use coroner_lines::record::Kind;
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE};

/// How long before the failures what brings them begins, and how long before or after their end it ends, at most.
pub(super) const WITHIN: i64 = 3 * MINUTE;
/// Shortest silence of a log before; half of it after, since archives are cut soon after an outage.
const QUIET: i64 = 10 * MINUTE;
/// Fewest lines: two of a log that says little may lie so by chance.
const LEAST: usize = 3;

/// Such logs, by their first line.
pub(super) fn logs(view: &View<'_>, (onset, stop): (Instant, Instant)) -> Vec<PassingFact> {
    let spans = || {
        view.lanes
            .iter()
            .map(|l| (l.utc(l.body.0), l.utc(l.body.1)))
    };
    let span = spans().map(|s| s.0).min().zip(spans().map(|s| s.1).max());
    let Some(span) = span else {
        return Vec::new();
    };
    let logs = view.lanes.iter().filter(|l| is_of_a_job(l));
    let run = |l| run_of(view, l, (onset, stop), span);
    logs.filter_map(run).collect()
}

/// Whether a log may be that of a job: a server says what its clients do to it.
fn is_of_a_job(l: &Lane<'_>) -> bool {
    let name = file(&l.part.meta.name);
    let mut formats = l.part.accounting.formats.keys();
    let server = is_database(name) || formats.any(|f| is_database(f));
    l.part.kind() == Kind::App && !server
}

/// The lines of a log that lie together around the failures, where they begin and end with them.
fn run_of(
    view: &View<'_>,
    l: &Lane<'_>,
    (onset, stop): (Instant, Instant),
    (begin, end): (Instant, Instant),
) -> Option<PassingFact> {
    let lasts = stop.since(onset);
    let within = WITHIN.min(lasts / 2);
    let mut lines: Vec<&CitableLine> = l.track.edges().collect();
    lines.sort_list_by_key(|k| (k.us, k.pos.offset));
    lines.dedup_by_key(|k| k.pos.offset);
    let first = lines
        .iter()
        .position(|k| l.utc(k.us).0 >= onset.0 - within)?;
    let last = lines
        .iter()
        .rposition(|k| l.utc(k.us).0 <= stop.0 + within)?;
    let at = |n: usize| lines.get(n).map(|k| l.utc(k.us));
    let (from, to) = (at(first)?, at(last)?);
    let before = first.checked_sub(1).and_then(at).unwrap_or(begin);
    let after = at(last + 1).unwrap_or(end);
    let quiet = from.since(before);
    let passes = last.saturating_sub(first) + 1 >= LEAST
        && from < onset
        && to.since(stop).abs() <= within
        && quiet >= QUIET.max(lasts)
        && after.since(to) >= (QUIET / 2).min(lasts);
    // what warns first tells what is met
    let kept = l
        .track
        .templates
        .iter()
        .flat_map(|(_, t)| t.tens.values().chain([&t.first]));
    let warns = kept
        .map(|s| s.pos.offset)
        .any(|at| at == lines[first].pos.offset);
    if !passes || warns {
        return None;
    }
    let begins = view.cite(l.input, lines[first]);
    let said = begins.excerpt.as_ref()?.said();
    Some(PassingFact {
        names: names_in([said.for_json()]).into_iter().collect(),
        name: file(&l.part.meta.name).to_owned(),
        quiet: Some(quiet),
        first: from,
        last: to,
        ends: view.cite(l.input, lines[last]),
        does: begins.clone(),
        begins,
    })
}

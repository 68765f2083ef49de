//! A program that falls and is started again and again: its starts and stops are one row each, of which the lines are counted; how it
//! fell, each row says. Whether a loop is an incident is not decided here.

use super::absorb;
use super::figures::without_figures;
use crate::infer::stated::StatedMarker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::MINUTE;
use std::collections::BTreeMap;

/// Turns of one kind from which they are a loop.
pub(in crate::infer) const LOOP: usize = 5;

/// Longest pause between two turns of a loop: the longest that Kubernetes waits before it starts a container again.
const PAUSE: i64 = 5 * MINUTE;

/// What a turn is of: the input, the kind, host and service, and the words but for their figures and ids.
type Repeated = (u32, K, Option<Vec<u8>>, Option<Vec<u8>>, Vec<u8>);

/// Makes the turns of a loop one row, which stands where the first of them was.
pub(super) fn crash_loops(rows: &mut Vec<StatedMarker>) {
    let mut runs: BTreeMap<Repeated, Vec<Vec<usize>>> = BTreeMap::new();
    for (i, r) in rows.iter().enumerate() {
        let turns = matches!(r.kind, K::Restart | K::ServiceStart | K::ServiceStop);
        let Some(at) = r.time.filter(|_| turns && !r.is_said()) else {
            continue;
        };
        let words = without_figures(&r.text);
        let key = (r.input, r.kind, r.host.clone(), r.service.clone(), words);
        let of = runs.entry(key).or_default();
        let last = of.last().and_then(|run| run.last()).map(|l| &rows[*l]);
        let last = last.and_then(|l| l.last.max(l.time));
        match of.last_mut() {
            Some(run) if last.is_some_and(|l| at.0 - l.0 <= PAUSE) => run.push(i),
            _ => of.push(vec![i]),
        }
    }
    let loops = runs.into_values().flatten().filter(|run| run.len() >= LOOP);
    for run in loops {
        for i in &run[1..] {
            let mut turn = rows[*i].clone();
            rows[*i].evidence.clear();
            absorb(&mut rows[run[0]], &mut turn);
        }
    }
    rows.retain(|r| !r.evidence.is_empty());
}

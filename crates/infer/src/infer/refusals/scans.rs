//! Scanners, told from routes that were lost: which pages are still served while many are refused. Clients are not known here.

use super::{BEFORE, FEW, counted};
use crate::cause::Dim;
use crate::detect::Run;
use crate::infer::lanes::{View, named_keys};
use std::collections::BTreeMap;

/// Of what a page was asked for before, so much is still served where it is as good as gone.
const GONE: f64 = 0.2;

/// Whether a status is what those get who try what there may be.
pub(super) fn is_of_scanners(status: Option<u32>) -> bool {
    matches!(status, Some(400 | 404 | 405))
}

/// Requests of each endpoint that were not refused: as many as were to be expected in a run by the time before it, and those in it.
pub(super) fn served(view: &View<'_>, r: &Run) -> Vec<(f64, u64)> {
    let (before, long) = (BEFORE * 60, r.end - r.start);
    let mut of: BTreeMap<&[u8], (u64, u64)> = BTreeMap::new();
    for l in view.edge() {
        for (name, series) in named_keys(l, Dim::Endpoint) {
            let (n, now) = of.entry(name).or_default();
            *n += counted(l, series, (r.start - before, r.start));
            *now += counted(l, series, (r.start, r.end));
        }
    }
    let expected = |n: u64| n as f64 * long as f64 / before as f64;
    of.into_values()
        .map(|(n, now)| (expected(n), now))
        .collect()
}

/// Whether most of what is missing was asked of pages that are hardly served any more: a route that was lost, and no scanner in an ebb.
pub(super) fn pages_vanish(served: &[(f64, u64)]) -> bool {
    let missing = |x: &(f64, u64)| (x.0 - x.1 as f64).max(0.0);
    let all: f64 = served.iter().map(missing).sum();
    let gone = |x: &&(f64, u64)| x.0 >= FEW as f64 && x.1 as f64 <= GONE * x.0;
    let vanished: f64 = served.iter().filter(gone).map(missing).sum();
    vanished * 2.0 >= all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_are_gone_are_lost_and_all_a_little_is_an_ebb() {
        assert!(pages_vanish(&[(100.0, 0), (100.0, 96), (3.0, 0)]));
        assert!(pages_vanish(&[(100.0, 12)]));
        assert!(!pages_vanish(&[(100.0, 50), (100.0, 48), (8.0, 0)]));
        assert!(is_of_scanners(Some(404)) && !is_of_scanners(Some(401)));
    }
}

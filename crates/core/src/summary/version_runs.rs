//! When each version was at work: runs of ten-second steps that follow each other, with the first line of each run.
//! Runs are joined wherever they touch, so that the result depends on the lines alone and never on how they were split.

use super::change::LineChange;
use crate::summary::LineAt;
use crate::summary::Seen;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Steps that follow each other in which one version of one service was at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRun {
    /// Number of its last ten seconds since 1970.
    pub end: i64,
    /// Its first line.
    pub first: Seen,
}

/// Runs by the name of [`crate::summary::Track::by_version`], then by the number of their first ten seconds.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    runs: BTreeMap<Vec<u8>, BTreeMap<i64, VersionRun>>,
    /// The run that was met last: hash of its name, step, and the time of the run's first line. No part of the result.
    last: Option<(u64, i64, i64)>,
}

impl PartialEq for Turns {
    fn eq(&self, other: &Turns) -> bool {
        self.runs == other.runs
    }
}

impl Turns {
    /// Notes a request of a version. `hash` stands for `name` in what is remembered of the last call.
    #[inline]
    pub fn note(
        &mut self,
        (hash, name): (u64, impl FnOnce() -> Vec<u8>),
        (us, tens): (i64, i64),
        at: LineAt<'_>,
    ) {
        if let Some((h, step, first)) = self.last
            && h == hash
            && step == tens
            && us >= first
        {
            return;
        }
        let runs = self.runs.entry(name()).or_default();
        let inside = runs
            .range_mut(..=tens)
            .next_back()
            .filter(|(start, r)| r.end >= tens && (**start < tens || us >= r.first.us));
        if let Some((_, r)) = inside {
            self.last = Some((hash, tens, r.first.us));
            return;
        }
        let run = VersionRun {
            end: tens,
            first: Seen::new(us, at.pos, at.bytes()),
        };
        let first = add(runs, tens, run);
        self.last = Some((hash, tens, first));
    }

    /// Adds a run that was noted elsewhere.
    pub(super) fn put(&mut self, name: Vec<u8>, start: i64, run: VersionRun) {
        add(self.runs.entry(name).or_default(), start, run);
    }

    pub(super) fn merge(&mut self, o: Turns) {
        for (name, runs) in o.runs {
            let mine = self.runs.entry(name).or_default();
            for (start, run) in runs {
                add(mine, start, run);
            }
        }
        self.last = None;
    }

    /// Keeps the runs that begin in the ten seconds that `keep` names.
    pub(super) fn retain(&mut self, keep: impl Fn(i64) -> bool) {
        self.last = None;
        self.runs.retain(|_, runs| {
            runs.retain(|start, _| keep(*start));
            !runs.is_empty()
        });
    }

    /// Goes through the first line of every run.
    pub(super) fn change(&mut self, c: &mut LineChange<'_>) {
        for run in self.runs.values_mut().flat_map(BTreeMap::values_mut) {
            c.seen(&mut run.first);
        }
    }

    /// Names and their runs (by the number of their first ten seconds), by name.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &BTreeMap<i64, VersionRun>)> {
        self.runs.iter().map(|(name, runs)| (&name[..], runs))
    }
}

/// Adds a run, joined with all that it touches; the time of the first line of what it became.
fn add(runs: &mut BTreeMap<i64, VersionRun>, mut start: i64, mut run: VersionRun) -> i64 {
    while let Some((&s, r)) = runs.range(..=run.end + 1).next_back()
        && r.end >= start - 1
    {
        let Some(other) = runs.remove(&s) else { break };
        run.first = match s.cmp(&start) {
            std::cmp::Ordering::Less => other.first,
            std::cmp::Ordering::Equal => run.first.earlier(other.first),
            std::cmp::Ordering::Greater => run.first,
        };
        run.end = run.end.max(other.end);
        start = start.min(s);
    }
    let us = run.first.us;
    runs.insert(start, run);
    us
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::Pos;
    use proptest::prelude::*;

    fn of(lines: &[(u8, i64)]) -> Turns {
        let mut t = Turns::default();
        for (i, (version, us)) in lines.iter().enumerate() {
            let pos = Pos {
                offset: i as u64,
                line: i as u64 + 1,
            };
            let at = LineAt::new(b"line", (0, 4), pos);
            let name = || vec![*version];
            let tens = us.div_euclid(10_000_000);
            t.note((u64::from(*version), name), (*us, tens), at);
        }
        t
    }

    #[test]
    fn a_version_that_comes_back_has_a_second_run() {
        let s = 1_000_000;
        let t = of(&[
            (1, 8 * s),
            (1, 12 * s),
            (2, 13 * s),
            (2, 25 * s),
            (1, 47 * s),
            (1, 48 * s),
        ]);
        let runs: Vec<(u8, i64, i64, u64)> = t
            .iter()
            .flat_map(|(n, r)| {
                let n = n[0];
                r.iter().map(move |(s, r)| (n, *s, r.end, r.first.pos.line))
            })
            .collect();
        assert_eq!(runs, [(1, 0, 1, 1), (1, 4, 4, 5), (2, 1, 2, 3)]);
    }

    proptest! {
        #[test]
        fn the_order_and_the_splits_change_nothing(lines in proptest::collection::vec((0u8..3, 0i64..300_000_000), 0..40), cut in 0usize..40) {
            let whole = of(&lines);
            let cut = cut.min(lines.len());
            let mut back = of(&lines[cut..]);
            back.change(&mut LineChange::Places(&mut |p| { p.offset += cut as u64; p.line += cut as u64; }));
            let mut parts = back.clone();
            parts.merge(of(&lines[..cut]));
            prop_assert_eq!(&parts, &whole);
            let mut other = of(&lines[..cut]);
            other.merge(back);
            prop_assert_eq!(&other, &whole);
        }
    }
}

//! How much of one sort a report lists: a log that is all bursts or all silences would else make a report larger than the log.
//! What is left out is counted and named as a gap, never dropped in silence. No judgement on what remains.

use crate::detect::Run;
use crate::infer::lanes::View;
use crate::model::{Cited, Gap, Piece, Sentence};
use std::collections::BTreeMap;

/// Most footnotes of short bursts.
const BLIPS: usize = 1000;
/// Most gaps of one kind.
const GAPS: usize = 500;

/// The bursts with the most failures, by start; the rest becomes a gap.
pub(crate) fn blips(view: &View<'_>, runs: &[Run], gaps: &mut Vec<Gap>) -> Vec<Run> {
    let mut kept = runs.to_vec();
    if kept.len() > BLIPS {
        kept.sort_by_key(|r| (std::cmp::Reverse(r.failed), r.start));
        let rest = kept.split_off(BLIPS);
        kept.sort_by_key(|r| r.start);
        gaps.push(Gap {
            kind: "input",
            text: Sentence::default()
                .p(Piece::Count(rest.len() as u64))
                .w(" more short bursts with ")
                .p(Piece::Count(rest.iter().map(|r| r.failed).sum()))
                .w(" failed requests are counted and not listed: too many"),
            cited: Cited::Absent(view.edge().map(|l| l.input).collect()),
        });
    }
    kept
}

/// The first gaps of each kind; the rest of a kind becomes one.
pub(crate) fn gaps(view: &View<'_>, all: Vec<Gap>) -> Vec<Gap> {
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut out = Vec::new();
    for g in all {
        let n = seen.entry(g.kind).or_default();
        *n += 1;
        if *n <= GAPS {
            out.push(g);
        }
    }
    for (kind, n) in seen.into_iter().filter(|(_, n)| *n > GAPS) {
        out.push(Gap {
            kind,
            text: Sentence::default()
                .p(Piece::Count((n - GAPS) as u64))
                .w(" more of this kind are counted and not listed: too many"),
            cited: Cited::Absent(view.part.inputs.keys().copied().collect()),
        });
    }
    out
}

//! How much of one sort a report lists: a log that is all bursts or all silences would else make a report larger than the log.
//! What is left out is counted and named as a gap, never dropped in silence. No judgement on what remains.

use crate::detect::Run;
use crate::infer::lanes::View;
use crate::model::{Gap, Piece, Sentence};
use coroner_lines::sorting::SortList;
use std::collections::BTreeMap;

/// Most footnotes of short bursts.
const BLIPS: usize = 1000;
/// Most gaps of one kind.
const GAPS: usize = 500;

/// The bursts with the most failures, by start; the rest becomes a gap.
pub(crate) fn blips(view: &View<'_>, runs: &[Run], gaps: &mut Vec<Gap>) -> Vec<Run> {
    let mut kept = runs.to_vec();
    if kept.len() > BLIPS {
        kept.sort_list_by_key(|r| (std::cmp::Reverse(r.failed), r.start));
        let rest = kept.split_off(BLIPS);
        kept.sort_list_by_key(|r| r.start);
        let text = Sentence::default()
            .p(Piece::Count(rest.len() as u64))
            .w(" more short bursts with ")
            .p(Piece::Count(rest.iter().map(|r| r.failed).sum()))
            .w(" failed requests are counted and not listed: too many");
        gaps.push(Gap::of(
            "input",
            text,
            view.edge().map(|l| l.input).collect(),
        ));
    }
    kept
}

/// How many gaps of each kind are listed, and how many are not.
#[derive(Default)]
pub(crate) struct Limit(BTreeMap<&'static str, (usize, usize)>);

impl Limit {
    /// Leaves out, behind the first `from` gaps, those that are too many of their kind: what each of 100,000 inputs leaves open
    /// is not even held.
    pub fn cut(&mut self, all: &mut Vec<Gap>, from: usize) {
        let new = all.split_off(from);
        all.extend(new.into_iter().filter(|g| {
            let (listed, left_out) = self.0.entry(g.kind).or_default();
            let room = *listed < GAPS;
            *(if room { listed } else { left_out }) += 1;
            room
        }));
    }

    /// The first gaps of each kind; the rest of a kind becomes one.
    pub fn gaps(mut self, view: &View<'_>, mut all: Vec<Gap>) -> Vec<Gap> {
        self.0.values_mut().for_each(|n| n.0 = 0);
        self.cut(&mut all, 0);
        for (kind, (_, left_out)) in self.0.into_iter().filter(|(_, n)| n.1 > 0) {
            let text = Sentence::default()
                .p(Piece::Count(left_out as u64))
                .w(" more of this kind are counted and not listed: too many");
            all.push(Gap::of(
                kind,
                text,
                view.part.inputs.keys().copied().collect(),
            ));
        }
        all
    }
}

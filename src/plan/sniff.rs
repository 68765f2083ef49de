//! What the sampled lines of an input tell: which formats accept them, the newest year, what kind of records they are.

use super::{Sampled, Tried, trim_line};
use crate::record::Kind;
use crate::time::{Dated, Stamp};

/// Most lines of an input that are tried.
const SAMPLE_LINES: usize = 4000;

/// What a sample shows.
pub(super) struct Sniffed {
    pub(super) hits: Vec<u64>,
    pub(super) unknown: u64,
    pub(super) kinds: [u64; 5],
    pub(super) newest: Option<i64>,
    pub(super) yearless: bool,
}

pub(super) fn sample_lines(s: &Sampled) -> Vec<&[u8]> {
    let per = SAMPLE_LINES / s.pieces.len().max(1);
    s.pieces
        .iter()
        .flat_map(|p| {
            p.split(|c| *c == b'\n')
                .map(trim_line)
                .filter(|l| !l.is_empty())
                .take(per)
        })
        .collect()
}

pub(super) fn sniff(all: &[Tried], lines: &[&[u8]]) -> Sniffed {
    let mut s = Sniffed {
        hits: vec![0; all.len()],
        unknown: 0,
        kinds: [0; 5],
        newest: None,
        yearless: false,
    };
    for line in lines {
        let Some((i, r)) = all
            .iter()
            .enumerate()
            .find_map(|(i, f)| f.parse(line).map(|r| (i, r)))
        else {
            s.unknown += 1;
            continue;
        };
        s.hits[i] += 1;
        s.kinds[r.scope.unwrap_or(all[i].kind()) as usize] += 1;
        match r.stamp {
            Some(Stamp {
                dated: Dated::Full,
                wall_us,
                ..
            }) => s.newest = s.newest.max(Some(wall_us)),
            Some(_) => s.yearless = true,
            None => {}
        }
    }
    s
}

pub(super) fn dominant(kinds: &[u64; 5]) -> Option<Kind> {
    const ALL: [Kind; 5] = [
        Kind::Web,
        Kind::App,
        Kind::Pager,
        Kind::Deploy,
        Kind::System,
    ];
    ALL.into_iter()
        .zip(*kinds)
        .rev()
        .max_by_key(|(_, n)| *n)
        .filter(|(_, n)| *n > 0)
        .map(|(k, _)| k)
}

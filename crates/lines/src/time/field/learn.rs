//! Which field of a file's lines is their time: what reads as one in most lines and hardly ever falls back.

use super::shape::{DayRead, PieceRead, PieceShape, gap};
use super::{Piece, TimeField, WhichPiece, stamp_of};
use crate::time::{DAY, Instant, SECOND};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Lines from which a field is learnt, at most.
const ENOUGH: usize = 200;
/// In one of so many lines it stands at least: traces and dumps have none.
const SHARE: usize = 3;
/// Of so many lines one may fall back by more than [`BACK`].
const FALLS: usize = 20;
const BACK: i64 = 60 * SECOND;
/// Different times that a field has at least: what is the same in all lines is no time of theirs.
const DIFFERENT: usize = 3;
/// Pieces of one shape that are told apart from each end of a line.
const APART: i8 = 3;

/// What one piece is in each line.
struct Column {
    piece: Piece,
    reads: Vec<Option<PieceRead>>,
}

/// The field of the time of lines in their order (of those at the left edge, unless most are set in), none of which is after `newest` by a day. `None` where none stands out.
pub fn learn(lines: &[&[u8]], newest: Option<Instant>) -> Option<TimeField> {
    let set_in = |l: &&[u8]| matches!(l.first(), Some(b' ' | b'\t'));
    let full = lines.iter().filter(|l| !l.trim_ascii().is_empty());
    let (inner, heads): (Vec<&[u8]>, Vec<&[u8]>) = full.copied().partition(set_in);
    let all_set_in = heads.len() * 2 < inner.len();
    let lines = if all_set_in { inner } else { heads };
    let step = lines.len().div_ceil(ENOUGH).max(1);
    let lines: Vec<&[u8]> = lines.into_iter().step_by(step).collect();
    let of = |is: fn(PieceShape) -> bool| -> Vec<Column> {
        let shapes = PieceShape::all().filter(|s| is(*s));
        shapes.flat_map(|s| columns(s, &lines)).collect()
    };
    // most texts without a time have no clock either, and need not be searched for days
    let others = of(|s| !s.is_day());
    let days = match others.iter().all(|c| c.piece.shape.is_whole()) {
        true => Vec::new(),
        false => of(|s| s.is_day() && !s.is_weak()),
    };
    let mut best: Option<(Worth, Vec<Piece>)> = None;
    let mut weigh = |field: &[&Column]| {
        let worth = judge(field, newest);
        if let Some(worth) = worth.filter(|w| best.as_ref().is_none_or(|b| *w > b.0)) {
            best = Some((worth, field.iter().map(|c| c.piece).collect()));
        }
    };
    for other in &others {
        weigh(&[other]);
        if other.piece.shape.is_whole() {
            continue;
        }
        for shape in PieceShape::all().filter(|s| s.is_day()) {
            weigh(&[&beside(shape, other, &lines), other]);
        }
        for day in &days {
            weigh(&[day, other]);
        }
    }
    Some(TimeField {
        pieces: best?.1,
        set_in: all_set_in,
    })
}

/// The columns of a shape that enough lines have, none twice.
fn columns(shape: PieceShape, lines: &[&[u8]]) -> Vec<Column> {
    let all: Vec<Vec<PieceRead>> = lines.iter().map(|l| shape.each(l).collect()).collect();
    let mut columns: Vec<Column> = Vec::new();
    for nth in (0..APART).chain((-APART..0).rev()) {
        let of = |reads: &Vec<PieceRead>| {
            let back = usize::from(nth.unsigned_abs());
            let at = usize::try_from(nth)
                .ok()
                .or_else(|| reads.len().checked_sub(back));
            reads.get(at?).cloned()
        };
        let reads: Vec<Option<PieceRead>> = all.iter().map(of).collect();
        let there = reads.iter().flatten().count();
        if there * SHARE >= lines.len() && there > 1 && columns.iter().all(|c| c.reads != reads) {
            columns.push(Column {
                piece: Piece {
                    shape,
                    place: WhichPiece::Nth(nth),
                },
                reads,
            });
        }
    }
    columns
}

/// The days beside a clock.
fn beside(shape: PieceShape, clock: &Column, lines: &[&[u8]]) -> Column {
    let of =
        |(line, clock): (&&[u8], &Option<PieceRead>)| shape.beside(line, &clock.as_ref()?.place);
    Column {
        piece: Piece {
            shape,
            place: WhichPiece::Beside,
        },
        reads: lines.iter().zip(&clock.reads).map(of).collect(),
    }
}

/// What speaks for a field: how many lines have it, about; whether it has a day; how many exactly, how seldom it falls back, how recent
/// its last time is, how much of it changes, how far in front its shape stands in the table, and how far in front it stands in the line.
type Worth = (
    usize,
    bool,
    usize,
    Reverse<usize>,
    i64,
    usize,
    Reverse<usize>,
    Reverse<usize>,
);

fn judge(field: &[&Column], newest: Option<Instant>) -> Option<Worth> {
    let lines = field[0].reads.len();
    let apart = |reads: &Vec<&PieceRead>| match reads[..] {
        [a, b] => gap(&a.place, &b.place).is_some(),
        _ => true,
    };
    let row = |n: usize| field.iter().map(|c| c.reads[n].as_ref()).collect();
    let rows = (0..lines).filter_map(row);
    let rows: Vec<Vec<&PieceRead>> = rows.filter(apart).collect();
    if rows.len() * SHARE < lines {
        return None;
    }
    let numbers = rows
        .iter()
        .flatten()
        .any(|r| matches!(r.day, Some(DayRead::Numbers { .. })));
    let orders: &[Option<bool>] = if numbers {
        &[Some(false), Some(true)]
    } else {
        &[None]
    };
    let worths = orders.iter().filter_map(|order| {
        let stamps = rows
            .iter()
            .filter_map(|r| stamp_of(r.iter().copied(), *order));
        let times: Vec<i64> = stamps.map(|s| s.wall_us).collect();
        let falls = |later: fn(i64, i64) -> bool| {
            let mut far: Option<i64> = None;
            let mut fell = 0;
            for t in &times {
                fell += usize::from(far.is_some_and(|far| later(far, *t)));
                far = Some(far.map_or(*t, |far| if later(far, *t) { far } else { *t }));
            }
            fell
        };
        // some write the newest line first
        let fell = falls(|far, t| t < far - BACK).min(falls(|far, t| t > far + BACK));
        let different = times.iter().collect::<BTreeSet<_>>().len();
        let last = *times.iter().max()?;
        let day = field.len() > 1 || field[0].piece.shape.is_whole();
        let late = newest.is_some_and(|n| day && last > n.0 + DAY);
        let few = times.len() * SHARE < lines || different < DIFFERENT.min(times.len());
        if few || fell * FALLS > times.len() || late {
            return None;
        }
        let weeks = DAY * 7;
        let row = field.iter().map(|c| usize::from(c.piece.shape.0)).sum();
        let starts: usize = rows.iter().flatten().map(|r| r.place.start).sum();
        Some((
            (times.len() * 16 + lines / 2) / lines,
            day,
            times.len(),
            Reverse(fell),
            last.div_euclid(weeks),
            (different * 2 + times.len() / 2) / times.len(),
            Reverse(row),
            Reverse(starts / rows.len()),
        ))
    });
    worths.max()
}

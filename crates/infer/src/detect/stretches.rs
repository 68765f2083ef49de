//! Rows of times by stretches of so many seconds. What the rows hold is known elsewhere.

use std::ops::Range;

/// The end of the stretch of so many seconds in which a second lies.
#[inline]
pub(super) fn end_of(at: i64, seconds: i64) -> i64 {
    (at.div_euclid(seconds) + 1) * seconds
}

/// Rows, sorted by time, by the stretches of so many seconds in which they lie.
pub(super) fn by_stretch<T>(
    mut rows: &[T],
    seconds: i64,
    at: impl Fn(&T) -> i64,
) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        // one division for all of a stretch
        let end = end_of(at(rows.first()?), seconds);
        let mut n = 1;
        while rows.get(n).is_some_and(|r| at(r) < end) {
            n += 1;
        }
        rows.split_off(..n)
    })
}

/// The rows of the stretch of so many seconds in which one of them lies.
pub(super) fn stretch_around<T>(
    rows: &[T],
    row: usize,
    seconds: i64,
    at: impl Fn(&T) -> i64,
) -> Range<usize> {
    let end = end_of(at(&rows[row]), seconds);
    let before = rows[..row].iter().rev();
    let before = before.take_while(|r| at(r) >= end - seconds).count();
    let behind = rows[row..].iter().take_while(|r| at(r) < end).count();
    row - before..row + behind
}

//! The marks above the main picture: their words, and how they make room for each other.

use coroner_infer::model::Event;
use coroner_lines::time::Instant;

/// A mark and where it goes.
pub(super) struct Mark<'a> {
    pub e: &'a Event,
    pub letter: char,
    pub at: Instant,
    pub x: f64,
    pub row: usize,
    /// Where the words go: -1 left of the letter, 1 right of it, 0 nowhere.
    pub side: i8,
    /// The words beside the letter.
    pub label: &'static str,
}

/// The row of marks with the fewest letters where `place` is, cleared there of words. `taken` is what the marks of each row
/// take, in their order.
pub(super) fn make_room(
    marks: &mut [Mark<'_>],
    taken: &mut [Vec<(f64, f64)>],
    place: (f64, f64),
) -> usize {
    let meets = |q: (f64, f64)| place.1 > q.0 && place.0 < q.1;
    let letter = |m: &Mark<'_>| (m.x - 12.0, m.x + 12.0);
    let here = |m: &Mark<'_>, k: usize| m.row == k && meets(letter(m));
    let letters = |k: &usize| marks.iter().filter(|m| here(m, *k)).count();
    // the last row of the fewest: it is the nearest to the picture
    let row = (0..taken.len()).rev().min_by_key(letters).unwrap_or(0);
    let here = marks.iter_mut().filter(|m| m.row == row);
    for (m, t) in here.zip(&mut taken[row]) {
        if meets(*t) {
            (m.side, *t) = (0, letter(m));
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_make_room_for_letters() {
        let report = coroner_infer::model::fixture::report();
        let mark = |x: f64, row: usize| Mark {
            e: &report.incidents[0].timeline[0],
            letter: 'A',
            at: report.incidents[0].onset,
            x,
            row,
            side: 1,
            label: "Page",
        };
        let mut marks = [mark(100.0, 0), mark(100.0, 1), mark(200.0, 1)];
        let mut taken = vec![vec![(88.0, 180.0)], vec![(88.0, 180.0), (188.0, 280.0)]];
        // beside the letter of the first row and the first of the second, on the words of both
        let row = make_room(&mut marks, &mut taken, (118.0, 142.0));
        assert_eq!(row, 1);
        assert_eq!(marks.map(|m| m.side), [1, 0, 1]);
        assert_eq!(taken[1], [(88.0, 112.0), (188.0, 280.0)]);
    }
}

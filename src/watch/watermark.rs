//! How far the time in an input has come: the newest stamp that can be believed. A line from another year moves nothing.

use coroner_lines::time::HOUR;

/// A step further ahead than this must be confirmed.
const FAR: i64 = HOUR;
/// Lines that confirm it, the first one included.
pub(super) const ENOUGH: u32 = 3;

/// The newest time of the lines of one clock, in microseconds on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Newest {
    at: Option<i64>,
    /// Lines that are near it, until there are enough.
    sure: u32,
    /// Where lines lie that do not fit, and how many follow each other there.
    odd: Option<(i64, u32)>,
}

impl Newest {
    /// The newest time; `None` before the first line.
    pub fn at(&self) -> Option<i64> {
        self.at
    }

    /// Takes the time of the next line.
    pub fn see(&mut self, us: i64) {
        let Some(at) = self.at else {
            (self.at, self.sure) = (Some(us), 1);
            return;
        };
        let near = (us - at).abs() <= FAR;
        // what lies behind is late, unless nothing speaks for what it is late against
        if near || us < at && self.sure >= ENOUGH {
            self.sure = (self.sure + u32::from(near)).min(ENOUGH);
            self.at = Some(at.max(us));
            if near {
                self.odd = None;
            }
            return;
        }
        let (place, count) = match self.odd {
            Some((place, n)) if (us - place).abs() <= FAR => (place.max(us), n + 1),
            _ => (us, 1),
        };
        self.odd = Some((place, count));
        if count >= ENOUGH {
            (self.at, self.sure, self.odd) = (Some(place), ENOUGH, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_lines::time::{DAY, SECOND};

    fn newest(all: &[i64]) -> i64 {
        let mut n = Newest::default();
        all.iter().for_each(|us| n.see(*us));
        n.at().unwrap()
    }

    #[test]
    fn one_line_from_another_year_moves_nothing() {
        let far = 365 * DAY;
        assert_eq!(
            newest(&[0, SECOND, 2 * SECOND, far, 3 * SECOND]),
            3 * SECOND
        );
        assert_eq!(
            newest(&[far, 0, SECOND, 2 * SECOND]),
            2 * SECOND,
            "at the start"
        );
        assert_eq!(
            newest(&[0, SECOND, 2 * SECOND, -far, -far, -far]),
            2 * SECOND
        );
    }

    #[test]
    fn a_pause_of_hours_is_believed_when_lines_go_on_behind_it() {
        let later = 5 * HOUR;
        let all = [0, SECOND, 2 * SECOND, later, later + SECOND, later + 9];
        assert_eq!(newest(&all), later + SECOND);
        assert_eq!(newest(&all[..5]), 2 * SECOND);
    }
}

//! A clock that was set back: the times of an input fall once, by minutes, and go on from there. Which part is right is not
//! decided here, and nothing is shifted.

use coroner_core::summary::{CitableLine, Track};
use coroner_lines::sorting::SortList;
use coroner_lines::time::MINUTE;

/// Falls below this are lines that overtake each other.
const LEAST: i64 = 2 * MINUTE;
/// From here on it is the hour of a zone, or logs that were put one behind the other.
const MOST: i64 = 50 * MINUTE;
/// Minutes with lines before and after the fall at least: what is set back goes on.
const LASTING: usize = 3;

/// Where the times of a track fall, once and for good.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fall<'t> {
    /// A line not far before it.
    pub before: &'t CitableLine,
    /// One not far after it.
    pub after: &'t CitableLine,
}

impl Fall<'_> {
    /// By how much at least, in whole minutes as microseconds: of each minute only the first and the last line are known.
    pub fn least_us(&self) -> i64 {
        let by = self.before.us - self.after.us;
        by.div_euclid(MINUTE) * MINUTE
    }
}

/// The one lasting fall of a track's times by a few minutes, if there is one.
pub fn set_back(t: &Track) -> Option<Fall<'_>> {
    // times that rise with the places fall nowhere
    if t.edges().is_sorted_by_key(|s| s.pos.offset) {
        return None;
    }
    let mut lines: Vec<&CitableLine> = t.edges().collect();
    lines.sort_list_by_key(|s| (s.pos.offset, s.us));
    let falls = lines.windows(2).enumerate();
    let mut falls = falls.filter(|(_, w)| w[0].us - w[1].us > LEAST / 2);
    let (at, fall) = falls.next()?;
    if falls.next().is_some() {
        return None;
    }
    let [before, after] = fall else { return None };
    let by = before.us - after.us;
    let goes_on = lines.last().is_some_and(|l| l.us > before.us);
    let long = at >= 2 * LASTING && lines.len() - at > 2 * LASTING;
    // where lines are rare, a fall of an hour may look like one of minutes
    let near = |a: &[&CitableLine]| a.windows(2).all(|w| w[1].us - w[0].us <= LEAST);
    let dense = near(&lines[at.saturating_sub(LASTING)..=at])
        && near(&lines[at + 1..lines.len().min(at + 2 + LASTING)]);
    ((LEAST..MOST).contains(&by) && goes_on && long && dense).then_some(Fall { before, after })
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_core::summary::Pos;
    use coroner_lines::time::SECOND;

    const T0: i64 = 1_700_000_040 * SECOND;

    /// A line every 20 s for an hour, by a clock that shows `clock` at each second.
    fn track(clock: impl Fn(i64) -> i64) -> Track {
        every(20, clock)
    }

    fn every(step: i64, clock: impl Fn(i64) -> i64) -> Track {
        Track::of_lines((0..180).map(|i| {
            let pos = Pos {
                offset: i as u64 * 100,
                line: i as u64 + 1,
            };
            (T0 + clock(i * step) * SECOND, pos)
        }))
    }

    #[test]
    fn a_clock_that_is_set_back_once_is_seen() {
        let t = track(|s| if s < 1800 { s } else { s - 400 });
        let fall = set_back(&t).unwrap();
        // lines 90 and 91 stand at the fall; of a minute the first and the last are known
        let (a, b) = (fall.before.pos.line, fall.after.pos.line);
        assert!((85..=90).contains(&a) && (91..=95).contains(&b), "{a} {b}");
        // 6 min 40 s, of which a minute on each side may not show
        assert!((4..=6).contains(&(fall.least_us() / MINUTE)));
    }

    #[test]
    fn other_falls_are_no_clock_that_was_set() {
        assert!(set_back(&track(|s| s)).is_none());
        // an hour, as zones have it; a moment; again and again; at the very end
        assert!(set_back(&track(|s| if s < 1800 { s } else { s - 3600 })).is_none());
        assert!(set_back(&track(|s| if s < 1800 { s } else { s - 40 })).is_none());
        assert!(set_back(&track(|s| s - s / 1200 * 400)).is_none());
        assert!(set_back(&track(|s| if s < 3560 { s } else { s - 400 })).is_none());
        // an hour, of which rare lines show three quarters
        assert!(set_back(&every(900, |s| if s < 81_000 { s } else { s - 3600 })).is_none());
        // ahead is a pause, which shows nothing
        assert!(set_back(&track(|s| if s < 1800 { s } else { s + 400 })).is_none());
        assert!(set_back(&Track::default()).is_none());
    }
}

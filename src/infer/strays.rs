//! Stamps far from an input's body of time: a clock that was not set yet, a year that was never. They stay counted and cited,
//! but neither stretch the archive nor enter the series. Decided here, after merging, so that merging stays exact.

use crate::summary::{Seen, Track};
use crate::time::{DAY, MINUTE};

/// Further than this from the median line of its track a line is far off, in microseconds.
const FAR: i64 = 400 * DAY;

/// Lines far from the body of a track.
pub(crate) struct Strays<'a> {
    /// How many.
    pub lines: u64,
    /// The first of them.
    pub first: &'a Seen,
}

/// The span of a track's body on its axis, and what lies outside of it. When more than a twentieth of the lines lie far off,
/// they are no strays: the log simply covers years.
pub(crate) fn body(t: &Track) -> (Option<(i64, i64)>, Option<Strays<'_>>) {
    let Some((a, b)) = t.span else {
        return (None, None);
    };
    if b - a <= FAR {
        return (t.span, None);
    }
    let total: u64 = t.activity.values().map(|x| u64::from(x.n)).sum();
    let mut seen = 0;
    let median = t.activity.iter().find_map(|(m, x)| {
        seen += u64::from(x.n);
        (seen * 2 >= total).then_some(m * MINUTE)
    });
    let Some(median) = median else {
        return (t.span, None);
    };
    let near = |m: &i64| (m * MINUTE - median).abs() <= FAR;
    let far = || t.activity.iter().filter(|(m, _)| !near(m)).map(|x| x.1);
    let lines: u64 = far().map(|x| u64::from(x.n)).sum();
    let (Some(stray), true) = (far().next(), lines * 20 <= total) else {
        return (t.span, None);
    };
    let mut inside = t.activity.iter().filter(|(m, _)| near(m)).map(|x| x.1);
    let first = inside.next().map_or(a, |x| x.first.us);
    let last = inside.next_back().map_or(first, |x| x.last.us);
    (
        Some((first, last.max(first))),
        Some(Strays {
            lines,
            first: &stray.first,
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::{Activity, Pos};

    fn track(lines: &[(i64, u32)]) -> Track {
        let mut t = Track::default();
        for (us, n) in lines {
            let seen = Seen::new(*us, Pos::default(), b"x");
            t.span = Some(t.span.map_or((*us, *us), |(a, b)| (a.min(*us), b.max(*us))));
            let a = Activity {
                n: *n,
                errors: 0,
                first: seen.clone(),
                last: seen,
            };
            t.activity.insert(us.div_euclid(MINUTE), a);
        }
        t
    }

    #[test]
    fn a_clock_that_was_not_set_does_not_stretch_the_archive() {
        let now = 20_000 * DAY;
        let t = track(&[(0, 2), (now, 50), (now + DAY, 50), (now + 3000 * DAY, 1)]);
        let (span, strays) = body(&t);
        assert_eq!(span, Some((now, now + DAY)));
        assert_eq!(strays.map(|s| (s.lines, s.first.us)), Some((3, 0)));
    }

    #[test]
    fn a_log_of_many_years_has_no_strays() {
        let t = track(&[(0, 50), (500 * DAY, 50), (1000 * DAY, 50)]);
        assert_eq!(body(&t).0, t.span);
        assert!(body(&t).1.is_none());
    }
}

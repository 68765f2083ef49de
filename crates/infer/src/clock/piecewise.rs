//! Clocks that are set in the middle of an input: one offset before, another one after. Found from moments that the input
//! shares with the edge, each of which shows one offset; where between two of them the clock was set is read off its lines.
//! No evidence is gathered here, and no stamp is moved.

use coroner_core::summary::Track;
use coroner_lines::time::SECOND;

/// Moments that must agree on an offset before a part of an input has one of its own.
const ENOUGH: usize = 5;
/// Moments that agree differ by no more than this, in microseconds.
const AGREE: i64 = SECOND;
/// Offsets nearer than this are one, in microseconds.
const APART: i64 = 2 * SECOND;
/// Share of the moments of a stretch that may disagree with it.
const STRAY: f64 = 0.2;
/// A clock set by more than this must show where: a line on the wrong side would be wrong by as much.
const UNSEEN: i64 = 60 * SECOND;
/// How far from the moments around it a clock may have been set, in microseconds.
const AROUND: i64 = 120 * SECOND;
/// Most pieces of a clock.
pub(super) const PIECES: usize = 4;

/// A moment: the edge's time and the time by the clock in question, in microseconds.
pub(super) type Moment = (i64, i64);

/// A stretch of the edge's time over which a clock runs ahead by the same amount, with its first and last moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClockStretch {
    /// Microseconds ahead: the median of its moments.
    pub ahead: i64,
    /// First and last moment, by the edge.
    pub edge: (i64, i64),
}

/// Cuts moments into stretches of one offset each, in order of the edge's time. `None` where they show no offset, or more
/// of them than a clock has that is set once or twice.
pub(super) fn stretches(mut moments: Vec<Moment>) -> Option<Vec<ClockStretch>> {
    moments.sort_unstable();
    let mut left: Vec<Moment> = moments.clone();
    let mut found: Vec<ClockStretch> = Vec::new();
    while found.len() < PIECES {
        let Some(s) = largest(&left) else { break };
        left.retain(|m| (m.1 - m.0 - s.ahead).abs() > APART);
        found.push(s);
    }
    found.sort_unstable_by_key(|s| s.edge);
    let apart = found.windows(2).all(|w| w[0].edge.1 <= w[1].edge.0);
    let strays = |s: &ClockStretch| {
        let inside = |m: &&Moment| m.0 >= s.edge.0 && m.0 <= s.edge.1;
        let all = || moments.iter().filter(inside);
        let off = all().filter(|m| (m.1 - m.0 - s.ahead).abs() > APART);
        off.count() as f64 > STRAY * all().count() as f64
    };
    (!found.is_empty() && apart && !found.iter().any(strays)).then_some(found)
}

/// The offset that most moments agree on.
fn largest(moments: &[Moment]) -> Option<ClockStretch> {
    let mut ahead: Vec<i64> = moments.iter().map(|m| m.1 - m.0).collect();
    ahead.sort_unstable();
    let (a, b) = mode(&ahead)?;
    let ahead = ahead[(a + b) / 2];
    let mine = || {
        let near = |m: &&Moment| (m.1 - m.0 - ahead).abs() <= 2 * AGREE;
        moments.iter().filter(near).map(|m| m.0)
    };
    let edge = (mine().min()?, mine().max()?);
    (b - a >= ENOUGH).then_some(ClockStretch { ahead, edge })
}

/// From where to where in a sorted list those stand with which most agree.
pub(super) fn mode(sorted: &[i64]) -> Option<(usize, usize)> {
    let around = sorted.iter().map(|x| {
        let a = sorted.partition_point(|d| *d < x - AGREE);
        (a, sorted.partition_point(|d| *d <= x + AGREE))
    });
    around.max_by_key(|(a, b)| (b - a, usize::MAX - a))
}

/// Where a clock is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    /// The time it shows from which on the later offset holds in any case.
    pub(super) from: i64,
    /// The byte offset of the first line under it, where the clock goes back and the lines show it.
    pub(super) at: Option<u64>,
}

/// Byte offset and time by the clock of the lines of a track that are known.
fn places(t: &Track, clock: impl Fn(i64) -> i64) -> Vec<(u64, i64)> {
    t.edges().map(|s| (s.pos.offset, clock(s.us))).collect()
}

/// Where the lines of a track themselves jump by what a clock is said to be ahead, both in microseconds: the time it shows from
/// then on (when it goes back: last showed), and whether it is ahead before rather than after. Only a jump that stands alone
/// shows: a log with many pauses has one of any length.
pub(super) fn jump(t: &Track, clock: impl Fn(i64) -> i64, ahead: i64) -> Option<(i64, bool)> {
    let by = ahead.abs();
    if by < UNSEEN {
        return None;
    }
    let mut lines = places(t, clock);
    lines.sort_unstable();
    // only the first and last line of a minute are known: a fall may look a minute shorter or longer
    let falls: Vec<_> = lines
        .windows(2)
        .filter(|w| w[0].1 - w[1].1 > by / 3)
        .collect();
    if let [w] = falls[..] {
        let fits = (w[0].1 - w[1].1 - by).abs() <= by / 5 + UNSEEN;
        return fits.then_some((w[0].1 + SECOND, ahead > 0));
    }
    let mut times: Vec<i64> = lines.iter().map(|l| l.1).collect();
    times.sort_unstable();
    let gaps: Vec<_> = times.windows(2).filter(|w| w[1] - w[0] > by / 3).collect();
    let [w] = gaps[..] else { return None };
    let longer = w[1] - w[0] - by;
    (falls.is_empty() && longer >= -APART && longer <= by / 5).then_some((w[1], ahead < 0))
}

/// Where between two stretches the clock was set, from the lines of a track whose stamps `clock` brings to the clock's time.
/// `None` where it was set by much and no line shows where.
pub(super) fn cut(
    t: &Track,
    clock: impl Fn(i64) -> i64,
    a: ClockStretch,
    b: ClockStretch,
) -> Option<Cut> {
    let (last, first) = (a.edge.1 + a.ahead, b.edge.0 + b.ahead);
    let by = b.ahead - a.ahead;
    let mut lines = places(t, clock);
    if by > 0 {
        // no line can bear a time that the clock skipped
        let mut times: Vec<i64> = lines.iter().map(|l| l.1).collect();
        times.extend([last, first]);
        // moments show the stretches only to the next one
        times.retain(|t| *t >= last - AROUND && *t <= first + AROUND);
        times.sort_unstable();
        let (skip, next) = times.windows(2).map(|w| (w[1] - w[0], w[1])).max()?;
        let seen = skip * 10 >= by * 9;
        let middle = last + (first - last) / 2;
        let from = if seen { next } else { middle };
        return (seen || by <= UNSEEN).then_some(Cut { from, at: None });
    }
    // the line after the deepest fall between the two
    lines.sort_unstable();
    let falls = lines.windows(2).filter(|w| {
        w[1].1 < w[0].1 && w[0].1 >= last + by - AROUND && w[1].1 <= first - by + AROUND
    });
    let fall = falls.min_by_key(|w| w[1].1 - w[0].1);
    let deep = fall.filter(|w| (w[1].1 - w[0].1) * 2 <= by);
    // where no line bears a time that the clock showed twice, none can be taken for the other
    let twice = (last + by - AROUND)..=last;
    let plain = !lines.iter().any(|l| twice.contains(&l.1));
    match deep {
        Some(w) => Some(Cut {
            from: w[0].1.max(last) + 1,
            at: Some(w[1].0),
        }),
        None => (-by <= UNSEEN || plain).then_some(Cut {
            from: (last + 1).max(first),
            at: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_core::summary::Pos;

    const T0: i64 = 1_700_000_040 * SECOND;

    /// A moment every 20 s for an hour; the clock is ahead by `ahead` seconds at each second of the edge.
    fn moments(ahead: impl Fn(i64) -> i64) -> Vec<Moment> {
        let at = |i: i64| T0 + i * 20 * SECOND;
        (0..180)
            .map(|i| (at(i), at(i) + ahead(i * 20) * SECOND))
            .collect()
    }

    fn pieces_of(m: Vec<Moment>) -> Option<Vec<(i64, i64)>> {
        let found = stretches(m)?;
        let plain = |s: &ClockStretch| (s.ahead / SECOND, (s.edge.0 - T0) / SECOND);
        Some(found.iter().map(plain).collect())
    }

    /// A line every ten seconds of the edge, as the clock stamps it.
    fn track(ahead: impl Fn(i64) -> i64) -> Track {
        Track::of_lines((0..360).map(|i| {
            let pos = Pos {
                offset: i as u64 * 100,
                line: i as u64 + 1,
            };
            (T0 + (i * 10 + ahead(i * 10)) * SECOND, pos)
        }))
    }

    #[test]
    fn one_offset_is_one_stretch_and_strays_do_not_matter() {
        assert_eq!(pieces_of(moments(|_| 90)), Some(vec![(90, 0)]));
        let stray = moments(|s| if s % 200 == 0 { 37 + s / 10 } else { 90 });
        assert_eq!(pieces_of(stray), Some(vec![(90, 20)]));
        assert_eq!(
            pieces_of(moments(|s| s)),
            None,
            "a clock that drifts this much is none"
        );
        assert_eq!(
            pieces_of(moments(|s| if s % 40 == 0 { 0 } else { 60 })),
            None,
            "two services"
        );
    }

    #[test]
    fn a_clock_that_is_set_has_two_and_the_lines_show_where() {
        for ahead in [300i64, 45, -400] {
            let step = move |s: i64| if s >= 1805 { ahead } else { 0 };
            assert_eq!(pieces_of(moments(step)), Some(vec![(0, 0), (ahead, 1820)]));
            let found = stretches(moments(step)).unwrap();
            let c = cut(&track(step), |us| us, found[0], found[1]).unwrap();
            let from = (c.from - T0) / SECOND;
            match ahead {
                300 => assert_eq!((from, c.at), (1810 + 300, None)),
                // the first line after it is the 182nd; of each minute the first and the last are known
                -400 => assert!(
                    c.at.is_some_and(|at| (18_100..=18_700).contains(&at)),
                    "{c:?}"
                ),
                _ => assert!((1800..=1820 + 45).contains(&from), "{from}"),
            }
        }
    }

    #[test]
    fn lines_that_jump_by_what_a_clock_is_ahead_show_when_it_was_set() {
        let at = |s: i64| T0 + s * SECOND;
        let found = |of: &dyn Fn(i64) -> i64, ahead: i64| jump(&track(of), |us| us, ahead * SECOND);
        let forward = |s: i64| if s >= 1805 { 400 } else { 0 };
        assert_eq!(found(&forward, 400), Some((at(2210), false)));
        assert_eq!(found(&forward, -400), Some((at(2210), true)));
        let back = |s: i64| if s >= 1805 { -400 } else { 0 };
        let (shown, before) = found(&back, -400).unwrap();
        assert!(!before && (shown - at(1800)).abs() <= 60 * SECOND);
        // another jump, none, or a log that pauses again and again
        assert_eq!(found(&forward, 90), None);
        assert_eq!(found(&|_| 0, 400), None);
        assert_eq!(found(&|s| s / 1000 * 400, 400), None);
    }

    #[test]
    fn a_large_step_that_no_line_shows_is_none() {
        let step = |s: i64| if s >= 1805 { 300 } else { 0 };
        let found = stretches(moments(step)).unwrap();
        // the lines go on as if the clock had never been set
        assert_eq!(cut(&track(|_| 0), |us| us, found[0], found[1]), None);
    }
}

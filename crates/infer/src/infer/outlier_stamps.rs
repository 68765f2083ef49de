//! Stamps far from the bulk of the logs: a clock that was not set yet, a year that was never. Their lines stay counted and
//! cited, and are left out of all that is inferred. Decided here, after merging, so that merging stays exact.

use coroner_core::summary::{Axis, CitableLine, Part, Track};
use coroner_lines::time::{Bulk, DAY, Days, MINUTE, bulks};
use std::borrow::Cow;

/// Lines of an input that are stamped far from the bulk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OutlierStamps {
    /// Which input.
    pub input: u32,
    /// How many.
    pub lines: u64,
    /// The first of them.
    pub first: CitableLine,
}

/// A part without the lines that are stamped far from the bulk of it, and what was left out.
pub(crate) fn set_aside(part: Cow<'_, Part>) -> (Cow<'_, Part>, Vec<OutlierStamps>) {
    let inputs = part.inputs.iter();
    let tracks = inputs.flat_map(|(id, p)| p.tracks().map(move |(axis, t)| ((*id, axis), days(t))));
    let (tracks, days): (Vec<(u32, Axis)>, Vec<Days>) = tracks.unzip();
    let far: Vec<((u32, Axis), Bulk)> = tracks
        .into_iter()
        .zip(bulks(&days))
        .filter_map(|(of, bulk)| Some((of, bulk?)))
        .collect();
    if far.is_empty() {
        return (part, Vec::new());
    }
    let mut part = part.into_owned();
    let mut all = Vec::new();
    for ((input, axis), bulk) in far {
        let Some(p) = part.inputs.get_mut(&input) else {
            continue;
        };
        all.extend(outliers(input, p.track(axis), bulk));
        p.track_mut(axis).keep(&|us| bulk.holds(us));
        if axis == Axis::Wall {
            p.steps.keep(&|us| bulk.holds(us));
        }
    }
    (Cow::Owned(part), all)
}

/// Lines by day.
fn days(t: &Track) -> Days {
    let mut days = Days::new();
    let mut minutes = t.activity.iter().peekable();
    while let Some((first, _)) = minutes.peek() {
        let day = (**first * MINUTE).div_euclid(DAY);
        let end = (day + 1) * (DAY / MINUTE);
        let of_day = std::iter::from_fn(|| minutes.next_if(|x| *x.0 < end));
        days.insert(day, of_day.map(|x| u64::from(x.1.n)).sum());
    }
    days
}

fn outliers(input: u32, t: &Track, bulk: Bulk) -> Option<OutlierStamps> {
    let far = || {
        let far = t.activity.iter().filter(|(m, _)| !bulk.holds(**m * MINUTE));
        far.map(|x| x.1)
    };
    Some(OutlierStamps {
        input,
        lines: far().map(|a| u64::from(a.n)).sum(),
        first: far().next()?.lines.first.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_core::summary::{InputMeta, InputPart, Pos};
    use coroner_lines::record::Kind;

    /// An input of lines at so many days since 1970, one second apart.
    fn input(name: &str, days: &[i64]) -> InputPart {
        let meta = InputMeta::named(name, Kind::App);
        let mut p = InputPart::new(meta);
        let line = |(i, day): (usize, &i64)| {
            let n = i as u64 + 1;
            let pos = Pos { offset: n, line: n };
            (day * DAY + i as i64 * coroner_lines::time::SECOND, pos)
        };
        p.utc = Track::of_lines(days.iter().enumerate().map(line)).into();
        let times = || p.utc.edges().map(|s| s.us);
        p.utc.span = times().min().zip(times().max());
        p
    }

    #[test]
    fn an_odd_line_is_as_if_it_had_never_been() {
        let inputs = |odd: &[i64]| {
            let days: Vec<i64> = [&[20_000; 9], odd].concat();
            let all = [input("a", &days), input("b", &[20_001; 40])];
            Part::of(1, (0..).zip(all))
        };
        let plain = inputs(&[]);
        assert_eq!(set_aside(Cow::Borrowed(&plain)).1, []);
        for odd in [-719_163, -349_000, 0, 49_700, 165_800, 2_932_000] {
            let damaged = inputs(&[odd]);
            let (kept, outliers) = set_aside(Cow::Borrowed(&damaged));
            assert_eq!(*kept, plain, "{odd}");
            let shown = |s: &OutlierStamps| (s.input, s.lines, s.first.pos.line);
            assert_eq!(outliers.iter().map(shown).collect::<Vec<_>>(), [(0, 1, 10)]);
        }
    }
}

//! Changes of a zone's offset within an input: the end and the beginning of summer time. Known from a zone that the user names,
//! from offsets that other lines write, or from the hour that comes twice in the file itself.

use crate::clock::Mapped;
use coroner_core::summary::{InputPart, Part, Track};
use coroner_lines::sorting::SortList;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{DAY, HOUR, Instant, MINUTE, first_that};
use std::collections::BTreeMap;

/// A change of offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Wall time in microseconds from which on the new offset holds in any case.
    pub from_wall: i64,
    /// The new offset in minutes east of UTC.
    pub offset_min: i64,
    /// Byte offset of the first line under it, where the file shows it: in the hour that comes twice it distinguishes the passes.
    pub at: Option<u64>,
}

/// A jump back in a file that lasts: an hour that comes twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Repeat {
    /// Byte offset of the first line after it.
    at: u64,
    /// Last wall time before it, first after it.
    walls: (i64, i64),
    /// Minutes back.
    back_min: i64,
}

/// A change of offset that written offsets show: the instant, and minutes before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    at: i64,
    pub(super) before: i64,
    pub(super) after: i64,
}

/// Lines that stray from their place by less than this many bytes are no change of the clock.
const STRAY: u64 = 2048;

/// The one lasting jump back of an input by what summer time is (an hour; half of one on Lord Howe Island). Two jumps that
/// undo each other within a few lines are a line out of place; more than one that lasts is a file that is not in order.
fn repeat(p: &InputPart) -> Option<Repeat> {
    if p.steps.is_full() {
        return None;
    }
    let mut kept: Vec<(u64, (i64, i64))> = Vec::new();
    for (&at, &walls) in &p.steps.0 {
        let undoes =
            |l: &(u64, (i64, i64))| at - l.0 < STRAY && (l.1.1 > l.1.0) != (walls.1 > walls.0);
        match kept.last() {
            Some(l) if undoes(l) => {
                kept.pop();
            }
            _ => kept.push((at, walls)),
        }
    }
    let mut back = kept.iter().filter(|k| k.1.1 < k.1.0);
    let (&(at, walls), None) = (back.next()?, back.next()) else {
        return None;
    };
    let minutes = (walls.0 - walls.1) / MINUTE;
    let back_min = match minutes {
        45..=75 => 60,
        30..=44 => 30,
        _ => return None,
    };
    Some(Repeat {
        at,
        walls,
        back_min,
    })
}

/// Changes that the lines of an input show by the offsets that they write: one after the other in time, an hour apart.
pub(super) fn shown(p: &InputPart) -> Option<Shown> {
    let mut all: Vec<(i64, (i64, i64))> = p
        .accounting
        .offsets
        .iter()
        .filter(|(o, w)| **o != 0 && w.lines >= 3)
        .map(|(o, w)| (i64::from(*o), w.span))
        .collect();
    all.sort_list_by_key(|o| o.1.0);
    let [(before, first), (after, second)] = all[..] else {
        return None;
    };
    if first.1 > second.0 + 5 * MINUTE || !matches!((before - after).abs(), 30 | 60) {
        return None;
    }
    // such changes happen at full hours of the zone; lines only bound them
    let hour = second.0.div_euclid(HOUR) * HOUR;
    let at = if hour >= first.1 - 5 * MINUTE {
        hour
    } else {
        second.0
    };
    Some(Shown { at, before, after })
}

impl Shown {
    fn change(&self, repeat: Option<Repeat>) -> Change {
        let from = self.at + self.before.max(self.after) * MINUTE;
        let fits = |r: &Repeat| {
            let ends = r.walls.0 <= from && r.walls.0 > from - 3 * HOUR;
            ends && r.back_min == self.before - self.after
        };
        Change {
            from_wall: from,
            offset_min: self.after,
            at: repeat.filter(fits).map(|r| r.at),
        }
    }
}

/// Adds to what is known of the clock of an input the changes of its offset. `shown` are those that written offsets of other
/// inputs show.
pub(super) fn with_changes(part: &Part, p: &InputPart, mut m: Mapped, shown: &[Shown]) -> Mapped {
    let Some(span) = p.wall.span else { return m };
    let repeat = repeat(p);
    if let Zone::Named(_) = m.zone {
        (m.base_min, m.changes) = of_zone(m.zone, &p.wall, span, repeat);
        return m;
    }
    let covers = |s: &&Shown| {
        let walls = (s.at + s.before * MINUTE, s.at + s.after * MINUTE);
        span.0 < walls.0 && span.1 >= walls.1 && [s.before, s.after].contains(&m.base_min)
    };
    if let Some(s) = shown.iter().find(covers) {
        m.base_min = s.before;
        m.zone = fixed(s.before);
        m.changes = vec![s.change(repeat)];
        return m;
    }
    // Not a single line says so, but the hour that comes twice does.
    let Some(r) = repeat.filter(|_| m.margin.is_some()) else {
        return m;
    };
    if !holds_before(part, p, m.base_min, r) {
        m.base_min += r.back_min;
        m.zone = fixed(m.base_min);
    }
    m.changes = vec![Change {
        from_wall: r.walls.0 + 1,
        offset_min: m.base_min - r.back_min,
        at: Some(r.at),
    }];
    m
}

fn fixed(minutes: i64) -> Zone {
    Zone::Fixed(i16::try_from(minutes).unwrap_or_default())
}

/// Whether an offset that was found for all of an input is that before the jump, rather than that after it: by the requests
/// that it shares with other inputs, else by where most of its lines are.
fn holds_before(part: &Part, p: &InputPart, offset_min: i64, r: Repeat) -> bool {
    let (mut before, mut after) = (0u64, 0u64);
    for (h, mine) in p.wall.joins.iter() {
        let theirs = part.inputs.values().filter_map(|o| o.utc.joins.get(*h));
        let utc = mine.us - offset_min * MINUTE;
        let agree = theirs.filter(|c| c.count < 3 && (utc - c.us).abs() <= 10 * MINUTE);
        let n = agree.count() as u64;
        before += if mine.us < r.walls.1 { n } else { 0 };
        after += if mine.us > r.walls.0 { n } else { 0 };
    }
    if before != after {
        return before > after;
    }
    let lines = |from: i64, to: i64| -> u64 {
        let minutes = from.div_euclid(MINUTE)..to.div_euclid(MINUTE);
        let held = p.wall.activity.range(minutes);
        held.map(|(_, a)| u64::from(a.n)).sum()
    };
    lines(i64::MIN, r.walls.1) >= lines(r.walls.0, i64::MAX)
}

/// The offset of a named zone where the lines of a track begin, and its changes between them: those of the days that have
/// lines, and one for a longer pause.
fn of_zone(
    zone: Zone,
    lines: &Track,
    (first, last): (i64, i64),
    repeat: Option<Repeat>,
) -> (i64, Vec<Change>) {
    let at = |us: i64| i64::from(zone.offset_at(Instant(us)));
    let base = at(zone.instant_of(first, false).0);
    let (mut t, mut now) = (first - base * MINUTE, base);
    let mut changes = Vec::new();
    let days = lines.activity.keys().map(|m| (m * MINUTE).div_euclid(DAY));
    let mut days: Vec<i64> = days.flat_map(|d| [d, d + 1]).collect();
    days.push(last.div_euclid(DAY) + 2);
    days.dedup();
    for day in days {
        let next = day * DAY - now * MINUTE;
        let then = at(next);
        if next > t && then != now {
            let shown = Shown {
                at: first_that(t, next, |us| at(us) != now),
                before: now,
                after: then,
            };
            changes.push(shown.change(repeat));
            now = then;
        }
        t = t.max(next);
    }
    (base, changes)
}

/// Changes by the host or folder that shows them, and those of all inputs.
#[derive(Default)]
pub(super) struct AllShown {
    pub(super) by_host: BTreeMap<String, Shown>,
    pub(super) all: Vec<Shown>,
}

impl AllShown {
    pub(super) fn add(&mut self, hosts: impl Iterator<Item = String>, s: Shown) {
        for h in hosts {
            self.by_host.entry(h).or_insert(s);
        }
        if !self.all.contains(&s) {
            self.all.push(s);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clocks, align};
    use crate::model::ZoneSource;
    use coroner_core::plan::InputMeta;
    use coroner_core::summary::{Activity, Axis, Ends, JoinCell, OffsetUse, Pos, Track};
    use coroner_lines::record::Kind;
    use coroner_lines::time::stamp::whole;
    use std::sync::Arc;

    /// A minute with a line in it.
    fn one_line() -> Activity {
        Activity::of_line(0, Pos::default())
    }

    fn wall(s: &str) -> i64 {
        whole(s.as_bytes()).unwrap().wall_us
    }

    fn input(name: &str, zone: Option<Zone>) -> InputPart {
        InputPart::new(InputMeta {
            host: Some("rp".into()),
            zone,
            ..InputMeta::named(name, Kind::Web)
        })
    }

    /// Lines every ten minutes, 100 bytes each: the walls as they are written.
    fn lines(p: &mut InputPart, walls: &[i64]) {
        let mut ends = Ends::default();
        for (i, us) in walls.iter().enumerate() {
            p.steps.see(i as u64 * 100, *us, &mut ends);
            let span = p.wall.span.get_or_insert((*us, *us));
            *span = (span.0.min(*us), span.1.max(*us));
        }
    }

    /// From 01:30 to 02:50 and again from 02:00 to 03:30, on the last Sunday of October.
    fn autumn() -> Vec<i64> {
        let from = |s: &str, n: i64| -> Vec<i64> {
            let start = wall(s);
            (0..n).map(|i| start + i * 10 * MINUTE).collect()
        };
        let first = from("2024-10-27 01:30:00", 9);
        [first, from("2024-10-27 02:00:00", 10)].concat()
    }

    fn clocks(inputs: Vec<InputPart>) -> Clocks {
        let part = Part::of(1, (0..).zip(inputs));
        align(&part, &[])
    }

    /// The half hour stands twice in what [`autumn`] writes, an hour apart.
    fn half_past_two_is_twice(c: &Clocks, input: u32) {
        let at = |place| {
            c.at(input, Axis::Wall, wall("2024-10-27 02:30:00"), place)
                .0
        };
        assert_eq!(at(600), wall("2024-10-27 00:30:00"));
        assert_eq!(at(1200), wall("2024-10-27 01:30:00"));
    }

    #[test]
    fn a_named_zone_repeats_its_hour() {
        let berlin = Zone::Named(chrono_tz::Europe::Berlin);
        let mut p = input("a.log", Some(berlin));
        lines(&mut p, &autumn());
        let c = clocks(vec![p]);
        let m = c.of(0).unwrap();
        assert_eq!((m.zone, m.source), (berlin, ZoneSource::Option));
        half_past_two_is_twice(&c, 0);
        // where the place does not matter, it does not
        let (noon, eleven) = (wall("2024-10-27 12:00:00"), wall("2024-10-27 11:00:00"));
        assert_eq!(c.at(0, Axis::Wall, noon, 0).0, eleven);
        assert_eq!(c.instant(0, Axis::Wall, noon).0, eleven);
    }

    #[test]
    fn a_named_zone_skips_its_hour() {
        let berlin = Zone::Named(chrono_tz::Europe::Berlin);
        let mut p = input("a.log", Some(berlin));
        lines(
            &mut p,
            &[wall("2024-03-31 01:50:00"), wall("2024-03-31 03:10:00")],
        );
        let c = clocks(vec![p]);
        let at = |s: &str| c.instant(0, Axis::Wall, wall(s)).0;
        assert_eq!(at("2024-03-31 01:50:00"), wall("2024-03-31 00:50:00"));
        assert_eq!(at("2024-03-31 03:10:00"), wall("2024-03-31 01:10:00"));
        let shift = c.axis_shift(0, Axis::Wall);
        for s in ["2024-03-31 01:50:00", "2024-03-31 03:10:00"] {
            assert_eq!(shift.on_axis(shift.utc(wall(s))), wall(s));
        }
    }

    #[test]
    fn written_offsets_of_the_host_show_the_change() {
        let mut access = input("access.log", None);
        let change = wall("2024-10-27 01:00:00");
        for (offset, span) in [
            (120, (change - 2 * HOUR, change - 1)),
            (60, (change, change + HOUR)),
        ] {
            let offsets = &mut access.accounting.offsets;
            offsets.at_or(offset, || OffsetUse { lines: 9, span });
        }
        access.utc.span = Some((change - 2 * HOUR, change + 2 * HOUR));
        for m in -120..=120 {
            access.utc.activity.add((change / MINUTE) + m, one_line());
        }
        let mut error = input("error.log", None);
        lines(&mut error, &autumn());
        for us in autumn() {
            error.wall.activity.add(us / MINUTE, one_line());
        }
        let c = clocks(vec![access, error]);
        let m = c.of(1).unwrap();
        assert_eq!((m.base_min, m.changes.len()), (120, 1), "{m:?}");
        half_past_two_is_twice(&c, 1);
    }

    #[test]
    fn the_repeated_hour_itself_shows_the_change() {
        let (mut access, mut error) = (input("edge.log", None), input("error.log", None));
        Arc::make_mut(&mut access.meta).host = None;
        lines(&mut error, &autumn());
        // requests after the change, which an access log in UTC has too
        for i in 0..5u64 {
            let us = wall("2024-10-27 03:05:00") + i as i64 * MINUTE;
            error
                .wall
                .joins
                .add(i, JoinCell { count: 1, us }, Track::join);
            let us = us - HOUR;
            access
                .utc
                .joins
                .add(i, JoinCell { count: 1, us }, Track::join);
        }
        let c = clocks(vec![access, error]);
        let m = c.of(1).unwrap();
        assert_eq!((m.base_min, m.changes[0].offset_min), (120, 60), "{m:?}");
    }

    #[test]
    fn disorder_is_no_change_of_the_clock() {
        let start = wall("2024-10-27 01:30:00");
        let late = [start, start + HOUR, start + 2 * MINUTE, start + 3 * MINUTE];
        let newest_first: Vec<i64> = (0..9).map(|i| start - i * HOUR).collect();
        // by more than summer time is
        let set = [start, start - 3 * HOUR, start - 2 * HOUR];
        for walls in [&late[..], &newest_first, &set] {
            let mut p = input("a.log", None);
            lines(&mut p, walls);
            assert_eq!(repeat(&p), None, "{walls:?}");
        }
    }
}

//! Whether a part that was read holds only what counting can make: times of years that have four digits, and counts and
//! places that leave room for sums. A checksum separates accidents from what was written, not from what cannot be.

use crate::summary::{CitableLine, Grid, InputPart, Keys, MessageShape, Requests, Seen, Track};
use coroner_lines::time::{DAY, HOUR, MINUTE, SECOND};

/// Microseconds from 1970 to the years 0 and 9999, and a little more.
const TIMES: std::ops::RangeInclusive<i64> = -1971 * 366 * DAY..=8031 * 366 * DAY;

/// Counts, bytes and lines: as JSON readers keep them exactly.
const MOST: u64 = 1 << 53;

/// Whether a time, given in steps, is one.
fn step(n: i64, us: i64) -> bool {
    n.checked_mul(us).is_some_and(|t| TIMES.contains(&t))
}

fn line(s: &Seen) -> bool {
    TIMES.contains(&s.us) && s.pos.offset < MOST && s.pos.line < MOST
}

fn grid<const SECONDS: i64>(g: &Grid<SECONDS>) -> bool {
    g.iter().all(|(us, _)| TIMES.contains(&us))
}

fn keys(k: &Keys) -> bool {
    k.sorted()
        .iter()
        .all(|(_, s)| grid(&s.n) && s.failed.counts().all(|(t, _)| step(t, 10 * SECOND)))
}

fn kept(k: &CitableLine) -> bool {
    TIMES.contains(&k.us) && k.pos.offset < MOST && k.pos.line < MOST
}

fn shape(s: &MessageShape) -> bool {
    let held = s.lines.len() as u64;
    s.count < MOST && held <= s.count.min(MessageShape::FEW) && s.lines.iter().all(kept)
}

fn requests(r: &Requests) -> bool {
    grid(&r.n)
        && grid(&r.health)
        && r.health_failed.counts().all(|(s, _)| step(s, SECOND))
        && r.began.counts().all(|(s, _)| step(s, SECOND))
        && r.gone.counts().all(|(t, _)| step(t, 10 * SECOND))
        && r.failed_clients.keys().all(|m| step(*m, MINUTE))
        && r.refused_clients.keys().all(|m| step(*m, MINUTE))
        && r.latency.tens().all(|(t, _)| step(*t, 10 * SECOND))
        && r.masked
            .iter()
            .all(|(m, (_, s))| step(*m, MINUTE) && line(s))
        && r.failed
            .iter()
            .all(|(s, _, l)| step(s, SECOND) && kept(&l.first) && kept(l.last()))
}

fn track(t: &Track) -> bool {
    let span = t
        .span
        .is_none_or(|(a, b)| a <= b && TIMES.contains(&a) && TIMES.contains(&b));
    let templates = t.templates.iter().all(|(_, x)| {
        x.count < MOST
            && line(&x.first)
            && line(x.last())
            && x.minutes.counts().all(|(m, _)| step(m, MINUTE))
            && x.tens.iter().all(|(n, s)| step(*n, 10 * MINUTE) && line(s))
    });
    let runs = t.turns.iter().flat_map(|(_, runs)| runs);
    span && templates
        && t.shapes.values().all(shape)
        && t.activity
            .iter()
            .all(|(m, a)| step(*m, MINUTE) && kept(&a.lines.first) && kept(a.lines.last()))
        && grid(&t.errors)
        && requests(&t.requests)
        && t.named().into_iter().all(keys)
        && runs
            .into_iter()
            .all(|(n, r)| step(*n, 10 * SECOND) && step(r.end, 10 * SECOND) && line(&r.first))
        && t.markers_dropped < MOST
        && t.markers.iter().all(|m| line(&m.seen))
        && t.remarks.iter().all(|r| line(&r.seen))
        && t.repeats.iter().all(|(k, r)| {
            step(k.minute, MINUTE) && r.count < MOST && line(&r.first) && TIMES.contains(&r.last_us)
        })
        && [&t.joins, &t.ids]
            .iter()
            .all(|b| b.iter().all(|(_, j)| TIMES.contains(&j.us)))
        && t.versions
            .iter()
            .all(|(_, v)| v.count < MOST && line(&v.first) && line(&v.last))
}

/// Whether all of it can be.
pub(super) fn sound(p: &InputPart) -> bool {
    let a = &p.accounting;
    let mut of_lines = a.clone();
    let of_lines = of_lines.counts().map(|n| *n);
    let others = [p.untimed_dropped, p.size.unwrap_or(0)];
    let mut counts = of_lines.into_iter().chain(others).chain(a.kinds);
    let offsets = a.offsets.iter().all(|(min, w)| {
        i64::from(*min).abs() * MINUTE <= 26 * HOUR
            && w.lines < MOST
            && (w.span.0 > w.span.1 || (TIMES.contains(&w.span.0) && TIMES.contains(&w.span.1)))
    });
    let edge = |e: Option<(u64, i64)>| e.is_none_or(|(at, us)| at < MOST && TIMES.contains(&us));
    let covered = p.coverage.stretches().all(|(start, s, e)| {
        let places = [start, s.end, s.lines, s.before];
        places.iter().all(|n| *n < MOST) && edge(e.first) && edge(e.last)
    });
    let steps = p
        .steps
        .0
        .iter()
        .all(|(at, (x, y))| *at < MOST && TIMES.contains(x) && TIMES.contains(y));
    counts.all(|n| n < MOST)
        && a.formats.values().all(|n| *n < MOST)
        && a.examples.values().all(line)
        && offsets
        && covered
        && steps
        && p.untimed.iter().all(|m| line(&m.seen))
        && track(&p.utc)
        && track(&p.wall)
}

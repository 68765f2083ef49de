//! Which lines of the edge show a stretch: the first and last failing request, and what stands around a silence.

use crate::detect::{Run, RunKind};
use crate::infer::lanes::View;
use crate::model::Evidence;
use coroner_core::summary::starting;
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// The first failing request of the edge in a stretch, and its time.
pub(crate) fn first_failing(
    view: &View<'_>,
    from: Instant,
    to: Instant,
) -> Option<(Instant, Evidence)> {
    view.edge()
        .filter_map(|l| {
            let failed = &l.track.requests.failed;
            let first = failed.first_touching(l.on_axis(from), l.on_axis(to))?;
            Some((l.utc(first.us), l.input, first))
        })
        .min_by_key(|x| (x.0, x.1))
        .map(|x| (x.0, view.cite(x.1, &x.2)))
}

/// That request as what shows the stretch.
pub(crate) fn failing_lines(view: &View<'_>, from: Instant, to: Instant) -> Option<Vec<Evidence>> {
    first_failing(view, from, to).map(|x| vec![x.1])
}

/// The last failing request of the edge in a stretch, and its time.
pub(crate) fn last_failing(
    view: &View<'_>,
    from: Instant,
    to: Instant,
) -> Option<(Instant, Evidence)> {
    view.edge()
        .filter_map(|l| {
            let failed = &l.track.requests.failed;
            let last = failed.last_touching(l.on_axis(from), l.on_axis(to))?;
            Some((l.utc(last.us), l.input, last))
        })
        .max_by_key(|x| (x.0, u32::MAX - x.1))
        .map(|x| (x.0, view.cite(x.1, &x.2)))
}

/// The last line of the edge before `t` and the first one at or after `u`.
pub(crate) fn around(
    view: &View<'_>,
    t: Instant,
    u: Instant,
) -> (Option<Evidence>, Option<Evidence>) {
    let before = view
        .edge()
        .filter_map(|l| {
            let m = (l.on_axis(t) - 1).div_euclid(MINUTE);
            l.track
                .activity
                .range(..=m)
                .next_back()
                .map(|(_, a)| (l.utc(a.lines.last().us), l.input, a.lines.last()))
        })
        .max_by_key(|x| (x.0, u32::MAX - x.1));
    let after = view
        .edge()
        .filter_map(|l| {
            let m = l.on_axis(u).div_euclid(MINUTE);
            l.track
                .activity
                .range(m..)
                .next()
                .map(|(_, a)| (l.utc(a.lines.first.us), l.input, &a.lines.first))
        })
        .min_by_key(|x| (x.0, x.1));
    (
        before.map(|x| view.cite(x.1, x.2)),
        after.map(|x| view.cite(x.1, x.2)),
    )
}

/// How long a request may be waited for that fails in the end.
const WAITED: i64 = 10 * MINUTE;

/// When the first of the requests came in that fail from a moment on, where lines are stamped with that: as many as came in before
/// it and were not answered by then, whose answers go out in the order in which they came in. Requests that always wait, and were
/// waiting as the failures began, are fewer than those that come in later and fail: of these it is no beginning.
pub(crate) fn came_in(view: &View<'_>, failing: Instant) -> Instant {
    let from = Instant(failing.0 - WAITED);
    let first = view.edge().filter_map(|l| {
        let q = &l.track.requests;
        let (a, b) = (l.on_axis(from), l.on_axis(failing));
        let came = || q.began.range(starting(SECOND, a, b));
        let all: u64 = came().map(|x| u64::from(x.1)).sum();
        let mut open = all.saturating_sub(q.failed.sum(a, b));
        let mut before = 0;
        let waiting = came().rev().take_while(|x| {
            let waits = open > 0;
            open = open.saturating_sub(u64::from(x.1));
            waits
        });
        // as many come in and fail from then on as after it
        let steady = waiting.filter(|x| {
            before += u64::from(x.1);
            let later = starting(SECOND, b, 2 * b - x.0 * SECOND);
            let after: u64 = q.began.range(later).map(|y| u64::from(y.1)).sum();
            before * 5 >= after * 4
        });
        Some(l.utc(steady.last()?.0 * SECOND))
    });
    first.min().map_or(failing, |first| first.min(failing))
}

/// Lines that show a run: its first failing request, or what stands around a silence.
pub(crate) fn run_lines(view: &View<'_>, r: &Run) -> Vec<Evidence> {
    let (start, end) = (Instant::from_second(r.start), Instant::from_second(r.end));
    match r.kind {
        RunKind::Silence | RunKind::TrafficDrop => {
            let (a, b) = around(view, start, end);
            a.into_iter().chain(b).collect()
        }
        RunKind::LogErrors => super::log_errors::lines(view, r),
        _ => failing_lines(view, start, end)
            .or_else(|| around(view, end, end).0.map(|e| vec![e]))
            .unwrap_or_default(),
    }
}

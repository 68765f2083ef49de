//! Which lines of the edge show a stretch: the first and last failing request, and what stands around a silence.

use crate::detect::{Run, RunKind};
use crate::infer::lanes::{Lane, View};
use crate::model::Evidence;
use coroner_core::summary::{CitableLine, starting};
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// The first failing request of the edge in a stretch, and its time.
pub(crate) fn first_failing(
    view: &View<'_>,
    from: Instant,
    to: Instant,
) -> Option<(Instant, Evidence)> {
    first(view, |l| {
        let failed = &l.track.requests.failed;
        failed.first_touching(l.on_axis(from), l.on_axis(to))
    })
}

/// The first of the lines that are found in the lanes of the edge, and its time.
pub(crate) fn first(
    view: &View<'_>,
    line: impl Fn(&Lane<'_>) -> Option<CitableLine>,
) -> Option<(Instant, Evidence)> {
    let first = edge_lines(view, line).min_by_key(|x| (x.0, x.1));
    first.map(|x| (x.0, view.cite(x.1, &x.2)))
}

/// The last of them.
fn last(
    view: &View<'_>,
    line: impl Fn(&Lane<'_>) -> Option<CitableLine>,
) -> Option<(Instant, Evidence)> {
    let last = edge_lines(view, line).max_by_key(|x| (x.0, u32::MAX - x.1));
    last.map(|x| (x.0, view.cite(x.1, &x.2)))
}

pub(crate) fn edge_lines(
    view: &View<'_>,
    line: impl Fn(&Lane<'_>) -> Option<CitableLine>,
) -> impl Iterator<Item = (Instant, u32, CitableLine)> {
    let found = view.edge().filter_map(move |l| Some((l, line(l)?)));
    found.map(|(l, line)| (l.utc(line.us), l.input, line))
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
    last(view, |l| {
        let failed = &l.track.requests.failed;
        failed.last_touching(l.on_axis(from), l.on_axis(to))
    })
}

/// The last line of the edge before `t` and the first one at or after `u`.
pub(crate) fn around(
    view: &View<'_>,
    t: Instant,
    u: Instant,
) -> (Option<Evidence>, Option<Evidence>) {
    let minute = |us: i64| us.div_euclid(MINUTE);
    let before = last(view, |l| {
        let mut minutes = l.track.activity.range(..=minute(l.on_axis(t) - 1));
        Some(minutes.next_back()?.1.lines.last().clone())
    });
    let after = first(view, |l| {
        let mut minutes = l.track.activity.range(minute(l.on_axis(u))..);
        Some(minutes.next()?.1.lines.first.clone())
    });
    (before.map(|x| x.1), after.map(|x| x.1))
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
    let (start, end) = r.moments();
    match r.kind {
        RunKind::Silence | RunKind::TrafficDrop | RunKind::Refused => {
            let (a, b) = around(view, start, end);
            a.into_iter().chain(b).collect()
        }
        RunKind::LogErrors => super::log_errors::lines(view, r),
        // of slow requests none is kept: the first one of the minute after their begin
        RunKind::Latency if end.0 - start.0 > 2 * MINUTE => {
            around(view, start, Instant(start.0 + MINUTE))
                .1
                .into_iter()
                .collect()
        }
        _ => failing_lines(view, start, end)
            .or_else(|| around(view, end, end).0.map(|e| vec![e]))
            .unwrap_or_default(),
    }
}

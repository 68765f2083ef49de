//! Rows of failures that no client saw: requests whose upstream failed and that another one answered.
//! Counts and cites only; an incident is never made of them.

use crate::infer::citing::cite_many;
use crate::infer::lanes::View;
use crate::infer::measured_rows::measured;
use crate::model::{Event, Piece, Sentence};
use coroner_core::summary::Seen;
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE};

/// Minutes at most this far apart make one row, in microseconds.
const GAP: i64 = 5 * MINUTE;
/// Rows at most; with more of them the ones with most requests are kept.
const ROWS: usize = 50;

/// One stretch of such requests.
struct FailoverStretch<'a> {
    input: u32,
    first: &'a Seen,
    from: Instant,
    to: Instant,
    n: u64,
}

/// One row per stretch, by time.
pub(super) fn rows(view: &View<'_>) -> Vec<Event> {
    let mut all: Vec<FailoverStretch<'_>> = Vec::new();
    for l in view.edge() {
        let mut open: Option<FailoverStretch<'_>> = None;
        for (m, (n, seen)) in &l.track.requests.masked {
            let at = l.utc(seen.us);
            let end = l.utc((m + 1) * MINUTE);
            match &mut open {
                Some(s) if at.0 - s.to.0 <= GAP => {
                    s.to = end;
                    s.n += u64::from(*n);
                }
                _ => all.extend(open.replace(FailoverStretch {
                    input: l.input,
                    first: seen,
                    from: at,
                    to: end,
                    n: u64::from(*n),
                })),
            }
        }
        all.extend(open);
    }
    all.sort_list_by_key(|s| (std::cmp::Reverse(s.n), s.from, s.input));
    all.truncate(ROWS);
    all.sort_list_by_key(|s| (s.from, s.input));
    all.iter().map(|s| row(view, s)).collect()
}

fn row(view: &View<'_>, s: &FailoverStretch<'_>) -> Event {
    let failed = view.failed(Instant(s.from.0.div_euclid(MINUTE) * MINUTE), s.to);
    const METHOD: &str =
        "requests whose upstream statuses hold a 5xx although their final status is none";
    let what = match s.n {
        1 => " request failed on one backend and succeeded on retry",
        _ => " requests failed on one backend and succeeded on retry",
    };
    let text = Sentence::default()
        .p(Piece::Count(s.n))
        .w(what)
        .w("; clients saw ");
    let text = match failed {
        0 => text.w("no 5xx meanwhile"),
        n => text.p(Piece::Count(n)).w(" 5xx meanwhile"),
    };
    let line = cite_many(s.input, s.first, s.n);
    measured(MarkerKind::MaskedFailover, s.from, text, vec![line], METHOD)
}

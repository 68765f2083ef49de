//! When the outage began and ended by the surest evidence of a document: labelled fields, then spans in sentences, then rows of the
//! timeline, then the words around single times; last, a stated length where one end is known.

use super::case::{CLOSE_DAYS, Case};
use super::document::SectionKind;
use super::length::Bound;
use super::mentions::{By as How, Mention};
use super::stamp::Side;
use super::words::{Family, family};

/// Begin and end, as wall seconds by the document's own clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// When it began.
    pub start: Option<i64>,
    /// When it ended.
    pub end: Option<i64>,
}

/// What shows an end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Text,
    Row,
}

/// A stated length that is rounded to no more than this shows the other end.
const ROUNDED: i64 = 150;

/// The times by which labels or spans state the begin and the end, the surest first and then the first.
pub fn outright(mentions: &[Mention]) -> (Option<&Mention>, Option<&Mention>) {
    let best = |f: Family, alone: bool| {
        let of = mentions.iter().enumerate().filter(|(_, m)| {
            m.by <= How::Span
                && m.kind.is_some_and(|k| family(k) == f)
                && !(alone && m.side != Side::Alone)
                && !(m.section.is_beside() || m.section == SectionKind::Lessons)
                && (m.by == How::Label || m.section != SectionKind::Timeline)
        });
        of.min_by_key(|(_, m)| (m.by, !m.headline()))
    };
    let Some((n, start)) = best(Family::Onset, false) else {
        return (None, best(Family::Recovery, true).map(|r| r.1));
    };
    match start.side {
        Side::Start => (Some(start), mentions.get(n + 1)),
        _ => (Some(start), best(Family::Recovery, true).map(|r| r.1)),
    }
}

impl Extent {
    /// Settles both ends.
    pub fn of(case: &Case) -> Extent {
        let m = &case.story.markers;
        let rows = [m.onset, m.recovery].map(|i| case.row(i));
        let (a, b) = outright(&case.mentions);
        let sure = [a, b].map(|m| m.map(|m| (m, case.day_of(m))));
        // an end before its start, or days of another date than all others: neither is understood
        let base = case.story.date.as_ref().map_or(0, |d| d.0);
        let far = |at: i64| (at.div_euclid(86_400) - base).abs() > CLOSE_DAYS;
        let turned = match sure {
            [Some((_, a)), Some((_, b))] => b <= a || far(a),
            [Some((_, a)), _] => far(a),
            _ => false,
        };
        let words = |f: Family| {
            case.mentions_of(f)
                .filter(|m| m.by == How::Words && m.headline())
        };
        let first = words(Family::Onset).next();
        let last = words(Family::Recovery).last();
        let edge = |n: usize, word: Option<&Mention>| {
            let row = rows[n].map(|t| (t.at, By::Row));
            let (m, at) = sure[n].filter(|_| !turned).unzip();
            let text = at.map(|at| (at, By::Text));
            // what is said of the hour only, a row says better
            let exact = m.is_none_or(|m| !m.clock.about && m.clock.unit <= 60);
            let best = if exact { text.or(row) } else { row.or(text) };
            best.or(word.map(|m| (case.day_of(m), By::Text)))
        };
        let (start, mut end) = (edge(0, first), edge(1, last));
        if end.is_some() && end <= start && rows[1].is_none() {
            end = None;
        }
        let mut out = Extent {
            start: start.map(|s| s.0),
            end: end.map(|e| e.0),
        };
        // rows may go on to work that the length does not count
        if [start, end].iter().flatten().all(|e| e.1 == By::Text) {
            out.fill(case);
        }
        out
    }

    /// The other end by the length that is stated.
    fn fill(&mut self, case: &Case) {
        let [s] = &case.stated[..] else { return };
        if s.length.bound != Bound::None || s.length.ordinal || s.length.half > ROUNDED {
            return;
        }
        match (self.start, self.end) {
            (Some(a), None) => self.end = Some(a + s.length.secs),
            (None, Some(b)) => self.start = Some(b - s.length.secs),
            _ => {}
        }
    }

    /// How long it lasted.
    pub fn secs(&self) -> Option<i64> {
        Some(self.end? - self.start?).filter(|s| *s >= 0)
    }
}

#[cfg(test)]
mod tests;

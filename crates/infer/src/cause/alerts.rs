//! Alerts about a resource (a disk, memory, a certificate) that were open as requests failed. Alerts about what the requests show
//! say nothing of why.

use super::case::{Case, quoted};
use super::ledger::{Aspect, Scale, lines};
use crate::cause::case::excerpt;
use crate::model::{Event, Piece, Sentence};
use coroner_lines::record::MarkerKind;
use coroner_lines::text::words::holds_any;
use coroner_lines::time::{Instant, MINUTE};

/// What an alert about the very resource weighs, in nats; not in the table: about as strong as a rollback that helps.
const ALERTED: f64 = 1.0;
/// Minutes before the onset within which an alert may fire whenever it ends.
const SHORTLY: i64 = 10;
/// Minutes after the failures until which what brought them about may take to be called well again.
const SOON_AFTER: i64 = 30;

/// Lays on the scale that an alert about `what` was open, whose text has one of the words, with ` | ` between them; the alert.
pub(super) fn alerted<'a>(
    scale: &mut Scale,
    case: &Case<'a>,
    what: &str,
    words: &str,
) -> Option<&'a Event> {
    let about = |e: &&Event| holds_any(excerpt(e).as_bytes(), words);
    let mut fired = case.rows(&[MarkerKind::AlertFired]).filter(about);
    let e = fired.find(|e| was_open(case, e))?;
    Some(tell(scale, case, what, e))
}

fn tell<'a>(scale: &mut Scale, case: &Case<'_>, what: &str, e: &'a Event) -> &'a Event {
    let text = Sentence::words(format!("An alert about {what} fired "));
    let text = match e.time {
        Some(t) if t <= case.onset => text
            .p(Piece::Span(case.onset.since(t)))
            .w(" before the onset."),
        _ => text.w("during the incident."),
    };
    scale.add(Aspect::Alert, ALERTED, text, lines(&e.evidence));
    e
}

/// Whether an alert fired during the incident or shortly before; or earlier, and was resolved as the failures ended or soon after.
fn was_open(case: &Case<'_>, e: &Event) -> bool {
    let Some(t) = e.time.filter(|t| *t <= case.end) else {
        return false;
    };
    let same = |o: &&Event| match (&e.group, &o.group) {
        (Some(a), Some(b)) => a == b,
        _ => quoted(e).is_some() && quoted(e) == quoted(o),
    };
    let mut resolved = case.rows(&[MarkerKind::AlertResolved]);
    let ends = resolved.find(|o| o.time > e.time && same(o));
    let with_it = |end: Instant| end > case.onset && end.0 <= case.end.0 + SOON_AFTER * MINUTE;
    let shortly = t > case.onset || case.near(t, SHORTLY * 60, 0);
    shortly || ends.and_then(|o| o.time).is_some_and(with_it)
}

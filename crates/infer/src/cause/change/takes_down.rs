//! What goes down with a change: a program that stops as the errors begin, on the host or of the name that the change is of, and does
//! not start again. Which change is weighed is not decided here.

use super::Change;
use crate::cause::case::{Case, quoted};
use crate::cause::ledger::{Aspect, Scale, lines, on_host};
use crate::model::{Event, Sentence};
use coroner_lines::record::MarkerKind;
use coroner_lines::time::{Instant, SECOND};

/// What it weighs, in nats: as much as that the same is changed back as the errors end.
const DOWN: f64 = 2.2;
/// How far from the onset it stops.
const WITH: i64 = 30 * SECOND;

/// Lays on a scale that what a change is of stops as the errors begin.
pub(in crate::cause) fn takes_down(scale: &mut Scale, case: &Case<'_>, c: &Change<'_>) {
    let with = |t: Instant| t >= c.start && (t.0 - case.onset.0).abs() <= WITH;
    let mut stops = case.timed(&[MarkerKind::ServiceStop, MarkerKind::Crash]);
    let Some((e, _)) = stops.find(|(e, t)| with(*t) && is_of(c, e) && stays_down(case, e)) else {
        return;
    };
    let text = match &e.service {
        Some(name) => Sentence::default().name(name),
        None => Sentence::words("A program"),
    };
    let text = on_host(text, e.host.as_ref())
        .w(" stops as the errors begin, and does not start again while they last.");
    scale.add(Aspect::Scope, DOWN, text, lines(&e.evidence));
}

/// Whether a row is of the host or the service that a change names.
fn is_of(c: &Change<'_>, e: &Event) -> bool {
    let said = || c.events.iter().filter_map(|o| quoted(o));
    let named = |name: &str| {
        let is = |w: &str| w.eq_ignore_ascii_case(name);
        let apart = |c: char| c.is_whitespace() || "(),;:".contains(c);
        c.service.is_some_and(|s| is(s.for_json())) || said().any(|t| t.split(apart).any(is))
    };
    let names = [&e.host, &e.service].into_iter().flatten();
    names.map(|n| n.for_json()).any(named)
}

/// Whether what stopped does not start again while requests fail.
fn stays_down(case: &Case<'_>, e: &Event) -> bool {
    let same = |s: &Event| (&s.service, &s.host) == (&e.service, &e.host);
    let mut starts = case.timed(&[MarkerKind::ServiceStart, MarkerKind::Restart]);
    !starts.any(|(s, t)| same(s) && e.time <= Some(t) && t <= case.end)
}

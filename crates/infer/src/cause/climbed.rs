//! A number that a program states and that grew beyond all it had been: what fills up shows in that long before requests fail. Which
//! numbers these are is known before; here stands what they mean for the changes around them.

use super::case::Case;
use crate::cause::change::Change;
use crate::cause::ledger::{Aspect, Scale, lines, span};
use crate::cause::symptoms::ownership::{akin, both_akin};
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};

/// What it weighs, in nats, against a change that a number had begun to grow before it.
const GREW_BEFORE: f64 = -1.5;

/// Lays on the scale what a number that grew says of a change from that instant on.
pub(super) fn lay(scale: &mut Scale, case: &Case<'_>, change: Instant) {
    let Some(c) = case.leading_climb() else {
        return;
    };
    if change.since(c.began) > MINUTE {
        let text = c
            .named()
            .w(" had begun to climb ")
            .p(span(change.since(c.began)));
        let text = text.w(" before it.");
        scale.add(Aspect::Rival, GREW_BEFORE, text, lines(&c.evidence[..1]));
    }
}

/// What it weighs that the number is one of the service that was released, in nats.
const ITS_OWN: f64 = 1.8;

/// How soon behind a release a number of what fails grows, or one that is nobody's, so that nothing speaks against the release.
const AT_ONCE: i64 = MINUTE;

/// Lays on the scale that a number of the released service grew from its release on, where another service fails; whether it did,
/// or may have.
pub(super) fn lay_of(
    scale: &mut Scale,
    case: &Case<'_>,
    c: &Change<'_>,
    released: &LogText,
) -> bool {
    let Some(g) = case.leading_climb().filter(|g| g.began >= c.start) else {
        return false;
    };
    let log = g
        .evidence
        .first()
        .and_then(|e| case.sources.iter().find(|s| s.input == e.input));
    let of_log = log.and_then(|s| s.service.as_ref());
    let called = log.and_then(|s| stem(s.name.for_json()));
    let called = called.map(|stem| akin(stem, released.for_json()));
    let owner = g.service.as_ref().or(of_log);
    if both_akin(owner, Some(released)) == Some(true) || owner.is_none() && called == Some(true) {
        let text = g.named().w(" of ").name(released);
        let text = text
            .w(", which was released, began to climb ")
            .p(span(g.began.since(c.start)));
        let text = text.w(" later.");
        scale.add(Aspect::Scope, ITS_OWN, text, lines(&g.evidence));
        return true;
    }
    both_akin(owner, case.service) != Some(false) && g.began.since(c.start) <= AT_ONCE
}

/// What a file is called, without its folder and its endings.
fn stem(name: &str) -> Option<&str> {
    name.rsplit('/').next()?.split('.').next()
}

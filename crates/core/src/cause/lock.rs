//! Lock contention, deadlocks, slow statements: waits that begin before or with the failures and end with them.

use super::case::Case;
use super::names;
use crate::cause::class_info::ClassInfo;
use crate::cause::expected_effects::waits;
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Aspect, Scale, culprit, lines};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Culprit, Group, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::time::SECOND;

/// The class.
pub(super) static INFO: ClassInfo = ClassInfo {
    class: CauseClass::Lock,
    group: Group::DATA,
    prior: 0.03,
    about: "locks, deadlocks, slow queries",
    says: "statements wait for locks",
    title: "Lock contention or slow statements",
    titled: Some(["Lock contention (", ")"]),
    settle: "Sessions and the locks they hold at the time of the incident.",
    weights: Weights::of(2.0, 1.6, -0.5),
    lead_s: 600,
    statuses: &[(500, -0.4), (502, -0.6), (503, -0.2), (504, 0.6)],
    lacks: &[waits],
    shared: true,
    waits: 2,
    once: true,
    rule: weigh,
    ..ClassInfo::PLAIN
};

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    // Fewer lines than failures here: one held lock stops many requests; repetition takes the place of coverage.
    let (mut scale, best) = INFO.heard(case, signs);
    failure_shape::latency(&mut scale, case, 0.9, 0.9);
    if let Some(s) = best {
        if s.count >= 5 && s.strength >= 0.75 && !scale.speaks_for(Aspect::Coverage) {
            let text = Sentence::words(format!(
                "{} lines tell of waiting statements during the incident.",
                s.count
            ));
            scale.add(Aspect::Coverage, 1.6, text, lines(s.evidence));
        }
        let last = case
            .templates
            .iter()
            .find(|t| t.example.text() == s.text)
            .map(|t| t.last);
        released(&mut scale, case, s, last);
    }
    let named = best.and_then(|s| name(case, s, signs));
    INFO.weighed(scale, named)
}

/// The waits end as the failures end: a session was ended, or the locks were granted.
fn released(
    scale: &mut Scale,
    case: &Case<'_>,
    s: &Sign<'_>,
    last: Option<coroner_lines::time::Instant>,
) {
    let ended = case.templates.iter().find(|t| {
        let x = t.example.text().to_ascii_lowercase();
        let says = x.contains("terminating connection due to administrator command")
            || (x.contains(" acquired ") && x.contains("lock"));
        says && t
            .first_during
            .is_some_and(|f| f > case.onset && (f.0 - case.end.0).abs() <= 60 * SECOND)
    });
    if let (true, Some(t)) = (case.recovered, ended) {
        let text = Sentence::words("The failures end as the lock is released.");
        scale.add(Aspect::Reversal, 1.2, text, lines(&t.evidence));
    } else if case.recovered && last.is_some_and(|l| l.0 > case.end.0 + 300 * SECOND) {
        let text = Sentence::words("The waits go on after the failures have ended.");
        scale.add(Aspect::Reversal, -1.0, text, lines(s.evidence));
    }
}

/// The table of the statements that the database's log names beside the waits: that of most lines.
fn waiting_table(case: &Case<'_>, s: &Sign<'_>) -> Option<String> {
    case.templates
        .iter()
        .filter(|t| t.example.text().starts_with("STATEMENT:"))
        .filter(|t| t.service.as_ref() == s.service && t.host.as_ref() == s.host)
        .filter(|t| t.first_during.is_some_and(|f| f <= case.end) && t.during > t.before)
        .filter_map(|t| Some((t.during, names::table(t.example.text())?)))
        .max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)))
        .map(|x| x.1)
}

/// What to name: the table of a statement, else the lock itself.
fn name(case: &Case<'_>, s: &Sign<'_>, signs: &[Sign<'_>]) -> Option<Culprit> {
    let service = s.service.or(case.service);
    let of = |f: fn(&str) -> Option<String>| {
        signs
            .iter()
            .filter(|x| x.is(INFO.class))
            .find_map(|x| f(x.text))
    };
    if let Some(t) = of(names::table).or_else(|| waiting_table(case, s)) {
        return culprit("table", &t, service);
    }
    match of(names::lock) {
        Some(l) => culprit("lock", &l, service),
        None => culprit("lock", names::stands(s.text, &["deadlock"])?, service),
    }
}

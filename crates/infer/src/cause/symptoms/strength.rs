//! How much a sign is worth by itself: how new it is, how near the onset, how often it is said, whether it lasts as the failures do.
//! What it says of a cause is not weighed here.

use crate::cause::case::{Case, TemplateFact};
use crate::cause::class_info::ClassInfo;
use coroner_lines::fault::Fault;
use coroner_lines::record::{CauseClass, Kind};
use coroner_lines::time::{Instant, SECOND};

/// Failures to a message, from which its messages are a handful.
const HANDFUL: u64 = 25;

/// How far behind the first failure, and from the last, the first and last such line may stand: a tenth of the time between.
fn slack(case: &Case<'_>) -> i64 {
    ((case.end.0 - case.onset.0) / 10).max(60 * SECOND)
}

/// Whether lines from `first` to `last` begin, go on and end with the failures.
pub(super) fn lasts(case: &Case<'_>, count: u64, first: Instant, last: Instant) -> bool {
    case.recovered
        && count >= 5
        && case.near(first, 60, slack(case) / SECOND)
        && (last.0 - case.end.0).abs() <= slack(case)
}

/// How far from the edges of the failures what starts and stops together with them may: a line is written when a request is over, or
/// when it is tried again.
const TOGETHER: i64 = 15 * SECOND;

/// Whether lines from `first` to `last` are there for as long as the failures, to the seconds.
pub(super) fn together(case: &Case<'_>, first: Instant, last: Instant) -> bool {
    (last.0 - case.end.0).abs() <= TOGETHER && case.near(first, 15, 15)
}

/// 1 for a template never seen before, .8 for one at four times its rate or more, 0 for background: also for one that was
/// there before and goes on after the failures as if nothing had happened.
pub(super) fn freshness(case: &Case<'_>, t: &TemplateFact, lead_s: i64) -> f64 {
    if !t.new && goes_on(case, t) {
        return 0.0;
    }
    if t.new || t.before == 0 {
        // A source that began only a moment ago proves nothing by its novelty, but what it says still counts.
        return if t.new { 1.0 } else { 0.8 };
    }
    let early = case.onset.0 - t.first.0;
    let short_lead = early <= lead_s * SECOND && t.during >= 3;
    let span_before = ((case.onset.0 - case.archive.0.0) / SECOND - 60).clamp(60, 3600) as f64;
    let span_now = ((case.end.0 - case.onset.0) / SECOND + 60).max(60) as f64;
    let before = t.before as f64 / span_before;
    let now = t.during as f64 / span_now;
    if (now >= 4.0 * before && t.during >= 5) || short_lead {
        0.8
    } else {
        0.0
    }
}

/// Whether a message comes after the failures at half its rate during them or more.
fn goes_on(case: &Case<'_>, t: &TemplateFact) -> bool {
    let seconds = |a: Instant, b: Instant| ((b.0 - a.0) / SECOND) as f64;
    let calm = seconds(case.end, case.archive.1).min(3600.0) - 60.0;
    let failing = seconds(case.onset, case.end) + 60.0;
    let (now, then) = (t.during as f64 / failing, t.after as f64 / calm);
    case.recovered && calm >= 120.0 && t.after >= 3 && then >= 0.5 * now
}

/// Seconds after the onset in which a fault is stated.
pub(super) const STATED_S: i64 = 60;

/// The same of a class: a wait is stated when it has run out, and that a way is cut when who watches it has heard nothing for as long as
/// it holds on: 180 s, where routers speak BGP and nobody says otherwise.
pub(super) fn stated_s(info: &ClassInfo) -> i64 {
    match info.waits {
        _ if info.class == CauseClass::Unreachable => 3 * STATED_S,
        0 | 1 => STATED_S,
        _ => 2 * STATED_S,
    }
}

/// 1 at the onset, .4 later (cascades), 0 too early.
pub(super) fn nearness(case: &Case<'_>, first: Instant, lead_s: i64, stated_s: i64) -> f64 {
    if case.near(first, lead_s, stated_s) {
        1.0
    } else if first > case.onset && first <= case.end {
        0.4
    } else {
        0.0
    }
}

/// One or two lines of an application are weak; a kernel or init system needs to say it once only.
pub(super) fn weight_of_count(count: u64, kind: Kind) -> f64 {
    if count >= 3 || kind == Kind::System {
        1.0
    } else {
        0.5
    }
}

/// What a program says in its own words may be of any kind.
pub(super) fn weight_of_words(fault: Fault) -> f64 {
    match fault == Fault::UNNAMED {
        true => 0.6,
        false => 1.0,
    }
}

/// A program that answers with errors says so: where a message that it had before is a handful beside the failures, it is not
/// why. Other faults are stated once and fail a thousand requests, and a new message may be one of many that show the same.
pub(super) fn weight_of_share(case: &Case<'_>, t: &TemplateFact, in_program: bool) -> f64 {
    let old = in_program && t.kind == Kind::App && !t.new;
    match old && t.during * HANDFUL < case.failed() {
        true => 0.0,
        false => 1.0,
    }
}

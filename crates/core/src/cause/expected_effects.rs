//! What a fault does to the requests: which status it makes them end with, whether they wait, what falls silent with it.
//! The table is weak by intent, since proxies and programs map errors as they like. A stated fault whose effect is plainly
//! another one was there, but it is not what failed the requests: messages alone do not convict against that.

use crate::cause::case::{Case, Dim, DimShare};
use crate::cause::change::{self, Change};
use crate::cause::failure_shape;
use crate::cause::family::Family;
use crate::cause::ledger::{lines, onset_lines, span};
use crate::cause::power::boots;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::{COVERS, Sign, coverage};
use crate::model::{Claim, Piece, Sentence};
use coroner_lines::record::{CauseClass, Kind};

/// From this share of the failures on a status is theirs.
const MOST: f64 = 0.5;
/// From this share on it leaves no room for another effect.
const NEARLY_ALL: f64 = 0.8;
/// Failures below which no status counts.
const FEW: u64 = 5;
/// Where fewer requests than this share are slower than usual (one in a hundred always is), none waits.
const NONE_WAITS: f64 = 0.05;
/// Weight in nats of an effect that a stated fault should have and has not.
const LACKS: f64 = 1.2;
/// Highest score of a stated fault that lacks it, where no change is seen that would bring it about.
const UNFIT: f64 = 0.45;
/// What begins this soon after a change begins with it.
const AT_ONCE_S: f64 = 60.0;
/// From this weight of its nearness on a change is rare enough that chance hardly put it there, in nats.
const RARE: f64 = 2.0;
/// What a rare change at once before takes from a fault that the program alone states, in nats.
const NEAR: f64 = 0.8;
/// Highest score of such a fault: a change that breaks a program shows as a fault of something, and as often as not that
/// is what the program names.
const BESIDE_CHANGE: f64 = 0.49;

/// Lays on every class what the effect on the requests says about it.
pub(super) fn weigh(weighed: &mut [(CauseClass, Weighed)], case: &Case<'_>, signs: &[Sign<'_>]) {
    let status = main_status(case);
    let near = near_change(case);
    for (class, w) in weighed {
        if let Some((status, share)) = status {
            let weight = expects(*class, status);
            let text = Sentence::words("Of the failed requests ")
                .p(Piece::Share(share))
                .w(format!(" end with status {status}."));
            lay(w, weight, text, case);
        }
        let sign = signs
            .iter()
            .find(|s| s.strength >= 0.3 && s.family.class() == Some(*class));
        if let Some(text) = sign.and_then(|s| lacks(case, signs, s)) {
            lay(w, -LACKS, text, case);
            if w.change.is_none() {
                hold(w, UNFIT);
            }
        } else if let (Some(s), Some(c)) = (sign.filter(|s| by_program(case, s)), &near)
            && class.group() != CauseClass::Deploy.group()
        {
            let text = Sentence::words("A change comes ")
                .p(span(case.onset.0 - c.start.0))
                .w(" before the errors; the fault may be how that change shows.");
            w.claims.extend(lines(&c.evidence()).map(|cited| Claim {
                text,
                weight: -NEAR * s.strength,
                cited,
                denies: None,
            }));
            hold(w, BESIDE_CHANGE);
        }
    }
}

/// A class may not score more than this.
fn hold(w: &mut Weighed, most: f64) {
    w.cap = Some(w.cap.map_or(most, |c| c.min(most)));
}

/// Adds a claim that cites the first failing lines.
fn lay(w: &mut Weighed, weight: f64, text: Sentence, case: &Case<'_>) {
    if weight == 0.0 {
        return;
    }
    w.claims.extend(onset_lines(case).map(|cited| Claim {
        text,
        weight,
        cited,
        denies: None,
    }));
    w.claims.sort_by(|a, b| b.weight.total_cmp(&a.weight));
}

/// The change that the failures follow at once, where such changes are rare in these logs.
fn near_change<'a>(case: &'a Case<'a>) -> Option<Change<'a>> {
    let rare =
        |c: &Change<'_>| c.lag_s(case) <= AT_ONCE_S && change::timing_weight(case, c) >= RARE;
    change::changes(case).into_iter().find(rare)
}

/// The status that most failed requests end with, and its share of them.
fn main_status(case: &Case<'_>) -> Option<(u16, f64)> {
    let all = case.failed();
    [500, 502, 503, 504]
        .into_iter()
        .map(|s| (s, case.status_share(s)))
        .find(|(_, share)| *share >= MOST && all >= FEW)
}

/// What a status weighs for a class, in nats. 500: a program runs and says that it failed. 502: what stands before it had no
/// answer, or a broken one. 503: somebody sheds load. 504: an answer did not come in time.
fn expects(class: CauseClass, status: u16) -> f64 {
    use CauseClass::*;
    match (status, class) {
        (500, Deploy | FeatureFlag | Migration | BadData) => 0.3,
        (500, Config | Disk | ConnectionPool) => 0.2,
        (500, Lock) => -0.4,
        (500, Memory | Overload) => -0.6,
        (500, Crash | Host | Power) => -0.9,
        (502, Crash) => 0.9,
        (502, Memory | Host) => 0.6,
        (502, ThirdParty) => 0.4,
        (502, Power | Certificate) => 0.3,
        (502, Unreachable) => 0.2,
        (502, Migration | Disk | Cache | Database) => -0.3,
        (502, ConnectionPool) => -0.4,
        (502, FeatureFlag | BadData | Lock) => -0.6,
        (503, Overload) => 0.6,
        (503, Attack) => 0.4,
        (503, Crash) => 0.3,
        (503, Host | ConnectionPool | ThirdParty) => 0.2,
        (503, Lock | Disk) => -0.2,
        (503, BadData | FeatureFlag | Migration) => -0.4,
        (504, Lock | Unreachable) => 0.6,
        (504, ThirdParty | Host | Overload) => 0.4,
        (504, Database | ConnectionPool) => 0.3,
        (504, Dns) => 0.2,
        (504, Memory) => -0.2,
        (504, Disk) => -0.3,
        (504, Deploy | Config | FeatureFlag | Crash) => -0.4,
        (504, Certificate | BadData) => -0.6,
        _ => 0.0,
    }
}

/// The effect that a stated fault should have and has not.
fn lacks(case: &Case<'_>, signs: &[Sign<'_>], s: &Sign<'_>) -> Option<Sentence> {
    let words = |t: &str| Some(Sentence::words(t));
    let share = |status: u16| match case.failed() >= FEW {
        true => case.status_share(status),
        false => 0.0,
    };
    match s.family {
        Family::Crash | Family::Memory | Family::Hardware
            if s.own && !by_program(case, s) && share(500) >= NEARLY_ALL && !one_fails(case) =>
        {
            words("A program that runs answers the failed requests; one that is gone could not.")
        }
        Family::Power if !goes_dark(case) => {
            words("No log falls silent and no host starts cold, as without power.")
        }
        Family::Overload
            if case.surge.is_some_and(|x| x < 2.0)
                && (case.latency_lead_s.is_none() || s.text.contains("limiting"))
                && case.failed() >= FEW
                && share(503) < 1.0 - NEARLY_ALL =>
        {
            words(
                "Neither do requests grow in number nor does what fails end with status 503, as where limits are hit.",
            )
        }
        Family::Lock | Family::Pool
            if case.slow_share.is_some_and(|x| x < NONE_WAITS) && waited(s) =>
        {
            words("Messages tell of waiting, but requests take no longer than usual.")
        }
        Family::Data if all_endpoints(case) => {
            words("All endpoints fail alike; a bad record fails those that read it.")
        }
        Family::Code | Family::Incompatible | Family::Schema if share(504) >= NEARLY_ALL => {
            words("The failed requests get no answer in time; a program error is answered at once.")
        }
        Family::Config
        | Family::Disk
        | Family::Cache
        | Family::Database
        | Family::Pool
        | Family::Data
        | Family::Code
        | Family::Incompatible
        | Family::Schema
            if share(502) >= NEARLY_ALL && lives_on(case, signs, s) =>
        {
            words(
                "The program tells of each failure and runs on, but the failed requests end with status 502, as where no program answers.",
            )
        }
        _ => None,
    }
}

/// Whether the program logs its failures one by one and no line tells that it ends over them. What answers is then the
/// program, with a status of its own; calls to somebody else are left out, which programs like to answer as proxies do.
fn lives_on(case: &Case<'_>, signs: &[Sign<'_>], s: &Sign<'_>) -> bool {
    let ends = |t: &str| {
        let t = t.to_ascii_lowercase();
        ["uncaught", "unhandled", "panic", "fatal"]
            .iter()
            .any(|w| t.contains(w))
    };
    by_program(case, s)
        && coverage(case, signs, &[s.family]) >= COVERS
        && !signs.iter().any(|x| x.family == Family::Crash)
        && !ends(s.text)
}

/// Whether a message says that something waited; a pool or a lock may also refuse at once.
fn waited(s: &Sign<'_>) -> bool {
    let t = s.text.to_ascii_lowercase();
    ["wait", "timed out", "timeout"]
        .iter()
        .any(|w| t.contains(w))
}

/// Whether the program itself says it, and not a kernel or an init system.
fn by_program(case: &Case<'_>, s: &Sign<'_>) -> bool {
    let input = s.evidence.first().map(|e| e.input);
    case.sources
        .iter()
        .any(|x| Some(x.input) == input && x.kind == Kind::App)
}

/// Whether one server alone fails.
fn one_fails(case: &Case<'_>) -> bool {
    [Dim::Upstream, Dim::Host].iter().any(|d| {
        let (bad, good) = failure_shape::split(case, *d);
        bad.len() == 1 && !good.is_empty()
    })
}

/// Whether several endpoints fail and none is healthy.
fn all_endpoints(case: &Case<'_>) -> bool {
    let (bad, good) = failure_shape::split(case, Dim::Endpoint);
    let answered = |d: &&DimShare| !d.name.for_json().ends_with(" (4xx)");
    bad.len() >= 3 && !good.iter().any(answered)
}

/// Whether anything falls silent as the incident begins, or starts cold in it.
fn goes_dark(case: &Case<'_>) -> bool {
    case.silences.iter().any(|s| case.near(s.start, 120, 300))
        || !case.silent_hosts.is_empty()
        || !boots(case).is_empty()
}

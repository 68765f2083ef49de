//! What a fault does to the requests: which status it makes them end with, whether they wait, what falls silent with it.
//! The table is weak by intent, since proxies and programs map errors as they like. A stated fault whose effect is plainly
//! another one was there, but it is not what failed the requests: messages alone do not convict against that.

use crate::cause::case::{Case, Dim};
use crate::cause::certificate;
use crate::cause::change::reversal::in_vain;
use crate::cause::change::{self, Change};
use crate::cause::class_info::ClassInfo;
use crate::cause::cold_start;
use crate::cause::ends::undoes;
use crate::cause::failure_shape;
use crate::cause::ledger::{lines, onset_lines, span};
use crate::cause::names;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::ownership::akin;
use crate::cause::symptoms::ownership::kind_of;
use crate::cause::symptoms::{COVERS, Sign, coverage};
use crate::model::{Event, Piece, Sentence};
use coroner_lines::record::{CauseClass, Kind};

/// From this share of the failures on a status is theirs.
const MOST: f64 = 0.5;
/// From this share on it leaves no room for another effect.
pub(super) const NEARLY_ALL: f64 = 0.8;
/// Failures below which no status counts.
pub(super) const FEW: u64 = 5;
/// Where fewer requests than this share are slower than usual (one in a hundred always is), none waits.
const NONE_WAITS: f64 = 0.05;
/// Weight in nats of an effect that a stated fault should have and has not.
const LACKS: f64 = 1.2;
/// Highest score of a stated fault that lacks it, where no change is seen that would bring it about.
const UNFIT: f64 = 0.45;
/// What begins this soon after a change begins with it.
pub(super) const AT_ONCE_S: f64 = 60.0;
/// From this weight of its nearness on a change is rare enough that chance hardly put it there, in nats.
const RARE: f64 = 2.0;
/// What a rare change at once before takes from a fault that the program alone states, in nats.
const NEAR: f64 = 0.8;
/// What a change that is undone as the failures stop takes from the requests that grew in number after it, in nats.
const BROUGHT: f64 = 2.0;
/// Highest score of these.
const BROUGHT_MOST: f64 = 0.3;
/// Highest score of such a fault: a change that breaks a program shows as a fault of something, and as often as not that
/// is what the program names.
const BESIDE_CHANGE: f64 = 0.49;

/// Lays on every class what the effect on the requests says about it.
pub(super) fn weigh(weighed: &mut [(&ClassInfo, Weighed)], case: &Case<'_>, signs: &[Sign<'_>]) {
    let status = main_status(case);
    let near = near_change(case);
    let undone = near.as_ref().is_some_and(|c| is_undone(case, c));
    for (info, w) in weighed {
        let expected = |status: u16| info.statuses.iter().find(|(s, _)| *s == status);
        let of_it = |s: &&Sign<'_>| s.strength >= 0.3 && s.is(info.class);
        let mut of_class = signs.iter().filter(of_it);
        let sign = of_class.clone().next();
        // how a program answers when something that it calls fails is its own affair
        let called = of_class.any(|s| s.tie.is_some());
        if let Some((status, share)) = status
            && let Some((_, weight)) = expected(status).filter(|_| !called)
        {
            let fits = match *weight > 0.0 {
                true => "fits ",
                false => "is rare with ",
            };
            let text = Sentence::default()
                .p(Piece::Share(share))
                .w(format!(" of the failed requests are {status}s, which "))
                .w(fits)
                .w(format!("{}.", info.about));
            w.claim(*weight, text, onset_lines(case));
        }
        let lacks = |s: &Sign<'_>| info.lacks.iter().find_map(|l| l(case, signs, s));
        if let Some(text) = sign.filter(|_| !called).and_then(lacks) {
            w.claim(-LACKS, Sentence::words(text), onset_lines(case));
            if w.change.is_none() {
                w.hold(UNFIT);
            }
        }
        // that more is asked is stated by counting
        let counted = info.class == CauseClass::Overload && case.rise().is_some() && undone;
        let made = |c: &Change<'_>| {
            let text = Sentence::words("A change was made ");
            text.p(span(case.onset.since(c.start)))
        };
        if let Some(c) = near.as_ref().filter(|_| counted) {
            let rest =
                " before the errors and undone as they stopped; it may have brought the requests.";
            w.claim(-BROUGHT, made(c).w(rest), onset_lines(case));
            w.hold(BROUGHT_MOST);
        } else if let (Some(s), Some(c)) = (sign.filter(|s| by_program(case, s)), &near)
            && !info.is_change()
            // what has run out did so by its date, whatever made it show
            && !certificate::has_run_out(info, signs)
            && w.change.as_deref() != Some(c.id)
        {
            if is_of_what_fails(c, w) {
                let text = made(c).w(" before the errors, of what went down.");
                w.claim(NEAR, text, lines(&c.evidence()));
                w.change = Some(c.id.to_owned());
                continue;
            }
            w.brought_by = Some(c.id.to_owned());
            let text = made(c).w(" before the errors; it may have caused this fault.");
            w.claim(-NEAR * s.strength, text, lines(&c.evidence()));
            w.hold(BESIDE_CHANGE);
        }
    }
}

/// Whether a change is of the very service that a cause names, on its host: a server that is upgraded and goes down.
fn is_of_what_fails(c: &Change<'_>, w: &Weighed) -> bool {
    let Some(named) = w.culprit.as_ref().map(|n| n.name.for_json()) else {
        return false;
    };
    let (server, host) = named.split_once(" on ").unwrap_or((named, ""));
    let here = c.hosts.iter().any(|h| h.for_json() == host);
    here && c.service.is_some_and(|s| akin(s.for_json(), server))
}

/// The change that the failures follow at once, where such changes are rare in these logs; one that was taken back in vain did
/// not bring them.
fn near_change<'a>(case: &'a Case<'a>) -> Option<Change<'a>> {
    let rare = |c: &Change<'_>| {
        c.lag_s(case) <= AT_ONCE_S && change::timing::timing_weight(case, c) >= RARE
    };
    let mut all = change::changes(case).into_iter();
    all.find(|c| rare(c) && !in_vain(case, c) || is_undone(case, c))
}

/// Whether something undoes a change as the failures end.
fn is_undone(case: &Case<'_>, c: &Change<'_>) -> bool {
    let by = |e: &Event| c.events.iter().any(|o| undoes(case, o, e));
    case.events.iter().any(by)
}

/// The status that most failed requests end with, and its share of them.
fn main_status(case: &Case<'_>) -> Option<(u16, f64)> {
    let all = case.failed();
    [500, 502, 503, 504]
        .into_iter()
        .map(|s| (s, case.status_share(s)))
        .find(|(_, share)| *share >= MOST && all >= FEW)
}

/// The share of one status among the failures; 0 where they are too few to judge.
pub(super) fn share(case: &Case<'_>, status: u16) -> f64 {
    match case.failed() >= FEW {
        true => case.status_share(status),
        false => 0.0,
    }
}

/// What is gone answers nothing.
pub(super) fn gone(case: &Case<'_>, _: &[Sign<'_>], s: &Sign<'_>) -> Option<&'static str> {
    // what calls a machine that fell goes on answering
    let called = s.is(CauseClass::Host) && !cold_start::fell(case).is_empty();
    let called = called || case.is_of_database(s.host, s.service);
    let answers = share(case, 500) >= NEARLY_ALL && !one_fails(case) && !called;
    (s.own && !by_program(case, s) && answers && names::full_store(s.text).is_none())
        .then_some("A running program answers the failed requests; a dead one could not.")
}

/// What waits makes requests wait.
pub(super) fn waits(case: &Case<'_>, _: &[Sign<'_>], s: &Sign<'_>) -> Option<&'static str> {
    let none_waits = case.slow_share.is_some_and(|x| x < NONE_WAITS);
    (none_waits && waited(s))
        .then_some("Messages speak of waiting, but requests take no longer than usual.")
}

/// A program that fails says so at once.
pub(super) fn answered(case: &Case<'_>, _: &[Sign<'_>], _: &Sign<'_>) -> Option<&'static str> {
    (share(case, 504) >= NEARLY_ALL)
        .then_some("The failed requests time out; a program error would be answered at once.")
}

/// A program that logs each failure and runs on answers with a status of its own. Calls to somebody else are left out, which
/// programs like to answer as proxies do.
pub(super) fn lives_on(case: &Case<'_>, signs: &[Sign<'_>], s: &Sign<'_>) -> Option<&'static str> {
    (share(case, 502) >= NEARLY_ALL && runs_on(case, signs, s)).then_some(
        "The program logs every failure and keeps running, yet clients get 502, which proxies send where nothing answers.",
    )
}

/// Whether the program logs its failures one by one and no line shows that it ends over them.
fn runs_on(case: &Case<'_>, signs: &[Sign<'_>], s: &Sign<'_>) -> bool {
    by_program(case, s)
        && coverage(case, signs, |x| x.fault == s.fault) >= COVERS
        && !signs.iter().any(|x| x.is(CauseClass::Crash))
        && !says_any(s, &["uncaught", "unhandled", "panic", "fatal"])
}

/// Whether a message says that something waited; a pool or a lock may also refuse at once.
fn waited(s: &Sign<'_>) -> bool {
    says_any(s, &["wait", "timed out", "timeout"])
}

fn says_any(s: &Sign<'_>, words: &[&str]) -> bool {
    let text = s.text.to_ascii_lowercase();
    words.iter().any(|w| text.contains(w))
}

/// Whether the program itself says it, and not a kernel or an init system.
fn by_program(case: &Case<'_>, s: &Sign<'_>) -> bool {
    kind_of(case, s.evidence) == Some(Kind::App)
}

/// Whether one server alone fails.
fn one_fails(case: &Case<'_>) -> bool {
    [Dim::Upstream, Dim::Host].iter().any(|d| {
        let (bad, good) = failure_shape::split(case, *d);
        bad.len() == 1 && !good.is_empty()
    })
}

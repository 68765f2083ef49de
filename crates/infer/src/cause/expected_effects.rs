//! What a fault does to the requests: which status it makes them end with, whether they wait, what falls silent with it.
//! The table is weak by intent, since proxies and programs map errors as they like. A stated fault whose effect is plainly
//! another one was there, but it is not what failed the requests: messages alone do not convict against that.

use crate::cause::case::Case;
use crate::cause::change::reversal::in_vain;
use crate::cause::change::{self, Change, What};
use crate::cause::class_info::ClassInfo;
use crate::cause::ends::undoes;
use crate::cause::ledger::{lines, onset_lines, span};
use crate::cause::lock;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::ownership::akin;
use crate::cause::symptoms::ownership::kind_of;
use crate::cause::symptoms::{Sign, coverage, fullness};
use crate::model::{Event, Piece, Sentence};
use coroner_lines::record::Kind;

/// From this share of the failures on a status is theirs.
const MOST: f64 = 0.5;
/// Failures below which no status counts.
pub(super) const FEW: u64 = 5;
/// What begins this soon after a change begins with it.
pub(super) const AT_ONCE_S: f64 = 60.0;
/// From this weight of its nearness on a change is rare enough that chance hardly put it there, in nats.
const RARE: f64 = 2.0;
/// What a rare change at once before takes from a fault that the program alone states, in nats.
const NEAR: f64 = 0.8;
/// Highest score of such a fault: a change that breaks a program shows as a fault of something, and as often as not that
/// is what the program names.
const BESIDE_CHANGE: f64 = 0.49;

/// Lays on every class what the effect on the requests says about it.
pub(super) fn weigh(weighed: &mut [(&ClassInfo, Weighed)], case: &Case<'_>, signs: &[Sign<'_>]) {
    let status = main_status(case);
    let near = near_change(case);
    for (info, w) in weighed {
        let expected = |status: u16| info.statuses.iter().find(|(s, _)| *s == status);
        let of_it = |s: &&Sign<'_>| s.strength >= 0.3 && s.is(info.class);
        let sign = signs.iter().find(of_it);
        // what as many messages as failures state need not fail as it mostly does
        let stated = || fullness(coverage(case, signs, |s| s.is(info.class))) >= 1.0;
        if let Some((status, share)) = status
            && let Some((_, weight)) = expected(status)
            && (*weight > 0.0 || !stated())
        {
            let text = Sentence::default().p(Piece::Share(share));
            let text = text.w(format!(
                " of the failed requests are {status}s, a weak sign."
            ));
            w.claim(*weight, text, onset_lines(case));
        }
        let made = |c: &Change<'_>| {
            let text = Sentence::words("A change was made ");
            text.p(span(case.onset.since(c.start)))
        };
        if let (Some(s), Some(c)) = (sign.filter(|s| by_program(case, s)), &near)
            && !info.is_change()
            // what ends by the calendar ends whatever is changed
            && !info.precise(s.text).is_some_and(|f| f.dated)
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
/// not bring them, nor did one that was held up itself.
fn near_change<'a>(case: &'a Case<'a>) -> Option<Change<'a>> {
    let rare = |c: &Change<'_>| {
        c.lag_s(case) <= AT_ONCE_S && change::timing::timing_weight(case, c) >= RARE
    };
    let held_up = |c: &Change<'_>| c.what == What::Migration && lock::held_up(case).is_some();
    let mut all = change::changes(case).into_iter().filter(|c| !held_up(c));
    all.find(|c| rare(c) && in_vain(case, c).is_none() || is_undone(case, c))
}

/// Whether something undoes a change as the failures end.
fn is_undone(case: &Case<'_>, c: &Change<'_>) -> bool {
    let by = |e: &Event| c.events.iter().any(|o| undoes(case, o, e));
    case.events.iter().any(by)
}

/// The status that most failed requests end with, and its share of them, where it is failing that the incident is made of.
fn main_status(case: &Case<'_>) -> Option<(u16, f64)> {
    let parts = case.components;
    let fails = parts.is_empty() || parts.iter().any(|c| c.kind == "error");
    let all = if fails { case.failed() } else { 0 };
    [500, 502, 503, 504]
        .into_iter()
        .map(|s| (s, case.status_share(s)))
        .find(|(_, share)| *share >= MOST && all >= FEW)
}

/// Whether the program itself says it, and not a kernel or an init system.
fn by_program(case: &Case<'_>, s: &Sign<'_>) -> bool {
    kind_of(case, s.evidence) == Some(Kind::App)
}

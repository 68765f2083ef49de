//! More traffic than the service can take: a surge before the errors, limits that are hit, latency first.

use super::attack::one_sends;
use super::case::{Case, Dim, DimShare, quoted};
use super::{connection_pool, names};
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::ends::{ENDED, UNDONE, is_at_the_end};
use crate::cause::failure_shape;
use crate::cause::holder::let_go;
use crate::cause::ledger::{Aspect, culprit, lines, onset_lines, quote};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Event, Group, Piece, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::text::LogText;
use coroner_lines::time::{HOUR, MINUTE, SECOND};
use std::collections::BTreeMap;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Overload, Group::CAPACITY, weigh));

/// What is said around the name of a limit.
const LIMIT: [&str; 2] = ["A limit that is reached (", ")"];

/// What a surge of requests before the errors speaks for it, in nats. It is counted, not said by a message, so that it holds
/// also where messages mislead: at the 1.8 that were first taken nearly all of those that were named for it were right.
const SURGE: f64 = 2.3;

/// The same where those who try again may ask for as much, or where it is less than half of what is asked for more.
const MAYBE_RETRIES: f64 = 0.9;

/// Share of the additional requests that are most of them, and which of those asked for manifold name them, too: who comes for one thing
/// asks for others.
const HALF: f64 = 0.5;
const QUARTER: f64 = 0.25;

/// The kind of culprit that sends requests.
const CLIENT: &str = "client";

/// Traffic that is its usual rate or less so many times.
const USUAL: f64 = 1.25;

/// What limits that are hit without more traffic than usual may be worth at most: the report's own figure refutes "too much".
const ONLY_LIMITS: f64 = 0.49;

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    // what takes no more need not have been sent more than usual: nobody may have taken from it
    let is_full = best.is_some_and(|s| INFO.precise(s.text).is_some());
    let usual = if is_full { 0.0 } else { -1.0 };
    failure_shape::surge(&mut scale, case, SURGE, usual);
    // Latency is its own kind of evidence here: a surge and slowness are two things.
    failure_shape::slowness(&mut scale, case, Aspect::Timing, (0.9, 0.9));
    let rises = case.rise().is_some();
    let asked = match rises || is_full {
        true => sender(case).or_else(|| rises.then(|| most_asked_for(case)).flatten()),
        false => None,
    };
    if let Some(rise) = &asked {
        let text = Sentence::words("Of the additional requests ")
            .p(Piece::Share(rise.share))
            .w(if rise.kind == CLIENT {
                " are from "
            } else {
                " are "
            })
            .name(&rise.name);
        // who asks again for what fails does not ask so much more often
        let (text, weight) = match rise.times {
            None => (text.w(", of which there were none before."), SURGE),
            Some(n) if n >= MANIFOLD => {
                (text.w(format!(", {n:.0} times as many as before.")), SURGE)
            }
            Some(_) => (text.w("."), MAYBE_RETRIES),
        };
        let weight = match rise.share < HALF {
            true => MAYBE_RETRIES,
            false => weight,
        };
        scale.add(Aspect::Scope, weight, text, onset_lines(case));
    }
    // one who asks for more than all others is more than what is asked for
    let client = case
        .top_client
        .filter(|c| (rises || is_full) && c.0 >= HALF);
    let client = client.and_then(|(share, address)| Some((*share, address.as_ref()?)));
    if let Some((share, address)) = client {
        let text = one_sends(share, Some(address));
        scale.add(Aspect::Scope, MAYBE_RETRIES, text, onset_lines(case));
    }
    let limit = connection_pool::reached(signs).filter(|_| rises);
    if let Some((s, _)) = limit {
        let text = Sentence::words("A limit is reached as requests rise: ");
        let text = text.p(quote(s.said)).w(".");
        scale.add(Aspect::Stated, 1.2, text, lines(s.evidence));
    }
    let limits = ["rate limit", "limiting requests", "too many requests"];
    let stated = best.and_then(|s| names::stands(s.text, &limits));
    let raised = best.filter(|_| is_full).and_then(|s| put_right(case, s));
    if let Some((_, e)) = &raised {
        let stop = case.end_near(e.time).1;
        let text = format!("The failures {stop} around the time the configuration is changed: ");
        let text = Sentence::words(text);
        let text = text.p(quote(quoted(e).unwrap_or_default())).w(".");
        scale.add(Aspect::Reversal, ENDED, text, lines(&e.evidence));
    }
    let full = best.filter(|_| is_full && raised.is_none());
    let taken = full.and_then(|s| let_go(case, (s.host, s.text)));
    if let Some((_, text, e)) = &taken {
        scale.add(Aspect::Reversal, UNDONE, text.clone(), lines(&e.evidence));
    }
    let of_full = full.and_then(|s| {
        let limit = named_limit(s.text)?;
        let by = taken.as_ref().map(|t| t.0);
        let name = by.map_or(limit.to_owned(), |by| format!("{limit}, taken by {by}"));
        culprit("limit", &name, None)
    });
    let sender = asked.as_ref().filter(|r| r.kind == CLIENT);
    let named = match (&asked, stated.or(limit.map(|l| l.1))) {
        _ if let Some((_, address)) = client => match sender {
            Some(r) => {
                let both = format!("{} from {}", r.name.for_json(), address.for_json());
                culprit(CLIENT, &both, None)
            }
            None => culprit(CLIENT, address.for_json(), None),
        },
        (Some(rise), _) => culprit(rise.kind, rise.name.for_json(), None),
        (None, Some(l)) => culprit("limit", l, None),
        (None, None) if raised.is_some() => raised.and_then(|(f, _)| culprit("file", f, None)),
        (None, None) if of_full.is_some() => of_full,
        // what they are too many for
        (None, None) => case
            .service
            .filter(|_| rises)
            .and_then(|s| culprit("service", s.for_json(), case.service)),
    };
    let asked = named.as_ref().filter(|n| n.kind == "endpoint");
    let client = named.as_ref().filter(|n| n.kind == CLIENT);
    let limit = || named.as_ref().filter(|n| n.kind == "limit" && is_full);
    let title = match asked {
        Some(n) => Some(Sentence::words("Too much traffic to ").name(&n.name)),
        None if let Some(n) = client => {
            Some(Sentence::words("Too much traffic from ").name(&n.name))
        }
        None => limit().map(|n| Sentence::words(LIMIT[0]).name(&n.name).w(LIMIT[1])),
    };
    let mut w = INFO.weighed_by(scale, named, best);
    w.title = title.unwrap_or(w.title);
    // limits that are hit by the usual traffic are lower than they were, or taken by something else
    let usual = case.surge.filter(|x| *x < USUAL);
    w.cap = usual.filter(|_| !is_full).map(|_| ONLY_LIMITS);
    w
}

/// The setting that a message calls a limit by: `max_prepared_stmt_count`.
pub(super) fn named_limit(text: &str) -> Option<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
    let mut words = words.map(|w| w.trim_matches(['.', '_', '-']));
    words.find(|w| {
        let mut parts = w.split(['.', '_', '-']);
        w.contains(['.', '_']) && parts.any(|p| matches!(p, "max" | "limit" | "maximum"))
    })
}

/// The file that is changed as the failures end on the machine that wrote of the limit, and its row.
fn put_right<'a>(case: &'a Case<'a>, s: &Sign<'_>) -> Option<(&'a str, &'a Event)> {
    let mut set = case.timed(&[MarkerKind::ConfigChange]).map(|x| x.0);
    set.find_map(|e| {
        let own = e.host.as_ref().zip(s.host).is_some_and(|(a, b)| a == b);
        let there = is_at_the_end(case, e) && own;
        let file = names::paths(quoted(e)?).next().filter(|_| there)?;
        Some((file, e))
    })
}

/// How many times as many requests of one kind are more than those who try again make.
const MANIFOLD: f64 = 8.0;

/// What most of the additional requests are for, or who sends them.
pub(super) struct Rise {
    /// What kind of culprit that is.
    kind: &'static str,
    pub(super) name: LogText,
    /// Its share of them, 0–1.
    share: f64,
    /// How many times as many there are as before in as long a time, where there were any.
    pub(super) times: Option<f64>,
    /// Its share of all requests before, 0–1.
    was: f64,
}

/// How many times as long as the time before the onset that requests are compared with the failures last.
fn times_as_long(case: &Case<'_>) -> f64 {
    let seconds = |a: i64, b: i64| ((b - a) as f64 / SECOND as f64).max(1.0);
    let from = case.archive.0.0.max(case.onset.0 - HOUR);
    seconds(case.onset.0, case.end.0) / seconds(from, case.onset.0 - MINUTE)
}

/// The values of a dimension, summed by what `called` makes of their names, that make up most of the requests above the usual: half of
/// them, a quarter of those that are asked for manifold.
fn most_of_the_rise(
    case: &Case<'_>,
    (dim, kind): (Dim, &'static str),
    called: fn(&str) -> String,
) -> Option<Rise> {
    let times = times_as_long(case);
    let of = |dim| case.shares.iter().filter(move |d| d.dim == dim);
    let rise = |d: &DimShare| (d.during.0 as f64 - d.before.0 as f64 * times).max(0.0);
    let all: f64 = of(Dim::Endpoint).map(rise).sum();
    let before: f64 = of(Dim::Endpoint).map(|d| d.before.0 as f64 * times).sum();
    let mut by: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for d in of(dim) {
        let sum = by.entry(called(d.name.for_json())).or_default();
        *sum = (sum.0 + rise(d), sum.1 + d.before.0 as f64 * times);
    }
    let most = by.into_iter().rev().max_by(|a, b| a.1.0.total_cmp(&b.1.0));
    let (name, (more, usual)) = most?;
    let share = more / all.max(1.0);
    let times = (usual > 0.0).then(|| 1.0 + more / usual);
    let least = match times.is_none_or(|n| n >= MANIFOLD) {
        true => QUARTER,
        false => HALF,
    };
    (share >= least).then(|| Rise {
        kind,
        name: LogText::name(name.as_bytes()),
        share,
        times,
        was: usual / before.max(1.0),
    })
}

/// The program that sends most of them, and of those before only a small part: not the one that everybody uses.
fn sender(case: &Case<'_>) -> Option<Rise> {
    let most = most_of_the_rise(case, (Dim::Agent, CLIENT), str::to_owned)?;
    let anew = most.times.is_none_or(|n| n >= MANIFOLD);
    (anew && most.was < QUARTER).then_some(most)
}

/// The endpoint that most of them are for, else all those that begin alike.
fn most_asked_for(case: &Case<'_>) -> Option<Rise> {
    let most = |called| most_of_the_rise(case, (Dim::Endpoint, "endpoint"), called);
    most(str::to_owned).or_else(|| most(first_part))
}

/// A path up to its second slash, with its method: `GET /category/*` of `GET /category/desks/`.
fn first_part(endpoint: &str) -> String {
    let mut slashes = endpoint.match_indices('/').map(|m| m.0);
    match slashes.nth(1) {
        Some(end) => format!("{}/*", &endpoint[..end]),
        None => endpoint.to_owned(),
    }
}

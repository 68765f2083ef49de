//! Versions as evidence: which ran at the onset, which one a release brings, and whether its requests fail more than those of the
//! others.
//! Nothing here decides on a cause; the rules of releases weigh what is found.

use crate::cause::case::{Case, Dim, DimShare};
use crate::cause::change::{self, Change, ROLLBACKS, What};
use crate::cause::ledger::{Aspect, Scale, onset_lines};
use crate::cause::symptoms::ownership::{both_akin, both_same, same_service};
use crate::model::{Event, Piece, Sentence};
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};
use std::collections::BTreeSet;

/// Whether two names mean the same version: a leading `v` is decoration.
fn same_version(a: &str, b: &str) -> bool {
    let plain = |s: &str| s.trim_start_matches(['v', 'V']).to_ascii_lowercase();
    plain(a) == plain(b)
}

/// Whether a version is a commit or a release stamp: right, but not what people call it.
fn is_opaque(version: &str) -> bool {
    let v = version.as_bytes();
    v.len() >= 7 && v.iter().all(u8::is_ascii_hexdigit)
}

/// Whether a release is of the service of another, or may be.
fn of_one_service(c: &Change<'_>, service: Option<&LogText>) -> bool {
    both_same(c.service, service) != Some(false)
}

/// Whether a release is what ran as the failures began: it had not failed before them, no newer one had taken its place, and
/// it is not what the service was put back to. `failed`: whether each of the releases had.
pub(in crate::cause) fn ran(
    case: &Case<'_>,
    n: usize,
    releases: &[Change<'_>],
    failed: &[bool],
) -> bool {
    if failed[n] {
        return false;
    }
    let c = &releases[n];
    let Some(version) = c.version else {
        return true;
    };
    let is = |name: &LogText| same_version(name.for_json(), version.for_json());
    let newer: Vec<&Change<'_>> = (releases.iter().zip(failed))
        .filter(|(o, failed)| !**failed && o.start > c.start && replaces(o, c))
        .map(|(o, _)| o)
        .filter(|o| o.version.is_some_and(|v| !is(v)))
        .collect();
    let back_to = case.timed(&ROLLBACKS).any(|(e, t)| {
        // a rollback may be named after what it leaves as well: that is the newest, or no line says "to" before it
        let target = || !newer.is_empty() || says_to(e, version);
        t > c.last()
            && target()
            && e.version.as_ref().is_some_and(is)
            && of_one_service(c, e.service.as_ref())
    });
    // what came when requests were slow already found the trouble there
    let before_it = |o: &Change<'_>| o.start <= case.shows_from();
    let replaced = newer
        .iter()
        .any(|o| o.in_place() < case.onset_bounds().0 && before_it(o));
    // beside a canary the version before it goes on
    let runs = |d: &DimShare| d.dim == Dim::Version && is(&d.name) && d.during.0 > 0;
    let goes_on = case.shares.iter().any(runs);
    !back_to && (!replaced || goes_on)
}

/// Whether a later release is one of the same service: by name, or as the next one of a log that names none.
fn replaces(later: &Change<'_>, c: &Change<'_>) -> bool {
    let input = |c: &Change<'_>| {
        let first = c.events.first().and_then(|e| e.evidence.first());
        first.map(|e| e.input)
    };
    match (later.service, c.service) {
        (Some(a), Some(b)) => same_service(a.for_json(), b.for_json()),
        (None, None) => input(later) == input(c),
        _ => false,
    }
}

/// Whether the lines of an event say that something went *to* a version.
fn says_to(e: &Event, version: &LogText) -> bool {
    let v = version.for_json();
    let to = |before: &str| {
        let words = before.rsplit(|c: char| !c.is_ascii_alphanumeric());
        let calls = |w: &&str| matches!(*w, "" | "v" | "version" | "release" | "revision" | "tag");
        let mut own = words.filter(|w| !calls(w));
        own.next().is_some_and(|w| w.eq_ignore_ascii_case("to"))
    };
    let excerpts = e.evidence.iter().filter_map(|x| x.excerpt.as_ref());
    let mut lines = excerpts.map(LogText::for_json);
    lines.any(|t| t.match_indices(v).any(|(at, _)| to(&t[..at])))
}

/// Whether a release was reported failed before the onset and did not succeed after that: its version did not run.
pub(in crate::cause) fn failed_before(
    case: &Case<'_>,
    c: &Change<'_>,
    releases: &[Change<'_>],
) -> bool {
    let (lo, _) = case.onset_bounds();
    let fails = case.timed(&[MarkerKind::DeployFail]);
    let mut before = fails.filter(|(_, t)| *t >= c.start && *t < lo);
    before.any(|(e, t)| {
        let names = match (&e.version, c.version) {
            (Some(a), Some(b)) => same_version(a.for_json(), b.for_json()),
            // what names no version ends the last one that began
            _ => !releases.iter().any(|o| {
                o.start > c.start && o.start <= t && of_one_service(o, e.service.as_ref())
            }),
        };
        let again = c.events.iter().any(|x| {
            let done = matches!(x.kind, MarkerKind::DeployFinish | MarkerKind::VersionChange);
            done && x.time.is_some_and(|d| d >= t)
        });
        names && of_one_service(c, e.service.as_ref()) && !again
    })
}

/// The version that a release brings: the one that its markers name; where that is a commit or they name none, the one
/// that lines of the service begin to name.
pub(in crate::cause) fn version_of<'a>(case: &Case<'a>, c: &Change<'a>) -> Option<&'a LogText> {
    if let Some(v) = c.version.filter(|v| !is_opaque(v.for_json())) {
        return Some(v);
    }
    let requests = || {
        let all = of_changed(case, c).into_iter();
        let mut new = all.filter(|d| d.before.0 == 0 && d.during.0 > 0);
        let one = new.next()?;
        (new.next().is_none() && c.lag_s(case) <= 600.0).then_some(&one.name)
    };
    change::appears(case, c)
        .map(|v| &v.name)
        .or_else(requests)
        .or(c.version)
}

/// Whether a release brings the service no other version: what starts with it names one, and what starts as it is put back names
/// the same.
pub(in crate::cause) fn stays(case: &Case<'_>, c: &Change<'_>) -> bool {
    const UNTIL: i64 = 2 * MINUTE;
    let started = |from: Instant, to: Instant| -> BTreeSet<&str> {
        let starts = case.timed(&[MarkerKind::ServiceStart, MarkerKind::Restart]);
        let within = starts.filter(|(_, t)| *t >= from && t.0 <= to.0 + UNTIL);
        let of_it = within.filter(|(e, _)| of_one_service(c, e.service.as_ref()));
        let versions = of_it.filter_map(|(e, _)| e.version.as_ref());
        versions.map(LogText::for_json).collect()
    };
    let named = |e: &Event| c.service.is_some() && e.service.as_ref() == c.service;
    let mut back = case.timed(&[MarkerKind::RollbackStart]);
    let Some((_, back)) = back.find(|(e, t)| named(e) && *t > c.last()) else {
        return false;
    };
    let with_it = started(c.start, c.last());
    // a program may say the version of what runs it
    let named = c.version.filter(|v| !is_opaque(v.for_json()));
    let named = named.or_else(|| change::appears(case, c).map(|v| &v.name));
    let of_it = named.is_none_or(|v| with_it.contains(v.for_json()));
    of_it && with_it.len() == 1 && with_it == started(back, back)
}

/// The shares of versions of the changed service: `v2` of two services is not one thing. Where all are of one service
/// (a virtual host, say), they are taken whatever it is called.
fn of_changed<'a>(case: &Case<'a>, c: &Change<'_>) -> Vec<&'a DimShare> {
    let all = || case.shares.iter().filter(|d| d.dim == Dim::Version);
    let first = all().next().and_then(|d| d.service.as_ref());
    let several = all().any(|d| d.service.as_ref() != first);
    // lines that name no service cannot separate a version of two, and which one a release brings that names none is not known
    let others = case.events.iter().any(|e| {
        let release = change::what(e.kind) == Some(What::Release);
        let versions = e.version.as_ref().zip(c.version);
        let differ = versions.is_some_and(|(a, b)| !same_version(a.for_json(), b.for_json()));
        release && !differ && c.service.is_some() && !of_one_service(c, e.service.as_ref())
    });
    if first.is_none() && !several && others {
        return Vec::new();
    }
    let may = |d: &&DimShare| both_akin(d.service.as_ref(), c.service) != Some(false);
    all().filter(|d| !several || may(d)).collect()
}

/// Compares the failing share of the new version's requests with that of the others. False when that cannot be determined.
pub(in crate::cause) fn by_version<'a>(scale: &mut Scale, case: &Case<'a>, c: &Change<'a>) -> bool {
    let Some(version) = version_of(case, c) else {
        return false;
    };
    let is = |d: &&DimShare| same_version(d.name.for_json(), version.for_json());
    let (new, old): (Vec<_>, Vec<_>) = of_changed(case, c).into_iter().partition(is);
    let sum = |of: &[&DimShare]| {
        let during = of.iter().map(|d| d.during);
        during.fold((0, 0), |s, x| (s.0 + x.0, s.1 + x.1))
    };
    let (new, old) = (sum(&new), sum(&old));
    if new.0 < 10 || old.0 < 10 {
        return false;
    }
    let (pn, po) = (new.1 as f64 / new.0 as f64, old.1 as f64 / old.0 as f64);
    let shares = Sentence::default()
        .p(Piece::Share(pn))
        .w(" of the requests to ")
        .name(version)
        .w(" fail, ")
        .p(Piece::Share(po));
    let (weight, others) = if pn >= 0.05 && pn >= 3.0 * po {
        (2.5, " of those to other versions.")
    } else if po >= 0.05 && pn <= 2.0 * po {
        (-2.5, " of those to other versions: they fail too.")
    } else {
        return false;
    };
    scale.add(Aspect::Scope, weight, shares.w(others), onset_lines(case));
    true
}

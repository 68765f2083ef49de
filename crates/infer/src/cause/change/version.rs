//! Versions as evidence: which ran at the onset, which one a release brings, and whether its requests fail more than those of the
//! others.
//! Nothing here decides on a cause; the rules of releases weigh what is found.

use crate::cause::case::{Case, Dim, DimShare};
use crate::cause::change::{self, Change, What};
use crate::cause::ledger::{Aspect, Scale, onset_lines};
use crate::cause::symptoms::ownership::{both_akin, both_same};
use crate::model::{Piece, Sentence};
use coroner_lines::text::LogText;

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

/// What it weighs, in nats, that other versions fail as the new one does.
pub(in crate::cause) const FAIL_TOO: f64 = -2.5;

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
        .w(" of the requests logged with ")
        .name(version)
        .w(" fail, ")
        .p(Piece::Share(po));
    let (weight, others) = if pn >= 0.05 && pn >= 3.0 * po {
        (2.5, " of those with other versions.")
    } else if po >= 0.05 && pn <= 2.0 * po {
        (FAIL_TOO, " of those with other versions: they fail too.")
    } else {
        return false;
    };
    scale.add(Aspect::Scope, weight, shares.w(others), onset_lines(case));
    true
}

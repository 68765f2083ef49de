//! Bad records: messages about records that cannot be read, and one endpoint that fails alone.

use super::case::{Case, Dim, DimShare};
use super::names;
use crate::cause::class_info::ClassInfo;
use crate::cause::expected_effects::lives_on;
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::culprit;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::cause::symptoms::ownership::file;
use crate::model::Group;
use coroner_lines::record::CauseClass;

/// The class.
pub(super) static INFO: ClassInfo = ClassInfo {
    class: CauseClass::BadData,
    group: Group::DATA,
    prior: 0.03,
    about: "records that the program cannot take",
    says: "records that cannot be read",
    title: "Bad records or corrupt input",
    settle: "Send the record or request that fails by itself.",
    weights: Weights::of(2.0, 1.6, -0.5),
    statuses: &[(500, 0.3), (502, -0.6), (503, -0.4), (504, -0.6)],
    lacks: &[alike, lives_on],
    shared: true,
    rule: weigh,
    ..ClassInfo::PLAIN
};

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    if best.is_some() {
        failure_shape::one_of_many(&mut scale, case, Dim::Endpoint, "the endpoint", 0.9);
    }
    let named = best.and_then(|s| {
        let what = names::table(s.text)
            .map(|t| ("table", t))
            .or_else(|| file(case, s.text).map(|p| ("file", p)));
        what.and_then(|(kind, n)| culprit(kind, &n, case.service))
    });
    INFO.weighed(scale, named)
}

/// A bad record fails those that read it.
fn alike(case: &Case<'_>, _: &[Sign<'_>], _: &Sign<'_>) -> Option<&'static str> {
    all_endpoints(case)
        .then_some("All endpoints fail alike; a bad record fails those that read it.")
}

/// Whether several endpoints fail and none is healthy.
fn all_endpoints(case: &Case<'_>) -> bool {
    let (bad, good) = failure_shape::split(case, Dim::Endpoint);
    let answered = |d: &&DimShare| !d.name.for_json().ends_with(" (4xx)");
    bad.len() >= 3 && !good.iter().any(answered)
}

//! Name resolution fails, for the failing service itself.

use super::case::Case;
use super::names;
use crate::cause::class_info::ClassInfo;
use crate::cause::failure_shape::Weights;
use crate::cause::ledger::culprit;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::Group;
use coroner_lines::record::CauseClass;

/// The class.
pub(super) static INFO: ClassInfo = ClassInfo {
    class: CauseClass::Dns,
    group: Group::NETWORK,
    prior: 0.02,
    about: "names that are not resolved",
    says: "names cannot be resolved",
    title: "Name resolution",
    titled: Some(["Name resolution fails (", ")"]),
    settle: "A query for the name from the failing hosts.",
    weights: Weights::of(2.4, 2.2, -1.0),
    statuses: &[(504, 0.2)],
    of_writer: true,
    everywhere: true,
    rule: weigh,
    ..ClassInfo::PLAIN
};

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (scale, best) = INFO.heard(case, signs);
    // whom the failing lookups ask, where a line of the incident shows it, else for what
    let asked = || {
        let failing = case.templates.iter().filter(|t| t.during > 0);
        failing.map(|t| t.example.text()).find_map(names::resolver)
    };
    let named = best.and_then(|s| {
        let name = names::resolver(s.text).or_else(asked);
        let for_what = || names::unresolved(s.text).or_else(|| names::domain(s.text));
        culprit("dns", &name.or_else(for_what)?, None)
    });
    INFO.weighed(scale, named)
}

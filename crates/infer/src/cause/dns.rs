//! Name resolution fails, for the failing service itself.

use super::case::Case;
use super::names;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::ledger::culprit;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::Group;
use coroner_lines::record::CauseClass;
use coroner_lines::text::words::holds_any;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Dns, Group::NETWORK, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (scale, best) = INFO.heard(case, signs);
    // whom the failing lookups ask, where a line of the incident shows it, else for what
    let asked = || {
        let failing = case.templates.iter().filter(|t| t.during > 0);
        failing.map(|t| t.example.text()).find_map(names::resolver)
    };
    let named = best.and_then(|s| {
        let resolver = names::resolver(s.text).or_else(asked);
        // what stands on each machine itself asks another one
        let resolver = resolver.filter(|r| !r.starts_with("127."));
        let name = || names::unresolved(s.text).or_else(|| names::domain(s.text));
        // who answers that it cannot find a name, works; it is the name that is at fault
        let name = match holds_any(s.text.as_bytes(), ANSWERS) {
            true => name().or(resolver),
            false => resolver.or_else(name),
        };
        culprit("dns", &name?, None)
    });
    INFO.weighed(scale, named)
}

/// How a name server says that it has no answer.
const ANSWERS: &str = "servfail | nxdomain | no such host | enotfound | no such domain";

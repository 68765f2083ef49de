//! Name resolution fails, for the failing service itself.

use super::case::{Case, TemplateFact};
use super::names;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::ledger::culprit;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::Group;
use coroner_lines::record::CauseClass;
use coroner_lines::text::words::holds_any;
use std::collections::BTreeSet;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Dns, Group::NETWORK, weigh, &[]));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (scale, best) = INFO.heard(case, signs);
    // whom the failing lookups ask, where a line of the incident shows it, else for what
    let asked = || {
        let failing = case.templates.iter().filter(|t| t.during > 0);
        failing.map(|t| t.example.text()).find_map(names::resolver)
    };
    let named = best.and_then(|s| {
        let resolver = names::resolver(s.text).or_else(asked);
        let name = || names::unresolved(s.text).or_else(|| names::domain(s.text));
        let failing = signs.iter().filter(|s| s.is(INFO.class));
        let for_what =
            || one_domain(failing.filter_map(|s| names::unresolved(s.text))).or_else(name);
        // who answers that it cannot find a name, works; it is the name that is at fault
        let name = match holds_any(s.text.as_bytes(), ANSWERS) {
            true => for_what().or(resolver),
            false => resolver.or_else(for_what),
        };
        culprit("dns", &name.or_else(|| beside(case))?, None)
    });
    INFO.weighed(scale, named)
}

/// The one host that the new errors name, where those that speak of names leave theirs out.
fn beside(case: &Case<'_>) -> Option<String> {
    let new = |t: &&TemplateFact| t.brought() && t.during > 0;
    let said = case.templates.iter().filter(new);
    let named = said.filter_map(|t| names::domain(t.example.text()));
    let named: BTreeSet<String> = named.filter(|n| names::is_domain(n)).collect();
    let [one] = &Vec::from_iter(named)[..] else {
        return None;
    };
    Some(one.clone())
}

/// How a name server says that it has no answer.
const ANSWERS: &str = "servfail | nxdomain | no such host | enotfound | no such domain";

/// The domain that all of several names are in: `int.shop.example` of `db.int.shop.example` and `auth.int.shop.example`.
fn one_domain(names: impl Iterator<Item = String>) -> Option<String> {
    let all: BTreeSet<Vec<String>> = names
        .map(|n| {
            n.trim_end_matches('.')
                .rsplit('.')
                .map(str::to_ascii_lowercase)
                .collect()
        })
        .collect();
    let (first, rest) = all.first().zip((all.len() > 1).then_some(&all))?;
    let shared = |o: &Vec<String>| first.iter().zip(o).take_while(|(a, b)| a == b).count();
    let common = rest.iter().map(shared).min()?;
    let labels: Vec<&str> = first
        .iter()
        .take(common)
        .rev()
        .map(String::as_str)
        .collect();
    (common >= 2).then(|| labels.join("."))
}

#[cfg(test)]
mod tests {
    use super::one_domain;

    #[test]
    fn several_names_of_one_domain_are_that_domain() {
        let of = |names: &[&str]| one_domain(names.iter().map(|n| (*n).to_owned()));
        let inner = ["db.int.shop.example", "Auth.INT.shop.example."];
        assert_eq!(of(&inner).as_deref(), Some("int.shop.example"));
        assert_eq!(of(&inner[..1]), None, "one name is that name");
        assert_eq!(of(&["db.shop.example", "api.bank.test"]), None);
    }
}

//! Name resolution fails, for the failing service itself.

use super::CauseRule;
use super::case::Case;
use super::family::Family;
use super::names;
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Scale, culprit};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::Sentence;
use coroner_lines::record::CauseClass;

/// The cause.
pub(super) struct Dns;

impl CauseRule for Dns {
    fn class(&self) -> CauseClass {
        CauseClass::Dns
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let mut scale = Scale::default();
        let best = failure_shape::messages(
            &mut scale,
            case,
            signs,
            &[Family::Dns],
            Weights {
                message: 2.4,
                covers: 2.2,
                missing: -1.0,
            },
        );
        // whom the failing lookups ask, where a line of the incident tells it, else for what
        let asked = || {
            let told = case.templates.iter().filter(|t| t.during > 0);
            told.map(|t| t.example.for_json()).find_map(names::resolver)
        };
        let named = best.and_then(|s| {
            let name = names::resolver(s.text).or_else(asked);
            culprit("dns", &name.or_else(|| names::unresolved(s.text))?, None)
        });
        let title = match &named {
            Some(n) => Sentence::words("Name resolution fails (")
                .name(&n.name)
                .w(")"),
            None => Sentence::words("Name resolution"),
        };
        scale.weighed(
            title,
            named,
            Sentence::words("A query for the name from the failing hosts."),
        )
    }
}

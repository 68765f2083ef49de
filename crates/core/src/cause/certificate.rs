//! A TLS certificate that is expired or not accepted, on the way of the failing requests.

use super::CauseRule;
use super::case::{Case, Dim};
use super::family::Family;
use super::names;
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Scale, culprit};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::Sentence;
use coroner_lines::record::CauseClass;

/// The cause.
pub(super) struct Certificate;

impl CauseRule for Certificate {
    fn class(&self) -> CauseClass {
        CauseClass::Certificate
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let mut scale = Scale::default();
        let best = failure_shape::messages(
            &mut scale,
            case,
            signs,
            &[Family::Certificate],
            Weights {
                message: 2.4,
                covers: 2.2,
                missing: -1.0,
            },
        );
        let named = best.and_then(|s| {
            let whose = names::provider(s.text).or_else(|| match names::target(s.text) {
                Some(
                    names::Target::Named(n) | names::Target::Database(n) | names::Target::Cache(n),
                ) => Some(n),
                None => names::address(s.text).map(|a| a.0),
            });
            let whose = whose.or_else(|| failing_upstream(case))?;
            culprit("certificate", &whose, case.service)
        });
        let title = match &named {
            Some(n) => Sentence::words("The TLS certificate of ").name(&n.name),
            None => Sentence::words("A TLS certificate"),
        };
        scale.weighed(
            title,
            named,
            Sentence::words("The certificate's dates and chain."),
        )
    }
}

/// The only server behind the edge that failing requests went to.
fn failing_upstream(case: &Case<'_>) -> Option<String> {
    let mut failing = case
        .shares
        .iter()
        .filter(|d| d.dim == Dim::Upstream && d.during.1 > 0);
    let one = failing.next()?;
    failing
        .next()
        .is_none()
        .then(|| one.name.for_json().to_owned())
}

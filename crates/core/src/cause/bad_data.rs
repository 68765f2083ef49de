//! Bad records: messages about records that cannot be read, and one endpoint that fails alone.

use super::CauseRule;
use super::case::{Case, Dim};
use super::family::Family;
use super::names;
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Scale, culprit};
use crate::cause::ownership::file;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::Sentence;
use coroner_lines::record::CauseClass;

/// The cause.
pub(super) struct BadData;

impl CauseRule for BadData {
    fn class(&self) -> CauseClass {
        CauseClass::BadData
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let mut scale = Scale::default();
        let best = failure_shape::messages(
            &mut scale,
            case,
            signs,
            &[Family::Data],
            Weights {
                message: 2.0,
                covers: 1.6,
                missing: -0.5,
            },
        );
        if best.is_some() {
            failure_shape::one_of_many(&mut scale, case, Dim::Endpoint, "the endpoint", 0.9);
        }
        let named = best.and_then(|s| {
            let what = names::table(s.text)
                .map(|t| ("table", t))
                .or_else(|| file(case, s.text).map(|p| ("file", p)));
            what.and_then(|(kind, n)| culprit(kind, &n, case.service))
        });
        scale.weighed(
            Sentence::words("Bad records or corrupt input"),
            named,
            Sentence::words("The record or request that fails, by itself."),
        )
    }
}

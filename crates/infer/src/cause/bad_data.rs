//! Bad records: messages about records that cannot be read.

use super::case::Case;
use super::names;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::ledger::culprit;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::cause::symptoms::ownership::file;
use crate::model::Group;
use coroner_lines::record::CauseClass;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::BadData, Group::DATA, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (scale, best) = INFO.heard(case, signs);
    let named = best.and_then(|s| {
        let what = names::table(s.text)
            .map(|t| ("table", t))
            .or_else(|| file(s.text).map(|p| ("file", p)));
        what.and_then(|(kind, n)| culprit(kind, &n, case.service))
    });
    INFO.weighed(scale, named)
}

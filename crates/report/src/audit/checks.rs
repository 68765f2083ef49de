//! The checks: what each looks for, how bad a hit is, and how it is found. A check is a static of one of the files of its family
//! and one line in [`CHECKS`]; `--help`, `explain` and the table in the book come from here.

mod action;
mod agree;
mod claim;
mod duration;
mod gap;
mod logs;
mod missing;
mod order;
#[cfg(test)]
mod tests;
mod time;

use super::case::Case;
use super::finding::{Finding, Severity};
use coroner_lines::sorting::SortList;

/// A check.
pub struct Check {
    /// Stable name.
    pub id: &'static str,
    /// How bad a hit is; a hit of its own may be reported as less or more.
    pub severity: Severity,
    /// When it fires, for the table.
    pub fires: &'static str,
    /// How it is found, in two sentences.
    pub method: &'static str,
    /// Finds.
    pub run: fn(&Case) -> Vec<Finding>,
}

/// Every check, in the order of the table.
pub static CHECKS: &[&Check] = &[
    &time::MERIDIEM_SLIP,
    &time::MERIDIEM_REDUNDANT,
    &time::ZONE_MISSING,
    &time::ZONE_AMBIGUOUS,
    &time::UNPARSED,
    &order::BACKWARDS,
    &order::ACK_BEFORE_ALERT,
    &order::RECOVERY_BEFORE_ONSET,
    &order::ROLLBACK_BEFORE_CHANGE,
    &order::RESTART_AFTER_RECOVERY,
    &order::ALERT_BEFORE_OUTAGE,
    &order::OUTAGE_EQUALS_ALERT,
    &duration::MISMATCH,
    &duration::OTHER_SPAN,
    &duration::UNCLEAR,
    &duration::MISSING,
    &agree::START,
    &agree::END,
    &agree::CHANGE_TIME,
    &agree::ROLLBACK_TIME,
    &agree::START_MISSING,
    &agree::DATE,
    &agree::CAUSE,
    &agree::ACTION_NOT_IN_TABLE,
    &gap::ROLLBACK_WITHOUT_CHANGE,
    &gap::CAUSE_TO_OUTAGE,
    &gap::AFTER_ROLLBACK,
    &gap::SILENT,
    &missing::SECTION,
    &missing::ROW,
    &missing::IMPACT_NUMBER,
    &claim::ALL_TRAFFIC,
    &claim::SWIFT,
    &action::THRESHOLD_BACKWARDS,
    &action::WRONG_PHASE,
    &action::NO_OWNER_OR_DUE,
    &action::CONFLICT,
    &action::UNCOVERED_FACTOR,
    &missing::TODO_LEFT,
    &logs::TIME_DIFFERS,
    &logs::ZONE_OFFSET,
    &logs::NO_SUCH_EVENT,
    &logs::UNLISTED_EVENT,
    &logs::DURATION_DIFFERS,
    &logs::IMPACT_DIFFERS,
    &logs::STATUS_DIFFERS,
    &logs::CAUSE_UNSUPPORTED,
    &logs::COVERAGE,
];

/// The check of an id.
pub fn check(id: &str) -> Option<&'static Check> {
    CHECKS.iter().copied().find(|c| c.id == id)
}

/// Every finding of every check, in the order of the document. What one check reports another does not repeat.
pub fn run(case: &Case) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for c in CHECKS {
        for mut f in (c.run)(case).into_iter().take(Case::MOST) {
            f.id = c.id;
            if f.severity == Severity::Note {
                f.severity = c.severity;
            }
            out.push(f);
        }
    }
    out.sort_list_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| a.main.place.key().cmp(&b.main.place.key()))
    });
    out
}

//! The checks: what each looks for, how bad a hit is, and how it is found. A check is a row of `checks.tsv`
//! and a function of one of the files of its family; `--help`, `explain` and the table in the book come from here.

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
use coroner_lines::table;
use std::sync::LazyLock;

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
    pub run: Finder,
}

/// Finds the hits of a check.
pub type Finder = fn(&Case) -> Vec<Finding>;

/// What finds the hits of each check, by its name.
const FINDERS: &[(&str, Finder)] = &[
    ("time.meridiem-slip", time::slips),
    ("time.meridiem-redundant", time::redundant),
    ("time.zone-missing", time::zone_missing),
    ("time.zone-ambiguous", time::zone_ambiguous),
    ("time.unparsed", time::unparsed),
    ("order.backwards", order::backwards),
    ("order.ack-before-alert", order::ack_before_alert),
    ("order.recovery-before-onset", order::recovery),
    ("order.rollback-before-change", order::rollback),
    ("order.restart-after-recovery", order::restart),
    ("order.alert-before-outage", order::early_alert),
    ("order.outage-equals-alert", order::same_minute),
    ("duration.mismatch", duration::mismatches),
    ("duration.other-span", duration::other_spans),
    ("duration.unclear", duration::unclear),
    ("duration.missing", duration::missing),
    ("agree.start", agree::start),
    ("agree.end", agree::end),
    ("agree.change-time", agree::change),
    ("agree.rollback-time", agree::rollback),
    ("agree.start-missing", agree::prose::start_missing),
    ("agree.date", agree::date::dates),
    ("agree.cause", agree::prose::cause),
    ("agree.action-not-in-table", agree::prose::action),
    ("rollback.without-change", gap::without_change),
    ("gap.cause-to-outage", gap::cause_to_outage),
    ("gap.after-rollback", gap::after_rollback),
    ("gap.silent", gap::silent),
    ("missing.section", missing::sections),
    ("missing.row", missing::row),
    ("missing.impact-number", missing::impact),
    ("claim.all-traffic", claim::all_traffic),
    ("claim.swift", claim::swift),
    ("action.threshold-backwards", action::threshold),
    ("action.wrong-phase", action::phase),
    ("action.no-owner-or-due", action::owners),
    ("action.conflict", action::conflict),
    ("action.uncovered-factor", action::factor),
    ("todo.left", missing::todo),
    ("logs.time-differs", logs::times::time_differs),
    ("logs.zone-offset", logs::times::zone_offset),
    ("logs.no-such-event", logs::times::no_such_event),
    ("logs.unlisted-event", logs::times::unlisted),
    ("logs.duration-differs", logs::claims::duration),
    ("logs.impact-differs", logs::claims::impact),
    ("logs.status-differs", logs::claims::status),
    ("logs.cause-unsupported", logs::claims::cause),
    ("logs.coverage", logs::times::reach),
];

/// Every check, in the order of the table.
pub static CHECKS: LazyLock<Vec<Check>> = LazyLock::new(|| {
    let check = |[id, severity, fires, method]: [&'static str; 4]| {
        let run = FINDERS.iter().find(|(name, _)| *name == id)?.1;
        let severity = match severity {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            _ => Severity::Note,
        };
        Some(Check {
            id,
            severity,
            fires,
            method,
            run,
        })
    };
    table::rows(include_str!("checks.tsv"))
        .filter_map(check)
        .collect()
});

/// The check of an id.
pub fn check(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|c| c.id == id)
}

/// Every finding of every check, in the order of the document. What one check reports another does not repeat.
pub fn run(case: &Case) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for c in CHECKS.iter() {
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

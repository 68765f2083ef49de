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
use super::finding::{Finding, MOST, Severity};
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
    /// What to do, where a hit does not say it itself.
    pub help: &'static str,
    /// Finds.
    run: Finder,
}

/// Finds the hits of a check.
#[derive(Clone, Copy)]
enum Finder {
    /// One of a document at most.
    One(fn(&Case) -> Option<Finding>),
    /// As many as there are.
    All(fn(&Case) -> Vec<Finding>),
}

use Finder::{All, One};

/// What finds the hits of each check, by its name.
const FINDERS: &[(&str, Finder)] = &[
    ("time.meridiem-slip", All(time::slips)),
    ("time.meridiem-redundant", One(time::redundant)),
    ("time.zone-missing", One(time::zone_missing)),
    ("time.zone-ambiguous", All(time::zone_ambiguous)),
    ("time.unparsed", All(time::unparsed)),
    ("order.backwards", All(order::backwards)),
    ("order.ack-before-alert", One(order::ack_before_alert)),
    ("order.recovery-before-onset", One(order::recovery)),
    ("order.rollback-before-change", One(order::rollback)),
    ("order.restart-after-recovery", One(order::restart)),
    ("order.alert-before-outage", One(order::early_alert)),
    ("order.outage-equals-alert", One(order::same_minute)),
    (
        "duration.mismatch",
        All(|case| duration::judged(case, false)),
    ),
    (
        "duration.other-span",
        All(|case| duration::judged(case, true)),
    ),
    ("duration.unclear", One(duration::unclear)),
    ("duration.missing", One(duration::missing)),
    ("agree.start", One(agree::start)),
    ("agree.end", One(agree::end)),
    ("agree.change-time", One(agree::change)),
    ("agree.rollback-time", One(agree::rollback)),
    ("agree.start-missing", One(agree::start_missing)),
    ("agree.date", One(agree::dates)),
    ("agree.cause", One(agree::cause)),
    ("agree.action-not-in-table", One(agree::action)),
    ("rollback.without-change", One(gap::without_change)),
    ("gap.cause-to-outage", One(gap::cause_to_outage)),
    ("gap.after-rollback", One(gap::after_rollback)),
    ("gap.silent", One(gap::silent)),
    ("missing.section", All(missing::sections)),
    ("missing.row", One(missing::row)),
    ("missing.impact-number", One(missing::impact)),
    ("claim.all-traffic", One(claim::all_traffic)),
    ("claim.swift", One(claim::swift)),
    ("action.threshold-backwards", All(action::threshold)),
    ("action.wrong-phase", One(action::phase)),
    ("action.no-owner-or-due", One(action::owners)),
    ("action.conflict", One(action::conflict)),
    ("action.uncovered-factor", One(action::factor)),
    ("todo.left", One(missing::todo)),
    ("logs.time-differs", All(logs::time_differs)),
    ("logs.zone-offset", One(logs::zone_offset)),
    ("logs.no-such-event", All(logs::no_such_event)),
    ("logs.unlisted-event", All(logs::unlisted)),
    ("logs.duration-differs", One(logs::duration)),
    ("logs.impact-differs", One(logs::impact)),
    ("logs.status-differs", One(logs::status)),
    ("logs.cause-unsupported", One(logs::cause)),
    ("logs.coverage", One(logs::reach)),
];

/// Every check, in the order of the table.
pub static CHECKS: LazyLock<Vec<Check>> = LazyLock::new(|| {
    let check = |[id, severity, fires, method, help]: [&'static str; 5]| {
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
            help,
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
        let found = match c.run {
            One(find) => find(case).into_iter().collect(),
            All(find) => find(case),
        };
        for mut f in found.into_iter().take(MOST) {
            f.id = c.id;
            if f.help.is_none() && !c.help.is_empty() {
                f.help = Some(c.help.to_owned());
            }
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

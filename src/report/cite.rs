//! Citations: `file:line`, in the words of each medium, and the short words for marker kinds.
//! Nothing here decides what is cited.

use super::sentence::{Medium, name};
use crate::model::{Cited, Evidence, Report};
use crate::record::MarkerKind;
use crate::text::{LogText, md_code};

/// The name of an input as text that needs escaping still; `input N` for an index out of range.
fn input_name(report: &Report, input: u32) -> LogText {
    report.inputs.get(input as usize).map_or_else(
        || LogText::name(format!("input {input}").as_bytes()),
        |i| i.name.clone(),
    )
}

/// `deploy.log:1182`, `deploy.log:1183-1199`, or `deploy.log@byte 90311` where lines were not counted. Not escaped for Markdown.
pub fn line(report: &Report, e: &Evidence, medium: Medium) -> String {
    let n = input_name(report, e.input);
    let n = match medium {
        // A citation may begin a line, where build servers take `::` for a command.
        Medium::Terminal => match n.for_terminal() {
            t if t.starts_with("::") => t.replacen(':', "\\x3a", 1),
            t => t.into_owned(),
        },
        _ => n.for_json().to_owned(),
    };
    match (e.line, e.end_line) {
        (0, _) => format!("{n}@byte {}", e.byte),
        (a, Some(b)) if b > a => format!("{n}:{a}-{b}"),
        (a, _) => format!("{n}:{a}"),
    }
}

/// The first line of a list, by (input, line), as the one citation of a row.
pub fn first(report: &Report, list: &[Evidence], medium: Medium) -> Option<String> {
    list.iter()
        .min_by_key(|e| (e.input, e.line, e.byte))
        .map(|e| line(report, e, medium))
}

/// Citations of a claim in Markdown, at most three: `` `a:1`, `b:2` and 4 more ``, or `(searched: …)`.
pub fn markdown(report: &Report, c: &Cited) -> String {
    match c {
        Cited::Lines(l) => md_lines(report, l),
        Cited::Absent(i) if i.len() == report.inputs.len() && i.len() > 3 => {
            format!("(searched: all {} inputs)", i.len())
        }
        Cited::Absent(i) => {
            let names: Vec<String> = i
                .iter()
                .map(|n| input_name(report, *n).for_md_prose())
                .collect();
            format!("(searched: {})", names.join(", "))
        }
    }
}

/// Citations of lines in Markdown, at most three.
pub fn md_lines(report: &Report, list: &[Evidence]) -> String {
    let mut sorted: Vec<&Evidence> = list.iter().collect();
    sorted.sort_by_key(|e| (e.input, e.line, e.byte));
    let shown: Vec<String> = sorted
        .iter()
        .take(3)
        .map(|e| md_code(&line(report, e, Medium::Plain)))
        .collect();
    let more = sorted.len().saturating_sub(3);
    let and = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{and}", shown.join(", "))
}

/// Citation of a claim on the screen: `[deploy.log:1182]` or `[searched: a, b]`.
pub fn screen(report: &Report, c: &Cited) -> String {
    match c {
        Cited::Lines(l) => {
            let more = l.len().saturating_sub(1);
            let and = if more > 0 {
                format!(" +{more}")
            } else {
                String::new()
            };
            format!(
                "[{}{and}]",
                first(report, l, Medium::Terminal).unwrap_or_default()
            )
        }
        Cited::Absent(i) if i.len() == report.inputs.len() && i.len() > 3 => {
            format!("[searched: all {} inputs]", i.len())
        }
        Cited::Absent(i) => {
            let names: Vec<String> = i
                .iter()
                .map(|n| name(&input_name(report, *n), Medium::Terminal))
                .collect();
            format!("[searched: {}]", names.join(", "))
        }
    }
}

/// The short word of a row on the screen.
pub fn short(kind: MarkerKind) -> &'static str {
    use MarkerKind::*;
    match kind {
        DeployStart | DeployFinish | DeployFail | ConfigChange | FeatureFlag | MigrationStart
        | MigrationFinish | MigrationRollback | VersionChange => "change",
        RollbackStart | RollbackFinish | RollbackFail => "rollback",
        Scale => "scale",
        Failover => "failover",
        Restart | ServiceStart | ServiceStop => "restart",
        Crash => "crash",
        BackendDown | BackendUp => "backend",
        AlertFired | AlertEscalated | AlertResolved => "page",
        AlertAcknowledged => "ack",
        MitigationStart | MitigationFinish => "action",
        MaintenanceStart | MaintenanceFinish => "planned",
        RecoveryClaimed => "claim",
        Fault => "fault",
        HumanNote => "note",
        Onset => "5xx",
        Recovery => "normal",
        First5xx | NewError | Peak | PartialRecovery | Relapse | TrafficDrop | SilenceStart
        | SilenceFinish | MaskedFailover | ClockStep => "signal",
    }
}

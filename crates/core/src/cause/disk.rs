//! Disk full, read-only or failing, where the failing service writes.

use super::CauseRule;
use super::case::Case;
use super::family::Family;
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Aspect, Scale, culprit, lines};
use crate::cause::ownership::file;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::{Sign, excerpt};
use crate::model::{Event, Piece, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};

/// The cause.
pub(super) struct Disk;

impl CauseRule for Disk {
    fn class(&self) -> CauseClass {
        CauseClass::Disk
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let mut scale = Scale::default();
        let best = failure_shape::messages(
            &mut scale,
            case,
            signs,
            &[Family::Disk],
            Weights {
                message: 2.3,
                covers: 2.2,
                missing: -1.0,
            },
        );
        let alert = disk_alert(case);
        if let Some(e) = alert {
            // Not in the table: an alert about this very resource shortly before or in the incident; about as telling as a rollback that helps.
            let text = match e.time {
                Some(t) if t <= case.onset => Sentence::words("An alert about disk space fired ")
                    .p(Piece::Span(case.onset.0 - t.0))
                    .w(" before the onset."),
                _ => Sentence::words("An alert about disk space fired during the incident."),
            };
            scale.add(Aspect::Alert, 1.0, text, lines(&e.evidence));
        }
        let where_ = alert.and_then(|e| file(case, excerpt(e))).or_else(|| {
            signs
                .iter()
                .filter(|s| s.family == Family::Disk)
                .find_map(|s| data_path(case, s.text))
        });
        let named = best.and_then(|s| {
            let name = where_.or_else(|| Some(s.host?.for_json().to_owned()))?;
            culprit("disk", &name, s.service.filter(|_| s.own).or(case.service))
        });
        let title = match &named {
            Some(n) => Sentence::words("Disk full or failing: ").name(&n.name),
            None => Sentence::words("A full or failing disk"),
        };
        scale.weighed(
            title,
            named,
            Sentence::words("Free space of the file systems over the time of the incident."),
        )
    }
}

/// An alert about disk space within ten minutes before the onset, or during the incident.
fn disk_alert<'a>(case: &'a Case<'a>) -> Option<&'a Event> {
    case.events.iter().find(|e| {
        let text = excerpt(e).to_ascii_lowercase();
        e.kind == MarkerKind::AlertFired
            && e.time
                .is_some_and(|t| case.near(t, 600, 0) || (t > case.onset && t <= case.end))
            && (text.contains("disk")
                || text.contains("free space")
                || text.contains("filesystem")
                || text.contains("inode"))
    })
}

/// A path in an error that is data, not source code.
fn data_path(case: &Case<'_>, text: &str) -> Option<String> {
    let code = [".py", ".js", ".rb", ".go", ".java", ".php", ".ts"];
    file(case, text).filter(|p| {
        !code.iter().any(|c| p.ends_with(c)) && !p.contains("/releases/") && !p.contains("/usr/lib")
    })
}

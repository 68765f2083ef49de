//! Updates of a status page (Statuspage and its like): what a person told the public. The time is that which the page shows.

use super::value::{self, Needles, finders, first_text, text, time};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, OBJECT};
use crate::record::{MarkerKind, Notice, Record};
use serde_json::Value;

static NEEDLES: Needles = Needles::new(|| finders(&["\"body\"", "\"status\"", "_at\""]));

/// Updates of incidents, as elements of a history.
pub struct Statuspage;

impl Format for Statuspage {
    fn meta(&self) -> Meta<'_> {
        Meta::pager("status page", "updates of a status page's incidents")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"status":"resolved","body":"All traffic is back.","created_at":"2026-03-10T14:00:00.000Z","display_at":"2026-03-10T14:00:00.000Z","@in":{"id":"z3","name":"Elevated errors"}}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !NEEDLES.all(line) {
            return None;
        }
        let v: Value = serde_json::from_slice(line).ok()?;
        let kind = match v.get("status")?.as_str()? {
            "investigating" | "identified" | "monitoring" | "postmortem" | "verifying" => {
                MarkerKind::HumanNote
            }
            "resolved" => MarkerKind::RecoveryClaimed,
            "scheduled" => return Some(value::record(time(&v, "created_at"), Vec::new())),
            "in_progress" => MarkerKind::MaintenanceStart,
            "completed" => MarkerKind::MaintenanceFinish,
            _ => return None,
        };
        let said = v.get("body")?.as_str()?;
        let stamp = time(&v, "display_at").or_else(|| time(&v, "created_at"))?;
        let name = text(&v, &["@in", "name"]);
        let title = name.map_or_else(|| said.to_owned(), |n| format!("{n}: {said}"));
        let mut n = Notice::new(kind, title.into_bytes());
        n.group =
            value::owned(text(&v, &["@in", "id"]).or_else(|| first_text(&v, &["incident_id"])));
        n.confidence = 60;
        Some(value::record(Some(stamp), vec![n]))
    }
}

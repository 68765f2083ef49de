//! Terraform's machine-readable output (`terraform apply -json`): what an apply changed. A plan changes nothing.

use crate::format::line_features::Signs;
use crate::format::pager::value::{self, Needles, finders, first_text, text, time};
use crate::format::{Format, Meta, OBJECT};
use crate::record::{MarkerKind, Notice, Record};
use serde_json::Value;

static NEEDLES: Needles = Needles::new(|| finders(&["\"@timestamp\"", "\"@message\"", "\"type\""]));

/// Terraform's JSON output.
pub struct Terraform;

impl Format for Terraform {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy("Terraform JSON", "terraform apply -json")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"@level":"info","@message":"aws_ecs_service.web: Modifying...","@timestamp":"2026-03-10T13:00:00.123456+01:00","type":"apply_start","hook":{"resource":{"addr":"aws_ecs_service.web","resource_name":"web"},"action":"update"}}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !NEEDLES.all(line) {
            return None;
        }
        let v: Value = serde_json::from_slice(line).ok()?;
        let stamp = time(&v, "@timestamp")?;
        let said = first_text(&v, &["@message"])?;
        let applies = match v.get("type")?.as_str()? {
            "apply_start" | "apply_complete" => {
                // reading a data source changes nothing
                text(&v, &["hook", "action"]).is_none_or(|a| a != "read" && a != "noop")
            }
            "change_summary" => text(&v, &["changes", "operation"]).is_some_and(|o| o != "plan"),
            _ => false,
        };
        let notice = applies.then(|| {
            let mut n = Notice::new(MarkerKind::ConfigChange, said.into_bytes());
            n.group = value::owned(text(&v, &["hook", "resource", "addr"]));
            n.service = value::owned(text(&v, &["hook", "resource", "resource_name"]));
            n
        });
        Some(value::record(Some(stamp), notice.into_iter().collect()))
    }
}

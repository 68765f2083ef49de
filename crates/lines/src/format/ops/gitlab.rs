//! GitLab: deployment hooks and the API's list of deployments.

use super::environment::may_be_production;
use crate::format::line_features::Signs;
use crate::format::pager::value::{self, Needles, Opened, finders, first_text, text, time};
use crate::format::{Format, Meta, OBJECT};
use crate::record::{MarkerKind, Notice, Record};

static HOOK: Needles =
    Needles::new(|| finders(&["\"object_kind\"", "\"deployment\"", "\"status_changed_at\""]));
static LISTED: Needles =
    Needles::new(|| finders(&["\"iid\"", "\"environment\"", "\"deployable\"", "\"status\""]));

/// GitLab deployments.
pub struct GitLab;

impl Format for GitLab {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy("GitLab deployment", "GitLab deployment hooks and lists of deployments")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"object_kind":"deployment","status":"running","status_changed_at":"2026-03-10 15:00:00 +0200","deployment_id":15,"environment":"production","short_sha":"279484c0","ref":"v4.2.0","project":{"path_with_namespace":"acme/shop"},"user":{"username":"alice"}}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let hook = HOOK.all(line);
        if !hook && !LISTED.all(line) {
            return None;
        }
        let Opened { received, body } = value::open(line)?;
        let keys = ["status_changed_at", "updated_at", "created_at"];
        let stamp = keys.iter().find_map(|k| time(&body, k)).or(received)?;
        let environment = first_text(&body, &["environment"])
            .or_else(|| text(&body, &["environment", "name"]))
            .unwrap_or_default();
        let kind = match body.get("status")?.as_str()? {
            "running" => MarkerKind::DeployStart,
            "success" => MarkerKind::DeployFinish,
            "failed" => MarkerKind::DeployFail,
            _ => return Some(value::record(Some(stamp), Vec::new())),
        };
        if !may_be_production(&environment) {
            return Some(value::record(Some(stamp), Vec::new()));
        }
        let project = text(&body, &["project", "path_with_namespace"]);
        let service = project
            .as_deref()
            .and_then(|p| p.rsplit('/').next())
            .map(str::to_owned);
        let version = first_text(&body, &["ref"])
            .filter(|r| !matches!(r.as_str(), "main" | "master"))
            .or_else(|| first_text(&body, &["short_sha"]))
            .or_else(|| first_text(&body, &["sha"]).map(|s| s.chars().take(8).collect()));
        let title = format!(
            "{} {} {environment}",
            service.as_deref().unwrap_or("deployment"),
            version.as_deref().unwrap_or_default()
        );
        let mut n = Notice::new(kind, title.into_bytes());
        n.group = value::owned(Some(format!(
            "{}/{environment}",
            project.unwrap_or_default()
        )));
        n.service = value::owned(service);
        n.version = value::owned(version);
        n.actor = value::owned(text(&body, &["user", "username"]));
        n.confidence = 95;
        Some(value::record(Some(stamp), vec![n]))
    }
}

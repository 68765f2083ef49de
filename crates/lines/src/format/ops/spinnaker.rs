//! Spinnaker's Echo webhooks: pipelines that start, complete and fail. A stage that rolls back makes it a rollback.

use super::environment::{may_be_production, names_a_rollback};
use crate::format::line_features::Signs;
use crate::format::pager::value::{self, Needles, Opened, finders, first_text, text, time};
use crate::format::{Format, Meta, OBJECT};
use crate::record::{MarkerKind, Notice, Record};
use serde_json::Value;

static NEEDLES: Needles = Needles::new(|| finders(&["\"orca:pipeline:", "\"details\""]));

/// Spinnaker pipelines.
pub struct Spinnaker;

impl Format for Spinnaker {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy(
            "Spinnaker pipeline",
            "Spinnaker webhooks: pipelines that start, complete or fail",
        )
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"details":{"source":"orca","type":"orca:pipeline:starting","created":"1773147600000","application":"shop"},"content":{"execution":{"name":"Deploy shop","stages":[]}}}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !NEEDLES.all(line) {
            return None;
        }
        let Opened { received, body } = value::open(line)?;
        let details = body.get("details")?;
        let stamp = time(details, "created").or(received)?;
        let run = value::at(&body, &["content", "execution"]).unwrap_or(&Value::Null);
        let name = first_text(run, &["name"]).unwrap_or_default();
        let stages = run.get("stages").and_then(Value::as_array);
        let back = names_a_rollback(&name)
            || stages
                .into_iter()
                .flatten()
                .any(|s| text(s, &["type"]).is_some_and(|t| names_a_rollback(&t)));
        let kind = match (details.get("type")?.as_str()?, back) {
            ("orca:pipeline:starting", false) => MarkerKind::DeployStart,
            ("orca:pipeline:starting", true) => MarkerKind::RollbackStart,
            ("orca:pipeline:complete", false) => MarkerKind::DeployFinish,
            ("orca:pipeline:complete", true) => MarkerKind::RollbackFinish,
            ("orca:pipeline:failed", false) => MarkerKind::DeployFail,
            ("orca:pipeline:failed", true) => MarkerKind::RollbackFail,
            _ => return Some(value::record(Some(stamp), Vec::new())),
        };
        if !may_be_production(&name) {
            return Some(value::record(Some(stamp), Vec::new()));
        }
        let application =
            first_text(details, &["application"]).or_else(|| first_text(run, &["application"]));
        let title = format!("{} {name}", application.as_deref().unwrap_or_default());
        let mut n = Notice::new(kind, title.trim().to_owned().into_bytes());
        n.group = value::owned(Some(format!(
            "{}/{name}",
            application.as_deref().unwrap_or_default()
        )));
        n.service = value::owned(application);
        n.confidence = 85;
        Some(value::record(Some(stamp), vec![n]))
    }
}
